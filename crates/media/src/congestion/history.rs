//! What was sent to one viewer and not told of yet: flat, by transport-wide sequence number.

use std::time::{Duration, Instant};

use rtc_interceptor::PacketReport;
use rtc_rtcp::transport_feedbacks::cc_feedback_report::Ecn;

use crate::twcc::{Status, TICK_MICROS};

/// Packets remembered at first: half a second of one camera and a few microphones.
const FIRST_LENGTH: usize = 256;

/// And at most, by when feedback comes that is older: four times as many packets in a round trip as any viewer is sent.
pub const MAX_HISTORY: usize = 4096;

/// Unit of departure times. 32 bits of it are nineteen hours, and only spans of seconds are looked at.
const DEPARTURE_MICROS: u32 = 16;

/// One packet that left.
#[derive(Clone, Copy, Debug, Default)]
struct Sent {
    /// In [`DEPARTURE_MICROS`] since the history began, wrapping.
    departed: u32,
    /// On the wire, in bytes without IP and UDP headers.
    size: u16,
    /// The probe it was part of; 0 for none.
    probe: u8,
    known: Known,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Known {
    /// Never sent, or told of already.
    #[default]
    Over,
    UnderWay,
    /// Told to be missing; it may still turn out to be late.
    Missing,
}

/// What feedback says of one packet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Since the history began.
    pub departed: Duration,
    /// By the viewer's clock; `None` when it was lost.
    pub arrived: Option<Duration>,
    /// Bytes.
    pub size: u16,
    /// The probe it was part of; 0 for none.
    pub probe: u8,
    /// It was told to be lost before.
    pub late: bool,
}

impl Outcome {
    /// The same in the estimator's words.
    pub fn report(&self, epoch: Instant) -> PacketReport {
        PacketReport {
            ssrc: 0,
            id: 0,
            rtp_sequence_number: 0,
            is_twcc: true,
            twcc_sequence_number: 0,
            size: usize::from(self.size),
            arrived: self.arrived.is_some(),
            departure: epoch + self.departed,
            arrival: self.arrived,
            ecn: Ecn::NotEct,
        }
    }
}

/// The last packets sent to one viewer.
#[derive(Debug)]
pub struct History {
    epoch: Instant,
    sent: Vec<Sent>,
    /// The next packet's number, counted on past its 16 bits.
    next: u64,
    /// The last reference time, counted on past its 24 bits.
    reference: Option<i64>,
    /// Feedback came for packets that were forgotten.
    outgrown: bool,
}

impl History {
    /// Empty; memory comes with the first packet.
    pub fn new(epoch: Instant) -> Self {
        History { epoch, sent: Vec::new(), next: 1, reference: None, outgrown: false }
    }

    /// When it began: what departures count from.
    pub fn epoch(&self) -> Instant {
        self.epoch
    }

    /// The number under which the next packet leaves.
    pub fn next(&self) -> u16 {
        self.next as u16
    }

    /// A packet left under [`History::next`].
    pub fn sent(&mut self, now: Instant, size: usize, probe: u8) {
        if self.sent.is_empty() {
            self.sent.resize(FIRST_LENGTH, Sent::default());
        }
        let departed = now.saturating_duration_since(self.epoch).as_micros() / u128::from(DEPARTURE_MICROS);
        let at = self.place(self.next);
        self.sent[at] = Sent { departed: departed as u32, size: size as u16, probe, known: Known::UnderWay };
        self.next += 1;
    }

    /// Counts a feedback's reference time on past its 24 bits, in whichever direction is shorter.
    pub fn extend_reference(&mut self, reference: u32) -> i64 {
        let extended = self.reference.map_or(i64::from(reference), |last| {
            let step = (reference.wrapping_sub(last as u32) << 8).cast_signed() >> 8;
            last + i64::from(step)
        });
        self.reference = Some(extended);
        extended
    }

