//! Sessions of a room that have no page: who came by HTTP. There is nobody to send anything to; there is a resource that goes with the
//! session, and media whose loss is the session's end.

use std::collections::HashMap;
use std::sync::Arc;

use room::{Command, SessionId, TransportId};
use signaling::ErrorCode;

use super::actor::Actor;
use super::link::Link;
use super::mailbox::{AttachError, Attached, Attaching};
use crate::metrics::Bound;

/// One of them.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: SessionId,
    /// The resource by which its client finds it.
    pub(super) key: String,
    transport: TransportId,
    link: Arc<Link>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct UnattendedSessions(HashMap<SessionId, Session>);

impl UnattendedSessions {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn has(&self, session: SessionId) -> bool {
        self.0.contains_key(&session)
    }

    fn end(&mut self, session: SessionId) -> Option<Session> {
        let ended = self.0.remove(&session)?;
        // The next word about its ICE session would find nothing.
        ended.link.forget(ended.transport);
        Some(ended)
    }

    /// Ends the session that had this transport.
    pub(super) fn end_with(&mut self, transport: TransportId) -> Option<Session> {
        let session = self.0.values().find(|session| session.transport == transport)?.id;
        self.end(session)
    }
}

impl Actor {
    pub(super) async fn attach(&mut self, attaching: Attaching) {
        let Attaching { session, identity, unattended, link, answered, key, resource, answer } = attaching;
        if !self.room.is_present(&identity.user) && self.is_full() {
            self.rooms.counts.hit(Bound::RoomParticipants);
            let _ = answer.send(Err(AttachError::Rejected(ErrorCode::RoomFull)));
            return;
        }
        self.attaching = Some(session);
        self.apply(Command::Attach { session, identity, unattended }).await;
        self.attaching = None;
        let attached: Attached = self.attached.take().unwrap_or(Err(AttachError::NotAnswered));
        if attached.is_ok() {
            let (transport, slots) = (answered.transport, answered.slots);
            if let Some(unplaced) = answered.unplaced {
                unplaced.placed();
            }
            self.rooms.resources.put(key.clone(), resource);
            self.unattended.0.insert(session, Session { id: session, key, transport, link });
            if self.rooms.wires.room(transport).is_none() {
                // It was lost already, and that news may have come by before there was anybody to have it.
                self.media_lost(transport).await;
            } else {
                self.apply(Command::TransportReady { session, transport, slots }).await;
            }
        }
        // Whoever asked may have stopped waiting; a session whose client does not know of it never connects, and ends.
        let _ = answer.send(attached);
    }

    /// The room knows the session no more.
    pub(super) fn let_go(&mut self, session: SessionId) {
        if let Some(ended) = self.unattended.end(session) {
            self.rooms.resources.remove(&ended.key);
        }
    }

    pub(super) fn let_go_of_all(&mut self) {
        let all: Vec<SessionId> = self.unattended.0.keys().copied().collect();
        all.into_iter().for_each(|session| self.let_go(session));
    }
}
