//! A page's peer connection as the server answered it: shared by the page's socket, which negotiates, and the room's task, which knows
//! when it is over. It outlives a socket, so that a page that resumes finds its media standing.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use media::sdp::{self, IceCredentials, OfferError, Session};
use media::{Kind, Mid, PeerId};
use room::{SlotOffered, TransportId};
use signaling::{ParticipantId, SourceMids};

use super::directory::Rooms;
use super::mailbox::RoomRef;
use super::wires::transport_of;
use crate::media::MediaThreads;

/// Whether an offer was answered.
#[derive(Debug)]
pub(crate) enum OfferOutcome {
    /// It was.
    Answered(Answered),
    /// It could not be used; what is wrong with it.
    Refused { detail: String },
}

/// An offer that was answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(super) transport: TransportId,
    /// Where the transport is new.
    pub(super) unplaced: Option<Unplaced>,
    pub(crate) sdp: String,
    pub(super) slots: Vec<SlotOffered>,
}

/// What came of an ICE restart.
#[derive(Debug)]
pub(crate) enum Restart {
    /// The server's side of it, and the name of the new ICE session.
    Restarted { fragment: String, ice_session: String },
    /// The credentials were those in use.
    Unchanged,
    /// The peer connection is over.
    Gone,
}

/// A transport that media threads know of and no room does yet. Its news may get lost on the way: the room ends, the server goes down,
/// the page leaves. Then nobody else would ever take it down, so this does.
pub(super) struct Unplaced {
    transport: TransportId,
    link: Arc<Link>,
    /// `None` once the transport has its place.
    rooms: Option<Arc<Rooms>>,
}

impl Unplaced {
    /// The transport is the room's to take down from now on.
    pub(super) fn placed(mut self) {
        self.rooms = None;
    }
}

impl Drop for Unplaced {
    fn drop(&mut self) {
        if let Some(rooms) = self.rooms.take() {
            rooms.take_down(self.transport);
            self.link.forget(self.transport);
        }
    }
}

impl fmt::Debug for Unplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Unplaced").field(&self.transport).finish()
    }
}

