//! What can be asked of the stage. Rows are those of the state machine in docs/stage.md.

use crate::{Access, InvitationId, ParticipantId, RequestId, Role};

/// Who gives a command that takes authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person in the room, with the rights of their role.
    Participant(ParticipantId),
    /// The institution's own script, holding the API key: has a host's rights.
    Operator,
}

/// One command, in the order the room received it. Each names what it acts on, so that a late one cannot hit something newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// A person comes into the room. A no-op for someone present.
    Enter { who: ParticipantId, role: Role },
    /// Row 15: a person leaves the room, or is removed from it.
    Exit { who: ParticipantId },
    /// Rows 12 and 14: the last session of a person lost its connection. A second one in a row is a no-op.
    ConnectionLost { who: ParticipantId },
    /// Rows 12 and 14: a session of theirs is connected again. Gives nothing back that was over in the meantime.
    ConnectionBack { who: ParticipantId },

    /// Row 1.
    Join { who: ParticipantId },
    /// Row 2.
    Request { who: ParticipantId },
    /// Row 3.
    CancelRequest { who: ParticipantId, request: RequestId },
    /// Row 4.
    DeclineRequest { by: Actor, request: RequestId },
    /// Row 5.
    Approve { by: Actor, request: RequestId },
    /// Row 6.
    Invite { by: Actor, whom: ParticipantId },
    /// Row 7.
    Accept { who: ParticipantId, invitation: InvitationId },
    /// Row 8.
    DeclineInvitation { who: ParticipantId, invitation: InvitationId },
    /// Row 9: the invited person has the device dialog open; keeps the invitation from timing out. Refused as `Accept` is.
    KeepInvitation { who: ParticipantId, invitation: InvitationId },
    /// Row 9.
    Revoke { by: Actor, invitation: InvitationId },
    /// Row 10.
    Remove { by: Actor, whom: ParticipantId },
    /// Row 11.
    Leave { who: ParticipantId },

    /// Row 16. `version` is the stage version the actor saw; `None` from a script, which means whatever is current. Only a
    /// later change of the *access* makes it stale: people coming and going do not.
    SetAccess { by: Actor, access: Access, version: Option<u64> },
    /// Seats of the room. People on stage stay when it shrinks; no new seat is given until it fits.
    SetCapacity { by: Actor, capacity: u16 },
    /// Whether viewers on stage may leave it by themselves.
    SetSelfLeave { by: Actor, self_leave: bool },
    /// Row 17.
    SetRole { by: Actor, whom: ParticipantId, role: Role },

    /// Nothing but time passing. Every other command settles what is due first, too.
    Tick,
}
