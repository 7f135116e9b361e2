//! The suite: which scenarios are run, and what each of them is there to show.

use load::Plan;

use crate::traffic::Traffic;

/// The scenario that a forwarded packet's price is quoted from.
pub(crate) const HEADLINE: &str = "webinar-1x300";
/// Many people in one room, and the same people in many rooms.
pub(crate) const ONE_ROOM: &str = HEADLINE;
pub(crate) const MANY_ROOMS: &str = "rooms-100x3";
/// The headline scenario once more, on two media threads.
pub(crate) const TWO_WORKERS: &str = "webinar-1x300-workers-2";
/// Webinars of one publisher, by growing number of viewers.
pub(crate) const CROWDS: [&str; 7] = [
    "webinar-1x10",
    "webinar-1x50",
    "webinar-1x100",
    "webinar-1x200",
    HEADLINE,
    "webinar-1x500",
    "webinar-1x1000",
];

/// One entry of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Names its files under `target/bench`.
    pub(crate) name: &'static str,
    /// The load generator's scenario.
    pub(crate) scenario: &'static str,
    pub(crate) rooms: usize,
    /// Of each room.
    pub(crate) publishers: usize,
    /// Of each room.
    pub(crate) viewers: usize,
    /// Media threads of the server.
    pub(crate) workers: usize,
}

impl Entry {
    const fn new(name: &'static str, scenario: &'static str, publishers: usize, viewers: usize) -> Entry {
        Entry { name, scenario, rooms: 1, publishers, viewers, workers: 1 }
    }

    /// What the machine is asked for at least; `None` where the scenario is not about forwarding.
    pub(crate) fn traffic(&self) -> Option<Traffic> {
        let plan = match self.scenario {
            "webinar" => Plan::clip(),
            "audio" => Plan::clip_sound(),
            _ => return None,
        };
        Some(Traffic::of(&plan, self.rooms, self.publishers, self.viewers))
    }

    /// The load generator's arguments, but for the server, the time and the file.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec![self.scenario.to_owned()];
        let mut add = |name: &str, value: usize| arguments.extend([name.to_owned(), value.to_string()]);
        add("--publishers", self.publishers);
        add("--viewers", self.viewers);
        if self.rooms > 1 {
            add("--rooms", self.rooms);
        }
        arguments
    }
}

/// All of them, in the order in which they are run: what is quoted most comes first, so that a suite cut short still says it.
pub(crate) const SUITE: [Entry; 16] = [
    Entry::new(HEADLINE, "webinar", 1, 300),
    Entry::new("webinar-4x200", "webinar", 4, 200),
    Entry::new("audio-10x500", "audio", 10, 500),
    Entry::new("webinar-1x1000", "webinar", 1, 1000),
    Entry::new("webinar-1x200", "webinar", 1, 200),
    Entry::new("webinar-1x10", "webinar", 1, 10),
    Entry::new("join-storm-500", "join-storm", 0, 500),
    Entry::new("stage-churn-200", "stage-churn", 2, 200),
    Entry::new("gate-2x20", "gate", 2, 20),
    Entry::new("webinar-1x50", "webinar", 1, 50),
    Entry::new("webinar-1x100", "webinar", 1, 100),
    Entry::new("webinar-1x500", "webinar", 1, 500),
    Entry { rooms: 100, ..Entry::new(MANY_ROOMS, "webinar", 1, 3) },
    Entry { workers: 2, ..Entry::new(TWO_WORKERS, "webinar", 1, 300) },
    Entry { workers: 2, ..Entry::new("webinar-1x200-workers-2", "webinar", 1, 200) },
    Entry { workers: 2, ..Entry::new("webinar-1x1000-workers-2", "webinar", 1, 1000) },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_is_there_once() {
        let names: BTreeSet<&str> = SUITE.iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), SUITE.len());
        for name in CROWDS.iter().chain(&[ONE_ROOM, MANY_ROOMS, TWO_WORKERS]) {
            assert!(names.contains(name), "{name}");
        }
    }

    #[test]
    fn rooms_are_named_to_the_generator_only_where_there_are_several() {
        let entry = |name| SUITE.iter().find(|entry| entry.name == name).unwrap();
        assert_eq!(entry(HEADLINE).arguments(), ["webinar", "--publishers", "1", "--viewers", "300"]);
        assert_eq!(entry(MANY_ROOMS).arguments().last().map(String::as_str), Some("100"));
    }

    #[test]
    fn one_room_and_many_rooms_have_the_same_packets_to_forward() {
        let traffic = |name| SUITE.iter().find(|entry| entry.name == name).unwrap().traffic().unwrap();
        assert_eq!(traffic(ONE_ROOM).packets_per_second(), traffic(MANY_ROOMS).packets_per_second());
    }
}
