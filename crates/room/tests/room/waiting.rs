//! The lock and the waiting room.

use room::Unattended;
use signaling::{Access, Closing, Command, Refusal, Role};

use crate::world::{Me, World};

fn locked() -> (World, Me) {
    let mut world = World::new(Access::Open);
    let mo = world.join("mo", Role::Moderator);
    world.says(mo, Command::LockRoom { locked: true }).unwrap();
    (world, mo)
}

/// Who waits, as somebody was told by a second later.
fn waiting(world: &mut World, who: Me) -> Vec<(u32, String)> {
    world.passes(1_000);
    world.pages[&who].waiting.iter().map(|one| (one.id, one.name.clone())).collect()
}

#[test]
fn a_newcomer_waits_and_moderators_know() {
    let (mut world, mo) = locked();
    let ada = world.connect("ada", Role::Viewer, None);
    assert!(world.waiting.contains_key(&ada) && world.room.state().participants.len() == 1);
    assert_eq!(waiting(&mut world, mo), [(1, "ADA".to_owned())]);
    let late = world.join("late", Role::Moderator);
    assert_eq!(waiting(&mut world, late), [(1, "ADA".to_owned())]);
}

#[test]
fn whoever_is_let_in_has_their_welcome_and_others_wait_on() {
    let (mut world, mo) = locked();
    let [ada, bob] = ["ada", "bob"].map(|name| world.connect(name, Role::Viewer, None));
    world.says(mo, Command::Admit { waiting: 1 }).unwrap();
    assert!(world.pages[&ada].connected && world.waiting.contains_key(&bob));
    assert_eq!(waiting(&mut world, mo), [(2, "BOB".to_owned())]);
    world.says(mo, Command::Admit { waiting: 1 }).unwrap();
    world.passes(20);
    world.says(mo, Command::AdmitAll).unwrap();
    world.passes(20);
    assert!(world.pages[&bob].connected);
    assert!(waiting(&mut world, mo).is_empty());
}

#[test]
fn whoever_is_turned_away_or_gives_up_is_gone() {
    let (mut world, mo) = locked();
    let [ada, bob] = ["ada", "bob"].map(|name| world.connect(name, Role::Viewer, None));
    world.says(mo, Command::TurnAway { waiting: 1 }).unwrap();
    assert_eq!(world.turned_away[&ada], Closing::TurnedAway);
    world.give_up(bob);
    assert!(waiting(&mut world, mo).is_empty());
}

#[test]
fn an_open_door_lets_everybody_in() {
    let (mut world, mo) = locked();
    let ada = world.connect("ada", Role::Viewer, None);
    world.says(mo, Command::LockRoom { locked: false }).unwrap();
    assert!(world.pages[&ada].connected && !world.room.state().locked);
}

#[test]
fn whoever_was_let_in_comes_back_and_whoever_was_removed_waits() {
    let (mut world, mo) = locked();
    let ada = world.connect("ada", Role::Viewer, None);
    world.says(mo, Command::AdmitAll).unwrap();
    world.says(ada, Command::LeaveRoom).unwrap();
    let ada = world.connect("ada", Role::Viewer, None);
    assert!(world.pages.contains_key(&ada));
    let participant = world.who(ada);
    world.says(mo, Command::RemoveParticipant { participant }).unwrap();
    let again = world.connect("ada", Role::Viewer, None);
    assert!(world.waiting.contains_key(&again));
}

/// A room that is open, with a guest before it whose token says that they wait.
fn with_a_guest() -> (World, Me, Me) {
    let mut world = World::new(Access::Open);
    world.held_up.insert("ada".to_owned());
    let mo = world.join("mo", Role::Moderator);
    let ada = world.connect("ada", Role::Viewer, None);
    (world, mo, ada)
}

#[test]
fn a_guest_waits_though_the_room_is_open_and_others_do_not() {
    let (mut world, mo, ada) = with_a_guest();
    assert!(world.waiting.contains_key(&ada));
    assert_eq!(waiting(&mut world, mo), [(1, "ADA".to_owned())]);
    let bob = world.connect("bob", Role::Viewer, None);
    assert!(world.pages[&bob].connected);
    world.says(mo, Command::Admit { waiting: 1 }).unwrap();
    assert!(world.pages[&ada].connected);
}

