//! Random and mutated datagrams at the media ports: a counted drop each, and the session there notices nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod media_support;

use std::collections::BTreeSet;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use load::{Entry, Participant, Plan, Tag};
use media_support::{MediaServer, PATIENCE, assert_seamless};
use rand::rngs::StdRng;
use rand::{Rng, RngCore, SeedableRng};
use signaling::Access;

const ROOM: &str = "hostile";
const SPEAKER: Tag = 0;
/// To each media thread.
const DATAGRAMS: usize = 5000;
/// Sent at once, and the pause after: some ten thousand a second.
const BURST: usize = 20;
const PAUSE: Duration = Duration::from_millis(2);
const DROPPED: &str = "proscenium_datagrams_dropped_total";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_notices_nothing_of_ten_thousand_hostile_datagrams() {
    let server = MediaServer::start(2);
    server.room(ROOM, Access::Open).await;
    let speaker = server.enter(ROOM, &Entry::speaker(SPEAKER, Plan::steady(200))).await;
    let viewers = server.crowd(ROOM, 1..7, Entry::viewer).await;
    speaker.join_stage().await.unwrap();
    more(&viewers, 20).await;
    let ports: BTreeSet<SocketAddr> = viewers.iter().map(|viewer| viewer.server).collect();
    assert_eq!(ports.len(), 2, "both media threads have viewers");
    let flood: Vec<_> = ports
        .into_iter()
        .enumerate()
        .map(|(seed, port)| tokio::task::spawn_blocking(move || flood(port, seed as u64)))
        .collect();
    let mut sent = 0;
    for one in flood {
        sent += one.await.unwrap();
    }
    more(&viewers, 50).await;
    viewers.iter().chain([&speaker]).for_each(assert_seamless);
    assert!(viewers.iter().chain([&speaker]).all(|one| one.media.lost().is_none()));
    let dropped = server.counted(DROPPED, &[]).await;
    assert!(dropped >= sent as f64 * 0.99, "{dropped} drops counted of {sent}");
    // Somebody new is let in as before.
    let late = server.enter(ROOM, &Entry::viewer(100)).await;
    more(&[late], 20).await;
}

async fn more(viewers: &[Participant], packets: u64) {
    for viewer in viewers {
        let before = viewer.media.tally(SPEAKER).packets;
        viewer.media.wait_for(SPEAKER, PATIENCE, |tally| tally.packets >= before + packets).await.unwrap();
    }
}

/// Sends from a few addresses; returns how many datagrams with something in them.
fn flood(port: SocketAddr, seed: u64) -> usize {
    let mut random = StdRng::seed_from_u64(seed);
    let sockets: Vec<UdpSocket> = (0..4).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    for number in 0..DATAGRAMS {
        let datagram = datagram(&mut random, number);
        sockets[number % sockets.len()].send_to(&datagram, port).unwrap();
        if number.is_multiple_of(BURST) {
            std::thread::sleep(PAUSE);
        }
    }
    DATAGRAMS
}

/// Each kind that RFC 7983 tells apart, and noise.
fn datagram(random: &mut StdRng, number: usize) -> Vec<u8> {
    let length = if number.is_multiple_of(50) {
        random.random_range(1500..9000)
    } else {
        random.random_range(1..1400)
    };
    let mut bytes = vec![0; length];
    random.fill_bytes(&mut bytes);
    match number % 5 {
        0 => {}
        1 => return binding_request(random),
        // DTLS: a handshake record of version 1.2 whose length may be right.
        2 => put(&mut bytes, &[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, (length >> 8) as u8, length as u8, 1]),
        3 => put(&mut bytes, &[0x80, 96]),
        _ => put(&mut bytes, &[0x80, 200, 0, 6]),
    }
    bytes
}

/// STUN (RFC 8489, section 5): a Binding request with a user name of nobody and an integrity of nothing, cut or flipped at times.
fn binding_request(random: &mut StdRng) -> Vec<u8> {
    let mut attributes = vec![0x00, 0x06, 0, 8];
    attributes.extend(random.random::<[u8; 8]>().map(|byte| b'a' + byte % 26));
    attributes.extend([0x00, 0x08, 0, 20]);
    attributes.extend(random.random::<[u8; 20]>());
    let mut bytes = vec![0, 1, 0, attributes.len() as u8, 0x21, 0x12, 0xa4, 0x42];
    bytes.extend(random.random::<[u8; 12]>());
    bytes.extend(attributes);
    if random.random_bool(0.3) {
        bytes.truncate(random.random_range(1..bytes.len()));
    }
    if random.random_bool(0.3) {
        let at = random.random_range(1..bytes.len().max(2)).min(bytes.len() - 1);
        bytes[at] ^= 1 << random.random_range(0..8);
    }
    bytes
}

fn put(bytes: &mut [u8], start: &[u8]) {
    let length = start.len().min(bytes.len());
    bytes[..length].copy_from_slice(&start[..length]);
}
