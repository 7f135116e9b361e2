//! What holds for every answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::ApiError;
use crate::app::App;
use crate::bounds::CALL_WITHIN;
use crate::metrics::Bound;

/// Sent with everything. The page loads nothing from anywhere else, runs no inline script and no text as one (its own WebAssembly, which
/// blurs backgrounds, it does), and may use camera, microphone and screen; nobody frames it and no address of it, which may hold a token,
/// is told to other sites.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; connect-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
         style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), autoplay=(self), \
         fullscreen=(self), screen-wake-lock=(self), geolocation=(), usb=(), payment=()",
    ),
];

pub(super) async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    // Answers are of this moment, unless whoever wrote one says otherwise.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Bounds the time of a call, its body included. A socket's upgrade is answered at once and lives on by itself.
pub(super) async fn within_time(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match timeout(CALL_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            app.counts.hit(Bound::CallTime);
            ApiError::timed_out().into_response()
        }
    }
}

/// Errors are JSON even where a library wrote them: a path that cannot be decoded, a method that is not there.
pub(super) async fn json_errors(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|content_type| content_type.as_bytes().starts_with(b"application/json"));
    if is_json || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let mut replaced = ApiError::of_status(status).into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        replaced.headers_mut().insert(header::ALLOW, allow.clone());
    }
    replaced
}
