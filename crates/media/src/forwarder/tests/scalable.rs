//! Layers that share a stream: what a viewer gets of them is whole pictures, without a hole, that end where the viewer's end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::stage::{AV1, FRAME, Sent, Stream, Viewer, sent, track};
use crate::codec::dependency;
use crate::congestion::Step;
use crate::sdp::HeaderExtensions;
use crate::{Kind, Packet};

fn up_to(spatial: u8, temporal: u8) -> Option<Step> {
    Some(Step { spatial, temporal })
}

/// A camera of three spatial layers and two temporal ones, two packets of each frame.
struct Camera {
    stream: Stream,
    count: u32,
    now: Instant,
    layers: u8,
}

impl Camera {
    fn new() -> Camera {
        Camera { stream: Stream::new(1, 0), count: 0, now: Instant::now(), layers: 3 }
    }

    fn picture(&mut self, keyframe: bool) -> Vec<Arc<Packet>> {
        self.stream.temporal = (self.count % 2) as u8;
        self.stream.sync = self.stream.temporal == 0;
        self.now += FRAME;
        self.count += 1;
        self.stream.picture(self.now, self.layers, 2, keyframe)
    }

    fn keyframe(&mut self) -> Vec<Arc<Packet>> {
        self.count = 0;
        self.picture(true)
    }
}

/// The spatial layers of a picture that were forwarded, each with all its packets.
fn taken(viewer: &mut Viewer, picture: &[Arc<Packet>]) -> Vec<u8> {
    let mut taken: Vec<u8> =
        picture.iter().filter(|packet| viewer.take(packet)).map(|packet| packet.spatial()).collect();
    assert_eq!(taken.len() % 2, 0, "no frame in part");
    taken.dedup();
    taken
}

/// Numbers step by one, and the marker stands on the last packet of each picture and nowhere else.
fn assert_whole(viewer: &Viewer) {
    for pair in viewer.sent.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        assert_eq!(pair[0].marker, pair[0].timestamp != pair[1].timestamp);
    }
    assert!(viewer.sent.last().unwrap().marker);
}

#[test]
fn a_viewer_gets_the_layers_up_to_the_one_aimed_at() {
    for spatial in 0..3u8 {
        let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
        viewer.forwarder.aim_at(up_to(spatial, 1));
        let expected: Vec<u8> = (0..=spatial).collect();
        assert_eq!(taken(&mut viewer, &camera.keyframe()), expected, "the keyframe");
        for _ in 0..50 {
            assert_eq!(taken(&mut viewer, &camera.picture(false)), expected);
        }
        assert_whole(&viewer);
        assert_eq!(viewer.wishes, 0);
    }
}

#[test]
fn frames_keep_their_distances_and_go_on_where_another_publisher_takes_over() {
    let (mut viewer, mut one, mut other) = (Viewer::new(), Camera::new(), Camera::new());
    viewer.forwarder.aim_at(up_to(1, 1));
    other.stream.skip_frames(20_000);
    for camera in [&mut one, &mut other] {
        taken(&mut viewer, &camera.keyframe());
        for _ in 0..20 {
            taken(&mut viewer, &camera.picture(false));
        }
        viewer.interrupt();
    }
    let theirs = |sent: &Sent| dependency::frame_number(sent.packet.descriptor()).unwrap();
    let told = |sent: &Sent| sent.frame.unwrap();
    for pair in viewer.sent.windows(2) {
        let expected =
            if pair[0].shown == pair[1].shown { theirs(&pair[1]).wrapping_sub(theirs(&pair[0])) } else { 1 };
        assert_eq!(told(&pair[1]).wrapping_sub(told(&pair[0])), expected);
    }
}

#[test]
fn a_viewer_that_takes_no_descriptor_gets_the_lowest_spatial_layer_of_av1() {
    let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
    camera.stream.codec = AV1;
    let extensions = HeaderExtensions { dependency_descriptor: None, ..HeaderExtensions::default() };
    viewer.forwarder.renegotiate(&track(Kind::Video), &extensions);
    for keyframe in [true, false, false, true, false] {
        assert_eq!(taken(&mut viewer, &camera.picture(keyframe)), [0]);
    }
    assert_whole(&viewer);
}

