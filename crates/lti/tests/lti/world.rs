//! A platform of the tests: its registration, its keys, what it signs.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use lti::keys::{KeySet, ToolKey};
use lti::platform::Platform;
use serde_json::{Value, json};

pub(crate) const NOW: u64 = 1_700_000_000;
pub(crate) const NONCE: &str = "n-1";

pub(crate) fn platform() -> Platform {
    Platform {
        issuer: "https://sakai.example.edu".to_owned(),
        client_id: "abc".to_owned(),
        name: String::new(),
        deployments: vec!["1".to_owned()],
        login_url: "https://sakai.example.edu/imsoidc/lti13/oidc_auth".to_owned(),
        jwks_url: "https://sakai.example.edu/imsblis/lti13/keyset".to_owned(),
        token_url: "https://sakai.example.edu/imsblis/lti13/token/1".to_owned(),
        roles: Default::default(),
    }
}

pub(crate) fn key() -> ToolKey {
    ToolKey::from_pem(include_str!("../keys/platform.pem")).unwrap()
}

pub(crate) fn other_key() -> ToolKey {
    ToolKey::from_pem(include_str!("../keys/other.pem")).unwrap()
}

pub(crate) fn keys() -> KeySet {
    KeySet::read(lti::keys::key_set([&key()]).to_string().as_bytes()).unwrap()
}

/// What Sakai sends when a student opens a link.
pub(crate) fn claims() -> Value {
    json!({
        "iss": "https://sakai.example.edu",
        "aud": "abc",
        "sub": "student-7",
        "iat": NOW,
        "exp": NOW + 300,
        "nonce": NONCE,
        "name": "Ada Lovelace",
        lti::claims::MESSAGE_TYPE: "LtiResourceLinkRequest",
        lti::claims::VERSION: "1.3.0",
        lti::claims::DEPLOYMENT_ID: "1",
        lti::claims::TARGET_LINK_URI: "https://stage.example.edu/lti/launch",
        lti::claims::RESOURCE_LINK: { "id": "content:3", "title": "Lecture" },
        lti::claims::ROLES: ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
        lti::claims::CONTEXT: { "id": "site-1", "label": "BIO", "title": "Biology" },
    })
}

pub(crate) fn with(changes: Value) -> Value {
    let mut claims = claims();
    for (claim, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(claim)),
            value => claims[claim] = value.clone(),
        }
    }
    claims
}

pub(crate) fn sign_as(kid: &str, algorithm: Algorithm, key: &EncodingKey, claims: &Value) -> String {
    encode(&Header { kid: Some(kid.to_owned()), ..Header::new(algorithm) }, claims, key).unwrap()
}

pub(crate) fn sign(claims: &Value) -> String {
    key().sign(claims).unwrap()
}
