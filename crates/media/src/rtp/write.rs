//! Writing an RTP header in place.

use super::{FIXED_HEADER, ONE_BYTE_PROFILE, TWO_BYTE_PROFILE};

/// Longest header written, in bytes: the fixed part and 220 bytes of extensions.
pub const MAX_HEADER: usize = FIXED_HEADER + 4 + 220;

/// The fixed part of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields {
    /// 0 to 127.
    pub payload_type: u8,
    /// The marker bit.
    pub marker: bool,
    /// Sequence number.
    pub sequence: u16,
    /// Time stamp.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
}

/// One header extension.
#[derive(Clone, Copy, Debug)]
pub struct Extension<'a> {
    /// 1 to 255; 1 to 14 keep the header in its short form.
    pub id: u8,
    /// At most 255 bytes; 1 to 16 keep the header in its short form.
    pub data: &'a [u8],
}

/// Writes a header to the start of `out` and returns its length. One-byte elements are written where all extensions fit into them,
/// two-byte elements otherwise (RFC 8285, section 4.1: never both in one packet). `None` when `out` or [`MAX_HEADER`] is too
/// short, or an extension's id is 0 or its data too long; `out` may have been written to then.
///
/// The padding bit is the caller's: set `0x20` in the first byte where padding follows the payload.
pub fn write_header(out: &mut [u8], fields: &Fields, extensions: &[Extension<'_>]) -> Option<usize> {
    let fixed: &mut [u8; FIXED_HEADER] = out.first_chunk_mut()?;
    fixed[0] = if extensions.is_empty() { 0x80 } else { 0x90 };
    fixed[1] = u8::from(fields.marker) << 7 | fields.payload_type & 0x7f;
    fixed[2..4].copy_from_slice(&fields.sequence.to_be_bytes());
    fixed[4..8].copy_from_slice(&fields.timestamp.to_be_bytes());
    fixed[8..12].copy_from_slice(&fields.ssrc.to_be_bytes());
    if extensions.is_empty() {
        return Some(FIXED_HEADER);
    }
    let short = extensions.iter().all(|one| one.id < 15 && matches!(one.data.len(), 1..=16));
    let mut at = FIXED_HEADER + 4;
    for extension in extensions {
        at = write_extension(out, at, extension, short)?;
    }
    let end = at.next_multiple_of(4);
    if end > MAX_HEADER {
        return None;
    }
    out.get_mut(at..end)?.fill(0);
    let profile = if short { ONE_BYTE_PROFILE } else { TWO_BYTE_PROFILE };
    let words = ((end - FIXED_HEADER - 4) / 4) as u16;
    out.get_mut(FIXED_HEADER..FIXED_HEADER + 2)?.copy_from_slice(&profile.to_be_bytes());
    out.get_mut(FIXED_HEADER + 2..FIXED_HEADER + 4)?.copy_from_slice(&words.to_be_bytes());
    Some(end)
}

/// Writes one element at `at` and returns where it ends.
fn write_extension(out: &mut [u8], mut at: usize, extension: &Extension<'_>, short: bool) -> Option<usize> {
    let length = u8::try_from(extension.data.len()).ok()?;
    if extension.id == 0 {
        return None;
    }
    if short {
        *out.get_mut(at)? = extension.id << 4 | (length - 1);
        at += 1;
    } else {
        out.get_mut(at..at + 2)?.copy_from_slice(&[extension.id, length]);
        at += 2;
    }
    let end = at + extension.data.len();
    out.get_mut(at..end)?.copy_from_slice(extension.data);
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: Fields = Fields { payload_type: 96, marker: false, sequence: 1, timestamp: 2, ssrc: 3 };

    #[test]
    fn short_elements_are_padded_to_a_word() {
        let mut out = [0xff; MAX_HEADER];
        let length = write_header(&mut out, &FIELDS, &[Extension { id: 4, data: b"0" }]);
        assert_eq!(length, Some(20));
        assert_eq!(out[..20], [0x90, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xbe, 0xde, 0, 1, 0x40, b'0', 0, 0]);
    }

    #[test]
    fn one_long_element_makes_all_of_them_long() {
        let mut out = [0xff; MAX_HEADER];
        let elements = [Extension { id: 1, data: b"0" }, Extension { id: 20, data: b"ab" }];
        assert_eq!(write_header(&mut out, &FIELDS, &elements), Some(24));
        assert_eq!(out[12..24], [0x10, 0, 0, 2, 1, 1, b'0', 20, 2, b'a', b'b', 0]);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        assert_eq!(write_header(&mut [0; 11], &FIELDS, &[]), None);
        assert_eq!(write_header(&mut [0; 18], &FIELDS, &[Extension { id: 1, data: b"abc" }]), None);
        assert_eq!(write_header(&mut [0; 400], &FIELDS, &[Extension { id: 0, data: b"a" }]), None);
        assert_eq!(write_header(&mut [0; 400], &FIELDS, &[Extension { id: 1, data: &[0; 256] }]), None);
        assert_eq!(write_header(&mut [0; 400], &FIELDS, &[Extension { id: 1, data: &[0; 220] }]), None);
    }
}
