//! A page's peer connection as the server answered it: shared by the page's socket, which negotiates, and the room's task, which knows
//! when it is over. It outlives a socket, so that a page that resumes finds its media standing.

use std::sync::{Mutex, MutexGuard, PoisonError};

use media::sdp::{self, Session};
use media::{Kind, Mid, PeerId};
use room::{SlotOffered, TransportId};
use signaling::SourceMids;

use super::wires::transport_of;
use crate::media::MediaThreads;

/// Whether an offer was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OfferOutcome {
    /// It was.
    Answered { transport: TransportId, sdp: String, slots: Vec<SlotOffered> },
    /// It could not be used; what is wrong with it.
    Refused { detail: String },
}

/// The peer connections of one session, one after another.
#[derive(Debug, Default)]
pub(crate) struct Link(Mutex<Standing>);

#[derive(Debug, Default)]
struct Standing {
    current: Option<Current>,
    /// The highest number a page gave a peer connection; a number is used for one only.
    last_connection: u32,
}

#[derive(Debug)]
struct Current {
    connection: u32,
    peer: PeerId,
    session: Session,
}

impl Link {
    /// Answers an offer and has the media threads know of it. `new_transport` is told of a new one before any of its events can
    /// come.
    pub(crate) fn offer(
        &self,
        media: &MediaThreads,
        connection: u32,
        offer: &str,
        sources: &SourceMids,
        new_transport: impl FnOnce(TransportId),
    ) -> OfferOutcome {
        let sources = match source_mids(sources) {
            Ok(sources) => sources,
            Err(detail) => return OfferOutcome::Refused { detail },
        };
        let mut standing = self.locked();
        if let Some(current) = standing.current.as_mut().filter(|current| current.connection == connection) {
            return current.again(media, offer, &sources);
        }
        if connection <= standing.last_connection {
            let detail = format!("peer connection {connection} is over; a new one needs a higher number");
            return OfferOutcome::Refused { detail };
        }
        standing.anew(media, connection, offer, &sources, new_transport)
    }

    /// The transport is gone: the next offer of its connection would find nothing.
    pub(crate) fn forget(&self, transport: TransportId) {
        let mut standing = self.locked();
        standing.current.take_if(|current| transport_of(current.peer) == transport);
    }

    /// Every change is whole before the lock is let go.
    fn locked(&self) -> MutexGuard<'_, Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Standing {
    fn anew(
        &mut self,
        media: &MediaThreads,
        connection: u32,
        offer: &str,
        sources: &sdp::SourceMids,
        new_transport: impl FnOnce(TransportId),
    ) -> OfferOutcome {
        let peer = media.allocate();
        let negotiated = match media.negotiate(peer, None, offer, sources) {
            Ok(negotiated) => negotiated,
            Err(error) => {
                media.release(peer);
                return OfferOutcome::Refused { detail: error.to_string() };
            }
        };
        let session = negotiated.session;
        let slots = slots(&session);
        new_transport(transport_of(peer));
        media.add(peer, session.clone());
        self.last_connection = connection;
        self.current = Some(Current { connection, peer, session });
        OfferOutcome::Answered { transport: transport_of(peer), sdp: negotiated.answer, slots }
    }
}

impl Current {
    fn again(&mut self, media: &MediaThreads, offer: &str, sources: &sdp::SourceMids) -> OfferOutcome {
        let negotiated = match media.negotiate(self.peer, Some(&self.session), offer, sources) {
            Ok(negotiated) => negotiated,
            Err(error) => return OfferOutcome::Refused { detail: error.to_string() },
        };
        self.session = negotiated.session;
        media.update(self.peer, self.session.clone());
        OfferOutcome::Answered {
            transport: transport_of(self.peer),
            sdp: negotiated.answer,
            slots: slots(&self.session),
        }
    }
}

fn slots(session: &Session) -> Vec<SlotOffered> {
    let slot =
        |slot: &sdp::SlotTrack| SlotOffered { mid: slot.mid.to_string(), audio: slot.kind == Kind::Audio };
    session.slots.iter().map(slot).collect()
}

fn source_mids(said: &SourceMids) -> Result<sdp::SourceMids, String> {
    let read = |mid: &Option<String>| match mid {
        Some(text) => Mid::new(text)
            .map(Some)
            .ok_or_else(|| format!("sources name an m-line {text:.20?}, which is no mid")),
        None => Ok(None),
    };
    Ok(sdp::SourceMids { mic: read(&said.mic)?, camera: read(&said.camera)?, screen: read(&said.screen)? })
}
