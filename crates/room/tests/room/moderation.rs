//! Removal, mutes, locks and roles.

use room::{Effect, Pace};
use signaling::{
    Access, Change, Closing, Command, Notice, Refusal, Role, ServerMessage, Source, SourceControl,
    SourceState, StageStanding,
};

use crate::world::{BOTH, Me, World};

/// A moderator, and a viewer who is on stage.
fn two() -> (World, Me, Me) {
    let mut world = World::new(Access::Open);
    let mo = world.join("mo", Role::Moderator);
    let ada = world.on_stage("ada", Role::Viewer);
    world.notices(ada);
    (world, mo, ada)
}

fn mute(world: &mut World, by: Me, whom: Me, source: Source, state: SourceControl) -> Result<u64, Refusal> {
    world.says(by, Command::Mute { participant: world.who(whom), source, state })
}

fn is_broadcast(effect: &Effect) -> bool {
    matches!(effect, Effect::Broadcast { .. })
}

fn is_notice(effect: &Effect) -> bool {
    matches!(effect, Effect::Send { message: ServerMessage::Notice { .. }, .. })
}

#[test]
fn a_removal_closes_every_gate_before_anybody_is_told_and_answers_last() {
    let (mut world, mo, ada) = two();
    world.says(mo, Command::RemoveFromStage { participant: world.who(ada) }).unwrap();
    let closed: Vec<bool> =
        world.effects.iter().map(|e| matches!(e, Effect::SetGate { open: false, .. })).collect();
    assert_eq!(closed.iter().filter(|closed| **closed).count(), 2, "microphone and camera");
    assert!(closed[0] && closed[1], "first of all");
    let unassigned = world.at(|e| matches!(e, Effect::Assign { publication: None, .. }));
    let (told, notice) = (world.at(is_broadcast), world.at(is_notice));
    let done = world.at(|e| matches!(e, Effect::Send { message: ServerMessage::Done { .. }, .. }));
    assert!(unassigned < told && told < notice && notice < done);
    assert_eq!(done, world.effects.len() - 1);
    assert_eq!(world.notices(ada), [Notice::OffStage { removed: true }]);
}

#[test]
fn whoever_was_removed_from_stage_does_not_join_again_unless_invited() {
    let (mut world, mo, ada) = two();
    world.says(mo, Command::RemoveFromStage { participant: world.who(ada) }).unwrap();
    let join = Command::JoinStage { sources: BOTH };
    assert_eq!(world.says(ada, join.clone()), Err(Refusal::RejoinBlocked));
    world.says(ada, Command::LeaveRoom).unwrap();
    let ada = world.join("ada", Role::Viewer);
    assert_eq!(world.says(ada, join.clone()), Err(Refusal::RejoinBlocked), "leaving lifts no block");
    world.says(mo, Command::Invite { participant: world.who(ada) }).unwrap();
    world.says(ada, join).unwrap();
}

#[test]
fn neither_leaving_nor_staying_away_lifts_a_lock() {
    let (mut world, mo, ada) = two();
    mute(&mut world, mo, ada, Source::Camera, SourceControl::Locked).unwrap();
    mute(&mut world, mo, ada, Source::Mic, SourceControl::Muted).unwrap();
    world.says(ada, Command::LeaveRoom).unwrap();
    let ada = world.on_stage("ada", Role::Viewer);
    assert_eq!(world.open(ada), [Source::Mic], "a mute holds nothing off the stage");
    let on = Command::SetSource { source: Source::Camera, on: true };
    assert_eq!(world.says(ada, on), Err(Refusal::SourceLocked { source: Source::Camera }));
    world.lose(ada);
    world.later(60_000);
    assert_eq!(world.state(ada), None);
    let ada = world.on_stage("ada", Role::Viewer);
    assert_eq!(world.source(ada, Source::Camera), SourceState::Locked);
}

#[test]
fn a_release_of_everyone_reaches_those_who_left_below_a_moderator() {
    let mut world = World::new(Access::Open);
    let hal = world.join("hal", Role::Host);
    for (user, role) in [("ada", Role::Viewer), ("mo", Role::Moderator)] {
        let me = world.join(user, role);
        mute(&mut world, hal, me, Source::Mic, SourceControl::Locked).unwrap();
        world.says(me, Command::LeaveRoom).unwrap();
    }
    let release = Command::MuteEveryone { source: Source::Mic, state: SourceControl::Released };
    world.says(hal, release).unwrap();
    let (ada, mo) = (world.join("ada", Role::Viewer), world.join("mo", Role::Moderator));
    assert_eq!(world.source(ada, Source::Mic), SourceState::Off);
    assert_eq!(world.source(mo, Source::Mic), SourceState::Locked);
}

