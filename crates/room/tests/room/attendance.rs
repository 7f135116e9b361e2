//! Who was there: meetings, stays, what a restart and a crash leave of them, and the bounds.

use proptest::prelude::*;
use room::{
    ATTENDANCE_GAP_MS, ATTENDEES, Attendee, Command, Effect, Identity, Item, MEETINGS, Meeting, Millis,
    ResumeKey, Room, RoomOptions, Rules, SessionId, Timing, WhichMeetings,
};
use signaling::{Access, Role};

use crate::recount::Recount;
use crate::world::{BOTH, Me, World};

fn meetings(world: &World) -> Vec<Meeting> {
    world.room.attendance(world.now, WhichMeetings::All).meetings
}

/// Somebody in the newest meeting.
fn attendee(world: &World, user: &str) -> Attendee {
    let newest = meetings(world).swap_remove(0);
    newest.people.into_iter().find(|one| one.user == user).expect("somebody who was there")
}

fn leave(world: &mut World, me: Me) {
    world.says(me, signaling::Command::LeaveRoom).unwrap();
}

#[test]
fn stays_are_added_up_and_two_tabs_are_one_person() {
    let mut world = World::new(Access::Open);
    let began = world.now.0;
    world.join("ada", Role::Viewer);
    world.join("mo", Role::Moderator);
    world.passes(10_000);
    let ada = world.connect("ada", Role::Viewer, None);
    world.passes(20_000);
    leave(&mut world, ada);
    world.passes(5_000);
    let ada = world.on_stage("ada", Role::Speaker);
    world.passes(7_000);
    world.says(ada, signaling::Command::LeaveStage).unwrap();
    world.passes(1_000);
    world.says(ada, signaling::Command::JoinStage { sources: BOTH }).unwrap();
    world.passes(2_000);
    let found = attendee(&world, "ada");
    let expected = Attendee {
        user: "ada".into(),
        name: "ADA".into(),
        role: Role::Speaker,
        joined: began,
        left: None,
        present_ms: 40_000,
        stage_ms: 9_000,
        present: true,
    };
    assert_eq!(found, expected);
    leave(&mut world, ada);
    assert_eq!(attendee(&world, "ada").left, Some(began + 45_000));
    world.passes(60_000);
    assert_eq!(attendee(&world, "ada").present_ms, 40_000, "nobody stays on after they have left");
}

#[test]
fn a_meeting_is_over_when_nobody_was_there_for_a_while() {
    let mut world = World::new(Access::Open);
    let ada = world.join("ada", Role::Viewer);
    world.passes(30_000);
    leave(&mut world, ada);
    let left = world.now.0;
    world.passes(ATTENDANCE_GAP_MS - 1);
    let ada = world.join("ada", Role::Viewer);
    assert_eq!(meetings(&world).len(), 1, "they came back in time");
    // A page that is lost: its place is kept for a minute, and they count for as long.
    world.lose(ada);
    world.passes(60_000);
    let gone = world.now.0;
    let found = attendee(&world, "ada");
    assert_eq!((found.present_ms, found.left), (90_000, Some(gone)));
    assert_eq!(meetings(&world)[0].ended, None);
    world.passes(ATTENDANCE_GAP_MS);
    assert_eq!(meetings(&world)[0].ended, Some(gone), "when the last went, not when that was certain");
    assert!(gone - left > ATTENDANCE_GAP_MS);
    assert_eq!(world.room.next_deadline(), None, "an empty room wants nothing");
    world.join("bob", Role::Viewer);
    let ids: Vec<u32> = meetings(&world).iter().map(|meeting| meeting.id).collect();
    assert_eq!(ids, [2, 1], "the newest first");
    let latest = world.room.attendance(world.now, WhichMeetings::Latest).meetings;
    assert_eq!((latest[0].people.len(), latest[1].people.len()), (1, 0), "only whose people are wanted");
    let first = world.room.attendance(world.now, WhichMeetings::One(1)).meetings;
    assert_eq!((first[0].people.len(), first[1].people.len()), (0, 1));
}

#[test]
fn whoever_waits_is_not_there_and_whoever_has_no_page_is() {
    let mut world = World::new(Access::Open);
    let mo = world.join("mo", Role::Moderator);
    world.says(mo, signaling::Command::LockRoom { locked: true }).unwrap();
    world.connect("eve", Role::Viewer, None);
    world.passes(5_000);
    assert_eq!(meetings(&world)[0].people.len(), 1);
    world.says(mo, signaling::Command::LockRoom { locked: false }).unwrap();
    world.publish("cam", Role::Speaker);
    world.passes(5_000);
    assert_eq!((attendee(&world, "cam").present_ms, attendee(&world, "cam").stage_ms), (5_000, 5_000));
}

#[test]
fn the_name_and_the_role_are_the_last() {
    let mut world = World::new(Access::Open);
    let hal = world.join("hal", Role::Host);
    let ada = world.join("ada", Role::Viewer);
    let role = signaling::Command::SetRole { participant: world.who(ada), role: Role::Moderator };
    world.says(hal, role).unwrap();
    assert_eq!(attendee(&world, "ada").role, Role::Moderator);
    assert!(world.disk.values().any(|text| text.contains("\"ADA\"") && text.contains("moderator")));
}

