//! Which layers a viewer is sent: what they wish to see, as far as their way carries it.

use std::time::{Duration, Instant};

use super::Engine;
use super::downlink::Downlink;
use super::feed::Feed;
use super::peer::{Peer, Slot};
use crate::congestion::{MAX_TEMPORAL, Rank, Step, Wish};
use crate::relay::Message;
use crate::{Event, Kind, MAX_LAYERS, Mid, PeerId, Source, WorkerId};

/// What layers are taken to cost before they were heard, in bit/s: those of a browser's camera of 720 lines.
const ASSUMED_COSTS: [u32; MAX_LAYERS] = [150_000, 500_000, 1_700_000];

/// How tall the highest layer is taken to be where no keyframe told, in pixels; each below it half of that.
const ASSUMED_HEIGHT: u16 = 720;

/// A picture may be shown so much larger than it is before the next layer is worth its price.
const ENLARGED: f32 = 1.25;

/// A layer that nobody wants goes on for so long before its publisher is told: people go back and forth.
pub const UNWANTED_FOR: Duration = Duration::from_secs(5);

/// Active speakers known: one of each room whose viewers are here. Beyond it, whoever spoke up first is a listener like others.
pub const MAX_SPEAKERS: usize = 4_096;

/// How often that is looked at.
const LAYERS_INTERVAL: Duration = Duration::from_secs(1);

/// Reused by all peers.
#[derive(Default)]
pub(super) struct Scratch {
    slots: Vec<u16>,
    wishes: Vec<Wish>,
    chosen: Vec<Option<Step>>,
}

impl Engine {
    /// Decides over all pictures of one viewer.
    pub(super) fn allocate(&mut self, now: Instant, index: u32) {
        let Some(peer) = self.roster.get_mut(index) else { return };
        let mut scratch = std::mem::take(&mut self.allocation);
        scratch.slots.clear();
        scratch.wishes.clear();
        let (mut plain, mut protected) = (0.0, 0.0);
        let pinned = peer.downlink.as_ref().is_some_and(|downlink| downlink.estimator.is_testing_loss(now));
        for (at, slot) in (0u16..).zip(&peer.slots) {
            let Some(feed) = slot.feed.and_then(|feed| self.feeds.get(feed)) else { continue };
            match slot.forwarder.kind() {
                Kind::Audio => {
                    let cost = f64::from(feed.layers.cost(0));
                    plain += cost;
                    protected += if slot.forwarder.redundant().is_some() { cost } else { 0.0 };
                }
                Kind::Video if slot.height > 0 => {
                    scratch.slots.push(at);
                    let speaks = self.speakers.contains(&feed.publication.peer);
                    scratch.wishes.push(Wish { pinned, ..wish(slot, feed, speaks) });
                }
                Kind::Video => {}
            }
        }
        let sound = peer.downlink.as_mut().map_or(plain, |downlink| downlink.sound(plain, protected));
        let budget = peer.budget() - sound;
        let totals = crate::congestion::allocate(budget, &scratch.wishes, &mut scratch.chosen);
        if let Some(downlink) = &mut peer.downlink {
            downlink.probe_for(now, sound, &totals);
        }
        let chosen = scratch.slots.iter().copied().zip(scratch.chosen.iter().copied());
        for (slot, step) in chosen {
            self.aim(now, index, slot, step);
        }
        self.allocation = scratch;
    }

    /// What one slot is to show from now on; a keyframe is asked for where that takes one.
    fn aim(&mut self, now: Instant, index: u32, at: u16, step: Option<Step>) {
        let Some(peer) = self.roster.get_mut(index) else { return };
        let (id, connected) = (peer.id, peer.transport.is_connected());
        let Some(slot) = peer.slots.get_mut(usize::from(at)) else { return };
        let before = slot.forwarder.aim();
        if before == step {
            return;
        }
        slot.forwarder.aim_at(step);
        let (mid, feed, ssrc) = (slot.mid, slot.feed, slot.forwarder.ssrc());
        let scalable =
            feed.and_then(|feed| self.feeds.get(feed)).is_some_and(|feed| feed.layers.is_scalable());
        let shows = slot.forwarder.shows(scalable);
        if step.is_none()
            && let Some(downlink) = &mut peer.downlink
        {
            downlink.pacer.forget_stream(ssrc);
        }
        if before.is_some() != step.is_some() {
            self.counters.pauses += u64::from(step.is_none());
            self.events.push(Event::Paused { peer: id, slot: mid, paused: step.is_none() });
        }
        let Some((step, feed)) = step.zip(feed).filter(|_| connected) else { return };
        let Some(layers) = self.feeds.get(feed).map(|feed| &feed.layers) else { return };
        let nearest = layers.nearest(step.spatial);
        // Where layers share a stream, a lower one is there already.
        let missing =
            if scalable { shows.is_none_or(|shown| shown < nearest) } else { shows != Some(nearest) };
        if missing {
            let stream = layers.stream_of(nearest);
            self.wish_keyframe(now, feed, stream);
        }
    }

