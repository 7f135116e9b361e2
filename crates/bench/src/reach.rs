//! How far it has come: each aim of the project that is a figure, beside what was measured.

use serde::{Deserialize, Serialize};

use crate::figures::{Figure, Spread};
use crate::results::Results;
use crate::suite::HEADLINE;

/// Where a figure is to lie.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bound {
    AtMost(f64),
    Below(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Bound::AtMost(limit) => value <= limit,
            Bound::Below(limit) => value < limit,
        }
    }
}

/// One aim.
struct Aim {
    what: &'static str,
    entry: &'static str,
    figure: Figure,
    /// From the unit in which it is measured to the one it is told in.
    scale: f64,
    unit: &'static str,
    bound: Bound,
}

/// One aim, measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reached {
    pub(crate) what: String,
    /// The entry of the suite that it is read from.
    pub(crate) entry: String,
    pub(crate) unit: String,
    pub(crate) bound: Bound,
    /// How often it was measured.
    pub(crate) runs: usize,
    /// `None` when it was not.
    pub(crate) measured: Option<Spread>,
    /// Whether the median lies where it is to lie; `None` when it was not measured.
    pub(crate) reached: Option<bool>,
}

const fn aim(
    what: &'static str,
    entry: &'static str,
    figure: Figure,
    scale: f64,
    unit: &'static str,
    bound: Bound,
) -> Aim {
    Aim { what, entry, figure, scale, unit, bound }
}

const TO_MICROS: f64 = 1e-3;
const TO_MILLIS: f64 = 1e-3;
const TO_PERCENT: f64 = 100.0;
const TO_KIB: f64 = 1.0 / 1024.0;

const AIMS: [Aim; 16] = [
    aim(
        "CPU a forwarded packet, 1 × 300",
        HEADLINE,
        Figure::CpuNsPerPacket,
        TO_MICROS,
        "µs",
        Bound::AtMost(4.0),
    ),
    aim("the same over the floor", HEADLINE, Figure::FloorRatio, 1.0, "×", Bound::AtMost(1.7)),
    aim(
        "CPU a forwarded packet, 4 × 200",
        "webinar-4x200",
        Figure::CpuNsPerPacket,
        TO_MICROS,
        "µs",
        Bound::AtMost(4.0),
    ),
    aim("the same over the floor", "webinar-4x200", Figure::FloorRatio, 1.0, "×", Bound::AtMost(1.7)),
    aim("sound, 10 × 500, over the floor", "audio-10x500", Figure::FloorRatio, 1.0, "×", Bound::AtMost(1.4)),
    aim(
        "loss, 1000 viewers on one worker",
        "webinar-1x1000",
        Figure::LossRatio,
        TO_PERCENT,
        "%",
        Bound::Below(0.1),
    ),
    aim(
        "forward delay p99, 1000 viewers on one worker",
        "webinar-1x1000",
        Figure::DelayP99Us,
        TO_MILLIS,
        "ms",
        Bound::Below(20.0),
    ),
    aim(
        "forward delay p99, 200 viewers on one worker",
        "webinar-1x200",
        Figure::DelayP99Us,
        TO_MILLIS,
        "ms",
        Bound::Below(5.0),
    ),
    aim(
        "the same on a worker a core, as it comes",
        "webinar-1x200-workers-2",
        Figure::DelayP99Us,
        TO_MILLIS,
        "ms",
        Bound::Below(5.0),
    ),
    aim(
        "forward delay p50, 10 viewers",
        "webinar-1x10",
        Figure::DelayP50Us,
        TO_MILLIS,
        "ms",
        Bound::Below(0.3),
    ),
    aim(
        "forward delay p99, 10 viewers",
        "webinar-1x10",
        Figure::DelayP99Us,
        TO_MILLIS,
        "ms",
        Bound::Below(2.0),
    ),
    aim(
        "stage to air p99, the server's part",
        "stage-churn-200",
        Figure::StageToAirServerP99Ms,
        1.0,
        "ms",
        Bound::Below(20.0),
    ),
    aim("CPU a join, nobody on stage", "join-storm-500", Figure::CpuMsPerJoin, 1.0, "ms", Bound::AtMost(1.5)),
    aim("memory a viewer", HEADLINE, Figure::RssBytesPerViewer, TO_KIB, "KiB", Bound::AtMost(48.0)),
    aim(
        "packets from anyone not on stage",
        "stage-churn-200",
        Figure::LeakedPackets,
        1.0,
        "",
        Bound::AtMost(0.0),
    ),
    aim("the same, viewers who send", "gate-2x20", Figure::LeakedPackets, 1.0, "", Bound::AtMost(0.0)),
];

/// Every aim, in the order in which they are told.
pub(crate) fn reach(results: &Results) -> Vec<Reached> {
    AIMS.iter().map(|aim| look(aim, results)).collect()
}

fn look(aim: &Aim, results: &Results) -> Reached {
    let measured = results.figure(aim.entry, aim.figure).map(|spread| spread.scaled(aim.scale));
    Reached {
        what: aim.what.to_owned(),
        entry: aim.entry.to_owned(),
        unit: aim.unit.to_owned(),
        bound: aim.bound,
        runs: results.outcome(aim.entry).map_or(0, |outcome| outcome.runs.len()),
        measured,
        reached: measured.map(|spread| aim.bound.holds(spread.median)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::tests::results;
    use crate::suite::SUITE;

    #[test]
    fn an_aim_is_reached_by_the_median_and_not_by_the_luckiest_run() {
        let lines = reach(&results(&[(HEADLINE, &[3900.0, 4100.0, 4100.0])]));
        assert_eq!(lines[0].measured, Some(Spread { median: 4.1, min: 3.9, max: 4.1 }));
        assert_eq!((lines[0].reached, lines[0].runs), (Some(false), 3));
        let lines = reach(&results(&[(HEADLINE, &[1700.0, 1600.0, 9000.0])]));
        assert_eq!((lines[0].reached, lines[1].reached), (Some(true), Some(true)));
    }

    #[test]
    fn what_was_not_measured_is_neither_reached_nor_missed() {
        let lines = reach(&results(&[]));
        assert!(lines.iter().all(|line| line.reached.is_none() && line.runs == 0));
    }

    #[test]
    fn every_aim_is_read_from_an_entry_of_the_suite() {
        for aim in &AIMS {
            assert!(SUITE.iter().any(|entry| entry.name == aim.entry), "{}", aim.entry);
        }
    }

    #[test]
    fn a_bound_may_or_may_not_hold_its_limit() {
        assert!(Bound::AtMost(4.0).holds(4.0) && !Bound::AtMost(4.0).holds(4.1));
        assert!(Bound::Below(4.0).holds(3.9) && !Bound::Below(4.0).holds(4.0));
    }
}
