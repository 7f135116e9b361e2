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
    /// The frame depends on the lowest temporal layer alone: a receiver may go up to its layer here.
    pub layer_sync: bool,
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
/// The byte of the temporal layer: the frame depends on the lowest one alone.
const Y: u8 = 0x20;
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
            layer_sync: false,
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
                descriptor.layer_sync = extended & T != 0 && byte & Y != 0;
                at += 1;
            }
        }
        // The frame's own header: its lowest bit is 0 in a keyframe (RFC 6386, section 9.1).
        let frame = *payload.get(at)?;
        descriptor.keyframe = descriptor.frame_start && frame & 1 == 0;
        descriptor.length = at as u8;
        Some(descriptor)
    }

    /// The picture's height in pixels, from the header of a keyframe that `payload` begins (RFC 6386, section 9.1).
    pub fn height(&self, payload: &[u8]) -> Option<u16> {
        const START_CODE: [u8; 3] = [0x9d, 0x01, 0x2a];
        let header: &[u8; 10] = payload.get(usize::from(self.length)..)?.first_chunk()?;
        let height = u16::from_le_bytes([header[8], header[9]]) & 0x3fff;
        (self.keyframe && header[3..6] == START_CODE).then_some(height)
    }
}

impl PictureId {
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
                layer_sync: false,
                frame_start: true,
                keyframe: true,
            })
        );
    }

    #[test]
    fn a_layer_sync_counts_for_a_temporal_layer_alone() {
        let sync = |second, byte| Descriptor::parse(&[0x80, second, byte, 0x01]).unwrap().layer_sync;
        assert!(sync(0x20, 0xa0));
        assert!(!sync(0x20, 0x80) && !sync(0x10, 0xa0));
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

    proptest! {
        #[test]
        fn whatever_comes_a_descriptor_lies_inside_its_payload(payload in prop::collection::vec(any::<u8>(), 0..12)) {
            if let Some(descriptor) = Descriptor::parse(&payload) {
                prop_assert!(usize::from(descriptor.length) <= payload.len());
            }
        }
    }
}
