//! Reads what was told, change by change, as somebody outside would, and objects to what no row allows.
//!
//! It knows the laws that hold for every command, not the rows' details: that is the model's part.

use std::collections::BTreeMap;

use stage::{Access, Actor, Cause, Change, Command, ParticipantId, Role, Rules, Stage, Standing};

#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    people: BTreeMap<ParticipantId, (Role, Standing)>,
    rules: Rules,
    version: u64,
}

type Verdict = Result<(), String>;

fn check(holds: bool, law: &str, change: Change) -> Verdict {
    if holds { Ok(()) } else { Err(format!("{law}: {change:?}")) }
}

impl Ledger {
    pub(crate) fn new(rules: Rules) -> Self {
        Ledger { people: BTreeMap::new(), rules, version: 0 }
    }

    /// Reads what came of one command.
    pub(crate) fn read(&mut self, command: Command, changes: &[Change]) -> Verdict {
        for change in changes {
            self.version += 1;
            self.read_one(command, *change)?;
        }
        Ok(())
    }

    fn read_one(&mut self, command: Command, change: Change) -> Verdict {
        match change {
            Change::Entered { who, role } => {
                let new = self.people.insert(who, (role, Standing::Off)).is_none();
                check(new, "nobody enters twice", change)
            }
            Change::Exited { who, from } => {
                let stood = self.people.remove(&who).map(|(_, standing)| standing);
                check(stood == Some(from), "one leaves from where one stood", change)
            }
            Change::Moved { who, from, to, cause } => self.read_move(command, change, who, (from, to, cause)),
            Change::AccessSet { access, .. } => {
                let before = std::mem::replace(&mut self.rules.access, access);
                check(before != access, "a change changes something", change)
            }
            Change::CapacitySet { capacity } => {
                self.rules.capacity = capacity;
                Ok(())
            }
            Change::SelfLeaveSet { self_leave } => {
                self.rules.self_leave = self_leave;
                Ok(())
            }
            Change::RoleSet { who, role } => {
                let known = self.people.get_mut(&who).map(|person| person.0 = role);
                check(known.is_some(), "a role is somebody's", change)
            }
        }
    }

    fn read_move(
        &mut self,
        command: Command,
        change: Change,
        who: ParticipantId,
        (from, to, cause): (Standing, Standing, Cause),
    ) -> Verdict {
        let Some((role, stood)) = self.people.get(&who).copied() else {
            return Err(format!("nobody moves who is not in the room: {change:?}"));
        };
        check(stood == from && from != to, "one moves from where one stood", change)?;
        let lawful = match to {
            Standing::OnStage => cause == Cause::Own && self.may_come_up(command, who, role, from),
            Standing::Invited(_) => from != Standing::OnStage && invited_by(command, cause),
            Standing::Requested(_) => from == Standing::Off && command == Command::Request { who },
            Standing::Off => true,
        };
        check(lawful, "no row leads here", change)?;
        self.people.insert(who, (role, to));
        let took_a_seat = holds_seat(to) && !holds_seat(from);
        let fits = self.held() <= usize::from(self.rules.capacity);
        check(fits || !took_a_seat, "seats are never exceeded", change)
    }

    /// Rows 1 and 7: the only ways onto the stage.
    fn may_come_up(&self, command: Command, who: ParticipantId, role: Role, from: Standing) -> bool {
        match command {
            Command::Join { who: joins } => {
                joins == who && (self.rules.access == Access::Open || role >= Role::Speaker)
            }
            Command::Accept { who: accepts, invitation } => {
                accepts == who && from == Standing::Invited(invitation)
            }
            _ => false,
        }
    }

    fn held(&self) -> usize {
        self.people.values().filter(|(_, standing)| holds_seat(*standing)).count()
    }

    /// Whether the stage is what its changes say.
    pub(crate) fn agrees_with(&self, stage: &Stage) -> Verdict {
        let told: Vec<_> =
            self.people.iter().map(|(who, (role, standing))| (*who, *role, *standing)).collect();
        self.agrees(&told, stage)
    }

    fn agrees(&self, told: &[(ParticipantId, Role, Standing)], stage: &Stage) -> Verdict {
        let stands: Vec<_> = stage.people().collect();
        if stands != told {
            return Err(format!("stands {stands:?}, told {told:?}"));
        }
        let (version, rules, held) = (stage.version(), stage.rules(), usize::from(stage.seats_held()));
        if (version, rules, held) != (self.version, self.rules, self.held()) {
            return Err(format!("{version} {rules:?} {held} held; told {self:?}"));
        }
        Ok(())
    }
}

