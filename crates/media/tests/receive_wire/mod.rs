//! A publisher made by hand: it writes the packets a browser would send.

#![allow(clippy::unwrap_used, reason = "a test's own tools may fail as its assertions do")]
#![allow(dead_code, reason = "each test binary needs a part of it")]

use std::time::{Duration, Instant};

use media::codec::{Codec, red};
use media::publication::Upstreams;
use media::rtp::{Extension, Fields, MAX_HEADER, write_header};
use media::sdp::{HeaderExtensions, IceCredentials, PayloadType, Session, SourceTrack, Upstream};
use media::{Kind, Mid, PeerId, Source, WorkerId};

pub(crate) const MID: u8 = 4;
pub(crate) const RID: u8 = 10;
pub(crate) const REPAIRED_RID: u8 = 11;
pub(crate) const TRANSPORT: u8 = 3;
pub(crate) const LEVEL: u8 = 1;
pub(crate) const DESCRIPTOR: u8 = 12;

pub(crate) const OPUS: u8 = 111;
pub(crate) const RED: u8 = 63;
pub(crate) const VP8: u8 = 96;
pub(crate) const VP8_RTX: u8 = 97;

/// A VP8 payload that begins a keyframe, and one that does not.
pub(crate) const KEY: &[u8] = &[0x90, 0x80, 0x01, 0x10, 0xaa];
pub(crate) const DELTA: &[u8] = &[0x90, 0x80, 0x02, 0x11, 0xbb];

pub(crate) fn mid(text: &str) -> Mid {
    Mid::new(text).unwrap()
}

/// A mic, a camera of three layers and a screen of one.
pub(crate) fn session() -> Session {
    let track = |mid: Mid, source: Source, payload_types, upstream| SourceTrack {
        mid,
        source,
        payload_types,
        upstream,
        transport_feedback: true,
        nack: source.kind() == Kind::Video,
    };
    let opus = || {
        [(Codec::Red, RED), (Codec::Opus, OPUS)]
            .map(|(codec, number)| PayloadType { codec, number, rtx: None })
            .to_vec()
    };
    let vp8 = || vec![PayloadType { codec: Codec::Vp8, number: VP8, rtx: Some(VP8_RTX) }];
    let rids = ["q", "h", "f"].map(mid).to_vec();
    let single = Upstream::Single { ssrc: None, rtx: None };
    let ice = || IceCredentials { ufrag: "abcd".into(), pwd: "0123456789012345678901".into() };
    Session {
        local_ice: ice(),
        remote_ice: ice(),
        fingerprints: Vec::new(),
        extensions: HeaderExtensions {
            mid: Some(MID),
            rid: Some(RID),
            repaired_rid: Some(REPAIRED_RID),
            transport_sequence: Some(TRANSPORT),
            audio_level: Some(LEVEL),
            absolute_send_time: None,
            dependency_descriptor: Some(DESCRIPTOR),
        },
        upstream: vec![
            track(mid("0"), Source::Mic, opus(), single.clone()),
            track(mid("1"), Source::Camera, vp8(), Upstream::Simulcast { rids }),
            track(mid("2"), Source::Screen, vp8(), single),
        ],
        slots: Vec::new(),
    }
}

pub(crate) fn upstreams() -> Upstreams {
    Upstreams::new(PeerId { worker: WorkerId(0), serial: 1 }, &session())
}

/// One packet to be written; start from one of the constructors and change what matters.
#[derive(Clone, Debug)]
pub(crate) struct Rtp {
    pub(crate) payload_type: u8,
    pub(crate) marker: bool,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    pub(crate) extensions: Vec<(u8, Vec<u8>)>,
    pub(crate) payload: Vec<u8>,
    pub(crate) padding: u8,
}

impl Rtp {
    pub(crate) fn new(ssrc: u32, payload_type: u8, sequence: u16, payload: &[u8]) -> Self {
        Rtp {
            payload_type,
            marker: false,
            sequence,
            timestamp: 0,
            ssrc,
            extensions: Vec::new(),
            payload: payload.to_vec(),
            padding: 0,
        }
    }

    pub(crate) fn with(mut self, id: u8, data: impl AsRef<[u8]>) -> Self {
        self.extensions.push((id, data.as_ref().to_vec()));
        self
    }

    pub(crate) fn padded(mut self, padding: u8) -> Self {
        self.padding = padding;
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let fields = Fields {
            payload_type: self.payload_type,
            marker: self.marker,
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
        };
        let extensions: Vec<_> =
            self.extensions.iter().map(|(id, data)| Extension { id: *id, data }).collect();
        let mut out = vec![0; MAX_HEADER];
        let length = write_header(&mut out, &fields, &extensions).unwrap();
        out.truncate(length);
        out.extend_from_slice(&self.payload);
        if self.padding > 0 {
            out[0] |= 0x20;
            out.resize(out.len() + usize::from(self.padding) - 1, 0);
            out.push(self.padding);
        }
        out
    }
}

/// A screen's packet that says whose it is.
pub(crate) fn screen(sequence: u16, payload: &[u8]) -> Rtp {
    Rtp::new(0x5c4ee0, VP8, sequence, payload).with(MID, "2")
}

/// A retransmission of a screen's packet.
pub(crate) fn screen_rtx(sequence: u16, original: u16, payload: &[u8]) -> Rtp {
    let payload = [&original.to_be_bytes(), payload].concat();
    Rtp::new(0x5c4ee1, VP8_RTX, sequence, &payload).with(MID, "2")
}

/// A camera's packet of one layer that says whose it is.
pub(crate) fn camera(layer: u8, sequence: u16, payload: &[u8]) -> Rtp {
    let rid = ["q", "h", "f"][usize::from(layer)];
    Rtp::new(0xca0 + u32::from(layer), VP8, sequence, payload).with(MID, "1").with(RID, rid)
}

/// A microphone's packet that says whose it is.
pub(crate) fn mic(sequence: u16) -> Rtp {
    Rtp::new(0x3c, OPUS, sequence, &[0xfc; 40]).with(MID, "0")
}

/// The same with the frames of so many packets before it, each of them told by the low byte of its number.
pub(crate) fn redundant_mic(sequence: u16, before: u16) -> Rtp {
    let frames: Vec<_> = (1..=before).rev().map(|step| [sequence.wrapping_sub(step) as u8; 40]).collect();
    let blocks: Vec<_> = frames
        .iter()
        .zip((1..=u32::from(before)).rev())
        .map(|(payload, step)| red::Block { offset: 960 * step, payload })
        .collect();
    let mut space = [0; 1200];
    let length = red::write(OPUS, &blocks, &[sequence as u8; 40], &mut space).unwrap();
    let mut packet = Rtp::new(0x3c, RED, sequence, &space[..length]).with(MID, "0");
    packet.timestamp = 960 * u32::from(sequence);
    packet
}

/// Somewhere in time.
pub(crate) struct Clock {
    pub(crate) now: Instant,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Clock { now: Instant::now() }
    }

    pub(crate) fn pass(&mut self, millis: u64) -> Instant {
        self.now += Duration::from_millis(millis);
        self.now
    }
}
