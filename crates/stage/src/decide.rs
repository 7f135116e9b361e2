//! The one place that decides: every command comes in here, with the rows for leaving the stage and the room, and for what
//! concerns the whole room. The rows for coming up stand in `coming_up`.
//!
//! Every row checks everything first and changes afterwards, so that a refusal leaves nothing half done. Where several
//! refusals would fit, the actor's authority is looked at first, then whether the thing is still there, then the seats.

use alloc::vec::Vec;

use crate::people::Person;
use crate::stage::{Departed, Stage};
use crate::{Access, Actor, Cause, Change, Command, Millis, ParticipantId, Refusal, Role, Standing};

/// Done, or why not.
pub(crate) type Decided = Result<(), Refusal>;

impl Stage {
    /// Takes one command, with everything due at `now` settled already.
    pub(crate) fn decide(&mut self, now: Millis, command: Command, changes: &mut Vec<Change>) -> Decided {
        match command {
            Command::Enter { who, role } => self.enter(who, role, changes),
            Command::Exit { who } => self.exit(now, who, changes),
            Command::ConnectionLost { who } => self.connection_lost(now, who),
            Command::ConnectionBack { who } => self.connection_back(who),
            Command::Join { who } => self.join(now, who, changes),
            Command::Request { who } => self.request(now, who, changes),
            Command::CancelRequest { who, request } => self.cancel_request(now, who, request, changes),
            Command::DeclineRequest { by, request } => self.decline_request(now, by, request, changes),
            Command::Approve { by, request } => self.approve(now, by, request, changes),
            Command::Invite { by, whom } => self.invite(now, by, whom, changes),
            Command::Accept { who, invitation } => self.accept(now, who, invitation, changes),
            Command::DeclineInvitation { who, invitation } => self.turn_down(now, who, invitation, changes),
            Command::KeepInvitation { who, invitation } => self.keep_invitation(now, who, invitation),
            Command::Revoke { by, invitation } => self.revoke(now, by, invitation, changes),
            Command::Remove { by, whom } => self.remove(now, by, whom, changes),
            Command::Leave { who } => self.leave(now, who, changes),
            Command::SetAccess { by, access, version } => self.set_access(now, by, access, version, changes),
            Command::SetCapacity { by, capacity } => self.set_capacity(by, capacity, changes),
            Command::SetSelfLeave { by, self_leave } => self.set_self_leave(by, self_leave, changes),
            Command::SetRole { by, whom, role } => self.set_role(now, by, whom, role, changes),
            Command::Tick => Ok(()),
        }
    }

    fn enter(&mut self, who: ParticipantId, role: Role, changes: &mut Vec<Change>) -> Decided {
        if self.people.get(who).is_some() {
            return Ok(());
        }
        let mut person = Person::new(role);
        if let Some(before) = self.departed.take(who) {
            person.blocked = before.blocked && role <= before.role;
            person.cooldown_until = before.cooldown_until;
        }
        self.people.add(who, person);
        self.record(Change::Entered { who, role }, changes);
        Ok(())
    }

    /// Row 15.
    fn exit(&mut self, now: Millis, who: ParticipantId, changes: &mut Vec<Change>) -> Decided {
        let Some(person) = self.people.remove(who) else { return Ok(()) };
        let Person { role, blocked, cooldown_until, .. } = person;
        if blocked || cooldown_until > now {
            self.departed.remember(who, Departed { role, blocked, cooldown_until });
        }
        let from = person.standing();
        self.record(Change::Exited { who, from }, changes);
        Ok(())
    }

    /// Rows 12 and 14: nothing to tell yet, but the time runs.
    fn connection_lost(&mut self, now: Millis, who: ParticipantId) -> Decided {
        let timing = self.timing;
        self.people.update(who, |person| person.connection_lost(now, timing));
        Ok(())
    }

    /// Row 12. What was over in the meantime was settled before.
    fn connection_back(&mut self, who: ParticipantId) -> Decided {
        self.people.update(who, Person::connection_back);
        Ok(())
    }

