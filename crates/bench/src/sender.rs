//! The least a forwarder does for a packet: seal it, and hand it to the kernel.
//!
//! No room, no gate, no rewriting, no copy: the same memory is sealed over and over, each destination with a key of its own, as each
//! viewer has one. Whatever a server does for a packet comes on top of this.

use std::array;
use std::io::IoSlice;
use std::net::{SocketAddrV4, UdpSocket};
use std::ops::Range;
use std::os::fd::AsRawFd;

use anyhow::Context;
use nix::sys::socket::{ControlMessage, MsgFlags, MultiHeaders, SockaddrIn, sendmmsg, sendto};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::traffic::{Frame, HEADER_BYTES, TAG_BYTES};

/// Trains handed to the kernel in one call.
const BATCH: usize = 64;
/// Longest train, in datagrams: the kernel's bound before Linux 6.9.
const MAX_TRAIN_SEGMENTS: usize = 64;
/// Longest train, in bytes: a UDP length field's worth, headers left out.
const MAX_TRAIN_BYTES: usize = 65_000;

/// How datagrams are handed to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A destination's datagrams of one frame as a train (`UDP_SEGMENT`), trains in batches (`sendmmsg`).
    Trains,
    /// Each by a call of its own (`sendto`).
    Single,
}

/// A socket, its destinations and their keys.
pub(crate) struct Sender {
    socket: UdpSocket,
    way: Way,
    addresses: Vec<Option<SockaddrIn>>,
    keys: Vec<LessSafeKey>,
    nonces: u64,
    memory: Vec<u8>,
    trains: MultiHeaders<SockaddrIn>,
    datagrams: MultiHeaders<SockaddrIn>,
}

impl Sender {
    /// # Errors
    /// This machine gives no socket.
    pub(crate) fn new(destinations: &[SocketAddrV4], way: Way) -> anyhow::Result<Sender> {
        let socket = UdpSocket::bind("127.0.0.1:0").context("cannot open a socket to send from")?;
        let keys = (0..destinations.len()).map(|index| key(index as u64)).collect::<anyhow::Result<_>>()?;
        Ok(Sender {
            socket,
            way,
            addresses: destinations.iter().map(|address| Some(SockaddrIn::from(*address))).collect(),
            keys,
            nonces: 0,
            memory: vec![0x80; BATCH * MAX_TRAIN_BYTES],
            trains: MultiHeaders::preallocate(BATCH, Some(nix::cmsg_space!(u16))),
            datagrams: MultiHeaders::preallocate(BATCH, None),
        })
    }

    /// Sends one frame to each of these destinations; returns how many datagrams that were.
    ///
    /// # Errors
    /// The kernel takes no such train or no datagrams at all.
    pub(crate) fn send(&mut self, frame: Frame, to: Range<usize>) -> anyhow::Result<u64> {
        let longest = MAX_TRAIN_SEGMENTS.min(MAX_TRAIN_BYTES / frame.bytes.max(1)).max(1);
        let mut left = frame.packets;
        while left > 0 {
            let packets = left.min(longest);
            for start in to.clone().step_by(BATCH) {
                let batch = start..to.end.min(start + BATCH);
                self.seal(packets, frame.bytes, batch.clone())?;
                match self.way {
                    Way::Trains => self.send_trains(packets, frame.bytes, batch)?,
                    Way::Single => self.send_singly(packets, frame.bytes, batch)?,
                }
            }
            left -= packets;
        }
        Ok((frame.packets * to.len()) as u64)
    }

    /// Seals a train for each destination, one train behind the other.
    fn seal(&mut self, packets: usize, bytes: usize, batch: Range<usize>) -> anyhow::Result<()> {
        let trains = self.memory.chunks_exact_mut(packets * bytes);
        for (train, key) in trains.zip(&self.keys[batch]) {
            for packet in train.chunks_exact_mut(bytes) {
                let (header, rest) = packet.split_at_mut(HEADER_BYTES);
                let (payload, tag) = rest.split_at_mut(bytes - HEADER_BYTES - TAG_BYTES);
                self.nonces += 1;
                let sealed = key
                    .seal_in_place_separate_tag(nonce(self.nonces), Aad::from(header), payload)
                    .map_err(|_| anyhow::anyhow!("a packet of {bytes} bytes cannot be sealed"))?;
                tag.copy_from_slice(sealed.as_ref());
            }
        }
        Ok(())
    }

