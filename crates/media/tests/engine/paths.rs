//! Paths over TCP beside those over UDP, paths that close, and what becomes of a peer that consents no more.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::world::{FRAME, World, actor_address, speaker, viewer};
use media::ice::CONSENT_TIMEOUT;
use media::{Event, Loss, Source, path};

/// Between two checks of a synthetic peer, and a little.
const A_CHECK: Duration = Duration::from_secs(3);

/// Somebody on stage over UDP, and somebody who watches over the path `far`.
fn watched_over(far: SocketAddr) -> (World, usize, usize) {
    let mut world = World::new(1);
    let (alice, victor) = (world.join(0, speaker(1)), world.invite(0, viewer(2)));
    world.actors[victor].address = far;
    world.pass(Duration::from_secs(1));
    world.gate(alice, Source::Camera, true);
    world.watch(victor, 0, alice);
    (world, alice, victor)
}

fn tcp(connection: u32) -> SocketAddr {
    path::over_tcp(actor_address(1), connection)
}

#[test]
fn a_peer_over_tcp_is_a_peer() {
    let (mut world, alice, victor) = watched_over(tcp(3));
    world.picture(alice, 0, true, b"seen");
    assert_eq!(world.got(victor).len(), 2);
    assert!(world.engines[0].knows(tcp(3)));
    assert!(!world.engines[0].knows(tcp(4)) && !world.engines[0].knows(actor_address(1)), "another path");
}

#[test]
fn a_peer_whose_connection_closes_goes_on_over_the_next_one_without_a_new_handshake() {
    let (mut world, alice, victor) = watched_over(tcp(3));
    let connected = world.counters(0).connected;
    world.engines[0].path_closed(world.now, tcp(3));
    assert!(world.engines[0].knows(tcp(3)), "when it consented last is still known");
    world.picture(alice, 0, true, b"lost");
    world.actors[victor].address = tcp(4);
    world.got(victor);
    world.pass(A_CHECK);
    world.got(victor);
    world.picture(alice, 0, true, b"seen");
    assert_eq!(world.got(victor).len(), 2);
    assert_eq!(world.counters(0).connected, connected);
    world.engines[0].path_closed(world.now, tcp(3));
    assert!(!world.engines[0].knows(tcp(3)), "with another one there, a closed path is forgotten");
}

#[test]
fn a_peer_whose_connection_closes_is_sent_to_where_it_was_before_at_once() {
    let (mut world, alice, victor) = watched_over(actor_address(1));
    world.actors[victor].address = tcp(3);
    world.pass(A_CHECK);
    world.picture(alice, 0, true, b"over tcp");
    assert_eq!(world.got(victor).len(), 2);
    world.actors[victor].address = actor_address(1);
    world.picture(alice, 0, false, b"still there");
    assert_eq!(world.got(victor).len(), 0, "nothing has told the engine");
    world.engines[0].path_closed(world.now, tcp(3));
    world.picture(alice, 0, false, b"over udp");
    assert_eq!(world.got(victor).iter().filter(|one| one.stamp().starts_with(b"over udp")).count(), 2);
}

/// From when on checks of a viewer are lost, when the last packet of media left for it, and the world after that.
fn unchecked(far: SocketAddr) -> (Instant, Instant, World) {
    let (mut world, alice, victor) = watched_over(far);
    let last = Rc::new(Cell::new(world.now));
    let clock = Rc::new(Cell::new(world.now));
    // STUN begins with two zero bits; its reports go on coming, and are no consent.
    world.drop_up = Box::new(move |actor, datagram| actor == victor && datagram[0] < 4);
    let (seen, time) = (Rc::clone(&last), Rc::clone(&clock));
    world.drop_down = Box::new(move |actor, datagram| {
        if actor == victor && datagram[0] >= 128 {
            seen.set(time.get());
        }
        false
    });
    let start = world.now;
    while world.now < start + CONSENT_TIMEOUT + Duration::from_secs(5) {
        clock.set(world.now);
        world.picture(alice, 0, true, b"on and on");
        world.pass(FRAME);
    }
    (start, last.get(), world)
}

#[test]
fn not_one_packet_of_media_leaves_when_consent_is_over_whatever_the_path() {
    for far in [actor_address(1), tcp(3)] {
        let (start, last, world) = unchecked(far);
        let peer = world.actors[1].id;
        assert!(world.events.contains(&Event::Lost { peer, why: Loss::ConsentExpired }));
        let after = last.duration_since(start);
        assert!(after <= CONSENT_TIMEOUT, "{far}: the last packet left {after:?} after the last check");
        // The last check came up to its interval before.
        assert!(after > CONSENT_TIMEOUT - A_CHECK, "{far}: media stopped {after:?} after the last check");
        assert_eq!(world.counters(0).consent_expired, 1);
        assert!(!world.engines[0].knows(far));
    }
}
