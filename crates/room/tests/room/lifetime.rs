//! The end of a room, and a room that is full.

use room::{Command, Effect, ScriptCommand, SlotOffered, TransportId};
use signaling::{Access, Closing, ErrorCode, Refusal, Role, ServerMessage, limits};

use crate::world::World;

#[test]
fn everybody_is_told_of_the_end_and_the_host_first_reads_done() {
    let mut world = World::new(Access::Open);
    let hal = world.join("hal", Role::Host);
    let ada = world.on_stage("ada", Role::Viewer);
    assert_eq!(world.says(ada, signaling::Command::EndRoom), Err(Refusal::Forbidden));
    world.says(hal, signaling::Command::EndRoom).unwrap();
    for me in [hal, ada] {
        assert_eq!(world.pages[&me].closed, Some(Closing::RoomEnded));
    }
    assert!(world.transports.is_empty());
    let done = world.at(|e| matches!(e, Effect::Send { message: ServerMessage::Done { .. }, .. }));
    let closed = world.at(|e| *e == Effect::CloseSession { session: hal, closing: Closing::RoomEnded });
    assert!(done < closed);
    assert_eq!(world.effects.last(), Some(&Effect::Ended));
}

#[test]
fn an_ended_room_lets_nobody_in_and_leaves_nothing_behind() {
    let mut world = World::new(Access::Open);
    world.script(ScriptCommand::End).unwrap();
    let latecomer = world.connect("late", Role::Viewer, None);
    let code = ErrorCode::RoomNotFound;
    assert_eq!(world.effects, [Effect::Reject { session: latecomer, code }]);
    assert_eq!(world.script(ScriptCommand::End), Err(Refusal::NotPresent));
    let (transport, slots) = (TransportId(9), Vec::<SlotOffered>::new());
    let mut effects = Vec::new();
    world.room.apply(
        world.now,
        Command::TransportReady { session: latecomer, transport, slots },
        &mut effects,
    );
    assert_eq!(effects, [Effect::DropTransport { transport }]);
}

#[test]
fn a_full_room_turns_people_away_but_not_those_who_are_in_it() {
    let mut room = room_of(limits::ROOM_PARTICIPANTS);
    let mut enter = |user: &str| {
        let mut effects = Vec::new();
        room.apply(room::Millis(0), connect(1_000_000, user), &mut effects);
        effects.into_iter().any(|effect| matches!(effect, Effect::Reject { code: ErrorCode::RoomFull, .. }))
    };
    assert!(enter("one too many"));
    assert!(!enter("user 0"));
}

fn room_of(people: usize) -> room::Room {
    let (rules, timing) = (room::Rules::default(), room::Timing::default());
    let mut room = room::Room::new(room::RoomOptions::new("r", "R", rules, timing));
    let mut effects = Vec::new();
    for n in 0..people {
        room.apply(room::Millis(0), connect(n as u64, &format!("user {n}")), &mut effects);
        effects.clear();
    }
    room
}

fn connect(session: u64, user: &str) -> Command {
    Command::Connect {
        session: room::SessionId(session),
        identity: room::Identity { user: user.into(), name: user.into(), role: Role::Viewer, waits: false },
        resume: None,
        fresh_key: room::ResumeKey("key".into()),
    }
}
