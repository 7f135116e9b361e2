//! From a datagram to its peer, and from a packet to those who watch.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use super::Engine;
use super::feed::{Origin, Taken};
use crate::relay::Message;
use crate::{
    Event, Loss, MAX_LAYERS, Packet, PublicationId, Received, Source, TransportEvent, WorkerId, stun,
};

impl Engine {
    /// Takes a datagram from the socket, decrypting it in place. Answers are in the outbox afterwards; media is written by
    /// [`Engine::flush`].
    pub fn datagram(&mut self, now: Instant, from: SocketAddr, datagram: &mut [u8]) {
        let Some(index) = self.owner(now, from, datagram) else { return };
        let Some(peer) = self.roster.get_mut(index) else { return };
        match peer.transport.receive(now, from, datagram, &mut self.outbox) {
            Received::Rtp(packet) => {
                let packet = peer.upstreams.receive_rtp(now, packet).cloned();
                if peer.upstreams.has_found() {
                    self.forward_found(index);
                }
                let feed = packet
                    .as_ref()
                    .and_then(|packet| self.roster.get(index)?.feeds[packet.publication.source.index()]);
                if let Some((packet, feed)) = packet.zip(feed) {
                    self.admitted(feed, packet);
                }
                self.follow_packets(now, index, from, true);
            }
            Received::Rtcp(control) => {
                let control = &*control;
                self.learn_clocks(now, index, control);
                self.feedback(now, index, control);
                self.follow_packets(now, index, from, false);
            }
            Received::Nothing => self.route_checked(index),
        }
        self.settle(now, index, now);
    }

    /// With each valid check and not with an address' first one alone: it may have been another peer's in between.
    fn route_checked(&mut self, index: u32) {
        let checked = self.roster.get_mut(index).and_then(|peer| peer.transport.take_checked());
        if let Some(address) = checked.filter(|address| self.roster.at_address(*address) != Some(index)) {
            self.roster.route_address(address, index);
        }
    }

    /// The peer a datagram belongs to: by proven address, and for STUN by the user name it is addressed to, which counts more because an
    /// address may have changed hands.
    fn owner(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Option<u32> {
        let known = self.roster.at_address(from);
        // STUN and nothing else begins with two zero bits (RFC 7983, section 7).
        if datagram.first().is_none_or(|first| *first > 3) {
            self.counters.dropped.unknown_address += u64::from(known.is_none());
            return known;
        }
        let Some(named) = stun::local_ufrag_of(datagram).and_then(|ufrag| self.roster.of_ufrag(ufrag)) else {
            self.counters.dropped.unknown_ufrag += 1;
            return None;
        };
        let peer = self.roster.get_mut(named)?;
        if known != Some(named) && !peer.allowance.take(now) {
            self.counters.dropped.unproven_checks += 1;
            return None;
        }
        Some(named)
    }

    /// What was missing and came with another packet goes before it.
    fn forward_found(&mut self, index: u32) {
        let Some(peer) = self.roster.get_mut(index) else { return };
        let mut found = std::mem::take(&mut self.found);
        peer.upstreams.take_found(&mut found);
        for packet in found.drain(..) {
            let feed = self.roster.get(index).and_then(|peer| peer.feeds[packet.publication.source.index()]);
            if let Some(feed) = feed {
                self.admitted(feed, packet);
            }
        }
        self.found = found;
    }

    /// A packet that the gate let in: to the viewers here with the next flush, to other threads at once.
    fn admitted(&mut self, index: u32, packet: Arc<Packet>) {
        self.finish_fanout(packet.arrived);
        let Some(feed) = self.feeds.get_mut(index) else { return };
        if let Origin::Home { remotes } = &feed.origin {
            for remote in remotes {
                self.relay.push(*remote, Message::Packet(Arc::clone(&packet)));
                self.counters.relayed += 1;
            }
        }
        self.queue(index, packet);
    }

    /// Puts a packet before the next fan-out.
    pub(super) fn queue(&mut self, index: u32, packet: Arc<Packet>) {
        match self.feeds.get_mut(index).map(|feed| feed.take(packet)) {
            Some(Taken::First) => self.fanout.touch(index),
            Some(Taken::Full) => self.counters.dropped.too_many_pending += 1,
            Some(Taken::Waits) | None => {}
        }
    }

    /// Hands sender reports to the receiving half, and the clocks in them to whoever forwards the publications.
    fn learn_clocks(&mut self, now: Instant, index: u32, control: &[u8]) {
        let Some(peer) = self.roster.get_mut(index) else { return };
        peer.upstreams.receive_rtcp(now, control);
        for source in Source::ALL {
            let Some(feed) = peer.feeds[source.index()].and_then(|feed| self.feeds.get_mut(feed)) else {
                continue;
            };
            for layer in 0..MAX_LAYERS as u8 {
                let fresh =
                    peer.upstreams.sender_clock(source, layer).is_some_and(|clock| clock.arrived == now);
                if let Some(clock) = peer.capture_clock(source, layer).filter(|_| fresh) {
                    feed.set_clock(layer, clock);
                    let publication = PublicationId { peer: peer.id, source };
                    if let Origin::Home { remotes } = &feed.origin {
                        let message = |to: &WorkerId| (*to, Message::Clock { publication, layer, clock });
                        remotes.iter().map(message).for_each(|(to, message)| self.relay.push(to, message));
                    }
                }
            }
        }
    }

    /// Takes what a transport has to tell.
    pub(super) fn transport_changed(&mut self, now: Instant, index: u32, event: TransportEvent) {
        let Some(id) = self.roster.get(index).map(|peer| peer.id) else { return };
        match event {
            // Routed with the check itself.
            TransportEvent::Proven(_) => {}
            TransportEvent::Retired(address) => self.roster.drop_address(address, index),
            TransportEvent::Connected => {
                self.counters.connected += 1;
                self.events.push(Event::Connected { peer: id });
                self.allocate(now, index);
                self.wish_for_all(now, index);
            }
            TransportEvent::Lost(why) => {
                self.counters.lost += 1;
                self.counters.consent_expired += u64::from(why == Loss::ConsentExpired);
                self.remove_peer(now, index);
                self.events.push(Event::Lost { peer: id, why });
            }
        }
    }
}
