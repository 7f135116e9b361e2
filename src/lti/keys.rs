//! The server's own keys: made here, kept in the data directory, replaced by the time.

use ::lti::keys::ToolKey;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use store::Store;

use super::LtiError;
use crate::bounds::{TOOL_KEY_FOR, TOOL_KEYS};

/// The newest first. One that is older than [`TOOL_KEY_FOR`] is joined by a new one; platforms that have read the old one's name go on
/// knowing it, for [`TOOL_KEYS`] are shown. `now` is in seconds since 1970.
pub(super) fn load(store: &Store, now: u64) -> Result<Vec<ToolKey>, LtiError> {
    let bad = |error: ::lti::keys::KeyError| LtiError::Keys(error.to_string());
    let kept = store.tool_keys()?;
    let newest = kept.first().map(|(_, created)| *created);
    let mut keys = Vec::new();
    if newest.is_none_or(|created| now.saturating_sub(created) >= TOOL_KEY_FOR.as_secs()) {
        let key = ToolKey::from_pem(&new_pem()?).map_err(bad)?;
        store.save_tool_key(key.kid(), key.pem(), now, TOOL_KEYS)?;
        keys.push(key);
    }
    for (pem, _) in &kept {
        keys.push(ToolKey::from_pem(pem).map_err(bad)?);
    }
    keys.truncate(TOOL_KEYS);
    Ok(keys)
}

/// RSA of 2048 bits, which every platform takes; PKCS #8 in PEM (RFC 7468).
fn new_pem() -> Result<String, LtiError> {
    let failed = |_| LtiError::Keys("none could be made".to_owned());
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
    let text = STANDARD.encode(pair.as_der().map_err(failed)?.as_ref());
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_and_joined_by_a_new_one_when_it_is_old() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let first = load(&store, 1_000).unwrap();
        assert_eq!(first.len(), 1);
        let again = load(&store, 2_000).unwrap();
        assert_eq!((again.len(), again[0].kid()), (1, first[0].kid()));
        let later = load(&store, 1_000 + TOOL_KEY_FOR.as_secs()).unwrap();
        assert_eq!((later.len(), later[1].kid()), (2, first[0].kid()));
        assert_ne!(later[0].kid(), first[0].kid());
    }
}
