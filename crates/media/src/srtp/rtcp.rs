//! RTCP, sealed and opened in place (RFC 3711, section 3.4; RFC 7714, section 9).
//!
//! Behind a packet stand its index of 31 bits with a bit that says it is encrypted, and the tag: in front of the index with GCM, behind
//! it with HMAC-SHA1.

use super::cipher::Cipher;
use super::index::Streams;
use super::{Keying, MAX_RTCP_STREAMS_OPENED, OpenError};

const FIRST_LABEL: u8 = 3;
/// The first packet's header and its sender's SSRC stay readable.
const HEADER: usize = 8;
const TRAILER: usize = 4;
const ENCRYPTED: u32 = 1 << 31;

/// Seals what this side sends.
pub struct RtcpSealer {
    cipher: Cipher,
    /// One counter for all SSRCs of this side: an index must not repeat, and gaps are allowed.
    index: u32,
}

impl RtcpSealer {
    /// With the local keys.
    pub fn new(keying: &Keying) -> Option<Self> {
        Some(RtcpSealer { cipher: keying.local.cipher(keying.profile, FIRST_LABEL)?, index: 0 })
    }

    /// How many bytes [`RtcpSealer::seal`] adds.
    pub const fn overhead(&self) -> usize {
        self.cipher.tag() + TRAILER
    }

    /// Seals the compound packet `packet[..length]`; returns the length with what stands behind it. `None` when there is no room, or
    /// when the indices are used up.
    pub fn seal(&mut self, packet: &mut [u8], length: usize) -> Option<usize> {
        let sealed = length + self.overhead();
        if sealed > packet.len() || self.index >= ENCRYPTED - 1 {
            return None;
        }
        let ssrc = sender(packet.get(..length)?)?;
        self.index += 1;
        let place = (ssrc, u64::from(self.index));
        let trailer = (self.index | ENCRYPTED).to_be_bytes();
        let (plain, tail) = packet.split_at_mut(length);
        match &self.cipher {
            Cipher::Gcm(gcm) => {
                let (header, payload) = plain.split_at_mut(HEADER);
                let tag = gcm.seal(place, &additional(header, trailer), payload)?;
                tail[..tag.len()].copy_from_slice(&tag);
                tail[tag.len()..][..TRAILER].copy_from_slice(&trailer);
            }
            Cipher::Cm(cm) => {
                cm.apply(place, &mut plain[HEADER..]);
                let tag = cm.tag(plain, &trailer);
                tail[..TRAILER].copy_from_slice(&trailer);
                tail[TRAILER..][..tag.len()].copy_from_slice(&tag);
            }
        }
        Some(sealed)
    }
}

/// Opens what the peer sends.
pub struct RtcpOpener {
    cipher: Cipher,
    streams: Streams,
}

impl RtcpOpener {
    /// With the remote keys.
    pub fn new(keying: &Keying) -> Option<Self> {
        let cipher = keying.remote.cipher(keying.profile, FIRST_LABEL)?;
        Some(RtcpOpener { cipher, streams: Streams::new(MAX_RTCP_STREAMS_OPENED) })
    }

    /// Decrypts a compound packet in place; returns its length without what stood behind it. Packets that are authenticated but not
    /// encrypted are refused: WebRTC never sends them.
    pub fn open(&mut self, packet: &mut [u8]) -> Result<usize, OpenError> {
        let tag = self.cipher.tag();
        let length = packet.len().checked_sub(tag + TRAILER).ok_or(OpenError::Malformed)?;
        let ssrc = sender(&packet[..length]).ok_or(OpenError::Malformed)?;
        let trailer_at = match &self.cipher {
            Cipher::Gcm(_) => length + tag,
            Cipher::Cm(_) => length,
        };
        let trailer: [u8; TRAILER] =
            *packet.get(trailer_at..).and_then(|rest| rest.first_chunk()).ok_or(OpenError::Malformed)?;
        let word = u32::from_be_bytes(trailer);
        if word & ENCRYPTED == 0 {
            return Err(OpenError::Malformed);
        }
        let index = u64::from(word & !ENCRYPTED);
        let full = self.streams.is_full();
        match self.streams.find(ssrc) {
            Some(window) if !window.is_fresh(index) => return Err(OpenError::Replayed),
            None if full => return Err(OpenError::TooManyStreams),
            _ => {}
        }
        if !self.open_at((ssrc, index), packet, length, trailer) {
            return Err(OpenError::Forged);
        }
        match self.streams.find(ssrc) {
            Some(window) => window.mark(index),
            None => self.streams.begin(ssrc, index),
        }
        Ok(length)
    }

    fn open_at(&self, place: (u32, u64), packet: &mut [u8], length: usize, trailer: [u8; TRAILER]) -> bool {
        match &self.cipher {
            Cipher::Gcm(gcm) => {
                let (header, rest) = packet.split_at_mut(HEADER);
                let sealed = rest.len() - TRAILER;
                gcm.open(place, &additional(header, trailer), &mut rest[..sealed])
            }
            Cipher::Cm(cm) => {
                let (sealed, rest) = packet.split_at_mut(length);
                let authentic = cm.verify(sealed, &trailer, &rest[TRAILER..]);
                if authentic {
                    cm.apply(place, &mut sealed[HEADER..]);
                }
                authentic
            }
        }
    }
}

/// What GCM authenticates besides the payload: the readable header and the index word.
fn additional(header: &[u8], trailer: [u8; TRAILER]) -> [u8; HEADER + TRAILER] {
    let mut bytes = [0; HEADER + TRAILER];
    for (to, from) in bytes.iter_mut().zip(header.iter().chain(&trailer)) {
        *to = *from;
    }
    bytes
}

/// The SSRC of the first packet's sender; `None` when it is no RTCP.
fn sender(packet: &[u8]) -> Option<u32> {
    let &[first, _, _, _, s0, s1, s2, s3] = packet.first_chunk()?;
    (first >> 6 == 2).then_some(u32::from_be_bytes([s0, s1, s2, s3]))
}
