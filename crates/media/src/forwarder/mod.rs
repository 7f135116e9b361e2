//! Makes one continuous RTP stream for one slot of a viewer out of whatever publication and layer the slot shows.
//!
//! The viewer's decoder never learns that the person or the layer changed: sequence numbers step by one over a switch, time
//! stamps by the time that went by, VP8 picture ids by one (always in 15 bits, whatever the publisher uses). What the publisher's network lost stays visible as a hole, so that the viewer
//! asks for it; what the server leaves out (padding, other layers, everything before a switch) leaves none.
//!
//! A picture switches only where a keyframe starts; sound at any packet. Which layer it switches to is what [`Forwarder::aim_at`] was told: the
//! spatial layer at the next keyframe of it, a lower temporal layer with the next frame, a higher one where the encoder says that one may. While a
//! lower spatial layer's keyframe is awaited, the higher one goes on with its lowest temporal layer alone: that much less is sent at once.
//! Nothing here knows time or bytes on the wire but what its arguments say.

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
use crate::congestion::{MAX_TEMPORAL, Step};
use crate::sdp::{HeaderExtensions, PayloadType, SlotTrack};
use crate::{Kind, MAX_LAYERS, Packet};

pub use clock::CaptureClock;
pub use layers::{LAYER_SILENCE, Layers, MAX_SILENCE_COUNTED, RATE_SPAN};
pub use resend::{MAX_RESENDS_REMEMBERED, Refusal};
pub use segments::MAX_SEGMENTS;
pub use write::{HEADER_ROOM, MAX_PADDING, Number, redundancy_room};

use edge::Edge;
use resend::Resends;
use segments::{Segment, Segments};

/// Largest hole kept visible, in packets. A longer one is beyond what retransmission repairs: the stream waits for a
/// keyframe and closes it.
pub const MAX_HOLE: u64 = 512;

/// As much as there is.
pub const TOP: Step = Step { spatial: MAX_LAYERS as u8 - 1, temporal: MAX_TEMPORAL as u8 - 1 };

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
    /// Added to the frame number of the dependency descriptor.
    pub frame_offset: u16,
    /// It is the last of its picture that the viewer gets, whatever its own marker says.
    pub ends: bool,
    /// Where this is a retransmission, the sequence number it repairs (RFC 4588, section 4).
    pub repairs: Option<u16>,
    /// Ids of the extensions of content that the viewer takes.
    pub taken: Taken,
}

/// Ids of the header extensions that go to a viewer with the content they tell of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The loudness (RFC 6464).
    pub audio_level: Option<u8>,
    /// The dependency descriptor, without which a browser does not decode AV1 of several spatial layers.
    pub descriptor: Option<u8>,
}

