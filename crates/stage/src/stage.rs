//! The stage itself: its state, time passing, and what can be read of it. What it decides is in `decide`.

use alloc::vec::Vec;
use core::mem;

use crate::people::People;
use crate::recent::Recent;
use crate::{
    Access, Actor, Cause, Change, Command, InvitationId, Millis, Outcome, ParticipantId, Refusal, RequestId,
    Role, Rules, Standing, Timing,
};

/// How many requests that a moderator dealt with, and as many invitations accepted or revoked, are remembered to tell a late
/// moderator who was quicker and a late invitee what became of the invitation. Beyond it the answer is less precise, never wrong about the stage.
pub const ENDED_REMEMBERED: usize = 256;

/// How many people who left the room blocked or cooling down are remembered, so that reloading the page lifts neither.
pub const DEPARTED_REMEMBERED: usize = 1024;

/// What became of an invitation, where anybody asks afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvitationEnd {
    Accepted,
    Revoked,
}

/// What outlives a person's leaving the room.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Departed {
    pub(crate) role: Role,
    pub(crate) blocked: bool,
    pub(crate) cooldown_until: Millis,
}

/// The stage of one room.
#[derive(Clone, Debug)]
pub struct Stage {
    pub(crate) rules: Rules,
    pub(crate) timing: Timing,
    version: u64,
    /// The version that the last change of access made; a moderator who saw an earlier one acts on old news.
    pub(crate) access_version: u64,
    pub(crate) people: People,
    last_request: u32,
    last_invitation: u32,
    pub(crate) ended_requests: Recent<RequestId, Actor>,
    pub(crate) ended_invitations: Recent<InvitationId, (ParticipantId, InvitationEnd)>,
    pub(crate) departed: Recent<ParticipantId, Departed>,
    /// Settled on the way to a refusal, and not told to anybody yet.
    untold: Vec<Change>,
}

impl Stage {
    /// An empty stage.
    pub fn new(rules: Rules, timing: Timing) -> Self {
        Stage {
            rules,
            timing,
            version: 0,
            access_version: 0,
            people: People::default(),
            last_request: 0,
            last_invitation: 0,
            ended_requests: Recent::new(ENDED_REMEMBERED),
            ended_invitations: Recent::new(ENDED_REMEMBERED),
            departed: Recent::new(DEPARTED_REMEMBERED),
            untold: Vec::new(),
        }
    }

    /// Decides. The only place in the product that puts a person on stage or takes one off.
    ///
    /// First settles what is due at `now`, so that a command never meets an invitation, a seat or a place that is over. What
    /// that changed stands at the head of the outcome.
    ///
    /// # Errors
    ///
    /// The reason why the command changed nothing. Time has passed all the same: a refusal has no room for what was settled
    /// on the way, so it is kept and stands at the head of the next outcome, of this or of [`Stage::settle`]. A caller who
    /// wants it told at once, in order, calls `settle(now)` and then `apply(now, command)` with the same `now`: then the
    /// second has nothing to settle, and a refusal leaves the stage exactly as it was.
    pub fn apply(&mut self, now: Millis, command: Command) -> Result<Outcome, Refusal> {
        let mut changes = self.settle(now).changes;
        let settled = changes.len();
        match self.decide(now, command, &mut changes) {
            Ok(()) => Ok(Outcome { changes }),
            Err(refusal) => {
                debug_assert_eq!(changes.len(), settled, "a refusal changes nothing");
                self.untold = changes;
                Err(refusal)
            }
        }
    }

    /// Lets time pass: ends what is over at `now`, the longest overdue first. A deadline is over at its own millisecond.
    pub fn settle(&mut self, now: Millis) -> Outcome {
        let mut changes = mem::take(&mut self.untold);
        while let Some((at, who)) = self.people.next_due()
            && at <= now
        {
            self.shift(now, who, Standing::Off, Cause::TimedOut, &mut changes);
        }
        Outcome { changes }
    }

    /// When [`Stage::settle`] next has something to do or to tell; a moment long past when it has so already.
    pub fn next_deadline(&self) -> Option<Millis> {
        if !self.untold.is_empty() {
            return Some(Millis(0));
        }
        self.people.next_due().map(|(at, _)| at)
    }

    /// Counts changes; every reply carries it.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What the room says.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Where a person stands; `None` for somebody not in the room.
    pub fn standing(&self, who: ParticipantId) -> Option<Standing> {
        self.people.get(who).map(|person| person.standing())
    }

