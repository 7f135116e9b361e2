//! Finding out whether more would come through: for a moment padding is sent beside the media, so that both together come to the rate in
//! question, and the viewer's feedback tells how far apart it all arrived.

use std::time::{Duration, Instant};

use super::history::Outcome;

/// How long a probe lasts at most ...
pub const PROBE_SPAN: Duration = Duration::from_millis(50);

/// ... and at least, ...
const SHORTEST_SPAN: Duration = Duration::from_millis(25);

/// ... or as long as it takes to send enough packets of padding to tell anything, ...
const LEAST_BYTES: f64 = 2_500.0;
const LONGEST_SPAN: Duration = Duration::from_millis(150);

/// ... as long as what does not fit waits no longer than this on the way.
const MOST_WAITING: Duration = Duration::from_millis(70);

/// Between two portions of a probe.
const PORTION: Duration = Duration::from_millis(5);

/// A probe ends after so many packets at the latest: 25 Mbit/s of the smallest there are.
const MAX_PROBE_PACKETS: u32 = 600;

/// Fewer packets than this tell nothing.
const LEAST_PACKETS: u32 = 6;

/// For feedback on the last packet of a probe, beyond the round trip.
const PATIENCE: Duration = Duration::from_millis(400);

/// Between two probes at least: the first finds a wide way open at once.
const LEAST_PAUSE: Duration = Duration::from_millis(250);

/// Between two probes at most, while a way stays as narrow as it was: how long somebody whose way became wide again waits for it to be seen.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// What arrives slower than this share of what was sent was held up.
const HELD_UP: f64 = 0.85;

/// What is taken of the rate that came through.
const TAKEN: f64 = 0.95;

/// What a probe found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// In bit/s.
    pub bitrate: f64,
    /// It left faster than it arrived.
    pub narrowed: bool,
}

/// A probe under way.
#[derive(Debug)]
struct Probe {
    id: u8,
    bitrate: f64,
    started: Instant,
    span: Duration,
    /// Media and padding sent as part of it.
    bytes: u64,
    packets: u32,
    sending: bool,
    told: Told,
}

/// What feedback told of it.
#[derive(Debug, Default)]
struct Told {
    packets: u32,
    lost: u32,
    bytes: u64,
    first: Option<(Duration, Duration, u16)>,
    last: Option<(Duration, Duration, u16)>,
    sent_bytes: u64,
}

/// Of one viewer.
#[derive(Debug, Default)]
pub struct Prober {
    probe: Option<Probe>,
    last_id: u8,
    not_before: Option<Instant>,
    pause: Duration,
}

impl Prober {
    /// Whether another may begin.
    pub fn is_ready(&self, now: Instant) -> bool {
        self.probe.is_none() && self.not_before.is_none_or(|at| at <= now)
    }

    /// Whether none is under way.
    pub fn is_idle(&self) -> bool {
        self.probe.is_none()
    }

    /// When another may begin, if none is under way.
    pub fn ready_at(&self) -> Option<Instant> {
        self.not_before.filter(|_| self.probe.is_none())
    }

    /// Begins one at so many bit/s, on a way that is known to carry `known`.
    pub fn begin(&mut self, now: Instant, bitrate: f64, known: f64) {
        let excess = (bitrate / known.max(1.0) - 1.0).max(0.1);
        let least = Duration::from_secs_f64(LEAST_BYTES * 8.0 / bitrate.max(1.0)).max(SHORTEST_SPAN);
        let span = MOST_WAITING
            .div_f64(excess)
            .clamp(least.min(LONGEST_SPAN), PROBE_SPAN.max(least).min(LONGEST_SPAN));
        self.last_id = self.last_id.checked_add(1).unwrap_or(1);
        self.probe = Some(Probe {
            id: self.last_id,
            bitrate,
            started: now,
            span,
            bytes: 0,
            packets: 0,
            sending: true,
            told: Told::default(),
        });
    }

    /// The probe that what is sent now is part of; 0 for none.
    pub fn id(&self) -> u8 {
        self.probe.as_ref().filter(|probe| probe.sending).map_or(0, |probe| probe.id)
    }

    /// A packet left as part of it.
    pub fn sent(&mut self, size: usize) {
        if let Some(probe) = self.probe.as_mut().filter(|probe| probe.sending) {
            probe.bytes += size as u64;
            probe.packets += 1;
        }
    }

    /// Bytes of padding that are due now.
    pub fn due(&mut self, now: Instant) -> usize {
        let Some(probe) = self.probe.as_mut().filter(|probe| probe.sending) else { return 0 };
        let passed = now.saturating_duration_since(probe.started);
        if passed > probe.span || probe.packets >= MAX_PROBE_PACKETS {
            probe.sending = false;
            return 0;
        }
        let until = (passed + PORTION).min(probe.span);
        let wanted = probe.bitrate / 8.0 * until.as_secs_f64();
        (wanted as usize).saturating_sub(probe.bytes as usize)
    }

    /// Feedback told of a packet.
    pub fn told(&mut self, outcome: &Outcome) {
        let Some(probe) = self.probe.as_mut().filter(|probe| probe.id == outcome.probe && probe.id != 0)
        else {
            return;
        };
        let told = &mut probe.told;
        if !outcome.late {
            told.packets += 1;
            told.sent_bytes += u64::from(outcome.size);
        }
        let Some(arrived) = outcome.arrived else {
            told.lost += 1;
            return;
        };
        told.lost -= u32::from(outcome.late && told.lost > 0);
        told.bytes += u64::from(outcome.size);
        let this = (outcome.departed, arrived, outcome.size);
        told.first = Some(told.first.map_or(this, |first| if this.1 < first.1 { this } else { first }));
        told.last = Some(told.last.map_or(this, |last| if this.1 >= last.1 { this } else { last }));
    }

