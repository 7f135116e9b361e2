//! The command line of the load generator.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use load::scenario::{self, Janus, Scenario, Settings, Tell};
use load::{Api, html};

/// Puts synthetic participants into a Proscenium server and measures what becomes of them.
#[derive(Parser)]
#[command(name = "proscenium-load", version, about)]
struct CommandLine {
    /// What to do
    #[arg(value_enum)]
    scenario: Scenario,
    /// The server's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// The server's API key
    #[arg(long, value_name = "KEY", env = "PROSCENIUM_API_KEY", required_unless_present = "janus")]
    api_key: Option<String>,
    /// An existing room, or the name of one to be made and left there [default: one made for the run and ended after it]
    #[arg(long, value_name = "ID")]
    room: Option<String>,
    /// Rooms to be made, each with so many publishers and viewers
    #[arg(long, value_name = "R", default_value_t = 1, conflicts_with = "room", value_parser = clap::value_parser!(u16).range(1..=1000))]
    rooms: u16,
    /// Participants on stage; nobody, 0, is for join storms, and for viewers of somebody else's stage (with --room)
    #[arg(long, value_name = "P", default_value_t = 1, value_parser = clap::value_parser!(u16).range(0..=100))]
    publishers: u16,
    /// How many of the publishers are peer connections of the webrtc crate, an independent stack
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "janus")]
    webrtc_publishers: u16,
    /// Participants who watch
    #[arg(long, value_name = "V", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=5000))]
    viewers: u16,
    /// Where viewers send their media instead of to the address in the server's answer: a wire that impairs it, and sends it on
    #[arg(long, value_name = "ADDR", conflicts_with = "janus")]
    media_via: Option<SocketAddr>,
    /// How long to measure, or for a join storm how long it takes
    #[arg(long, value_name = "S", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// A Janus of this machine to measure instead, with webinar or audio: its WebSocket API, as in ws://127.0.0.1:8188
    #[arg(long, value_name = "URL", requires = "janus_pid")]
    janus: Option<String>,
    /// Janus' process, whose CPU time and memory are the server's
    #[arg(long, value_name = "PID", requires = "janus")]
    janus_pid: Option<i32>,
    /// Where to write the figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where to write the figures as a page with charts
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&CommandLine::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "proscenium-load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// Whether the run passed.
#[tokio::main]
async fn run(line: &CommandLine) -> anyhow::Result<bool> {
    let elsewhere = line.scenario == Scenario::Webinar && line.room.is_some();
    if line.publishers == 0 && line.scenario != Scenario::JoinStorm && !elsewhere {
        anyhow::bail!(
            "--publishers 0 is for join-storm, and for webinar in a --room where somebody is on stage: otherwise there is nothing to measure"
        );
    }
    if line.webrtc_publishers > line.publishers {
        anyhow::bail!(
            "--webrtc-publishers {} is more than --publishers {}: it says how many of the publishers are of that make",
            line.webrtc_publishers,
            line.publishers
        );
    }
    let settings = Settings {
        scenario: line.scenario,
        room: line.room.clone(),
        rooms: line.rooms.into(),
        publishers: line.publishers.into(),
        webrtc_publishers: line.webrtc_publishers.into(),
        viewers: line.viewers.into(),
        media_via: line.media_via,
        time: Duration::from_secs(line.seconds),
    };
    // Progress is for a person who watches; nobody may, and that is no failure.
    let tell: Tell = Arc::new(|what| drop(writeln!(io::stderr(), "{what}")));
    let report = match line.janus.clone().zip(line.janus_pid) {
        Some((url, process)) => {
            anyhow::ensure!(
                matches!(line.scenario, Scenario::Webinar | Scenario::Audio),
                "--janus: the scenario has to be webinar or audio"
            );
            scenario::run_at_janus(&Janus { url, process }, &settings, &tell).await?
        }
        None => {
            let api = Api::new(&line.server, line.api_key.as_deref().unwrap_or_default());
            scenario::run(&api, &settings, &tell).await?
        }
    };
    writeln!(io::stdout(), "{report}")?;
    if let Some(file) = &line.json {
        let json = serde_json::to_string_pretty(&report)?;
        write(file, &(json + "\n"))?;
    }
    if let Some(file) = &line.html {
        write(file, &html::page(&report)?)?;
    }
    Ok(report.passes())
}
