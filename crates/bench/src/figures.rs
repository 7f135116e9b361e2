//! The figures of a run, and what several runs say together.

use std::collections::BTreeMap;

use load::Quantiles;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::floor::Floor;

/// One run of an entry: the floor right before it, and what the load generator found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// `None` where the scenario is not about forwarding.
    pub(crate) floor: Option<Floor>,
    /// Whether the generator called it a pass.
    pub(crate) passed: bool,
    /// The generator's JSON as it came.
    pub(crate) report: Value,
}

/// What is read of the generator's JSON; it may hold more.
#[derive(Clone, Debug, Deserialize)]
struct Measured {
    viewers: f64,
    seconds: f64,
    join_ms: Quantiles,
    first_packet_ms: Quantiles,
    packets_received: u64,
    loss_ratio: f64,
    forward_delay_us: Quantiles,
    leaked_packets: u64,
    generator: MeasuredGenerator,
    /// All 0 where nobody went on stage.
    #[serde(default)]
    stage_to_air_server_ms: Option<Quantiles>,
    server: MeasuredServer,
}

#[derive(Clone, Debug, Deserialize)]
struct MeasuredGenerator {
    send_late_ms: Quantiles,
    unread: u64,
    left_out: u64,
}

#[derive(Clone, Debug, Deserialize)]
struct MeasuredServer {
    cpu_seconds: f64,
    /// `None` when none was.
    cpu_ns_per_forwarded_packet: Option<f64>,
    rss_bytes: f64,
    rss_bytes_per_viewer: f64,
    /// `None` where nobody came in while it was measured.
    #[serde(default)]
    cpu_ms_per_join: Option<f64>,
}

impl MeasuredServer {
    /// Packets forwarded while it was measured, from the two figures that the generator makes of them.
    fn forwarded(&self) -> f64 {
        self.cpu_ns_per_forwarded_packet.map_or(0.0, |each| self.cpu_seconds * 1e9 / each)
    }
}

/// Something that is measured in every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Figure {
    /// The server's CPU time for each packet forwarded, in nanoseconds.
    CpuNsPerPacket,
    /// The floor's, in nanoseconds.
    FloorNsPerPacket,
    /// The one divided by the other.
    FloorRatio,
    /// The server's CPU time as a share of one core.
    CpuCores,
    /// The server's CPU time for each viewer and second, in milliseconds.
    CpuMsPerViewerSecond,
    /// Packets that the server forwarded, in a second.
    PacketsPerSecond,
    /// Share of packets that never came.
    LossRatio,
    /// From a publisher's send to a viewer's kernel, in microseconds.
    DelayP50Us,
    DelayP99Us,
    /// From the call for a token until ICE and DTLS were done, in milliseconds.
    JoinP50Ms,
    JoinP99Ms,
    /// From the same moment until the first media packet, in milliseconds.
    FirstPacketP99Ms,
    /// The server's part of the way from the command to the first packet on air, in milliseconds.
    StageToAirServerP99Ms,
    /// Resident memory, in bytes.
    RssBytes,
    /// What of it came with each viewer, in bytes.
    RssBytesPerViewer,
    /// Packets received from anyone who was not on stage.
    LeakedPackets,
    /// The server's CPU time for each viewer who came in, in milliseconds.
    CpuMsPerJoin,
    /// How long after they were due the generator sent packets, in milliseconds: it is in the delay.
    SentLateP99Ms,
    /// Packets that the generator did not send in time or did not read in time.
    GeneratorMissed,
}

