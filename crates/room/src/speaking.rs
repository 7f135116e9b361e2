//! What a room makes of who speaks: everybody is told, watchers follow, and who has too few slots hears those worth hearing.

use signaling::{ParticipantId, ServerMessage};
use stage::Millis;

use crate::turn::Turn;
use crate::{Effect, Follow, Pace, Room, SessionId, TransportId, Unattended};

/// Between two words to everybody about who speaks, in milliseconds.
const TOLD_EVERY_MS: u64 = 250;

/// What everybody knows of who speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    speaking: Vec<ParticipantId>,
    active: Option<ParticipantId>,
    at: Option<Millis>,
}

impl Told {
    /// For somebody who was not there; `None` where there is nothing to know.
    pub(crate) fn message(&self) -> Option<ServerMessage> {
        let silent = self.speaking.is_empty() && self.active.is_none();
        let Told { speaking, active, .. } = self.clone();
        (!silent).then_some(ServerMessage::Speaking { speaking, active })
    }
}

impl Room {
    pub(crate) fn heard(&mut self, transport: TransportId, loudness: u8, turn: &Turn) {
        if let Some(who) = self.transports.get(&transport) {
            self.speakers.heard(turn.now, *who, loudness);
        }
    }

    /// At the end of a turn: puts the microphones in order, and whatever follows it.
    pub(crate) fn order_speakers(&mut self, turn: &mut Turn) {
        let before = self.speakers.active();
        if self.speakers.settle(turn.now) || self.slots.lineup_changed() {
            let order: Vec<ParticipantId> = self.speakers.order().collect();
            self.slots.hear_first(&order, &mut turn.shifts);
        }
        let active = self.speakers.active();
        if before != active {
            self.rank(before, false, turn);
            self.rank(active, true, turn);
        }
        if self.slots.take_lineup_changed() || before != active {
            self.steer(turn);
        }
    }

    fn rank(&self, who: Option<ParticipantId>, speaks: bool, turn: &mut Turn) {
        let transport = who.and_then(|who| self.register.get(who)?.session.transport);
        turn.shown.extend(transport.map(|transport| Effect::Speaker { transport: transport.id, speaks }));
    }

    /// Every watcher sees whom they follow. Until anybody has spoken, that is whoever is longest on stage.
    fn steer(&mut self, turn: &mut Turn) {
        for who in self.slots.watchers() {
            let follows = match self.register.get(who).and_then(|participant| participant.session.unattended)
            {
                Some(Unattended::Watcher(follows)) => follows,
                Some(Unattended::Publisher(_)) | None => continue,
            };
            let target = match follows {
                Follow::Participant(whom) => Some(whom),
                Follow::ActiveSpeaker => self.speakers.active().or_else(|| self.slots.first_on_stage()),
            };
            self.slots.show(who, target, &mut turn.shifts);
        }
    }

    /// When everybody is to be told what they could not be told at once.
    pub(crate) fn speaking_due(&self) -> Option<Millis> {
        let at = self.told.at?;
        self.is_news().then(|| at.plus(TOLD_EVERY_MS))
    }

    fn is_news(&self) -> bool {
        self.told.active != self.speakers.active() || self.told.speaking != self.speakers.speaking()
    }

    pub(crate) fn tell_speaking(
        &mut self,
        turn: &Turn,
        except: Option<SessionId>,
        effects: &mut Vec<Effect>,
    ) {
        let soon = self.told.at.is_some_and(|at| turn.now.since(at) < TOLD_EVERY_MS);
        if soon || !self.is_news() {
            return;
        }
        let (speaking, active) = (self.speakers.speaking(), self.speakers.active());
        self.told = Told { speaking: speaking.clone(), active, at: Some(turn.now) };
        let message = ServerMessage::Speaking { speaking, active };
        // Of a large room's many pages each write counts, and a ring around a face may come a moment later there.
        effects.push(Effect::Broadcast { message, except, pace: Pace::Leisurely });
    }
}
