//! A packet's bytes as they go to a viewer, before they are sealed.

use super::Mapping;
use super::edge::masked;
use crate::Packet;
use crate::rtp::{Extension, FIXED_HEADER, Fields, write_header};

/// Bytes a packet may take beyond its payload: the header, one extension, the original sequence number of a retransmission, a picture id
/// grown from 7 to 15 bits, and padding.
pub const HEADER_ROOM: usize =
    FIXED_HEADER + EXTENSION + ORIGINAL_SEQUENCE + PICTURE_GROWTH + MAX_PADDING as usize;

/// Most padding bytes added to make packets of one frame equally long.
pub const MAX_PADDING: u8 = 2;

/// A header extension of one byte, with its header and filled up to a word (RFC 8285, section 4.2).
const EXTENSION: usize = 8;
/// RFC 4588, section 4.
const ORIGINAL_SEQUENCE: usize = 2;
/// A picture id of 7 bits is one byte, one of 15 bits is two (RFC 7741, section 4.2).
const PICTURE_GROWTH: usize = 1;
/// Bytes of a VP8 descriptor before its picture id or, without one, TL0PICIDX: where either is, both extension bytes are.
const BEFORE_PICTURE: usize = 2;
/// RFC 3550, section 5.1.
const PADDING_BIT: u8 = 0x20;

/// Writes the whole packet; `None` where it does not fit.
pub(super) fn write(mapping: &Mapping, packet: &Packet, padding: u8, space: &mut [u8]) -> Option<usize> {
    let mut start = write_front(mapping, packet, space)?;
    if let Some(original) = mapping.repairs {
        space.get_mut(start..start + ORIGINAL_SEQUENCE)?.copy_from_slice(&original.to_be_bytes());
        start += ORIGINAL_SEQUENCE;
    }
    let end = start + write_payload(mapping, packet, space.get_mut(start..)?)?;
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

/// The header, with the audio level where the packet has one and the viewer takes it (RFC 6464).
fn write_front(mapping: &Mapping, packet: &Packet, space: &mut [u8]) -> Option<usize> {
    let fields = Fields {
        payload_type: mapping.payload_type,
        marker: packet.marker,
        sequence: mapping.sequence,
        timestamp: mapping.timestamp,
        ssrc: mapping.ssrc,
    };
    match mapping.audio_level.zip(packet.audio_level) {
        Some((id, level)) => write_header(space, &fields, &[Extension { id, data: &[level & 0x7f] }]),
        None => write_header(space, &fields, &[]),
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
