//! What comes of a transport.

use std::net::SocketAddr;

use crate::Loss;

/// What a transport has to tell, taken with [`Transport::take_event`](super::Transport::take_event).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportEvent {
    /// A valid check came from an address for the first time: datagrams from it are this peer's. Should it be another peer's as
    /// well, whoever checked from it last is right; see [`Transport::take_checked`](super::Transport::take_checked).
    Proven(SocketAddr),
    /// The address was given up for newer ones.
    Retired(SocketAddr),
    /// ICE and DTLS are done; media may flow.
    Connected,
    /// It is over. Nothing will be sent or received any more.
    Lost(Loss),
}

/// What a datagram turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Received<'a> {
    /// Nothing for the caller: a check, a handshake, or something dropped and counted.
    Nothing,
    /// An authentic RTP packet, decrypted, without its tag.
    Rtp(&'a mut [u8]),
    /// An authentic compound RTCP packet, decrypted.
    Rtcp(&'a mut [u8]),
}
