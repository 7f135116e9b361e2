//! The two ciphers, on one packet whose index is known.

use aes::Aes128Enc;
use aes::cipher::{InnerIvInit, StreamCipherCore};
use hmac::{Hmac, Mac};
use ring::aead;
use sha1::Sha1;

const GCM_TAG: usize = 16;
/// HMAC-SHA1 cut to 80 bits.
const CM_TAG: usize = 10;

/// Session keys of one direction of RTP or of RTCP.
pub(super) enum Cipher {
    Gcm(Box<Gcm>),
    Cm(Box<Cm>),
}

impl Cipher {
    /// Length of the tag.
    pub(super) const fn tag(&self) -> usize {
        match self {
            Cipher::Gcm(_) => GCM_TAG,
            Cipher::Cm(_) => CM_TAG,
        }
    }
}

/// AES-GCM: one pass encrypts and authenticates. A packet's place is its SSRC and its index.
pub(super) struct Gcm {
    pub(super) key: aead::LessSafeKey,
    pub(super) salt: [u8; 12],
}

impl Gcm {
    /// Encrypts a payload in place and returns the tag over it and the additional data.
    pub(super) fn seal(
        &self,
        place: (u32, u64),
        additional: &[u8],
        payload: &mut [u8],
    ) -> Option<[u8; GCM_TAG]> {
        let nonce = gcm_nonce(&self.salt, place);
        let tag = self.key.seal_in_place_separate_tag(nonce, aead::Aad::from(additional), payload).ok()?;
        tag.as_ref().try_into().ok()
    }

    /// Decrypts a payload with its tag behind it; whether it is authentic. Of a forged one nothing useful is left.
    pub(super) fn open(&self, place: (u32, u64), additional: &[u8], sealed: &mut [u8]) -> bool {
        self.key.open_in_place(gcm_nonce(&self.salt, place), aead::Aad::from(additional), sealed).is_ok()
    }
}

/// AES in counter mode, and HMAC-SHA1 over what came of it.
pub(super) struct Cm {
    pub(super) key: Aes128Enc,
    pub(super) salt: [u8; 14],
    pub(super) mac: Hmac<Sha1>,
}

impl Cm {
    /// Encrypts or decrypts (RFC 3711, section 4.1.1).
    pub(super) fn apply(&self, (ssrc, index): (u32, u64), payload: &mut [u8]) {
        let mut iv = [0; 16];
        iv[..14].copy_from_slice(&self.salt);
        xor(&mut iv[4..8], &ssrc.to_be_bytes());
        xor(&mut iv[8..14], &index.to_be_bytes()[2..]);
        // A borrowed key: the round keys are not copied for each packet.
        let core = ctr::CtrCore::<&Aes128Enc, ctr::flavors::Ctr128BE>::inner_iv_init(&self.key, &iv.into());
        // Fails only past 2^128 blocks.
        let _ = core.try_apply_keystream_partial(payload.into());
    }

    /// The tag of a packet and what follows it.
    pub(super) fn tag(&self, packet: &[u8], trailer: &[u8]) -> [u8; CM_TAG] {
        let whole = self.authenticate(packet, trailer).finalize().into_bytes();
        let mut tag = [0; CM_TAG];
        tag.copy_from_slice(&whole[..CM_TAG]);
        tag
    }

    /// Whether a tag is right, in constant time.
    pub(super) fn verify(&self, packet: &[u8], trailer: &[u8], tag: &[u8]) -> bool {
        tag.len() == CM_TAG && self.authenticate(packet, trailer).verify_truncated_left(tag).is_ok()
    }

    fn authenticate(&self, packet: &[u8], trailer: &[u8]) -> Hmac<Sha1> {
        let mut mac = self.mac.clone();
        mac.update(packet);
        mac.update(trailer);
        mac
    }
}

/// RFC 7714, sections 8.1 and 9.1: two zero bytes, the SSRC and the 48-bit index (an SRTCP index has only 31), XORed with the salt.
fn gcm_nonce(salt: &[u8; 12], (ssrc, index): (u32, u64)) -> aead::Nonce {
    let mut nonce = *salt;
    xor(&mut nonce[2..6], &ssrc.to_be_bytes());
    xor(&mut nonce[6..], &index.to_be_bytes()[2..]);
    aead::Nonce::assume_unique_for_key(nonce)
}

fn xor(to: &mut [u8], with: &[u8]) {
    for (to, with) in to.iter_mut().zip(with) {
        *to ^= with;
    }
}
