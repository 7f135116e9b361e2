//! What scripts may do, over HTTP.

use room::{Configuration, Effect, ScriptCommand};
use signaling::{Access, Command, Notice, Refusal, Role, Source, SourceControl, SourceState, StageStanding};

use crate::world::{BOTH, World};

#[test]
fn a_script_does_what_a_moderator_does() {
    let mut world = World::new(Access::Request);
    let ada = world.join("ada", Role::Viewer);
    let participant = world.who(ada);
    world.script(ScriptCommand::Invite { participant }).unwrap();
    let invitation = world.invitation(ada);
    assert_eq!(world.notices(ada), [Notice::Invited { invitation, by: None }]);
    world.script(ScriptCommand::Revoke { participant }).unwrap();
    world.says(ada, Command::RequestStage { question: None }).unwrap();
    world.script(ScriptCommand::Decline { participant }).unwrap();
    world.later(5_000);
    world.says(ada, Command::RequestStage { question: None }).unwrap();
    world.script(ScriptCommand::Approve { participant }).unwrap();
    let invitation = world.invitation(ada);
    world.says(ada, Command::AcceptInvitation { invitation, sources: BOTH }).unwrap();
    let (source, state) = (Source::Mic, SourceControl::Locked);
    world.script(ScriptCommand::Mute { participant, source, state }).unwrap();
    assert_eq!(world.source(ada, Source::Mic), SourceState::Locked);
    world.script(ScriptCommand::RemoveFromStage { participant }).unwrap();
    assert_eq!(world.standing(ada), StageStanding::Off);
    world.script(ScriptCommand::RemoveParticipant { participant }).unwrap();
    assert_eq!(world.script(ScriptCommand::Invite { participant }), Err(Refusal::NotPresent));
}

#[test]
fn an_answer_to_a_removal_comes_last() {
    let mut world = World::new(Access::Open);
    let ada = world.on_stage("ada", Role::Viewer);
    world.script(ScriptCommand::RemoveFromStage { participant: world.who(ada) }).unwrap();
    assert!(matches!(world.effects.first(), Some(Effect::SetGate { open: false, .. })));
    assert!(matches!(world.effects.last(), Some(Effect::Answer { .. })));
}

#[test]
fn what_is_not_current_is_refused_and_revoking_nothing_is_done() {
    let mut world = World::new(Access::Open);
    let ada = world.join("ada", Role::Viewer);
    let participant = world.who(ada);
    let handled = Err(Refusal::AlreadyHandled { by: None });
    assert_eq!(world.script(ScriptCommand::Approve { participant }), handled);
    assert_eq!(world.script(ScriptCommand::Decline { participant }), handled);
    world.script(ScriptCommand::Revoke { participant }).unwrap();
    assert_eq!(world.script(ScriptCommand::RemoveFromStage { participant }), Err(Refusal::NotOnStage));
    world.says(ada, Command::JoinStage { sources: BOTH }).unwrap();
    assert_eq!(world.script(ScriptCommand::Revoke { participant }), Err(Refusal::AlreadyOnStage));
}

fn configure(title: &str, capacity: u16) -> ScriptCommand {
    ScriptCommand::Configure(Configuration {
        title: Some(title.into()),
        access: Some(Access::Open),
        capacity: Some(capacity),
        self_leave: Some(true),
        ..Default::default()
    })
}

#[test]
fn settings_are_told_once_and_kept_before_the_answer() {
    let mut world = World::new(Access::Request);
    world.join("ada", Role::Viewer);
    let version = world.room.version();
    assert_eq!(world.script(configure("New", 7)), Ok(version + 1));
    let kept = world.at(|e| *e == Effect::Persist);
    assert!(kept < world.at(|e| matches!(e, Effect::Answer { .. })));
    let rules = room::Rules { access: Access::Open, capacity: 7, self_leave: true };
    assert_eq!((world.room.title(), world.room.rules()), ("New", rules));
    assert_eq!(world.script(configure("New", 7)), Ok(version + 1), "nothing new");
    assert!(!world.effects.contains(&Effect::Persist));
}

#[test]
fn settings_out_of_bounds_change_nothing() {
    let mut world = World::new(Access::Request);
    for command in [configure(&"x".repeat(201), 7), configure("x", 101)] {
        assert!(matches!(world.script(command), Err(Refusal::BadCommand { .. })));
    }
    assert_eq!((world.room.title(), world.room.version()), ("Demo", 0));
}
