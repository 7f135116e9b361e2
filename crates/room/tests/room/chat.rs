//! The chat.

use signaling::limits::{CHAT_BYTES, CHAT_CHARS, CHAT_REMEMBERED};
use signaling::{Access, Command, Refusal, Role};

use crate::world::{Me, World};

const QUIET_MS: u64 = 10_000;

fn say(text: &str) -> Command {
    Command::Say { text: text.into() }
}

fn two() -> (World, [Me; 2]) {
    let mut world = World::new(Access::Open);
    let people = ["ada", "mo"].map(|name| (name, if name == "mo" { Role::Moderator } else { Role::Viewer }));
    let people = people.map(|(name, role)| world.join(name, role));
    (world, people)
}

fn texts(world: &World, who: Me) -> Vec<&str> {
    world.pages[&who].chat.iter().map(|(_, text)| text.as_str()).collect()
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
