//! RTP, sealed and opened in place.

use std::ops::Range;

use super::cipher::Cipher;
use super::index::Streams;
use super::{Keying, MAX_STREAMS_OPENED, MAX_STREAMS_SEALED, OpenError};

const FIRST_LABEL: u8 = 0;

/// Length of an RTP packet's header, CSRCs and extensions with it (RFC 3550, section 5.1); `None` when it is not one.
pub fn header_length(packet: &[u8]) -> Option<usize> {
    let first = *packet.first()?;
    if first >> 6 != 2 {
        return None;
    }
    let mut length = 12 + 4 * usize::from(first & 0x0F);
    if first & 0x10 != 0 {
        let &[_, _, w0, w1] = packet.get(length..)?.first_chunk()?;
        length += 4 + 4 * usize::from(u16::from_be_bytes([w0, w1]));
    }
    (length <= packet.len()).then_some(length)
}

/// Sequence number and SSRC of a packet with a whole header.
fn numbers(packet: &[u8]) -> Option<(u16, u32)> {
    let &[_, _, s0, s1, _, _, _, _, r0, r1, r2, r3] = packet.first_chunk()?;
    Some((u16::from_be_bytes([s0, s1]), u32::from_be_bytes([r0, r1, r2, r3])))
}

/// Seals what this side sends.
pub struct Sealer {
    cipher: Cipher,
    streams: Streams,
    refused: u64,
}

impl Sealer {
    /// With the local keys.
    pub fn new(keying: &Keying) -> Option<Self> {
        let cipher = keying.local.cipher(keying.profile, FIRST_LABEL)?;
        Some(Sealer { cipher, streams: Streams::new(MAX_STREAMS_SEALED), refused: 0 })
    }

    /// How many bytes [`Sealer::seal`] adds.
    pub const fn overhead(&self) -> usize {
        self.cipher.tag()
    }

    /// Encrypts `packet[header..length]`, authenticates `packet[..length]` and puts the tag behind it. Returns the length of the sealed packet.
    ///
    /// The rollover counter of a stream begins at zero and follows its sequence numbers, also where they come out of order; a
    /// stream should begin below 32768, so that the other side cannot miss a turn (RFC 3711, section 3.3.1).
    ///
    /// `None`, counted, when there is no room for the tag, when there are too many streams, or when this sequence number of this stream
    /// was sealed before: one index twice would break the cipher (RFC 7714, section 13.1).
    pub fn seal(&mut self, packet: &mut [u8], header: usize, length: usize) -> Option<usize> {
        let sealed = self.try_seal(packet, header, length);
        if sealed.is_none() {
            self.refused += 1;
        }
        sealed
    }

    /// How many packets could not be sealed.
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    fn try_seal(&mut self, packet: &mut [u8], header: usize, length: usize) -> Option<usize> {
        let (sequence, ssrc) = numbers(packet)?;
        let sealed = length + self.cipher.tag();
        if header < 12 || header > length || sealed > packet.len() {
            return None;
        }
        let full = self.streams.is_full();
        let index = match self.streams.find(ssrc) {
            Some(window) => {
                let index = window.index_of(sequence)?;
                window.is_fresh(index).then_some(())?;
                window.mark(index);
                index
            }
            None if full => return None,
            None => {
                self.streams.begin(ssrc, u64::from(sequence));
                u64::from(sequence)
            }
        };
        let (plain, tail) = packet.split_at_mut(length);
        match &self.cipher {
            Cipher::Gcm(gcm) => {
                let (header, payload) = plain.split_at_mut(header);
                let tag = gcm.seal((ssrc, index), header, payload)?;
                tail[..tag.len()].copy_from_slice(&tag);
            }
            Cipher::Cm(cm) => {
                cm.apply((ssrc, index), &mut plain[header..]);
                let tag = cm.tag(plain, &rollover(index));
                tail[..tag.len()].copy_from_slice(&tag);
            }
        }
        Some(sealed)
    }
}

/// Opens what the peer sends.
pub struct Opener {
    cipher: Cipher,
    streams: Streams,
}

impl Opener {
    /// With the remote keys.
    pub fn new(keying: &Keying) -> Option<Self> {
        let cipher = keying.remote.cipher(keying.profile, FIRST_LABEL)?;
        Some(Opener { cipher, streams: Streams::new(MAX_STREAMS_OPENED) })
    }

    /// Decrypts a packet in place and returns where its payload is; the header stays in front of it. After an error the packet's
    /// bytes mean nothing.
    pub fn open(&mut self, packet: &mut [u8]) -> Result<Range<usize>, OpenError> {
        let end = packet.len().checked_sub(self.cipher.tag()).ok_or(OpenError::Malformed)?;
        let header = header_length(packet).filter(|header| *header <= end).ok_or(OpenError::Malformed)?;
        let (sequence, ssrc) = numbers(packet).ok_or(OpenError::Malformed)?;
        let full = self.streams.is_full();
        let index = match self.streams.find(ssrc) {
            Some(window) => match window.index_of(sequence) {
                Some(index) if window.is_fresh(index) => index,
                _ => return Err(OpenError::Replayed),
            },
            None if full => return Err(OpenError::TooManyStreams),
            None => u64::from(sequence),
        };
        if !self.open_at((ssrc, index), packet, header, end) {
            return Err(OpenError::Forged);
        }
        match self.streams.find(ssrc) {
            Some(window) => window.mark(index),
            None => self.streams.begin(ssrc, index),
        }
        Ok(header..end)
    }

    fn open_at(&self, place: (u32, u64), packet: &mut [u8], header: usize, end: usize) -> bool {
        match &self.cipher {
            Cipher::Gcm(gcm) => {
                let (header, sealed) = packet.split_at_mut(header);
                gcm.open(place, header, sealed)
            }
            Cipher::Cm(cm) => {
                let (sealed, tag) = packet.split_at_mut(end);
                let authentic = cm.verify(sealed, &rollover(place.1), tag);
                if authentic {
                    cm.apply(place, &mut sealed[header..]);
                }
                authentic
            }
        }
    }
}

/// The rollover counter, as HMAC-SHA1 takes it in behind the packet (RFC 3711, section 4.2).
fn rollover(index: u64) -> [u8; 4] {
    ((index >> 16) as u32).to_be_bytes()
}
