//! What a command changed.

use alloc::vec::Vec;

use crate::{Access, Actor, ParticipantId, Role, Standing};

/// What came of a command that was not refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// In order. Empty for a no-op.
    pub changes: Vec<Change>,
}

/// One change of the stage; each raises the version by one. Replaying them in order gives every person's standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A person is in the room now, off stage.
    Entered { who: ParticipantId, role: Role },
    /// A person is gone, and their seat, request or invitation with them.
    Exited { who: ParticipantId, from: Standing },
    /// A person's standing changed.
    Moved { who: ParticipantId, from: Standing, to: Standing, cause: Cause },
    /// The stage access changed.
    AccessSet { access: Access, by: Actor },
    /// The number of seats changed.
    CapacitySet { capacity: u16 },
    /// Viewers may, or may no longer, leave the stage by themselves.
    SelfLeaveSet { self_leave: bool },
    /// A person's role changed.
    RoleSet { who: ParticipantId, role: Role },
}

/// What made a person's standing change: it decides what they and the others are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Rows 1, 2, 3, 7, 8, 11: by themselves.
    Own,
    /// Rows 4, 5, 6, 9, 10: by a moderator.
    By(Actor),
    /// Row 9: an invitation nobody answered; row 13: grace over; row 14: place kept long enough.
    TimedOut,
    /// Row 16: the stage access changed.
    AccessChanged,
    /// Row 17: a requester was promoted and needs no request any more.
    RoleChanged,
}
