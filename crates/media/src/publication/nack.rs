//! Which packets of a layer are missing, and when to ask for them again (RFC 4585, section 6.2.1).

use std::ops::Range;
use std::time::{Duration, Instant};

/// Packets missing at once at most; when more are, waiting for all of them takes longer than a keyframe.
pub(super) const MAX_MISSING: usize = 256;

/// Times one packet is asked for; then it is given up.
pub(super) const MAX_TRIES: u8 = 6;

/// How long a packet may be late before it is taken to be lost ...
pub(super) const REORDER_TIME: Duration = Duration::from_millis(10);

/// ... unless this many later ones came before.
pub(super) const REORDER_PACKETS: u64 = 3;

/// A round trip to begin with.
const INITIAL_ROUND_TRIP: Duration = Duration::from_millis(100);

/// Bounds of the time between two tries; a publisher does not repeat a packet twice within a round trip.
const MIN_RETRY: Duration = Duration::from_millis(20);
const MAX_RETRY: Duration = Duration::from_millis(400);

/// Added to a round trip: what the publisher's pacing takes.
const RETRY_SLACK: Duration = Duration::from_millis(10);

#[derive(Clone, Copy, Debug)]
struct Missing {
    number: u64,
    /// When it is asked for, again or for the first time, or given up.
    due: Instant,
    asked: Option<Instant>,
    tries: u8,
}

/// What [`Nacks::poll`] gave up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct GivenUp {
    /// How many.
    pub(super) count: u64,
    /// The newest of them; 0 for none.
    pub(super) newest: u64,
}

/// Of one layer. Numbers are the publisher's, extended.
#[derive(Debug)]
pub(super) struct Nacks {
    /// Ascending by number.
    missing: Vec<Missing>,
    highest: u64,
    /// Nothing is due before this: asked for with every datagram of a peer, so it is kept, not found anew. It may be too early by what
    /// came meanwhile, and is put right then.
    earliest: Option<Instant>,
    round_trip: Duration,
}

impl Nacks {
    pub(super) fn new() -> Self {
        Nacks { missing: Vec::new(), highest: 0, earliest: None, round_trip: INITIAL_ROUND_TRIP }
    }

    /// Forgets all that is missing.
    pub(super) fn clear(&mut self) {
        self.missing.clear();
        self.earliest = None;
    }

    /// The round trip to the publisher. What was asked for already keeps its time.
    pub(super) fn set_round_trip(&mut self, round_trip: Duration) {
        self.round_trip = round_trip;
    }

    /// These did not come while a later one did. `false` when that is too much: everything missing is forgotten then, and a keyframe is
    /// what helps.
    pub(super) fn skipped(&mut self, now: Instant, numbers: Range<u64>) -> bool {
        let before = self.highest;
        self.highest = before.max(numbers.end);
        let count = numbers.end.saturating_sub(numbers.start);
        if count > (MAX_MISSING - self.missing.len()) as u64 {
            self.clear();
            return false;
        }
        if count > 0 && self.missing.capacity() == 0 {
            self.missing.reserve_exact(MAX_MISSING);
        }
        let due = now + REORDER_TIME;
        self.missing.extend(numbers.map(|number| Missing { number, due, asked: None, tries: 0 }));
        if count > 0 {
            self.earliest = earlier(self.earliest, due);
        }
        self.hurry(now, before);
        true
    }

    /// Those that enough later ones came before are due at once. `before` was the highest so far: what was that far behind it is so
    /// already.
    fn hurry(&mut self, now: Instant, before: u64) {
        let behind =
            |missing: &Missing, highest: u64| missing.number.saturating_add(REORDER_PACKETS) <= highest;
        let from = self.missing.partition_point(|missing| behind(missing, before));
        for missing in self.missing.iter_mut().skip(from) {
            if !behind(missing, self.highest) {
                break;
            }
            if missing.asked.is_none() {
                missing.due = missing.due.min(now);
                self.earliest = earlier(self.earliest, missing.due);
            }
        }
    }

    /// A packet came, one way or the other: it is not missed any more. Where it was asked for exactly once, the time that took is
    /// a round trip's measure (only then: an answer to a repeated question could be to either).
    pub(super) fn arrived(&mut self, now: Instant, number: u64) {
        if self.missing.is_empty() {
            return;
        }
        let Ok(at) = self.missing.binary_search_by_key(&number, |missing| missing.number) else { return };
        let found = self.missing.remove(at);
        if self.missing.is_empty() {
            self.earliest = None;
        }
        if let (1, Some(asked)) = (found.tries, found.asked) {
            let sample = now.saturating_duration_since(asked);
            self.round_trip = (self.round_trip * 7 + sample) / 8;
        }
    }