#[test]
fn a_viewer_cannot_leave_the_stage_but_can_leave_the_room() {
    let (mut world, _, ada) = two();
    assert_eq!(world.says(ada, Command::LeaveStage), Err(Refusal::SelfLeaveForbidden));
    world.says(ada, Command::LeaveRoom).unwrap();
    assert_eq!(world.pages[&ada].closed, Some(Closing::Left));
    assert_eq!(world.state(ada), None);
}

#[test]
fn leaving_the_stage_of_ones_own_accord_is_told_by_the_answer_alone() {
    let mut world = World::new(Access::Request);
    let eve = world.on_stage("eve", Role::Speaker);
    world.notices(eve);
    world.says(eve, Command::LeaveStage).unwrap();
    assert!(world.open(eve).is_empty() && world.notices(eve).is_empty());
}

#[test]
fn a_muted_person_unmutes_themselves_and_a_locked_one_does_not() {
    let (mut world, mo, ada) = two();
    let on = Command::SetSource { source: Source::Mic, on: true };
    mute(&mut world, mo, ada, Source::Mic, SourceControl::Muted).unwrap();
    assert_eq!(world.open(ada), [Source::Camera]);
    let told = Notice::Muted { source: Source::Mic, state: SourceControl::Muted };
    assert_eq!(world.notices(ada), [told]);
    world.says(ada, on.clone()).unwrap();
    assert_eq!(world.open(ada), [Source::Mic, Source::Camera]);
    mute(&mut world, mo, ada, Source::Mic, SourceControl::Locked).unwrap();
    assert_eq!(world.says(ada, on.clone()), Err(Refusal::SourceLocked { source: Source::Mic }));
    assert_eq!(world.open(ada), [Source::Camera]);
    mute(&mut world, mo, ada, Source::Mic, SourceControl::Released).unwrap();
    assert_eq!(world.source(ada, Source::Mic), SourceState::Off, "a release turns nothing on");
    world.says(ada, on).unwrap();
}

#[test]
fn ones_own_off_is_off_at_the_gate() {
    let (mut world, _, ada) = two();
    world.says(ada, Command::SetSource { source: Source::Camera, on: false }).unwrap();
    assert_eq!(world.open(ada), [Source::Mic]);
}

#[test]
fn a_screen_is_for_speakers_and_up() {
    let (mut world, _, ada) = two();
    let share = Command::SetSource { source: Source::Screen, on: true };
    assert_eq!(world.says(ada, share.clone()), Err(Refusal::Forbidden));
    assert_eq!(world.open(ada), [Source::Mic, Source::Camera]);
    let eve = world.on_stage("eve", Role::Speaker);
    world.says(eve, share).unwrap();
    assert_eq!(world.open(eve), [Source::Mic, Source::Camera, Source::Screen]);
}

#[test]
fn nothing_is_turned_on_off_the_stage() {
    let mut world = World::new(Access::Invite);
    let ada = world.join("ada", Role::Viewer);
    for source in Source::ALL {
        let on = Command::SetSource { source, on: true };
        assert_eq!(world.says(ada, on), Err(Refusal::NotOnStage));
    }
    assert!(world.open(ada).is_empty());
}

#[test]
fn everyone_is_muted_but_the_moderators() {
    let (mut world, mo, ada) = two();
    let eve = world.on_stage("eve", Role::Speaker);
    let max = world.on_stage("max", Role::Moderator);
    let all = |state| Command::MuteEveryone { source: Source::Mic, state };
    world.says(mo, all(SourceControl::Locked)).unwrap();
    assert_eq!(world.source(ada, Source::Mic), SourceState::Locked);
    assert_eq!(world.source(eve, Source::Mic), SourceState::Locked);
    assert_eq!(world.source(max, Source::Mic), SourceState::On);
    assert_eq!(world.says(ada, all(SourceControl::Released)), Err(Refusal::Forbidden));
    world.says(mo, all(SourceControl::Released)).unwrap();
    assert_eq!(world.source(ada, Source::Mic), SourceState::Off);
}

#[test]
fn who_may_mute_and_remove_whom() {
    use Role::{Host, Moderator, Speaker, Viewer};
    let roles = [Viewer, Speaker, Moderator, Host];
    for (by, mutes, sends_away) in [
        (Viewer, &roles[..0], &roles[..0]),
        (Speaker, &roles[..0], &roles[..0]),
        (Moderator, &roles[..3], &roles[..2]),
        (Host, &roles[..], &roles[..]),
    ] {
        for whom in roles {
            let mut world = World::new(Access::Open);
            let actor = world.join("actor", by);
            let other = world.on_stage("other", whom);
            let muted = mute(&mut world, actor, other, Source::Mic, SourceControl::Muted);
            assert_eq!(muted.is_ok(), mutes.contains(&whom), "{by:?} mutes {whom:?}");
            let participant = world.who(other);
            let removed = world.says(actor, Command::RemoveParticipant { participant });
            assert_eq!(removed.is_ok(), sends_away.contains(&whom), "{by:?} sends away {whom:?}");
            let refused = [muted, removed].into_iter().filter_map(Result::err);
            assert!(refused.into_iter().all(|refusal| refusal == Refusal::Forbidden));
        }
    }
}

