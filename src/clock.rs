//! Time, read here and nowhere else in the control plane.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use stage::Millis;

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
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}
