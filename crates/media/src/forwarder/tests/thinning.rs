//! Temporal layers left out: the viewer's stream has no hole that the publisher's network did not make, whatever was lost or late.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::stage::{FRAME, Stream, Viewer};
use crate::Packet;
use crate::congestion::Step;
use crate::forwarder::{MAX_SEGMENTS, TOP};

/// The temporal layers of four frames, as Chromium's VP8 has them, and where one may go up.
const PATTERN: [(u8, bool); 4] = [(0, false), (2, true), (1, true), (2, true)];

fn at_most(temporal: u8) -> Option<Step> {
    Some(Step { spatial: TOP.spatial, temporal })
}

/// A camera of three temporal layers, frame after frame.
struct Camera {
    stream: Stream,
    count: usize,
    now: Instant,
}

impl Camera {
    fn new() -> Camera {
        Camera { stream: Stream::new(1, 0), count: 0, now: Instant::now() }
    }

    fn frame(&mut self, packets: usize) -> Vec<Arc<Packet>> {
        let (temporal, sync) = PATTERN[self.count % PATTERN.len()];
        (self.stream.temporal, self.stream.sync) = (temporal, sync);
        self.now += FRAME;
        self.count += 1;
        self.stream.frame(self.now, packets, self.count == 1)
    }
}

fn show(viewer: &mut Viewer, packet: &Arc<Packet>) {
    viewer.take(packet);
}

fn numbers(viewer: &Viewer) -> Vec<(u16, u16)> {
    viewer.sent.iter().map(|sent| (sent.sequence, sent.picture)).collect()
}

#[test]
fn what_is_left_out_leaves_no_hole_in_packets_nor_pictures() {
    for (temporal, share) in [(0, 4), (1, 2), (2, 1)] {
        let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
        viewer.forwarder.aim_at(at_most(temporal));
        for _ in 0..400 {
            camera.frame(3).iter().for_each(|packet| show(&mut viewer, packet));
        }
        assert_eq!(viewer.sent.len(), 1200 / share, "up to temporal layer {temporal}");
        for pair in numbers(&viewer).windows(2) {
            assert_eq!(pair[1].0, pair[0].0.wrapping_add(1));
            let step = pair[1].1.wrapping_sub(pair[0].1) & 0x7fff;
            assert!(step <= 1, "pictures step by one: {step}");
        }
    }
}

#[test]
fn down_takes_effect_with_the_next_frame_and_up_where_the_encoder_allows_it() {
    let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
    let taken = |viewer: &mut Viewer, camera: &mut Camera, frames: usize| {
        let whole = |packets: &[Arc<Packet>], viewer: &mut Viewer| {
            let taken: Vec<_> = packets.iter().map(|packet| viewer.take(packet)).collect();
            assert!(taken.iter().all(|one| *one == taken[0]), "no frame in part");
            taken[0]
        };
        (0..frames).map(|_| whole(&camera.frame(2), viewer)).collect::<Vec<_>>()
    };
    assert_eq!(taken(&mut viewer, &mut camera, 4), [true; 4]);
    viewer.forwarder.aim_at(at_most(0));
    assert_eq!(taken(&mut viewer, &mut camera, 4), [true, false, false, false]);
    viewer.forwarder.aim_at(at_most(1));
    assert_eq!(taken(&mut viewer, &mut camera, 4), [true, false, true, false]);
}

#[test]
fn a_frame_goes_on_as_it_began() {
    let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
    camera.frame(1).iter().for_each(|packet| show(&mut viewer, packet));
    let frame = camera.frame(3);
    assert!(viewer.take(&frame[0]));
    viewer.forwarder.aim_at(at_most(0));
    assert!(viewer.take(&frame[1]) && viewer.take(&frame[2]), "the rest of it");
}

#[test]
fn what_comes_late_and_was_left_out_is_filled() {
    let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
    viewer.forwarder.aim_at(at_most(0));
    camera.frame(1).iter().for_each(|packet| show(&mut viewer, packet));
    let lost = camera.frame(1);
    for _ in 0..3 {
        camera.frame(1).iter().for_each(|packet| show(&mut viewer, packet));
    }
    assert_eq!(viewer.filled, 0);
    // Nobody knew what it was, so a number was kept for it.
    assert_eq!(viewer.sent[1].sequence, viewer.sent[0].sequence.wrapping_add(2));
    assert!(!viewer.take(&lost[0]));
    assert_eq!(viewer.filled, 1);
}

#[test]
fn what_was_sent_two_seconds_ago_can_be_found_again() {
    let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
    viewer.forwarder.aim_at(at_most(1));
    for _ in 0..120 {
        camera.frame(2).iter().for_each(|packet| show(&mut viewer, packet));
    }
    let remembered = viewer.sent.len().min(2 * MAX_SEGMENTS - 2);
    let sent: Vec<_> = viewer.sent.iter().rev().take(remembered).cloned().collect();
    for sent in sent {
        let found = viewer.forwarder.missed(camera.now, sent.sequence, Duration::ZERO);
        assert_eq!(found, Ok((0, sent.packet.sequence)));
        assert!(viewer.forwarder.resend(&sent.packet, sent.sequence).is_some());
    }
}

/// What becomes of the next frame.
#[derive(Clone, Debug)]
struct Event {
    packets: usize,
    /// Which of its packets comes how many frames late; later than 8 never.
    late: Option<(usize, usize)>,
    aim: Option<u8>,
}

fn event() -> impl Strategy<Value = Event> {
    (1usize..4, prop::option::weighted(0.25, (0usize..3, 0usize..12)), prop::option::weighted(0.1, 0u8..3))
        .prop_map(|(packets, late, aim)| Event { packets, late, aim })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Every packet that arrived by the end has a number of its own or none; numbers without a packet are those of packets that never came,
    /// and filled ones; and the order of numbers is the publisher's.
    #[test]
    fn numbers_stand_for_packets(events in prop::collection::vec(event(), 1..80)) {
        let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
        let mut waiting: BTreeMap<usize, Vec<Arc<Packet>>> = BTreeMap::new();
        let (mut lost, mut frames) = (0usize, 0usize);
        for (at, event) in events.iter().enumerate() {
            if let Some(aim) = event.aim.filter(|_| at > 0) {
                viewer.forwarder.aim_at(at_most(aim));
            }
            frames += 1;
            for (index, packet) in camera.frame(event.packets).into_iter().enumerate() {
                match event.late.filter(|(which, _)| *which == index && at > 0) {
                    Some((_, late)) if late > 8 => lost += 1,
                    Some((_, late)) => waiting.entry(at + late).or_default().push(packet),
                    None => show(&mut viewer, &packet),
                }
            }
            for packet in waiting.remove(&at).unwrap_or_default() {
                viewer.take(&packet);
            }
        }
        let still: usize = waiting.values().map(Vec::len).sum();
        let mut sent: Vec<_> = viewer.sent.iter().map(|one| (one.sequence.wrapping_sub(viewer.sent[0].sequence), one.packet.sequence)).collect();
        sent.sort_unstable();
        prop_assert!(sent.windows(2).all(|pair| pair[0].0 < pair[1].0), "no number twice");
        prop_assert!(sent.windows(2).all(|pair| pair[0].1 < pair[1].1), "in the publisher's order");
        let span = sent.last().map_or(0, |last| usize::from(last.0) + 1);
        let holes = span - sent.len();
        prop_assert!(holes <= lost + still + viewer.filled, "{holes} holes: {lost} lost, {still} under way, {} filled, of {frames} frames", viewer.filled);
    }
}
