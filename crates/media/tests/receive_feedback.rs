//! What a publisher is told: reports, NACKs, keyframe requests, transport-wide feedback.

#![allow(clippy::unwrap_used, reason = "a test's own tools may fail as its assertions do")]

mod receive_wire;

use std::time::{Duration, Instant};

use media::Source;
use media::publication::{
    FEEDBACK_INTERVAL, KEYFRAME_INTERVAL, MAX_KEYFRAME_TRIES, REPORT_INTERVAL, Upstreams,
};
use rtc_rtcp::goodbye::Goodbye;
use rtc_rtcp::packet::{self, Packet};
use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::reception_report::ReceptionReport;
use rtc_rtcp::sender_report::SenderReport;
use rtc_rtcp::source_description::SourceDescription;
use rtc_rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc_rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use rtc_shared::marshal::Marshal;

use receive_wire::*;

/// Everything sent at a moment, read by somebody else's reader.
fn poll(upstreams: &mut Upstreams, now: Instant) -> Vec<Box<dyn Packet>> {
    let mut packets = Vec::new();
    upstreams.poll_rtcp(now, |datagram| {
        assert!(datagram.len() <= 1200);
        packets.extend(packet::unmarshal(&mut &*datagram).unwrap());
    });
    packets
}

fn of<T: Packet + Clone + 'static>(packets: &[Box<dyn Packet>]) -> Vec<T> {
    packets.iter().filter_map(|packet| packet.as_any().downcast_ref::<T>()).cloned().collect()
}

/// The SSRCs keyframes are asked of.
fn keyframes(upstreams: &mut Upstreams, now: Instant) -> Vec<u32> {
    of::<PictureLossIndication>(&poll(upstreams, now)).iter().map(|request| request.media_ssrc).collect()
}

fn nacked(upstreams: &mut Upstreams, now: Instant) -> Vec<u16> {
    let nacks = of::<TransportLayerNack>(&poll(upstreams, now));
    nacks.iter().flat_map(|nack| &nack.nacks).flat_map(|pair| pair.packet_list()).collect()
}

fn report(upstreams: &mut Upstreams, now: Instant) -> Vec<ReceptionReport> {
    of::<ReceiverReport>(&poll(upstreams, now)).into_iter().flat_map(|report| report.reports).collect()
}

fn receive(upstreams: &mut Upstreams, now: Instant, packet: &Rtp) -> bool {
    upstreams.receive_rtp(now, &packet.bytes()).is_some()
}

fn opened(now: Instant) -> Upstreams {
    let mut upstreams = upstreams();
    Source::ALL.into_iter().for_each(|source| upstreams.set_gate(now, source, true));
    upstreams
}

#[test]
fn nothing_received_nothing_said() {
    let mut clock = Clock::new();
    let mut upstreams = opened(clock.now);
    assert_eq!(upstreams.next_timeout(), None);
    assert!(poll(&mut upstreams, clock.pass(10_000)).is_empty());
}

#[test]
fn opening_the_gate_of_a_running_camera_asks_for_a_keyframe_at_once() {
    let mut clock = Clock::new();
    let mut upstreams = upstreams();
    for layer in 0..3 {
        receive(&mut upstreams, clock.now, &camera(layer, 1, DELTA));
    }
    assert!(keyframes(&mut upstreams, clock.now).is_empty(), "not while it is closed");
    upstreams.set_gate(clock.now, Source::Camera, true);
    assert_eq!(upstreams.next_timeout(), Some(clock.now));
    assert_eq!(keyframes(&mut upstreams, clock.now), [0xca2], "of one layer: a browser answers on all");
    let now = clock.pass(40);
    (0..3).for_each(|layer| assert!(receive(&mut upstreams, now, &camera(layer, 2, KEY))));
    assert!(keyframes(&mut upstreams, clock.pass(5_000)).is_empty(), "answered");
}

#[test]
fn a_publisher_that_starts_with_keyframes_is_not_asked() {
    let clock = Clock::new();
    let mut upstreams = opened(clock.now);
    (0..3).for_each(|layer| assert!(receive(&mut upstreams, clock.now, &camera(layer, 1, KEY))));
    assert!(keyframes(&mut upstreams, clock.now).is_empty());
}

