//! Rooms while they run: one task each, found by id, spoken to through a bounded mailbox.
//!
//! The task owns the [`room::Room`] and is the only one to touch it; it carries out the room's effects in order, and waits for a gate
//! to be closed before the next.

mod actor;
mod asking;
mod directory;
mod effects;
mod keeping;
mod link;
mod mailbox;
mod news;
mod outbox;
mod pages;
mod record;
mod resources;
#[cfg(test)]
mod tests;
mod unattended;
mod wires;

pub(crate) use actor::{POLICY, close_code};
pub(crate) use directory::{CreateError, LoadError, NewRoom, Rooms};
pub(crate) use link::{Link, OfferOutcome, Restart};
pub(crate) use mailbox::{AttachError, Attaching, CallError, Joining, RoomRef, ToRoom};
pub(crate) use outbox::{Frame, Frames, NothingYet, Outbox, frames};
pub(crate) use record::access_name;
pub(crate) use resources::{Protocol, Resource};
