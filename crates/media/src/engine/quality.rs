//! How well media gets to a peer and from it, as far as this server sees it: for moderators and for metrics, which decide nothing by it.
//!
//! It is looked at from time to time and never while packets are handled. Told is a change of its level, and while it is not good now and then
//! what it is; that it is good is taken for granted until then.

use std::time::{Duration, Instant};

use super::Engine;
use super::peer::Peer;
use crate::Event;

/// Between two looks at a peer.
pub const QUALITY_INTERVAL: Duration = Duration::from_secs(2);
/// Figures of a quality that is not good, and that differ from those told before, are told again after this long.
pub const QUALITY_TOLD_AGAIN: Duration = Duration::from_secs(6);

/// A loss, in thousandths, and a round trip from which on media is fair, and poor. Below the first nobody notices the loss, since what is
/// missing is sent again; from the second on pictures lose frames or sound is made up. A round trip is noticed in conversation, by how long
/// everybody waits for an answer (ITU-T G.114 calls 400 ms one way the limit).
const FAIR: (u16, Duration) = (30, Duration::from_millis(300));
const POOR: (u16, Duration) = (100, Duration::from_millis(700));
/// From so much waiting on the way to a viewer on, it is fair: its link is full.
const QUEUED: Duration = Duration::from_millis(200);

/// Packets of an interval from which on their loss says something.
const ENOUGH: u64 = 50;

/// How well media flows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nobody notices anything.
    #[default]
    Good,
    /// It holds, with a smaller picture or a longer wait.
    Fair,
    /// People notice.
    Poor,
}

/// What is known of one peer's way. Of what nothing is known of, 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quality {
    /// What it comes to.
    pub level: Level,
    /// Packets lost on the way from the peer and to it, in thousandths, before anything was sent again.
    pub lost_up: u16,
    /// See `lost_up`.
    pub lost_down: u16,
    /// There and back.
    pub round_trip: Duration,
    /// Media received from the peer and sent to it, in bit/s.
    pub bitrate_up: u32,
    /// See `bitrate_up`.
    pub bitrate_down: u32,
}

impl Quality {
    /// Whether a moderator reading both would see a difference.
    fn resembles(&self, other: &Quality) -> bool {
        let close = |one: u16, other: u16| one.abs_diff(other) < 20;
        let waits = self.round_trip.abs_diff(other.round_trip) < Duration::from_millis(50);
        close(self.lost_up, other.lost_up) && close(self.lost_down, other.lost_down) && waits
    }
}

/// What a peer's counters stood at.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    /// Of its own packets: how many there must have been, and how many came.
    expected: u64,
    received: u64,
    /// Of media sent to it; less than before where a slot began anew.
    packets: u64,
    octets: u64,
    /// Of those, lost as it says.
    reported_lost: u64,
}

/// Of one peer.
#[derive(Debug, Default)]
pub(super) struct Condition {
    looked: Option<(Instant, Counted)>,
    told: Option<(Instant, Quality)>,
}

impl Condition {
    /// The level that counts.
    pub(super) fn level(&self) -> Level {
        self.told.map_or(Level::Good, |(_, told)| told.level)
    }

    /// Takes what was seen, and answers it where it is to be told.
    fn see(&mut self, now: Instant, seen: Quality, queued: bool) -> Option<Quality> {
        let before = self.level();
        let quality = Quality { level: level(&seen, queued, before), ..seen };
        let news = match &self.told {
            _ if quality.level != before => true,
            Some((at, told)) if quality.level > Level::Good => {
                now.saturating_duration_since(*at) >= QUALITY_TOLD_AGAIN && !quality.resembles(told)
            }
            _ => false,
        };
        if news {
            self.told = Some((now, quality));
        }
        news.then_some(quality)
    }
}

/// What figures come to. To be better than before takes half as much again, so that nobody's dot flickers.
fn level(seen: &Quality, queued: bool, before: Level) -> Level {
    let plain = bare_level(seen, 1.0, queued);
    if plain < before { bare_level(seen, 1.5, queued).min(before) } else { plain }
}

fn bare_level(seen: &Quality, strictness: f32, queued: bool) -> Level {
    let lost = f32::from(seen.lost_up.max(seen.lost_down)) * strictness;
    let waits = seen.round_trip.as_secs_f32() * strictness;
    let reaches = |(most_lost, longest): (u16, Duration)| {
        lost >= f32::from(most_lost) || waits >= longest.as_secs_f32()
    };
    match () {
        () if reaches(POOR) => Level::Poor,
        () if reaches(FAIR) || queued => Level::Fair,
        () => Level::Good,
    }
}

