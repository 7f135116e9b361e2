//! Publishing and watching on one thread: gates, slots, layers, keyframes.

use std::time::Duration;

use crate::world::{FRAME, World, actor_address, speaker, viewer};
use media::sdp::Session;
use media::synthetic::Shape;
use media::{Event, Kind, Loss, Source};

/// A publisher on stage with open mic and camera, and a viewer of both.
fn stage() -> (World, usize, usize) {
    let mut world = World::new(1);
    let (alice, victor) = (world.join(0, speaker(1)), world.join(0, viewer(2)));
    world.gate(alice, Source::Mic, true);
    world.gate(alice, Source::Camera, true);
    world.listen(victor, 0, alice);
    world.watch(victor, 0, alice);
    world.deliver();
    (world, alice, victor)
}

#[test]
fn sound_and_picture_reach_the_viewer() {
    let (mut world, alice, victor) = stage();
    world.sound(alice, b"hello");
    world.picture(alice, 0, true, b"first");
    let got = world.got(victor);
    assert_eq!(got.iter().filter(|one| one.kind == Kind::Audio && one.stamp() == b"hello").count(), 1);
    let picture: Vec<_> = got.iter().filter(|one| one.kind == Kind::Video).collect();
    assert_eq!(picture.len(), 2);
    assert!(picture.iter().all(|one| one.stamp().starts_with(b"first")));
    assert!(picture[0].keyframe() && picture[1].marker);
    let counters = world.counters(0);
    assert_eq!((counters.forwarded(Kind::Audio), counters.forwarded(Kind::Video)), (1, 2));
}

#[test]
fn a_closed_gate_lets_nothing_through_and_counts() {
    let mut world = World::new(1);
    let (alice, victor) = (world.join(0, speaker(1)), world.join(0, viewer(2)));
    world.listen(victor, 0, alice);
    world.watch(victor, 0, alice);
    for _ in 0..10 {
        world.sound(alice, b"hello");
        world.picture(alice, 0, true, b"no");
    }
    assert!(world.got(victor).is_empty());
    let counters = world.counters(0);
    assert_eq!((counters.gated(Source::Mic), counters.gated(Source::Camera)), (10, 20));
    assert_eq!(counters.forwarded(Kind::Video), 0);
}

#[test]
fn each_source_has_a_gate_of_its_own() {
    let (mut world, alice, victor) = stage();
    world.gate(alice, Source::Camera, false);
    world.sound(alice, b"hello");
    world.picture(alice, 0, true, b"no");
    assert!(world.got(victor).iter().all(|one| one.kind == Kind::Audio));
}

#[test]
fn closing_is_acknowledged_after_the_last_datagram_is_out() {
    let (mut world, alice, victor) = stage();
    world.picture(alice, 0, true, b"first");
    world.got(victor);
    world.frame(alice, Source::Camera, 0, false, b"in the engine");
    let out: Vec<_> = world.actors[alice].out.datagrams().map(|(_, bytes)| bytes.to_vec()).collect();
    world.actors[alice].out.clear();
    for datagram in out {
        world.engines[0].datagram(world.now, actor_address(alice), &mut datagram.clone());
    }
    world.engines[0].flush(world.now);
    let ticket = world.gate(alice, Source::Camera, false);
    assert_eq!(world.engines[0].events().count(), 0, "what was written is not sent yet");
    world.deliver();
    assert!(world.is_done(ticket));
}

#[test]
fn what_waits_for_the_fan_out_is_dropped_by_closing() {
    let (mut world, alice, victor) = stage();
    world.picture(alice, 0, true, b"first");
    world.got(victor);
    world.frame(alice, Source::Camera, 0, false, b"too late");
    let out: Vec<_> = world.actors[alice].out.datagrams().map(|(_, bytes)| bytes.to_vec()).collect();
    world.actors[alice].out.clear();
    for datagram in out {
        world.engines[0].datagram(world.now, actor_address(alice), &mut datagram.clone());
    }
    world.gate(alice, Source::Camera, false);
    world.deliver();
    assert!(world.got(victor).is_empty());
}