impl Figure {
    pub(crate) const ALL: [Figure; 19] = [
        Figure::CpuNsPerPacket,
        Figure::FloorNsPerPacket,
        Figure::FloorRatio,
        Figure::CpuCores,
        Figure::CpuMsPerViewerSecond,
        Figure::PacketsPerSecond,
        Figure::LossRatio,
        Figure::DelayP50Us,
        Figure::DelayP99Us,
        Figure::JoinP50Ms,
        Figure::JoinP99Ms,
        Figure::FirstPacketP99Ms,
        Figure::StageToAirServerP99Ms,
        Figure::RssBytes,
        Figure::RssBytesPerViewer,
        Figure::LeakedPackets,
        Figure::CpuMsPerJoin,
        Figure::SentLateP99Ms,
        Figure::GeneratorMissed,
    ];

    /// Of one run; `None` where it was not measured.
    fn of(self, run: &Run, measured: &Measured) -> Option<f64> {
        let server = &measured.server;
        let floor = run.floor.as_ref().filter(|floor| floor.lost == 0).map(|floor| floor.cpu_ns_per_packet);
        let lasted = |value: f64| (measured.seconds > 0.0).then(|| value / measured.seconds);
        // Of nothing at all, neither a delay nor a loss is small.
        let received = |value: f64| (measured.packets_received > 0).then_some(value);
        match self {
            Figure::CpuNsPerPacket => server.cpu_ns_per_forwarded_packet,
            Figure::FloorNsPerPacket => floor,
            Figure::FloorRatio => Some(server.cpu_ns_per_forwarded_packet? / floor?),
            Figure::CpuCores => lasted(server.cpu_seconds),
            Figure::CpuMsPerViewerSecond => {
                lasted(server.cpu_seconds * 1000.0 / measured.viewers).filter(|each| each.is_finite())
            }
            Figure::PacketsPerSecond => lasted(server.forwarded()),
            Figure::LossRatio => received(measured.loss_ratio),
            Figure::DelayP50Us => received(measured.forward_delay_us.p50),
            Figure::DelayP99Us => received(measured.forward_delay_us.p99),
            Figure::JoinP50Ms => Some(measured.join_ms.p50),
            Figure::JoinP99Ms => Some(measured.join_ms.p99),
            Figure::FirstPacketP99Ms => received(measured.first_packet_ms.p99),
            Figure::StageToAirServerP99Ms => {
                measured.stage_to_air_server_ms.map(|ms| ms.p99).filter(|ms| *ms > 0.0)
            }
            Figure::RssBytes => Some(server.rss_bytes),
            Figure::RssBytesPerViewer => Some(server.rss_bytes_per_viewer),
            Figure::LeakedPackets => Some(measured.leaked_packets as f64),
            Figure::CpuMsPerJoin => server.cpu_ms_per_join,
            Figure::SentLateP99Ms => received(measured.generator.send_late_ms.p99),
            Figure::GeneratorMissed => Some((measured.generator.left_out + measured.generator.unread) as f64),
        }
    }
}

/// What several runs say of one figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// `None` of nothing.
    pub(crate) fn of(values: &[f64]) -> Option<Spread> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = match sorted.len() % 2 {
            0 => (sorted[middle - 1] + sorted[middle]) / 2.0,
            _ => sorted[middle],
        };
        Some(Spread { median, min, max })
    }

    /// Every figure times the same.
    pub(crate) fn scaled(self, factor: f64) -> Spread {
        Spread { median: self.median * factor, min: self.min * factor, max: self.max * factor }
    }
}

/// Every figure that was measured.
pub(crate) type Figures = BTreeMap<Figure, Spread>;

