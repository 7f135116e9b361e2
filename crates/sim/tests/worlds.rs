//! Whole sessions, from seeds.
//!
//! `SIM_SEED=17 cargo test -p sim --test worlds` runs that world alone and says what it did; `SIM_SEEDS=5000` runs so many.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "what surrounds tests is tests")]

use std::time::Instant;

use media::Identity;
use sim::{Fault, Options, Summary};

/// Worlds in an ordinary run.
const WORLDS: u64 = 200;

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {text}")))
}

/// Runs the worlds of these seeds; panics with all that failed.
fn run(seeds: std::ops::Range<u64>) -> Summary {
    let story = seeds.end - seeds.start == 1;
    let identity = Identity::generate().unwrap();
    let options = Options { start: Instant::now(), identity, fault: Fault::None, story };
    let mut all = Summary::default();
    let mut failed = Vec::new();
    for seed in seeds {
        match sim::run(seed, &options) {
            Ok(one) => all.add(&one),
            Err(failure) => {
                failure.story.iter().for_each(|line| println!("{line}"));
                failed.push(format!(
                "seed {seed}: {failure}\n  again: SIM_SEED={seed} cargo test -p sim --test worlds -- --nocapture"
                ));
            }
        }
    }
    assert!(failed.is_empty(), "{} worlds failed\n{}", failed.len(), failed.join("\n"));
    all
}

#[test]
fn whatever_happens_the_promises_hold() {
    if let Some(seed) = from_environment("SIM_SEED") {
        println!("seed {seed}: {:#?}", run(seed..seed + 1));
        return;
    }
    let all = run(0..from_environment("SIM_SEEDS").unwrap_or(WORLDS));
    println!("{all:#?}");
    for (what, count) in all.counts() {
        assert!(count > WORLDS, "{what}: {count} in all of these worlds is next to nothing");
    }
}
