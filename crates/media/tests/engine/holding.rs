//! A picture waits a moment for its last packet, and nothing else waits with it.

use media::engine::FRAME_PATIENCE;
use media::synthetic::Frame;
use media::{Source, Ticket};

use crate::world::{World, speaker, viewer};

/// A publisher of sound and pictures, a viewer of both, and the datagrams of a picture of four packets that are not delivered yet.
struct Scene {
    world: World,
    alice: usize,
    victor: usize,
    picture: Vec<Vec<u8>>,
}

impl Scene {
    fn new() -> Scene {
        let mut world = World::new(1);
        let (alice, victor) = (world.join(0, speaker(1)), world.join(0, viewer(2)));
        world.gate(alice, Source::Camera, true);
        world.gate(alice, Source::Mic, true);
        world.watch(victor, 0, alice);
        world.listen(victor, 0, alice);
        world.picture(alice, 0, true, b"first");
        world.actors[victor].got.clear();
        let frame = Frame { keyframe: false, packets: 4, size: 500, ticks: 2970, stamp: b"held" };
        let actor = &mut world.actors[alice];
        actor.peer.send_frame(Source::Camera, 0, &frame, &mut actor.out);
        let picture = actor.out.datagrams().map(|(_, bytes)| bytes.to_vec()).collect();
        actor.out.clear();
        Scene { world, alice, victor, picture }
    }

    /// Delivers the next so many packets of the picture to the engine.
    fn send(&mut self, packets: usize) {
        let from = self.world.actors[self.alice].address;
        for mut datagram in self.picture.drain(..packets) {
            self.world.engines[0].datagram(self.world.now, from, &mut datagram);
        }
    }

    /// Lets the engine write what it will; how many trains that is.
    fn flush(&mut self) -> usize {
        let engine = &mut self.world.engines[0];
        assert!(!engine.flush(self.world.now));
        engine.outbox().trains().len()
    }
}

#[test]
fn a_picture_that_comes_in_pieces_leaves_as_one_train() {
    let mut scene = Scene::new();
    scene.send(3);
    assert_eq!(scene.flush(), 0);
    let due = scene.world.engines[0].next_timeout().unwrap();
    assert!(due <= scene.world.now + FRAME_PATIENCE, "the thread wakes for what is held");
    scene.send(1);
    assert_eq!(scene.flush(), 1);
    assert_eq!(scene.world.engines[0].outbox().datagrams().count(), 4);
}

#[test]
fn a_picture_whose_last_packet_is_lost_is_late_by_a_moment_only() {
    let mut scene = Scene::new();
    scene.send(3);
    assert_eq!(scene.flush(), 0);
    scene.world.now += FRAME_PATIENCE;
    assert_eq!(scene.flush(), 1);
    assert_eq!(scene.world.engines[0].outbox().datagrams().count(), 3);
}

#[test]
fn sound_does_not_wait_for_a_picture() {
    let mut scene = Scene::new();
    scene.send(3);
    assert_eq!(scene.flush(), 0);
    scene.world.sound(scene.alice, b"spoken");
    scene.world.deliver();
    let got = scene.world.got(scene.victor);
    assert_eq!(got.iter().map(|one| one.stamp().to_vec()).collect::<Vec<_>>(), [b"spoken".to_vec()]);
}

#[test]
fn a_gate_that_closes_is_acknowledged_while_a_picture_is_held_and_nothing_of_it_leaves() {
    let mut scene = Scene::new();
    scene.send(3);
    assert_eq!(scene.flush(), 0);
    let ticket: Ticket = scene.world.gate(scene.alice, Source::Camera, false);
    let told: Vec<_> = scene.world.engines[0].events().collect();
    assert_eq!(told, [media::Event::Done { ticket }]);
    scene.world.now += FRAME_PATIENCE;
    assert_eq!(scene.flush(), 0);
}