    /// What a status of a feedback says that was not known before.
    pub fn told(&mut self, now: Instant, status: Status) -> Option<Outcome> {
        let behind = (self.next as u16).wrapping_sub(status.sequence);
        // Numbers ahead of what was sent are somebody's invention.
        let number = self.next.checked_sub(u64::from(behind)).filter(|_| behind > 0 && behind < 0x8000)?;
        if usize::from(behind) > self.sent.len() {
            self.outgrown = true;
            return None;
        }
        let (epoch, at) = (self.epoch, self.place(number));
        let sent = self.sent.get_mut(at)?;
        let late = sent.known == Known::Missing;
        sent.known = match (sent.known, status.arrived) {
            (Known::Over, _) | (Known::Missing, None) => return None,
            (Known::UnderWay, None) => Known::Missing,
            (Known::UnderWay | Known::Missing, Some(_)) => Known::Over,
        };
        Some(Outcome {
            departed: departed(epoch, now, sent.departed),
            arrived: status.arrived.map(|tick| Duration::from_micros(tick.max(0) as u64 * TICK_MICROS)),
            size: sent.size,
            probe: sent.probe,
            late,
        })
    }

    /// Makes room for a longer round trip, if it was found too short. Off the path of packets.
    pub fn grow(&mut self) {
        if !std::mem::take(&mut self.outgrown) || self.sent.len() >= MAX_HISTORY {
            return;
        }
        let old = std::mem::take(&mut self.sent);
        self.sent = vec![Sent::default(); (2 * old.len()).max(FIRST_LENGTH)];
        for number in self.next.saturating_sub(old.len() as u64)..self.next {
            let at = self.place(number);
            self.sent[at] = old[(number % old.len() as u64) as usize];
        }
    }

    fn place(&self, number: u64) -> usize {
        (number % self.sent.len().max(1) as u64) as usize
    }
}

/// Since `epoch`, in whole: the turn of the 32 bits that lies in the hours before `now`.
fn departed(epoch: Instant, now: Instant, ticks: u32) -> Duration {
    let passed = (now.saturating_duration_since(epoch).as_micros() / u128::from(DEPARTURE_MICROS)) as u64;
    let ago = (passed as u32).wrapping_sub(ticks);
    Duration::from_micros(passed.saturating_sub(u64::from(ago)) * u64::from(DEPARTURE_MICROS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrived(sequence: u16, tick: i64) -> Status {
        Status { sequence, arrived: Some(tick) }
    }

    #[test]
    fn a_packet_is_told_of_once_and_lost_ones_may_be_late() {
        let start = Instant::now();
        let mut history = History::new(start);
        for _ in 0..3 {
            history.sent(start + Duration::from_millis(32), 1200, 0);
        }
        let now = start + Duration::from_millis(100);
        let first = history.told(now, arrived(1, 400)).unwrap();
        assert_eq!((first.departed, first.size), (Duration::from_millis(32), 1200));
        assert_eq!(first.arrived, Some(Duration::from_millis(100)));
        assert_eq!(history.told(now, arrived(1, 400)), None, "again");
        assert!(history.told(now, Status { sequence: 2, arrived: None }).is_some_and(|one| !one.late));
        assert_eq!(history.told(now, Status { sequence: 2, arrived: None }), None);
        assert!(history.told(now, arrived(2, 500)).is_some_and(|one| one.late));
    }

    #[test]
    fn numbers_never_sent_are_not_believed() {
        let start = Instant::now();
        let mut history = History::new(start);
        assert_eq!(history.told(start, arrived(1, 0)), None);
        history.sent(start, 100, 0);
        for sequence in [0, 2, 3, 0x7fff, 0x8001] {
            assert_eq!(history.told(start, arrived(sequence, 0)), None, "{sequence}");
        }
    }

    #[test]
    fn numbers_and_reference_times_wrap() {
        let start = Instant::now();
        let mut history = History::new(start);
        for _ in 0..70_000 {
            history.sent(start, 100, 0);
        }
        assert!(history.told(start, arrived(69_999u32 as u16, 0)).is_some());
        assert_eq!(history.extend_reference(0xff_ffff), 0xff_ffff);
        assert_eq!(history.extend_reference(2), 0x100_0002);
        assert_eq!(history.extend_reference(0xff_fffe), 0xff_fffe);
    }

    #[test]
    fn it_grows_when_feedback_is_older_than_it_remembers() {
        let start = Instant::now();
        let mut history = History::new(start);
        for _ in 0..300 {
            history.sent(start, 100, 0);
        }
        assert_eq!(history.told(start, arrived(20, 0)), None);
        history.grow();
        assert!(history.told(start, arrived(299, 0)).is_some(), "what it had is still there");
        for _ in 0..300 {
            history.sent(start, 100, 0);
        }
        assert!(history.told(start, arrived(301 - 200, 0)).is_some());
    }
}
