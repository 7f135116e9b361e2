//! Who speaks, who is the active speaker, and in which order microphones are worth hearing when there are too few
//! slots for all of them.
//!
//! Pure: loudness and time go in. All of it is one order, and people move up in it only when they have spoken for a moment and whoever
//! stands before them has been silent for one, or is much quieter. So a cough changes nothing, a pause for breath costs nobody
//! their place, and two people who speak at once do not change places at every word.

use signaling::ParticipantId;
use stage::Millis;

/// Somebody becomes the active speaker after speaking for so long, in milliseconds: longer than a cough.
pub(crate) const TAKES_AFTER_MS: u64 = 300;
/// And stays it when silent for less, in milliseconds: a breath between two sentences.
pub(crate) const KEEPS_FOR_MS: u64 = 600;
/// Of two who speak at once, the one behind has to be louder by so much, in decibels.
pub(crate) const LOUDER_BY_DB: u8 = 6;
/// And neither may have changed places with another speaker for so long, in milliseconds.
pub(crate) const HOLDS_MS: u64 = 2_000;

/// One microphone of the stage.
#[derive(Clone, Copy, Debug)]
struct Voice {
    who: ParticipantId,
    /// Not muted.
    on: bool,
    /// While they speak, and the last of it afterwards.
    loudness: u8,
    /// Since when they speak.
    speaks: Option<Millis>,
    /// When they last stopped; `None` for somebody who has not spoken yet.
    stopped: Option<Millis>,
    /// Has ever spoken for more than a moment.
    spoke: bool,
    /// When they last changed places with another speaker.
    moved: Option<Millis>,
}

impl Voice {
    fn speaks(&self) -> bool {
        self.on && self.speaks.is_some()
    }

    /// Speaks, and not since a moment ago.
    fn holds_forth(&self, now: Millis) -> bool {
        self.on && self.speaks.is_some_and(|since| now.since(since) >= TAKES_AFTER_MS)
    }

    /// Neither speaks nor draws a breath.
    fn is_silent(&self, now: Millis) -> bool {
        self.speaks.is_none() && self.stopped.is_none_or(|at| now.since(at) >= KEEPS_FOR_MS)
    }

    fn has_settled(&self, now: Millis) -> bool {
        self.moved.is_none_or(|at| now.since(at) >= HOLDS_MS)
    }

    /// Why somebody moves past the one before them; `None` when they do not.
    fn overtakes(&self, before: &Voice, now: Millis) -> Option<Overtaking> {
        if self.on && !before.on {
            return Some(Overtaking::Silence);
        }
        if !before.on || !self.holds_forth(now) {
            return None;
        }
        if before.is_silent(now) {
            return Some(Overtaking::Silence);
        }
        let louder = self.loudness >= before.loudness.saturating_add(LOUDER_BY_DB);
        (louder && self.has_settled(now) && before.has_settled(now)).then_some(Overtaking::Speech)
    }

    /// When something may change without anybody saying anything.
    fn deadlines(&self) -> impl Iterator<Item = Millis> {
        let takes = self.speaks.map(|at| at.plus(TAKES_AFTER_MS));
        let lost = self.stopped.filter(|_| self.speaks.is_none()).map(|at| at.plus(KEEPS_FOR_MS));
        let settled = self.moved.map(|at| at.plus(HOLDS_MS));
        [takes, lost, settled].into_iter().flatten()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overtaking {
    /// Of somebody who says nothing.
    Silence,
    /// Of somebody who speaks too.
    Speech,
}

/// The microphones of a stage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Speakers {
    /// Those worth hearing first.
    order: Vec<Voice>,
    active: Option<ParticipantId>,
    settled: Millis,
}

impl Speakers {
    /// Somebody has a microphone on stage, muted or not; `None` takes it away. New ones stand last.
    pub(crate) fn set(&mut self, now: Millis, who: ParticipantId, on: Option<bool>) {
        let at = self.order.iter().position(|voice| voice.who == who);
        match (at, on) {
            (None, None) => {}
            (None, Some(on)) => {
                let (speaks, stopped, moved) = (None, None, None);
                self.order.push(Voice { who, on, loudness: 0, speaks, stopped, spoke: false, moved });
            }
            (Some(at), None) => drop(self.order.remove(at)),
            (Some(at), Some(on)) => {
                let voice = &mut self.order[at];
                if voice.on && !on && voice.speaks.take().is_some() {
                    voice.stopped = Some(now);
                }
                voice.on = on;
            }
        }
    }

    /// Somebody speaks so loud, or, at 0, no longer. What is heard of a muted microphone is old news.
    pub(crate) fn heard(&mut self, now: Millis, who: ParticipantId, loudness: u8) {
        let Some(voice) = self.order.iter_mut().find(|voice| voice.who == who && voice.on) else { return };
        if loudness > 0 {
            voice.loudness = loudness;
            voice.speaks.get_or_insert(now);
        } else if voice.speaks.take().is_some() {
            voice.stopped = Some(now);
        }
    }

    /// Puts everybody where they belong by now; says whether the order is another.
    pub(crate) fn settle(&mut self, now: Millis) -> bool {
        self.settled = now;
        let mut changed = false;
        for from in 1..self.order.len() {
            let mut at = from;
            while at > 0
                && let Some(how) = self.order[at].overtakes(&self.order[at - 1], now)
            {
                if how == Overtaking::Speech {
                    self.order[at].moved = Some(now);
                    self.order[at - 1].moved = Some(now);
                }
                self.order.swap(at, at - 1);
                at -= 1;
                changed = true;
            }
        }
        self.order.iter_mut().for_each(|voice| voice.spoke |= voice.holds_forth(now));
        self.choose(now);
        changed
    }

    /// The active speaker stays it until somebody else becomes it, be they silent or muted.
    fn choose(&mut self, now: Millis) {
        match self.order.first() {
            Some(first) if first.holds_forth(now) => self.active = Some(first.who),
            _ if self.order.iter().any(|voice| Some(voice.who) == self.active) => {}
            _ => self.active = self.order.iter().find(|voice| voice.spoke).map(|voice| voice.who),
        }
    }

    /// When to settle again although nobody said anything; always later than the last time.
    pub(crate) fn next_deadline(&self) -> Option<Millis> {
        self.order.iter().flat_map(Voice::deadlines).filter(|at| *at > self.settled).min()
    }

    /// The active speaker, for as long as they are on stage.
    pub(crate) fn active(&self) -> Option<ParticipantId> {
        self.active
    }

    /// Those who speak right now, by id.
    pub(crate) fn speaking(&self) -> Vec<ParticipantId> {
        let mut speaking: Vec<_> =
            self.order.iter().filter(|voice| voice.speaks()).map(|voice| voice.who).collect();
        speaking.sort_unstable();
        speaking
    }

    /// All of them, those worth hearing first.
    pub(crate) fn order(&self) -> impl Iterator<Item = ParticipantId> + '_ {
        self.order.iter().map(|voice| voice.who)
    }
}

#[cfg(test)]
mod tests;
