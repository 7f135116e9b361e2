//! Who was there, meeting by meeting: when they came and went, how long they were there, and how long on stage.
//!
//! A meeting begins with the first person who is let in, and is over when nobody has been there for [`ATTENDANCE_GAP_MS`]. Whoever's page was
//! lost is there for as long as their place is kept. People are who their token's `user` says, so that two tabs are one person; times are in
//! milliseconds since 1970, for they outlive the server's clock. `book` is what is remembered, `sheet` what others are told of it.

use signaling::ParticipantId;
use stage::Millis;

use crate::turn::Turn;
use crate::{Item, Room};

mod book;
mod sheet;

pub(crate) use book::{Book, KeptAttendee, KeptMeeting};
pub use sheet::{Attendance, Attendee, Meeting, Which};

/// Meetings of one room that are remembered; the oldest goes.
pub const MEETINGS: usize = 100;
/// People of one meeting that are remembered. Whoever comes after them is there all the same, and not in the list.
pub const ATTENDEES: usize = 5_000;
/// Nobody was there for so many milliseconds: the next who comes begins another meeting.
pub const ATTENDANCE_GAP_MS: u64 = 120_000;
/// A meeting is marked on the disk as going on so often, in milliseconds: what a crash takes from those who were there.
const MARKED_EVERY_MS: u64 = 60_000;

impl Room {
    /// At the head of a turn, before anybody comes or goes: whoever is there was there until now.
    pub(crate) fn settle_attendance(&mut self, turn: &mut Turn) {
        let (now, there) = (self.unix(turn.now), self.register.len() > 0);
        let book = &mut self.around.attendance;
        book.open(now).into_iter().for_each(|item| turn.keep(item));
        let Some((id, meeting)) = book.running() else { return };
        if there {
            meeting.seen = meeting.seen.max(now);
            if book.marked.plus(MARKED_EVERY_MS) <= turn.now {
                self.mark_meeting(id, turn);
            }
        } else if meeting.seen + ATTENDANCE_GAP_MS <= now {
            book.end();
            turn.keep(Item::Meeting(id));
        }
    }

    /// When a meeting is to be marked, or is over.
    pub(crate) fn attendance_due(&self) -> Option<Millis> {
        let book = &self.around.attendance;
        if !book.is_open() {
            return Some(Millis(0));
        }
        let meeting = book.current()?;
        if self.register.len() > 0 {
            return Some(book.marked.plus(MARKED_EVERY_MS));
        }
        Some(Millis((meeting.seen + ATTENDANCE_GAP_MS).saturating_sub(self.epoch_ms)))
    }

    /// Somebody is in the room who was not.
    pub(crate) fn attends(&mut self, who: ParticipantId, turn: &mut Turn) {
        let now = self.unix(turn.now);
        let Some(person) = self.register.get(who) else { return };
        let (user, name, role) = (person.user.clone(), person.name.clone(), person.role);
        let book = &mut self.around.attendance;
        let (id, forgotten) = book.meet(now);
        forgotten.into_iter().for_each(|item| turn.keep(item));
        if let Some(number) = book.enter(user, name, role, now) {
            turn.keep(Item::Attendee(number));
        }
        if self.register.len() == 1 {
            self.mark_meeting(id, turn);
        }
    }

    /// Somebody is not in the room who was.
    pub(crate) fn attends_no_more(&mut self, user: &str, turn: &mut Turn) {
        let now = self.unix(turn.now);
        let book = &mut self.around.attendance;
        if let Some((number, attendee)) = book.attendee(user) {
            attendee.leave(now);
            turn.keep(Item::Attendee(number));
        }
        if self.register.len() == 0
            && let Some((id, _)) = book.running()
        {
            self.mark_meeting(id, turn);
        }
    }

    /// Somebody came on stage, or went from it.
    pub(crate) fn attends_on_stage(&mut self, who: ParticipantId, on_stage: bool, turn: &mut Turn) {
        let now = self.unix(turn.now);
        let Some(person) = self.register.get(who) else { return };
        if let Some((number, attendee)) = self.around.attendance.attendee(&person.user) {
            attendee.stage.set(on_stage, now);
            turn.keep(Item::Attendee(number));
        }
    }

    /// Somebody is called otherwise, or has another role.
    pub(crate) fn attends_as(&mut self, who: ParticipantId, turn: &mut Turn) {
        let Some(person) = self.register.get(who) else { return };
        if let Some((number, attendee)) = self.around.attendance.attendee(&person.user)
            && (attendee.name != person.name || attendee.role != person.role)
        {
            (attendee.name, attendee.role) = (person.name.clone(), person.role);
            turn.keep(Item::Attendee(number));
        }
    }

    /// The room has ended. Nothing of it is kept.
    pub(crate) fn end_attendance(&mut self, turn: &Turn) {
        let now = self.unix(turn.now);
        self.around.attendance.end_with_everybody(now);
    }

    /// Of those who are there, the disk knows that they came: what it lacks is how long the meeting has gone on.
    pub(crate) fn unkept_meeting(&self) -> Option<Item> {
        let running = self.around.attendance.current().filter(|_| self.register.len() > 0);
        running.map(|meeting| Item::Meeting(meeting.id))
    }

    fn mark_meeting(&mut self, id: u32, turn: &mut Turn) {
        self.around.attendance.marked = turn.now;
        turn.keep(Item::Meeting(id));
    }
}
