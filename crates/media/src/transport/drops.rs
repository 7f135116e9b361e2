//! What a transport did not take, by reason.

use crate::srtp::OpenError;

/// Counters of datagrams and packets dropped. They only grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drops {
    /// Not STUN, from an address without a valid check.
    pub unproven: u64,
    /// Longer than [`crate::MAX_DATAGRAM`].
    pub oversize: u64,
    /// Neither STUN nor DTLS nor RTP, or too short for what they seemed.
    pub malformed: u64,
    /// Looked like STUN and was no Binding message with a valid fingerprint.
    pub stun_malformed: u64,
    /// STUN with the wrong user name or password, or an answer to nothing.
    pub stun_forged: u64,
    /// Authentic STUN answered with an error (role conflict, unknown attribute), or such an answer.
    pub stun_conflicts: u64,
    /// Looked like DTLS and was not DTLS 1.2, or nothing a peer in good faith sends.
    pub dtls_malformed: u64,
    /// DTLS past the bound of datagrams or bytes of one peer.
    pub dtls_over_budget: u64,
    /// Media before the handshake was done.
    pub early: u64,
    /// SRTP or SRTCP not made with the peer's key.
    pub forged: u64,
    /// SRTP or SRTCP seen before, or too old to tell.
    pub replayed: u64,
    /// SRTP of an SSRC past [`crate::srtp::MAX_STREAMS_OPENED`], or SRTCP past [`crate::srtp::MAX_RTCP_STREAMS_OPENED`].
    pub too_many_streams: u64,
    /// Own RTCP that could not be sealed: too long, or no RTCP.
    pub unsealed: u64,
}

impl Drops {
    pub(super) fn count(&mut self, error: OpenError) {
        match error {
            OpenError::Malformed => self.malformed += 1,
            OpenError::TooManyStreams => self.too_many_streams += 1,
            OpenError::Replayed => self.replayed += 1,
            OpenError::Forged => self.forged += 1,
        }
    }
}
