//! Forwarding a packet allocates nothing.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use crate::world::{World, actor_address, speaker, viewer};
use media::Source;

thread_local! {
    static COUNTED: Cell<Option<u64>> = const { Cell::new(None) };
}

/// The system's, counting what this thread allocates while it is told to.
pub(crate) struct Counting;

fn note() {
    // Fails only while the thread ends, when nobody counts.
    let _ = COUNTED.try_with(|counted| counted.set(counted.get().map(|count| count + 1)));
}

// SAFETY: everything is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: the caller's promises are handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are handed on.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note();
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
