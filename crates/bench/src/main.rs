//! The benchmark suite: what a forwarded packet costs the server, beside what this machine asks for it at least.
//!
//! It owns the floor (the same packets, sent by a bare loop to a process that reads them), the list of scenarios, and how figures become
//! tables, charts and `docs/performance.md`. It never measures the server itself: that is the load generator's doing, as a process.
//!
//! Figures of two machines, or of one machine on two days, say little beside each other; a floor and a run of one sitting do. So every run
//! has its floor right before it, and what is told is their ratio as well.

mod figures;
mod floor;
mod generator;
mod machine;
mod reach;
mod report;
mod results;
mod run;
mod sender;
mod server;
mod sink;
mod suite;
mod table;
mod tables;
mod traffic;
mod trains;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Parser, Subcommand, ValueEnum};
use load::Plan;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use results::Results;
use sender::Way;
use traffic::Traffic;

/// Measures what a forwarded packet costs, beside what this machine asks for it at least
#[derive(Parser)]
#[command(name = "proscenium-bench", version, about)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the suite: tables in the terminal, JSON in a folder
    Run(RunOptions),
    /// Print the tables of what was measured before
    Tables {
        /// Where the JSON is
        #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
        out: PathBuf,
    },
    /// Write docs/performance.md and its charts from what was measured before
    Report {
        /// Where the JSON is
        #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
        out: PathBuf,
        /// Where the document goes
        #[arg(long, value_name = "FOLDER", default_value = "docs")]
        docs: PathBuf,
    },
    /// Measure what this machine asks at least for one kind of traffic, or what trains buy
    Floor(FloorOptions),
    /// Read what comes to many sockets: the floor's other end
    #[command(hide = true)]
    Sink {
        #[arg(long)]
        sockets: usize,
    },
}

#[derive(Args)]
struct RunOptions {
    /// How often each scenario is run
    #[arg(long, value_name = "N", env = "BENCH_RUNS", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=100))]
    runs: u16,
    /// How long each run measures
    #[arg(long, value_name = "S", env = "BENCH_SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Only scenarios whose name contains this; can be given several times [default: all]
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Where the JSON goes
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    out: PathBuf,
    /// The server [default: beside this program]
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
    /// The load generator [default: beside this program]
    #[arg(long, value_name = "FILE")]
    load: Option<PathBuf>,
}

#[derive(Args)]
struct FloorOptions {
    /// Of what traffic; without it, of trains by their length
    #[arg(value_enum)]
    kind: Option<Kind>,
    /// How many on stage
    #[arg(long, value_name = "P", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    publishers: u16,
    /// How many watch
    #[arg(long, value_name = "V", default_value_t = 300, value_parser = clap::value_parser!(u16).range(1..=5000))]
    viewers: u16,
    /// How long to measure
    #[arg(long, value_name = "S", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Send each datagram by a call of its own
    #[arg(long)]
    single: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Sound and pictures
    Webinar,
    /// Sound alone
    Audio,
}

fn main() -> ExitCode {
    match command(CommandLine::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "proscenium-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all went as it should.
fn command(command: Command) -> anyhow::Result<bool> {
    raise_open_files()?;
    match command {
        Command::Run(options) => suite(options),
        Command::Tables { out } => run::print(&Results::read(&out)?).map(|()| true),
        Command::Report { out, docs } => {
            let charts = report::write(&Results::read(&out)?, &docs)?;
            writeln!(io::stdout(), "{}: the page and {charts} charts", docs.display())?;
            Ok(true)
        }
        Command::Floor(options) => floor_alone(&options),
        Command::Sink { sockets } => sink::run(sockets).map(|()| true),
    }
}

/// A thousand viewers are two thousand sockets at the generator; what is started from here inherits the limit.
fn raise_open_files() -> anyhow::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).context("cannot raise the number of open files")
}

#[tokio::main(flavor = "current_thread")]
async fn suite(options: RunOptions) -> anyhow::Result<bool> {
    let beside = |name: &str| anyhow::Ok(std::env::current_exe()?.with_file_name(name));
    let settings = run::Settings {
        server: options.server.map_or_else(|| beside("proscenium"), Ok)?,
        load: options.load.map_or_else(|| beside("proscenium-load"), Ok)?,
        out: options.out,
        runs: options.runs.into(),
        seconds: options.seconds,
        only: options.only,
    };
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    // Leaving the suite's future behind is what ends its server and its generator.
    tokio::select! {
        ran = run::run(&settings) => ran,
        _ = interrupt.recv() => anyhow::bail!("interrupted"),
        _ = terminate.recv() => anyhow::bail!("told to end"),
    }
}

fn floor_alone(options: &FloorOptions) -> anyhow::Result<bool> {
    let time = Duration::from_secs(options.seconds);
    let plan = match options.kind {
        Some(Kind::Webinar) => Plan::clip(),
        Some(Kind::Audio) => Plan::clip_sound(),
        None => {
            let mut tell = |what: &str| drop(writeln!(io::stderr(), "{what}"));
            let trains = trains::measure_trains(time, &mut tell)?;
            write!(io::stdout(), "{}", tables::trains(&trains).text())?;
            return Ok(true);
        }
    };
    let way = if options.single { Way::Single } else { Way::Trains };
    let traffic = Traffic::of(&plan, 1, options.publishers.into(), options.viewers.into());
    let floor = floor::measure(&traffic, way, time)?;
    writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&floor)?)?;
    Ok(floor.lost == 0)
}
