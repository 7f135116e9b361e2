//! The control plane of one room: commands in, effects out.
//!
//! This crate owns a room's participants, their sessions, their sources (on, off, muted, locked), the mapping of stage members to
//! viewers' slots, and what each page is told. It asks `stage` who may be on stage and turns each of its changes into effects.
//!
//! What it never does: it decides nothing about the stage itself, lets no media in (it can only ask for a gate to be opened or
//! closed), reads no clock, draws no random number, and awaits nothing.
//!
//! Invariants:
//! - [`Room::apply`] is the only writer of a room; effects are carried out in the order given, and [`Effect::SetGate`] with
//!   `open: false` is complete before anything after it is carried out: a person is told of a removal when it is done;
//! - a gate is open only for a source that is [`SourceState::On`](signaling::SourceState::On) of a participant who is on stage;
//! - state belongs to the participant, never to a session;
//! - the version counts what is broadcast, one by one: a page that applies every change to its snapshot has [`Room::state`].
//!
//! What there is around the stage (chat, questions, polls and the like) is `around`, and knows nothing of gates and slots.
//!
//! A command is worked out into a `turn`, and `tell` alone decides in which order that goes out. Within it, `follow` turns the stage's
//! changes into the room's, and `media` makes gates and slots what the state says. `speakers` knows who speaks; `unattended` does what
//! nobody is there to click.

mod around;
mod command;
mod effect;
mod follow;
mod media;
mod moderate;
mod page;
mod quality;
mod refusal;
mod register;
mod room;
mod row;
mod script;
mod session;
mod slots;
mod sources;
mod speakers;
mod speaking;
mod tell;
mod turn;
mod unattended;

pub use around::{
    ATTENDANCE_GAP_MS, ATTENDEES, Attendance, Attendee, MEETINGS, Meeting, PollRow, PollSheet, WhichMeetings,
};
pub use command::{
    Brings, CallId, Command, Configuration, Follow, Identity, ResumeKey, ScriptCommand, SessionId,
    SlotOffered, TransportId, Unattended,
};
pub use effect::{Effect, Item, Pace, ScriptAnswer};
pub use register::LEFT_REMEMBERED;
pub use room::{BoundsHit, Counts, Room, RoomOptions};
pub use stage::{Millis, Rules, Timing};
