//! What a plan makes a viewer get, as sizes alone: for whoever wants the same packets without the participants.

use crate::clip::{Clip, FRAMES_PER_SECOND, Frame};
use crate::plan::{Camera, Pictures, Plan, SOUND_PACKETS_PER_SECOND, SOUND_PAYLOAD, Sound};
use crate::stream::DESCRIPTOR;

/// What a viewer with room for everything gets of one participant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Of the camera; 0 without one.
    pub frames_per_second: u32,
    /// Packets of each frame and bytes of each packet's payload, in the order in which they come, again and again. Packets of a frame that
    /// differ by a byte count as the longer ones: that is what a forwarder makes of them, so that they form a train.
    pub frames: Vec<(u32, usize)>,
    /// Of the microphone; 0 without one.
    pub sound_packets_per_second: u32,
    /// Bytes of each sound packet's payload, in the order in which they come, again and again.
    pub sound: Vec<usize>,
}

impl Plan {
    /// What a viewer gets of it: sound, and the highest layer.
    pub fn flow(&self) -> Flow {
        let (frames_per_second, frames) = match &self.camera {
            None => (0, Vec::new()),
            Some(Pictures::Filling(camera)) => (camera.frames_per_second, filling(camera)),
            Some(Pictures::Clip) => {
                let highest = Clip::get().layers.last();
                (FRAMES_PER_SECOND, highest.into_iter().flatten().map(picture).collect())
            }
        };
        let sound = match self.mic {
            None => Vec::new(),
            Some(Sound::Filling) => vec![SOUND_PAYLOAD],
            Some(Sound::Clip) => Clip::get().sound.iter().map(longest).collect(),
        };
        let sound_packets_per_second = if sound.is_empty() { 0 } else { SOUND_PACKETS_PER_SECOND };
        Flow { frames_per_second, frames, sound_packets_per_second, sound }
    }
}

fn filling(camera: &Camera) -> Vec<(u32, usize)> {
    let highest = camera.layers.iter().max_by_key(|layer| layer.number);
    highest.map(|layer| (layer.packets, layer.payload)).into_iter().collect()
}

fn picture(frame: &Frame) -> (u32, usize) {
    (frame.pieces.len() as u32, DESCRIPTOR + longest(frame))
}

fn longest(frame: &Frame) -> usize {
    frame.pieces.iter().map(Vec::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clip_flows_at_its_rate() {
        let flow = Plan::clip().flow();
        assert_eq!((flow.frames_per_second, flow.sound_packets_per_second), (30, 50));
        let bytes: usize = flow.frames.iter().map(|(packets, payload)| *packets as usize * payload).sum();
        let kbits = bytes * 8 * 30 / flow.frames.len() / 1000;
        assert!((1350..1650).contains(&kbits), "{kbits} kbit/s");
        assert!(flow.frames.iter().all(|(packets, payload)| *packets > 0 && *payload <= 1200));
    }

    #[test]
    fn filling_flows_in_its_highest_layer_and_silence_not_at_all() {
        let flow = Plan::webcam().flow();
        assert_eq!((flow.frames, flow.sound), (vec![(5, 1200)], vec![SOUND_PAYLOAD]));
        assert_eq!(Plan::default().flow(), Flow::default());
        assert_eq!(Plan::clip_sound().flow().frames_per_second, 0);
    }
}
