//! Reactions, the timer, the spotlight, the switches, and a question with a request.

use signaling::limits::{QUESTION_CHARS, REACTIONS_MS};
use signaling::{Access, Audience, Command, Feature, Reaction, Refusal, Role};

use crate::world::{BOTH, Me, World};

fn two() -> (World, [Me; 2]) {
    let mut world = World::new(Access::Open);
    let people = [("ada", Role::Viewer), ("mo", Role::Moderator)];
    let people = people.map(|(name, role)| world.join(name, role));
    (world, people)
}

#[test]
fn a_hall_that_applauds_is_told_twice_a_second_how_much() {
    let mut world = World::new(Access::Open);
    let people: Vec<Me> = (0..50).map(|n| world.join(&format!("user {n}"), Role::Viewer)).collect();
    for who in &people {
        world.says(*who, Command::React { reaction: Reaction::Clap }).unwrap();
    }
    world.passes(REACTIONS_MS);
    let page = &world.pages[&people[0]];
    assert_eq!((page.reactions[&Reaction::Clap], page.reactions_told), (50, 2));
    world.passes(10 * REACTIONS_MS);
    assert_eq!(world.pages[&people[0]].reactions_told, 2, "and nothing where nobody does");
}

#[test]
fn the_timer_runs_down_stands_and_is_known_to_whoever_comes_later() {
    let (mut world, [ada, mo]) = two();
    let set = |seconds, running| Command::SetTimer { seconds, running };
    assert_eq!(world.says(ada, set(Some(60), true)), Err(Refusal::Forbidden));
    assert!(matches!(world.says(mo, set(Some(0), true)), Err(Refusal::BadCommand { .. })));
    world.says(mo, set(Some(60), true)).unwrap();
    world.passes(20_000);
    let told =
        |world: &World, who: Me| world.pages[&who].timer.map(|one| (one.total_ms, one.left_ms, one.running));
    let late = world.join("late", Role::Viewer);
    assert_eq!(told(&world, late), Some((60_000, 40_000, true)));
    world.says(mo, set(Some(40), false)).unwrap();
    world.passes(20_000);
    let later = world.join("later", Role::Viewer);
    assert_eq!(told(&world, later), Some((60_000, 40_000, false)));
    world.says(mo, set(Some(40), true)).unwrap();
    world.passes(45_000);
    let latest = world.join("latest", Role::Viewer);
    assert_eq!(told(&world, latest), Some((60_000, -5_000, true)));
    world.says(mo, set(None, false)).unwrap();
    assert_eq!(told(&world, ada), None);
}

#[test]
fn the_spotlight_is_on_somebody_on_stage_and_goes_out_when_they_go() {
    let (mut world, [ada, mo]) = two();
    let whom = world.who(ada);
    let light = Command::Spotlight { participant: Some(whom) };
    assert_eq!(world.says(ada, light.clone()), Err(Refusal::Forbidden));
    assert_eq!(world.says(mo, light.clone()), Err(Refusal::NotOnStage));
    world.says(ada, Command::JoinStage { sources: BOTH }).unwrap();
    world.says(mo, light).unwrap();
    assert_eq!(world.pages[&ada].room.spotlight, Some(whom));
    world.says(mo, Command::RemoveFromStage { participant: whom }).unwrap();
    assert_eq!(world.pages[&ada].room.spotlight, None);
}

#[test]
fn a_room_has_what_its_moderators_say() {
    let (mut world, [ada, mo]) = two();
    let say = Command::Say { text: "hi".into(), audience: Audience::Everybody, reply_to: None };
    let uses = [
        (Feature::Chat, say),
        (Feature::Hands, Command::RaiseHand { raised: true }),
        (Feature::Questions, Command::AskQuestion { text: "why?".into() }),
        (Feature::Reactions, Command::React { reaction: Reaction::Wow }),
        (Feature::Polls, Command::AnswerPoll { poll: 1, answers: vec![] }),
    ];
    for (feature, command) in uses {
        let set = |on| Command::SetFeature { feature, on };
        assert_eq!(world.says(ada, set(false)), Err(Refusal::Forbidden));
        world.says(mo, set(false)).unwrap();
        assert!(!world.pages[&ada].room.features.has(feature));
        assert_eq!(world.says(ada, command.clone()), Err(Refusal::FeatureOff { feature }));
        world.says(mo, set(true)).unwrap();
        assert_ne!(world.says(ada, command), Err(Refusal::FeatureOff { feature }));
    }
}

#[test]
fn hands_go_down_where_nobody_may_raise_them() {
    let (mut world, [ada, mo]) = two();
    world.says(ada, Command::RaiseHand { raised: true }).unwrap();
    world.says(mo, Command::SetFeature { feature: Feature::Hands, on: false }).unwrap();
    assert_eq!(world.state(ada).unwrap().hand, None);
}

#[test]
fn whoever_is_silenced_writes_and_reacts_no_more_even_after_leaving() {
    let (mut world, [ada, mo]) = two();
    let participant = world.who(ada);
    let silence = |silenced| Command::Silence { participant, silenced };
    assert_eq!(world.says(ada, silence(false)), Err(Refusal::Forbidden));
    world.says(mo, silence(true)).unwrap();
    world.says(ada, Command::LeaveRoom).unwrap();
    let ada = world.join("ada", Role::Viewer);
    let say = Command::Say { text: "hi".into(), audience: Audience::Everybody, reply_to: None };
    let ask = Command::RequestStage { question: Some("may I?".into()) };
    for command in [say.clone(), Command::React { reaction: Reaction::Clap }, ask] {
        assert_eq!(world.says(ada, command), Err(Refusal::Silenced));
    }
    world.says(mo, silence(false)).unwrap();
    world.says(ada, say).unwrap();
}

#[test]
fn a_question_comes_with_a_request_or_after_it_and_goes_with_it() {
    let mut world = World::new(Access::Request);
    let ada = world.join("ada", Role::Viewer);
    let mo = world.join("mo", Role::Moderator);
    let ask = |question: &str| Command::RequestStage { question: Some(question.into()) };
    let long = "x".repeat(QUESTION_CHARS + 1);
    assert_eq!(world.says(ada, ask(&long)), Err(Refusal::TextTooLong { most: QUESTION_CHARS as u32 }));
    world.says(ada, Command::RequestStage { question: None }).unwrap();
    world.says(ada, ask("why \u{202e}not?")).unwrap();
    let request = world.request(ada);
    assert_eq!(world.state(ada).unwrap().question.as_deref(), Some("why not?"));
    world.says(mo, Command::ApproveRequest { request }).unwrap();
    assert_eq!(world.state(ada).unwrap().question, None);
}
