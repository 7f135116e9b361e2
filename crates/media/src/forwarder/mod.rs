//! Makes one continuous RTP stream for one slot of a viewer out of whatever publication and layer the slot shows.
//!
//! The viewer's decoder never learns that the person or the layer changed: sequence numbers step by one over a switch, time
//! stamps by the time that went by, VP8 picture ids by one (always in 15 bits, whatever the publisher uses). What the publisher's network lost stays visible as a hole, so that the viewer
//! asks for it; what the server leaves out (padding, other layers, everything before a switch) leaves none.
//!
//! A picture switches only where a keyframe starts; sound at any packet. Nothing here knows time or bytes on the wire but what its
//! arguments say.

mod clock;
mod edge;
mod layers;
mod resend;
mod segments;
mod write;

#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use crate::codec::Codec;
use crate::sdp::{HeaderExtensions, PayloadType, SlotTrack};
use crate::{Kind, Packet};

pub use clock::CaptureClock;
pub use layers::{LAYER_SILENCE, Layers, MAX_SILENCE_COUNTED};
pub use resend::{MAX_RESENDS_REMEMBERED, Refusal};
pub use segments::MAX_SEGMENTS;
pub use write::{HEADER_ROOM, MAX_PADDING};

use edge::Edge;
use resend::Resends;
use segments::{Segment, Segments};

/// Largest hole kept visible, in packets. A longer one is beyond what retransmission repairs: the stream waits for a
/// keyframe and closes it.
pub const MAX_HOLE: u64 = 512;

/// Numbers under which one packet leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// In the viewer's own table.
    pub payload_type: u8,
    /// The slot's, or that of its retransmissions.
    pub ssrc: u32,
    /// On the wire.
    pub sequence: u16,
    /// On the wire.
    pub timestamp: u32,
    /// Added to the VP8 picture id, modulo 2^15.
    pub picture_offset: u16,
    /// Added to TL0PICIDX.
    pub tl0_offset: u8,
    /// Where this is a retransmission, the sequence number it repairs (RFC 4588, section 4).
    pub repairs: Option<u16>,
    /// Id of the audio level extension, where the viewer takes it.
    pub audio_level: Option<u8>,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is part of the viewer's stream.
    Forward(Mapping),
    /// Not part of it, and a keyframe of the wanted layer is needed to go on.
    AwaitsKeyframe,
    /// Not part of it: another layer, or from before the switch.
    Skip,
    /// The viewer has no such codec.
    NoCodec,
}

/// The stream of one slot. Its numbers survive every change of what the slot shows; another SSRC is another stream.
#[derive(Debug)]
pub struct Forwarder {
    kind: Kind,
    track: SlotTrack,
    audio_level: Option<u8>,
    chosen: Option<PayloadType>,
    segments: Segments,
    edge: Option<Edge>,
    resends: Resends,
    packets: u32,
    octets: u32,
}

impl Forwarder {
    /// A stream that nothing was sent on yet.
    pub fn new(track: &SlotTrack, extensions: &HeaderExtensions) -> Self {
        Forwarder {
            kind: track.kind,
            track: track.clone(),
            audio_level: extensions.audio_level,
            chosen: None,
            segments: Segments::default(),
            edge: None,
            resends: Resends::default(),
            packets: 0,
            octets: 0,
        }
    }

    /// The viewer offered again: payload types and extensions may differ, the stream goes on. Under another SSRC than before it is a
    /// new stream, and nothing of the old one is in it: neither its numbers, which a report would count, nor what could be sent again.
    pub fn renegotiate(&mut self, track: &SlotTrack, extensions: &HeaderExtensions) {
        if track.ssrc.media != self.track.ssrc.media {
            *self = Forwarder::new(track, extensions);
            return;
        }
        self.track = track.clone();
        self.audio_level = extensions.audio_level;
        self.chosen = None;
    }

    /// What the slot showed ends here: nothing of it is sent again, and the next packet has to begin a keyframe (a picture's).
    pub fn interrupt(&mut self) {
        self.segments.clear();
        self.resends.clear();
    }

    /// The slot's kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The SSRC its packets carry.
    pub fn ssrc(&self) -> u32 {
        self.track.ssrc.media
    }

