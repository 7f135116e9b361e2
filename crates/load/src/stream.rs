//! One outgoing RTP stream and its retransmissions, as a browser would number and name them.

use std::collections::VecDeque;

use media::codec::Codec;
use media::rtp::{Extension, Fields, MAX_HEADER, write_header};
use media::sdp::{HeaderExtensions, PayloadType};
use media::{Mid, Source};

use crate::Micros;
use crate::marker::{MARKER_BYTES, Marker, NO_FRAME, Tag};
use crate::reel::Payload;

/// Packets kept for retransmission.
pub(crate) const KEPT: usize = 256;

/// Longest packet written, in bytes.
pub(crate) const MAX_PACKET: usize = MAX_HEADER + 2 + 1400;

/// Padding packets are filled like Chromium's.
const PROBE_PADDING: u8 = 255;

/// RFC 3550, section 5.1.
const PADDING_BIT: u8 = 0x20;

/// Bytes before the frame's own in a VP8 payload: X and its bits, a picture id of 15 bits, TL0PICIDX and the temporal layer (RFC 7741,
/// section 4.2).
pub(crate) const DESCRIPTOR: usize = 6;
/// A keyframe's header (RFC 6386, section 9.1).
const FRAME_HEADER: usize = 10;
/// Shortest payload: descriptor, frame header and marker.
const MIN_PAYLOAD: usize = DESCRIPTOR + FRAME_HEADER + MARKER_BYTES;

/// Who sends the stream, and as what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    pub(crate) sender: Tag,
    pub(crate) source: Source,
    pub(crate) layer: u8,
    pub(crate) mid: Mid,
    pub(crate) rid: Option<&'static str>,
    pub(crate) ssrc: u32,
    pub(crate) rtx_ssrc: u32,
    pub(crate) payload_type: PayloadType,
    pub(crate) extensions: HeaderExtensions,
}

/// What one packet of a frame is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// The frame's time.
    pub(crate) timestamp: u32,
    pub(crate) payload: Payload,
    pub(crate) keyframe: bool,
    pub(crate) first: bool,
    pub(crate) last: bool,
}

/// The level of somebody who speaks: -20 dBov.
const VOICE: u8 = 20;

/// The stream.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) names: Names,
    /// The server has reported on it, so that mid and rid need not be said any more.
    pub(crate) acknowledged: bool,
    /// How loud it says it is: 0 the loudest, 127 silence, in -dBov (RFC 6464).
    pub(crate) level: u8,
    /// Packets and payload octets, for sender reports.
    pub(crate) packets: u32,
    pub(crate) octets: u32,
    sequence: u16,
    rtx_sequence: u16,
    counter: u32,
    picture: u16,
    frame: u8,
    kept: VecDeque<Kept>,
}

#[derive(Debug)]
struct Kept {
    sequence: u16,
    timestamp: u32,
    last: bool,
    payload: Vec<u8>,
}

impl Stream {
    /// A stream that has sent nothing. Its numbers start at `sequence`, in the lower half, so that both ends agree on the rollover counter.
    pub(crate) fn new(names: Names, sequence: u16) -> Stream {
        Stream {
            names,
            acknowledged: false,
            level: VOICE,
            packets: 0,
            octets: 0,
            sequence: sequence & 0x7fff,
            rtx_sequence: sequence >> 2,
            counter: 0,
            picture: sequence & 0x7fff,
            frame: 0,
            kept: VecDeque::with_capacity(KEPT),
        }
    }

    /// How many packets with a marker it has made.
    pub(crate) fn made(&self) -> u32 {
        self.counter
    }

    /// Makes the next packet, keeps it, and writes it to `space`; returns its length.
    pub(crate) fn next(
        &mut self,
        now: Micros,
        shape: &Shape,
        transport: u16,
        space: &mut [u8; MAX_PACKET],
    ) -> usize {
        let mut payload = match self.kept.len() {
            KEPT => self.kept.pop_front().map(|old| old.payload).unwrap_or_default(),
            _ => Vec::new(),
        };
        payload.clear();
        let frame = self.fill(shape, &mut payload);
        if shape.last || frame == NO_FRAME {
            let Names { sender, source, layer, .. } = self.names;
            Marker { sender, source, layer, counter: self.counter, frame, sent: now }.write(&mut payload);
        }
        self.counter += 1;
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(payload.len() as u32);
        let kept = Kept { sequence: self.sequence, timestamp: shape.timestamp, last: shape.last, payload };
        self.sequence = self.sequence.wrapping_add(1);
        let length = self.write(&kept, transport, space);
        self.kept.push_back(kept);
        length
    }

