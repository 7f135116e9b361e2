//! What is remembered of meetings and their people: in memory as on the disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use signaling::Role;
use stage::Millis;

use super::{ATTENDEES, MEETINGS};
use crate::Item;

/// Of all meetings.
#[derive(Debug, Default)]
pub(crate) struct Book {
    meetings: BTreeMap<u32, KeptMeeting>,
    /// By their number in the room. It grows with the meetings', so that the people of the oldest come first.
    attendees: BTreeMap<u32, KeptAttendee>,
    /// The one that goes on, or that somebody may still come back to.
    running: Option<u32>,
    /// Its people, by their `user`.
    numbers: BTreeMap<Arc<str>, u32>,
    meetings_held: u32,
    attendees_seen: u32,
    /// When the disk was last told that the meeting goes on.
    pub(super) marked: Millis,
    /// Taken up from the disk, and what a restart interrupted is not closed yet.
    restored: bool,
    meetings_forgotten: u64,
    attendees_full: u64,
}

/// Times in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptMeeting {
    #[serde(skip)]
    pub(super) id: u32,
    pub(super) began: u64,
    /// Somebody was there then, and nobody is known to have been later: once it is over, its end.
    pub(super) seen: u64,
    pub(super) over: bool,
}

/// Of one person in one meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptAttendee {
    pub(super) meeting: u32,
    pub(super) user: Arc<str>,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) joined: u64,
    /// The last time; while they are there, the time before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) left: Option<u64>,
    pub(super) here: Stays,
    pub(super) stage: Stays,
}

/// How long somebody was somewhere, one stay after another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stays {
    /// Of those that are over, in milliseconds.
    over_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
}

impl Stays {
    /// There from now on, or no more; once more is no news.
    pub(super) fn set(&mut self, there: bool, now: u64) {
        self.over_ms = self.until(now);
        self.since = there.then_some(now);
    }

    /// All of them together, in milliseconds.
    pub(super) fn until(&self, now: u64) -> u64 {
        self.over_ms + self.since.map_or(0, |since| now.saturating_sub(since))
    }

    pub(super) fn now(&self) -> bool {
        self.since.is_some()
    }
}

impl KeptAttendee {
    pub(super) fn leave(&mut self, now: u64) {
        self.here.set(false, now);
        self.stage.set(false, now);
        self.left = Some(now);
    }

    /// The last that was written of them: then the server ran.
    fn last_known(&self) -> u64 {
        let all = [Some(self.joined), self.left, self.here.since, self.stage.since];
        all.into_iter().flatten().max().unwrap_or(self.joined)
    }
}

impl Book {
    /// The meeting that runs, with its number.
    pub(super) fn running(&mut self) -> Option<(u32, &mut KeptMeeting)> {
        let id = self.running?;
        self.meetings.get_mut(&id).map(|meeting| (id, meeting))
    }

    pub(super) fn current(&self) -> Option<&KeptMeeting> {
        self.running.and_then(|id| self.meetings.get(&id))
    }

    /// Somebody in the running meeting.
    pub(super) fn attendee(&mut self, user: &str) -> Option<(u32, &mut KeptAttendee)> {
        let number = *self.numbers.get(user)?;
        self.attendees.get_mut(&number).map(|attendee| (number, attendee))
    }

    /// The running meeting, or one that begins now; and what is gone to make room for it.
    pub(super) fn meet(&mut self, now: u64) -> (u32, Vec<Item>) {
        if let Some((id, meeting)) = self.running() {
            meeting.seen = meeting.seen.max(now);
            return (id, Vec::new());
        }
        let gone = self.forget_oldest();
        self.meetings_held += 1;
        let id = self.meetings_held;
        self.meetings.insert(id, KeptMeeting { id, began: now, seen: now, over: false });
        self.running = Some(id);
        (id, gone)
    }

    fn forget_oldest(&mut self) -> Vec<Item> {
        let mut gone = Vec::new();
        while self.meetings.len() >= MEETINGS
            && let Some((oldest, _)) = self.meetings.pop_first()
        {
            self.meetings_forgotten += 1;
            gone.push(Item::Meeting(oldest));
            while let Some(first) = self.attendees.first_entry().filter(|first| first.get().meeting <= oldest)
            {
                gone.push(Item::Attendee(first.remove_entry().0));
            }
        }
        gone
    }

