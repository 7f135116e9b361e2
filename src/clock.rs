//! Time, read here and nowhere else in the control plane.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use stage::Millis;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The server's clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Instant,
    /// The same moment, in milliseconds since 1970, as the machine's clock said then.
    epoch_ms: u64,
}

impl Clock {
    /// Starts counting.
    pub(crate) fn start() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Clock { start: Instant::now(), epoch_ms: since.map_or(0, |since| since.as_millis() as u64) }
    }

    /// Milliseconds since the start; never goes back.
    pub(crate) fn now(self) -> Millis {
        Millis(self.start.elapsed().as_millis() as u64)
    }

    /// When it stood at 0, in milliseconds since 1970.
    pub(crate) fn epoch_ms(self) -> u64 {
        self.epoch_ms
    }

    /// When that is, for a timer.
    pub(crate) fn instant(self, at: Millis) -> Instant {
        self.start.checked_add(Duration::from_millis(at.0)).unwrap_or(self.start)
    }

    /// Seconds since 1970, as the machine's clock says.
    pub(crate) fn unix_seconds() -> u64 {
        Clock::unix_millis() / 1000
    }

    /// Milliseconds since 1970, as the machine's clock says.
    pub(crate) fn unix_millis() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
    }
}

/// A moment as others read it (RFC 3339, in UTC), of milliseconds since 1970.
pub(crate) fn iso(unix_ms: u64) -> String {
    let nanos = i128::from(unix_ms) * 1_000_000;
    // The last moment that has four digits for its year stands for all that comes after.
    let at = OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .unwrap_or(time::macros::datetime!(9999-12-31 23:59:59 UTC));
    at.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc() {
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(iso(1_735_689_599_250), "2024-12-31T23:59:59.25Z");
        assert_eq!(iso(u64::MAX), "9999-12-31T23:59:59Z");
    }
}
