//! A packet costs no allocation once the rings are warm.
#![allow(unsafe_code)]

mod receive_wire;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Instant;

use media::{AUDIO_RING, Replica, Source, VIDEO_RING};

use receive_wire::*;

/// Packets kept of sound, three layers of the camera and the screen.
const KEPT: usize = AUDIO_RING + VIDEO_RING / 4 + VIDEO_RING / 2 + VIDEO_RING + VIDEO_RING;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    // Not there while the thread ends, and then nobody asks.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: everything is left to the system's allocator; counting touches a thread-local without a destructor and never allocates.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise, passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promise, passed on.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise, passed on.
        unsafe { System.dealloc(old, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations of this thread while `work` runs.
fn allocations(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

/// What a browser sends in one second or so, all layers, with losses, retransmissions, probes and padding.
fn traffic(from: u16, packets: u16) -> Vec<Vec<u8>> {
    let mut wire = Vec::new();
    let mut transport = from.wrapping_mul(8);
    let mut add = |packet: Rtp| {
        wire.push(packet.with(TRANSPORT, transport.to_be_bytes()).bytes());
        transport = transport.wrapping_add(1);
    };
    for sequence in from..from + packets {
        (0..3).for_each(|layer| add(camera(layer, sequence, if sequence % 64 == 0 { KEY } else { DELTA })));
        add(mic(sequence).with(LEVEL, [20]));
        match sequence % 16 {
            3 => add(screen(sequence, &[]).padded(100)),
            5 => {}
            8 => {
                add(screen(sequence, KEY));
                add(screen_rtx(sequence, sequence - 3, DELTA));
            }
            _ => add(screen(sequence, DELTA)),
        }
    }
    wire
}

#[test]
fn a_packet_costs_no_allocation_once_rings_are_warm() {
    let now = Instant::now();
    let mut upstreams = upstreams();
    Source::ALL.into_iter().for_each(|source| upstreams.set_gate(now, source, true));
    let mut replica = Replica::default();
    let warm_up = traffic(16, 2 * VIDEO_RING as u16);
    let steady = traffic(16 + 2 * VIDEO_RING as u16, 2_000);
    let mut admitted = 0u64;
    let mut run = |wire: &[Vec<u8>]| {
        for bytes in wire {
            if let Some(packet) = upstreams.receive_rtp(now, bytes) {
                admitted += 1;
                if packet.publication.source == Source::Camera {
                    replica.keep(packet.clone());
                }
            }
        }
    };
    assert!(allocations(|| run(&warm_up)) >= KEPT as u64, "the count works");
    assert_eq!(allocations(|| run(&steady)), 0);
    assert!(admitted > 12_000);
    let counters = upstreams.counters();
    assert!(counters.recovered > 100 && counters.padding > 100, "{counters:?}");
    assert_eq!(counters.allocated, KEPT as u64);
}

#[test]
fn a_gated_packet_costs_no_allocation_at_all_but_for_feedback() {
    let now = Instant::now();
    let mut upstreams = upstreams();
    let wire = traffic(16, 1_000);
    for bytes in &wire[..16] {
        assert!(upstreams.receive_rtp(now, bytes).is_none());
    }
    assert_eq!(
        allocations(|| wire.iter().for_each(|bytes| drop(upstreams.receive_rtp(now, bytes).cloned()))),
        0
    );
    assert_eq!(upstreams.counters().allocated, 0);
}
