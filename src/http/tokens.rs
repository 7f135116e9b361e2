//! Join tokens for scripts.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use room::Identity;
use serde::Deserialize;
use serde_json::{Value, json};
use signaling::Role;
use signaling::limits::NAME_CHARS;

use super::ApiError;
use super::body::Body;
use super::{links, rooms};
use crate::app::App;
use crate::bounds::USER_CHARS;
use crate::random;

/// Whom a token is for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenBody {
    name: String,
    role: Role,
    user: Option<String>,
    ttl_seconds: Option<u64>,
}

pub(super) async fn mint(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<TokenBody>,
) -> Result<Json<Value>, ApiError> {
    rooms::find(&app, &id)?;
    rooms::check_text("name", &body.name, NAME_CHARS)?;
    if let Some(user) = &body.user {
        rooms::check_text("user", user, USER_CHARS)?;
    }
    let ttl = ttl(&app, body.ttl_seconds)?;
    // Without a name for the person behind it, each token is a person of its own.
    let user = body.user.unwrap_or_else(random::key);
    let identity = Identity { user, name: body.name.trim().to_owned(), role: body.role, waits: false };
    let token = sign(&app, &id, &identity, ttl)?;
    let url = links::join(&links::base(&app, &headers), &id, &token);
    Ok(Json(json!({ "token": token, "url": url })))
}

pub(super) fn sign(app: &App, room: &str, identity: &Identity, ttl: Duration) -> Result<String, ApiError> {
    app.tokens.mint(room, identity, ttl).map_err(|error| {
        tracing::error!(%error, "bug: a token could not be signed");
        ApiError::internal()
    })
}

fn ttl(app: &App, seconds: Option<u64>) -> Result<Duration, ApiError> {
    let most = app.config.tokens.max_ttl;
    match seconds.map(Duration::from_secs) {
        None => Ok(app.config.tokens.ttl),
        Some(ttl) if !ttl.is_zero() && ttl <= most => Ok(ttl),
        Some(_) => Err(ApiError::invalid_field(
            "ttl_seconds",
            format!("a whole number from 1 to {}", most.as_secs()),
        )),
    }
}
