//! Addresses of this server, as people type them.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};

use crate::app::App;

/// Scheme and authority: the public address where one is set; else the one this request came to, for a server on one's own machine
/// has no other.
pub(super) fn base(app: &App, headers: &HeaderMap) -> String {
    if let Some(url) = &app.config.public_url {
        return url.clone();
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match host.and_then(|host| host.parse::<Authority>().ok()) {
        Some(host) => format!("http://{host}"),
        None => format!("http://{}", app.http),
    }
}

/// The page that joins with a token. The token stands behind the `#`, which browsers keep to themselves.
pub(super) fn join(base: &str, room: &str, token: &str) -> String {
    format!("{base}/r/{room}#token={token}")
}
