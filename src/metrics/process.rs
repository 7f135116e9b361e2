//! What the kernel says of this process.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;

/// CPU time used so far by all threads, user and system, in seconds with microseconds. `/proc/self/stat` counts in hundredths, too
/// coarse for what a packet costs.
pub(crate) fn cpu_seconds() -> f64 {
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: the pointer is to a whole `rusage`, which the call fills when it returns 0 and which nobody else has.
    let usage = unsafe {
        if libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) != 0 {
            return 0.0;
        }
        usage.assume_init()
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Resident memory, in bytes; 0 where the kernel does not tell.
pub(crate) fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kibibytes| kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_finer_than_a_kernel_tick() {
        let before = cpu_seconds();
        let mut spent = before;
        while spent == before {
            spent = cpu_seconds();
        }
        assert!(spent - before < 0.01, "{before} to {spent}");
    }

    #[test]
    fn a_process_occupies_memory() {
        assert!(resident_bytes() > 100_000);
    }
}