fn holds_seat(standing: Standing) -> bool {
    matches!(standing, Standing::Invited(_) | Standing::OnStage)
}

fn invited_by(command: Command, cause: Cause) -> bool {
    let actor: Option<Actor> = match command {
        Command::Approve { by, .. } | Command::Invite { by, .. } => Some(by),
        Command::SetAccess { access: Access::Open, .. } => return cause == Cause::AccessChanged,
        _ => None,
    };
    actor.is_some_and(|by| cause == Cause::By(by))
}

/// The ledger itself, put to the test with forged news.
mod forged {
    use super::*;
    use stage::{InvitationId, Millis, RequestId, Timing};

    const ANA: ParticipantId = ParticipantId(1);
    const BEN: ParticipantId = ParticipantId(2);
    const INVITED: Standing = Standing::Invited(InvitationId(1));

    fn ledger(rules: Rules) -> Ledger {
        let mut ledger = Ledger::new(rules);
        for who in [ANA, BEN] {
            let role = Role::Viewer;
            ledger.read(Command::Enter { who, role }, &[Change::Entered { who, role }]).unwrap();
        }
        ledger
    }

    fn news(from: Standing, to: Standing, cause: Cause) -> [Change; 1] {
        [Change::Moved { who: ANA, from, to, cause }]
    }

    #[track_caller]
    fn objects(ledger: &mut Ledger, command: Command, changes: &[Change], law: &str) {
        let verdict = ledger.read(command, changes);
        assert!(verdict.as_ref().is_err_and(|why| why.starts_with(law)), "{verdict:?}");
    }

    #[test]
    fn on_stage_by_time_passing() {
        let up = news(Standing::Off, Standing::OnStage, Cause::Own);
        objects(&mut ledger(Rules::default()), Command::Tick, &up, "no row leads here");
    }

    #[test]
    fn on_stage_by_anothers_hand() {
        let by = Actor::Operator;
        let up = news(Standing::Off, Standing::OnStage, Cause::By(by));
        let invite = Command::Invite { by, whom: ANA };
        objects(&mut ledger(Rules::default()), invite, &up, "no row leads here");
    }

    #[test]
    fn on_stage_by_joining_where_one_has_to_ask() {
        let up = news(Standing::Off, Standing::OnStage, Cause::Own);
        objects(&mut ledger(Rules::default()), Command::Join { who: ANA }, &up, "no row leads here");
        let open = Rules { access: Access::Open, ..Rules::default() };
        ledger(open).read(Command::Join { who: ANA }, &up).unwrap();
    }

    #[test]
    fn on_stage_with_another_invitation() {
        let mut ledger = ledger(Rules::default());
        let by = Actor::Operator;
        let invited = news(Standing::Off, INVITED, Cause::By(by));
        ledger.read(Command::Invite { by, whom: ANA }, &invited).unwrap();
        let accept = Command::Accept { who: ANA, invitation: InvitationId(2) };
        objects(&mut ledger, accept, &news(INVITED, Standing::OnStage, Cause::Own), "no row leads here");
    }

    #[test]
    fn one_seat_too_many() {
        let mut ledger = ledger(Rules { access: Access::Open, capacity: 1, self_leave: false });
        let up = |who| [Change::Moved { who, from: Standing::Off, to: Standing::OnStage, cause: Cause::Own }];
        ledger.read(Command::Join { who: BEN }, &up(BEN)).unwrap();
        objects(&mut ledger, Command::Join { who: ANA }, &up(ANA), "seats are never exceeded");
    }

    #[test]
    fn from_where_one_did_not_stand() {
        let off = news(Standing::Requested(RequestId(1)), Standing::Off, Cause::Own);
        objects(&mut ledger(Rules::default()), Command::Tick, &off, "one moves from where one stood");
    }

    #[test]
    fn a_stage_with_somebody_more_than_told() {
        let rules = Rules { access: Access::Open, ..Rules::default() };
        let mut stage = Stage::new(rules, Timing::default());
        let mut ledger = Ledger::new(rules);
        let enter = Command::Enter { who: ANA, role: Role::Viewer };
        let changes = stage.apply(Millis(0), enter).unwrap().changes;
        ledger.read(enter, &changes).unwrap();
        ledger.agrees_with(&stage).unwrap();
        stage.apply(Millis(0), Command::Join { who: ANA }).unwrap();
        ledger.agrees_with(&stage).expect_err("somebody is on stage, and no change put them there");
    }
}
