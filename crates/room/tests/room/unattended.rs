//! People without a page: they come up, go down and go by the stage's rules, and nobody has to click for them.

use room::{Brings, Configuration, Follow, ScriptCommand, Unattended};
use signaling::{
    Access, Closing, Command, Notice, Refusal, Role, Source, SourceControl, SourceState, StageStanding,
};

use crate::world::{BOTH, Me, World};

const PUBLISHER: Unattended = Unattended::Publisher(Brings { mic: true, camera: true, screen: false });

fn room(access: Access) -> (World, Me) {
    let mut world = World::new(access);
    let mo = world.join("mo", Role::Moderator);
    (world, mo)
}

fn mute(world: &mut World, by: Me, whom: Me, source: Source, state: SourceControl) {
    let participant = world.who(whom);
    world.says(by, Command::Mute { participant, source, state }).unwrap();
}

#[test]
fn into_an_open_room_a_publisher_comes_up_at_once() {
    let (mut world, mo) = room(Access::Open);
    let obs = world.publish("obs", Role::Viewer);
    assert_eq!(world.standing(obs), StageStanding::OnStage);
    assert_eq!(world.open(obs), [Source::Mic, Source::Camera]);
    assert!(world.slot(mo, obs, Source::Camera).is_some(), "and is seen");
}

#[test]
fn a_speaker_comes_up_whatever_the_access() {
    for access in [Access::Request, Access::Invite] {
        let (mut world, _) = room(access);
        let obs = world.publish("obs", Role::Speaker);
        assert_eq!(world.standing(obs), StageStanding::OnStage, "{access:?}");
    }
}

#[test]
fn a_publisher_asks_where_it_must_and_accepts_by_itself() {
    let (mut world, mo) = room(Access::Request);
    let obs = world.publish("obs", Role::Viewer);
    assert_eq!(world.standing(obs), StageStanding::Requested);
    assert_eq!(world.open(obs), []);
    let request = world.request(obs);
    let participant = world.who(obs);
    assert_eq!(world.notices(mo), [Notice::StageRequested { participant, request }]);
    world.says(mo, Command::ApproveRequest { request }).unwrap();
    assert_eq!(world.standing(obs), StageStanding::OnStage);
    assert_eq!(world.open(obs), [Source::Mic, Source::Camera]);
}

#[test]
fn a_declined_publisher_waits_and_does_not_ask_again_by_itself() {
    let (mut world, mo) = room(Access::Request);
    let obs = world.publish("obs", Role::Viewer);
    let request = world.request(obs);
    world.says(mo, Command::DeclineRequest { request }).unwrap();
    world.passes(100_000);
    assert_eq!(world.standing(obs), StageStanding::Off);
    let participant = world.who(obs);
    world.says(mo, Command::Invite { participant }).unwrap();
    assert_eq!(world.standing(obs), StageStanding::OnStage, "an invitation brings it up");
}

#[test]
fn into_a_room_by_invitation_a_publisher_waits_and_goes_with_the_access() {
    let (mut world, mo) = room(Access::Invite);
    let obs = world.publish("obs", Role::Viewer);
    assert_eq!(world.standing(obs), StageStanding::Off);
    let version = world.room.version();
    world.says(mo, Command::SetStageAccess { access: Access::Request, version }).unwrap();
    assert_eq!(world.standing(obs), StageStanding::Requested);
    let version = world.room.version();
    world.says(mo, Command::SetStageAccess { access: Access::Open, version }).unwrap();
    assert_eq!(world.standing(obs), StageStanding::OnStage);
}

#[test]
fn what_the_stage_refuses_leaves_nothing_behind() {
    let (mut world, mo) = room(Access::Open);
    world
        .script(ScriptCommand::Configure(Configuration { capacity: Some(0), ..Default::default() }))
        .unwrap();
    let before = world.room.state();
    assert_eq!(world.attach("obs", Role::Viewer, PUBLISHER), Err(Refusal::StageFull));
    assert_eq!(world.room.state(), before);
    world
        .script(ScriptCommand::Configure(Configuration { capacity: Some(5), ..Default::default() }))
        .unwrap();
    let obs = world.publish("obs", Role::Viewer);
    let participant = world.who(obs);
    world.says(mo, Command::RemoveFromStage { participant }).unwrap();
    assert_eq!(world.open(obs), []);
    let before = world.room.state();
    assert_eq!(world.attach("obs", Role::Viewer, PUBLISHER), Err(Refusal::RejoinBlocked));
    assert_eq!(world.room.state(), before);
    assert!(world.guests[&obs].connected, "and it keeps the session it has");
}

#[test]
fn leaving_and_removal_end_the_session_and_its_media() {
    let (mut world, mo) = room(Access::Open);
    let obs = world.publish("obs", Role::Viewer);
    world.detach(obs);
    assert_eq!((world.guests[&obs].closed, world.state(obs)), (Some(Closing::Left), None));
    let obs = world.publish("obs", Role::Viewer);
    let participant = world.who(obs);
    world.says(mo, Command::RemoveParticipant { participant }).unwrap();
    assert_eq!(world.guests[&obs].closed, Some(Closing::Removed));
    assert_eq!(world.transport(obs), None);
}

