//! A run as a page: one file with everything in it, to be read anywhere and kept.
//!
//! No scripts and no links to the outside; light or dark as the reader has it.

use std::fmt::Write;

use crate::chart::{ChartError, Lines, Paper, Series, dark_style};
use crate::report::{Quantiles, Report};
use crate::timeline::Second;
use crate::verdict::Verdict;

const STYLE: &str = include_str!("html/style.css");
/// Of each chart, in pixels.
const CHART: (u32, u32) = (480, 250);

/// The page of a run. Without a timeline it has no charts.
///
/// # Errors
/// A chart cannot be drawn: never with finite numbers.
pub fn page(report: &Report) -> Result<String, ChartError> {
    let title = escape(&title(report));
    let dark = dark_style("figure");
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>\n{STYLE}@media (prefers-color-scheme: dark){{{dark}}}\n</style>\n</head>\n<body>\n<main>\n"
    );
    page += &header(report, &Verdict::of(report));
    page += &headline(report);
    if !report.timeline.is_empty() {
        page += &charts(&report.timeline)?;
    }
    page += &quantiles(report);
    page += &details(report);
    page += "</main>\n</body>\n</html>\n";
    Ok(page)
}

/// Text as HTML has it, in elements and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn title(report: &Report) -> String {
    let Report { scenario, publishers, viewers, .. } = report;
    format!("{scenario}: {publishers} on stage, {viewers} watching")
}

fn header(report: &Report, verdict: &Verdict) -> String {
    let (class, word) = if verdict.passed() { ("passed", "Passed") } else { ("failed", "Failed") };
    let plural = if report.publishers == 1 { "" } else { "s" };
    let mut html = format!(
        "<header>\n<p class=\"over\">Proscenium load report</p>\n<h1>{}</h1>\n\
         <p class=\"sub\">{} publisher{plural} on stage, {} watching, {:.0} seconds measured</p>\n</header>\n\
         <section class=\"verdict {class}\">\n<h2>{word}</h2>\n",
        escape(&report.scenario),
        grouped(report.publishers as u64),
        grouped(report.viewers as u64),
        report.seconds
    );
    if verdict.passed() {
        html +=
            "<p>Everybody joined, every viewer got media, and nothing arrived from anyone off stage.</p>\n";
    }
    for sentence in &verdict.failed {
        let _ = writeln!(html, "<p>{}</p>", escape(sentence));
    }
    let _ = match &verdict.bottleneck {
        Some(why) => writeln!(html, "<p class=\"warning\">{}</p>", escape(why)),
        None => writeln!(html, "<p>The load generator kept up, so the figures are the server’s.</p>"),
    };
    html + "</section>\n"
}

fn headline(report: &Report) -> String {
    let people = report.publishers + report.viewers;
    let server = &report.server;
    let each = server.cpu_ns_per_forwarded_packet;
    let cards = [
        (
            "Joined",
            grouped(report.joined as u64),
            format!("of {}, p99 {}", grouped(people as u64), with_unit(report.join_ms.p99, "ms")),
        ),
        (
            "Packets received",
            grouped(report.packets_received),
            format!("{} lost", with_unit(report.loss_ratio * 100.0, "%")),
        ),
        (
            "Forward delay, p99",
            with_unit(report.forward_delay_us.p99 / 1e3, "ms"),
            format!("p50 {}", with_unit(report.forward_delay_us.p50 / 1e3, "ms")),
        ),
        (
            "CPU a packet",
            each.map_or("–".to_owned(), |ns| with_unit(ns / 1e3, "µs")),
            format!("{} in all", with_unit(server.cpu_seconds, "s")),
        ),
        (
            "Memory a viewer",
            with_unit(server.rss_bytes_per_viewer as f64 / 1024.0, "KiB"),
            format!("{} in all", with_unit(server.rss_bytes as f64 / 1024.0 / 1024.0, "MiB")),
        ),
        ("Leaked packets", grouped(report.leaked_packets), "from off stage".to_owned()),
    ];
    let mut html = "<section class=\"cards\">\n".to_owned();
    for (name, figure, note) in cards {
        let _ = writeln!(html, "<div><h3>{name}</h3><p class=\"figure\">{figure}</p><p>{note}</p></div>");
    }
    html + "</section>\n"
}

