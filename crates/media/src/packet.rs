//! One RTP packet as it travels from its publisher's gate to its viewers' forwarders.

use std::time::Instant;

use crate::codec::{Codec, Scalable, vp8};
use crate::forwarder::HEADER_ROOM;
use crate::srtp::MAX_OVERHEAD;
use crate::{Kind, MAX_SENT, PublicationId};

/// Longest RTP payload taken, in bytes (1407): one that, with everything a forwarder may put around it, even as a retransmission, still
/// leaves in a datagram of [`MAX_SENT`]. Browsers stay under 1200 for the whole packet; the rest is for stacks that cut at 1400.
pub const MAX_PAYLOAD: usize = MAX_SENT - HEADER_ROOM - MAX_OVERHEAD;

/// Longest dependency descriptor taken, in bytes: a structure of three spatial and three temporal layers takes about 90, on keyframes alone.
pub(crate) const MAX_DESCRIPTOR: usize = 200;

/// Bytes of payload that a packet of sound has room for at first: Opus at 100 kbit/s. A longer one makes room for the longest there is, and
/// the packets after it in the same place find that.
const SOUND_ROOM: usize = 256;

/// The same of pictures: browsers stay under 1200 for a whole packet, and with it so does what is kept of most.
const PICTURE_ROOM: usize = 1200;

/// A packet, opened once and then shared, read-only, by everybody it is forwarded to and by the retransmission ring.
///
/// Header facts that forwarders need are read once, by the publisher's engine. The header itself is not kept: each forwarder writes its own.
///
/// Outside this crate nobody can make one: a packet is filled by [`Ring::fill`](crate::Ring::fill), which takes the gate's word for it.
#[derive(Debug)]
pub struct Packet {
    /// Whose packet this is.
    pub publication: PublicationId,
    /// Which of the publication's streams: 0 is the lowest spatial layer of simulcast; always 0 without simulcast.
    pub layer: u8,
    /// Counts the fresh starts of this layer's stream: the gate opened, or the publisher sends under another SSRC. Where it differs from
    /// the packet before, time stamps may have jumped and pictures are missing: a forwarder treats it as a switch, that is, it waits for
    /// [`keyframe_start`](Packet::keyframe_start) and sets its offsets anew.
    pub epoch: u32,
    /// Sequence number in the publisher's stream of this layer, extended past its 16 bits, padding-only packets not counted (so that
    /// they leave no hole). Never used twice for one layer of one publication, not even after the gate was closed and opened again.
    pub sequence: u64,
    /// The publisher's time stamp, in the codec's clock.
    pub timestamp: u32,
    /// The RTP marker: last packet of a frame, or start of a talk spurt.
    pub marker: bool,
    /// What the payload is.
    pub codec: Codec,
    /// A switch to this layer may happen here: the packet begins a keyframe. Always set for sound.
    pub keyframe_start: bool,
    /// The VP8 payload descriptor's facts, where the codec is VP8. A picture id of 7 bits is counted on past them here, to 15 bits;
    /// `long` tells how it stands in the payload.
    pub vp8: Option<vp8::Descriptor>,
    /// Where it stands among the layers of its stream, where the stream carries several and tells.
    pub scalable: Option<Scalable>,
    /// Audio level of RFC 6464 (0 loudest to 127 silent, in -dBov), where the header carried it.
    pub audio_level: Option<u8>,
    /// When the publisher's engine received it.
    pub arrived: Instant,
    length: u16,
    /// Bytes of the dependency descriptor, which stands behind the payload.
    described: u8,
    /// Packets that its ring keeps of this layer; a [`Replica`](crate::Replica) keeps fewer.
    pub(crate) kept: u16,
    /// Room for a payload and a descriptor, of which this packet's are the beginning.
    room: Box<[u8]>,
}

