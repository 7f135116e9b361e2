//! What a forwarded packet costs an engine, without sockets: open once, then rewrite and seal for each viewer.

#[path = "../tests/engine/world.rs"]
#[allow(dead_code, reason = "made for tests, of which this uses a part")]
mod world;

use std::time::Instant;

use media::Source;
use media::synthetic::Frame;
use world::{World, actor_address, speaker, viewer};

const FRAMES: usize = 20;
const PACKETS: usize = 6;

/// Nanoseconds for each packet forwarded to each of so many viewers.
fn measure(viewers: usize) -> f64 {
    let mut world = World::new(1);
    let alice = world.join(0, speaker(1));
    world.gate(alice, Source::Camera, true);
    for at in 0..viewers {
        let victor = world.join(0, viewer(at as u64 + 2));
        world.watch(victor, 0, alice);
    }
    world.deliver();
    for round in 0..300 {
        world.picture(alice, 0, round == 0, b"warm");
    }
    let mut batches = Vec::new();
    for _ in 0..FRAMES {
        let frame = Frame { keyframe: false, packets: PACKETS, size: 1150, ticks: 2970, stamp: b"x" };
        let actor = &mut world.actors[alice];
        actor.peer.send_frame(Source::Camera, 0, &frame, &mut actor.out);
        batches.push(actor.out.datagrams().map(|(_, bytes)| bytes.to_vec()).collect::<Vec<_>>());
        actor.out.clear();
    }
    let (engine, now) = (&mut world.engines[0], world.now);
    let before = engine.counters().forwarded[Source::Camera.index()];
    let start = Instant::now();
    for batch in &mut batches {
        for datagram in batch {
            engine.datagram(now, actor_address(alice), datagram);
        }
        while engine.flush(now) {
            engine.outbox_mut().clear();
        }
        engine.outbox_mut().clear();
    }
    let spent = start.elapsed().as_nanos() as f64;
    spent / (engine.counters().forwarded[Source::Camera.index()] - before) as f64
}

#[allow(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
fn main() {
    println!("{:>8} {:>18}", "viewers", "ns a packet");
    for viewers in [1, 10, 100, 500] {
        println!("{viewers:>8} {:>18.0}", measure(viewers));
    }
}
