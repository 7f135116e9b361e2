//! Where packets are kept for retransmission, and where their memory comes from.
//!
//! A [`Ring`] keeps the last packets of one layer on the publisher's thread. A slot is filled in place when nobody else holds its old
//! packet. Otherwise the old packet is set aside, a spare takes its place, and the one set aside becomes a spare as soon as its last
//! holder lets go. So memory is allocated only while a ring warms up, or when a slow thread holds more packets than there are
//! spares; the latter is counted.
//!
//! A [`Replica`] keeps the packets of one publication on every other thread, by reference. It is shorter than the ring, so that by the
//! time the ring comes round the replicas have let go.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::Kind;
use crate::gate::Admitted;
use crate::packet::{Facts, MAX_PAYLOAD, Packet};

/// Packets a layer of pictures keeps: about two seconds at 2.4 Mbit/s. Below the highest layer each keeps half of what the next one does, and
/// still more of the past: an encoder gives it a third of the bits.
pub const VIDEO_RING: usize = 512;

/// Packets sound keeps: about two and a half seconds of 20 ms each.
pub const AUDIO_RING: usize = 128;

/// Packets a [`Replica`] keeps of the highest layer of pictures.
pub const VIDEO_REPLICA: usize = replica(VIDEO_RING);

/// Packets a [`Replica`] keeps of sound.
pub const AUDIO_REPLICA: usize = replica(AUDIO_RING);

const fn replica(ring: usize) -> usize {
    ring / 4 * 3
}

/// Packets set aside at most, waiting for other threads to let go of them.
pub const MAX_SPARES: usize = 64;

/// How many of those set aside are looked at for one that is free; they are set aside in order and mostly come free in order.
const SPARES_TRIED: usize = 4;

/// Most spatial layers of a publication.
pub const MAX_LAYERS: usize = 3;

/// The packets of one layer, for as long as there is room. Holds no memory until the first packet.
#[derive(Debug)]
pub struct Ring {
    capacity: usize,
    slots: Vec<Option<Arc<Packet>>>,
    spares: VecDeque<Arc<Packet>>,
    allocated: u64,
}

impl Ring {
    /// An empty ring as long as the kind needs, and the number of layers above its own allows.
    pub fn new(kind: Kind, above: usize) -> Self {
        let capacity = match kind {
            Kind::Audio => AUDIO_RING,
            Kind::Video => VIDEO_RING >> above.min(MAX_LAYERS - 1),
        };
        Ring { capacity, slots: Vec::new(), spares: VecDeque::new(), allocated: 0 }
    }

    /// How many packets it can hold.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Packets allocated so far, warm-up included.
    pub fn allocated(&self) -> u64 {
        self.allocated
    }

    /// Stores an admitted packet and returns it as stored. `None`, and nothing stored, when the payload is longer than [`MAX_PAYLOAD`]
    /// or when the packet's place is taken by a newer one.
    pub fn fill(&mut self, admitted: Admitted<'_>, facts: &Facts<'_>) -> Option<&Arc<Packet>> {
        if facts.payload.len() > MAX_PAYLOAD {
            return None;
        }
        if self.slots.is_empty() {
            self.slots.resize(self.capacity, None);
            self.spares.reserve_exact(MAX_SPARES);
        }
        let index = place(facts.sequence, self.capacity);
        if self.slots.get(index)?.as_ref().is_some_and(|kept| kept.sequence > facts.sequence) {
            return None;
        }
        let mut packet = self.blank(index, &admitted, facts);
        // The packet is ours alone, so this always succeeds; if it did not, nothing would be stored.
        let blank = Arc::get_mut(&mut packet)?;
        if !blank.fill(admitted.publication(), facts) {
            return None;
        }
        blank.kept = self.capacity as u16;
        self.slots.get_mut(index).map(|slot| &*slot.insert(packet))
    }

    /// A packet nobody else holds: the slot's own, a spare, or a new one.
    fn blank(&mut self, index: usize, admitted: &Admitted<'_>, facts: &Facts<'_>) -> Arc<Packet> {
        if let Some(mut old) = self.slots.get_mut(index).and_then(Option::take) {
            if Arc::get_mut(&mut old).is_some() {
                return old;
            }
            if self.spares.len() < MAX_SPARES {
                self.spares.push_back(old);
            }
        }
        let tried = self.spares.len().min(SPARES_TRIED);
        if let Some(free) = (0..tried).find(|&at| self.spares.get_mut(at).and_then(Arc::get_mut).is_some())
            && let Some(spare) = self.spares.remove(free)
        {
            return spare;
        }
        self.allocated += 1;
        Arc::new(Packet::empty(admitted.publication(), facts.arrived))
    }

    /// The packet with this extended sequence number, if it is still kept.
    pub fn get(&self, sequence: u64) -> Option<&Arc<Packet>> {
        find(&self.slots, sequence)
    }

    /// Forgets every packet and gives the memory back.
    pub fn wipe(&mut self) {
        self.slots = Vec::new();
        self.spares = VecDeque::new();
    }
}

/// What a thread that is not the publisher's keeps of one publication.
#[derive(Debug, Default)]
pub struct Replica {
    layers: [Vec<Option<Arc<Packet>>>; MAX_LAYERS],
}

impl Replica {
    /// Keeps a packet that came from the publisher's thread. An older one than that in its place is left out.
    pub fn keep(&mut self, packet: Arc<Packet>) {
        let Some(slots) = self.layers.get_mut(usize::from(packet.layer)) else { return };
        if slots.is_empty() {
            slots.resize(replica(usize::from(packet.kept)), None);
        }
        let at = place(packet.sequence, slots.len());
        let Some(slot) = slots.get_mut(at) else { return };
        if slot.as_ref().is_none_or(|kept| kept.sequence <= packet.sequence) {
            *slot = Some(packet);
        }
    }

    /// The packet with this extended sequence number, if it is still kept.
    pub fn get(&self, layer: u8, sequence: u64) -> Option<&Arc<Packet>> {
        find(self.layers.get(usize::from(layer))?, sequence)
    }

    /// Forgets every packet: the publication was withdrawn.
    pub fn wipe(&mut self) {
        self.layers = Default::default();
    }
}

fn place(sequence: u64, capacity: usize) -> usize {
    (sequence % capacity.max(1) as u64) as usize
}

fn find(slots: &[Option<Arc<Packet>>], sequence: u64) -> Option<&Arc<Packet>> {
    slots.get(place(sequence, slots.len()))?.as_ref().filter(|packet| packet.sequence == sequence)
}

#[cfg(test)]
mod tests;
