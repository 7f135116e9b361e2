//! What a synthetic participant sends: how many packets, how large and in which rhythm.

/// Sound: one packet of 20 ms.
pub(crate) const SOUND_PACKETS_PER_SECOND: u32 = 50;

/// Bytes of a sound packet's payload: Opus at some 40 kbit/s.
pub(crate) const SOUND_PAYLOAD: usize = 100;

/// All of one participant's sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What its microphone hears, if it has one.
    pub mic: Option<Sound>,
    /// What its camera shows, if it has one.
    pub camera: Option<Pictures>,
}

/// What is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// The clip's sound.
    Clip,
    /// Nothing in particular, in packets of the same rhythm.
    Filling,
}

/// What is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pictures {
    /// The clip, in all three layers.
    Clip,
    /// Nothing in particular; every packet has a marker.
    Filling(Camera),
}

/// A camera that shows nothing in particular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Camera {
    /// Frames a second, of every layer.
    pub frames_per_second: u32,
    /// At least one.
    pub layers: Vec<Layer>,
    /// How the packets of a frame follow one another.
    pub pacing: Pacing,
    /// Frames from one keyframe to the next; without it, keyframes come on request only, as browsers have it.
    pub keyframe_interval: Option<u32>,
}

/// One layer of a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// 0, 1 or 2: which of the three rids, lowest first.
    pub number: u8,
    /// Packets of one frame.
    pub packets: u32,
    /// Bytes of one packet's payload.
    pub payload: usize,
}

/// How the packets of a frame follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pacing {
    /// All at once, as browsers nearly do.
    Frame,
    /// Evenly over the time to the next frame.
    Even,
}

impl Plan {
    /// The clip: sound, and pictures in three layers of 150, 500 and 1500 kbit/s at 30 frames a second.
    pub fn clip() -> Plan {
        Plan { mic: Some(Sound::Clip), camera: Some(Pictures::Clip) }
    }

    /// The clip's sound alone, at 50 packets a second.
    pub fn clip_sound() -> Plan {
        Plan { mic: Some(Sound::Clip), camera: None }
    }

    /// Sound alone, at 50 packets a second.
    pub fn microphone() -> Plan {
        Plan { mic: Some(Sound::Filling), camera: None }
    }

    /// Sound, and a camera in three layers of 150 kbit/s, 500 kbit/s and 1.44 Mbit/s at 30 frames a second: what is forwarded of it is
    /// 150 packets of pictures and 50 of sound a second.
    pub fn webcam() -> Plan {
        let layers = vec![
            Layer { number: 0, packets: 1, payload: 625 },
            Layer { number: 1, packets: 2, payload: 1040 },
            Layer { number: 2, packets: 5, payload: 1200 },
        ];
        Plan::filling(Camera {
            frames_per_second: 30,
            layers,
            pacing: Pacing::Frame,
            keyframe_interval: None,
        })
    }

    /// Sound, and pictures in the highest layer alone, so that both together are so many packets a second, evenly spread: at least 51.
    pub fn steady(packets_per_second: u32) -> Plan {
        let layers = vec![Layer { number: 2, packets: 1, payload: 1000 }];
        let frames_per_second = packets_per_second.saturating_sub(SOUND_PACKETS_PER_SECOND).max(1);
        Plan::filling(Camera { frames_per_second, layers, pacing: Pacing::Even, keyframe_interval: None })
    }

    /// The least that shows somebody sends at all: sound, and a small picture ten times a second.
    pub fn trickle() -> Plan {
        let layers = vec![Layer { number: 0, packets: 1, payload: 200 }];
        Plan::filling(Camera { frames_per_second: 10, layers, pacing: Pacing::Even, keyframe_interval: None })
    }

    fn filling(camera: Camera) -> Plan {
        Plan { mic: Some(Sound::Filling), camera: Some(Pictures::Filling(camera)) }
    }
}
