//! Loss on the way down and on the way up, reports, and what is not repaired.

use std::time::Duration;

use crate::world::{FRAME, World, speaker, viewer};
use media::engine::MAX_NACKED;
use media::{Kind, Mid, Source};

fn stage(workers: usize) -> (World, usize, usize, Mid) {
    let mut world = World::new(workers);
    let (alice, victor) = (world.join(0, speaker(1)), world.join(workers - 1, viewer(2)));
    for source in [Source::Mic, Source::Camera] {
        world.gate(alice, source, true);
    }
    world.listen(victor, 0, alice);
    let slot = world.watch(victor, 0, alice);
    world.deliver();
    (world, alice, victor, slot)
}

fn nack(world: &mut World, victor: usize, slot: Mid, sequences: &[u64]) {
    let sequences: Vec<_> = sequences.iter().map(|sequence| *sequence as u16).collect();
    let actor = &mut world.actors[victor];
    actor.peer.nack(slot, &sequences, &mut actor.out);
    world.deliver();
}

#[test]
fn a_missed_packet_is_sent_again() {
    for workers in [1, 2] {
        let (mut world, alice, victor, slot) = stage(workers);
        world.picture(alice, 0, true, b"first");
        world.picture(alice, 0, false, b"second");
        let sent = world.got(victor);
        nack(&mut world, victor, slot, &[sent[2].sequence]);
        let again = world.got(victor);
        assert_eq!(again.len(), 1, "with {workers} threads");
        assert!(again[0].repaired);
        assert_eq!((again[0].sequence, again[0].timestamp), (sent[2].sequence, sent[2].timestamp));
        assert_eq!(again[0].payload, sent[2].payload);
        assert_eq!(world.counters(workers - 1).retransmitted, 1);
    }
}

#[test]
fn the_same_packet_is_not_sent_again_within_a_round_trip() {
    let (mut world, alice, victor, slot) = stage(1);
    world.picture(alice, 0, true, b"first");
    let sent = world.got(victor);
    for _ in 0..5 {
        nack(&mut world, victor, slot, &[sent[0].sequence]);
    }
    assert_eq!(world.got(victor).len(), 1);
    assert_eq!(world.counters(0).dropped.nack_bounded, 4);
    world.pass(Duration::from_millis(200));
    nack(&mut world, victor, slot, &[sent[0].sequence]);
    assert_eq!(world.got(victor).len(), 1);
}

#[test]
fn one_datagram_asks_for_so_many_packets_and_no_more() {
    let (mut world, alice, victor, slot) = stage(1);
    // The highest layer: the others' rings are shorter than what is asked for here.
    for round in 0..100 {
        world.picture(alice, 2, round == 0, b"many");
    }
    let sent: Vec<_> = world.got(victor).iter().map(|one| one.sequence).collect();
    assert!(sent.len() > MAX_NACKED);
    nack(&mut world, victor, slot, &sent);
    assert_eq!(world.got(victor).len(), MAX_NACKED);
}

#[test]
fn nothing_of_a_closed_gate_is_sent_again() {
    for workers in [1, 2] {
        let (mut world, alice, victor, slot) = stage(workers);
        world.picture(alice, 0, true, b"first");
        let sent = world.got(victor);
        let ticket = world.gate(alice, Source::Camera, false);
        world.deliver();
        assert!(world.is_done(ticket));
        world.withdraw(alice, Source::Camera);
        world.deliver();
        nack(&mut world, victor, slot, &[sent[0].sequence, sent[1].sequence]);
        assert!(world.got(victor).is_empty(), "with {workers} threads");
        assert_eq!(world.counters(workers - 1).dropped.not_kept, 2);
    }
}

#[test]
fn nothing_of_the_person_before_is_sent_again() {
    let (mut world, alice, victor, slot) = stage(1);
    world.picture(alice, 0, true, b"first");
    let sent = world.got(victor);
    world.show(victor, 0, None, Kind::Video);
    nack(&mut world, victor, slot, &[sent[0].sequence]);
    assert!(world.got(victor).is_empty());
}

#[test]
fn what_the_publisher_lost_is_repaired_for_the_viewer_as_well() {
    let (mut world, alice, victor, _) = stage(1);
    world.picture(alice, 0, true, b"first");
    world.actors[alice].peer.lose_next(Source::Camera, 0);
    world.picture(alice, 0, false, b"second");
    world.pass(Duration::from_millis(300));
    assert!(world.actors[alice].peer.nacked() >= 1);
    let mut sequences: Vec<_> = world.got(victor).iter().map(|one| one.sequence).collect();
    sequences.sort_unstable();
    assert_eq!(sequences.len(), 4);
    assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1));
}

#[test]
fn loss_on_the_way_down_is_visible_to_the_viewer_alone() {
    let (mut world, alice, victor, _) = stage(1);
    let walter = world.join(0, viewer(3));
    world.watch(walter, 0, alice);
    world.picture(alice, 0, true, b"first");
    let mut dropped = 0;
    world.drop_down = Box::new(move |actor, datagram| {
        let lose = actor == victor && datagram.len() > 100 && dropped == 0;
        dropped += u32::from(lose);
        lose
    });
    world.picture(alice, 0, false, b"second");
    assert_eq!((world.got(victor).len(), world.got(walter).len()), (3, 4));
}

#[test]
fn sound_and_picture_captured_together_are_reported_together() {
    for workers in [1, 2] {
        let (mut world, alice, victor, _) = stage(workers);
        for round in 0..60 {
            world.talk(alice, b"hello", 1584);
            world.picture(alice, 0, round == 0, b"hello");
            let (now, actor) = (world.now, &mut world.actors[alice]);
            actor.peer.send_reports(now, &mut actor.out);
            world.pass(FRAME);
        }
        let got = world.got(victor);
        let last = |kind| got.iter().rfind(|one| one.kind == kind).unwrap();
        // What was captured at one moment, told in the viewer's NTP time by way of either stream's report.
        let moment = |kind: Kind, rate: f64| {
            let one = last(kind);
            let slot = world.actors[victor].peer.slots().iter().find(|slot| slot.mid() == one.mid).unwrap();
            let (ntp, timestamp, _) = slot.report().expect("a sender report");
            let ahead = one.timestamp.wrapping_sub(timestamp) as i32;
            (ntp as f64) / 4_294_967_296.0 + f64::from(ahead) / rate
        };
        let apart = moment(Kind::Audio, 48_000.0) - moment(Kind::Video, 90_000.0);
        assert!(apart.abs() < 0.02, "{apart} s apart with {workers} threads");
    }
}

#[test]
fn a_receiver_report_tells_the_round_trip_and_loss() {
    let (mut world, alice, victor, slot) = stage(1);
    for round in 0..10 {
        world.picture(alice, 0, round == 0, b"x");
        world.pass(FRAME);
    }
    world.pass(Duration::from_secs(3));
    let ssrc = world.actors[victor].peer.slots().iter().find(|one| one.mid() == slot).unwrap().ssrc();
    let mut report = vec![0x81, 201, 0, 7, 0, 0, 0, 1];
    report.extend_from_slice(&ssrc.to_be_bytes());
    report.extend_from_slice(&[64, 0, 0, 5]);
    report.extend_from_slice(&[0; 16]);
    let actor = &mut world.actors[victor];
    actor.peer.send_control(&report, &mut actor.out);
    world.deliver();
    assert_eq!(world.counters(0).reported_lost, 5);
    assert!(world.counters(0).sender_reports > 0);
}