/// As after a power cut: nothing but what was kept on the way.
fn crashed(world: &World, down_ms: u64) -> World {
    let mut next = world.restarted();
    next.now = next.now.plus(down_ms);
    let mut effects = Vec::new();
    next.room.apply(next.now, Command::Tick, &mut effects);
    for effect in effects {
        let Effect::Keep(item) = effect else { panic!("{effect:?} of a room with nobody in it") };
        next.disk.insert(item, next.room.kept(item).unwrap());
    }
    next.recount = Recount::of_what_is_left(&next.room, next.now);
    next
}

#[test]
fn a_crash_takes_at_most_what_came_after_the_last_mark() {
    let mut world = World::new(Access::Open);
    world.on_stage("ada", Role::Viewer);
    world.passes(150_000);
    let next = crashed(&world, 10_000);
    let found = attendee(&next, "ada");
    assert_eq!((found.present_ms, found.stage_ms, found.present), (120_000, 120_000, false));
    assert_eq!(meetings(&next)[0].ended, None, "they may come back yet");
    let long = crashed(&world, 10 * ATTENDANCE_GAP_MS);
    assert_eq!(meetings(&long)[0].ended, found.left, "when somebody was last seen");
}

#[test]
fn a_restart_loses_nothing_and_whoever_returns_in_time_is_in_the_same_meeting() {
    let mut world = World::new(Access::Open);
    world.on_stage("ada", Role::Viewer);
    world.passes(47_000);
    assert_eq!(world.room.unkept(), [Item::Meeting(1)]);
    for item in world.room.unkept() {
        world.disk.insert(item, world.room.kept(item).unwrap());
    }
    let mut next = world.restarted();
    next.now = next.now.plus(20_000);
    next.join("ada", Role::Viewer);
    next.passes(3_000);
    let found = attendee(&next, "ada");
    assert_eq!((found.present_ms, found.stage_ms, found.present), (50_000, 47_000, true));
    assert_eq!(meetings(&next).len(), 1);
}

#[test]
fn what_cannot_be_read_costs_no_more_than_itself() {
    let mut world = World::new(Access::Open);
    world.join("ada", Role::Viewer);
    world.passes(1_000);
    world.join("bob", Role::Viewer);
    world.disk.remove(&Item::Meeting(1));
    let next = crashed(&world, 1_000);
    assert_eq!(attendee(&next, "ada").present_ms, 1_000, "until bob came");
    assert!(meetings(&next)[0].ended.is_some());
}

fn connect(session: u64, user: &str) -> Command {
    let identity = Identity { user: user.into(), name: user.into(), role: Role::Viewer, waits: false };
    let (resume, fresh_key) = (None, ResumeKey("key".into()));
    Command::Connect { session: SessionId(session), identity, resume, fresh_key }
}

#[test]
fn the_oldest_meeting_goes_with_its_people_and_is_counted() {
    let mut world = World::new(Access::Open);
    for _ in 0..=MEETINGS {
        let ada = world.connect("ada", Role::Viewer, None);
        leave(&mut world, ada);
        world.passes(ATTENDANCE_GAP_MS);
    }
    let found = meetings(&world);
    assert_eq!((found.len(), found[MEETINGS - 1].id), (MEETINGS, 2));
    assert_eq!(world.room.bounds_hit().meetings_forgotten, 1);
    assert!(!world.disk.contains_key(&Item::Meeting(1)) && !world.disk.contains_key(&Item::Attendee(1)));
    assert_eq!(world.disk.len(), 2 * MEETINGS);
}

#[test]
fn whoever_is_one_too_many_is_there_and_not_in_the_list() {
    let options = RoomOptions::new("r", "R", Rules::default(), Timing::default());
    let mut room = Room::new(RoomOptions { people: ATTENDEES + 1, ..options });
    let mut effects = Vec::new();
    for n in 0..=ATTENDEES as u64 {
        room.apply(Millis(n), connect(n, &format!("user {n}")), &mut effects);
        effects.clear();
    }
    let newest = room.attendance(Millis(9_000), WhichMeetings::Latest).meetings.swap_remove(0);
    assert_eq!((newest.people.len(), room.bounds_hit().attendees_full), (ATTENDEES, 1));
    assert!(room.is_present(&format!("user {ATTENDEES}")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// However often it crashes: nobody gains by it, and nobody loses more than a minute by each.
    #[test]
    fn crashes_take_little_and_give_nothing(
        steps in prop::collection::vec((0..3usize, 0..5u8, 0..100_000u64), 1..40),
    ) {
        let mut world = World::new(Access::Open);
        let (mut true_ms, mut crashes) = ([0u64; 3], 0u64);
        for (user, what, ms) in steps {
            let name = ["ada", "bob", "eve"][user];
            let page = world.pages.values().rfind(|page| page.connected && page.user == name).map(|page| page.session);
            match (what, page) {
                (0, _) => {
                    world = crashed(&world, 1);
                    crashes += 1;
                }
                (1, Some(page)) => leave(&mut world, page),
                (_, None) => drop(world.connect(name, Role::Viewer, None)),
                _ => {}
            }
            for (user, name) in ["ada", "bob", "eve"].into_iter().enumerate() {
                true_ms[user] += if world.room.is_present(name) { ms } else { 0 };
            }
            world.passes(ms);
        }
        let found = meetings(&world);
        for (user, name) in ["ada", "bob", "eve"].into_iter().enumerate() {
            let people = found.iter().flat_map(|meeting| &meeting.people).filter(|one| one.user == name);
            let sum: u64 = people.map(|one| one.present_ms).sum();
            prop_assert!(sum <= true_ms[user] && sum + crashes * 60_000 >= true_ms[user], "{sum} of {true_ms:?}");
        }
    }
}
