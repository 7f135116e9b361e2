//! The certificate by which browsers know this server: one, self-signed, for the life of the process.
//!
//! WebRTC trusts no authority; it compares a certificate with the fingerprint that came by signalling (RFC 8827, section 6.5).

use std::sync::Arc;

use ring::digest;
use rtc_dtls::cipher_suite::CipherSuiteId;
use rtc_dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc_dtls::crypto::Certificate;
use rtc_dtls::crypto_provider::{RTCCryptoProvider, default_provider};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;

use crate::sdp::Fingerprint;
use crate::srtp::Profile;

/// No certificate, or no way to handshake with it, could be made: the machine's randomness failed, or a bug.
#[derive(Debug, thiserror::Error)]
#[error("no DTLS identity: {0}")]
pub struct IdentityError(String);

/// A certificate, its key and what is needed to handshake with them. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    fingerprint: Fingerprint,
    provider: Arc<dyn RTCCryptoProvider>,
    certificate: Certificate,
    gcm_server: Arc<HandshakeConfig>,
    cm_server: Arc<HandshakeConfig>,
}

impl Identity {
    /// Makes a new one: an ECDSA P-256 key and a certificate that says nothing.
    pub fn generate() -> Result<Identity, IdentityError> {
        let provider = default_provider().map_err(explain)?;
        let certificate = Certificate::generate_self_signed(vec!["proscenium".to_owned()], provider.crypto())
            .map_err(explain)?;
        let der = certificate.certificate.first().ok_or_else(|| IdentityError("empty chain".to_owned()))?;
        let digest = digest::digest(&digest::SHA256, der);
        let fingerprint = Fingerprint { hash: "sha-256".to_owned(), digest: digest.as_ref().to_vec() };
        let config = |profiles: &[Profile]| configure(&provider, &certificate, profiles, false);
        let gcm_server = config(&[Profile::AeadAes128Gcm])?;
        let cm_server = config(&[Profile::Aes128CmHmacSha1_80])?;
        Ok(Identity(Arc::new(Inner { fingerprint, gcm_server, cm_server, provider, certificate })))
    }

    /// What the answer's `a=fingerprint` says: SHA-256 of the certificate.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.0.fingerprint
    }

    /// Whose cryptography handshakes use.
    pub(crate) fn provider(&self) -> Arc<dyn RTCCryptoProvider> {
        Arc::clone(&self.0.provider)
    }

    /// How to handshake as a server with this profile and no other.
    ///
    /// One profile, because the DTLS crate takes the first of the *client's* list that it knows, and browsers list the slower AES_CM first.
    pub(crate) fn server_config(&self, profile: Profile) -> Arc<HandshakeConfig> {
        Arc::clone(match profile {
            Profile::AeadAes128Gcm => &self.0.gcm_server,
            Profile::Aes128CmHmacSha1_80 => &self.0.cm_server,
        })
    }

    /// How to handshake as a client that offers these profiles, in this order.
    pub(crate) fn client_config(&self, profiles: &[Profile]) -> Result<Arc<HandshakeConfig>, IdentityError> {
        configure(&self.0.provider, &self.0.certificate, profiles, true)
    }
}

fn configure(
    provider: &Arc<dyn RTCCryptoProvider>,
    certificate: &Certificate,
    profiles: &[Profile],
    is_client: bool,
) -> Result<Arc<HandshakeConfig>, IdentityError> {
    let config = ConfigBuilder::default()
        .with_crypto_provider(Arc::clone(provider))
        .with_certificates(vec![certificate.clone()])
        .with_cipher_suites(vec![
            CipherSuiteId::Tls_Ecdhe_Ecdsa_With_Aes_128_Gcm_Sha256,
            CipherSuiteId::Tls_Ecdhe_Ecdsa_With_ChaCha20_Poly1305_Sha256,
        ])
        .with_srtp_protection_profiles(profiles.iter().map(|profile| wire_profile(*profile)).collect())
        // No chain is verified, but a certificate there must be, and its key must sign: the fingerprint is compared afterwards.
        .with_client_auth(ClientAuthType::RequireAnyClientCert)
        .with_insecure_skip_verify(true)
        // The DTLS crate's server does not compare the client's Finished with the transcript; with the extended master secret
        // (RFC 7627) the keys themselves depend on it, so a handshake that was tampered with cannot end in keys.
        .with_extended_master_secret(ExtendedMasterSecretType::Require)
        .with_server_name("proscenium".to_owned())
        .build(is_client, None)
        .map_err(explain)?;
    Ok(Arc::new(config))
}

fn wire_profile(profile: Profile) -> SrtpProtectionProfile {
    match profile {
        Profile::AeadAes128Gcm => SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
        Profile::Aes128CmHmacSha1_80 => SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
    }
}

fn explain(error: impl std::fmt::Display) -> IdentityError {
    IdentityError(error.to_string())
}
