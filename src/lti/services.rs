//! Access to a platform's services: a token, kept while it is good.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ::lti::platform::Platform;
use ::lti::token::{self, AccessToken};

use super::Lti;
use super::outbound::OutboundError;
use crate::clock::Clock;
use crate::random;

/// Access to a platform's services as it was last given.
#[derive(Debug, Default)]
pub(super) struct Tokens(Mutex<HashMap<For, Given>>);

/// Issuer, client id, and what the token is for.
type For = (String, String, String);
/// A token, and until when it is good, in seconds since 1970.
type Given = (String, u64);

/// Why a service could not be used, in words for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ServiceError {
    #[error("{url} {error}")]
    Call { url: String, error: OutboundError },
    #[error("the answer of {url} makes no sense: {detail}")]
    Answer { url: String, detail: String },
    #[error("the platform {issuer:?} is not registered any more")]
    NotRegistered { issuer: String },
    #[error("the server made a mistake; its log says more")]
    Internal,
}

impl ServiceError {
    /// For moderators, who are to know that it failed, and nothing of what the platform's servers answered.
    pub(crate) fn brief(&self) -> String {
        match self {
            ServiceError::Call { error: OutboundError::Status { status, .. }, .. } => {
                format!("status {status}")
            }
            ServiceError::Call { error: OutboundError::TimedOut, .. } => "no answer in time".to_owned(),
            ServiceError::Call { .. } => "not to be reached".to_owned(),
            ServiceError::NotRegistered { .. } => "not registered any more".to_owned(),
            ServiceError::Answer { .. } | ServiceError::Internal => {
                "an answer that makes no sense".to_owned()
            }
        }
    }
}

impl Lti {
    /// A token for these scopes, got anew where there is none.
    pub(crate) async fn token(&self, platform: &Platform, scopes: &[&str]) -> Result<String, ServiceError> {
        let now = Clock::unix_seconds();
        let key = (platform.issuer.clone(), platform.client_id.clone(), scopes.join(" "));
        if let Some((token, until)) = self.tokens.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key)
            && now < *until
        {
            return Ok(token.clone());
        }
        let ours = self.key().map_err(|_| ServiceError::Internal)?;
        let form = token::request(ours, platform, scopes, &random::key(), now)
            .map_err(|_| ServiceError::Internal)?;
        let url = platform.token_url.clone();
        let answer = self.outbound.post_form(&url, &form).await;
        let answer = answer.map_err(|error| ServiceError::Call { url: url.clone(), error })?;
        let token: AccessToken = serde_json::from_slice(&answer.body)
            .map_err(|error| ServiceError::Answer { url, detail: error.to_string() })?;
        let until = token.good_until(now);
        let mut tokens = self.tokens.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(key, (token.access_token.clone(), until));
        Ok(token.access_token)
    }

    /// A token that a service did not take is not offered again.
    pub(super) fn forget_tokens(&self, platform: &Platform) {
        let mut tokens = self.tokens.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|(issuer, client_id, _), _| {
            *issuer != platform.issuer || *client_id != platform.client_id
        });
    }
}
