//! TURN servers for a client of WHIP or WHEP (RFC 9725, section 4.6), each address a `Link` header.

use axum::http::HeaderValue;
use signaling::IceServer;

/// The headers of one of them. What could not stand in a header is left out.
pub(super) fn links(server: &IceServer) -> impl Iterator<Item = HeaderValue> {
    let (username, credential) = (quoted(&server.username), quoted(&server.credential));
    server.urls.iter().filter_map(move |url| {
        HeaderValue::from_str(&format!(
            "<{url}>; rel=\"ice-server\"; username={username}; credential={credential}; credential-type=\"password\""
        ))
        .ok()
    })
}

/// RFC 9110, section 5.6.4.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_what_a_client_needs() {
        let server = IceServer {
            urls: ["turn:turn.example.net?transport=udp", "turn:a\r\nx: y"].map(str::to_owned).to_vec(),
            username: "user".into(),
            credential: "a\"b".into(),
        };
        let links: Vec<_> = links(&server).collect();
        assert_eq!(
            links,
            [
                "<turn:turn.example.net?transport=udp>; rel=\"ice-server\"; username=\"user\"; credential=\"a\\\"b\"; \
             credential-type=\"password\""
            ],
            "and no header of its own"
        );
    }
}