    /// Their number; none for somebody who is one too many.
    pub(super) fn enter(&mut self, user: Arc<str>, name: String, role: Role, now: u64) -> Option<u32> {
        let meeting = self.running?;
        if let Some((number, attendee)) = self.attendee(&user) {
            (attendee.name, attendee.role) = (name, role);
            attendee.here.set(true, now);
            return Some(number);
        }
        if self.numbers.len() >= ATTENDEES {
            self.attendees_full += 1;
            return None;
        }
        self.attendees_seen += 1;
        let number = self.attendees_seen;
        self.numbers.insert(user.clone(), number);
        let (mut here, stage) = (Stays::default(), Stays::default());
        here.set(true, now);
        let attendee = KeptAttendee { meeting, user, name, role, joined: now, left: None, here, stage };
        self.attendees.insert(number, attendee);
        Some(number)
    }

    pub(super) fn end(&mut self) {
        if let Some((_, meeting)) = self.running() {
            meeting.over = true;
        }
        self.running = None;
        self.numbers.clear();
    }

    pub(super) fn end_with_everybody(&mut self, now: u64) {
        if let Some((_, meeting)) = self.running() {
            meeting.seen = meeting.seen.max(now);
        }
        let there = self.attendees.values_mut().filter(|attendee| attendee.here.now());
        there.for_each(|attendee| attendee.leave(now));
        self.end();
    }

    /// Whether nothing from before a restart waits to be closed.
    pub(super) fn is_open(&self) -> bool {
        !self.restored
    }

    /// Closes what a restart interrupted at the time up to which the server is known to have run, and goes on with the meeting that ran.
    /// What changed by it.
    pub(super) fn open(&mut self, now: u64) -> Vec<Item> {
        if !std::mem::take(&mut self.restored) {
            return Vec::new();
        }
        for attendee in self.attendees.values() {
            let (id, began) = (attendee.meeting, attendee.joined);
            // One whose own record could not be read is as long as its people's stays.
            let orphaned = || KeptMeeting { id, began, seen: began, over: true };
            let meeting = self.meetings.entry(id).or_insert_with(orphaned);
            meeting.seen = meeting.seen.max(attendee.last_known());
        }
        let mut changed = Vec::new();
        for (number, attendee) in self.attendees.iter_mut().filter(|(_, attendee)| attendee.here.now()) {
            let Some(meeting) = self.meetings.get(&attendee.meeting) else { continue };
            attendee.leave(meeting.seen);
            changed.push(Item::Attendee(*number));
        }
        self.running = self.meetings.values().find(|meeting| !meeting.over).map(|meeting| meeting.id);
        if let Some((id, meeting)) = self.running() {
            // A clock that was set back would have it go on for as long.
            meeting.seen = meeting.seen.min(now);
            changed.push(Item::Meeting(id));
        }
        let people = self.attendees.iter().filter(|(_, attendee)| Some(attendee.meeting) == self.running);
        self.numbers = people.map(|(number, attendee)| (attendee.user.clone(), *number)).collect();
        changed
    }

    pub(crate) fn meeting(&self, id: u32) -> Option<&KeptMeeting> {
        self.meetings.get(&id)
    }

    pub(crate) fn attendee_by_number(&self, number: u32) -> Option<&KeptAttendee> {
        self.attendees.get(&number)
    }

    pub(super) fn meetings(&self) -> impl DoubleEndedIterator<Item = &KeptMeeting> {
        self.meetings.values()
    }

    pub(super) fn attendees(&self) -> impl Iterator<Item = &KeptAttendee> {
        self.attendees.values()
    }

    pub(crate) fn restore_meeting(&mut self, id: u32, kept: KeptMeeting) {
        self.meetings_held = self.meetings_held.max(id);
        self.meetings.insert(id, KeptMeeting { id, ..kept });
        self.restored = true;
    }

    pub(crate) fn restore_attendee(&mut self, number: u32, kept: KeptAttendee) {
        self.attendees_seen = self.attendees_seen.max(number);
        self.meetings_held = self.meetings_held.max(kept.meeting);
        self.attendees.insert(number, kept);
        self.restored = true;
    }

    /// How often [`MEETINGS`] was hit.
    pub(crate) fn meetings_forgotten(&self) -> u64 {
        self.meetings_forgotten
    }

    /// How often [`ATTENDEES`] was hit.
    pub(crate) fn attendees_full(&self) -> u64 {
        self.attendees_full
    }
}
