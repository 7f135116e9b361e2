//! Runs the suite: for every entry, so many times, the floor and right after it a server of its own under load.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use crate::figures::{Figure, Run};
use crate::floor::{Floor, measure};
use crate::generator::Generator;
use crate::machine::Machine;
use crate::reach::reach;
use crate::results::{Outcome, Results, file, write};
use crate::sender::Way;
use crate::server::Server;
use crate::suite::{Entry, SUITE};
use crate::table::{number, spread};
use crate::tables;
use crate::traffic::Traffic;
use crate::trains::measure_trains;

/// How long a floor is measured at most; it is steadier than a server.
const FLOOR_TIME: Duration = Duration::from_secs(3);
/// How long each length of train is measured.
const TRAIN_TIME: Duration = Duration::from_secs(2);
/// Where the generator's own JSON of every run goes.
const RUNS_FOLDER: &str = "runs";

/// What to run, and with what.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) server: PathBuf,
    pub(crate) load: PathBuf,
    pub(crate) out: PathBuf,
    pub(crate) runs: usize,
    pub(crate) seconds: u64,
    /// Parts of names; an entry that has none of them is left out. Empty: all are run.
    pub(crate) only: Vec<String>,
}

/// Runs it; returns whether every run came to figures and the generator called it a pass.
///
/// # Errors
/// The generator is missing, or the disk does not take the figures. What was measured before is kept.
pub(crate) async fn run(settings: &Settings) -> anyhow::Result<bool> {
    let generator = Generator::find(&settings.load).await?;
    let raw = settings.out.join(RUNS_FOLDER);
    fs::create_dir_all(&raw).with_context(|| format!("cannot make {}", raw.display()))?;
    let wanted = |name: &str| settings.only.is_empty() || settings.only.iter().any(|part| names(part, name));
    let entries: Vec<&Entry> = SUITE.iter().filter(|entry| wanted(entry.name)).collect();
    write(&file(&settings.out, "machine"), &Machine::here())?;
    if wanted("trains") {
        let trains =
            tokio::task::spawn_blocking(|| measure_trains(TRAIN_TIME, &mut |what| tell(what))).await??;
        write(&file(&settings.out, "trains"), &trains)?;
    }
    let mut passed = true;
    for (index, entry) in entries.iter().enumerate() {
        let place = format!("[{:>2}/{}] {}", index + 1, entries.len(), entry.name);
        if let Some(why) = generator.refuses(entry) {
            tell(&format!("{place}: left out, {why}"));
            continue;
        }
        let mut runs = Vec::new();
        for number in 1..=settings.runs {
            let file = file(&raw, &format!("{}-{number}", entry.name));
            let place = format!("{place}, run {number} of {}", settings.runs);
            match one(settings, &generator, entry, &file).await {
                Ok(run) => {
                    tell(&format!("{place}: {}", in_short(entry, &run)?));
                    passed &= run.passed;
                    runs.push(run);
                }
                // A suite takes the better part of an hour: one run that comes to nothing must not cost the others.
                Err(error) => {
                    tell(&format!("{place}: FAILED, {error:#}"));
                    passed = false;
                }
            }
        }
        if runs.is_empty() {
            continue;
        }
        write(&file(&settings.out, entry.name), &Outcome::of(entry, settings.seconds, runs)?)?;
    }
    let results = Results::read(&settings.out)?;
    write(&file(&settings.out, "reach"), &reach(&results))?;
    print(&results)?;
    Ok(passed)
}

/// Whether what somebody typed means this name: the whole of an entry's name means that entry alone, and a part means all that have it.
fn names(typed: &str, name: &str) -> bool {
    match SUITE.iter().any(|entry| entry.name == typed) {
        true => name == typed,
        false => name.contains(typed),
    }
}

async fn one(settings: &Settings, generator: &Generator, entry: &Entry, file: &Path) -> anyhow::Result<Run> {
    let floor = match entry.traffic() {
        Some(traffic) => {
            let time = FLOOR_TIME.min(Duration::from_secs(settings.seconds));
            Some(floor(traffic, time).await?)
        }
        None => None,
    };
    let server = Server::start(&settings.server, entry.workers).await?;
    let outcome = generator.run(entry, server.url(), settings.seconds, file).await?;
    server.stop().await?;
    Ok(Run { floor, passed: outcome.passed, report: outcome.report })
}

/// On a thread of its own, as it blocks and is measured by its thread's CPU time.
async fn floor(traffic: Traffic, time: Duration) -> anyhow::Result<Floor> {
    tokio::task::spawn_blocking(move || measure(&traffic, Way::Trains, time)).await?
}

fn in_short(entry: &Entry, run: &Run) -> anyhow::Result<String> {
    let figures = Outcome::of(entry, 0, vec![run.clone()])?;
    let told = |figure: Figure, scale: f64| spread(figures.figure(figure).map(|found| found.scaled(scale)));
    let mut text = format!(
        "server {} µs/packet, floor {} µs, × {}, delay p99 {} ms, join p99 {} ms",
        told(Figure::CpuNsPerPacket, 1e-3),
        told(Figure::FloorNsPerPacket, 1e-3),
        told(Figure::FloorRatio, 1.0),
        told(Figure::DelayP99Us, 1e-3),
        told(Figure::JoinP99Ms, 1.0),
    );
    if let Some(floor) = run.floor.as_ref().filter(|floor| floor.lost > 0) {
        let share = floor.lost as f64 / floor.packets.max(1) as f64 * 100.0;
        text += &format!("; the floor lost {} % and counts for nothing", number(share));
    }
    if figures.figure(Figure::GeneratorMissed).is_some_and(|missed| missed.max > 0.0) {
        text += "; the generator did not keep up";
    }
    if !run.passed {
        text += "; FAILED";
    }
    Ok(text)
}

/// Progress is for a person who watches; nobody may, and that is no failure.
fn tell(what: &str) {
    let _ = writeln!(io::stderr(), "{what}");
}

/// All tables, as far as they have rows.
///
/// # Errors
/// Standard output is gone.
pub(crate) fn print(results: &Results) -> anyhow::Result<()> {
    let mut out = io::stdout();
    if let Some(machine) = &results.machine {
        writeln!(out, "{}", machine.in_words())?;
    }
    let parts = [
        ("What trains buy", results.trains.as_ref().map(tables::trains).unwrap_or_default()),
        ("Forwarding", tables::forwarding(results)),
        ("Delay and loss", tables::delay(results)),
        ("Coming in", tables::coming_in(results)),
        ("More viewers", tables::growth(results)),
        ("More rooms, more workers", tables::layouts(results)),
        ("Reach", tables::reach(&reach(results))),
    ];
    for (title, table) in parts.iter().filter(|(_, table)| !table.is_empty()) {
        write!(out, "\n{title}\n{}", table.text())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_name_means_one_entry_and_a_part_all_that_have_it() {
        let named = |typed: &str| SUITE.iter().filter(|entry| names(typed, entry.name)).count();
        assert_eq!(named("webinar-1x10"), 1);
        assert_eq!(named("workers"), 3);
        assert_eq!(named("trains"), 0);
    }
}
