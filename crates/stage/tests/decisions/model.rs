//! The stage, told plainly: a flat list of people, walked from end to end for every question.
//!
//! It shares the words of the crate (commands, changes, refusals) and nothing of its workings: it keeps no index, no count
//! and no deadline, forgets nobody, and says first whether a command acts at all (`model_guards`), then what it does.

use stage::{
    Access, Actor, Cause, Change, Command, InvitationId, Millis, ParticipantId, Refusal, RequestId, Role,
    Rules, Standing, Timing,
};

/// A way to get the model wrong on purpose, to see that a comparison with it notices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    ReservedSeatsUncounted,
    RemovalBlocksNobody,
    GraceOneMillisecondLonger,
    OpeningInvitesTheLastFirst,
    DeclineWithoutCooldown,
    DemotionEndsARequest,
    RevokeAfterAcceptance,
}

pub(crate) const FAULTS: [Fault; 7] = [
    Fault::ReservedSeatsUncounted,
    Fault::RemovalBlocksNobody,
    Fault::GraceOneMillisecondLonger,
    Fault::OpeningInvitesTheLastFirst,
    Fault::DeclineWithoutCooldown,
    Fault::DemotionEndsARequest,
    Fault::RevokeAfterAcceptance,
];

#[derive(Clone, Debug)]
pub(crate) struct Human {
    pub(crate) id: ParticipantId,
    pub(crate) here: bool,
    pub(crate) role: Role,
    pub(crate) standing: Standing,
    pub(crate) blocked: bool,
    pub(crate) declined_at: Option<u64>,
    /// When the invitation was given or last kept.
    invited_at: u64,
    /// When the connection was lost, or the standing was reached without one.
    lost_at: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ended {
    Request(RequestId, Option<Actor>),
    Accepted(InvitationId, ParticipantId),
    Revoked(InvitationId, ParticipantId),
}

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) humans: Vec<Human>,
    pub(crate) rules: Rules,
    pub(crate) version: u64,
    pub(crate) timing: Timing,
    pub(crate) access_seen: u64,
    tickets: (u32, u32),
    pub(crate) ended: Vec<Ended>,
    told: Vec<Change>,
    pub(crate) fault: Option<Fault>,
}

impl Model {
    pub(crate) fn new(rules: Rules, timing: Timing, fault: Option<Fault>) -> Self {
        Model {
            humans: vec![],
            rules,
            version: 0,
            timing,
            access_seen: 0,
            tickets: (0, 0),
            ended: vec![],
            told: vec![],
            fault,
        }
    }

    /// Lets time pass, and hands out what was not told yet.
    pub(crate) fn settle(&mut self, now: Millis) -> Vec<Change> {
        loop {
            let due = self.humans.iter().filter_map(|h| Some((self.ends_at(h)?, h.id))).min();
            match due {
                Some((at, who)) if at <= now.0 => self.put(now, who, Standing::Off, Cause::TimedOut),
                _ => return std::mem::take(&mut self.told),
            }
        }
    }

    pub(crate) fn apply(&mut self, now: Millis, command: Command) -> Result<Vec<Change>, Refusal> {
        self.told = self.settle(now);
        if self.acts(now, command)? {
            self.act(now, command);
        }
        Ok(std::mem::take(&mut self.told))
    }

