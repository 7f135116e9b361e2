//! Who may be on stage.
//!
//! This crate owns the one decision of the product: [`Stage::apply`] takes one command at a time and either changes
//! somebody's standing or refuses, with the reason as data. It is the whole state machine of a room's stage: roles,
//! stage access, seats (reserved ones included), requests, invitations, grace times and time-outs.
//!
//! What it never does: it reads no clock (time is an argument), draws no random number, opens no socket, knows nothing of
//! microphones, cameras or packets, and speaks to nobody.
//!
//! Invariants, checked after every step of the tests:
//! - no seat is given, taken or reserved, while as many are held as the capacity allows (lowering it takes nobody's away);
//! - nobody is on stage without a [`Change`] that put them there;
//! - every change raises [`Stage::version`] by exactly one, and neither a refusal nor a no-op moves anybody.
//!
//! The rows, and what was decided where the product leaves room, stand in docs/stage.md.
#![cfg_attr(not(feature = "wire"), no_std)]
extern crate alloc;

mod change;
mod coming_up;
mod command;
mod decide;
mod ids;
mod people;
mod recent;
mod refusal;
mod rules;
mod stage;

pub use change::{Cause, Change, Outcome};
pub use command::{Actor, Command};
pub use ids::{InvitationId, Millis, ParticipantId, RequestId};
pub use refusal::Refusal;
pub use rules::{Access, Rules, Standing, Timing};
pub use stage::{DEPARTED_REMEMBERED, ENDED_REMEMBERED, Stage};

/// What a person may do in a room, least first; the order is the rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "wire",
    derive(serde::Serialize, serde::Deserialize, ts_rs::TS),
    serde(rename_all = "snake_case")
)]
pub enum Role {
    /// The audience.
    Viewer,
    /// An announced presenter: goes on and off stage freely.
    Speaker,
    /// A co-host: decides who comes up and who goes.
    Moderator,
    /// The room's owner.
    Host,
}
