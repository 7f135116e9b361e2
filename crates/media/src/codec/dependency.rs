//! The dependency descriptor, a header extension that tells of layers whatever the codec (AV1 RTP payload format, appendix A).
//!
//! A keyframe brings a structure: templates, each for one kind of frame, and decode targets, each a set of layers one may decode. Every
//! packet then names its template. Of all this only what a forwarder leaves out by is kept.

use super::scalable::Scalable;
use crate::MAX_LAYERS;

/// Template ids have 6 bits.
pub const MAX_TEMPLATES: usize = 64;
/// Decode targets are counted in 5 bits.
pub const MAX_TARGETS: usize = 32;

/// What a frame is to a decode target: absent, ...
const NOT_PRESENT: u8 = 0;
/// ... or a place from which on all of the target can be decoded.
const SWITCH: u8 = 2;

/// Bytes that are always there: start, end, template, frame number. One with no more has nothing else to say.
pub const MANDATORY: usize = 3;
/// Where the number of the frame stands. Which frames it is decoded with is told by how much lower their numbers are, so numbers may have
/// gaps and jump at a keyframe, but not close up where frames are left out.
const FRAME_NUMBER: std::ops::Range<usize> = 1..MANDATORY;

/// What the last keyframe told; it holds until the next one does.
#[derive(Clone, Debug)]
pub struct Structure {
    offset: u8,
    count: usize,
    templates: [Template; MAX_TEMPLATES],
    targets: usize,
    /// Highest spatial and temporal layer of each decode target.
    reach: [(u8, u8); MAX_TARGETS],
    heights: [u16; MAX_LAYERS],
}

#[derive(Clone, Copy, Debug, Default)]
struct Template {
    spatial: u8,
    temporal: u8,
    /// What such a frame is to each decode target, two bits each.
    indications: u64,
}

impl Template {
    fn to(&self, target: usize) -> u8 {
        (self.indications >> (2 * target) & 3) as u8
    }
}

/// Reads the layers a packet belongs to, and keeps the structure where it brings one. `None` where the descriptor ends too early, or
/// names a template that no structure told of; `kept` is then as it was.
pub fn scalable(descriptor: &[u8], kept: &mut Option<Box<Structure>>) -> Option<Scalable> {
    let (layer, told) = read(descriptor, kept.as_deref())?;
    match (told, kept) {
        (Some(told), Some(kept)) => **kept = told,
        (Some(told), kept) => *kept = Some(Box::new(told)),
        (None, _) => {}
    }
    Some(layer)
}

/// The same of a packet that brings its own structure, of which nothing is kept; `None` for any other.
pub fn scalable_alone(descriptor: &[u8]) -> Option<Scalable> {
    read(descriptor, None).map(|(layer, _)| layer)
}

/// A packet's layers, and the structure where it brings one, which counts instead of the one `known`.
fn read(descriptor: &[u8], known: Option<&Structure>) -> Option<(Scalable, Option<Structure>)> {
    let mut bits = Bits { bytes: descriptor, at: 0 };
    let (begins, ends) = (bits.flag()?, bits.flag()?);
    let template = bits.take(6)? as u8;
    let _frame_number = bits.take(16)?;
    let mut own_indications = false;
    let mut told = None;
    if descriptor.len() > MANDATORY {
        let (structure, active) = (bits.flag()?, bits.flag()?);
        own_indications = bits.flag()?;
        let (_own_differences, _own_chains) = (bits.flag()?, bits.flag()?);
        if structure {
            told = Some(Structure::read(&mut bits)?);
        }
        if active {
            bits.take(told.as_ref().or(known)?.targets)?;
        }
    }
    let structure = told.as_ref().or(known)?;
    let index = usize::from((template + MAX_TEMPLATES as u8 - structure.offset) % MAX_TEMPLATES as u8);
    let mut frame = *structure.templates[..structure.count].get(index)?;
    if own_indications {
        frame.indications = bits.indications(structure.targets)?;
    }
    let mut layer = Scalable::of(frame.spatial, frame.temporal);
    (layer.begins, layer.ends) = (begins, ends);
    let open = (0..structure.targets).filter(|target| frame.to(*target) == SWITCH);
    let open = open.map(|target| structure.reach[target]).filter(|(spatial, _)| *spatial == frame.spatial);
    layer.opens = open.map(|(_, temporal)| temporal).max().unwrap_or(0).max(frame.temporal);
    if let Some(told) = &told {
        layer.heights = told.heights;
    }
    Some((layer, told))
}

