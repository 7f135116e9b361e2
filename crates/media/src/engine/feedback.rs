//! What viewers say about what they receive: keyframes they need, packets they miss, and how much was lost.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Engine;
use super::downlink::MAX_STATUSES_TOLD;
use super::fanout::Tally;
use super::feed::Origin;
use crate::forwarder::Refusal;
use crate::publication::RECEIVER_SSRC;
use crate::rtp::control::{Compound, Control, ReportBlock, write_reference_answer};
use crate::{Kind, Packet};

/// Packets that one RTCP datagram can ask for again; the rest is counted. Who misses more asks for a keyframe as well.
pub const MAX_NACKED: usize = 128;

/// The same packet is not sent again within a round trip, and never sooner than this.
pub const LEAST_RESEND_SPACING: Duration = Duration::from_millis(15);

/// Longest round trip believed.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(3);

impl Engine {
    /// Takes one decrypted RTCP datagram of a viewer.
    pub(super) fn feedback(&mut self, now: Instant, index: u32, datagram: &[u8]) {
        let (mut budget, mut statuses) = (MAX_NACKED, MAX_STATUSES_TOLD);
        // What does not parse was counted by the receiving half, which walked the same bytes.
        for control in Compound::new(datagram).flatten() {
            match control {
                Control::SenderReport { blocks, .. } | Control::ReceiverReport { blocks, .. } => {
                    blocks.for_each(|block| self.reported(now, index, &block));
                }
                Control::Nack { media_ssrc, lost } => {
                    let Some(slot) = self.slot_sending(index, media_ssrc) else { continue };
                    for sequence in lost {
                        let Some(left) = budget.checked_sub(1) else {
                            self.counters.dropped.nack_bounded += 1;
                            break;
                        };
                        budget = left;
                        self.resend(now, index, slot, sequence);
                    }
                }
                Control::ReferenceTime { ssrc, ntp } => {
                    if let Some(peer) = self.roster.get_mut(index) {
                        let answer = write_reference_answer(RECEIVER_SSRC, ssrc, ntp);
                        peer.transport.seal_rtcp(&answer, &mut self.outbox);
                    }
                }
                Control::TransportWide(packet) => self.told(now, index, packet, &mut statuses),
                Control::EstimatedBitrate(bitrate) => {
                    if let Some(peer) = self.roster.get_mut(index) {
                        peer.estimated_by_peer = Some(bitrate as f64);
                    }
                    self.allocate(now, index);
                }
                Control::PictureLoss { media_ssrc } => self.picture_lost(now, index, media_ssrc),
                Control::FullIntraRequest { media } => {
                    media.for_each(|media_ssrc| self.picture_lost(now, index, media_ssrc));
                }
                _ => {}
            }
        }
    }

    /// Which of a viewer's slots sends under this SSRC.
    fn slot_sending(&self, index: u32, ssrc: u32) -> Option<usize> {
        self.roster.get(index)?.slots.iter().position(|slot| slot.forwarder.ssrc() == ssrc)
    }

    fn picture_lost(&mut self, now: Instant, index: u32, ssrc: u32) {
        if let Some(slot) = self.slot_sending(index, ssrc) {
            self.wish_for_slot(now, index, slot);
        }
    }

    /// A keyframe of what a slot is to show, if it shows a picture.
    pub(super) fn wish_for_slot(&mut self, now: Instant, index: u32, at: usize) {
        let Some(slot) = self.roster.get(index).and_then(|peer| peer.slots.get(at)) else { return };
        let aim = slot.forwarder.aim().filter(|_| slot.forwarder.kind() == Kind::Video);
        let Some((aim, index)) = aim.zip(slot.feed) else { return };
        if let Some(layer) =
            self.feeds.get(index).map(|feed| feed.layers.stream_of(feed.layers.nearest(aim.spatial)))
        {
            self.wish_keyframe(now, index, layer);
        }
    }

    /// Every picture a viewer watches starts with a keyframe: when it has come, all of them are needed.
    pub(super) fn wish_for_all(&mut self, now: Instant, index: u32) {
        let slots = self.roster.get(index).map_or(0, |peer| peer.slots.len());
        for at in 0..slots {
            self.wish_for_slot(now, index, at);
        }
    }

    /// Takes transport-wide feedback, and decides anew over layers where that is due.
    fn told(&mut self, now: Instant, index: u32, packet: &[u8], budget: &mut usize) {
        let Some(peer) = self.roster.get_mut(index) else { return };
        let Some(downlink) = &mut peer.downlink else { return };
        let beyond = downlink.told(now, packet, peer.round_trip, budget, &mut self.told);
        let due = downlink.review_is_due(now);
        self.counters.feedbacks += 1;
        self.counters.dropped.too_many_statuses += beyond;
        if due {
            self.allocate(now, index);
        }
    }

