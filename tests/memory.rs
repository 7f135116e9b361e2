//! What a viewer costs the server in resident memory, and that people who come and go leave none of it behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod media_support;

use std::ops::Range;

use load::{Entry, Participant, Plan, Tag};
use media_support::MediaServer;
use signaling::Access;

const ROOM: &str = "memory";
const VIEWERS: Range<Tag> = 10..110;
const KIB: f64 = 1024.0;

/// All that a viewer costs beyond an empty room: token call, socket, place in the room, peer, and its part of what the allocator wastes
/// and of what a server touches only once somebody is there.
const MAX_VIEWER_KIB: f64 = 36.0;

/// What more of it there may be after three hundred people who came, saw and left: a room remembers so many of those who were in it
/// ([`room::LEFT_REMEMBERED`]), and the speaker's rings go on filling. Less than the least that a forgotten socket or peer would hold.
const MAX_LEFT_BEHIND_KIB: f64 = 768.0;

async fn resident_kib(server: &MediaServer) -> f64 {
    server.counted("process_resident_memory_bytes", &[]).await / KIB
}

/// A hundred come in, and all of them see something.
async fn audience(server: &MediaServer) -> Vec<Participant> {
    let viewers = server.crowd(ROOM, VIEWERS, |tag| Entry::viewer(tag).seeing(1)).await;
    for viewer in &viewers {
        tokio::time::timeout(media_support::PATIENCE, async {
            while viewer.media.received().first_packet.is_none() {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        })
        .await
        .expect("a viewer sees nothing");
    }
    viewers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_costs_little_and_leaves_nothing_behind() {
    let server = MediaServer::start(2);
    server.room(ROOM, Access::Open).await;
    let speaker = server.enter(ROOM, &Entry::speaker(1, Plan::trickle())).await;
    speaker.join_stage().await.unwrap();
    let empty = resident_kib(&server).await;
    let viewers = audience(&server).await;
    let full = resident_kib(&server).await;
    let each = (full - empty) / viewers.len() as f64;
    assert!(each <= MAX_VIEWER_KIB, "{each:.1} KiB a viewer: {empty:.0} KiB, then {full:.0}");

    // The first to come after others find what these left in use, in pieces of other sizes; from then on nothing grows.
    let (mut seen, mut rounds) = (viewers, Vec::new());
    for _ in 0..4 {
        for viewer in seen {
            viewer.leave().await;
        }
        seen = audience(&server).await;
        rounds.push(resident_kib(&server).await);
    }
    let grown = rounds[3] - rounds[0];
    assert!(
        grown <= MAX_LEFT_BEHIND_KIB,
        "{grown:.0} KiB more over three rounds: {full:.0}, then {rounds:.0?}"
    );
}
