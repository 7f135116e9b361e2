//! How well one stream is received: what a receiver report says of it (RFC 3550, section 6.4.1 and appendix A).

use std::time::{Duration, Instant};

use rtc_rtcp::reception_report::ReceptionReport;

/// Most a report can say was lost: 24 bits with a sign. Negative loss, after duplicates, is said as none.
const MAX_CUMULATIVE: u64 = 0x7f_ffff;

/// Of one SSRC.
#[derive(Debug)]
pub(super) struct Reception {
    started: Instant,
    base: u64,
    highest: u64,
    received: u64,
    expected_before: u64,
    received_before: u64,
    /// Arrival time less time stamp of the packet before, in time stamp units.
    transit: u32,
    /// Sixteen times the jitter.
    jitter: u32,
    last_sender_report: Option<(u32, Instant)>,
}

impl Reception {
    /// Starts with the first packet; `number` is extended.
    pub(super) fn new(now: Instant, number: u64, timestamp: u32) -> Self {
        Reception {
            started: now,
            base: number,
            highest: number,
            received: 1,
            expected_before: 0,
            received_before: 0,
            transit: 0u32.wrapping_sub(timestamp),
            jitter: 0,
            last_sender_report: None,
        }
    }

    /// One more packet, whatever it carried. Retransmissions on an SSRC of their own are not this stream's.
    pub(super) fn record(&mut self, now: Instant, number: u64, timestamp: u32, clock_rate: u32) {
        self.highest = self.highest.max(number);
        self.base = self.base.min(number);
        self.received += 1;
        let micros = now.saturating_duration_since(self.started).as_micros();
        let arrival = (micros * u128::from(clock_rate) / 1_000_000) as u32;
        let transit = arrival.wrapping_sub(timestamp);
        let difference = (transit.wrapping_sub(self.transit) as i32).unsigned_abs();
        self.transit = transit;
        // RFC 3550, appendix A.8, the version in integers. A time stamp that leapt says nothing of the network.
        if difference < clock_rate {
            self.jitter = (self.jitter + difference).saturating_sub((self.jitter + 8) >> 4);
        }
    }

    /// The publisher's sender report of this stream came.
    pub(super) fn sender_report(&mut self, now: Instant, ntp: u64) {
        self.last_sender_report = Some(((ntp >> 16) as u32, now));
    }

    /// Packets there must have been, and how many came.
    pub(super) fn totals(&self) -> (u64, u64) {
        (self.highest - self.base + 1, self.received)
    }

    /// Whether anything came since the last report.
    pub(super) fn has_news(&self) -> bool {
        self.received > self.received_before
    }

    /// The block of a receiver report; its fraction counts from the report before.
    pub(super) fn report(&mut self, now: Instant, ssrc: u32) -> ReceptionReport {
        let expected = self.highest - self.base + 1;
        let expected_now = expected.saturating_sub(self.expected_before);
        let received_now = self.received - self.received_before;
        self.expected_before = expected;
        self.received_before = self.received;
        let lost_now = expected_now.saturating_sub(received_now);
        let fraction_lost = (lost_now << 8).checked_div(expected_now).unwrap_or(0).min(255) as u8;
        let (last_sender_report, delay) = self
            .last_sender_report
            .map_or((0, 0), |(middle, at)| (middle, compact(now.saturating_duration_since(at))));
        ReceptionReport {
            ssrc,
            fraction_lost,
            total_lost: expected.saturating_sub(self.received).min(MAX_CUMULATIVE) as u32,
            last_sequence_number: self.highest.saturating_sub(0x1_0000) as u32,
            jitter: self.jitter >> 4,
            last_sender_report,
            delay,
        }
    }
}

/// In units of 1/65536 s.
fn compact(duration: Duration) -> u32 {
    u32::try_from((duration.as_micros() << 16) / 1_000_000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 90_000;

    fn at(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    /// Numbers in steps of 20 ms, time stamps in step with them.
    fn receive(reception: &mut Reception, start: Instant, numbers: impl IntoIterator<Item = u64>) {
        for number in numbers {
            let step = number - 0x1_0000;
            reception.record(at(start, 20 * step), number, 1800 * step as u32, RATE);
        }
    }

    #[test]
    fn loss_is_told_for_the_interval_and_in_all() {
        let start = Instant::now();
        let mut reception = Reception::new(start, 0x1_0000, 0);
        receive(&mut reception, start, 0x1_0001..0x1_0004);
        receive(&mut reception, start, [0x1_0007]);
        let report = reception.report(start, 9);
        assert_eq!((report.ssrc, report.fraction_lost, report.total_lost), (9, (3 * 256 / 8) as u8, 3));
        assert_eq!(report.last_sequence_number, 7);
        receive(&mut reception, start, 0x1_0008..0x1_000c);
        let report = reception.report(start, 9);
        assert_eq!((report.fraction_lost, report.total_lost), (0, 3));
    }

    #[test]
    fn highest_number_counts_its_cycles() {
        let start = Instant::now();
        let mut reception = Reception::new(start, 0x1_ffff, 0);
        reception.record(start, 0x2_0001, 0, RATE);
        assert_eq!(reception.report(start, 9).last_sequence_number, 0x1_0001);
    }

    #[test]
    fn duplicates_are_no_negative_loss() {
        let start = Instant::now();
        let mut reception = Reception::new(start, 0x1_0000, 0);
        receive(&mut reception, start, [0x1_0000, 0x1_0000, 0x1_0001]);
        let report = reception.report(start, 9);
        assert_eq!((report.fraction_lost, report.total_lost), (0, 0));
    }

    #[test]
    fn jitter_is_nought_in_step_and_follows_disturbance() {
        let start = Instant::now();
        let mut reception = Reception::new(start, 0x1_0000, 0);
        receive(&mut reception, start, 0x1_0001..0x1_0100);
        assert_eq!(reception.report(start, 9).jitter, 0);
        // Every second packet 10 ms late: each differs by 900 units from the one before, to which the estimate converges.
        for step in 0x100..0x200u64 {
            let late = if step % 2 == 0 { 10 } else { 0 };
            reception.record(at(start, 20 * step + late), 0x1_0000 + step, 1800 * step as u32, RATE);
        }
        let jitter = reception.report(start, 9).jitter;
        assert!((850..=900).contains(&jitter), "{jitter}");
    }

    #[test]
    fn a_sender_report_is_answered_with_its_time_and_delay() {
        let start = Instant::now();
        let mut reception = Reception::new(start, 0x1_0000, 0);
        assert_eq!(reception.report(start, 9).last_sender_report, 0);
        reception.sender_report(start, 0x1122_3344_5566_7788);
        let report = reception.report(at(start, 500), 9);
        assert_eq!((report.last_sender_report, report.delay), (0x3344_5566, 0x8000));
    }

    #[test]
    fn nothing_new_is_no_news() {
        let start = Instant::now();
        let mut reception = Reception::new(start, 0x1_0000, 0);
        assert!(reception.has_news());
        reception.report(start, 9);
        assert!(!reception.has_news());
    }
}
