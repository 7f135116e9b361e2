//! Where a keyframe begins, told from one packet's payload.

use super::{Codec, vp8, vp9};

/// Whether a receiver may start with this packet: it begins a keyframe. Always so for sound. A payload that is too short to tell
/// begins none.
///
/// `descriptor` is what [`vp8::Descriptor::parse`] made of the same payload; it is looked at for VP8 alone.
pub fn starts(codec: Codec, payload: &[u8], descriptor: Option<&vp8::Descriptor>) -> bool {
    match codec {
        Codec::Opus | Codec::Red => true,
        Codec::Vp8 => descriptor.is_some_and(|descriptor| descriptor.keyframe),
        Codec::Vp9 { .. } => vp9::starts(payload).unwrap_or(false),
        Codec::H264 { .. } => h264(payload).unwrap_or(false),
        Codec::Av1 { .. } => av1(payload).unwrap_or(false),
    }
}

/// NAL unit types of H.264 (RFC 6184, section 5.2; H.264, table 7-1).
mod nal {
    pub(super) const IDR_SLICE: u8 = 5;
    pub(super) const PARAMETER_SET: u8 = 7;
    pub(super) const STAP_A: u8 = 24;
    pub(super) const FU_A: u8 = 28;
}

/// RFC 6184: a sequence parameter set or the first slice of an IDR picture, alone, in a STAP-A or at the start of a FU-A.
fn h264(payload: &[u8]) -> Option<bool> {
    match *payload.first()? & 0x1f {
        nal::STAP_A => stap_a(payload.get(1..)?),
        nal::FU_A => {
            let header = *payload.get(1)?;
            Some(header & 0x80 != 0 && unit_starts_keyframe(header & 0x1f, payload.get(2..)?))
        }
        unit => Some(unit_starts_keyframe(unit, payload.get(1..)?)),
    }
}

