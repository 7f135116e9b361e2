//! Join tokens that somebody else's software mints, and what becomes of them when keys change.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::process::Command;

use serde_json::json;
use signaling::{ErrorCode, Role, ServerMessage, VERSION};
use support::TestServer;
use tempfile::TempDir;

const OLD: &str = "an-old-key-of-32-characters-or-more";
const NEW: &str = "a-new-key-of-32-characters-or-more!";

fn keys(keys: &[(&str, &str)]) -> String {
    keys.iter()
        .map(|(id, secret)| format!("[[tokens.keys]]\nid = \"{id}\"\nsecret = \"{secret}\"\n"))
        .collect()
}

/// A token made by the example of docs/tokens.md, as it stands there.
fn by_the_example(key_id: &str, secret: &str, role: &str) -> String {
    let page = include_str!("../docs/tokens.md");
    let script = page.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let call = format!("{script}\nprint(token({key_id:?}, {secret:?}, \"a\", \"p1\", \"Ann\", {role:?}))");
    let output = Command::new("python3").args(["-c", &call]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn refused(server: &TestServer, token: &str) -> (ErrorCode, String) {
    let mut socket = server.socket("a").await;
    socket.send_text(&json!({ "type": "hello", "version": VERSION, "token": token }).to_string()).await;
    match socket.rest().await.pop() {
        Some(ServerMessage::Error { code, detail, .. }) => (code, detail),
        other => panic!("no error, but {other:?}"),
    }
}

#[tokio::test]
async fn the_example_of_the_documentation_comes_in() {
    let (server, _data) = TestServer::with(&keys(&[("k", OLD)])).await;
    server.room("a", json!({})).await;
    let page = server.join("a", &by_the_example("k", OLD, "moderator"), None).await;
    let [ann] = page.welcome.participants.as_slice() else { panic!("{:?}", page.welcome) };
    assert_eq!((ann.name.as_str(), ann.role), ("Ann", Role::Moderator));
    let (code, detail) = refused(&server, &by_the_example("other", OLD, "viewer")).await;
    assert_eq!(code, ErrorCode::TokenInvalid);
    assert!(detail.contains("does not have"), "{detail}");
    let (code, detail) = refused(&server, &by_the_example("k", OLD, "king")).await;
    assert_eq!(code, ErrorCode::TokenInvalid);
    assert!(detail.contains("king"), "{detail}");
    let (code, detail) = refused(&server, &by_the_example("k", NEW, "king")).await;
    assert_eq!(code, ErrorCode::TokenInvalid);
    assert!(!detail.contains("king"), "{detail}");
}

#[tokio::test]
async fn a_key_is_changed_over_restarts_and_nobody_comes_in_anew() {
    let data = TempDir::new().unwrap();
    let server = TestServer::on(data.path(), "").await;
    server.room("a", json!({})).await;
    let derived = server.token("a", "Ann", "viewer", json!({})).await;
    server.running.drain().await;

    let server = TestServer::on(data.path(), &keys(&[("old", OLD)])).await;
    let old = server.token("a", "Ann", "viewer", json!({})).await;
    server.join("a", &derived, None).await;
    server.running.drain().await;

    let server = TestServer::on(data.path(), &keys(&[("new", NEW), ("old", OLD)])).await;
    let new = server.token("a", "Ann", "viewer", json!({})).await;
    for token in [&derived, &old, &new, &by_the_example("old", OLD, "viewer")] {
        server.join("a", token, None).await;
    }
    server.running.drain().await;

    let file = format!("[tokens]\nderived = false\n{}", keys(&[("new", NEW)]));
    let server = TestServer::on(data.path(), &file).await;
    server.join("a", &new, None).await;
    for token in [&derived, &old] {
        assert_eq!(refused(&server, token).await.0, ErrorCode::TokenInvalid);
    }
    let (status, body) =
        support::answer(server.request(reqwest::Method::POST, "/whip/a").bearer_auth(&old)).await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (reqwest::StatusCode::UNAUTHORIZED, &json!("token_invalid"))
    );
}