    /// Appends the numbers to ask for now, ascending, and gives up those asked for often enough; returns what it gave up.
    pub(super) fn poll(&mut self, now: Instant, ask: &mut Vec<u16>) -> GivenUp {
        let mut given_up = GivenUp::default();
        if self.earliest.is_none_or(|earliest| now < earliest) {
            return given_up;
        }
        let again = now + self.retry();
        let mut earliest = None;
        self.missing.retain_mut(|missing| {
            if now < missing.due {
                earliest = earlier(earliest, missing.due);
                return true;
            }
            if missing.tries == MAX_TRIES {
                given_up = GivenUp { count: given_up.count + 1, newest: missing.number };
                return false;
            }
            missing.tries += 1;
            missing.asked = Some(now);
            missing.due = again;
            earliest = earlier(earliest, again);
            ask.push(missing.number as u16);
            true
        });
        self.earliest = earliest;
        given_up
    }

    /// When [`poll`](Nacks::poll) is next needed: never later than it has something to do.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.earliest
    }

    fn retry(&self) -> Duration {
        (self.round_trip + RETRY_SLACK).clamp(MIN_RETRY, MAX_RETRY)
    }
}

fn earlier(known: Option<Instant>, other: Instant) -> Option<Instant> {
    Some(known.map_or(other, |known| known.min(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(nacks: &mut Nacks, now: Instant) -> Vec<u16> {
        let mut ask = Vec::new();
        nacks.poll(now, &mut ask);
        ask
    }

    #[test]
    fn a_short_delay_is_not_a_loss() {
        let (mut nacks, start) = (Nacks::new(), Instant::now());
        assert!(nacks.skipped(start, 10..11));
        assert_eq!(nacks.next_timeout(), Some(start + REORDER_TIME));
        assert!(poll(&mut nacks, start).is_empty());
        nacks.arrived(start, 10);
        assert_eq!(nacks.next_timeout(), None);
        assert!(poll(&mut nacks, start + REORDER_TIME).is_empty());
    }

    #[test]
    fn later_packets_tell_a_loss_at_once() {
        let (mut nacks, start) = (Nacks::new(), Instant::now());
        assert!(nacks.skipped(start, 10..12));
        assert!(nacks.skipped(start, 13..13));
        assert_eq!(poll(&mut nacks, start), [10], "three came after 10, two after 11");
    }

    #[test]
    fn asks_again_after_a_round_trip_and_gives_up_in_the_end() {
        let (mut nacks, start) = (Nacks::new(), Instant::now());
        nacks.set_round_trip(Duration::from_millis(40));
        nacks.skipped(start, 65_535..65_536);
        let mut now = start + REORDER_TIME;
        for attempt in 1..=MAX_TRIES {
            assert_eq!(poll(&mut nacks, now), [65_535], "attempt {attempt}");
            assert_eq!(nacks.next_timeout(), Some(now + Duration::from_millis(50)));
            assert!(poll(&mut nacks, now + Duration::from_millis(49)).is_empty());
            now += Duration::from_millis(50);
        }
        assert_eq!(nacks.poll(now, &mut Vec::new()), GivenUp { count: 1, newest: 65_535 });
        assert_eq!(nacks.next_timeout(), None);
    }

    #[test]
    fn too_much_missing_is_forgotten() {
        let (mut nacks, start) = (Nacks::new(), Instant::now());
        assert!(nacks.skipped(start, 0..MAX_MISSING as u64));
        assert!(!nacks.skipped(start, 300..301));
        assert_eq!(nacks.next_timeout(), None);
    }

    /// The time is kept, not searched for: whatever happens, it must not come to lie behind the first that is due, nor before
    /// everything for longer than one look.
    #[test]
    fn the_time_kept_is_never_later_than_the_first_that_is_due() {
        let (mut nacks, mut now, mut next) = (Nacks::new(), Instant::now(), 0u64);
        let first = |nacks: &Nacks| nacks.missing.iter().map(|missing| missing.due).min();
        for step in 0..5_000u64 {
            let dice = step.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56;
            now += Duration::from_micros(dice * 40);
            match dice % 5 {
                0 => nacks.arrived(now, next.saturating_sub(dice % 13)),
                1 => nacks.set_round_trip(Duration::from_millis(dice)),
                _ => {
                    let end = next + dice % 4;
                    nacks.skipped(now, next..end);
                    next = end + 1;
                }
            }
            assert!(nacks.next_timeout() <= first(&nacks), "step {step}");
            assert_eq!(nacks.next_timeout().is_some(), !nacks.missing.is_empty(), "step {step}");
            if dice.is_multiple_of(7) && nacks.next_timeout().is_some_and(|due| due <= now) {
                poll(&mut nacks, now);
                assert_eq!(nacks.next_timeout(), first(&nacks), "step {step}");
                assert!(first(&nacks).is_none_or(|due| due > now), "step {step}");
            }
        }
    }

    #[test]
    fn an_answer_to_the_first_question_measures_the_round_trip() {
        let (mut nacks, start) = (Nacks::new(), Instant::now());
        nacks.set_round_trip(Duration::from_millis(80));
        nacks.skipped(start, 1..2);
        let asked = start + REORDER_TIME;
        poll(&mut nacks, asked);
        nacks.arrived(asked + Duration::from_millis(160), 1);
        assert_eq!(nacks.round_trip, Duration::from_millis(90));
    }
}