#[test]
fn a_guest_who_was_let_in_once_waits_no_more_until_they_are_removed() {
    let (mut world, mo, ada) = with_a_guest();
    world.says(mo, Command::AdmitAll).unwrap();
    world.says(ada, Command::LeaveRoom).unwrap();
    let ada = world.connect("ada", Role::Viewer, None);
    assert!(world.pages[&ada].connected);
    let participant = world.who(ada);
    world.says(mo, Command::RemoveParticipant { participant }).unwrap();
    let again = world.connect("ada", Role::Viewer, None);
    assert!(world.waiting.contains_key(&again));
}

#[test]
fn opening_the_door_lets_in_whoever_was_locked_out_and_no_guest() {
    let (mut world, mo, ada) = with_a_guest();
    world.says(mo, Command::LockRoom { locked: true }).unwrap();
    let bob = world.connect("bob", Role::Viewer, None);
    assert_eq!(waiting(&mut world, mo).len(), 2);
    world.says(mo, Command::LockRoom { locked: false }).unwrap();
    assert!(world.pages[&bob].connected && world.waiting.contains_key(&ada));
    assert_eq!(waiting(&mut world, mo), [(1, "ADA".to_owned())]);
}

#[test]
fn who_moderates_never_waits_and_a_guest_without_a_page_is_refused() {
    let (mut world, _, _) = with_a_guest();
    world.held_up.extend(["meg", "stream"].map(str::to_owned));
    let meg = world.connect("meg", Role::Moderator, None);
    assert!(world.pages[&meg].connected);
    let camera = room::Brings { mic: true, camera: true, screen: false };
    let refused = world.attach("stream", Role::Speaker, Unattended::Publisher(camera));
    assert_eq!(refused, Err(Refusal::RoomLocked));
}

#[test]
fn the_newest_page_waits_and_a_better_token_waits_no_more() {
    let (mut world, mo) = locked();
    let first = world.connect("ada", Role::Viewer, None);
    let second = world.connect("ada", Role::Viewer, None);
    assert_eq!(world.turned_away[&first], Closing::NewerSession);
    assert_eq!(waiting(&mut world, mo).len(), 1);
    let third = world.connect("ada", Role::Host, None);
    assert_eq!(world.turned_away[&second], Closing::NewerSession);
    assert!(world.pages.contains_key(&third));
    assert!(waiting(&mut world, mo).is_empty());
}

#[test]
fn nobody_comes_around_the_lock_without_a_page() {
    let (mut world, _) = locked();
    let unattended = Unattended::Publisher(room::Brings { mic: true, camera: false, screen: false });
    assert_eq!(world.attach("ada", Role::Speaker, unattended), Err(Refusal::RoomLocked));
}

#[test]
fn the_end_of_the_room_is_told_to_those_who_wait() {
    let (mut world, _) = locked();
    let ada = world.connect("ada", Role::Viewer, None);
    world.script(room::ScriptCommand::End).unwrap();
    assert_eq!(world.turned_away[&ada], Closing::RoomEnded);
}

#[test]
fn only_moderators_keep_the_door() {
    let (mut world, mo) = locked();
    world.says(mo, Command::LockRoom { locked: false }).unwrap();
    let speaker = world.join("eve", Role::Speaker);
    for command in [
        Command::LockRoom { locked: true },
        Command::Admit { waiting: 1 },
        Command::AdmitAll,
        Command::TurnAway { waiting: 1 },
    ] {
        assert_eq!(world.says(speaker, command), Err(Refusal::Forbidden));
    }
}

#[test]
fn a_hall_that_is_let_in_comes_in_a_few_at_a_time_and_may_leave_on_the_way() {
    let (mut world, mo) = locked();
    let hall: Vec<Me> = (0..120).map(|n| world.connect(&format!("user {n}"), Role::Viewer, None)).collect();
    world.says(mo, Command::AdmitAll).unwrap();
    let inside = |world: &World| world.room.state().participants.len() - 1;
    assert_eq!(inside(&world), 50);
    world.give_up(hall[119]);
    world.passes(100);
    assert_eq!((inside(&world), world.waiting.len()), (119, 0));
}
