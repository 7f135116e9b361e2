//! The load generator's scenarios, small, against a server: the figures are there, and they say what happened.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod media_support;

use std::time::Duration;

use load::Report;
use load::scenario::{self, Scenario, Settings};
use media_support::MediaServer;

async fn run(scenario: Scenario, publishers: usize, viewers: usize) -> Report {
    let server = MediaServer::start(2);
    let time = Duration::from_secs(2);
    let settings = Settings { scenario, room: None, publishers, viewers, time };
    let report = scenario::run(&server.api, &settings, &mut |_| {}).await.unwrap();
    assert!(report.passes(), "{report}");
    assert_eq!(report.loss_ratio, 0.0, "{report}");
    report
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webinar_is_measured() {
    let report = run(Scenario::Webinar, 2, 10).await;
    // 2 publishers, 10 viewers, 200 packets a second in the layer that is forwarded.
    assert!(report.packets_received > 6000, "{report}");
    assert!(report.first_packet_ms.p50 > 0.0 && report.first_packet_ms.max < 5000.0, "{report}");
    assert!(report.forward_delay_us.p50 > 0.0 && report.forward_delay_us.p50 < 100_000.0, "{report}");
    assert!(report.server.cpu_ns_per_forwarded_packet.is_some_and(|ns| ns > 0.0), "{report}");
    assert!(report.server.rss_bytes > 0, "{report}");
    let json = serde_json::to_value(&report).unwrap();
    for key in ["scenario", "publishers", "viewers", "seconds", "joined", "leaked_packets", "loss_ratio"] {
        assert!(!json[key].is_null(), "{key} in {json}");
    }
    assert_eq!(json["scenario"], "webinar");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gate_holds_and_a_storm_gets_in() {
    let report = run(Scenario::Gate, 1, 10).await;
    assert!(report.packets_received > 1000, "{report}");
    let report = run(Scenario::JoinStorm, 1, 30).await;
    assert_eq!(report.joined, 31);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn speakers_are_heard_and_a_changing_stage_leaks_nothing() {
    let report = run(Scenario::Audio, 3, 8).await;
    assert!(report.packets_received > 3 * 8 * 90, "{report}");
    let report = run(Scenario::StageChurn, 2, 8).await;
    assert!(report.packets_received > 500, "{report}");
}
