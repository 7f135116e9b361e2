//! The WebSocket of a page: `hello` with a join token first, then commands one way and the room's frames the other.
//!
//! A socket that breaks a rule is told so and closed; nobody else notices.

mod hello;
mod message;
mod origin;
mod rate;
mod session;
mod writer;

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Extension, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::app::App;
use crate::bounds::{FRAME_BYTES, READ_BUFFER_BYTES};
use crate::http::{ApiError, Place};

pub(crate) use origin::same_origin;

/// `GET /api/v1/rooms/{room}/socket`. Whether the room is there and the token good is told over the socket, where the page can read it:
/// a browser hides the status of a refused upgrade from scripts.
pub(crate) async fn upgrade(
    State(app): State<Arc<App>>,
    Path(room): Path<String>,
    Extension(place): Extension<Place>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|rejection| ApiError::upgrade_required(rejection.body_text()))?;
    if !same_origin(&headers, app.config.public_url.as_deref()) {
        return Err(ApiError::origin_forbidden());
    }
    let upgrade =
        upgrade.max_message_size(FRAME_BYTES).max_frame_size(FRAME_BYTES).read_buffer_size(READ_BUFFER_BYTES);
    Ok(upgrade.on_upgrade(move |socket| session::run(app, room, socket, place)))
}
