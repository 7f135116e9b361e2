//! What a run found, in figures.

use std::fmt::{self, Display};

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::generator::GeneratorFigures;
use crate::metrics::Metrics;
use crate::timeline::Second;
use crate::verdict::Verdict;

/// A run's figures; the JSON of `--json` is this.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// Its name on the command line.
    pub scenario: String,
    /// Rooms; everything below counts all of them.
    pub rooms: usize,
    /// On stage.
    pub publishers: usize,
    /// Watching.
    pub viewers: usize,
    /// How long was measured, joining left out.
    pub seconds: f64,
    /// Participants that came in, of publishers and viewers together.
    pub joined: usize,
    /// Viewers that were in and got no media at all.
    pub without_media: usize,
    /// From the HTTP call for a token until ICE and DTLS were done, in milliseconds.
    pub join_ms: Quantiles,
    /// From the same moment until a viewer's kernel had the first media packet, in milliseconds.
    pub first_packet_ms: Quantiles,
    /// Packets that must have come to viewers, by their sequence numbers.
    pub packets_expected: u64,
    /// Those that came, each counted once, retransmitted ones included.
    pub packets_received: u64,
    /// The rest's share.
    pub loss_ratio: f64,
    /// From a publisher's send to a viewer's kernel, in microseconds.
    pub forward_delay_us: Quantiles,
    /// Packets received from anyone who was not on stage.
    pub leaked_packets: u64,
    /// From the answer to *join stage* to the first packet of a picture at each viewer, in milliseconds.
    pub stage_to_air_ms: Quantiles,
    /// Of that, what came after the publisher sent the packet: the server's part.
    pub stage_to_air_server_ms: Quantiles,
    /// Times a viewer saw nothing of a publisher who went on stage, until that one went off again.
    pub never_on_air: u64,
    /// What the generator says of itself.
    pub generator: GeneratorFigures,
    /// What the server says of itself.
    pub server: ServerFigures,
    /// Why some could not come in; the first few.
    pub failures: Vec<String>,
    /// Second by second.
    pub timeline: Vec<Second>,
}

/// From `/metrics`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServerFigures {
    /// CPU time while it was measured.
    pub cpu_seconds: f64,
    /// The same for each packet forwarded in that time; `null` when there was none.
    pub cpu_ns_per_forwarded_packet: Option<f64>,
    /// Resident memory at the end, in bytes.
    pub rss_bytes: u64,
    /// What of it came with the viewers, for each of them.
    pub rss_bytes_per_viewer: u64,
    /// CPU time for each viewer that came in while it was measured, in milliseconds; `null` where none did. Forwarding is in it, unless nobody is
    /// on stage.
    pub cpu_ms_per_join: Option<f64>,
}

impl ServerFigures {
    /// From a look before anyone came in and two around the measured time.
    pub fn between(empty: &Metrics, start: &Metrics, end: &Metrics, viewers: usize) -> ServerFigures {
        let grown = |name: &str| end.sum(name, &[]) - start.sum(name, &[]);
        let cpu_seconds = grown("process_cpu_seconds_total");
        let forwarded = grown("proscenium_rtp_packets_forwarded_total");
        let rss = |metrics: &Metrics| metrics.sum("process_resident_memory_bytes", &[]);
        ServerFigures {
            cpu_seconds,
            cpu_ns_per_forwarded_packet: (forwarded > 0.0).then(|| cpu_seconds * 1e9 / forwarded),
            rss_bytes: rss(end) as u64,
            rss_bytes_per_viewer: ((rss(end) - rss(empty)).max(0.0) / viewers.max(1) as f64) as u64,
            cpu_ms_per_join: None,
        }
    }
}

/// How something is distributed; all 0 where there was nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// The median.
    pub p50: f64,
    /// Nineteen of twenty are not above.
    pub p95: f64,
    /// 99 of a hundred are not above.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl Quantiles {
    /// Of single figures.
    pub fn of(mut values: Vec<f64>) -> Quantiles {
        values.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let index = (values.len() as f64 * share).ceil() as usize;
            values.get(index.saturating_sub(1)).copied().unwrap_or_default()
        };
        Quantiles { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1.0) }
    }

    /// In another unit.
    pub fn scaled(self, by: f64) -> Quantiles {
        let Quantiles { p50, p95, p99, max } = self;
        Quantiles { p50: p50 * by, p95: p95 * by, p99: p99 * by, max: max * by }
    }

    /// Of a histogram.
    pub fn of_histogram(histogram: &Histogram<u64>) -> Quantiles {
        let at = |share| histogram.value_at_quantile(share) as f64;
        Quantiles { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: histogram.max() as f64 }
    }
}

