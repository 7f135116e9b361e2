//! Rows 6 to 9, by example: invitations; and who may give a moderator's commands.

use stage::{Access, Actor, Cause, Command, InvitationId, Refusal, Role, Standing};

use crate::scene::*;

#[test]
fn row_6_a_moderator_invites_in_any_mode() {
    for access in [Access::Open, Access::Request, Access::Invite] {
        let mut s = scene(access);
        let changes = s.ok(Command::Invite { by: by(MODERATOR), whom: ANA });
        let invited = Standing::Invited(InvitationId(1));
        assert_eq!(changes, [moved(ANA, Standing::Off, invited, Cause::By(by(MODERATOR)))]);
    }
}

#[test]
fn row_6_inviting_someone_who_asks_is_one_move() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    let changes = s.ok(Command::Invite { by: by(MODERATOR), whom: ANA });
    let invited = Standing::Invited(InvitationId(1));
    assert_eq!(changes, [moved(ANA, Standing::Requested(request), invited, Cause::By(by(MODERATOR)))]);
    assert_eq!(s.stage.requests().count(), 0);
}

#[test]
fn row_6_only_people_of_the_room_and_only_on_free_seats() {
    let mut s = scene(Access::Invite);
    s.set_capacity(0);
    assert_eq!(s.refused(Command::Invite { by: by(MODERATOR), whom: NOBODY }), Refusal::NotPresent);
    assert_eq!(s.refused(Command::Invite { by: by(MODERATOR), whom: ANA }), Refusal::StageFull);
}

#[test]
fn row_6_inviting_twice_is_a_no_op() {
    let mut s = scene(Access::Invite);
    let invitation = s.invite(ANA);
    s.no_op(Command::Invite { by: by(HOST), whom: ANA });
    assert_eq!(s.invitation_of(ANA), invitation);
    s.ok(Command::Accept { who: ANA, invitation });
    s.no_op(Command::Invite { by: by(HOST), whom: ANA });
}

#[test]
fn rows_5_and_6_an_invitation_lifts_the_block_of_a_removal() {
    let mut s = scene(Access::Open);
    s.bring_up(ANA);
    s.ok(Command::Remove { by: by(MODERATOR), whom: ANA });
    let invitation = s.invite(ANA);
    s.ok(Command::DeclineInvitation { who: ANA, invitation });
    s.ok(Command::Join { who: ANA });
}

#[test]
fn rows_5_and_6_a_removed_moderator_does_not_invite_themselves_back() {
    let mut s = scene(Access::Request);
    s.ok(Command::Join { who: MODERATOR });
    s.ok(Command::Remove { by: by(HOST), whom: MODERATOR });
    let invite = Command::Invite { by: by(MODERATOR), whom: MODERATOR };
    assert_eq!(s.refused(invite), Refusal::RejoinBlocked);
    let request = s.ask(MODERATOR);
    assert_eq!(s.refused(Command::Approve { by: by(MODERATOR), request }), Refusal::RejoinBlocked);
    s.ok(Command::Approve { by: by(HOST), request });
}

#[test]
fn row_6_a_removed_host_has_nobody_above_to_ask() {
    let mut s = scene(Access::Invite);
    s.ok(Command::Join { who: HOST });
    s.ok(Command::Remove { by: Actor::Operator, whom: HOST });
    assert_eq!(s.refused(Command::Join { who: HOST }), Refusal::RejoinBlocked);
    s.ok(Command::Invite { by: by(HOST), whom: HOST });
}

#[test]
fn row_7_an_invitation_is_accepted() {
    let mut s = scene(Access::Invite);
    let invitation = s.invite(ANA);
    let changes = s.ok(Command::Accept { who: ANA, invitation });
    assert_eq!(changes, [moved(ANA, Standing::Invited(invitation), Standing::OnStage, Cause::Own)]);
    s.no_op(Command::Accept { who: ANA, invitation });
}

#[test]
fn row_7_not_after_it_timed_out() {
    let mut s = scene(Access::Invite);
    let invitation = s.invite(ANA);
    let changes = s.pass(60_000);
    assert_eq!(changes, [moved(ANA, Standing::Invited(invitation), Standing::Off, Cause::TimedOut)]);
    assert_eq!(s.refused(Command::Accept { who: ANA, invitation }), Refusal::InvitationExpired);
}

