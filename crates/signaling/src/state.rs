//! What everybody in a room may know of it.

use serde::{Deserialize, Serialize};
use stage::{Access, InvitationId, ParticipantId, RequestId, Role};
use ts_rs::TS;

/// A room as a late joiner finds it; afterwards only [`Change`]s.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RoomState {
    /// Counts the room's changes.
    pub version: u64,
    /// The room's id, as in its address.
    pub id: String,
    /// What the room is called.
    pub title: String,
    /// Stage access.
    pub access: Access,
    /// Seats, reserved ones included.
    pub capacity: u16,
    /// Whether viewers on stage may leave it by themselves.
    pub self_leave: bool,
    /// What the room has.
    #[serde(default)]
    pub features: Features,
    /// Whoever is new and no moderator waits to be let in.
    #[serde(default)]
    pub locked: bool,
    /// Whom everybody sees large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub spotlight: Option<ParticipantId>,
    /// Everyone in the room, in the order they came.
    pub participants: Vec<ParticipantState>,
}

/// What a room has beside its stage. All of it, unless somebody turns it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Features {
    /// [`Feature::Chat`].
    pub chat: bool,
    /// [`Feature::Hands`].
    pub hands: bool,
    /// [`Feature::Questions`].
    pub questions: bool,
    /// [`Feature::Reactions`].
    pub reactions: bool,
    /// [`Feature::Polls`].
    pub polls: bool,
}

impl Default for Features {
    fn default() -> Self {
        Features { chat: true, hands: true, questions: true, reactions: true, polls: true }
    }
}

impl Features {
    /// Whether this one is on.
    pub fn has(self, feature: Feature) -> bool {
        let mut features = self;
        *features.of(feature)
    }

    /// Turns this one on or off.
    pub fn set(&mut self, feature: Feature, on: bool) {
        *self.of(feature) = on;
    }

    fn of(&mut self, feature: Feature) -> &mut bool {
        match feature {
            Feature::Chat => &mut self.chat,
            Feature::Hands => &mut self.hands,
            Feature::Questions => &mut self.questions,
            Feature::Reactions => &mut self.reactions,
            Feature::Polls => &mut self.polls,
        }
    }
}

/// Something a room may have or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Writing to everybody, backstage or to moderators.
    Chat,
    /// Raising one's hand.
    Hands,
    /// Questions for those on stage, and votes for them.
    Questions,
    /// Applause and the like.
    Reactions,
    /// Polls and quizzes.
    Polls,
}

impl Feature {
    /// All of them.
    pub const ALL: [Feature; 5] =
        [Feature::Chat, Feature::Hands, Feature::Questions, Feature::Reactions, Feature::Polls];
}

/// How long somebody has left to talk. It says so to everybody, and stops nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimerState {
    /// What it was set to, in milliseconds.
    #[ts(type = "number")]
    pub total_ms: u64,
    /// What is left, in milliseconds; below 0 when it is over.
    #[ts(type = "number")]
    pub left_ms: i64,
    /// Whether it runs down, or stands.
    pub running: bool,
}

/// Somebody who waits to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WaitingPerson {
    /// Names them until they are let in.
    pub id: u32,
    /// As the token says it.
    pub name: String,
}

/// A person in the room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ParticipantState {
    /// Never used twice in a room.
    pub id: ParticipantId,
    /// As the token says it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Where they stand.
    pub stage: StageStanding,
    /// While `requested`. Those asking are in the order of this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub request: Option<RequestId>,
    /// While `requested`: what they would like to ask or say, where they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub question: Option<String>,
    /// While `invited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub invitation: Option<InvitationId>,
    /// While their hand is raised. Raised hands are in the order of this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub hand: Option<u64>,
    /// A moderator took writing and reacting from them.
    #[serde(default, skip_serializing_if = "is_false")]
    #[ts(as = "Option<bool>", optional)]
    pub silenced: bool,
    /// Whether a session of theirs is connected; `false` while their place is kept.
    pub connected: bool,
    /// Their microphone.
    pub mic: SourceState,
    /// Their camera.
    pub camera: SourceState,
    /// Their shared screen.
    pub screen: SourceState,
}

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StageStanding {
    /// Watching.
    Off,
    /// Waiting for a moderator.
    Requested,
    /// May come up; a seat is reserved.
    Invited,
    /// Seen and heard.
    OnStage,
}

/// A microphone, a camera or a shared screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The microphone.
    Mic,
    /// The camera.
    Camera,
    /// The shared screen.
    Screen,
}

impl Source {
    /// All of them.
    pub const ALL: [Source; 3] = [Source::Mic, Source::Camera, Source::Screen];
}

/// Whether a source is let through, and who says so. `off` for everyone who is not on stage, unless it is `locked`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// Let through, to everybody.
    On,
    /// Off by the person's own choice.
    Off,
    /// Turned off by a moderator; the person may turn it on again.
    Muted,
    /// Turned off by a moderator, and stays so until released.
    Locked,
}

/// What a moderator does to somebody's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceControl {
    /// Off; the person may turn it on again.
    Muted,
    /// Off, and the person may not turn it on.
    Locked,
    /// No longer locked. Off stays off.
    Released,
}

/// What a slot of this page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SlotState {
    /// The m-line of the page's own offer.
    pub mid: String,
    /// Whose.
    pub participant: ParticipantId,
    /// What of theirs.
    pub source: Source,
}

/// How well media flows between somebody and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QualityLevel {
    /// Nobody notices anything.
    Good,
    /// It holds, with a smaller picture or a longer wait.
    Fair,
    /// People notice.
    Poor,
}

/// The same with what it was measured by. *Up* is from the person to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Quality {
    /// What it comes to.
    pub level: QualityLevel,
    /// Packets lost, in thousandths, before anything was sent again.
    pub lost_up: u16,
    /// Likewise.
    pub lost_down: u16,
    /// There and back.
    pub round_trip_ms: u16,
    /// Media, in kbit/s.
    pub kbits_up: u32,
    /// Likewise.
    pub kbits_down: u32,
}

/// How well media flows to and from one person; none: nothing flows, or nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Measured {
    /// Who.
    pub participant: ParticipantId,
    /// How well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quality: Option<Quality>,
}

/// A TURN server and what opens it: an entry of `iceServers` of an RTCPeerConnection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IceServer {
    /// `turn:` and `turns:` addresses (RFC 7065).
    pub urls: Vec<String>,
    /// When it ends, in seconds since 1970, and for whom it is.
    pub username: String,
    /// What goes with it.
    pub credential: String,
}

/// One change of the room; each raises the version by one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Change {
    /// A person came, or something about them changed: this is how they stand now.
    Participant { participant: ParticipantState },
    /// A person is gone.
    Gone { participant: ParticipantId },
    /// The room itself changed.
    Room { title: String, access: Access, capacity: u16, self_leave: bool, features: Features, locked: bool },
    /// Somebody else, or nobody, is seen large by everybody.
    Spotlight {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        participant: Option<ParticipantId>,
    },
}

fn is_false(flag: &bool) -> bool {
    !flag
}
