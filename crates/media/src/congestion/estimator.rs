//! How much the way to one viewer carries.
//!
//! Google Congestion Control (`rtc_interceptor::Gcc`) watches the trend of delays. Three things stand beside it, for what it cannot see (docs/adr/0006):
//!
//! - [`probed`](Estimator::probed): what a probe measured. By itself the controller climbs 8 % a second.
//! - a *standing queue*: a queue that grew slowly, or is full, has no trend any more.
//! - *loss that is not of our making*: a radio link that loses a fifth of everything loses no less of less. Whether loss comes of
//!   sending too much is found out by sending less once.

use std::time::{Duration, Instant};

use rtc_interceptor::{BandwidthEstimator, Gcc, PacketReport};

use super::history::Outcome;
use super::loss::{Loss, Ruling};
use super::queue::Queue;

/// What is assumed of a way before anything is known of it, in bit/s: a middle layer and a few microphones.
pub const INITIAL_BITRATE: f64 = 1_000_000.0;

/// Never less, in bit/s: a microphone and what goes with it.
pub const MIN_BITRATE: f64 = 64_000.0;

/// Never more, in bit/s.
pub const MAX_BITRATE: f64 = 50_000_000.0;

/// After this long without a sign of a bottleneck a way counts as wide again.
pub const NARROW_FOR: Duration = Duration::from_secs(20);

/// What is taken of the received rate when there is too much on the way.
const BACK_OFF: f64 = 0.85;

/// Span over which the received rate is measured.
const RATE_SPAN: Duration = Duration::from_millis(300);

/// Without a probe nothing beyond so many times the received rate is believed: what was never sent was never seen to arrive.
const BELIEVED: f64 = 2.0;

/// A queue this long confirms a probe that found less than was thought.
const CONFIRMING_QUEUE: Duration = Duration::from_millis(60);

/// A fall of the controller's by more than this is a sign of a bottleneck.
const SIGN: f64 = 0.97;

/// Of one viewer.
pub struct Estimator {
    gcc: Gcc,
    bitrate: f64,
    proven: f64,
    received: Received,
    queue: Queue,
    loss: Loss,
    narrow: Option<Instant>,
}

impl Default for Estimator {
    fn default() -> Self {
        Estimator {
            gcc: controller(INITIAL_BITRATE),
            bitrate: INITIAL_BITRATE,
            proven: INITIAL_BITRATE,
            received: Received::default(),
            queue: Queue::default(),
            loss: Loss::default(),
            narrow: None,
        }
    }
}

impl Estimator {
    /// What may be sent, in bit/s.
    pub fn bitrate(&self) -> f64 {
        self.bitrate
    }

    /// Share of packets lost lately, 0 to 1.
    pub fn loss(&self) -> f32 {
        self.loss.recent() as f32
    }

    /// How long packets wait on the way beyond what they must.
    pub fn queueing(&self) -> Duration {
        self.queue.length()
    }

    /// Whether a bottleneck was met lately: bursts are to be avoided then.
    pub fn is_narrow(&self, now: Instant) -> bool {
        self.narrow.is_some_and(|at| now.saturating_duration_since(at) < NARROW_FOR)
    }

    /// Whether it is being found out what loss comes of: no time to send more.
    pub fn is_trying(&self, now: Instant) -> bool {
        self.loss.is_trying(now) || self.queue.is_standing(now)
    }

    /// Whether less is sent just now only to find out what loss comes of, and it may well be the way's own.
    pub fn is_testing_loss(&self, now: Instant) -> bool {
        self.loss.is_trying_gently(now)
    }

    /// Loss that is there whatever is sent, 0 to 1.
    pub fn inherent_loss(&self) -> f64 {
        self.loss.inherent()
    }

    /// Takes what one feedback told. `reports` is the same for the controller, for what arrived.
    pub fn told(&mut self, now: Instant, outcomes: &[Outcome], reports: &[PacketReport]) {
        for outcome in outcomes {
            self.loss.note(outcome);
            if let Some(arrived) = outcome.arrived {
                self.received.note(arrived, outcome.size);
                // The queue that a probe makes says nothing of what is sent without it.
                if outcome.probe == 0 {
                    self.queue.note(outcome.departed, arrived);
                }
            }
        }
        let before = self.bitrate;
        self.gcc.on_reports(now, reports);
        self.follow_controller(now, before);
        let received = self.received.bitrate().unwrap_or(before);
        if self.queue.settle(now) {
            self.back_off(now, received);
        }
        match self.loss.settle(now, self.bitrate, self.queue.length() >= CONFIRMING_QUEUE) {
            Ruling::Nothing => {}
            Ruling::SendLess => self.restart(self.bitrate.min(received * BACK_OFF)),
            Ruling::WasOurs => self.narrow = Some(now),
            Ruling::WasNotOurs { before } => self.restart(self.bitrate.max(before)),
        }
    }

    /// The controller's word, within what was seen to arrive. Its own measure of that is a second long and too low right after a start.
    fn follow_controller(&mut self, now: Instant, before: f64) {
        let target = self.gcc.target_bitrate();
        let received = self.received.bitrate();
        if target < before * SIGN {
            let least = received.map_or(target, |received| received * BACK_OFF);
            self.bitrate = before.min(target.max(least));
            self.narrow = Some(now);
            self.proven = self.bitrate;
            return;
        }
        let believed = received.map_or(before, |received| received * BELIEVED).max(self.proven).max(before);
        self.bitrate = target.clamp(before, believed).clamp(MIN_BITRATE, MAX_BITRATE);
    }

    /// A probe came through at so many bit/s; `narrowed`: it left faster than that.
    pub fn probed(&mut self, now: Instant, bitrate: f64, narrowed: bool) {
        // It goes down on a probe's word alone only where a queue says the same: what arrives in fits and starts looks narrow, too.
        let believed = bitrate > self.bitrate || self.queue.length() >= CONFIRMING_QUEUE;
        if narrowed {
            self.narrow = Some(now);
            self.queue.pardon(now);
        }
        if believed && (narrowed || bitrate > self.bitrate) {
            self.restart(bitrate);
        }
    }

    fn back_off(&mut self, now: Instant, received: f64) {
        self.narrow = Some(now);
        self.restart(self.bitrate.min(received) * BACK_OFF);
    }

    /// Goes on from another bit rate; the controller learns its filters anew.
    fn restart(&mut self, bitrate: f64) {
        self.bitrate = bitrate.clamp(MIN_BITRATE, MAX_BITRATE);
        self.proven = self.bitrate;
        self.gcc = controller(self.bitrate);
    }
}

fn controller(bitrate: f64) -> Gcc {
    Gcc::new(bitrate, MIN_BITRATE, MAX_BITRATE)
}

/// What arrives, by the viewer's clock.
#[derive(Debug, Default)]
struct Received {
    since: Option<Duration>,
    bytes: u64,
    bitrate: Option<f64>,
}

impl Received {
    fn note(&mut self, arrived: Duration, size: u16) {
        let since = *self.since.get_or_insert(arrived);
        let span = arrived.saturating_sub(since);
        if span >= RATE_SPAN {
            let measured = self.bytes as f64 * 8.0 / span.as_secs_f64();
            self.bitrate = Some(self.bitrate.map_or(measured, |known| (known + measured) / 2.0));
            (self.since, self.bytes) = (Some(arrived), 0);
        }
        self.bytes += u64::from(size);
    }

    fn bitrate(&self) -> Option<f64> {
        self.bitrate
    }
}
