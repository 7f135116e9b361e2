//! Bad input costs its sender, and nobody else.

use std::net::SocketAddr;

use crate::world::{World, actor_address, speaker, viewer};
use media::engine::MAX_UNPROVEN_CHECKS;
use media::{Kind, Source};
use rand::rngs::StdRng;
use rand::{Rng, RngCore, SeedableRng};

fn stage() -> (World, usize, usize, usize) {
    let mut world = World::new(1);
    let (alice, victor) = (world.join(0, speaker(1)), world.join(0, viewer(2)));
    let mallory = world.join(0, speaker(3));
    world.gate(alice, Source::Camera, true);
    world.gate(mallory, Source::Camera, true);
    world.watch(victor, 0, alice);
    world.watch(mallory, 0, alice);
    world.deliver();
    (world, alice, victor, mallory)
}

/// Alice is seen by Victor as if nothing had happened.
fn nothing_noticed(world: &mut World, alice: usize, victor: usize) {
    world.got(victor);
    world.picture(alice, 0, true, b"still here");
    world.picture(alice, 0, false, b"still here");
    let got = world.got(victor);
    assert_eq!(got.len(), 4);
    assert!(got.windows(2).all(|pair| pair[1].sequence == pair[0].sequence + 1));
}

#[test]
fn random_datagrams_from_strangers_are_counted_and_nothing_else() {
    let (mut world, alice, victor, _) = stage();
    let mut random = StdRng::seed_from_u64(7);
    let stranger: SocketAddr = "192.0.2.66:666".parse().unwrap();
    for _ in 0..20_000 {
        let mut datagram = vec![0; random.random_range(0..200)];
        random.fill_bytes(&mut datagram);
        world.engines[0].datagram(world.now, stranger, &mut datagram);
        assert!(world.engines[0].outbox().is_empty(), "a stranger gets no answer");
    }
    let dropped = world.counters(0).dropped;
    assert!(dropped.unknown_address > 10_000 && dropped.unknown_ufrag > 0);
    nothing_noticed(&mut world, alice, victor);
}

#[test]
fn random_datagrams_under_a_peers_address_disturb_nobody() {
    let (mut world, alice, victor, _) = stage();
    let mut random = StdRng::seed_from_u64(8);
    for round in 0..20_000 {
        let mut datagram = vec![0; random.random_range(0..1500)];
        random.fill_bytes(&mut datagram);
        if let (Some(first), 0) = (datagram.first_mut(), round % 2) {
            *first = 0x80 | (*first & 0x3f);
        }
        world.engines[0].datagram(world.now, actor_address(alice), &mut datagram);
        world.engines[0].datagram(world.now, actor_address(victor), &mut datagram);
    }
    world.deliver();
    nothing_noticed(&mut world, alice, victor);
}

#[test]
fn control_garbage_of_a_peer_disturbs_nobody() {
    let (mut world, alice, victor, mallory) = stage();
    world.picture(alice, 0, true, b"x");
    let mut random = StdRng::seed_from_u64(9);
    for _ in 0..5_000 {
        let mut control = vec![0; random.random_range(8..300)];
        random.fill_bytes(&mut control);
        control[0] = 0x80 | (control[0] & 0x1f);
        control[1] = random.random_range(200..=207);
        let words = (control.len() / 4 - 1) as u16;
        control[2..4].copy_from_slice(&words.to_be_bytes());
        let actor = &mut world.actors[mallory];
        actor.peer.send_control(&control, &mut actor.out);
        world.deliver();
    }
    nothing_noticed(&mut world, alice, victor);
}

#[test]
fn nobody_is_served_what_somebody_else_was_sent() {
    let (mut world, alice, victor, mallory) = stage();
    world.picture(alice, 0, true, b"x");
    let sent = world.got(victor);
    world.got(mallory);
    // A request for the SSRC of somebody else's slot.
    let ssrc = world.actors[victor].peer.slots()[2].ssrc();
    let mut nack = vec![0x81, 205, 0, 3, 0, 0, 0, 1];
    nack.extend_from_slice(&ssrc.to_be_bytes());
    nack.extend_from_slice(&(sent[0].sequence as u16).to_be_bytes());
    nack.extend_from_slice(&[0, 0]);
    let actor = &mut world.actors[mallory];
    actor.peer.send_control(&nack, &mut actor.out);
    world.deliver();
    assert!(world.got(mallory).is_empty() && world.got(victor).is_empty());
}

#[test]
fn checks_of_strangers_are_bounded() {
    let (mut world, alice, victor, _) = stage();
    let mut check = vec![0, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42];
    check.extend_from_slice(&[7; 12]);
    check.extend_from_slice(&[0, 6, 0, 6]);
    check.extend_from_slice(b"srv0:x\0\0");
    for number in 0..MAX_UNPROVEN_CHECKS + 100 {
        let from = SocketAddr::from(([198, 51, 100, 1], 1024 + (number % 60_000) as u16));
        world.engines[0].datagram(world.now, from, &mut check.clone());
    }
    let dropped = world.counters(0).dropped;
    assert!(dropped.unproven_checks >= 100);
    assert!(world.engines[0].outbox().is_empty());
    nothing_noticed(&mut world, alice, victor);
    world.join(0, viewer(99));
}

#[test]
fn a_replayed_or_changed_packet_is_dropped() {
    let (mut world, alice, victor, _) = stage();
    world.picture(alice, 0, true, b"x");
    world.frame(alice, Source::Camera, 0, false, b"once");
    let sent: Vec<_> = world.actors[alice].out.datagrams().map(|(_, bytes)| bytes.to_vec()).collect();
    world.got(victor);
    // The changed ones come first, the true ones on their way after them, and then once more.
    for datagram in &sent {
        let mut changed = datagram.clone();
        changed[40] ^= 1;
        world.engines[0].datagram(world.now, actor_address(alice), &mut changed);
    }
    world.deliver();
    for datagram in &sent {
        world.engines[0].datagram(world.now, actor_address(alice), &mut datagram.clone());
    }
    world.deliver();
    assert_eq!(world.got(victor).iter().filter(|one| one.kind == Kind::Video).count(), 2);
    let transport = world.counters(0).transport;
    assert_eq!((transport.forged, transport.replayed), (2, 2));
}
