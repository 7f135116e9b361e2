//! One peer: its transport, what it publishes, and the slots in which it watches.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::downlink::{Downlink, Egress};
use super::earlier;
use super::pulse::Pulse;
use super::quality::Condition;
use super::reports::FIRST_REPORT;
use crate::forwarder::{CaptureClock, Forwarder};
use crate::publication::Upstreams;
use crate::sdp::{Session, SlotTrack};
use crate::{Identity, Kind, Mid, Outbox, PeerId, PublicationId, Source, Transport, TransportEvent};

/// Where a publisher's wall clock and the server's drift this far apart, or one of them leaps, they are compared anew.
const MAX_CLOCK_DRIFT: Duration = Duration::from_secs(1);

/// STUN checks for one peer in a second that are looked at although they come from an address not its own. Each costs an HMAC; a browser
/// sends a few for each of its addresses. Counted for each peer alone, so that nobody's flood keeps others out.
pub const MAX_UNPROVEN_CHECKS: u32 = 50;

/// Slots of one peer: no offer has more m-lines than [`crate::sdp::limits::MAX_SECTIONS`], and each further one of a peer connection
/// repeats those before it.
pub const MAX_SLOTS: usize = crate::sdp::limits::MAX_SECTIONS;

/// Round trip assumed until a receiver report tells it.
const ASSUMED_ROUND_TRIP: Duration = Duration::from_millis(100);

/// How much work strangers may make in a peer's name.
#[derive(Debug)]
pub(super) struct Allowance {
    since: Instant,
    used: u32,
}

impl Allowance {
    fn new(now: Instant) -> Self {
        Allowance { since: now, used: 0 }
    }

    pub(super) fn take(&mut self, now: Instant) -> bool {
        if now.saturating_duration_since(self.since) >= Duration::from_secs(1) {
            *self = Allowance::new(now);
        }
        self.used = self.used.saturating_add(1);
        self.used <= MAX_UNPROVEN_CHECKS
    }
}

/// Where a viewer watches one publication at a time.
pub(super) struct Slot {
    pub(super) mid: Mid,
    pub(super) forwarder: Forwarder,
    /// What it shows.
    pub(super) feed: Option<u32>,
    /// Lost so far, as the viewer last reported.
    pub(super) reported_lost: i32,
    /// How tall the viewer shows it, in pixels; 0: not at all.
    pub(super) height: u16,
}

impl Slot {
    fn new(track: &SlotTrack, session: &Session) -> Slot {
        Slot {
            mid: track.mid,
            forwarder: Forwarder::new(track, &session.extensions),
            feed: None,
            reported_lost: 0,
            height: u16::MAX,
        }
    }

    /// The stream goes on, or starts anew where its SSRC is another one: the viewer counts its losses from nothing then.
    fn renegotiate(&mut self, track: &SlotTrack, session: &Session) {
        if self.forwarder.ssrc() != track.ssrc.media {
            self.reported_lost = 0;
        }
        self.forwarder.renegotiate(track, &session.extensions);
    }

    fn is_in(&self, session: &Session) -> bool {
        session.slots.iter().any(|track| track.mid == self.mid)
    }
}

/// One peer of the engine.
pub(super) struct Peer {
    pub(super) id: PeerId,
    pub(super) transport: Transport,
    pub(super) upstreams: Upstreams,
    pub(super) slots: Vec<Slot>,
    /// Its publications that somebody watches, by [`Source::index`].
    pub(super) feeds: [Option<u32>; Source::ALL.len()],
    /// Congestion control, where the viewer gives feedback, since it first watched anything.
    pub(super) downlink: Option<Box<Downlink>>,
    /// What a viewer without such feedback thinks it can receive, in bit/s.
    pub(super) estimated_by_peer: Option<f64>,
    /// Every address that leads here.
    pub(super) addresses: Vec<SocketAddr>,
    /// Every user name that leads here, newest last.
    pub(super) ufrags: Vec<String>,
    /// To the peer and back.
    pub(super) round_trip: Duration,
    /// Whether that was measured.
    pub(super) round_trip_known: bool,
    pub(super) allowance: Allowance,
    pub(super) pulse: Pulse,
    pub(super) condition: Condition,
    /// When sender reports are due; none while it watches nothing.
    pub(super) report_due: Option<Instant>,
    /// The publisher's NTP time of a moment: one for all its sources, which is what keeps lips and sound together.
    reference: Option<(u64, Instant)>,
    alarm: Option<Instant>,
}

