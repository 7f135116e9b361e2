//! What a synthetic peer receives.

use std::time::Instant;

use crate::rtp::{Header, SequenceExtender};
use crate::sdp::answer::ServerSection;
use crate::{Kind, Mid};

/// A packet of media received.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// In which slot.
    pub mid: Mid,
    /// Sound or picture.
    pub kind: Kind,
    /// Sequence number in the slot's stream, extended; a retransmission's is that of the packet it repairs.
    pub sequence: u64,
    /// Time stamp.
    pub timestamp: u32,
    /// The RTP marker.
    pub marker: bool,
    /// Without padding, and without the number of the packet it repairs.
    pub payload: &'a [u8],
    /// Whether it was a retransmission.
    pub repaired: bool,
}

/// Where a synthetic peer receives.
#[derive(Clone, Debug)]
pub struct Slot {
    mid: Mid,
    kind: Kind,
    ssrc: u32,
    rtx_ssrc: Option<u32>,
    sequences: SequenceExtender,
    received: u64,
    /// NTP time, time stamp and arrival of the last sender report.
    report: Option<(u64, u32, Instant)>,
}

impl Slot {
    pub(super) fn new(section: &ServerSection) -> Option<Slot> {
        Some(Slot {
            mid: section.mid?,
            kind: section.kind?,
            ssrc: section.ssrc?,
            rtx_ssrc: section.rtx_ssrc,
            sequences: SequenceExtender::new(),
            received: 0,
            report: None,
        })
    }

    /// Its m-line.
    pub fn mid(&self) -> Mid {
        self.mid
    }

    /// What fits in.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Under which the server sends here.
    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Packets received, retransmissions not counted.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The last sender report: NTP time, time stamp, when it came.
    pub fn report(&self) -> Option<(u64, u32, Instant)> {
        self.report
    }

    /// Takes a packet, if it is of this slot.
    pub(super) fn receive<'a>(&mut self, packet: &'a [u8]) -> Option<Incoming<'a>> {
        let header = Header::parse(packet)?;
        let media = Incoming {
            mid: self.mid,
            kind: self.kind,
            sequence: 0,
            timestamp: header.timestamp(),
            marker: header.marker(),
            payload: header.payload(),
            repaired: false,
        };
        if header.ssrc() == self.ssrc {
            self.received += 1;
            return Some(Incoming { sequence: self.sequences.extend(header.sequence()), ..media });
        }
        if Some(header.ssrc()) != self.rtx_ssrc {
            return None;
        }
        let (original, payload) = header.payload().split_first_chunk()?;
        let sequence = self.sequences.nearest(u16::from_be_bytes(*original))?;
        Some(Incoming { sequence, payload, repaired: true, ..media })
    }

    pub(super) fn reported(&mut self, now: Instant, ntp: u64, timestamp: u32) {
        self.report = Some((ntp, timestamp, now));
    }

    /// Writes a receiver report of one block (RFC 3550, section 6.4.2), nothing lost.
    pub(super) fn write_report(&mut self, now: Instant, control: &mut Vec<u8>) {
        let Some(highest) = self.sequences.highest() else { return };
        control.extend_from_slice(&[0x81, 201, 0, 7]);
        control.extend_from_slice(&1u32.to_be_bytes());
        control.extend_from_slice(&self.ssrc.to_be_bytes());
        control.extend_from_slice(&0u32.to_be_bytes());
        control.extend_from_slice(&(highest as u32).to_be_bytes());
        control.extend_from_slice(&0u32.to_be_bytes());
        let (last, delay) = self.report.map_or((0, 0), |(ntp, _, at)| {
            let delay = now.saturating_duration_since(at).as_micros() * 65_536 / 1_000_000;
            ((ntp >> 16) as u32, delay as u32)
        });
        control.extend_from_slice(&last.to_be_bytes());
        control.extend_from_slice(&delay.to_be_bytes());
    }
}