    /// What was found, once all that can be known is.
    pub fn settle(&mut self, now: Instant, round_trip: Duration, inherent_loss: f64) -> Option<Finding> {
        let probe = self.probe.as_ref().filter(|probe| !probe.sending)?;
        let complete = probe.told.packets >= probe.packets;
        if !complete && now < probe.started + probe.span + round_trip + PATIENCE {
            return None;
        }
        let finding = probe.told.finding(inherent_loss);
        let reached = finding.is_some_and(|finding| !finding.narrowed);
        self.probe = None;
        self.pause =
            if reached { LEAST_PAUSE } else { (self.pause * 2).clamp(2 * LEAST_PAUSE, LONGEST_PAUSE) };
        self.not_before = Some(now + self.pause);
        finding
    }

    /// Something said that the way is full: no probe for a while.
    pub fn hold_off(&mut self, now: Instant) {
        let until = now + Duration::from_secs(1);
        self.not_before = Some(self.not_before.map_or(until, |at| at.max(until)));
    }

    /// When [`Prober::due`] or [`Prober::settle`] is needed next.
    pub fn next_timeout(&self, now: Instant, round_trip: Duration) -> Option<Instant> {
        let probe = self.probe.as_ref()?;
        Some(if probe.sending { now + PORTION } else { probe.started + probe.span + round_trip + PATIENCE })
    }
}

impl Told {
    /// Both rates leave out one packet: so many bytes take the time between the first and the last.
    fn finding(&self, inherent_loss: f64) -> Option<Finding> {
        let ((first_left, first_came, first_size), (last_left, last_came, last_size)) =
            (self.first?, self.last?);
        if self.packets - self.lost.min(self.packets) < LEAST_PACKETS {
            return None;
        }
        let left = last_left.saturating_sub(first_left).max(Duration::from_millis(1)).as_secs_f64();
        let came = last_came.saturating_sub(first_came).max(Duration::from_millis(1)).as_secs_f64();
        let sent = (self.sent_bytes.saturating_sub(u64::from(last_size))) as f64 * 8.0 / left;
        // What the way loses by itself it would have carried.
        let lost = f64::from(self.lost) / f64::from(self.packets);
        let carried =
            self.bytes.saturating_sub(u64::from(first_size)) as f64 / (1.0 - lost.min(inherent_loss + 0.05));
        let received = carried * 8.0 / came;
        let narrowed = received < sent * HELD_UP;
        Some(Finding { bitrate: sent.min(received) * TAKEN, narrowed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A probe of so many bit/s over a way that carries `carries`; `lose` says which packets are lost.
    fn probe(bitrate: f64, carries: f64, lose: impl Fn(u32) -> bool) -> Option<Finding> {
        let (mut prober, start) = (Prober::default(), Instant::now());
        prober.begin(start, bitrate, bitrate);
        let (mut outcomes, mut free, mut count) = (Vec::new(), Duration::ZERO, 0);
        for step in 0..=PROBE_SPAN.as_millis() as u64 {
            let at = Duration::from_millis(step);
            let mut due = prober.due(start + at);
            while due > 0 && prober.id() != 0 {
                let size = 275usize;
                prober.sent(size);
                due = due.saturating_sub(size);
                count += 1;
                free = free.max(at) + Duration::from_secs_f64(size as f64 * 8.0 / carries);
                let arrived = (!lose(count)).then_some(free);
                outcomes.push(Outcome {
                    departed: at,
                    arrived,
                    size: size as u16,
                    probe: prober.id(),
                    late: false,
                });
            }
        }
        let end = start + PROBE_SPAN + Duration::from_millis(1);
        assert_eq!(prober.due(end), 0);
        outcomes.iter().for_each(|outcome| prober.told(outcome));
        prober.settle(end, Duration::ZERO, 0.3)
    }

    #[test]
    fn a_wide_way_carries_what_was_sent() {
        let found = probe(3e6, 1e9, |_| false).unwrap();
        assert!(!found.narrowed && (2.6e6..3.4e6).contains(&found.bitrate), "{found:?}");
    }

    #[test]
    fn a_narrow_way_shows_what_it_carries() {
        let found = probe(3e6, 1e6, |_| false).unwrap();
        assert!(found.narrowed && (0.85e6..1.05e6).contains(&found.bitrate), "{found:?}");
    }

    #[test]
    fn loss_that_the_way_has_in_itself_does_not_make_it_narrow() {
        let found = probe(3e6, 1e9, |count| count % 4 == 0).unwrap();
        assert!(!found.narrowed && found.bitrate > 2.4e6, "{found:?}");
    }

    #[test]
    fn nothing_told_is_nothing_found_and_another_waits() {
        let (mut prober, start) = (Prober::default(), Instant::now());
        prober.begin(start, 1e6, 1e6);
        prober.due(start);
        prober.sent(1000);
        let end = start + PROBE_SPAN * 2;
        prober.due(end);
        assert_eq!(prober.settle(end, Duration::ZERO, 0.0), None);
        assert!(!prober.is_ready(end), "still waiting for feedback");
        let late = end + PATIENCE;
        assert_eq!(prober.settle(late, Duration::ZERO, 0.0), None);
        assert!(!prober.is_ready(late) && prober.is_ready(late + LONGEST_PAUSE));
    }
}