    fn act(&mut self, now: Millis, command: Command) {
        use Command as C;
        match command {
            C::Tick => {}
            C::Enter { who, role } => self.enter(who, role),
            C::Exit { who } => {
                let from = self.human(who).standing;
                self.end(who, None, Standing::Off, Cause::Own);
                let h = self.human(who);
                h.standing = Standing::Off;
                h.here = false;
                self.tell(Change::Exited { who, from });
            }
            C::ConnectionLost { who } => {
                let h = self.human(who);
                h.lost_at = h.lost_at.or(Some(now.0));
            }
            C::ConnectionBack { who } => self.human(who).lost_at = None,
            C::Join { who } | C::Accept { who, .. } => self.put(now, who, Standing::OnStage, Cause::Own),
            C::Request { who } => {
                self.tickets.0 += 1;
                self.put(now, who, Standing::Requested(RequestId(self.tickets.0)), Cause::Own);
            }
            C::CancelRequest { who, .. } | C::DeclineInvitation { who, .. } | C::Leave { who } => {
                self.put(now, who, Standing::Off, Cause::Own);
            }
            C::DeclineRequest { by, request } => {
                let who = self.whose(Standing::Requested(request));
                if self.fault != Some(Fault::DeclineWithoutCooldown) {
                    self.human(who).declined_at = Some(now.0);
                }
                self.put(now, who, Standing::Off, Cause::By(by));
            }
            C::Approve { by, request } => {
                let who = self.whose(Standing::Requested(request));
                self.invite(now, who, Cause::By(by));
            }
            C::Invite { by, whom } => self.invite(now, whom, Cause::By(by)),
            C::KeepInvitation { who, .. } => self.human(who).invited_at = now.0,
            C::Revoke { by, invitation } => {
                let who = self.whose(Standing::Invited(invitation));
                self.put(now, who, Standing::Off, Cause::By(by));
            }
            C::Remove { by, whom } if by == Actor::Participant(whom) => {
                self.put(now, whom, Standing::Off, Cause::Own);
            }
            C::Remove { by, whom } => {
                self.put(now, whom, Standing::Off, Cause::By(by));
                self.human(whom).blocked = self.fault != Some(Fault::RemovalBlocksNobody);
            }
            C::SetAccess { by, access, .. } => self.set_access(now, by, access),
            C::SetCapacity { capacity, .. } => {
                self.rules.capacity = capacity;
                self.tell(Change::CapacitySet { capacity });
            }
            C::SetSelfLeave { self_leave, .. } => {
                self.rules.self_leave = self_leave;
                self.tell(Change::SelfLeaveSet { self_leave });
            }
            C::SetRole { whom, role, .. } => self.set_role(now, whom, role),
        }
    }

    fn enter(&mut self, who: ParticipantId, role: Role) {
        let before = self.humans.iter().position(|h| h.id == who).map(|at| self.humans.remove(at));
        self.humans.push(Human {
            id: who,
            here: true,
            role,
            standing: Standing::Off,
            blocked: before.as_ref().is_some_and(|h| h.blocked && role <= h.role),
            declined_at: before.and_then(|h| h.declined_at),
            invited_at: 0,
            lost_at: None,
        });
        self.tell(Change::Entered { who, role });
    }

    fn invite(&mut self, now: Millis, who: ParticipantId, cause: Cause) {
        self.tickets.1 += 1;
        self.human(who).blocked = false;
        self.human(who).invited_at = now.0;
        self.put(now, who, Standing::Invited(InvitationId(self.tickets.1)), cause);
    }

    fn set_access(&mut self, now: Millis, by: Actor, access: Access) {
        self.rules.access = access;
        self.tell(Change::AccessSet { access, by });
        self.access_seen = self.version;
        let mut queue = self.queue();
        if self.fault == Some(Fault::OpeningInvitesTheLastFirst) {
            queue.reverse();
        }
        for (_, who) in queue {
            match access {
                Access::Open if self.seats() < usize::from(self.rules.capacity) => {
                    self.invite(now, who, Cause::AccessChanged);
                }
                Access::Invite => self.put(now, who, Standing::Off, Cause::AccessChanged),
                Access::Open | Access::Request => {}
            }
        }
    }

    fn set_role(&mut self, now: Millis, whom: ParticipantId, role: Role) {
        let before = std::mem::replace(&mut self.human(whom).role, role);
        self.tell(Change::RoleSet { who: whom, role });
        let raised = before < role;
        if raised {
            self.human(whom).blocked = false;
        }
        let asking = matches!(self.human(whom).standing, Standing::Requested(_));
        if asking && (raised || self.fault == Some(Fault::DemotionEndsARequest)) {
            self.put(now, whom, Standing::Off, Cause::RoleChanged);
        }
    }

