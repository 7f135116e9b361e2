//! What another process of this machine costs, by the kernel's word: for servers that have no `/metrics`.

use nix::time::{clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

use crate::error::LoadError;
use crate::report::ServerFigures;

/// A look at a process. Both figures are those that Proscenium gives of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Usage {
    /// CPU time so far of all its threads, those that have ended included, user and system, in nanoseconds.
    pub(crate) cpu_ns: u64,
    /// Resident memory, in bytes.
    pub(crate) rss_bytes: u64,
}

impl Usage {
    /// Of the process with that number.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn of(process: i32) -> Result<Usage, LoadError> {
        let failed = |detail: String| LoadError::Machine { what: "the server's process", detail };
        let time = clock_getcpuclockid(Pid::from_raw(process)).and_then(clock_gettime);
        let time = time.map_err(|error| failed(error.to_string()))?;
        let status = std::fs::read_to_string(format!("/proc/{process}/status"));
        let rss_bytes = resident(&status.map_err(|error| failed(error.to_string()))?);
        let cpu_ns = time.tv_sec().unsigned_abs() * 1_000_000_000 + time.tv_nsec().unsigned_abs();
        Ok(Usage { cpu_ns, rss_bytes })
    }
}

/// From a look before anyone came in and two around the measured time, in which so many packets reached viewers.
pub(crate) fn figures(
    empty: &Usage,
    start: &Usage,
    end: &Usage,
    forwarded: u64,
    viewers: usize,
) -> ServerFigures {
    let cpu_ns = end.cpu_ns.saturating_sub(start.cpu_ns) as f64;
    ServerFigures {
        cpu_seconds: cpu_ns / 1e9,
        cpu_ns_per_forwarded_packet: (forwarded > 0).then(|| cpu_ns / forwarded as f64),
        rss_bytes: end.rss_bytes,
        rss_bytes_per_viewer: end.rss_bytes.saturating_sub(empty.rss_bytes) / viewers.max(1) as u64,
        cpu_ms_per_join: None,
    }
}

/// `VmRSS` of `/proc/…/status`, in bytes; 0 where the kernel does not tell.
fn resident(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kibibytes| kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_works_has_used_time_and_memory() {
        let own = i32::try_from(std::process::id()).unwrap();
        let before = Usage::of(own).unwrap();
        let mut after = before;
        while after.cpu_ns == before.cpu_ns {
            after = Usage::of(own).unwrap();
        }
        assert!(after.cpu_ns > before.cpu_ns && after.rss_bytes > 100_000, "{before:?} {after:?}");
    }

    #[test]
    fn a_process_that_is_not_there_is_an_error() {
        assert!(Usage::of(i32::MAX).is_err());
    }

    #[test]
    fn cpu_time_is_divided_by_what_arrived_in_that_time() {
        let usage = |cpu_ns, rss_bytes| Usage { cpu_ns, rss_bytes };
        let found = figures(&usage(0, 1000), &usage(1_000, 2000), &usage(501_000, 3000), 500, 10);
        assert_eq!(found.cpu_ns_per_forwarded_packet, Some(1_000.0));
        assert_eq!((found.rss_bytes, found.rss_bytes_per_viewer), (3000, 200));
        assert_eq!(figures(&usage(0, 0), &usage(0, 0), &usage(1, 0), 0, 0).cpu_ns_per_forwarded_packet, None);
    }
}
