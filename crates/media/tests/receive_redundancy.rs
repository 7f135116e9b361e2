//! Redundant sound of a publisher: taken apart at the gate, and what was missing is there again.

mod receive_wire;

use std::time::Instant;

use media::Source;
use media::codec::Codec;
use media::publication::Upstreams;

use receive_wire::*;

/// Takes a packet; what is to be forwarded of it, in order: number in the layer, time stamp and the first byte.
fn take(upstreams: &mut Upstreams, now: Instant, packet: &Rtp) -> Vec<(u64, u32, u8)> {
    let own = upstreams.receive_rtp(now, &packet.bytes()).cloned();
    let mut all = Vec::new();
    upstreams.take_found(&mut all);
    all.extend(own);
    assert!(all.iter().all(|packet| packet.codec == Codec::Opus), "nothing behind the gate is redundant");
    all.iter().map(|packet| (packet.sequence, packet.timestamp, packet.payload()[0])).collect()
}

fn opened(now: Instant) -> Upstreams {
    let mut upstreams = upstreams();
    upstreams.set_gate(now, Source::Mic, true);
    upstreams
}

#[test]
fn what_a_network_lost_comes_with_the_next_packet() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let first = take(&mut upstreams, now, &redundant_mic(10, 2))[0];
    assert_eq!(first.2, 10);
    let next = take(&mut upstreams, now, &redundant_mic(13, 2));
    let expected: Vec<_> =
        (1..=3).map(|step| (first.0 + u64::from(step), first.1 + 960 * step, 10 + step as u8)).collect();
    assert_eq!(next, expected, "11 and 12 before 13, each as if it had come by itself");
    assert_eq!(upstreams.counters().recovered, 2);
}

#[test]
fn what_came_already_is_not_taken_twice() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    for sequence in 10..20 {
        assert_eq!(take(&mut upstreams, now, &redundant_mic(sequence, 3.min(sequence - 10))).len(), 1);
    }
    assert_eq!(upstreams.counters().recovered, 0);
}

#[test]
fn a_packet_that_is_late_finds_its_place_taken() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    take(&mut upstreams, now, &redundant_mic(10, 1));
    assert_eq!(take(&mut upstreams, now, &redundant_mic(12, 1)).len(), 2);
    assert!(take(&mut upstreams, now, &redundant_mic(11, 1)).is_empty());
    assert_eq!(upstreams.counters().duplicate, 1);
}

/// What was said before the gate opened stays unheard, though a packet after it carries it along.
#[test]
fn nothing_from_before_the_gate_opened_is_found() {
    let now = Instant::now();
    let mut upstreams = upstreams();
    for sequence in 1..10 {
        assert!(take(&mut upstreams, now, &redundant_mic(sequence, 3)).is_empty());
    }
    assert_eq!(upstreams.counters().gated[Source::Mic.index()], 9, "one for each packet");
    upstreams.set_gate(now, Source::Mic, true);
    assert_eq!(take(&mut upstreams, now, &redundant_mic(10, 3)).len(), 1, "its own frame alone");
    assert_eq!(take(&mut upstreams, now, &redundant_mic(11, 3)).len(), 1);
    upstreams.set_gate(now, Source::Mic, false);
    assert!(take(&mut upstreams, now, &redundant_mic(13, 3)).is_empty());
    upstreams.set_gate(now, Source::Mic, true);
    assert_eq!(take(&mut upstreams, now, &redundant_mic(15, 3)).len(), 1, "nor from between two openings");
}

#[test]
fn nonsense_is_counted_and_costs_nobody_else() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    take(&mut upstreams, now, &redundant_mic(10, 0));
    for payload in [&[0xef_u8, 0xff, 0xff, 0xff, 0x6f, 1][..], &[0x80], &[0x6f]] {
        let broken = Rtp::new(0x3c, RED, 11, payload).with(MID, "0");
        assert!(take(&mut upstreams, now, &broken).is_empty());
    }
    assert_eq!(upstreams.counters().malformed, 3);
    assert_eq!(take(&mut upstreams, now, &redundant_mic(12, 1)).len(), 2);
}
