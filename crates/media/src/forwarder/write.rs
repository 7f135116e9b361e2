//! A packet's bytes as they go to a viewer, before they are sealed.

use super::Mapping;
use super::edge::masked;
use crate::Packet;
use crate::codec::dependency;
use crate::codec::red::{self, Block, MAX_REDUNDANCY};
use crate::packet::MAX_DESCRIPTOR;
use crate::rtp::{Extension, FIXED_HEADER, Fields, write_header};

/// Bytes a packet may take beyond its payload: the header, two extensions, the original sequence number of a retransmission, a picture id
/// grown from 7 to 15 bits, and padding.
pub const HEADER_ROOM: usize =
    FIXED_HEADER + EXTENSION + ORIGINAL_SEQUENCE + PICTURE_GROWTH + MAX_PADDING as usize;

/// Most padding bytes added to make packets of one frame equally long.
pub const MAX_PADDING: u8 = 2;

/// The transport-wide sequence number of a packet, and under which id of a header extension it is written.
pub type Number = (u8, u16);

/// Header extensions of one byte and of two, with their header and filled up to a word (RFC 8285, section 4.2); beside a descriptor, which
/// counts as payload, their headers have two bytes each and so has its own.
const EXTENSION: usize = 12;
/// RFC 4588, section 4.
const ORIGINAL_SEQUENCE: usize = 2;
/// A picture id of 7 bits is one byte, one of 15 bits is two (RFC 7741, section 4.2).
const PICTURE_GROWTH: usize = 1;
/// Bytes of a VP8 descriptor before its picture id or, without one, TL0PICIDX: where either is, both extension bytes are.
const BEFORE_PICTURE: usize = 2;
/// RFC 3550, section 5.1.
const PADDING_BIT: u8 = 0x20;

/// Writes the whole packet; `None` where it does not fit.
pub(super) fn write(
    mapping: &Mapping,
    packet: &Packet,
    padding: u8,
    number: Option<Number>,
    space: &mut [u8],
) -> Option<usize> {
    let mut start = write_front(mapping, packet.marker || mapping.ends, Some(packet), number, space)?;
    if let Some(original) = mapping.repairs {
        space.get_mut(start..start + ORIGINAL_SEQUENCE)?.copy_from_slice(&original.to_be_bytes());
        start += ORIGINAL_SEQUENCE;
    }
    let end = start + write_payload(mapping, packet, space.get_mut(start..)?)?;
    pad(end, padding, space)
}

/// Writes a packet of sound with others before it, oldest first.
pub(super) fn write_redundant(
    mapping: &Mapping,
    number_red: u8,
    before: &[&Packet],
    packet: &Packet,
    number: Option<Number>,
    space: &mut [u8],
) -> Option<usize> {
    let carrier = Mapping { payload_type: number_red, ..*mapping };
    let start = write_front(&carrier, packet.marker, Some(packet), number, space)?;
    let mut blocks = [Block { offset: 0, payload: &[] }; MAX_REDUNDANCY];
    let blocks = blocks.get_mut(..before.len())?;
    for (block, earlier) in blocks.iter_mut().zip(before) {
        let offset = packet.timestamp.wrapping_sub(earlier.timestamp);
        *block = Block { offset, payload: earlier.payload() };
    }
    let length = red::write(mapping.payload_type, blocks, packet.payload(), space.get_mut(start..)?)?;
    Some(start + length)
}

/// Bytes that [`write_redundant`] needs beyond what the packet alone takes.
pub fn redundancy_room(before: &[&Packet]) -> usize {
    red::LONGEST_HEADERS + before.iter().map(|packet| packet.payload().len()).sum::<usize>()
}

/// Writes a packet without payload.
pub(super) fn write_padding(
    mapping: &Mapping,
    padding: u8,
    number: Option<Number>,
    space: &mut [u8],
) -> Option<usize> {
    let start = write_front(mapping, false, None, number, space)?;
    pad(start, padding.max(1), space)
}

fn pad(end: usize, padding: u8, space: &mut [u8]) -> Option<usize> {
    if padding == 0 {
        return Some(end);
    }
    let length = end + usize::from(padding);
    let tail = space.get_mut(end..length)?;
    tail.fill(0);
    *tail.last_mut()? = padding;
    *space.first_mut()? |= PADDING_BIT;
    Some(length)
}

