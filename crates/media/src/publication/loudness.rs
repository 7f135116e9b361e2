//! How loud a microphone is, for the control plane, which knows by it who speaks.
//!
//! A packet costs a few additions. What is told is worth telling: that somebody began to speak, how loud they are when that changed, and
//! that they stopped; nothing as long as they are silent, and never more often than [`TOLD_EVERY`].

use std::time::{Duration, Instant};

/// Between two words about one microphone.
pub const TOLD_EVERY: Duration = Duration::from_millis(250);

/// Loudness is what is left of 127 dB below the loudest sound there can be (RFC 6464, section 3): 127 is that, 0 is silence.
const LOUDEST: u8 = 127;

/// Somebody begins to speak at −45 dBov: ordinary speech is at −20 to −40, a quiet room at −60 and below.
const BEGINS: u16 = 82 << FRACTION;

/// And goes on down to −55 dBov.
const GOES_ON: u16 = 72 << FRACTION;

/// Between two words they may be quieter than that for so long.
const BETWEEN_WORDS: Duration = Duration::from_millis(300);

/// Without any packet for so long, nobody speaks: browsers send some even of silence, every 20 ms or, where they save, every 400 ms.
const MISSING: Duration = Duration::from_millis(500);

/// Louder or quieter by less, in decibels, is nothing new.
const STEP: u8 = 3;

/// Bits behind the point of the running mean.
const FRACTION: u32 = 8;

/// The mean rises by a quarter of the way with each packet, and falls by a sixteenth: 80 ms and 320 ms of packets of 20 ms. One loud packet
/// is a click.
const RISES: u32 = 2;
const FALLS: u32 = 4;

/// One microphone.
#[derive(Debug, Default)]
pub(super) struct Loudness {
    mean: u16,
    /// When it was last loud enough, while somebody speaks.
    speaks: Option<Instant>,
    /// When the last packet came.
    heard: Option<Instant>,
    /// What was told last, and when.
    told: u8,
    told_at: Option<Instant>,
    news: Option<u8>,
}

impl Loudness {
    /// A packet came whose header said this level, 0 the loudest and 127 silence.
    pub(super) fn hear(&mut self, now: Instant, level: u8) {
        let loudness = u16::from(LOUDEST.saturating_sub(level)) << FRACTION;
        self.mean = match loudness.checked_sub(self.mean) {
            Some(above) => self.mean + (above >> RISES),
            None => self.mean - ((self.mean - loudness) >> FALLS),
        };
        self.heard = Some(now);
        let enough = if self.speaks.is_some() { GOES_ON } else { BEGINS };
        if self.mean >= enough {
            self.speaks = Some(now);
        } else if self.speaks.is_some_and(|last| now.saturating_duration_since(last) >= BETWEEN_WORDS) {
            self.speaks = None;
        }
        self.tell(now);
    }

    /// The gate was closed: what was told of it is no longer true, and whoever closed it knows.
    pub(super) fn close(&mut self) {
        *self = Loudness { told_at: self.told_at, ..Loudness::default() };
    }

    /// Does what time demands.
    pub(super) fn poll(&mut self, now: Instant) {
        if self.speaks.is_some()
            && self.heard.is_none_or(|last| now.saturating_duration_since(last) >= MISSING)
        {
            (self.speaks, self.mean) = (None, 0);
        }
        if self.told > 0 {
            self.tell(now);
        }
    }

