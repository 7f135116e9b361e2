//! What a room says about its stage, and the words for where people stand.

use crate::{InvitationId, RequestId};

/// Who may come up, and how (docs/glossary.md: stage access).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "wire",
    derive(serde::Serialize, serde::Deserialize, ts_rs::TS),
    serde(rename_all = "snake_case")
)]
pub enum Access {
    /// Everyone may join.
    Open,
    /// A moderator approves each request.
    Request,
    /// A moderator invites.
    Invite,
}

/// Where a person stands. The raised hand is separate from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Watching.
    Off,
    /// Waiting for a moderator.
    Requested(RequestId),
    /// Holds a reserved seat, and may come up.
    Invited(InvitationId),
    /// Seen and heard.
    OnStage,
}

/// What a room says about its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Who may come up, and how.
    pub access: Access,
    /// Seats, reserved ones included. 0 closes the stage to newcomers.
    pub capacity: u16,
    /// Whether a viewer on stage may leave it by themselves.
    pub self_leave: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Rules { access: Access::Request, capacity: 25, self_leave: false }
    }
}

/// The stage's times, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Row 2: after a decline, before one may ask again.
    pub cooldown: u64,
    /// Row 9: how long an invitation stands unanswered, from when it was given or last kept.
    pub invitation: u64,
    /// Row 12: how long a seat is held for a person who lost the connection.
    pub grace: u64,
    /// Row 14: how long a request or an invitation is kept for a person who lost the connection, from the loss; or from
    /// when it was given, to somebody already lost.
    pub place: u64,
}

impl Default for Timing {
    fn default() -> Self {
        Timing { cooldown: 5_000, invitation: 60_000, grace: 30_000, place: 60_000 }
    }
}
