//! A run second by second.

use serde::{Deserialize, Serialize};

use crate::report::Quantiles;

/// One second of a run, or what there was of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Second {
    /// When it ended, in seconds since measuring began.
    pub at: f64,
    /// Packets received a second.
    pub packets: u64,
    /// Packets given up in it, however often they were asked for.
    pub lost: u64,
    /// From a publisher's send to a viewer's kernel, in microseconds.
    pub delay_us: Quantiles,
    /// CPU the server used, in cores.
    pub server_cpu: f64,
    /// The server's resident memory.
    pub server_rss_bytes: u64,
    /// CPU the generator used, in cores.
    pub generator_cpu: f64,
    /// How late the generator's publishers sent, in milliseconds.
    pub generator_late_ms: Quantiles,
}
