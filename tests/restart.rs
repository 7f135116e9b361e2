//! Going down and coming up again: what stays, what people are told, how the process ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::json;
use signaling::{Closing, ServerMessage};
use support::{API_KEY, TestServer, answer};
use tempfile::TempDir;

#[tokio::test]
async fn rooms_and_tokens_outlive_the_server() {
    let data = TempDir::new().unwrap();
    let server = TestServer::on(data.path(), "").await;
    server.room("kept", json!({ "access": "open", "capacity": 7 })).await;
    server.room("ended", json!({})).await;
    let change = json!({ "title": "Changed", "stage": { "access": "invite", "self_leave": true } });
    server.call(Method::PATCH, "/api/v1/rooms/kept", Some(change)).await;
    server.call(Method::DELETE, "/api/v1/rooms/ended", None).await;
    let token = server.token("kept", "Ann", "viewer", json!({})).await;
    let before = server.get("/api/v1/rooms/kept").await;
    server.running.drain().await;

    let server = TestServer::on(data.path(), "").await;
    let after = server.get("/api/v1/rooms/kept").await;
    for field in ["id", "title", "stage", "created"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(server.get("/api/v1/rooms").await["rooms"].as_array().unwrap().len(), 1);
    server.join("kept", &token, None).await;
}

#[tokio::test]
async fn a_server_that_goes_down_tells_everybody_and_lets_nobody_in() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let mut ann = server.page("a", "Ann", "viewer").await;
    let token = server.token("a", "Ben", "viewer", json!({})).await;
    let mut waiting = server.socket("a").await;
    let TestServer { running, base, .. } = server;
    let down = tokio::spawn(running.drain());
    assert_eq!(ann.socket.rest().await, [ServerMessage::Closing { closing: Closing::Draining }]);
    // This one has not said who it is, and holds the server up for a moment.
    let client = reqwest::Client::new();
    let (status, body) = answer(client.get(format!("{base}/readyz"))).await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("draining")));
    let tokens = client.post(format!("{base}/api/v1/rooms/a/tokens")).bearer_auth(API_KEY);
    let (status, _) = answer(tokens.json(&json!({ "name": "Cy", "role": "viewer" }))).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    waiting.send_text(&json!({ "type": "hello", "version": 1, "token": token }).to_string()).await;
    let last = waiting.rest().await.pop();
    assert!(
        matches!(last, Some(ServerMessage::Error { code: signaling::ErrorCode::Draining, .. })),
        "{last:?}"
    );
    down.await.unwrap();
    assert!(client.get(format!("{base}/healthz")).send().await.is_err(), "nobody listens any more");
}

/// The binary, in dev mode.
struct Binary {
    child: Child,
    lines: Vec<String>,
}

impl Binary {
    fn start(data: &Path) -> Binary {
        let mut child = Process::new(env!("CARGO_BIN_EXE_proscenium"))
            .args(["--dev", "--http", "127.0.0.1:0", "--media", "127.0.0.1:0", "--workers", "1", "--data"])
            .arg(data)
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let lines = out.lines().take(3).map(Result::unwrap).collect();
        Binary { child, lines }
    }

    fn signal(&self, signal: &str) {
        let sent = Process::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// The exit status, which has to come soon.
    fn ended(&mut self) -> std::process::ExitStatus {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(12) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.child.kill().unwrap();
        panic!("the server did not end");
    }

    fn url(&self) -> String {
        self.lines[0].rsplit(' ').next().unwrap().to_owned()
    }
}

#[test]
fn dev_mode_prints_a_link_for_a_moderator_and_one_for_a_viewer() {
    let data = TempDir::new().unwrap();
    let mut server = Binary::start(data.path());
    let url = server.url();
    assert_eq!(server.lines[1], format!("Moderator  {url}/dev/join/demo/moderator"));
    assert_eq!(server.lines[2], format!("Viewer     {url}/dev/join/demo/viewer"));
    server.signal("-TERM");
    server.ended();
}

#[test]
fn sigterm_ends_the_process_well() {
    let data = TempDir::new().unwrap();
    let mut server = Binary::start(data.path());
    server.signal("-TERM");
    assert_eq!(server.ended().code(), Some(0));
}

#[tokio::test]
async fn a_room_outlives_a_server_that_was_killed() {
    let data = TempDir::new().unwrap();
    let mut server = Binary::start(data.path());
    let client = reqwest::Client::new();
    let make = client.post(format!("{}/api/v1/rooms", server.url())).bearer_auth("dev-secret");
    let (status, _) = answer(make.json(&json!({ "id": "kept" }))).await;
    assert_eq!(status, StatusCode::CREATED);
    server.signal("-KILL");
    server.ended();
    let mut server = Binary::start(data.path());
    let (status, _) =
        answer(client.get(format!("{}/api/v1/rooms/kept", server.url())).bearer_auth("dev-secret")).await;
    assert_eq!(status, StatusCode::OK);
    server.signal("-TERM");
    server.ended();
}

#[test]
fn a_second_server_on_the_same_data_says_so() {
    let data = TempDir::new().unwrap();
    let mut first = Binary::start(data.path());
    let second = Process::new(env!("CARGO_BIN_EXE_proscenium"))
        .args(["--dev", "--http", "127.0.0.1:0", "--media", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("in use by another server"), "{said}");
    first.signal("-TERM");
    first.ended();
}
