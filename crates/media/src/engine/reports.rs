//! Sender reports to viewers (RFC 3550, section 6.4.1): which moment a time stamp stands for, so that sound and picture of a person
//! are played together, and how much was sent.

use std::time::{Duration, Instant};

use super::Engine;
use super::peer::Peer;

/// How often a viewer gets reports: as browsers send theirs.
pub const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// How soon after the first assignment the first ones go out.
pub(super) const FIRST_REPORT: Duration = Duration::from_millis(200);

/// Longest RTCP datagram written.
const MAX_CONTROL: usize = 1_100;

/// NTP time at which an engine starts. Its clock is monotonic and tells durations; nobody is told the time of day.
const NTP_START: u64 = 0xee00_0000_0000_0000;

/// What all streams of this server share (RFC 3550, section 6.5.1), as in the SDP.
const CNAME: &[u8] = crate::sdp::CNAME.as_bytes();

const SENDER_REPORT: u8 = 200;
const SOURCE_DESCRIPTION: u8 = 202;
const SENDER_REPORT_LENGTH: usize = 28;
/// Header, SSRC, the item and at least one zero, filled up to a word.
const DESCRIPTION_LENGTH: usize = (8 + 2 + CNAME.len() + 1).next_multiple_of(4);

impl Engine {
    /// This engine's NTP time, 32.32 bits.
    pub(super) fn ntp(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.epoch);
        let fraction = (u64::from(passed.subsec_nanos()) << 32) / 1_000_000_000;
        NTP_START.wrapping_add((passed.as_secs() << 32) | fraction)
    }

    /// Sends a peer's reports when they are due.
    pub(super) fn report_to(&mut self, now: Instant, index: u32) {
        let ntp = self.ntp(now);
        let Some(peer) = self.roster.get_mut(index) else { return };
        if peer.report_due.is_none_or(|due| due > now) {
            return;
        }
        let watches = peer.slots.iter().any(|slot| slot.feed.is_some());
        peer.report_due = watches.then(|| now + REPORT_INTERVAL);
        if !peer.transport.is_connected() {
            return;
        }
        let mut control = [0; MAX_CONTROL];
        let mut used = 0;
        for at in 0..peer.slots.len() {
            let Some(report) = report(peer, at, now, ntp) else { continue };
            if used + report.len() > MAX_CONTROL {
                peer.transport.seal_rtcp(&control[..used], &mut self.outbox);
                used = 0;
            }
            control[used..used + report.len()].copy_from_slice(&report);
            used += report.len();
            self.counters.sender_reports += 1;
        }
        if used > 0 {
            peer.transport.seal_rtcp(&control[..used], &mut self.outbox);
        }
    }
}

/// The report and description of one slot's stream; `None` while nothing is sent on it.
fn report(
    peer: &Peer,
    at: usize,
    now: Instant,
    ntp: u64,
) -> Option<[u8; SENDER_REPORT_LENGTH + DESCRIPTION_LENGTH]> {
    let forwarder = &peer.slots.get(at)?.forwarder;
    let timestamp = forwarder.timestamp_at(now)?;
    let (packets, octets) = forwarder.sent();
    let ssrc = forwarder.ssrc().to_be_bytes();
    let mut bytes = [0; SENDER_REPORT_LENGTH + DESCRIPTION_LENGTH];
    let (report, description) = bytes.split_at_mut(SENDER_REPORT_LENGTH);
    report[..4].copy_from_slice(&[0x80, SENDER_REPORT, 0, words(SENDER_REPORT_LENGTH)]);
    report[4..8].copy_from_slice(&ssrc);
    report[8..16].copy_from_slice(&ntp.to_be_bytes());
    report[16..20].copy_from_slice(&timestamp.to_be_bytes());
    report[20..24].copy_from_slice(&packets.to_be_bytes());
    report[24..28].copy_from_slice(&octets.to_be_bytes());
    description[..4].copy_from_slice(&[0x81, SOURCE_DESCRIPTION, 0, words(DESCRIPTION_LENGTH)]);
    description[4..8].copy_from_slice(&ssrc);
    description[8..10].copy_from_slice(&[1, CNAME.len() as u8]);
    description[10..10 + CNAME.len()].copy_from_slice(CNAME);
    Some(bytes)
}

/// An RTCP packet's length field: its words less one.
const fn words(bytes: usize) -> u8 {
    (bytes / 4 - 1) as u8
}
