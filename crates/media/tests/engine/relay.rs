//! A room that spans threads.

use std::time::Duration;

use crate::world::{FRAME, World, speaker, viewer};
use media::{Event, Kind, Loss, Source};

/// A publisher on the first thread, two viewers on the second.
fn stage() -> (World, usize, [usize; 2]) {
    let mut world = World::new(2);
    let alice = world.join(0, speaker(1));
    let viewers = [world.join(1, viewer(2)), world.join(1, viewer(3))];
    world.gate(alice, Source::Camera, true);
    for victor in viewers {
        world.watch(victor, 0, alice);
    }
    world.deliver();
    (world, alice, viewers)
}

#[test]
fn a_packet_crosses_once_for_all_viewers_of_a_thread() {
    let (mut world, alice, viewers) = stage();
    world.picture(alice, 0, true, b"hello");
    for victor in viewers {
        assert_eq!(world.got(victor).len(), 2);
    }
    assert_eq!(world.counters(0).relayed, 2);
    assert_eq!(world.counters(0).forwarded(Kind::Video), 0);
    assert_eq!(world.counters(1).forwarded(Kind::Video), 4);
}

#[test]
fn a_thread_without_viewers_gets_nothing() {
    let (mut world, alice, viewers) = stage();
    for victor in viewers {
        world.show(victor, 0, None, Kind::Video);
    }
    world.deliver();
    world.picture(alice, 0, true, b"hello");
    assert_eq!(world.counters(0).relayed, 0);
}

#[test]
fn a_keyframe_wish_crosses_to_the_publisher() {
    let (mut world, alice, viewers) = stage();
    for round in 0..60 {
        world.picture(alice, 0, round == 0, b"hello");
        world.pass(FRAME);
    }
    let before = world.actors[alice].peer.keyframes_asked(Source::Camera);
    let slot = world.actors[viewers[0]].peer.slots()[2].mid();
    let actor = &mut world.actors[viewers[0]];
    actor.peer.request_keyframe(slot, &mut actor.out);
    world.pass(Duration::from_millis(50));
    assert_eq!(world.actors[alice].peer.keyframes_asked(Source::Camera), before + 1);
}

#[test]
fn after_a_withdrawal_nothing_that_was_under_way_gets_out() {
    let (mut world, alice, viewers) = stage();
    world.picture(alice, 0, true, b"before");
    world.got(viewers[0]);
    world.hold_relay = true;
    world.picture(alice, 0, false, b"under way");
    world.gate(alice, Source::Camera, false);
    // The shell of the second thread reads the command before the queue: the worst order there is.
    world.withdraw(alice, Source::Camera);
    world.deliver();
    world.hold_relay = false;
    world.deliver();
    assert!(world.got(viewers[0]).is_empty());
    assert_eq!(world.counters(1).dropped.relay_stale, 2);
}

#[test]
fn a_reopened_gate_works_after_a_withdrawal_in_whatever_order() {
    for withdraw_late in [false, true] {
        let (mut world, alice, viewers) = stage();
        world.picture(alice, 0, true, b"before");
        world.gate(alice, Source::Camera, false);
        world.deliver();
        if !withdraw_late {
            world.withdraw(alice, Source::Camera);
        }
        world.gate(alice, Source::Camera, true);
        world.deliver();
        if withdraw_late {
            world.withdraw(alice, Source::Camera);
        }
        world.deliver();
        world.got(viewers[0]);
        world.picture(alice, 0, true, b"after");
        let got = world.got(viewers[0]);
        assert_eq!(got.len(), 2, "withdrawn late: {withdraw_late}");
        assert!(got[0].stamp().starts_with(b"after"));
    }
}

#[test]
fn a_subscription_takes_nothing_from_before_it() {
    let (mut world, alice, viewers) = stage();
    world.picture(alice, 0, true, b"before");
    world.hold_relay = true;
    world.picture(alice, 0, true, b"under way");
    for victor in viewers {
        world.show(victor, 0, None, Kind::Video);
    }
    world.gate(alice, Source::Camera, false);
    world.withdraw(alice, Source::Camera);
    world.watch(viewers[0], 0, alice);
    world.deliver();
    world.got(viewers[0]);
    world.hold_relay = false;
    world.deliver();
    assert!(world.got(viewers[0]).is_empty());
}

#[test]
fn a_publisher_that_leaves_empties_slots_on_other_threads() {
    let (mut world, alice, viewers) = stage();
    world.picture(alice, 0, true, b"hello");
    let (id, now) = (world.actors[alice].id, world.now);
    let actor = &mut world.actors[alice];
    actor.peer.close(now, &mut actor.out);
    world.deliver();
    assert!(world.events.contains(&Event::Lost { peer: id, why: Loss::Closed }));
    world.got(viewers[0]);
    let bob = world.join(0, speaker(7));
    world.gate(bob, Source::Camera, true);
    world.watch(viewers[0], 0, bob);
    world.deliver();
    world.picture(bob, 0, true, b"bob");
    assert_eq!(world.got(viewers[0]).len(), 2);
    assert!(world.got(viewers[1]).len() <= 2, "what it had before");
}

#[test]
fn everybody_on_every_thread_sees_everybody() {
    let mut world = World::new(3);
    let people: Vec<_> = (0..3).map(|at| world.join(at, speaker(at as u64 + 1))).collect();
    for person in &people {
        world.gate(*person, Source::Camera, true);
        let others = people.iter().filter(|other| *other != person);
        for (nth, other) in others.enumerate() {
            world.watch(*person, nth, *other);
        }
    }
    world.deliver();
    for person in &people {
        world.picture(*person, 0, true, &[*person as u8 + 1]);
    }
    for person in &people {
        assert_eq!(world.got(*person).len(), 4);
    }
}