    /// The socket blocks, so the kernel takes all of a batch or says why not; a batch cut short would show as loss at the sink.
    fn send_trains(&mut self, packets: usize, bytes: usize, batch: Range<usize>) -> anyhow::Result<()> {
        let length = packets * bytes;
        let slices: [[IoSlice<'_>; 1]; BATCH] =
            array::from_fn(|index| [IoSlice::new(&self.memory[index * length..(index + 1) * length])]);
        let (slices, addresses) = (&slices[..batch.len()], &self.addresses[batch]);
        let (fd, flags) = (self.socket.as_raw_fd(), MsgFlags::empty());
        if packets > 1 {
            let segment = u16::try_from(bytes).context("a datagram of more than 64 KiB")?;
            let control = [ControlMessage::UdpGsoSegments(&segment)];
            sendmmsg(fd, &mut self.trains, slices, addresses, control, flags)
                .with_context(|| format!("the kernel takes no trains of {packets} × {bytes} bytes"))?;
        } else {
            sendmmsg(fd, &mut self.datagrams, slices, addresses, [], flags)
                .with_context(|| format!("the kernel takes no datagrams of {bytes} bytes"))?;
        }
        Ok(())
    }

    fn send_singly(&mut self, packets: usize, bytes: usize, batch: Range<usize>) -> anyhow::Result<()> {
        let trains = self.memory.chunks_exact(packets * bytes);
        for (train, address) in trains.zip(self.addresses[batch].iter().flatten()) {
            for packet in train.chunks_exact(bytes) {
                sendto(self.socket.as_raw_fd(), packet, address, MsgFlags::empty())
                    .with_context(|| format!("the kernel takes no datagrams of {bytes} bytes"))?;
            }
        }
        Ok(())
    }
}

fn key(number: u64) -> anyhow::Result<LessSafeKey> {
    let mut bytes = [0x5a; 16];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    let key = UnboundKey::new(&AES_128_GCM, &bytes).map_err(|_| anyhow::anyhow!("no AES-128-GCM"))?;
    Ok(LessSafeKey::new(key))
}

fn nonce(number: u64) -> Nonce {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&number.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Lengths of what arrives at each of two destinations.
    fn arriving(way: Way, frame: Frame) -> [Vec<usize>; 2] {
        let sockets = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
        let addresses = sockets.each_ref().map(|socket| match socket.local_addr().unwrap() {
            std::net::SocketAddr::V4(address) => address,
            std::net::SocketAddr::V6(_) => unreachable!("bound to IPv4"),
        });
        let mut sender = Sender::new(&addresses, way).unwrap();
        assert_eq!(sender.send(frame, 0..2).unwrap(), 2 * frame.packets as u64);
        sockets.map(|socket| {
            socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
            let mut space = [0; 2048];
            std::iter::from_fn(|| socket.recv(&mut space).ok()).collect()
        })
    }

    #[test]
    fn every_destination_gets_the_frame_whichever_way_it_goes() {
        for way in [Way::Trains, Way::Single] {
            for packets in [1, 5, 40] {
                let arrived = arriving(way, Frame { packets, bytes: 1228 });
                assert_eq!(arrived, [vec![1228; packets], vec![1228; packets]], "{way:?}");
            }
        }
    }

    #[test]
    fn a_frame_that_is_too_long_for_one_train_goes_in_several() {
        let arrived = arriving(Way::Trains, Frame { packets: 70, bytes: 1228 });
        assert_eq!(arrived, [vec![1228; 70], vec![1228; 70]]);
    }
}
