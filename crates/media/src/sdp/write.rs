//! The text of an answer.
//!
//! Whatever of the offer comes back here went through a type first, or is a token without white space: a peer cannot slip
//! a line of its own into the answer.

use std::fmt::{self, Write};
use std::net::SocketAddr;

use super::codecs::Agreed;
use super::description::{Description, Direction, Section};
use super::extensions::{Extension, Mapping};
use super::negotiate::{Accepted, Decision, Local, Part};
use super::session::{SlotSsrc, Upstream};
use crate::codec::Codec;
use crate::{Kind, Mid, path};

/// The name under which all of the server's streams are one endpoint's (RFC 7022), in SDP and in RTCP source descriptions.
pub const CNAME: &str = "proscenium";

/// Writes the answer to an offer.
pub(super) fn answer(
    offer: &Description,
    bundle: &[Mid],
    decisions: &[Decision<'_>],
    local: &Local<'_>,
) -> String {
    let mut out = String::new();
    // Nothing but memory can fail a write to a string, and that aborts.
    let _ = write_answer(&mut out, offer, bundle, decisions, local);
    out
}

fn write_answer(
    out: &mut String,
    offer: &Description,
    bundle: &[Mid],
    decisions: &[Decision<'_>],
    local: &Local<'_>,
) -> fmt::Result {
    // RFC 8829, section 5.2.1: 63 bits. The offer's version rises from one offer to the next, so the answer's does.
    let (session_id, version) = (local.session_id & (u64::MAX >> 1), offer.version());
    write!(out, "v=0\r\no=- {session_id} {version} IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\n")?;
    // A descriptor with the structure of all layers is longer than an extension of a one-byte header may be (RFC 8285, section 6).
    if offer.flag(MIXED) && decisions.iter().any(Decision::is_described) {
        write!(out, "a={MIXED}\r\n")?;
    }
    write!(out, "a=group:BUNDLE")?;
    for mid in bundle.iter().filter(|mid| decisions.iter().any(|one| one.accepted_mid() == Some(**mid))) {
        write!(out, " {mid}")?;
    }
    write!(out, "\r\na=msid-semantic: WMS *\r\n")?;
    // RFC 8843, section 7.3, asks for the bundle's transport in its first m-line alone. Firefox wants the credentials in each, and aiortc takes
    // the candidates of whichever m-line comes last; nobody minds reading either again. TCP is for browsers, and they read the first.
    let mut first = true;
    for decision in decisions {
        match decision {
            Decision::Rejected(section) => write_rejected(out, *section)?,
            Decision::Accepted(accepted) => {
                write_accepted(out, accepted, local)?;
                write_candidates(out, local.candidates, std::mem::take(&mut first))?;
            }
        }
    }
    Ok(())
}

/// RFC 8285, section 6.
pub(super) const MIXED: &str = "extmap-allow-mixed";

impl Decision<'_> {
    /// Whether layers are told of by the dependency descriptor.
    fn is_described(&self) -> bool {
        let Decision::Accepted(accepted) = self else { return false };
        let described = |mapping: &Mapping| mapping.extension == Extension::DependencyDescriptor;
        !matches!(accepted.part, Part::Idle) && accepted.mappings.iter().any(described)
    }

    fn accepted_mid(&self) -> Option<Mid> {
        match self {
            Decision::Accepted(accepted) => Some(accepted.mid),
            Decision::Rejected(_) => None,
        }
    }
}

/// RFC 3264, section 6: the format list of a rejected m-line means nothing but may not be empty.
fn write_rejected(out: &mut String, section: Section<'_>) -> fmt::Result {
    let plain = |text: &&str| text.bytes().all(|byte| byte.is_ascii_graphic());
    let protocol = Some(section.protocol()).filter(plain).unwrap_or("UDP/TLS/RTP/SAVPF");
    let format = section.formats().first().copied().filter(plain).unwrap_or("0");
    write!(out, "m={} 0 {protocol} {format}\r\nc=IN IP4 0.0.0.0\r\n", section.media())?;
    if let Some(mid) = section.mid {
        write!(out, "a=mid:{mid}\r\n")?;
    }
    write!(out, "a=inactive\r\n")
}

fn write_accepted(out: &mut String, accepted: &Accepted<'_>, local: &Local<'_>) -> fmt::Result {
    let section = accepted.section;
    write!(out, "m={} 9 {}", section.media(), section.protocol())?;
    for agreed in &accepted.codecs {
        write!(out, " {}", agreed.payload.number)?;
        if let Some(rtx) = agreed.payload.rtx {
            write!(out, " {rtx}")?;
        }
    }
    write!(out, "\r\nc=IN IP4 0.0.0.0\r\na=mid:{}\r\n", accepted.mid)?;
    // Firefox wants these in every m-line of the bundle, or at session level; others want them in the first m-line.
    let ice = &local.ice;
    write!(out, "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\n", ice.ufrag, ice.pwd)?;
    write!(out, "a=fingerprint:{}\r\na=setup:passive\r\na=rtcp-mux\r\n", local.fingerprint)?;
    if section.flag("rtcp-rsize") {
        write!(out, "a=rtcp-rsize\r\n")?;
    }
    write_mappings(out, &accepted.mappings)?;
    match &accepted.part {
        Part::Source { upstream, transport_feedback, .. } => {
            write!(out, "a={}\r\n", Direction::Receive.attribute())?;
            for agreed in &accepted.codecs {
                write_codec(out, agreed, &agreed.parameters_of_publisher(), *transport_feedback)?;
            }
            write_layers(out, upstream)
        }
        Part::Slot { ssrc, transport_feedback } => {
            write!(out, "a={}\r\n", Direction::Send.attribute())?;
            write_codecs(out, &accepted.codecs, *transport_feedback)?;
            write_stream(out, accepted, *ssrc)
        }
        Part::Idle => {
            write!(out, "a={}\r\n", Direction::Inactive.attribute())?;
            write_codecs(out, &accepted.codecs, false)
        }
    }
}

fn write_mappings(out: &mut String, mappings: &[Mapping]) -> fmt::Result {
    for mapping in mappings {
        write!(out, "a=extmap:{}", mapping.id)?;
        if let Some(direction) = mapping.direction {
            write!(out, "/{}", direction.reversed().attribute())?;
        }
        write!(out, " {}\r\n", mapping.extension.uri())?;
    }
    Ok(())
}

fn write_codecs(out: &mut String, codecs: &[Agreed], transport_feedback: bool) -> fmt::Result {
    codecs.iter().try_for_each(|agreed| write_codec(out, agreed, &agreed.parameters, transport_feedback))
}

fn write_codec(out: &mut String, agreed: &Agreed, parameters: &str, transport_feedback: bool) -> fmt::Result {
    let number = agreed.payload.number;
    write!(out, "a=rtpmap:{number} {}\r\n", encoding(agreed.payload.codec))?;
    let feedback = agreed.feedback;
    let names = [
        (feedback.nack, "nack"),
        (feedback.pli, "nack pli"),
        (feedback.fir, "ccm fir"),
        (feedback.transport && transport_feedback, "transport-cc"),
        (feedback.reference_time, "rrtr"),
    ];
    for (_, name) in names.into_iter().filter(|(offered, _)| *offered) {
        write!(out, "a=rtcp-fb:{number} {name}\r\n")?;
    }
    if !parameters.is_empty() {
        write!(out, "a=fmtp:{number} {parameters}\r\n")?;
    }
    if let Some(rtx) = agreed.payload.rtx {
        write!(
            out,
            "a=rtpmap:{rtx} rtx/{}\r\na=fmtp:{rtx} apt={number}\r\n",
            agreed.payload.codec.clock_rate()
        )?;
    }
    Ok(())
}

/// The value of `a=rtpmap`. Opus has two channels on paper, whatever it carries (RFC 7587, section 7).
pub(super) const fn encoding(codec: Codec) -> &'static str {
    match codec {
        Codec::Opus => "opus/48000/2",
        Codec::Red => "red/48000/2",
        Codec::Vp8 => "VP8/90000",
        Codec::Vp9 { .. } => "VP9/90000",
        Codec::H264 { .. } => "H264/90000",
        Codec::Av1 { .. } => "AV1/90000",
    }
}

