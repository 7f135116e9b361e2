//! docs/protocol.md tells the truth: each of its examples is a message, and every word of the protocol stands in it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests, the functions they share included")]

use std::collections::BTreeSet;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use signaling::{ClientMessage, ServerMessage, limits};

const PAGE: &str = include_str!("../../../docs/protocol.md");
const TYPES: &str = include_str!("../../../web/src/signal/generated/messages.ts");

/// The lines of the fenced blocks that begin like this.
fn examples(fence: &str) -> Vec<&'static str> {
    let blocks = PAGE.split("```").skip(1).step_by(2);
    blocks.filter_map(|block| block.strip_prefix(fence)).flat_map(|block| block.trim().lines()).collect()
}

/// Reads each as a message, and finds nothing lost when it is written again.
fn round_trip<T: Serialize + DeserializeOwned + Debug + PartialEq>(lines: &[&str]) {
    for line in lines {
        let message: T = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let written = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<T>(&written).unwrap(), message);
        let (read, written): (Value, Value) =
            (serde_json::from_str(line).unwrap(), serde_json::from_str(&written).unwrap());
        assert_eq!(read, written);
    }
}

#[test]
fn the_examples_are_messages() {
    let (page, server) = (examples("json page"), examples("json server"));
    assert!(page.len() >= 7 && server.len() >= 15, "{} and {}", page.len(), server.len());
    round_trip::<ClientMessage>(&page);
    round_trip::<ServerMessage>(&server);
}

/// Every tag and every plain word of the generated types: `"…"` in them.
fn words() -> BTreeSet<&'static str> {
    let quoted = TYPES.lines().filter(|line| !line.trim_start().starts_with(['*', '/']));
    let quoted = quoted.flat_map(|line| line.split('"').skip(1).step_by(2));
    quoted.filter(|word| !["type", "do", "code", "what"].contains(word)).collect()
}

#[test]
fn every_word_is_told() {
    let words = words();
    assert!(words.contains("join_stage") && words.contains("room_full"), "{words:?}");
    let missing: Vec<_> = words
        .into_iter()
        .filter(|word| !PAGE.contains(&format!("`{word}`")) && !PAGE.contains(&format!("\"{word}\"")))
        .collect();
    assert!(missing.is_empty(), "docs/protocol.md does not tell of {missing:?}");
}

#[test]
fn the_limits_told_are_the_limits_there_are() {
    for told in [
        format!("{} KiB", limits::MESSAGE_BYTES / 1024),
        format!("{} a second, {} at once", limits::MESSAGES_PER_SECOND, limits::MESSAGE_BURST),
        format!("within {} s", limits::HELLO_MS / 1000),
        format!("| silence | {} s |", limits::SILENCE_MS / 1000),
        format!("| {} | closed; it comes back", limits::OUTGOING_QUEUE),
        format!("slots of one kind | {} |", limits::SLOTS_PER_KIND),
        format!("people in a room | {} |", limits::ROOM_PARTICIPANTS),
        format!("seats on a stage | {} |", limits::STAGE_CAPACITY),
        format!("the protocol's, now {}.", signaling::VERSION),
        format!("every {} s while the device dialog", limits::KEEP_INVITATION_MS / 1000),
    ] {
        assert!(PAGE.contains(&told), "docs/protocol.md should say: {told}");
    }
}

#[test]
fn what_is_not_of_the_protocol_is_no_message() {
    for line in [
        r#"{"type":"shout"}"#,
        r#"{"type":"hello","version":1}"#,
        r#"{"type":"hello","version":-1,"token":"t"}"#,
        r#"{"type":"hello","version":1,"token":"t","admin":true}"#,
        r#"{"type":"command","id":1,"command":{"do":"dance"}}"#,
        r#"{"type":"command","id":1,"command":{"do":"invite","participant":12}}"#,
        r#"{"type":"command","id":1,"command":{"do":"invite","participant":"12"}}"#,
        r#"{"type":"command","id":1,"command":{"do":"set_source","source":"mic","on":true,"whose":"p1"}}"#,
        "[]",
    ] {
        assert!(serde_json::from_str::<ClientMessage>(line).is_err(), "{line}");
    }
}
