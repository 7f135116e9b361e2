//! Publishers made up for tests, and the stream a viewer would see of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::codec::{Codec, Scalable, dependency, vp8};
use crate::forwarder::{Forwarder, Layers, Mapping, Verdict};
use crate::packet::Facts;
use crate::rtp::Header;
use crate::sdp::{HeaderExtensions, PayloadType, SlotSsrc, SlotTrack};
use crate::{Kind, MAX_DATAGRAM, Mid, Packet, PeerId, PublicationId, Source, WorkerId};

pub(super) const FRAME: Duration = Duration::from_millis(33);
const DESCRIPTOR: u8 = 12;
/// Bytes of a descriptor with the structure of all layers: more than a short header extension holds.
const STRUCTURE: usize = 90;
const TICKS: u32 = 2970;
const VP9: Codec = Codec::Vp9 { profile: 0 };
pub(super) const AV1: Codec = Codec::Av1 { profile: 0 };

pub(super) fn track(kind: Kind) -> SlotTrack {
    let payload_types = match kind {
        Kind::Audio => vec![PayloadType { codec: Codec::Opus, number: 111, rtx: None }],
        Kind::Video => [(Codec::Vp8, 96), (VP9, 98), (AV1, 45)]
            .map(|(codec, number)| PayloadType { codec, number, rtx: Some(number + 1) })
            .to_vec(),
    };
    SlotTrack {
        mid: Mid::new("3").unwrap(),
        kind,
        payload_types,
        ssrc: SlotSsrc { media: 0x1234_5678, rtx: 0x9abc },
        transport_feedback: false,
        described: true,
    }
}

pub(super) fn forwarder(kind: Kind) -> Forwarder {
    let extensions = HeaderExtensions {
        audio_level: Some(1),
        dependency_descriptor: Some(DESCRIPTOR),
        ..HeaderExtensions::default()
    };
    Forwarder::new(&track(kind), &extensions)
}

/// One layer of one publisher; all its numbers are about to wrap.
#[derive(Clone)]
pub(super) struct Stream {
    publication: PublicationId,
    pub(super) layer: u8,
    pub(super) epoch: u32,
    pub(super) sequence: u64,
    pub(super) timestamp: u32,
    pub(super) picture: u16,
    tl0: u8,
    /// Of its pictures of several layers.
    pub(super) codec: Codec,
    /// The frame number of the dependency descriptor.
    frame: u16,
    /// Its picture ids have 7 bits on the wire.
    pub(super) short: bool,
    /// Zeros behind each payload.
    pub(super) filling: usize,
    /// The next frame's temporal layer, and whether one may go up to it there.
    pub(super) temporal: u8,
    pub(super) sync: bool,
}

impl Stream {
    pub(super) fn new(person: u32, layer: u8) -> Stream {
        let publication =
            PublicationId { peer: PeerId { worker: WorkerId(0), serial: person }, source: Source::Camera };
        let far = person * 7919 + u32::from(layer) * 104_729;
        Stream {
            publication,
            layer,
            epoch: 1,
            sequence: 0x1_fff0 - u64::from(layer),
            timestamp: u32::MAX - far,
            picture: 0x7ffa - layer as u16,
            tl0: 250,
            codec: VP9,
            frame: 0xfff8 - layer as u16,
            short: false,
            filling: 0,
            temporal: 0,
            sync: false,
        }
    }

    /// The packets of one frame; the stream moves on.
    pub(super) fn frame(&mut self, at: Instant, packets: usize, keyframe: bool) -> Vec<Arc<Packet>> {
        self.timestamp = self.timestamp.wrapping_add(TICKS);
        self.picture = (self.picture + 1) & 0x7fff;
        self.tl0 = self.tl0.wrapping_add(u8::from(self.temporal == 0));
        (0..packets).map(|index| self.packet(at, index == 0, index + 1 == packets, keyframe)).collect()
    }

    fn packet(&mut self, at: Instant, first: bool, last: bool, keyframe: bool) -> Arc<Packet> {
        self.sequence += 1;
        let [high, low] = (0x8000 | self.picture).to_be_bytes();
        let mut payload =
            vec![0x90 | u8::from(first) << 4, 0xe0, high, low, self.tl0, 0, self.layer, 7, 7, 7];
        if self.short {
            payload.remove(2);
            payload[2] &= 0x7f;
        }
        payload.resize(payload.len() + self.filling, 0);
        let descriptor = vp8::Descriptor {
            length: 6 - u8::from(self.short),
            picture_id: Some(vp8::PictureId { value: self.picture, long: !self.short }),
            tl0_picture_index: Some(self.tl0),
            temporal_layer: Some(self.temporal),
            layer_sync: self.sync,
            frame_start: first,
            keyframe: first && keyframe,
        };
        self.make(at, &payload, last, first && keyframe, Codec::Vp8, Some(descriptor), None)
    }

    /// Counts its frames from elsewhere on.
    pub(super) fn skip_frames(&mut self, count: u16) {
        self.frame = self.frame.wrapping_add(count);
    }

    /// One packet of sound.
    pub(super) fn sound(&mut self, at: Instant) -> Arc<Packet> {
        self.sequence += 1;
        self.timestamp = self.timestamp.wrapping_add(960);
        self.make(at, &[1, 2, 3], false, true, Codec::Opus, None, None)
    }

