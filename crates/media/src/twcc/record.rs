//! Transport-wide feedback: when each of a peer's packets arrived, whatever its stream, so that the peer can find out how fast it may send
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01).
//!
//! Feedback goes out every [`FEEDBACK_INTERVAL`] while packets come. It begins after the last packet of the feedback before, or with a
//! late packet that was told to be missing there; packets told of twice do no harm. Written straight into bytes: the wire's chunks
//! are simple, and this happens twenty times a second for every publisher.

use std::time::{Duration, Instant};

use super::write::{self as wire, Status};
use crate::rtp::SequenceExtender;

/// Time between two feedback packets; browsers expect 50 to 250 ms.
pub const FEEDBACK_INTERVAL: Duration = Duration::from_millis(50);

/// Transport sequence numbers remembered: at 1200 packets a second, more than a second's.
pub(crate) const HISTORY: usize = 2048;

/// Packets one feedback packet tells of at most, missing ones included: at three bytes each at worst it still fits into a datagram.
pub(crate) const MAX_STATUSES: u64 = 320;

/// Feedback packets of one interval at most.
pub(crate) const MAX_PACKETS: u64 = (HISTORY as u64).div_ceil(MAX_STATUSES);

/// No arrival: neither a time nor a number can be this.
const ABSENT: u64 = u64::MAX;

/// Of one peer.
#[derive(Debug)]
pub struct TransportFeedback {
    /// Time 0 of the arrival times.
    epoch: Option<Instant>,
    extender: SequenceExtender,
    /// Arrival times in [`wire::TICK_MICROS`], by extended number modulo [`HISTORY`]; empty until the first packet.
    arrivals: Vec<u64>,
    highest: u64,
    /// The first number the next feedback tells of.
    next: u64,
    /// Which feedback packet it is.
    count: u8,
    /// When feedback is due; `None` when nothing arrived since the last.
    due: Option<Instant>,
    sent: Option<Instant>,
    /// A stream of the peer's own, for its demultiplexer's sake.
    media_ssrc: u32,
    leaps: u64,
}

impl Default for TransportFeedback {
    fn default() -> Self {
        TransportFeedback::new()
    }
}

impl TransportFeedback {
    /// Of a peer that nothing has come from yet.
    pub fn new() -> Self {
        TransportFeedback {
            epoch: None,
            extender: SequenceExtender::new(),
            arrivals: Vec::new(),
            highest: 0,
            next: 0,
            count: 0,
            due: None,
            sent: None,
            media_ssrc: 0,
            leaps: 0,
        }
    }

    /// A packet with this transport sequence number arrived.
    pub fn record(&mut self, now: Instant, sequence: u16, ssrc: u32) {
        let epoch = *self.epoch.get_or_insert(now);
        let number = self.extender.extend(sequence);
        let tick = (now.saturating_duration_since(epoch).as_micros() / u128::from(wire::TICK_MICROS)) as u64;
        if self.arrivals.is_empty() {
            self.arrivals.resize(HISTORY, ABSENT);
            (self.highest, self.next) = (number, number);
        }
        let duplicate = number <= self.highest && self.arrivals[slot(number)] != ABSENT;
        if duplicate || number + HISTORY as u64 <= self.highest {
            return;
        }
        self.advance(number);
        self.arrivals[slot(number)] = tick;
        self.media_ssrc = ssrc;
        self.next = self.next.min(number);
        self.due.get_or_insert_with(|| match self.sent {
            Some(sent) if sent + FEEDBACK_INTERVAL > now => sent + FEEDBACK_INTERVAL,
            _ => now + FEEDBACK_INTERVAL,
        });
    }

    /// Makes room for a number above the highest.
    fn advance(&mut self, number: u64) {
        if number <= self.highest {
            return;
        }
        if number - self.highest >= HISTORY as u64 {
            self.arrivals.fill(ABSENT);
            self.next = number;
            self.leaps += 1;
        } else {
            (self.highest + 1..number).for_each(|skipped| self.arrivals[slot(skipped)] = ABSENT);
            self.next = self.next.max((number + 1).saturating_sub(HISTORY as u64));
        }
        self.highest = number;
    }

    /// When feedback is due.
    pub fn next_timeout(&self) -> Option<Instant> {
        self.due
    }

    /// How often numbers leapt further than is remembered.
    pub fn leaps(&self) -> u64 {
        self.leaps
    }

    /// Writes the feedback that is due: each call of `write` is one RTCP packet. Returns how many.
    pub fn poll(&mut self, now: Instant, sender_ssrc: u32, mut write: impl FnMut(&[u8])) -> u64 {
        if self.due.is_none_or(|due| now < due) {
            return 0;
        }
        self.due = None;
        self.sent = Some(now);
        let mut packets = 0;
        while packets < MAX_PACKETS && self.next <= self.highest {
            let statuses = (self.next..=self.highest).take(MAX_STATUSES as usize).map(|number| {
                match self.arrivals[slot(number)] {
                    ABSENT => Status::Missing,
                    tick => Status::Arrived { tick },
                }
            });
            let head = wire::Head {
                sender_ssrc,
                media_ssrc: self.media_ssrc,
                base: self.next as u16,
                count: self.count,
            };
            let mut buffer = [0; wire::MAX_LENGTH];
            let (told, length) = wire::write(&mut buffer, &head, statuses);
            self.next += told.max(1);
            if length > 0 {
                write(&buffer[..length]);
                self.count = self.count.wrapping_add(1);
                packets += 1;
            }
        }
        packets
    }
}

fn slot(number: u64) -> usize {
    (number % HISTORY as u64) as usize
}

#[cfg(test)]
mod tests;
