//! The clip that publishers send: real pictures and real sound, cut into packets once, with room for a marker where decoders do not look.
//!
//! How the files were made is in `clip/README.md`.

use std::io::Cursor;
use std::sync::LazyLock;

use crate::marker::MARKER_BYTES;

/// Pictures a second.
pub(crate) const FRAMES_PER_SECOND: u32 = 30;
/// Most bytes of a picture in one packet: with payload descriptor and headers a packet has at most 1200, as browsers' have.
const PIECE_BYTES: usize = 1170;

/// An IVF file begins with so many bytes about itself, and every frame in it with so many of its own.
const IVF_HEADER: usize = 32;
const IVF_FRAME_HEADER: usize = 12;
/// Bit 0 of a frame's first byte: it is no keyframe (RFC 6386, section 9.1).
const INTER_FRAME: u8 = 0x01;

/// Opus, RFC 6716, section 3.1: how many frames a packet has, in the lowest two bits; and 3.2.5: "any number of frames", which alone can have padding.
const CODE: u8 = 0x03;
/// One frame, and padding behind it.
const ONE_PADDED: u8 = 0x41;

/// The files, which are part of the program.
const LAYERS: [&[u8]; 3] =
    [include_bytes!("../clip/q.ivf"), include_bytes!("../clip/h.ivf"), include_bytes!("../clip/f.ivf")];
const SOUND: &[u8] = include_bytes!("../clip/sound.opus");

/// The clip, read when it is first asked for.
static CLIP: LazyLock<Clip> = LazyLock::new(|| Clip {
    layers: LAYERS.map(|file| ivf_frames(file).map(Frame::picture).collect()),
    sound: opus_packets(SOUND).map(|packet| Frame::sound(&packet)).collect(),
});

/// Pictures in three layers, lowest first, and sound.
#[derive(Debug)]
pub(crate) struct Clip {
    pub(crate) layers: [Vec<Frame>; 3],
    pub(crate) sound: Vec<Frame>,
}

/// One picture, or 20 ms of sound.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) keyframe: bool,
    /// What each packet carries, the shorter ones first, as browsers cut. The last one ends with room for a marker.
    pub(crate) pieces: Vec<Vec<u8>>,
}

impl Clip {
    pub(crate) fn get() -> &'static Clip {
        &CLIP
    }
}

impl Frame {
    /// A VP8 decoder reads no further than the last partition makes it, so what stands behind a frame does not matter to it.
    fn picture(frame: &[u8]) -> Frame {
        let whole = [frame, &[0; MARKER_BYTES]].concat();
        let count = whole.len().div_ceil(PIECE_BYTES);
        let (size, longer) = (whole.len() / count, whole.len() % count);
        let (short, long) = whole.split_at((count - longer) * size);
        let pieces = short.chunks(size).chain(long.chunks(size + 1)).map(<[u8]>::to_vec).collect();
        Frame { keyframe: frame.first().is_some_and(|first| first & INTER_FRAME == 0), pieces }
    }

    /// Opus has padding of its own for what a decoder is to leave alone.
    fn sound(packet: &[u8]) -> Frame {
        let (first, frame) = packet.split_first().unwrap_or((&0, &[]));
        let head = [first | CODE, ONE_PADDED, MARKER_BYTES as u8];
        Frame { keyframe: true, pieces: vec![[&head[..], frame, &[0; MARKER_BYTES]].concat()] }
    }

    /// Whether a payload, its payload descriptor left out, is the last packet of this frame, whatever its marker says.
    pub(crate) fn ends_with(&self, payload: &[u8]) -> bool {
        let content = |bytes: &[u8]| bytes.len().checked_sub(MARKER_BYTES);
        let Some(piece) = self.pieces.last() else { return false };
        content(piece) == content(payload)
            && content(piece).is_some_and(|length| piece[..length] == payload[..length])
    }
}

fn ivf_frames(file: &'static [u8]) -> impl Iterator<Item = &'static [u8]> {
    let mut rest = file.get(IVF_HEADER..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = u32::from_le_bytes(*rest.first_chunk()?) as usize;
        let frame = rest.get(IVF_FRAME_HEADER..IVF_FRAME_HEADER + length)?;
        rest = &rest[IVF_FRAME_HEADER + length..];
        Some(frame)
    })
}

/// Without the two packets that describe the stream (RFC 7845, section 3).
fn opus_packets(file: &'static [u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut reader = ogg::PacketReader::new(Cursor::new(file));
    std::iter::from_fn(move || Some(reader.read_packet().ok()??.data)).skip(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clip_is_four_seconds_in_three_layers_that_begin_with_their_only_keyframe() {
        for (frames, kbits) in Clip::get().layers.iter().zip([150, 500, 1500]) {
            assert_eq!(frames.len(), 120);
            assert!(frames[0].keyframe && frames[1..].iter().all(|frame| !frame.keyframe));
            let bytes: usize = frames.iter().flat_map(|frame| &frame.pieces).map(Vec::len).sum();
            let rate = bytes * 8 / 4 / 1000;
            assert!((kbits * 9 / 10..=kbits * 11 / 10).contains(&rate), "{rate} of {kbits} kbit/s");
        }
    }

    #[test]
    fn the_sound_is_as_long_as_the_pictures() {
        assert!((200..=202).contains(&Clip::get().sound.len()));
        assert!(Clip::get().sound.iter().all(|packet| packet.pieces[0][0] & CODE == CODE));
    }

    #[test]
    fn a_frames_packets_differ_by_one_byte_and_the_shorter_come_first() {
        for frame in Clip::get().layers.iter().flatten() {
            let lengths: Vec<usize> = frame.pieces.iter().map(Vec::len).collect();
            assert!(lengths.is_sorted() && lengths[0] + 1 >= *lengths.last().unwrap());
            assert!(*lengths.last().unwrap() <= PIECE_BYTES);
        }
    }

    #[test]
    fn a_payload_is_known_again_whatever_its_marker() {
        let frame = &Clip::get().layers[2][7];
        let mut payload = frame.pieces.last().unwrap().clone();
        *payload.last_mut().unwrap() ^= 0xff;
        assert!(frame.ends_with(&payload));
        payload[0] ^= 1;
        assert!(!frame.ends_with(&payload));
        assert!(!frame.ends_with(&payload[1..]));
    }
}
