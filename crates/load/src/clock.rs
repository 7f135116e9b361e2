//! The clock that stamps are in: one for publishers, viewers and the kernel, since all of them are on one machine.

use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds since 1970, by the machine's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub u64);

impl Micros {
    /// The present moment.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Micros(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
    }

    /// Microseconds since an earlier moment; 0 where it was later.
    pub const fn since(self, earlier: Micros) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// So many milliseconds later.
    pub const fn plus_ms(self, ms: u64) -> Self {
        Micros(self.0 + ms * 1000)
    }
}
