//! Rows 2 to 5, by example: requests.

use stage::{Access, Actor, Cause, Command, InvitationId, Refusal, RequestId, Standing};

use crate::scene::*;

#[test]
fn row_2_a_viewer_asks() {
    let mut s = scene(Access::Request);
    let changes = s.ok(Command::Request { who: ANA });
    assert_eq!(changes, [moved(ANA, Standing::Off, Standing::Requested(RequestId(1)), Cause::Own)]);
}

#[test]
fn row_2_only_where_the_room_takes_requests() {
    for access in [Access::Open, Access::Invite] {
        assert_eq!(scene(access).refused(Command::Request { who: ANA }), Refusal::WrongMode);
    }
}

#[test]
fn row_2_not_within_five_seconds_of_a_decline() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    s.ok(Command::DeclineRequest { by: by(MODERATOR), request });
    for (wait, seconds) in [(0, 5), (1, 5), (999, 4), (3_999, 1)] {
        s.pass(wait);
        assert_eq!(s.refused(Command::Request { who: ANA }), Refusal::Cooldown { seconds });
    }
    s.pass(1);
    s.ask(ANA);
}

#[test]
fn row_2_asking_twice_is_a_no_op() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    s.no_op(Command::Request { who: ANA });
    assert_eq!(s.at(ANA), Standing::Requested(request));
}

#[test]
fn row_2_who_has_better_than_a_request_keeps_it() {
    let mut s = scene(Access::Request);
    s.invite(ANA);
    s.bring_up(BEN);
    s.no_op(Command::Request { who: ANA });
    s.no_op(Command::Request { who: BEN });
}

#[test]
fn row_3_a_request_is_withdrawn_and_may_follow_at_once() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    let changes = s.ok(Command::CancelRequest { who: ANA, request });
    assert_eq!(changes, [moved(ANA, Standing::Requested(request), Standing::Off, Cause::Own)]);
    assert_ne!(s.ask(ANA), request);
}

#[test]
fn row_3_cancelling_what_is_gone_or_not_theirs_is_a_no_op() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    s.no_op(Command::CancelRequest { who: BEN, request });
    s.ok(Command::CancelRequest { who: ANA, request });
    s.ask(ANA);
    s.no_op(Command::CancelRequest { who: ANA, request });
}

#[test]
fn row_4_a_request_is_declined() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    let changes = s.ok(Command::DeclineRequest { by: by(MODERATOR), request });
    let cause = Cause::By(by(MODERATOR));
    assert_eq!(changes, [moved(ANA, Standing::Requested(request), Standing::Off, cause)]);
}

#[test]
fn rows_4_and_5_the_slower_moderator_learns_who_was_quicker() {
    let mut s = scene(Access::Request);
    let (declined, approved, invited) = (s.ask(ANA), s.ask(BEN), s.ask(CLEO));
    s.ok(Command::DeclineRequest { by: by(HOST), request: declined });
    s.ok(Command::Approve { by: by(MODERATOR), request: approved });
    s.ok(Command::Invite { by: Actor::Operator, whom: CLEO });
    let dealt = [(declined, by(HOST)), (approved, by(MODERATOR)), (invited, Actor::Operator)];
    for (request, who) in dealt {
        let already = Refusal::AlreadyHandled { by: Some(who) };
        assert_eq!(s.refused(Command::Approve { by: by(MODERATOR), request }), already);
        assert_eq!(s.refused(Command::DeclineRequest { by: by(MODERATOR), request }), already);
    }
}

#[test]
fn rows_4_and_5_nobody_dealt_with_a_request_withdrawn() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    s.ok(Command::CancelRequest { who: ANA, request });
    let gone = Refusal::AlreadyHandled { by: None };
    assert_eq!(s.refused(Command::Approve { by: by(HOST), request }), gone);
    assert_eq!(s.refused(Command::DeclineRequest { by: by(HOST), request }), gone);
}

#[test]
fn row_5_approval_is_an_invitation_with_a_seat() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    let changes = s.ok(Command::Approve { by: by(MODERATOR), request });
    let invited = Standing::Invited(InvitationId(1));
    assert_eq!(changes, [moved(ANA, Standing::Requested(request), invited, Cause::By(by(MODERATOR)))]);
    assert_eq!(s.stage.seats_held(), 1);
}

#[test]
fn row_5_without_a_seat_the_request_waits() {
    let mut s = scene(Access::Request);
    s.set_capacity(1);
    s.ok(Command::Join { who: SPEAKER });
    let request = s.ask(ANA);
    assert_eq!(s.refused(Command::Approve { by: by(MODERATOR), request }), Refusal::StageFull);
    assert_eq!(s.at(ANA), Standing::Requested(request));
}
