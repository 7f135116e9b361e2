//! Questions for those on stage.

use signaling::limits::{QUESTIONS, QUESTIONS_A_PERSON};
use signaling::{Access, Command, Feature, QuestionState, Refusal, Role};

use crate::world::{Me, World};

fn ask(text: &str) -> Command {
    Command::AskQuestion { text: text.into() }
}

fn three() -> (World, [Me; 3]) {
    let mut world = World::new(Access::Open);
    let people = [("ada", Role::Viewer), ("eve", Role::Speaker), ("mo", Role::Moderator)];
    let people = people.map(|(name, role)| world.join(name, role));
    (world, people)
}

fn votes(world: &World, who: Me) -> Vec<(u32, u32, bool)> {
    let questions = world.pages[&who].questions.values();
    questions.map(|one| (one.id, one.votes, one.voted == Some(true))).collect()
}

#[test]
fn a_question_gathers_votes_that_each_person_has_one_of() {
    let (mut world, [ada, eve, mo]) = three();
    world.says(ada, ask("why?")).unwrap();
    for who in [ada, eve, eve, mo] {
        world.says(who, Command::VoteQuestion { question: 1, voted: true }).unwrap();
    }
    world.says(eve, Command::VoteQuestion { question: 1, voted: false }).unwrap();
    assert_eq!([votes(&world, ada), votes(&world, eve)], [[(1, 2, true)], [(1, 2, false)]]);
    let late = world.join("late", Role::Viewer);
    assert_eq!(votes(&world, late), [(1, 2, false)]);
    assert_eq!(world.says(ada, Command::VoteQuestion { question: 9, voted: true }), Err(Refusal::Gone));
}

#[test]
fn one_question_at_a_time_is_answered_by_those_who_came_to_speak() {
    let (mut world, [ada, eve, mo]) = three();
    world.says(ada, ask("one?")).unwrap();
    world.says(mo, ask("two?")).unwrap();
    let live = |question| Command::MarkQuestion { question, state: QuestionState::Live };
    assert_eq!(world.says(ada, live(1)), Err(Refusal::Forbidden));
    world.says(eve, live(1)).unwrap();
    world.says(mo, live(2)).unwrap();
    let states: Vec<_> = world.pages[&ada].questions.values().map(|one| one.state).collect();
    assert_eq!(states, [QuestionState::Answered, QuestionState::Live]);
}

#[test]
fn an_answer_in_writing_is_everybodys_to_read() {
    let (mut world, [ada, eve, _]) = three();
    world.says(ada, ask("why?")).unwrap();
    let answer = Command::AnswerQuestion { question: 1, text: "because".into() };
    assert_eq!(world.says(ada, answer.clone()), Err(Refusal::Forbidden));
    world.says(eve, answer).unwrap();
    let question = &world.pages[&ada].questions[&1];
    assert_eq!(question.answer.as_ref().map(|one| (&*one.name, &*one.text)), Some(("EVE", "because")));
    assert_eq!(question.state, QuestionState::Answered);
}

#[test]
fn ones_own_question_or_any_by_a_moderator_is_taken_out() {
    let (mut world, [ada, eve, mo]) = three();
    for who in [ada, eve] {
        world.says(who, ask("why?")).unwrap();
    }
    let dismiss = |question| Command::DismissQuestion { question };
    assert_eq!(world.says(eve, dismiss(1)), Err(Refusal::Forbidden));
    world.says(ada, dismiss(1)).unwrap();
    world.says(mo, dismiss(2)).unwrap();
    world.says(mo, dismiss(2)).unwrap();
    assert!(votes(&world, ada).is_empty());
}

#[test]
fn there_are_so_many_of_a_person_and_of_all_and_no_more() {
    let (mut world, [ada, _, mo]) = three();
    let ask_until = |world: &mut World, who: Me, count: usize| {
        for _ in 0..count {
            world.passes(1_000);
            world.says(who, ask("again?")).unwrap();
        }
        world.passes(1_000);
        world.says(who, ask("once more?"))
    };
    let most = QUESTIONS_A_PERSON as u32;
    assert_eq!(ask_until(&mut world, ada, QUESTIONS_A_PERSON), Err(Refusal::TooMany { most }));
    world.says(mo, Command::MarkQuestion { question: 1, state: QuestionState::Answered }).unwrap();
    world.says(ada, ask("now?")).unwrap();
    for n in 0..QUESTIONS / QUESTIONS_A_PERSON - 1 {
        let who = world.join(&format!("user {n}"), Role::Viewer);
        let _ = ask_until(&mut world, who, QUESTIONS_A_PERSON - 2 * usize::from(n == 0));
    }
    let late = world.join("late", Role::Viewer);
    assert_eq!(world.pages[&late].questions.len(), QUESTIONS, "in several frames");
    let most = QUESTIONS as u32;
    assert_eq!(world.says(late, ask("and mine?")), Err(Refusal::TooMany { most }));
    assert!(world.room.bounds_hit().questions_full > 1);
}

#[test]
fn a_room_without_questions_takes_none_and_keeps_those_it_has() {
    let (mut world, [ada, _, mo]) = three();
    world.says(ada, ask("why?")).unwrap();
    world.says(mo, Command::SetFeature { feature: Feature::Questions, on: false }).unwrap();
    let off = Err(Refusal::FeatureOff { feature: Feature::Questions });
    assert_eq!(world.says(ada, ask("why not?")), off);
    assert_eq!(world.says(ada, Command::VoteQuestion { question: 1, voted: true }), off);
    world.says(mo, Command::SetFeature { feature: Feature::Questions, on: true }).unwrap();
    world.says(ada, Command::VoteQuestion { question: 1, voted: true }).unwrap();
}
