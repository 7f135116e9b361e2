//! Transports whose news gets lost on the way: none of them may stay with the media threads.

use media::Loss;
use room::{Identity, ResumeKey, SessionId};
use signaling::{ServerMessage, SourceMids};
use stage::{Access, Role, Timing};
use store::Store;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::link::Answered;
use super::wires::peer_of;
use super::*;
use crate::config::Limits;
use crate::media::{MediaEvent, MediaOptions, MediaThreads};
use crate::metrics::Counts;
use std::sync::Arc;

const SESSION: SessionId = SessionId(1);

/// A room, and somebody who offers.
struct Scene {
    rooms: Arc<Rooms>,
    room: RoomRef,
    link: Arc<Link>,
    frames: Frames,
    _data: TempDir,
}

impl Scene {
    async fn set() -> Scene {
        let options = MediaOptions {
            listen: "127.0.0.1:0".parse().unwrap(),
            announce: Vec::new(),
            workers: 1,
            dev: true,
        };
        let data = TempDir::new().unwrap();
        let (media, _events) = MediaThreads::start(&options).unwrap();
        let store = Arc::new(Store::open(data.path()).unwrap());
        let limits = Limits { rooms: 1, room_participants: 1, connections: 1 };
        let rooms = Rooms::new(media, store, Arc::new(Counts::default()), limits, Timing::default(), None);
        let new = NewRoom { access: Access::Open, capacity: 1, self_leave: true, ..NewRoom::default() };
        let room = rooms.create(new).await.unwrap();
        let (outbox, frames) = frames(8);
        let (joined, link) = oneshot::channel();
        let identity =
            Identity { user: "ann".to_owned(), name: "Ann".to_owned(), role: Role::Viewer, waits: false };
        let fresh_key = ResumeKey("key".to_owned());
        let joining = Joining { session: SESSION, identity, resume: None, fresh_key, outbox, joined };
        room.send(ToRoom::Join(joining)).await;
        let link = link.await.unwrap();
        let mut scene = Scene { rooms, room, link, frames, _data: data };
        assert!(scene.next().await.contains("\"welcome\""));
        scene
    }

    fn offer(&self, connection: u32) -> OfferOutcome {
        let sdp = include_str!("../../crates/media/tests/fixtures/sdp/offers/chromium-viewer.sdp");
        self.link.offer(&self.rooms, &self.room, connection, sdp, &SourceMids::default())
    }

    fn offered(&self, outcome: OfferOutcome) -> ToRoom {
        ToRoom::Offered { session: SESSION, id: 1, connection: 1, link: self.link.clone(), outcome }
    }

    async fn next(&mut self) -> String {
        match self.frames.next().await.unwrap() {
            Frame::Text(text) => text.to_string(),
            Frame::Texts(texts) => panic!("at once: {texts:?}"),
            Frame::Pong(payload) => panic!("an answer to no ping: {payload:?}"),
            Frame::Close(code) => panic!("closed with {code}"),
        }
    }

    fn peers(&self) -> usize {
        self.rooms.media.peers().into_iter().sum()
    }
}

fn transport(outcome: &OfferOutcome) -> room::TransportId {
    match outcome {
        OfferOutcome::Answered(Answered { transport, .. }) => *transport,
        OfferOutcome::Refused { detail } => panic!("{detail}"),
    }
}

#[tokio::test]
async fn an_answer_nobody_takes_is_taken_down() {
    let scene = Scene::set().await;
    let answered = scene.offer(1);
    let wire = transport(&answered);
    assert_eq!((scene.peers(), scene.rooms.wires.room(wire).is_some()), (1, true));
    drop(answered);
    assert_eq!((scene.peers(), scene.rooms.wires.room(wire).is_some()), (0, false));
    assert!(matches!(scene.offer(1), OfferOutcome::Refused { .. }), "that connection is over");
}

#[tokio::test]
async fn an_answer_to_a_room_that_went_down_is_taken_down() {
    let scene = Scene::set().await;
    let answered = scene.offer(1);
    scene.room.send(ToRoom::Drain).await;
    // In the mailbox or refused by it: the room does not get to it.
    scene.room.send(scene.offered(answered)).await;
    scene.room.mailbox.closed().await;
    assert_eq!(scene.peers(), 0);
}

#[tokio::test]
async fn what_a_room_leaves_behind_is_taken_down() {
    let scene = Scene::set().await;
    scene.room.send(scene.offered(scene.offer(1))).await;
    scene.rooms.state(&scene.room).await.unwrap();
    assert_eq!(scene.peers(), 1);
    scene.room.send(ToRoom::Drain).await;
    for _ in 0..1000 {
        if scene.peers() == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("the transport stays");
}

#[tokio::test]
async fn a_transport_lost_before_its_answer_arrived_is_told_to_be_lost() {
    let mut scene = Scene::set().await;
    let answered = scene.offer(1);
    scene.rooms.tell(MediaEvent::Lost(peer_of(transport(&answered)), Loss::ConsentExpired));
    scene.room.send(scene.offered(answered)).await;
    assert!(scene.next().await.contains("\"answer\""));
    let lost = serde_json::to_string(&ServerMessage::MediaLost { connection: 1 }).unwrap();
    assert_eq!(scene.next().await, lost);
    assert_eq!(scene.peers(), 0);
}
