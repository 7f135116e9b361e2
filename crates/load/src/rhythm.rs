//! When the packets of a stream are due, and which frame each belongs to.

use std::time::{Duration, Instant};

use crate::clip::{Clip, FRAMES_PER_SECOND};
use crate::plan::{Camera, Layer, Pacing, SOUND_PACKETS_PER_SECOND, SOUND_PAYLOAD};
use crate::reel::{Piece, Reel};
use crate::stream::Shape;

/// A sender that is later than this with a packet leaves out what it missed instead of sending it all at once.
const MAX_LATENESS: Duration = Duration::from_millis(100);

/// When a stream's next packets are due.
#[derive(Debug)]
pub(crate) struct Rhythm {
    pub(crate) due: Instant,
    pub(crate) step: Duration,
    /// Whether a step is a frame, all of its packets at once; a packet otherwise.
    pub(crate) whole_frames: bool,
    reel: Reel,
    keyframe_wanted: bool,
    /// Of the frame under way.
    timestamp: u32,
}

impl Rhythm {
    /// Of a microphone, filled.
    pub(crate) fn sound(now: Instant) -> Rhythm {
        Rhythm::new(SOUND_PACKETS_PER_SECOND, true, Reel::sound(SOUND_PAYLOAD), now)
    }

    /// Of one layer of a camera, filled.
    pub(crate) fn pictures(camera: &Camera, layer: &Layer, now: Instant) -> Rhythm {
        let whole_frames = camera.pacing == Pacing::Frame;
        let packets = if whole_frames { 1 } else { layer.packets.max(1) };
        Rhythm::new(camera.frames_per_second * packets, whole_frames, Reel::layer(camera, layer), now)
    }

    /// Of the clip's sound.
    pub(crate) fn clip_sound(now: Instant) -> Rhythm {
        Rhythm::new(SOUND_PACKETS_PER_SECOND, true, Reel::clip(&Clip::get().sound), now)
    }

    /// Of one layer of the clip's pictures, 0 to 2.
    pub(crate) fn clip_pictures(layer: u8, now: Instant) -> Rhythm {
        let frames = Clip::get().layers.get(usize::from(layer)).map_or(&[][..], Vec::as_slice);
        Rhythm::new(FRAMES_PER_SECOND, true, Reel::clip(frames), now)
    }

    fn new(steps_per_second: u32, whole_frames: bool, reel: Reel, now: Instant) -> Rhythm {
        let step = Duration::from_secs(1) / steps_per_second.max(1);
        Rhythm { due: now, step, whole_frames, reel, keyframe_wanted: true, timestamp: 0 }
    }

    /// Starts anew at `now`, with a keyframe.
    pub(crate) fn restart(&mut self, now: Instant) {
        self.due = now;
        self.reel.cut();
        self.want_keyframe();
    }

    /// The next frame will be a keyframe.
    pub(crate) fn want_keyframe(&mut self) {
        self.keyframe_wanted = true;
    }

    /// Leaves out what is hopelessly late; `true` when it was.
    pub(crate) fn catch_up(&mut self, now: Instant) -> bool {
        let late = now.saturating_duration_since(self.due) > MAX_LATENESS;
        if late {
            self.due = now;
        }
        late
    }

    /// The next packet of the frame, or the first one of the next frame.
    pub(crate) fn next(&mut self, epoch: Instant, clock_rate: u32) -> Shape {
        let Piece { payload, keyframe, first, last } = self.reel.next(&mut self.keyframe_wanted);
        if first {
            self.timestamp = timestamp(epoch, self.due, clock_rate);
        }
        Shape { timestamp: self.timestamp, payload, keyframe, first, last }
    }
}

/// The time stamp that belongs to a moment.
pub(crate) fn timestamp(epoch: Instant, at: Instant, clock_rate: u32) -> u32 {
    let micros = at.saturating_duration_since(epoch).as_micros();
    (micros * u128::from(clock_rate) / 1_000_000) as u32
}