fn write_layers(out: &mut String, upstream: &Upstream) -> fmt::Result {
    let Upstream::Simulcast { rids } = upstream else { return Ok(()) };
    for rid in rids {
        write!(out, "a=rid:{rid} recv\r\n")?;
    }
    let list: Vec<&str> = rids.iter().map(Mid::as_str).collect();
    write!(out, "a=simulcast:recv {}\r\n", list.join(";"))
}

/// Each slot is a media stream of its own: what it shows changes without the slots around it, so that none of them can be kept in
/// step with another.
fn write_stream(out: &mut String, accepted: &Accepted<'_>, ssrc: SlotSsrc) -> fmt::Result {
    let mid = accepted.mid;
    write!(out, "a=msid:slot-{mid} track-{mid}\r\n")?;
    let repaired =
        accepted.kind == Kind::Video && accepted.codecs.iter().any(|one| one.payload.rtx.is_some());
    if repaired {
        write!(out, "a=ssrc-group:FID {} {}\r\n", ssrc.media, ssrc.rtx)?;
    }
    for number in [Some(ssrc.media), repaired.then_some(ssrc.rtx)].into_iter().flatten() {
        write!(out, "a=ssrc:{number} cname:{CNAME}\r\na=ssrc:{number} msid:slot-{mid} track-{mid}\r\n")?;
    }
    Ok(())
}

