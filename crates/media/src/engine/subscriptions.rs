//! Which slot watches which publication, here and on other threads, and who asks for keyframes.

use std::time::{Duration, Instant};

use super::feed::{Origin, Subscriber};
use super::{Engine, passed};
use crate::forwarder::TOP;
use crate::relay::Message;
use crate::{Kind, MAX_LAYERS, PublicationId, Replica, Source};

/// How long a keyframe that was asked for is waited for before it is asked for again.
pub const KEYFRAME_PATIENCE: Duration = Duration::from_secs(1);

impl Engine {
    /// The feed of a publication, made where it is not there: at home it goes to whoever publishes it, elsewhere the home engine
    /// is asked for it.
    pub(super) fn feed_of(&mut self, publication: PublicationId) -> u32 {
        if let Some(index) = self.feeds.find(publication) {
            return index;
        }
        if publication.peer.worker != self.worker {
            let token = self.token();
            let replica = Replica::default();
            self.relay.push(publication.peer.worker, Message::Subscribe { publication, token });
            return self.feeds.insert(publication, Origin::Remote { replica, awaiting: Some(token) });
        }
        let index = self.feeds.insert(publication, Origin::Home { remotes: Vec::new() });
        if let Some(publisher) = self.roster.find(publication.peer) {
            self.connect_feed(publisher, publication.source, index);
        }
        index
    }

    /// A publisher of this engine has somebody who watches: its packets go there from now on.
    pub(super) fn connect_feed(&mut self, publisher: u32, source: Source, index: u32) {
        let Some(peer) = self.roster.get_mut(publisher) else { return };
        peer.feeds[source.index()] = Some(index);
        let Some(feed) = self.feeds.get_mut(index) else { return };
        for layer in 0..MAX_LAYERS as u8 {
            if let Some(clock) = peer.capture_clock(source, layer) {
                feed.set_clock(layer, clock);
            }
        }
    }

    /// Shows the feed in a slot.
    pub(super) fn attach(&mut self, now: Instant, index: u32, subscriber: Subscriber) {
        let Some(slot) = self
            .roster
            .get_mut(subscriber.peer)
            .and_then(|peer| peer.slots.get_mut(usize::from(subscriber.slot)))
        else {
            return;
        };
        slot.feed = Some(index);
        let kind = slot.forwarder.kind();
        if let Some(feed) = self.feeds.get_mut(index) {
            feed.subscribers.push(subscriber);
        }
        if kind == Kind::Video {
            self.review_layers(now, index);
        }
    }

    /// Empties a slot: nothing of what it showed is sent again.
    pub(super) fn detach(&mut self, subscriber: Subscriber) {
        let Some(slot) = self
            .roster
            .get_mut(subscriber.peer)
            .and_then(|peer| peer.slots.get_mut(usize::from(subscriber.slot)))
        else {
            return;
        };
        slot.forwarder.interrupt();
        // What is shown next is decided upon anew; until then all of it is wanted.
        slot.forwarder.aim_at(Some(TOP));
        let ssrc = slot.forwarder.ssrc();
        let Some(index) = slot.feed.take() else { return };
        if let Some(downlink) = self.roster.get_mut(subscriber.peer).and_then(|peer| peer.downlink.as_mut()) {
            downlink.pacer.forget_stream(ssrc);
        }
        if let Some(feed) = self.feeds.get_mut(index)
            && let Some(at) = feed.subscribers.iter().position(|known| *known == subscriber)
        {
            feed.subscribers.swap_remove(at);
        }
        self.drop_idle(index);
    }

    /// Forgets a feed that nobody watches any more.
    pub(super) fn drop_idle(&mut self, index: u32) {
        if !self.feeds.get(index).is_some_and(|feed| feed.is_idle()) {
            return;
        }
        let Some(feed) = self.feeds.remove(index) else { return };
        let publication = feed.publication;
        if publication.peer.worker != self.worker {
            self.relay.push(publication.peer.worker, Message::Unsubscribe { publication });
            return;
        }
        let publisher = self.roster.find(publication.peer).and_then(|index| self.roster.get_mut(index));
        if let Some(peer) = publisher {
            peer.feeds[publication.source.index()] = None;
        }
    }

    /// The publisher is gone: empties every slot that shows the feed, here and, where this is its home, elsewhere.
    pub(super) fn end_feed(&mut self, index: u32) {
        let Some(feed) = self.feeds.get_mut(index) else { return };
        let publication = feed.publication;
        feed.wipe();
        let subscribers = std::mem::take(&mut feed.subscribers);
        if let Origin::Home { remotes } = &mut feed.origin {
            for remote in std::mem::take(remotes) {
                self.relay.push(remote, Message::Ended { publication });
            }
        }
        for subscriber in subscribers {
            let Some(peer) = self.roster.get_mut(subscriber.peer) else { continue };
            peer.forget_paced(publication);
            if let Some(slot) = peer.slots.get_mut(usize::from(subscriber.slot)) {
                slot.forwarder.interrupt();
                slot.feed = None;
            }
        }
        self.drop_idle(index);
    }

    /// Nothing of what is kept or under way of this publication may leave any more; its slots go on with whatever comes later.
    pub(super) fn wipe_feed(&mut self, index: u32) {
        let Some(feed) = self.feeds.get_mut(index) else { return };
        feed.wipe();
        for subscriber in &feed.subscribers {
            let Some(peer) = self.roster.get_mut(subscriber.peer) else { continue };
            peer.forget_paced(feed.publication);
            if let Some(slot) = peer.slots.get_mut(usize::from(subscriber.slot)) {
                slot.forwarder.interrupt();
            }
        }
    }

    /// Somebody needs a keyframe of a layer. Wishes are merged: while one is under way nothing is asked, and the publisher's half of its peer
    /// lets no more than one a second through.
    pub(super) fn wish_keyframe(&mut self, now: Instant, index: u32, layer: u8) {
        self.counters.keyframe_wishes += 1;
        let Some(feed) = self.feeds.get_mut(index) else { return };
        let Some(asked) = feed.keyframe_asked.get_mut(usize::from(layer)) else { return };
        if !passed(*asked, now, KEYFRAME_PATIENCE) {
            return;
        }
        *asked = Some(now);
        let publication = feed.publication;
        if publication.peer.worker != self.worker {
            self.relay.push(publication.peer.worker, Message::RequestKeyframe { publication, layer });
            return;
        }
        let Some(publisher) = self.roster.find(publication.peer) else { return };
        if let Some(peer) = self.roster.get_mut(publisher) {
            peer.upstreams.request_keyframe(publication.source, layer);
        }
        self.settle(now, publisher, now);
    }
}