impl Taken {
    fn of(track: &SlotTrack, extensions: &HeaderExtensions) -> Taken {
        match track.kind {
            Kind::Audio => Taken { audio_level: extensions.audio_level, descriptor: None },
            Kind::Video => Taken {
                audio_level: None,
                descriptor: extensions.dependency_descriptor.filter(|_| track.described),
            },
        }
    }
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is part of the viewer's stream.
    Forward(Mapping),
    /// Not part of it, and a keyframe of this layer is needed to go on.
    AwaitsKeyframe(u8),
    /// It came late, and belongs to a frame that is left out: its number was kept for it, and is filled with padding.
    Fill(Mapping),
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
    taken: Taken,
    numbered: Option<u8>,
    chosen: Option<PayloadType>,
    /// What is wanted; `None`: nothing for now.
    aim: Option<Step>,
    /// Highest temporal layer forwarded now.
    temporal: u8,
    /// The newest picture of the current stream, by its time stamp, and whether it is forwarded.
    decided: Option<(u32, bool)>,
    /// The last picture id left out.
    left_out: Option<u16>,
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
            taken: Taken::of(track, extensions),
            numbered: extensions.transport_sequence.filter(|_| track.transport_feedback),
            chosen: None,
            aim: Some(TOP),
            temporal: TOP.temporal,
            decided: None,
            left_out: None,
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
        self.taken = Taken::of(track, extensions);
        self.numbered = extensions.transport_sequence.filter(|_| track.transport_feedback);
        self.chosen = None;
    }

    /// What the slot showed ends here: nothing of it is sent again, and the next packet has to begin a keyframe (a picture's).
    pub fn interrupt(&mut self) {
        self.segments.clear();
        self.resends.clear();
        self.decided = None;
    }

    /// What of a picture is wanted from now on; `None`: nothing.
    pub fn aim_at(&mut self, aim: Option<Step>) {
        if aim.is_none() {
            self.interrupt();
        }
        self.aim = aim;
    }

    /// What is wanted.
    pub fn aim(&self) -> Option<Step> {
        self.aim
    }

    /// The spatial layer that is shown; `None` while nothing is. `scalable`: layers share a stream, and of those there are it shows up to this
    /// one.
    pub fn shows(&self, scalable: bool) -> Option<u8> {
        self.segments.current().map(|current| if scalable { current.spatial } else { current.layer })
    }

    /// The slot's kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The SSRC its packets carry.
    pub fn ssrc(&self) -> u32 {
        self.track.ssrc.media
    }

    /// Decides over one packet of what the slot shows. `layers` is the publication's: which layers there are, and their clocks.
    pub fn forward(&mut self, packet: &Packet, layers: &Layers) -> Verdict {
        let Some(aim) = self.aim.map(|aim| Step { spatial: aim.spatial.min(self.highest(layers)), ..aim })
        else {
            return Verdict::Skip;
        };
        let Some(chosen) = self.choose(packet.codec) else { return Verdict::NoCodec };
        let starts = packet.keyframe_start;
        let target = layers.stream_of(layers.nearest(aim.spatial));
        match self.segments.current() {
            Some(current) if current.layer == packet.layer => {
                // Sequence numbers and epochs of a layer only grow, so what is lower is late, from before the run.
                if packet.sequence < current.first_in {
                    return self.late(packet, chosen);
                }
                let fits = packet.epoch == current.epoch && packet.sequence <= current.newest_in + MAX_HOLE;
                if !fits && !starts {
                    return Verdict::AwaitsKeyframe(target);
                }
                if !fits {
                    self.switch(packet, aim, layers);
                } else if !self.is_wanted(packet, aim, target) {
                    let left_out = self.leave_out(packet, chosen);
                    let waits = left_out == Verdict::Skip && self.waits_for(packet, aim);
                    return if waits { Verdict::AwaitsKeyframe(0) } else { left_out };
                }
            }
            Some(current) => {
                if packet.layer.abs_diff(target) >= current.layer.abs_diff(target) {
                    return Verdict::Skip;
                }
                if !starts {
                    return if packet.layer == target {
                        Verdict::AwaitsKeyframe(target)
                    } else {
                        Verdict::Skip
                    };
                }
                self.switch(packet, aim, layers);
            }
            None if starts => self.switch(packet, aim, layers),
            None => return Verdict::AwaitsKeyframe(target),
        }
        self.map(packet, layers, chosen)
    }

    /// The highest spatial layer that the viewer can decode: browsers that are not told of AV1's layers decode the lowest one alone.
    pub fn highest(&self, layers: &Layers) -> u8 {
        if layers.needs_descriptor() && self.taken.descriptor.is_none() { 0 } else { TOP.spatial }
    }

    /// Whether a packet is of layers that are forwarded. Decided once for a picture, so that no frame is forwarded in part.
    fn is_wanted(&mut self, packet: &Packet, aim: Step, target: u8) -> bool {
        let run = self.segments.current();
        if run.is_some_and(|run| !run.blank && packet.sequence < run.newest_in) {
            // It is late, and what was decided since is not decided by it.
            return self.is_below(packet);
        }
        if self.decided.is_none_or(|(timestamp, _)| timestamp != packet.timestamp) {
            let down = target < packet.layer && run.is_some_and(|run| run.layer == packet.layer);
            let limit = if down { 0 } else { aim.temporal };
            self.temporal = next_temporal(self.temporal, limit, packet);
            // Down at once: nothing lower needs anything higher. Up where all that is needed comes now.
            let spatial = run.map_or(TOP.spatial, |run| run.spatial);
            let moves = aim.spatial < spatial || (packet.keyframe_start && aim.spatial > spatial);
            if moves && packet.scalable.is_some() {
                self.segments.limit(packet.sequence, aim.spatial);
            }
            self.decided = Some((packet.timestamp, packet.temporal() <= self.temporal));
        }
        self.decided.is_some_and(|(_, wanted)| wanted) && self.is_below(packet)
    }

    /// Whether a packet of the current run is of no higher layers than are forwarded.
    fn is_below(&self, packet: &Packet) -> bool {
        self.segments.current().is_some_and(|run| self.was_below(run, packet))
    }

    /// The same of another run.
    fn was_below(&self, run: &Segment, packet: &Packet) -> bool {
        packet.temporal() <= self.temporal && run.has_layer_of(packet)
    }

    /// Whether a packet that is left out begins a layer that is wanted, and only a keyframe brings.
    fn waits_for(&self, packet: &Packet, aim: Step) -> bool {
        let left_out = self.segments.current().is_some_and(|run| !run.has_layer_of(packet));
        left_out && packet.scalable.is_some_and(|layer| layer.begins && layer.spatial <= aim.spatial)
    }

    /// A packet of a frame that is not forwarded: its number is closed, or, where it comes too late for that, filled.
    fn leave_out(&mut self, packet: &Packet, chosen: PayloadType) -> Verdict {
        let Some(current) = self.segments.current() else { return Verdict::Skip };
        if packet.sequence <= current.newest_in && !current.blank {
            let sequence = current.outgoing(packet.sequence);
            return Verdict::Fill(self.filling(packet, sequence, chosen));
        }
        let picture = packet.vp8.and_then(|vp8| vp8.picture_id).map(|picture| picture.value);
        let first = picture.is_some() && picture != self.left_out;
        self.left_out = picture;
        self.segments.leave_out(packet.sequence, first);
        Verdict::Skip
    }

    /// A packet from before the current run, which may be one of those before it that something left out parts from it.
    fn late(&mut self, packet: &Packet, chosen: PayloadType) -> Verdict {
        let Some(run) = self.segments.standing_for(packet) else { return Verdict::Skip };
        let sequence = run.outgoing(packet.sequence);
        let mapping = run.mapping(packet, sequence, chosen.number, self.track.ssrc.media, self.taken);
        let below = self.was_below(run, packet);
        // Of a run that is over it may be beyond the newest that was sent, and no number is used twice.
        self.edge.iter_mut().for_each(|edge| edge.reach(sequence));
        if !below {
            return Verdict::Fill(mapping);
        }
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(packet.payload().len() as u32);
        Verdict::Forward(mapping)
    }

    fn filling(&self, packet: &Packet, sequence: u64, chosen: PayloadType) -> Mapping {
        let run = self.segments.current().copied().unwrap_or_else(|| Segment::first(packet, 0));
        run.mapping(packet, sequence, chosen.number, self.track.ssrc.media, Taken::default())
    }

    /// Under which payload type redundant sound is sent, where the viewer takes it.
    pub fn redundant(&self) -> Option<u8> {
        self.track.payload_types.iter().find(|one| one.codec == Codec::Red).map(|one| one.number)
    }

    /// How many of a packet's predecessors were forwarded under the numbers right before its own.
    pub fn unbroken(&self, packet: &Packet) -> u64 {
        self.segments.current().map_or(0, |run| packet.sequence.saturating_sub(run.first_in))
    }

    /// The payload type for a codec, from the viewer's own table; the last answer is kept, for it hardly ever changes.
    fn choose(&mut self, codec: Codec) -> Option<PayloadType> {
        if self.chosen.is_none_or(|chosen| chosen.codec != codec) {
            self.chosen = self.track.payload_type_for(codec);
        }
        self.chosen
    }

    /// Begins a new run of numbers at `packet`.
    fn switch(&mut self, packet: &Packet, aim: Step, layers: &Layers) {
        let segment = match &self.edge {
            Some(edge) => edge.succeed(packet, layers.clock(packet.layer)),
            None => Segment::first(packet, self.track.ssrc.media),
        };
        // What is still to come of runs before has its numbers.
        let kept = self.segments.current().map_or(0, |current| current.first_out);
        let first_out = segment.first_out.max(kept);
        self.segments.push(Segment { first_out, spatial: aim.spatial, ..segment });
        self.temporal = aim.temporal;
        self.decided = Some((packet.timestamp, true));
    }

    fn map(&mut self, packet: &Packet, layers: &Layers, chosen: PayloadType) -> Verdict {
        let Some(current) = self.segments.current_mut() else { return Verdict::Skip };
        let sequence = current.outgoing(packet.sequence);
        let newest = self.edge.as_ref().is_none_or(|edge| sequence > edge.sequence);
        if newest {
            current.newest_in = packet.sequence;
            current.blank = false;
            let clock = layers.clock(packet.layer);
            self.edge.get_or_insert_with(|| Edge::new(packet)).advance(packet, sequence, current, clock);
        }
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(packet.payload().len() as u32);
        Verdict::Forward(current.mapping(packet, sequence, chosen.number, self.track.ssrc.media, self.taken))
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
        // A number that was kept for a packet which turned out to be of a frame left out.
        if !self.was_below(segment, packet) {
            return None;
        }
        let taken = Taken { audio_level: None, ..self.taken };
        let mut mapping = segment.mapping(packet, extended, rtx, self.track.ssrc.rtx, taken);
        mapping.repairs = Some(sequence);
        mapping.sequence = self.resends.next_sequence();
        Some(mapping)
    }

    /// The header of a packet of nothing but padding on the stream of retransmissions, for a probe; `None` where there is none.
    pub fn padding(&mut self) -> Option<Mapping> {
        let codec = self.chosen.or(self.track.payload_types.first().copied())?;
        let timestamp = self.edge.as_ref().map_or(0, |edge| edge.timestamp());
        Some(Mapping {
            payload_type: codec.rtx?,
            ssrc: self.track.ssrc.rtx,
            sequence: self.resends.next_sequence(),
            timestamp,
            picture_offset: 0,
            tl0_offset: 0,
            frame_offset: 0,
            ends: false,
            repairs: None,
            taken: Taken::default(),
        })
    }

    /// Id of the transport-wide sequence number's extension, where the viewer gives feedback on this stream.
    pub fn numbered(&self) -> Option<u8> {
        self.numbered
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

/// The highest temporal layer forwarded from this packet's picture on, which begins with it: lower at once, higher where its encoder says that
/// one may.
fn next_temporal(now: u8, limit: u8, packet: &Packet) -> u8 {
    let temporal = packet.temporal();
    if limit < now || packet.keyframe_start {
        return limit;
    }
    match &packet.scalable {
        Some(layer) if temporal <= now => layer.opens.clamp(now, limit),
        Some(_) => now,
        None if temporal > now && temporal <= limit && packet.vp8.is_none_or(|vp8| vp8.layer_sync) => {
            temporal
        }
        None => now,
    }
}

impl Mapping {
    /// Writes the packet, header and all, and `padding` bytes behind it so that it fits a train (RFC 3550, section 5.1: the last
    /// one says how many). `number` is the transport-wide sequence number and its extension's id. Returns the length; 0 where `space` is too
    /// small.
    pub fn write(&self, packet: &Packet, padding: u8, number: Option<Number>, space: &mut [u8]) -> usize {
        write::write(self, packet, padding, number, space).unwrap_or(0)
    }

    /// Writes a packet of sound with others before it, oldest first, as redundant sound of payload type `red`; 0 where `space` is too small
    /// or the others cannot be told of.
    pub fn write_redundant(
        &self,
        red: u8,
        before: &[&Packet],
        packet: &Packet,
        number: Option<Number>,
        space: &mut [u8],
    ) -> usize {
        write::write_redundant(self, red, before, packet, number, space).unwrap_or(0)
    }

    /// Writes a packet of nothing but so many bytes of padding, at least one.
    pub fn write_padding(&self, padding: u8, number: Option<Number>, space: &mut [u8]) -> usize {
        write::write_padding(self, padding, number, space).unwrap_or(0)
    }
}