    /// One picture of a stream of so many spatial layers, with `packets` of each; descriptors count its frames.
    pub(super) fn picture(
        &mut self,
        at: Instant,
        layers: u8,
        packets: usize,
        keyframe: bool,
    ) -> Vec<Arc<Packet>> {
        self.timestamp = self.timestamp.wrapping_add(TICKS);
        let mut picture = Vec::new();
        for spatial in 0..layers {
            self.frame = self.frame.wrapping_add(1);
            for index in 0..packets {
                self.sequence += 1;
                let (begins, ends) = (index == 0, index + 1 == packets);
                let starts = begins && spatial == 0 && keyframe;
                let scalable = Scalable {
                    spatial,
                    temporal: self.temporal,
                    opens: if self.sync { 7 } else { self.temporal },
                    begins,
                    ends,
                    heights: if starts { heights(layers) } else { [0; 3] },
                };
                let last = ends && spatial + 1 == layers;
                let [high, low] = self.frame.to_be_bytes();
                let mut descriptor = vec![0, high, low];
                descriptor.resize(if starts { STRUCTURE } else { 3 }, 9);
                let layered = Some((scalable, &descriptor[..]));
                picture.push(self.make(at, &[spatial, 7, 7], last, starts, self.codec, None, layered));
            }
        }
        picture
    }

    #[allow(clippy::too_many_arguments, reason = "what a packet is, told once")]
    fn make(
        &self,
        arrived: Instant,
        payload: &[u8],
        marker: bool,
        keyframe_start: bool,
        codec: Codec,
        vp8: Option<vp8::Descriptor>,
        layered: Option<(Scalable, &[u8])>,
    ) -> Arc<Packet> {
        let mut packet = Packet::empty(self.publication, arrived);
        let facts = Facts {
            layer: self.layer,
            epoch: self.epoch,
            sequence: self.sequence,
            timestamp: self.timestamp,
            marker,
            codec,
            keyframe_start,
            vp8,
            scalable: layered.map(|(scalable, _)| scalable),
            descriptor: layered.map(|(_, descriptor)| descriptor).unwrap_or_default(),
            audio_level: codec.kind().eq(&Kind::Audio).then_some(33),
            arrived,
            payload,
        };
        assert!(packet.fill(self.publication, &facts));
        Arc::new(packet)
    }
}

/// What a keyframe tells of its layers' sizes.
fn heights(layers: u8) -> [u16; 3] {
    [0, 1, 2].map(|spatial| if spatial < layers { 180 << spatial } else { 0 })
}

/// What a viewer got.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) packet: Arc<Packet>,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) picture: u16,
    pub(super) tl0: u8,
    /// Of its dependency descriptor.
    pub(super) frame: Option<u16>,
    /// How often the slot had shown somebody else before.
    pub(super) shown: usize,
}

/// A viewer's slot that notes all it sends.
pub(super) struct Viewer {
    pub(super) forwarder: Forwarder,
    pub(super) layers: Layers,
    pub(super) sent: Vec<Sent>,
    pub(super) wishes: usize,
    pub(super) filled: usize,
    shown: usize,
}

impl Viewer {
    pub(super) fn new() -> Viewer {
        Viewer {
            forwarder: forwarder(Kind::Video),
            layers: Layers::default(),
            sent: Vec::new(),
            wishes: 0,
            filled: 0,
            shown: 0,
        }
    }

    /// Shows another person.
    pub(super) fn interrupt(&mut self) {
        self.forwarder.interrupt();
        self.shown += 1;
        self.layers.clear();
    }

    /// Takes a packet as the engine would; whether it was forwarded.
    pub(super) fn take(&mut self, packet: &Arc<Packet>) -> bool {
        self.layers.take(packet);
        match self.forwarder.forward(packet, &self.layers) {
            Verdict::Forward(mapping) => {
                self.sent.push(Sent { shown: self.shown, ..sent(packet, &mapping) });
                true
            }
            verdict => {
                self.wishes += usize::from(matches!(verdict, Verdict::AwaitsKeyframe(_)));
                self.filled += usize::from(matches!(verdict, Verdict::Fill(_)));
                false
            }
        }
    }
}

/// Reads back what was written.
pub(super) fn sent(packet: &Arc<Packet>, mapping: &Mapping) -> Sent {
    let mut space = [0; MAX_DATAGRAM];
    let length = mapping.write(packet, 0, None, &mut space);
    let header = Header::parse(&space[..length]).unwrap();
    let payload = header.payload();
    let descriptor = vp8_fields(payload, packet);
    Sent {
        packet: Arc::clone(packet),
        sequence: header.sequence(),
        timestamp: header.timestamp(),
        marker: header.marker(),
        picture: descriptor.0,
        tl0: descriptor.1,
        frame: frame(&header, packet),
        shown: 0,
    }
}

/// The frame number of the descriptor that was written, all of which but that has to be the publisher's.
fn frame(header: &Header<'_>, packet: &Packet) -> Option<u16> {
    let written = header.extension(Some(DESCRIPTOR))?;
    let bare = |descriptor: &[u8]| (descriptor[0], descriptor[3..].to_vec());
    assert_eq!(bare(written), bare(packet.descriptor()));
    dependency::frame_number(written)
}

fn vp8_fields(payload: &[u8], packet: &Packet) -> (u16, u8) {
    match packet.vp8 {
        Some(_) => (u16::from_be_bytes([payload[2], payload[3]]) & 0x7fff, payload[4]),
        None => (0, 0),
    }
}