    /// Fills an empty payload, a marker's place included; returns the number of the clip's frame it shows.
    fn fill(&mut self, shape: &Shape, payload: &mut Vec<u8>) -> u16 {
        let vp8 = self.names.payload_type.codec == Codec::Vp8;
        if vp8 {
            payload.extend(self.descriptor(shape.first));
        }
        match shape.payload {
            Payload::Clip { bytes, frame } => {
                payload.extend_from_slice(bytes);
                frame
            }
            Payload::Filling(length) => {
                payload.resize(length.clamp(MIN_PAYLOAD, MAX_PACKET - MAX_HEADER - 2), 0xa5);
                if !vp8 {
                    // An Opus packet's first byte: CELT, full band, 20 ms, one frame (RFC 6716, section 3.1).
                    payload[0] = 0xf8;
                } else if shape.first {
                    // Shown, first partition of 0 bytes; the lowest bit says that it is no keyframe. Then start code and 640 by 360.
                    let tag = 0x10 | u8::from(!shape.keyframe);
                    let header = [tag, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01];
                    payload[DESCRIPTOR..DESCRIPTOR + FRAME_HEADER].copy_from_slice(&header);
                }
                NO_FRAME
            }
        }
    }

    fn descriptor(&mut self, first: bool) -> [u8; DESCRIPTOR] {
        if first {
            self.picture = (self.picture + 1) & 0x7fff;
            self.frame = self.frame.wrapping_add(1);
        }
        let [high, low] = (0x8000 | self.picture).to_be_bytes();
        [if first { 0x90 } else { 0x80 }, 0xe0, high, low, self.frame, 0]
    }

    fn write(&self, kept: &Kept, transport: u16, space: &mut [u8; MAX_PACKET]) -> usize {
        let fields = Fields {
            payload_type: self.names.payload_type.number,
            marker: kept.last && self.names.source != Source::Mic,
            sequence: kept.sequence,
            timestamp: kept.timestamp,
            ssrc: self.names.ssrc,
        };
        let start = self.write_header(&fields, false, transport, space);
        let end = start + kept.payload.len();
        space[start..end].copy_from_slice(&kept.payload);
        end
    }

    /// Writes a packet sent before once more, as a retransmission (RFC 4588, section 4); `None` when it is kept no more or the stream has
    /// no retransmissions.
    pub(crate) fn again(
        &mut self,
        sequence: u16,
        transport: u16,
        space: &mut [u8; MAX_PACKET],
    ) -> Option<usize> {
        let rtx = self.names.payload_type.rtx?;
        let at = self.kept.iter().position(|kept| kept.sequence == sequence)?;
        let fields = self.rtx_fields(rtx, self.kept[at].timestamp, self.kept[at].last);
        let start = self.write_header(&fields, true, transport, space);
        let payload = &self.kept[at].payload;
        let end = start + 2 + payload.len();
        space[start..start + 2].copy_from_slice(&sequence.to_be_bytes());
        space[start + 2..end].copy_from_slice(payload);
        Some(end)
    }

    /// The newest packet's number.
    pub(crate) fn newest(&self) -> Option<u16> {
        self.kept.back().map(|kept| kept.sequence)
    }

    /// A probe on the retransmission stream: nothing but padding.
    pub(crate) fn padding(&mut self, transport: u16, space: &mut [u8; MAX_PACKET]) -> Option<usize> {
        let rtx = self.names.payload_type.rtx?;
        let timestamp = self.kept.back().map_or(0, |kept| kept.timestamp);
        let fields = self.rtx_fields(rtx, timestamp, false);
        let start = self.write_header(&fields, true, transport, space);
        Some(pad(space, start))
    }

    /// A probe on the stream itself: nothing but padding, and a sequence number is used up.
    pub(crate) fn gap(&mut self, transport: u16, space: &mut [u8; MAX_PACKET]) -> usize {
        let fields = Fields {
            payload_type: self.names.payload_type.number,
            marker: false,
            sequence: self.sequence,
            timestamp: self.kept.back().map_or(0, |kept| kept.timestamp),
            ssrc: self.names.ssrc,
        };
        self.sequence = self.sequence.wrapping_add(1);
        let start = self.write_header(&fields, false, transport, space);
        pad(space, start)
    }

    fn rtx_fields(&mut self, number: u8, timestamp: u32, marker: bool) -> Fields {
        self.rtx_sequence = self.rtx_sequence.wrapping_add(1);
        Fields {
            payload_type: number,
            marker,
            sequence: self.rtx_sequence,
            timestamp,
            ssrc: self.names.rtx_ssrc,
        }
    }

