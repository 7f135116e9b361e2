//! What holds for every answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::ApiError;
use super::lti::FormTarget;
use crate::app::App;
use crate::bounds::CALL_WITHIN;
use crate::metrics::Bound;

/// Sent with everything. The page loads nothing from anywhere else, runs no inline script and no text as one (its own WebAssembly, which
/// blurs backgrounds, it does), and may use camera, microphone and screen; no address of it, which may hold a token, is told to other sites.
/// Frames it only who is registered as a learning platform, and its forms go to one only where the person chose something for it.
const POLICY: &str = "default-src 'self'; connect-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
     style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'";
const HEADERS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), autoplay=(self), \
         fullscreen=(self), screen-wake-lock=(self), geolocation=(), usb=(), payment=()",
    ),
];

/// Marks an answer whose words, error or not, are a page of this server's own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnWords;

pub(super) async fn security_headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let frames = Frames::of(request.uri().path());
    let mut response = next.run(request).await;
    let policy = policy(&frames.ancestors(&app), response.extensions().get::<FormTarget>());
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    // Answers are of this moment, unless whoever wrote one says otherwise.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Who may show a page in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frames {
    /// Rooms: the registered platforms.
    Platforms,
    /// The steps of a launch: anybody, for whose page it is shows with the signed message only, and refusals are to be read too. There is
    /// nothing in them that a click could be stolen for.
    Anybody,
    /// Everything else: this server's own pages.
    Own,
}

impl Frames {
    fn of(path: &str) -> Self {
        match path {
            path if path.starts_with("/r/") => Frames::Platforms,
            path if path.starts_with("/lti/") => Frames::Anybody,
            _ => Frames::Own,
        }
    }

    fn ancestors(self, app: &App) -> String {
        match self {
            Frames::Anybody => String::new(),
            Frames::Own => "; frame-ancestors 'self'".to_owned(),
            Frames::Platforms => {
                let origins = app.lti.frame_origins();
                let origins = origins.iter().map(String::as_str);
                let all: Vec<&str> = std::iter::once("; frame-ancestors 'self'").chain(origins).collect();
                all.join(" ")
            }
        }
    }
}

fn policy(frames: &str, form: Option<&FormTarget>) -> HeaderValue {
    let mut policy = format!("{POLICY}; form-action 'self'");
    if let Some(FormTarget(origin)) = form {
        policy.push(' ');
        policy.push_str(origin);
    }
    policy.push_str(frames);
    // Origins as they are serialized are always header values.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
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
    let ours = is_json || response.extensions().get::<OwnWords>().is_some();
    if ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let mut replaced = ApiError::of_status(status).into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        replaced.headers_mut().insert(header::ALLOW, allow.clone());
    }
    replaced
}