/// The header, with what the packet tells of its content and the viewer takes, and the transport-wide number.
fn write_front(
    mapping: &Mapping,
    marker: bool,
    packet: Option<&Packet>,
    number: Option<Number>,
    space: &mut [u8],
) -> Option<usize> {
    let fields = Fields {
        payload_type: mapping.payload_type,
        marker,
        sequence: mapping.sequence,
        timestamp: mapping.timestamp,
        ssrc: mapping.ssrc,
    };
    let number = number.map(|(id, number)| (id, number.to_be_bytes()));
    let number = number.as_ref().map(|(id, data)| Extension { id: *id, data });
    let descriptor = packet.map(Packet::descriptor).filter(|descriptor| !descriptor.is_empty());
    if let Some((id, descriptor)) = mapping.taken.descriptor.zip(descriptor) {
        return write_described(&fields, id, descriptor, mapping.frame_offset, number, space);
    }
    let level = mapping.taken.audio_level.zip(packet.and_then(|packet| packet.audio_level));
    let level = level.map(|(id, level)| (id, [level & 0x7f]));
    let level = level.as_ref().map(|(id, data)| Extension { id: *id, data });
    write_with(&fields, level, number, space)
}

/// The header with a dependency descriptor, whose frame gets the viewer's number. Apart, for only AV1 pays for the copy.
fn write_described(
    fields: &Fields,
    id: u8,
    descriptor: &[u8],
    frame_offset: u16,
    number: Option<Extension<'_>>,
    space: &mut [u8],
) -> Option<usize> {
    let frame = dependency::frame_number(descriptor)?.wrapping_add(frame_offset);
    let mut copy = [0; MAX_DESCRIPTOR];
    let data = dependency::renumbered(descriptor, frame, &mut copy)?;
    write_with(fields, Some(Extension { id, data }), number, space)
}

fn write_with(
    fields: &Fields,
    own: Option<Extension<'_>>,
    number: Option<Extension<'_>>,
    space: &mut [u8],
) -> Option<usize> {
    match (own, number) {
        (None, None) => write_header(space, fields, &[]),
        (Some(one), None) | (None, Some(one)) => write_header(space, fields, &[one]),
        (Some(own), Some(number)) => write_header(space, fields, &[own, number]),
    }
}

/// The payload, with the viewer's picture id and TL0PICIDX where the publisher's were. A picture id is always written in 15 bits, which
/// makes the payload a byte longer where the publisher uses 7. What the publisher does not send is not added.
fn write_payload(mapping: &Mapping, packet: &Packet, space: &mut [u8]) -> Option<usize> {
    let payload = packet.payload();
    let Some(vp8) = &packet.vp8 else { return copy(payload, space) };
    let Some(picture) = vp8.picture_id else {
        let length = copy(payload, space)?;
        return write_tl0(mapping, packet, space, BEFORE_PICTURE).map(|()| length);
    };
    let value = masked(picture.value.wrapping_add(mapping.picture_offset));
    let length = if picture.long {
        copy(payload, space)?
    } else {
        let (before, rest) = payload.split_at_checked(BEFORE_PICTURE)?;
        copy(before, space)?;
        copy(rest.get(1..)?, space.get_mut(BEFORE_PICTURE + 2..)?)?;
        payload.len() + PICTURE_GROWTH
    };
    space.get_mut(BEFORE_PICTURE..BEFORE_PICTURE + 2)?.copy_from_slice(&(0x8000 | value).to_be_bytes());
    write_tl0(mapping, packet, space, BEFORE_PICTURE + 2).map(|()| length)
}

fn copy(from: &[u8], space: &mut [u8]) -> Option<usize> {
    space.get_mut(..from.len())?.copy_from_slice(from);
    Some(from.len())
}

fn write_tl0(mapping: &Mapping, packet: &Packet, space: &mut [u8], at: usize) -> Option<()> {
    if let Some(tl0) = packet.vp8.as_ref().and_then(|vp8| vp8.tl0_picture_index) {
        *space.get_mut(at)? = tl0.wrapping_add(mapping.tl0_offset);
    }
    Some(())
}
