//! Which room a transport belongs to, so that what media threads tell finds its room.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use media::{PeerId, WorkerId};
use room::TransportId;
use signaling::QualityLevel;

use super::mailbox::RoomRef;

/// The name of a peer in the control plane.
pub(crate) fn transport_of(peer: PeerId) -> TransportId {
    TransportId(u64::from(peer.worker.0) << 32 | u64::from(peer.serial))
}

/// The peer of such a name.
pub(crate) fn peer_of(transport: TransportId) -> PeerId {
    PeerId { worker: WorkerId((transport.0 >> 32) as u8), serial: transport.0 as u32 }
}

/// What a media thread measured, as pages are told of it.
pub(super) fn quality(measured: &media::Quality) -> signaling::Quality {
    let level = match measured.level {
        media::Level::Good => QualityLevel::Good,
        media::Level::Fair => QualityLevel::Fair,
        media::Level::Poor => QualityLevel::Poor,
    };
    signaling::Quality {
        level,
        lost_up: measured.lost_up,
        lost_down: measured.lost_down,
        round_trip_ms: u16::try_from(measured.round_trip.as_millis()).unwrap_or(u16::MAX),
        kbits_up: measured.bitrate_up / 1000,
        kbits_down: measured.bitrate_down / 1000,
    }
}

/// Every transport there is, and its room.
#[derive(Debug, Default)]
pub(crate) struct Wires(Mutex<HashMap<TransportId, RoomRef>>);

impl Wires {
    pub(crate) fn put(&self, transport: TransportId, room: RoomRef) {
        self.locked().insert(transport, room);
    }

    pub(crate) fn room(&self, transport: TransportId) -> Option<RoomRef> {
        self.locked().get(&transport).cloned()
    }

    /// Forgets a transport; the room it had.
    pub(crate) fn remove(&self, transport: TransportId) -> Option<RoomRef> {
        self.locked().remove(&transport)
    }

    /// Forgets every transport of a room, and names them.
    pub(crate) fn remove_room(&self, room: &RoomRef) -> Vec<TransportId> {
        let mut wires = self.locked();
        let gone: Vec<TransportId> = wires
            .iter()
            .filter(|(_, of)| of.mailbox.same_channel(&room.mailbox))
            .map(|(wire, _)| *wire)
            .collect();
        for transport in &gone {
            wires.remove(transport);
        }
        gone
    }

    /// Every operation on the map is whole, so it is good even after a panic elsewhere.
    fn locked(&self) -> MutexGuard<'_, HashMap<TransportId, RoomRef>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transport_names_its_peer() {
        for (worker, serial) in [(0, 0), (0, u32::MAX), (63, 1), (255, u32::MAX)] {
            let peer = PeerId { worker: WorkerId(worker), serial };
            assert_eq!(peer_of(transport_of(peer)), peer);
        }
    }
}
