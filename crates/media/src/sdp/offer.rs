//! Writing an offer such as our page makes, for synthetic peers: the load generator, and tests.

use std::fmt::{self, Write};

use super::extensions::Extension;
use super::negotiate::SourceMids;
use super::session::{HeaderExtensions, IceCredentials};
use crate::{Kind, Mid};

/// Numbers that a synthetic peer gives its codecs; Chromium's, for no other reason than familiarity.
pub mod payload {
    /// Opus.
    pub const OPUS: u8 = 111;
    /// VP8.
    pub const VP8: u8 = 96;
    /// Retransmissions of VP8.
    pub const RTX: u8 = 97;
}

/// Ids that a synthetic peer gives header extensions.
pub const EXTENSIONS: HeaderExtensions = HeaderExtensions {
    mid: Some(4),
    rid: Some(10),
    repaired_rid: Some(11),
    transport_sequence: Some(3),
    audio_level: Some(1),
    absolute_send_time: Some(2),
    dependency_descriptor: None,
};

/// Layers of a synthetic camera, lowest first.
pub const RIDS: [&str; 3] = ["q", "h", "f"];

/// A peer that is no browser.
#[derive(Clone, Debug)]
pub struct Peer<'a> {
    /// Its ICE credentials.
    pub ice: IceCredentials,
    /// As it stands in SDP: `sha-256 AA:BB:…`.
    pub fingerprint: &'a str,
    /// 1 for the first offer; one more for each after it.
    pub version: u64,
    /// Whether it has a microphone.
    pub mic: bool,
    /// Whether it has a camera, of three layers.
    pub camera: bool,
    /// Whether it can share a screen, in a single stream of unannounced SSRC.
    pub screen: bool,
    /// How many sounds it can receive.
    pub audio_slots: usize,
    /// How many pictures it can receive.
    pub video_slots: usize,
}

/// A synthetic offer, and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synthetic {
    /// The offer.
    pub offer: String,
    /// For [`super::negotiate`].
    pub sources: SourceMids,
    /// Sounds it can receive.
    pub audio_slots: Vec<Mid>,
    /// Pictures it can receive.
    pub video_slots: Vec<Mid>,
}

/// What an m-line of the offer is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Mic,
    Camera,
    Screen,
    Slot(Kind),
}

impl Line {
    const fn kind(self) -> Kind {
        match self {
            Line::Mic => Kind::Audio,
            Line::Camera | Line::Screen => Kind::Video,
            Line::Slot(kind) => kind,
        }
    }
}

/// Writes the offer: sources first, then slots for sound, then slots for pictures, named by their place.
pub fn synthetic(peer: &Peer<'_>) -> Synthetic {
    let lines = lines(peer);
    let mut made = Synthetic {
        offer: String::new(),
        sources: SourceMids::default(),
        audio_slots: Vec::new(),
        video_slots: Vec::new(),
    };
    for (index, line) in lines.iter().enumerate() {
        let Some(mid) = Mid::new(&index.to_string()) else { continue };
        match line {
            Line::Mic => made.sources.mic = Some(mid),
            Line::Camera => made.sources.camera = Some(mid),
            Line::Screen => made.sources.screen = Some(mid),
            Line::Slot(Kind::Audio) => made.audio_slots.push(mid),
            Line::Slot(Kind::Video) => made.video_slots.push(mid),
        }
    }
    // Nothing but memory can fail a write to a string, and that aborts.
    let _ = write_offer(&mut made.offer, peer, &lines);
    made
}

fn lines(peer: &Peer<'_>) -> Vec<Line> {
    let sources = [(peer.mic, Line::Mic), (peer.camera, Line::Camera), (peer.screen, Line::Screen)];
    let sources = sources.into_iter().filter_map(|(there, line)| there.then_some(line));
    let sounds = std::iter::repeat_n(Line::Slot(Kind::Audio), peer.audio_slots);
    let pictures = std::iter::repeat_n(Line::Slot(Kind::Video), peer.video_slots);
    sources.chain(sounds).chain(pictures).collect()
}

fn write_offer(out: &mut String, peer: &Peer<'_>, lines: &[Line]) -> fmt::Result {
    write!(out, "v=0\r\no=- 1 {} IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE", peer.version)?;
    for index in 0..lines.len() {
        write!(out, " {index}")?;
    }
    write!(out, "\r\n")?;
    for (index, line) in lines.iter().enumerate() {
        write_line(out, peer, index, *line)?;
    }
    Ok(())
}

fn write_line(out: &mut String, peer: &Peer<'_>, index: usize, line: Line) -> fmt::Result {
    use payload::{OPUS, RTX, VP8};
    match line.kind() {
        Kind::Audio => write!(out, "m=audio 9 UDP/TLS/RTP/SAVPF {OPUS}\r\n")?,
        Kind::Video => write!(out, "m=video 9 UDP/TLS/RTP/SAVPF {VP8} {RTX}\r\n")?,
    }
    write!(out, "c=IN IP4 0.0.0.0\r\na=mid:{index}\r\n")?;
    write!(out, "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\n", peer.ice.ufrag, peer.ice.pwd)?;
    write!(out, "a=fingerprint:{}\r\na=setup:actpass\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", peer.fingerprint)?;
    for (extension, id) in offered_extensions(line) {
        write!(out, "a=extmap:{id} {}\r\n", extension.uri())?;
    }
    write!(out, "a={}\r\n", if matches!(line, Line::Slot(_)) { "recvonly" } else { "sendonly" })?;
    match line.kind() {
        Kind::Audio => {
            write!(out, "a=rtpmap:{OPUS} opus/48000/2\r\na=rtcp-fb:{OPUS} transport-cc\r\n")?;
            write!(out, "a=fmtp:{OPUS} minptime=10;useinbandfec=1\r\n")?;
        }
        Kind::Video => {
            write!(out, "a=rtpmap:{VP8} VP8/90000\r\n")?;
            for feedback in ["transport-cc", "ccm fir", "nack", "nack pli"] {
                write!(out, "a=rtcp-fb:{VP8} {feedback}\r\n")?;
            }
            write!(out, "a=rtpmap:{RTX} rtx/90000\r\na=fmtp:{RTX} apt={VP8}\r\n")?;
        }
    }
    if line == Line::Camera {
        for rid in RIDS {
            write!(out, "a=rid:{rid} send\r\n")?;
        }
        write!(out, "a=simulcast:send {}\r\n", RIDS.join(";"))?;
    }
    Ok(())
}

fn offered_extensions(line: Line) -> impl Iterator<Item = (Extension, u8)> {
    let ids = [
        (Extension::Mid, EXTENSIONS.mid),
        (Extension::Rid, EXTENSIONS.rid),
        (Extension::RepairedRid, EXTENSIONS.repaired_rid),
        (Extension::TransportSequence, EXTENSIONS.transport_sequence),
        (Extension::AudioLevel, EXTENSIONS.audio_level),
        (Extension::AbsoluteSendTime, EXTENSIONS.absolute_send_time),
    ];
    ids.into_iter().filter_map(|(extension, id)| Some((extension, id?))).filter(move |(extension, _)| {
        match extension {
            Extension::Rid | Extension::RepairedRid => line == Line::Camera,
            Extension::AudioLevel => line.kind() == Kind::Audio,
            _ => true,
        }
    })
}
