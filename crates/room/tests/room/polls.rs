//! Polls and quizzes.

use signaling::limits::{POLL_CHOICES, POLL_QUESTIONS, POLLS};
use signaling::{
    Access, Command, PollAnswer, PollDraft, PollKind, PollQuestion, PollStage, PollState, Quiz, Refusal, Role,
};

use crate::world::{Me, World};

fn three() -> (World, [Me; 3]) {
    let mut world = World::new(Access::Open);
    let people = [("ada", Role::Viewer), ("bob", Role::Viewer), ("mo", Role::Moderator)];
    let people = people.map(|(name, role)| world.join(name, role));
    (world, people)
}

fn question(kind: PollKind, right: Option<PollAnswer>) -> PollQuestion {
    PollQuestion { text: "well?".into(), kind, right }
}

fn single() -> PollKind {
    PollKind::Single { choices: vec!["yes".into(), "no".into()] }
}

fn choice(choice: u8) -> PollAnswer {
    PollAnswer::Choices { choices: vec![choice] }
}

fn poll(questions: Vec<PollQuestion>) -> PollDraft {
    PollDraft { title: "Poll".into(), questions, anonymous: false, held: false, quiz: None }
}

fn quiz() -> PollDraft {
    let quiz = Some(Quiz { seconds: Some(30), leader_board: true });
    PollDraft { quiz, ..poll(vec![question(single(), Some(choice(0)))]) }
}

/// A poll that is open, as everybody's first.
fn open(world: &mut World, mo: Me, draft: PollDraft) {
    world.says(mo, Command::CreatePoll { draft }).unwrap();
    world.says(mo, Command::StartPoll { poll: 1 }).unwrap();
}

fn answer(world: &mut World, who: Me, answers: Vec<Option<PollAnswer>>) -> Result<u64, Refusal> {
    world.says(who, Command::AnswerPoll { poll: 1, answers })
}

fn seen(world: &World, who: Me) -> PollState {
    world.pages[&who].polls[&1].clone()
}

fn counts(poll: &PollState) -> Option<Vec<u32>> {
    poll.results.as_ref().map(|results| results[0].counts.clone())
}

#[test]
fn a_draft_is_the_moderators_until_it_is_started() {
    let (mut world, [ada, _, mo]) = three();
    let draft = poll(vec![question(single(), None)]);
    world.says(mo, Command::CreatePoll { draft }).unwrap();
    assert!(world.pages[&ada].polls.is_empty());
    assert_eq!(answer(&mut world, ada, vec![Some(choice(0))]), Err(Refusal::PollClosed));
    world.says(mo, Command::StartPoll { poll: 1 }).unwrap();
    assert_eq!(seen(&world, ada).stage, PollStage::Open);
}

#[test]
fn answers_are_counted_told_in_time_and_may_be_changed_while_it_is_open() {
    let (mut world, [ada, bob, mo]) = three();
    open(&mut world, mo, poll(vec![question(single(), None)]));
    answer(&mut world, ada, vec![Some(choice(0))]).unwrap();
    answer(&mut world, bob, vec![Some(choice(0))]).unwrap();
    answer(&mut world, bob, vec![Some(choice(1))]).unwrap();
    world.passes(1_000);
    for who in [ada, bob, mo] {
        assert_eq!((counts(&seen(&world, who)), seen(&world, who).answered), (Some(vec![1, 1]), 2));
    }
    let yours = seen(&world, bob).yours.unwrap();
    assert_eq!((yours.answered, yours.answers), (true, vec![Some(choice(1))]));
    world.says(mo, Command::EndPoll { poll: 1 }).unwrap();
    assert_eq!(answer(&mut world, ada, vec![Some(choice(1))]), Err(Refusal::PollClosed));
}

