//! Sessions, resuming, and lost connections.

use room::{Effect, Pace, ResumeKey};
use signaling::{Access, Closing, Command, Role, Source, StageStanding};

use crate::world::{BOTH, Me, World};

/// A viewer who watches, and a viewer who is on stage.
fn two() -> (World, Me, Me) {
    let mut world = World::new(Access::Open);
    let bob = world.join("bob", Role::Viewer);
    let ada = world.on_stage("ada", Role::Viewer);
    (world, bob, ada)
}

#[test]
fn a_late_joiner_knows_all() {
    let (mut world, _, ada) = two();
    let late = world.join("late", Role::Viewer);
    // That the snapshot is the room is checked after every command; here, that it is not an empty one.
    assert_eq!(world.pages[&late].room.participants.len(), 3);
    assert!(world.slot(late, ada, Source::Camera).is_some());
}

#[test]
fn the_audience_comes_and_goes_at_leisure_and_the_stage_at_once() {
    let mut world = World::new(Access::Open);
    let paces = |world: &World| -> Vec<Pace> {
        let pace = |effect: &Effect| match effect {
            Effect::Broadcast { pace, .. } => Some(*pace),
            _ => None,
        };
        world.effects.iter().filter_map(pace).collect()
    };
    let ada = world.connect("ada", Role::Viewer, None);
    assert_eq!(paces(&world), [Pace::Leisurely]);
    world.lose(ada);
    assert_eq!(paces(&world), [Pace::Leisurely]);
    let ada = world.resume(ada);
    assert_eq!(paces(&world), [Pace::Leisurely]);
    world.says(ada, Command::JoinStage { sources: BOTH }).unwrap();
    assert_eq!(paces(&world), [Pace::Prompt]);
    world.says(ada, Command::LeaveRoom).unwrap();
    assert_eq!(paces(&world), [Pace::Prompt], "whoever leaves from the stage");
    let bob = world.connect("bob", Role::Viewer, None);
    world.says(bob, Command::LeaveRoom).unwrap();
    assert_eq!(paces(&world), [Pace::Leisurely]);
}

#[test]
fn a_second_tab_takes_over_and_keeps_the_standing() {
    let (mut world, bob, ada) = two();
    let old = world.transport(ada).unwrap();
    let second = world.connect("ada", Role::Viewer, None);
    assert_eq!(world.pages[&ada].closed, Some(Closing::NewerSession));
    assert_eq!(world.who(second), world.who(ada));
    assert!(!world.pages[&second].resumed);
    assert!(world.effects.contains(&Effect::DropTransport { transport: old }));
    assert_eq!(world.standing(second), StageStanding::OnStage);
    assert_eq!(world.slot(bob, second, Source::Camera), None);
    world.ready(second);
    assert_eq!(world.open(second), [Source::Mic, Source::Camera]);
    assert!(world.slot(bob, second, Source::Camera).is_some());
}

#[test]
fn the_closed_tabs_socket_ending_harms_nobody() {
    let (mut world, _, ada) = two();
    let second = world.connect("ada", Role::Viewer, None);
    world.apply(room::Command::Disconnect { session: ada });
    assert!(world.state(second).unwrap().connected && world.effects.is_empty());
}

#[test]
fn a_broken_socket_interrupts_no_media_and_resuming_goes_on() {
    let (mut world, bob, ada) = two();
    let (transport, slot) = (world.transport(ada), world.slot(bob, ada, Source::Camera));
    world.lose(ada);
    assert!(!world.state(ada).unwrap().connected);
    assert_eq!(world.open(ada), [Source::Mic, Source::Camera]);
    world.later(29_999);
    let back = world.resume(ada);
    assert!(world.pages[&back].resumed && world.state(back).unwrap().connected);
    assert_eq!((world.transport(back), world.slot(bob, back, Source::Camera)), (transport, slot));
    world.later(120_000);
    assert_eq!(world.standing(back), StageStanding::OnStage);
}

#[test]
fn a_page_may_resume_before_its_old_socket_is_known_to_be_lost() {
    let (mut world, _, ada) = two();
    let transport = world.transport(ada);
    let back = world.resume(ada);
    assert_eq!(world.pages[&ada].closed, Some(Closing::NewerSession));
    assert!(world.pages[&back].resumed);
    assert_eq!(world.transport(back), transport);
}

#[test]
fn a_key_is_good_for_once_and_for_ones_own_session_only() {
    let (mut world, bob, ada) = two();
    let first = world.pages[&ada].key.clone();
    let back = world.resume(ada);
    let replayed = world.connect("ada", Role::Viewer, Some(first));
    assert!(!world.pages[&replayed].resumed);
    assert_eq!(world.pages[&back].closed, Some(Closing::NewerSession));
    let bobs = world.pages[&bob].key.clone();
    let stolen = world.connect("ada", Role::Viewer, Some(bobs));
    assert!(!world.pages[&stolen].resumed);
    assert!(world.pages[&bob].connected);
    let made_up = world.connect("ada", Role::Viewer, Some(ResumeKey(String::new())));
    assert!(!world.pages[&made_up].resumed);
}

#[test]
fn without_its_transport_a_session_is_not_resumed_but_keeps_its_place() {
    let (mut world, _, ada) = two();
    world.lose(ada);
    world.lose_media(ada);
    let back = world.resume(ada);
    assert!(!world.pages[&back].resumed, "a new peer connection is needed");
    assert_eq!(world.standing(back), StageStanding::OnStage);
    world.ready(back);
    assert_eq!(world.open(back), [Source::Mic, Source::Camera]);
}

