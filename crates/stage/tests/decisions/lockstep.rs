//! The stage, the naive model and the ledger, fed the same commands.

use stage::{Change, Command, Millis, ParticipantId, Refusal, Rules, Stage, Standing, Timing};

use crate::ledger::Ledger;
use crate::model::{Fault, Model};

pub(crate) type Decided = Result<Vec<Change>, Refusal>;

#[derive(Clone)]
pub(crate) struct Lockstep {
    pub(crate) stage: Stage,
    pub(crate) model: Model,
    ledger: Ledger,
    pub(crate) now: Millis,
}

impl Lockstep {
    pub(crate) fn new(rules: Rules, timing: Timing, fault: Option<Fault>) -> Self {
        Lockstep {
            stage: Stage::new(rules, timing),
            model: Model::new(rules, timing, fault),
            ledger: Ledger::new(rules),
            now: Millis(1_000_000),
        }
    }

    /// Lets `ms` pass, the way the room does, and compares.
    pub(crate) fn settle(&mut self, ms: u64) -> Result<(), String> {
        self.now = self.now.plus(ms);
        let told = self.stage.settle(self.now).changes;
        let expected = self.model.settle(self.now);
        if told != expected {
            return Err(format!("at {:?} told {told:?}, expected {expected:?}", self.now));
        }
        self.ledger.read(Command::Tick, &told)?;
        self.compare()
    }

    /// Lets `ms` pass and gives a command at once, and compares.
    pub(crate) fn apply(&mut self, ms: u64, command: Command) -> Result<(), String> {
        self.decide(ms, command).map(drop)
    }

    /// The same, and returns what both decided.
    pub(crate) fn decide(&mut self, ms: u64, command: Command) -> Result<Decided, String> {
        self.now = self.now.plus(ms);
        let (held, version) = (self.stage.seats_held(), self.stage.version());
        let decided = self.stage.apply(self.now, command).map(|outcome| outcome.changes);
        let expected = self.model.apply(self.now, command);
        if decided != expected {
            return Err(format!("{command:?} at {:?}: {decided:?}, expected {expected:?}", self.now));
        }
        let untold = self.stage.next_deadline() == Some(Millis(0));
        if decided.is_err() && !untold && self.stage.version() != version {
            return Err(format!("{command:?}: refused, and a change went missing"));
        }
        let now_held = self.stage.seats_held();
        if now_held > held && now_held > self.stage.rules().capacity {
            return Err(format!("{command:?}: {now_held} seats held"));
        }
        if let Ok(changes) = &decided {
            self.ledger.read(command, changes)?;
        }
        self.compare()?;
        Ok(decided)
    }

    fn compare(&self) -> Result<(), String> {
        let mut expected: Vec<_> =
            self.model.humans.iter().filter(|h| h.here).map(|h| (h.id, h.role, h.standing)).collect();
        expected.sort_by_key(|(who, ..)| *who);
        let people: Vec<_> = self.stage.people().collect();
        if people != expected {
            return Err(format!("stands {people:?}, expected {expected:?}"));
        }
        let of_stage = (self.stage.version(), self.stage.rules(), self.stage.next_deadline().map(|at| at.0));
        let of_model = (self.model.version, self.model.rules, self.model.next_deadline());
        if of_stage != of_model {
            return Err(format!("is {of_stage:?}, expected {of_model:?}"));
        }
        self.compare_orders()?;
        // What a refusal left untold is not in the ledger yet.
        if of_model.2 == Some(0) { Ok(()) } else { self.ledger.agrees_with(&self.stage) }
    }

    fn compare_orders(&self) -> Result<(), String> {
        let (asking, queue): (Vec<_>, _) = (self.stage.requests().collect(), self.model.queue());
        let held = usize::from(self.stage.seats_held());
        let counted = self.stage.on_stage().count() + self.stage.invitations().count();
        if asking != queue || held != counted {
            return Err(format!("{asking:?} expected {queue:?}; {held} seats held, {counted} counted"));
        }
        let agree = |who: ParticipantId, standing| self.stage.standing(who) == Some(standing);
        let orders_hold = self.stage.on_stage().all(|who| agree(who, Standing::OnStage))
            && self.stage.invitations().all(|(id, who)| agree(who, Standing::Invited(id)));
        if orders_hold { Ok(()) } else { Err("an order and a standing differ".into()) }
    }
}
