//! Join tokens: who somebody is, in which room, until when. JWT (RFC 7519), HS256.
//!
//! Signed with the first key of the configuration, or with one made from the API key where there is none, so that changing the one
//! ends the other. A token that names its key (`kid`) may have been minted by anybody who has that key (docs/tokens.md).

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use ring::hmac;
use room::Identity;
use serde::{Deserialize, Serialize};
use signaling::limits::NAME_CHARS;
use stage::Role;

use crate::bounds::{TOKEN_BYTES, USER_CHARS};
use crate::clock::Clock;
use crate::config::{Secret, TokenRules};

const ISSUER: &str = "proscenium";
/// Keeps this use of the API key apart from any other. A new number would end every token that is out.
const PURPOSE: &[u8] = b"proscenium join token 1";

/// Signs and reads join tokens.
pub(crate) struct Tokens {
    header: Header,
    signing: EncodingKey,
    /// By which tokens are read that name no key.
    derived: Option<DecodingKey>,
    named: HashMap<String, DecodingKey>,
    max_ttl: Duration,
    rules: Validation,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    /// The person.
    sub: String,
    room: String,
    name: String,
    role: Role,
    /// Whether a moderator has to let them in first, though the room is not locked. Most tokens say nothing of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    waits: bool,
    /// Seconds since 1970.
    iat: u64,
    /// Seconds since 1970.
    exp: u64,
}

/// Why a token lets nobody in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("not a join token of this server")]
    Invalid,
    #[error("the token is signed with a key that this server does not have")]
    UnknownKey,
    /// Said to those alone who have the key.
    #[error("the token's claims: {0}")]
    Claims(String),
    #[error("the token's time is over")]
    Expired,
    #[error("the token is for another room")]
    WrongRoom,
}

impl TokenError {
    /// As scripts read it.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            TokenError::Invalid | TokenError::UnknownKey | TokenError::Claims(_) => "token_invalid",
            TokenError::Expired => "token_expired",
            TokenError::WrongRoom => "token_wrong_room",
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    pub(crate) fn new(api_key: &Secret, configured: &TokenRules) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, api_key.reveal().as_bytes());
        let made = hmac::sign(&key, PURPOSE);
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_required_spec_claims(&["exp", "iss", "sub"]);
        // A token lasts for hours; whose clock is wrong by more than that has another trouble.
        rules.leeway = 0;
        let bytes = |key: &crate::config::TokenKey| key.secret.reveal().as_bytes().to_vec();
        let mut header = Header::new(Algorithm::HS256);
        header.kid = configured.keys.first().map(|first| first.id.clone());
        let signing = configured.keys.first().map_or_else(|| made.as_ref().to_vec(), bytes);
        let named = configured.keys.iter().map(|key| (key.id.clone(), DecodingKey::from_secret(&bytes(key))));
        Tokens {
            header,
            signing: EncodingKey::from_secret(&signing),
            derived: configured.derived.then(|| DecodingKey::from_secret(made.as_ref())),
            named: named.collect(),
            max_ttl: configured.max_ttl,
            rules,
        }
    }

    /// A token for one person in one room.
    ///
    /// # Errors
    ///
    /// Signing failed, which is a bug.
    pub(crate) fn mint(
        &self,
        room: &str,
        identity: &Identity,
        ttl: Duration,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let now = Clock::unix_seconds();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: identity.user.clone(),
            room: room.to_owned(),
            name: identity.name.clone(),
            role: identity.role,
            waits: identity.waits,
            iat: now,
            exp: now.saturating_add(ttl.as_secs()),
        };
        encode(&self.header, &claims, &self.signing)
    }

    /// Whose token it is, when it is good for this room now.
    ///
    /// # Errors
    ///
    /// Why it is not.
    pub(crate) fn read(&self, token: &str, room: &str) -> Result<Identity, TokenError> {
        if token.len() > TOKEN_BYTES {
            return Err(TokenError::Invalid);
        }
        let header = decode_header(token).map_err(|_| TokenError::Invalid)?;
        let key = match &header.kid {
            Some(kid) => self.named.get(kid).ok_or(TokenError::UnknownKey)?,
            None => self.derived.as_ref().ok_or(TokenError::UnknownKey)?,
        };
        let claims = match decode::<Claims>(token, key, &self.rules) {
            Ok(read) => read.claims,
            Err(error) => return Err(unread(error.kind())),
        };
        if claims.room != room {
            return Err(TokenError::WrongRoom);
        }
        // This server's own tokens were looked at when they were asked for.
        if header.kid.is_some() {
            self.check(&claims)?;
        }
        let Claims { sub: user, name, role, waits, .. } = claims;
        Ok(Identity { user, name: name.trim().to_owned(), role, waits })
    }

    /// What others mint is held to what a script may ask for.
    fn check(&self, claims: &Claims) -> Result<(), TokenError> {
        let is_text = |text: &str, most: usize| {
            !text.trim().is_empty() && text.chars().count() <= most && !text.contains(char::is_control)
        };
        if !is_text(&claims.sub, USER_CHARS) {
            return Err(TokenError::Claims("sub is not a text of 1 to 200 characters".to_owned()));
        }
        if !is_text(&claims.name, NAME_CHARS) {
            return Err(TokenError::Claims("name is not a text of 1 to 100 characters".to_owned()));
        }
        // Counted from now, since `iat` is whatever the one who mints it says.
        if claims.exp > Clock::unix_seconds().saturating_add(self.max_ttl.as_secs()) {
            return Err(TokenError::Claims("exp is further away than tokens.max_ttl_seconds".to_owned()));
        }
        Ok(())
    }
}

/// A signature is looked at before anything in the token, so that these say nothing to whoever made one up.
fn unread(error: &ErrorKind) -> TokenError {
    match error {
        ErrorKind::ExpiredSignature => TokenError::Expired,
        ErrorKind::InvalidIssuer => TokenError::Claims(format!("iss is not {ISSUER}")),
        ErrorKind::MissingRequiredClaim(claim) => TokenError::Claims(format!("missing {claim}")),
        ErrorKind::Json(error) => TokenError::Claims(error.to_string()),
        _ => TokenError::Invalid,
    }
}

#[cfg(test)]
mod tests;
