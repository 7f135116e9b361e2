//! Nobody's media gets into a room without the stage, whatever is sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod media_support;

use std::time::Duration;

use load::{Entry, Participant, Plan, Tag};
use media_support::{MediaServer, PATIENCE, assert_seamless};
use signaling::Access;

const ROOM: &str = "gate";
const SPEAKER: Tag = 0;
const VIEWERS: Tag = 8;
const GATED: &str = "proscenium_rtp_packets_gated_total";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn viewers_who_send_without_being_on_stage_reach_nobody_and_are_counted() {
    let server = MediaServer::start(4);
    server.room(ROOM, Access::Open).await;
    let speaker = server.enter(ROOM, &Entry::speaker(SPEAKER, Plan::steady(150))).await;
    let hostile = |tag| Entry { plan: Plan::webcam(), ..Entry::viewer(tag) }.seeing(3);
    let viewers = server.crowd(ROOM, 1..VIEWERS + 1, hostile).await;
    speaker.join_stage().await.unwrap();
    viewers.iter().for_each(|viewer| viewer.media.send(true));
    tokio::time::sleep(Duration::from_secs(2)).await;
    for somebody in viewers.iter().chain([&speaker]) {
        let strangers: Vec<Tag> =
            somebody.media.received().senders.into_keys().filter(|tag| *tag != SPEAKER).collect();
        assert!(strangers.is_empty(), "{} receives {strangers:?}", somebody.tag);
    }
    for viewer in &viewers {
        assert!(viewer.media.tally(SPEAKER).packets > 200, "the one on stage is received");
        assert_seamless(viewer);
    }
    let sent = f64::from(viewers.iter().map(|viewer| viewer.media.made(media::Source::Mic, 0)).sum::<u32>());
    let mic = server.counted(GATED, &[("kind", "audio"), ("source", "mic")]).await;
    let camera = server.counted(GATED, &[("kind", "video"), ("source", "camera")]).await;
    assert!(mic > sent * 0.9, "{mic} packets of sound gated, of {sent}");
    assert!(camera > mic, "{camera} packets of pictures gated");
    assert_eq!(server.counted(GATED, &[("source", "screen")]).await, 0.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_camera_that_goes_on_sending_is_seen_by_nobody_while_its_microphone_is_heard() {
    let server = MediaServer::start(1);
    server.room(ROOM, Access::Open).await;
    let speaker = server.enter(ROOM, &Entry { plan: Plan::steady(150), ..Entry::viewer(SPEAKER) }).await;
    let viewers = server.crowd(ROOM, 1..5, |tag| Entry { journal: true, ..Entry::viewer(tag) }).await;
    speaker.join_stage().await.unwrap();
    both(&viewers, [5, 5]).await;
    server.api.mute(ROOM, speaker.id, "camera", "locked").await.unwrap();
    let locked = load::Micros::now();
    both(&viewers, [20, 0]).await;
    for viewer in &viewers {
        let journal = viewer.media.take_journal();
        let late =
            journal.iter().filter(|one| one.marker.source == media::Source::Camera && one.arrived > locked);
        assert_eq!(late.count(), 0, "viewer {}", viewer.tag);
    }
    assert!(server.counted(GATED, &[("source", "camera")]).await > 20.0);
    assert_eq!(server.counted(GATED, &[("source", "mic")]).await, 0.0);
}

/// Until every viewer got so many more packets of sound and of pictures.
async fn both(viewers: &[Participant], more: [u64; 2]) {
    let before: Vec<_> = viewers.iter().map(|viewer| viewer.media.tally(SPEAKER).by_source).collect();
    for (viewer, before) in viewers.iter().zip(before) {
        let enough = |tally: &load::Tally| {
            (0..2).all(|source| tally.by_source[source] >= before[source] + more[source])
        };
        viewer.media.wait_for(SPEAKER, PATIENCE, enough).await.unwrap();
    }
}
