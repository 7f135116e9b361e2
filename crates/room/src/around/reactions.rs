//! Applause and the like: counted, and told to everybody together, so that a hall of a thousand costs what one person does.

use signaling::limits::REACTIONS_MS;
use signaling::{Feature, ParticipantId, Reaction, ReactionCount, Refusal, ServerMessage};
use stage::Millis;

use crate::Room;
use crate::turn::{Addressee, Turn};

/// What was given and not told yet.
#[derive(Debug, Default)]
pub(crate) struct Reactions {
    given: [u32; Reaction::ALL.len()],
    /// When everybody was last told.
    at: Option<Millis>,
}

impl Reactions {
    /// When there is something to be told.
    pub(crate) fn due(&self) -> Option<Millis> {
        let any = self.given.iter().any(|count| *count > 0);
        any.then(|| self.at.map_or(Millis(0), |at| at.plus(REACTIONS_MS)))
    }
}

impl Room {
    pub(crate) fn react(&mut self, who: ParticipantId, reaction: Reaction) -> Result<(), Refusal> {
        self.may_use(who, Feature::Reactions)?;
        let count = &mut self.around.reactions.given[reaction as usize];
        *count = count.saturating_add(1);
        Ok(())
    }

    /// Where it is time.
    pub(super) fn tell_reactions(&mut self, turn: &mut Turn) {
        let reactions = &mut self.around.reactions;
        if reactions.due().is_none_or(|due| due > turn.now) {
            return;
        }
        let given = std::mem::take(&mut reactions.given);
        reactions.at = Some(turn.now);
        let counts = Reaction::ALL.into_iter().zip(given);
        let counts = counts.filter(|(_, count)| *count > 0);
        let counts = counts.map(|(reaction, count)| ReactionCount { reaction, count }).collect();
        turn.say(Addressee::Everybody, ServerMessage::Reactions { counts });
    }
}
