//! How well media gets to whom: who is told of it, and how often.

use signaling::{Access, Command, QualityLevel, Role};

use crate::world::{Me, World};

/// In milliseconds; longer than what is told waits to be told.
const A_WHILE: u64 = 1_500;

fn hall() -> (World, [Me; 3]) {
    let mut world = World::new(Access::Open);
    let stage = ["ada", "bob"].map(|name| world.on_stage(name, Role::Speaker));
    let mo = world.join("mo", Role::Moderator);
    (world, [stage[0], stage[1], mo])
}

#[test]
fn moderators_know_of_everybody_and_everybody_of_themselves() {
    let (mut world, [ada, bob, mo]) = hall();
    world.measures(ada, QualityLevel::Poor);
    world.passes(A_WHILE);
    let whose = world.who(ada);
    assert_eq!(world.pages[&mo].quality.get(&whose), Some(&QualityLevel::Poor));
    assert_eq!(world.pages[&ada].quality.get(&whose), Some(&QualityLevel::Poor));
    assert!(world.pages[&bob].quality.is_empty(), "it is no business of anybody else");
    world.measures(ada, QualityLevel::Good);
    world.passes(A_WHILE);
    assert_eq!(world.pages[&mo].quality.get(&whose), Some(&QualityLevel::Good));
}

#[test]
fn whoever_arrives_is_told_what_is_not_good() {
    let (mut world, [ada, bob, _]) = hall();
    world.measures(ada, QualityLevel::Fair);
    world.measures(bob, QualityLevel::Good);
    world.passes(A_WHILE);
    let late = world.join("late", Role::Host);
    assert_eq!(Vec::from_iter(&world.pages[&late].quality), [(&world.who(ada), &QualityLevel::Fair)]);
    let viewer = world.join("viewer", Role::Viewer);
    assert!(world.pages[&viewer].quality.is_empty());
}

#[test]
fn whoever_becomes_a_moderator_is_told_what_is_not_good() {
    let (mut world, [ada, bob, _]) = hall();
    let host = world.join("hal", Role::Host);
    world.measures(ada, QualityLevel::Poor);
    world.passes(A_WHILE);
    let participant = world.who(bob);
    world.says(host, Command::SetRole { participant, role: Role::Moderator }).unwrap();
    assert_eq!(world.pages[&bob].quality.get(&world.who(ada)), Some(&QualityLevel::Poor));
}

#[test]
fn however_often_it_changes_it_is_told_once_a_second_at_most_and_as_it_is_last() {
    let (mut world, [ada, _, mo]) = hall();
    let whose = world.who(ada);
    let (mut told, mut before) = (0, None);
    for n in 0..40 {
        world.measures(ada, if n % 2 == 0 { QualityLevel::Poor } else { QualityLevel::Fair });
        world.passes(75);
        let now = world.pages[&mo].quality.get(&whose).copied();
        told += u32::from(now != before);
        before = now;
    }
    assert!((1..=4).contains(&told), "{told} times in three seconds");
    world.passes(A_WHILE);
    assert_eq!(world.pages[&mo].quality.get(&whose), Some(&QualityLevel::Fair));
}

#[test]
fn of_whom_no_media_comes_or_goes_nothing_is_known() {
    let (mut world, [ada, _, mo]) = hall();
    world.measures(ada, QualityLevel::Poor);
    world.passes(A_WHILE);
    world.lose_media(ada);
    world.passes(A_WHILE);
    assert_eq!(world.pages[&mo].quality.get(&world.who(ada)), None);
}