#[test]
fn a_seat_is_kept_for_a_publisher_that_was_lost() {
    let (mut world, _) = room(Access::Open);
    let obs = world.publish("obs", Role::Viewer);
    world.lose_guest(obs);
    assert_eq!(world.standing(obs), StageStanding::OnStage);
    world.passes(29_000);
    let again = world.publish("obs", Role::Viewer);
    assert_eq!((world.who(again), world.open(again)), (world.who(obs), vec![Source::Mic, Source::Camera]));
    world.lose_guest(again);
    world.passes(61_000);
    assert_eq!(world.state(again), None);
}

#[test]
fn a_mute_holds_until_a_moderator_asks() {
    let (mut world, mo) = room(Access::Open);
    let obs = world.publish("obs", Role::Viewer);
    let participant = world.who(obs);
    mute(&mut world, mo, obs, Source::Mic, SourceControl::Muted);
    let obs = world.publish("obs", Role::Viewer);
    assert_eq!(world.source(obs, Source::Mic), SourceState::Muted, "a new session is no way round");
    world.says(mo, Command::AskToUnmute { participant, source: Source::Mic }).unwrap();
    assert_eq!(world.source(obs, Source::Mic), SourceState::On);
    assert_eq!(world.open(obs), [Source::Mic, Source::Camera]);
}

#[test]
fn a_lock_holds_until_it_is_released_and_a_moderator_asks() {
    let (mut world, mo) = room(Access::Open);
    let obs = world.publish("obs", Role::Viewer);
    let (participant, source) = (world.who(obs), Source::Camera);
    mute(&mut world, mo, obs, source, SourceControl::Locked);
    let asked = world.says(mo, Command::AskToUnmute { participant, source });
    assert_eq!(asked, Err(Refusal::SourceLocked { source }));
    mute(&mut world, mo, obs, source, SourceControl::Released);
    assert_eq!(world.open(obs), [Source::Mic], "nobody turns on what is somebody else's");
    world.says(mo, Command::AskToUnmute { participant, source }).unwrap();
    assert_eq!(world.open(obs), [Source::Mic, Source::Camera]);
}

#[test]
fn a_publisher_takes_over_from_a_page_with_what_it_brings() {
    let (mut world, _) = room(Access::Open);
    let page = world.on_stage("ada", Role::Speaker);
    world.says(page, Command::SetSource { source: Source::Mic, on: false }).unwrap();
    let brings = Brings { mic: true, camera: false, screen: false };
    let obs = world.attach("ada", Role::Speaker, Unattended::Publisher(brings)).unwrap();
    world.ready_with(obs, (0, 0));
    assert_eq!(world.pages[&page].closed, Some(Closing::NewerSession));
    assert_eq!(world.open(obs), [Source::Mic]);
    let page = world.join("ada", Role::Speaker);
    assert_eq!(
        (world.guests[&obs].closed, world.standing(page)),
        (Some(Closing::NewerSession), StageStanding::OnStage)
    );
}

#[test]
fn a_second_picture_is_a_screen_for_whoever_may_share_one() {
    let everything = Unattended::Publisher(Brings { mic: true, camera: true, screen: true });
    for (role, open) in [
        (Role::Viewer, &[Source::Mic, Source::Camera][..]),
        (Role::Speaker, &[Source::Mic, Source::Camera, Source::Screen]),
    ] {
        let (mut world, _) = room(Access::Open);
        let obs = world.attach("obs", role, everything).unwrap();
        world.ready_with(obs, (0, 0));
        assert_eq!(world.open(obs), open, "{role:?}");
    }
}

#[test]
fn a_watcher_never_comes_up() {
    let (mut world, mo) = room(Access::Open);
    let tv = world.watch("tv", Follow::ActiveSpeaker);
    let participant = world.who(tv);
    world.says(mo, Command::Invite { participant }).unwrap();
    assert_eq!(world.standing(tv), StageStanding::Off);
    assert_eq!(world.notices(mo), [Notice::InvitationDeclined { participant }]);
    world.on_stage("ada", Role::Speaker);
    let refused = world.attach("ada", Role::Speaker, Unattended::Watcher(Follow::ActiveSpeaker));
    assert_eq!(refused, Err(Refusal::AlreadyOnStage));
}

#[test]
fn a_watcher_of_somebody_sees_them_and_nobody_else() {
    let (mut world, mo) = room(Access::Open);
    let nobody = signaling::ParticipantId(99);
    let refused = world.attach("tv", Role::Viewer, Unattended::Watcher(Follow::Participant(nobody)));
    assert_eq!(refused, Err(Refusal::NotPresent));
    world.on_stage("first", Role::Speaker);
    let ada = world.join("ada", Role::Speaker);
    let tv = world.watch("tv", Follow::Participant(world.who(ada)));
    assert_eq!(world.slot(tv, ada, Source::Camera), None);
    world.says(ada, Command::JoinStage { sources: BOTH }).unwrap();
    assert!(world.slot(tv, ada, Source::Camera).is_some() && world.slot(tv, ada, Source::Mic).is_some());
    world.says(ada, Command::SetSource { source: Source::Screen, on: true }).unwrap();
    world.says(ada, Command::SetSource { source: Source::Camera, on: false }).unwrap();
    assert!(world.slot(tv, ada, Source::Screen).is_some(), "the screen, while the camera is off");
    let participant = world.who(ada);
    world.says(mo, Command::RemoveFromStage { participant }).unwrap();
    let slots = &world.transports[&world.transport(tv).unwrap()].slots;
    assert!(slots.is_empty(), "{slots:?}");
}
