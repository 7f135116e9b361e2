//! Forwarding a packet allocates nothing, and a peer that only watches holds little.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use crate::world::{FRAME, World, actor_address, speaker, viewer};
use media::{Command, Source};

thread_local! {
    static COUNTED: Cell<Option<u64>> = const { Cell::new(None) };
    /// Bytes this thread allocated, less those it gave back.
    static HELD: Cell<i64> = const { Cell::new(0) };
}

/// The system's, counting what this thread allocates while it is told to.
pub(crate) struct Counting;

fn note() {
    // Fails only while the thread ends, when nobody counts.
    let _ = COUNTED.try_with(|counted| counted.set(counted.get().map(|count| count + 1)));
}

fn hold(bytes: usize, less: usize) {
    let _ = HELD.try_with(|held| held.set(held.get() + bytes as i64 - less as i64));
}

// SAFETY: everything is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        hold(layout.size(), 0);
        // SAFETY: the caller's promises are handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        hold(0, layout.size());
        // SAFETY: the caller's promises are handed on.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note();
        hold(size, layout.size());
        // SAFETY: the caller's promises are handed on.
        unsafe { System.realloc(memory, layout, size) }
    }
}

fn counting(work: impl FnOnce()) -> u64 {
    COUNTED.set(Some(0));
    work();
    COUNTED.take().unwrap_or_default()
}

#[test]
fn the_counter_counts() {
    assert_eq!(counting(|| drop(std::hint::black_box(Box::new(7)))), 1);
}

#[test]
fn forwarding_to_many_viewers_allocates_nothing() {
    let mut world = World::new(1);
    let alice = world.join(0, speaker(1));
    world.gate(alice, Source::Camera, true);
    for seed in 2..12 {
        let victor = world.join(0, viewer(seed));
        world.watch(victor, 0, alice);
    }
    world.deliver();
    // The ring's whole length, so that every place in it has its memory.
    for round in 0..400 {
        world.picture(alice, 0, round == 0, b"warm");
    }
    let mut datagrams = Vec::new();
    for _ in 0..50 {
        world.frame(alice, Source::Camera, 0, false, b"counted");
        datagrams.extend(world.actors[alice].out.datagrams().map(|(_, bytes)| bytes.to_vec()));
        world.actors[alice].out.clear();
    }
    let (from, now) = (actor_address(alice), world.now);
    let engine = &mut world.engines[0];
    let before = engine.counters().forwarded[Source::Camera.index()];
    let mut run = |datagrams: &mut [Vec<u8>]| {
        for batch in datagrams.chunks_mut(10) {
            for datagram in batch {
                engine.datagram(now, from, datagram);
            }
            while engine.flush(now) {
                engine.outbox_mut().clear();
            }
            engine.outbox_mut().clear();
        }
    };
    // The first batches of this size grow what is used again and again.
    let (warm, counted) = datagrams.split_at_mut(50);
    run(warm);
    let allocations = counting(|| run(counted));
    assert_eq!(allocations, 0);
    assert_eq!(world.counters(0).forwarded[Source::Camera.index()] - before, 1000);
}

/// Bytes that a peer takes with it when it goes.
fn held_by(world: &mut World, actor: usize) -> i64 {
    let peer = world.actors[actor].id;
    let before = HELD.get();
    world.command(0, Command::RemovePeer { peer });
    let freed = before - HELD.get();
    world.drain(0);
    freed
}

/// What a page's peer connection costs while it only watches: it offered its own microphone, camera and screen, too. Raising this is
/// a decision: a server's memory is mostly this, times its viewers. A third of it is congestion control: what was sent, and what came of it.
const MAX_VIEWER_BYTES: i64 = 15 * 1024;

#[test]
fn a_viewer_holds_little() {
    let mut world = World::new(1);
    let alice = world.join(0, speaker(1));
    world.gate(alice, Source::Camera, true);
    world.gate(alice, Source::Mic, true);
    let viewers: Vec<_> = (2..12).map(|seed| world.join(0, speaker(seed))).collect();
    for viewer in &viewers {
        world.watch(*viewer, 0, alice);
        world.listen(*viewer, 0, alice);
    }
    // Long enough for reports both ways, and for whatever a handshake left behind to be gone.
    for round in 0..100 {
        world.picture(alice, 0, round == 0, b"seen");
        world.sound(alice, b"heard");
        world.pass(FRAME);
    }
    assert!(viewers.iter().all(|viewer| !world.got(*viewer).is_empty()), "they watch");
    let held: Vec<_> = viewers.iter().map(|viewer| held_by(&mut world, *viewer)).collect();
    let most = held.iter().max().unwrap();
    assert!(*most <= MAX_VIEWER_BYTES && held.iter().all(|bytes| *bytes > 1000), "{held:?}");
}