    /// Decides over one packet of what the slot shows. `layers` is the publication's: which layer is wanted, and its clocks.
    pub fn forward(&mut self, packet: &Packet, layers: &Layers) -> Verdict {
        let Some(chosen) = self.choose(packet.codec) else { return Verdict::NoCodec };
        let starts = packet.keyframe_start;
        match self.segments.current() {
            Some(current) if current.layer == packet.layer => {
                // Sequence numbers and epochs of a layer only grow, so what is lower is late, from before the run.
                if packet.sequence < current.first_in {
                    return Verdict::Skip;
                }
                let fits = packet.epoch == current.epoch && packet.sequence <= current.newest_in + MAX_HOLE;
                if !fits && !starts {
                    return Verdict::AwaitsKeyframe;
                }
                if !fits {
                    self.switch(packet, layers);
                }
            }
            Some(current) => {
                if !layers.prefers(packet.layer, current.layer) {
                    return Verdict::Skip;
                }
                if !starts {
                    return if packet.layer == layers.target() {
                        Verdict::AwaitsKeyframe
                    } else {
                        Verdict::Skip
                    };
                }
                self.switch(packet, layers);
            }
            None if starts => self.switch(packet, layers),
            None => return Verdict::AwaitsKeyframe,
        }
        self.map(packet, layers, chosen)
    }

    /// The payload type for a codec, from the viewer's own table; the last answer is kept, for it hardly ever changes.
    fn choose(&mut self, codec: Codec) -> Option<PayloadType> {
        if self.chosen.is_none_or(|chosen| chosen.codec != codec) {
            self.chosen = self.track.payload_types.iter().copied().find(|one| one.codec == codec);
        }
        self.chosen
    }

    /// Begins a new run of numbers at `packet`.
    fn switch(&mut self, packet: &Packet, layers: &Layers) {
        let segment = match &self.edge {
            Some(edge) => edge.succeed(packet, layers.clock(packet.layer)),
            None => Segment::first(packet, self.track.ssrc.media),
        };
        self.segments.push(segment);
    }

    fn map(&mut self, packet: &Packet, layers: &Layers, chosen: PayloadType) -> Verdict {
        let Some(current) = self.segments.current_mut() else { return Verdict::Skip };
        let sequence = current.outgoing(packet.sequence);
        let newest = self.edge.as_ref().is_none_or(|edge| sequence > edge.sequence);
        if newest {
            current.newest_in = packet.sequence;
            let clock = layers.clock(packet.layer);
            self.edge.get_or_insert_with(|| Edge::new(packet)).advance(packet, sequence, current, clock);
        }
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(packet.payload().len() as u32);
        Verdict::Forward(current.mapping(
            packet,
            sequence,
            chosen.number,
            self.track.ssrc.media,
            self.audio_level,
        ))
    }

    /// Looks up what was sent under a sequence number that the viewer misses: the layer and sequence number in the publisher's stream.
    /// `spacing` is how long the same packet is not sent again: about a round trip.
    pub fn missed(&mut self, now: Instant, sequence: u16, spacing: Duration) -> Result<(u8, u64), Refusal> {
        let edge = self.edge.as_ref().ok_or(Refusal::NotSent)?;
        let extended = edge.extend(sequence).ok_or(Refusal::NotSent)?;
        let segment = self.segments.holding(extended).ok_or(Refusal::NotSent)?;
        let original = segment.incoming(extended).ok_or(Refusal::NotSent)?;
        self.resends.allow(now, sequence, spacing)?;
        Ok((segment.layer, original))
    }

    /// The numbers under which `packet`, found by [`Forwarder::missed`] for `sequence`, is sent again; `None` where the viewer takes no
    /// retransmissions of its codec.
    pub fn resend(&mut self, packet: &Packet, sequence: u16) -> Option<Mapping> {
        let rtx = self.choose(packet.codec)?.rtx?;
        let extended = self.edge.as_ref()?.extend(sequence)?;
        let segment = self.segments.holding(extended)?;
        let mut mapping = segment.mapping(packet, extended, rtx, self.track.ssrc.rtx, None);
        mapping.repairs = Some(sequence);
        mapping.sequence = self.resends.next_sequence();
        Some(mapping)
    }

    /// Packets and payload octets sent so far, wrapping (RFC 3550, section 6.4.1).
    pub fn sent(&self) -> (u32, u32) {
        (self.packets, self.octets)
    }

    /// The viewer's time stamp of what is captured at `now`; `None` while nothing is shown.
    pub fn timestamp_at(&self, now: Instant) -> Option<u32> {
        self.segments.current()?;
        self.edge.as_ref().map(|edge| edge.timestamp_at(now))
    }
}

impl Mapping {
    /// Writes the packet, header and all, and `padding` bytes behind it so that it fits a train (RFC 3550, section 5.1: the last
    /// one says how many). Returns the length; 0 where `space` is too small.
    pub fn write(&self, packet: &Packet, padding: u8, space: &mut [u8]) -> usize {
        write::write(self, packet, padding, space).unwrap_or(0)
    }
}
