//! What becomes of each m-line of an offer.

use std::net::SocketAddr;

use super::codecs::{self, Agreed};
use super::description::{Description, Direction, Section};
use super::error::{FormError, OfferError};
use super::extensions::{self, Extension, IdMap, Mapping};
use super::session::{IceCredentials, Session, SlotSsrc, SlotTrack, SourceTrack, Upstream};
use super::{layers, transport, write};
use crate::codec::Codec;
use crate::{Kind, Mid, Source};

/// The server's side of a transport.
#[derive(Clone, Debug)]
pub struct Local<'a> {
    /// Fresh for each peer connection, and again for each ICE restart (RFC 8839, section 4.4.1.1.1): when a further offer's
    /// [`Session::remote_ice`] turns out to be new, negotiate it once more with credentials that are new as well.
    pub ice: IceCredentials,
    /// As it stands in SDP: `sha-256 AA:BB:…`.
    pub fingerprint: &'a str,
    /// Where the peer's media thread listens, best first; TCP where the address is marked so ([`crate::path`]).
    pub candidates: &'a [SocketAddr],
    /// The same in every answer of one peer connection (RFC 8866, section 5.2).
    pub session_id: u64,
}

/// Which m-lines the page says it will send its sources on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceMids {
    /// The microphone.
    pub mic: Option<Mid>,
    /// The camera.
    pub camera: Option<Mid>,
    /// The shared screen.
    pub screen: Option<Mid>,
}

impl SourceMids {
    /// The sources that have an m-line.
    pub fn iter(&self) -> impl Iterator<Item = (Source, Mid)> {
        let all = [(Source::Mic, self.mic), (Source::Camera, self.camera), (Source::Screen, self.screen)];
        all.into_iter().filter_map(|(source, mid)| Some((source, mid?)))
    }

    fn source(&self, mid: Mid) -> Option<Source> {
        self.iter().find_map(|(source, other)| (other == mid).then_some(source))
    }
}

/// An offer's outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// For the engine.
    pub session: Session,
    /// For the peer.
    pub answer: String,
}

/// An m-line of the offer, decided upon.
pub(super) enum Decision<'a> {
    /// Answered with port 0, outside the bundle.
    Rejected(Section<'a>),
    /// Answered in kind.
    Accepted(Accepted<'a>),
}

/// An m-line in use.
pub(super) struct Accepted<'a> {
    pub(super) mid: Mid,
    pub(super) kind: Kind,
    pub(super) section: Section<'a>,
    pub(super) codecs: Vec<Agreed>,
    pub(super) mappings: Vec<Mapping>,
    pub(super) part: Part,
}

/// What an m-line in use is for.
pub(super) enum Part {
    /// The peer may send there.
    Source { source: Source, upstream: Upstream, transport_feedback: bool },
    /// The server may send there.
    Slot { ssrc: SlotSsrc, transport_feedback: bool },
    /// Nobody sends for now.
    Idle,
}

/// Reads an offer and decides on it. The same offer always has the same answer; a further offer of the same peer connection has
/// an answer that agrees with the first, provided `local` and `ssrc_for_slot` say the same as then.
///
/// Candidates of the offer are not read: the server, being ICE-lite, learns a peer's address from the peer's checks alone.
///
/// # Errors
///
/// What is wrong with the offer, or with what `sources` says of it. A codec that the server lacks is no error: that m-line is
/// rejected and the others stand.
pub fn negotiate(
    offer: &str,
    sources: &SourceMids,
    local: &Local<'_>,
    mut ssrc_for_slot: impl FnMut(&Mid, Kind) -> SlotSsrc,
) -> Result<Negotiated, OfferError> {
    let description = Description::read(offer)?;
    if description.flag("ice-lite") {
        return Err(OfferError::PeerIsIceLite);
    }
    let bundle = description.bundle().ok_or(OfferError::NoBundle)?;
    let tagged = transport::tagged(&description).ok_or(OfferError::NoBundle)?;
    if !transport::peer_can_connect(tagged) {
        return Err(OfferError::Setup);
    }
    check_sources(&description, sources)?;

    let offer = Whole { bundle: &bundle, mixed: description.flag(write::MIXED) };
    let mut ids = IdMap::default();
    let mut decisions = Vec::new();
    for section in description.sections() {
        decisions.push(decide(section, &offer, sources, &mut ids, &mut ssrc_for_slot)?);
    }
    let first = decisions.iter().find(|decision| matches!(decision, Decision::Accepted(_)));
    if first.is_none() {
        return Err(OfferError::NothingInCommon);
    }
    let (upstream, slots) = tracks(&decisions);
    let session = Session {
        local_ice: local.ice.clone(),
        remote_ice: transport::ice(tagged)?,
        fingerprints: transport::fingerprints(tagged)?,
        extensions: ids.agreed(),
        upstream,
        slots,
    };
    let answer = write::answer(&description, &bundle, &decisions, local);
    Ok(Negotiated { session, answer })
}