impl Report {
    /// Whether everybody came in, got media as it was sent, and got nobody's who was not on stage.
    pub fn passes(&self) -> bool {
        Verdict::of(self).passed()
    }
}

impl Display for Quantiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Quantiles { p50, p95, p99, max } = self;
        write!(f, "p50 {p50:9.1}   p95 {p95:9.1}   p99 {p99:9.1}   max {max:9.1}")
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let people = self.publishers + self.viewers;
        writeln!(
            f,
            "{}: {} publishers, {} viewers, {:.1} s",
            self.scenario, self.publishers, self.viewers, self.seconds
        )?;
        writeln!(
            f,
            "  joined             {} of {people}, {} without media",
            self.joined, self.without_media
        )?;
        writeln!(f, "  join, ms           {}", self.join_ms)?;
        writeln!(f, "  first packet, ms   {}", self.first_packet_ms)?;
        writeln!(f, "  forward delay, µs  {}", self.forward_delay_us)?;
        if self.stage_to_air_ms.max > 0.0 {
            writeln!(f, "  stage to air, ms   {}", self.stage_to_air_ms)?;
            writeln!(f, "  server's part, ms  {}", self.stage_to_air_server_ms)?;
            writeln!(f, "  never on air       {}", self.never_on_air)?;
        }
        let (received, expected) = (self.packets_received, self.packets_expected);
        writeln!(f, "  packets            {received} of {expected}, loss {:.4} %", self.loss_ratio * 100.0)?;
        writeln!(f, "  leaked packets     {}", self.leaked_packets)?;
        let server = &self.server;
        let per_packet =
            server.cpu_ns_per_forwarded_packet.map_or("-".to_owned(), |ns| format!("{ns:.0} ns"));
        writeln!(f, "  server CPU         {:.2} s, {per_packet} a forwarded packet", server.cpu_seconds)?;
        let (rss, each) = (server.rss_bytes / 1024, server.rss_bytes_per_viewer / 1024);
        write!(f, "  server memory      {rss} KiB, {each} KiB a viewer")?;
        if let Some(each) = server.cpu_ms_per_join {
            write!(f, "\n  server CPU a join  {each:.2} ms")?;
        }
        write!(f, "\n{}", self.generator)?;
        let verdict = Verdict::of(self);
        verdict.failed.iter().chain(&verdict.bottleneck).try_for_each(|words| write!(f, "\n  {words}"))?;
        self.failures.iter().try_for_each(|failure| write!(f, "\n  failed: {failure}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occurred() {
        let values = (1..=100).rev().map(f64::from).collect();
        assert_eq!(Quantiles::of(values), Quantiles { p50: 50.0, p95: 95.0, p99: 99.0, max: 100.0 });
        assert_eq!(Quantiles::of(vec![7.0]), Quantiles { p50: 7.0, p95: 7.0, p99: 7.0, max: 7.0 });
        assert_eq!(Quantiles::of(Vec::new()), Quantiles::default());
    }

    #[test]
    fn cpu_time_is_divided_by_what_was_forwarded_in_that_time() {
        let at = |cpu, packets, rss| {
            Metrics::read(&format!(
                "process_cpu_seconds_total {cpu}\nproscenium_rtp_packets_forwarded_total{{kind=\"video\"}} {packets}\n\
                 process_resident_memory_bytes {rss}\n"
            ))
        };
        let figures =
            ServerFigures::between(&at(0.0, 0, 1000), &at(1.0, 500, 2000), &at(1.5, 1500, 3000), 10);
        assert_eq!(figures.cpu_ns_per_forwarded_packet, Some(500_000.0));
        assert_eq!((figures.rss_bytes, figures.rss_bytes_per_viewer), (3000, 200));
    }
}
