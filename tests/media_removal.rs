//! After *remove* is answered, not one more packet of that person reaches anybody, whatever their page goes on sending.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod media_support;

use std::time::{Duration, Instant};

use load::{Absences, Entry, Leak, Micros, Participant, Plan, Sighting, Tag};
use media_support::{MediaServer, PATIENCE};
use signaling::{Access, StageStanding};

const ROOM: &str = "removal";
const ROUNDS: usize = 100;
const VIEWERS: Tag = 50;
const PUBLISHER: Tag = 0;
/// Packets a second.
const RATE: u32 = 500;
/// How long is watched after each answer, while the publisher goes on sending.
const WATCH: Duration = Duration::from_millis(60);
/// Packets it must have sent in that time at least.
const SENT_MEANWHILE: u64 = 20;
/// Packets of each source that every viewer must get before the next removal: media flows again.
const FLOWING: u64 = 3;

/// Every packet carries the moment it was sent, and every arrival is stamped by the receiving kernel, with the same clock that stamps the
/// answer to *remove*. A leak is any packet that was sent after an answer and before the next *accept*, whenever it comes, and any that is
/// delivered in between, whenever it was sent. There is no allowance.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removal_under_load_is_complete_when_it_is_answered_a_hundred_times_in_a_row() {
    let server = MediaServer::start(2);
    server.room(ROOM, Access::Open).await;
    let publisher =
        server.enter(ROOM, &Entry { tag: PUBLISHER, plan: Plan::steady(RATE), ..Entry::viewer(0) }).await;
    let viewers =
        server.crowd(ROOM, 1..VIEWERS + 1, |tag| Entry { journal: true, ..Entry::viewer(tag) }).await;
    publisher.join_stage().await.unwrap();
    let mut absences = Absences::none();
    let mut seen = 0;
    for round in 0..ROUNDS {
        flowing(&viewers).await;
        seen += check(&absences, &viewers, round);
        let sent = publisher.media.sent().packets;
        server.api.stage(ROOM, publisher.id, "remove").await.unwrap();
        absences.begin(PUBLISHER, Micros::now());
        watch(&publisher, sent).await;
        seen += check(&absences, &viewers, round);
        readmit(&server, &publisher, &mut absences).await;
    }
    flowing(&viewers).await;
    seen += check(&absences, &viewers, ROUNDS);
    assert!(seen > ROUNDS * VIEWERS as usize * 2 * FLOWING as usize, "{seen} packets seen");
    let gated = server.counted("proscenium_rtp_packets_gated_total", &[("source", "camera")]).await;
    assert!(gated > 20.0 * ROUNDS as f64, "{gated} gated");
}

/// Until every viewer gets both sources.
async fn flowing(viewers: &[Participant]) {
    let before: Vec<_> = viewers.iter().map(|viewer| viewer.media.tally(PUBLISHER).by_source).collect();
    for (viewer, before) in viewers.iter().zip(before) {
        let flows =
            |tally: &load::Tally| (0..2).all(|source| tally.by_source[source] >= before[source] + FLOWING);
        let waited = viewer.media.wait_for(PUBLISHER, PATIENCE, flows).await;
        waited.unwrap_or_else(|error| panic!("viewer {}: {error}", viewer.tag));
    }
}

/// Lets time go by while the removed page sends, however slow this machine is just now.
async fn watch(publisher: &Participant, sent: u64) {
    let start = Instant::now();
    while start.elapsed() < WATCH || publisher.media.sent().packets < sent + SENT_MEANWHILE {
        assert!(start.elapsed() < PATIENCE, "the removed page has stopped sending, which proves nothing");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Looks through what arrived since the last time; returns how much that was.
fn check(absences: &Absences, viewers: &[Participant], round: usize) -> usize {
    let mut seen = 0;
    for viewer in viewers {
        let journal = viewer.media.take_journal();
        let leaks = absences.leaks(&journal);
        assert!(leaks.is_empty(), "round {round}, viewer {}: {}", viewer.tag, describe(&leaks));
        seen += journal.len();
    }
    seen
}

fn describe(leaks: &[Leak]) -> String {
    let sent_after = leaks.iter().filter(|leak| leak.sent_after).count();
    format!(
        "{} packets leaked, {sent_after} of them sent after the answer; the first: {:?}",
        leaks.len(),
        leaks[0]
    )
}

/// Until nothing that the publisher sent is on its way any more: it has stopped, and its media thread has read what the kernel held.
/// What is read before a command is sent is judged before that command.
async fn landed(publisher: &Participant) {
    let mut sent = publisher.media.sent().packets;
    loop {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let now = publisher.media.sent().packets;
        if now == sent && unread(publisher.server.port()) == 0 {
            return;
        }
        sent = now;
    }
}

/// Bytes that the kernel holds for the UDP socket on this port (proc(5), /proc/net/udp: `tx_queue:rx_queue` behind the state).
fn unread(port: u16) -> u64 {
    let sockets = std::fs::read_to_string("/proc/net/udp").unwrap();
    let end = format!(":{port:04X}");
    let waiting = sockets.lines().filter_map(|line| {
        let mut fields = line.split_whitespace();
        fields.nth(1).filter(|local| local.ends_with(&end))?;
        let (_, received) = fields.nth(2)?.split_once(':')?;
        u64::from_str_radix(received, 16).ok()
    });
    waiting.sum()
}

/// Brings the publisher back: by invitation, as a removed person cannot join by themselves. It holds its packets back while it is let in,
/// since one that is under way at that moment is neither a leak nor welcome for certain.
async fn readmit(server: &MediaServer, publisher: &Participant, absences: &mut Absences) {
    server.api.stage(ROOM, publisher.id, "invite").await.unwrap();
    let invited =
        publisher.control.wait_until("an invitation", |view| view.standing() == StageStanding::Invited);
    invited.await.unwrap();
    publisher.media.send(false);
    landed(publisher).await;
    absences.end(PUBLISHER, Micros::now());
    publisher.accept_invitation().await.unwrap();
    publisher.media.send(true);
}

/// The check above is worth something only if it fails when it should: here the publisher is not removed at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publisher_who_is_not_removed_is_found_by_the_same_check() {
    let server = MediaServer::start(1);
    server.room(ROOM, Access::Open).await;
    let publisher =
        server.enter(ROOM, &Entry { tag: PUBLISHER, plan: Plan::steady(RATE), ..Entry::viewer(0) }).await;
    let viewer = server.enter(ROOM, &Entry { journal: true, ..Entry::viewer(1) }).await;
    publisher.join_stage().await.unwrap();
    flowing(std::slice::from_ref(&viewer)).await;
    let mut absences = Absences::none();
    absences.begin(PUBLISHER, Micros::now());
    let start = Instant::now();
    tokio::time::sleep(WATCH).await;
    let journal: Vec<Sighting> = viewer.media.take_journal();
    let leaks = absences.leaks(&journal);
    assert!(leaks.iter().any(|leak| leak.sent_after), "no leak among {} packets", journal.len());
    assert!(u128::from(leaks[0].after_us) <= start.elapsed().as_micros());
}
