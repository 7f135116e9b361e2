//! STUN and TURN servers for a client of WHIP or WHEP (RFC 9725, section 4.6), each a `Link` header.

use axum::http::HeaderValue;

use crate::app::App;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IceServer {
    /// `stun:…`, `turn:…` or `turns:…`.
    pub(super) url: String,
    /// For TURN: user name and password.
    pub(super) credential: Option<(String, String)>,
}

impl IceServer {
    /// Its header; `None` where it could not stand in one.
    pub(super) fn link(&self) -> Option<HeaderValue> {
        let mut link = format!("<{}>; rel=\"ice-server\"", self.url);
        if let Some((username, credential)) = &self.credential {
            let (username, credential) = (quoted(username), quoted(credential));
            link += &format!("; username={username}; credential={credential}; credential-type=\"password\"");
        }
        HeaderValue::from_str(&link).ok()
    }
}

/// RFC 9110, section 5.6.4.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Those a client is told of.
pub(super) fn ice_servers(_app: &App) -> Vec<IceServer> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_what_a_client_needs() {
        let stun = IceServer { url: "stun:stun.example.net".into(), credential: None };
        assert_eq!(stun.link().unwrap(), "<stun:stun.example.net>; rel=\"ice-server\"");
        let credential = Some(("user".into(), "a\"b".into()));
        let turn = IceServer { url: "turn:turn.example.net?transport=udp".into(), credential };
        assert_eq!(
            turn.link().unwrap(),
            "<turn:turn.example.net?transport=udp>; rel=\"ice-server\"; username=\"user\"; credential=\"a\\\"b\"; \
             credential-type=\"password\""
        );
        let cut = IceServer { url: "stun:a\r\nx: y".into(), credential: None };
        assert_eq!(cut.link(), None, "no header of its own");
    }
}
