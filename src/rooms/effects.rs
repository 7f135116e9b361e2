//! What a room's effects come to: frames, gates, slots, the disk.

use media::{Mid, PublicationId};
use room::{Pace, SessionId, TransportId, WhichMeetings};
use signaling::{ServerMessage, Source};
use tokio::time::Instant;

use super::actor::Actor;
use super::outbox::text_of;
use super::record;
use super::wires::peer_of;

impl Actor {
    /// One message to one page. A welcome is where a session is taken up again: the page's peer connection is told to stand only
    /// where it does.
    pub(super) fn tell(&mut self, session: SessionId, mut message: ServerMessage) {
        if let ServerMessage::Welcome { you, resumed, ice_servers, .. } = &mut message {
            *ice_servers = self.rooms.ice_servers(&self.me, *you);
            if *resumed {
                *resumed = self.resuming.take().is_some_and(|key| self.pages.resume(session, &key));
            }
            self.pages.welcome(session, *you);
        }
        if let ServerMessage::InWaitingRoom { .. } = &message {
            self.pages.wait(session);
        }
        self.send(session, &message);
    }

    /// One message to all pages, serialised once; with all that waited before it, where it does not wait itself.
    pub(super) fn tell_all(&mut self, message: &ServerMessage, except: Option<SessionId>, pace: Pace) {
        self.pages.gather(text_of(message), except, &mut self.slow);
        if pace == Pace::Prompt || self.pages.due().is_some_and(|due| due <= Instant::now()) {
            self.pages.tell(&mut self.slow);
        }
    }

    /// Returns when its packets pass: whoever is told to be on stage may send at once, and the first keyframe counts.
    pub(super) async fn open_gate(&mut self, transport: TransportId, source: Source) {
        let source = media_source(source);
        self.open_gates.insert((transport, source));
        if self.rooms.media.open_gate(peer_of(transport), source).await.is_err() {
            self.rooms.counts.gate_timed_out();
            tracing::error!(room = %self.me.id, ?transport, ?source, "bug: a gate was not opened in time");
        }
    }

    /// Returns when not one more packet of it leaves any media thread.
    pub(super) async fn close_gate(&mut self, transport: TransportId, source: Source) {
        self.shut(transport, media_source(source)).await;
    }

    pub(super) async fn shut(&mut self, transport: TransportId, source: media::Source) {
        self.open_gates.remove(&(transport, source));
        let peer = peer_of(transport);
        // Nobody is told of a removal that has not happened: a thread that is slow holds this room up, and one that ended sends nothing.
        while self.rooms.media.close_gate(peer, source).await.is_err() {
            self.rooms.counts.gate_timed_out();
            tracing::error!(room = %self.me.id, ?peer, ?source, "bug: a gate was not closed in time");
            if !self.rooms.media.is_running() {
                return;
            }
        }
    }

    pub(super) fn assign(
        &self,
        transport: TransportId,
        mid: &str,
        publication: Option<(TransportId, Source)>,
    ) {
        let Some(slot) = Mid::new(mid) else {
            tracing::error!(room = %self.me.id, mid, "bug: a slot without a mid");
            return;
        };
        let publication = publication.map(|(publisher, source)| PublicationId {
            peer: peer_of(publisher),
            source: media_source(source),
        });
        self.rooms.media.assign(peer_of(transport), slot, publication);
    }

    pub(super) fn speaker(&self, transport: TransportId, speaks: bool) {
        self.rooms.media.speaker(peer_of(transport), speaks);
    }

    pub(super) fn show(&self, transport: TransportId, mid: &str, height: u16) {
        // The mid is the page's own word, and may name anything; a slot that is not there is the engine's to count.
        if let Some(slot) = Mid::new(mid) {
            self.rooms.media.show(peer_of(transport), slot, height);
        }
    }

    pub(super) async fn drop_transport(&mut self, transport: TransportId) {
        self.shut_all(transport).await;
        self.rooms.media.remove(peer_of(transport));
        self.rooms.wires.remove(transport);
        self.pages.unplace(transport);
    }

    /// Shuts every gate of a transport that is open.
    pub(super) async fn shut_all(&mut self, transport: TransportId) {
        for source in media::Source::ALL {
            if self.open_gates.contains(&(transport, source)) {
                self.shut(transport, source).await;
            }
        }
    }

    pub(super) async fn persist(&mut self) {
        let record = record::record(&self.room.state(), self.me.created);
        self.not_kept = !self.rooms.keep(record).await;
    }

    pub(super) async fn end(&mut self) {
        self.ended = true;
        // Nothing of it may come after.
        self.keeping.stop().await;
        if let Some(at_end) = self.rooms.at_end.get() {
            let attendance = self.room.attendance(self.rooms.clock.now(), WhichMeetings::All);
            at_end(self.me.id.clone(), attendance).await;
        }
        self.not_kept = !self.rooms.clone().forget(&self.me.id).await;
    }
}

/// The same three, in the room's words.
pub(super) const fn room_source(source: media::Source) -> Source {
    match source {
        media::Source::Mic => Source::Mic,
        media::Source::Camera => Source::Camera,
        media::Source::Screen => Source::Screen,
    }
}

/// The same three, in the media engine's words.
const fn media_source(source: Source) -> media::Source {
    match source {
        Source::Mic => media::Source::Mic,
        Source::Camera => media::Source::Camera,
        Source::Screen => media::Source::Screen,
    }
}
