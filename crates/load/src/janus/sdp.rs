//! Offers and answers as they are exchanged with Janus: a publisher offers, and to a viewer Janus does.

use std::fmt::{self, Write};

use media::codec::Codec;
use media::sdp::answer::{ServerParameters, ServerSection};
use media::sdp::offer::{self, Synthetic};
use media::sdp::{IceCredentials, PayloadType};
use media::{Kind, Mid};

use crate::error::LoadError;
use crate::plan::Plan;

/// `urn:ietf:params:rtp-hdrext:sdes:mid` (RFC 8843, section 15.2).
const MID_URI: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
/// RFC 6464.
const LEVEL_URI: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// Who we are, in either.
pub(super) struct Ourselves<'a> {
    pub(super) ice: &'a IceCredentials,
    /// As it stands in SDP: `sha-256 AA:BB:…`.
    pub(super) fingerprint: &'a str,
}

/// What a publisher offers: its sources, and nothing to receive.
pub(super) fn offer(plan: &Plan, ourselves: &Ourselves<'_>) -> Synthetic {
    let mut made = offer::synthetic(&offer::Peer {
        ice: ourselves.ice.clone(),
        fingerprint: ourselves.fingerprint,
        version: 1,
        mic: plan.mic.is_some(),
        camera: plan.camera.is_some(),
        screen: false,
        audio_slots: 0,
        video_slots: 0,
    });
    // A synthetic peer is the client of DTLS always. Proscenium takes the other side by itself; Janus takes the client's side where it
    // is left the choice.
    made.offer = made.offer.replace("a=setup:actpass", "a=setup:active");
    made
}

/// A viewer's answer: it takes all that is offered, and asks for what a browser would ask for but for feedback on bandwidth, which
/// a synthetic viewer does not give to Proscenium either.
///
/// # Errors
/// An m-line that carries neither sound nor picture, or nothing that a synthetic peer could read.
pub(super) fn answer(offered: &ServerParameters, ourselves: &Ourselves<'_>) -> Result<String, LoadError> {
    let mut lines = Vec::with_capacity(offered.sections.len());
    for section in &offered.sections {
        lines.push(Line::of(section).ok_or_else(|| LoadError::Answer("an m-line of no use".to_owned()))?);
    }
    let mut out = String::new();
    // Nothing but memory can fail a write to a string, and that aborts.
    let _ = write_answer(&mut out, &lines, ourselves);
    Ok(out)
}

/// An m-line of the answer.
struct Line<'a> {
    mid: Mid,
    kind: Kind,
    payload: PayloadType,
    section: &'a ServerSection,
}

impl Line<'_> {
    fn of(section: &ServerSection) -> Option<Line<'_>> {
        let payload = section.payload_types.first().filter(|_| section.accepted)?;
        Some(Line { mid: section.mid?, kind: section.kind?, payload: *payload, section })
    }
}

