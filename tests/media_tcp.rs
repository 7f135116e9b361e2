//! Media over TCP: a session like any other, and strangers at the same port who cost nobody anything.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod media_support;

use std::collections::BTreeSet;
use std::io::Write;
use std::time::{Duration, Instant};

use load::{Entry, Participant, Plan, Tag};
use media_support::tcp::{TcpPeer, connect, frame, is_closed_within};
use media_support::{MediaServer, PATIENCE, assert_seamless};
use signaling::{Access, Command, SourcesOn};

const ROOM: &str = "tcp";
const SPEAKER: Tag = 0;
const CLOSED: &str = "proscenium_tcp_connections_closed_total";
const SOURCES: SourcesOn = SourcesOn { mic: true, camera: true };

/// A server with one speaker on stage over UDP.
async fn session(plan: Plan) -> (MediaServer, Participant) {
    let server = MediaServer::start(2);
    server.room(ROOM, Access::Open).await;
    let speaker = server.enter(ROOM, &Entry::speaker(SPEAKER, plan)).await;
    speaker.join_stage().await.unwrap();
    (server, speaker)
}

async fn more(viewer: &Participant, packets: u64) {
    let before = viewer.media.tally(SPEAKER).packets;
    viewer.media.wait_for(SPEAKER, PATIENCE, |tally| tally.packets >= before + packets).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_over_tcp_see_and_are_seen() {
    let server = MediaServer::start(2);
    server.room(ROOM, Access::Open).await;
    let mut viewers = [TcpPeer::enter(&server, ROOM, 1).await, TcpPeer::enter(&server, ROOM, 2).await];
    let mut speaker = TcpPeer::enter(&server, ROOM, 3).await;
    let ports: BTreeSet<u16> = viewers.iter().chain([&speaker]).map(|one| one.server.port()).collect();
    assert_eq!(ports.len(), 2, "each thread has a listener");
    speaker.control.command(Command::JoinStage { sources: SOURCES }).await.unwrap();
    let end = Instant::now() + PATIENCE;
    while viewers.iter().any(|one| one.stamps.len() < 30) {
        assert!(Instant::now() < end, "{:?}", viewers.map(|one| one.stamps));
        speaker.picture(7);
        viewers.iter_mut().for_each(TcpPeer::turn);
    }
    assert!(viewers.iter().all(|one| one.stamps.iter().all(|stamp| *stamp == 7)));
    let open = server.counted("proscenium_tcp_connections", &[]).await;
    assert_eq!(open, 3.0);
    // Whoever leaves has their connection closed.
    speaker.control.command(Command::LeaveRoom).await.unwrap();
    assert!(is_closed_within(&mut speaker.stream, Duration::from_secs(3)));
    assert_eq!(server.counted(CLOSED, &[("reason", "left")]).await, 1.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_connection_loses_nobody_and_the_next_one_goes_on() {
    let (server, _speaker) = session(Plan::steady(200)).await;
    let mut viewer = TcpPeer::enter(&server, ROOM, 1).await;
    viewer.until("watching", |one| one.stamps.len() > 20);
    viewer.reconnect();
    let before = viewer.stamps.len();
    viewer.until("watching again", |one| one.stamps.len() > before + 20);
    assert!(viewer.control.view().media);
    assert_eq!(server.counted("proscenium_media_connected_total", &[]).await, 2.0, "no new handshake");
    assert_eq!(server.counted("proscenium_media_lost_total", &[]).await, 0.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_slowly_over_tcp_misses_whole_datagrams_and_costs_nobody_else_one() {
    let (server, _speaker) = session(Plan::steady(1500)).await;
    let watching = server.enter(ROOM, &Entry::viewer(1)).await;
    let mut slow = TcpPeer::enter(&server, ROOM, 2).await;
    slow.until("watching", |one| !one.stamps.is_empty());
    let full = || server.counted("proscenium_datagrams_dropped_total", &[("reason", "tcp_queue_full")]);
    let end = Instant::now() + PATIENCE;
    while full().await < 100.0 {
        assert!(Instant::now() < end, "nothing is ever left out");
    }
    more(&watching, 200).await;
    assert_seamless(&watching);
    // What waited is read whole, frame by frame, and what comes after it as well.
    let (before, dropped) = (slow.stamps.len(), full().await);
    slow.until("watching again", |one| one.stamps.len() > before + 2000);
    let again = Instant::now() + Duration::from_millis(500);
    slow.until("up to date", |_| Instant::now() > again);
    assert!(dropped > 0.0 && slow.peer.is_connected());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_who_bring_junk_are_shown_out_and_the_session_notices_nothing() {
    let (server, speaker) = session(Plan::steady(200)).await;
    let watching = server.enter(ROOM, &Entry::viewer(1)).await;
    more(&watching, 10).await;
    let hostile: [(&str, Vec<u8>); 5] = [
        ("junk", frame(&[22; 1200]).repeat(200)),
        ("junk", frame(&[0x80; 10]).repeat(20_000)),
        ("junk", vec![0; 200_000]),
        ("oversize", b"GET / HTTP/1.1\r\nHost: stage.example.edu\r\n\r\n".to_vec()),
        ("oversize", vec![0xff; 3]),
    ];
    for (reason, bytes) in hostile {
        let start = &bytes[..3];
        let before = server.counted(CLOSED, &[("reason", reason)]).await;
        let mut stream = connect(speaker.server);
        // It may be closed before it took all of it.
        let _ = stream.write_all(&bytes);
        assert!(is_closed_within(&mut stream, Duration::from_secs(2)), "{start:?}");
        assert_eq!(server.counted(CLOSED, &[("reason", reason)]).await, before + 1.0, "{start:?}");
    }
    more(&watching, 10).await;
    assert_seamless(&watching);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_who_are_slow_or_say_nothing_have_a_few_seconds() {
    let (server, speaker) = session(Plan::steady(50)).await;
    let (mut silent, mut slow) = (connect(speaker.server), connect(speaker.server));
    // The start of a check, then a byte at a time.
    slow.write_all(&[0, 100, 0, 1, 0, 80, 0x21, 0x12, 0xa4, 0x42]).unwrap();
    let start = Instant::now();
    let closed = loop {
        let _ = slow.write_all(&[0]);
        if is_closed_within(&mut slow, Duration::from_millis(100)) {
            break start.elapsed();
        }
        assert!(start.elapsed() < Duration::from_secs(8), "a byte at a time keeps a connection");
    };
    assert!(closed > Duration::from_secs(4), "{closed:?}");
    assert!(is_closed_within(&mut silent, Duration::from_secs(2)));
    assert_eq!(server.counted(CLOSED, &[("reason", "unproven")]).await, 2.0);
}