fn charts(timeline: &[Second]) -> Result<String, ChartError> {
    let series = |name, value: fn(&Second) -> f64| Series {
        name,
        points: timeline.iter().map(|second| (second.at, value(second))).collect(),
        ..Series::default()
    };
    let charts = [
        ("Packets", "packets a second", vec![series("received", |second| second.packets as f64)]),
        ("Loss", "packets lost a second", vec![series("lost", |second| second.lost as f64)]),
        (
            "Forward delay",
            "milliseconds",
            vec![
                series("p50", |second| second.delay_us.p50 / 1e3),
                series("p99", |second| second.delay_us.p99 / 1e3),
            ],
        ),
        (
            "CPU",
            "cores",
            vec![
                series("server", |second| second.server_cpu),
                series("generator", |second| second.generator_cpu),
            ],
        ),
        (
            "Server memory",
            "MiB",
            vec![series("resident", |second| second.server_rss_bytes as f64 / 1024.0 / 1024.0)],
        ),
        (
            "Generator lateness",
            "milliseconds",
            vec![
                series("p50", |second| second.generator_late_ms.p50),
                series("p99", |second| second.generator_late_ms.p99),
            ],
        ),
    ];
    let mut html = "<section>\n<h2>Over time</h2>\n<div class=\"charts\">\n".to_owned();
    for (caption, y, series) in charts {
        let lines = Lines { title: "", x: "seconds", y, series, size: CHART, paper: Paper::None };
        let _ = writeln!(html, "<figure><figcaption>{caption}</figcaption>\n{}</figure>", lines.svg()?);
    }
    Ok(html + "</div>\n</section>\n")
}

fn quantiles(report: &Report) -> String {
    let generator = &report.generator;
    let mut rows = vec![
        ("Join, until ICE and DTLS are done", report.join_ms, 1.0),
        ("First packet, from the same moment", report.first_packet_ms, 1.0),
        ("Forward delay, publisher to viewer", report.forward_delay_us, 1e-3),
        ("Stage to air, until the first picture", report.stage_to_air_ms, 1.0),
        ("Stage to air, the server’s part", report.stage_to_air_server_ms, 1.0),
        ("Sent late by the generator", generator.send_late_ms, 1.0),
        ("Read late by the generator", generator.read_late_ms, 1.0),
    ];
    // Nobody went on stage, or nothing was measured: zeros would look like a figure.
    rows.retain(|(_, quantiles, _)| quantiles.max > 0.0);
    let mut html = "<section>\n<h2>How long things took</h2>\n<div class=\"table\"><table>\n\
         <thead><tr><th>milliseconds</th><th>p50</th><th>p95</th><th>p99</th><th>max</th></tr></thead>\n<tbody>\n"
        .to_owned();
    for (name, Quantiles { p50, p95, p99, max }, scale) in rows {
        let cells = [p50, p95, p99, max].map(|value| format!("<td>{}</td>", number(value * scale)));
        let _ = writeln!(html, "<tr><th>{name}</th>{}</tr>", cells.concat());
    }
    html + "</tbody>\n</table></div>\n</section>\n"
}

fn details(report: &Report) -> String {
    let (server, generator) = (&report.server, &report.generator);
    let rows = [
        ("Packets expected", grouped(report.packets_expected)),
        ("Packets received", grouped(report.packets_received)),
        ("Viewers without media", grouped(report.without_media as u64)),
        ("Server CPU time", with_unit(server.cpu_seconds, "s")),
        ("Server CPU, in cores", number(server.cpu_seconds / report.seconds.max(f64::MIN_POSITIVE))),
        ("Server CPU a join", server.cpu_ms_per_join.map_or("–".to_owned(), |ms| with_unit(ms, "ms"))),
        ("Generator CPU time", with_unit(generator.cpu_seconds, "s")),
        ("Times a publisher left packets out", grouped(generator.left_out)),
        ("Packets that viewers did not read in time", grouped(generator.unread)),
        ("Samples compared with the clip", grouped(generator.samples)),
        ("Samples that differed", grouped(generator.corrupt)),
    ];
    let mut html = "<section>\n<h2>Details</h2>\n<div class=\"table\"><table>\n<tbody>\n".to_owned();
    for (name, value) in rows {
        let _ = writeln!(html, "<tr><th>{name}</th><td>{value}</td></tr>");
    }
    html += "</tbody>\n</table></div>\n";
    if !report.failures.is_empty() {
        html += "<h3>Why some could not join</h3>\n<ul>\n";
        for failure in &report.failures {
            let _ = writeln!(html, "<li>{}</li>", escape(failure));
        }
        html += "</ul>\n";
    }
    html + "</section>\n"
}

/// Digits that mean something.
fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        small if small < 0.01 => format!("{value:.4}"),
        small if small < 10.0 => format!("{value:.2}"),
        middle if middle < 100.0 => format!("{value:.1}"),
        _ => grouped(value.round() as u64),
    }
}

/// A number and its unit, which no line break parts.
fn with_unit(value: f64, unit: &str) -> String {
    format!("{}\u{a0}{unit}", number(value))
}

/// Thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
pub(crate) mod tests;
