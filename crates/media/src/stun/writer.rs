//! Writing STUN messages into buffers of the caller's.

use std::net::{IpAddr, SocketAddr};

use hmac::Mac;

use super::{
    COOKIE, Class, HEADER, INTEGRITY_LENGTH, IntegrityKey, TransactionId, address_mask, attribute, checksum,
};

/// Writes one message into a buffer of the caller's.
pub struct Writer<'b> {
    buffer: &'b mut [u8],
    length: usize,
    fits: bool,
}

impl<'b> Writer<'b> {
    /// Begins a message.
    pub fn new(buffer: &'b mut [u8], class: Class, transaction: &TransactionId) -> Self {
        let mut writer = Writer { buffer, length: 0, fits: true };
        writer.put(&class.message_type().to_be_bytes());
        writer.put(&[0, 0]);
        writer.put(&COOKIE.to_be_bytes());
        writer.put(transaction);
        writer
    }

    /// `receiver's ufrag:sender's ufrag`.
    pub fn username(self, name: &str) -> Self {
        self.attribute(attribute::USERNAME, name.as_bytes())
    }

    /// PRIORITY.
    pub fn priority(self, priority: u32) -> Self {
        self.attribute(attribute::PRIORITY, &priority.to_be_bytes())
    }

    /// USE-CANDIDATE.
    pub fn use_candidate(self) -> Self {
        self.attribute(attribute::USE_CANDIDATE, &[])
    }

    /// ICE-CONTROLLING.
    pub fn controlling(self, tie_breaker: u64) -> Self {
        self.attribute(attribute::ICE_CONTROLLING, &tie_breaker.to_be_bytes())
    }

    /// ICE-CONTROLLED.
    pub fn controlled(self, tie_breaker: u64) -> Self {
        self.attribute(attribute::ICE_CONTROLLED, &tie_breaker.to_be_bytes())
    }

    /// ERROR-CODE, without a reason phrase: no program reads it.
    pub fn error(self, code: u16) -> Self {
        self.attribute(attribute::ERROR_CODE, &[0, 0, (code / 100) as u8, (code % 100) as u8])
    }

    /// XOR-MAPPED-ADDRESS (RFC 8489, section 14.2).
    pub fn mapped(self, address: SocketAddr) -> Self {
        let mut value = [0; 20];
        let port = address.port() ^ (COOKIE >> 16) as u16;
        value[2..4].copy_from_slice(&port.to_be_bytes());
        let length = match address.ip().to_canonical() {
            IpAddr::V4(ip) => {
                value[1] = 1;
                value[4..8].copy_from_slice(&(u32::from(ip) ^ COOKIE).to_be_bytes());
                8
            }
            IpAddr::V6(ip) => {
                value[1] = 2;
                let mask = address_mask(self.buffer.get(8..HEADER).unwrap_or_default());
                value[4..20].copy_from_slice(&(u128::from(ip) ^ mask).to_be_bytes());
                20
            }
        };
        self.attribute(attribute::XOR_MAPPED_ADDRESS, &value[..length])
    }

    /// Ends the message with MESSAGE-INTEGRITY and FINGERPRINT. Its length in bytes, 0 when it did not fit.
    pub fn finish(mut self, key: &IntegrityKey) -> usize {
        if self.fits {
            let end = self.length + 4 + INTEGRITY_LENGTH;
            let (header, rest) = self.buffer[..self.length].split_at(HEADER);
            let mac = key.mac(header, (end - HEADER) as u16, rest).finalize().into_bytes();
            self = self.attribute(attribute::MESSAGE_INTEGRITY, &mac);
        }
        self.set_length(8);
        let sum = checksum(self.buffer.get(..self.length).unwrap_or_default());
        self = self.attribute(attribute::FINGERPRINT, &sum);
        if self.fits { self.length } else { 0 }
    }

    fn attribute(mut self, kind: u16, value: &[u8]) -> Self {
        self.put(&kind.to_be_bytes());
        self.put(&(value.len() as u16).to_be_bytes());
        self.put(value);
        self.put(&[0; 3][..value.len().next_multiple_of(4) - value.len()]);
        self.set_length(0);
        self
    }

    fn set_length(&mut self, more: usize) {
        if self.fits {
            let length = (self.length + more - HEADER) as u16;
            self.buffer[2..4].copy_from_slice(&length.to_be_bytes());
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        match self.buffer.get_mut(self.length..self.length + bytes.len()) {
            Some(space) if self.fits => {
                space.copy_from_slice(bytes);
                self.length += bytes.len();
            }
            _ => self.fits = false,
        }
    }
}
