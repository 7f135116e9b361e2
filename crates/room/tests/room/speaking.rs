//! Who speaks: what pages are told, whom watchers see, and who is heard where there are too few slots.

use room::Follow;
use signaling::{Access, Command, Role, Source, SourceControl};

use crate::world::{Me, World};

/// In milliseconds; longer than it takes to become the active speaker.
const A_WHILE: u64 = 1_000;
const LOUD: u8 = 90;

fn stage_of(names: [&str; 3]) -> (World, [Me; 3]) {
    let mut world = World::new(Access::Open);
    let stage = names.map(|name| world.on_stage(name, Role::Speaker));
    (world, stage)
}

fn speaks(world: &mut World, who: Me) {
    world.hears(who, LOUD);
    world.passes(A_WHILE);
    world.hears(who, 0);
    world.passes(A_WHILE);
}

#[test]
fn every_page_is_told_who_speaks_and_who_is_the_active_speaker() {
    let (mut world, [ada, bob, eve]) = stage_of(["ada", "bob", "eve"]);
    world.hears(ada, LOUD);
    assert_eq!(world.pages[&eve].speaking, (vec![world.who(ada)], None));
    world.passes(A_WHILE);
    assert_eq!(world.pages[&eve].speaking, (vec![world.who(ada)], Some(world.who(ada))));
    world.hears(bob, LOUD);
    assert_eq!(world.pages[&ada].speaking, (vec![world.who(ada), world.who(bob)], Some(world.who(ada))));
    world.hears(ada, 0);
    world.passes(A_WHILE);
    assert_eq!(world.pages[&eve].speaking, (vec![world.who(bob)], Some(world.who(bob))));
}

#[test]
fn who_arrives_is_told_too() {
    let (mut world, [ada, ..]) = stage_of(["ada", "bob", "eve"]);
    world.hears(ada, LOUD);
    world.passes(A_WHILE);
    let late = world.join("late", Role::Viewer);
    assert_eq!(world.pages[&late].speaking, (vec![world.who(ada)], Some(world.who(ada))));
}

#[test]
fn however_often_it_changes_everybody_is_told_four_times_a_second_at_most_and_of_the_last_change() {
    let (mut world, [ada, _, eve]) = stage_of(["ada", "bob", "eve"]);
    let mut told = 0;
    for n in 0..=200u32 {
        let before = world.pages[&eve].speaking.clone();
        world.hears(ada, if n % 2 == 0 { LOUD } else { 0 });
        told += u32::from(world.pages[&eve].speaking != before);
        world.passes(10);
    }
    assert!((2..=9).contains(&told), "{told} times in two seconds");
    world.hears(ada, 0);
    world.passes(A_WHILE);
    assert_eq!(world.pages[&eve].speaking.0, []);
}

#[test]
fn whoever_is_muted_or_removed_does_not_speak() {
    let (mut world, [ada, bob, _]) = stage_of(["ada", "bob", "eve"]);
    let mo = world.join("mo", Role::Host);
    for who in [ada, bob] {
        world.hears(who, LOUD);
    }
    world.passes(A_WHILE);
    let participant = world.who(ada);
    let (source, state) = (Source::Mic, SourceControl::Muted);
    world.says(mo, Command::Mute { participant, source, state }).unwrap();
    let participant = world.who(bob);
    world.says(mo, Command::RemoveFromStage { participant }).unwrap();
    world.passes(A_WHILE);
    assert_eq!(world.pages[&mo].speaking, (vec![], Some(world.who(ada))));
}

#[test]
fn the_active_speakers_picture_goes_before_others_and_the_last_ones_no_more() {
    let (mut world, [ada, bob, _]) = stage_of(["ada", "bob", "eve"]);
    speaks(&mut world, ada);
    speaks(&mut world, bob);
    let [first, second] = [ada, bob].map(|who| world.transport(who).unwrap());
    assert_eq!(world.ranks, [(first, true), (first, false), (second, true)]);
}

#[test]
fn a_watcher_follows_the_active_speaker() {
    let mut world = World::new(Access::Open);
    let tv = world.watch("tv", Follow::ActiveSpeaker);
    let stage = ["ada", "bob"].map(|name| world.on_stage(name, Role::Speaker));
    let sees = |world: &World, who| {
        [Source::Mic, Source::Camera].map(|source| world.slot(tv, who, source).is_some())
    };
    assert_eq!(sees(&world, stage[0]), [true; 2], "until anybody spoke, whoever came up first");
    speaks(&mut world, stage[1]);
    assert_eq!((sees(&world, stage[0]), sees(&world, stage[1])), ([false; 2], [true; 2]));
    world.says(stage[1], Command::LeaveStage).unwrap();
    assert_eq!(sees(&world, stage[0]), [true; 2]);
}

#[test]
fn with_too_few_slots_those_who_speak_are_heard() {
    let (mut world, stage) = stage_of(["ada", "bob", "eve"]);
    let viewer = world.connect("viewer", Role::Viewer, None);
    world.ready_with(viewer, (2, 0));
    let heard = |world: &World| stage.map(|who| world.slot(viewer, who, Source::Mic).is_some());
    assert_eq!(heard(&world), [true, true, false]);
    speaks(&mut world, stage[2]);
    assert_eq!(heard(&world), [true, false, true]);
    world.hears(stage[1], LOUD);
    assert_eq!(heard(&world), [true, false, true], "not for a cough");
    world.passes(A_WHILE);
    assert_eq!(heard(&world), [false, true, true], "the last two to speak");
    world.says(stage[2], Command::SetSource { source: Source::Mic, on: false }).unwrap();
    assert_eq!(heard(&world), [true, true, false], "a muted one needs no slot");
}

#[test]
fn with_slots_for_all_nobody_moves() {
    let (mut world, stage) = stage_of(["ada", "bob", "eve"]);
    let viewer = world.join("viewer", Role::Viewer);
    let slots = |world: &World| stage.map(|who| world.slot(viewer, who, Source::Mic));
    let before = slots(&world);
    assert!(before.iter().all(Option::is_some));
    for who in [stage[2], stage[0], stage[1]] {
        speaks(&mut world, who);
    }
    assert_eq!(slots(&world), before);
}
