//! Runs of outgoing numbers that belong to one layer of one publication.
//!
//! Between two switches everything is an offset: outgoing = incoming + offset. So a forwarder need not note every packet to find
//! what a viewer misses; a few runs say it all. A frame left out on purpose (a temporal layer the viewer does not get) ends a run and begins
//! the next one, whose offsets close the gap; what is merely missing stays a hole within a run.

use std::collections::VecDeque;

use super::{Mapping, TOP, Taken};
use crate::Packet;

/// Runs remembered of a stream that leaves nothing out, the current one included. Older ones were over several keyframes ago.
const FEW_SEGMENTS: usize = 4;

/// Runs remembered at most: two seconds of 60 frames of which every second one is left out.
pub const MAX_SEGMENTS: usize = 64;

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
    /// Newest incoming one forwarded, of the current run; in one that is over, the last it could stand for.
    pub(super) newest_in: u64,
    /// Nothing of it was forwarded yet: it began where something was left out.
    pub(super) blank: bool,
    /// Highest spatial layer forwarded, of a stream that carries several. It is the run's, not the viewer's: what comes late, or again, of a picture
    /// is part of it as the picture was sent.
    pub(super) spatial: u8,
    /// Added to incoming time stamps.
    pub(super) timestamp_offset: u32,
    pub(super) picture_offset: u16,
    pub(super) tl0_offset: u8,
    pub(super) frame_offset: u16,
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
            blank: false,
            spatial: TOP.spatial,
            timestamp_offset: 0,
            picture_offset: 0,
            tl0_offset: 0,
            frame_offset: 0,
        }
    }

    /// The outgoing sequence number of an incoming one that is not before the run.
    pub(super) fn outgoing(&self, incoming: u64) -> u64 {
        self.first_out + incoming.saturating_sub(self.first_in)
    }

    /// The incoming one of an outgoing one, where it lies within what was forwarded.
    pub(super) fn incoming(&self, outgoing: u64) -> Option<u64> {
        let original = self.first_in + outgoing.checked_sub(self.first_out)?;
        (original <= self.newest_in && !self.blank).then_some(original)
    }

    /// Whether a packet is of no higher spatial layer than are forwarded.
    pub(super) fn has_layer_of(&self, packet: &Packet) -> bool {
        packet.scalable.is_none_or(|layer| layer.spatial <= self.spatial)
    }

    /// Whether a packet is the last that the viewer gets of its picture, though others followed.
    fn ends_at(&self, packet: &Packet) -> bool {
        self.spatial < TOP.spatial
            && packet.scalable.is_some_and(|layer| layer.ends && layer.spatial == self.spatial)
    }

    /// The numbers of one packet of this run.
    pub(super) fn mapping(
        &self,
        packet: &Packet,
        sequence: u64,
        payload_type: u8,
        ssrc: u32,
        taken: Taken,
    ) -> Mapping {
        Mapping {
            payload_type,
            ssrc,
            sequence: sequence as u16,
            timestamp: packet.timestamp.wrapping_add(self.timestamp_offset),
            picture_offset: self.picture_offset,
            tl0_offset: self.tl0_offset,
            frame_offset: self.frame_offset,
            ends: self.ends_at(packet),
            repairs: None,
            taken,
        }
    }
}

/// The last few runs of a stream, oldest first.
#[derive(Debug, Default)]
pub(super) struct Segments {
    runs: VecDeque<Segment>,
}

impl Segments {
    pub(super) fn current(&self) -> Option<&Segment> {
        self.runs.back()
    }

    pub(super) fn current_mut(&mut self) -> Option<&mut Segment> {
        self.runs.back_mut()
    }

    /// A switch.
    pub(super) fn push(&mut self, segment: Segment) {
        if self.runs.capacity() == 0 {
            self.runs.reserve_exact(FEW_SEGMENTS);
        }
        if self.runs.len() == self.runs.capacity() {
            self.runs.pop_front();
        }
        self.runs.push_back(segment);
    }

    /// The incoming number `dropped`, newest so far of the current run's layer, is left out; `frame`: it is the first of its frame, whose
    /// picture id is left out with it.
    pub(super) fn leave_out(&mut self, dropped: u64, frame: bool) {
        let Some(current) = self.runs.back_mut() else { return };
        let picture_offset = current.picture_offset.wrapping_sub(u16::from(frame));
        if dropped == current.first_in && current.blank {
            current.first_in = dropped + 1;
            current.picture_offset = picture_offset;
            return;
        }
        let next = Segment {
            first_out: current.outgoing(dropped),
            first_in: dropped + 1,
            newest_in: dropped + 1,
            blank: true,
            picture_offset,
            ..*current
        };
        if !current.blank || dropped > current.first_in {
            current.newest_in = dropped - 1;
            current.blank = false;
        }
        // Once: a viewer that gets less than all needs more runs.
        if self.runs.capacity() < MAX_SEGMENTS {
            self.runs.reserve_exact(MAX_SEGMENTS - self.runs.len());
        }
        self.push(next);
    }

    /// From the incoming number `first` on, newest so far of the current run's layer, up to this spatial layer is forwarded.
    pub(super) fn limit(&mut self, first: u64, spatial: u8) {
        let Some(current) = self.runs.back_mut() else { return };
        if current.blank && first == current.first_in {
            current.spatial = spatial;
            return;
        }
        let next = Segment {
            first_out: current.outgoing(first),
            first_in: first,
            newest_in: first,
            blank: true,
            spatial,
            ..*current
        };
        current.newest_in = first - 1;
        current.blank = false;
        self.push(next);
    }

    pub(super) fn clear(&mut self) {
        self.runs.clear();
    }

    /// The run that an outgoing sequence number fell into.
    pub(super) fn holding(&self, outgoing: u64) -> Option<&Segment> {
        self.runs.iter().rev().find(|run| run.first_out <= outgoing && !run.blank)
    }

    /// The run that stands for a late packet of the current layer; `None` when it was left out, or is from before the last switch.
    pub(super) fn standing_for(&self, packet: &Packet) -> Option<&Segment> {
        let of_it = |run: &&Segment| run.layer == packet.layer && run.epoch == packet.epoch;
        self.runs
            .iter()
            .rev()
            .take_while(of_it)
            .find(|run| (run.first_in..=run.newest_in).contains(&packet.sequence) && !run.blank)
    }
}