/// All that is known of a packet when it is put into a ring; the fields are those of [`Packet`].
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Spatial layer.
    pub layer: u8,
    /// Which start of the layer's stream.
    pub epoch: u32,
    /// Number in the layer's stream.
    pub sequence: u64,
    /// The publisher's time stamp.
    pub timestamp: u32,
    /// The RTP marker.
    pub marker: bool,
    /// What the payload is.
    pub codec: Codec,
    /// Whether one may switch here.
    pub keyframe_start: bool,
    /// VP8's descriptor.
    pub vp8: Option<vp8::Descriptor>,
    /// Where it stands among the layers of its stream.
    pub scalable: Option<Scalable>,
    /// Audio level.
    pub audio_level: Option<u8>,
    /// When it was received.
    pub arrived: Instant,
    /// The RTP payload without padding, at most [`MAX_PAYLOAD`] bytes.
    pub payload: &'a [u8],
    /// The dependency descriptor, where viewers cannot do without it; empty otherwise, at most 200 bytes.
    pub descriptor: &'a [u8],
}

impl Packet {
    /// An empty one, to be kept in a pool and filled again and again.
    pub(crate) fn empty(publication: PublicationId, now: Instant) -> Self {
        let room = match publication.source.kind() {
            Kind::Audio => SOUND_ROOM,
            Kind::Video => PICTURE_ROOM,
        };
        Packet {
            publication,
            layer: 0,
            epoch: 0,
            sequence: 0,
            timestamp: 0,
            marker: false,
            codec: Codec::Opus,
            keyframe_start: false,
            vp8: None,
            scalable: None,
            audio_level: None,
            arrived: now,
            length: 0,
            described: 0,
            kept: 0,
            room: vec![0; room].into_boxed_slice(),
        }
    }

    /// The temporal layer; 0 where there is none.
    pub fn temporal(&self) -> u8 {
        match &self.scalable {
            Some(scalable) => scalable.temporal,
            None => self.vp8.and_then(|vp8| vp8.temporal_layer).unwrap_or(0),
        }
    }

    /// The spatial layer, whether it is a stream of its own or shares one.
    pub fn spatial(&self) -> u8 {
        self.layer + self.scalable.map_or(0, |scalable| scalable.spatial)
    }

    /// The RTP payload, padding removed.
    pub fn payload(&self) -> &[u8] {
        &self.room[..usize::from(self.length)]
    }

    /// The dependency descriptor as its publisher wrote it; empty where none is kept.
    pub fn descriptor(&self) -> &[u8] {
        let start = usize::from(self.length);
        &self.room[start..start + usize::from(self.described)]
    }

    /// Bytes that stay the same for every viewer, near enough: payload and descriptor.
    pub fn size(&self) -> usize {
        usize::from(self.length) + usize::from(self.described)
    }

    /// Copies payload and descriptor in; `false`, and nothing changed, when they are too long to leave in a datagram.
    fn set_bytes(&mut self, payload: &[u8], descriptor: &[u8]) -> bool {
        let (start, end) = (payload.len(), payload.len() + descriptor.len());
        if descriptor.len() > MAX_DESCRIPTOR || end > MAX_PAYLOAD {
            return false;
        }
        if end > self.room.len() {
            self.room = vec![0; MAX_PAYLOAD].into_boxed_slice();
        }
        self.room[..start].copy_from_slice(payload);
        self.room[start..end].copy_from_slice(descriptor);
        (self.length, self.described) = (start as u16, descriptor.len() as u8);
        true
    }

    /// Becomes another packet; `false`, and nothing changed, when payload and descriptor are too long.
    pub(crate) fn fill(&mut self, publication: PublicationId, facts: &Facts<'_>) -> bool {
        if !self.set_bytes(facts.payload, facts.descriptor) {
            return false;
        }
        self.publication = publication;
        self.layer = facts.layer;
        self.epoch = facts.epoch;
        self.sequence = facts.sequence;
        self.timestamp = facts.timestamp;
        self.marker = facts.marker;
        self.codec = facts.codec;
        self.keyframe_start = facts.keyframe_start;
        self.vp8 = facts.vp8;
        self.scalable = facts.scalable;
        self.audio_level = facts.audio_level;
        self.arrived = facts.arrived;
        true
    }
}
