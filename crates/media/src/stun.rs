//! Reading and writing the few STUN messages that ICE needs (RFC 8489, RFC 8445), without allocating.
//!
//! Everything read here comes from anybody: a message is only what it claims until [`Message::is_authentic`] says that it was made
//! by somebody who knows the password.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hmac::{Hmac, Mac};
use sha1::Sha1;

/// Longest STUN message read or written, in bytes. ICE's are about a hundred.
pub const MAX_MESSAGE: usize = 1280;

const HEADER: usize = 20;
const COOKIE: u32 = 0x2112_A442;
/// What a FINGERPRINT's checksum is XORed with (RFC 8489, section 14.7).
const FINGERPRINT_XOR: u32 = 0x5354_554E;
const INTEGRITY_LENGTH: usize = 20;

/// How many attributes of one message are looked at; ICE's carry about eight.
const MAX_ATTRIBUTES: usize = 32;

mod writer;

pub use writer::Writer;

mod attribute {
    pub(super) const USERNAME: u16 = 0x0006;
    pub(super) const MESSAGE_INTEGRITY: u16 = 0x0008;
    pub(super) const ERROR_CODE: u16 = 0x0009;
    pub(super) const XOR_MAPPED_ADDRESS: u16 = 0x0020;
    pub(super) const PRIORITY: u16 = 0x0024;
    pub(super) const USE_CANDIDATE: u16 = 0x0025;
    pub(super) const FINGERPRINT: u16 = 0x8028;
    pub(super) const ICE_CONTROLLED: u16 = 0x8029;
    pub(super) const ICE_CONTROLLING: u16 = 0x802A;
}

/// The two Binding exchanges that ICE is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A check.
    Request,
    /// Its good answer.
    Success,
    /// Its bad answer.
    Error,
}

impl Class {
    const fn message_type(self) -> u16 {
        match self {
            Class::Request => 0x0001,
            Class::Success => 0x0101,
            Class::Error => 0x0111,
        }
    }
}

/// What makes an answer belong to its request.
pub type TransactionId = [u8; 12];

/// The key of MESSAGE-INTEGRITY: a password, taken in once.
#[derive(Clone)]
pub struct IntegrityKey(Hmac<Sha1>);

impl IntegrityKey {
    /// The key of a short-term credential (RFC 8489, section 9.1.1). ICE passwords are plain ASCII, which SASLprep leaves alone.
    pub fn new(password: &str) -> Option<Self> {
        Hmac::new_from_slice(password.as_bytes()).ok().map(IntegrityKey)
    }

    /// The HMAC over the message as if it ended with its MESSAGE-INTEGRITY (RFC 8489, section 14.5).
    fn mac(&self, header: &[u8], length_field: u16, rest: &[u8]) -> Hmac<Sha1> {
        let mut mac = self.0.clone();
        mac.update(&header[..2]);
        mac.update(&length_field.to_be_bytes());
        mac.update(&header[4..]);
        mac.update(rest);
        mac
    }
}

/// A well-formed Binding message with a valid FINGERPRINT.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    bytes: &'a [u8],
    /// Check or answer.
    pub class: Class,
    /// What makes an answer belong to its request.
    pub transaction: TransactionId,
    /// `receiver's ufrag:sender's ufrag`, in a request.
    pub username: Option<&'a str>,
    /// PRIORITY of the candidate that an answer's mapped address would be.
    pub priority: Option<u32>,
    /// The controlling agent chose this pair.
    pub use_candidate: bool,
    /// The sender holds itself for controlled.
    pub controlled: bool,
    /// The sender holds itself for controlling.
    pub controlling: bool,
    /// In an answer: where the request came from.
    pub mapped: Option<SocketAddr>,
    /// In a bad answer: 300 to 699.
    pub error: Option<u16>,
    /// An attribute that must be understood and is not (RFC 8489, section 6.3.1).
    pub unknown: bool,
    integrity_at: Option<usize>,
}

impl<'a> Message<'a> {
    /// Reads a datagram; `None` when it is not a Binding message with a valid FINGERPRINT, which ICE wants in each
    /// (RFC 8445, section 7.1).
    pub fn parse(datagram: &'a [u8]) -> Option<Self> {
        let (class, transaction) = header(datagram)?;
        let mut message = Message {
            bytes: datagram,
            class,
            transaction,
            username: None,
            priority: None,
            use_candidate: false,
            controlled: false,
            controlling: false,
            mapped: None,
            error: None,
            unknown: false,
            integrity_at: None,
        };
        let mut fingerprint = false;
        for (at, kind, value) in Attributes::of(datagram) {
            if kind == attribute::FINGERPRINT {
                let end = at + 4 + value.len();
                fingerprint = end == datagram.len() && value == checksum(datagram.get(..at)?);
            } else if message.integrity_at.is_none() {
                // What follows MESSAGE-INTEGRITY is not protected by it and is ignored (RFC 8489, section 14.5).
                message.take(at, kind, value)?;
            }
        }
        fingerprint.then_some(message)
    }

