//! Rows 16 to 18, seats, and the version.

use stage::{Access, Actor, Cause, Change, Command, InvitationId, Refusal, Role, Standing};

use crate::scene::*;

#[test]
fn row_16_opening_invites_those_asking_in_order_while_seats_last() {
    let mut s = scene(Access::Request);
    s.set_capacity(3);
    s.bring_up(SPEAKER);
    let asked = [s.ask(CLEO), s.ask(ANA), s.ask(BEN)];
    let changes = s.set_access(Access::Open);
    let invited = |n| Standing::Invited(InvitationId(n));
    let expected = [
        Change::AccessSet { access: Access::Open, by: by(MODERATOR) },
        moved(CLEO, Standing::Requested(asked[0]), invited(2), Cause::AccessChanged),
        moved(ANA, Standing::Requested(asked[1]), invited(3), Cause::AccessChanged),
    ];
    assert_eq!(changes, expected);
    assert_eq!(s.at(BEN), Standing::Requested(asked[2]), "no seat was left: still asking");
}

#[test]
fn row_16_someone_still_asking_joins_the_open_stage_once_a_seat_is_free() {
    let mut s = scene(Access::Request);
    s.set_capacity(1);
    s.bring_up(SPEAKER);
    let request = s.ask(ANA);
    s.set_access(Access::Open);
    assert_eq!(s.refused(Command::Join { who: ANA }), Refusal::StageFull);
    s.ok(Command::Leave { who: SPEAKER });
    let changes = s.ok(Command::Join { who: ANA });
    assert_eq!(changes, [moved(ANA, Standing::Requested(request), Standing::OnStage, Cause::Own)]);
}

#[test]
fn row_16_invite_only_ends_requests_and_nothing_else() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    let invitation = s.invite(BEN);
    s.bring_up(CLEO);
    let changes = s.set_access(Access::Invite);
    let expected = [
        Change::AccessSet { access: Access::Invite, by: by(MODERATOR) },
        moved(ANA, Standing::Requested(request), Standing::Off, Cause::AccessChanged),
    ];
    assert_eq!(changes, expected);
    assert_eq!((s.at(BEN), s.at(CLEO)), (Standing::Invited(invitation), Standing::OnStage));
    let approve = Command::Approve { by: by(HOST), request };
    assert_eq!(s.refused(approve), Refusal::AlreadyHandled { by: None });
}

#[test]
fn row_16_a_request_ended_by_the_room_costs_no_cooldown() {
    let mut s = scene(Access::Request);
    s.ask(ANA);
    s.set_access(Access::Invite);
    s.set_access(Access::Request);
    s.ask(ANA);
}

#[test]
fn row_16_who_saw_another_access_decides_on_old_news() {
    let mut s = scene(Access::Request);
    let seen = Some(s.stage.version());
    s.ok(Command::SetAccess { by: by(HOST), access: Access::Open, version: seen });
    let command = Command::SetAccess { by: by(MODERATOR), access: Access::Invite, version: seen };
    assert_eq!(s.refused(command), Refusal::StaleVersion { version: s.stage.version() });
    let again =
        Command::SetAccess { by: by(MODERATOR), access: Access::Invite, version: Some(s.stage.version()) };
    s.ok(again);
}

#[test]
fn row_16_people_coming_and_going_make_nothing_stale() {
    let mut s = scene(Access::Request);
    let seen = Some(s.stage.version());
    s.ask(ANA);
    s.ok(Command::Exit { who: BEN });
    s.ok(Command::SetAccess { by: by(HOST), access: Access::Invite, version: seen });
}

#[test]
fn row_16_a_version_still_to_come_is_of_another_stage() {
    let mut s = scene(Access::Request);
    let version = Some(s.stage.version() + 1);
    let command = Command::SetAccess { by: by(HOST), access: Access::Open, version };
    assert_eq!(s.refused(command), Refusal::StaleVersion { version: s.stage.version() });
}

#[test]
fn row_16_a_script_means_whatever_is_current() {
    let mut s = scene(Access::Request);
    s.set_access(Access::Invite);
    s.ok(Command::SetAccess { by: Actor::Operator, access: Access::Open, version: None });
    s.no_op(Command::SetAccess { by: Actor::Operator, access: Access::Open, version: Some(0) });
}

#[test]
fn row_17_a_promoted_requester_needs_no_request() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    let changes = s.set_role(ANA, Role::Speaker);
    let expected = [
        Change::RoleSet { who: ANA, role: Role::Speaker },
        moved(ANA, Standing::Requested(request), Standing::Off, Cause::RoleChanged),
    ];
    assert_eq!(changes, expected);
    s.ok(Command::Join { who: ANA });
}

#[test]
fn row_17_a_promotion_keeps_an_invitation_and_lifts_a_block() {
    let mut s = scene(Access::Invite);
    let invitation = s.invite(ANA);
    s.set_role(ANA, Role::Speaker);
    assert_eq!(s.at(ANA), Standing::Invited(invitation));
    s.bring_up(BEN);
    s.ok(Command::Remove { by: by(HOST), whom: BEN });
    s.set_role(BEN, Role::Speaker);
    s.ok(Command::Join { who: BEN });
}