#[test]
fn row_7_not_after_it_was_revoked_even_with_another_in_hand() {
    let mut s = scene(Access::Invite);
    let revoked = s.invite(ANA);
    s.ok(Command::Revoke { by: by(MODERATOR), invitation: revoked });
    assert_eq!(s.refused(Command::Accept { who: ANA, invitation: revoked }), Refusal::InvitationRevoked);
    let invitation = s.invite(ANA);
    assert_eq!(s.refused(Command::Accept { who: ANA, invitation: revoked }), Refusal::InvitationRevoked);
    s.ok(Command::Accept { who: ANA, invitation });
}

#[test]
fn row_7_not_somebody_elses() {
    let mut s = scene(Access::Invite);
    let invitation = s.invite(ANA);
    assert_eq!(s.refused(Command::Accept { who: BEN, invitation }), Refusal::InvitationExpired);
}

#[test]
fn row_8_an_invitation_is_declined_and_the_seat_is_free() {
    let mut s = scene(Access::Invite);
    let invitation = s.invite(ANA);
    s.no_op(Command::DeclineInvitation { who: BEN, invitation });
    let changes = s.ok(Command::DeclineInvitation { who: ANA, invitation });
    assert_eq!(changes, [moved(ANA, Standing::Invited(invitation), Standing::Off, Cause::Own)]);
    assert_eq!(s.stage.seats_held(), 0);
    s.no_op(Command::DeclineInvitation { who: ANA, invitation });
}

#[test]
fn row_9_an_invitation_is_revoked_once() {
    let mut s = scene(Access::Invite);
    let invitation = s.invite(ANA);
    let changes = s.ok(Command::Revoke { by: by(HOST), invitation });
    let cause = Cause::By(by(HOST));
    assert_eq!(changes, [moved(ANA, Standing::Invited(invitation), Standing::Off, cause)]);
    s.no_op(Command::Revoke { by: by(MODERATOR), invitation });
}

#[test]
fn row_9_too_late_to_revoke() {
    let mut s = scene(Access::Invite);
    let invitation = s.bring_up(ANA);
    let revoke = Command::Revoke { by: by(MODERATOR), invitation };
    assert_eq!(s.refused(revoke), Refusal::AlreadyOnStage);
    s.ok(Command::Remove { by: by(MODERATOR), whom: ANA });
    s.no_op(revoke);
}

#[test]
fn row_9_an_open_device_dialog_keeps_the_invitation() {
    let mut s = scene(Access::Invite);
    let invitation = s.invite(ANA);
    for _ in 0..3 {
        assert_eq!(s.pass(59_999), []);
        s.no_op(Command::KeepInvitation { who: ANA, invitation });
    }
    assert_eq!(s.stage.next_deadline(), Some(s.now().plus(60_000)));
    assert_eq!(s.pass(60_000).len(), 1);
    let keep = Command::KeepInvitation { who: ANA, invitation };
    assert_eq!(s.refused(keep), Refusal::InvitationExpired);
}

#[test]
fn row_9_keeping_is_refused_as_accepting_is() {
    let mut s = scene(Access::Invite);
    let invitation = s.invite(ANA);
    let keep = Command::KeepInvitation { who: BEN, invitation };
    assert_eq!(s.refused(keep), Refusal::InvitationExpired);
    s.ok(Command::Revoke { by: by(HOST), invitation });
    let keep = Command::KeepInvitation { who: ANA, invitation };
    assert_eq!(s.refused(keep), Refusal::InvitationRevoked);
}

#[test]
fn a_moderators_commands_take_a_moderator() {
    let mut s = scene(Access::Request);
    let request = s.ask(BEN);
    let invitation = s.invite(CLEO);
    for actor in [by(SPEAKER), by(ANA), by(NOBODY)] {
        for command in [
            Command::Approve { by: actor, request },
            Command::DeclineRequest { by: actor, request },
            Command::Invite { by: actor, whom: ANA },
            Command::Revoke { by: actor, invitation },
            Command::Remove { by: actor, whom: CLEO },
            Command::SetAccess { by: actor, access: Access::Open, version: None },
            Command::SetCapacity { by: actor, capacity: 3 },
            Command::SetSelfLeave { by: actor, self_leave: true },
            Command::SetRole { by: actor, whom: ANA, role: Role::Host },
        ] {
            assert_eq!(s.refused(command), Refusal::Forbidden, "{command:?}");
        }
    }
}
