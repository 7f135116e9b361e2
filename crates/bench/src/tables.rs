//! The tables that terminal and document share.

use crate::figures::{Figure, Spread};
use crate::floor::Floor;
use crate::reach::{Bound, Reached};
use crate::results::{Comparison, Outcome, Results};
use crate::suite::{CROWDS, MANY_ROOMS, ONE_ROOM, SUITE, TWO_WORKERS};
use crate::table::{Table, number, spread};
use crate::trains::Trains;

const TO_MICROS: f64 = 1e-3;
const TO_MILLIS: f64 = 1e-3;
const TO_PERCENT: f64 = 100.0;
const TO_KIB: f64 = 1.0 / 1024.0;
const TO_THOUSANDS: f64 = 1e-3;

/// A column of figures: its head, and how a figure is told.
type Column = (&'static str, Figure, f64);

const FORWARDING: [Column; 7] = [
    ("1000 packets/s", Figure::PacketsPerSecond, TO_THOUSANDS),
    ("server, cores", Figure::CpuCores, 1.0),
    ("ms CPU/viewer and s", Figure::CpuMsPerViewerSecond, 1.0),
    ("server, µs/packet", Figure::CpuNsPerPacket, TO_MICROS),
    ("floor, µs/packet", Figure::FloorNsPerPacket, TO_MICROS),
    ("× floor", Figure::FloorRatio, 1.0),
    ("KiB/viewer", Figure::RssBytesPerViewer, TO_KIB),
];

const DELAY: [Column; 5] = [
    ("delay p50, ms", Figure::DelayP50Us, TO_MILLIS),
    ("delay p99, ms", Figure::DelayP99Us, TO_MILLIS),
    ("loss, %", Figure::LossRatio, TO_PERCENT),
    ("sent late p99, ms", Figure::SentLateP99Ms, 1.0),
    ("generator missed", Figure::GeneratorMissed, 1.0),
];

const COMING_IN: [Column; 6] = [
    ("join p50, ms", Figure::JoinP50Ms, 1.0),
    ("join p99, ms", Figure::JoinP99Ms, 1.0),
    ("first packet p99, ms", Figure::FirstPacketP99Ms, 1.0),
    ("CPU a join, ms", Figure::CpuMsPerJoin, 1.0),
    ("stage to air p99, ms", Figure::StageToAirServerP99Ms, 1.0),
    ("leaked packets", Figure::LeakedPackets, 1.0),
];

/// What a forwarded packet costs, and what it costs at least.
pub(crate) fn forwarding(results: &Results) -> Table {
    of_entries(results, &FORWARDING, |name| forwards(name) && !CROWDS[..3].contains(&name))
}

/// How long packets are under way, and how many never arrive.
pub(crate) fn delay(results: &Results) -> Table {
    of_entries(results, &DELAY, forwards)
}

/// How long it takes to come in, by scenario, and what a join costs.
pub(crate) fn coming_in(results: &Results) -> Table {
    of_entries(results, &COMING_IN, |_| true)
}

/// The same people in one room and in many, on one media thread and on two.
pub(crate) fn layouts(results: &Results) -> Table {
    of_entries(results, &FORWARDING, |name| {
        [ONE_ROOM, MANY_ROOMS, TWO_WORKERS].contains(&name) || name.starts_with("webinar-1x1000")
    })
}

/// One publisher, more and more viewers.
pub(crate) fn growth(results: &Results) -> Table {
    let columns =
        [FORWARDING[0], FORWARDING[1], FORWARDING[2], FORWARDING[3], FORWARDING[5], DELAY[1], FORWARDING[6]];
    of_entries(results, &columns, |name| CROWDS.contains(&name))
}

/// What trains buy.
pub(crate) fn trains(trains: &Trains) -> Table {
    let mut table = Table::new(&["datagrams of a train", "floor, µs/packet", "against single calls", "lost"]);
    let single = trains.single.cpu_ns_per_packet;
    let row = |name: String, floor: &Floor| {
        let each = floor.cpu_ns_per_packet;
        let less = number(single / each.max(1.0));
        vec![name, number(each * TO_MICROS), format!("{less} ×"), floor.lost.to_string()]
    };
    table.row(row("single calls, `sendto`".to_owned(), &trains.single));
    for (length, floor) in &trains.lengths {
        table.row(row(length.to_string(), floor));
    }
    table
}

/// Another server under the same load, in turns.
pub(crate) fn peers(comparisons: &[Comparison]) -> Table {
    let mut table = Table::new(&["viewers", "figure", "Proscenium", "Janus", "Janus : Proscenium"]);
    let cell = |value: Option<f64>| value.map_or("–".to_owned(), number);
    for Comparison { viewers, figure, proscenium, janus, ratio } in comparisons {
        let ratio = ratio.map_or(String::new(), |ratio| format!("{} ×", number(ratio)));
        table.row(vec![viewers.to_string(), figure.clone(), cell(*proscenium), cell(*janus), ratio]);
    }
    table
}

/// Every aim beside what was measured.
pub(crate) fn reach(lines: &[Reached]) -> Table {
    let mut table = Table::new(&["aim", "scenario", "measured", "to be", "runs", ""]);
    for line in lines {
        let bound = match line.bound {
            Bound::AtMost(limit) => format!("≤ {}", number(limit)),
            Bound::Below(limit) => format!("< {}", number(limit)),
        };
        let reached = match line.reached {
            Some(true) => "reached",
            Some(false) => "not reached",
            None => "not measured",
        };
        table.row(vec![
            line.what.clone(),
            line.entry.clone(),
            with_unit(spread(line.measured), &line.unit),
            with_unit(bound, &line.unit),
            line.runs.to_string(),
            reached.to_owned(),
        ]);
    }
    table
}

fn with_unit(figure: String, unit: &str) -> String {
    if unit.is_empty() { figure } else { format!("{figure} {unit}") }
}

/// Whether an entry is about forwarding.
fn forwards(name: &str) -> bool {
    SUITE.iter().any(|entry| entry.name == name && entry.traffic().is_some())
}

fn of_entries(results: &Results, columns: &[Column], wanted: impl Fn(&str) -> bool) -> Table {
    let mut heads = vec!["scenario"];
    heads.extend(columns.iter().map(|(head, ..)| *head));
    let mut table = Table::new(&heads);
    for outcome in results.outcomes.iter().filter(|outcome| wanted(&outcome.name)) {
        table.row(cells(outcome, columns));
    }
    table
}

fn cells(outcome: &Outcome, columns: &[Column]) -> Vec<String> {
    let told = |(_, figure, scale): &Column| {
        spread(outcome.figure(*figure).map(|found: Spread| found.scaled(*scale)))
    };
    std::iter::once(outcome.name.clone()).chain(columns.iter().map(told)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::tests::results;
    use crate::suite::HEADLINE;

    #[test]
    fn an_entry_is_a_row_of_medians_and_spreads() {
        let text = forwarding(&results(&[(HEADLINE, &[3000.0, 2000.0, 4000.0])])).text();
        let row = text.lines().nth(1).unwrap();
        assert!(row.contains(HEADLINE) && row.contains("3.00 (2.00–4.00)"), "{text}");
    }

    #[test]
    fn what_was_not_run_has_no_row() {
        assert!(growth(&results(&[])).is_empty());
    }

    #[test]
    fn an_aim_says_where_it_is_to_lie_and_whether_it_does() {
        let reached = crate::reach::reach(&results(&[(HEADLINE, &[5000.0])]));
        let text = reach(&reached[..2]).text();
        let row: Vec<&str> =
            text.lines().nth(1).unwrap().split("   ").filter(|cell| !cell.is_empty()).collect();
        assert_eq!(
            row[2..].iter().map(|cell| cell.trim()).collect::<Vec<_>>(),
            ["5.00 µs", "≤ 4.00 µs", "1", "not reached"]
        );
    }
}
