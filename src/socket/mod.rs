//! The WebSocket of a page: `hello` with a join token first, then commands one way and the room's frames the other.
//!
//! A socket that breaks a rule is told so and closed; nobody else notices.

mod frame;
mod header;
mod hello;
mod message;
mod origin;
mod rate;
mod session;
mod stream;
mod writer;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, Request, State};
use axum::response::Response;
use hyper::upgrade::{self, OnUpgrade};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tungstenite::handshake::server::create_response_with_body;

use crate::app::App;
use crate::http::{ApiError, Place};

pub(crate) use origin::same_origin;
pub(crate) use rate::Bucket;

/// `GET /api/v1/rooms/{room}/socket`. Whether the room is there and the token good is told over the socket, where the page can read it:
/// a browser hides the status of a refused upgrade from scripts.
pub(crate) async fn upgrade(
    State(app): State<Arc<App>>,
    Path(room): Path<String>,
    Extension(place): Extension<Place>,
    mut request: Request,
) -> Result<Response, ApiError> {
    let response = create_response_with_body(&request, Body::empty)
        .map_err(|error| ApiError::upgrade_required(error.to_string()))?;
    if !same_origin(request.headers(), app.config.public_url.as_deref()) {
        return Err(ApiError::origin_forbidden());
    }
    tokio::spawn(serve(app, room, upgrade::on(&mut request), place));
    Ok(response)
}

/// Takes the connection out of HTTP's hands, whose buffers end with it.
async fn serve(app: Arc<App>, room: String, upgraded: OnUpgrade, place: Place) {
    // Fails when the page is gone before it was answered.
    let Ok(upgraded) = upgraded.await else { return };
    match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => session::run(app, room, parts.io.into_inner(), parts.read_buf, place).await,
        Err(_) => tracing::error!("bug: HTTP is served over something else than TCP"),
    }
}
