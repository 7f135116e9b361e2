//! The VP8 payload descriptor (RFC 7741, section 4.2).

/// What of a descriptor a forwarder rewrites or decides by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// Length of the descriptor, in bytes.
    pub length: u8,
    /// Picture id and how many bits it has (7 or 15).
    pub picture_id: Option<PictureId>,
    /// TL0PICIDX.
    pub tl0_picture_index: Option<u8>,
    /// Temporal layer.
    pub temporal_layer: Option<u8>,
    /// Start of the first partition of a frame.
    pub frame_start: bool,
    /// The frame is a keyframe; known only in the packet that starts it.
    pub keyframe: bool,
}

/// A picture id as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureId {
    /// The number.
    pub value: u16,
    /// Whether it has 15 bits; 7 otherwise.
    pub long: bool,
}

/// First byte: extended control bits follow.
const X: u8 = 0x80;
/// First byte: start of a partition.
const S: u8 = 0x10;
/// First byte: partition index, the three bits RFC 7741 gives it.
const PARTITION: u8 = 0x07;
/// Second byte: a picture id follows.
const I: u8 = 0x80;
/// Second byte: TL0PICIDX follows.
const L: u8 = 0x40;
/// Second byte: the byte of temporal layer and key index counts for its temporal layer.
const T: u8 = 0x20;
/// Second byte: the same byte counts for its key index.
const K: u8 = 0x10;
/// First byte of a picture id: it has 15 bits.
const M: u8 = 0x80;

impl Descriptor {
    /// Reads the descriptor a payload begins with; `None` when the payload ends within it or carries nothing after it.
    pub fn parse(payload: &[u8]) -> Option<Descriptor> {
        let first = *payload.first()?;
        let mut at = 1;
        let mut descriptor = Descriptor {
            length: 0,
            picture_id: None,
            tl0_picture_index: None,
            temporal_layer: None,
            frame_start: first & S != 0 && first & PARTITION == 0,
            keyframe: false,
        };
        if first & X != 0 {
            let extended = *payload.get(at)?;
            at += 1;
            if extended & I != 0 {
                descriptor.picture_id = Some(PictureId::parse(payload.get(at..)?)?);
                at += descriptor.picture_id.map_or(0, PictureId::length);
            }
            if extended & L != 0 {
                descriptor.tl0_picture_index = Some(*payload.get(at)?);
                at += 1;
            }
            if extended & (T | K) != 0 {
                let byte = *payload.get(at)?;
                descriptor.temporal_layer = (extended & T != 0).then_some(byte >> 6);
                at += 1;
            }
        }
        // The frame's own header: its lowest bit is 0 in a keyframe (RFC 6386, section 9.1).
        let frame = *payload.get(at)?;
        descriptor.keyframe = descriptor.frame_start && frame & 1 == 0;
        descriptor.length = at as u8;
        Some(descriptor)
    }

    /// Writes other numbers into the payload this was read from. A picture id keeps its length on the wire, so only its low 7 or 15
    /// bits are written; what the payload has not is not added.
    pub fn rewrite(&self, payload: &mut [u8], picture_id: u16, tl0_picture_index: u8) {
        let mut at = 2;
        if let Some(old) = self.picture_id {
            if let Some(bytes) = payload.get_mut(at..at + old.length()) {
                PictureId { value: picture_id, long: old.long }.write(bytes);
            }
            at += old.length();
        }
        if self.tl0_picture_index.is_some()
            && let Some(byte) = payload.get_mut(at)
        {
            *byte = tl0_picture_index;
        }
    }
}

impl PictureId {
    /// How many different numbers there are: it wraps around to 0 there.
    pub const fn modulus(self) -> u16 {
        if self.long { 1 << 15 } else { 1 << 7 }
    }

    fn parse(bytes: &[u8]) -> Option<PictureId> {
        let first = *bytes.first()?;
        if first & M == 0 {
            return Some(PictureId { value: u16::from(first), long: false });
        }
        let value = u16::from(first & !M) << 8 | u16::from(*bytes.get(1)?);
        Some(PictureId { value, long: true })
    }

