//! Keys: a platform's, of which only the public halves are seen, and this tool's own.

use std::fmt;

use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, encode};
use serde::Serialize;
use serde_json::{Value, json};

/// Longest key set that is read, in bytes. The longest seen in the wild (Microsoft's) has 20 kB.
pub const KEY_SET_BYTES: usize = 256 * 1024;
/// Keys of a set that are looked at.
pub const KEYS: usize = 100;

/// A platform's public keys (RFC 7517, section 5).
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<(String, DecodingKey)>);

impl KeySet {
    /// Keys without an id, and those of a kind that this server does not know, are passed over.
    ///
    /// # Errors
    ///
    /// It is no key set, or has no key that can be used.
    pub fn read(text: &[u8]) -> Result<KeySet, String> {
        if text.len() > KEY_SET_BYTES {
            return Err(format!("it is longer than {KEY_SET_BYTES} bytes"));
        }
        let set: Value = serde_json::from_slice(text).map_err(|error| format!("it is no JSON: {error}"))?;
        let keys = set["keys"].as_array().ok_or("it has no list of `keys`")?;
        let keys: Vec<_> = keys.iter().take(KEYS).filter_map(one).collect();
        if keys.is_empty() { Err("none of its keys can be used".to_owned()) } else { Ok(KeySet(keys)) }
    }

    /// The key of this id.
    pub fn find(&self, kid: &str) -> Option<&DecodingKey> {
        self.0.iter().find(|(id, _)| id == kid).map(|(_, key)| key)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn one(value: &Value) -> Option<(String, DecodingKey)> {
    // Keys for encryption are another's business.
    if value["use"].as_str().is_some_and(|what| what != "sig") {
        return None;
    }
    let kid = value["kid"].as_str()?.to_owned();
    // A shared secret in a public set would be everybody's.
    if !matches!(value["kty"].as_str(), Some("RSA" | "EC")) {
        return None;
    }
    let jwk: Jwk = serde_json::from_value(value.clone()).ok()?;
    Some((kid, DecodingKey::from_jwk(&jwk).ok()?))
}

/// This tool's own pair of keys: with it, it shows platforms who it is.
#[derive(Clone)]
pub struct ToolKey {
    kid: String,
    pem: String,
    signing: EncodingKey,
    public: Value,
}

impl fmt::Debug for ToolKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToolKey({})", self.kid)
    }
}

/// Why a key is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a usable RSA key: {0}")]
pub struct KeyError(String);

impl ToolKey {
    /// From PKCS #8 in PEM, as it is kept.
    ///
    /// # Errors
    ///
    /// It is no private RSA key in PEM.
    pub fn from_pem(pem: &str) -> Result<ToolKey, KeyError> {
        let bad = |error: jsonwebtoken::errors::Error| KeyError(error.to_string());
        let signing = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(bad)?;
        let jwk = Jwk::from_encoding_key(&signing, Algorithm::RS256).map_err(bad)?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(bad)?;
        let mut public = serde_json::to_value(&jwk).map_err(|error| KeyError(error.to_string()))?;
        public["kid"] = json!(kid);
        public["use"] = json!("sig");
        Ok(ToolKey { kid, pem: pem.to_owned(), signing, public })
    }

    /// Its name: its thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// For keeping. A secret.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The half that everybody may know.
    pub fn public(&self) -> &Value {
        &self.public
    }

    /// Signs claims by RS256.
    ///
    /// # Errors
    ///
    /// Signing failed, which is a bug.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, KeyError> {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::RS256) };
        encode(&header, claims, &self.signing).map_err(|error| KeyError(error.to_string()))
    }
}

/// What platforms read (`/lti/jwks`): the public halves of all keys that may be in use.
pub fn key_set<'a>(keys: impl IntoIterator<Item = &'a ToolKey>) -> Value {
    json!({ "keys": keys.into_iter().map(|key| key.public().clone()).collect::<Vec<_>>() })
}
