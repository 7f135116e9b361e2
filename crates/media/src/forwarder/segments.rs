//! Runs of outgoing numbers that belong to one layer of one publication.
//!
//! Between two switches everything is an offset: outgoing = incoming + offset. So a forwarder need not note every packet to find
//! what a viewer misses; a few runs say it all.

use super::Mapping;
use crate::Packet;

/// Runs remembered, the current one included. Older ones were over several keyframes ago.
pub const MAX_SEGMENTS: usize = 4;

/// One run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) layer: u8,
    /// Which start of the layer's stream.
    pub(super) epoch: u32,
    /// First outgoing sequence number, extended.
    pub(super) first_out: u64,
    /// The incoming one it stands for.
    pub(super) first_in: u64,
    /// Newest incoming one forwarded.
    pub(super) newest_in: u64,
    /// Added to incoming time stamps.
    pub(super) timestamp_offset: u32,
    pub(super) picture_offset: u16,
    pub(super) tl0_offset: u8,
}

impl Segment {
    /// The first of a stream. It starts in the lower half of the sequence space, where no receiver mistakes an early loss for a
    /// turn of the counter (RFC 3711, appendix A), and not at 0, so that nothing comes to depend on it.
    pub(super) fn first(packet: &Packet, ssrc: u32) -> Segment {
        Segment {
            layer: packet.layer,
            epoch: packet.epoch,
            first_out: (1 << 16) + u64::from(ssrc & 0x3fff),
            first_in: packet.sequence,
            newest_in: packet.sequence,
            timestamp_offset: 0,
            picture_offset: 0,
            tl0_offset: 0,
        }
    }

    /// The outgoing sequence number of an incoming one that is not before the run.
    pub(super) fn outgoing(&self, incoming: u64) -> u64 {
        self.first_out + incoming.saturating_sub(self.first_in)
    }

    /// The incoming one of an outgoing one, where it lies within what was forwarded.
    pub(super) fn incoming(&self, outgoing: u64) -> Option<u64> {
        let original = self.first_in + outgoing.checked_sub(self.first_out)?;
        (original <= self.newest_in).then_some(original)
    }

    /// The numbers of one packet of this run.
    pub(super) fn mapping(
        &self,
        packet: &Packet,
        sequence: u64,
        payload_type: u8,
        ssrc: u32,
        audio_level: Option<u8>,
    ) -> Mapping {
        Mapping {
            payload_type,
            ssrc,
            sequence: sequence as u16,
            timestamp: packet.timestamp.wrapping_add(self.timestamp_offset),
            picture_offset: self.picture_offset,
            tl0_offset: self.tl0_offset,
            repairs: None,
            audio_level,
        }
    }
}

/// The last few runs of a stream, oldest first.
#[derive(Debug, Default)]
pub(super) struct Segments {
    runs: [Option<Segment>; MAX_SEGMENTS],
    length: usize,
}

impl Segments {
    pub(super) fn current(&self) -> Option<&Segment> {
        self.runs[..self.length].last()?.as_ref()
    }

    pub(super) fn current_mut(&mut self) -> Option<&mut Segment> {
        self.runs[..self.length].last_mut()?.as_mut()
    }

    pub(super) fn push(&mut self, segment: Segment) {
        if self.length == MAX_SEGMENTS {
            self.runs.rotate_left(1);
            self.length -= 1;
        }
        self.runs[self.length] = Some(segment);
        self.length += 1;
    }

    pub(super) fn clear(&mut self) {
        self.length = 0;
    }

    /// The run that an outgoing sequence number fell into.
    pub(super) fn holding(&self, outgoing: u64) -> Option<&Segment> {
        self.runs[..self.length].iter().rev().flatten().find(|run| run.first_out <= outgoing)
    }
}