#[test]
fn a_reopened_gate_goes_on_without_a_hole() {
    let (mut world, alice, victor) = stage();
    world.picture(alice, 0, true, b"before");
    world.gate(alice, Source::Camera, false);
    for _ in 0..50 {
        world.picture(alice, 0, false, b"gated");
    }
    world.pass(Duration::from_secs(1));
    world.gate(alice, Source::Camera, true);
    world.picture(alice, 0, false, b"no keyframe");
    world.picture(alice, 0, true, b"after");
    let got = world.got(victor);
    assert_eq!(got.len(), 4);
    assert!(got[2].stamp().starts_with(b"after"));
    assert_eq!(got[2].sequence, got[1].sequence + 1);
    assert!(got[2].timestamp.wrapping_sub(got[1].timestamp) >= 90_000, "a second went by");
}

#[test]
fn the_person_in_a_slot_changes_without_a_hole() {
    let (mut world, alice, victor) = stage();
    let bob = world.join(0, speaker(3));
    world.gate(bob, Source::Camera, true);
    world.picture(alice, 0, true, b"alice");
    world.picture(alice, 0, false, b"alice");
    world.pass(FRAME);
    world.watch(victor, 0, bob);
    world.picture(alice, 0, true, b"alice");
    world.picture(bob, 0, false, b"bob, not yet");
    world.picture(bob, 0, true, b"bob");
    let got = world.got(victor);
    assert_eq!(got.len(), 6);
    assert!(got[4..].iter().all(|one| one.stamp().starts_with(b"bob\0")));
    assert!(got.windows(2).all(|pair| pair[1].sequence == pair[0].sequence + 1));
    let picture = |at: usize| u16::from_be_bytes([got[at].payload[2], got[at].payload[3]]);
    assert_eq!(picture(4), picture(3) + 1);
}

#[test]
fn a_camera_that_one_offer_leaves_out_and_the_next_has_again_is_seen_again() {
    let (mut world, alice, victor) = stage();
    for step in 0..30 {
        world.picture(alice, 0, step == 0, b"before");
        world.pass(FRAME);
    }
    let before = world.got(victor);
    let camera = |agreed: &mut Session| agreed.upstream.retain(|track| track.source != Source::Camera);
    world.negotiate_again(alice, |_| {}, camera);
    world.picture(alice, 0, true, b"not agreed on");
    assert!(world.got(victor).is_empty());
    world.offer_again(alice, |_| {});
    let asked = world.actors[alice].peer.keyframes_asked(Source::Camera);
    world.picture(alice, 0, false, b"after, not yet");
    world.pass(Duration::from_secs(2));
    assert!(world.actors[alice].peer.keyframes_asked(Source::Camera) > asked);
    world.picture(alice, 0, true, b"after");
    let after = world.got(victor);
    assert_eq!(after.len(), 2);
    assert_eq!(after[0].sequence, before[before.len() - 1].sequence + 1);
}

#[test]
fn an_emptied_slot_stays_empty() {
    let (mut world, alice, victor) = stage();
    world.picture(alice, 0, true, b"first");
    world.got(victor);
    world.show(victor, 0, None, Kind::Video);
    world.picture(alice, 0, true, b"second");
    assert!(world.got(victor).is_empty());
}

#[test]
fn three_layers_end_up_at_the_highest() {
    let (mut world, alice, victor) = stage();
    for round in 0..30 {
        for layer in 0..3 {
            // Another keyframe when it was found out that the way carries them.
            world.picture(alice, layer, round % 20 == 0, format!("layer {layer}").as_bytes());
        }
        world.pass(FRAME);
    }
    let got = world.got(victor);
    assert!(got[got.len() - 4..].iter().all(|one| one.stamp().starts_with(b"layer 2")));
    assert!(got.windows(2).all(|pair| pair[1].sequence == pair[0].sequence + 1));
    assert_eq!(world.counters(0).upstream.admitted(Source::Camera), 180);
}

#[test]
fn a_layer_that_stops_is_replaced_by_a_lower_one() {
    let (mut world, alice, victor) = stage();
    for layer in 0..3 {
        world.picture(alice, layer, true, b"start");
    }
    for round in 0..40 {
        world.picture(alice, 0, round % 30 == 29, b"low");
        world.pass(FRAME);
    }
    assert!(world.got(victor).last().unwrap().stamp().starts_with(b"low"));
}