    /// Row 10. Removing oneself is leaving: it blocks nobody.
    fn remove(&mut self, now: Millis, by: Actor, whom: ParticipantId, changes: &mut Vec<Change>) -> Decided {
        let rank = self.needs(by, Role::Moderator)?;
        let person = self.people.get(whom).ok_or(Refusal::NotPresent)?;
        let oneself = by == Actor::Participant(whom);
        if !oneself && person.role >= Role::Moderator && rank < Role::Host {
            return Err(Refusal::Forbidden);
        }
        if person.standing() != Standing::OnStage {
            return Err(Refusal::NotOnStage);
        }
        let cause = if oneself { Cause::Own } else { Cause::By(by) };
        self.shift(now, whom, Standing::Off, cause, changes);
        self.people.update(whom, |person| person.blocked = !oneself);
        Ok(())
    }

    /// Row 11. Leaving where one is not is done already.
    fn leave(&mut self, now: Millis, who: ParticipantId, changes: &mut Vec<Change>) -> Decided {
        let person = self.people.get(who).ok_or(Refusal::NotPresent)?;
        if person.standing() != Standing::OnStage {
            return Ok(());
        }
        if person.role < Role::Speaker && !self.rules.self_leave {
            return Err(Refusal::SelfLeaveForbidden);
        }
        self.shift(now, who, Standing::Off, Cause::Own, changes);
        Ok(())
    }

    /// Row 16.
    fn set_access(
        &mut self,
        now: Millis,
        by: Actor,
        access: Access,
        version: Option<u64>,
        changes: &mut Vec<Change>,
    ) -> Decided {
        self.needs(by, Role::Moderator)?;
        if access == self.rules.access {
            return Ok(());
        }
        // A version still to come was seen on another stage: before a restart, say.
        if version.is_some_and(|seen| seen < self.access_version || seen > self.version()) {
            return Err(Refusal::StaleVersion { version: self.version() });
        }
        self.rules.access = access;
        self.record(Change::AccessSet { access, by }, changes);
        let asking: Vec<ParticipantId> = match access {
            Access::Open => {
                let free = self.rules.capacity.saturating_sub(self.seats_held());
                self.requests().take(usize::from(free)).map(|(_, who)| who).collect()
            }
            Access::Invite => self.requests().map(|(_, who)| who).collect(),
            Access::Request => Vec::new(),
        };
        for who in asking {
            let to = match access {
                Access::Open => Standing::Invited(self.new_invitation()),
                Access::Invite | Access::Request => Standing::Off,
            };
            self.shift(now, who, to, Cause::AccessChanged, changes);
        }
        Ok(())
    }

    fn set_capacity(&mut self, by: Actor, capacity: u16, changes: &mut Vec<Change>) -> Decided {
        self.needs(by, Role::Moderator)?;
        if capacity != self.rules.capacity {
            self.rules.capacity = capacity;
            self.record(Change::CapacitySet { capacity }, changes);
        }
        Ok(())
    }

    fn set_self_leave(&mut self, by: Actor, self_leave: bool, changes: &mut Vec<Change>) -> Decided {
        self.needs(by, Role::Moderator)?;
        if self_leave != self.rules.self_leave {
            self.rules.self_leave = self_leave;
            self.record(Change::SelfLeaveSet { self_leave }, changes);
        }
        Ok(())
    }

    /// Row 17. A raise lifts the block of a removal, and ends a request: they need none any more.
    fn set_role(
        &mut self,
        now: Millis,
        by: Actor,
        whom: ParticipantId,
        role: Role,
        changes: &mut Vec<Change>,
    ) -> Decided {
        self.needs(by, Role::Host)?;
        let person = self.people.get(whom).ok_or(Refusal::NotPresent)?;
        let (before, standing) = (person.role, person.standing());
        if role == before {
            return Ok(());
        }
        let raised = role > before;
        self.people.update(whom, |person| {
            person.role = role;
            person.blocked &= !raised;
        });
        self.record(Change::RoleSet { who: whom, role }, changes);
        if let (true, Standing::Requested(_)) = (raised, standing) {
            self.shift(now, whom, Standing::Off, Cause::RoleChanged, changes);
        }
        Ok(())
    }

    /// The actor's rank, when it is `least` or above. Somebody not in the room has none.
    pub(crate) fn needs(&self, by: Actor, least: Role) -> Result<Role, Refusal> {
        let rank = match by {
            Actor::Operator => Some(Role::Host),
            Actor::Participant(who) => self.role(who),
        };
        rank.filter(|rank| *rank >= least).ok_or(Refusal::Forbidden)
    }
}
