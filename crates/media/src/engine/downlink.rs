//! What is known of the way to one viewer, and what leaves on it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::earlier;
use super::feed::Feed;
use crate::codec::red::MAX_REDUNDANCY;
use crate::congestion::{
    Estimator, History, Outcome, Paced, Pacer, Prober, Protection, ROOM_TO_RISE, Totals,
};
use crate::forwarder::{HEADER_ROOM, Mapping, Number, redundancy_room};
use crate::srtp::MAX_OVERHEAD;
use crate::twcc::Feedback;
use crate::{MAX_SENT, Outbox, Packet, Transport};

use rtc_interceptor::PacketReport;

/// Statuses of feedback looked at in one datagram; the rest is counted. Browsers tell of a few dozen.
pub const MAX_STATUSES_TOLD: usize = 8_192;

/// Between two decisions over layers, while feedback comes.
pub const REVIEW_INTERVAL: Duration = Duration::from_millis(100);

/// A probe asks for this much more than is needed, so that the answer is not just short of it.
const PROBE_MARGIN: f64 = 1.15;

/// A way never found narrow is probed for so many times what is known of it.
const PROBE_LEAP: f64 = 4.0;

/// Share of packets lost from which on repairs are sent twice.
const LOSSY: f32 = 0.08;

/// Padding of one packet: all that a byte can say (RFC 3550, section 5.1).
const PROBE_PADDING: u8 = 255;

/// The congestion control of one viewer who gives feedback.
pub(super) struct Downlink {
    history: History,
    pub(super) estimator: Estimator,
    prober: Prober,
    pub(super) pacer: Pacer,
    protection: Protection,
    /// Pictures wait for their turn.
    pub(super) paced: bool,
    review_due: Instant,
    /// More is wished for than is sent.
    wanting: bool,
}

/// Reused by all peers: what one feedback told, as it came and as the controller takes it.
#[derive(Default)]
pub(super) struct Told {
    outcomes: Vec<Outcome>,
    reports: Vec<PacketReport>,
}

impl Downlink {
    pub(super) fn new(now: Instant) -> Downlink {
        Downlink {
            history: History::new(now),
            estimator: Estimator::default(),
            prober: Prober::default(),
            pacer: Pacer::default(),
            protection: Protection::default(),
            paced: false,
            review_due: now,
            wanting: false,
        }
    }

    /// Takes one feedback; how many of its statuses were beyond `budget`, which is lowered by those that were not.
    pub(super) fn told(
        &mut self,
        now: Instant,
        packet: &[u8],
        round_trip: Duration,
        budget: &mut usize,
        told: &mut Told,
    ) -> u64 {
        let Some(feedback) = Feedback::parse(packet) else { return 0 };
        let reference = self.history.extend_reference(feedback.reference());
        let Some(statuses) = feedback.statuses(reference) else { return 0 };
        told.outcomes.clear();
        told.reports.clear();
        let mut beyond = 0;
        for status in statuses {
            if *budget == 0 {
                beyond += 1;
                continue;
            }
            *budget -= 1;
            let Some(outcome) = self.history.told(now, status) else { continue };
            self.prober.told(&outcome);
            if outcome.arrived.is_some() && outcome.probe == 0 {
                told.reports.push(outcome.report(self.history.epoch()));
            }
            told.outcomes.push(outcome);
        }
        self.history.grow();
        self.estimator.told(now, &told.outcomes, &told.reports);
        if self.estimator.is_trying(now) {
            self.prober.hold_off(now);
        }
        self.settle_probe(now, round_trip);
        self.update_pace(now);
        beyond
    }

    fn settle_probe(&mut self, now: Instant, round_trip: Duration) {
        let found = self.prober.settle(now, round_trip, self.estimator.inherent_loss());
        if let Some(found) = found {
            self.estimator.probed(now, found.bitrate, found.narrowed);
            self.review_due = now;
        }
    }

    fn update_pace(&mut self, now: Instant) {
        self.paced = self.estimator.is_narrow(now);
        self.pacer.set_bitrate(self.estimator.bitrate());
        self.protection.update(now, f64::from(self.estimator.loss()));
    }

