//! Slots and transports. That what pages are told is what is assigned, and that all fits that can, is checked after every command.

use signaling::{Access, Command, Role, Source, SourceControl};

use crate::world::{Me, World};

fn stage_of(people: usize) -> (World, Vec<Me>) {
    let mut world = World::new(Access::Open);
    let stage = (0..people).map(|n| world.on_stage(&format!("person {n}"), Role::Speaker)).collect();
    (world, stage)
}

#[test]
fn a_publication_keeps_its_slot_while_others_come_and_go() {
    let (mut world, stage) = stage_of(3);
    let viewer = world.join("viewer", Role::Viewer);
    let slots = |world: &World| Source::ALL.map(|source| world.slot(viewer, stage[1], source));
    let before = slots(&world);
    assert!(before[0].is_some() && before[1].is_some());
    world.says(stage[0], Command::LeaveStage).unwrap();
    world.on_stage("newcomer", Role::Speaker);
    world.says(stage[2], Command::SetSource { source: Source::Screen, on: true }).unwrap();
    assert_eq!(slots(&world), before);
}

#[test]
fn muting_is_a_gate_and_no_more() {
    let (mut world, stage) = stage_of(2);
    let slot = world.slot(stage[0], stage[1], Source::Mic);
    world.says(stage[1], Command::SetSource { source: Source::Mic, on: false }).unwrap();
    assert_eq!(world.slot(stage[0], stage[1], Source::Mic), slot);
    let moved = world.effects.iter().filter(|e| matches!(e, room::Effect::Assign { .. })).count();
    assert_eq!(moved, 0);
}

#[test]
fn a_camera_has_a_slot_while_it_is_on() {
    let (mut world, stage) = stage_of(2);
    let camera = |on| Command::SetSource { source: Source::Camera, on };
    world.says(stage[1], camera(false)).unwrap();
    assert_eq!(world.slot(stage[0], stage[1], Source::Camera), None);
    world.says(stage[1], camera(true)).unwrap();
    assert!(world.slot(stage[0], stage[1], Source::Camera).is_some());
}

#[test]
fn a_stage_that_outgrows_the_slots_asks_for_more_and_shows_the_first() {
    let mut world = World::new(Access::Open);
    let viewer = world.connect("viewer", Role::Viewer, None);
    let transport = world.ready_with(viewer, (1, 1));
    let first = world.on_stage("first", Role::Speaker);
    assert_eq!(world.pages[&viewer].asked_for, None);
    let second = world.on_stage("second", Role::Speaker);
    assert_eq!(world.pages[&viewer].asked_for, Some((4, 4)));
    assert!(world.slot(viewer, first, Source::Camera).is_some());
    assert_eq!(world.slot(viewer, second, Source::Camera), None);
    world.pages.get_mut(&viewer).unwrap().asked_for = None;
    world.on_stage("third", Role::Speaker);
    assert_eq!(world.pages[&viewer].asked_for, None, "asked once");
    let kept = world.slot(viewer, first, Source::Mic);
    world.offer(viewer, transport, (4, 4));
    assert_eq!(world.slot(viewer, first, Source::Mic), kept);
    assert!(world.slot(viewer, second, Source::Camera).is_some());
}

#[test]
fn a_slot_that_falls_free_shows_whoever_waited_longest() {
    let mut world = World::new(Access::Open);
    let viewer = world.connect("viewer", Role::Viewer, None);
    world.ready_with(viewer, (1, 1));
    let people = ["first", "second", "third"].map(|name| world.on_stage(name, Role::Speaker));
    world.says(people[0], Command::LeaveStage).unwrap();
    assert!(world.slot(viewer, people[1], Source::Camera).is_some());
    assert_eq!(world.slot(viewer, people[2], Source::Camera), None);
}

#[test]
fn a_lost_transport_takes_nothing_but_the_media() {
    let (mut world, stage) = stage_of(2);
    world.lose_media(stage[1]);
    assert_eq!(world.slot(stage[0], stage[1], Source::Mic), None);
    world.says(stage[1], Command::SetSource { source: Source::Camera, on: false }).unwrap();
    world.ready(stage[1]);
    assert_eq!(world.open(stage[1]), [Source::Mic]);
    assert!(world.slot(stage[0], stage[1], Source::Mic).is_some());
}

#[test]
fn a_new_transport_feeds_the_same_slots() {
    let (mut world, stage) = stage_of(2);
    let (old, slot) = (world.transport(stage[1]), world.slot(stage[0], stage[1], Source::Camera));
    world.ready(stage[1]);
    assert_ne!(world.transport(stage[1]), old);
    assert_eq!(world.slot(stage[0], stage[1], Source::Camera), slot);
    assert_eq!(world.open(stage[1]), [Source::Mic, Source::Camera]);
}

#[test]
fn a_locked_source_stays_shut_on_a_new_transport() {
    let (mut world, stage) = stage_of(2);
    let mo = world.join("mo", Role::Moderator);
    let participant = world.who(stage[1]);
    let (source, state) = (Source::Camera, SourceControl::Locked);
    world.says(mo, Command::Mute { participant, source, state }).unwrap();
    world.ready(stage[1]);
    assert_eq!(world.open(stage[1]), [Source::Mic]);
}

#[test]
fn slots_beyond_the_bound_are_left_alone_and_counted() {
    let mut world = World::new(Access::Open);
    let viewer = world.connect("viewer", Role::Viewer, None);
    world.ready_with(viewer, (101, 103));
    assert_eq!(world.room.bounds_hit().slots_ignored, 4);
}

#[test]
fn a_page_is_asked_again_when_it_comes_back_and_not_for_offering_as_before() {
    let mut world = World::new(Access::Open);
    let viewer = world.connect("viewer", Role::Viewer, None);
    let transport = world.ready_with(viewer, (0, 0));
    world.on_stage("ada", Role::Viewer);
    assert!(world.pages.get_mut(&viewer).unwrap().asked_for.take().is_some());
    world.offer(viewer, transport, (0, 0));
    assert_eq!(world.pages[&viewer].asked_for, None);
    let back = world.resume(viewer);
    assert_eq!(world.pages[&back].asked_for, Some((4, 4)));
}
