//! Taking what other engines say.

use std::sync::Arc;
use std::time::Instant;

use super::Engine;
use super::feed::Origin;
use crate::relay::Message;
use crate::{Kind, MAX_LAYERS, Packet, PublicationId, WorkerId};

impl Engine {
    /// Takes a message from the engine of another thread.
    pub fn relayed(&mut self, now: Instant, from: WorkerId, message: Message) {
        match message {
            Message::Packet(packet) => self.relayed_packet(now, packet),
            Message::Clock { publication, layer, clock } => {
                if let Some(feed) = self.admitting(publication).and_then(|index| self.feeds.get_mut(index)) {
                    feed.set_clock(layer, clock);
                }
            }
            Message::Subscribe { publication, token } => self.subscribe_remote(from, publication, token),
            Message::Subscribed { publication, token } => self.subscribed(now, publication, token),
            Message::Unsubscribe { publication } => self.unsubscribe_remote(from, publication),
            Message::RequestKeyframe { publication, layer } => {
                if let Some(index) = self.at_home(publication) {
                    self.wish_keyframe(now, index, layer);
                }
            }
            Message::Wanted { publication, highest } => {
                if let Some(index) = self.at_home(publication) {
                    self.wanted_remotely(now, from, index, highest);
                }
            }
            Message::Ended { publication } => {
                if let Some(index) = self.remote(publication) {
                    self.end_feed(index);
                }
            }
        }
    }

    /// The feed of a publication whose home is here.
    fn at_home(&self, publication: PublicationId) -> Option<u32> {
        if publication.peer.worker == self.worker { self.feeds.find(publication) } else { None }
    }

    /// The feed of a publication whose home is elsewhere.
    fn remote(&self, publication: PublicationId) -> Option<u32> {
        if publication.peer.worker == self.worker { None } else { self.feeds.find(publication) }
    }

    /// The same, if what comes now was sent after its latest subscription was read.
    fn admitting(&self, publication: PublicationId) -> Option<u32> {
        let index = self.remote(publication)?;
        let feed = self.feeds.get(index)?;
        matches!(&feed.origin, Origin::Remote { awaiting: None, .. }).then_some(index)
    }

    fn relayed_packet(&mut self, now: Instant, packet: Arc<Packet>) {
        let Some(index) = self.admitting(packet.publication) else {
            self.counters.dropped.relay_stale += 1;
            return;
        };
        self.finish_fanout(now);
        let Some(feed) = self.feeds.get_mut(index) else { return };
        if let Origin::Remote { replica, .. } = &mut feed.origin {
            replica.keep(Arc::clone(&packet));
        }
        self.queue(index, packet);
    }

    fn subscribe_remote(&mut self, from: WorkerId, publication: PublicationId, token: u64) {
        if publication.peer.worker != self.worker || from == self.worker {
            return;
        }
        let index = self.feed_of(publication);
        let Some(feed) = self.feeds.get_mut(index) else { return };
        if let Origin::Home { remotes } = &mut feed.origin
            && !remotes.contains(&from)
        {
            remotes.push(from);
        }
        self.relay.push(from, Message::Subscribed { publication, token });
        for (layer, clock) in feed.layers.clocks() {
            self.relay.push(from, Message::Clock { publication, layer, clock });
        }
    }

    fn subscribed(&mut self, now: Instant, publication: PublicationId, token: u64) {
        let Some(index) = self.remote(publication) else { return };
        let Some(feed) = self.feeds.get_mut(index) else { return };
        let Origin::Remote { awaiting, .. } = &mut feed.origin else { return };
        if *awaiting != Some(token) {
            return;
        }
        *awaiting = None;
        // A keyframe that came while the answer was under way was not taken.
        feed.keyframe_asked = [None; MAX_LAYERS];
        if publication.source.kind() == Kind::Video && !feed.subscribers.is_empty() {
            let layer = feed.layers.stream_of(feed.layers.target());
            self.wish_keyframe(now, index, layer);
        }
    }

    fn unsubscribe_remote(&mut self, from: WorkerId, publication: PublicationId) {
        if publication.peer.worker != self.worker {
            return;
        }
        let Some(index) = self.feeds.find(publication) else { return };
        let Some(feed) = self.feeds.get_mut(index) else { return };
        if let Origin::Home { remotes } = &mut feed.origin {
            remotes.retain(|known| *known != from);
        }
        feed.forget_remote(from);
        self.drop_idle(index);
    }
}
