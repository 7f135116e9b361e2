//! The media of WHIP and WHEP, and who speaks: synthetic peers on a real server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod media_support;

use std::time::{Duration, Instant};

use load::{Entry, HttpSession, Participant, Plan, Tag, View};
use media_support::{MediaServer, PATIENCE};
use serde_json::Value;
use signaling::{Access, ParticipantId};
use tokio::time::sleep;

const ROOM: &str = "whip";
const PUBLISHER: Tag = 0;
/// Levels in -dBov.
const VOICE: u8 = 25;
const WHISPER: u8 = 70;

async fn publisher(server: &MediaServer) -> HttpSession {
    let entry = Entry { role: signaling::Role::Viewer, ..Entry::speaker(PUBLISHER, Plan::steady(100)) };
    HttpSession::publish(&server.api, ROOM, &entry, &server.identity).await.unwrap()
}

async fn watcher(server: &MediaServer, tag: Tag, whom: Option<ParticipantId>) -> HttpSession {
    HttpSession::watch(&server.api, ROOM, whom, &Entry::viewer(tag), &server.identity).await.unwrap()
}

async fn person(server: &MediaServer, tag: Tag) -> Value {
    let room = server.api.room(ROOM).await.unwrap();
    let name = if tag == PUBLISHER { format!("Speaker {tag}") } else { format!("Viewer {tag}") };
    let people = room["participants"].as_array().unwrap().clone();
    people.into_iter().find(|person| person["name"] == name.as_str()).unwrap_or_default()
}

async fn id(server: &MediaServer, tag: Tag) -> ParticipantId {
    person(server, tag).await["id"].as_str().unwrap().parse().unwrap()
}

/// Pictures of the one, whoever receives them.
async fn sees(viewer: &load::Connection, whom: Tag, more: u64) {
    let had = viewer.tally(whom).packets;
    viewer.wait_for(whom, PATIENCE, |tally| tally.packets >= had + more).await.unwrap();
}

async fn view(who: &Participant, what: &'static str, holds: impl Fn(&View) -> bool) {
    who.control.wait_until(what, holds).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_publisher_sends_ends_at_the_gate_until_it_is_brought_up_and_after_it_is_removed() {
    let server = MediaServer::start(2);
    server.room(ROOM, Access::Request).await;
    let viewer = server.enter(ROOM, &Entry::viewer(1)).await;
    let publisher = publisher(&server).await;
    let gated = server.counted("proscenium_rtp_packets_gated_total", &[]).await;
    sleep(Duration::from_millis(300)).await;
    assert!(server.counted("proscenium_rtp_packets_gated_total", &[]).await > gated, "it does send");
    assert_eq!(viewer.media.tally(PUBLISHER).packets, 0);

    let participant = id(&server, PUBLISHER).await;
    server.api.stage(ROOM, participant, "approve").await.unwrap();
    assert_eq!(person(&server, PUBLISHER).await["stage"], "on_stage", "nobody had to click");
    sees(&viewer.media, PUBLISHER, 20).await;

    server.api.stage(ROOM, participant, "remove").await.unwrap();
    // What was in the kernel's hands when the answer came.
    sleep(Duration::from_millis(50)).await;
    let seen = viewer.media.tally(PUBLISHER).packets;
    let sent = publisher.media.sent().packets;
    sleep(Duration::from_millis(500)).await;
    assert!(publisher.media.sent().packets > sent, "it still sends");
    assert_eq!(viewer.media.tally(PUBLISHER).packets, seen);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publisher_is_muted_like_anyone() {
    let server = MediaServer::start(1);
    server.room(ROOM, Access::Open).await;
    let viewer = server.enter(ROOM, &Entry::viewer(1)).await;
    let _publisher = publisher(&server).await;
    sees(&viewer.media, PUBLISHER, 20).await;
    let participant = id(&server, PUBLISHER).await;
    for source in ["mic", "camera"] {
        server.api.mute(ROOM, participant, source, "muted").await.unwrap();
    }
    sleep(Duration::from_millis(50)).await;
    let seen = viewer.media.tally(PUBLISHER).packets;
    sleep(Duration::from_millis(300)).await;
    assert_eq!(viewer.media.tally(PUBLISHER).packets, seen);
    assert_eq!(person(&server, PUBLISHER).await["mic"], "muted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn media_that_ends_is_the_sessions_end_and_the_seat_is_kept_for_the_next() {
    let server = MediaServer::start(1);
    server.room(ROOM, Access::Open).await;
    let publisher = publisher(&server).await;
    let location = format!("{}{}", server.api.server(), publisher.location);
    let get = async || reqwest::get(&location).await.unwrap().status().as_u16();
    assert_eq!(get().await, 204);
    publisher.media.close().await;
    let patience = Instant::now() + PATIENCE;
    while get().await != 404 {
        assert!(Instant::now() < patience, "the session outlives its media");
        sleep(Duration::from_millis(20)).await;
    }
    let lost = person(&server, PUBLISHER).await;
    assert_eq!((&lost["stage"], &lost["connected"]), (&"on_stage".into(), &false.into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_sees_whom_it_names_or_whoever_speaks() {
    let server = MediaServer::start(2);
    server.room(ROOM, Access::Open).await;
    let stage = server.crowd(ROOM, 10..12, |tag| Entry::speaker(tag, Plan::steady(100))).await;
    for speaker in &stage {
        speaker.media.speak(WHISPER);
        speaker.join_stage().await.unwrap();
    }
    let named = watcher(&server, 1, Some(stage[1].id)).await;
    let follower = watcher(&server, 2, None).await;
    sees(&named.media, 11, 20).await;
    sees(&follower.media, 10, 20).await;
    stage[1].media.speak(VOICE);
    sees(&follower.media, 11, 20).await;
    stage[1].media.speak(WHISPER);
    stage[0].media.speak(VOICE);
    sees(&follower.media, 10, 20).await;
    let other = follower.media.tally(11).packets;
    sees(&follower.media, 10, 50).await;
    assert_eq!(follower.media.tally(11).packets, other, "one person at a time");
    assert_eq!(named.media.tally(10).packets, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_told_who_speaks() {
    let server = MediaServer::start(2);
    server.room(ROOM, Access::Open).await;
    let stage = server.crowd(ROOM, 10..12, |tag| Entry::speaker(tag, Plan::microphone())).await;
    let viewer = server.enter(ROOM, &Entry::viewer(1)).await;
    for speaker in &stage {
        speaker.media.speak(WHISPER);
        speaker.join_stage().await.unwrap();
    }
    let (ada, bob) = (stage[0].id, stage[1].id);
    // Told in the order of ids; who came in first has the lower one.
    let both = [ada.min(bob), ada.max(bob)];
    stage[0].media.speak(VOICE);
    view(&viewer, "Ada speaks", |view| view.speaking == [ada] && view.active == Some(ada)).await;
    view(&stage[0], "Ada knows", |view| view.speaking == [ada]).await;
    stage[1].media.speak(VOICE);
    view(&viewer, "both speak", |view| view.speaking == both && view.active == Some(ada)).await;
    stage[0].media.speak(WHISPER);
    view(&viewer, "Bob speaks", |view| view.speaking == [bob] && view.active == Some(bob)).await;
    stage[1].media.send(false);
    view(&viewer, "nobody speaks", |view| view.speaking.is_empty() && view.active == Some(bob)).await;
}
