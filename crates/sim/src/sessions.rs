//! The server's side of pages: their keys and their transports, as its room task keeps them.

use std::collections::HashMap;

use media::{PeerId, PublicationId, WorkerId};
use room::{SessionId, TransportId};
use signaling::Source;

/// A page, in the order they were opened.
pub(crate) type PageId = usize;

#[derive(Debug)]
struct Session {
    page: PageId,
    key: String,
    socket: bool,
    transports: Vec<(TransportId, u32)>,
}

/// All sessions, and the ways to them.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    sessions: HashMap<SessionId, Session>,
    by_key: HashMap<String, SessionId>,
    by_transport: HashMap<TransportId, SessionId>,
}

impl Sessions {
    pub(crate) fn enter(&mut self, session: SessionId, page: PageId, key: String) {
        self.by_key.insert(key.clone(), session);
        self.sessions.insert(session, Session { page, key, socket: true, transports: Vec::new() });
    }

    /// The session that just came in goes on with the transports of the one that had this key; says whether there is one.
    pub(crate) fn resume(&mut self, session: SessionId, key: &str) -> bool {
        let Some(old) = self.by_key.get(key).copied().filter(|old| *old != session) else { return false };
        let Some(earlier) = self.sessions.remove(&old) else { return false };
        self.by_key.remove(key);
        for (transport, _) in &earlier.transports {
            self.by_transport.insert(*transport, session);
        }
        let stands = !earlier.transports.is_empty();
        if let Some(now) = self.sessions.get_mut(&session) {
            now.transports = earlier.transports;
        }
        stands
    }

    /// The socket is gone; whether it was there.
    pub(crate) fn disconnect(&mut self, session: SessionId) -> bool {
        let Some(it) = self.sessions.get_mut(&session) else { return false };
        let was = std::mem::take(&mut it.socket);
        self.forget_if_over(session);
        was
    }

    pub(crate) fn is_connected(&self, session: SessionId) -> bool {
        self.page(session).is_some()
    }

    /// The page behind a session's socket.
    pub(crate) fn page(&self, session: SessionId) -> Option<PageId> {
        self.sessions.get(&session).filter(|it| it.socket).map(|it| it.page)
    }

    /// Every session with a socket, in order.
    pub(crate) fn connected(&self) -> Vec<SessionId> {
        let mut all: Vec<_> =
            self.sessions.iter().filter(|(_, it)| it.socket).map(|(session, _)| *session).collect();
        all.sort_unstable();
        all
    }

    pub(crate) fn place(&mut self, session: SessionId, transport: TransportId, connection: u32) {
        let Some(it) = self.sessions.get_mut(&session) else { return };
        it.transports.retain(|(other, _)| *other != transport);
        it.transports.push((transport, connection));
        self.by_transport.insert(transport, session);
    }

    pub(crate) fn owner(&self, transport: TransportId) -> Option<(SessionId, u32)> {
        let session = self.by_transport.get(&transport)?;
        let transports = &self.sessions.get(session)?.transports;
        let connection = transports.iter().find(|(other, _)| *other == transport)?.1;
        Some((*session, connection))
    }

    pub(crate) fn unplace(&mut self, transport: TransportId) {
        let Some(session) = self.by_transport.remove(&transport) else { return };
        if let Some(it) = self.sessions.get_mut(&session) {
            it.transports.retain(|(other, _)| *other != transport);
        }
        self.forget_if_over(session);
    }

    fn forget_if_over(&mut self, session: SessionId) {
        if self.sessions.get(&session).is_some_and(|it| !it.socket && it.transports.is_empty())
            && let Some(over) = self.sessions.remove(&session)
        {
            self.by_key.remove(&over.key);
        }
    }
}

/// The name of a peer in the control plane.
pub(crate) fn transport_of(peer: PeerId) -> TransportId {
    TransportId((u64::from(peer.worker.0) << 32) | u64::from(peer.serial))
}

/// The peer of such a name.
pub(crate) fn peer_of(transport: TransportId) -> PeerId {
    PeerId { worker: WorkerId((transport.0 >> 32) as u8), serial: transport.0 as u32 }
}

/// One source of a transport.
pub(crate) fn publication(transport: TransportId, source: Source) -> PublicationId {
    PublicationId { peer: peer_of(transport), source: in_media(source) }
}

/// The same three, in the engine's words.
pub(crate) fn in_media(source: Source) -> media::Source {
    match source {
        Source::Mic => media::Source::Mic,
        Source::Camera => media::Source::Camera,
        Source::Screen => media::Source::Screen,
    }
}

/// And back.
pub(crate) fn in_room(source: media::Source) -> Source {
    match source {
        media::Source::Mic => Source::Mic,
        media::Source::Camera => Source::Camera,
        media::Source::Screen => Source::Screen,
    }
}
