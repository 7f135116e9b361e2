//! The one transport of a bundle: ICE credentials, certificate fingerprints, the DTLS role.

use super::description::{Description, Section};
use super::error::FormError;
use super::limits;
use super::session::{Fingerprint, IceCredentials};

/// The m-line whose transport attributes hold for the whole bundle (RFC 8843, section 7.1): the first of the group.
pub(super) fn tagged<'a>(description: &'a Description) -> Option<Section<'a>> {
    let bundle = description.bundle()?;
    bundle.into_iter().find_map(|mid| description.section(mid))
}

/// Reads `a=ice-ufrag` and `a=ice-pwd`.
pub(super) fn ice(section: Section<'_>) -> Result<IceCredentials, FormError> {
    credentials(section.value("ice-ufrag"), section.value("ice-pwd"))
}

/// The values of the two attributes, checked.
pub(super) fn credentials(ufrag: Option<&str>, pwd: Option<&str>) -> Result<IceCredentials, FormError> {
    let (Some(ufrag), Some(pwd)) = (ufrag, pwd) else { return Err(FormError::NoIceCredentials) };
    let proper = |text: &str, least: usize| {
        (least..=256).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
    };
    if !proper(ufrag, 4) || !proper(pwd, 22) {
        return Err(FormError::BadIceCredentials);
    }
    Ok(IceCredentials { ufrag: ufrag.into(), pwd: pwd.into() })
}

/// Reads every `a=fingerprint` of `sha-256` or longer; weaker ones are passed over.
pub(super) fn fingerprints(section: Section<'_>) -> Result<Vec<Fingerprint>, FormError> {
    let values = section.values_or_session("fingerprint");
    if values.len() > limits::MAX_FINGERPRINTS {
        return Err(FormError::TooManyFingerprints);
    }
    let mut fingerprints = Vec::with_capacity(values.len());
    for value in values {
        let (hash, digest) = value.split_once(' ').ok_or(FormError::BadFingerprint)?;
        let hash = hash.to_ascii_lowercase();
        let length = match hash.as_str() {
            "sha-256" => 32,
            "sha-384" => 48,
            "sha-512" => 64,
            _ => continue,
        };
        let digest = read_digest(digest.trim()).ok_or(FormError::BadFingerprint)?;
        if digest.len() != length {
            return Err(FormError::BadFingerprint);
        }
        fingerprints.push(Fingerprint { hash, digest });
    }
    if fingerprints.is_empty() { Err(FormError::NoFingerprint) } else { Ok(fingerprints) }
}

/// Pairs of hexadecimal digits with colons between them.
fn read_digest(text: &str) -> Option<Vec<u8>> {
    text.split(':')
        .map(|pair| {
            let two_digits = pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
            two_digits.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
        })
        .collect()
}

/// Whether the peer can be the client of DTLS (RFC 8842, section 5.2). Where nothing is said, the offerer is active
/// (RFC 4145, section 4.1).
pub(super) fn peer_can_connect(section: Section<'_>) -> bool {
    matches!(section.value("setup"), None | Some("actpass" | "active"))
}
