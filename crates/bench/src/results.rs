//! What a suite leaves under `target/bench`, written and read again.
//!
//! `machine.json`, `trains.json`, one `NAME.json` an entry, `reach.json`, and in `runs` what the generator wrote of every run.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::figures::{Figure, Figures, Run, Spread, figures};
use crate::machine::Machine;
use crate::suite::{Entry, SUITE};
use crate::trains::Trains;

/// An entry of the suite, run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) name: String,
    /// As one would type them.
    pub(crate) arguments: Vec<String>,
    /// Media threads of the server.
    pub(crate) workers: usize,
    /// Measured in each run.
    pub(crate) seconds: u64,
    /// Medians and spreads over the runs.
    pub(crate) figures: Figures,
    pub(crate) runs: Vec<Run>,
}

impl Outcome {
    /// # Errors
    /// A report is not of the generator's form.
    pub(crate) fn of(entry: &Entry, seconds: u64, runs: Vec<Run>) -> anyhow::Result<Outcome> {
        let figures = figures(&runs).with_context(|| format!("{}: the generator's figures", entry.name))?;
        let arguments = entry.arguments();
        Ok(Outcome { name: entry.name.to_owned(), arguments, workers: entry.workers, seconds, figures, runs })
    }

    pub(crate) fn figure(&self, figure: Figure) -> Option<Spread> {
        self.figures.get(&figure).copied()
    }
}

/// All that there is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Results {
    pub(crate) machine: Option<Machine>,
    pub(crate) trains: Option<Trains>,
    /// In the order of the suite; entries that were not run are left out.
    pub(crate) outcomes: Vec<Outcome>,
    /// What `make bench-peers` found; empty where it was not run.
    pub(crate) peers: Vec<Comparison>,
}

/// One figure of two servers that took turns under the same load.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Comparison {
    pub(crate) viewers: usize,
    /// In words, with its unit.
    pub(crate) figure: String,
    pub(crate) proscenium: Option<f64>,
    pub(crate) janus: Option<f64>,
    /// How many times as much Janus takes; `None` where a quotient means nothing, or a server did not carry the load.
    pub(crate) ratio: Option<f64>,
}

impl Results {
    /// Reads what a suite has left.
    ///
    /// # Errors
    /// A file is there and cannot be read.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Results> {
        let outcomes = SUITE.iter().map(|entry| read(&file(folder, entry.name)));
        Ok(Results {
            machine: read(&file(folder, "machine"))?,
            trains: read(&file(folder, "trains"))?,
            outcomes: outcomes.flat_map(Result::transpose).map(again).collect::<anyhow::Result<_>>()?,
            peers: read(&file(folder, "peers"))?.unwrap_or_default(),
        })
    }

    pub(crate) fn outcome(&self, name: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.name == name)
    }

    pub(crate) fn figure(&self, name: &str, figure: Figure) -> Option<Spread> {
        self.outcome(name)?.figure(figure)
    }
}

/// With the figures of today: there may be more of them than when the suite was run.
fn again(outcome: anyhow::Result<Outcome>) -> anyhow::Result<Outcome> {
    let outcome = outcome?;
    let figures =
        figures(&outcome.runs).with_context(|| format!("{}: the generator's figures", outcome.name))?;
    Ok(Outcome { figures, ..outcome })
}

/// The file of a name.
pub(crate) fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.json"))
}

/// Writes one.
///
/// # Errors
/// The disk does not take it.
pub(crate) fn write(path: &Path, what: &impl Serialize) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(what)?;
    fs::write(path, json + "\n").with_context(|| format!("cannot write {}", path.display()))
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    match fs::read(path) {
        Ok(json) => {
            let what = serde_json::from_slice(&json);
            what.with_context(|| format!("cannot read {}: run the suite again", path.display())).map(Some)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::figures::tests::run;
    use crate::suite::HEADLINE;

    /// Outcomes of entries whose runs cost so many nanoseconds a packet, over a floor of 1000.
    pub(crate) fn results(costs: &[(&str, &[f64])]) -> Results {
        let outcomes = costs.iter().map(|(name, costs)| {
            let entry = SUITE.iter().find(|entry| entry.name == *name).unwrap();
            Outcome::of(entry, 2, costs.iter().map(|cost| run(*cost, 0)).collect()).unwrap()
        });
        Results { outcomes: outcomes.collect(), ..Results::default() }
    }

    #[test]
    fn what_was_written_is_read_again_and_what_was_not_run_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let written = results(&[(HEADLINE, &[3000.0, 2000.0])]);
        write(&file(folder.path(), HEADLINE), &written.outcomes[0]).unwrap();
        let read = Results::read(folder.path()).unwrap();
        assert_eq!(read.outcomes, written.outcomes);
        assert_eq!(read.figure(HEADLINE, Figure::FloorRatio).unwrap().median, 2.5);
        assert_eq!((read.machine, read.peers), (None, Vec::new()));
    }

    #[test]
    fn what_another_server_took_is_read_too() {
        let folder = tempfile::tempdir().unwrap();
        let json = r#"[{"viewers": 50, "figure": "loss, %", "proscenium": 0, "janus": 1.5, "ratio": null}]"#;
        fs::write(file(folder.path(), "peers"), json).unwrap();
        let peers = Results::read(folder.path()).unwrap().peers;
        assert_eq!((peers[0].janus, peers[0].ratio), (Some(1.5), None));
    }

    #[test]
    fn a_file_of_another_form_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(file(folder.path(), HEADLINE), "{}").unwrap();
        let error = Results::read(folder.path()).unwrap_err();
        assert!(error.to_string().contains("webinar-1x300.json"), "{error}");
    }
}
