//! An RTP packet seen in place.

use super::{FIXED_HEADER, ONE_BYTE_PROFILE, TWO_BYTE_PROFILE};

/// One RTP packet; its lengths were checked when it was parsed.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    packet: &'a [u8],
    extensions: Extensions<'a>,
    payload_start: usize,
    payload_end: usize,
}

impl<'a> Header<'a> {
    /// Sees a packet; `None` when it is not version 2, or a length in it points past its end.
    pub fn parse(packet: &'a [u8]) -> Option<Self> {
        let padding = match packet.first()? & 0x20 {
            0 => 0,
            // The last byte counts itself (RFC 3550, section 5.1); 0 is a sender's mistake and taken as none.
            _ => usize::from(*packet.last()?),
        };
        Header::with_padding(packet, padding)
    }

    /// Sees a packet under SRTP, whose header is in the clear; what says how much of it is padding is not, so all of the rest is taken for
    /// payload.
    pub fn parse_protected(packet: &'a [u8]) -> Option<Self> {
        Header::with_padding(packet, 0)
    }

    fn with_padding(packet: &'a [u8], padding: usize) -> Option<Self> {
        let first = *packet.first()?;
        if packet.len() < FIXED_HEADER || first >> 6 != 2 {
            return None;
        }
        let mut start = FIXED_HEADER + 4 * usize::from(first & 0x0f);
        let mut extensions = Extensions { profile: 0, rest: &[] };
        if first & 0x10 != 0 {
            let profile = word(packet, start)?;
            let length = 4 * usize::from(word(packet, start + 2)?);
            start += 4;
            extensions = Extensions { profile, rest: packet.get(start..start + length)? };
            start += length;
        }
        let end = packet.len().checked_sub(padding)?;
        (start <= end).then_some(Header { packet, extensions, payload_start: start, payload_end: end })
    }

    /// The payload type, 0 to 127.
    pub fn payload_type(&self) -> u8 {
        self.byte(1) & 0x7f
    }

    /// The marker bit.
    pub fn marker(&self) -> bool {
        self.byte(1) & 0x80 != 0
    }

    /// The sequence number.
    pub fn sequence(&self) -> u16 {
        word(self.packet, 2).unwrap_or_default()
    }

    /// The time stamp.
    pub fn timestamp(&self) -> u32 {
        double_word(self.packet, 4).unwrap_or_default()
    }

    /// The synchronisation source.
    pub fn ssrc(&self) -> u32 {
        double_word(self.packet, 8).unwrap_or_default()
    }

    /// Bytes of the header, extensions included.
    pub fn length(&self) -> usize {
        self.payload_start
    }

    /// Bytes of padding, their count included.
    pub fn padding(&self) -> usize {
        self.packet.len() - self.payload_end
    }

    /// What is carried, without padding.
    pub fn payload(&self) -> &'a [u8] {
        self.packet.get(self.payload_start..self.payload_end).unwrap_or_default()
    }

    /// The header extensions, in order.
    pub fn extensions(&self) -> Extensions<'a> {
        self.extensions
    }

    /// The first extension with this id; `None` where the id is `None`, that is, was not negotiated.
    pub fn extension(&self, id: Option<u8>) -> Option<&'a [u8]> {
        let id = id?;
        self.extensions.clone().find_map(|(found, data)| (found == id).then_some(data))
    }

    fn byte(&self, at: usize) -> u8 {
        self.packet.get(at).copied().unwrap_or_default()
    }
}

/// Header extensions as (id, data), in order. Ends early where the elements contradict their length.
#[derive(Clone, Copy, Debug)]
pub struct Extensions<'a> {
    profile: u16,
    rest: &'a [u8],
}

impl<'a> Iterator for Extensions<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        // Zero bytes between elements are padding (RFC 8285, section 4.1.2 for one-byte, 4.3 for two-byte elements).
        while let [0, rest @ ..] = self.rest {
            self.rest = rest;
        }
        let (id, length, data) = match (self.profile, self.rest) {
            (ONE_BYTE_PROFILE, [head, data @ ..]) => (head >> 4, usize::from(head & 0x0f) + 1, data),
            (profile, [id, length, data @ ..]) if profile & 0xfff0 == TWO_BYTE_PROFILE => {
                (*id, usize::from(*length), data)
            }
            _ => return None,
        };
        // Id 15 of a one-byte element ends the list (RFC 8285, section 4.2).
        if (self.profile == ONE_BYTE_PROFILE && id == 15) || length > data.len() {
            self.rest = &[];
            return None;
        }
        let (data, rest) = data.split_at(length);
        self.rest = rest;
        Some((id, data))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|chunk| u16::from_be_bytes(*chunk))
}