/// A still screen of a stack that sends nothing while it is still: whoever joins now would see nothing until it moves.
#[test]
fn a_source_that_fell_silent_is_asked_for_a_keyframe_all_the_same() {
    let mut clock = Clock::new();
    let mut upstreams = opened(clock.now);
    receive(&mut upstreams, clock.now, &screen(1, KEY));
    (0..3).for_each(|layer| assert!(receive(&mut upstreams, clock.now, &camera(layer, 1, KEY))));
    assert!(keyframes(&mut upstreams, clock.now).is_empty());
    clock.pass(60_000);
    poll(&mut upstreams, clock.now);
    upstreams.request_keyframe(Source::Screen, 0);
    upstreams.request_keyframe(Source::Camera, 2);
    let mut asked = Vec::new();
    let end = clock.now + KEYFRAME_INTERVAL * 60;
    while let Some(due) = upstreams.next_timeout().filter(|due| *due < end) {
        clock.now = clock.now.max(due);
        asked.push(keyframes(&mut upstreams, clock.now));
    }
    assert_eq!(asked, vec![vec![0xca2, 0x5c4ee0]; usize::from(MAX_KEYFRAME_TRIES)]);
    upstreams.request_keyframe(Source::Screen, 0);
    let answered = clock.pass(1_000);
    assert_eq!(keyframes(&mut upstreams, answered), [0x5c4ee0]);
    receive(&mut upstreams, answered, &screen(2, KEY));
    assert!(keyframes(&mut upstreams, clock.pass(10_000)).is_empty(), "answered");
}

#[test]
fn any_number_of_requests_is_one_a_second() {
    let mut clock = Clock::new();
    let start = clock.now;
    let mut upstreams = opened(start);
    let mut sent = 0;
    for sequence in 0..4_999 {
        let now = clock.pass(1);
        receive(&mut upstreams, now, &screen(sequence, if sequence % 100 == 3 { KEY } else { DELTA }));
        (0..20).for_each(|_| upstreams.request_keyframe(Source::Screen, 0));
        sent += keyframes(&mut upstreams, now).len();
    }
    assert_eq!(sent, 5);
    assert_eq!(upstreams.counters().keyframe_requests, 5);
}

#[test]
fn a_request_waits_for_its_second_and_is_dropped_when_answered() {
    let mut clock = Clock::new();
    let mut upstreams = opened(clock.now);
    receive(&mut upstreams, clock.now, &screen(1, DELTA));
    assert_eq!(keyframes(&mut upstreams, clock.now).len(), 1);
    let first = clock.now;
    receive(&mut upstreams, clock.pass(100), &screen(2, KEY));
    upstreams.request_keyframe(Source::Screen, 0);
    assert!(keyframes(&mut upstreams, clock.now).is_empty());
    assert!(upstreams.next_timeout().is_some_and(|due| due <= first + KEYFRAME_INTERVAL));
    assert_eq!(keyframes(&mut upstreams, first + KEYFRAME_INTERVAL).len(), 1);
    receive(&mut upstreams, first + KEYFRAME_INTERVAL, &screen(3, DELTA));
    upstreams.request_keyframe(Source::Screen, 0);
    receive(&mut upstreams, first + KEYFRAME_INTERVAL, &screen(4, KEY));
    assert!(keyframes(&mut upstreams, first + 2 * KEYFRAME_INTERVAL).is_empty());
}

#[test]
fn a_closed_gate_asks_for_nothing() {
    let mut clock = Clock::new();
    let mut upstreams = upstreams();
    receive(&mut upstreams, clock.now, &screen(1, DELTA));
    receive(&mut upstreams, clock.now, &screen(9, DELTA));
    upstreams.request_keyframe(Source::Screen, 0);
    let packets = poll(&mut upstreams, clock.pass(500));
    assert!(packets.is_empty(), "{packets:?}");
}