/// Each unit has its length in two bytes before it (RFC 6184, section 5.7.1).
fn stap_a(mut units: &[u8]) -> Option<bool> {
    while let Some((length, rest)) = units.split_first_chunk() {
        let (unit, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        if let Some((header, body)) = unit.split_first()
            && unit_starts_keyframe(header & 0x1f, body)
        {
            return Some(true);
        }
        units = rest;
    }
    Some(false)
}

fn unit_starts_keyframe(unit: u8, body: &[u8]) -> bool {
    match unit {
        nal::PARAMETER_SET => true,
        // A slice header begins with first_mb_in_slice, and its Exp-Golomb code of 0 is a single 1 bit: the picture's later slices
        // are no place to start.
        nal::IDR_SLICE => body.first().is_some_and(|byte| byte & 0x80 != 0),
        _ => false,
    }
}

/// AV1 RTP payload format, section 4.4: the aggregation header's N bit, or a sequence header as the first OBU.
fn av1(payload: &[u8]) -> Option<bool> {
    const CONTINUED: u8 = 0x80;
    const COUNT: u8 = 0x30;
    const NEW_SEQUENCE: u8 = 0x08;
    const SEQUENCE_HEADER: u8 = 1;
    let (aggregation, elements) = payload.split_first()?;
    if aggregation & CONTINUED != 0 {
        return Some(false);
    }
    if aggregation & NEW_SEQUENCE != 0 {
        return Some(!elements.is_empty());
    }
    // With a count of one, the only element has no length before it.
    let length = if aggregation & COUNT == 0x10 { 0 } else { leb128_length(elements)? };
    let obu = *elements.get(length)?;
    Some(obu >> 3 & 0x0f == SEQUENCE_HEADER)
}

/// Bytes of the LEB128 number at the start, at most eight.
fn leb128_length(bytes: &[u8]) -> Option<usize> {
    bytes.iter().take(8).position(|byte| byte & 0x80 == 0).map(|last| last + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::H264Profile;
    use super::*;

    const VP9: Codec = Codec::Vp9 { profile: 0 };
    const H264: Codec = Codec::H264 { profile: H264Profile::ConstrainedBaseline, packetization_mode: 1 };
    const AV1: Codec = Codec::Av1 { profile: 0 };

    fn starts(codec: Codec, payload: &[u8]) -> bool {
        super::starts(codec, payload, vp8::Descriptor::parse(payload).as_ref())
    }

    #[test]
    fn sound_may_start_anywhere() {
        assert!(starts(Codec::Opus, &[1, 2, 3]));
        assert!(starts(Codec::Red, &[1, 2, 3]));
    }

    #[test]
    fn vp8() {
        assert!(starts(Codec::Vp8, &[0x90, 0x80, 0x01, 0x10, 0x02]));
        assert!(!starts(Codec::Vp8, &[0x90, 0x80, 0x01, 0x11, 0x02]), "interframe");
        assert!(!starts(Codec::Vp8, &[0x80, 0x80, 0x01, 0x10, 0x02]), "not the frame's first packet");
    }

    #[test]
    fn vp9() {
        assert!(starts(VP9, &[0x08, 0]), "no layers");
        assert!(starts(VP9, &[0xa8, 0x05, 0x00, 9]), "short picture id, layer 0");
        assert!(starts(VP9, &[0xa8, 0x85, 0x01, 0x01, 9]), "long picture id, layer 0, inter-layer bit");
        assert!(!starts(VP9, &[0xa8, 0x85, 0x01, 0x02, 9]), "spatial layer 1");
        assert!(!starts(VP9, &[0x48, 0]), "predicted");
        assert!(!starts(VP9, &[0x00, 0]), "not the beginning");
        assert!(!starts(VP9, &[0xa8, 0x85]), "cut short");
    }

    #[test]
    fn h264_single_unit() {
        assert!(starts(H264, &[0x67, 0x42, 0xe0]), "parameter set");
        assert!(starts(H264, &[0x65, 0x88]), "first slice of an IDR picture");
        assert!(!starts(H264, &[0x65, 0x48]), "second slice of it");
        assert!(!starts(H264, &[0x41, 0x9a]), "another picture");
    }

    #[test]
    fn h264_aggregated() {
        assert!(
            starts(H264, &[0x78, 0, 2, 0x09, 0xf0, 0, 2, 0x67, 0x42]),
            "the second unit is a parameter set"
        );
        assert!(!starts(H264, &[0x78, 0, 2, 0x09, 0xf0, 0, 2, 0x41, 0x9a]));
        assert!(!starts(H264, &[0x78, 0, 9, 0x67, 0x42]), "length past the end");
        assert!(!starts(H264, &[0x78, 0, 0]), "an empty unit");
    }

    #[test]
    fn h264_fragmented() {
        assert!(starts(H264, &[0x7c, 0x85, 0x88]), "start of an IDR picture");
        assert!(!starts(H264, &[0x7c, 0x05, 0x88]), "middle of it");
        assert!(!starts(H264, &[0x7c, 0x81, 0x88]), "start of another picture");
    }

    #[test]
    fn av1() {
        assert!(starts(AV1, &[0x18, 0x0a]), "new coded video sequence");
        assert!(starts(AV1, &[0x10, 0x0a]), "sequence header alone");
        assert!(starts(AV1, &[0x20, 0x01, 0x08, 0x30]), "sequence header after its length");
        assert!(!starts(AV1, &[0x10, 0x30]), "a frame");
        assert!(!starts(AV1, &[0x98, 0x0a]), "continues an element");
        assert!(!starts(AV1, &[0x20, 0x80]), "length cut short");
    }

    #[test]
    fn nothing_starts_nothing() {
        for codec in [Codec::Vp8, VP9, H264, AV1] {
            assert!(!starts(codec, &[]));
        }
        assert!(!starts(AV1, &[0x18]), "an aggregation header alone");
    }

    proptest! {
        #[test]
        fn survives_anything(payload in prop::collection::vec(any::<u8>(), 0..40)) {
            for codec in [Codec::Vp8, VP9, H264, AV1] {
                let _ = starts(codec, &payload);
                prop_assert!(!starts(codec, &payload[..0]));
            }
        }
    }
}