    /// Does what time demands of a viewer's congestion control: probes, and pictures that waited for their turn.
    pub(super) fn tick(&mut self, now: Instant, index: u32) {
        let Some(peer) = self.roster.get_mut(index) else { return };
        let round_trip = peer.round_trip;
        let mut tally = Tally::default();
        let Some((mut egress, slots)) = peer.egress(now, &mut self.outbox) else { return };
        egress.settle(round_trip);
        egress.release(|packet, sealed| match packet {
            Some(packet) => tally.note(packet.publication.source, sealed),
            None => tally.filled += u64::from(sealed > 0),
        });
        let slot = slots
            .iter_mut()
            .find(|slot| slot.feed.is_some() && slot.forwarder.kind() == Kind::Video)
            .map(|slot| &mut slot.forwarder);
        if let Some(forwarder) = slot {
            let numbered = forwarder.numbered();
            let probed = egress.probe(&mut || Some((forwarder.padding()?, numbered)));
            self.counters.probe_packets += probed;
        }
        self.count(&tally);
        let downlink = self.roster.get_mut(index).and_then(|peer| peer.downlink.as_mut());
        if downlink.is_some_and(|downlink| downlink.wants_review(now)) {
            self.allocate(now, index);
        }
    }

    /// Sends one packet again (RFC 4588), from the ring that all viewers of the publication share.
    fn resend(&mut self, now: Instant, index: u32, at: usize, sequence: u16) {
        let Some(peer) = self.roster.get_mut(index) else { return };
        let spacing = peer.round_trip.max(LEAST_RESEND_SPACING);
        let Some(slot) = peer.slots.get_mut(at) else { return };
        let (layer, original) = match slot.forwarder.missed(now, sequence, spacing) {
            Ok(found) => found,
            Err(Refusal::TooSoon) => return self.counters.dropped.nack_bounded += 1,
            Err(Refusal::NotSent) => return self.counters.dropped.not_kept += 1,
        };
        let Some(packet) = slot.feed.and_then(|feed| self.kept(feed, layer, original)) else {
            return self.counters.dropped.not_kept += 1;
        };
        let Some(peer) = self.roster.get_mut(index) else { return };
        let Some((mut egress, slots)) = peer.egress(now, &mut self.outbox) else { return };
        let Some(slot) = slots.get_mut(at) else { return };
        for _ in 0..egress.copies() {
            let Some(mapping) = slot.forwarder.resend(&packet, sequence) else {
                return self.counters.dropped.not_kept += 1;
            };
            let sent = egress.packet(&packet, &mapping, 0, slot.forwarder.numbered()) > 0;
            self.counters.retransmitted += u64::from(sent);
        }
    }

    /// A packet from the ring of a feed, or from what this thread has of it.
    fn kept(&self, feed: u32, layer: u8, sequence: u64) -> Option<Arc<Packet>> {
        let feed = self.feeds.get(feed)?;
        let packet = match &feed.origin {
            Origin::Remote { replica, .. } => replica.get(layer, sequence),
            Origin::Home { .. } => {
                let publisher = self.roster.get(self.roster.find(feed.publication.peer)?)?;
                publisher.upstreams.stored(feed.publication.source, layer, sequence)
            }
        };
        packet.cloned()
    }

    /// Takes what a viewer says of one stream (RFC 3550, section 6.4).
    fn reported(&mut self, now: Instant, index: u32, block: &ReportBlock) {
        let Some(at) = self.slot_sending(index, block.ssrc) else { return };
        let clock = self.ntp(now);
        let Some(peer) = self.roster.get_mut(index) else { return };
        if let Some(slot) = peer.slots.get_mut(at) {
            let more = block.cumulative_lost.saturating_sub(slot.reported_lost).max(0);
            self.counters.reported_lost += more.unsigned_abs() as u64;
            slot.reported_lost = block.cumulative_lost;
        }
        if block.last_sender_report == 0 {
            return;
        }
        // The middle 32 bits of NTP time count in 1/65536 s; what is left after the viewer's own delay is the way there and back.
        let middle = (clock >> 16) as u32;
        let ticks = middle.wrapping_sub(block.last_sender_report).wrapping_sub(block.delay);
        let round_trip = Duration::from_micros(u64::from(ticks) * 1_000_000 / 65_536);
        if round_trip <= MAX_ROUND_TRIP {
            peer.round_trip = (peer.round_trip * 7 + round_trip) / 8;
            peer.round_trip_known = true;
            peer.upstreams.set_round_trip(peer.round_trip);
        }
    }
}