#[test]
fn asking_to_unmute_is_a_prompt_and_no_more() {
    let (mut world, mo, ada) = two();
    let ask = Command::AskToUnmute { participant: world.who(ada), source: Source::Mic };
    world.says(mo, ask.clone()).unwrap();
    assert!(world.notices(ada).is_empty(), "it is on already");
    world.says(ada, Command::SetSource { source: Source::Mic, on: false }).unwrap();
    world.says(mo, ask.clone()).unwrap();
    assert_eq!(world.notices(ada), [Notice::AskedToUnmute { source: Source::Mic }]);
    assert_eq!(world.open(ada), [Source::Camera]);
    mute(&mut world, mo, ada, Source::Mic, SourceControl::Locked).unwrap();
    assert_eq!(world.says(mo, ask), Err(Refusal::SourceLocked { source: Source::Mic }));
}

#[test]
fn a_person_sent_away_is_gone_before_the_moderator_reads_done() {
    let (mut world, mo, ada) = two();
    let participant = world.who(ada);
    world.says(mo, Command::RemoveParticipant { participant }).unwrap();
    assert_eq!(world.pages[&ada].closed, Some(Closing::Removed));
    let dropped = world.at(|e| matches!(e, Effect::DropTransport { .. }));
    let gone = world.at(|e| {
        let gone =
            ServerMessage::Changed { version: world.room.version(), change: Change::Gone { participant } };
        *e == Effect::Broadcast { message: gone, except: None, pace: Pace::Prompt }
    });
    let closed = world.at(|e| matches!(e, Effect::CloseSession { .. }));
    let done = world.at(|e| matches!(e, Effect::Send { message: ServerMessage::Done { .. }, .. }));
    assert!(dropped < gone && gone < closed && closed < done);
    let again = Command::RemoveParticipant { participant };
    assert_eq!(world.says(mo, again), Err(Refusal::NotPresent));
}

#[test]
fn a_host_gives_roles_and_the_person_is_told() {
    let mut world = World::new(Access::Request);
    let hal = world.join("hal", Role::Host);
    let ada = world.join("ada", Role::Viewer);
    world.says(ada, Command::RequestStage { question: None }).unwrap();
    let raise = Command::SetRole { participant: world.who(ada), role: Role::Speaker };
    assert_eq!(world.says(ada, raise.clone()), Err(Refusal::Forbidden));
    world.says(hal, raise).unwrap();
    assert_eq!(world.notices(ada), [Notice::RoleChanged]);
    assert_eq!(world.standing(ada), StageStanding::Off, "a speaker needs no request");
    world.says(ada, Command::JoinStage { sources: BOTH }).unwrap();
}

/// A host, and somebody to whom they gave another role, who left and came back with the token they had.
fn returned(token: Role, given: Role) -> (World, Me, Me) {
    let mut world = World::new(Access::Open);
    let hal = world.join("hal", Role::Host);
    let ada = world.on_stage("ada", token);
    let participant = world.who(ada);
    world.says(hal, Command::RemoveFromStage { participant }).unwrap();
    world.says(hal, Command::SetRole { participant, role: given }).unwrap();
    world.says(ada, Command::LeaveRoom).unwrap();
    let ada = world.join("ada", token);
    (world, hal, ada)
}

#[test]
fn leaving_undoes_neither_a_demotion_nor_the_removal_before_it() {
    let (mut world, _, mut ada) = returned(Role::Moderator, Role::Viewer);
    let join = Command::JoinStage { sources: BOTH };
    for _ in 0..2 {
        assert_eq!(world.state(ada).unwrap().role, Role::Viewer);
        assert_eq!(world.says(ada, join.clone()), Err(Refusal::RejoinBlocked));
        world.says(ada, Command::LeaveRoom).unwrap();
        ada = world.join("ada", Role::Moderator);
    }
}

#[test]
fn leaving_undoes_no_promotion() {
    let (mut world, _, ada) = returned(Role::Viewer, Role::Moderator);
    assert_eq!(world.state(ada).unwrap().role, Role::Moderator);
    world.says(ada, Command::JoinStage { sources: BOTH }).unwrap();
}

#[test]
fn another_token_is_a_newer_word_than_the_hosts() {
    let (mut world, hal, ada) = returned(Role::Moderator, Role::Viewer);
    world.says(ada, Command::LeaveRoom).unwrap();
    let ada = world.join("ada", Role::Speaker);
    assert_eq!(world.state(ada).unwrap().role, Role::Speaker);
    let lower = Command::SetRole { participant: world.who(ada), role: Role::Viewer };
    world.says(hal, lower).unwrap();
    world.says(ada, Command::LeaveRoom).unwrap();
    let ada = world.join("ada", Role::Speaker);
    assert_eq!(world.state(ada).unwrap().role, Role::Viewer, "it is the token of before now");
}