fn write_answer(out: &mut String, lines: &[Line<'_>], ourselves: &Ourselves<'_>) -> fmt::Result {
    write!(out, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE")?;
    for line in lines {
        write!(out, " {}", line.mid.as_str())?;
    }
    write!(out, "\r\n")?;
    lines.iter().try_for_each(|line| write_line(out, line, ourselves))
}

fn write_line(out: &mut String, line: &Line<'_>, ourselves: &Ourselves<'_>) -> fmt::Result {
    let PayloadType { codec, number, rtx } = line.payload;
    let media = match line.kind {
        Kind::Audio => "audio",
        Kind::Video => "video",
    };
    write!(out, "m={media} 9 UDP/TLS/RTP/SAVPF {number}")?;
    if let Some(rtx) = rtx {
        write!(out, " {rtx}")?;
    }
    write!(out, "\r\nc=IN IP4 0.0.0.0\r\na=mid:{}\r\n", line.mid.as_str())?;
    write!(out, "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\n", ourselves.ice.ufrag, ourselves.ice.pwd)?;
    write!(out, "a=fingerprint:{}\r\na=setup:active\r\na=rtcp-mux\r\n", ourselves.fingerprint)?;
    write!(out, "a=rtcp-rsize\r\na=recvonly\r\n")?;
    let extensions = &line.section.extensions;
    for (id, uri) in [(extensions.mid, MID_URI), (extensions.audio_level, LEVEL_URI)] {
        if let Some(id) = id {
            write!(out, "a=extmap:{id} {uri}\r\n")?;
        }
    }
    match codec {
        Codec::Opus => write!(out, "a=rtpmap:{number} opus/48000/2\r\na=fmtp:{number} useinbandfec=1\r\n")?,
        _ => write!(out, "a=rtpmap:{number} VP8/90000\r\n")?,
    }
    if line.kind == Kind::Video {
        for feedback in ["ccm fir", "nack", "nack pli"] {
            write!(out, "a=rtcp-fb:{number} {feedback}\r\n")?;
        }
    }
    if let Some(rtx) = rtx {
        write!(out, "a=rtpmap:{rtx} rtx/90000\r\na=fmtp:{rtx} apt={number}\r\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use media::sdp::answer::read;
    use media::sdp::offer::RIDS;

    use super::*;

    /// Of Janus 1.1.2 to what [`offer`] makes of [`Plan::webcam`].
    const ANSWER: &str = include_str!("fixtures/answer.sdp");
    /// Of the same Janus, to a viewer of that publisher.
    const OFFER: &str = include_str!("fixtures/offer.sdp");

    fn with_ourselves<T>(run: impl FnOnce(&Ourselves<'_>) -> T) -> T {
        let ice =
            IceCredentials { ufrag: "ours".to_owned(), pwd: "a-password-of-24-letters".replace('-', "+") };
        let fingerprint = format!("sha-256 {}", ["AB"; 32].join(":"));
        run(&Ourselves { ice: &ice, fingerprint: &fingerprint })
    }

    #[test]
    fn a_publisher_is_the_client_and_receives_nothing() {
        let made = with_ourselves(|ourselves| offer(&Plan::webcam(), ourselves));
        assert_eq!(made.offer.matches("a=setup:active").count(), 2);
        assert!(!made.offer.contains("actpass") && !made.offer.contains("recvonly"));
        let sound = with_ourselves(|ourselves| offer(&Plan::microphone(), ourselves));
        assert!(!sound.offer.contains("m=video"));
    }

    #[test]
    fn janus_answer_takes_all_layers_lowest_first() {
        let (answer, made) = (read(ANSWER).unwrap(), with_ourselves(|own| offer(&Plan::webcam(), own)));
        let camera = answer.section(made.sources.camera.unwrap()).unwrap();
        let rids: Vec<&str> = camera.rids.iter().map(Mid::as_str).collect();
        assert_eq!(rids, RIDS);
        assert_eq!(camera.payload_types[0].codec, Codec::Vp8);
        assert!(camera.extensions.rid.is_some() && camera.extensions.mid.is_some());
        let mic = answer.section(made.sources.mic.unwrap()).unwrap();
        assert_eq!(mic.payload_types[0].codec, Codec::Opus);
        assert_eq!(answer.candidates, ["192.0.2.2:36391".parse::<std::net::SocketAddr>().unwrap()]);
    }

    #[test]
    fn janus_offer_tells_where_each_stream_will_be() {
        let offered = read(OFFER).unwrap();
        let streams: Vec<_> =
            offered.sections.iter().map(|section| (section.kind, section.ssrc, section.rtx_ssrc)).collect();
        let sound = (Some(Kind::Audio), Some(1_526_386_116), None);
        assert_eq!(streams, [sound, (Some(Kind::Video), Some(775_386_843), Some(4_126_077_370))]);
    }

    #[test]
    fn the_answer_takes_what_was_offered_under_the_offers_numbers() {
        let offered = read(OFFER).unwrap();
        let text = with_ourselves(|ourselves| answer(&offered, ourselves)).unwrap();
        let answered = read(&text).unwrap();
        assert_eq!(answered.ice.ufrag, "ours");
        assert_eq!(answered.sections.len(), offered.sections.len());
        for (ours, theirs) in answered.sections.iter().zip(&offered.sections) {
            assert_eq!((ours.mid, ours.kind, ours.accepted), (theirs.mid, theirs.kind, true));
            assert_eq!(ours.payload_types, theirs.payload_types);
            assert_eq!(ours.extensions.mid, theirs.extensions.mid);
            assert!(!ours.transport_feedback && ours.direction == media::sdp::Direction::Receive);
        }
        assert_eq!(text.matches("a=setup:active").count(), 2);
    }

    #[test]
    fn an_m_line_out_of_use_is_not_answered() {
        let mut offered = read(OFFER).unwrap();
        offered.sections[0].accepted = false;
        assert!(with_ourselves(|ourselves| answer(&offered, ourselves)).is_err());
    }
}
