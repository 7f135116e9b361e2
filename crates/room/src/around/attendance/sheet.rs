//! Who was there, for those who may know: moderators, and scripts.

use std::collections::BTreeMap;

use signaling::Role;
use stage::Millis;

use super::book::KeptAttendee;
use crate::Room;

/// Of a room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attendance {
    /// The newest first.
    pub meetings: Vec<Meeting>,
}

/// From the first who came to the last who went. Times in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Unique in its room.
    pub id: u32,
    /// When the first came.
    pub began: u64,
    /// When the last went; `None` while it goes on.
    pub ended: Option<u64>,
    /// In the order they came. Nobody where it was not asked for.
    pub people: Vec<Attendee>,
}

/// One person in one meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendee {
    /// The token's.
    pub user: String,
    /// As they were last called.
    pub name: String,
    /// The last they had.
    pub role: Role,
    /// For the first time.
    pub joined: u64,
    /// For the last time; `None` while they are there.
    pub left: Option<u64>,
    /// In milliseconds, all stays together.
    pub present_ms: u64,
    /// Likewise.
    pub stage_ms: u64,
    /// Whether they are there now.
    pub present: bool,
}

/// Of which meetings the people are wanted: all of them together may be many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Of each.
    All,
    /// Of the one that goes on, or was the last.
    Latest,
    /// Of this one.
    One(u32),
}

impl Room {
    /// Every meeting, with the people of those that are wanted. What a restart interrupted is closed with the first command after it.
    pub fn attendance(&self, now: Millis, which: Which) -> Attendance {
        let (book, now) = (&self.around.attendance, self.unix(now));
        let latest = book.meetings().next_back().map(|meeting| meeting.id);
        let is_wanted = |id: u32| match which {
            Which::All => true,
            Which::Latest => Some(id) == latest,
            Which::One(wanted) => id == wanted,
        };
        let mut people: BTreeMap<u32, Vec<Attendee>> = BTreeMap::new();
        for one in book.attendees().filter(|one| is_wanted(one.meeting)) {
            people.entry(one.meeting).or_default().push(told(one, now));
        }
        let meetings = book.meetings().rev().map(|meeting| Meeting {
            id: meeting.id,
            began: meeting.began,
            ended: meeting.over.then_some(meeting.seen),
            people: people.remove(&meeting.id).unwrap_or_default(),
        });
        Attendance { meetings: meetings.collect() }
    }
}

fn told(one: &KeptAttendee, now: u64) -> Attendee {
    let present = one.here.now();
    Attendee {
        user: one.user.to_string(),
        name: one.name.clone(),
        role: one.role,
        joined: one.joined,
        left: one.left.filter(|_| !present),
        present_ms: one.here.until(now),
        stage_ms: one.stage.until(now),
        present,
    }
}