/// Thousandths.
fn share(lost: u64, of: u64) -> u16 {
    if of < ENOUGH { 0 } else { (lost.min(of) * 1000 / of) as u16 }
}

impl Peer {
    fn counted(&self) -> Counted {
        let (expected, received) = self.upstreams.reception();
        let sent = self.slots.iter().map(|slot| slot.forwarder.sent());
        let (packets, octets) = sent
            .fold((0, 0), |(packets, octets), one| (packets + u64::from(one.0), octets + u64::from(one.1)));
        let reported_lost =
            self.slots.iter().map(|slot| u64::from(slot.reported_lost.max(0).unsigned_abs())).sum();
        Counted { expected, received, packets, octets, reported_lost }
    }

    /// Looks at it, and answers what is to be told.
    fn look(&mut self, now: Instant) -> Option<Quality> {
        let counted = self.counted();
        let (since, before) = self.condition.looked.replace((now, counted))?;
        let span = now.saturating_duration_since(since).as_secs_f64().max(0.001);
        let grown = |now: u64, before: u64| now.saturating_sub(before);
        let expected = grown(counted.expected, before.expected);
        let lost_up = share(expected.saturating_sub(grown(counted.received, before.received)), expected);
        // Where little is sent, little is told of it, and what was told before is old.
        let sent = grown(counted.packets, before.packets);
        let told = self.downlink.as_deref().map(|downlink| &downlink.estimator).filter(|_| sent >= ENOUGH);
        let reported = share(grown(counted.reported_lost, before.reported_lost), sent);
        let seen = Quality {
            level: Level::Good,
            lost_up,
            lost_down: told.map_or(reported, |told| (told.loss() * 1000.0) as u16),
            round_trip: if self.round_trip_known && sent >= ENOUGH {
                self.round_trip
            } else {
                Duration::ZERO
            },
            bitrate_up: u32::try_from(self.upstreams.bitrate(now)).unwrap_or(u32::MAX),
            bitrate_down: (grown(counted.octets, before.octets) as f64 * 8.0 / span) as u32,
        };
        let queued = told.is_some_and(|told| told.queueing() >= QUEUED);
        self.condition.see(now, seen, queued)
    }
}

impl Engine {
    /// Looks at every peer from time to time.
    pub(super) fn review_quality(&mut self, now: Instant) {
        if now < self.quality_due {
            return;
        }
        self.quality_due = now + QUALITY_INTERVAL;
        for peer in self.roster.peers_mut().filter(|peer| peer.transport.is_connected()) {
            if let Some(quality) = peer.look(now) {
                self.events.push(Event::Quality { peer: peer.id, quality });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lossy(lost_down: u16) -> Quality {
        Quality { lost_down, round_trip: Duration::from_millis(40), ..Quality::default() }
    }

    fn slow(round_trip: u64) -> Quality {
        Quality { round_trip: Duration::from_millis(round_trip), ..Quality::default() }
    }

    /// What is told of qualities seen one after the other, every two seconds.
    fn told(seen: &[Quality]) -> Vec<Option<Level>> {
        let (mut condition, mut now) = (Condition::default(), Instant::now());
        let see = |one: &Quality| {
            now += QUALITY_INTERVAL;
            condition.see(now, *one, false).map(|quality| quality.level)
        };
        seen.iter().map(see).collect()
    }

    #[test]
    fn levels_are_told_once_and_do_not_flicker() {
        use Level::{Fair, Good, Poor};
        let seen = [0, 20, 31, 29, 25, 19, 99, 101, 99, 70, 60].map(lossy);
        let expected =
            [None, None, Some(Fair), None, None, Some(Good), Some(Fair), Some(Poor), None, None, Some(Fair)];
        assert_eq!(told(&seen), expected);
        let seen = [100, 299, 300, 201, 199, 700].map(slow);
        assert_eq!(told(&seen), [None, None, Some(Fair), None, Some(Good), Some(Poor)]);
    }

    #[test]
    fn figures_of_a_quality_that_is_not_good_are_told_again_where_they_differ() {
        let seen = [120, 125, 130, 180, 120, 185].map(lossy);
        let poor = Some(Level::Poor);
        assert_eq!(told(&seen), [poor, None, None, poor, None, None]);
    }

    #[test]
    fn a_full_link_is_fair_whatever_it_loses() {
        let mut condition = Condition::default();
        let quality = condition.see(Instant::now(), lossy(0), true).unwrap();
        assert_eq!(quality.level, Level::Fair);
    }

    #[test]
    fn a_few_packets_say_nothing() {
        assert_eq!([share(10, 49), share(5, 50), share(80, 60)], [0, 100, 1000]);
    }
}
