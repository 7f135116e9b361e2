//! What a stream shows next, packet by packet: frames of the clip, or filling of a given size.

use crate::clip::Frame;
use crate::plan::{Camera, Layer};

/// What one packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payload {
    /// So many bytes of nothing in particular; never fewer than a marker needs.
    Filling(usize),
    /// Part of the clip's frame number `frame`.
    Clip { bytes: &'static [u8], frame: u16 },
}

/// What one packet of a frame is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    pub(crate) payload: Payload,
    pub(crate) keyframe: bool,
    pub(crate) first: bool,
    pub(crate) last: bool,
}

/// A stream's content and how far it is.
#[derive(Debug)]
pub(crate) enum Reel {
    Filling(Filling),
    Clip(Roll),
}

impl Reel {
    /// Filling in the plan of one camera layer.
    pub(crate) fn layer(camera: &Camera, layer: &Layer) -> Reel {
        Reel::Filling(Filling::new(layer.packets, layer.payload, camera.keyframe_interval))
    }

    /// Filling of one packet a frame, each able to stand alone.
    pub(crate) fn sound(payload: usize) -> Reel {
        Reel::Filling(Filling::new(1, payload, None))
    }

    /// Frames that loop.
    pub(crate) fn clip(frames: &'static [Frame]) -> Reel {
        Reel::Clip(Roll { frames, frame: frames.len().saturating_sub(1), piece: 0 })
    }

    /// The next packet. A keyframe that is wanted begins with the next frame, and is wanted no more.
    pub(crate) fn next(&mut self, keyframe_wanted: &mut bool) -> Piece {
        match self {
            Reel::Filling(filling) => filling.next(keyframe_wanted),
            Reel::Clip(roll) => roll.next(keyframe_wanted),
        }
    }

    /// Leaves the rest of the frame under way out.
    pub(crate) fn cut(&mut self) {
        match self {
            Reel::Filling(filling) => filling.position = 0,
            Reel::Clip(roll) => roll.piece = 0,
        }
    }
}

/// Frames of one size.
#[derive(Debug)]
pub(crate) struct Filling {
    packets: u32,
    payload: usize,
    keyframe_interval: Option<u32>,
    frames: u32,
    position: u32,
    keyframe: bool,
}

impl Filling {
    fn new(packets: u32, payload: usize, keyframe_interval: Option<u32>) -> Filling {
        Filling {
            packets: packets.max(1),
            payload,
            keyframe_interval,
            frames: 0,
            position: 0,
            keyframe: false,
        }
    }

    fn next(&mut self, keyframe_wanted: &mut bool) -> Piece {
        let first = self.position == 0;
        if first {
            let regular =
                self.keyframe_interval.is_some_and(|interval| self.frames.is_multiple_of(interval.max(1)));
            self.keyframe = std::mem::take(keyframe_wanted) || regular;
            self.frames = self.frames.wrapping_add(1);
        }
        self.position = (self.position + 1) % self.packets;
        Piece {
            payload: Payload::Filling(self.payload),
            keyframe: self.keyframe,
            first,
            last: self.position == 0,
        }
    }
}

/// A place in the clip.
#[derive(Debug)]
pub(crate) struct Roll {
    frames: &'static [Frame],
    frame: usize,
    piece: usize,
}

impl Roll {
    fn next(&mut self, keyframe_wanted: &mut bool) -> Piece {
        let first = self.piece == 0;
        if first {
            self.frame += 1;
            // The first frame is the one keyframe there is.
            if std::mem::take(keyframe_wanted) || self.frame >= self.frames.len() {
                self.frame = 0;
            }
        }
        let (keyframe, pieces) =
            self.frames.get(self.frame).map_or((false, &[][..]), |frame| (frame.keyframe, &frame.pieces));
        let bytes = pieces.get(self.piece).map_or(&[][..], Vec::as_slice);
        self.piece += 1;
        let last = self.piece >= pieces.len();
        if last {
            self.piece = 0;
        }
        Piece { payload: Payload::Clip { bytes, frame: self.frame as u16 }, keyframe, first, last }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clip::Clip;

    /// Frame numbers, one for each frame begun.
    fn frames(reel: &mut Reel, wanted: &mut bool, packets: usize) -> Vec<u16> {
        let pieces = (0..packets).map(|_| reel.next(wanted));
        let first = pieces.filter(|piece| piece.first);
        first
            .filter_map(|piece| match piece.payload {
                Payload::Clip { frame, .. } => Some(frame),
                Payload::Filling(_) => None,
            })
            .collect()
    }

    #[test]
    fn the_clip_loops_and_starts_over_where_a_keyframe_is_wanted() {
        let mut reel = Reel::clip(&Clip::get().layers[0]);
        let all: Vec<u16> = (0..120).chain(0..10).collect();
        assert_eq!(frames(&mut reel, &mut false, 130), all, "one packet a frame in the lowest layer");
        let mut wanted = true;
        assert_eq!(frames(&mut reel, &mut wanted, 3), [0, 1, 2]);
        assert!(!wanted);
    }

    #[test]
    fn every_piece_of_a_frame_follows_the_one_before() {
        let mut reel = Reel::clip(&Clip::get().layers[2]);
        let (mut bytes, mut wanted) = (Vec::new(), false);
        loop {
            let piece = reel.next(&mut wanted);
            let Payload::Clip { bytes: more, frame } = piece.payload else { panic!("filling") };
            assert_eq!((frame, piece.keyframe), (0, true));
            bytes.extend_from_slice(more);
            if piece.last {
                break;
            }
        }
        assert_eq!(bytes, Clip::get().layers[2][0].pieces.concat());
    }

    #[test]
    fn filling_has_its_packets_and_keyframes_on_request() {
        let layer = Layer { number: 0, packets: 3, payload: 70 };
        let camera = Camera {
            frames_per_second: 30,
            layers: vec![layer],
            pacing: crate::plan::Pacing::Frame,
            keyframe_interval: None,
        };
        let mut reel = Reel::layer(&camera, &layer);
        let mut wanted = true;
        let frame: Vec<_> = (0..4).map(|_| reel.next(&mut wanted)).collect();
        assert_eq!(
            frame.iter().map(|one| (one.first, one.last)).collect::<Vec<_>>(),
            [(true, false), (false, false), (false, true), (true, false)]
        );
        assert!(frame[2].keyframe && !frame[3].keyframe);
    }
}
