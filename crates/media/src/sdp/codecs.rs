//! Codecs: which of those offered the server can forward, under the numbers of the offer, best first.

use super::description::Section;
use super::session::PayloadType;
use crate::Kind;
use crate::codec::{Codec, H264Profile};

/// Bit rate, in kbit/s, at which a Chromium publisher starts. From its own 300 it needs seconds to reach the upper layers;
/// from here all are sent within 100 ms, and feedback corrects what the path cannot carry.
const START_BITRATE: u32 = 3000;

/// One codec of an m-line, with what the answer says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Agreed {
    pub(super) payload: PayloadType,
    /// Format parameters of the server's own; empty for none.
    pub(super) parameters: String,
    /// What the offer has of the feedback that the server knows.
    pub(super) feedback: Feedback,
}

impl Agreed {
    /// As [`Agreed::parameters`], for a picture that the peer sends.
    pub(super) fn parameters_of_publisher(&self) -> String {
        match (self.payload.codec.kind(), self.parameters.as_str()) {
            (Kind::Audio, own) => own.into(),
            (Kind::Video, "") => format!("x-google-start-bitrate={START_BITRATE}"),
            (Kind::Video, own) => format!("{own};x-google-start-bitrate={START_BITRATE}"),
        }
    }
}

/// `a=rtcp-fb` (RFC 4585, section 4.2), those the server acts on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Feedback {
    pub(super) nack: bool,
    pub(super) pli: bool,
    pub(super) fir: bool,
    pub(super) transport: bool,
    /// A receiver's reference times (RFC 3611, section 4.4), as Chromium names it: without, it does not know the round trip, and asks for
    /// what it misses ten times a second and no more.
    pub(super) reference_time: bool,
}

impl Feedback {
    fn note(&mut self, name: &str) {
        match name {
            "nack" => self.nack = true,
            "nack pli" => self.pli = true,
            "ccm fir" => self.fir = true,
            "transport-cc" => self.transport = true,
            "rrtr" => self.reference_time = true,
            _ => {}
        }
    }

    /// There are no keyframes of sound.
    fn for_kind(self, kind: Kind) -> Feedback {
        match kind {
            Kind::Video => self,
            Kind::Audio => Feedback { transport: self.transport, nack: self.nack, ..Feedback::default() },
        }
    }
}

const NUMBERS: usize = 128;

/// What an m-line says of each payload type.
struct Table<'a> {
    maps: [Option<Encoding<'a>>; NUMBERS],
    parameters: [Option<&'a str>; NUMBERS],
    feedback: [Feedback; NUMBERS],
    /// The number that retransmits the one of this place.
    repairs: [Option<u8>; NUMBERS],
}

/// `a=rtpmap` (RFC 8866, section 6.6).
#[derive(Clone, Copy)]
struct Encoding<'a> {
    name: &'a str,
    clock: u32,
    channels: &'a str,
}

/// All codecs of an m-line that the server knows, in the server's order: VP8 before H.264, VP9 and AV1, since every browser
/// sends and shows it, and Opus before its redundant form. Peers send what stands first.
pub(super) fn agree(section: Section<'_>, kind: Kind) -> Vec<Agreed> {
    let table = Table::read(section);
    let mut seen = [false; NUMBERS];
    let mut agreed: Vec<Agreed> = Vec::new();
    for number in section.formats().iter().filter_map(|format| read_number(format)) {
        if std::mem::replace(&mut seen[usize::from(number)], true) {
            continue;
        }
        if let Some((codec, parameters)) = table.codec(number).filter(|(codec, _)| codec.kind() == kind) {
            let payload = PayloadType { codec, number, rtx: table.repairs[usize::from(number)] };
            let feedback = table.feedback[usize::from(number)].for_kind(kind);
            agreed.push(Agreed { payload, parameters, feedback });
        }
    }
    let has_opus = agreed.iter().any(|one| one.payload.codec == Codec::Opus);
    agreed.retain(|one| one.payload.codec != Codec::Red || has_opus);
    agreed.sort_by_key(|one| preference(one.payload.codec));
    agreed
}