/// The peer connections of one session, one after another, and whose session it is.
#[derive(Debug, Default)]
pub(crate) struct Link {
    standing: Mutex<Standing>,
    /// Once they are in the room, rather than waiting to be let in.
    whose: OnceLock<ParticipantId>,
}

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
    /// They are in the room, as this person; they were before, where the session is taken up again.
    pub(super) fn welcome(&self, who: ParticipantId) {
        let _ = self.whose.set(who);
    }

    /// Whose session it is; `None` while they wait to be let in.
    pub(crate) fn whose(&self) -> Option<ParticipantId> {
        self.whose.get().copied()
    }

    /// Answers an offer to a room and has the media threads know of it.
    pub(crate) fn offer(
        self: &Arc<Self>,
        rooms: &Arc<Rooms>,
        room: &RoomRef,
        connection: u32,
        offer: &str,
        sources: &SourceMids,
    ) -> OfferOutcome {
        let sources = match source_mids(sources) {
            Ok(sources) => sources,
            Err(detail) => return OfferOutcome::Refused { detail },
        };
        let mut standing = self.locked();
        if let Some(current) = standing.current.as_mut().filter(|current| current.connection == connection) {
            return current.again(&rooms.media, offer, &sources);
        }
        if connection <= standing.last_connection {
            let detail = format!("peer connection {connection} is over; a new one needs a higher number");
            return OfferOutcome::Refused { detail };
        }
        match self.begin(&mut standing, rooms, room, connection, offer, &sources, |_| Ok(())) {
            Ok(answered) => OfferOutcome::Answered(answered),
            Err(error) => OfferOutcome::Refused { detail: error.to_string() },
        }
    }

    /// Answers the one offer of a session without a page, unless `check` finds something wrong with what was agreed.
    pub(crate) fn offer_once(
        self: &Arc<Self>,
        rooms: &Arc<Rooms>,
        room: &RoomRef,
        offer: &str,
        sources: &sdp::SourceMids,
        check: impl FnOnce(&Session) -> Result<(), OfferError>,
    ) -> Result<Answered, OfferError> {
        self.begin(&mut self.locked(), rooms, room, 1, offer, sources, check)
    }

    #[expect(clippy::too_many_arguments, reason = "all that a new peer connection is made of")]
    fn begin(
        self: &Arc<Self>,
        standing: &mut Standing,
        rooms: &Arc<Rooms>,
        room: &RoomRef,
        connection: u32,
        offer: &str,
        sources: &sdp::SourceMids,
        check: impl FnOnce(&Session) -> Result<(), OfferError>,
    ) -> Result<Answered, OfferError> {
        let peer = rooms.media.allocate();
        let negotiated = rooms.media.negotiate(peer, None, offer, sources);
        let negotiated = negotiated.and_then(|agreed| check(&agreed.session).map(|()| agreed));
        let negotiated = negotiated.inspect_err(|_| rooms.media.release(peer))?;
        let (transport, session) = (transport_of(peer), negotiated.session);
        let slots = slots(&session);
        // Before any of its events can come.
        rooms.wires.put(transport, room.clone());
        rooms.media.add(peer, session.clone());
        standing.last_connection = connection;
        standing.current = Some(Current { connection, peer, session });
        let unplaced = Unplaced { transport, link: self.clone(), rooms: Some(rooms.clone()) };
        Ok(Answered { transport, unplaced: Some(unplaced), sdp: negotiated.answer, slots })
    }

    /// The name of the present ICE session: the server's user name fragment in it, which never repeats.
    pub(crate) fn ice_session(&self) -> Option<String> {
        self.locked().current.as_ref().map(|current| current.session.local_ice.ufrag.clone())
    }

    /// The peer goes on with these credentials. Where they are the ones it has, nothing changes.
    pub(crate) fn restart_ice(&self, media: &MediaThreads, remote: IceCredentials) -> Restart {
        let mut standing = self.locked();
        let Some(current) = standing.current.as_mut() else { return Restart::Gone };
        if current.session.remote_ice == remote {
            return Restart::Unchanged;
        }
        let fragment = media.restart_ice(current.peer, &mut current.session, remote);
        Restart::Restarted { fragment, ice_session: current.session.local_ice.ufrag.clone() }
    }

    /// The page gets nothing over this connection, and should.
    pub(crate) fn doubt(&self, rooms: &Rooms, connection: u32) {
        if let Some(current) = self.locked().current.as_ref().filter(|one| one.connection == connection) {
            rooms.media.doubt(current.peer);
        }
    }

    /// The transport is gone: the next offer of its connection would find nothing.
    pub(crate) fn forget(&self, transport: TransportId) {
        let mut standing = self.locked();
        standing.current.take_if(|current| transport_of(current.peer) == transport);
    }

    /// Every change is whole before the lock is let go.
    fn locked(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
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
        OfferOutcome::Answered(Answered {
            transport: transport_of(self.peer),
            unplaced: None,
            sdp: negotiated.answer,
            slots: slots(&self.session),
        })
    }
}

fn slots(session: &Session) -> Vec<SlotOffered> {
    let slot =
        |slot: &sdp::SlotTrack| SlotOffered { mid: slot.mid.to_string(), audio: slot.kind == Kind::Audio };
    session.slots.iter().map(slot).collect()
}

fn source_mids(said: &SourceMids) -> Result<sdp::SourceMids, String> {
    let read = |mid: &Option<String>| match mid {
        Some(text) => Mid::new(text).map(Some).ok_or_else(|| {
            // Precision does not cut what is quoted.
            let start: String = text.chars().take(20).collect();
            format!("sources name an m-line {start:?}, which is no mid")
        }),
        None => Ok(None),
    };
    Ok(sdp::SourceMids { mic: read(&said.mic)?, camera: read(&said.camera)?, screen: read(&said.screen)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_mid_is_not_told_back_at_length() {
        let said = SourceMids { mic: Some("ä".repeat(1000)), ..SourceMids::default() };
        assert!(source_mids(&said).is_err_and(|detail| detail.chars().count() < 100));
    }
}
