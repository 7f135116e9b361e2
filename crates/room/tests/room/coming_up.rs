//! The three ways up, each refusal on the way, and who is told.

use signaling::{Access, Command, Notice, Refusal, Role, Source, SourceState, SourcesOn, StageStanding};

use crate::world::{BOTH, Me, World};
use stage::Rules;

const MIC: SourcesOn = SourcesOn { mic: true, camera: false };

/// A moderator and a viewer.
fn two(access: Access) -> (World, Me, Me) {
    let mut world = World::new(access);
    let mo = world.join("mo", Role::Moderator);
    let ada = world.join("ada", Role::Viewer);
    (world, mo, ada)
}

fn asked() -> (World, Me, Me) {
    let (mut world, mo, ada) = two(Access::Request);
    world.says(ada, Command::RequestStage { question: None }).unwrap();
    (world, mo, ada)
}

fn invited() -> (World, Me, Me) {
    let (mut world, mo, ada) = two(Access::Invite);
    world.says(mo, Command::Invite { participant: world.who(ada) }).unwrap();
    (world, mo, ada)
}

#[test]
fn all_who_ask_are_approved_in_order_while_seats_last() {
    let rules = Rules { access: Access::Request, capacity: 2, self_leave: false };
    let mut world = World::with(rules);
    let asking = ["ada", "bob", "eve"].map(|name| world.join(name, Role::Viewer));
    let mo = world.join("mo", Role::Moderator);
    for who in [asking[1], asking[0], asking[2]] {
        world.says(who, Command::RequestStage { question: None }).unwrap();
    }
    assert_eq!(world.says(asking[0], Command::ApproveAllRequests), Err(Refusal::Forbidden));
    world.says(mo, Command::ApproveAllRequests).unwrap();
    let standing = asking.map(|who| world.standing(who));
    assert_eq!(standing, [StageStanding::Invited, StageStanding::Invited, StageStanding::Requested]);
    assert_eq!(world.says(mo, Command::ApproveAllRequests), Err(Refusal::StageFull));
    assert_eq!(world.standing(asking[2]), StageStanding::Requested);
}

#[test]
fn an_open_stage_is_joined_at_once_with_the_chosen_sources() {
    let (mut world, _, ada) = two(Access::Open);
    world.says(ada, Command::JoinStage { sources: MIC }).unwrap();
    assert_eq!(world.open(ada), [Source::Mic]);
    assert_eq!(world.source(ada, Source::Camera), SourceState::Off);
    assert_eq!(world.notices(ada), [Notice::OnStage]);
}

#[test]
fn a_request_is_approved_into_an_invitation_and_accepted() {
    let (mut world, mo, ada) = asked();
    let request = world.request(ada);
    assert_eq!(world.notices(mo), [Notice::StageRequested { participant: world.who(ada), request }]);
    world.says(mo, Command::ApproveRequest { request }).unwrap();
    assert!(world.open(ada).is_empty(), "never instant air");
    let (invitation, by) = (world.invitation(ada), Some(world.who(mo)));
    assert_eq!(world.notices(ada), [Notice::Invited { invitation, by }]);
    world.says(ada, Command::AcceptInvitation { invitation, sources: BOTH }).unwrap();
    assert_eq!(world.open(ada), [Source::Mic, Source::Camera]);
}

#[test]
fn only_moderators_are_told_of_a_request() {
    let mut world = World::new(Access::Request);
    let viewer = world.join("bob", Role::Viewer);
    let speaker = world.join("eve", Role::Speaker);
    let host = world.join("hal", Role::Host);
    let ada = world.join("ada", Role::Viewer);
    world.says(ada, Command::RequestStage { question: None }).unwrap();
    assert!(world.notices(viewer).is_empty() && world.notices(speaker).is_empty());
    assert_eq!(world.notices(host).len(), 1);
}

#[test]
fn whoever_asks_and_withdraws_in_turn_is_announced_every_two_seconds() {
    let (mut world, mo, ada) = two(Access::Request);
    let again = |world: &mut World| {
        world.says(ada, Command::RequestStage { question: None }).unwrap();
        let request = world.request(ada);
        world.says(ada, Command::CancelRequest { request }).unwrap();
        world.notices(mo).len()
    };
    assert_eq!((again(&mut world), again(&mut world)), (1, 0));
    world.later(1_999);
    assert_eq!(again(&mut world), 0);
    world.later(1);
    assert_eq!((again(&mut world), again(&mut world)), (1, 0));
}

#[test]
fn a_declined_requester_is_told_and_cools_down() {
    let (mut world, mo, ada) = asked();
    let request = world.request(ada);
    world.says(mo, Command::DeclineRequest { request }).unwrap();
    assert_eq!(world.notices(ada), [Notice::RequestDeclined { cooldown_seconds: 5 }]);
    assert_eq!(
        world.says(ada, Command::RequestStage { question: None }),
        Err(Refusal::Cooldown { seconds: 5 })
    );
    world.later(5_000);
    world.says(ada, Command::RequestStage { question: None }).unwrap();
}

#[test]
fn a_cancelled_request_is_over_for_moderators_too() {
    let (mut world, mo, ada) = asked();
    let request = world.request(ada);
    world.says(ada, Command::CancelRequest { request }).unwrap();
    assert_eq!(
        world.says(mo, Command::ApproveRequest { request }),
        Err(Refusal::AlreadyHandled { by: None })
    );
}

