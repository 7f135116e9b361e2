//! A tool that was added to a platform anew is another to it: the operator gives the rooms of the old one to the new one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use lti::platform::Tenant;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::ApiError;
use super::super::body::Body;
use super::setup::unknown;
use crate::app::App;

/// What is given, and to whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct HandOver {
    from: Tenant,
    to: Tenant,
}

/// `POST /api/v1/lti/hand-over`. The old tenant need not be registered any more.
pub(in crate::http) async fn hand_over(
    State(app): State<Arc<App>>,
    Body(HandOver { from, to }): Body<HandOver>,
) -> Result<Json<Value>, ApiError> {
    if from == to {
        return Err(ApiError::invalid_field("to", "another than from"));
    }
    let known = app.lti.platforms.get(&to.issuer, &to.client_id).ok_or_else(unknown)?;
    if !known.platform.takes(&to.deployment) {
        return Err(ApiError::invalid_field("to.deployment", "one that the registration takes"));
    }
    let (rooms, links) = app.lti.hand_over(&from, &to).await.map_err(|_| ApiError::not_kept())?;
    Ok(Json(json!({ "rooms": rooms, "links": links })))
}
