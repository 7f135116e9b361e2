//! How one incoming stream is received: what is missing of it, and when to ask for that again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A packet may be late by this before it is asked for.
const REORDER: Duration = Duration::from_millis(10);
/// Time between two requests of one packet.
const RETRY: Duration = Duration::from_millis(60);
/// Requests of one packet before it is given up.
const MAX_TRIES: u8 = 8;
/// A leap by more than this is a new start, not a loss.
const MAX_GAP: u64 = 1000;

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// The first time it is here.
    Fresh,
    /// It was here before.
    Again,
}

/// Numbers only grow but for `missing`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Continuity {
    /// Different packets received, retransmitted ones included.
    pub received: u64,
    /// Packets there must have been, by the sequence numbers.
    pub expected: u64,
    /// Holes, whether filled later or not.
    pub holes: u64,
    /// Packets that came only when asked for.
    pub recovered: u64,
    /// Packets that came more than once.
    pub repeated: u64,
    /// Packets that never came, however often asked for.
    pub given_up: u64,
    /// Holes still open.
    pub missing: u64,
}

/// One stream.
#[derive(Debug, Default)]
pub(crate) struct Reception {
    /// Extended, beginning a turn up, so that what was sent before the first can be told.
    highest: Option<u64>,
    first: u64,
    missing: BTreeMap<u64, Missing>,
    counts: Continuity,
}

#[derive(Debug)]
struct Missing {
    due: Instant,
    tries: u8,
}

impl Reception {
    /// A packet of the stream itself.
    pub(crate) fn arrive(&mut self, now: Instant, sequence: u16) -> Arrived {
        let Some(highest) = self.highest else {
            self.first = 0x1_0000 + u64::from(sequence);
            self.highest = Some(self.first);
            self.counts.received = 1;
            return Arrived::Fresh;
        };
        let number = extend(highest, sequence);
        if number <= highest {
            return self.fill(number);
        }
        self.highest = Some(number);
        if number - highest <= MAX_GAP {
            self.counts.holes += number - highest - 1;
            let since =
                (highest + 1..number).map(|number| (number, Missing { due: now + REORDER, tries: 0 }));
            self.missing.extend(since);
        } else {
            self.counts.holes += number - highest - 1;
            self.counts.given_up += number - highest - 1;
        }
        self.counts.received += 1;
        Arrived::Fresh
    }

    /// A retransmission of the packet that had this number.
    pub(crate) fn recover(&mut self, sequence: u16) -> Arrived {
        let Some(highest) = self.highest else { return Arrived::Again };
        let arrived = self.fill(extend(highest, sequence));
        self.counts.recovered += u64::from(arrived == Arrived::Fresh);
        arrived
    }

    fn fill(&mut self, number: u64) -> Arrived {
        if self.missing.remove(&number).is_none() {
            self.counts.repeated += 1;
            return Arrived::Again;
        }
        self.counts.received += 1;
        Arrived::Fresh
    }

    /// Appends the numbers to ask for now; `true` when some were given up.
    pub(crate) fn poll(&mut self, now: Instant, ask: &mut Vec<u16>) -> bool {
        let before = self.missing.len();
        self.missing.retain(|number, missing| {
            if missing.due > now {
                return true;
            }
            if missing.tries < MAX_TRIES {
                ask.push(*number as u16);
            }
            missing.tries += 1;
            missing.due = now + RETRY;
            missing.tries <= MAX_TRIES
        });
        let given_up = before - self.missing.len();
        self.counts.given_up += given_up as u64;
        given_up > 0
    }

    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        self.missing.values().map(|missing| missing.due).min()
    }

    pub(crate) fn highest(&self) -> Option<u32> {
        self.highest.map(|highest| (highest - 0x1_0000) as u32)
    }

    pub(crate) fn continuity(&self) -> Continuity {
        let expected = self.highest.map_or(0, |highest| highest - self.first + 1);
        Continuity { expected, missing: self.missing.len() as u64, ..self.counts }
    }
}

/// The number nearest to the highest that ends like this.
fn extend(highest: u64, sequence: u16) -> u64 {
    let step = sequence.wrapping_sub(highest as u16) as i16;
    highest.saturating_add_signed(i64::from(step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_without_holes_wraps_around() {
        let (mut reception, now) = (Reception::default(), Instant::now());
        for step in 0..70_000_u32 {
            assert_eq!(reception.arrive(now, 65_000_u16.wrapping_add(step as u16)), Arrived::Fresh);
        }
        let expected = Continuity { received: 70_000, expected: 70_000, ..Continuity::default() };
        assert_eq!(reception.continuity(), expected);
    }

    #[test]
    fn a_hole_is_asked_for_and_filled_once() {
        let (mut reception, now) = (Reception::default(), Instant::now());
        for sequence in [5, 6, 8] {
            reception.arrive(now, sequence);
        }
        let mut ask = Vec::new();
        reception.poll(now, &mut ask);
        assert!(ask.is_empty(), "it may only be late");
        reception.poll(now + REORDER, &mut ask);
        assert_eq!(ask, [7]);
        assert_eq!(reception.recover(7), Arrived::Fresh);
        assert_eq!(reception.recover(7), Arrived::Again);
        let counts = reception.continuity();
        assert_eq!((counts.received, counts.expected, counts.holes), (4, 4, 1));
        assert_eq!((counts.recovered, counts.repeated, counts.missing), (1, 1, 0));
    }

    #[test]
    fn what_never_comes_is_given_up() {
        let (mut reception, mut now) = (Reception::default(), Instant::now());
        reception.arrive(now, 1);
        reception.arrive(now, 3);
        let mut asked = Vec::new();
        while !{
            now += RETRY;
            reception.poll(now, &mut asked)
        } {}
        assert_eq!(asked, [2; MAX_TRIES as usize]);
        assert_eq!(reception.continuity().given_up, 1);
        assert_eq!(reception.next_timeout(), None);
    }
}
