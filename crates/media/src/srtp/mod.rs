//! Protection of RTP and RTCP (RFC 3711, RFC 7714), in place.
//!
//! RTP is the hot side: once a stream's SSRC is known, sealing and opening allocate nothing. The rollover counter and the replay
//! window are kept here, per SSRC; state for an SSRC is made only after its first packet proved authentic.

mod cipher;
mod index;
mod keys;
mod rtcp;
mod rtp;
#[cfg(test)]
mod vectors;

pub use keys::{Keying, Master, Profile};
pub use rtcp::{RtcpOpener, RtcpSealer};
pub use rtp::{Opener, Sealer, header_length};

/// How many streams (SSRCs) of RTP a peer may send. A page with three sources in three layers, each with its retransmissions, has
/// fourteen.
pub const MAX_STREAMS_OPENED: usize = 64;

/// How many SSRCs a peer may send RTCP from. Firefox reports from one of its own for each section of the session description, whether
/// it sends media there or not, and a section that is used again gets another.
pub const MAX_RTCP_STREAMS_OPENED: usize = 256;

/// How many streams are sealed for one peer: a media and a retransmission stream for each of its slots.
pub const MAX_STREAMS_SEALED: usize = 1024;

/// Longest tag and trailer that protection adds to a packet, RTP or RTCP, in bytes.
pub const MAX_OVERHEAD: usize = 20;

/// Why a packet was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// Too short, or not a packet at all.
    Malformed,
    /// More than [`MAX_STREAMS_OPENED`] SSRCs, or [`MAX_RTCP_STREAMS_OPENED`] of RTCP.
    TooManyStreams,
    /// Seen before, or too old to tell.
    Replayed,
    /// Not made with the peer's key.
    Forged,
}
