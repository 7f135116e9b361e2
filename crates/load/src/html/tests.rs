use super::*;
use crate::generator::GeneratorFigures;
use crate::report::ServerFigures;

/// A run in which all is well.
pub(crate) fn report() -> Report {
    let quantiles = |p50: f64| Quantiles { p50, p95: p50 * 1.7, p99: p50 * 2.4, max: p50 * 4.0 };
    Report {
        scenario: "webinar".to_owned(),
        rooms: 1,
        publishers: 1,
        viewers: 300,
        seconds: 30.0,
        joined: 301,
        join_ms: quantiles(38.0),
        first_packet_ms: quantiles(41.0),
        packets_expected: 1_800_040,
        packets_received: 1_799_900,
        loss_ratio: 140.0 / 1_800_040.0,
        forward_delay_us: quantiles(820.0),
        generator: GeneratorFigures {
            cpu_seconds: 15.6,
            send_late_ms: quantiles(0.08),
            read_late_ms: quantiles(0.3),
            samples: 360_000,
            ..GeneratorFigures::default()
        },
        server: ServerFigures {
            cpu_seconds: 5.3,
            cpu_ns_per_forwarded_packet: Some(2940.0),
            rss_bytes: 46 << 20,
            rss_bytes_per_viewer: 44 << 10,
            cpu_ms_per_join: None,
        },
        timeline: timeline(),
        ..Report::default()
    }
}

/// Its thirty seconds, with a hiccup in the middle.
fn timeline() -> Vec<Second> {
    let second = |number: u32| {
        let wave = (f64::from(number) * 0.9).sin();
        let hiccup = if number == 17 { 1.0 } else { 0.0 };
        let quantiles = |p50: f64, p99: f64| Quantiles { p50, p95: p99 * 0.7, p99, max: p99 * 1.5 };
        Second {
            at: f64::from(number),
            packets: (60_000.0 + 300.0 * wave - 4000.0 * hiccup) as u64,
            lost: (140.0 * hiccup) as u64,
            delay_us: quantiles(820.0 + 60.0 * wave, 1900.0 + 250.0 * wave + 6000.0 * hiccup),
            server_cpu: 0.18 + 0.01 * wave,
            server_rss_bytes: (46 << 20) + u64::from(number) * 20_000,
            generator_cpu: 0.52 + 0.03 * wave,
            generator_late_ms: quantiles(0.08, 0.6 + 0.2 * wave + 2.0 * hiccup),
        }
    };
    (1..=30).map(second).collect()
}

#[test]
fn a_page_is_whole_and_reaches_for_nothing_outside() {
    let page = page(&report()).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    assert_eq!(page.matches("<figure>").count(), 6);
    let outside = page.replace("http://www.w3.org/2000/svg", "");
    for reach in ["<script", "http://", "https://", "<link", "@import", "url("] {
        assert!(!outside.contains(reach), "{reach}");
    }
    assert!(
        page.contains("Passed") && page.contains("kept up") && page.contains("prefers-color-scheme: dark")
    );
}

#[test]
fn a_run_without_seconds_has_no_charts() {
    let page = page(&Report { timeline: Vec::new(), ..report() }).unwrap();
    assert!(!page.contains("<figure>") && !page.contains("Over time"));
}

#[test]
fn what_failed_stands_at_the_top() {
    let mut report = report();
    report.joined = 299;
    report.failures = vec!["turned away: <script>alert(1)</script>".to_owned()];
    let page = page(&report).unwrap();
    assert!(page.contains("Failed") && page.contains("2 participants of 301 could not join."));
    assert!(page.contains("turned away: &lt;script&gt;") && !page.contains("<script"));
}

#[test]
fn text_cannot_become_markup() {
    assert_eq!(escape("a & <b> \"c\" 'd'"), "a &amp; &lt;b&gt; &quot;c&quot; &#39;d&#39;");
}

#[test]
fn numbers_have_digits_that_mean_something() {
    let shown = [0.0, 0.0042, 0.82, 38.04, 345.6, 1_799_900.0].map(number);
    assert_eq!(shown, ["0", "0.0042", "0.82", "38.0", "346", "1\u{202f}799\u{202f}900"]);
}

/// For a look at it: `LOAD_PAGE=/tmp/page.html cargo test -p load page_for_a_look`.
#[test]
fn page_for_a_look() {
    if let Ok(file) = std::env::var("LOAD_PAGE") {
        std::fs::write(file, page(&report()).unwrap()).unwrap();
    }
}
