//! The chat.

use signaling::limits::{CHAT_BYTES, CHAT_CHARS, CHAT_REMEMBERED};
use signaling::{Access, Audience, Command, Refusal, Role};

use crate::world::{Me, World};

const QUIET_MS: u64 = 10_000;

fn say(text: &str) -> Command {
    Command::Say { text: text.into(), audience: Audience::Everybody, reply_to: None }
}

fn two() -> (World, [Me; 2]) {
    let mut world = World::new(Access::Open);
    let people = ["ada", "mo"].map(|name| (name, if name == "mo" { Role::Moderator } else { Role::Viewer }));
    let people = people.map(|(name, role)| world.join(name, role));
    (world, people)
}

fn texts(world: &World, who: Me) -> Vec<&str> {
    world.pages[&who].chat.values().map(|message| message.text.as_str()).collect()
}

#[test]
fn what_is_written_reaches_everybody_and_whoever_comes_later() {
    let (mut world, [ada, mo]) = two();
    world.says(ada, say("hello")).unwrap();
    world.says(mo, say("welcome")).unwrap();
    let late = world.join("late", Role::Viewer);
    for who in [ada, mo, late] {
        assert_eq!(texts(&world, who), ["hello", "welcome"]);
    }
}

#[test]
fn ones_own_message_or_any_by_a_moderator_is_taken_out() {
    let (mut world, [ada, mo]) = two();
    for (who, text) in [(ada, "one"), (mo, "two"), (ada, "three")] {
        world.says(who, say(text)).unwrap();
    }
    assert_eq!(world.says(ada, Command::DeleteMessage { message: 2 }), Err(Refusal::Forbidden));
    assert_eq!(world.says(ada, Command::ClearChat), Err(Refusal::Forbidden));
    world.says(ada, Command::DeleteMessage { message: 1 }).unwrap();
    world.says(mo, Command::DeleteMessage { message: 3 }).unwrap();
    world.says(mo, Command::DeleteMessage { message: 3 }).unwrap();
    assert_eq!(texts(&world, ada), ["two"]);
    world.says(mo, Command::ClearChat).unwrap();
    let late = world.join("late", Role::Viewer);
    for who in [ada, mo, late] {
        assert!(texts(&world, who).is_empty());
    }
}

#[test]
fn what_nobody_can_read_is_refused_and_what_nobody_sees_taken_out() {
    let (mut world, [ada, _]) = two();
    let long = "x".repeat(CHAT_CHARS + 1);
    assert_eq!(world.says(ada, say(&long)), Err(Refusal::TextTooLong { most: CHAT_CHARS as u32 }));
    for empty in ["", " \n ", "\u{202e}\u{200b}"] {
        assert_eq!(world.says(ada, say(empty)), Err(Refusal::TextEmpty));
    }
    world.says(ada, say("<b>\u{202e}hi</b>\u{0}\n\n\n\nthere\u{feff}")).unwrap();
    assert_eq!(texts(&world, ada), ["<b>hi</b>\n\nthere"]);
}

#[test]
fn whoever_writes_too_fast_is_told_how_long_to_wait() {
    let (mut world, [ada, mo]) = two();
    for _ in 0..5 {
        world.says(ada, say("again")).unwrap();
    }
    assert_eq!(world.says(ada, say("again")), Err(Refusal::TooFast { seconds: 1 }));
    world.says(mo, say("others are not held up")).unwrap();
    world.passes(1_000);
    world.says(ada, say("one more")).unwrap();
    assert_eq!(world.says(ada, say("and another")), Err(Refusal::TooFast { seconds: 1 }));
    world.passes(QUIET_MS);
    world.says(ada, say("after a while")).unwrap();
}

#[test]
fn the_oldest_is_forgotten_and_counted() {
    let (mut world, [ada, _]) = two();
    let write = |world: &mut World, text: &str| {
        world.passes(1_000);
        world.says(ada, say(text)).unwrap();
    };
    for n in 0..=CHAT_REMEMBERED {
        write(&mut world, &n.to_string());
    }
    let late = world.join("late", Role::Viewer);
    assert_eq!((texts(&world, late).len(), texts(&world, late)[0]), (CHAT_REMEMBERED, "1"));
    for _ in 0..=CHAT_BYTES / CHAT_CHARS {
        write(&mut world, &"y".repeat(CHAT_CHARS));
    }
    let later = world.join("later", Role::Viewer);
    assert_eq!(texts(&world, later).len(), CHAT_BYTES / CHAT_CHARS);
    assert_eq!(world.room.bounds_hit().chat_forgotten, CHAT_REMEMBERED as u64 + 2);
}

fn to(text: &str, audience: Audience) -> Command {
    Command::Say { text: text.into(), audience, reply_to: None }
}

#[test]
fn backstage_is_for_those_who_came_to_speak_and_for_whoever_joins_them() {
    let (mut world, [ada, mo]) = two();
    let [eve, hal] = [("eve", Role::Speaker), ("hal", Role::Host)].map(|(name, role)| world.join(name, role));
    assert_eq!(world.says(ada, to("hello", Audience::Backstage)), Err(Refusal::Forbidden));
    world.says(eve, to("ready?", Audience::Backstage)).unwrap();
    let late = world.join("late", Role::Viewer);
    for (who, reads) in [(ada, false), (late, false), (eve, true), (mo, true), (hal, true)] {
        assert_eq!(texts(&world, who) == ["ready?"], reads);
    }
    let participant = world.who(ada);
    world.says(hal, Command::SetRole { participant, role: Role::Speaker }).unwrap();
    assert_eq!(texts(&world, ada), ["ready?"]);
}

