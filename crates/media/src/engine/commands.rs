//! What the control plane asks for.

use std::time::Instant;

use super::Engine;
use super::feed::{Origin, Subscriber};
use super::peer::Peer;
use crate::relay::Message;
use crate::sdp::Session;
use crate::{Command, Event, Kind, Mid, PeerId, PublicationId, Source, Ticket};

/// Most slots of one engine that show one publication.
pub const MAX_SUBSCRIBERS: usize = 65_536;

impl Engine {
    /// Takes a command. None fails: what names a peer that is not here changes nothing, and a ticket is answered all the same, for
    /// nothing of a peer that is not here can leave.
    pub fn command(&mut self, now: Instant, command: Command) {
        match command {
            Command::AddPeer { peer, session } => self.add_peer(now, peer, &session),
            Command::UpdatePeer { peer, session } => self.update_peer(now, peer, &session),
            Command::RemovePeer { peer } => {
                if let Some(index) = self.roster.find(peer) {
                    self.remove_peer(now, index);
                }
            }
            Command::SetGate { peer, source, open, ticket } => self.set_gate(now, peer, source, open, ticket),
            Command::Withdraw { publication, ticket } => self.withdraw(publication, ticket),
            Command::Doubt { peer } => self.doubt(now, peer),
            Command::Assign { peer, slot, publication } => self.assign(now, peer, slot, publication),
            Command::Speaker { peer, speaks } => self.set_speaker(peer, speaks),
            Command::Show { peer, slot, height } => self.set_height(now, peer, slot, height),
        }
    }

    fn add_peer(&mut self, now: Instant, id: PeerId, session: &Session) {
        let Some(index) =
            Peer::new(now, id, session, &self.identity).and_then(|peer| self.roster.insert(peer))
        else {
            self.counters.dropped.too_many_peers += 1;
            self.events.push(Event::Lost { peer: id, why: crate::Loss::NeverConnected });
            return;
        };
        self.roster.route_ufrag(&session.local_ice.ufrag, index);
        for source in Source::ALL {
            if let Some(feed) = self.feeds.find(PublicationId { peer: id, source }) {
                self.connect_feed(index, source, feed);
            }
        }
        self.settle(now, index, now);
    }

    fn update_peer(&mut self, now: Instant, id: PeerId, session: &Session) {
        let Some(index) = self.roster.find(id) else { return };
        let Some(peer) = self.roster.get_mut(index) else { return };
        for slot in peer.vacated(session) {
            self.detach(Subscriber { peer: index, slot });
        }
        self.wipe_dropped(index, session);
        if let Some(peer) = self.roster.get_mut(index) {
            self.counters.dropped.too_many_slots += peer.renegotiate(session);
        }
        self.roster.route_ufrag(&session.local_ice.ufrag, index);
        self.settle(now, index, now);
    }

    /// Nothing of a source that the peer no longer offers leaves any more; whoever watches it goes on with a keyframe when it is back.
    fn wipe_dropped(&mut self, index: u32, session: &Session) {
        let Some(peer) = self.roster.get(index) else { return };
        let (id, feeds) = (peer.id, peer.feeds);
        for source in Source::ALL {
            if session.upstream.iter().any(|track| track.source == source) {
                continue;
            }
            if let Some(feed) = feeds[source.index()] {
                self.wipe_feed(feed);
            }
            self.relay.forget(PublicationId { peer: id, source });
        }
    }

    /// Forgets a peer: its publications end, its slots are emptied, no datagram finds it any more.
    pub(super) fn remove_peer(&mut self, now: Instant, index: u32) {
        let Some(peer) = self.roster.get_mut(index) else { return };
        peer.close(now, &mut self.outbox);
        let slots = peer.slots.len() as u16;
        for feed in peer.feeds.into_iter().flatten() {
            self.end_feed(feed);
        }
        for slot in 0..slots {
            self.detach(Subscriber { peer: index, slot });
        }
        if let Some(peer) = self.roster.remove(index) {
            self.counters.add_peer(&peer);
            for source in Source::ALL {
                self.relay.forget(PublicationId { peer: peer.id, source });
            }
        }
    }

    fn set_gate(&mut self, now: Instant, id: PeerId, source: Source, open: bool, ticket: Ticket) {
        if let Some(index) = self.roster.find(id)
            && let Some(peer) = self.roster.get_mut(index)
        {
            peer.upstreams.set_gate(now, source, open);
            if !open {
                if let Some(feed) = peer.feeds[source.index()] {
                    self.wipe_feed(feed);
                }
                self.relay.forget(PublicationId { peer: id, source });
            }
            if open {
                self.expect_media(now, index, source);
            }
            self.settle(now, index, now);
        }
        self.events.push(Event::Done { ticket });
    }

    /// Everything of the publication that came here is dropped, and so is everything that was sent before its home answers a new
    /// subscription; which is why it does not matter whether the relay queue was drained before.
    fn withdraw(&mut self, publication: PublicationId, ticket: Ticket) {
        if publication.peer.worker != self.worker
            && let Some(index) = self.feeds.find(publication)
        {
            self.wipe_feed(index);
            let token = self.token();
            if let Some(feed) = self.feeds.get_mut(index)
                && let Origin::Remote { awaiting, .. } = &mut feed.origin
            {
                *awaiting = Some(token);
                self.relay.push(publication.peer.worker, Message::Subscribe { publication, token });
            }
        }
        self.events.push(Event::Done { ticket });
    }

    fn assign(&mut self, now: Instant, id: PeerId, mid: Mid, publication: Option<PublicationId>) {
        let Some(peer) = self.roster.find(id) else {
            self.counters.dropped.bad_assignment += 1;
            return;
        };
        let Some((slot, kind, shown)) = self.roster.get(peer).and_then(|peer| peer.slot_of(mid)) else {
            self.counters.dropped.bad_assignment += 1;
            return;
        };
        let subscriber = Subscriber { peer, slot };
        let Some(publication) = publication else { return self.detach(subscriber) };
        if shown.and_then(|feed| self.feeds.get(feed)).is_some_and(|feed| feed.publication == publication) {
            return;
        }
        self.detach(subscriber);
        let crowded = self.feeds.find(publication).and_then(|feed| self.feeds.get(feed));
        if publication.source.kind() != kind
            || crowded.is_some_and(|feed| feed.subscribers.len() >= MAX_SUBSCRIBERS)
        {
            self.counters.dropped.bad_assignment += 1;
            return;
        }
        let feed = self.feed_of(publication);
        self.attach(now, feed, subscriber);
        if let Some(peer) = self.roster.get_mut(subscriber.peer) {
            peer.start_watching(now);
        }
        self.allocate(now, subscriber.peer);
        if kind == Kind::Video {
            self.wish_for_slot(now, subscriber.peer, usize::from(slot));
        }
        self.settle(now, subscriber.peer, now);
    }
}
