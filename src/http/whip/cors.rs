//! Pages of other sites may publish and watch: what lets somebody in is a token in a header, which no browser adds by itself.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::SDP;
use super::session::FRAGMENT;

/// What there is at an endpoint or a session.
const CORS_METHODS: &str = "GET, POST, PATCH, DELETE, OPTIONS";

const ACCEPT_POST: HeaderName = HeaderName::from_static("accept-post");
const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");

/// How long a browser may go by what it was told, in seconds.
const MAX_AGE: &str = "86400";

/// Answers `OPTIONS`, which carry no token (RFC 9725, section 4.2), and lets scripts of other sites read every answer.
pub(in super::super) async fn cors(request: Request, next: Next) -> Response {
    let asks = request.method() == Method::OPTIONS;
    let mut response = if asks { StatusCode::OK.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, "Location, ETag, Link, WWW-Authenticate");
    if asks {
        set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, CORS_METHODS);
        set(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type, If-Match");
        set(headers, header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        set(headers, ACCEPT_POST, SDP);
        set(headers, ACCEPT_PATCH, FRAGMENT);
    }
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