#[test]
fn in_private_a_moderator_is_one_of_the_two() {
    let (mut world, [ada, mo]) = two();
    let bob = world.join("bob", Role::Viewer);
    let to_whom = |world: &World, whom| Audience::Person { participant: world.who(whom) };
    let (with_ada, with_bob, with_mo) = (to_whom(&world, ada), to_whom(&world, bob), to_whom(&world, mo));
    assert_eq!(world.says(ada, to("psst", with_bob)), Err(Refusal::Forbidden));
    assert_eq!(world.says(mo, to("psst", with_mo)), Err(Refusal::Forbidden));
    world.says(ada, to("a word?", with_mo)).unwrap();
    world.says(mo, to("yes", with_ada)).unwrap();
    let hal = world.join("hal", Role::Host);
    for (who, reads) in [(ada, true), (mo, true), (bob, false), (hal, false)] {
        assert_eq!(texts(&world, who).len(), if reads { 2 } else { 0 });
    }
    // Not even to be taken out.
    assert_eq!(world.says(hal, Command::DeleteMessage { message: 1 }), Err(Refusal::Forbidden));
    assert_eq!(world.says(bob, Command::LikeMessage { message: 1, liked: true }), Err(Refusal::Gone));
}

#[test]
fn an_answer_names_what_it_answers_within_the_same_conversation() {
    let (mut world, [ada, mo]) = two();
    let reply = |audience, reply_to| Command::Say { text: "yes".into(), audience, reply_to: Some(reply_to) };
    world.says(ada, say("hello?")).unwrap();
    world.says(mo, reply(Audience::Everybody, 1)).unwrap();
    let private = Audience::Person { participant: world.who(ada) };
    world.says(mo, reply(private, 1)).unwrap();
    world.says(mo, reply(Audience::Everybody, 9)).unwrap();
    let answers: Vec<_> = world.pages[&ada].chat.values().map(|one| one.reply_to).collect();
    assert_eq!(answers, [None, Some(1), None, None]);
}

#[test]
fn likes_are_counted_one_a_person() {
    let (mut world, [ada, mo]) = two();
    world.says(ada, say("hello")).unwrap();
    let like = |liked| Command::LikeMessage { message: 1, liked };
    for (who, liked) in [(ada, true), (mo, true), (mo, true), (ada, false)] {
        world.says(who, like(liked)).unwrap();
    }
    let late = world.join("late", Role::Viewer);
    let liked =
        [ada, mo, late].map(|who| (world.pages[&who].chat[&1].likes, world.pages[&who].chat[&1].liked));
    assert_eq!(liked, [(1, false), (1, true), (1, false)]);
    assert_eq!(world.says(ada, Command::LikeMessage { message: 9, liked: true }), Err(Refusal::Gone));
}

#[test]
fn one_message_stands_above_the_others_and_outlasts_them() {
    let (mut world, [ada, mo]) = two();
    world.says(ada, say("first")).unwrap();
    world.says(mo, to("psst", Audience::Backstage)).unwrap();
    let pin = |message| Command::PinMessage { message };
    assert_eq!(world.says(ada, pin(Some(1))), Err(Refusal::Forbidden));
    assert_eq!(world.says(mo, pin(Some(2))), Err(Refusal::Forbidden));
    assert_eq!(world.says(mo, pin(Some(9))), Err(Refusal::Gone));
    world.says(mo, pin(Some(1))).unwrap();
    for n in 0..CHAT_REMEMBERED {
        world.passes(1_000);
        world.says(ada, say(&n.to_string())).unwrap();
    }
    let late = world.join("late", Role::Viewer);
    assert_eq!((world.pages[&late].pinned, texts(&world, late)[0]), (Some(1), "first"));
    world.says(ada, Command::DeleteMessage { message: 1 }).unwrap();
    assert_eq!([ada, late].map(|who| world.pages[&who].pinned), [None, None]);
}

#[test]
fn what_was_written_outlives_a_restart_with_whose_it_is() {
    let (mut world, [ada, mo]) = two();
    world.says(ada, say("mine")).unwrap();
    world.says(mo, to("psst", Audience::Backstage)).unwrap();
    let mut next = world.restarted();
    // Numbers are given anew: the first to come is somebody else's number now.
    let [eve, ada] = ["eve", "ada"].map(|name| next.join(name, Role::Viewer));
    assert_eq!([texts(&next, eve), texts(&next, ada)], [["mine"], ["mine"]]);
    assert_eq!(next.pages[&ada].chat[&1].by, next.who(ada));
    assert_eq!(next.says(eve, Command::DeleteMessage { message: 1 }), Err(Refusal::Forbidden));
    next.says(ada, Command::DeleteMessage { message: 1 }).unwrap();
    next.says(ada, say("again")).unwrap();
    assert_eq!(next.pages[&ada].chat.keys().copied().collect::<Vec<_>>(), [3]);
}
