//! One thing at a time.

use std::time::{Duration, Instant};

use super::stage::{FRAME, Stream, Viewer, forwarder, sent, track};
use crate::forwarder::{
    CaptureClock, Forwarder, LAYER_SILENCE, Layers, MAX_HOLE, MAX_PADDING, MAX_SILENCE_COUNTED, Refusal,
    Verdict,
};
use crate::rtp::Header;
use crate::sdp::HeaderExtensions;
use crate::srtp::MAX_OVERHEAD;
use crate::{Kind, MAX_DATAGRAM, MAX_PAYLOAD, MAX_SENT};

const SPACING: Duration = Duration::from_millis(50);

#[test]
fn a_picture_begins_with_a_keyframe() {
    let (mut viewer, mut camera, now) = (Viewer::new(), Stream::new(1, 0), Instant::now());
    assert!(!viewer.take(&camera.frame(now, 1, false)[0]));
    assert_eq!(viewer.wishes, 1);
    assert!(viewer.take(&camera.frame(now, 1, true)[0]));
    assert!(viewer.take(&camera.frame(now, 1, false)[0]));
}

#[test]
fn sound_begins_anywhere_and_goes_on_over_a_switch() {
    let (mut forwarder, layers, start) = (forwarder(Kind::Audio), Layers::default(), Instant::now());
    let (mut one, mut other) = (Stream::new(1, 0), Stream::new(2, 0));
    let mut got = Vec::new();
    for step in 0..6u32 {
        let at = start + Duration::from_millis(20) * step;
        if step == 3 {
            forwarder.interrupt();
        }
        let packet = if step < 3 { one.sound(at) } else { other.sound(at) };
        let Verdict::Forward(mapping) = forwarder.forward(&packet, &layers) else {
            panic!("sound is not held back")
        };
        got.push(sent(&packet, &mapping));
    }
    for pair in got.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        assert_eq!(pair[1].timestamp.wrapping_sub(pair[0].timestamp), 960);
    }
}

#[test]
fn a_higher_layer_takes_over_at_its_keyframe_and_gives_way_when_it_falls_silent() {
    let (mut viewer, mut low, mut high) = (Viewer::new(), Stream::new(1, 0), Stream::new(1, 2));
    let mut now = Instant::now();
    viewer.take(&low.frame(now, 1, true)[0]);
    assert!(!viewer.take(&high.frame(now, 1, false)[0]), "no switch into the middle of a group of pictures");
    assert_eq!(viewer.wishes, 1);
    assert!(viewer.take(&low.frame(now, 1, false)[0]), "and the lower one goes on meanwhile");
    assert!(viewer.take(&high.frame(now, 1, true)[0]));
    assert!(!viewer.take(&low.frame(now, 1, false)[0]));
    let silent = now + LAYER_SILENCE;
    while now < silent {
        now += MAX_SILENCE_COUNTED;
        assert!(!viewer.take(&low.frame(now, 1, false)[0]));
    }
    assert!(viewer.take(&low.frame(now, 1, true)[0]), "the higher one stopped");
}

#[test]
fn what_is_late_from_before_the_switch_is_left_out() {
    let (mut viewer, mut camera, now) = (Viewer::new(), Stream::new(1, 0), Instant::now());
    let late = camera.frame(now, 1, false);
    assert!(viewer.take(&camera.frame(now, 1, true)[0]));
    assert!(!viewer.take(&late[0]));
    assert_eq!(viewer.wishes, 0, "and needs no keyframe");
}

#[test]
fn what_is_late_within_the_run_gets_its_own_number() {
    let (mut viewer, mut camera, now) = (Viewer::new(), Stream::new(1, 0), Instant::now());
    let packets = camera.frame(now, 3, true);
    for at in [0, 2, 1] {
        assert!(viewer.take(&packets[at]));
    }
    let first = viewer.sent[0].sequence;
    let numbers: Vec<_> = viewer.sent.iter().map(|sent| sent.sequence.wrapping_sub(first)).collect();
    assert_eq!(numbers, [0, 2, 1]);
}

#[test]
fn a_short_hole_stays_and_a_long_one_is_closed_at_a_keyframe() {
    let (mut viewer, mut camera, now) = (Viewer::new(), Stream::new(1, 0), Instant::now());
    viewer.take(&camera.frame(now, 1, true)[0]);
    camera.sequence += 5;
    viewer.take(&camera.frame(now, 1, false)[0]);
    assert_eq!(viewer.sent[1].sequence.wrapping_sub(viewer.sent[0].sequence), 6);
    camera.sequence += MAX_HOLE;
    assert!(!viewer.take(&camera.frame(now, 1, false)[0]));
    assert!(viewer.take(&camera.frame(now, 1, true)[0]));
    assert_eq!(viewer.sent[2].sequence.wrapping_sub(viewer.sent[1].sequence), 1);
}

