//! The bounds of what is remembered.

use stage::{Access, Command, DEPARTED_REMEMBERED, ENDED_REMEMBERED, ParticipantId, Refusal, Role};

use crate::scene::*;

#[test]
fn the_last_requests_dealt_with_are_remembered_and_no_more() {
    let mut s = scene(Access::Request);
    let first = s.ask(ANA);
    s.ok(Command::DeclineRequest { by: by(HOST), request: first });
    let late = Command::Approve { by: by(MODERATOR), request: first };
    for _ in 0..ENDED_REMEMBERED {
        assert_eq!(s.refused(late), Refusal::AlreadyHandled { by: Some(by(HOST)) });
        let request = s.ask(BEN);
        s.ok(Command::Approve { by: by(MODERATOR), request });
        s.ok(Command::DeclineInvitation { who: BEN, invitation: s.invitation_of(BEN) });
    }
    assert_eq!(s.refused(late), Refusal::AlreadyHandled { by: None });
    assert_eq!(s.stage.forgotten(), 1);
}

#[test]
fn the_last_invitations_revoked_are_remembered_and_no_more() {
    let mut s = scene(Access::Invite);
    let first = s.invite(ANA);
    s.ok(Command::Revoke { by: by(HOST), invitation: first });
    let late = Command::Accept { who: ANA, invitation: first };
    for _ in 0..ENDED_REMEMBERED {
        assert_eq!(s.refused(late), Refusal::InvitationRevoked);
        let invitation = s.invite(BEN);
        s.ok(Command::Revoke { by: by(HOST), invitation });
    }
    assert_eq!(s.refused(late), Refusal::InvitationExpired);
    assert_eq!(s.stage.forgotten(), 1);
}

#[test]
fn what_people_withdraw_by_themselves_pushes_nothing_out() {
    let mut s = scene(Access::Request);
    let handled = s.ask(ANA);
    s.ok(Command::DeclineRequest { by: by(HOST), request: handled });
    for _ in 0..=ENDED_REMEMBERED {
        let request = s.ask(BEN);
        s.ok(Command::CancelRequest { who: BEN, request });
    }
    let late = Command::Approve { by: by(MODERATOR), request: handled };
    assert_eq!(s.refused(late), Refusal::AlreadyHandled { by: Some(by(HOST)) });
}

#[test]
fn the_last_who_left_blocked_are_remembered_and_no_more() {
    let mut s = scene(Access::Open);
    let ids = || (1_000_u32..).take(DEPARTED_REMEMBERED + 1).map(ParticipantId);
    for who in ids() {
        s.ok(Command::Enter { who, role: Role::Viewer });
        s.ok(Command::Join { who });
        s.ok(Command::Remove { by: by(HOST), whom: who });
        s.ok(Command::Exit { who });
    }
    let blocked = ids().filter(|who| {
        s.ok(Command::Enter { who: *who, role: Role::Viewer });
        s.stage.rejoin_blocked(*who)
    });
    assert_eq!(blocked.count(), DEPARTED_REMEMBERED);
}
