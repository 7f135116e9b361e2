//! Liveness, readiness, metrics.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::ApiError;
use crate::app::App;
use crate::metrics;

/// The process answers.
pub(super) async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// New people may be sent here.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Value>, ApiError> {
    if app.is_draining() {
        return Err(ApiError::draining());
    }
    if !app.media.is_running() {
        let message = "a media thread has stopped";
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "media_down", message));
    }
    Ok(Json(json!({ "status": "ready" })))
}

/// For Prometheus.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], app.last_report.get(&app).await)
}
