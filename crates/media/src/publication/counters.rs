//! What was received, and why what was dropped was dropped.

use crate::{Kind, MAX_LAYERS, Source};

/// Counts of one peer's upstream, from its first packet on. They only grow; [`Counters::add`] sums those of many peers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets that belong to a source, by [`Kind`]: media, retransmissions, padding, whatever became of them.
    pub received: [u64; 2],
    /// Turned away by a closed gate, by [`Source::index`].
    pub gated: [u64; 3],
    /// Let in and kept, by [`Source::index`].
    pub admitted: [u64; 3],
    /// Of the camera's among these, by spatial layer, lowest first.
    pub camera_layers: [u64; MAX_LAYERS],
    /// Of those admitted, the ones that came by RTX.
    pub recovered: u64,
    /// Padding only: bandwidth probes, on the media's SSRC or on that of its retransmissions.
    pub padding: u64,
    /// Padding-only packets that came too late for their hole to be closed.
    pub late_padding: u64,
    /// Had been received before, directly or by RTX.
    pub duplicate: u64,
    /// Too old to be of use, or sent before the gate was opened.
    pub late: u64,
    /// Of no source that was negotiated, as far as one can tell.
    pub unbound: u64,
    /// With a payload type that its source was not negotiated with.
    pub unknown_payload_type: u64,
    /// Not RTP, or a payload that contradicts its format.
    pub malformed: u64,
    /// With a payload longer than [`MAX_PAYLOAD`](crate::MAX_PAYLOAD).
    pub oversized: u64,
    /// RTCP that does not parse.
    pub malformed_control: u64,
    /// Sequence numbers asked for by NACK, repetitions included.
    pub nacked: u64,
    /// Times so many packets were missing at once that a keyframe was asked for instead of them.
    pub nack_overflows: u64,
    /// Packets given up after the last NACK went unanswered.
    pub given_up: u64,
    /// Picture loss indications sent.
    pub keyframe_requests: u64,
    /// Transport-wide feedback packets sent.
    pub transport_feedback: u64,
    /// Times the transport sequence numbers leapt so far that feedback started anew.
    pub transport_leaps: u64,
    /// Packets allocated for the rings; grows while they warm up, and when another thread is slow.
    pub allocated: u64,
}

impl Counters {
    /// Packets of one kind that belong to a source.
    pub fn received(&self, kind: Kind) -> u64 {
        self.received[kind as usize]
    }

    /// Packets of one source turned away by its closed gate.
    pub fn gated(&self, source: Source) -> u64 {
        self.gated[source.index()]
    }

    /// Packets of one source let in and kept.
    pub fn admitted(&self, source: Source) -> u64 {
        self.admitted[source.index()]
    }

    /// Counts a packet that was let in.
    pub(super) fn admit(&mut self, source: Source, layer: u8) {
        self.admitted[source.index()] += 1;
        if source == Source::Camera
            && let Some(count) = self.camera_layers.get_mut(usize::from(layer))
        {
            *count += 1;
        }
    }

    /// Adds another peer's counts.
    pub fn add(&mut self, other: &Counters) {
        sum(&mut self.received, &other.received);
        sum(&mut self.gated, &other.gated);
        sum(&mut self.admitted, &other.admitted);
        sum(&mut self.camera_layers, &other.camera_layers);
        self.recovered += other.recovered;
        self.padding += other.padding;
        self.late_padding += other.late_padding;
        self.duplicate += other.duplicate;
        self.late += other.late;
        self.unbound += other.unbound;
        self.unknown_payload_type += other.unknown_payload_type;
        self.malformed += other.malformed;
        self.oversized += other.oversized;
        self.malformed_control += other.malformed_control;
        self.nacked += other.nacked;
        self.nack_overflows += other.nack_overflows;
        self.given_up += other.given_up;
        self.keyframe_requests += other.keyframe_requests;
        self.transport_feedback += other.transport_feedback;
        self.transport_leaps += other.transport_leaps;
        self.allocated += other.allocated;
    }
}

fn sum<const N: usize>(into: &mut [u64; N], from: &[u64; N]) {
    for (into, from) in into.iter_mut().zip(from) {
        *into += from;
    }
}