#[test]
fn missing_pictures_are_asked_for_and_missing_sound_is_not() {
    let mut clock = Clock::new();
    let mut upstreams = opened(clock.now);
    receive(&mut upstreams, clock.now, &screen(65_534, KEY));
    receive(&mut upstreams, clock.now, &screen(2, DELTA));
    receive(&mut upstreams, clock.now, &mic(1));
    receive(&mut upstreams, clock.now, &mic(5));
    assert_eq!(nacked(&mut upstreams, clock.now), [65_535], "the others may just be late");
    assert_eq!(nacked(&mut upstreams, clock.pass(10)), [0, 1]);
    assert!(receive(&mut upstreams, clock.now, &screen_rtx(1, 0, DELTA)));
    assert_eq!(nacked(&mut upstreams, clock.pass(200)), [65_535, 1], "again, but not what came");
}

#[test]
fn a_packet_that_never_comes_ends_in_a_keyframe() {
    let mut clock = Clock::new();
    let mut upstreams = opened(clock.now);
    receive(&mut upstreams, clock.now, &screen(1, KEY));
    receive(&mut upstreams, clock.now, &screen(3, DELTA));
    let mut asked = (0, 0);
    for sequence in 4..204 {
        let now = clock.pass(10);
        receive(&mut upstreams, now, &screen(sequence, DELTA));
        let packets = poll(&mut upstreams, now);
        asked.0 += of::<TransportLayerNack>(&packets).len();
        asked.1 += of::<PictureLossIndication>(&packets).len();
    }
    assert!((4..=8).contains(&asked.0), "{asked:?}");
    assert!(asked.1 >= 1);
    assert_eq!(upstreams.counters().given_up, 1);
}

#[test]
fn a_packet_older_than_the_last_keyframe_is_given_up_silently() {
    let mut clock = Clock::new();
    let mut upstreams = opened(clock.now);
    receive(&mut upstreams, clock.now, &screen(1, KEY));
    receive(&mut upstreams, clock.now, &screen(3, KEY));
    for sequence in 4..204 {
        let now = clock.pass(10);
        receive(&mut upstreams, now, &screen(sequence, DELTA));
        assert!(keyframes(&mut upstreams, now).is_empty());
    }
    assert_eq!(upstreams.counters().given_up, 1);
}

#[test]
fn nobody_asks_for_a_keyframe_of_sound() {
    let clock = Clock::new();
    let mut upstreams = opened(clock.now);
    receive(&mut upstreams, clock.now, &mic(1));
    upstreams.request_keyframe(Source::Mic, 0);
    assert!(keyframes(&mut upstreams, clock.now).is_empty());
}

#[test]
fn a_long_gap_ends_in_a_keyframe_at_once() {
    let mut clock = Clock::new();
    let mut upstreams = opened(clock.now);
    receive(&mut upstreams, clock.now, &screen(1, KEY));
    receive(&mut upstreams, clock.pass(10), &screen(1_000, DELTA));
    let packets = poll(&mut upstreams, clock.now);
    assert_eq!(of::<PictureLossIndication>(&packets).len(), 1);
    assert!(of::<TransportLayerNack>(&packets).is_empty());
    assert_eq!(upstreams.counters().nack_overflows, 1);
}

#[test]
fn reports_cover_every_stream_gated_or_not() {
    let mut clock = Clock::new();
    let mut upstreams = upstreams();
    for sequence in [1, 2, 4] {
        receive(&mut upstreams, clock.now, &screen(sequence, DELTA));
        receive(&mut upstreams, clock.now, &mic(sequence));
    }
    assert!(upstreams.next_timeout().is_some());
    let reports = report(&mut upstreams, clock.pass(REPORT_INTERVAL.as_millis() as u64));
    let loss: Vec<_> =
        reports.iter().map(|report| (report.ssrc, report.fraction_lost, report.total_lost)).collect();
    assert_eq!(loss, [(0x3c, 64, 1), (0x5c4ee0, 64, 1)]);
    assert!(report(&mut upstreams, clock.pass(5_000)).is_empty(), "nothing new");
}

#[test]
fn the_server_has_one_name_in_reports_and_descriptions() {
    let mut clock = Clock::new();
    let mut upstreams = upstreams();
    receive(&mut upstreams, clock.now, &mic(1));
    let packets = poll(&mut upstreams, clock.pass(1_000));
    let names = of::<SourceDescription>(&packets);
    assert_eq!(names[0].chunks[0].items[0].text, media::sdp::CNAME);
}

