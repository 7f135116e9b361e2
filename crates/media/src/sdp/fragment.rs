//! `application/trickle-ice-sdpfrag` (RFC 8840, section 9), with which WHIP and WHEP clients tell of candidates and restart ICE.
//!
//! The server is ICE-lite: it learns a peer's addresses from the peer's checks, so that candidates are counted and not read.

use std::fmt::{self, Write};
use std::net::SocketAddr;

use super::error::FormError;
use super::session::{IceCredentials, Session};
use super::{limits, transport, write};
use crate::{Kind, Mid};

/// What a client's fragment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The client's credentials, where it names them: those it has, or new ones.
    pub ice: Option<IceCredentials>,
    /// Candidates in it.
    pub candidates: usize,
}

impl Fragment {
    /// Reads one.
    ///
    /// # Errors
    /// It is no fragment, too long, or its credentials are malformed.
    pub fn read(text: &str) -> Result<Fragment, FormError> {
        limits::check(text)?;
        let (mut ufrag, mut pwd, mut candidates) = (None, None, 0);
        for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            let Some((kind, value)) = line.split_once('=').filter(|(kind, _)| kind.len() == 1) else {
                let start: String = line.chars().take(SHOWN).collect();
                return Err(FormError::Unreadable { detail: format!("no SDP line: {start:?}") });
            };
            match (kind, value.split_once(':')) {
                ("a", Some(("ice-ufrag", value))) => ufrag = ufrag.or(Some(value)),
                ("a", Some(("ice-pwd", value))) => pwd = pwd.or(Some(value)),
                ("a", Some(("candidate", _))) => candidates += 1,
                _ => {}
            }
        }
        let ice = match (ufrag, pwd) {
            (None, None) => None,
            _ => Some(transport::credentials(ufrag, pwd)?),
        };
        Ok(Fragment { ice, candidates })
    }
}

/// Characters told back of a line that is none.
const SHOWN: usize = 20;

/// The server's side after an ICE restart: its new credentials, and the addresses it has had all along.
pub fn restarted(session: &Session, candidates: &[SocketAddr]) -> String {
    let mut out = String::new();
    // Nothing but memory can fail a write to a string, and that aborts.
    let _ = write_restarted(&mut out, session, candidates);
    out
}

fn write_restarted(out: &mut String, session: &Session, candidates: &[SocketAddr]) -> fmt::Result {
    let ice = &session.local_ice;
    write!(out, "a=ice-lite\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\n", ice.ufrag, ice.pwd)?;
    // An m-line in use, so that whoever looks for the transport's finds it.
    let source = session.upstream.first().map(|track| (track.source.kind(), track.mid));
    if let Some((kind, mid)) = source.or_else(|| session.slots.first().map(|slot| (slot.kind, slot.mid))) {
        write_line(out, kind, mid)?;
    }
    write::write_candidates(out, candidates, true)
}

fn write_line(out: &mut String, kind: Kind, mid: Mid) -> fmt::Result {
    let media = match kind {
        Kind::Audio => "audio",
        Kind::Video => "video",
    };
    write!(out, "m={media} 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:{mid}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESTART: &str = "a=ice-options:trickle ice2\r\na=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n\
        a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n\
        a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host\r\na=end-of-candidates\r\n";

    #[test]
    fn credentials_and_candidates_are_found() {
        let fragment = Fragment::read(RESTART).unwrap();
        let ice = fragment.ice.unwrap();
        assert_eq!((ice.ufrag.as_str(), ice.pwd.as_str()), ("ysXw", "vw5LmwG4y/e6dPP/zAP9Gp5k"));
        assert_eq!(fragment.candidates, 1);
        assert_eq!(Fragment::read(&RESTART.replace("\r\n", "\n")).unwrap().candidates, 1);
        assert_eq!(Fragment::read("a=end-of-candidates\r\n"), Ok(Fragment { ice: None, candidates: 0 }));
    }

    #[test]
    fn what_is_none_is_refused() {
        let long = "a=candidate:1\r\n".repeat(limits::MAX_LINES);
        for text in ["hello", "{}", "a=ice-ufrag:abcd\r\n", "a=ice-ufrag:a b\r\na=ice-pwd:c\r\n", &long] {
            assert!(Fragment::read(text).is_err(), "{}", &text[..text.len().min(40)]);
        }
    }
}
