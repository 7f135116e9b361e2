//! A peek into the ClientHello: which SRTP profiles does the client know (RFC 5764, section 4.1.1)?
//!
//! It has to be known before the association is made, and a ClientHello may come in pieces: with post-quantum key shares it no longer fits
//! into one datagram.

use super::records;
use crate::srtp::Profile;

const CLIENT_HELLO: u8 = 1;
const USE_SRTP: u16 = 14;
const AEAD_AES_128_GCM: u16 = 0x0007;
const AES128_CM_HMAC_SHA1_80: u16 = 0x0001;

/// How many datagrams of an unfinished ClientHello are held; others are dropped, and the client repeats itself.
const MAX_HELD: usize = 8;

/// Collects the first ClientHello.
#[derive(Default)]
pub(super) struct HelloReader {
    held: Vec<Vec<u8>>,
    body: Vec<u8>,
    length: Option<usize>,
}

impl HelloReader {
    /// Takes a datagram; whether the ClientHello is whole now. Pieces that do not follow on one another are dropped: nothing has been
    /// acknowledged yet, so they come again.
    pub(super) fn take(&mut self, datagram: &[u8]) -> bool {
        let mut used = false;
        for fragment in records::fragments(datagram) {
            let known = self.body.len();
            let fits = fragment.kind == CLIENT_HELLO
                && fragment.number == 0
                && self.length.is_none_or(|length| length == fragment.length)
                && (fragment.offset..=fragment.offset + fragment.body.len()).contains(&known);
            if fits {
                self.length = Some(fragment.length);
                self.body.extend_from_slice(fragment.body.get(known - fragment.offset..).unwrap_or_default());
                used |= self.body.len() > known;
            }
        }
        if used && self.held.len() < MAX_HELD {
            self.held.push(datagram.to_vec());
        }
        self.length == Some(self.body.len())
    }

    /// The best profile that both sides know; `None` when there is none.
    pub(super) fn profile(&self) -> Option<Profile> {
        let profiles = use_srtp(&self.body)?;
        let knows = |number: u16| profiles.chunks_exact(2).any(|profile| profile == number.to_be_bytes());
        if knows(AEAD_AES_128_GCM) {
            Some(Profile::AeadAes128Gcm)
        } else {
            knows(AES128_CM_HMAC_SHA1_80).then_some(Profile::Aes128CmHmacSha1_80)
        }
    }

    /// The datagrams that made up the ClientHello.
    pub(super) fn release(&mut self) -> Vec<Vec<u8>> {
        self.body = Vec::new();
        std::mem::take(&mut self.held)
    }
}

/// The list of profiles, two bytes each (RFC 6347, section 4.2.1, has the layout of a ClientHello).
fn use_srtp(hello: &[u8]) -> Option<&[u8]> {
    const VERSION_AND_RANDOM: usize = 34;
    let mut rest = hello.get(VERSION_AND_RANDOM..)?;
    let _session = take_short(&mut rest)?;
    let _cookie = take_short(&mut rest)?;
    let _cipher_suites = take_long(&mut rest)?;
    let _compression = take_short(&mut rest)?;
    let mut extensions = take_long(&mut rest)?;
    while !extensions.is_empty() {
        let kind = u16::from_be_bytes(*extensions.first_chunk()?);
        extensions = &extensions[2..];
        let mut body = take_long(&mut extensions)?;
        if kind == USE_SRTP {
            return take_long(&mut body);
        }
    }
    None
}

/// A vector with a length of one byte.
fn take_short<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, tail) = rest.split_first()?;
    split(rest, tail, usize::from(*length))
}

/// A vector with a length of two bytes.
fn take_long<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, tail) = rest.split_first_chunk()?;
    split(rest, tail, usize::from(u16::from_be_bytes(*length)))
}

fn split<'a>(rest: &mut &'a [u8], tail: &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (vector, after) = tail.split_at_checked(length)?;
    *rest = after;
    Some(vector)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(profiles: &[u8]) -> Vec<u8> {
        let mut hello = vec![254, 253];
        hello.extend([7; 32]);
        hello.extend([0, 0, 0, 2, 0xC0, 0x2B, 1, 0]);
        let extensions =
            [&[0, 23, 0, 0, 0, 14, 0, profiles.len() as u8 + 3, 0, profiles.len() as u8], profiles, &[0]];
        let extensions = extensions.concat();
        hello.extend([0, extensions.len() as u8]);
        hello.extend(extensions);
        hello
    }

    fn datagram(message: &[u8], offset: usize, size: usize) -> Vec<u8> {
        let mut record = vec![22, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, (size + 12) as u8];
        record.extend([CLIENT_HELLO, 0, 0, message.len() as u8, 0, 0, 0, 0, offset as u8, 0, 0, size as u8]);
        record.extend(&message[offset..offset + size]);
        record
    }

    fn profile(profiles: &[u8]) -> Option<Profile> {
        let message = hello(profiles);
        let mut reader = HelloReader::default();
        assert!(reader.take(&datagram(&message, 0, message.len())));
        reader.profile()
    }

    #[test]
    fn prefers_gcm_wherever_it_stands() {
        assert_eq!(profile(&[0, 1, 0, 2, 0, 7]), Some(Profile::AeadAes128Gcm));
    }

    #[test]
    fn falls_back_to_counter_mode() {
        assert_eq!(profile(&[0, 2, 0, 1]), Some(Profile::Aes128CmHmacSha1_80));
    }

    #[test]
    fn knows_when_there_is_none() {
        assert_eq!(profile(&[0, 2]), None);
        assert_eq!(use_srtp(&[0; 40]), None);
    }

    #[test]
    fn joins_pieces_and_keeps_their_datagrams() {
        let message = hello(&[0, 7]);
        let mut reader = HelloReader::default();
        assert!(!reader.take(&datagram(&message, 40, message.len() - 40)), "out of order");
        assert!(!reader.take(&datagram(&message, 0, 40)));
        assert!(!reader.take(&datagram(&message, 0, 40)), "a repetition adds nothing");
        assert!(reader.take(&datagram(&message, 40, message.len() - 40)));
        assert_eq!(reader.profile(), Some(Profile::AeadAes128Gcm));
        assert_eq!(reader.release().len(), 2);
    }
}
