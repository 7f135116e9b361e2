//! Handshakes, put aside until the media that came with them is on its way.
//!
//! A datagram of a handshake may cost a quarter of a millisecond of public-key arithmetic, hundreds of times a packet's forwarding. When an
//! audience comes in, one read of the socket brings dozens of them; worked off in the order of arrival, they would keep everybody's sound
//! waiting for longer than a frame of it lasts. So a turn does a few of them, after its packets are sent. The changed order loses
//! nothing: a peer sends no media before its handshake is done.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use super::Engine;
use crate::PeerId;

/// Datagrams worked off in one turn: what a packet that comes meanwhile waits for, at most.
pub const HANDSHAKES_A_TURN: usize = 2;

/// Datagrams that wait at most, a few hundred milliseconds' work. Further ones are dropped and counted: DTLS sends them again.
pub const MAX_ASIDE: usize = 1024;

/// How many of these are one peer's, from however many addresses: the longest flight of a client, in pieces. Nobody's flood keeps others out.
pub const MAX_ASIDE_OF_ONE: usize = 16;

/// The datagrams that wait, oldest first.
pub(super) type Aside = VecDeque<Waiting>;

pub(super) struct Waiting {
    /// Whose place it takes. Not an index: another peer may have that by the time it is worked off.
    peer: PeerId,
    from: SocketAddr,
    datagram: Vec<u8>,
}

impl Engine {
    /// Keeps a peer's datagram for [`Engine::handshakes`] when it may cost the arithmetic of a handshake; `false` when not, and
    /// [`Engine::datagram`] is to have it, which will be quick. A caller may do without: everything may go to [`Engine::datagram`] at once.
    pub fn put_aside(&mut self, from: SocketAddr, datagram: &[u8]) -> bool {
        // What comes from nobody known, is no DTLS, or is beyond what the peer has for its handshake must not take a place. So junk has a
        // place only as long as it is paid for. Nothing overtakes what it depends on: until a peer's handshake is done, all that it has to
        // say under DTLS comes through here.
        let owner = self.roster.at_address(from).and_then(|index| self.roster.get(index));
        let Some(peer) = owner.filter(|peer| peer.transport.may_cost(datagram)).map(|peer| peer.id) else {
            return false;
        };
        let full = self.aside.len() >= MAX_ASIDE
            || self.aside.iter().filter(|waiting| waiting.peer == peer).count() >= MAX_ASIDE_OF_ONE;
        if full {
            self.counters.dropped.too_many_handshakes += 1;
        } else {
            self.aside.push_back(Waiting { peer, from, datagram: datagram.to_vec() });
        }
        true
    }

    /// Works off a few of the datagrams that were put aside, when nothing is left to be sent; whether more of them wait. Answers are in the
    /// outbox afterwards.
    pub fn handshakes(&mut self, now: Instant) -> bool {
        for _ in 0..HANDSHAKES_A_TURN {
            let Some(Waiting { from, mut datagram, .. }) = self.aside.pop_front() else { break };
            self.datagram(now, from, &mut datagram);
        }
        !self.aside.is_empty()
    }
}