    fn put(&mut self, now: Millis, who: ParticipantId, to: Standing, cause: Cause) {
        let from = self.human(who).standing;
        let by = if let Cause::By(actor) = cause { Some(actor) } else { None };
        self.end(who, by, to, cause);
        let h = self.human(who);
        h.standing = to;
        h.lost_at = h.lost_at.map(|_| now.0);
        self.tell(Change::Moved { who, from, to, cause });
    }

    fn end(&mut self, who: ParticipantId, by: Option<Actor>, to: Standing, cause: Cause) {
        match (self.human(who).standing, to, cause) {
            (Standing::Requested(id), ..) => self.ended.push(Ended::Request(id, by)),
            (Standing::Invited(id), Standing::OnStage, _) => self.ended.push(Ended::Accepted(id, who)),
            (Standing::Invited(id), _, Cause::By(_)) => self.ended.push(Ended::Revoked(id, who)),
            _ => {}
        }
    }

    fn tell(&mut self, change: Change) {
        self.version += 1;
        self.told.push(change);
    }

    pub(crate) fn find(&self, who: ParticipantId) -> Option<&Human> {
        self.humans.iter().find(|h| h.here && h.id == who)
    }

    fn human(&mut self, who: ParticipantId) -> &mut Human {
        self.humans.iter_mut().find(|h| h.here && h.id == who).expect("is in the room")
    }

    fn whose(&self, standing: Standing) -> ParticipantId {
        self.humans.iter().find(|h| h.here && h.standing == standing).expect("somebody's").id
    }

    pub(crate) fn seats(&self) -> usize {
        let reserved = |h: &&Human| {
            matches!(h.standing, Standing::Invited(_)) && self.fault != Some(Fault::ReservedSeatsUncounted)
        };
        self.humans.iter().filter(|h| h.standing == Standing::OnStage || reserved(h)).count()
    }

    pub(crate) fn queue(&self) -> Vec<(RequestId, ParticipantId)> {
        let ticket =
            |h: &Human| if let Standing::Requested(id) = h.standing { Some((id, h.id)) } else { None };
        let mut queue: Vec<_> = self.humans.iter().filter_map(ticket).collect();
        queue.sort();
        queue
    }

    pub(crate) fn next_deadline(&self) -> Option<u64> {
        if self.told.is_empty() { self.humans.iter().filter_map(|h| self.ends_at(h)).min() } else { Some(0) }
    }

    fn ends_at(&self, h: &Human) -> Option<u64> {
        let longer = u64::from(self.fault == Some(Fault::GraceOneMillisecondLonger));
        let lost = |time: u64| h.lost_at.map(|at| at + time);
        match h.standing {
            Standing::Off => None,
            Standing::Requested(_) => lost(self.timing.place),
            Standing::Invited(_) => {
                let unanswered = h.invited_at + self.timing.invitation;
                Some(lost(self.timing.place).map_or(unanswered, |kept| kept.min(unanswered)))
            }
            Standing::OnStage => lost(self.timing.grace + longer),
        }
    }

    /// What tells two situations apart, whatever the ids and the hour. What is remembered of ended requests is left out.
    pub(crate) fn situation(&self, now: Millis) -> String {
        let mut humans: Vec<_> = self.humans.iter().collect();
        humans.sort_by_key(|h| h.id);
        let queue = self.queue();
        let told = humans.iter().map(|h| {
            let place = match h.standing {
                Standing::Off => 'o',
                Standing::Requested(_) => 'r',
                Standing::Invited(_) => 'i',
                Standing::OnStage => 's',
            };
            let turn = queue.iter().position(|(_, who)| *who == h.id);
            let left = self.ends_at(h).map(|at| at.saturating_sub(now.0));
            let wait = h.declined_at.map_or(0, |at| (at + self.timing.cooldown).saturating_sub(now.0));
            let answer = if place == 'i' { h.invited_at + self.timing.invitation - now.0 } else { 0 };
            let lost = h.lost_at.is_some();
            format!("{}{}{:?}{place}{turn:?}{left:?}{answer}{wait}{lost}{}", h.id, h.here, h.role, h.blocked)
        });
        format!("{:?}{}", self.rules, told.collect::<String>())
    }
}
