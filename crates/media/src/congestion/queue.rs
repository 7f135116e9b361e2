//! How long packets wait on the way.
//!
//! The least time any packet took of late is what the way itself takes, in the difference of two clocks that nobody knows; what all
//! packets of a feedback took beyond that, they waited. The *least* wait in a feedback counts, so that a way which delays packets at random
//! shows no queue.

use std::time::{Duration, Instant};

/// A wait that all packets have is a queue to be emptied.
pub const STANDING_QUEUE: Duration = Duration::from_millis(120);

/// Feedbacks in a row that have to say so.
const PERSISTS: u8 = 3;

/// For how long the least time is remembered, at least; twice that at most.
const MEMORY: Duration = Duration::from_secs(10);

/// Time that an emptied bottleneck gets to show it, beyond what the queue takes.
const DRAIN: Duration = Duration::from_millis(300);

/// What was told is believed for so long.
const NEWS_LAST: Duration = Duration::from_secs(1);

/// A queue that so many cuts did not empty is none: the way has become longer.
const CUTS_BELIEVED: u8 = 4;

/// Of one viewer.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Least time of this stretch of [`MEMORY`] and of the one before, in microseconds.
    least: [Option<i64>; 2],
    stretch: Option<Instant>,
    /// Least time in the feedback at hand.
    batch: Option<i64>,
    wait: Duration,
    standing: u8,
    cuts: u8,
    pause_until: Option<Instant>,
    settled: Option<Instant>,
}

impl Queue {
    /// A packet arrived.
    pub(super) fn note(&mut self, departed: Duration, arrived: Duration) {
        let took = arrived.as_micros() as i64 - departed.as_micros() as i64;
        self.batch = Some(self.batch.map_or(took, |least| least.min(took)));
    }

    /// A feedback was read whole; `true` when less is to be sent.
    pub(super) fn settle(&mut self, now: Instant) -> bool {
        let Some(batch) = self.batch.take() else { return false };
        self.settled = Some(now);
        if self.stretch.is_none_or(|since| now.saturating_duration_since(since) >= MEMORY) {
            self.stretch = Some(now);
            self.least = [None, self.least[0]];
        }
        self.least[0] = Some(self.least[0].map_or(batch, |least| least.min(batch)));
        let base = self.least.iter().flatten().min().copied().unwrap_or(batch);
        self.wait = Duration::from_micros((batch - base).max(0) as u64);
        if self.wait < STANDING_QUEUE {
            (self.standing, self.cuts) = (0, 0);
            return false;
        }
        self.standing = self.standing.saturating_add(1);
        if self.standing < PERSISTS || self.pause_until.is_some_and(|until| now < until) {
            return false;
        }
        self.cuts += 1;
        if self.cuts > CUTS_BELIEVED {
            *self = Queue::default();
            return false;
        }
        self.pause_until = Some(now + self.wait + DRAIN);
        true
    }

    /// The queue that there is now was made on purpose.
    pub(super) fn pardon(&mut self, now: Instant) {
        self.standing = 0;
        self.pause_until = Some(now + self.wait + 2 * DRAIN);
    }

    pub(super) fn length(&self) -> Duration {
        self.wait
    }

    /// Whether there is one, as far as was told lately: where nothing is sent, nothing is told.
    pub(super) fn is_standing(&self, now: Instant) -> bool {
        let fresh = self.settled.is_some_and(|at| now.saturating_duration_since(at) < NEWS_LAST);
        fresh && self.standing >= PERSISTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feedbacks of 50 ms with one packet each that took so many milliseconds; how often less was to be sent.
    fn cuts(took: impl IntoIterator<Item = u64>) -> usize {
        let (mut queue, start) = (Queue::default(), Instant::now());
        let mut cuts = 0;
        for (step, millis) in took.into_iter().enumerate() {
            let sent = Duration::from_millis(50 * step as u64);
            queue.note(sent, sent + Duration::from_millis(millis));
            cuts += usize::from(queue.settle(start + sent));
        }
        cuts
    }

    #[test]
    fn a_long_way_is_no_queue_and_one_late_feedback_neither() {
        assert_eq!(cuts([150; 400]), 0);
        assert_eq!(cuts((0..400).map(|step| if step % 10 == 0 { 200 } else { 20 })), 0);
    }

    #[test]
    fn a_queue_that_stands_is_cut_once_until_it_had_time_to_drain() {
        let queue = std::iter::repeat_n(20, 10).chain(std::iter::repeat_n(220, 10));
        assert_eq!(cuts(queue), 1);
    }

    #[test]
    fn a_way_that_became_longer_is_taken_as_it_is() {
        let longer = std::iter::repeat_n(20, 10).chain(std::iter::repeat_n(220, 2000));
        assert_eq!(cuts(longer), usize::from(CUTS_BELIEVED));
    }
}
