//! What reaches the room's task, what it does to others, and the single steps it goes by.

use media::{Command as EngineCommand, PublicationId};
use room::{Effect, Identity, ScriptCommand, SessionId, SlotOffered, TransportId};
use signaling::{ServerMessage, Source};

use crate::sessions::PageId;

/// What reaches the room's task.
#[derive(Debug)]
pub(crate) enum Mail {
    Join {
        page: PageId,
        session: SessionId,
        identity: Identity,
        resume: Option<String>,
        key: String,
    },
    Leave(SessionId),
    Say {
        session: SessionId,
        id: u32,
        command: signaling::Command,
    },
    Offered {
        session: SessionId,
        id: u32,
        connection: u32,
        transport: TransportId,
        answer: String,
        slots: Vec<SlotOffered>,
    },
    Connected(TransportId),
    Lost(TransportId),
    Heard(TransportId, u8),
    Script(ScriptCommand),
    Tick,
}

/// What it does to others.
#[derive(Debug)]
pub(crate) enum Out {
    Engine { worker: usize, command: EngineCommand },
    Page { page: PageId, message: ServerMessage },
    Close { page: PageId, session: SessionId },
}

/// One thing to do, after which comes the next.
#[derive(Debug)]
pub(crate) enum Step {
    Effect(Effect),
    Withdraw(PublicationId),
    Closed(TransportId, Source),
    Remove(TransportId),
    Lost(TransportId),
}
