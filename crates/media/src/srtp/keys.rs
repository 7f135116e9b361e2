//! Session keys from master keys (RFC 3711, section 4.3).

use aes::Aes128Enc;
use aes::cipher::{KeyInit, KeyIvInit, StreamCipher};
use hmac::{Hmac, Mac};
use ring::aead;
use sha1::Sha1;

use super::cipher::{Cipher, Cm, Gcm};

/// How packets are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// AEAD_AES_128_GCM (RFC 7714): what everybody gets who knows it.
    AeadAes128Gcm,
    /// AES_CM_128_HMAC_SHA1_80 (RFC 3711), for those who do not. About four times the work.
    Aes128CmHmacSha1_80,
}

impl Profile {
    /// Bytes of a master key.
    pub const KEY: usize = 16;

    /// Bytes of a master salt.
    pub const fn salt_length(self) -> usize {
        match self {
            Profile::AeadAes128Gcm => 12,
            Profile::Aes128CmHmacSha1_80 => 14,
        }
    }
}

/// A master key and salt.
#[derive(Clone)]
pub struct Master {
    key: [u8; Profile::KEY],
    /// As long as the profile wants, then zeros, which is how RFC 7714 (section 11) fits a shorter salt into the key derivation.
    salt: [u8; 14],
}

impl Master {
    /// From exported bytes; `None` when a length is not the profile's.
    pub fn new(profile: Profile, key: &[u8], salt: &[u8]) -> Option<Self> {
        let mut padded = [0; 14];
        let room = padded.get_mut(..profile.salt_length())?;
        if salt.len() != room.len() {
            return None;
        }
        room.copy_from_slice(salt);
        Some(Master { key: key.try_into().ok()?, salt: padded })
    }

    /// Fills `out` with the key stream of one label.
    fn derive(&self, label: u8, out: &mut [u8]) {
        let mut iv = [0; 16];
        iv[..14].copy_from_slice(&self.salt);
        // The packet index stays out of it: the key derivation rate is zero.
        iv[7] ^= label;
        out.fill(0);
        ctr::Ctr128BE::<aes::Aes128>::new(&self.key.into(), &iv.into()).apply_keystream(out);
    }

    /// The cipher of RTP (first label 0) or RTCP (first label 3).
    pub(super) fn cipher(&self, profile: Profile, first_label: u8) -> Option<Cipher> {
        let mut key = [0; Profile::KEY];
        self.derive(first_label, &mut key);
        let mut salt = [0; 14];
        self.derive(first_label + 2, &mut salt[..profile.salt_length()]);
        Some(match profile {
            Profile::AeadAes128Gcm => {
                let unbound = aead::UnboundKey::new(&aead::AES_128_GCM, &key).ok()?;
                Cipher::Gcm(Box::new(Gcm {
                    key: aead::LessSafeKey::new(unbound),
                    salt: *salt.first_chunk()?,
                }))
            }
            Profile::Aes128CmHmacSha1_80 => {
                let mut mac_key = [0; 20];
                self.derive(first_label + 1, &mut mac_key);
                let mac: Hmac<Sha1> = Mac::new_from_slice(&mac_key).ok()?;
                Cipher::Cm(Box::new(Cm { key: Aes128Enc::new(&key.into()), salt, mac }))
            }
        })
    }
}

/// Everything that a finished DTLS handshake says about SRTP.
#[derive(Clone)]
pub struct Keying {
    /// What was agreed on.
    pub profile: Profile,
    /// For what this side sends.
    pub local: Master,
    /// For what the peer sends.
    pub remote: Master,
}

impl Keying {
    /// How many bytes to export for a profile.
    pub const fn exported_length(profile: Profile) -> usize {
        2 * (Profile::KEY + profile.salt_length())
    }

    /// Splits the exported bytes: client's key, server's key, client's salt, server's salt (RFC 5764, section 4.2).
    pub fn from_exported(profile: Profile, bytes: &[u8], is_client: bool) -> Option<Self> {
        let (client_key, rest) = bytes.split_at_checked(Profile::KEY)?;
        let (server_key, rest) = rest.split_at_checked(Profile::KEY)?;
        let (client_salt, server_salt) = rest.split_at_checked(profile.salt_length())?;
        let client = Master::new(profile, client_key, client_salt)?;
        let server = Master::new(profile, server_key, server_salt)?;
        let (local, remote) = if is_client { (client, server) } else { (server, client) };
        Some(Keying { profile, local, remote })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::srtp) fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn derives_the_keys_of_rfc_3711_appendix_b3() {
        let master = Master::new(
            Profile::Aes128CmHmacSha1_80,
            &hex("E1F97A0D3E018BE0D64FA32C06DE4139"),
            &hex("0EC675AD498AFEEBB6960B3AABE6"),
        )
        .unwrap();
        let mut key = [0; 16];
        master.derive(0, &mut key);
        let mut salt = [0; 14];
        master.derive(2, &mut salt);
        let mut mac_key = [0; 94];
        master.derive(1, &mut mac_key);
        assert_eq!(key.as_slice(), hex("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(salt.as_slice(), hex("30CBBC08863D8C85D49DB34A9AE1"));
        assert_eq!(mac_key[..32], hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCE"));
    }

    #[test]
    fn refuses_bytes_of_another_length() {
        assert!(Keying::from_exported(Profile::AeadAes128Gcm, &[0; 56], true).is_some());
        assert!(Keying::from_exported(Profile::AeadAes128Gcm, &[0; 60], true).is_none());
        assert!(Keying::from_exported(Profile::Aes128CmHmacSha1_80, &[0; 12], false).is_none());
    }
}
