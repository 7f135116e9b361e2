//! Why the stage said no. A refusal is an expected outcome, with data.

use crate::Actor;

/// Why a command changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Row 1: joining freely is not, or no longer, allowed to this person.
    AccessChanged,
    /// Rows 1, 5, 6: every seat is taken or reserved.
    StageFull,
    /// Row 1: this person was removed from stage and has not been invited since. Rows 5, 6: nobody below a host lifts
    /// such a block from themselves.
    RejoinBlocked,
    /// Row 2: the room does not take requests now.
    WrongMode,
    /// Row 2: declined a moment ago.
    Cooldown {
        /// Whole seconds left, rounded up; at least 1.
        seconds: u32,
    },
    /// Rows 4, 5: that request has ended. `by` is who dealt with it, where somebody did.
    AlreadyHandled {
        /// The moderator who was quicker; `None` when it was withdrawn or ended by the room.
        by: Option<Actor>,
    },
    /// Rows 6, 10, 17: no such person in the room. Rows 1, 2, 7, 11: whoever gave the command is not in it.
    NotPresent,
    /// Row 7: the invitation timed out, or never was.
    InvitationExpired,
    /// Row 7: the invitation was taken back.
    InvitationRevoked,
    /// Row 9: too late to revoke; they accepted.
    AlreadyOnStage,
    /// Row 10: in the room, but not on stage: nobody to remove.
    NotOnStage,
    /// The actor's role does not allow it.
    Forbidden,
    /// Row 11: a viewer, in a room without `self_leave`.
    SelfLeaveForbidden,
    /// Row 16: somebody else changed the stage access after the version the actor saw.
    StaleVersion {
        /// The version that stands now.
        version: u64,
    },
}
