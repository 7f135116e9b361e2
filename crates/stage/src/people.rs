//! The people of a room and where they stand, with the orders and counts derived from it.
//!
//! Decides nothing. It keeps one promise: whatever changes a person, the queue of requests, the reserved seats, the people
//! on stage and the deadlines change with them, because [`People::update`] is the only way to change one.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::{InvitationId, Millis, ParticipantId, RequestId, Role, Standing, Timing};

/// One person in the room.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) role: Role,
    standing: Standing,
    /// Row 1: removed from stage and not invited since.
    pub(crate) blocked: bool,
    /// Row 2: no request before this.
    pub(crate) cooldown_until: Millis,
    connected: bool,
    /// Row 9: set exactly while invited.
    answer_until: Option<Millis>,
    /// Rows 12 and 14: set exactly while not connected and with something to lose.
    kept_until: Option<Millis>,
}

impl Person {
    pub(crate) fn new(role: Role) -> Self {
        Person {
            role,
            standing: Standing::Off,
            blocked: false,
            cooldown_until: Millis(0),
            connected: true,
            answer_until: None,
            kept_until: None,
        }
    }

    pub(crate) fn standing(&self) -> Standing {
        self.standing
    }

    /// Puts the person elsewhere; the times of the new standing start at `now`.
    pub(crate) fn place(&mut self, to: Standing, now: Millis, timing: Timing) {
        self.standing = to;
        self.answer_until = None;
        self.keep_invitation(now, timing);
        self.time_the_loss(now, timing);
    }

    /// Row 9: the time to answer starts afresh.
    pub(crate) fn keep_invitation(&mut self, now: Millis, timing: Timing) {
        if let Standing::Invited(_) = self.standing {
            self.answer_until = Some(now.plus(timing.invitation));
        }
    }

    /// Rows 12 and 14. Losing twice does not start the time afresh: a flapping connection must not hold a seat for ever.
    pub(crate) fn connection_lost(&mut self, now: Millis, timing: Timing) {
        if self.connected {
            self.connected = false;
            self.time_the_loss(now, timing);
        }
    }

    /// Row 12.
    pub(crate) fn connection_back(&mut self) {
        self.connected = true;
        self.kept_until = None;
    }

    fn time_the_loss(&mut self, now: Millis, timing: Timing) {
        let kept = match self.standing {
            _ if self.connected => None,
            Standing::Off => None,
            Standing::Requested(_) | Standing::Invited(_) => Some(timing.place),
            Standing::OnStage => Some(timing.grace),
        };
        self.kept_until = kept.map(|time| now.plus(time));
    }

    fn deadline(&self) -> Option<Millis> {
        self.answer_until.into_iter().chain(self.kept_until).min()
    }
}

/// Everybody in the room.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    all: BTreeMap<ParticipantId, Person>,
    /// By id, which is the order of asking.
    asking: BTreeMap<RequestId, ParticipantId>,
    invited: BTreeMap<InvitationId, ParticipantId>,
    on_stage: BTreeSet<ParticipantId>,
    deadlines: BTreeSet<(Millis, ParticipantId)>,
}

impl People {
    pub(crate) fn get(&self, who: ParticipantId) -> Option<&Person> {
        self.all.get(&who)
    }

    /// Adds a person nobody knows yet.
    pub(crate) fn add(&mut self, who: ParticipantId, person: Person) {
        self.index(who, person.standing, person.deadline());
        self.all.insert(who, person);
    }

    /// Takes a person out, with all they held.
    pub(crate) fn remove(&mut self, who: ParticipantId) -> Option<Person> {
        let person = self.all.remove(&who)?;
        self.unindex(who, person.standing, person.deadline());
        Some(person)
    }

    /// Changes a person. Nothing happens to somebody who is not there.
    pub(crate) fn update(&mut self, who: ParticipantId, change: impl FnOnce(&mut Person)) {
        let Some(person) = self.all.get_mut(&who) else { return };
        let before = (person.standing, person.deadline());
        change(person);
        let after = (person.standing, person.deadline());
        if before != after {
            self.unindex(who, before.0, before.1);
            self.index(who, after.0, after.1);
        }
    }

    fn index(&mut self, who: ParticipantId, standing: Standing, deadline: Option<Millis>) {
        match standing {
            Standing::Off => {}
            Standing::Requested(request) => drop(self.asking.insert(request, who)),
            Standing::Invited(invitation) => drop(self.invited.insert(invitation, who)),
            Standing::OnStage => drop(self.on_stage.insert(who)),
        }
        self.deadlines.extend(deadline.map(|at| (at, who)));
    }

    fn unindex(&mut self, who: ParticipantId, standing: Standing, deadline: Option<Millis>) {
        match standing {
            Standing::Off => {}
            Standing::Requested(request) => drop(self.asking.remove(&request)),
            Standing::Invited(invitation) => drop(self.invited.remove(&invitation)),
            Standing::OnStage => drop(self.on_stage.remove(&who)),
        }
        if let Some(at) = deadline {
            self.deadlines.remove(&(at, who));
        }
    }

    /// Everybody, by id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (ParticipantId, &Person)> + '_ {
        self.all.iter().map(|(who, person)| (*who, person))
    }

    /// Those asking, in the order they asked.
    pub(crate) fn asking(&self) -> impl Iterator<Item = (RequestId, ParticipantId)> + '_ {
        self.asking.iter().map(|(request, who)| (*request, *who))
    }

    /// Those invited, in the order they were.
    pub(crate) fn invited(&self) -> impl Iterator<Item = (InvitationId, ParticipantId)> + '_ {
        self.invited.iter().map(|(invitation, who)| (*invitation, *who))
    }

    /// Those on stage, by id.
    pub(crate) fn on_stage(&self) -> impl Iterator<Item = ParticipantId> + '_ {
        self.on_stage.iter().copied()
    }

    /// Whose request that is, while it is pending.
    pub(crate) fn requester(&self, request: RequestId) -> Option<ParticipantId> {
        self.asking.get(&request).copied()
    }

    /// Whose invitation that is, while it stands.
    pub(crate) fn invitee(&self, invitation: InvitationId) -> Option<ParticipantId> {
        self.invited.get(&invitation).copied()
    }

    /// Seats taken and reserved. Each was given while fewer than a `u16` of them were held.
    pub(crate) fn seats_held(&self) -> u16 {
        u16::try_from(self.on_stage.len() + self.invited.len()).unwrap_or(u16::MAX)
    }

    /// The earliest deadline, and whose it is.
    pub(crate) fn next_due(&self) -> Option<(Millis, ParticipantId)> {
        self.deadlines.first().copied()
    }
}