#[test]
fn keyframe_requests_of_many_viewers_are_one() {
    let mut world = World::new(1);
    let alice = world.join(0, speaker(1));
    world.gate(alice, Source::Camera, true);
    world.pass(Duration::from_secs(2));
    world.picture(alice, 0, true, b"running");
    let before = world.actors[alice].peer.keyframes_asked(Source::Camera);
    for seed in 10..20 {
        let victor = world.join(0, viewer(seed));
        let slot = world.watch(victor, 0, alice);
        let actor = &mut world.actors[victor];
        actor.peer.request_keyframe(slot, &mut actor.out);
    }
    let start = world.now;
    while world.now < start + Duration::from_secs(3) {
        world.picture(alice, 0, false, b"running");
        world.pass(FRAME);
    }
    let asked = world.actors[alice].peer.keyframes_asked(Source::Camera) - before;
    assert!((1..=5).contains(&asked), "at most one a second over three to four seconds: {asked}");
    assert!(world.counters(0).keyframe_wishes >= 10);
}

#[test]
fn padding_is_forwarded_to_nobody_and_leaves_no_hole() {
    let (mut world, alice, victor) = stage();
    world.picture(alice, 0, true, b"first");
    for _ in 0..20 {
        let actor = &mut world.actors[alice];
        actor.peer.send_padding(Source::Camera, 0, &mut actor.out);
        world.deliver();
    }
    world.picture(alice, 0, false, b"second");
    let got = world.got(victor);
    assert_eq!(got.len(), 4);
    assert!(got.windows(2).all(|pair| pair[1].sequence == pair[0].sequence + 1));
    assert_eq!(world.counters(0).upstream.padding, 20);
}

#[test]
fn a_peer_that_leaves_is_forgotten_and_its_viewers_go_on() {
    let (mut world, alice, victor) = stage();
    world.picture(alice, 0, true, b"first");
    let (id, now) = (world.actors[alice].id, world.now);
    let actor = &mut world.actors[alice];
    actor.peer.close(now, &mut actor.out);
    world.deliver();
    assert!(world.events.contains(&Event::Lost { peer: id, why: Loss::Closed }));
    assert!(!world.engines[0].has(id));
    let bob = world.join(0, speaker(3));
    world.gate(bob, Source::Camera, true);
    world.watch(victor, 0, bob);
    world.got(victor);
    world.picture(bob, 0, true, b"bob");
    assert_eq!(world.got(victor).len(), 2);
    assert!(world.counters(0).upstream.admitted(Source::Camera) >= 4, "what was counted stays counted");
}

#[test]
fn a_silent_peer_loses_consent() {
    let mut world = World::new(1);
    let alice = world.join(0, speaker(1));
    let id = world.actors[alice].id;
    world.actors.clear();
    world.pass(Duration::from_secs(31));
    assert!(world.events.contains(&Event::Lost { peer: id, why: Loss::ConsentExpired }));
    assert_eq!(world.engines[0].peers(), 0);
    assert_eq!(world.engines[0].next_timeout(), None);
}

#[test]
fn a_slot_takes_only_its_kind() {
    let (mut world, alice, victor) = stage();
    world.show(victor, 1, Some((alice, Source::Mic)), Kind::Video);
    assert_eq!(world.counters(0).dropped.bad_assignment, 1);
    world.sound(alice, b"hello");
    assert_eq!(world.got(victor).len(), 1);
}

#[test]
fn two_slots_may_show_one_person() {
    let (mut world, alice, victor) = stage();
    world.watch(victor, 1, alice);
    world.picture(alice, 0, true, b"twice");
    assert_eq!(world.got(victor).len(), 4);
}

#[test]
fn a_publication_assigned_before_its_peer_comes_is_shown_when_it_does() {
    let mut world = World::new(1);
    let victor = world.join(0, viewer(2));
    let next = Shape { seed: 5, camera: true, ..Shape::default() };
    let alice = world.actors.len();
    let publication = media::PublicationId {
        peer: media::PeerId { worker: media::WorkerId(0), serial: alice as u32 + 1 },
        source: Source::Camera,
    };
    let slot = world.actors[victor].peer.slots()[2].mid();
    let peer = world.actors[victor].id;
    world.command(0, media::Command::Assign { peer, slot, publication: Some(publication) });
    assert_eq!(world.join(0, next), alice);
    world.gate(alice, Source::Camera, true);
    world.picture(alice, 0, true, b"here");
    assert_eq!(world.got(victor).len(), 2);
}