#[test]
fn a_stream_that_starts_anew_waits_for_its_keyframe() {
    let (mut viewer, mut camera, now) = (Viewer::new(), Stream::new(1, 0), Instant::now());
    viewer.take(&camera.frame(now, 1, true)[0]);
    camera.epoch += 1;
    camera.timestamp = camera.timestamp.wrapping_add(1 << 30);
    assert!(!viewer.take(&camera.frame(now + FRAME, 1, false)[0]));
    assert!(viewer.take(&camera.frame(now + FRAME * 2, 1, true)[0]));
    assert_eq!(viewer.sent[1].timestamp.wrapping_sub(viewer.sent[0].timestamp), 66 * 90);
}

#[test]
fn a_viewer_without_the_codec_gets_nothing() {
    let mut track = track(Kind::Video);
    track.payload_types.clear();
    let mut forwarder = Forwarder::new(&track, &HeaderExtensions::default());
    let packet = &Stream::new(1, 0).frame(Instant::now(), 1, true)[0];
    assert_eq!(forwarder.forward(packet, &Layers::default()), Verdict::NoCodec);
}

#[test]
fn clocks_decide_over_arrival_at_a_switch() {
    let (mut viewer, mut low, mut high, now) =
        (Viewer::new(), Stream::new(1, 0), Stream::new(1, 1), Instant::now());
    let capture = now + Duration::from_secs(1);
    viewer.layers.set_clock(0, CaptureClock { rtp: low.timestamp, at: capture });
    viewer.layers.set_clock(1, CaptureClock { rtp: high.timestamp, at: capture });
    viewer.take(&low.frame(capture, 1, true)[0]);
    high.frame(capture, 1, false);
    // Captured one frame later, but it took 20 ms more to arrive.
    viewer.take(&high.frame(capture + FRAME + Duration::from_millis(20), 1, true)[0]);
    assert_eq!(viewer.sent[1].timestamp.wrapping_sub(viewer.sent[0].timestamp), 2970);
    assert_eq!(viewer.forwarder.timestamp_at(capture + FRAME * 2), Some(viewer.sent[1].timestamp));
}

#[test]
fn a_missed_packet_is_found_and_repaired_under_the_rtx_stream() {
    let (mut viewer, mut camera, now) = (Viewer::new(), Stream::new(1, 0), Instant::now());
    let packets = camera.frame(now, 3, true);
    packets.iter().for_each(|packet| assert!(viewer.take(packet)));
    let missed = viewer.sent[1].sequence;
    assert_eq!(viewer.forwarder.missed(now, missed, SPACING), Ok((0, packets[1].sequence)));
    let mapping = viewer.forwarder.resend(&packets[1], missed).unwrap();
    let mut space = [0; MAX_DATAGRAM];
    let length = mapping.write(&packets[1], 0, None, &mut space);
    let header = Header::parse(&space[..length]).unwrap();
    assert_eq!(
        (header.payload_type(), header.ssrc(), header.timestamp()),
        (97, 0x9abc, viewer.sent[1].timestamp)
    );
    assert_eq!(header.payload()[..2], missed.to_be_bytes());
    assert_eq!(header.payload().len(), packets[1].payload().len() + 2);
    assert_eq!(viewer.forwarder.missed(now, missed, SPACING), Err(Refusal::TooSoon));
}

#[test]
fn what_was_not_sent_is_not_found() {
    let (mut viewer, mut camera, now) = (Viewer::new(), Stream::new(1, 0), Instant::now());
    assert_eq!(viewer.forwarder.missed(now, 5, SPACING), Err(Refusal::NotSent));
    viewer.take(&camera.frame(now, 1, true)[0]);
    let only = viewer.sent[0].sequence;
    assert_eq!(viewer.forwarder.missed(now, only.wrapping_add(1), SPACING), Err(Refusal::NotSent));
    assert_eq!(viewer.forwarder.missed(now, only.wrapping_sub(1), SPACING), Err(Refusal::NotSent));
    viewer.interrupt();
    assert_eq!(
        viewer.forwarder.missed(now, only, SPACING),
        Err(Refusal::NotSent),
        "the slot shows somebody else"
    );
}

#[test]
fn padding_behind_a_packet_is_marked_and_counted() {
    let (mut viewer, mut camera, now) = (Viewer::new(), Stream::new(1, 0), Instant::now());
    let packet = &camera.frame(now, 1, true)[0];
    let Verdict::Forward(mapping) = viewer.forwarder.forward(packet, &viewer.layers) else {
        panic!("a keyframe")
    };
    let mut space = [0xff; MAX_DATAGRAM];
    let length = mapping.write(packet, 2, None, &mut space);
    let header = Header::parse(&space[..length]).unwrap();
    assert_eq!((header.padding(), header.payload().len()), (2, packet.payload().len()));
}