    /// A person's role; `None` for somebody not in the room.
    pub fn role(&self, who: ParticipantId) -> Option<Role> {
        self.people.get(who).map(|person| person.role)
    }

    /// Whether a person was removed from stage and not invited since: they cannot join by themselves, whatever the access.
    pub fn rejoin_blocked(&self, who: ParticipantId) -> bool {
        self.people.get(who).is_some_and(|person| person.blocked)
    }

    /// Seats taken and reserved.
    pub fn seats_held(&self) -> u16 {
        self.people.seats_held()
    }

    /// Everybody in the room, by id.
    pub fn people(&self) -> impl Iterator<Item = (ParticipantId, Role, Standing)> + '_ {
        self.people.iter().map(|(who, person)| (who, person.role, person.standing()))
    }

    /// Those on stage, by id.
    pub fn on_stage(&self) -> impl Iterator<Item = ParticipantId> + '_ {
        self.people.on_stage()
    }

    /// Those asking, in the order they asked.
    pub fn requests(&self) -> impl Iterator<Item = (RequestId, ParticipantId)> + '_ {
        self.people.asking()
    }

    /// Those holding an invitation, in the order they were invited.
    pub fn invitations(&self) -> impl Iterator<Item = (InvitationId, ParticipantId)> + '_ {
        self.people.invited()
    }

    /// How often a bounded memory ([`ENDED_REMEMBERED`], [`DEPARTED_REMEMBERED`]) was full and forgot its oldest.
    pub fn forgotten(&self) -> u64 {
        self.ended_requests.forgotten() + self.ended_invitations.forgotten() + self.departed.forgotten()
    }

    /// Puts one change down, and counts it.
    pub(crate) fn record(&mut self, change: Change, changes: &mut Vec<Change>) {
        self.version += 1;
        if let Change::AccessSet { .. } = change {
            self.access_version = self.version;
        }
        changes.push(change);
    }

    /// Moves a person. Every change of standing within the room passes here; the guards stand in `decide`.
    pub(crate) fn shift(
        &mut self,
        now: Millis,
        who: ParticipantId,
        to: Standing,
        cause: Cause,
        changes: &mut Vec<Change>,
    ) {
        let Some(from) = self.standing(who) else { return };
        let timing = self.timing;
        self.people.update(who, |person| {
            person.place(to, now, timing);
            // Row 1: an invitation, whatever brought it, lifts the block of a removal.
            person.blocked &= !matches!(to, Standing::Invited(_));
        });
        self.remember_end(who, (from, to), cause);
        self.record(Change::Moved { who, from, to, cause }, changes);
    }

    /// Remembers who dealt with a request and what became of an invitation, where somebody late is told so. What ended in
    /// any other way is not remembered: asking and cancelling all day must not push out what moderators did.
    fn remember_end(&mut self, who: ParticipantId, (from, to): (Standing, Standing), cause: Cause) {
        match (from, to, cause) {
            (Standing::Requested(request), _, Cause::By(actor)) => {
                self.ended_requests.remember(request, actor);
            }
            (Standing::Invited(invitation), Standing::OnStage, _) => {
                self.ended_invitations.remember(invitation, (who, InvitationEnd::Accepted));
            }
            (Standing::Invited(invitation), _, Cause::By(_)) => {
                self.ended_invitations.remember(invitation, (who, InvitationEnd::Revoked));
            }
            _ => {}
        }
    }

    /// A request id never used before. Four thousand million last: a thousand requests a second would take 49 days.
    pub(crate) fn new_request(&mut self) -> RequestId {
        self.last_request = self.last_request.wrapping_add(1);
        RequestId(self.last_request)
    }

    /// An invitation id never used before.
    pub(crate) fn new_invitation(&mut self) -> InvitationId {
        self.last_invitation = self.last_invitation.wrapping_add(1);
        InvitationId(self.last_invitation)
    }

    /// Whether one more person may come up or be invited.
    pub(crate) fn seat_is_free(&self) -> bool {
        self.seats_held() < self.rules.capacity
    }

    /// Whether a person may go on stage without being asked: row 1.
    pub(crate) fn comes_freely(&self, role: Role) -> bool {
        self.rules.access == Access::Open || role >= Role::Speaker
    }
}
