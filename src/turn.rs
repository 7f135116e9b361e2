//! TURN servers, opened to people in a room by short-lived credentials.
//!
//! The scheme is the one that coturn calls its REST API (draft-uberti-behave-turn-rest-00): the user name says until when, the password is made of
//! it with a secret that the TURN server shares. Nothing is asked of the TURN server, and nothing has to be taken back: what was given out ends by
//! itself.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use signaling::{IceServer, ParticipantId};
use std::time::Duration;

use crate::config;

/// The TURN servers of the configuration, and the key to them.
pub(crate) struct Turn {
    urls: Vec<String>,
    key: hmac::Key,
    ttl: Duration,
}

impl Turn {
    pub(crate) fn new(config: &config::Turn) -> Self {
        // The scheme is older than SHA-2 in TURN servers, and HMAC does not need of it what SHA-1 has lost.
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, config.secret.reveal().as_bytes());
        Turn { urls: config.urls.clone(), key, ttl: config.ttl }
    }

    /// All of them, for somebody in a room, from `now` on, in seconds since 1970. The name tells people apart, for the TURN server's quotas, and says
    /// no more about them than their number.
    pub(crate) fn server(&self, room: &str, who: ParticipantId, now: u64) -> IceServer {
        let username = format!("{}:{room}-{who}", now + self.ttl.as_secs());
        let credential = BASE64_STANDARD.encode(hmac::sign(&self.key, username.as_bytes()));
        IceServer { urls: self.urls.clone(), username, credential }
    }

    /// Half their time: a page has them good for as long again at any moment.
    pub(crate) fn renew_after(&self) -> Duration {
        self.ttl / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_what_a_turn_server_with_the_secret_makes_of_the_name() {
        let config = config::Turn {
            urls: vec!["turn:turn.example.edu".to_owned()],
            secret: config::Secret::for_test("north"),
            ttl: Duration::from_secs(600),
        };
        let given = Turn::new(&config).server("demo", ParticipantId(2), 1_700_000_000);
        assert_eq!(given.urls, config.urls);
        assert_eq!(given.username, "1700000600:demo-p2");
        // printf '1700000600:demo-p2' | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(given.credential, "VorjlQiWfssA/dVZUFWOd7h9WhU=");
    }
}