    /// When [`Loudness::poll`] is next needed: while it was told that somebody speaks.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let silent = self.heard.filter(|_| self.told > 0)? + MISSING;
        Some(self.told_at.map_or(silent, |told| silent.max(told + TOLD_EVERY)))
    }

    /// What is to be told: how loud somebody is from now on, 1 to 127, or 0 when they stopped.
    pub(super) fn take_news(&mut self) -> Option<u8> {
        self.news.take()
    }

    fn tell(&mut self, now: Instant) {
        let loudness = if self.speaks.is_some() { ((self.mean >> FRACTION) as u8).max(1) } else { 0 };
        let begins_or_stops = (loudness > 0) != (self.told > 0);
        if !begins_or_stops && (loudness == 0 || loudness.abs_diff(self.told) < STEP) {
            return;
        }
        if self.told_at.is_none_or(|last| now.saturating_duration_since(last) >= TOLD_EVERY) {
            (self.told, self.told_at, self.news) = (loudness, Some(now), Some(loudness));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: Duration = Duration::from_millis(20);
    const SPEECH: u8 = 30;
    const ROOM: u8 = 80;

    struct Mic {
        loudness: Loudness,
        start: Instant,
        now: Instant,
        told: Vec<(u128, u8)>,
    }

    impl Mic {
        fn new() -> Mic {
            let now = Instant::now();
            Mic { loudness: Loudness::default(), start: now, now, told: Vec::new() }
        }

        fn hears(&mut self, ms: u64, level: impl Fn(u64) -> u8) {
            for n in 0..ms / 20 {
                self.loudness.hear(self.now, level(n));
                self.note();
                self.now += PACKET;
            }
        }

        fn waits(&mut self, ms: u64) {
            let end = self.now + Duration::from_millis(ms);
            while let Some(at) = self.loudness.next_timeout().filter(|at| *at <= end) {
                self.now = self.now.max(at);
                self.loudness.poll(self.now);
                self.note();
            }
            self.now = end;
        }

        fn note(&mut self) {
            if let Some(loudness) = self.loudness.take_news() {
                self.told.push(((self.now - self.start).as_millis(), loudness));
            }
        }
    }

    #[test]
    fn speech_is_told_soon_and_once_while_it_stays_as_loud() {
        let mut mic = Mic::new();
        mic.hears(2_000, |_| ROOM);
        assert_eq!(mic.told, []);
        mic.hears(5_000, |_| SPEECH);
        let first = mic.told[0].0;
        assert!((2_020..2_150).contains(&first), "{:?}", mic.told);
        assert!(mic.told.len() <= 3, "{:?}", mic.told);
        assert_eq!(mic.told.last().unwrap().1.abs_diff(LOUDEST - SPEECH) / STEP, 0, "{:?}", mic.told);
    }

    #[test]
    fn silence_after_speech_is_told_and_a_gap_between_words_is_not() {
        let mut mic = Mic::new();
        mic.hears(3_000, |n| if n % 15 < 10 { SPEECH } else { ROOM });
        assert!(mic.told.iter().all(|(_, loudness)| *loudness > 0), "{:?}", mic.told);
        mic.hears(2_000, |_| ROOM);
        let (at, last) = *mic.told.last().unwrap();
        assert!(last == 0 && at < 4_000, "{:?}", mic.told);
    }

    #[test]
    fn when_packets_stay_away_nobody_speaks() {
        let mut mic = Mic::new();
        mic.hears(1_000, |_| SPEECH);
        mic.waits(5_000);
        assert_eq!(mic.told.last(), Some(&(980 + MISSING.as_millis(), 0)));
        assert_eq!(mic.loudness.next_timeout(), None, "and nothing is due");
    }

    #[test]
    fn a_single_loud_packet_is_nothing() {
        let mut mic = Mic::new();
        mic.hears(1_000, |_| ROOM);
        mic.hears(20, |_| 0);
        mic.hears(1_000, |_| ROOM);
        assert_eq!(mic.told, []);
    }

    #[test]
    fn whatever_is_said_nobody_is_told_more_than_four_times_a_second() {
        let mut mic = Mic::new();
        mic.hears(10_000, |n| (n * 37 % 60) as u8);
        assert!(mic.told.len() > 10, "there is something to tell");
        assert!(
            mic.told.windows(2).all(|pair| pair[1].0 - pair[0].0 >= TOLD_EVERY.as_millis()),
            "{:?}",
            mic.told
        );
    }

    #[test]
    fn a_closed_gate_ends_it_without_a_word() {
        let mut mic = Mic::new();
        mic.hears(1_000, |_| SPEECH);
        let told = mic.told.len();
        mic.loudness.close();
        mic.waits(2_000);
        assert_eq!(mic.told.len(), told);
        mic.hears(1_000, |_| SPEECH);
        assert!(mic.told.len() > told, "and begins anew");
    }
}
