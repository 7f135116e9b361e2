//! What a forwarded packet costs an engine, without sockets: open once, then rewrite and seal for each viewer.
//!
//! Run as it is, it prints times. With `--count VIEWERS BYTES` it forwards a fixed number of packets of so many bytes and prints how many
//! that were: `scripts/cost` has the instructions of [`forward_all`] counted meanwhile, which a busy machine does not change.

#[path = "../tests/engine/world.rs"]
#[allow(dead_code, reason = "made for tests, of which this uses a part")]
mod world;

use std::time::Instant;

use media::Source;
use media::synthetic::Frame;
use world::{World, actor_address, speaker, viewer};

const FRAMES: usize = 20;
const PACKETS: usize = 6;
/// Bytes of a packet of a large picture.
const PICTURE: usize = 1150;

/// A stage of one, its viewers, and batches of its datagrams that are not forwarded yet.
struct Bench {
    world: World,
    alice: usize,
    batches: Vec<Vec<Vec<u8>>>,
}

impl Bench {
    fn new(viewers: usize, bytes: usize) -> Bench {
        let mut world = World::new(1);
        let alice = world.join(0, speaker(1));
        world.gate(alice, Source::Camera, true);
        for at in 0..viewers {
            let victor = world.join(0, viewer(at as u64 + 2));
            world.watch(victor, 0, alice);
        }
        world.deliver();
        // The ring's whole length, so that every place in it has its memory.
        for round in 0..300 {
            world.picture(alice, 0, round == 0, b"warm");
        }
        let mut batches = Vec::new();
        for _ in 0..FRAMES {
            let frame = Frame { keyframe: false, packets: PACKETS, size: bytes, ticks: 2970, stamp: b"x" };
            let actor = &mut world.actors[alice];
            actor.peer.send_frame(Source::Camera, 0, &frame, &mut actor.out);
            batches.push(actor.out.datagrams().map(|(_, bytes)| bytes.to_vec()).collect());
            actor.out.clear();
        }
        Bench { world, alice, batches }
    }

    /// Forwards all of it; returns how many packets left.
    fn run(&mut self) -> u64 {
        let forwarded = |world: &World| world.engines[0].counters().forwarded[Source::Camera.index()];
        let before = forwarded(&self.world);
        forward_all(&mut self.world, self.alice, &mut self.batches);
        forwarded(&self.world) - before
    }
}

/// Not inlined, since its name is where counting instructions begins and ends.
#[inline(never)]
fn forward_all(world: &mut World, from: usize, batches: &mut [Vec<Vec<u8>>]) {
    let (engine, now) = (&mut world.engines[0], world.now);
    for batch in batches {
        for datagram in batch {
            engine.datagram(now, actor_address(from), datagram);
        }
        while engine.flush(now) {
            engine.outbox_mut().clear();
        }
        engine.outbox_mut().clear();
    }
}

#[allow(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, viewers, bytes] = &arguments[..]
        && mode == "--count"
        && let (Ok(viewers), Ok(bytes)) = (viewers.parse(), bytes.parse())
    {
        println!("{}", Bench::new(viewers, bytes).run());
        return;
    }
    println!("{:>8} {:>18}", "viewers", "ns a packet");
    for viewers in [1, 10, 100, 500] {
        let mut bench = Bench::new(viewers, PICTURE);
        let start = Instant::now();
        let packets = bench.run();
        println!("{viewers:>8} {:>18.0}", start.elapsed().as_nanos() as f64 / packets as f64);
    }
}