/// The number of the frame that a descriptor's packet is of; `None` where there is no descriptor.
pub fn frame_number(descriptor: &[u8]) -> Option<u16> {
    descriptor.get(FRAME_NUMBER).and_then(<[u8]>::first_chunk).map(|bytes| u16::from_be_bytes(*bytes))
}

/// Copies a descriptor under another frame number; `None` where it ends before one, or `space` is too small.
pub fn renumbered<'a>(descriptor: &[u8], frame: u16, space: &'a mut [u8]) -> Option<&'a [u8]> {
    let copy = space.get_mut(..descriptor.len())?;
    copy.copy_from_slice(descriptor);
    copy.get_mut(FRAME_NUMBER)?.copy_from_slice(&frame.to_be_bytes());
    Some(copy)
}

impl Structure {
    fn read(bits: &mut Bits<'_>) -> Option<Structure> {
        let mut told = Structure {
            offset: bits.take(6)? as u8,
            count: 0,
            templates: [Template::default(); MAX_TEMPLATES],
            targets: bits.take(5)? as usize + 1,
            reach: [(0, 0); MAX_TARGETS],
            heights: [0; MAX_LAYERS],
        };
        told.read_layers(bits)?;
        for template in &mut told.templates[..told.count] {
            template.indications = bits.indications(told.targets)?;
        }
        for _ in 0..told.count {
            // Frames it refers to, each by how long ago it was.
            while bits.flag()? {
                bits.take(4)?;
            }
        }
        told.pass_chains(bits)?;
        let frames = &told.templates[..told.count];
        for (target, reach) in told.reach[..told.targets].iter_mut().enumerate() {
            for frame in frames.iter().filter(|frame| frame.to(target) != NOT_PRESENT) {
                *reach = (reach.0.max(frame.spatial), reach.1.max(frame.temporal));
            }
        }
        told.read_heights(bits)?;
        Some(told)
    }

    /// Each template is of the layer of the one before it, of the next temporal layer, or of the lowest of the next spatial layer.
    fn read_layers(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        const NEXT_TEMPORAL: u32 = 1;
        const NEXT_SPATIAL: u32 = 2;
        const END: u32 = 3;
        let (mut spatial, mut temporal) = (0, 0);
        loop {
            let template = self.templates.get_mut(self.count)?;
            (template.spatial, template.temporal) = (spatial, temporal);
            self.count += 1;
            match bits.take(2)? {
                NEXT_TEMPORAL => temporal += 1,
                NEXT_SPATIAL => (spatial, temporal) = (spatial + 1, 0),
                END => return Some(()),
                _ => {}
            }
        }
    }

    /// Chains say what must not be missed; whoever leaves out whole layers misses nothing of them.
    fn pass_chains(&self, bits: &mut Bits<'_>) -> Option<()> {
        let chains = bits.below(self.targets as u32 + 1)?;
        if chains == 0 {
            return Some(());
        }
        for _ in 0..self.targets {
            bits.below(chains)?;
        }
        for _ in 0..self.count as u32 * chains {
            bits.take(4)?;
        }
        Some(())
    }

    fn read_heights(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        if !bits.flag()? {
            return Some(());
        }
        let layers = self.templates[self.count - 1].spatial;
        for spatial in 0..=usize::from(layers) {
            let (_width, height) = (bits.take(16)?, bits.take(16)?);
            if let Some(known) = self.heights.get_mut(spatial) {
                *known = u16::try_from(height + 1).unwrap_or(u16::MAX);
            }
        }
        Some(())
    }
}

