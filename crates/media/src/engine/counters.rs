//! What an engine counts. Plain numbers that only grow; the server turns them into metrics.

use super::peer::Peer;
use crate::transport::Drops;
use crate::{Kind, Source, publication};

/// Totals since the engine was made, peers that left included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// What publishers sent and what became of it at the gate; see [`publication::Counters`].
    pub upstream: publication::Counters,
    /// What transports dropped before it came to that; see [`Drops`].
    pub transport: Drops,
    /// RTP packets sent to viewers, by the [`Source::index`] of what they show; retransmissions not counted.
    pub forwarded: [u64; Source::ALL.len()],
    /// Bytes of these datagrams.
    pub forwarded_bytes: u64,
    /// Packets sent to viewers again.
    pub retransmitted: u64,
    /// Packets sent to viewers to fill a number that was kept for something left out.
    pub filled: u64,
    /// Packets of padding sent to viewers to find out how much comes through.
    pub probe_packets: u64,
    /// Transport-wide feedbacks of viewers.
    pub feedbacks: u64,
    /// Pictures paused because a viewer's way did not carry even the least of them.
    pub pauses: u64,
    /// Packets handed to other threads, once for each thread.
    pub relayed: u64,
    /// Sender reports sent to viewers.
    pub sender_reports: u64,
    /// Packets that viewers reported as lost.
    pub reported_lost: u64,
    /// Keyframe requests that viewers and their slots made, before merging.
    pub keyframe_wishes: u64,
    /// Handshakes completed.
    pub connected: u64,
    /// Peers lost without a command to remove them.
    pub lost: u64,
    /// Of these, peers that stopped consenting to be sent to (RFC 7675).
    pub consent_expired: u64,
    /// Peers whose media was found to get through no more ([`crate::Event::Stalled`]).
    pub stalled: u64,
    /// Peers that there are now, by how well media gets to them and from them, best first ([`crate::Level`]).
    pub peers_by_level: [u64; 3],
    /// What was dropped, and why.
    pub dropped: Dropped,
}

/// Drops by reason. Each names a bound or a kind of bad input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Datagrams from an address that no STUN message with valid integrity has proven.
    pub unknown_address: u64,
    /// STUN for a ufrag that is nobody's here.
    pub unknown_ufrag: u64,
    /// STUN for a peer from addresses not its own, beyond [`super::MAX_UNPROVEN_CHECKS`] in a second.
    pub unproven_checks: u64,
    /// Peers refused because the engine has its [`super::MAX_PEERS`].
    pub too_many_peers: u64,
    /// Assignments to a slot that is not there, of another kind, or beyond [`super::MAX_SUBSCRIBERS`].
    pub bad_assignment: u64,
    /// Packets not forwarded because the viewer has no such codec.
    pub no_codec: u64,
    /// Retransmissions asked for and not possible: too old, wiped, never sent, or the viewer takes none.
    pub not_kept: u64,
    /// Retransmissions asked for again too soon, or too many at once.
    pub nack_bounded: u64,
    /// Slots of further offers beyond [`super::MAX_SLOTS`] of their peer.
    pub too_many_slots: u64,
    /// Packets that waited for a fan-out beyond [`super::MAX_PENDING`] of their publication.
    pub too_many_pending: u64,
    /// Pictures that found [`crate::congestion::MAX_PACED`] others waiting for a narrow way.
    pub too_many_paced: u64,
    /// Active speakers beyond [`super::MAX_SPEAKERS`].
    pub too_many_speakers: u64,
    /// Statuses of feedback beyond [`super::MAX_STATUSES_TOLD`] of a datagram.
    pub too_many_statuses: u64,
    /// Datagrams of handshakes beyond [`super::MAX_ASIDE`], or [`super::MAX_ASIDE_OF_ONE`] of one peer.
    pub too_many_handshakes: u64,
    /// Messages to other threads lost because a queue was full.
    pub relay_full: u64,
    /// Packets from other threads of publications nobody here watches (any more).
    pub relay_stale: u64,
}

impl Counters {
    /// Adds what a peer counted for itself.
    pub(super) fn add_peer(&mut self, peer: &Peer) {
        self.upstream.add(&peer.upstreams.counters());
        add_drops(&mut self.transport, &peer.transport.drops());
        self.peers_by_level[peer.condition.level() as usize] += 1;
    }

    /// RTP packets received, whatever became of them.
    pub fn received(&self, kind: Kind) -> u64 {
        self.upstream.received(kind)
    }

    /// RTP packets dropped by a closed gate.
    pub fn gated(&self, source: Source) -> u64 {
        self.upstream.gated(source)
    }

    /// RTP packets sent to viewers.
    pub fn forwarded(&self, kind: Kind) -> u64 {
        Source::ALL
            .iter()
            .filter(|source| source.kind() == kind)
            .map(|source| self.forwarded[source.index()])
            .sum()
    }

    /// Adds another engine's counts.
    pub fn add(&mut self, other: &Counters) {
        self.upstream.add(&other.upstream);
        add_drops(&mut self.transport, &other.transport);
        for (total, one) in self.forwarded.iter_mut().zip(other.forwarded) {
            *total += one;
        }
        self.forwarded_bytes += other.forwarded_bytes;
        self.retransmitted += other.retransmitted;
        self.filled += other.filled;
        self.probe_packets += other.probe_packets;
        self.feedbacks += other.feedbacks;
        self.pauses += other.pauses;
        self.relayed += other.relayed;
        self.sender_reports += other.sender_reports;
        self.reported_lost += other.reported_lost;
        self.keyframe_wishes += other.keyframe_wishes;
        self.connected += other.connected;
        self.lost += other.lost;
        self.consent_expired += other.consent_expired;
        self.stalled += other.stalled;
        for (total, one) in self.peers_by_level.iter_mut().zip(other.peers_by_level) {
            *total += one;
        }
        self.dropped.add(&other.dropped);
    }
}

impl Dropped {
    fn add(&mut self, other: &Dropped) {
        self.unknown_address += other.unknown_address;
        self.unknown_ufrag += other.unknown_ufrag;
        self.unproven_checks += other.unproven_checks;
        self.too_many_peers += other.too_many_peers;
        self.bad_assignment += other.bad_assignment;
        self.no_codec += other.no_codec;
        self.not_kept += other.not_kept;
        self.nack_bounded += other.nack_bounded;
        self.too_many_slots += other.too_many_slots;
        self.too_many_pending += other.too_many_pending;
        self.too_many_paced += other.too_many_paced;
        self.too_many_speakers += other.too_many_speakers;
        self.too_many_statuses += other.too_many_statuses;
        self.too_many_handshakes += other.too_many_handshakes;
        self.relay_full += other.relay_full;
        self.relay_stale += other.relay_stale;
    }
}

/// Field by field, by name, so that a new one is not forgotten.
fn add_drops(total: &mut Drops, other: &Drops) {
    let Drops {
        unproven,
        oversize,
        malformed,
        stun_malformed,
        stun_forged,
        stun_conflicts,
        dtls_malformed,
        dtls_over_budget,
        early,
        forged,
        replayed,
        too_many_streams,
        unsealed,
    } = other;
    total.unproven += unproven;
    total.oversize += oversize;
    total.malformed += malformed;
    total.stun_malformed += stun_malformed;
    total.stun_forged += stun_forged;
    total.stun_conflicts += stun_conflicts;
    total.dtls_malformed += dtls_malformed;
    total.dtls_over_budget += dtls_over_budget;
    total.early += early;
    total.forged += forged;
    total.replayed += replayed;
    total.too_many_streams += too_many_streams;
    total.unsealed += unsealed;
}
