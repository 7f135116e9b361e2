//! How much arrives on a layer.

use std::time::{Duration, Instant};

/// Parts of the window.
const SLOTS: usize = 10;

/// Length of one part.
const SLOT: Duration = Duration::from_millis(100);

/// Bytes of the last second, in parts of a tenth.
#[derive(Debug)]
pub(super) struct Meter {
    started: Instant,
    /// The part being filled, counted from the start.
    current: u64,
    bytes: [u64; SLOTS],
}

impl Meter {
    pub(super) fn new(now: Instant) -> Self {
        Meter { started: now, current: 0, bytes: [0; SLOTS] }
    }

    /// So many bytes came.
    pub(super) fn record(&mut self, now: Instant, bytes: usize) {
        let slot = self.slot(now);
        let passed = slot.saturating_sub(self.current).min(SLOTS as u64);
        for step in 1..=passed {
            self.bytes[((self.current + step) % SLOTS as u64) as usize] = 0;
        }
        if passed == SLOTS as u64 {
            self.bytes = [0; SLOTS];
        }
        self.current = self.current.max(slot);
        self.bytes[(self.current % SLOTS as u64) as usize] += bytes as u64;
    }

    /// What came in the last second, in bit/s; in the first second, what came so far.
    pub(super) fn bitrate(&self, now: Instant) -> u64 {
        let slot = self.slot(now).max(self.current);
        // Of the oldest part some has already left the window; the present one makes up for it.
        let oldest = slot.saturating_sub(SLOTS as u64 - 1);
        (oldest..=self.current).map(|slot| self.bytes[(slot % SLOTS as u64) as usize] * 8).sum()
    }

    fn slot(&self, now: Instant) -> u64 {
        (now.saturating_duration_since(self.started).as_millis() / SLOT.as_millis()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_a_steady_stream() {
        let start = Instant::now();
        let mut meter = Meter::new(start);
        for step in 0..300 {
            meter.record(start + Duration::from_millis(10 * step), 1250);
        }
        assert_eq!(meter.bitrate(start + Duration::from_millis(2990)), 1_000_000);
    }

    #[test]
    fn forgets_what_is_older_than_a_second() {
        let start = Instant::now();
        let mut meter = Meter::new(start);
        meter.record(start, 1000);
        assert_eq!(meter.bitrate(start + Duration::from_millis(900)), 8000);
        assert_eq!(meter.bitrate(start + Duration::from_millis(1000)), 0);
        meter.record(start + Duration::from_secs(60), 1);
        assert_eq!(meter.bitrate(start + Duration::from_secs(60)), 8);
    }
}