#[test]
fn row_17_a_demoted_person_on_stage_stays_there() {
    let mut s = scene(Access::Invite);
    s.ok(Command::Join { who: MODERATOR });
    assert_eq!(s.set_role(MODERATOR, Role::Viewer).len(), 1);
    assert_eq!(s.at(MODERATOR), Standing::OnStage);
    assert_eq!(s.refused(Command::Leave { who: MODERATOR }), Refusal::SelfLeaveForbidden);
}

#[test]
fn row_17_a_demotion_does_not_lift_a_block() {
    let mut s = scene(Access::Open);
    s.ok(Command::Join { who: SPEAKER });
    s.ok(Command::Remove { by: by(MODERATOR), whom: SPEAKER });
    s.set_role(SPEAKER, Role::Viewer);
    assert_eq!(s.refused(Command::Join { who: SPEAKER }), Refusal::RejoinBlocked);
}

#[test]
fn row_17_roles_are_the_hosts_to_give() {
    let mut s = scene(Access::Invite);
    let promote = Command::SetRole { by: by(MODERATOR), whom: ANA, role: Role::Speaker };
    assert_eq!(s.refused(promote), Refusal::Forbidden);
    let nobody = Command::SetRole { by: by(HOST), whom: NOBODY, role: Role::Speaker };
    assert_eq!(s.refused(nobody), Refusal::NotPresent);
    s.ok(Command::SetRole { by: Actor::Operator, whom: ANA, role: Role::Speaker });
    s.no_op(Command::SetRole { by: Actor::Operator, whom: ANA, role: Role::Speaker });
}

#[test]
fn row_18_without_moderators_requests_wait_for_the_next_one() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    s.bring_up(BEN);
    for who in [MODERATOR, HOST] {
        s.ok(Command::Exit { who });
    }
    assert_eq!(s.pass(3_600_000), []);
    assert_eq!((s.at(ANA), s.at(BEN)), (Standing::Requested(request), Standing::OnStage));
    s.ok(Command::Enter { who: NOBODY, role: Role::Moderator });
    s.ok(Command::Approve { by: by(NOBODY), request });
}

#[test]
fn fewer_seats_take_nobodys_away_and_give_none_until_it_fits() {
    let mut s = scene(Access::Open);
    s.ok(Command::Join { who: ANA });
    s.ok(Command::Join { who: SPEAKER });
    let invitation = s.invite(BEN);
    s.set_capacity(1);
    assert_eq!(s.stage.seats_held(), 3);
    s.ok(Command::Accept { who: BEN, invitation });
    s.ok(Command::Leave { who: SPEAKER });
    assert_eq!(s.refused(Command::Join { who: SPEAKER }), Refusal::StageFull);
    s.ok(Command::Exit { who: ANA });
    s.ok(Command::Exit { who: BEN });
    s.ok(Command::Join { who: SPEAKER });
}

#[test]
fn more_seats_are_there_to_be_taken_but_invite_nobody() {
    let mut s = scene(Access::Request);
    s.set_capacity(0);
    let request = s.ask(ANA);
    let changes = s.ok(Command::SetCapacity { by: Actor::Operator, capacity: 1 });
    assert_eq!(changes, [Change::CapacitySet { capacity: 1 }]);
    s.no_op(Command::SetCapacity { by: Actor::Operator, capacity: 1 });
    s.ok(Command::Approve { by: by(HOST), request });
}

#[test]
fn each_change_is_one_version() {
    let mut s = scene(Access::Request);
    assert_eq!(s.stage.version(), 6, "six people came in");
    s.ask(ANA);
    s.ask(BEN);
    s.set_access(Access::Open);
    assert_eq!(s.stage.version(), 6 + 2 + 3);
}

#[test]
fn requests_stand_in_the_order_of_asking() {
    let mut s = scene(Access::Request);
    s.ask(CLEO);
    let withdrawn = s.ask(ANA);
    s.ask(BEN);
    s.ok(Command::CancelRequest { who: ANA, request: withdrawn });
    s.ask(ANA);
    let queue: Vec<_> = s.stage.requests().map(|(_, who)| who).collect();
    assert_eq!(queue, [CLEO, BEN, ANA]);
}

#[test]
fn what_stands_can_be_read() {
    let mut s = scene(Access::Request);
    s.bring_up(CLEO);
    let invitation = s.invite(BEN);
    assert_eq!(s.stage.on_stage().collect::<Vec<_>>(), [CLEO]);
    assert_eq!(s.stage.invitations().collect::<Vec<_>>(), [(invitation, BEN)]);
    let people: Vec<_> = s.stage.people().filter(|(_, role, _)| *role == Role::Viewer).collect();
    let expected = [
        (ANA, Role::Viewer, Standing::Off),
        (BEN, Role::Viewer, Standing::Invited(invitation)),
        (CLEO, Role::Viewer, Standing::OnStage),
    ];
    assert_eq!(people, expected);
}
