//! The load generator as a process of its own: its CPU time must not be taken for anybody else's.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;
use tokio::process::Command;

use crate::server::API_KEY;
use crate::suite::Entry;

/// What a generator may take beyond the measured time, for everybody to come in and to leave.
const PATIENCE: Duration = Duration::from_secs(180);
/// Lines of what it said that an error quotes.
const QUOTED: usize = 5;

/// The program, and what it can do.
pub(crate) struct Generator {
    binary: PathBuf,
    rooms: bool,
}

/// One run's figures, as the generator wrote them, and whether it called them a pass.
pub(crate) struct Outcome {
    pub(crate) report: Value,
    pub(crate) passed: bool,
}

impl Generator {
    /// Asks the program what it can do.
    ///
    /// # Errors
    /// It cannot be started.
    pub(crate) async fn find(binary: &Path) -> anyhow::Result<Generator> {
        let help = Command::new(binary).arg("--help").kill_on_drop(true).output().await;
        let help =
            help.with_context(|| format!("cannot start {}: run `make build` first", binary.display()))?;
        let rooms = String::from_utf8_lossy(&help.stdout).contains("--rooms");
        Ok(Generator { binary: binary.to_owned(), rooms })
    }

    /// Why it cannot do an entry of the suite, if it cannot.
    pub(crate) fn refuses(&self, entry: &Entry) -> Option<&'static str> {
        (entry.rooms > 1 && !self.rooms).then_some("this proscenium-load has no --rooms")
    }

    /// Runs an entry against a server; its JSON stays in `file`.
    ///
    /// # Errors
    /// It wrote no figures, or hangs.
    pub(crate) async fn run(
        &self,
        entry: &Entry,
        server: &str,
        seconds: u64,
        file: &Path,
    ) -> anyhow::Result<Outcome> {
        // What an earlier run has left there must not be taken for this one's.
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let running = Command::new(&self.binary)
            .args(entry.arguments())
            .args(["--server", server, "--api-key", API_KEY, "--seconds", &seconds.to_string(), "--json"])
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(PATIENCE + Duration::from_secs(seconds), running)
            .await
            .with_context(|| format!("{}: proscenium-load does not end", entry.name))??;
        let json = std::fs::read(file)
            .with_context(|| format!("{}: proscenium-load {}", entry.name, last_words(&output.stderr)))?;
        let report =
            serde_json::from_slice(&json).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(Outcome { report, passed: output.status.success() })
    }
}

fn last_words(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let lines: Vec<&str> = said.lines().collect();
    format!("wrote no figures; it said:\n{}", lines[lines.len().saturating_sub(QUOTED)..].join("\n"))
}