/// The same for a source of the peer's: redundant sound first, since what its network loses is lost for everybody.
///
/// Of H.264 a publisher is left no choice where it has the form that everybody shows: nothing is transcoded, and some stacks send the first
/// of their own list, whatever stands first in the answer.
pub(super) fn for_source(mut agreed: Vec<Agreed>) -> Vec<Agreed> {
    let is_common =
        |codec| codec == Codec::H264 { profile: H264Profile::ConstrainedBaseline, packetization_mode: 1 };
    if agreed.iter().any(|one| is_common(one.payload.codec)) {
        agreed.retain(|one| !matches!(one.payload.codec, Codec::H264 { .. }) || is_common(one.payload.codec));
    }
    agreed.sort_by_key(|one| one.payload.codec != Codec::Red);
    agreed
}

/// The same for a slot. What is sent again on a stream of its own needs one, and sound has none: under the same number it would be
/// sealed twice with one nonce, which gives the key away (RFC 7714, section 9.1).
pub(super) fn for_slot(mut agreed: Vec<Agreed>) -> Vec<Agreed> {
    for one in agreed.iter_mut().filter(|one| one.payload.rtx.is_none()) {
        one.feedback.nack = false;
    }
    agreed
}

const fn preference(codec: Codec) -> u8 {
    match codec {
        Codec::Opus | Codec::Vp8 => 0,
        Codec::Red | Codec::H264 { .. } => 1,
        Codec::Vp9 { .. } => 2,
        Codec::Av1 { .. } => 3,
    }
}

