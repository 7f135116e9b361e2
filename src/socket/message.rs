//! Reading a page's frames.

use serde::Deserialize;
use signaling::ClientMessage;
use signaling::limits::MESSAGE_BYTES;

/// What a frame turned out to be.
#[derive(Debug, PartialEq)]
pub(super) enum Read {
    /// A message.
    Message(ClientMessage),
    /// A command with an id and something unknown in it: that command is refused, and the socket goes on. A newer page may well know
    /// commands that this server does not.
    BadCommand { id: u32, detail: String },
    /// Anything else: the socket is closed.
    Invalid { detail: String },
    /// Longer than [`MESSAGE_BYTES`].
    TooLong { bytes: usize },
}

/// Longest explanation sent back, in characters: it may quote the page's own words.
const DETAIL_CHARS: usize = 300;

/// As much of a command as is needed to refuse it.
#[derive(Deserialize)]
struct CommandId {
    #[serde(rename = "type")]
    kind: String,
    id: u32,
}

pub(super) fn read(text: &str) -> Read {
    if text.len() > MESSAGE_BYTES {
        return Read::TooLong { bytes: text.len() };
    }
    match serde_json::from_str(text) {
        Ok(message) => Read::Message(message),
        Err(error) => {
            let detail = shortened(error.to_string());
            match serde_json::from_str::<CommandId>(text) {
                Ok(command) if command.kind == "command" => Read::BadCommand { id: command.id, detail },
                _ => Read::Invalid { detail },
            }
        }
    }
}

fn shortened(detail: String) -> String {
    match detail.char_indices().nth(DETAIL_CHARS) {
        Some((end, _)) => format!("{}…", &detail[..end]),
        None => detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_is_read() {
        assert_eq!(read(r#"{"type":"ping"}"#), Read::Message(ClientMessage::Ping));
    }

    #[test]
    fn an_unknown_command_is_refused_by_its_id() {
        let commands = [
            r#"{"type":"command","id":7,"command":{"do":"dance"}}"#,
            r#"{"type":"command","id":7,"command":{"do":"cancel_request","request":1,"loudly":true}}"#,
            r#"{"type":"command","id":7,"command":{"do":"invite","participant":"12"}}"#,
            r#"{"type":"command","id":7}"#,
        ];
        for command in commands {
            assert!(matches!(read(command), Read::BadCommand { id: 7, .. }), "{command}");
        }
    }

    #[test]
    fn everything_else_closes_the_socket() {
        let frames = [
            "",
            "{",
            "null",
            "[]",
            r#"{"type":"shout"}"#,
            r#"{"type":"command","id":-1}"#,
            r#"{"type":"pong","id":7}"#,
        ];
        for frame in frames {
            assert!(matches!(read(frame), Read::Invalid { .. }), "{frame}");
        }
    }

    #[test]
    fn length_is_bounded_and_so_is_the_explanation() {
        assert_eq!(read(&" ".repeat(MESSAGE_BYTES + 1)), Read::TooLong { bytes: MESSAGE_BYTES + 1 });
        let frame = format!(r#"{{"type":"{}"}}"#, "ä".repeat(1000));
        let Read::Invalid { detail } = read(&frame) else { unreachable!("not a message") };
        assert_eq!(detail.chars().count(), DETAIL_CHARS + 1, "{detail}");
    }
}
