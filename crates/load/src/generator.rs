//! What the generator has to say about itself: whether it kept up, so that nobody takes its own limit for the server's.

use std::fmt::{self, Display};

use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

use crate::figures::Figures;
use crate::report::Quantiles;

/// Publishers that send this late, in milliseconds, have changed the traffic they stand for: a third of a picture's time.
const SENT_TOO_LATE_MS: f64 = 11.0;

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

    /// In words, where it and not the server was the bottleneck.
    pub fn bottleneck(&self) -> Option<String> {
        let mut reasons = Vec::new();
        if self.left_out > 0 {
            reasons.push(format!("its publishers fell behind {} times and left packets out", self.left_out));
        }
        if self.send_late_ms.p99 > SENT_TOO_LATE_MS {
            reasons.push(format!("1 of 100 packets was sent {:.0} ms late or later", self.send_late_ms.p99));
        }
        if self.unread > 0 {
            reasons.push(format!("it did not read {} packets in time and lost them", self.unread));
        }
        (!reasons.is_empty())
            .then(|| format!("the generator, not the server, was the bottleneck: {}", reasons.join("; ")))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_owns_up_to_being_the_bottleneck_and_says_why() {
        let fine = GeneratorFigures::default();
        assert_eq!(fine.bottleneck(), None);
        let late = GeneratorFigures { left_out: 3, unread: 7, ..fine };
        let words = late.bottleneck().unwrap();
        assert!(words.contains("3 times") && words.contains("7 packets"), "{words}");
    }
}
