//! What reaches a room's task.

use std::sync::Arc;

use media::Mid;
use room::{
    Attendance, BoundsHit, Counts, Identity, PollSheet, ResumeKey, ScriptCommand, SessionId, TransportId,
    Unattended, WhichMeetings,
};
use signaling::{ErrorCode, ParticipantId, Refusal, Role, RoomState};
use tokio::sync::{mpsc, oneshot};

use super::link::{Answered, Link, OfferOutcome};
use super::outbox::Outbox;
use super::resources::Resource;

/// A page with a valid token.
#[derive(Debug)]
pub(crate) struct Joining {
    pub(crate) session: SessionId,
    pub(crate) identity: Identity,
    /// From an earlier welcome of the same page.
    pub(crate) resume: Option<ResumeKey>,
    /// For the welcome.
    pub(crate) fresh_key: ResumeKey,
    pub(crate) outbox: Outbox,
    /// Answered once the page is in, or waits to be let in; dropped when it was turned away.
    pub(crate) joined: oneshot::Sender<Joined>,
}

/// A page that the room knows: its media, and whose it is once it is in.
pub(crate) type Joined = Arc<Link>;

/// Somebody without a page, with a valid token and an offer that was answered.
#[derive(Debug)]
pub(crate) struct Attaching {
    pub(crate) session: SessionId,
    pub(crate) identity: Identity,
    pub(crate) unattended: Unattended,
    pub(crate) link: Arc<Link>,
    pub(crate) answered: Answered,
    /// Under which name the session is found by HTTP once it is in.
    pub(crate) key: String,
    pub(crate) resource: Resource,
    pub(crate) answer: oneshot::Sender<Attached>,
}

/// As whom they are in the room, or why they are not.
pub(crate) type Attached = Result<ParticipantId, AttachError>;

/// Why somebody without a page did not get in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AttachError {
    /// The stage says no.
    Refused(Refusal),
    /// The room's door is closed to them.
    Rejected(ErrorCode),
    /// The room has ended, or did not answer in time.
    NotAnswered,
}

/// To a room's task.
#[derive(Debug)]
pub(crate) enum ToRoom {
    /// Somebody comes.
    Join(Joining),
    /// Somebody comes without a page.
    Attach(Box<Attaching>),
    /// A session without a page says goodbye.
    Detach { session: SessionId, done: oneshot::Sender<()> },
    /// A socket is gone.
    Leave(SessionId),
    /// A page's command, offers excepted.
    Page { session: SessionId, id: u32, command: signaling::Command },
    /// A page's command that is none.
    Unreadable { session: SessionId, id: u32, detail: String },
    /// A page's offer, and what became of it.
    Offered { session: SessionId, id: u32, connection: u32, link: Arc<Link>, outcome: OfferOutcome },
    /// A transport's media flows.
    MediaConnected(TransportId),
    /// The way to a viewer does not carry a slot's picture, or does again.
    MediaPaused { transport: TransportId, mid: Mid, paused: bool },
    /// So many layers of a publisher's source are wanted, the lowest ones.
    LayersWanted { transport: TransportId, source: media::Source, layers: u8 },
    /// A transport's media gets through no more.
    MediaStalled(TransportId),
    /// A transport's media is gone.
    MediaLost(TransportId),
    /// How loud a transport's microphone is from now on.
    Heard { transport: TransportId, loudness: u8 },
    /// How well media gets to and from a transport from now on.
    Measured { transport: TransportId, quality: signaling::Quality },
    /// A script's call.
    Script { command: ScriptCommand, answer: oneshot::Sender<Result<u64, CallError>> },
    /// What the room looks like.
    State(oneshot::Sender<RoomState>),
    /// All that was answered in a poll: for a script, or for somebody who moderates.
    PollSheet { poll: u32, reader: Option<Identity>, answer: oneshot::Sender<Result<PollSheet, CallError>> },
    /// Who was there: for a script, or for somebody who moderates.
    Attendance {
        which: WhichMeetings,
        reader: Option<Identity>,
        answer: oneshot::Sender<Result<Attendance, CallError>>,
    },
    /// What somebody is in the room now.
    RoleOf { identity: Identity, answer: oneshot::Sender<Role> },
    /// How many people stand where, and which bounds were hit.
    Counts(oneshot::Sender<(Counts, BoundsHit)>),
    /// The server goes down: everyone is told, and the task ends.
    Drain,
}

/// Why a script's call came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallError {
    /// The room says no.
    Refused(Refusal),
    /// The room has ended meanwhile.
    Ended,
    /// The room did not answer in time.
    TimedOut,
    /// It took effect, but could not be kept for after a restart.
    NotKept,
}

/// A room that runs.
#[derive(Clone, Debug)]
pub(crate) struct RoomRef {
    pub(crate) id: Arc<str>,
    /// When it was made, in seconds since 1970.
    pub(crate) created: u64,
    pub(crate) mailbox: mpsc::Sender<ToRoom>,
}

impl RoomRef {
    /// Waits for a place in the mailbox. `false` when the room has ended and takes nothing any more; whoever waits for an answer
    /// sees its sender dropped.
    pub(crate) async fn send(&self, message: ToRoom) -> bool {
        self.mailbox.send(message).await.is_ok()
    }
}
