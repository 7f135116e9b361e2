//! What of a room goes to the gradebooks of its courses: for its moderators, and for scripts.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use lti::grades::Grading;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::body::Body;
use super::super::{ApiError, auth};
use crate::app::App;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct GradeBody {
    mode: String,
}

/// `GET /api/v1/rooms/{room}/grade`.
pub(in crate::http) async fn grade(
    State(app): State<Arc<App>>,
    Path(room): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::moderated(&app, &room, &headers).await?;
    Ok(Json(told(&app, &room).await))
}

/// `PUT /api/v1/rooms/{room}/grade`: `none`, `attendance` or `stage`.
pub(in crate::http) async fn set_grade(
    State(app): State<Arc<App>>,
    Path(room): Path<String>,
    headers: HeaderMap,
    Body(body): Body<GradeBody>,
) -> Result<Json<Value>, ApiError> {
    auth::moderated(&app, &room, &headers).await?;
    let grading = match body.mode.as_str() {
        "none" => None,
        word => Some(
            Grading::named(word)
                .ok_or_else(|| ApiError::invalid_field("mode", "none, attendance or stage"))?,
        ),
    };
    if !app.lti.set_grading(&room, grading).await {
        return Err(ApiError::not_kept());
    }
    Ok(Json(told(&app, &room).await))
}

pub(in crate::http) async fn told(app: &App, room: &str) -> Value {
    let mode = app.lti.grading(room).await.map_or("none", Grading::name);
    json!({ "mode": mode })
}
