//! Each oracle sees what it is there for: an executor that does its work wrong is found out, and by the oracle that should.
#![allow(clippy::unwrap_used, reason = "what surrounds tests is tests")]

use std::time::Instant;

use media::Identity;
use sim::{Fault, Options, Oracle};

/// Worlds in which a fault has to be noticed.
const WORLDS: u64 = 40;

fn options(fault: Fault) -> Options {
    Options { start: Instant::now(), identity: Identity::generate().unwrap(), fault, story: false }
}

/// In how many worlds that executor is found out, all of them by this oracle.
fn found_out(fault: Fault, by: Oracle) -> usize {
    let options = options(fault);
    let failures: Vec<_> = (0..WORLDS).filter_map(|seed| sim::run(seed, &options).err()).collect();
    for failure in &failures {
        assert_eq!(failure.oracle, by, "{failure}");
    }
    failures.len()
}

#[test]
fn a_gate_that_stays_open_is_a_leak() {
    let found = found_out(Fault::KeepsGates, Oracle::Leak);
    assert!(found as u64 > WORLDS / 2, "found out in {found} worlds");
}

#[test]
fn a_closing_that_nobody_awaits_is_a_leak() {
    let found = found_out(Fault::AwaitsNothing, Oracle::Leak);
    assert!(found > 0, "found out in no world");
}

#[test]
fn a_closing_that_only_the_home_engine_hears_of_is_a_leak() {
    let found = found_out(Fault::ForgetsOtherEngines, Oracle::Leak);
    assert!(found > 0, "found out in no world");
}

#[test]
fn a_packet_that_vanishes_in_the_server_is_a_hole() {
    let found = found_out(Fault::SwallowsPackets, Oracle::Stream);
    assert!(found as u64 > WORLDS / 2, "found out in {found} worlds");
}

#[test]
fn a_slot_that_is_not_filled_is_somebody_not_received() {
    let found = found_out(Fault::ForgetsSlots, Oracle::Arrival);
    assert!(found as u64 > WORLDS / 4, "found out in {found} worlds");
}

#[test]
fn a_change_that_a_page_missed_is_a_page_that_does_not_know_the_room() {
    let found = found_out(Fault::LosesChanges, Oracle::Page);
    assert!(found as u64 > WORLDS / 4, "found out in {found} worlds");
}

#[test]
fn a_seed_tells_its_story_again() {
    let options = options(Fault::None);
    for seed in [3, 4, 5] {
        assert_eq!(sim::run(seed, &options), sim::run(seed, &self::options(Fault::None)), "seed {seed}");
    }
    let story = |seed| sim::run(seed, &options).map(|summary| summary.story);
    assert_ne!(story(3), story(4));
}