#[test]
fn streams_of_one_spatial_layer_each_are_simulcast_though_they_are_described() {
    let mut viewer = Viewer::new();
    let mut streams = [0, 1, 2].map(|layer| Stream::new(1, layer));
    for step in 0..5 {
        for stream in &mut streams {
            for packet in stream.picture(Instant::now() + step * FRAME, 1, 2, step == 0) {
                viewer.take(&packet);
            }
        }
    }
    assert!(!viewer.layers.is_scalable());
    assert_eq!(viewer.layers.target(), 2);
    assert_eq!(viewer.sent.last().unwrap().packet.layer, 2);
    assert!(viewer.layers.costs().iter().all(|cost| cost[3] == viewer.layers.costs()[0][3]));
}

#[test]
fn temporal_layers_are_left_out_of_all_spatial_ones() {
    let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
    viewer.forwarder.aim_at(up_to(1, 0));
    taken(&mut viewer, &camera.keyframe());
    let pictures: Vec<_> = (0..4).map(|_| taken(&mut viewer, &camera.picture(false))).collect();
    assert_eq!(pictures, [vec![], vec![0, 1], vec![], vec![0, 1]]);
    viewer.forwarder.aim_at(up_to(1, 1));
    assert_eq!(taken(&mut viewer, &camera.picture(false)), [] as [u8; 0], "up with the next of the lowest");
    let pictures: Vec<_> = (0..2).map(|_| taken(&mut viewer, &camera.picture(false))).collect();
    assert_eq!(pictures, [vec![0, 1], vec![0, 1]]);
    assert_whole(&viewer);
}

/// What is sent of a picture whose packets come in this order, by the markers.
fn markers(viewer: &Viewer, from: usize) -> Vec<(u8, bool)> {
    viewer.sent[from..].iter().map(|one| (one.packet.spatial(), one.marker)).collect()
}

#[test]
fn what_comes_late_is_part_of_its_picture_as_that_was_sent() {
    let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
    taken(&mut viewer, &camera.keyframe());
    let before = camera.picture(false);
    // The last packet of the highest layer is missing when the viewer's limit falls.
    before[..5].iter().for_each(|packet| assert!(viewer.take(packet)));
    viewer.forwarder.aim_at(up_to(0, 1));
    assert_eq!(taken(&mut viewer, &camera.picture(false)), [0]);
    let from = viewer.sent.len();
    assert!(viewer.take(&before[5]), "without it the picture never ends");
    assert_eq!(markers(&viewer, from), [(2, true)]);
    for packet in &before {
        let sent = viewer.sent.iter().find(|one| one.packet.sequence == packet.sequence).unwrap().sequence;
        viewer.forwarder.missed(camera.now, sent, Duration::ZERO).unwrap();
        assert!(viewer.forwarder.resend(packet, sent).is_some());
    }
}

#[test]
fn a_picture_ends_where_the_viewers_does_though_packets_around_that_come_late() {
    let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
    viewer.forwarder.aim_at(up_to(0, 1));
    taken(&mut viewer, &camera.keyframe());
    let picture = camera.picture(false);
    let from = viewer.sent.len();
    // The last packet of the lowest layer and the first of the next are missing.
    for index in [0, 3, 4, 5, 1, 2] {
        viewer.take(&picture[index]);
    }
    assert_eq!(markers(&viewer, from), [(0, false), (0, true)]);
    let sent = viewer.sent.last().unwrap().clone();
    viewer.forwarder.missed(camera.now, sent.sequence, Duration::ZERO).unwrap();
    let again = viewer.forwarder.resend(&sent.packet, sent.sequence).unwrap();
    assert!(super::stage::sent(&sent.packet, &again).marker);
}

#[test]
fn down_at_once_and_up_on_a_keyframe() {
    let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
    taken(&mut viewer, &camera.keyframe());
    viewer.forwarder.aim_at(up_to(0, 1));
    assert_eq!(taken(&mut viewer, &camera.picture(false)), [0]);
    assert_eq!(viewer.wishes, 0);
    viewer.forwarder.aim_at(up_to(2, 1));
    assert_eq!(taken(&mut viewer, &camera.picture(false)), [0]);
    assert!(viewer.wishes > 0, "a keyframe is asked for");
    assert_eq!(taken(&mut viewer, &camera.keyframe()), [0, 1, 2]);
    assert_whole(&viewer);
}

