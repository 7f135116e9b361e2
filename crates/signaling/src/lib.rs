//! The messages between the page and the server.
//!
//! This crate owns what goes over the WebSocket, as serde types: [`ClientMessage`] one way, [`ServerMessage`] the other, their
//! limits ([`limits`]) and their [`VERSION`]. The page's TypeScript types are generated from these (`web/src/signal/generated`), and a
//! test fails when they are stale. docs/protocol.md tells the same story in words.
//!
//! What it never does: it decides nothing, keeps no state and sends nothing. The server sends codes, never sentences; the texts are the page's.
//!
//! Invariants: every message round-trips through JSON; adding a field is compatible, changing one raises [`VERSION`].

mod chat;
mod client;
mod code;
mod poll;
mod server;
mod state;

pub mod limits;

pub use chat::{Audience, ChatMessage, Question, QuestionState, Reaction, ReactionCount, WrittenAnswer};
pub use client::{ClientMessage, Command, SlotShown, SourceMids, SourcesOn};
pub use code::{Closing, ErrorCode, Notice, Refusal};
pub use poll::{
    Leader, PollAnswer, PollDraft, PollKind, PollQuestion, PollResult, PollStage, PollState, Quiz,
    YourAnswers,
};
pub use server::ServerMessage;
pub use stage::{Access, InvitationId, ParticipantId, RequestId, Role};
pub use state::{
    Change, Feature, Features, IceServer, Measured, ParticipantState, Quality, QualityLevel, RoomState,
    SlotState, Source, SourceControl, SourceState, StageStanding, TimerState, WaitingPerson,
};

/// Of the protocol. A page with another is told to reload.
pub const VERSION: u32 = 1;
