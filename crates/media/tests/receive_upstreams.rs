//! A publisher's packets, from the wire to the ring.

mod receive_wire;

use std::sync::Arc;
use std::time::Instant;

use media::publication::Upstreams;
use media::sdp::Upstream;
use media::{Kind, Packet, Source, VIDEO_RING};
use proptest::prelude::*;

use receive_wire::*;

fn receive(upstreams: &mut Upstreams, now: Instant, packet: &Rtp) -> Option<Arc<Packet>> {
    upstreams.receive_rtp(now, &packet.bytes()).cloned()
}

/// Everything open.
fn opened(now: Instant) -> Upstreams {
    let mut upstreams = upstreams();
    Source::ALL.into_iter().for_each(|source| upstreams.set_gate(now, source, true));
    upstreams
}

#[test]
fn nothing_passes_a_closed_gate() {
    let (mut upstreams, now) = (upstreams(), Instant::now());
    assert!(receive(&mut upstreams, now, &mic(1)).is_none());
    assert!(receive(&mut upstreams, now, &camera(2, 1, KEY)).is_none());
    upstreams.set_gate(now, Source::Camera, true);
    assert!(receive(&mut upstreams, now, &mic(2)).is_none());
    assert!(receive(&mut upstreams, now, &screen(2, KEY)).is_none());
    let counters = upstreams.counters();
    assert_eq!(counters.gated, [2, 1, 1]);
    assert_eq!((counters.received(Kind::Audio), counters.received(Kind::Video)), (2, 2));
    assert_eq!(counters.admitted, [0; 3]);
}

#[test]
fn an_open_gate_passes_its_own_source() {
    let (mut upstreams, now) = (upstreams(), Instant::now());
    upstreams.set_gate(now, Source::Camera, true);
    let mut sent = camera(1, 7, KEY);
    sent.timestamp = 12_345;
    sent.marker = true;
    let packet = receive(&mut upstreams, now, &sent).unwrap();
    assert_eq!((packet.publication.source, packet.layer), (Source::Camera, 1));
    assert_eq!((packet.timestamp, packet.marker, packet.keyframe_start), (12_345, true, true));
    assert_eq!(packet.vp8.map(|vp8| vp8.length), Some(3));
    assert_eq!(packet.payload(), KEY);
    assert!(upstreams.stored(Source::Camera, 1, packet.sequence).is_some());
}

#[test]
fn closing_leaves_nothing_behind() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let kept: Vec<_> =
        (1..100).filter_map(|sequence| receive(&mut upstreams, now, &screen(sequence, DELTA))).collect();
    upstreams.set_gate(now, Source::Screen, false);
    assert_eq!(kept.len(), 99);
    assert!(kept.iter().all(|packet| upstreams.stored(Source::Screen, 0, packet.sequence).is_none()));
    assert_eq!(upstreams.live_layers(Source::Screen, now).count(), 0);
    assert!(receive(&mut upstreams, now, &screen(100, DELTA)).is_none());
}

#[test]
fn what_was_sent_before_the_gate_opened_does_not_slip_in_late() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let before = receive(&mut upstreams, now, &screen(1, KEY)).unwrap();
    upstreams.set_gate(now, Source::Screen, false);
    receive(&mut upstreams, now, &screen(5, DELTA));
    upstreams.set_gate(now, Source::Screen, true);
    assert!(receive(&mut upstreams, now, &screen(4, DELTA)).is_none(), "older than what was gated");
    assert!(receive(&mut upstreams, now, &screen_rtx(1, 3, DELTA)).is_none(), "nor by retransmission");
    let after = receive(&mut upstreams, now, &screen(6, KEY)).unwrap();
    assert!(receive(&mut upstreams, now, &screen_rtx(2, 5, DELTA)).is_none());
    assert_eq!(after.sequence, before.sequence + 1, "numbers go on");
    assert_ne!(after.epoch, before.epoch, "but it is another start");
}

#[test]
fn streams_are_known_after_their_names_vanished() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    for layer in 0..3 {
        receive(&mut upstreams, now, &camera(layer, 1, KEY)).unwrap();
        let mut nameless = camera(layer, 2, DELTA);
        nameless.extensions.clear();
        assert_eq!(receive(&mut upstreams, now, &nameless).map(|packet| packet.layer), Some(layer));
    }
}