    fn take(&mut self, at: usize, kind: u16, value: &'a [u8]) -> Option<()> {
        match kind {
            attribute::USERNAME => self.username = Some(std::str::from_utf8(value).ok()?),
            attribute::MESSAGE_INTEGRITY => {
                (value.len() == INTEGRITY_LENGTH).then_some(())?;
                self.integrity_at = Some(at);
            }
            attribute::ERROR_CODE => {
                let &[_, _, hundreds, rest, ..] = value else { return None };
                self.error = Some(u16::from(hundreds & 7) * 100 + u16::from(rest));
            }
            attribute::XOR_MAPPED_ADDRESS => self.mapped = Some(read_address(value, &self.transaction)?),
            attribute::PRIORITY => self.priority = Some(u32::from_be_bytes(value.try_into().ok()?)),
            attribute::USE_CANDIDATE => self.use_candidate = true,
            attribute::ICE_CONTROLLED => self.controlled = true,
            attribute::ICE_CONTROLLING => self.controlling = true,
            // Below 0x8000 an attribute must be understood.
            0..0x8000 => self.unknown = true,
            _ => {}
        }
        Some(())
    }

    /// Whether MESSAGE-INTEGRITY is there and made with this key.
    pub fn is_authentic(&self, key: &IntegrityKey) -> bool {
        let Some(at) = self.integrity_at else { return false };
        let end = at + 4 + INTEGRITY_LENGTH;
        let (Some(header), Some(rest), Some(claimed)) =
            (self.bytes.get(..HEADER), self.bytes.get(HEADER..at), self.bytes.get(at + 4..end))
        else {
            return false;
        };
        key.mac(header, (end - HEADER) as u16, rest).verify_slice(claimed).is_ok()
    }
}

/// The user name fragment of the one this Binding request is addressed to: what tells whose check a datagram from an unknown address
/// is. Nothing is proven by it.
pub fn local_ufrag_of(datagram: &[u8]) -> Option<&str> {
    let (Class::Request, _) = header(datagram)? else { return None };
    let (_, _, name) = Attributes::of(datagram).find(|(_, kind, _)| *kind == attribute::USERNAME)?;
    let (local, _) = std::str::from_utf8(name).ok()?.split_once(':')?;
    Some(local)
}

fn header(datagram: &[u8]) -> Option<(Class, TransactionId)> {
    let head: &[u8; HEADER] = datagram.first_chunk()?;
    let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
    let whole =
        length.is_multiple_of(4) && HEADER + length == datagram.len() && datagram.len() <= MAX_MESSAGE;
    let cookie = head[4..8] == COOKIE.to_be_bytes();
    let class = match u16::from_be_bytes([head[0], head[1]]) {
        0x0001 => Class::Request,
        0x0101 => Class::Success,
        0x0111 => Class::Error,
        _ => return None,
    };
    let transaction = *head.last_chunk()?;
    (whole && cookie).then_some((class, transaction))
}

/// Offset, type and value of each attribute. Ends early where the lengths do not add up.
struct Attributes<'a> {
    bytes: &'a [u8],
    at: usize,
    left: usize,
}

impl<'a> Attributes<'a> {
    fn of(datagram: &'a [u8]) -> Self {
        Attributes { bytes: datagram, at: HEADER, left: MAX_ATTRIBUTES }
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (usize, u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let at = self.at;
        let &[k0, k1, l0, l1] = self.bytes.get(at..)?.first_chunk()?;
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let value = self.bytes.get(at + 4..at + 4 + length)?;
        self.at = at + 4 + length.next_multiple_of(4);
        Some((at, u16::from_be_bytes([k0, k1]), value))
    }
}

fn read_address(value: &[u8], transaction: &TransactionId) -> Option<SocketAddr> {
    let &[_, family, p0, p1, ref ip @ ..] = value else { return None };
    let port = u16::from_be_bytes([p0, p1]) ^ (COOKIE >> 16) as u16;
    let ip = match family {
        1 => IpAddr::V4(Ipv4Addr::from(u32::from_be_bytes(ip.try_into().ok()?) ^ COOKIE)),
        2 => IpAddr::V6(Ipv6Addr::from(u128::from_be_bytes(ip.try_into().ok()?) ^ address_mask(transaction))),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// What an IPv6 address is XORed with: the cookie and the transaction id.
fn address_mask(transaction: &[u8]) -> u128 {
    let mut mask = [0; 16];
    mask[..4].copy_from_slice(&COOKIE.to_be_bytes());
    for (to, from) in mask[4..].iter_mut().zip(transaction) {
        *to = *from;
    }
    u128::from_be_bytes(mask)
}

fn checksum(bytes: &[u8]) -> [u8; 4] {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc = CRC_TABLE[((crc ^ u32::from(*byte)) & 0xFF) as usize] ^ (crc >> 8);
    }
    (!crc ^ FINGERPRINT_XOR).to_be_bytes()
}

/// CRC-32 of ITU V.42, a byte at a time.
const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};
