//! Whether loss comes of sending too much.
//!
//! Loss alone does not tell. So the first time it is considerable, less is sent for a moment: if it goes away, it was a bottleneck's; if it
//! stays, the way has it in itself, and only what exceeds that counts from then on.

use std::time::{Duration, Instant};

use super::history::Outcome;

/// Loss beyond what the way has in itself that is to be looked into.
pub const CONSIDERABLE: f64 = 0.1;

/// What is looked at together: at least so long and so many packets.
const WINDOW: Duration = Duration::from_millis(700);
const WINDOW_PACKETS: u32 = 25;

/// A window that is not full by then never will be.
const QUIET: Duration = Duration::from_secs(3);

/// Time before a cut can show.
const SETTLE: Duration = Duration::from_millis(400);

/// A trial without an outcome is given up.
const TRIAL_LASTS: Duration = Duration::from_secs(3);

/// Loss that is still this share of what it was has not gone away.
const STAYED: f64 = 0.6;

/// A way does not lose more than this by itself: what does is too narrow, or of no use for pictures.
const MOST_INHERENT: f64 = 0.4;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ruling {
    Nothing,
    /// To find out.
    SendLess,
    /// It went away with what is sent no more.
    WasOurs,
    /// It stayed: on with as much as before.
    WasNotOurs {
        before: f64,
    },
}

#[derive(Debug)]
struct Trial {
    loss: f64,
    before: f64,
    counts_from: Instant,
}

/// Of one viewer.
#[derive(Debug, Default)]
pub(super) struct Loss {
    since: Option<Instant>,
    told: u32,
    lost: u32,
    recent: f64,
    inherent: f64,
    trial: Option<Trial>,
}

impl Loss {
    pub(super) fn note(&mut self, outcome: &Outcome) {
        match (outcome.arrived.is_some(), outcome.late) {
            (true, true) => self.lost = self.lost.saturating_sub(1),
            (true, false) => self.told += 1,
            (false, _) => {
                self.told += 1;
                self.lost += 1;
            }
        }
    }

    /// A feedback was read whole; `bitrate` is what may be sent now, and `queued` says that packets wait on the way.
    pub(super) fn settle(&mut self, now: Instant, bitrate: f64, queued: bool) -> Ruling {
        let since = *self.since.get_or_insert(now);
        if self.trial.as_ref().is_some_and(|trial| now < trial.counts_from) {
            (self.since, self.told, self.lost) = (Some(now), 0, 0);
            return Ruling::Nothing;
        }
        let span = now.saturating_duration_since(since);
        if span < WINDOW || self.told < WINDOW_PACKETS {
            if span >= QUIET {
                // Too few packets to tell anything by: what was is forgotten little by little.
                self.recent /= 2.0;
                (self.since, self.told, self.lost) = (Some(now), 0, 0);
            }
            return Ruling::Nothing;
        }
        let loss = f64::from(self.lost) / f64::from(self.told);
        (self.since, self.told, self.lost) = (Some(now), 0, 0);
        self.recent = (self.recent + loss) / 2.0;
        self.rule(now, loss, bitrate, queued)
    }

    fn rule(&mut self, now: Instant, loss: f64, bitrate: f64, queued: bool) -> Ruling {
        if let Some(trial) = self.trial.take() {
            // A full queue is a bottleneck's, though what is sent may not have become less: there may be one layer alone.
            if queued || loss < trial.loss * STAYED || loss > MOST_INHERENT {
                return Ruling::WasOurs;
            }
            self.inherent = loss.max(trial.loss.min(MOST_INHERENT));
            return Ruling::WasNotOurs { before: trial.before };
        }
        if loss > self.inherent + CONSIDERABLE {
            self.trial = Some(Trial { loss, before: bitrate, counts_from: now + SETTLE });
            return Ruling::SendLess;
        }
        let pace = if loss < self.inherent { 0.03 } else { 0.05 };
        self.inherent += (loss - self.inherent) * pace;
        Ruling::Nothing
    }

    pub(super) fn recent(&self) -> f64 {
        self.recent
    }

    pub(super) fn inherent(&self) -> f64 {
        self.inherent
    }

    /// Whether the loss being looked into may well be the way's own.
    pub(super) fn is_trying_gently(&self, now: Instant) -> bool {
        self.is_trying(now) && self.trial.as_ref().is_some_and(|trial| trial.loss <= MOST_INHERENT)
    }

    /// Whether it is being found out what loss comes of. Where hardly anything is sent any more, it never will be.
    pub(super) fn is_trying(&self, now: Instant) -> bool {
        self.trial.as_ref().is_some_and(|trial| now < trial.counts_from + TRIAL_LASTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A way on which `loses` says what share is lost at a bit rate; the bit rate after so many seconds, and how often it was cut.
    fn run(seconds: u64, loses: impl Fn(f64) -> f64) -> (f64, usize) {
        let (mut loss, start) = (Loss::default(), Instant::now());
        let (mut bitrate, mut cuts, mut owed) = (2e6, 0, 0.0);
        for step in 0..seconds * 20 {
            for _ in 0..10 {
                owed += loses(bitrate);
                let lost = owed >= 1.0;
                owed -= f64::from(u8::from(lost));
                let arrived = (!lost).then_some(Duration::ZERO);
                loss.note(&Outcome { departed: Duration::ZERO, arrived, size: 1000, probe: 0, late: false });
            }
            match loss.settle(start + Duration::from_millis(50 * step), bitrate, false) {
                Ruling::SendLess => {
                    cuts += 1;
                    bitrate *= 0.7 * (1.0 - loses(bitrate));
                }
                Ruling::WasNotOurs { before } => bitrate = before,
                Ruling::Nothing | Ruling::WasOurs => {}
            }
        }
        (bitrate, cuts)
    }

    #[test]
    fn a_way_that_loses_by_itself_is_cut_once_and_goes_on_as_before() {
        assert_eq!(run(30, |_| 0.3), (2e6, 1));
    }

    #[test]
    fn a_bottleneck_is_obeyed() {
        let (bitrate, _) = run(30, |bitrate| (1.0 - 1e6 / bitrate).max(0.0));
        assert!(bitrate < 1e6, "{bitrate}");
    }

    #[test]
    fn a_little_loss_is_nothing() {
        assert_eq!(run(30, |_| 0.05), (2e6, 0));
    }
}
