//! What an engine finds out of media that gets through no more.

use std::net::SocketAddr;
use std::time::Duration;

use crate::world::{FRAME, World, speaker, viewer};
use media::engine::{DOUBT, MOVED, STALL, STALL_PAUSE, STALL_WITH_STRAYS};
use media::{Command, Event, Source};

/// A publisher whose pictures are watched.
fn stage() -> (World, usize, usize) {
    let mut world = World::new(1);
    let (alice, victor) = (world.join(0, speaker(1)), world.join(0, viewer(2)));
    world.gate(alice, Source::Camera, true);
    world.watch(victor, 0, alice);
    (world, alice, victor)
}

/// Pictures all the time, for so long.
fn publish(world: &mut World, actor: usize, span: Duration) {
    let end = world.now + span;
    while world.now < end {
        world.picture(actor, 0, true, b"on");
        world.pass(FRAME);
    }
}

fn stalls(world: &mut World, actor: usize) -> usize {
    let peer = world.actors[actor].id;
    let told = world.events.iter().filter(|event| **event == Event::Stalled { peer }).count();
    world.events.clear();
    told
}

#[test]
fn a_publisher_whose_media_ends_in_the_middle_is_told_once() {
    let (mut world, alice, _) = stage();
    publish(&mut world, alice, Duration::from_secs(1));
    assert_eq!(stalls(&mut world, alice), 0);
    world.pass(STALL - FRAME);
    assert_eq!(stalls(&mut world, alice), 0);
    world.pass(FRAME * 4);
    assert_eq!(stalls(&mut world, alice), 1);
    world.pass(Duration::from_secs(10));
    assert_eq!(stalls(&mut world, alice), 0);
    publish(&mut world, alice, Duration::from_secs(1));
    world.pass(STALL * 2);
    assert_eq!(stalls(&mut world, alice), 1, "and again when it flowed again");
}

#[test]
fn a_publisher_who_stops_behind_a_closed_gate_has_stopped_on_purpose() {
    let (mut world, alice, _) = stage();
    publish(&mut world, alice, Duration::from_secs(1));
    world.gate(alice, Source::Camera, false);
    world.pass(STALL * 3);
    assert_eq!(stalls(&mut world, alice), 0);
}

#[test]
fn a_publisher_who_has_not_begun_has_not_stopped() {
    let (mut world, alice, _) = stage();
    world.pass(STALL * 10);
    assert_eq!(stalls(&mut world, alice), 0);
}

#[test]
fn one_whose_media_stumbles_all_the_time_is_told_ever_more_seldom() {
    let (mut world, alice, _) = stage();
    let start = world.now;
    while world.now < start + STALL_PAUSE * 16 {
        publish(&mut world, alice, Duration::from_millis(500));
        world.pass(STALL + FRAME * 2);
    }
    // Pauses of 1, 2, 4 and 8 seconds, and a few stumbles each time.
    assert_eq!(stalls(&mut world, alice), 4);
}

#[test]
fn a_stall_that_comes_too_soon_after_another_is_told_when_its_time_has_come() {
    let (mut world, alice, _) = stage();
    for _ in 0..2 {
        publish(&mut world, alice, Duration::from_millis(500));
        world.pass(STALL + FRAME * 2);
    }
    assert_eq!(stalls(&mut world, alice), 1);
    world.pass(STALL_PAUSE);
    assert_eq!(stalls(&mut world, alice), 1);
}

/// A publisher's next pictures, as they come from where its NAT has moved it.
fn stray(world: &mut World, alice: usize, span: Duration) {
    let home =
        std::mem::replace(&mut world.actors[alice].address, SocketAddr::from(([203, 0, 113, 9], 5555)));
    // A check would prove the address.
    world.drop_up = Box::new(move |actor, datagram| actor == alice && datagram[0] < 4);
    publish(world, alice, span);
    world.drop_up = Box::new(|_, _| false);
    world.actors[alice].address = home;
}

#[test]
fn with_datagrams_from_nowhere_known_a_stall_is_found_sooner() {
    let (mut world, alice, _) = stage();
    publish(&mut world, alice, Duration::from_secs(1));
    stray(&mut world, alice, STALL_WITH_STRAYS + FRAME * 3);
    assert_eq!(stalls(&mut world, alice), 1);
}

#[test]
fn a_publisher_heard_again_is_asked_for_a_keyframe() {
    let (mut world, alice, _) = stage();
    publish(&mut world, alice, Duration::from_secs(2));
    let before = world.actors[alice].peer.keyframes_asked(Source::Camera);
    stray(&mut world, alice, STALL);
    world.picture(alice, 0, false, b"in the middle");
    world.pass(FRAME);
    assert!(world.actors[alice].peer.keyframes_asked(Source::Camera) > before);
}

#[test]
fn a_peer_whose_packets_come_from_another_proven_address_is_sent_to_there() {
    let (mut world, alice, _) = stage();
    publish(&mut world, alice, Duration::from_secs(1));
    let (home, moved) = (world.actors[alice].address, SocketAddr::from(([203, 0, 113, 9], 5555)));
    // A check from each proves both; the one from home is the last to nominate.
    for address in [moved, home] {
        world.actors[alice].address = address;
        world.pass(Duration::from_secs(3));
    }
    world.actors[alice].address = moved;
    world.drop_up = Box::new(move |actor, datagram| actor == alice && datagram[0] < 4);
    publish(&mut world, alice, MOVED * 3);
    let before = world.actors[alice].peer.keyframes_asked(Source::Camera);
    world.picture(alice, 0, false, b"in the middle");
    world.gate(alice, Source::Camera, false);
    world.gate(alice, Source::Camera, true);
    world.pass(Duration::from_secs(2));
    assert!(
        world.actors[alice].peer.keyframes_asked(Source::Camera) > before,
        "it hears what it is asked for"
    );
}

#[test]
fn a_viewer_in_doubt_is_told_that_it_is_sent_to_and_nothing_where_it_is_not() {
    let (mut world, alice, victor) = stage();
    let peer = world.actors[victor].id;
    publish(&mut world, alice, Duration::from_millis(500));
    world.command(0, Command::Doubt { peer });
    world.pass(DOUBT * 2);
    assert_eq!(stalls(&mut world, victor), 0, "the publisher is silent");
    world.command(0, Command::Doubt { peer });
    publish(&mut world, alice, DOUBT * 2);
    assert_eq!(stalls(&mut world, victor), 1);
    assert_eq!(world.counters(0).stalled, 1);
}