#[test]
fn every_kind_of_answer_is_counted_in_its_way() {
    let (mut world, [ada, bob, mo]) = three();
    let multiple = PollKind::Multiple { choices: vec!["a".into(), "b".into(), "c".into()] };
    let questions = [multiple, PollKind::Rating { most: 5 }, PollKind::Text].map(|kind| question(kind, None));
    open(&mut world, mo, poll(questions.into()));
    let text = |text: &str| Some(PollAnswer::Text { text: text.into() });
    let both = Some(PollAnswer::Choices { choices: vec![2, 0, 2] });
    let rating = Some(PollAnswer::Rating { rating: 5 });
    answer(&mut world, ada, vec![both, rating, text("zebra")]).unwrap();
    answer(&mut world, bob, vec![None, None, text("ant")]).unwrap();
    world.passes(1_000);
    let results = seen(&world, ada).results.unwrap();
    assert_eq!(results[0].counts, [1, 0, 1]);
    assert_eq!(results[1].counts, [0, 0, 0, 0, 1]);
    // Words are the moderators' until it is over.
    assert!(results[2].texts.is_empty());
    assert_eq!(seen(&world, mo).results.unwrap()[2].texts, ["ant", "zebra"]);
    world.says(mo, Command::EndPoll { poll: 1 }).unwrap();
    assert_eq!(seen(&world, ada).results.unwrap()[2].texts, ["ant", "zebra"]);
}

#[test]
fn results_that_are_held_back_are_the_moderators_until_they_show_them() {
    let (mut world, [ada, _, mo]) = three();
    open(&mut world, mo, PollDraft { held: true, ..poll(vec![question(single(), None)]) });
    answer(&mut world, ada, vec![Some(choice(0))]).unwrap();
    world.says(mo, Command::EndPoll { poll: 1 }).unwrap();
    assert_eq!([counts(&seen(&world, ada)), counts(&seen(&world, mo))], [None, Some(vec![1, 0])]);
    world.says(mo, Command::ShowPoll { poll: 1, shown: true }).unwrap();
    assert_eq!(counts(&seen(&world, ada)), Some(vec![1, 0]));
    world.says(mo, Command::ShowPoll { poll: 1, shown: false }).unwrap();
    let late = world.join("late", Role::Viewer);
    assert_eq!([counts(&seen(&world, ada)), counts(&seen(&world, late))], [None, None]);
}

#[test]
fn a_quiz_is_answered_once_ends_by_itself_and_then_says_what_was_right() {
    let (mut world, [ada, bob, mo]) = three();
    open(&mut world, mo, quiz());
    world.passes(2_000);
    answer(&mut world, bob, vec![Some(choice(0))]).unwrap();
    assert_eq!(answer(&mut world, bob, vec![Some(choice(1))]), Err(Refusal::PollClosed));
    world.passes(2_000);
    answer(&mut world, ada, vec![Some(choice(1))]).unwrap();
    let before = seen(&world, ada);
    assert_eq!((before.results, before.draft.questions[0].right.clone()), (None, None));
    assert_eq!(before.ends_in_ms, Some(26_000));
    world.passes(26_000);
    let after = seen(&world, ada);
    assert_eq!((after.stage, counts(&after)), (PollStage::Ended, Some(vec![1, 1])));
    assert_eq!(after.draft.questions[0].right, Some(choice(0)));
    assert_eq!([ada, bob].map(|who| seen(&world, who).yours.unwrap().score), [Some(0), Some(1)]);
    let leaders: Vec<_> = after.leaders.unwrap().into_iter().map(|one| (one.name, one.score)).collect();
    assert_eq!(leaders, [("BOB".to_owned(), 1), ("ADA".to_owned(), 0)]);
    assert_eq!(world.says(mo, Command::StartPoll { poll: 1 }), Err(Refusal::PollClosed));
}

#[test]
fn of_equals_the_quickest_leads_and_words_are_right_whatever_their_case() {
    let (mut world, [ada, bob, mo]) = three();
    let right = Some(PollAnswer::Text { text: "Ada  Lovelace".into() });
    open(&mut world, mo, PollDraft { questions: vec![question(PollKind::Text, right)], ..quiz() });
    for (who, text) in [(bob, "ada lovelace"), (ada, "ADA LOVELACE")] {
        world.passes(1_000);
        answer(&mut world, who, vec![Some(PollAnswer::Text { text: text.into() })]).unwrap();
    }
    world.says(mo, Command::EndPoll { poll: 1 }).unwrap();
    let leaders = seen(&world, ada).leaders.unwrap();
    assert_eq!(
        leaders.iter().map(|one| (&*one.name, one.score)).collect::<Vec<_>>(),
        [("BOB", 1), ("ADA", 1)]
    );
}