    /// Whether more is wished for than is sent, and it is time to look whether that can be.
    pub(super) fn wants_review(&mut self, now: Instant) -> bool {
        self.wanting && self.prober.is_ready(now) && self.review_is_due(now)
    }

    /// Whether layers are to be decided upon anew.
    pub(super) fn review_is_due(&mut self, now: Instant) -> bool {
        let due = now >= self.review_due;
        if due {
            self.review_due = now + REVIEW_INTERVAL;
        }
        due
    }

    /// What sound takes, in bit/s: the plain one, and the part of it that is sent with its predecessors.
    pub(super) fn sound(&mut self, plain: f64, protected: f64) -> f64 {
        self.protection.fit(plain, self.estimator.bitrate());
        plain + protected * self.protection.redundancy() as f64
    }

    /// What may be spent on media, in bit/s: what is lost is sent once more.
    pub(super) fn budget(&self) -> f64 {
        self.estimator.bitrate() * (1.0 - f64::from(self.estimator.loss()))
    }

    /// Begins to find out whether more would come through, if more is wanted than is known to.
    pub(super) fn probe_for(&mut self, now: Instant, sound: f64, totals: &Totals) {
        self.wanting = totals.next.is_some();
        let Some(next) = totals.next else { return };
        if self.estimator.is_trying(now) || !self.prober.is_ready(now) {
            return;
        }
        let share = 1.0 - f64::from(self.estimator.loss());
        let needed = (next * ROOM_TO_RISE + sound) / share * PROBE_MARGIN;
        let all = (totals.wanted * ROOM_TO_RISE + sound) / share * PROBE_MARGIN;
        let bitrate = if self.estimator.is_narrow(now) {
            needed
        } else {
            all.min(self.estimator.bitrate() * PROBE_LEAP).max(needed)
        };
        self.prober.begin(now, bitrate, self.estimator.bitrate());
    }

    /// When [`Egress::tick`] is needed next.
    pub(super) fn next_timeout(&self, now: Instant, round_trip: Duration) -> Option<Instant> {
        // A viewer whose only picture is paused gets nothing, and so tells nothing: layers are looked at all the same.
        let review = self
            .wanting
            .then(|| self.prober.ready_at().map_or(self.review_due, |at| at.max(self.review_due)));
        let review = review.filter(|_| self.prober.is_idle());
        earlier(earlier(self.prober.next_timeout(now, round_trip), self.pacer.next_timeout()), review)
    }
}

/// The way out to one viewer: numbers, seals, and notes what leaves.
pub(super) struct Egress<'a> {
    pub(super) now: Instant,
    pub(super) to: SocketAddr,
    pub(super) transport: &'a mut Transport,
    pub(super) downlink: Option<&'a mut Downlink>,
    pub(super) outbox: &'a mut Outbox,
}

