//! The API key of scripts, and what a moderator's join token is good for in its place.

use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use ring::hmac;
use room::Identity;
use signaling::{Refusal, Role};

use super::ApiError;
use crate::app::App;
use crate::config::Secret;
use crate::random;
use crate::rooms::RoomRef;

/// Compares keys without telling by the time it takes how much of one was right: both are hashed with a key nobody knows first.
pub(crate) struct ApiKeyCheck {
    key: hmac::Key,
    expected: hmac::Tag,
}

impl fmt::Debug for ApiKeyCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeyCheck(…)")
    }
}

impl ApiKeyCheck {
    pub(crate) fn new(api_key: &Secret) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, random::key().as_bytes());
        let expected = hmac::sign(&key, api_key.reveal().as_bytes());
        ApiKeyCheck { key, expected }
    }

    pub(super) fn accepts(&self, shown: &str) -> bool {
        hmac::verify(&self.key, shown.as_bytes(), self.expected.as_ref()).is_ok()
    }
}

/// Lets a call pass that shows the API key.
pub(super) async fn require_api_key(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    match bearer(request.headers()) {
        Some(shown) if app.api_key.accepts(shown) => Ok(next.run(request).await),
        _ => Err(ApiError::unauthorized()),
    }
}

/// Who wants to read something of a room that is for scripts and moderators: `None` for a script, and whoever the join token says
/// otherwise. Whether they moderate is the room's to say.
pub(super) fn reader(app: &App, room: &str, headers: &HeaderMap) -> Result<Option<Identity>, ApiError> {
    let shown = bearer(headers).ok_or_else(ApiError::unauthorized)?;
    if app.api_key.accepts(shown) {
        return Ok(None);
    }
    app.tokens.read(shown, room).map(Some).map_err(|_| ApiError::unauthorized())
}

/// The room, for a script or for somebody who moderates it now, whatever their token said once; with how much they may.
pub(super) async fn moderated(app: &App, id: &str, headers: &HeaderMap) -> Result<(RoomRef, Role), ApiError> {
    let shown = bearer(headers).ok_or_else(ApiError::unauthorized)?;
    if app.api_key.accepts(shown) {
        return Ok((super::rooms::find(app, id)?, Role::Host));
    }
    let identity = app.tokens.read(shown, id).map_err(|_| ApiError::unauthorized())?;
    let room = super::rooms::find(app, id)?;
    let rank = app.rooms.role_of(&room, identity).await.ok_or_else(ApiError::timed_out)?;
    if rank < Role::Moderator {
        return Err(ApiError::refused(&Refusal::Forbidden));
    }
    Ok((room, rank))
}

/// RFC 6750, section 2.1; the scheme's case does not matter (RFC 9110, section 11.1).
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, credentials) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credentials.trim())
}
