//! Row 1, by example.

use stage::{Access, Cause, Command, InvitationId, Refusal, Standing};

use crate::scene::*;

#[test]
fn row_1_anyone_joins_an_open_stage() {
    let mut s = scene(Access::Open);
    let changes = s.ok(Command::Join { who: ANA });
    assert_eq!(changes, [moved(ANA, Standing::Off, Standing::OnStage, Cause::Own)]);
}

#[test]
fn row_1_a_speaker_joins_whatever_the_access() {
    for access in [Access::Open, Access::Request, Access::Invite] {
        let mut s = scene(access);
        s.ok(Command::Join { who: SPEAKER });
        assert_eq!(s.at(SPEAKER), Standing::OnStage);
    }
}

#[test]
fn row_1_a_viewer_needs_the_open_stage() {
    for access in [Access::Request, Access::Invite] {
        assert_eq!(scene(access).refused(Command::Join { who: ANA }), Refusal::AccessChanged);
    }
}

#[test]
fn row_1_no_seat_is_left() {
    let mut s = scene(Access::Open);
    s.set_capacity(1);
    s.invite(BEN);
    assert_eq!(s.refused(Command::Join { who: ANA }), Refusal::StageFull, "a reserved seat is a seat");
}

#[test]
fn row_1_someone_removed_stays_off() {
    let mut s = scene(Access::Open);
    s.ok(Command::Join { who: ANA });
    s.ok(Command::Remove { by: by(MODERATOR), whom: ANA });
    assert_eq!(s.refused(Command::Join { who: ANA }), Refusal::RejoinBlocked);
    assert!(s.stage.rejoin_blocked(ANA));
}

#[test]
fn row_1_joining_twice_is_a_no_op() {
    let mut s = scene(Access::Open);
    s.ok(Command::Join { who: ANA });
    s.set_access(Access::Invite);
    s.no_op(Command::Join { who: ANA });
}

#[test]
fn row_1_someone_invited_joins_on_the_reserved_seat() {
    let mut s = scene(Access::Open);
    s.set_capacity(1);
    let invitation = s.invite(ANA);
    let changes = s.ok(Command::Join { who: ANA });
    assert_eq!(changes, [moved(ANA, Standing::Invited(invitation), Standing::OnStage, Cause::Own)]);
    assert_eq!(s.stage.seats_held(), 1);
}

#[test]
fn row_1_somebody_elsewhere_does_nothing_here() {
    let mut s = scene(Access::Open);
    assert_eq!(s.refused(Command::Join { who: NOBODY }), Refusal::NotPresent);
    assert_eq!(s.refused(Command::Request { who: NOBODY }), Refusal::NotPresent);
    assert_eq!(s.refused(Command::Leave { who: NOBODY }), Refusal::NotPresent);
    let accept = Command::Accept { who: NOBODY, invitation: InvitationId(1) };
    assert_eq!(s.refused(accept), Refusal::NotPresent);
}
