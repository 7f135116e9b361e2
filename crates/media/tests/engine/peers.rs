//! Peers that offer again, move, or are many; and what the engine's output looks like.

use std::net::SocketAddr;
use std::time::Duration;

use crate::world::{World, speaker, viewer};
use media::engine::{FRAME_PATIENCE, MAX_SLOTS, OUTBOX_ENOUGH};
use media::sdp::SlotTrack;
use media::synthetic::Frame;
use media::{Command, Engine, Event, Kind, Loss, Mid, Source, Ticket, relay};

#[test]
fn engines_and_what_they_say_can_go_to_threads() {
    fn goes<T: Send>() {}
    goes::<Engine>();
    goes::<relay::Message>();
    goes::<Command>();
    goes::<Event>();
}

#[test]
fn more_slots_are_added_and_the_old_ones_go_on() {
    let mut world = World::new(1);
    let (alice, victor) = (world.join(0, speaker(1)), world.join(0, viewer(2)));
    world.gate(alice, Source::Camera, true);
    world.watch(victor, 0, alice);
    world.picture(alice, 0, true, b"before");
    world.offer_again(victor, |shape| shape.video_slots += 2);
    world.watch(victor, 3, alice);
    world.picture(alice, 0, true, b"after");
    let got = world.got(victor);
    assert_eq!(got.len(), 6);
    let first = got[0].mid;
    let old: Vec<_> = got.iter().filter(|one| one.mid == first).map(|one| one.sequence).collect();
    assert!(old.windows(2).all(|pair| pair[1] == pair[0] + 1));
}

#[test]
fn a_slot_that_is_offered_no_more_is_emptied() {
    let mut world = World::new(1);
    let (alice, victor) = (world.join(0, speaker(1)), world.join(0, viewer(2)));
    world.gate(alice, Source::Camera, true);
    world.watch(victor, 1, alice);
    world.offer_again(victor, |shape| shape.video_slots = 1);
    world.picture(alice, 0, true, b"nobody");
    assert!(world.got(victor).is_empty());
    assert_eq!(world.counters(0).forwarded(Kind::Video), 0);
}

#[test]
fn slots_under_ever_new_names_take_the_places_of_those_that_are_gone() {
    let mut world = World::new(1);
    let victor = world.join(0, viewer(2));
    for round in 0..100 {
        world.negotiate_again(
            victor,
            |_| {},
            |session| {
                for (index, slot) in session.slots.iter_mut().enumerate() {
                    slot.mid = Mid::new(&format!("{round}-{index}")).unwrap();
                }
            },
        );
    }
    assert_eq!(world.counters(0).dropped.too_many_slots, 0);
}

#[test]
fn slots_beyond_the_bound_are_left_out_and_counted() {
    let mut world = World::new(1);
    let victor = world.join(0, viewer(2));
    world.negotiate_again(
        victor,
        |_| {},
        |session| {
            let slot = session.slots[0].clone();
            session.slots = (0..MAX_SLOTS + 7)
                .map(|index| SlotTrack { mid: Mid::new(&format!("s{index}")).unwrap(), ..slot.clone() })
                .collect();
        },
    );
    assert_eq!(world.counters(0).dropped.too_many_slots, 7);
}

#[test]
fn a_viewer_that_moves_to_another_address_is_followed() {
    let mut world = World::new(1);
    let (alice, victor) = (world.join(0, speaker(1)), world.join(0, viewer(2)));
    world.gate(alice, Source::Camera, true);
    world.watch(victor, 0, alice);
    world.picture(alice, 0, true, b"here");
    assert_eq!(world.got(victor).len(), 2);
    world.actors[victor].address = SocketAddr::from(([203, 0, 113, 9], 5555));
    world.pass(Duration::from_secs(3));
    world.picture(alice, 0, true, b"there");
    assert_eq!(world.got(victor).len(), 2);
}

#[test]
fn an_address_that_changes_hands_belongs_to_the_newer_peer() {
    let mut world = World::new(1);
    let alice = world.join(0, speaker(1));
    let address = world.actors[alice].address;
    world.actors[alice].address = SocketAddr::from(([203, 0, 113, 9], 5555));
    let bob = world.invite(0, viewer(2));
    world.actors[bob].address = address;
    world.pass(Duration::from_secs(1));
    assert!(world.actors[bob].peer.is_connected());
}

#[test]
fn packets_of_a_frame_that_differ_by_a_byte_leave_as_one_train() {
    let mut world = World::new(1);
    let (alice, victor) = (world.join(0, speaker(1)), world.join(0, viewer(2)));
    world.gate(alice, Source::Camera, true);
    world.watch(victor, 0, alice);
    world.picture(alice, 0, true, b"warm");
    let first = Frame { keyframe: false, packets: 2, size: 999, ticks: 2970, stamp: b"short" };
    let rest = Frame { size: 1000, ticks: 0, stamp: b"long", ..first };
    let actor = &mut world.actors[alice];
    actor.peer.send_frame(Source::Camera, 0, &first, &mut actor.out);
    actor.peer.send_frame(Source::Camera, 0, &rest, &mut actor.out);
    let datagrams: Vec<_> = actor.out.datagrams().map(|(_, bytes)| bytes.to_vec()).collect();
    actor.out.clear();
    let from = actor.address;
    for mut datagram in datagrams {
        world.engines[0].datagram(world.now, from, &mut datagram);
    }
    world.engines[0].flush(world.now);
    let trains = world.engines[0].outbox().trains();
    assert_eq!(trains.len(), 1);
    assert_eq!(trains[0].bytes.len(), 4 * trains[0].segment);
    world.got(victor);
    world.deliver();
    let lengths: Vec<_> = world.got(victor).iter().map(|one| one.payload.len()).collect();
    assert_eq!(lengths, [999, 999, 1000, 1000], "and the padding is not part of them");
}

