//! A packet's bytes as they go to a viewer, before they are sealed.

use super::Mapping;
use super::edge::masked;
use crate::Packet;
use crate::rtp::{Extension, FIXED_HEADER, Fields, write_header};

/// Bytes a packet may take beyond its payload: the header, one extension, the original sequence number of a retransmission, and padding.
pub const HEADER_ROOM: usize = FIXED_HEADER + EXTENSION + ORIGINAL_SEQUENCE + MAX_PADDING as usize;

/// Most padding bytes added to make packets of one frame equally long.
pub const MAX_PADDING: u8 = 2;

/// A header extension of one byte, with its header and filled up to a word (RFC 8285, section 4.2).
const EXTENSION: usize = 8;
/// RFC 4588, section 4.
const ORIGINAL_SEQUENCE: usize = 2;
/// RFC 3550, section 5.1.
const PADDING_BIT: u8 = 0x20;

/// Writes the whole packet; `None` where it does not fit.
pub(super) fn write(mapping: &Mapping, packet: &Packet, padding: u8, space: &mut [u8]) -> Option<usize> {
    let mut start = write_front(mapping, packet, space)?;
    if let Some(original) = mapping.repairs {
        space.get_mut(start..start + ORIGINAL_SEQUENCE)?.copy_from_slice(&original.to_be_bytes());
        start += ORIGINAL_SEQUENCE;
    }
    let payload = packet.payload();
    let end = start + payload.len();
    let written = space.get_mut(start..end)?;
    written.copy_from_slice(payload);
    rewrite_vp8(mapping, packet, written);
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

/// Puts the viewer's picture id and TL0PICIDX over the publisher's, in the width they have. A descriptor that has them has both its
/// extension bytes before them, and them in this order (RFC 7741, section 4.2).
fn rewrite_vp8(mapping: &Mapping, packet: &Packet, payload: &mut [u8]) {
    let Some(vp8) = &packet.vp8 else { return };
    let mut at = 2;
    if let Some(picture) = vp8.picture_id {
        let value = masked(picture.value.wrapping_add(mapping.picture_offset), picture.long);
        let width = if picture.long { 2 } else { 1 };
        let wire = if picture.long { (0x8000 | value).to_be_bytes() } else { [value as u8, 0] };
        let Some(field) = payload.get_mut(at..at + width) else { return };
        field.copy_from_slice(&wire[..width]);
        at += width;
    }
    if let Some(tl0) = vp8.tl0_picture_index
        && let Some(field) = payload.get_mut(at)
    {
        *field = tl0.wrapping_add(mapping.tl0_offset);
    }
}
