//! What a room wants done. In order; the server carries each out before the next.

use signaling::{Closing, ErrorCode, ParticipantId, Refusal, ServerMessage, Source};

use crate::{CallId, SessionId, TransportId};

/// From a room.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// One frame to one page.
    Send { session: SessionId, message: ServerMessage },
    /// One frame to every connected page of the room but `except`: the page that is just coming in, and gets all of it in its `welcome`.
    Broadcast { message: ServerMessage, except: Option<SessionId>, pace: Pace },
    /// A session without a page is in the room, as this person, or the stage refused it and nothing has changed.
    Attached { session: SessionId, answer: Result<ParticipantId, Refusal> },
    /// The page is told `closing` and its socket closed, after what was sent before; a session without a page ends. The room knows this
    /// session no more.
    CloseSession { session: SessionId, closing: Closing },
    /// The page is told `error` and its socket closed: it never got in.
    Reject { session: SessionId, code: ErrorCode },
    /// Opens or closes a gate; done before the next effect is carried out, and closing on every media thread.
    SetGate { transport: TransportId, source: Source, open: bool },
    /// What a slot of a viewer shows from now on.
    Assign { transport: TransportId, mid: String, publication: Option<(TransportId, Source)> },
    /// How tall a slot of a viewer is shown, in pixels; 0: not at all.
    Show { transport: TransportId, mid: String, height: u16 },
    /// Somebody became the active speaker, or is it no more: where a viewer's connection does not carry everything, their picture goes
    /// before others'.
    Speaker { transport: TransportId, speaks: bool },
    /// A peer connection is of no use any more. Its gates are closed first, as by `SetGate`.
    DropTransport { transport: TransportId },
    /// A script's call has its answer.
    Answer { call: CallId, answer: ScriptAnswer },
    /// The room's own settings changed and must survive a restart.
    Persist,
    /// So must this, as [`crate::Room::kept`] has it by then; it may be done a moment later, with others.
    Keep(Item),
    /// The room has ended; everybody was told.
    Ended,
}

/// Something of a room that outlives its people's being there, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// Of the chat.
    Message(u32),
    /// For those on stage.
    Question(u32),
    /// With its answers.
    Poll(u32),
    /// From the first who came to the last who went.
    Meeting(u32),
    /// Somebody in one of them.
    Attendee(u32),
}

/// How soon everybody has to be told. Whatever the pace, each page gets its frames in the order in which they were sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Somebody in the audience came or went, or somebody's page did. Nobody acts on that within a moment, and when a whole audience
    /// comes at once, telling everybody of each of them by itself is a frame for every pair of them. It may wait for company.
    Leisurely,
    /// Anything else.
    Prompt,
}

/// What a script is told: the room's version, or why not.
pub type ScriptAnswer = Result<u64, Refusal>;