    fn write_header(
        &self,
        fields: &Fields,
        rtx: bool,
        transport: u16,
        space: &mut [u8; MAX_PACKET],
    ) -> usize {
        let ids = &self.names.extensions;
        let transport = transport.to_be_bytes();
        let level = [0x80 | self.level];
        let mut extensions = [Extension { id: 0, data: &[] }; 4];
        let mut count = 0;
        let mut add = |id: Option<u8>, data| {
            if let Some(id) = id {
                extensions[count] = Extension { id, data };
                count += 1;
            }
        };
        if !self.acknowledged {
            add(ids.mid, self.names.mid.as_str().as_bytes());
            if let Some(rid) = self.names.rid {
                add(if rtx { ids.repaired_rid } else { ids.rid }, rid.as_bytes());
            }
        }
        match self.names.source {
            Source::Mic => add(ids.audio_level, &level),
            _ => add(ids.transport_sequence, &transport),
        }
        // The space is long enough and the ids are those of the agreed extensions, so this cannot fail.
        write_header(space, fields, &extensions[..count]).unwrap_or(0)
    }
}

/// Padding and nothing else behind a header.
fn pad(space: &mut [u8; MAX_PACKET], start: usize) -> usize {
    let end = start + usize::from(PROBE_PADDING);
    space[start..end].fill(0);
    space[end - 1] = PROBE_PADDING;
    space[0] |= PADDING_BIT;
    end
}

#[cfg(test)]
mod tests {
    use media::codec::vp8::Descriptor;
    use media::rtp::Header;
    use media::sdp::offer::{EXTENSIONS, payload};

    use super::*;

    fn stream() -> Stream {
        let payload_type = PayloadType { codec: Codec::Vp8, number: payload::VP8, rtx: Some(payload::RTX) };
        Stream::new(
            Names {
                sender: 3,
                source: Source::Camera,
                layer: 1,
                mid: Mid::new("1").unwrap(),
                rid: Some("h"),
                ssrc: 10,
                rtx_ssrc: 11,
                payload_type,
                extensions: EXTENSIONS,
            },
            100,
        )
    }

    const SHAPE: Shape =
        Shape { timestamp: 9000, payload: Payload::Filling(500), keyframe: true, first: true, last: false };

    #[test]
    fn a_packet_reads_as_the_start_of_a_keyframe_with_its_marker() {
        let (mut stream, mut space) = (stream(), [0; MAX_PACKET]);
        let length = stream.next(Micros(5), &SHAPE, 0, &mut space);
        let header = Header::parse(&space[..length]).unwrap();
        assert_eq!(
            (header.ssrc(), header.sequence(), header.timestamp(), header.marker()),
            (10, 100, 9000, false)
        );
        assert_eq!(header.extension(EXTENSIONS.rid), Some(&b"h"[..]));
        let descriptor = Descriptor::parse(header.payload()).unwrap();
        assert!(descriptor.keyframe && descriptor.frame_start);
        let marker = Marker {
            sender: 3,
            source: Source::Camera,
            layer: 1,
            counter: 0,
            frame: NO_FRAME,
            sent: Micros(5),
        };
        assert_eq!(Marker::read(header.payload()), Some(marker));
    }

    #[test]
    fn only_a_frames_first_packet_begins_one() {
        let (mut stream, mut space) = (stream(), [0; MAX_PACKET]);
        let mut read = |shape: &Shape| {
            let length = stream.next(Micros(5), shape, 0, &mut space);
            Descriptor::parse(Header::parse(&space[..length]).unwrap().payload()).unwrap()
        };
        let key = read(&SHAPE);
        let second = read(&Shape { first: false, last: true, ..SHAPE });
        let inter = read(&Shape { keyframe: false, ..SHAPE });
        assert!(!second.frame_start && second.picture_id == key.picture_id);
        assert!(inter.frame_start && !inter.keyframe && inter.picture_id != key.picture_id);
    }

    #[test]
    fn a_retransmission_carries_the_original_number_and_payload() {
        let (mut stream, mut space) = (stream(), [0; MAX_PACKET]);
        let length = stream.next(Micros(5), &SHAPE, 0, &mut space);
        let original = Header::parse(&space[..length]).unwrap().payload().to_vec();
        let length = stream.again(100, 1, &mut space).unwrap();
        let header = Header::parse(&space[..length]).unwrap();
        assert_eq!((header.ssrc(), header.payload_type()), (11, payload::RTX));
        assert_eq!(header.extension(EXTENSIONS.repaired_rid), Some(&b"h"[..]));
        assert_eq!(header.payload(), [&100_u16.to_be_bytes()[..], &original].concat());
        assert_eq!(stream.again(101, 2, &mut space), None, "not sent yet");
    }

    #[test]
    fn probes_carry_nothing() {
        let (mut stream, mut space) = (stream(), [0; MAX_PACKET]);
        let length = stream.padding(0, &mut space).unwrap();
        let header = Header::parse(&space[..length]).unwrap();
        assert_eq!((header.ssrc(), header.payload().len(), header.padding()), (11, 0, 255));
        let length = stream.gap(0, &mut space);
        assert!(Header::parse(&space[..length]).unwrap().payload().is_empty());
        assert_eq!(stream.sequence, 101);
    }
}