#[test]
fn the_audio_level_goes_along_where_it_was_negotiated() {
    let (mut forwarder, mut voice) = (forwarder(Kind::Audio), Stream::new(1, 0));
    let packet = voice.sound(Instant::now());
    let Verdict::Forward(mapping) = forwarder.forward(&packet, &Layers::default()) else { panic!("sound") };
    let mut space = [0; MAX_DATAGRAM];
    let length = mapping.write(&packet, 0, None, &mut space);
    assert_eq!(Header::parse(&space[..length]).unwrap().extension(Some(1)), Some(&[33][..]));
}

#[test]
fn a_packet_that_does_not_fit_is_not_written() {
    let (mut viewer, mut camera, now) = (Viewer::new(), Stream::new(1, 0), Instant::now());
    let packet = &camera.frame(now, 1, true)[0];
    let Verdict::Forward(mapping) = viewer.forwarder.forward(packet, &viewer.layers) else {
        panic!("a keyframe")
    };
    let needed = 12 + packet.payload().len();
    for room in 0..needed {
        assert_eq!(mapping.write(packet, 0, None, &mut vec![0; room]), 0);
    }
    assert_eq!(mapping.write(packet, 0, None, &mut vec![0; needed]), needed);
}

#[test]
fn picture_ids_go_on_from_a_publisher_of_15_bits_to_one_of_7() {
    let (mut viewer, mut long, mut short, now) =
        (Viewer::new(), Stream::new(1, 0), Stream::new(2, 0), Instant::now());
    short.short = true;
    short.picture = 3;
    viewer.take(&long.frame(now, 1, true)[0]);
    viewer.interrupt();
    for step in 0..200 {
        viewer.take(&short.frame(now + FRAME * (step + 1), 2, step == 0)[0]);
    }
    let steps = viewer.sent.windows(2).map(|pair| pair[1].picture.wrapping_sub(pair[0].picture) & 0x7fff);
    assert!(steps.eq(std::iter::repeat_n(1, 200)));
}

#[test]
fn a_grown_picture_id_moves_what_follows_it_and_nothing_else() {
    let (mut viewer, mut short) = (Viewer::new(), Stream::new(1, 0));
    short.short = true;
    let packet = &short.frame(Instant::now(), 1, true)[0];
    let Verdict::Forward(mapping) = viewer.forwarder.forward(packet, &viewer.layers) else {
        panic!("a keyframe")
    };
    let mut space = [0; MAX_DATAGRAM];
    let length = mapping.write(packet, 0, None, &mut space);
    let (before, written) = (packet.payload(), Header::parse(&space[..length]).unwrap().payload().to_vec());
    assert_eq!(written[..2], before[..2]);
    assert_eq!(written[2..4], (0x8000 | short.picture).to_be_bytes());
    assert_eq!(written[4..], before[3..]);
}

#[test]
fn the_longest_payload_leaves_within_an_ethernet_frame_even_when_it_is_repaired() {
    let (mut viewer, mut camera, now) = (Viewer::new(), Stream::new(1, 0), Instant::now());
    camera.short = true;
    camera.filling = MAX_PAYLOAD - 9;
    let packet = &camera.frame(now, 1, true)[0];
    assert!(viewer.take(packet));
    let mapping = viewer.forwarder.resend(packet, viewer.sent[0].sequence).unwrap();
    let mut space = [0; MAX_DATAGRAM];
    let length = mapping.write(packet, MAX_PADDING, None, &mut space);
    assert_eq!(length, 12 + 2 + 1 + MAX_PAYLOAD + usize::from(MAX_PADDING));
    assert!(length + 8 + MAX_OVERHEAD <= MAX_SENT, "with an extension and the tag: {length}");
}

#[test]
fn another_ssrc_is_another_stream() {
    let (mut viewer, mut camera, now) = (Viewer::new(), Stream::new(1, 0), Instant::now());
    (0..5).for_each(|_| assert!(viewer.take(&camera.frame(now, 1, true)[0])));
    let mut track = track(Kind::Video);
    viewer.forwarder.renegotiate(&track, &HeaderExtensions::default());
    assert_eq!(viewer.forwarder.sent().0, 5, "the same one goes on");
    track.ssrc.media += 1;
    viewer.forwarder.renegotiate(&track, &HeaderExtensions::default());
    assert_eq!(viewer.forwarder.sent(), (0, 0));
    assert_eq!(viewer.forwarder.timestamp_at(now), None);
    assert!(!viewer.take(&camera.frame(now, 1, false)[0]), "it starts with a keyframe");
    assert!(viewer.take(&camera.frame(now, 1, true)[0]));
    assert_eq!(viewer.sent[5].sequence, 0x1679, "and where any stream of this SSRC starts");
}
