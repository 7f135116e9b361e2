//! The stage's refusals, as pages read them.

use stage::{Actor, Refusal};

/// Total: a new refusal of the stage does not compile until it has words here.
pub(crate) fn refused(refusal: Refusal) -> signaling::Refusal {
    match refusal {
        Refusal::AccessChanged => signaling::Refusal::AccessChanged,
        Refusal::StageFull => signaling::Refusal::StageFull,
        Refusal::RejoinBlocked => signaling::Refusal::RejoinBlocked,
        Refusal::WrongMode => signaling::Refusal::WrongMode,
        Refusal::Cooldown { seconds } => signaling::Refusal::Cooldown { seconds },
        Refusal::AlreadyHandled { by } => signaling::Refusal::AlreadyHandled {
            by: match by {
                Some(Actor::Participant(who)) => Some(who),
                Some(Actor::Operator) | None => None,
            },
        },
        Refusal::NotPresent => signaling::Refusal::NotPresent,
        Refusal::InvitationExpired => signaling::Refusal::InvitationExpired,
        Refusal::InvitationRevoked => signaling::Refusal::InvitationRevoked,
        Refusal::AlreadyOnStage => signaling::Refusal::AlreadyOnStage,
        Refusal::NotOnStage => signaling::Refusal::NotOnStage,
        Refusal::Forbidden => signaling::Refusal::Forbidden,
        Refusal::SelfLeaveForbidden => signaling::Refusal::SelfLeaveForbidden,
        // The stage's version is not the room's; the frame that carries the refusal has the room's.
        Refusal::StaleVersion { version: _ } => signaling::Refusal::StaleVersion,
    }
}