/// Host candidates (RFC 8839, section 5.1), the first one preferred, those of TCP only where asked for. There will be no others.
pub(super) fn write_candidates(out: &mut String, candidates: &[SocketAddr], with_tcp: bool) -> fmt::Result {
    for (index, path) in candidates.iter().enumerate() {
        let (foundation, address) = (index + 1, path::plain(*path));
        let (ip, port) = (address.ip(), address.port());
        let is_tcp = path::connection(*path).is_some();
        if is_tcp && !with_tcp {
            continue;
        }
        if !is_tcp {
            let priority = priority(HOST_PREFERENCE, u32::from(u16::MAX), index);
            write!(out, "a=candidate:{foundation} 1 udp {priority} {ip} {port} typ host\r\n")?;
        } else {
            // RFC 6544, section 4.5: the server waits, the peer connects.
            let priority = priority(TCP_HOST_PREFERENCE, PASSIVE_PREFERENCE, index);
            write!(
                out,
                "a=candidate:{foundation} 1 tcp {priority} {ip} {port} typ host tcptype passive\r\n"
            )?;
        }
    }
    write!(out, "a=end-of-candidates\r\n")
}

/// Type preference of a host (RFC 8445, section 5.1.2.2).
const HOST_PREFERENCE: u32 = 126;
/// The same where media comes over TCP: below every candidate of UDP that is not relayed, as RFC 6544, section 4.2, has it, and as browsers rank
/// their own. A lost packet holds up all those behind it there.
const TCP_HOST_PREFERENCE: u32 = 90;
/// Highest local preference of a passive candidate: direction 4 in the upper three of 16 bits (RFC 6544, section 4.2).
const PASSIVE_PREFERENCE: u32 = (4 << 13) | 0x1fff;

/// RFC 8445, section 5.1.2.1, for component 1; the further down the list, the lower.
fn priority(of_type: u32, highest_local: u32, index: usize) -> u32 {
    let local = highest_local.saturating_sub(u32::try_from(index).unwrap_or(u32::MAX));
    (of_type << 24) | (local << 8) | 255
}
