//! What a finished handshake is good for: whose certificate it was, and the keys that come of it.

use ring::digest;
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_dtls::state::State;

use crate::sdp::Fingerprint;
use crate::srtp::{Keying, Profile};

const EXPORTER_LABEL: &str = "EXTRACTOR-dtls_srtp";

/// Whether the peer's certificate is one that signalling named (RFC 8122, section 5). That its key is the peer's own, the handshake proved.
pub(super) fn is_expected(state: &State, expected: &[Fingerprint]) -> bool {
    let Some(certificate) = state.peer_certificates.first() else { return false };
    expected.iter().any(|fingerprint| {
        let algorithm = match fingerprint.hash.as_str() {
            "sha-256" => &digest::SHA256,
            "sha-384" => &digest::SHA384,
            "sha-512" => &digest::SHA512,
            _ => return false,
        };
        digest::digest(algorithm, certificate).as_ref() == fingerprint.digest
    })
}

/// The keys of SRTP (RFC 5764, section 4.2).
pub(super) fn export(state: &State) -> Option<Keying> {
    let profile = match state.srtp_protection_profile() {
        SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => Profile::AeadAes128Gcm,
        SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80 => Profile::Aes128CmHmacSha1_80,
        _ => return None,
    };
    let length = Keying::exported_length(profile);
    let exported = state.export_keying_material(EXPORTER_LABEL, &[], length).ok()?.into_bytes();
    Keying::from_exported(profile, &exported, state.is_client())
}
