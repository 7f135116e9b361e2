//! How much sound is protected against loss: by how many frames each packet carries besides its own.
//!
//! More at once when more is lost; less only when it was less for a while, since networks that lose lose again.

use std::time::{Duration, Instant};

use crate::codec::red::MAX_REDUNDANCY;

/// From which share of loss on how many frames are added.
const STEPS: [(f64, u64); 3] = [(0.01, 1), (0.06, 2), (0.13, MAX_REDUNDANCY as u64)];

/// How long it lasts beyond the loss it answered.
const LASTS: Duration = Duration::from_secs(10);

/// Sound takes no more than this share of what the way carries: more of it would itself be what is lost.
const MOST_SOUND: f64 = 0.45;

/// Of one viewer.
#[derive(Debug, Default)]
pub struct Protection {
    frames: u64,
    /// As many as the way has room for.
    room: u64,
    needed_at: Option<Instant>,
}

impl Protection {
    /// Takes what plain sound takes and what the way carries, both in bit/s.
    pub fn fit(&mut self, sound: f64, bitrate: f64) {
        let times = bitrate * MOST_SOUND / sound.max(1.0);
        self.room = (times.max(1.0) - 1.0) as u64;
    }

    /// Takes the share of packets lost lately.
    pub fn update(&mut self, now: Instant, loss: f64) {
        let needed = STEPS.iter().rev().find(|(share, _)| loss >= *share).map_or(0, |(_, frames)| *frames);
        if needed >= self.frames {
            self.frames = needed;
            self.needed_at = Some(now);
        } else if self.needed_at.is_none_or(|at| now.saturating_duration_since(at) >= LASTS) {
            self.frames = needed;
        }
    }

    /// Frames besides a packet's own.
    pub fn redundancy(&self) -> u64 {
        self.frames.min(self.room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_is_answered_at_once_and_for_a_while() {
        let (mut protection, start) = (Protection::default(), Instant::now());
        protection.fit(40e3, 1e6);
        let mut after = |seconds, loss| {
            protection.update(start + Duration::from_secs(seconds), loss);
            protection.redundancy()
        };
        assert_eq!(after(0, 0.0), 0);
        assert_eq!(after(1, 0.02), 1);
        assert_eq!(after(2, 0.2), 3);
        assert_eq!(after(5, 0.0), 3);
        assert_eq!(after(13, 0.0), 0);
    }

    #[test]
    fn a_thin_way_is_not_filled_with_repetitions() {
        let mut protection = Protection::default();
        protection.update(Instant::now(), 0.3);
        for (bitrate, frames) in [(64e3, 0), (200e3, 1), (300e3, 2), (1e6, 3)] {
            protection.fit(40e3, bitrate);
            assert_eq!(protection.redundancy(), frames, "{bitrate}");
        }
    }
}
