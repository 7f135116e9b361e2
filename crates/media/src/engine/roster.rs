//! The engine's peers, and how a datagram finds its own.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasherDefault, Hasher};
use std::net::SocketAddr;

use super::peer::Peer;
use crate::PeerId;

/// Most peers of one engine.
pub const MAX_PEERS: usize = 16_384;

/// ICE user names a peer keeps: the present one, and those from before its last restarts, which are in use until it has moved on.
const MAX_UFRAGS_PER_PEER: usize = 4;

/// Peers by index, and the ways to an index. An index is reused after its peer has left.
#[derive(Default)]
pub(super) struct Roster {
    places: Vec<Option<Box<Peer>>>,
    free: Vec<u32>,
    by_id: HashMap<PeerId, u32, BuildHasherDefault<Mixer>>,
    /// Only addresses that a check with valid integrity came from, so their number is bound by the peers' own lists and nobody
    /// outside chooses what is hashed.
    by_address: HashMap<SocketAddr, u32, BuildHasherDefault<Mixer>>,
    /// Looked up with what strangers send: hashed with a secret.
    by_ufrag: HashMap<String, u32, RandomState>,
}

impl Roster {
    pub(super) fn get(&self, index: u32) -> Option<&Peer> {
        self.places.get(index as usize)?.as_deref()
    }

    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut Peer> {
        self.places.get_mut(index as usize)?.as_deref_mut()
    }

    pub(super) fn find(&self, id: PeerId) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn at_address(&self, address: SocketAddr) -> Option<u32> {
        self.by_address.get(&address).copied()
    }

    pub(super) fn of_ufrag(&self, ufrag: &str) -> Option<u32> {
        self.by_ufrag.get(ufrag).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn peers(&self) -> impl Iterator<Item = &Peer> {
        self.places.iter().flatten().map(|peer| &**peer)
    }

    pub(super) fn peers_mut(&mut self) -> impl Iterator<Item = &mut Peer> {
        self.places.iter_mut().flatten().map(|peer| &mut **peer)
    }

    /// Adds a peer; `None` when there are too many or its id is taken.
    pub(super) fn insert(&mut self, peer: Peer) -> Option<u32> {
        if self.len() >= MAX_PEERS || self.by_id.contains_key(&peer.id) {
            return None;
        }
        let id = peer.id;
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                self.places.push(None);
                (self.places.len() - 1) as u32
            }
        };
        self.places[index as usize] = Some(Box::new(peer));
        self.by_id.insert(id, index);
        Some(index)
    }

    /// Takes a peer out, and every way to it.
    pub(super) fn remove(&mut self, index: u32) -> Option<Box<Peer>> {
        let peer = self.places.get_mut(index as usize)?.take()?;
        self.free.push(index);
        self.by_id.remove(&peer.id);
        for address in &peer.addresses {
            self.forget_address(*address, index);
        }
        for ufrag in &peer.ufrags {
            self.forget_ufrag(ufrag, index);
        }
        Some(peer)
    }

    /// From now on checks with this user name are the peer's.
    pub(super) fn route_ufrag(&mut self, ufrag: &str, index: u32) {
        let Some(peer) = self.get_mut(index) else { return };
        if peer.ufrags.iter().any(|known| known == ufrag) {
            return;
        }
        peer.ufrags.push(ufrag.to_owned());
        let retired = (peer.ufrags.len() > MAX_UFRAGS_PER_PEER).then(|| peer.ufrags.remove(0));
        if let Some(retired) = retired {
            self.forget_ufrag(&retired, index);
        }
        self.by_ufrag.insert(ufrag.to_owned(), index);
    }

    /// From now on datagrams from this address, which was just proven, are the peer's, and no longer anybody else's.
    pub(super) fn route_address(&mut self, address: SocketAddr, index: u32) {
        let before = self.by_address.insert(address, index);
        if let Some(other) = before.filter(|other| *other != index).and_then(|other| self.get_mut(other)) {
            other.addresses.retain(|known| *known != address);
        }
        if let Some(peer) = self.get_mut(index)
            && !peer.addresses.contains(&address)
        {
            peer.addresses.push(address);
        }
    }

    /// The peer gave this address up.
    pub(super) fn drop_address(&mut self, address: SocketAddr, index: u32) {
        self.forget_address(address, index);
        if let Some(peer) = self.get_mut(index) {
            peer.addresses.retain(|known| *known != address);
        }
    }

    fn forget_address(&mut self, address: SocketAddr, index: u32) {
        if self.by_address.get(&address) == Some(&index) {
            self.by_address.remove(&address);
        }
    }

    fn forget_ufrag(&mut self, ufrag: &str, index: u32) {
        if self.by_ufrag.get(ufrag) == Some(&index) {
            self.by_ufrag.remove(ufrag);
        }
    }
}

/// A quick hash for keys that no stranger chooses.
#[derive(Clone, Copy, Default)]
pub(super) struct Mixer(u64);

impl Mixer {
    fn mix(&mut self, word: u64) {
        // An odd number without pattern: the fraction of the golden ratio.
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.mix(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, word: u8) {
        self.mix(u64::from(word));
    }

    fn write_u16(&mut self, word: u16) {
        self.mix(u64::from(word));
    }

    fn write_u32(&mut self, word: u32) {
        self.mix(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        self.mix(word);
    }

    fn write_usize(&mut self, word: usize) {
        self.mix(word as u64);
    }

    fn finish(&self) -> u64 {
        // The upper bits are the well mixed ones, the table uses the lower ones first.
        self.0.rotate_left(26)
    }
}
