//! What a scenario makes the server send: which packets, how large, to how many, in which rhythm.

use load::{Flow, Plan};

/// A fixed RTP header (RFC 3550, section 5.1), in bytes.
pub(crate) const HEADER_BYTES: usize = 12;
/// The tag of AES-GCM (RFC 7714, section 5.2), in bytes.
pub(crate) const TAG_BYTES: usize = 16;

/// All of it. Every room has the same number of publishers and of viewers, and every viewer gets every publisher of the room.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Traffic {
    pub(crate) rooms: usize,
    /// Of each room.
    pub(crate) publishers: usize,
    /// Of each room.
    pub(crate) viewers: usize,
    /// Of each publisher's camera; 0 without one.
    pub(crate) frames_per_second: u32,
    /// The frames, in the order in which they come, again and again.
    pub(crate) frames: Vec<Frame>,
    /// Of each publisher's microphone; 0 without one.
    pub(crate) sound_packets_per_second: u32,
    /// Packets of sound, a frame each, likewise.
    pub(crate) sound: Vec<Frame>,
}

/// One frame of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) packets: usize,
    /// Of each datagram, header and tag included.
    pub(crate) bytes: usize,
}

impl Traffic {
    /// What becomes of a plan that each of the publishers follows.
    pub(crate) fn of(plan: &Plan, rooms: usize, publishers: usize, viewers: usize) -> Traffic {
        let Flow { frames_per_second, frames, sound_packets_per_second, sound } = plan.flow();
        let datagram = |payload: usize| HEADER_BYTES + payload + TAG_BYTES;
        Traffic {
            rooms,
            publishers,
            viewers,
            frames_per_second,
            frames: frames
                .iter()
                .map(|(packets, payload)| Frame { packets: *packets as usize, bytes: datagram(*payload) })
                .collect(),
            sound_packets_per_second,
            sound: sound.iter().map(|payload| Frame { packets: 1, bytes: datagram(*payload) }).collect(),
        }
    }

    /// Pictures alone, every frame of so many packets: what trains of one length cost.
    pub(crate) fn of_trains(packets: usize, viewers: usize) -> Traffic {
        // Its packets are all of one size.
        let webcam = Traffic::of(&Plan::webcam(), 1, 1, viewers);
        let bytes = webcam.frames.first().map_or(0, |frame| frame.bytes);
        Traffic { frames: vec![Frame { packets, bytes }], sound_packets_per_second: 0, ..webcam }
    }

    /// Sockets that all of it goes to.
    pub(crate) fn destinations(&self) -> usize {
        self.rooms * self.viewers
    }

    /// Datagrams a second, in the mean, to all viewers together.
    pub(crate) fn packets_per_second(&self) -> f64 {
        let packets: usize = self.frames.iter().map(|frame| frame.packets).sum();
        let frame = packets as f64 / self.frames.len().max(1) as f64;
        let one = frame * f64::from(self.frames_per_second) + f64::from(self.sound_packets_per_second);
        one * (self.publishers * self.destinations()) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webcam_goes_to_every_viewer_of_its_room() {
        let traffic = Traffic::of(&Plan::webcam(), 2, 3, 10);
        assert_eq!(traffic.destinations(), 20);
        assert_eq!(traffic.packets_per_second(), 200.0 * 3.0 * 20.0);
        assert_eq!(traffic.frames, [Frame { packets: 5, bytes: 1228 }]);
        assert_eq!(traffic.sound, [Frame { packets: 1, bytes: 128 }]);
    }

    #[test]
    fn sound_alone_has_no_frames() {
        let traffic = Traffic::of(&Plan::microphone(), 1, 10, 500);
        assert_eq!((traffic.frames_per_second, traffic.frames.len()), (0, 0));
        assert_eq!(traffic.packets_per_second(), 250_000.0);
    }

    #[test]
    fn trains_of_a_length_are_all_there_is() {
        let traffic = Traffic::of_trains(7, 100);
        assert_eq!(traffic.packets_per_second(), 7.0 * 30.0 * 100.0);
    }
}