#[test]
fn a_layer_that_does_not_say_its_name_is_not_guessed() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let nameless = Rtp::new(9, VP8, 1, KEY);
    assert!(
        receive(&mut upstreams, now, &nameless).is_none(),
        "camera and screen both have this payload type"
    );
    assert!(receive(&mut upstreams, now, &nameless.clone().with(MID, "1")).is_none(), "no rid");
    assert!(
        receive(&mut upstreams, now, &nameless.clone().with(MID, "1").with(RID, "x")).is_none(),
        "unknown rid"
    );
    assert!(receive(&mut upstreams, now, &nameless.with(MID, "7")).is_none(), "unknown mid");
    assert_eq!(upstreams.counters().unbound, 4);
}

#[test]
fn a_payload_type_of_one_source_alone_names_it() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let packet = receive(&mut upstreams, now, &Rtp::new(9, OPUS, 1, &[1])).unwrap();
    assert_eq!(packet.publication.source, Source::Mic);
}

#[test]
fn an_ssrc_named_in_the_offer_needs_no_extension() {
    let now = Instant::now();
    let mut session = session();
    session.upstream[2].upstream = Upstream::Single { ssrc: Some(50), rtx: Some(51) };
    let mut upstreams = upstreams();
    upstreams.renegotiate(&session);
    upstreams.set_gate(now, Source::Screen, true);
    receive(&mut upstreams, now, &Rtp::new(50, VP8, 1, KEY)).unwrap();
    receive(&mut upstreams, now, &Rtp::new(50, VP8, 3, DELTA)).unwrap();
    receive(&mut upstreams, now, &Rtp::new(51, VP8_RTX, 1, &[&[0, 2], DELTA].concat())).unwrap();
    assert!(receive(&mut upstreams, now, &Rtp::new(52, OPUS, 1, KEY)).is_none(), "a gated mic");
}

#[test]
fn a_source_does_not_take_another_kinds_payload() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    receive(&mut upstreams, now, &mic(1)).unwrap();
    let mut picture = mic(2);
    picture.payload_type = VP8;
    assert!(receive(&mut upstreams, now, &picture).is_none());
    assert_eq!(upstreams.counters().unknown_payload_type, 1);
}

#[test]
fn a_new_ssrc_takes_the_layers_place() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let before = receive(&mut upstreams, now, &screen(40_000, KEY)).unwrap();
    let mut other = screen(7, KEY);
    other.ssrc = 99;
    let after = receive(&mut upstreams, now, &other).unwrap();
    assert!(after.sequence > before.sequence);
    assert_ne!(after.epoch, before.epoch);
    for ssrc in 1_000..5_000 {
        other.ssrc = ssrc;
        receive(&mut upstreams, now, &other).unwrap();
    }
    assert!(upstreams.stored(Source::Screen, 0, after.sequence).is_none(), "bounded by the ring");
}

#[test]
fn a_renegotiation_keeps_gates_rings_and_streams() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let packet = receive(&mut upstreams, now, &camera(0, 1, KEY)).unwrap();
    upstreams.renegotiate(&session());
    assert!(upstreams.stored(Source::Camera, 0, packet.sequence).is_some());
    let mut nameless = camera(0, 2, DELTA);
    nameless.extensions.clear();
    assert_eq!(receive(&mut upstreams, now, &nameless).map(|next| next.sequence), Some(packet.sequence + 1));
}

/// Neither a source nor a layer that goes and comes back uses a number twice: viewers' forwarders and other threads know the old ones.
#[test]
fn numbers_go_on_over_an_offer_without_the_source() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let before = receive(&mut upstreams, now, &screen(1, KEY)).unwrap();
    let layer = receive(&mut upstreams, now, &camera(2, 1, KEY)).unwrap();
    let mut less = session();
    less.upstream.retain(|track| track.source != Source::Screen);
    less.upstream[1].upstream = Upstream::Simulcast { rids: ["q", "h"].map(mid).to_vec() };
    upstreams.renegotiate(&less);
    assert!(receive(&mut upstreams, now, &screen(2, KEY)).is_none(), "absent");
    assert!(receive(&mut upstreams, now, &camera(2, 2, KEY)).is_none());
    assert!(upstreams.stored(Source::Screen, 0, before.sequence).is_none(), "and nothing of it is kept");
    assert!(upstreams.stored(Source::Camera, 2, layer.sequence).is_none());
    upstreams.renegotiate(&session());
    for (before, packet) in [(before, screen(1, KEY)), (layer, camera(2, 1, KEY))] {
        let after = receive(&mut upstreams, now, &packet).unwrap();
        assert!(after.sequence > before.sequence, "{} after {}", after.sequence, before.sequence);
        assert!(after.epoch > before.epoch, "{} after {}", after.epoch, before.epoch);
    }
}