impl<'a> Table<'a> {
    fn read(section: Section<'a>) -> Table<'a> {
        let mut table = Table {
            maps: [None; NUMBERS],
            parameters: [None; NUMBERS],
            feedback: [Feedback::default(); NUMBERS],
            repairs: [None; NUMBERS],
        };
        for (number, rest) in section.values("rtpmap").filter_map(split_number) {
            table.maps[number] = table.maps[number].or_else(|| read_encoding(rest));
        }
        for (number, rest) in section.values("fmtp").filter_map(split_number) {
            table.parameters[number] = table.parameters[number].or(Some(rest));
        }
        for value in section.values("rtcp-fb") {
            if let Some(rest) = value.strip_prefix("* ") {
                table.feedback.iter_mut().for_each(|feedback| feedback.note(rest.trim()));
            } else if let Some((number, rest)) = split_number(value) {
                table.feedback[number].note(rest);
            }
        }
        section
            .formats()
            .iter()
            .filter_map(|format| read_number(format))
            .for_each(|number| table.note_rtx(number));
        table
    }

    /// RFC 4588, section 8.1: an `rtx` says by `apt` which number it retransmits.
    fn note_rtx(&mut self, number: u8) {
        let index = usize::from(number);
        let is_rtx = self.maps[index].is_some_and(|map| map.name.eq_ignore_ascii_case("rtx"));
        let repaired = Parameters(self.parameters[index].unwrap_or_default()).number("apt");
        if let Some(repaired) = repaired.and_then(|number| usize::try_from(number).ok())
            && is_rtx
            && let Some(entry) = self.repairs.get_mut(repaired)
        {
            *entry = entry.or(Some(number));
        }
    }

    /// The codec under a number, and the parameters with which the server answers it.
    fn codec(&self, number: u8) -> Option<(Codec, String)> {
        let map = self.maps[usize::from(number)]?;
        let offered = Parameters(self.parameters[usize::from(number)].unwrap_or_default());
        match (map.name.to_ascii_lowercase().as_str(), map.clock, map.channels) {
            // No DTX: a steady stream keeps loss and loudness of a silent microphone known, at some 40 kbit/s.
            ("opus", 48_000, "2") => Some((Codec::Opus, "minptime=10;useinbandfec=1".into())),
            ("red", 48_000, "2") => self.red(offered),
            ("vp8", 90_000, _) => Some((Codec::Vp8, String::new())),
            ("vp9", 90_000, _) => vp9(offered),
            ("h264", 90_000, _) => h264(offered),
            ("av1", 90_000, _) => av1(offered),
            _ => None,
        }
    }

    /// RFC 2198: `111/111`, a block for each of the numbers; taken where all of them are Opus.
    fn red(&self, offered: Parameters<'_>) -> Option<(Codec, String)> {
        let blocks: Option<Vec<u8>> = offered.0.trim().split('/').map(read_number).collect();
        let blocks = blocks.filter(|blocks| (1..=4).contains(&blocks.len()))?;
        let is_opus = |number: &u8| {
            self.maps[usize::from(*number)].is_some_and(|map| map.name.eq_ignore_ascii_case("opus"))
        };
        if !blocks.iter().all(is_opus) {
            return None;
        }
        let blocks: Vec<String> = blocks.iter().map(u8::to_string).collect();
        Some((Codec::Red, blocks.join("/")))
    }
}

/// RFC 9628, section 6: profile 0 unless said otherwise.
fn vp9(offered: Parameters<'_>) -> Option<(Codec, String)> {
    let said = offered.number("profile-id");
    let profile = u8::try_from(said.unwrap_or(0)).ok().filter(|profile| *profile <= 3)?;
    Some((Codec::Vp9 { profile }, said.map(|_| format!("profile-id={profile}")).unwrap_or_default()))
}

/// The AV1 RTP payload format, section 7.2: main profile unless said otherwise; level and tier are given back as offered.
fn av1(offered: Parameters<'_>) -> Option<(Codec, String)> {
    let profile =
        u8::try_from(offered.number("profile").unwrap_or(0)).ok().filter(|profile| *profile <= 2)?;
    let echo = ["level-idx", "profile", "tier"].into_iter().filter_map(|key| {
        let value = offered.number(key).filter(|value| *value <= 31)?;
        Some(format!("{key}={value}"))
    });
    Some((Codec::Av1 { profile }, echo.collect::<Vec<_>>().join(";")))
}

/// RFC 6184, section 8.2.2: profile and packetization mode must be those of the offer. The level is the offer's too, since the
/// server decodes nothing.
fn h264(offered: Parameters<'_>) -> Option<(Codec, String)> {
    // Section 8.1: without the parameter it is Baseline at level 1.
    let text = offered.get("profile-level-id").unwrap_or("420010");
    let proper = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let id = proper.then(|| u32::from_str_radix(text, 16).ok()).flatten()?;
    let profile = h264_profile(id)?;
    let mode = offered.number("packetization-mode").unwrap_or(0);
    let packetization_mode = u8::try_from(mode).ok().filter(|mode| *mode <= 1)?;
    // Asymmetry is agreed only if both ends say so.
    let asymmetry =
        if offered.number("level-asymmetry-allowed") == Some(1) { "level-asymmetry-allowed=1;" } else { "" };
    let parameters = format!("{asymmetry}packetization-mode={packetization_mode};profile-level-id={id:06x}");
    Some((Codec::H264 { profile, packetization_mode }, parameters))
}

/// RFC 6184, table 5: the profile follows from `profile_idc` and the constraint flags.
const fn h264_profile(id: u32) -> Option<H264Profile> {
    let (idc, flags) = ((id >> 16) as u8, (id >> 8) as u8);
    match idc {
        0x42 if flags & 0x4f == 0x40 => Some(H264Profile::ConstrainedBaseline),
        0x4d if flags & 0x8f == 0x80 => Some(H264Profile::ConstrainedBaseline),
        0x58 if flags & 0xcf == 0xc0 => Some(H264Profile::ConstrainedBaseline),
        0x42 if flags & 0x4f == 0 => Some(H264Profile::Baseline),
        0x58 if flags & 0xcf == 0x80 => Some(H264Profile::Baseline),
        0x4d if flags & 0xaf == 0 => Some(H264Profile::Main),
        // 0x0c is Constrained High, which Safari offers; no browser's encoder goes beyond it.
        0x64 if flags == 0 || flags == 0x0c => Some(H264Profile::High),
        0xf4 if flags == 0 => Some(H264Profile::PredictiveHigh444),
        _ => None,
    }
}

/// `key=value` pairs between semicolons.
#[derive(Clone, Copy)]
struct Parameters<'a>(&'a str);

impl<'a> Parameters<'a> {
    fn get(self, key: &str) -> Option<&'a str> {
        self.0
            .split(';')
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(name, value)| name.trim().eq_ignore_ascii_case(key).then_some(value.trim()))
    }

    fn number(self, key: &str) -> Option<u64> {
        self.get(key)?.parse().ok()
    }
}

/// `<number> <rest>`, as `rtpmap`, `fmtp` and `rtcp-fb` begin.
fn split_number(value: &str) -> Option<(usize, &str)> {
    let (number, rest) = value.split_once(' ')?;
    Some((usize::from(read_number(number)?), rest.trim()))
}

fn read_number(text: &str) -> Option<u8> {
    text.parse().ok().filter(|number| usize::from(*number) < NUMBERS)
}

/// `<name>/<clock>[/<channels>]`.
fn read_encoding(text: &str) -> Option<Encoding<'_>> {
    let mut parts = text.split('/');
    let (name, clock) = (parts.next()?, parts.next()?.parse().ok()?);
    Some(Encoding { name, clock, channels: parts.next().unwrap_or("1") })
}
