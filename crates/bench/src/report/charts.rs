//! The charts of the document. One that has nothing to show is left out.

use load::chart::{Bars, Lines, Paper, Row, Series};

use crate::figures::{Figure, Spread};
use crate::results::Results;
use crate::suite::{CROWDS, SUITE};
use crate::table::number;
use crate::trains::Trains;

/// Names of the files.
pub(super) const COST: &str = "cost";
pub(super) const GROWTH: &str = "growth";
pub(super) const DELAY: &str = "delay";
pub(super) const TRAINS: &str = "trains";
pub(super) const MEMORY: &str = "memory";

/// Of every chart, in pixels: a column of text on GitHub is a little wider.
const SIZE: (u32, u32) = (720, 320);
/// A line needs as many points.
const LEAST_POINTS: usize = 2;
const TO_MICROS: f64 = 1e-3;
const TO_MILLIS: f64 = 1e-3;
const TO_MIB: f64 = 1.0 / (1024.0 * 1024.0);

/// Name and SVG of each.
pub(super) fn all(results: &Results) -> anyhow::Result<Vec<(&'static str, String)>> {
    let line = |name, title, y, series: Vec<Series<'_>>| -> anyhow::Result<Option<(&'static str, String)>> {
        if series.iter().all(|series| series.points.len() < LEAST_POINTS) {
            return Ok(None);
        }
        let lines = Lines { title, x: "viewers", y, series, size: SIZE, paper: Paper::White };
        Ok(Some((name, lines.svg()?)))
    };
    let charts = [
        cost(results)?,
        line(
            GROWTH,
            "CPU a forwarded packet, by number of viewers",
            "µs a packet",
            vec![
                by_viewers(results, "server", Figure::CpuNsPerPacket, TO_MICROS),
                by_viewers(results, "floor", Figure::FloorNsPerPacket, TO_MICROS),
            ],
        )?,
        line(
            DELAY,
            "Forward delay, by number of viewers",
            "milliseconds",
            vec![
                by_viewers(results, "p50", Figure::DelayP50Us, TO_MILLIS),
                by_viewers(results, "p99", Figure::DelayP99Us, TO_MILLIS),
            ],
        )?,
        line(
            MEMORY,
            "Server memory, by number of viewers",
            "MiB",
            vec![by_viewers(results, "resident", Figure::RssBytes, TO_MIB)],
        )?,
        results.trains.as_ref().map(trains).transpose()?,
    ];
    Ok(charts.into_iter().flatten().collect())
}

/// Server and floor beside each other, for every scenario that forwards.
fn cost(results: &Results) -> anyhow::Result<Option<(&'static str, String)>> {
    let bar = |spread: Spread| {
        let micros = spread.median * TO_MICROS;
        (micros, number(micros))
    };
    let rows: Vec<Row<'_>> = results
        .outcomes
        .iter()
        .filter_map(|outcome| {
            let (server, floor) =
                (outcome.figure(Figure::CpuNsPerPacket)?, outcome.figure(Figure::FloorNsPerPacket)?);
            Some(Row { name: &outcome.name, values: vec![bar(server), bar(floor)] })
        })
        .collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let bars = Bars {
        title: "CPU a forwarded packet, and what the machine asks for it at least",
        unit: "µs a packet, median",
        series: vec!["server", "floor"],
        rows,
        width: SIZE.0,
        paper: Paper::White,
    };
    Ok(Some((COST, bars.svg()?)))
}

/// A figure over the webinars of one publisher, with its spread.
fn by_viewers<'a>(results: &Results, name: &'a str, figure: Figure, scale: f64) -> Series<'a> {
    let crowds = SUITE.iter().filter(|entry| CROWDS.contains(&entry.name));
    let mut found: Vec<(f64, Spread)> = crowds
        .filter_map(|entry| Some((entry.viewers as f64, results.figure(entry.name, figure)?.scaled(scale))))
        .collect();
    found.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    Series {
        name,
        points: found.iter().map(|(viewers, spread)| (*viewers, spread.median)).collect(),
        band: found.iter().map(|(viewers, spread)| (*viewers, spread.min, spread.max)).collect(),
        marks: true,
    }
}

fn trains(trains: &Trains) -> anyhow::Result<(&'static str, String)> {
    let micros = |nanos: f64| nanos * TO_MICROS;
    let lengths =
        trains.lengths.iter().map(|(length, floor)| (*length as f64, micros(floor.cpu_ns_per_packet)));
    let single = micros(trains.single.cpu_ns_per_packet);
    let ends = [trains.lengths.first(), trains.lengths.last()];
    let lines = Lines {
        title: "The floor, by length of train",
        x: "datagrams of a train",
        y: "µs a packet",
        series: vec![
            Series { name: "trains", points: lengths.collect(), marks: true, ..Series::default() },
            Series {
                name: "single calls",
                points: ends.into_iter().flatten().map(|(length, _)| (*length as f64, single)).collect(),
                ..Series::default()
            },
        ],
        size: SIZE,
        paper: Paper::White,
    };
    Ok((TRAINS, lines.svg()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::tests::results;
    use crate::suite::HEADLINE;

    #[test]
    fn charts_that_have_nothing_to_show_are_left_out() {
        assert!(all(&Results::default()).unwrap().is_empty());
        let one: Vec<&str> =
            all(&results(&[(HEADLINE, &[3000.0])])).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(one, [COST]);
        let two = results(&[(HEADLINE, &[3000.0]), ("webinar-1x10", &[3000.0])]);
        assert_eq!(all(&two).unwrap().len(), 4);
    }

    #[test]
    fn a_line_goes_from_few_viewers_to_many() {
        let results = results(&[(HEADLINE, &[3000.0, 2000.0, 4000.0]), ("webinar-1x10", &[5000.0])]);
        let series = by_viewers(&results, "server", Figure::CpuNsPerPacket, TO_MICROS);
        assert_eq!(series.points, [(10.0, 5.0), (300.0, 3.0)]);
        assert_eq!(series.band, [(10.0, 5.0, 5.0), (300.0, 2.0, 4.0)]);
    }
}