impl Peer {
    /// A peer that has yet to come; `None` when its credentials cannot be used.
    pub(super) fn new(now: Instant, id: PeerId, session: &Session, identity: &Identity) -> Option<Peer> {
        Some(Peer {
            id,
            transport: Transport::server(session, identity, now).ok()?,
            upstreams: Upstreams::new(id, session),
            slots: session.slots.iter().map(|track| Slot::new(track, session)).collect(),
            feeds: [None; Source::ALL.len()],
            downlink: None,
            estimated_by_peer: None,
            addresses: Vec::new(),
            ufrags: Vec::new(),
            round_trip: ASSUMED_ROUND_TRIP,
            round_trip_known: false,
            allowance: Allowance::new(now),
            pulse: Pulse::default(),
            condition: Condition::default(),
            report_due: None,
            reference: None,
            alarm: None,
        })
    }

    /// Slots that a new negotiation no longer has; they have to be emptied before it is taken.
    pub(super) fn vacated(&self, session: &Session) -> Vec<u16> {
        (0u16..).zip(&self.slots).filter(|(_, slot)| !slot.is_in(session)).map(|(index, _)| index).collect()
    }

    /// Takes a new negotiation. Slots keep their place and, under the same SSRC, their stream; new ones take the places of those that are gone. An m-line never
    /// changes what it is for (RFC 8829, section 5.2.2). Returns how many slots had no place among [`MAX_SLOTS`].
    pub(super) fn renegotiate(&mut self, session: &Session) -> u64 {
        self.transport.restart_ice(&session.local_ice, &session.remote_ice);
        self.upstreams.renegotiate(session);
        let mut refused = 0;
        for track in &session.slots {
            match self.slots.iter_mut().find(|slot| slot.mid == track.mid) {
                Some(slot) if slot.forwarder.kind() == track.kind => slot.renegotiate(track, session),
                Some(_) => {}
                None => refused += u64::from(!self.place(Slot::new(track, session), session)),
            }
        }
        refused
    }

    fn place(&mut self, new: Slot, session: &Session) -> bool {
        if let Some(free) = self.slots.iter_mut().find(|slot| !slot.is_in(session)) {
            *free = new;
            return true;
        }
        let fits = self.slots.len() < MAX_SLOTS;
        if fits {
            self.slots.push(new);
        }
        fits
    }

    /// A slot by its m-line: its index, its kind and the feed it shows.
    pub(super) fn slot_of(&self, mid: Mid) -> Option<(u16, Kind, Option<u32>)> {
        let index = self.slots.iter().position(|slot| slot.mid == mid)?;
        let slot = self.slots.get(index)?;
        Some((u16::try_from(index).ok()?, slot.forwarder.kind(), slot.feed))
    }

    /// Nothing of a publication that waits for its turn leaves any more.
    pub(super) fn forget_paced(&mut self, publication: PublicationId) {
        if let Some(downlink) = &mut self.downlink {
            downlink.pacer.forget(publication);
        }
    }

