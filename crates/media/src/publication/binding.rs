//! Which SSRC is which layer of which source.
//!
//! Told by, in this order: what was told before; the `mid` with, for simulcast, the `rid` or `repaired-rid` header extension (RFC 8852,
//! RFC 8843 section 9.2); the SSRCs the offer named; the payload type, where only one source has it. Browsers send the extensions only until
//! the first receiver report comes back, hence the memory. It has one place for the media and one for the retransmissions of
//! every layer, so it cannot be made to grow: a new SSRC that says it is a layer takes that layer's place.

use crate::rtp::Header;
use crate::sdp::HeaderExtensions;
use crate::{Mid, Source};

use super::track::Track;

/// Where packets of an SSRC belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) source: Source,
    pub(super) layer: u8,
    /// Retransmissions (RFC 4588) of that layer.
    pub(super) rtx: bool,
}

/// How an SSRC was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Evidence {
    Offer,
    Extension,
    PayloadType,
}

#[derive(Clone, Copy, Debug)]
struct Binding {
    ssrc: u32,
    route: Route,
    evidence: Evidence,
}

/// One peer's.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    entries: Vec<Binding>,
}

/// The sources of a peer, by [`Source::index`].
pub(super) type Tracks = [Option<Track>; Source::ALL.len()];

impl Bindings {
    /// What is known of an SSRC.
    pub(super) fn known(&self, ssrc: u32) -> Option<Route> {
        self.entries.iter().find(|binding| binding.ssrc == ssrc).map(|binding| binding.route)
    }

    /// Where a packet belongs; an SSRC that is new but tells what it is, is remembered.
    pub(super) fn route(
        &mut self,
        header: &Header<'_>,
        extensions: &HeaderExtensions,
        tracks: &Tracks,
    ) -> Option<Route> {
        if let Some(route) = self.known(header.ssrc()) {
            return Some(route);
        }
        let (route, evidence) = match header.extension(extensions.mid) {
            Some(mid) => (by_extension(header, extensions, mid, tracks)?, Evidence::Extension),
            None => (by_payload_type(header, tracks)?, Evidence::PayloadType),
        };
        let firmer = |binding: &Binding| binding.route == route && binding.evidence != Evidence::PayloadType;
        if evidence == Evidence::PayloadType && self.entries.iter().any(firmer) {
            return None;
        }
        self.bind(header.ssrc(), route, evidence);
        Some(route)
    }

    /// The offer said so.
    pub(super) fn offered(&mut self, ssrc: u32, route: Route) {
        if self.known(ssrc).is_none() {
            self.bind(ssrc, route, Evidence::Offer);
        }
    }

    /// Forgets all that belongs to a source.
    pub(super) fn forget(&mut self, source: Source) {
        self.entries.retain(|binding| binding.route.source != source);
    }

    fn bind(&mut self, ssrc: u32, route: Route, evidence: Evidence) {
        self.entries.retain(|binding| binding.route != route && binding.ssrc != ssrc);
        self.entries.push(Binding { ssrc, route, evidence });
    }
}

fn by_extension(
    header: &Header<'_>,
    extensions: &HeaderExtensions,
    mid: &[u8],
    tracks: &Tracks,
) -> Option<Route> {
    let track = tracks.iter().flatten().find(|track| track.is_present() && same(track.mid(), mid))?;
    let rtx = track.is_rtx(header.payload_type())?;
    let rid = match rtx {
        // A repairing stream says `repaired-rid`; `rid` on it would name the repairing stream itself.
        true => header.extension(extensions.repaired_rid),
        false => header.extension(extensions.rid),
    };
    let layer = match track.rids() {
        [] => 0,
        rids => rids.iter().position(|known| rid.is_some_and(|rid| same(*known, rid)))? as u8,
    };
    Some(Route { source: track.source(), layer, rtx })
}

/// Only sources of one stream: a payload type says nothing of a layer.
fn by_payload_type(header: &Header<'_>, tracks: &Tracks) -> Option<Route> {
    let mut having =
        tracks.iter().flatten().filter_map(|track| Some((track, track.is_rtx(header.payload_type())?)));
    let (track, rtx) = having.next()?;
    (having.next().is_none() && track.rids().is_empty()).then_some(Route {
        source: track.source(),
        layer: 0,
        rtx,
    })
}

fn same(known: Mid, bytes: &[u8]) -> bool {
    known.as_str().as_bytes() == bytes
}
