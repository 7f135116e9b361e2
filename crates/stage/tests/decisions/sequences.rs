//! Random command sequences, against the model and the ledger.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use stage::{
    Access, Actor, Change, Command, InvitationId, ParticipantId, RequestId, Role, Rules, Standing, Timing,
};

use crate::lockstep::{Decided, Lockstep};
use crate::model::{FAULTS, Fault};

const CAST: [Role; 6] =
    [Role::Host, Role::Moderator, Role::Speaker, Role::Viewer, Role::Viewer, Role::Viewer];
const ACCESS: [Access; 3] = [Access::Open, Access::Request, Access::Invite];
const ROLES: [Role; 4] = [Role::Viewer, Role::Speaker, Role::Moderator, Role::Host];
/// Around every deadline of [`Timing::default`], with none passing most of the time.
const WAITS: [u64; 12] = [0, 0, 0, 0, 0, 1, 900, 4_999, 5_000, 29_999, 30_000, 60_000];

/// One step, before it is known what ids there are to act on.
#[derive(Clone, Copy, Debug)]
struct Step {
    wait: u64,
    settle_first: bool,
    kind: u8,
    whom: u8,
    by: u8,
    pick: u8,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (select(&WAITS[..]), any::<bool>(), 0..26_u8, 0..7_u8, 0..8_u8, any::<u8>()).prop_map(
        |(wait, settle_first, kind, whom, by, pick)| Step { wait, settle_first, kind, whom, by, pick },
    );
    vec(step, 1..150)
}

impl Step {
    fn command(self, room: &Lockstep) -> Command {
        let who = ParticipantId(1 + u32::from(self.whom));
        let by = match self.by {
            0 => Actor::Operator,
            1 | 2 => Actor::Participant(ParticipantId(1)),
            3 | 4 => Actor::Participant(ParticipantId(2)),
            n => Actor::Participant(ParticipantId(u32::from(n) - 2)),
        };
        let (request, invitation) = self.ids(room, who);
        let role = ROLES[usize::from(self.pick) % 4];
        let access = ACCESS[usize::from(self.pick) % 3];
        match self.kind {
            0 => Command::Enter { who, role: CAST.get(usize::from(self.whom)).copied().unwrap_or(role) },
            1 => Command::Exit { who },
            2 => Command::ConnectionLost { who },
            3 => Command::ConnectionBack { who },
            4 | 5 => Command::Join { who },
            6..=8 => Command::Request { who },
            9 => Command::CancelRequest { who, request },
            10 => Command::DeclineRequest { by, request },
            11 => Command::Approve { by, request },
            12 | 13 => Command::Invite { by, whom: who },
            14 | 15 => Command::Accept { who, invitation },
            16 => Command::DeclineInvitation { who, invitation },
            17 => Command::KeepInvitation { who, invitation },
            18 => Command::Revoke { by, invitation },
            19 | 20 => Command::Remove { by, whom: who },
            21 => Command::Leave { who },
            22 => {
                let seen = room.stage.version().saturating_sub(u64::from(self.pick % 16)) + 1;
                Command::SetAccess { by, access, version: (self.pick >= 128).then_some(seen) }
            }
            23 => Command::SetCapacity { by, capacity: u16::from(self.pick % 5) },
            24 => Command::SetSelfLeave { by, self_leave: self.pick < 128 },
            _ => Command::SetRole { by, whom: who, role },
        }
    }

    /// Mostly the ids the person holds now, at times any that may have been.
    fn ids(self, room: &Lockstep, who: ParticipantId) -> (RequestId, InvitationId) {
        let any = u32::from(self.pick % 12);
        match room.stage.standing(who) {
            Some(Standing::Requested(request)) if self.pick < 220 => (request, InvitationId(any)),
            Some(Standing::Invited(invitation)) if self.pick < 220 => (RequestId(any), invitation),
            _ => (RequestId(any), InvitationId(any)),
        }
    }
}

/// Takes the steps, and returns what was decided on the way.
fn run(steps: &[Step], fault: Option<Fault>) -> Result<Vec<Decided>, String> {
    let rules = Rules { access: Access::Request, capacity: 3, self_leave: false };
    let mut room = Lockstep::new(rules, Timing::default(), fault);
    for (id, role) in (1..).zip(CAST) {
        room.apply(0, Command::Enter { who: ParticipantId(id), role })?;
    }
    let mut decided = Vec::new();
    for step in steps {
        let command = step.command(&room);
        if step.settle_first {
            room.settle(step.wait)?;
            decided.push(room.decide(0, command)?);
        } else {
            decided.push(room.decide(step.wait, command)?);
        }
    }
    Ok(decided)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_stage_does_what_the_model_does(steps in steps()) {
        run(&steps, None).map_err(TestCaseError::fail)?;
    }
}

/// The same comparison with a model that is wrong somewhere has to find it.
#[test]
fn each_fault_of_the_model_is_noticed() {
    for fault in FAULTS {
        let mut runner = TestRunner::deterministic();
        let noticed = (0..1_500).any(|_| {
            let drawn = steps().new_tree(&mut runner).expect("steps are always drawn").current();
            run(&drawn, Some(fault)).is_err()
        });
        assert!(noticed, "{fault:?} went unnoticed");
    }
}

/// Sequences that never met some refusal, or never took some way up or down, would prove little about it.
#[test]
fn the_sequences_go_everywhere() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..1_500 {
        let drawn = steps().new_tree(&mut runner).expect("steps are always drawn").current();
        for decided in run(&drawn, None).expect("agrees") {
            match decided {
                Ok(changes) => seen.extend(changes.into_iter().filter_map(way)),
                Err(refusal) => drop(seen.insert(name(&refusal))),
            }
        }
    }
    let missed: Vec<_> = EVERYTHING.iter().filter(|thing| !seen.contains(**thing)).collect();
    assert!(missed.is_empty(), "never met: {missed:?}");
    assert_eq!(seen.len(), EVERYTHING.len(), "something met is not on the list: {seen:?}");
}

/// Every refusal, and every move that a row allows, with its cause.
const EVERYTHING: [&str; 32] = [
    "AccessChanged",
    "StageFull",
    "RejoinBlocked",
    "WrongMode",
    "Cooldown",
    "AlreadyHandled",
    "NotPresent",
    "InvitationExpired",
    "InvitationRevoked",
    "AlreadyOnStage",
    "NotOnStage",
    "Forbidden",
    "SelfLeaveForbidden",
    "StaleVersion",
    "Off OnStage Own",
    "Off Requested Own",
    "Off Invited By",
    "Requested Off Own",
    "Requested Off By",
    "Requested Off TimedOut",
    "Requested Off AccessChanged",
    "Requested Off RoleChanged",
    "Requested OnStage Own",
    "Requested Invited By",
    "Requested Invited AccessChanged",
    "Invited OnStage Own",
    "Invited Off Own",
    "Invited Off By",
    "Invited Off TimedOut",
    "OnStage Off Own",
    "OnStage Off By",
    "OnStage Off TimedOut",
];

fn way(change: Change) -> Option<String> {
    let Change::Moved { from, to, cause, .. } = change else { return None };
    Some(format!("{} {} {}", name(&from), name(&to), name(&cause)))
}

/// The name of a variant, without what it holds.
fn name(variant: &impl std::fmt::Debug) -> String {
    format!("{variant:?}").chars().take_while(|c| c.is_alphabetic()).collect()
}