#[test]
fn a_sender_report_is_kept_and_answered() {
    let mut clock = Clock::new();
    let mut upstreams = upstreams();
    receive(&mut upstreams, clock.now, &mic(1));
    let sent =
        SenderReport { ssrc: 0x3c, ntp_time: 0xaaaa_1234_5678_bbbb, rtp_time: 48_000, ..Default::default() };
    upstreams.receive_rtcp(clock.now, &sent.marshal().unwrap());
    let reports = report(&mut upstreams, clock.pass(1_000));
    assert_eq!((reports[0].last_sender_report, reports[0].delay), (0x1234_5678, 0x1_0000));
    let sender = upstreams.sender_clock(Source::Mic, 0).unwrap();
    assert_eq!(sender.at(clock.now, 48_000), (0xaaaa_1235_5678_bbbb, 96_000));
    assert_eq!(upstreams.sender_clock(Source::Screen, 0), None);
}

#[test]
fn a_goodbye_ends_a_layer() {
    let clock = Clock::new();
    let mut upstreams = opened(clock.now);
    receive(&mut upstreams, clock.now, &camera(2, 1, KEY));
    assert_eq!(upstreams.live_layers(Source::Camera, clock.now).count(), 1);
    let goodbye = Goodbye { sources: vec![0xca2], reason: Default::default() };
    upstreams.receive_rtcp(clock.now, &goodbye.marshal().unwrap());
    assert_eq!(upstreams.live_layers(Source::Camera, clock.now).count(), 0);
}

#[test]
fn transport_feedback_covers_everything_that_arrived() {
    let mut clock = Clock::new();
    let mut upstreams = upstreams();
    upstreams.set_gate(clock.now, Source::Screen, true);
    let numbered = |packet: Rtp, number: u16| packet.with(TRANSPORT, number.to_be_bytes());
    let mut probe = screen_rtx(1, 0, &[]).padded(200);
    probe.payload.clear();
    let packets = [screen(1, KEY), probe, mic(1), camera(0, 1, KEY), Rtp::new(1, 1, 1, &[])];
    for (number, packet) in packets.into_iter().enumerate() {
        receive(&mut upstreams, clock.pass(1), &numbered(packet, 100 + number as u16));
    }
    assert!(of::<TransportLayerCc>(&poll(&mut upstreams, clock.now)).is_empty());
    let due = upstreams.next_timeout().unwrap();
    assert!(due <= clock.now + FEEDBACK_INTERVAL);
    let feedback = of::<TransportLayerCc>(&poll(&mut upstreams, due));
    let told: Vec<_> =
        feedback.iter().map(|one| (one.base_sequence_number, one.packet_status_count)).collect();
    assert_eq!(told, [(100, 5)]);
    assert_eq!(feedback[0].recv_deltas.len(), 5);
}

#[test]
fn no_transport_feedback_where_none_was_agreed() {
    let mut clock = Clock::new();
    let mut session = session();
    session.upstream.iter_mut().for_each(|track| track.transport_feedback = false);
    let mut upstreams = upstreams();
    upstreams.renegotiate(&session);
    receive(&mut upstreams, clock.now, &screen(1, KEY).with(TRANSPORT, [0, 1]));
    assert!(of::<TransportLayerCc>(&poll(&mut upstreams, clock.pass(100))).is_empty());
}

#[test]
fn a_timeout_is_always_followed_by_progress() {
    // An engine that polls at every timeout must not spin: each poll moves the next timeout on.
    let mut clock = Clock::new();
    let mut upstreams = opened(clock.now);
    for sequence in [1, 2, 7, 8, 30] {
        receive(
            &mut upstreams,
            clock.pass(3),
            &screen(sequence, DELTA).with(TRANSPORT, sequence.to_be_bytes()),
        );
    }
    let mut polls = 0;
    while let Some(due) = upstreams.next_timeout() {
        clock.now = clock.now.max(due);
        poll(&mut upstreams, clock.now);
        polls += 1;
        assert!(upstreams.next_timeout().is_none_or(|next| next > clock.now), "poll {polls}");
        assert!(polls < 100);
    }
    assert!(clock.now.elapsed() < Duration::from_secs(60));
}
