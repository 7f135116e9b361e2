//! Whether a request comes from the server's own page.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Uri};

/// Whether the `Origin` is this server: the host of the request, or of the public address. Browsers always send one with a WebSocket;
/// what sends none is no browser, and carries nobody's cookies or trust.
pub(crate) fn same_origin(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let Some(origin) = origin.to_str().ok().and_then(authority) else { return false };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let own = |host: &str| host.eq_ignore_ascii_case(&origin);
    host.is_some_and(own) || public_url.and_then(authority).as_deref().is_some_and(own)
}

fn authority(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    // An opaque origin is the word `null`, which reads as a bare host.
    uri.scheme()?;
    uri.authority().map(|authority| authority.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_the_own_page_and_no_browser_at_all_are_let_in() {
        let public = Some("https://stage.example.edu");
        let cases = [
            ("127.0.0.1:8080", None, None, true),
            ("127.0.0.1:8080", Some("http://127.0.0.1:8080"), None, true),
            ("Stage.example.edu", Some("https://stage.example.edu"), None, true),
            ("127.0.0.1:8080", Some("http://127.0.0.1:8081"), None, false),
            ("127.0.0.1:8080", Some("https://evil.example"), None, false),
            ("127.0.0.1:8080", Some("null"), None, false),
            ("inside:8080", Some("https://stage.example.edu"), public, true),
            ("inside:8080", Some("https://evil.example"), public, false),
        ];
        for (host, origin, public, allowed) in cases {
            assert_eq!(same_origin(&headers(host, origin), public), allowed, "{host} {origin:?}");
        }
    }
}
