//! What the payloads are, as far as forwarding needs to know.

pub mod dependency;
pub mod keyframe;
pub mod red;
mod scalable;
pub mod vp8;
pub mod vp9;

use crate::Kind;

pub use scalable::Scalable;

/// A codec with the parameters that decide whether two ends understand each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// RFC 7587, 48 kHz, always announced with two channels.
    Opus,
    /// RFC 2198 redundancy around Opus.
    Red,
    /// RFC 7741.
    Vp8,
    /// RFC 9628; the profile id.
    Vp9 { profile: u8 },
    /// RFC 6184.
    H264 { profile: H264Profile, packetization_mode: u8 },
    /// The AV1 RTP payload format; the profile.
    Av1 { profile: u8 },
}

/// H.264 profiles that browsers offer (RFC 6184, section 8.1, table 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum H264Profile {
    /// 42e0…: everyone has it.
    ConstrainedBaseline,
    /// 4200….
    Baseline,
    /// 4d….
    Main,
    /// 64….
    High,
    /// f4….
    PredictiveHigh444,
}

impl Codec {
    /// Whether whoever said to take this takes that as well: of H.264 every profile's decoder reads Constrained Baseline (H.264, section
    /// A.2), and whoever reads fragmented packets reads single ones (RFC 6184, section 5.4).
    pub fn takes(self, other: Codec) -> bool {
        match (self, other) {
            (
                Codec::H264 { profile, packetization_mode },
                Codec::H264 { profile: sent, packetization_mode: mode },
            ) => (profile == sent || sent == H264Profile::ConstrainedBaseline) && packetization_mode >= mode,
            (one, other) => one == other,
        }
    }

    /// Sound or picture.
    pub const fn kind(self) -> Kind {
        match self {
            Codec::Opus | Codec::Red => Kind::Audio,
            Codec::Vp8 | Codec::Vp9 { .. } | Codec::H264 { .. } | Codec::Av1 { .. } => Kind::Video,
        }
    }

    /// RTP clock, in Hz.
    pub const fn clock_rate(self) -> u32 {
        match self.kind() {
            Kind::Audio => 48_000,
            Kind::Video => 90_000,
        }
    }
}
