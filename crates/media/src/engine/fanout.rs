//! From a batch of packets to datagrams, viewer by viewer.
//!
//! Datagrams collect packets in the feeds they belong to. A fan-out then goes from viewer to viewer, and for each writes all it gets, one
//! publication after another: what goes to one address lies together, equal lengths of a frame follow one another, and the cipher's
//! state of a viewer is in the cache once. It stops when the outbox holds enough, and goes on after that was sent.
//!
//! A picture whose last packet has not come yet is held for a moment ([`FRAME_PATIENCE`]). Whoever shows it waits for that packet anyway, and sent
//! whole it is one train to each viewer instead of two or three, which is what it costs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::feed::{Feeds, Pending};
use super::peer::Peer;
use super::{Engine, earlier};
use crate::congestion::Paced;
use crate::forwarder::{MAX_PADDING, Verdict};
use crate::{Kind, Outbox, Source};

/// Bytes in the outbox at which a fan-out pauses so that they are sent: as many trains as one call to the kernel takes, little enough to
/// stay near the processor. Each thread keeps this much memory once it was needed.
pub const OUTBOX_ENOUGH: usize = 256 * 1024;

/// How long the first packets of a picture wait for its last one: browsers send nearly all pictures within a millisecond.
pub const FRAME_PATIENCE: Duration = Duration::from_millis(1);

/// What is to be fanned out, and how far it is.
#[derive(Debug, Default)]
pub(super) struct Fanout {
    /// Feeds with packets. The first [`Fanout::held`] of them were looked at and wait for the rest of a picture.
    touched: Vec<u32>,
    held: usize,
    /// When the first of these has waited long enough.
    held_until: Option<Instant>,
    /// Feeds that are being fanned out.
    fanning: Vec<u32>,
    /// Viewers of these, each once, and where among them the next one to be served is.
    viewers: Vec<u32>,
    next: usize,
    /// By peer index: whether it is among the viewers.
    listed: Vec<bool>,
    /// Feeds whose viewers wait for a keyframe, and of which layer.
    wishes: Vec<(u32, u8)>,
}

/// Counted while a viewer is served.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) forwarded: [u64; Source::ALL.len()],
    pub(super) bytes: u64,
    no_codec: u64,
    pub(super) filled: u64,
    too_many_paced: u64,
}

impl Tally {
    /// A packet left, if it has a length.
    pub(super) fn note(&mut self, source: Source, sealed: usize) {
        self.forwarded[source.index()] += u64::from(sealed > 0);
        self.bytes += sealed as u64;
    }
}

impl Fanout {
    /// A feed got its first packet.
    pub(super) fn touch(&mut self, feed: u32) {
        self.touched.push(feed);
    }

    /// Whether nothing is waiting but what is held.
    pub(super) fn is_idle(&self) -> bool {
        !self.is_running() && self.touched.len() == self.held
    }

    /// When what is held has to go.
    pub(super) fn held_until(&self) -> Option<Instant> {
        self.held_until
    }

    fn is_running(&self) -> bool {
        !self.fanning.is_empty()
    }

    /// Parts what is ready from what is held, and lists the viewers of what is ready.
    fn begin(&mut self, now: Instant, feeds: &mut Feeds) {
        self.held_until = None;
        let (fanning, held_until) = (&mut self.fanning, &mut self.held_until);
        self.touched.retain(|index| {
            let until = feeds.get(*index).and_then(|feed| feed.waits_until());
            let held = until.is_some_and(|until| now < until);
            if held {
                *held_until = earlier(*held_until, until);
            } else {
                fanning.push(*index);
            }
            held
        });
        self.held = self.touched.len();
        for index in &self.fanning {
            let Some(feed) = feeds.get_mut(*index) else { continue };
            feed.fanning = true;
            level(&mut feed.pending);
            for subscriber in &feed.subscribers {
                let at = subscriber.peer as usize;
                if self.listed.len() <= at {
                    self.listed.resize(at + 1, false);
                }
                if !std::mem::replace(&mut self.listed[at], true) {
                    self.viewers.push(subscriber.peer);
                }
            }
        }
    }

    fn finish(&mut self, feeds: &mut Feeds) {
        for index in self.fanning.drain(..) {
            if let Some(feed) = feeds.get_mut(index) {
                feed.pending.clear();
                feed.fanning = false;
            }
        }
        for viewer in self.viewers.drain(..) {
            self.listed[viewer as usize] = false;
        }
        self.next = 0;
    }
}

impl Engine {
    /// Writes what the packets taken since the last time mean for every viewer. `true` when the outbox has enough for now: send it, clear
    /// it, and call again. What is held back is due when [`Engine::next_timeout`] says so.
    pub fn flush(&mut self, now: Instant) -> bool {
        if !self.fanout.is_running() {
            if self.fanout.touched.is_empty() {
                return false;
            }
            self.fanout.begin(now, &mut self.feeds);
        }
        if self.serve_viewers(now, OUTBOX_ENOUGH) {
            return true;
        }
        self.fanout.finish(&mut self.feeds);
        while let Some((feed, layer)) = self.fanout.wishes.pop() {
            self.wish_keyframe(now, feed, layer);
        }
        false
    }

