//! `docs/performance.md` and its charts, made from what a suite has left. No figure in them is typed by hand.

mod charts;

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::figures::Figure;
use crate::reach::{Reached, reach};
use crate::results::Results;
use crate::suite::HEADLINE;
use crate::table::{Table, number, spread};
use crate::tables;

/// The words around the figures; `{{name}}` stands for what is put there.
const TEMPLATE: &str = include_str!("report/performance.md");
/// The document, and the folder of its charts.
const DOCUMENT: &str = "performance.md";
const CHARTS: &str = "performance";
/// What stands where nothing was measured.
const NOTHING: &str = "*Not measured.*\n";

/// Writes all of it into a folder; returns how many charts there are.
///
/// # Errors
/// Nothing was measured, the template has a place that nothing fills, or the disk does not take it.
pub(crate) fn write(results: &Results, docs: &Path) -> anyhow::Result<usize> {
    let text = document(results)?;
    let charts = charts::all(results)?;
    let folder = docs.join(CHARTS);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (name, svg) in &charts {
        let path = folder.join(format!("{name}.svg"));
        fs::write(&path, svg).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let path = docs.join(DOCUMENT);
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(charts.len())
}

fn document(results: &Results) -> anyhow::Result<String> {
    let machine = results.machine.as_ref().context("nothing was measured: run `make bench` first")?;
    let lines = reach(results);
    let drawn: Vec<&str> = charts::all(results)?.iter().map(|(name, _)| *name).collect();
    let image = |name: &str, alt: &str| match drawn.contains(&name) {
        true => format!("![{alt}]({CHARTS}/{name}.svg)\n"),
        false => String::new(),
    };
    let fills = [
        ("machine", machine.in_words()),
        ("receive_buffer", number(machine.receive_buffer_bytes as f64 / 1024.0)),
        ("runs", runs(results)),
        ("seconds", seconds(results)),
        ("summary", summary(results, &lines)),
        ("reach", markdown(&tables::reach(&lines))),
        (
            "trains",
            results.trains.as_ref().map_or(NOTHING.to_owned(), |trains| markdown(&tables::trains(trains))),
        ),
        ("forwarding", markdown(&tables::forwarding(results))),
        ("growth", markdown(&tables::growth(results))),
        ("delay", markdown(&tables::delay(results))),
        ("coming_in", markdown(&tables::coming_in(results))),
        ("layouts", markdown(&tables::layouts(results))),
        ("peers", markdown(&tables::peers(&results.peers))),
        ("chart_cost", image(charts::COST, "CPU a forwarded packet, server and floor")),
        ("chart_growth", image(charts::GROWTH, "CPU a forwarded packet by number of viewers")),
        ("chart_delay", image(charts::DELAY, "Forward delay by number of viewers")),
        ("chart_trains", image(charts::TRAINS, "The floor by length of train")),
        ("chart_memory", image(charts::MEMORY, "Memory by number of viewers")),
    ];
    fill(TEMPLATE, &fills)
}

/// The template with its places filled.
fn fill(template: &str, fills: &[(&str, String)]) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").context("a place in the template does not end")?;
        let found = fills.iter().find(|(fill, _)| *fill == name);
        let (_, value) = found.with_context(|| format!("nothing fills the place {name:?}"))?;
        text += before;
        text += value.trim_end();
        rest = after;
    }
    Ok(text + rest)
}

/// What one reads first.
fn summary(results: &Results, lines: &[Reached]) -> String {
    let reached = lines.iter().filter(|line| line.reached == Some(true)).count();
    let missed = lines.iter().filter(|line| line.reached == Some(false)).count();
    let unknown = lines.len() - reached - missed;
    let mut text = String::new();
    let told =
        |figure, scale| results.figure(HEADLINE, figure).map(|found| spread(Some(found.scaled(scale))));
    if let (Some(each), Some(ratio)) = (told(Figure::CpuNsPerPacket, 1e-3), told(Figure::FloorRatio, 1.0)) {
        text = format!(
            "A packet forwarded to one of 300 viewers costs the server {each} µs of CPU, {ratio} times what this machine asks for it at least. "
        );
    }
    text += &format!("Aims: {}; reached: {reached}; not reached: {missed}", lines.len());
    if unknown > 0 {
        text += &format!("; not measured: {unknown}");
    }
    text + "."
}

fn markdown(table: &Table) -> String {
    if table.is_empty() { NOTHING.to_owned() } else { table.markdown() }
}

fn runs(results: &Results) -> String {
    range(results.outcomes.iter().map(|outcome| outcome.runs.len() as u64))
}

fn seconds(results: &Results) -> String {
    range(results.outcomes.iter().map(|outcome| outcome.seconds))
}

/// One number, or from which to which.
fn range(values: impl Iterator<Item = u64> + Clone) -> String {
    match (values.clone().min(), values.max()) {
        (Some(low), Some(high)) if low == high => low.to_string(),
        (Some(low), Some(high)) => format!("{low} to {high}"),
        _ => "no".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Machine;
    use crate::results::tests::results;

    fn measured() -> Results {
        Results {
            machine: Some(Machine::here()),
            ..results(&[(HEADLINE, &[3000.0, 2000.0, 4000.0]), ("webinar-1x10", &[5000.0])])
        }
    }

    #[test]
    fn every_place_of_the_template_is_filled() {
        let text = document(&measured()).unwrap();
        assert!(!text.contains("{{") && !text.contains("}}"));
        assert!(text.contains("3.00 (2.00–4.00)"), "{text}");
        assert!(text.contains("*Not measured.*"), "no trains were");
    }

    #[test]
    fn every_figure_of_the_document_was_measured() {
        // The template may say how things are done, but not what came of them.
        let units = ["µs", " ms", "KiB", "MiB"];
        let figures = |line: &&str| {
            units.iter().any(|unit| {
                line.split(unit).next().is_some_and(|before| {
                    line.contains(unit) && before.trim_end().ends_with(|letter: char| letter.is_ascii_digit())
                })
            })
        };
        let typed: Vec<&str> = TEMPLATE.lines().filter(figures).collect();
        assert!(typed.is_empty(), "{typed:?}");
    }

    #[test]
    fn a_place_that_nothing_fills_is_an_error() {
        assert_eq!(fill("a {{b}} c", &[("b", "1\n".to_owned())]).unwrap(), "a 1 c");
        assert!(fill("{{c}}", &[("b", String::new())]).is_err());
        assert!(fill("{{b", &[("b", String::new())]).is_err());
    }

    #[test]
    fn without_figures_there_is_no_document() {
        assert!(document(&Results::default()).is_err());
    }

    #[test]
    fn document_and_charts_lie_side_by_side() {
        let folder = tempfile::tempdir().unwrap();
        let count = write(&measured(), folder.path()).unwrap();
        let text = fs::read_to_string(folder.path().join(DOCUMENT)).unwrap();
        assert_eq!(fs::read_dir(folder.path().join(CHARTS)).unwrap().count(), count);
        for line in text.lines().filter(|line| line.starts_with("![")) {
            let (_, path) = line.trim_end_matches(')').split_once("](").unwrap();
            assert!(folder.path().join(path).exists(), "{path}");
        }
    }
}
