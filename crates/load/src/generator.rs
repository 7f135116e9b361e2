//! What the generator has to say about itself: whether it kept up, so that nobody takes its own limit for the server's.

use std::fmt::{self, Display};

use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

use crate::figures::Figures;
use crate::report::Quantiles;

/// Its own figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GeneratorFigures {
    /// CPU time while it was measured.
    pub cpu_seconds: f64,
    /// How long after they were due publishers' packets were sent, in milliseconds.
    pub send_late_ms: Quantiles,
    /// How long datagrams waited in viewers' kernels before they were read, in milliseconds. It delays no figure: arrival is the kernel's stamp.
    pub read_late_ms: Quantiles,
    /// Datagrams that viewers' kernels dropped because they were not read in time.
    pub unread: u64,
    /// Times a publisher was so late that it left packets out.
    pub left_out: u64,
    /// Samples of the clip that viewers opened and compared.
    pub samples: u64,
    /// Those that were not what the clip holds.
    pub corrupt: u64,
}

impl GeneratorFigures {
    /// From what was measured while `cpu_seconds` were used.
    pub(crate) fn new(figures: &Figures, cpu_seconds: f64, unread: u64) -> GeneratorFigures {
        GeneratorFigures {
            cpu_seconds,
            send_late_ms: Quantiles::of_histogram(&figures.send_late_us).scaled(1e-3),
            read_late_ms: Quantiles::of_histogram(&figures.read_late_us).scaled(1e-3),
            unread,
            left_out: figures.left_out,
            samples: figures.samples,
            corrupt: figures.corrupt,
        }
    }
}

impl Display for GeneratorFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  generator CPU      {:.2} s", self.cpu_seconds)?;
        writeln!(f, "  sent late, ms      {}", self.send_late_ms)?;
        writeln!(f, "  read late, ms      {}", self.read_late_ms)?;
        write!(f, "  samples            {} compared, {} wrong", self.samples, self.corrupt)
    }
}

/// CPU time this process has used, in seconds; 0 where the kernel does not tell.
pub(crate) fn cpu_seconds() -> f64 {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return 0.0 };
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    seconds(usage.user_time()) + seconds(usage.system_time())
}
