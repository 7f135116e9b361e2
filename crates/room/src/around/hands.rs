//! Raised hands: a wish to be noticed, and nothing to do with who is on stage.
//!
//! A hand is its person's: it stays up while their place is kept, and goes with them.

use signaling::{Feature, ParticipantId, Refusal, Role};
use stage::Actor;

use crate::Room;
use crate::turn::{Touched, Turn};

impl Room {
    /// One's own.
    pub(crate) fn raise_hand(
        &mut self,
        who: ParticipantId,
        raised: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        if raised && !self.around.features.has(Feature::Hands) {
            return Err(Refusal::FeatureOff { feature: Feature::Hands });
        }
        let participant = self.register.get_mut(who).ok_or(Refusal::NotPresent)?;
        if participant.hand.is_some() == raised {
            return Ok(());
        }
        self.around.hands_raised += u64::from(raised);
        participant.hand = raised.then_some(self.around.hands_raised);
        turn.touch(Touched::Participant(who));
        Ok(())
    }

    /// Somebody's, by a moderator. One that is down is done already.
    pub(crate) fn lower_hand(
        &mut self,
        by: Actor,
        whom: ParticipantId,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        self.raise_hand(whom, false, turn)
    }

    /// Everybody's, by a moderator.
    pub(crate) fn lower_all_hands(&mut self, by: Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        let raised = self.register.iter().filter(|(_, participant)| participant.hand.is_some());
        let raised: Vec<ParticipantId> = raised.map(|(who, _)| who).collect();
        raised.into_iter().try_for_each(|who| self.raise_hand(who, false, turn))
    }
}
