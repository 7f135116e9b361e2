//! What an engine wants sent, laid out so that the kernel can take many datagrams in one call.
//!
//! Datagrams to one address that follow one another and have one size (the last may be shorter) form a *train*: one buffer,
//! one address, one segment size, which is what UDP segmentation offload takes (`UDP_SEGMENT`). Writing each viewer's packets one after
//! another is all it takes to get long trains.

use std::net::SocketAddr;
use std::ops::Range;

/// Longest datagram taken or written, in bytes. A bound on memory: no path over Ethernet brings one that long, for the 1500 bytes of a frame
/// hold the IP and UDP headers as well. What the server makes of media stays within [`MAX_SENT`].
pub const MAX_DATAGRAM: usize = 1500;

/// Longest datagram of media sent, in bytes: what the headers of IPv6 (40) and UDP (8) leave of an Ethernet frame's 1500. Only publishers
/// whose packets are longer than browsers' (1200) come near it; nothing is cut smaller for a viewer whose path is narrower.
pub const MAX_SENT: usize = 1452;

/// Longest train: the kernel's bound on segments of one send (`UDP_MAX_SEGMENTS` was 64 before Linux 6.9).
pub const MAX_TRAIN_SEGMENTS: usize = 64;

/// Longest train in bytes: a UDP length field's worth, headers left out.
pub const MAX_TRAIN_BYTES: usize = 65_000;

/// The memory in use grows by this many bytes: what was never needed is never touched, and so is not resident.
const GROWTH: usize = 32 * 1024;

/// A run of datagrams to one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Train {
    /// Where to.
    pub to: SocketAddr,
    /// Its bytes in [`Outbox::bytes`].
    pub bytes: Range<usize>,
    /// Size of every datagram but the last, which may be shorter.
    pub segment: usize,
}

/// Datagrams to be sent, in order. Cleared and filled again without giving its memory back, and without wiping it: what lies beyond the
/// bytes in use is stale and never sent.
#[derive(Debug, Default)]
pub struct Outbox {
    memory: Vec<u8>,
    used: usize,
    trains: Vec<Train>,
}

impl Outbox {
    /// Nothing to send.
    pub fn new() -> Self {
        Outbox::default()
    }

    /// Adds one datagram. Longer ones than [`MAX_DATAGRAM`] are a bug of the caller and are left out.
    pub fn push(&mut self, to: SocketAddr, datagram: &[u8]) {
        self.write(to, datagram.len(), |space| {
            space.copy_from_slice(datagram);
            datagram.len()
        });
    }

    /// Adds one datagram written in place: `fill` gets `room` bytes of anything and returns how many of them it used; 0 takes the
    /// datagram back.
    pub fn write(&mut self, to: SocketAddr, room: usize, fill: impl FnOnce(&mut [u8]) -> usize) {
        if room > MAX_DATAGRAM {
            return;
        }
        let start = self.used;
        if self.memory.len() < start + room {
            self.memory.resize((start + room).next_multiple_of(GROWTH), 0);
        }
        let Some(space) = self.memory.get_mut(start..start + room) else { return };
        let used = fill(space).min(room);
        if used > 0 {
            self.used = start + used;
            self.couple(to, start..start + used);
        }
    }

    /// Hangs a datagram onto the last train where it fits, or starts a new one.
    fn couple(&mut self, to: SocketAddr, datagram: Range<usize>) {
        if let Some(last) = self.trains.last_mut()
            && last.to == to
            && last.bytes.len() % last.segment == 0
            && datagram.len() <= last.segment
            && last.bytes.len() / last.segment < MAX_TRAIN_SEGMENTS
            && last.bytes.len() + datagram.len() <= MAX_TRAIN_BYTES
        {
            last.bytes.end = datagram.end;
            return;
        }
        self.trains.push(Train { to, segment: datagram.len(), bytes: datagram });
    }

    /// The bytes that trains point into.
    pub fn bytes(&self) -> &[u8] {
        &self.memory[..self.used]
    }

    /// What to send, in order.
    pub fn trains(&self) -> &[Train] {
        &self.trains
    }

    /// Every datagram on its own, in order.
    pub fn datagrams(&self) -> impl Iterator<Item = (SocketAddr, &[u8])> {
        self.trains.iter().flat_map(|train| {
            self.memory[train.bytes.clone()].chunks(train.segment).map(|datagram| (train.to, datagram))
        })
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.trains.is_empty()
    }

    /// Forgets everything; memory is kept.
    pub fn clear(&mut self) {
        self.used = 0;
        self.trains.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn equal_datagrams_to_one_address_make_a_train_that_a_shorter_one_ends() {
        let mut outbox = Outbox::new();
        for length in [100, 100, 60, 60] {
            outbox.push(address(1), &[7; 100][..length]);
        }
        let sizes: Vec<_> = outbox.trains().iter().map(|train| (train.segment, train.bytes.len())).collect();
        assert_eq!(sizes, [(100, 260), (60, 60)]);
        assert_eq!(outbox.datagrams().count(), 4);
    }

    #[test]
    fn another_address_starts_another_train() {
        let mut outbox = Outbox::new();
        outbox.push(address(1), &[1; 10]);
        outbox.push(address(2), &[2; 10]);
        let sent: Vec<_> = outbox.datagrams().map(|(to, bytes)| (to.port(), bytes[0])).collect();
        assert_eq!(sent, [(1, 1), (2, 2)]);
    }

    #[test]
    fn a_datagram_taken_back_leaves_nothing() {
        let mut outbox = Outbox::new();
        outbox.write(address(1), 50, |_| 0);
        assert!(outbox.is_empty() && outbox.bytes().is_empty());
    }

    #[test]
    fn stale_bytes_are_never_part_of_what_is_sent() {
        let mut outbox = Outbox::new();
        outbox.push(address(1), &[9; 100]);
        outbox.clear();
        outbox.write(address(1), 100, |space| {
            space[..2].copy_from_slice(&[1, 2]);
            2
        });
        assert_eq!(outbox.bytes(), [1, 2]);
    }

    #[test]
    fn a_train_has_at_most_the_kernels_segments() {
        let mut outbox = Outbox::new();
        for _ in 0..MAX_TRAIN_SEGMENTS + 1 {
            outbox.push(address(1), &[0; 20]);
        }
        assert_eq!(outbox.trains().len(), 2);
    }
}