impl Egress<'_> {
    /// Sends a packet; its length on the wire, 0 when it could not be sealed.
    pub(super) fn packet(
        &mut self,
        packet: &Packet,
        mapping: &Mapping,
        padding: u8,
        numbered: Option<u8>,
    ) -> usize {
        let room = HEADER_ROOM + packet.size() + MAX_OVERHEAD;
        self.write(room, numbered, |number, space| mapping.write(packet, padding, number, space))
    }

    /// How many frames of sound each packet carries besides its own; `None` for plain sound.
    pub(super) fn redundancy(&self) -> Option<u64> {
        self.downlink.as_ref().map(|downlink| downlink.protection.redundancy()).filter(|frames| *frames > 0)
    }

    /// Sends a packet of sound with those before it, as far as they are at hand and fit.
    pub(super) fn sound(
        &mut self,
        feed: &Feed,
        packet: &Packet,
        mapping: &Mapping,
        red: u8,
        redundancy: u64,
        numbered: Option<u8>,
    ) -> usize {
        let mut before = [packet; MAX_REDUNDANCY];
        let mut frames = 0;
        for step in (1..=redundancy.min(MAX_REDUNDANCY as u64)).rev() {
            let earlier = packet.sequence.checked_sub(step).and_then(|sequence| feed.recent(sequence));
            if let Some(earlier) = earlier.filter(|earlier| earlier.epoch == packet.epoch) {
                before[frames] = earlier;
                frames += 1;
            }
        }
        let before = &before[..frames];
        let room = HEADER_ROOM + packet.payload().len() + redundancy_room(before) + MAX_OVERHEAD;
        if room > MAX_SENT {
            return self.packet(packet, mapping, 0, numbered);
        }
        self.write(room, numbered, |number, space| {
            mapping.write_redundant(red, before, packet, number, space)
        })
    }

    /// How many times a packet that was asked for again is sent: on a way that loses much, an answer is lost as easily as the packet was, and
    /// asking once more takes a round trip of which a picture has few.
    pub(super) fn copies(&self) -> u32 {
        let lossy = self.downlink.as_ref().is_some_and(|downlink| downlink.estimator.loss() >= LOSSY);
        if lossy { 2 } else { 1 }
    }

    /// Sends nothing but padding.
    pub(super) fn padding(&mut self, mapping: &Mapping, padding: u8, numbered: Option<u8>) -> usize {
        let room = HEADER_ROOM + usize::from(padding) + MAX_OVERHEAD;
        self.write(room, numbered, |number, space| mapping.write_padding(padding, number, space))
    }

    fn write(
        &mut self,
        room: usize,
        numbered: Option<u8>,
        fill: impl FnOnce(Option<Number>, &mut [u8]) -> usize,
    ) -> usize {
        let mut sealed = 0;
        let Egress { now, to, transport, downlink, outbox } = self;
        let number = numbered.zip(downlink.as_ref().map(|downlink| downlink.history.next()));
        outbox.write(*to, room, |space| {
            let length = fill(number, space);
            sealed = transport.seal_rtp(space, length).unwrap_or(0);
            sealed
        });
        if let Some(downlink) = downlink.as_mut().filter(|_| sealed > 0 && number.is_some()) {
            downlink.history.sent(*now, sealed, downlink.prober.id());
            downlink.prober.sent(sealed);
            if downlink.paced {
                downlink.pacer.charge(sealed);
            }
        }
        sealed
    }

    /// Sends a picture, or lets it wait for its turn. Its length, where it left; `None` when too many wait already.
    pub(super) fn picture(&mut self, paced: impl FnOnce() -> Paced) -> Option<()> {
        let downlink = self.downlink.as_mut()?;
        downlink.pacer.wait(paced()).then_some(())
    }

    /// Whether pictures have to wait.
    pub(super) fn is_held_up(&mut self) -> bool {
        let now = self.now;
        self.downlink.as_mut().is_some_and(|downlink| {
            (downlink.paced || !downlink.pacer.is_empty()) && !downlink.pacer.is_free(now)
        })
    }

    /// Sends what waited and whose time has come. `left` is told of each: the packet, or that padding took its place, and how long it is.
    pub(super) fn release(&mut self, mut left: impl FnMut(Option<&Packet>, usize)) {
        loop {
            let Some(downlink) = self.downlink.as_mut() else { return };
            let next =
                if downlink.paced { downlink.pacer.release(self.now) } else { downlink.pacer.release_all() };
            let Some(Paced { packet, mapping, padding, numbered }) = next else { return };
            match packet {
                Some(packet) => {
                    let sealed = self.packet(&packet, &mapping, padding, numbered);
                    left(Some(&packet), sealed);
                }
                None => left(None, self.padding(&mapping, 1, numbered)),
            }
        }
    }

    /// Sends the portion of a probe that is due; how many packets.
    pub(super) fn probe(&mut self, stream: &mut impl FnMut() -> Option<(Mapping, Option<u8>)>) -> u64 {
        let Some(downlink) = self.downlink.as_mut() else { return 0 };
        let mut due = downlink.prober.due(self.now);
        let mut packets = 0;
        while due > 0 {
            let Some((mapping, numbered)) = stream() else { break };
            let sealed = self.padding(&mapping, PROBE_PADDING, numbered);
            if sealed == 0 {
                break;
            }
            packets += 1;
            due = due.saturating_sub(sealed);
        }
        packets
    }

    /// What time demands of a probe that waits for feedback.
    pub(super) fn settle(&mut self, round_trip: Duration) {
        if let Some(downlink) = self.downlink.as_mut() {
            downlink.settle_probe(self.now, round_trip);
            downlink.update_pace(self.now);
        }
    }
}