    /// A viewer's page says how tall a picture is shown, in pixels; 0: not at all.
    pub(super) fn set_height(&mut self, now: Instant, id: PeerId, mid: Mid, height: u16) {
        let Some(index) = self.roster.find(id) else { return };
        let Some(peer) = self.roster.get_mut(index) else { return };
        let Some((at, slot)) = (0u16..)
            .zip(&mut peer.slots)
            .find(|(_, slot)| slot.mid == mid && slot.forwarder.kind() == Kind::Video)
        else {
            self.counters.dropped.bad_assignment += 1;
            return;
        };
        if slot.height == height {
            return;
        }
        slot.height = height;
        let feed = slot.feed;
        if height == 0 {
            self.hide(index, at);
        }
        self.allocate(now, index);
        if let Some(feed) = feed {
            self.review_layers(now, feed);
        }
        self.settle(now, index, now);
    }

    /// Takes effect with each viewer's next look at their layers.
    pub(super) fn set_speaker(&mut self, peer: PeerId, speaks: bool) {
        self.speakers.retain(|known| *known != peer);
        if !speaks {
            return;
        }
        if self.speakers.len() >= MAX_SPEAKERS {
            self.speakers.remove(0);
            self.counters.dropped.too_many_speakers += 1;
        }
        self.speakers.push(peer);
    }

    /// Nobody looks at a slot: nothing is sent on it, and nobody has to be told.
    fn hide(&mut self, index: u32, at: u16) {
        let Some(peer) = self.roster.get_mut(index) else { return };
        let Some(slot) = peer.slots.get_mut(usize::from(at)) else { return };
        slot.forwarder.aim_at(None);
        let ssrc = slot.forwarder.ssrc();
        if let Some(downlink) = &mut peer.downlink {
            downlink.pacer.forget_stream(ssrc);
        }
    }

    /// Looks at what is wanted of the layers of a publication: more is told at once, less when it has been so for a while.
    pub(super) fn review_layers(&mut self, now: Instant, index: u32) {
        let Some(feed) = self.feeds.get(index).filter(|feed| feed.publication.source.kind() == Kind::Video)
        else {
            return;
        };
        let here = feed.subscribers.iter().filter_map(|subscriber| {
            let slot = self.roster.get(subscriber.peer)?.slots.get(usize::from(subscriber.slot))?;
            (slot.height > 0).then(|| highest(slot, feed))
        });
        let wanted = here.chain(feed.wanted_elsewhere()).max();
        let Some(feed) = self.feeds.get_mut(index) else { return };
        if !feed.want(now, wanted) {
            return;
        }
        let publication = feed.publication;
        if publication.peer.worker == self.worker {
            self.events.push(Event::Wanted { publication, highest: wanted });
        } else {
            self.relay.push(publication.peer.worker, Message::Wanted { publication, highest: wanted });
        }
    }

    /// Looks at all publications from time to time, for what is wanted no more.
    pub(super) fn review_all_layers(&mut self, now: Instant) {
        if now < self.layers_due {
            return;
        }
        self.layers_due = now + LAYERS_INTERVAL;
        for index in 0..self.feeds.places() {
            self.review_layers(now, index);
        }
    }

    /// What another thread's viewers want of a publication of this one.
    pub(super) fn wanted_remotely(&mut self, now: Instant, from: WorkerId, index: u32, highest: Option<u8>) {
        if let Some(feed) = self.feeds.get_mut(index) {
            feed.note_remote(from, highest);
        }
        self.review_layers(now, index);
    }
}

fn wish(slot: &Slot, feed: &Feed, speaks: bool) -> Wish {
    let measured = feed.layers.costs();
    let alive: [_; MAX_LAYERS] = std::array::from_fn(|layer| {
        if feed.layers.is_alive(layer as u8) { measured[layer] } else { [0; MAX_TEMPORAL] }
    });
    let costs = if alive.iter().flatten().all(|cost| *cost == 0) {
        ASSUMED_COSTS.map(|cost| [0, 0, 0, cost])
    } else {
        alive
    };
    let shown = slot.forwarder.aim().filter(|_| slot.forwarder.shows(false).is_some());
    let rank = match feed.publication.source {
        Source::Screen => Rank::Screen,
        Source::Camera | Source::Mic if speaks => Rank::Speaker,
        Source::Camera | Source::Mic => Rank::Listener,
    };
    Wish { rank, highest: highest(slot, feed), costs, shown, pinned: false }
}

/// The lowest layer that is tall enough for where it is shown, and the viewer can decode.
fn highest(slot: &Slot, feed: &Feed) -> u8 {
    let top = feed.layers.top();
    let tall =
        |layer: u8| feed.layers.height(layer).unwrap_or(ASSUMED_HEIGHT >> (top - layer.min(top)).min(15));
    let enough = |layer: &u8| f32::from(tall(*layer)) * ENLARGED >= f32::from(slot.height);
    (0..=top).find(enough).unwrap_or(top).min(slot.forwarder.highest(&feed.layers))
}

impl Peer {
    /// What may be spent on media, in bit/s; what the viewer itself estimates, where it gives no other feedback.
    fn budget(&self) -> f64 {
        let own = self.downlink.as_deref().map(Downlink::budget);
        own.or(self.estimated_by_peer).unwrap_or(f64::INFINITY)
    }
}
