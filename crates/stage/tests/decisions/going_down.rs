//! Rows 10 and 11, and what leaving the room takes along (row 15).

use stage::{Access, Actor, Cause, Change, Command, Refusal, Role, Rules, Standing};

use crate::scene::*;

#[test]
fn row_10_a_moderator_removes_a_viewer() {
    let mut s = scene(Access::Invite);
    s.bring_up(ANA);
    let changes = s.ok(Command::Remove { by: by(MODERATOR), whom: ANA });
    assert_eq!(changes, [moved(ANA, Standing::OnStage, Standing::Off, Cause::By(by(MODERATOR)))]);
    assert_eq!(s.stage.seats_held(), 0);
}

#[test]
fn row_10_only_a_host_or_the_operator_removes_moderators_and_hosts() {
    let mut s = scene(Access::Invite);
    for whom in [HOST, MODERATOR] {
        s.ok(Command::Join { who: whom });
    }
    s.set_role(SPEAKER, Role::Moderator);
    for whom in [HOST, MODERATOR] {
        assert_eq!(s.refused(Command::Remove { by: by(SPEAKER), whom }), Refusal::Forbidden);
    }
    s.ok(Command::Remove { by: by(HOST), whom: MODERATOR });
    s.ok(Command::Remove { by: Actor::Operator, whom: HOST });
}

#[test]
fn row_10_nobody_there_to_remove() {
    let mut s = scene(Access::Invite);
    s.invite(BEN);
    assert_eq!(s.refused(Command::Remove { by: by(MODERATOR), whom: NOBODY }), Refusal::NotPresent);
    assert_eq!(s.refused(Command::Remove { by: by(MODERATOR), whom: ANA }), Refusal::NotOnStage);
    assert_eq!(s.refused(Command::Remove { by: by(MODERATOR), whom: BEN }), Refusal::NotOnStage);
}

#[test]
fn row_10_removing_oneself_is_leaving() {
    let mut s = scene(Access::Invite);
    s.ok(Command::Join { who: MODERATOR });
    let changes = s.ok(Command::Remove { by: by(MODERATOR), whom: MODERATOR });
    assert_eq!(changes, [moved(MODERATOR, Standing::OnStage, Standing::Off, Cause::Own)]);
    s.ok(Command::Join { who: MODERATOR });
}

#[test]
fn row_10_a_removed_speaker_stays_off_too() {
    let mut s = scene(Access::Invite);
    s.ok(Command::Join { who: SPEAKER });
    s.ok(Command::Remove { by: by(MODERATOR), whom: SPEAKER });
    assert_eq!(s.refused(Command::Join { who: SPEAKER }), Refusal::RejoinBlocked);
}

#[test]
fn row_10_a_removed_viewer_may_ask() {
    let mut s = scene(Access::Request);
    s.bring_up(ANA);
    s.ok(Command::Remove { by: by(MODERATOR), whom: ANA });
    s.ask(ANA);
}

#[test]
fn row_11_speakers_and_moderators_come_and_go() {
    let mut s = scene(Access::Invite);
    for who in [SPEAKER, MODERATOR, HOST] {
        s.ok(Command::Join { who });
        let changes = s.ok(Command::Leave { who });
        assert_eq!(changes, [moved(who, Standing::OnStage, Standing::Off, Cause::Own)]);
        s.ok(Command::Join { who });
    }
}

#[test]
fn row_11_a_viewer_stays_unless_the_room_lets_them_go() {
    let mut s = scene(Access::Invite);
    s.bring_up(ANA);
    assert_eq!(s.refused(Command::Leave { who: ANA }), Refusal::SelfLeaveForbidden);
    let changes = s.ok(Command::SetSelfLeave { by: by(MODERATOR), self_leave: true });
    assert_eq!(changes, [Change::SelfLeaveSet { self_leave: true }]);
    s.ok(Command::Leave { who: ANA });
    assert_eq!(s.at(ANA), Standing::Off);
}

#[test]
fn row_11_leaving_a_stage_one_is_not_on_is_a_no_op() {
    let mut s = scene_of(Rules { self_leave: true, ..Rules::default() });
    let invitation = s.invite(ANA);
    s.no_op(Command::Leave { who: ANA });
    s.no_op(Command::Leave { who: BEN });
    assert_eq!(s.at(ANA), Standing::Invited(invitation));
}

#[test]
fn row_15_whoever_leaves_the_room_leaves_everything() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    let invitation = s.invite(BEN);
    s.bring_up(CLEO);
    let held = [
        (ANA, Standing::Requested(request)),
        (BEN, Standing::Invited(invitation)),
        (CLEO, Standing::OnStage),
        (SPEAKER, Standing::Off),
    ];
    for (who, from) in held {
        assert_eq!(s.ok(Command::Exit { who }), [Change::Exited { who, from }]);
        assert_eq!(s.stage.standing(who), None);
    }
    assert_eq!((s.stage.seats_held(), s.stage.requests().count()), (0, 0));
    assert_eq!(s.stage.next_deadline(), None);
    s.no_op(Command::Exit { who: ANA });
}

#[test]
fn row_15_what_a_person_held_is_gone_when_they_come_again() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    let invitation = s.invite(BEN);
    for who in [ANA, BEN] {
        s.ok(Command::Exit { who });
        s.ok(Command::Enter { who, role: Role::Viewer });
        assert_eq!(s.at(who), Standing::Off);
    }
    let approve = Command::Approve { by: by(MODERATOR), request };
    assert_eq!(s.refused(approve), Refusal::AlreadyHandled { by: None });
    assert_eq!(s.refused(Command::Accept { who: BEN, invitation }), Refusal::InvitationExpired);
}

#[test]
fn row_15_reloading_the_page_lifts_neither_block_nor_cooldown() {
    let mut s = scene(Access::Request);
    s.bring_up(ANA);
    s.ok(Command::Remove { by: by(MODERATOR), whom: ANA });
    let request = s.ask(BEN);
    s.ok(Command::DeclineRequest { by: by(MODERATOR), request });
    for who in [ANA, BEN] {
        s.ok(Command::Exit { who });
        s.pass(1_000);
        s.ok(Command::Enter { who, role: Role::Viewer });
    }
    assert_eq!(s.refused(Command::Request { who: BEN }), Refusal::Cooldown { seconds: 3 });
    s.set_access(Access::Open);
    assert_eq!(s.refused(Command::Join { who: ANA }), Refusal::RejoinBlocked);
}

#[test]
fn row_15_coming_again_with_a_higher_role_lifts_the_block() {
    let mut s = scene(Access::Invite);
    s.bring_up(ANA);
    s.ok(Command::Remove { by: by(MODERATOR), whom: ANA });
    s.ok(Command::Exit { who: ANA });
    s.ok(Command::Enter { who: ANA, role: Role::Speaker });
    s.ok(Command::Join { who: ANA });
}

#[test]
fn entering_twice_is_a_no_op() {
    let mut s = scene(Access::Open);
    s.ok(Command::Join { who: ANA });
    s.no_op(Command::Enter { who: ANA, role: Role::Host });
    assert_eq!((s.at(ANA), s.stage.role(ANA)), (Standing::OnStage, Some(Role::Viewer)));
}
