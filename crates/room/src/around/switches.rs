//! What a moderator turns on and off: parts of the room, the lock, somebody's voice in writing, the spotlight.

use signaling::{Feature, ParticipantId, Refusal, Role};
use stage::{Actor, Standing};

use crate::Room;
use crate::turn::{Touched, Turn};

impl Room {
    /// What was written, asked or given stays, and is there again when it is turned on. Hands go down: nobody could lower theirs.
    pub(crate) fn set_feature(
        &mut self,
        by: Actor,
        feature: Feature,
        on: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        if self.around.features.has(feature) == on {
            return Ok(());
        }
        self.around.features.set(feature, on);
        turn.touch(Touched::Room);
        if feature == Feature::Hands && !on { self.lower_all_hands(by, turn) } else { Ok(()) }
    }

    /// Whoever waits comes in when it is opened.
    pub(crate) fn lock_room(&mut self, by: Actor, locked: bool, turn: &mut Turn) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        if self.around.locked == locked {
            return Ok(());
        }
        self.around.locked = locked;
        turn.touch(Touched::Room);
        if locked { Ok(()) } else { self.admit_the_locked_out(turn) }
    }

    /// Takes writing and reacting from somebody below a moderator, or gives it back. It outlasts their leaving.
    pub(crate) fn silence(
        &mut self,
        by: Actor,
        whom: ParticipantId,
        silenced: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.above(by, whom, Role::Moderator)?;
        let participant = self.register.get_mut(whom).ok_or(Refusal::NotPresent)?;
        if participant.silenced != silenced {
            participant.silenced = silenced;
            participant.question = participant.question.take().filter(|_| !silenced);
            turn.touch(Touched::Participant(whom));
        }
        Ok(())
    }

    /// Somebody on stage, seen large by everybody.
    pub(crate) fn set_spotlight(
        &mut self,
        by: Actor,
        whom: Option<ParticipantId>,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        if let Some(whom) = whom {
            match self.stage.standing(whom) {
                Some(Standing::OnStage) => {}
                Some(_) => return Err(Refusal::NotOnStage),
                None => return Err(Refusal::NotPresent),
            }
        }
        if self.around.spotlight != whom {
            self.around.spotlight = whom;
            turn.touch(Touched::Spotlight);
        }
        Ok(())
    }

    /// Somebody is not on stage any more.
    pub(crate) fn leave_spotlight(&mut self, who: ParticipantId, turn: &mut Turn) {
        if self.around.spotlight == Some(who) {
            self.around.spotlight = None;
            turn.touch(Touched::Spotlight);
        }
    }
}