/// Bits of a descriptor, most significant first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let set = byte >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        Some(set)
    }

    /// So many bits as a number, at most 32.
    fn take(&mut self, count: usize) -> Option<u32> {
        (0..count).try_fold(0, |number, _| Some(number << 1 | u32::from(self.flag()?)))
    }

    /// A number below `bound`, in as few bits as it takes (appendix A.8.1, ns(n)).
    fn below(&mut self, bound: u32) -> Option<u32> {
        let width = u32::BITS - bound.leading_zeros();
        let short = (1u32 << width) - bound;
        let number = self.take(width as usize - 1)?;
        if number < short { Some(number) } else { Some((number << 1) - short + u32::from(self.flag()?)) }
    }

    fn indications(&mut self, targets: usize) -> Option<u64> {
        (0..targets).try_fold(0, |all, target| Some(all | u64::from(self.take(2)?) << (2 * target)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes what [`Bits`] reads.
    #[derive(Default)]
    struct Writer(Vec<bool>);

    impl Writer {
        fn put(mut self, count: usize, number: u32) -> Writer {
            self.0.extend((0..count).rev().map(|bit| number >> bit & 1 == 1));
            self
        }

        fn bytes(&self) -> Vec<u8> {
            self.0
                .chunks(8)
                .map(|bits| {
                    bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << (7 - at))
                })
                .collect()
        }
    }

    fn mandatory(begins: bool, ends: bool, template: u32) -> Writer {
        Writer::default().put(1, begins.into()).put(1, ends.into()).put(6, template).put(16, 0x1234)
    }

    /// A keyframe of two spatial layers of two temporal ones each; template ids begin at 60, so that they turn over.
    fn keyframe() -> Vec<u8> {
        let flags = mandatory(true, false, 60).put(5, 0b10000);
        // Offset 60, four targets: 0/0, 0/1, 1/0, 1/1. Templates: 0/0, 0/0, 0/1, 1/0, 1/1.
        let layers = flags.put(6, 60).put(5, 3).put(2, 0).put(2, 1).put(2, 2).put(2, 1).put(2, 3);
        let indications = [0b10101010, 0b10101010, 0b00010001, 0b00001010, 0b00000001];
        let layers = indications.into_iter().fold(layers, |writer, all| writer.put(8, all));
        // References: none, 2 ago, 1 ago, 1 ago, none; no chains; sizes.
        let references = layers.put(1, 0).put(6, 0b100010).put(6, 0b100000).put(6, 0b100000).put(1, 0);
        let chains = references.put(2, 0);
        chains.put(1, 1).put(16, 319).put(16, 179).put(16, 639).put(16, 359).bytes()
    }

    #[test]
    fn a_keyframe_tells_the_structure() {
        let mut kept = None;
        let layer = scalable(&keyframe(), &mut kept).unwrap();
        assert_eq!((layer.spatial, layer.temporal, layer.opens), (0, 0, 1));
        assert!(layer.begins && !layer.ends);
        assert_eq!(layer.heights, [180, 360, 0]);
    }

    #[test]
    fn later_packets_name_a_template() {
        let mut kept = None;
        scalable(&keyframe(), &mut kept).unwrap();
        let mut read = |template| scalable(&mandatory(false, true, template).bytes(), &mut kept);
        let places =
            [62, 63, 0].map(|template| read(template).map(|one| (one.spatial, one.temporal, one.opens)));
        assert_eq!(places, [Some((0, 1, 1)), Some((1, 0, 1)), Some((1, 1, 1))]);
        assert_eq!(read(1), None, "nobody told of that template");
        assert_eq!(read(62).unwrap().heights, [0; 3]);
    }

    #[test]
    fn a_frame_may_be_to_its_targets_what_its_template_is_not() {
        let mut kept = None;
        scalable(&keyframe(), &mut kept).unwrap();
        let required = mandatory(true, true, 61).put(5, 0b00100).put(8, 0b11111111).bytes();
        assert_eq!(scalable(&required, &mut kept).unwrap().opens, 0);
        let active = mandatory(true, true, 61).put(5, 0b01100).put(4, 0b1111).put(8, 0b10101010).bytes();
        assert_eq!(scalable(&active, &mut kept).unwrap().opens, 1);
    }

    #[test]
    fn one_that_comes_late_is_read_by_itself() {
        let mut kept = None;
        assert_eq!(scalable_alone(&keyframe()), scalable(&keyframe(), &mut kept));
        assert_eq!(scalable_alone(&mandatory(false, true, 62).bytes()), None);
    }

    #[test]
    fn without_a_structure_nothing_is_known() {
        assert_eq!(scalable(&mandatory(true, true, 0).bytes(), &mut None), None);
    }

    #[test]
    fn one_cut_short_changes_nothing() {
        let whole = keyframe();
        for length in 0..whole.len() {
            let mut kept = None;
            assert_eq!(scalable(&whole[..length], &mut kept), None, "{length} bytes");
            assert!(kept.is_none());
        }
    }

    proptest! {
        #[test]
        fn survives_anything(first in prop::collection::vec(any::<u8>(), 0..80), second in prop::collection::vec(any::<u8>(), 0..20)) {
            let mut kept = None;
            let _ = scalable(&first, &mut kept);
            prop_assert!(scalable(&second, &mut kept).is_none_or(|layer| usize::from(layer.spatial) < MAX_LAYERS));
        }
    }
}