#[test]
fn a_layer_that_its_encoder_stops_is_no_ones_fault() {
    let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
    viewer.forwarder.aim_at(up_to(1, 1));
    taken(&mut viewer, &camera.keyframe());
    camera.layers = 1;
    for _ in 0..50 {
        assert_eq!(taken(&mut viewer, &camera.picture(false)), [0]);
    }
    camera.layers = 3;
    assert_eq!(taken(&mut viewer, &camera.picture(false)), [0, 1]);
    assert_whole(&viewer);
    assert_eq!(viewer.wishes, 0);
}

#[test]
fn what_is_sent_again_ends_a_picture_where_it_did() {
    let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
    viewer.forwarder.aim_at(up_to(1, 1));
    taken(&mut viewer, &camera.keyframe());
    (0..10).for_each(|_| drop(taken(&mut viewer, &camera.picture(false))));
    viewer.forwarder.aim_at(up_to(2, 1));
    taken(&mut viewer, &camera.keyframe());
    for one in viewer.sent.clone() {
        viewer.forwarder.missed(camera.now, one.sequence, Duration::ZERO).unwrap();
        let again = viewer.forwarder.resend(&one.packet, one.sequence).unwrap();
        assert_eq!(sent(&one.packet, &again).marker, one.marker, "layer {}", one.packet.spatial());
    }
}

#[test]
fn a_layer_costs_what_those_below_it_cost_too() {
    let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
    taken(&mut viewer, &camera.keyframe());
    (0..60).for_each(|_| drop(taken(&mut viewer, &camera.picture(false))));
    let costs = viewer.layers.costs();
    let [one, two, three] = costs.map(|cost| cost[3]);
    assert!(one > 0 && one.abs_diff(two / 2) < one / 10 && one.abs_diff(three / 3) < one / 10, "{costs:?}");
    assert!(costs[1][0].abs_diff(two / 2) < two / 10, "half of it in the lowest temporal layer: {costs:?}");
}

/// What becomes of the next picture.
#[derive(Clone, Debug)]
struct Event {
    keyframe: bool,
    /// Which of its packets comes how many pictures late; later than 8 never.
    late: Option<(usize, usize)>,
    aim: Option<(u8, u8)>,
}

fn event() -> impl Strategy<Value = Event> {
    let late = prop::option::weighted(0.25, (0usize..6, 0usize..12));
    let aim = prop::option::weighted(0.1, (0u8..3, 0u8..2));
    (prop::bool::weighted(0.1), late, aim).prop_map(|(keyframe, late, aim)| Event { keyframe, late, aim })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Every number stands for one packet, in the publisher's order, and a hole for one that never came or was filled.
    #[test]
    fn numbers_stand_for_packets(events in prop::collection::vec(event(), 1..60)) {
        let (mut viewer, mut camera) = (Viewer::new(), Camera::new());
        let mut waiting: Vec<(usize, Arc<Packet>)> = Vec::new();
        let mut lost = 0;
        for (at, event) in events.iter().enumerate() {
            if let Some((spatial, temporal)) = event.aim.filter(|_| at > 0) {
                viewer.forwarder.aim_at(up_to(spatial, temporal));
            }
            let picture = if event.keyframe || at == 0 { camera.keyframe() } else { camera.picture(false) };
            for (index, packet) in picture.into_iter().enumerate() {
                match event.late.filter(|(which, _)| *which == index && at > 0) {
                    Some((_, late)) if late > 8 => lost += 1,
                    Some((_, late)) => waiting.push((at + late, packet)),
                    None => drop(viewer.take(&packet)),
                }
            }
            waiting.retain(|(due, packet)| *due > at || { viewer.take(packet); false });
        }
        let first = viewer.sent[0].sequence;
        let mut numbers: Vec<_> = viewer.sent.iter().map(|one| (one.sequence.wrapping_sub(first), one.packet.sequence)).collect();
        numbers.sort_unstable();
        prop_assert!(numbers.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1));
        let span = numbers.last().map_or(0, |last| usize::from(last.0) + 1);
        let holes = span - numbers.len();
        prop_assert!(holes <= lost + waiting.len() + viewer.filled, "{holes} holes, {lost} lost, {} filled", viewer.filled);
    }
}
