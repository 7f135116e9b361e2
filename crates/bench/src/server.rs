//! A release server of its own for every run, so that memory and counters start anew.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// The key of a server in dev mode.
pub(crate) const API_KEY: &str = "dev-secret";
/// How long a server may take until it says where it is.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at what it says.
const LOOK: Duration = Duration::from_millis(50);
/// What stands before its address.
const ANNOUNCEMENT: &str = "Proscenium is at ";

/// A server that runs; it is killed when this is dropped, and its data goes with it.
pub(crate) struct Server {
    process: Child,
    url: String,
    _data: TempDir,
}

impl Server {
    /// Starts one on ports that are free.
    ///
    /// # Errors
    /// It cannot be started, or ended at once; then the error holds what it said.
    pub(crate) async fn start(binary: &Path, workers: usize) -> anyhow::Result<Server> {
        let data = tempfile::tempdir().context("no place for the server's data")?;
        let log = data.path().join("log");
        let output = File::create(&log)?;
        let mut process = Command::new(binary)
            .args(["--dev", "--http", "127.0.0.1:0", "--media", "127.0.0.1:0", "--announce", "127.0.0.1"])
            .args(["--workers", &workers.to_string(), "--log-filter", "warn", "--data"])
            .arg(data.path())
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let began = Instant::now();
        loop {
            let said = std::fs::read_to_string(&log)?;
            // A line is whole once another has begun or its end is written.
            let lines = said.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            if let Some(url) = lines.filter_map(|line| line.strip_prefix(ANNOUNCEMENT)).next() {
                let url = url.trim().to_owned();
                return Ok(Server { process, url, _data: data });
            }
            let ended = process.try_wait()?.is_some();
            anyhow::ensure!(!ended && began.elapsed() < PATIENCE, "the server does not start:\n{said}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Its address, for the load generator.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Ends it, and waits until its ports are free and its CPU time is nobody else's.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.process.kill().await.context("cannot end the server")
    }
}
