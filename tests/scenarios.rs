//! The load generator's scenarios, small, against the server as an operator starts it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod media_support;

use std::sync::Arc;
use std::time::Duration;

use load::Report;
use load::scenario::{self, Scenario, Settings, Tell};
use media_support::MediaServer;
use tokio::sync::Mutex;

fn settings(scenario: Scenario, publishers: usize, viewers: usize) -> Settings {
    let time = Duration::from_millis(2200);
    Settings {
        scenario,
        room: None,
        rooms: 1,
        publishers,
        webrtc_publishers: 0,
        viewers,
        media_via: None,
        time,
    }
}

/// All peers of a process share one event loop and its figures, so that only one scenario may run at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Runs one and expects everybody in, nothing leaked and nothing lost.
async fn run(server: &MediaServer, settings: &Settings) -> Report {
    let _alone = ALONE.lock().await;
    let tell: Tell = Arc::new(|_| {});
    let report = scenario::run(&server.api, settings, &tell).await.unwrap();
    assert!(report.passes(), "{report}");
    assert_eq!(report.leaked_packets, 0, "{report}");
    report
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webinar_carries_the_clip_unchanged_to_every_viewer() {
    let server = MediaServer::start(2);
    let report = run(&server, &settings(Scenario::Webinar, 2, 6)).await;
    assert_eq!((report.joined, report.packets_expected - report.packets_received), (8, 0), "{report}");
    // Each viewer opens 30 pictures and 50 packets of sound a second of each of the two.
    let samples = report.generator.samples;
    assert!(samples > 6 * 2 * 80 && report.generator.corrupt == 0, "{report}");
    assert!(report.packets_received * 2 > samples * 3, "most packets of a picture are not opened: {report}");
    assert!(report.forward_delay_us.p50 > 0.0 && report.forward_delay_us.max < 1e6, "{report}");
    assert!(report.server.cpu_ns_per_forwarded_packet.unwrap() > 0.0, "{report}");
    let json = serde_json::to_value(&report).unwrap();
    for key in ["scenario", "publishers", "viewers", "seconds", "joined", "leaked_packets", "loss_ratio"] {
        assert!(!json[key].is_null(), "{key} in {json}");
    }
    assert_eq!(json["scenario"], "webinar");
    assert!(report.timeline.len() >= 2 && report.timeline[1].packets > 0, "{:?}", report.timeline);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_rooms_do_not_hear_one_another() {
    let server = MediaServer::start(2);
    let report = run(&server, &Settings { rooms: 3, ..settings(Scenario::Audio, 1, 2) }).await;
    assert_eq!((report.rooms, report.joined), (3, 9));
    assert!(report.packets_received > 6 * 90, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_hostile_viewers_send_is_gated() {
    let server = MediaServer::start(2);
    let report = run(&server, &settings(Scenario::Gate, 1, 4)).await;
    let gated = server.counted("proscenium_rtp_packets_gated_total", &[("source", "camera")]).await;
    assert!(gated > 4.0 * 10.0, "{gated} gated\n{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_come_up_are_seen_and_those_who_went_down_are_not() {
    let server = MediaServer::start(2);
    let report = run(&server, &settings(Scenario::StageChurn, 2, 4)).await;
    assert!(report.stage_to_air_ms.p50 > 0.0 && report.stage_to_air_server_ms.p50 > 0.0, "{report}");
    assert_eq!(report.never_on_air, 0, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_join_storm_without_anybody_on_stage_tells_what_a_join_costs() {
    let server = MediaServer::start(2);
    let report = run(&server, &settings(Scenario::JoinStorm, 0, 10)).await;
    assert_eq!((report.joined, report.packets_received), (10, 0), "{report}");
    assert!(report.server.cpu_ms_per_join.unwrap() > 0.0, "{report}");
}
