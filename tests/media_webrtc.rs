//! A publisher of another make, the peer connection of the `webrtc` crate, on this server's stage: its packets come through as they were
//! sent, and none once it is removed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod media_support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use load::scenario::{self, Scenario, Settings};
use load::{Absences, Entry, Micros, Participant, Plan, Sighting, Tag, WebrtcPublisher};
use media::Source;
use media_support::{MediaServer, PATIENCE};
use signaling::Access;

const ROOM: &str = "webrtc";
const PUBLISHER: Tag = 0;
/// Layers of the camera.
const LAYERS: u8 = 3;
/// How long is watched after the removal, while the publisher goes on sending.
const WATCH: Duration = Duration::from_millis(500);
/// A frame that is asked for is sent within this; left alone, the clip has twice that to go.
const SOON_MS: u64 = 1000;
/// Samples of each source that the viewer must get: two seconds of the clip, and one of its sound.
const SAMPLES: u64 = 60;

/// A server with the publisher on stage, and a viewer who keeps a journal.
async fn session() -> (MediaServer, WebrtcPublisher, Participant) {
    let server = MediaServer::start(1);
    server.room(ROOM, Access::Open).await;
    let entry = Entry::speaker(PUBLISHER, Plan::clip());
    let publisher = WebrtcPublisher::enter(&server.api, ROOM, &entry).await.unwrap();
    let viewer = server.enter(ROOM, &Entry { journal: true, ..Entry::viewer(1) }).await;
    publisher.join_stage().await.unwrap();
    let enough = |tally: &load::Tally| {
        [Source::Mic, Source::Camera].iter().all(|source| tally.by_source[source.index()] >= SAMPLES)
    };
    viewer.media.wait_for(PUBLISHER, PATIENCE, enough).await.unwrap();
    (server, publisher, viewer)
}

fn of_camera(journal: &[Sighting]) -> impl DoubleEndedIterator<Item = &Sighting> {
    journal.iter().filter(|one| one.marker.source == Source::Camera)
}

/// Waits until something is so.
async fn until(what: &str, so: impl Fn() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clip_comes_through_in_three_layers_and_nothing_of_it_after_the_removal() {
    let (server, publisher, viewer) = session().await;
    let received = viewer.media.received();
    assert_eq!((received.corrupt, received.strange, received.empty), (0, 0, 0));
    assert!(received.unmarked > SAMPLES, "frames of several packets: {}", received.unmarked);
    let journal = viewer.media.take_journal();
    assert_eq!(of_camera(&journal).next_back().unwrap().marker.layer, LAYERS - 1, "the highest in the end");
    let sent = publisher.sent_packets() as f64;
    let known = server.counted("proscenium_rtp_packets_received_total", &[]).await;
    assert!(known >= sent * 0.99, "every layer is told by its rid: {known} of {sent}");
    let unbound = server.counted("proscenium_datagrams_dropped_total", &[("reason", "unbound")]).await;
    assert_eq!(unbound, 0.0);

    server.api.stage(ROOM, publisher.id, "remove").await.unwrap();
    let mut absences = Absences::none();
    absences.begin(PUBLISHER, Micros::now());
    let sent = publisher.sent_packets();
    tokio::time::sleep(WATCH).await;
    until("the removed page has stopped sending, which proves nothing", || {
        publisher.sent_packets() >= sent + SAMPLES
    })
    .await;
    assert_eq!(absences.leaks(&viewer.media.take_journal()), []);
    publisher.leave().await;
    let room = server.api.room(ROOM).await.unwrap();
    assert_eq!(room["participants"].as_array().unwrap().len(), 1, "{room}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keyframe_that_a_viewer_asks_for_starts_the_clip_over() {
    let (_server, publisher, viewer) = session().await;
    let (asked, before) = (Micros::now(), publisher.keyframe_requests());
    viewer.media.request_keyframes();
    until("no request came to the publisher", || publisher.keyframe_requests() > before).await;
    let soon = Micros::now().plus_ms(SOON_MS);
    let first = |one: &Sighting| one.marker.frame == 0 && one.marker.sent > asked;
    let mut sent = None;
    while sent.is_none() {
        assert!(Micros::now() < soon.plus_ms(SOON_MS), "no first frame of the clip since");
        tokio::time::sleep(Duration::from_millis(5)).await;
        let journal = viewer.media.take_journal();
        sent = of_camera(&journal).find(|one| first(one)).map(|one| one.marker.sent);
    }
    assert!(sent < Some(soon), "by itself, the clip starts over after its four seconds only");
    assert_eq!(viewer.media.received().corrupt, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_scenario_publishers_of_both_makes_are_seen_alike() {
    let server = MediaServer::start(1);
    let settings = Settings {
        scenario: Scenario::Webinar,
        room: None,
        rooms: 1,
        publishers: 2,
        webrtc_publishers: 1,
        media_via: None,
        viewers: 3,
        time: Duration::from_secs(2),
    };
    let report = scenario::run(&server.api, &settings, &(Arc::new(|_: &str| {}) as _)).await.unwrap();
    assert!(report.passes(), "{report}");
    assert_eq!((report.joined, report.without_media, report.leaked_packets), (5, 0, 0), "{report}");
    assert_eq!(report.generator.corrupt, 0, "{report}");
    // One of the two alone would give 3 viewers some 1600 packets.
    assert!(report.packets_received > 2000, "{report}");
}
