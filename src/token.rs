//! Join tokens: who somebody is, in which room, until when. JWT, signed with a key made from the API key, so that changing the one
//! ends the other.

use std::fmt;
use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use ring::hmac;
use room::Identity;
use serde::{Deserialize, Serialize};
use stage::Role;

use crate::bounds::TOKEN_BYTES;
use crate::clock::Clock;
use crate::config::Secret;

const ISSUER: &str = "proscenium";
/// Keeps this use of the API key apart from any other. A new number would end every token that is out.
const PURPOSE: &[u8] = b"proscenium join token 1";

/// Signs and reads join tokens.
pub(crate) struct Tokens {
    signing: EncodingKey,
    reading: DecodingKey,
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
    /// Seconds since 1970.
    iat: u64,
    /// Seconds since 1970.
    exp: u64,
}

/// Why a token lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("not a join token of this server")]
    Invalid,
    #[error("the token's time is over")]
    Expired,
    #[error("the token is for another room")]
    WrongRoom,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    pub(crate) fn new(api_key: &Secret) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, api_key.reveal().as_bytes());
        let secret = hmac::sign(&key, PURPOSE);
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_required_spec_claims(&["exp", "iss", "sub"]);
        // The same machine signs and reads: no two clocks to forgive.
        rules.leeway = 0;
        Tokens {
            signing: EncodingKey::from_secret(secret.as_ref()),
            reading: DecodingKey::from_secret(secret.as_ref()),
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
            iat: now,
            exp: now.saturating_add(ttl.as_secs()),
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
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
        let claims = match decode::<Claims>(token, &self.reading, &self.rules) {
            Ok(read) => read.claims,
            Err(error) if matches!(error.kind(), ErrorKind::ExpiredSignature) => {
                return Err(TokenError::Expired);
            }
            Err(_) => return Err(TokenError::Invalid),
        };
        if claims.room != room {
            return Err(TokenError::WrongRoom);
        }
        Ok(Identity { user: claims.sub, name: claims.name, role: claims.role })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Flags};

    fn tokens(key: &str) -> Tokens {
        let variables = [("PROSCENIUM_API_KEY".to_owned(), key.to_owned())];
        Tokens::new(&Config::resolve(&Flags::default(), variables).unwrap().api_key)
    }

    fn ann() -> Identity {
        Identity { user: "u1".to_owned(), name: "Ann".to_owned(), role: Role::Viewer }
    }

    #[test]
    fn says_who_was_named() {
        let tokens = tokens("key");
        let token = tokens.mint("a", &ann(), Duration::from_secs(60)).unwrap();
        assert_eq!(tokens.read(&token, "a"), Ok(ann()));
    }

    #[test]
    fn another_room_is_told_from_a_forgery() {
        let token = tokens("key").mint("a", &ann(), Duration::from_secs(60)).unwrap();
        assert_eq!(tokens("key").read(&token, "b"), Err(TokenError::WrongRoom));
        assert_eq!(tokens("other").read(&token, "a"), Err(TokenError::Invalid));
    }

    #[test]
    fn time_over_is_told() {
        let tokens = tokens("key");
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: "u1".to_owned(),
            room: "a".to_owned(),
            name: "Ann".to_owned(),
            role: Role::Viewer,
            iat: 1,
            exp: 2,
        };
        let token = encode(&Header::new(Algorithm::HS256), &claims, &tokens.signing).unwrap();
        assert_eq!(tokens.read(&token, "a"), Err(TokenError::Expired));
    }

    #[test]
    fn a_changed_claim_or_none_at_all_is_a_forgery() {
        let tokens = tokens("key");
        let token = tokens.mint("a", &ann(), Duration::from_secs(60)).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        // {"alg":"none","typ":"JWT"}
        let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", parts[1]);
        let other =
            tokens.mint("a", &Identity { role: Role::Host, ..ann() }, Duration::from_secs(60)).unwrap();
        let promoted = format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2]);
        for forged in [unsigned, promoted, String::new(), "x".repeat(TOKEN_BYTES + 1), parts[1].to_owned()] {
            assert_eq!(tokens.read(&forged, "a"), Err(TokenError::Invalid), "{forged}");
        }
    }
}
