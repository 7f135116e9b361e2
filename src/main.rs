//! The command line: `proscenium [serve]` and `proscenium check`.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use proscenium::Server;
use proscenium::config::{Config, Flags, LogFormat};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// A self-hosted stage server for live rooms.
#[derive(Parser)]
#[command(name = "proscenium", version, about)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server; what happens without a command as well
    Serve,
    /// Say whether the configuration can be used, and exit
    Check,
}

/// For a configuration that cannot be used, as for a wrong flag.
const BAD_CONFIGURATION: u8 = 2;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let config = match Config::resolve(&line.flags, environment()) {
        Ok(config) => config,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            return ExitCode::from(BAD_CONFIGURATION);
        }
    };
    if matches!(line.command, Some(Command::Check)) {
        let _ = writeln!(io::stdout(), "the configuration is good");
        return ExitCode::SUCCESS;
    }
    match serve(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "proscenium: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error and its causes, each of them once: many name their cause themselves.
fn told(error: &anyhow::Error) -> String {
    let mut told = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

/// Variables that are not Unicode are nobody's of ours.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Cores for each thread of the control plane. Media threads have the cores to themselves: two threads that share little work spend an eighth of
/// what a join costs on waking one another.
const CORES_A_CONTROL_THREAD: usize = 4;

/// Serves until told to stop.
fn serve(config: Config) -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.div_ceil(CORES_A_CONTROL_THREAD))
        .enable_all()
        .build()
        .context("the threads of the control plane")?;
    runtime.block_on(run(config))
}

async fn run(config: Config) -> anyhow::Result<()> {
    log(&config);
    for name in Config::unknown_variables(environment()) {
        tracing::warn!(name, "this environment variable looks like a setting and is none");
    }
    if let Err(error) = proscenium::raise_open_files() {
        tracing::warn!(%error, "the limit on open files stays as it was; each connected page needs one");
    }
    // Before anything starts, so that none is missed.
    let mut terminate = signal(SignalKind::terminate()).context("signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("signals")?;
    let mut running = Server::start(config).await?;
    greet(&running)?;
    let failed = tokio::select! {
        _ = terminate.recv() => false,
        _ = interrupt.recv() => false,
        () = running.media_failed() => true,
    };
    running.drain().await;
    anyhow::ensure!(!failed, "a media thread ended by itself");
    Ok(())
}

/// Logs go to standard error: standard output is for the links.
fn log(config: &Config) {
    let logs = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&config.log_filter))
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    match config.log {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
}

fn greet(running: &proscenium::Running) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "Proscenium is at {}", running.url())?;
    for (role, link) in running.dev_links() {
        let role = role.split_at(1);
        writeln!(out, "{:<10} {link}", role.0.to_uppercase() + role.1)?;
    }
    out.flush()
}
