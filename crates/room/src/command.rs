//! What reaches a room: from pages, from scripts, from the media threads, and time.

use signaling::{Access, Feature, ParticipantId, Quality, Role, Source, SourceControl};

/// One connection of a participant: a socket, and after a resume the next one of the same page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub u64);

/// One peer connection of a session, as the server numbers them. The room only passes it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransportId(pub u64);

/// A script's call that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallId(pub u64);

/// The secret with which a page takes its session up again. 128 random bits, drawn by the server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResumeKey(pub String);

/// Who a join token says somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The same for every session of one person.
    pub user: String,
    /// Shown to everyone.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they wait to be let in even where the room is not locked, as long as nobody has let them in before.
    pub waits: bool,
}

/// A session without a page: there is nobody to show anything to, and nobody who could click. It comes by HTTP (docs/whip.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unattended {
    /// Brings these sources, and comes on stage as soon as the stage's rules let it.
    Publisher(Brings),
    /// Sees and hears one person at a time, and never comes on stage.
    Watcher(Follow),
}

/// What a publisher's offer has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brings {
    /// Sound.
    pub mic: bool,
    /// A picture.
    pub camera: bool,
    /// A second picture, let in where its role may share a screen.
    pub screen: bool,
}

impl Brings {
    /// Whether this one is among them.
    pub fn has(self, source: Source) -> bool {
        match source {
            Source::Mic => self.mic,
            Source::Camera => self.camera,
            Source::Screen => self.screen,
        }
    }
}

/// Whom a watcher sees and hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Whoever is the active speaker.
    ActiveSpeaker,
    /// This person, while they are on stage.
    Participant(ParticipantId),
}

/// A place of a page's offer where it can receive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotOffered {
    /// The m-line.
    pub mid: String,
    /// Whether it takes sound; a picture otherwise.
    pub audio: bool,
}

/// To a room.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A socket with a valid token. `fresh_key` is for its welcome. With a `resume` key that still stands, the session goes on under the
    /// new [`SessionId`], its transport included; otherwise it is a new session, and the newest of a person wins.
    Connect { session: SessionId, identity: Identity, resume: Option<ResumeKey>, fresh_key: ResumeKey },
    /// Somebody comes without a page, with a valid token; answered by [`Effect::Attached`](crate::Effect::Attached) or
    /// [`Effect::Reject`](crate::Effect::Reject). The newest session of a person wins here too, unless the stage refuses: then nothing
    /// has changed. Its media follows with [`Command::TransportReady`].
    Attach { session: SessionId, identity: Identity, unattended: Unattended },
    /// A session without a page says goodbye: the person leaves the room.
    Detach { session: SessionId },
    /// A socket is gone without goodbye, or the media of a session that has none. Its session and transport stay for as long as the person's place is kept. Of a session that the
    /// room closed itself it may come too, and means nothing.
    Disconnect { session: SessionId },
    /// A command of a page. `Offer` never comes here: the server negotiates it and says [`Command::TransportReady`].
    Page { session: SessionId, id: u32, command: signaling::Command },
    /// An offer of this session was answered. A new `transport` replaces the session's earlier one; the same one again only has other
    /// slots, and what is shown in those that are still there stays. For a session that is over or has no socket, a new transport is
    /// dropped: nobody read the answer.
    TransportReady { session: SessionId, transport: TransportId, slots: Vec<SlotOffered> },
    /// The media threads lost a transport. Until this comes, effects may still name it.
    TransportLost { transport: TransportId },
    /// How loud the microphone of a transport is from now on: 1 (barely) to 127 (as loud as can be) while somebody speaks into it, 0
    /// when they stopped.
    Heard { transport: TransportId, loudness: u8 },
    /// How well media gets to and from a transport from now on.
    Measured { transport: TransportId, quality: Quality },
    /// A script's call over HTTP, with a host's rights.
    Script { call: CallId, command: ScriptCommand },
    /// Nothing but time passing.
    Tick,
}

/// What of a room is to be another; the rest stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Shown to people.
    pub title: Option<String>,
    /// Of its stage.
    pub access: Option<Access>,
    /// Of its stage.
    pub capacity: Option<u16>,
    /// Of its stage.
    pub self_leave: Option<bool>,
    /// Whoever is new waits to be let in.
    pub locked: Option<bool>,
    /// Each on or off.
    pub features: Vec<(Feature, bool)>,
}

/// What a script may ask for (contract: HTTP).
#[derive(Clone, Debug, PartialEq)]
pub enum ScriptCommand {
    /// `PATCH` of the room.
    Configure(Configuration),
    /// Acts on whatever request of theirs is current.
    Approve { participant: ParticipantId },
    /// Likewise.
    Decline { participant: ParticipantId },
    /// Row 6.
    Invite { participant: ParticipantId },
    /// Acts on whatever invitation of theirs is current.
    Revoke { participant: ParticipantId },
    /// Row 10.
    RemoveFromStage { participant: ParticipantId },
    /// A moderator's hold on a source.
    Mute { participant: ParticipantId, source: Source, state: SourceControl },
    /// Removes a person from the room.
    RemoveParticipant { participant: ParticipantId },
    /// Ends the room.
    End,
}