#[test]
fn an_answer_that_nobody_waits_for_leaves_no_transport() {
    let (mut world, _, ada) = two();
    let before = world.transport(ada);
    world.lose(ada);
    let late = world.ready(ada);
    assert!(world.effects.contains(&Effect::DropTransport { transport: late }));
    assert_eq!(world.transport(ada), before);
    let second = world.connect("ada", Role::Viewer, None);
    let stale = world.ready(ada);
    assert!(world.effects.contains(&Effect::DropTransport { transport: stale }));
    assert_eq!(world.transport(second), None);
}

#[test]
fn the_newest_token_names_a_person_and_the_hosts_word_on_roles_holds() {
    let mut world = World::new(Access::Open);
    let hal = world.join("hal", Role::Host);
    let ada = world.join("ada", Role::Viewer);
    let role = Role::Moderator;
    world.says(hal, Command::SetRole { participant: world.who(ada), role }).unwrap();
    let again = world.connect("ada", Role::Viewer, None);
    assert_eq!(world.state(again).unwrap().role, Role::Moderator, "the same token takes nothing back");
    let other = world.connect("ada", Role::Speaker, None);
    assert_eq!(world.state(other).unwrap().role, Role::Speaker, "another token is a new word");
}

#[test]
fn the_stage_is_held_for_thirty_seconds() {
    let (mut world, bob, ada) = two();
    world.lose(ada);
    world.later(29_999);
    assert_eq!(world.standing(ada), StageStanding::OnStage);
    world.later(1);
    assert_eq!(world.standing(ada), StageStanding::Off);
    assert!(world.open(ada).is_empty());
    assert_eq!(world.slot(bob, ada, Source::Mic), None);
    let back = world.resume(ada);
    assert_eq!(world.standing(back), StageStanding::Off, "nobody returns to the stage by themselves");
}

#[test]
fn whoever_does_not_return_is_gone_after_a_minute() {
    let (mut world, bob, ada) = two();
    let late = world.join("late", Role::Viewer);
    for me in [ada, late] {
        world.lose(me);
    }
    world.later(59_999);
    assert_eq!(world.room.counts().off, 3);
    world.later(1);
    assert_eq!(world.room.counts().off, 1);
    assert_eq!((world.state(ada), world.state(late)), (None, None));
    assert_eq!(world.transports.len(), 1);
    let back = world.resume(ada);
    assert!(!world.pages[&back].resumed);
    assert_eq!(world.who(back), world.who(ada), "and still known if they return after all");
    assert_eq!(world.pages[&bob].room.participants.last().map(|p| p.id), Some(world.who(back)));
}

#[test]
fn a_request_and_an_invitation_are_kept_for_a_minute() {
    let mut world = World::new(Access::Request);
    let mo = world.join("mo", Role::Moderator);
    let asking = world.join("ada", Role::Viewer);
    world.says(asking, Command::RequestStage { question: None }).unwrap();
    world.lose(asking);
    world.later(59_999);
    assert_eq!(world.standing(asking), StageStanding::Requested);
    // An invitation in the last moment is one more minute.
    world.says(mo, Command::ApproveRequest { request: world.request(asking) }).unwrap();
    world.later(59_999);
    assert_eq!(world.standing(asking), StageStanding::Invited);
    world.later(1);
    assert_eq!(world.state(asking), None);
}

#[test]
fn whoever_is_overdue_goes_as_soon_as_nothing_is_kept_for_them() {
    let mut world = World::new(Access::Request);
    let mo = world.join("mo", Role::Moderator);
    let ada = world.join("ada", Role::Viewer);
    world.lose(ada);
    world.later(50_000);
    world.says(mo, Command::Invite { participant: world.who(ada) }).unwrap();
    world.later(20_000);
    let invitation = world.invitation(ada);
    world.says(mo, Command::RevokeInvitation { invitation }).unwrap();
    world.later(0);
    assert_eq!(world.state(ada), None);
}

#[test]
fn coming_back_stops_the_clock() {
    let (mut world, bob, _) = two();
    world.lose(bob);
    world.later(40_000);
    let back = world.resume(bob);
    world.later(120_000);
    assert!(world.state(back).is_some());
    let marked = world.now.plus(60_000);
    assert_eq!(world.room.next_deadline(), Some(marked), "nothing but the next mark of the meeting");
}

#[test]
fn whoever_returns_in_the_moment_of_going_comes_anew() {
    let (mut world, bob, ada) = two();
    world.lose(ada);
    world.now = world.now.plus(60_000);
    let back = world.resume(ada);
    assert_eq!(world.standing(back), StageStanding::Off);
    assert!(!world.pages[&back].resumed && world.pages[&bob].connected);
}

#[test]
fn an_offer_again_that_comes_after_its_owner_went_drops_nothing_twice() {
    let (mut world, _, ada) = two();
    let transport = world.transport(ada).unwrap();
    world.lose(ada);
    world.now = world.now.plus(60_000);
    world.offer(ada, transport, (4, 6));
    let dropped = world.effects.iter().filter(|e| matches!(e, Effect::DropTransport { .. })).count();
    assert_eq!(dropped, 1);
}
