//! When the packets of a stream are due, and which frame each belongs to.

use std::time::{Duration, Instant};

use crate::plan::{Camera, Layer, Pacing, SOUND_PACKETS_PER_SECOND, SOUND_PAYLOAD};
use crate::stream::Shape;

/// A sender that is later than this with a packet leaves out what it missed instead of sending it all at once.
const MAX_LATENESS: Duration = Duration::from_millis(100);

/// When a stream's next packets are due.
#[derive(Debug)]
pub(crate) struct Rhythm {
    pub(crate) due: Instant,
    pub(crate) step: Duration,
    /// Packets a step.
    pub(crate) burst: u32,
    /// Packets of a frame, and how many of them are out.
    frame: u32,
    position: u32,
    frames: u32,
    payload: usize,
    keyframe_interval: Option<u32>,
    keyframe_wanted: bool,
    /// Of the frame under way.
    timestamp: u32,
    keyframe: bool,
}

impl Rhythm {
    /// Of a microphone.
    pub(crate) fn sound(now: Instant) -> Rhythm {
        Rhythm::new(SOUND_PACKETS_PER_SECOND, 1, 1, SOUND_PAYLOAD, None, now)
    }

    /// Of one layer of a camera.
    pub(crate) fn pictures(camera: &Camera, layer: &Layer, now: Instant) -> Rhythm {
        let burst = match camera.pacing {
            Pacing::Frame => layer.packets,
            Pacing::Even => 1,
        };
        Rhythm::new(
            camera.frames_per_second,
            layer.packets,
            burst,
            layer.payload,
            camera.keyframe_interval,
            now,
        )
    }

    fn new(
        frames_per_second: u32,
        frame: u32,
        burst: u32,
        payload: usize,
        keyframe_interval: Option<u32>,
        now: Instant,
    ) -> Rhythm {
        let steps = frames_per_second * frame.max(1) / burst.max(1);
        Rhythm {
            due: now,
            step: Duration::from_secs(1) / steps.max(1),
            burst: burst.max(1),
            frame: frame.max(1),
            position: 0,
            frames: 0,
            payload,
            keyframe_interval,
            keyframe_wanted: true,
            timestamp: 0,
            keyframe: false,
        }
    }

    /// Starts anew at `now`, with a keyframe.
    pub(crate) fn restart(&mut self, now: Instant) {
        self.due = now;
        self.position = 0;
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
        let first = self.position == 0;
        if first {
            let regular =
                self.keyframe_interval.is_some_and(|interval| self.frames.is_multiple_of(interval.max(1)));
            self.keyframe = std::mem::take(&mut self.keyframe_wanted) || regular;
            self.timestamp = timestamp(epoch, self.due, clock_rate);
            self.frames = self.frames.wrapping_add(1);
        }
        self.position = (self.position + 1) % self.frame;
        Shape {
            timestamp: self.timestamp,
            payload: self.payload,
            keyframe: self.keyframe,
            first,
            last: self.position == 0,
        }
    }
}

/// The time stamp that belongs to a moment.
pub(crate) fn timestamp(epoch: Instant, at: Instant, clock_rate: u32) -> u32 {
    let micros = at.saturating_duration_since(epoch).as_micros();
    (micros * u128::from(clock_rate) / 1_000_000) as u32
}
