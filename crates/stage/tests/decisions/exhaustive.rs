//! Three people and two seats: every situation within a few commands of an empty stage, and every command in each.

use std::collections::HashSet;

use stage::{Access, Actor, Command, InvitationId, ParticipantId, RequestId, Role, Rules, Standing, Timing};

use crate::lockstep::Lockstep;
use crate::model::Fault;

const HOST: ParticipantId = ParticipantId(1);
const VIEWERS: [ParticipantId; 2] = [ParticipantId(2), ParticipantId(3)];
/// Times as short as they can be and still differ, so that waiting adds few situations.
const TIMING: Timing = Timing { cooldown: 1, invitation: 2, grace: 1, place: 2 };
/// How many commands from the beginning, at most.
const DEPTH: usize = 6;

fn beginning(fault: Option<Fault>) -> Lockstep {
    let rules = Rules { access: Access::Request, capacity: 2, self_leave: false };
    let mut room = Lockstep::new(rules, TIMING, fault);
    room.apply(0, Command::Enter { who: HOST, role: Role::Host }).expect("a host enters");
    for who in VIEWERS {
        room.apply(0, Command::Enter { who, role: Role::Viewer }).expect("a viewer enters");
    }
    room
}

/// Every command that makes sense to try: all of them, on everybody, with the ids that stand and one that never did.
fn commands(room: &Lockstep) -> Vec<Command> {
    let host = Actor::Participant(HOST);
    let mut all = vec![
        Command::SetCapacity { by: host, capacity: 1 },
        Command::SetCapacity { by: host, capacity: 2 },
        Command::SetSelfLeave { by: host, self_leave: true },
        Command::SetRole { by: host, whom: VIEWERS[0], role: Role::Viewer },
        Command::SetRole { by: host, whom: VIEWERS[0], role: Role::Moderator },
    ];
    for access in [Access::Open, Access::Request, Access::Invite] {
        all.push(Command::SetAccess { by: host, access, version: None });
    }
    for who in [HOST, VIEWERS[0], VIEWERS[1]] {
        let role = if who == HOST { Role::Host } else { Role::Viewer };
        all.extend([
            Command::Enter { who, role },
            Command::Exit { who },
            Command::ConnectionLost { who },
            Command::ConnectionBack { who },
            Command::Join { who },
            Command::Request { who },
            Command::Leave { who },
        ]);
        let (request, invitation) = match room.stage.standing(who) {
            Some(Standing::Requested(request)) => (request, InvitationId(0)),
            Some(Standing::Invited(invitation)) => (RequestId(0), invitation),
            _ => (RequestId(0), InvitationId(0)),
        };
        all.extend([
            Command::CancelRequest { who, request },
            Command::Accept { who, invitation },
            Command::DeclineInvitation { who, invitation },
            Command::KeepInvitation { who, invitation },
        ]);
        for by in [host, Actor::Participant(VIEWERS[0])] {
            all.extend([
                Command::DeclineRequest { by, request },
                Command::Approve { by, request },
                Command::Invite { by, whom: who },
                Command::Revoke { by, invitation },
                Command::Remove { by, whom: who },
            ]);
        }
    }
    all
}

/// Goes through every situation, breadth first; each only once, however it was reached. Returns how many there were.
fn explore(depth: usize, fault: Option<Fault>) -> Result<usize, String> {
    let mut edge = vec![beginning(fault)];
    let mut known = HashSet::from([edge[0].model.situation(edge[0].now)]);
    for _ in 0..depth {
        let mut next = Vec::new();
        for room in &edge {
            let mut waited = room.clone();
            waited.settle(1)?;
            let mut reached = vec![waited];
            for command in commands(room) {
                let mut tried = room.clone();
                tried.apply(0, command)?;
                reached.push(tried);
            }
            next.extend(reached.into_iter().filter(|room| known.insert(room.model.situation(room.now))));
        }
        edge = next;
    }
    Ok(known.len())
}

#[test]
fn every_situation_of_three_people_and_two_seats() {
    let situations = explore(DEPTH, None).unwrap();
    println!("{situations} situations within {DEPTH} commands");
    assert!(situations > 25_000, "only {situations}: the search went nowhere");
}

#[test]
fn the_search_notices_a_seat_too_many() {
    explore(DEPTH, Some(Fault::ReservedSeatsUncounted)).expect_err("a third person got one of two seats");
}
