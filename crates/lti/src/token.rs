//! Access tokens for a platform's services (Security Framework 1.0, section 4.1: OAuth 2 client credentials with a signed assertion,
//! RFC 7523).

use serde::Deserialize;
use serde_json::json;

use crate::keys::{KeyError, ToolKey};
use crate::platform::Platform;

/// For how long an assertion may be on its way, in seconds.
const ASSERTION_TTL: u64 = 300;
/// A token is not used in its last seconds.
const MARGIN: u64 = 30;

/// What a platform gives.
#[derive(Clone, Debug, Deserialize)]
pub struct AccessToken {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// In seconds. Sakai leaves it out at times.
    #[serde(default = "an_hour")]
    pub expires_in: u64,
}

const fn an_hour() -> u64 {
    3600
}

impl AccessToken {
    /// Until when it is used, in seconds since 1970.
    pub fn good_until(&self, now: u64) -> u64 {
        now.saturating_add(self.expires_in.saturating_sub(MARGIN))
    }
}

/// The form to be posted to the platform's token address. `id` must never have been used before.
///
/// # Errors
///
/// Signing failed, which is a bug.
pub fn request(
    key: &ToolKey,
    platform: &Platform,
    scopes: &[&str],
    id: &str,
    now: u64,
) -> Result<[(&'static str, String); 4], KeyError> {
    let assertion = key.sign(&json!({
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.token_url,
        "iat": now,
        "exp": now + ASSERTION_TTL,
        "jti": id,
    }))?;
    Ok([
        ("grant_type", "client_credentials".to_owned()),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned()),
        ("client_assertion", assertion),
        ("scope", scopes.join(" ")),
    ])
}