#[test]
fn picture_ids_of_7_bits_are_counted_on() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let picture = |upstreams: &mut Upstreams, sequence: u16, id: u16| {
        let packet = screen(sequence, &[0x90, 0x80, (id & 0x7f) as u8, 0x11]);
        receive(upstreams, now, &packet)
            .and_then(|packet| packet.vp8?.picture_id)
            .map(|picture| picture.value)
    };
    for sequence in 0..1_000 {
        if sequence % 10 != 7 {
            assert_eq!(picture(&mut upstreams, sequence, 120 + sequence), Some(120 + sequence));
        }
    }
    for late in [987, 997] {
        assert_eq!(picture(&mut upstreams, late, 120 + late), Some(120 + late), "one that comes late");
    }
    assert_eq!(picture(&mut upstreams, 1_100, 1_220), Some(1_220), "after many were lost");
}

#[test]
fn a_gate_opened_before_its_source_was_negotiated_is_open() {
    let now = Instant::now();
    let mut less = session();
    less.upstream.truncate(1);
    let mut upstreams = Upstreams::new(media::PeerId { worker: media::WorkerId(0), serial: 1 }, &less);
    upstreams.set_gate(now, Source::Screen, true);
    upstreams.renegotiate(&session());
    assert!(receive(&mut upstreams, now, &screen(1, KEY)).is_some());
    assert!(receive(&mut upstreams, now, &camera(0, 1, KEY)).is_none());
}

#[test]
fn a_retransmission_fills_the_gap_once() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let first = receive(&mut upstreams, now, &screen(65_535, KEY)).unwrap();
    receive(&mut upstreams, now, &screen(1, DELTA)).unwrap();
    let mut again = screen_rtx(9, 0, DELTA);
    again.timestamp = 77;
    let recovered = receive(&mut upstreams, now, &again).unwrap();
    assert_eq!((recovered.sequence, recovered.timestamp), (first.sequence + 1, 77));
    assert_eq!(recovered.payload(), DELTA);
    again.sequence += 1;
    assert!(receive(&mut upstreams, now, &again).is_none(), "retransmitted twice");
    assert!(receive(&mut upstreams, now, &screen(0, DELTA)).is_none(), "and the original came after all");
    assert_eq!((upstreams.counters().recovered, upstreams.counters().duplicate), (1, 2));
}

#[test]
fn simulcast_retransmissions_are_told_by_the_layer_they_repair() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    receive(&mut upstreams, now, &camera(2, 1, KEY)).unwrap();
    receive(&mut upstreams, now, &camera(2, 3, DELTA)).unwrap();
    let rtx = Rtp::new(0xcaf, VP8_RTX, 1, &[&[0, 2], DELTA].concat()).with(MID, "1");
    assert!(receive(&mut upstreams, now, &rtx).is_none(), "of which layer?");
    let recovered = receive(&mut upstreams, now, &rtx.with(REPAIRED_RID, "f")).unwrap();
    assert_eq!(recovered.layer, 2);
}

#[test]
fn probes_are_never_media() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let probe = |sequence| screen_rtx(sequence, 0, &[]);
    let mut before = probe(1).padded(255);
    before.payload.clear();
    assert!(receive(&mut upstreams, now, &before).is_none(), "before any media");
    let first = receive(&mut upstreams, now, &screen(1, KEY)).unwrap();
    for sequence in 2..1_200 {
        let mut probe = probe(sequence).padded(224);
        probe.payload.clear();
        assert!(receive(&mut upstreams, now, &probe).is_none());
    }
    assert!(receive(&mut upstreams, now, &screen_rtx(1_200, 1, KEY)).is_none(), "a probe made of old media");
    let next = receive(&mut upstreams, now, &screen(2, DELTA)).unwrap();
    assert_eq!(next.sequence, first.sequence + 1);
    assert_eq!((upstreams.counters().padding, upstreams.counters().duplicate), (1_199, 1));
}

#[test]
fn padding_at_a_closed_gate_is_no_attempt_to_be_seen() {
    let (mut upstreams, now) = (upstreams(), Instant::now());
    assert!(receive(&mut upstreams, now, &screen(1, &[]).padded(200)).is_none());
    assert_eq!((upstreams.counters().padding, upstreams.counters().gated(Source::Screen)), (1, 0));
}

