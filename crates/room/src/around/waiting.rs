//! The waiting room: who is new in a locked room and no moderator knows nothing of it but its title, until somebody lets them in.

use std::collections::BTreeMap;

use signaling::limits::WAITING;
use signaling::{Closing, ErrorCode, Refusal, Role, ServerMessage, WaitingPerson};
use stage::Actor;

use crate::register::Session;
use crate::turn::{Addressee, Reply, Turn};
use crate::{Identity, ResumeKey, Room, SessionId};

/// Those who wait, in the order they came.
#[derive(Debug, Default)]
pub(crate) struct WaitingRoom {
    people: BTreeMap<u32, Waiting>,
    count: u32,
    turned_away: u64,
    /// Moderators do not know yet how it stands.
    news: bool,
}

/// Somebody who waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) session: SessionId,
    pub(crate) identity: Identity,
    /// For their welcome.
    pub(crate) fresh_key: ResumeKey,
}

impl WaitingRoom {
    /// How often [`WAITING`] was hit.
    pub(crate) fn turned_away(&self) -> u64 {
        self.turned_away
    }

    pub(crate) fn has(&self, session: SessionId) -> bool {
        self.people.values().any(|waiting| waiting.session == session)
    }

    fn take(&mut self, is_meant: impl Fn(&Waiting) -> bool) -> Option<Waiting> {
        let id = self.people.iter().find(|(_, waiting)| is_meant(waiting)).map(|(id, _)| *id)?;
        self.news = true;
        self.people.remove(&id)
    }
}

impl Room {
    /// Whether somebody has to wait: the room is locked, they are no moderator, and they were not let in before.
    pub(crate) fn has_to_wait(&self, identity: &Identity) -> bool {
        self.around.locked
            && self.register.foresee(identity).1 < Role::Moderator
            && !self.register.is_welcome(&identity.user)
    }

    /// The newest page of somebody waits in place of an earlier one.
    pub(crate) fn wait(&mut self, waiting: Waiting, turn: &mut Turn) {
        self.give_up_waiting(&waiting.identity.user, turn);
        let room = &mut self.around.waiting;
        let session = waiting.session;
        if room.people.len() >= WAITING {
            room.turned_away += 1;
            turn.reply = Some(Reply::Reject { session, code: ErrorCode::RoomFull });
            return;
        }
        room.count += 1;
        room.people.insert(room.count, waiting);
        room.news = true;
        turn.reply = Some(Reply::Wait { session });
    }

    /// A newer session of this person is there.
    pub(crate) fn give_up_waiting(&mut self, user: &str, turn: &mut Turn) {
        if let Some(before) = self.around.waiting.take(|waiting| waiting.identity.user == user) {
            turn.closings.push((before.session, Closing::NewerSession));
        }
    }

    /// A page that waited is gone.
    pub(crate) fn stop_waiting(&mut self, session: SessionId) {
        self.around.waiting.take(|waiting| waiting.session == session);
    }

    /// Somebody who is gone or let in already needs it no more.
    pub(crate) fn admit(&mut self, by: Actor, id: u32, turn: &mut Turn) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        if let Some(waiting) = self.around.waiting.people.remove(&id) {
            self.around.waiting.news = true;
            self.let_in(waiting, turn);
        }
        Ok(())
    }

    pub(crate) fn admit_all(&mut self, by: Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        for waiting in std::mem::take(&mut self.around.waiting.people).into_values() {
            self.around.waiting.news = true;
            self.let_in(waiting, turn);
        }
        Ok(())
    }

    fn let_in(&mut self, waiting: Waiting, turn: &mut Turn) {
        let Waiting { session, identity, fresh_key } = waiting;
        match self.enter(Session::of_page(session, fresh_key), identity, None, turn) {
            Some(who) => turn.welcomes.push((session, who)),
            None => turn.rejected.push((session, ErrorCode::RoomFull)),
        }
    }

    pub(crate) fn turn_away(&mut self, by: Actor, id: u32, turn: &mut Turn) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        if let Some(waiting) = self.around.waiting.people.remove(&id) {
            self.around.waiting.news = true;
            turn.closings.push((waiting.session, Closing::TurnedAway));
        }
        Ok(())
    }

    /// The room has ended, for them too.
    pub(crate) fn end_waiting(&mut self, turn: &mut Turn) {
        let waiting = std::mem::take(&mut self.around.waiting.people);
        turn.closings.extend(waiting.into_values().map(|one| (one.session, Closing::RoomEnded)));
    }

    pub(super) fn tell_waiting(&mut self, turn: &mut Turn) {
        if std::mem::take(&mut self.around.waiting.news) {
            turn.say(Addressee::Rank(Role::Moderator), self.waiting_told());
        }
    }

    /// `None` where nobody waits.
    pub(super) fn who_waits(&self) -> Option<ServerMessage> {
        (!self.around.waiting.people.is_empty()).then(|| self.waiting_told())
    }

    fn waiting_told(&self) -> ServerMessage {
        let people = self.around.waiting.people.iter();
        let people = people.map(|(id, one)| WaitingPerson { id: *id, name: one.identity.name.clone() });
        ServerMessage::Waiting { people: people.collect() }
    }
}
