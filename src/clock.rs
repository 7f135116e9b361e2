//! Time, read here and nowhere else in the control plane.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use stage::Millis;

/// The server's clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Instant,
}

impl Clock {
    /// Starts counting.
    pub(crate) fn start() -> Self {
        Clock { start: Instant::now() }
    }

    /// Milliseconds since the start; never goes back.
    pub(crate) fn now(self) -> Millis {
        Millis(self.start.elapsed().as_millis() as u64)
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
