//! The waiting room: who is new in a locked room and no moderator knows nothing of it but its title, until somebody lets them in. So do
//! guests whose token says that they wait, in any room.

use std::collections::{BTreeMap, VecDeque};

use signaling::limits::WAITING;
use signaling::{Closing, ErrorCode, Refusal, Role, ServerMessage, WaitingPerson};
use stage::{Actor, Millis};

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
    /// When they were last told.
    told: Option<Millis>,
    /// Let in, and not there yet: each is told the whole room, and a hall of them at once would hold it up.
    admitted: VecDeque<Waiting>,
    /// When the last of them came in.
    came_in: Millis,
}

/// Between two words to moderators about who waits, in milliseconds.
const TOLD_EVERY_MS: u64 = 1_000;
/// So many come in at once, and the next after so many milliseconds.
const COME_IN: usize = 50;
const COME_IN_EVERY_MS: u64 = 20;

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
        self.people.values().chain(&self.admitted).any(|waiting| waiting.session == session)
    }

    /// When the next are to come in, or moderators to be told.
    pub(crate) fn due(&self) -> Option<Millis> {
        let next = (!self.admitted.is_empty()).then(|| self.came_in.plus(COME_IN_EVERY_MS));
        let told = self.news.then(|| self.told.map_or(Millis(0), |told| told.plus(TOLD_EVERY_MS)));
        [next, told].into_iter().flatten().min()
    }

    fn take(&mut self, is_meant: impl Fn(&Waiting) -> bool) -> Option<Waiting> {
        if let Some(at) = self.admitted.iter().position(&is_meant) {
            return self.admitted.remove(at);
        }
        let id = self.people.iter().find(|(_, waiting)| is_meant(waiting)).map(|(id, _)| *id)?;
        self.news = true;
        self.people.remove(&id)
    }
}

impl Room {
    /// Whether somebody has to wait: the room is locked or their token says so, they are no moderator, and they were not let in before.
    pub fn has_to_wait(&self, identity: &Identity) -> bool {
        (self.around.locked || identity.waits)
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
        if !self.around.waiting.people.contains_key(&id) {
            return Ok(());
        }
        self.has_places(1)?;
        let waiting = self.around.waiting.people.remove(&id);
        self.around.waiting.admitted.extend(waiting);
        self.around.waiting.news = true;
        self.let_in_the_admitted(turn);
        Ok(())
    }

    /// All of them, or none where they do not fit.
    pub(crate) fn admit_all(&mut self, by: Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        self.has_places(self.around.waiting.people.len())?;
        let room = &mut self.around.waiting;
        room.news |= !room.people.is_empty();
        room.admitted.extend(std::mem::take(&mut room.people).into_values());
        self.let_in_the_admitted(turn);
        Ok(())
    }

    /// The door is open: those who wait only because it was locked come in; all of them or none, like above.
    pub(super) fn admit_the_locked_out(&mut self, turn: &mut Turn) -> Result<(), Refusal> {
        let is_guest = |waiting: &Waiting| waiting.identity.waits;
        self.has_places(self.around.waiting.people.values().filter(|one| !is_guest(one)).count())?;
        let room = &mut self.around.waiting;
        let people = std::mem::take(&mut room.people);
        let (guests, locked_out): (BTreeMap<_, _>, BTreeMap<_, _>) =
            people.into_iter().partition(|(_, one)| is_guest(one));
        room.people = guests;
        room.news |= !locked_out.is_empty();
        room.admitted.extend(locked_out.into_values());
        self.let_in_the_admitted(turn);
        Ok(())
    }

    fn has_places(&self, wanted: usize) -> Result<(), Refusal> {
        let taken = self.register.len() + self.around.waiting.admitted.len();
        if taken + wanted > self.people {
            return Err(Refusal::TooMany { most: self.people as u32 });
        }
        Ok(())
    }

    /// The next of those who were let in, where it is time.
    pub(super) fn let_in_the_admitted(&mut self, turn: &mut Turn) {
        let room = &mut self.around.waiting;
        let soon = room.came_in.plus(COME_IN_EVERY_MS) > turn.now && room.came_in != Millis(0);
        if room.admitted.is_empty() || soon {
            return;
        }
        room.came_in = turn.now;
        let next: Vec<Waiting> = room.admitted.drain(..room.admitted.len().min(COME_IN)).collect();
        for Waiting { session, identity, fresh_key } in next {
            match self.enter(Session::of_page(session, fresh_key), identity, None, turn) {
                Some(who) => turn.welcomes.push((session, who)),
                // Somebody took the place since.
                None => turn.rejected.push((session, ErrorCode::RoomFull)),
            }
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
        let admitted = std::mem::take(&mut self.around.waiting.admitted);
        let all = waiting.into_values().chain(admitted);
        turn.closings.extend(all.map(|one| (one.session, Closing::RoomEnded)));
    }

    pub(super) fn tell_waiting(&mut self, turn: &mut Turn) {
        let room = &mut self.around.waiting;
        let soon = room.told.is_some_and(|told| turn.now.since(told) < TOLD_EVERY_MS);
        if room.news && !soon {
            (room.news, room.told) = (false, Some(turn.now));
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
