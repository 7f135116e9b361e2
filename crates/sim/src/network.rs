//! What the way between a client and the server does to datagrams.

use crate::rng::Rng;

/// Virtual time since the world began, or a span of it, in microseconds.
pub(crate) type Micros = u64;

pub(crate) const MS: Micros = 1_000;
pub(crate) const SECOND: Micros = 1_000 * MS;

/// How late a packet is that others overtake by far.
const STRAGGLING: Micros = 90 * MS;

/// One client's way, both directions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conditions {
    /// Of a thousand datagrams, how many are lost.
    pub(crate) loss: u64,
    /// Of a thousand datagrams, how many come twice.
    pub(crate) twice: u64,
    /// Of a thousand datagrams, how many are overtaken by far.
    pub(crate) straggling: u64,
    pub(crate) delay: Micros,
    /// At most so much on top of the delay; it reorders.
    pub(crate) jitter: Micros,
}

/// What becomes of one datagram.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fate {
    pub(crate) after: Micros,
    pub(crate) lost: bool,
}

impl Conditions {
    /// Nothing is lost and nothing overtaken.
    pub(crate) const CALM: Conditions =
        Conditions { loss: 0, twice: 0, straggling: 0, delay: 5 * MS, jitter: 0 };

    /// A dead line.
    pub(crate) const DEAD: Conditions = Conditions { loss: 1000, ..Conditions::CALM };

    pub(crate) fn draw(rng: &mut Rng) -> Conditions {
        let calm = rng.chance(300);
        let worse = |chosen: u64| if calm { 0 } else { chosen };
        Conditions {
            loss: worse(rng.between(0, 120)),
            twice: worse(rng.between(0, 30)),
            straggling: worse(rng.between(0, 30)),
            delay: rng.between(MS, 60 * MS),
            jitter: worse(rng.between(0, 15 * MS)),
        }
    }

    /// What becomes of the next datagram, and of its double where there is one.
    pub(crate) fn fate(&self, rng: &mut Rng) -> (Fate, Option<Fate>) {
        let lost = rng.chance(self.loss);
        let twice = rng.chance(self.twice);
        let mut after = || {
            let late = if rng.chance(self.straggling) { STRAGGLING } else { 0 };
            self.delay + rng.between(0, self.jitter) + late
        };
        let first = Fate { after: after(), lost };
        (first, twice.then(|| Fate { after: after(), lost: false }))
    }
}