    /// The way out to it and its slots; `None` before it is connected.
    pub(super) fn egress<'a>(
        &'a mut self,
        now: Instant,
        outbox: &'a mut Outbox,
    ) -> Option<(Egress<'a>, &'a mut [Slot])> {
        let to = self.transport.destination().filter(|_| self.transport.is_connected())?;
        let Peer { transport, downlink, slots, .. } = self;
        Some((Egress { now, to, transport, downlink: downlink.as_deref_mut(), outbox }, slots))
    }

    /// Packets of media sent in the present slots' streams. For comparing with a moment ago; a slot that begins anew counts from nothing.
    pub(super) fn sent(&self) -> u64 {
        self.slots.iter().map(|slot| u64::from(slot.forwarder.sent().0)).sum()
    }

    /// Does what time demands of the transport and the receiving half.
    pub(super) fn poll(&mut self, now: Instant, outbox: &mut Outbox) {
        self.transport.poll(now, outbox);
        let Peer { transport, upstreams, .. } = self;
        upstreams.poll_rtcp(now, |control| transport.seal_rtcp(control, outbox));
    }

    pub(super) fn take_event(&mut self) -> Option<TransportEvent> {
        self.transport.take_event()
    }

    pub(super) fn close(&mut self, now: Instant, outbox: &mut Outbox) {
        self.transport.close(now, outbox);
    }

    /// It watches: reports are sent, and what it tells of what it gets is listened to.
    pub(super) fn start_watching(&mut self, now: Instant) {
        self.report_due.get_or_insert(now + FIRST_REPORT);
        if self.downlink.is_none() && self.slots.iter().any(|slot| slot.forwarder.numbered().is_some()) {
            self.downlink = Some(Box::new(Downlink::new(now)));
        }
    }

    /// A new alarm to be set: when the peer needs attention earlier than the alarm it has.
    pub(super) fn next_alarm(&mut self, not_before: Instant) -> Option<Instant> {
        let due = earlier(self.transport.next_timeout(), self.upstreams.next_timeout());
        let downlink = self.downlink.as_ref().filter(|_| self.transport.is_connected());
        let due = earlier(due, downlink.and_then(|one| one.next_timeout(not_before, self.round_trip)));
        let due = earlier(earlier(due, self.report_due), self.pulse.due())?.max(not_before);
        if self.alarm.is_some_and(|set| set <= due) {
            return None;
        }
        self.alarm = Some(due);
        Some(due)
    }

    /// An alarm rang: whether it is the one that counts.
    pub(super) fn woken(&mut self, at: Instant) -> bool {
        let counts = self.alarm == Some(at);
        if counts {
            self.alarm = None;
        }
        counts
    }

    /// What the last sender report of a layer says about capture, in the server's clock.
    ///
    /// The first report of any of the peer's streams pins its wall clock to the server's, at the time of its arrival. The one-way delay in
    /// it is the same for all streams and so does not part sound from picture.
    pub(super) fn capture_clock(&mut self, source: Source, layer: u8) -> Option<CaptureClock> {
        let report = self.upstreams.sender_clock(source, layer)?;
        let pinned = self.reference.and_then(|reference| when(reference, report.ntp));
        let at = match pinned {
            Some(at) if distance(at, report.arrived) < MAX_CLOCK_DRIFT => at,
            _ => {
                self.reference = Some((report.ntp, report.arrived));
                report.arrived
            }
        };
        Some(CaptureClock { rtp: report.timestamp, at })
    }
}

/// When it was `ntp` (32.32 bits), given another moment.
fn when((reference, at): (u64, Instant), ntp: u64) -> Option<Instant> {
    let ahead = ntp.wrapping_sub(reference).cast_signed();
    let nanos = (u128::from(ahead.unsigned_abs()) * 1_000_000_000) >> 32;
    let span = Duration::from_nanos(u64::try_from(nanos).ok()?);
    if ahead >= 0 { at.checked_add(span) } else { at.checked_sub(span) }
}

fn distance(one: Instant, other: Instant) -> Duration {
    one.max(other) - one.min(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_small() {
        assert!(
            size_of::<Slot>() <= 512,
            "a viewer of a full stage has fifty of them: {}",
            size_of::<Slot>()
        );
    }
}