#[test]
fn a_full_outbox_is_sent_before_the_rest_is_written() {
    let mut world = World::new(1);
    let alice = world.join(0, speaker(1));
    world.gate(alice, Source::Camera, true);
    let viewers: Vec<_> = (0..40).map(|at| world.join(0, viewer(at + 2))).collect();
    for victor in &viewers {
        world.watch(*victor, 0, alice);
    }
    world.picture(alice, 0, true, b"warm");
    let frame = Frame { keyframe: false, packets: 40, size: 1100, ticks: 2970, stamp: b"big" };
    let actor = &mut world.actors[alice];
    actor.peer.send_frame(Source::Camera, 0, &frame, &mut actor.out);
    let datagrams: Vec<_> = actor.out.datagrams().map(|(_, bytes)| bytes.to_vec()).collect();
    actor.out.clear();
    let from = actor.address;
    for mut datagram in datagrams {
        world.engines[0].datagram(world.now, from, &mut datagram);
    }
    assert!(world.engines[0].flush(world.now), "forty times forty packets do not fit");
    let held = world.engines[0].outbox().bytes().len();
    assert!((OUTBOX_ENOUGH..2 * OUTBOX_ENOUGH).contains(&held));
    world.deliver();
    for victor in viewers {
        assert_eq!(world.got(victor).len(), 42);
    }
}

#[test]
fn a_packet_that_comes_in_the_middle_of_a_fan_out_reaches_everybody() {
    let mut world = World::new(1);
    let alice = world.join(0, speaker(1));
    world.gate(alice, Source::Camera, true);
    let viewers: Vec<_> = (0..40).map(|at| world.join(0, viewer(at + 2))).collect();
    for victor in &viewers {
        world.watch(*victor, 0, alice);
    }
    world.picture(alice, 0, true, b"warm");
    let frame = Frame { keyframe: false, packets: 41, size: 1100, ticks: 2970, stamp: b"big" };
    let actor = &mut world.actors[alice];
    actor.peer.send_frame(Source::Camera, 0, &frame, &mut actor.out);
    let mut datagrams: Vec<_> = actor.out.datagrams().map(|(_, bytes)| bytes.to_vec()).collect();
    actor.out.clear();
    let (from, mut last) = (actor.address, datagrams.pop().unwrap());
    for mut datagram in datagrams {
        world.engines[0].datagram(world.now, from, &mut datagram);
    }
    // Without its last packet the picture is held for a moment first.
    world.now += FRAME_PATIENCE;
    assert!(world.engines[0].flush(world.now));
    world.engines[0].datagram(world.now, from, &mut last);
    world.deliver();
    for victor in viewers {
        assert_eq!(world.got(victor).len(), 43);
    }
}

#[test]
fn a_viewer_without_the_codec_is_left_out_and_counted() {
    let mut world = World::new(1);
    let (alice, victor) = (world.join(0, speaker(1)), world.join(0, viewer(2)));
    world.gate(alice, Source::Camera, true);
    world.negotiate_again(
        victor,
        |_| {},
        |session| session.slots.iter_mut().for_each(|slot| slot.payload_types.clear()),
    );
    world.watch(victor, 0, alice);
    world.picture(alice, 0, true, b"unreadable");
    assert!(world.got(victor).is_empty());
    assert_eq!(world.counters(0).dropped.no_codec, 2);
}

#[test]
fn commands_for_a_peer_that_is_not_here_are_answered_and_change_nothing() {
    let mut world = World::new(1);
    let alice = world.join(0, speaker(1));
    let peer = world.actors[alice].id;
    world.command(0, Command::RemovePeer { peer });
    world.command(0, Command::RemovePeer { peer });
    let ticket = Ticket(77);
    world.command(0, Command::SetGate { peer, source: Source::Mic, open: true, ticket });
    world.deliver();
    assert!(world.is_done(ticket));
    assert_eq!(world.engines[0].peers(), 0);
    assert!(
        !world.events.iter().any(|event| matches!(event, Event::Lost { .. })),
        "it was removed, not lost"
    );
}

#[test]
fn a_peer_that_never_comes_is_given_up() {
    let mut world = World::new(1);
    let alice = world.invite(0, speaker(1));
    let peer = world.actors[alice].id;
    world.actors.clear();
    world.pass(Duration::from_secs(31));
    assert!(world.events.contains(&Event::Lost { peer, why: Loss::NeverConnected }));
}

#[test]
fn an_address_goes_back_to_the_peer_that_checks_from_it_again() {
    let mut world = World::new(1);
    let (alice, victor) = (world.join(0, speaker(1)), world.join(0, viewer(2)));
    world.gate(alice, Source::Camera, true);
    world.watch(victor, 0, alice);
    let (address, elsewhere) = (world.actors[alice].address, SocketAddr::from(([203, 0, 113, 9], 5555)));
    world.actors[alice].address = elsewhere;
    let bob = world.invite(0, viewer(3));
    world.actors[bob].address = address;
    world.pass(Duration::from_secs(3));
    assert!(world.actors[bob].peer.is_connected());
    // They change places once more: nothing is new to either transport.
    world.actors[bob].address = SocketAddr::from(([203, 0, 113, 10], 5555));
    world.actors[alice].address = address;
    world.pass(Duration::from_secs(3));
    world.picture(alice, 0, true, b"back");
    assert_eq!(world.got(victor).len(), 2);
}
