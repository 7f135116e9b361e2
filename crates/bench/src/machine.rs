//! The machine that the figures are of: nobody can compare without it.

use std::fs;

use serde::{Deserialize, Serialize};

/// What matters of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) memory_mib: u64,
    pub(crate) kernel: String,
    /// The longest receive buffer that a socket may ask for, in bytes: bursts beyond it are lost at the viewers, not at the server.
    pub(crate) receive_buffer_bytes: u64,
}

impl Machine {
    /// This one. What it does not tell is "unknown" or 0.
    pub(crate) fn here() -> Machine {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let unknown = || "unknown".to_owned();
        let memory = field(&read("/proc/meminfo"), "MemTotal").and_then(|text| leading_number(&text));
        Machine {
            cpu: field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory_mib: memory.unwrap_or_default() / 1024,
            kernel: Some(read("/proc/sys/kernel/osrelease").trim().to_owned())
                .filter(|name| !name.is_empty())
                .unwrap_or_else(unknown),
            receive_buffer_bytes: leading_number(&read("/proc/sys/net/core/rmem_max")).unwrap_or_default(),
        }
    }
}

impl Machine {
    /// In one line.
    pub(crate) fn in_words(&self) -> String {
        let Machine { cpu, cores, memory_mib, kernel, .. } = self;
        format!("{cpu}, {cores} cores, {:.0} GiB of memory, Linux {kernel}", *memory_mib as f64 / 1024.0)
    }
}

/// The value of the first line `name : value`.
fn field(text: &str, name: &str) -> Option<String> {
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
}

fn leading_number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_proc_says() {
        let text = "processor\t: 0\nmodel name\t: AMD EPYC\nprocessor\t: 1\nmodel name\t: other\n";
        assert_eq!(field(text, "model name").as_deref(), Some("AMD EPYC"));
        assert_eq!(field(text, "flags"), None);
        assert_eq!(leading_number("24510000 kB"), Some(24_510_000));
        assert_eq!(leading_number(""), None);
    }
}
