//! How a stream's time stamps relate to time.

use std::time::{Duration, Instant};

/// A moment in both clocks: the publisher captured what carries `rtp` at `at`, in the server's monotonic clock.
///
/// All sources of one peer share the offset between the peer's wall clock and the server's, so that sound and picture that were captured
/// together keep the same `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptureClock {
    /// Time stamp, in the codec's clock.
    pub rtp: u32,
    /// When.
    pub at: Instant,
}

impl CaptureClock {
    /// When `rtp` was captured, assuming it lies within half a turn of the 32-bit clock (13 hours of picture) around this moment.
    pub fn capture_of(&self, rtp: u32, clock_rate: u32) -> Instant {
        let ticks = rtp.wrapping_sub(self.rtp).cast_signed();
        let span = ticks_to_duration(ticks.unsigned_abs(), clock_rate);
        if ticks >= 0 { self.at + span } else { self.at.checked_sub(span).unwrap_or(self.at) }
    }

    /// The time stamp of what is captured at `when`.
    pub fn rtp_at(&self, when: Instant, clock_rate: u32) -> u32 {
        match when.checked_duration_since(self.at) {
            Some(later) => self.rtp.wrapping_add(duration_to_ticks(later, clock_rate)),
            None => self.rtp.wrapping_sub(duration_to_ticks(self.at - when, clock_rate)),
        }
    }
}

/// Ticks of a media clock in a span, wrapping like the clock itself.
pub(super) fn duration_to_ticks(span: Duration, clock_rate: u32) -> u32 {
    (span.as_micros() * u128::from(clock_rate) / 1_000_000) as u32
}

/// The span of some ticks.
fn ticks_to_duration(ticks: u32, clock_rate: u32) -> Duration {
    Duration::from_nanos(u64::from(ticks) * 1_000_000_000 / u64::from(clock_rate.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_both_ways_around_a_wrap() {
        let at = Instant::now() + Duration::from_secs(100);
        let clock = CaptureClock { rtp: u32::MAX - 10, at };
        let later = clock.capture_of(89_989, 90_000);
        assert_eq!(later - at, Duration::from_secs(1));
        assert_eq!(clock.rtp_at(later, 90_000), 89_989);
        let earlier = at - Duration::from_millis(500);
        assert_eq!(clock.capture_of(clock.rtp_at(earlier, 48_000), 48_000), earlier);
    }
}