/// Of several runs of one entry.
///
/// # Errors
/// A report is not of the generator's form.
pub(crate) fn figures(runs: &[Run]) -> Result<Figures, serde_json::Error> {
    let measured =
        runs.iter().map(|run| Measured::deserialize(&run.report)).collect::<Result<Vec<_>, _>>()?;
    let spread = |figure: Figure| {
        let values: Vec<f64> =
            runs.iter().zip(&measured).filter_map(|(run, measured)| figure.of(run, measured)).collect();
        Some((figure, Spread::of(&values)?))
    };
    Ok(Figure::ALL.into_iter().filter_map(spread).collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// A run whose floor is 1000 ns.
    pub(crate) fn run(cpu_ns: f64, lost_by_floor: u64) -> Run {
        let floor = Floor {
            packets_per_second: 2000.0,
            seconds: 1.0,
            packets: 2000,
            cpu_ns_per_packet: 1000.0,
            cpu_share: 0.002,
            pace: 1.0,
            latest_ms: 0.1,
            lost: lost_by_floor,
        };
        let quantiles = json!({"p50": 250.0, "p95": 500.0, "p99": 1000.0, "max": 2000.0});
        let report = json!({
            "viewers": 10, "seconds": 2.0, "join_ms": quantiles, "first_packet_ms": quantiles,
            "packets_received": 4000, "loss_ratio": 0.0, "forward_delay_us": quantiles, "leaked_packets": 0,
            "generator": {"send_late_ms": quantiles, "unread": 1, "left_out": 2}, "of_another_version": [1, 2, 3],
            "server": {"cpu_seconds": 0.02, "cpu_ns_per_forwarded_packet": cpu_ns, "rss_bytes": 5e7,
                "rss_bytes_per_viewer": 20480.0},
        });
        Run { floor: Some(floor), passed: true, report }
    }

    #[test]
    fn the_median_is_the_middle_one_or_between_two() {
        let spread = |values: &[f64]| Spread::of(values);
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some(Spread { median: 2.0, min: 1.0, max: 3.0 }));
        assert_eq!(spread(&[4.0, 1.0]), Some(Spread { median: 2.5, min: 1.0, max: 4.0 }));
        assert_eq!(spread(&[7.0]), Some(Spread { median: 7.0, min: 7.0, max: 7.0 }));
        assert_eq!(spread(&[]), None);
    }

    #[test]
    fn each_run_is_divided_by_its_own_floor() {
        let found = figures(&[run(3000.0, 0), run(2000.0, 0), run(2500.0, 0)]).unwrap();
        assert_eq!(found[&Figure::FloorRatio], Spread { median: 2.5, min: 2.0, max: 3.0 });
        // 20 ms in two seconds, at 2500 ns.
        assert_eq!(found[&Figure::PacketsPerSecond].median, 4000.0);
        assert_eq!(found[&Figure::CpuMsPerViewerSecond].median, 1.0);
    }

    #[test]
    fn a_floor_that_lost_packets_is_none() {
        let found = figures(&[run(3000.0, 1)]).unwrap();
        assert!(!found.contains_key(&Figure::FloorRatio));
        assert!(found.contains_key(&Figure::CpuNsPerPacket));
    }

    #[test]
    fn what_a_generator_does_not_measure_is_not_there() {
        let found = figures(&[run(1.0, 0)]).unwrap();
        assert!(!found.contains_key(&Figure::StageToAirServerP99Ms));
        let mut newer = run(1.0, 0);
        newer.report["stage_to_air_server_ms"] = json!({"p50": 1.0, "p95": 2.0, "p99": 3.0, "max": 4.0});
        assert_eq!(figures(&[newer]).unwrap()[&Figure::StageToAirServerP99Ms].median, 3.0);
    }

    #[test]
    fn what_was_not_received_was_neither_quick_nor_complete() {
        let mut silent = run(1.0, 0);
        silent.report["packets_received"] = json!(0);
        let found = figures(&[silent]).unwrap();
        assert!(!found.contains_key(&Figure::DelayP99Us) && !found.contains_key(&Figure::LossRatio));
    }

    #[test]
    fn figures_are_kept_by_name() {
        let json = serde_json::to_value(figures(&[run(3000.0, 0)]).unwrap()).unwrap();
        assert_eq!(json["cpu_ns_per_packet"]["median"], 3000.0);
        assert_eq!(serde_json::from_value::<Figures>(json).unwrap(), figures(&[run(3000.0, 0)]).unwrap());
    }
}