    const fn length(self) -> usize {
        if self.long { 2 } else { 1 }
    }

    fn write(self, bytes: &mut [u8]) {
        let value = self.value % self.modulus();
        match bytes {
            [high, low] => {
                *high = M | (value >> 8) as u8;
                *low = value as u8;
            }
            [only] => *only = value as u8,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All of it: X, S; I L T K; picture id 0x1234 in 15 bits; TL0PICIDX 9; temporal layer 2; then a keyframe's first byte.
    const FULL: [u8; 7] = [0x90, 0xf0, 0x92, 0x34, 9, 0x80, 0x10];

    #[test]
    fn reads_everything() {
        assert_eq!(
            Descriptor::parse(&FULL),
            Some(Descriptor {
                length: 6,
                picture_id: Some(PictureId { value: 0x1234, long: true }),
                tl0_picture_index: Some(9),
                temporal_layer: Some(2),
                frame_start: true,
                keyframe: true,
            })
        );
    }

    #[test]
    fn reads_the_shortest() {
        let descriptor = Descriptor::parse(&[0x10, 0x01]).unwrap();
        assert_eq!((descriptor.length, descriptor.picture_id, descriptor.frame_start), (1, None, true));
        assert!(!descriptor.keyframe, "an interframe");
    }

    #[test]
    fn a_short_picture_id_is_one_byte() {
        let descriptor = Descriptor::parse(&[0x90, 0x80, 0x7f, 0x00]).unwrap();
        assert_eq!(descriptor.picture_id, Some(PictureId { value: 127, long: false }));
        assert_eq!(descriptor.length, 3);
    }

    #[test]
    fn a_key_index_alone_is_no_temporal_layer() {
        let descriptor = Descriptor::parse(&[0x80, 0x10, 0xc3, 0x00]).unwrap();
        assert_eq!((descriptor.temporal_layer, descriptor.length), (None, 3));
    }

    #[test]
    fn only_the_start_of_the_first_partition_begins_a_frame() {
        assert!(!Descriptor::parse(&[0x00, 0x00]).unwrap().keyframe, "not a start");
        assert!(!Descriptor::parse(&[0x11, 0x00]).unwrap().keyframe, "another partition");
    }

    #[test]
    fn a_descriptor_cut_short_is_none() {
        for length in 0..FULL.len() {
            assert_eq!(Descriptor::parse(&FULL[..length]), None, "{length} bytes");
        }
    }

    #[test]
    fn rewrites_in_place_and_nothing_else() {
        let mut payload = FULL;
        Descriptor::parse(&FULL).unwrap().rewrite(&mut payload, 0xffff, 77);
        assert_eq!(payload, [0x90, 0xf0, 0xff, 0xff, 77, 0x80, 0x10]);
        let mut short = [0x90, 0x80, 0x05, 0x01];
        Descriptor::parse(&short).unwrap().rewrite(&mut short, 128 + 3, 1);
        assert_eq!(short, [0x90, 0x80, 0x03, 0x01]);
    }

    proptest! {
        #[test]
        fn a_rewritten_descriptor_differs_only_in_what_was_rewritten(
            payload in prop::collection::vec(any::<u8>(), 1..12), id: u16, index: u8,
        ) {
            let Some(before) = Descriptor::parse(&payload) else { return Ok(()) };
            let mut rewritten = payload.clone();
            before.rewrite(&mut rewritten, id, index);
            let picture_id = before.picture_id.map(|old| PictureId { value: id % old.modulus(), ..old });
            let tl0_picture_index = before.tl0_picture_index.map(|_| index);
            prop_assert_eq!(Descriptor::parse(&rewritten), Some(Descriptor { picture_id, tl0_picture_index, ..before }));
            let length = usize::from(before.length);
            prop_assert_eq!(&rewritten[length..], &payload[length..]);
        }
    }
}