fn double_word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_be_bytes(*chunk))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rtp::{Extension, Fields, MAX_HEADER, write_header};

    /// Version 2, marker, payload type 96, sequence 0x1234, time stamp 0x01020304, SSRC 0xaabbccdd.
    const PLAIN: [u8; 12] = [0x80, 0xe0, 0x12, 0x34, 1, 2, 3, 4, 0xaa, 0xbb, 0xcc, 0xdd];

    fn packet(first: u8, rest: &[u8]) -> Vec<u8> {
        let mut packet = PLAIN.to_vec();
        packet[0] = first;
        packet.extend_from_slice(rest);
        packet
    }

    #[test]
    fn reads_the_fixed_part() {
        let bytes = packet(0x80, b"hello");
        let header = Header::parse(&bytes).unwrap();
        assert_eq!((header.payload_type(), header.marker()), (96, true));
        assert_eq!(
            (header.sequence(), header.timestamp(), header.ssrc()),
            (0x1234, 0x0102_0304, 0xaabb_ccdd)
        );
        assert_eq!((header.payload(), header.padding(), header.length()), (&b"hello"[..], 0, 12));
    }

    #[test]
    fn steps_over_contributing_sources() {
        let bytes = packet(0x82, &[0, 0, 0, 1, 0, 0, 0, 2, 9]);
        assert_eq!(Header::parse(&bytes).unwrap().payload(), [9]);
        assert!(Header::parse(&bytes[..18]).is_none(), "a second source cut short");
    }

    #[test]
    fn reads_one_byte_extensions() {
        // id 3 with 2 bytes, padding, id 1 with 1 byte, then id 15 which hides what follows.
        let bytes = packet(0x90, &[0xbe, 0xde, 0, 3, 0x31, 7, 8, 0, 0x10, 9, 0xf0, 0, 0x20, 1, 0, 0, 0xff]);
        let header = Header::parse(&bytes).unwrap();
        assert_eq!(header.extension(Some(3)), Some(&[7, 8][..]));
        assert_eq!(header.extension(Some(1)), Some(&[9][..]));
        assert_eq!(header.extension(Some(2)), None);
        assert_eq!(header.extension(None), None);
        assert_eq!(header.payload(), [0xff]);
    }

    #[test]
    fn reads_two_byte_extensions_of_any_length() {
        let bytes = packet(0x90, &[0x10, 0x05, 0, 2, 20, 0, 21, 3, 1, 2, 3, 0]);
        let header = Header::parse(&bytes).unwrap();
        assert_eq!(header.extension(Some(20)), Some(&[][..]));
        assert_eq!(header.extension(Some(21)), Some(&[1, 2, 3][..]));
    }

    #[test]
    fn ignores_extensions_of_another_profile() {
        let bytes = packet(0x90, &[0x12, 0x34, 0, 1, 0x10, 1, 0, 0, 5]);
        let header = Header::parse(&bytes).unwrap();
        assert_eq!(header.extensions().count(), 0);
        assert_eq!(header.payload(), [5]);
    }

    #[test]
    fn an_extension_longer_than_its_room_ends_the_list() {
        let bytes = packet(0x90, &[0xbe, 0xde, 0, 1, 0x10, 1, 0x2f, 1]);
        let found: Vec<_> = Header::parse(&bytes).unwrap().extensions().collect();
        assert_eq!(found, [(1, &[1][..])]);
    }

    #[test]
    fn takes_padding_off() {
        let bytes = packet(0xa0, &[1, 2, 0, 0, 3]);
        let header = Header::parse(&bytes).unwrap();
        assert_eq!((header.payload(), header.padding()), (&[1, 2][..], 3));
        let all = packet(0xa0, &[0, 0, 3]);
        assert!(Header::parse(&all).unwrap().payload().is_empty());
    }

    #[test]
    fn refuses_lengths_that_do_not_fit() {
        assert!(Header::parse(&PLAIN[..11]).is_none(), "too short");
        assert!(Header::parse(&packet(0x40, &[])).is_none(), "version 1");
        assert!(Header::parse(&packet(0xa0, &[0, 0, 4])).is_none(), "padding that reaches into the header");
        assert!(Header::parse(&packet(0x90, &[0xbe, 0xde, 0])).is_none(), "extension header cut short");
        assert!(
            Header::parse(&packet(0x90, &[0xbe, 0xde, 0, 2, 0, 0, 0, 0])).is_none(),
            "extensions cut short"
        );
    }

    proptest! {
        #[test]
        fn survives_anything(bytes in prop::collection::vec(any::<u8>(), 0..200), first in 0x80u8..=0xbf) {
            let mut bytes = bytes;
            if let Some(byte) = bytes.first_mut() { *byte = first; }
            if let Some(header) = Header::parse(&bytes) {
                prop_assert_eq!(header.length() + header.payload().len() + header.padding(), bytes.len());
                for (_, data) in header.extensions() { prop_assert!(data.len() <= bytes.len()); }
            }
        }

        #[test]
        fn reads_what_was_written(
            sequence: u16, timestamp: u32, ssrc: u32, marker: bool, payload_type in 0u8..128,
            elements in prop::collection::vec((1u8..=40, prop::collection::vec(any::<u8>(), 0..20)), 0..4),
        ) {
            let fields = Fields { payload_type, marker, sequence, timestamp, ssrc };
            let extensions: Vec<_> = elements.iter().map(|(id, data)| Extension { id: *id, data }).collect();
            let mut out = [0; MAX_HEADER];
            let length = write_header(&mut out, &fields, &extensions).unwrap();
            let header = Header::parse(&out[..length]).unwrap();
            prop_assert_eq!(header.length(), length);
            prop_assert_eq!((header.sequence(), header.timestamp(), header.ssrc()), (sequence, timestamp, ssrc));
            prop_assert_eq!((header.marker(), header.payload_type()), (marker, payload_type));
            let found: Vec<_> = header.extensions().map(|(id, data)| (id, data.to_vec())).collect();
            prop_assert_eq!(found, elements);
        }
    }
}