#[test]
fn the_second_moderator_learns_who_was_quicker() {
    let (mut world, mo, ada) = asked();
    let late = world.join("max", Role::Moderator);
    let request = world.request(ada);
    world.says(mo, Command::DeclineRequest { request }).unwrap();
    let by = Some(world.who(mo));
    assert_eq!(world.says(late, Command::ApproveRequest { request }), Err(Refusal::AlreadyHandled { by }));
}

#[test]
fn the_inviter_is_told_of_a_no() {
    let (mut world, mo, ada) = invited();
    let invitation = world.invitation(ada);
    world.says(ada, Command::DeclineInvitation { invitation }).unwrap();
    assert_eq!(world.notices(mo), [Notice::InvitationDeclined { participant: world.who(ada) }]);
}

#[test]
fn a_revoked_invitation_is_no_way_up() {
    let (mut world, mo, ada) = invited();
    let invitation = world.invitation(ada);
    world.says(mo, Command::RevokeInvitation { invitation }).unwrap();
    assert_eq!(world.notices(ada).last(), Some(&Notice::InvitationRevoked));
    let accept = Command::AcceptInvitation { invitation, sources: BOTH };
    assert_eq!(world.says(ada, accept), Err(Refusal::InvitationRevoked));
    assert!(world.open(ada).is_empty());
}

#[test]
fn an_invitation_nobody_answers_runs_out_and_both_are_told() {
    let (mut world, mo, ada) = invited();
    let invitation = world.invitation(ada);
    world.later(60_000);
    assert_eq!(world.notices(ada).last(), Some(&Notice::InvitationExpired));
    assert_eq!(world.notices(mo), [Notice::InvitationUnanswered { participant: world.who(ada) }]);
    let accept = Command::AcceptInvitation { invitation, sources: BOTH };
    assert_eq!(world.says(ada, accept), Err(Refusal::InvitationExpired));
}

#[test]
fn an_open_device_dialog_keeps_an_invitation() {
    let (mut world, _, ada) = invited();
    let invitation = world.invitation(ada);
    for _ in 0..10 {
        world.later(10_000);
        world.says(ada, Command::KeepInvitation { invitation }).unwrap();
    }
    world.says(ada, Command::AcceptInvitation { invitation, sources: BOTH }).unwrap();
}

#[test]
fn what_the_access_does_not_allow_is_refused() {
    let (mut world, _, ada) = two(Access::Invite);
    assert_eq!(world.says(ada, Command::JoinStage { sources: BOTH }), Err(Refusal::AccessChanged));
    assert_eq!(world.says(ada, Command::RequestStage { question: None }), Err(Refusal::WrongMode));
    assert!(world.open(ada).is_empty());
}

#[test]
fn a_full_stage_takes_nobody() {
    let rules = room::Rules { access: Access::Open, capacity: 1, self_leave: false };
    let mut world = World::with(rules);
    let mo = world.on_stage("mo", Role::Moderator);
    let ada = world.join("ada", Role::Viewer);
    assert_eq!(world.says(ada, Command::JoinStage { sources: BOTH }), Err(Refusal::StageFull));
    let invite = Command::Invite { participant: world.who(ada) };
    assert_eq!(world.says(mo, invite), Err(Refusal::StageFull));
}

#[test]
fn opening_the_stage_invites_those_asking_and_closing_it_tells_them() {
    for (access, told) in [(Access::Open, StageStanding::Invited), (Access::Invite, StageStanding::Off)] {
        let (mut world, mo, ada) = asked();
        let version = world.room.version();
        world.says(mo, Command::SetStageAccess { access, version }).unwrap();
        assert_eq!(world.standing(ada), told);
        match world.notices(ada).as_slice() {
            [Notice::Invited { by: None, .. }] => assert_eq!(access, Access::Open),
            [Notice::RequestEnded] => assert_eq!(access, Access::Invite),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn only_a_change_of_access_makes_a_change_of_access_stale() {
    let (mut world, mo, _) = two(Access::Open);
    let max = world.join("max", Role::Moderator);
    let seen = world.room.version();
    world.on_stage("eve", Role::Viewer);
    world.says(mo, Command::SetStageAccess { access: Access::Invite, version: seen }).unwrap();
    let late = Command::SetStageAccess { access: Access::Request, version: seen };
    assert_eq!(world.says(max, late), Err(Refusal::StaleVersion));
    let ahead = Command::SetStageAccess { access: Access::Request, version: world.room.version() + 1 };
    assert_eq!(world.says(max, ahead), Err(Refusal::StaleVersion));
    let version = world.room.version();
    world.says(max, Command::SetStageAccess { access: Access::Request, version }).unwrap();
}

#[test]
fn a_lock_outlasts_coming_up() {
    let (mut world, mo, ada) = invited();
    let (participant, source) = (world.who(ada), Source::Mic);
    let state = signaling::SourceControl::Locked;
    world.says(mo, Command::Mute { participant, source, state }).unwrap();
    let invitation = world.invitation(ada);
    world.says(ada, Command::AcceptInvitation { invitation, sources: BOTH }).unwrap();
    assert_eq!(world.open(ada), [Source::Camera]);
    assert_eq!(world.source(ada, Source::Mic), SourceState::Locked);
}

#[test]
fn joining_again_changes_no_source() {
    let (mut world, _, ada) = two(Access::Open);
    world.says(ada, Command::JoinStage { sources: MIC }).unwrap();
    let version = world.room.version();
    assert_eq!(world.says(ada, Command::JoinStage { sources: BOTH }), Ok(version));
    assert_eq!(world.open(ada), [Source::Mic]);
}