#[test]
fn of_an_anonymous_poll_nothing_that_is_kept_says_who_answered_what() {
    let (mut world, [ada, bob, mo]) = three();
    open(&mut world, mo, PollDraft { anonymous: true, ..poll(vec![question(PollKind::Text, None)]) });
    for (who, text) in [(bob, "zebra"), (ada, "ant")] {
        answer(&mut world, who, vec![Some(PollAnswer::Text { text: text.into() })]).unwrap();
    }
    let again = vec![Some(PollAnswer::Text { text: "bee".into() })];
    assert_eq!(answer(&mut world, ada, again), Err(Refusal::PollClosed));
    let yours = seen(&world, ada).yours.unwrap();
    assert_eq!((yours.answered, yours.answers), (true, vec![]));
    let kept = world.room.kept(room::Item::Poll(1)).unwrap();
    let after = kept.split("\"answered\":").nth(1).unwrap();
    assert!(
        after.starts_with(r#"["ada","bob"]"#) && after.contains(r#""ant"}],[{"is":"text","text":"zebra""#),
        "{after}"
    );
    assert!(after.contains(r#""sheets":{}"#));
}

#[test]
fn anonymous_answers_reach_the_disk_in_company() {
    let (mut world, [_, _, mo]) = three();
    open(&mut world, mo, PollDraft { anonymous: true, ..poll(vec![question(single(), None)]) });
    let answered = |world: &World| {
        let kept = world.disk[&room::Item::Poll(1)].clone();
        kept.split("\"answered\":[").nth(1).unwrap().split(']').next().unwrap().matches("user").count()
    };
    let mut kept = Vec::new();
    for n in 0..25 {
        let who = world.join(&format!("user {n}"), Role::Viewer);
        answer(&mut world, who, vec![Some(choice(0))]).unwrap();
        kept.push(answered(&world));
    }
    assert_eq!([kept[8], kept[9], kept[18], kept[19], kept[24]], [0, 10, 10, 20, 20]);
    let waits = |world: &World| world.room.unkept().contains(&room::Item::Poll(1));
    assert!(waits(&world));
    world.says(mo, Command::EndPoll { poll: 1 }).unwrap();
    assert_eq!((answered(&world), waits(&world)), (25, false));
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let (mut world, [ada, _, mo]) = three();
    let one = |kind| vec![question(kind, None)];
    let choices = |count: usize| PollKind::Single { choices: vec!["x".into(); count] };
    let right = Some(choice(0));
    let timeless = Some(Quiz { seconds: Some(0), leader_board: false });
    let quiz = Some(Quiz { seconds: None, leader_board: true });
    for (draft, place) in [
        (poll(vec![]), "questions"),
        (poll(vec![question(PollKind::Text, None); POLL_QUESTIONS + 1]), "questions"),
        (poll(one(choices(1))), "questions[0].kind.choices"),
        (poll(one(choices(POLL_CHOICES + 1))), "questions[0].kind.choices"),
        (poll(one(PollKind::Rating { most: 1 })), "questions[0].kind.most"),
        (poll(vec![question(single(), right.clone())]), "questions[0].right"),
        (PollDraft { quiz, ..poll(one(single())) }, "questions[0].right"),
        (PollDraft { quiz, ..poll(vec![question(single(), Some(choice(2)))]) }, "answers[0]"),
        (PollDraft { quiz, anonymous: true, ..poll(one(PollKind::Text)) }, "quiz.leader_board"),
        (PollDraft { quiz: timeless, ..poll(vec![question(single(), right)]) }, "quiz.seconds"),
    ] {
        let refused = world.says(mo, Command::CreatePoll { draft: draft.clone() });
        assert!(
            matches!(&refused, Err(Refusal::BadPoll { detail }) if detail.starts_with(place)),
            "{draft:?}: {refused:?}"
        );
    }
    open(&mut world, mo, poll(one(single())));
    for answers in [vec![], vec![None], vec![Some(choice(2))], vec![Some(PollAnswer::Rating { rating: 1 })]] {
        assert!(matches!(answer(&mut world, ada, answers), Err(Refusal::BadPoll { .. })));
    }
}

#[test]
fn there_are_so_many_and_no_more_until_one_is_deleted() {
    let (mut world, [ada, _, mo]) = three();
    let create = || Command::CreatePoll { draft: poll(vec![question(single(), None)]) };
    for _ in 0..POLLS {
        world.says(mo, create()).unwrap();
    }
    assert_eq!(world.says(mo, create()), Err(Refusal::TooMany { most: POLLS as u32 }));
    assert_eq!(world.says(ada, Command::DeletePoll { poll: 1 }), Err(Refusal::Forbidden));
    world.says(mo, Command::DeletePoll { poll: 1 }).unwrap();
    world.says(mo, create()).unwrap();
}