#[test]
fn padding_is_taken_off_media() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let packet = receive(&mut upstreams, now, &screen(1, KEY).padded(3)).unwrap();
    assert_eq!(packet.payload(), KEY);
}

#[test]
fn the_audio_level_is_read_where_it_belongs() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    let packet = receive(&mut upstreams, now, &mic(1).with(LEVEL, [0x80 | 33])).unwrap();
    assert_eq!(packet.audio_level, Some(33));
    assert_eq!(receive(&mut upstreams, now, &mic(2)).unwrap().audio_level, None);
    assert!(packet.keyframe_start, "one may start with any packet of sound");
}

#[test]
fn live_layers_are_those_that_arrive() {
    let mut clock = Clock::new();
    let mut upstreams = opened(clock.now);
    for sequence in 0..100 {
        let now = clock.pass(10);
        receive(&mut upstreams, now, &camera(0, sequence, KEY));
        receive(&mut upstreams, now, &camera(1, sequence, &[KEY, &[0; 120]].concat()));
    }
    let layers: Vec<_> = upstreams.live_layers(Source::Camera, clock.now).collect();
    assert_eq!(layers.iter().map(|live| live.layer).collect::<Vec<_>>(), [0, 1]);
    assert!((90_000..=110_000).contains(&layers[1].bitrate), "{layers:?}");
    for sequence in 100..200 {
        receive(&mut upstreams, clock.pass(10), &camera(0, sequence, KEY));
    }
    let layers: Vec<_> = upstreams.live_layers(Source::Camera, clock.now).map(|live| live.layer).collect();
    assert_eq!(layers, [0]);
}

#[test]
fn what_does_not_parse_is_dropped_and_counted() {
    let now = Instant::now();
    let mut upstreams = opened(now);
    assert!(upstreams.receive_rtp(now, &[0x80; 5]).is_none());
    assert!(receive(&mut upstreams, now, &screen(1, &[0x90])).is_none(), "half a descriptor");
    let long = [KEY, &[0; media::MAX_PAYLOAD]].concat();
    assert!(receive(&mut upstreams, now, &screen(2, &long)).is_none());
    upstreams.receive_rtcp(now, &[0x80, 200, 0, 9]);
    let counters = upstreams.counters();
    assert_eq!((counters.malformed, counters.oversized, counters.malformed_control), (2, 1, 1));
}

proptest! {
    /// Loss, reordering, duplicates, retransmissions and padding in any mixture: no number is returned twice, and whatever is returned
    /// is what the publisher sent under it.
    #[test]
    fn every_packet_passes_at_most_once(
        events in prop::collection::vec((0u16..40, 0u8..10, any::<bool>()), 1..800),
        start: u16,
    ) {
        let now = Instant::now();
        let mut upstreams = opened(now);
        let mut head = start;
        let mut seen = std::collections::HashMap::new();
        for (back, what, by_rtx) in events {
            let sequence = if what < 6 { head = head.wrapping_add(1); head } else { head.wrapping_sub(back) };
            let payload = [DELTA, &sequence.to_be_bytes()].concat();
            let packet = match (sequence % 7 == 0, by_rtx) {
                (true, _) => screen(sequence, &[]).padded(9),
                (false, true) => screen_rtx(0, sequence, &payload),
                (false, false) => screen(sequence, &payload),
            };
            if let Some(packet) = receive(&mut upstreams, now, &packet) {
                prop_assert_eq!(packet.payload(), &payload);
                prop_assert!(seen.insert(packet.sequence, sequence).is_none());
            }
        }
        let newest = seen.keys().max().copied().unwrap_or(0);
        for (number, sequence) in seen {
            if number + VIDEO_RING as u64 > newest {
                let kept = upstreams.stored(Source::Screen, 0, number).map(|packet| packet.payload().to_vec());
                prop_assert_eq!(kept, Some([DELTA, &sequence.to_be_bytes()].concat()));
            }
        }
    }

    #[test]
    fn survives_anything(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..50)) {
        let now = Instant::now();
        let mut upstreams = opened(now);
        for mut packet in packets {
            if let [first, payload_type, ..] = &mut packet[..] {
                *first = *first & 0x3f | 0x80;
                *payload_type = VP8 + (*payload_type & 1);
            }
            upstreams.receive_rtp(now, &packet);
            upstreams.receive_rtcp(now, &packet);
            upstreams.poll_rtcp(now + std::time::Duration::from_secs(1), |_| {});
        }
    }
}
