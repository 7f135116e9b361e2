//! Rows 12 to 14: connections lost, and time passing.

use stage::{Access, Cause, Command, Refusal, Standing};

use crate::scene::*;

#[test]
fn row_12_the_seat_is_held_for_the_grace_time() {
    let mut s = scene(Access::Invite);
    s.bring_up(ANA);
    s.no_op(Command::ConnectionLost { who: ANA });
    assert_eq!(s.pass(29_999), []);
    assert_eq!((s.at(ANA), s.stage.seats_held()), (Standing::OnStage, 1));
    s.no_op(Command::ConnectionBack { who: ANA });
    assert_eq!(s.stage.next_deadline(), None);
    assert_eq!(s.pass(600_000), []);
    assert_eq!(s.at(ANA), Standing::OnStage);
}

#[test]
fn row_12_losing_an_already_lost_connection_gains_no_time() {
    let mut s = scene(Access::Invite);
    s.bring_up(ANA);
    s.ok(Command::ConnectionLost { who: ANA });
    s.pass(20_000);
    s.ok(Command::ConnectionLost { who: ANA });
    assert_eq!(s.pass(10_000), [moved(ANA, Standing::OnStage, Standing::Off, Cause::TimedOut)]);
}

#[test]
fn row_13_after_the_grace_time_nobody_is_back_on_stage_by_reconnecting() {
    let mut s = scene(Access::Invite);
    s.bring_up(ANA);
    s.ok(Command::ConnectionLost { who: ANA });
    assert_eq!(s.pass(30_000), [moved(ANA, Standing::OnStage, Standing::Off, Cause::TimedOut)]);
    assert_eq!(s.stage.seats_held(), 0);
    s.no_op(Command::ConnectionBack { who: ANA });
    assert_eq!(s.at(ANA), Standing::Off);
    assert_eq!(s.refused(Command::Join { who: ANA }), Refusal::AccessChanged);
}

#[test]
fn row_13_is_no_removal() {
    let mut s = scene(Access::Open);
    s.ok(Command::Join { who: ANA });
    s.ok(Command::ConnectionLost { who: ANA });
    s.pass(30_000);
    s.ok(Command::ConnectionBack { who: ANA });
    s.ok(Command::Join { who: ANA });
}

#[test]
fn row_13_a_connection_back_too_late_finds_the_seat_gone() {
    let mut s = scene(Access::Invite);
    s.bring_up(ANA);
    s.ok(Command::ConnectionLost { who: ANA });
    // Nobody settled in between: the command itself meets the time that is over.
    let late = s.now().plus(30_000);
    let outcome = s.stage.apply(late, Command::ConnectionBack { who: ANA }).unwrap();
    assert_eq!(outcome.changes, [moved(ANA, Standing::OnStage, Standing::Off, Cause::TimedOut)]);
}

#[test]
fn row_14_a_request_keeps_its_place_for_a_minute() {
    let mut s = scene(Access::Request);
    let request = s.ask(ANA);
    s.ok(Command::ConnectionLost { who: ANA });
    assert_eq!(s.pass(59_999), []);
    assert_eq!(s.pass(1), [moved(ANA, Standing::Requested(request), Standing::Off, Cause::TimedOut)]);
}

#[test]
fn row_14_a_requester_who_is_back_stays_in_the_queue() {
    let mut s = scene(Access::Request);
    let first = s.ask(ANA);
    let second = s.ask(BEN);
    s.ok(Command::ConnectionLost { who: ANA });
    s.pass(59_999);
    s.ok(Command::ConnectionBack { who: ANA });
    s.pass(600_000);
    assert_eq!(s.stage.requests().collect::<Vec<_>>(), [(first, ANA), (second, BEN)]);
}

#[test]
fn row_14_an_invitation_ends_at_the_earlier_of_its_two_times() {
    let mut s = scene(Access::Invite);
    let invitation = s.invite(ANA);
    s.pass(10_000);
    s.ok(Command::ConnectionLost { who: ANA });
    assert_eq!(s.stage.next_deadline(), Some(s.now().plus(50_000)));
    s.no_op(Command::KeepInvitation { who: ANA, invitation });
    s.pass(1_000);
    s.ok(Command::KeepInvitation { who: ANA, invitation });
    assert_eq!(s.stage.next_deadline(), Some(s.now().plus(59_000)), "keeping does not undo the loss");
}

#[test]
fn row_14_somebody_lost_may_be_invited_and_has_the_full_time() {
    let mut s = scene(Access::Invite);
    s.ok(Command::ConnectionLost { who: ANA });
    assert_eq!(s.stage.next_deadline(), None, "off stage there is nothing to lose");
    s.pass(500_000);
    s.invite(ANA);
    assert_eq!(s.stage.next_deadline(), Some(s.now().plus(60_000)));
}

#[test]
fn what_is_due_is_settled_before_a_command_and_told_first() {
    let mut s = scene(Access::Invite);
    s.set_capacity(1);
    let stale = s.invite(ANA);
    let late = s.now().plus(60_000);
    let outcome = s.stage.apply(late, Command::Join { who: SPEAKER }).unwrap();
    let expected = [
        moved(ANA, Standing::Invited(stale), Standing::Off, Cause::TimedOut),
        moved(SPEAKER, Standing::Off, Standing::OnStage, Cause::Own),
    ];
    assert_eq!(outcome.changes, expected);
}

#[test]
fn what_was_settled_on_the_way_to_a_refusal_is_told_next_time() {
    let mut s = scene(Access::Invite);
    let invitation = s.invite(ANA);
    let version = s.stage.version();
    let late = s.now().plus(60_000);
    let accept = Command::Accept { who: ANA, invitation };
    assert_eq!(s.stage.apply(late, accept), Err(Refusal::InvitationExpired));
    assert_eq!(s.stage.version(), version + 1);
    assert!(s.stage.next_deadline().is_some_and(|due| due <= late), "there is something to tell");
    let timed_out = moved(ANA, Standing::Invited(invitation), Standing::Off, Cause::TimedOut);
    assert_eq!(s.stage.settle(late).changes, [timed_out]);
    assert_eq!((s.stage.settle(late).changes.len(), s.stage.next_deadline()), (0, None));
}

#[test]
fn settling_first_leaves_nothing_untold_by_a_refusal() {
    let mut s = scene(Access::Invite);
    let invitation = s.invite(ANA);
    assert_eq!(s.pass(60_000).len(), 1);
    assert_eq!(s.refused(Command::Accept { who: ANA, invitation }), Refusal::InvitationExpired);
}

#[test]
fn the_longest_overdue_goes_first() {
    let mut s = scene(Access::Invite);
    s.bring_up(BEN);
    s.invite(ANA);
    s.pass(10_000);
    s.ok(Command::ConnectionLost { who: BEN });
    let whose: Vec<_> = s
        .pass(100_000)
        .into_iter()
        .filter_map(|change| if let stage::Change::Moved { who, .. } = change { Some(who) } else { None })
        .collect();
    assert_eq!(whose, [BEN, ANA]);
}

#[test]
fn a_tick_is_nothing_but_time() {
    let mut s = scene(Access::Invite);
    s.invite(ANA);
    s.no_op(Command::Tick);
    let late = s.now().plus(60_000);
    assert_eq!(s.stage.apply(late, Command::Tick).unwrap().changes.len(), 1);
}
