//! Rings and replicas.

use std::time::Instant;

use super::*;
use crate::codec::Codec;
use crate::{Gate, PeerId, PublicationId, Source, WorkerId};

fn gate() -> Gate {
    let mut gate =
        Gate::new(PublicationId { peer: PeerId { worker: WorkerId(0), serial: 1 }, source: Source::Camera });
    gate.set(true);
    gate
}

fn facts(sequence: u64, payload: &[u8]) -> Facts<'_> {
    Facts {
        layer: 0,
        epoch: 0,
        sequence,
        timestamp: 0,
        marker: false,
        codec: Codec::Vp8,
        keyframe_start: false,
        vp8: None,
        scalable: None,
        audio_level: None,
        arrived: Instant::now(),
        payload,
        descriptor: &[],
    }
}

fn fill(ring: &mut Ring, sequence: u64) -> Option<Arc<Packet>> {
    ring.fill(gate().admit().unwrap(), &facts(sequence, &sequence.to_be_bytes())).cloned()
}

#[test]
fn keeps_the_last_packets() {
    let mut ring = Ring::new(Kind::Audio, 0);
    for sequence in 0..200 {
        fill(&mut ring, sequence);
    }
    assert!(ring.get(199 - AUDIO_RING as u64).is_none());
    for sequence in 200 - AUDIO_RING as u64..200 {
        assert_eq!(ring.get(sequence).unwrap().payload(), sequence.to_be_bytes());
    }
    assert!(ring.get(200).is_none());
}

#[test]
fn says_whose_packet_it_is_by_the_gate_alone() {
    let mut ring = Ring::new(Kind::Audio, 0);
    assert_eq!(fill(&mut ring, 1).unwrap().publication.peer.serial, 1);
}

#[test]
fn an_older_packet_does_not_displace_a_newer_one() {
    let mut ring = Ring::new(Kind::Audio, 0);
    fill(&mut ring, 1_000);
    assert!(fill(&mut ring, 1_000 - AUDIO_RING as u64).is_none());
    assert!(ring.get(1_000).is_some());
}

#[test]
fn a_payload_too_long_is_refused_and_displaces_nothing() {
    let mut ring = Ring::new(Kind::Audio, 0);
    fill(&mut ring, 1);
    let long = [0; MAX_PAYLOAD + 1];
    assert!(ring.fill(gate().admit().unwrap(), &facts(1 + AUDIO_RING as u64, &long)).is_none());
    assert!(ring.get(1).is_some());
    assert!(ring.fill(gate().admit().unwrap(), &facts(2, &long[1..])).is_some());
}

#[test]
fn fills_in_place_once_it_is_warm() {
    let mut ring = Ring::new(Kind::Audio, 0);
    for sequence in 0..1_000 {
        fill(&mut ring, sequence);
    }
    assert_eq!(ring.allocated(), AUDIO_RING as u64);
}

#[test]
fn a_packet_held_elsewhere_stays_as_it_is() {
    let mut ring = Ring::new(Kind::Audio, 0);
    let held = fill(&mut ring, 0).unwrap();
    for sequence in 1..500 {
        fill(&mut ring, sequence);
    }
    assert_eq!((held.sequence, held.payload()), (0, &0u64.to_be_bytes()[..]));
    assert_eq!(ring.allocated(), AUDIO_RING as u64 + 1);
}

#[test]
fn what_was_held_is_used_again_when_it_comes_free() {
    let mut ring = Ring::new(Kind::Audio, 0);
    let laps = AUDIO_RING as u64;
    for sequence in 0..laps {
        fill(&mut ring, sequence);
    }
    // Another thread holds each packet until just after the ring came round.
    let mut held: VecDeque<_> = (0..laps).filter_map(|sequence| ring.get(sequence).cloned()).collect();
    for sequence in laps..20 * laps {
        held.push_back(fill(&mut ring, sequence).unwrap());
        held.pop_front();
    }
    assert!(ring.allocated() <= laps + 2, "{}", ring.allocated());
}

#[test]
fn a_thread_that_holds_everything_costs_memory_but_not_without_bound() {
    let mut ring = Ring::new(Kind::Audio, 0);
    let held: Vec<_> = (0..2_000).filter_map(|sequence| fill(&mut ring, sequence)).collect();
    assert_eq!(held.len(), 2_000);
    assert_eq!(ring.spares.len(), MAX_SPARES);
    assert_eq!(ring.allocated(), 2_000);
}

#[test]
fn a_wiped_ring_has_nothing_and_works_on() {
    let mut ring = Ring::new(Kind::Video, 0);
    fill(&mut ring, 5);
    ring.wipe();
    assert!(ring.get(5).is_none());
    fill(&mut ring, 6);
    assert!(ring.get(6).is_some());
}

#[test]
fn a_replica_holds_by_reference_and_lets_go_before_the_ring_comes_round() {
    let mut ring = Ring::new(Kind::Video, 0);
    let mut replica = Replica::default();
    for sequence in 0..5 * VIDEO_RING as u64 {
        replica.keep(fill(&mut ring, sequence).unwrap());
    }
    let last = 5 * VIDEO_RING as u64 - 1;
    assert!(Arc::ptr_eq(replica.get(0, last).unwrap(), ring.get(last).unwrap()));
    assert_eq!(ring.allocated(), VIDEO_RING as u64);
    assert!(replica.get(0, last - VIDEO_REPLICA as u64).is_none());
    assert!(replica.get(1, last).is_none());
    replica.wipe();
    assert!(replica.get(0, last).is_none());
}

#[test]
fn lower_layers_and_their_replicas_are_shorter() {
    for (above, kept) in [(0, VIDEO_RING), (1, VIDEO_RING / 2), (2, VIDEO_RING / 4), (9, VIDEO_RING / 4)] {
        let mut ring = Ring::new(Kind::Video, above);
        let mut replica = Replica::default();
        let last = 3 * VIDEO_RING as u64;
        (0..=last).for_each(|sequence| replica.keep(fill(&mut ring, sequence).unwrap()));
        assert_eq!((ring.capacity(), ring.allocated()), (kept, kept as u64));
        let held = (0..=last).filter(|sequence| replica.get(0, *sequence).is_some()).count();
        assert_eq!(held, kept / 4 * 3, "{above} above it");
    }
}

#[test]
fn a_long_packet_of_sound_is_kept_whole() {
    let mic = PublicationId { peer: PeerId { worker: WorkerId(0), serial: 1 }, source: Source::Mic };
    let mut gate = Gate::new(mic);
    gate.set(true);
    let mut ring = Ring::new(Kind::Audio, 0);
    for (sequence, length) in [(1, 100), (2, MAX_PAYLOAD), (2 + AUDIO_RING as u64, 3)] {
        let payload = vec![length as u8; length];
        let kept = ring.fill(gate.admit().unwrap(), &facts(sequence, &payload)).unwrap();
        assert_eq!(kept.payload(), payload);
    }
}

#[test]
fn a_replica_prefers_the_newer_packet() {
    let mut ring = Ring::new(Kind::Audio, 0);
    let mut replica = Replica::default();
    let old = fill(&mut ring, 1).unwrap();
    replica.keep(fill(&mut ring, 1 + AUDIO_REPLICA as u64).unwrap());
    replica.keep(old);
    assert!(replica.get(0, 1).is_none());
}
