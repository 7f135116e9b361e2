//! Who was there, over real sockets and HTTP: how long, how long on stage, for whom it is to be read, and what a restart leaves of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use signaling::{Command, SourcesOn};
use support::{API_KEY, TestServer, answer};
use tempfile::TempDir;

const PATH: &str = "/api/v1/rooms/a/attendance";
/// Of a minute: what is told is rounded to it.
const HUNDREDTH: f64 = 0.01;
/// Somebody does nothing for so long.
const WHILE: Duration = Duration::from_millis(1_300);

/// Somebody in the newest meeting.
async fn person(server: &TestServer, user: &str) -> Value {
    let told = server.get(PATH).await;
    let people = told["meetings"][0]["people"].as_array().unwrap();
    people.iter().find(|one| one["user"] == user).unwrap().clone()
}

/// Somebody has been somewhere for so long, at least and at most.
fn between(minutes: &Value, least: Duration, most: Duration) {
    let (told, [least, most]) =
        (minutes.as_f64().unwrap(), [least, most].map(|time| time.as_secs_f64() / 60.0));
    assert!(
        told > 0.0 && told >= least - HUNDREDTH && told <= most + HUNDREDTH,
        "{told} of {least} to {most}"
    );
}

/// The two ends of somebody's being there, as a sheet has them.
fn moments(person: &Value) -> (&str, Option<&str>) {
    (person["joined"].as_str().unwrap(), person["left"].as_str())
}

#[tokio::test]
async fn who_was_there_and_how_long_outlives_the_server() {
    let data = TempDir::new().unwrap();
    let server = TestServer::on(data.path(), "").await;
    server.room("a", json!({ "access": "open" })).await;
    assert_eq!(server.get(PATH).await, json!({ "meetings": [] }), "nobody has come yet");
    let token = server.token("a", "Ann", "speaker", json!({ "user": "ann" })).await;
    let came = Instant::now();
    let mut ann = server.join("a", &token, None).await;
    let moderator = server.token("a", "Mo", "moderator", json!({ "user": "mo" })).await;
    let _mo = server.join("a", &moderator, None).await;
    tokio::time::sleep(WHILE).await;
    let up = Instant::now();
    ann.done(Command::JoinStage { sources: SourcesOn { mic: true, camera: false } }).await;
    tokio::time::sleep(WHILE).await;
    let there = person(&server, "ann").await;
    between(&there["minutes"], 2 * WHILE, came.elapsed());
    between(&there["stage_minutes"], WHILE, up.elapsed());
    assert_eq!((&there["name"], &there["role"]), (&json!("Ann"), &json!("speaker")));
    assert_eq!((&there["left"], &there["present"]), (&json!(null), &json!(true)));
    ann.done(Command::LeaveStage).await;
    let down = person(&server, "ann").await;
    ann.done(Command::LeaveRoom).await;
    let gone = person(&server, "ann").await;
    let (joined, left) = moments(&gone);
    assert!(joined.len() == 20 && joined.ends_with('Z') && left.unwrap() >= joined, "{gone}");
    assert_eq!((&gone["stage_minutes"], &gone["present"]), (&down["stage_minutes"], &json!(false)));
    let stayed = up.elapsed();
    server.running.drain().await;
    let went = came.elapsed();

    let server = TestServer::on(data.path(), "").await;
    assert_eq!(person(&server, "ann").await, gone);
    let closed = person(&server, "mo").await;
    between(&closed["minutes"], stayed, went);
    assert!(closed["left"].is_string() && closed["present"] == false, "{closed}");
    // Back in time, and in the same meeting.
    let _mo = server.join("a", &moderator, None).await;
    let _ann = server.join("a", &token, None).await;
    let told = server.get(PATH).await;
    assert_eq!(told["meetings"].as_array().unwrap().len(), 1);
    assert_eq!((&told["meetings"][0]["ended"], &told["meetings"][0]["id"]), (&json!(null), &json!(1)));
    let back = person(&server, "ann").await;
    assert!(back["present"] == true && back["minutes"].as_f64() >= gone["minutes"].as_f64(), "{back}");
    assert_eq!(back["joined"], gone["joined"]);
}

#[tokio::test]
async fn it_is_for_scripts_and_moderators() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    server.room("b", json!({})).await;
    let token = async |name: &str, role: &str| server.token("a", name, role, json!({ "user": name })).await;
    let (viewer, speaker) = (token("ann", "viewer").await, token("sue", "speaker").await);
    let (moderator, host) = (token("mo", "moderator").await, token("hal", "host").await);
    let elsewhere = server.token("b", "Eve", "host", json!({})).await;
    let _ann = server.join("a", &viewer, None).await;
    let ask = async |path: String, token: &str| {
        let (status, told) = answer(server.request(Method::GET, &path).bearer_auth(token)).await;
        (status, told["error"]["code"].as_str().map(str::to_owned))
    };
    for token in [API_KEY, &moderator, &host] {
        assert_eq!(ask(PATH.into(), token).await, (StatusCode::OK, None));
    }
    for path in [PATH.to_owned(), format!("{PATH}.csv")] {
        for token in [&viewer, &speaker] {
            let (status, code) = ask(path.clone(), token).await;
            assert_eq!((status, code.as_deref()), (StatusCode::FORBIDDEN, Some("forbidden")), "{path}");
        }
        for token in [elsewhere.as_str(), "nonsense"] {
            assert_eq!(ask(path.clone(), token).await.0, StatusCode::UNAUTHORIZED);
        }
        for meeting in ["7", "tomorrow"] {
            let (status, code) = ask(format!("{path}?meeting={meeting}"), API_KEY).await;
            let expected = (StatusCode::NOT_FOUND, Some("meeting_not_found"));
            assert_eq!((status, code.as_deref()), expected, "{path} {meeting}");
        }
    }
    let nowhere = ask("/api/v1/rooms/nowhere/attendance".into(), API_KEY).await;
    assert_eq!(nowhere, (StatusCode::NOT_FOUND, Some("room_not_found".into())));
}

#[tokio::test]
async fn a_table_is_for_a_spreadsheet() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let viewer = server.token("a", "=Ann", "viewer", json!({ "user": "ann" })).await;
    let _ann = server.join("a", &viewer, None).await;
    for (query, file) in [("", "attendance.csv"), ("?meeting=1", "attendance-1.csv")] {
        let asked = server.request(Method::GET, &format!("{PATH}.csv{query}")).bearer_auth(API_KEY);
        let response = asked.send().await.unwrap();
        assert_eq!(response.headers()["content-disposition"], format!("attachment; filename=\"{file}\""));
        let text = response.text().await.unwrap();
        let head = "\u{feff}meeting,began,ended,user,name,role,joined,left,minutes,stage_minutes\r\n1,2";
        assert!(text.starts_with(head) && text.contains(",ann,'=Ann,viewer,2"), "{text}");
        assert_eq!(text.lines().count(), 2);
    }
    let latest = server.get(&format!("{PATH}?meeting=latest")).await;
    assert_eq!(latest["meetings"][0]["people"].as_array().unwrap().len(), 1);
}
