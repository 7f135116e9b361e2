//! The VP9 payload descriptor (RFC 9628, section 4.2), as far as layers and keyframes are told by it.

use super::scalable::Scalable;
use crate::MAX_LAYERS;

/// A picture id follows.
const I: u8 = 0x80;
/// Predicted from an earlier picture.
const P: u8 = 0x40;
/// Layer indices follow.
const L: u8 = 0x20;
/// Flexible mode: references are told packet by packet, and there is no TL0PICIDX.
const F: u8 = 0x10;
/// Start of a layer's frame.
const B: u8 = 0x08;
/// End of a layer's frame.
const E: u8 = 0x04;
/// A scalability structure follows.
const V: u8 = 0x02;
/// First byte of a picture id: it has 15 bits.
const M: u8 = 0x80;
/// Layer indices: one may go up to a higher temporal layer after this picture.
const U: u8 = 0x10;
/// A reference: another one follows.
const N: u8 = 0x01;
/// Scalability structure: sizes of the pictures follow.
const Y: u8 = 0x10;

/// References one packet may tell of.
const MAX_REFERENCES: usize = 3;
/// There are no more temporal layers than fit into the three bits of TID.
const ANY_TEMPORAL: u8 = 7;

/// Reads the layers that a payload tells of; `None` where it tells of none, or ends within its descriptor.
pub fn scalable(payload: &[u8]) -> Option<Scalable> {
    let (first, rest) = payload.split_first()?;
    if first & L == 0 {
        return None;
    }
    let mut rest = rest;
    if first & I != 0 {
        rest = rest.get(if *rest.first()? & M != 0 { 2 } else { 1 }..)?;
    }
    let (indices, mut rest) = rest.split_first()?;
    let mut layer = Scalable::of(indices >> 1 & 0x07, indices >> 5);
    if indices & U != 0 {
        layer.opens = ANY_TEMPORAL;
    }
    layer.begins = first & B != 0;
    layer.ends = first & E != 0;
    if first & F == 0 {
        rest = rest.get(1..)?;
    } else if first & P != 0 {
        let more = rest.iter().take(MAX_REFERENCES - 1).take_while(|reference| *reference & N != 0).count();
        rest = rest.get(more + 1..)?;
    }
    if first & V != 0 {
        layer.heights = heights(rest)?;
    }
    Some(layer)
}

/// Of a scalability structure: one more than N_S layers, each with its width and height.
fn heights(structure: &[u8]) -> Option<[u16; MAX_LAYERS]> {
    let mut heights = [0; MAX_LAYERS];
    let (first, sizes) = structure.split_first()?;
    if first & Y != 0 {
        let count = usize::from(first >> 5) + 1;
        for (size, height) in sizes.chunks_exact(4).take(count).zip(&mut heights) {
            *height = u16::from_be_bytes([size[2], size[3]]);
        }
    }
    Some(heights)
}

/// Whether a receiver may start with this packet: not predicted from another picture, beginning of a frame, lowest spatial layer.
pub(super) fn starts(payload: &[u8]) -> Option<bool> {
    let first = *payload.first()?;
    if first & P != 0 || first & B == 0 {
        return Some(false);
    }
    Some(first & L == 0 || scalable(payload)?.spatial == 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_layers_of_a_stream_with_a_fixed_pattern() {
        // I, P, L, B; picture id in 15 bits; temporal layer 1, up, spatial layer 2, from the layer below; TL0PICIDX.
        let layer = scalable(&[0xe8, 0x81, 0x02, 0x35, 9, 7]).unwrap();
        assert_eq!((layer.spatial, layer.temporal, layer.opens), (2, 1, ANY_TEMPORAL));
        assert!(layer.begins && !layer.ends);
    }

    #[test]
    fn reads_layers_in_flexible_mode_past_the_references() {
        // I, P, L, F, E, V; short picture id; temporal layer 2, spatial 1; two references; a structure of two sizes.
        let head = [0xf6, 0x05, 0x42, 0x03, 0x04];
        let structure = [0x30, 0x01, 0x40, 0, 180, 0x02, 0x80, 0x01, 0x68];
        let layer = scalable(&[&head[..], &structure].concat()).unwrap();
        assert_eq!((layer.spatial, layer.temporal, layer.opens), (1, 2, 2));
        assert!(!layer.begins && layer.ends);
        assert_eq!(layer.heights, [180, 360, 0]);
    }

    #[test]
    fn without_indices_there_are_no_layers() {
        assert_eq!(scalable(&[0x88, 0x05, 1]), None);
    }

    #[test]
    fn more_layers_than_there_are_count_as_the_highest() {
        assert_eq!(scalable(&[0x28, 0x0e, 9]).unwrap().spatial, MAX_LAYERS as u8 - 1);
    }

    #[test]
    fn a_descriptor_cut_short_is_none() {
        let whole = [0xfa, 0x85, 0x01, 0x42, 0x03, 0x04, 0x10, 0, 1, 0, 2];
        for length in 0..7 {
            assert_eq!(scalable(&whole[..length]), None, "{length} bytes");
        }
        assert_eq!(scalable(&whole).unwrap().heights, [2, 0, 0]);
    }

    proptest! {
        #[test]
        fn survives_anything(payload in prop::collection::vec(any::<u8>(), 0..24)) {
            let _ = starts(&payload);
            prop_assert!(scalable(&payload).is_none_or(|layer| usize::from(layer.spatial) < MAX_LAYERS));
        }
    }
}