    /// Before a packet is taken: a fan-out under way serves the rest of its viewers, whatever the outbox holds, or those that were
    /// served already would miss the packet.
    pub(super) fn finish_fanout(&mut self, now: Instant) {
        if self.fanout.is_running() {
            self.serve_viewers(now, usize::MAX);
            self.fanout.finish(&mut self.feeds);
        }
    }

    /// `true` when it stopped because the outbox holds `enough` bytes.
    fn serve_viewers(&mut self, now: Instant, enough: usize) -> bool {
        while let Some(viewer) = self.fanout.viewers.get(self.fanout.next) {
            if self.outbox.bytes().len() >= enough {
                return true;
            }
            let viewer = *viewer;
            self.fanout.next += 1;
            if let Some(peer) = self.roster.get_mut(viewer) {
                let tally = serve(now, peer, &self.feeds, &mut self.fanout.wishes, &mut self.outbox);
                let waits = peer.downlink.as_ref().is_some_and(|downlink| !downlink.pacer.is_empty());
                self.count(&tally);
                if waits {
                    self.settle(now, viewer, now);
                }
            }
        }
        false
    }

    pub(super) fn count(&mut self, tally: &Tally) {
        for (total, more) in self.counters.forwarded.iter_mut().zip(tally.forwarded) {
            *total += more;
        }
        self.counters.forwarded_bytes += tally.bytes;
        self.counters.filled += tally.filled;
        self.counters.dropped.no_codec += tally.no_codec;
        self.counters.dropped.too_many_paced += tally.too_many_paced;
    }
}

/// Writes everything one viewer gets.
fn serve(
    now: Instant,
    peer: &mut Peer,
    feeds: &Feeds,
    wishes: &mut Vec<(u32, u8)>,
    outbox: &mut Outbox,
) -> Tally {
    let mut tally = Tally::default();
    let Some((mut egress, slots)) = peer.egress(now, outbox) else { return tally };
    for slot in slots {
        let Some(index) = slot.feed else { continue };
        let Some(feed) = feeds.get(index).filter(|feed| feed.fanning) else { continue };
        let source = feed.publication.source;
        let numbered = slot.forwarder.numbered();
        let protection = slot.forwarder.redundant().zip(egress.redundancy());
        for Pending { packet, padding } in &feed.pending {
            let mapping = match slot.forwarder.forward(packet, &feed.layers) {
                Verdict::Forward(mapping) => mapping,
                Verdict::Skip => continue,
                Verdict::Fill(mapping) => {
                    tally.filled += u64::from(egress.padding(&mapping, 1, numbered) > 0);
                    continue;
                }
                Verdict::NoCodec => {
                    tally.no_codec += 1;
                    continue;
                }
                Verdict::AwaitsKeyframe(layer) => {
                    if wishes.last() != Some(&(index, layer)) {
                        wishes.push((index, layer));
                    }
                    continue;
                }
            };
            if source.kind() == Kind::Video && egress.is_held_up() {
                let paced =
                    || Paced { packet: Some(Arc::clone(packet)), mapping, padding: *padding, numbered };
                tally.too_many_paced += u64::from(egress.picture(paced).is_none());
                continue;
            }
            let sealed = match protection.filter(|_| source == Source::Mic) {
                Some((red, redundancy)) => {
                    let redundancy = redundancy.min(slot.forwarder.unbroken(packet));
                    egress.sound(feed, packet, &mapping, red, redundancy, numbered)
                }
                None => egress.packet(packet, &mapping, *padding, numbered),
            };
            tally.note(source, sealed);
        }
    }
    tally
}

/// Pads packets of one frame that are shorter than its longest by a byte or two, so that the frame is one train. Browsers cut a frame into
/// packets that differ by one byte, the shorter ones first; RTP padding (RFC 3550, section 5.1) costs less than another send.
fn level(pending: &mut [Pending]) {
    let mut rest = pending;
    while let Some(first) = rest.first() {
        let (timestamp, layer) = (first.packet.timestamp, first.packet.layer);
        let frame = |one: &Pending| one.packet.timestamp == timestamp && one.packet.layer == layer;
        let length = rest.iter().take_while(|one| frame(one)).count();
        let (packets, after) = rest.split_at_mut(length);
        let longest = packets.iter().map(|one| one.packet.payload().len()).max().unwrap_or(0);
        for one in packets {
            let short = longest - one.packet.payload().len();
            one.padding = if short <= usize::from(MAX_PADDING) { short as u8 } else { 0 };
        }
        rest = after;
    }
}
