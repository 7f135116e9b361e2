//! Many handshakes at once: media goes first, and nobody's flood keeps others out.

use std::net::SocketAddr;
use std::time::Duration;

use crate::world::{Actor, STEP, World, actor_address, speaker, viewer};
use media::engine::{HANDSHAKES_A_TURN, MAX_ASIDE, MAX_ASIDE_OF_ONE};

/// Begins as a DTLS record does, and is none.
const MALFORMED: [u8; 20] = [22; 20];

/// One record of sealed application data, for keys that nobody has yet: has to be kept and is paid for.
const JUNK: [u8; 21] = [23, 254, 253, 0, 1, 0, 0, 0, 0, 0, 9, 0, 8, 7, 7, 7, 7, 7, 7, 7, 7];

/// Addresses one peer may prove.
const ADDRESSES: usize = 8;

fn is_dtls(datagram: &[u8]) -> bool {
    matches!(datagram.first(), Some(20..64))
}

fn turns(world: &mut World) -> usize {
    let mut turns = 1;
    while world.engines[0].handshakes(world.now) {
        turns += 1;
    }
    turns
}

/// Peers that have proven their addresses, and whose handshakes do not get on because they hear nothing of them.
fn stuck(world: &mut World, count: usize) -> Vec<usize> {
    let crowd: Vec<usize> = (0..count).map(|seed| world.invite(0, viewer(seed as u64 + 1))).collect();
    let last = crowd.last().copied();
    world.drop_down = Box::new(move |actor, datagram| Some(actor) <= last && is_dtls(datagram));
    world.pass(Duration::from_millis(100));
    crowd
}

/// Has each of them prove more addresses, as somebody does who changes networks; all addresses of all of them.
fn move_about(world: &mut World, crowd: &[usize]) -> Vec<SocketAddr> {
    let mut addresses: Vec<_> = crowd.iter().map(|actor| world.actors[*actor].address).collect();
    for port in 1..ADDRESSES as u16 {
        for actor in crowd {
            let address = &mut world.actors[*actor].address;
            address.set_port(50_000 + port);
            addresses.push(*address);
        }
        world.pass(Duration::from_millis(200));
    }
    addresses
}

fn flood(world: &mut World, addresses: &[SocketAddr], datagram: &[u8]) -> usize {
    let mut kept = 0;
    for address in addresses {
        for _ in 0..MAX_ASIDE_OF_ONE {
            if world.engines[0].put_aside(*address, datagram) {
                kept += 1;
            } else {
                world.engines[0].datagram(world.now, *address, &mut datagram.to_vec());
            }
        }
    }
    kept
}

#[test]
fn only_what_may_cost_a_handshake_is_put_aside() {
    let mut world = World::new(1);
    let halfway = actor_address(stuck(&mut world, 1)[0]);
    let done = actor_address(world.join(0, speaker(9)));
    let stranger = "192.0.2.66:666".parse().expect("an address");
    let rtp = [128; 20];
    let engine = &mut world.engines[0];
    for (what, from, datagram, aside) in [
        ("of a handshake", halfway, &JUNK[..], true),
        ("no DTLS", halfway, &rtp, false),
        ("nothing that DTLS is made of", halfway, &MALFORMED, false),
        ("empty", halfway, &[], false),
        ("after the handshake", done, &JUNK, false),
        ("from nobody known", stranger, &JUNK, false),
    ] {
        assert_eq!(engine.put_aside(from, datagram), aside, "{what}");
    }
}

#[test]
fn a_turn_works_off_a_few() {
    let mut world = World::new(1);
    let ada = actor_address(stuck(&mut world, 1)[0]);
    for _ in 0..4 * HANDSHAKES_A_TURN {
        assert!(world.engines[0].put_aside(ada, &JUNK));
    }
    assert_eq!(turns(&mut world), 4);
    assert_eq!(world.counters(0).dropped.too_many_handshakes, 0);
}

#[test]
fn one_peer_has_few_places_and_all_together_are_bounded() {
    let mut world = World::new(1);
    let crowd = stuck(&mut world, MAX_ASIDE / MAX_ASIDE_OF_ONE + 1);
    let crowd: Vec<SocketAddr> = crowd.into_iter().map(actor_address).collect();
    let before = world.counters(0).dropped.too_many_handshakes;
    flood(&mut world, &crowd[..1], &JUNK);
    assert!(world.engines[0].put_aside(crowd[0], &JUNK));
    assert_eq!(world.counters(0).dropped.too_many_handshakes - before, 1);
    flood(&mut world, &crowd[1..], &JUNK);
    assert_eq!(world.counters(0).dropped.too_many_handshakes - before, 1 + MAX_ASIDE_OF_ONE as u64);
    assert_eq!(turns(&mut world), MAX_ASIDE / HANDSHAKES_A_TURN);
}

#[test]
fn many_addresses_do_not_make_many_places() {
    let mut world = World::new(1);
    let mallory = stuck(&mut world, 1);
    let addresses = move_about(&mut world, &mallory);
    assert_eq!(flood(&mut world, &addresses, &JUNK), ADDRESSES * MAX_ASIDE_OF_ONE, "all are proven");
    let refused = (ADDRESSES - 1) * MAX_ASIDE_OF_ONE;
    assert_eq!(world.counters(0).dropped.too_many_handshakes, refused as u64);
    assert_eq!(turns(&mut world), MAX_ASIDE_OF_ONE / HANDSHAKES_A_TURN);
}

#[test]
fn a_flood_without_budget_takes_no_place() {
    let mut world = World::new(1);
    let mallory = [actor_address(stuck(&mut world, 1)[0])];
    let mut floods = 0;
    while flood(&mut world, &mallory, &JUNK) > 0 {
        turns(&mut world);
        floods += 1;
        assert!(floods <= 16, "a handshake has so many datagrams and no more");
    }
    assert!(world.counters(0).transport.dtls_over_budget > 0, "refused at once, and counted");
}

#[test]
fn a_flood_from_many_addresses_does_not_delay_another_handshake() {
    let mut world = World::new(1);
    let crowd = stuck(&mut world, MAX_ASIDE / MAX_ASIDE_OF_ONE / ADDRESSES);
    let addresses = move_about(&mut world, &crowd);
    let ada = world.invite(0, speaker(99));
    let began = world.now;
    while !world.actors[ada].peer.is_connected() {
        // As many as there are places, each time right before a word of hers.
        flood(&mut world, &addresses, &JUNK);
        flood(&mut world, &addresses, &MALFORMED);
        let Actor { peer, out, address, .. } = &mut world.actors[ada];
        peer.poll(world.now, out);
        for (_, datagram) in out.datagrams() {
            if !world.engines[0].put_aside(*address, datagram) {
                world.engines[0].datagram(world.now, *address, &mut datagram.to_vec());
            }
        }
        out.clear();
        while world.engines[0].handshakes(world.now) {}
        world.drain(0);
        world.now += STEP;
        assert!(world.now < began + Duration::from_millis(100), "she waits for others' junk");
    }
}