/// What the page says of its m-lines must be true of the offer.
fn check_sources(description: &Description, sources: &SourceMids) -> Result<(), OfferError> {
    for (source, mid) in sources.iter() {
        let section = description.section(mid).ok_or(OfferError::SourceMissing { said: source, mid })?;
        if sources.source(mid) != Some(source) {
            return Err(OfferError::SourceTwice { mid });
        }
        if section.kind() != Some(source.kind()) {
            return Err(OfferError::SourceKind { said: source, mid });
        }
        if !section.is_stopped() && section.direction() == Direction::Receive {
            return Err(OfferError::SourceReceives { said: source, mid });
        }
    }
    Ok(())
}

/// What an offer says of all its m-lines.
struct Whole<'a> {
    bundle: &'a [Mid],
    /// Headers of two bytes may stand among those of one (RFC 8285, section 6).
    mixed: bool,
}

fn decide<'a>(
    section: Section<'a>,
    offer: &Whole<'_>,
    sources: &SourceMids,
    ids: &mut IdMap<'a>,
    ssrc_for_slot: &mut impl FnMut(&Mid, Kind) -> SlotSsrc,
) -> Result<Decision<'a>, OfferError> {
    let rejected = Ok(Decision::Rejected(section));
    let (Some(mid), Some(kind)) = (section.mid, section.kind()) else { return rejected };
    if section.is_stopped() || !section.is_secure_rtp() || !offer.bundle.contains(&mid) {
        return rejected;
    }
    let codecs = codecs::agree(section, kind);
    if codecs.is_empty() {
        return rejected;
    }
    if !section.flag("rtcp-mux") {
        return Err(OfferError::NoRtcpMux { mid });
    }
    let offered = ids.read(mid, section)?;
    let direction = section.direction();
    let (part, mappings, codecs) = match sources.source(mid) {
        Some(source) if direction.sends() => {
            let codecs = codecs::for_source(codecs);
            let sent = codecs.first().map_or(Codec::Opus, |first| first.payload.codec);
            let mappings = extensions::for_source(&offered, sent);
            (source_part(mid, section, source, &codecs, &mappings)?, mappings, codecs)
        }
        // A peer that would send there too, but did not say what, is taken for a viewer.
        None if direction.receives() => {
            let codecs = codecs::for_slot(codecs);
            let described =
                offer.mixed && codecs.iter().any(|one| matches!(one.payload.codec, Codec::Av1 { .. }));
            let mappings = extensions::for_slot(&offered, described);
            let transport_feedback = has_transport_feedback(&codecs, &mappings);
            (Part::Slot { ssrc: ssrc_for_slot(&mid, kind), transport_feedback }, mappings, codecs)
        }
        _ => (Part::Idle, extensions::for_slot(&offered, false), codecs),
    };
    ids.agree(&mappings);
    Ok(Decision::Accepted(Accepted { mid, kind, section, codecs, mappings, part }))
}

fn source_part(
    mid: Mid,
    section: Section<'_>,
    source: Source,
    codecs: &[Agreed],
    mappings: &[Mapping],
) -> Result<Part, FormError> {
    let has = |extension| mappings.iter().any(|mapping| mapping.extension == extension);
    let upstream = layers::upstream(mid, section, has(Extension::Mid) && has(Extension::Rid))?;
    let transport_feedback = has_transport_feedback(codecs, mappings);
    Ok(Part::Source { source, upstream, transport_feedback })
}

/// Feedback needs both: numbers on packets, and the receiver's word that it tells of them.
fn has_transport_feedback(codecs: &[Agreed], mappings: &[Mapping]) -> bool {
    mappings.iter().any(|mapping| mapping.extension == Extension::TransportSequence)
        && codecs.iter().any(|one| one.feedback.transport)
}

/// The engine's view of the m-lines in use.
fn tracks(decisions: &[Decision<'_>]) -> (Vec<SourceTrack>, Vec<SlotTrack>) {
    let (mut upstream, mut slots) = (Vec::new(), Vec::new());
    for decision in decisions {
        let Decision::Accepted(accepted) = decision else { continue };
        let payload_types = accepted.codecs.iter().map(|one| one.payload).collect();
        match &accepted.part {
            Part::Source { source, upstream: how, transport_feedback } => upstream.push(SourceTrack {
                mid: accepted.mid,
                source: *source,
                payload_types,
                upstream: how.clone(),
                transport_feedback: *transport_feedback,
                nack: accepted.codecs.iter().any(|one| one.feedback.nack),
            }),
            Part::Slot { ssrc, transport_feedback } => slots.push(SlotTrack {
                mid: accepted.mid,
                kind: accepted.kind,
                payload_types,
                ssrc: *ssrc,
                transport_feedback: *transport_feedback,
                described: accepted
                    .mappings
                    .iter()
                    .any(|mapping| mapping.extension == Extension::DependencyDescriptor),
            }),
            Part::Idle => {}
        }
    }
    (upstream, slots)
}
