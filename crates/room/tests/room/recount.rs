//! Who was there, counted naively: after every command everybody is looked at, and until the next they are where they are.

use std::collections::BTreeMap;

use room::{ATTENDANCE_GAP_MS, Attendee, MEETINGS, Meeting, Millis, Room, WhichMeetings};
use signaling::{RoomState, StageStanding};

use crate::world::World;

#[derive(Clone, Debug, Default)]
pub(crate) struct Recount {
    at: u64,
    /// By name, and whether on stage.
    there: Vec<(String, bool)>,
    pub(crate) meetings: Vec<Counted>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    began: u64,
    /// When somebody was there last.
    seen: u64,
    pub(crate) people: BTreeMap<String, Person>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    joined: u64,
    pub(crate) present_ms: u64,
    pub(crate) stage_ms: u64,
    present: bool,
}

impl Recount {
    /// Time goes by, before a command.
    pub(crate) fn pass(&mut self, now: u64) {
        let ms = now - self.at;
        self.at = now;
        if self.there.is_empty() {
            return;
        }
        let Some(meeting) = self.meetings.last_mut() else { return };
        meeting.seen = now;
        for (name, on_stage) in &self.there {
            let person = meeting.people.get_mut(name).expect("counted when they came");
            person.present_ms += ms;
            person.stage_ms += if *on_stage { ms } else { 0 };
        }
    }

    /// Who is there after it.
    pub(crate) fn look(&mut self, state: &RoomState) {
        let there = state.participants.iter();
        let there = there.map(|one| (one.name.clone(), one.stage == StageStanding::OnStage));
        let nobody_was = self.there.is_empty();
        self.there = there.collect();
        let over = |meeting: &Counted| nobody_was && self.at - meeting.seen >= ATTENDANCE_GAP_MS;
        if !self.there.is_empty() && self.meetings.last().is_none_or(over) {
            self.meetings.push(Counted { began: self.at, ..Counted::default() });
            self.meetings.drain(..self.meetings.len().saturating_sub(MEETINGS));
        }
        let Some(meeting) = self.meetings.last_mut() else { return };
        meeting.people.values_mut().for_each(|person| person.present = false);
        if !self.there.is_empty() {
            meeting.seen = self.at;
        }
        for (name, _) in &self.there {
            let new = Person { joined: self.at, ..Person::default() };
            meeting.people.entry(name.clone()).or_insert(new).present = true;
        }
    }

    /// After a crash, which takes what nobody can count: what the room has left.
    pub(crate) fn of_what_is_left(room: &Room, now: Millis) -> Recount {
        let told = room.attendance(now, WhichMeetings::All);
        let meetings = told.meetings.into_iter().rev().map(|Meeting { began, ended, people, .. }| {
            let last = people.iter().filter_map(|one| one.left).max();
            let people = people.into_iter().map(|one| {
                let Attendee { name, joined, present_ms, stage_ms, .. } = one;
                (name, Person { joined, present_ms, stage_ms, present: false })
            });
            Counted { began, seen: ended.or(last).expect("somebody left"), people: people.collect() }
        });
        Recount { at: now.0, there: Vec::new(), meetings: meetings.collect() }
    }

    /// The server goes, and with it everybody.
    pub(crate) fn restarted(&self) -> Recount {
        let mut next = self.clone();
        next.there.clear();
        next.meetings.iter_mut().flat_map(|one| one.people.values_mut()).for_each(|one| one.present = false);
        next
    }
}

/// The room has counted the same.
pub(crate) fn attendance_is_what_was_seen(world: &World) {
    let Recount { at, there, meetings } = &world.recount;
    let told = world.room.attendance(world.now, WhichMeetings::All);
    // Of those who are there, the room knows until now what was counted until the last command.
    let late = world.now.0 - at;
    let found = told.meetings.iter().rev().map(|Meeting { began, ended, people, .. }| {
        let counted = people.iter().map(|one| {
            let Attendee { name, joined, present_ms, stage_ms, present, .. } = one.clone();
            let length = ended.unwrap_or(world.now.0) - began;
            assert!(stage_ms <= present_ms && present_ms <= length, "{one:?} in {length} ms");
            let on_stage = there.iter().any(|(there, on_stage)| *there == name && *on_stage);
            let late = |counts: bool| if counts { late } else { 0 };
            let (present_ms, stage_ms) = (present_ms - late(present), stage_ms - late(present && on_stage));
            (name, Person { joined, present_ms, stage_ms, present })
        });
        (*began, *ended, counted.collect::<BTreeMap<_, _>>())
    });
    let last = meetings.len();
    let counted = meetings.iter().enumerate().map(|(n, Counted { began, seen, people })| {
        let over = n + 1 < last || (there.is_empty() && at - seen >= ATTENDANCE_GAP_MS);
        (*began, over.then_some(*seen), people.clone())
    });
    assert_eq!(found.collect::<Vec<_>>(), counted.collect::<Vec<_>>(), "who was there");
}
