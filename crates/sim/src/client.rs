//! The media half of a page: a synthetic peer, its way to the server, and what it received.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use media::sdp::Session;
use media::synthetic::{Offering, Peer, Shape};
use media::{Kind, Mid, Outbox, Source};
use room::{SlotOffered, TransportId};
use signaling::ParticipantId;

use crate::book::{ClientId, PacketRef};
use crate::network::{Conditions, Micros};
use crate::sessions::PageId;

/// Slots a client can come to offer, sound and picture.
pub(crate) const MOST_SLOTS: (usize, usize) = (6, 8);

/// How often a missing packet is asked for before it is given up.
const ASKED_AT_MOST: u32 = 3;
/// Packets asked for in one go.
const ASKED_AT_ONCE: usize = 20;
/// Packets of one slot that a client still waits for; beyond it the oldest are given up.
const MISSED_AT_MOST: usize = 200;

/// What came in one slot.
#[derive(Debug, Default)]
pub(crate) struct Reception {
    /// The last packet: whose, what, when.
    pub(crate) last: Option<(PacketRef, Source, Micros)>,
    highest: Option<u64>,
    /// And how often each was asked for.
    missing: BTreeMap<u64, u32>,
}

/// One peer connection of a page.
pub(crate) struct Client {
    pub(crate) page: PageId,
    pub(crate) who: ParticipantId,
    pub(crate) transport: TransportId,
    pub(crate) connection: u32,
    pub(crate) address: SocketAddr,
    pub(crate) conditions: Conditions,
    /// Sends whether it may or not.
    pub(crate) pushy: bool,
    /// Its page is gone or has another: it is not looked after any more, but decrypts what still comes, and may go on sending.
    pub(crate) ghost: bool,
    pub(crate) offering: Offering,
    /// As negotiated, with all slots it can come to offer.
    pub(crate) session: Option<Session>,
    pub(crate) slots: (usize, usize),
    pub(crate) peer: Option<Peer>,
    pub(crate) out: Outbox,
    pub(crate) poll_due: Option<Micros>,
    pub(crate) keyframes_answered: [u64; Source::ALL.len()],
    pub(crate) in_slot: BTreeMap<Mid, Reception>,
    pub(crate) sends: u64,
}

/// Where a client is, at its nth address.
pub(crate) fn address(client: ClientId, nth: u16) -> SocketAddr {
    SocketAddr::from(([10, 1, (client >> 8) as u8, client as u8], 40_000 + nth))
}

/// Where an engine is.
pub(crate) fn server_address(worker: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], 7000 + worker as u16))
}

/// The SSRC under which a slot of a client is fed; its retransmissions have the next one.
pub(crate) fn slot_ssrc(client: ClientId, mid: &Mid) -> u32 {
    let at: u32 = mid.as_str().parse().unwrap_or(0);
    ((client as u32 + 1) << 12) + 2 * at
}

/// All that a client can do.
pub(crate) fn shape(seed: u64) -> Shape {
    let (audio_slots, video_slots) = MOST_SLOTS;
    Shape { seed, mic: true, camera: true, screen: true, audio_slots, video_slots }
}

impl Client {
    /// The part of what was negotiated that it offers now.
    pub(crate) fn offered(&self) -> Option<Session> {
        let mut session = self.session.clone()?;
        let (mut audio, mut video) = self.slots;
        session.slots.retain(|slot| {
            let left = if slot.kind == Kind::Audio { &mut audio } else { &mut video };
            let kept = *left > 0;
            *left = left.saturating_sub(1);
            kept
        });
        Some(session)
    }

    /// The same, for the room.
    pub(crate) fn slots_offered(&self) -> Vec<SlotOffered> {
        let slots = self.offered().map(|session| session.slots).unwrap_or_default();
        slots
            .iter()
            .map(|slot| SlotOffered { mid: slot.mid.to_string(), audio: slot.kind == Kind::Audio })
            .collect()
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.peer.as_ref().is_some_and(Peer::is_connected)
    }

    /// Notes a packet that came, and the holes before it.
    pub(crate) fn receive(&mut self, now: Micros, mid: Mid, sequence: u64, what: PacketRef, source: Source) {
        let slot = self.in_slot.entry(mid).or_default();
        slot.last = Some((what, source, now));
        slot.missing.remove(&sequence);
        let highest = *slot.highest.get_or_insert(sequence);
        if sequence > highest {
            slot.highest = Some(sequence);
            slot.missing.extend((highest + 1..sequence).map(|missing| (missing, 0)));
            while slot.missing.len() > MISSED_AT_MOST {
                slot.missing.pop_first();
            }
        }
    }

    /// Asks for what is missing, and for a keyframe where asking was in vain.
    pub(crate) fn feed_back(&mut self) {
        let Some(peer) = self.peer.as_mut().filter(|peer| peer.is_connected()) else { return };
        for (mid, slot) in &mut self.in_slot {
            let before = slot.missing.len();
            slot.missing.retain(|_, asked| *asked < ASKED_AT_MOST);
            if slot.missing.len() < before {
                peer.request_keyframe(*mid, &mut self.out);
            }
            let asked: Vec<u16> =
                slot.missing.keys().take(ASKED_AT_ONCE).map(|sequence| *sequence as u16).collect();
            slot.missing.values_mut().take(ASKED_AT_ONCE).for_each(|times| *times += 1);
            if !asked.is_empty() {
                peer.nack(*mid, &asked, &mut self.out);
            }
        }
    }
}
