//! Every call of the API, as a script makes it: what it does, and each way it is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use signaling::{Closing, Command, Notice, ServerMessage};
use support::{API_KEY, TestServer, answer};

const CALLS: [(Method, &str); 10] = [
    (Method::POST, "/api/v1/rooms"),
    (Method::GET, "/api/v1/rooms"),
    (Method::GET, "/api/v1/rooms/a"),
    (Method::PATCH, "/api/v1/rooms/a"),
    (Method::DELETE, "/api/v1/rooms/a"),
    (Method::POST, "/api/v1/rooms/a/tokens"),
    (Method::POST, "/api/v1/rooms/a/participants/p1/stage"),
    (Method::POST, "/api/v1/rooms/a/participants/p1/mute"),
    (Method::DELETE, "/api/v1/rooms/a/participants/p1"),
    (Method::GET, "/api/v1/rooms/none"),
];

#[tokio::test]
async fn every_call_needs_the_api_key() {
    let (server, _data) = TestServer::start().await;
    for (method, path) in CALLS {
        for key in [None, Some("another"), Some(""), Some("key-of-the-testsX")] {
            let request = server.request(method.clone(), path);
            let (status, body) =
                answer(if let Some(key) = key { request.bearer_auth(key) } else { request }).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path} {key:?}");
            assert_eq!(body["error"]["code"], "unauthorized");
        }
    }
}

#[tokio::test]
async fn a_room_is_made_seen_changed_and_ended() {
    let (server, _data) = TestServer::start().await;
    let stage = json!({ "access": "open", "capacity": 5, "self_leave": true });
    let (status, made) =
        server.post("/api/v1/rooms", json!({ "id": "a", "title": "Algebra", "stage": stage })).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!((&made["id"], &made["title"], &made["stage"]), (&json!("a"), &json!("Algebra"), &stage));
    assert_eq!(made["participants"], json!([]));
    assert_eq!(server.get("/api/v1/rooms/a").await, made);
    assert_eq!(server.get("/api/v1/rooms").await["rooms"][0]["id"], "a");

    let change = json!({ "title": "Geometry", "stage": { "access": "invite" } });
    let (status, changed) = server.call(Method::PATCH, "/api/v1/rooms/a", Some(change)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(changed["title"], "Geometry");
    assert_eq!(changed["stage"], json!({ "access": "invite", "capacity": 5, "self_leave": true }));

    let (status, _) = server.call(Method::DELETE, "/api/v1/rooms/a", None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(server.get("/api/v1/rooms").await["rooms"], json!([]));
}

#[tokio::test]
async fn a_room_without_an_id_gets_one() {
    let (server, _data) = TestServer::start().await;
    let (status, room) = server.post("/api/v1/rooms", json!({})).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(room["stage"], json!({ "access": "request", "capacity": 25, "self_leave": false }));
    let id = room["id"].as_str().unwrap();
    assert_eq!(server.get(&format!("/api/v1/rooms/{id}")).await["id"], id);
}

#[tokio::test]
async fn a_second_room_of_the_same_id_is_refused() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let (status, body) = server.post("/api/v1/rooms", json!({ "id": "a" })).await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::CONFLICT, &json!("room_exists")));
}

#[tokio::test]
async fn more_rooms_than_configured_are_refused() {
    let (server, _data) = TestServer::with("[limits]\nrooms = 1").await;
    server.room("a", json!({})).await;
    let (status, body) = server.post("/api/v1/rooms", json!({ "id": "b" })).await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::CONFLICT, &json!("too_many_rooms")));
}

#[tokio::test]
async fn calls_to_rooms_that_are_not_there_say_so() {
    let (server, _data) = TestServer::start().await;
    let bodies = [
        (Method::GET, "", None),
        (Method::PATCH, "", Some(json!({}))),
        (Method::DELETE, "", None),
        (Method::POST, "/tokens", Some(json!({ "name": "Ann", "role": "viewer" }))),
        (Method::POST, "/participants/p1/stage", Some(json!({ "do": "invite" }))),
        (Method::POST, "/participants/p1/mute", Some(json!({ "source": "mic", "state": "muted" }))),
        (Method::DELETE, "/participants/p1", None),
    ];
    for (method, path, body) in bodies {
        let (status, body) = server.call(method.clone(), &format!("/api/v1/rooms/none{path}"), body).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(body["error"]["code"], "room_not_found", "{method} {path}");
    }
}

#[tokio::test]
async fn a_field_that_cannot_be_used_is_named() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let cases = [
        (Method::POST, "", json!({ "id": "a b" }), "id: "),
        (Method::POST, "", json!({ "id": "" }), "id: "),
        (Method::POST, "", json!({ "id": "x".repeat(65) }), "id: "),
        (Method::POST, "", json!({ "title": "" }), "title: "),
        (Method::POST, "", json!({ "title": "x".repeat(201) }), "title: "),
        (Method::POST, "", json!({ "titel": "x" }), "titel: "),
        (Method::POST, "", json!({ "stage": { "access": "closed" } }), "stage.access: "),
        (Method::POST, "", json!({ "stage": { "capacity": 101 } }), "stage.capacity: "),
        (Method::POST, "", json!({ "stage": { "capacity": -1 } }), "stage.capacity: "),
        (Method::POST, "", json!({ "stage": { "self_leave": "no" } }), "stage.self_leave: "),
        (Method::POST, "", json!([]), "the body: "),
        (Method::PATCH, "/a", json!({ "id": "b" }), "id: "),
        (Method::PATCH, "/a", json!({ "stage": { "access": "closed" } }), "stage.access: "),
        (Method::POST, "/a/tokens", json!({ "role": "viewer" }), "name"),
        (Method::POST, "/a/tokens", json!({ "name": "Ann" }), "role"),
        (Method::POST, "/a/tokens", json!({ "name": " ", "role": "viewer" }), "name: "),
        (Method::POST, "/a/tokens", json!({ "name": "Ann\n", "role": "viewer" }), "name: "),
        (Method::POST, "/a/tokens", json!({ "name": "x".repeat(101), "role": "viewer" }), "name: "),
        (Method::POST, "/a/tokens", json!({ "name": "Ann", "role": "king" }), "role: "),
        (Method::POST, "/a/tokens", json!({ "name": "Ann", "role": "viewer", "user": "" }), "user: "),
        (
            Method::POST,
            "/a/tokens",
            json!({ "name": "Ann", "role": "viewer", "ttl_seconds": 0 }),
            "ttl_seconds: ",
        ),
        (
            Method::POST,
            "/a/tokens",
            json!({ "name": "Ann", "role": "viewer", "ttl_seconds": 2_592_001 }),
            "ttl_seconds: ",
        ),
        (Method::POST, "/a/participants/p1/stage", json!({ "do": "dance" }), "do: "),
        (Method::POST, "/a/participants/p1/mute", json!({ "source": "nose", "state": "muted" }), "source: "),
        (Method::POST, "/a/participants/p1/mute", json!({ "source": "mic", "state": "open" }), "state: "),
        (Method::POST, "/a/participants/p1/mute", json!({ "source": "mic" }), "state"),
    ];
    for (method, path, body, named) in cases {
        let (status, error) = server.call(method, &format!("/api/v1/rooms{path}"), Some(body.clone())).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {body} {error}");
        assert_eq!(error["error"]["code"], "invalid_field", "{path} {body}");
        let message = error["error"]["message"].as_str().unwrap();
        assert!(message.contains(named), "{path} {body}: {message}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let (server, _data) = TestServer::start().await;
    let cases = [
        ("{".to_owned(), StatusCode::BAD_REQUEST, "malformed_json"),
        (String::new(), StatusCode::BAD_REQUEST, "malformed_json"),
        ("{} {}".to_owned(), StatusCode::BAD_REQUEST, "malformed_json"),
        (" ".repeat(64 * 1024 + 1), StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
    ];
    for (body, expected, code) in cases {
        let request = server.request(Method::POST, "/api/v1/rooms").bearer_auth(API_KEY);
        let (status, error) = answer(request.body(body)).await;
        assert_eq!((status, &error["error"]["code"]), (expected, &json!(code)));
    }
}

#[tokio::test]
async fn json_is_understood_whatever_its_content_type_says() {
    let (server, _data) = TestServer::start().await;
    for content_type in ["application/json", "application/x-www-form-urlencoded", "text/plain; charset=utf-8"]
    {
        let request = server.request(Method::POST, "/api/v1/rooms").bearer_auth(API_KEY);
        let stage = r#"{"stage": {"access": "open"}}"#;
        let (status, room) = answer(request.header("content-type", content_type).body(stage)).await;
        assert_eq!(
            (status, &room["stage"]["access"]),
            (StatusCode::CREATED, &json!("open")),
            "{content_type}"
        );
    }
}

#[tokio::test]
async fn addresses_and_methods_that_are_not_there_say_so_in_json() {
    let (server, _data) = TestServer::start().await;
    let cases = [
        (Method::GET, "/nothing", StatusCode::NOT_FOUND, "not_found"),
        (Method::GET, "/api/v1/nothing", StatusCode::NOT_FOUND, "not_found"),
        (Method::POST, "/nothing", StatusCode::NOT_FOUND, "not_found"),
        (Method::GET, "/api/v1/dev", StatusCode::NOT_FOUND, "not_found"),
        (Method::GET, "/dev/join/a/viewer", StatusCode::NOT_FOUND, "not_found"),
        (Method::PUT, "/api/v1/rooms/a", StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
        (Method::POST, "/healthz", StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
        (Method::GET, "/api/v1/rooms/%ff", StatusCode::BAD_REQUEST, "bad_request"),
        (Method::GET, "/api/v1/rooms/a/socket", StatusCode::UPGRADE_REQUIRED, "upgrade_required"),
    ];
    for (method, path, expected, code) in cases {
        let (status, error) = answer(server.request(method.clone(), path).bearer_auth(API_KEY)).await;
        assert_eq!((status, &error["error"]["code"]), (expected, &json!(code)), "{method} {path}");
    }
}

#[tokio::test]
async fn a_token_comes_with_the_page_that_joins_with_it() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let (_, body) = server.post("/api/v1/rooms/a/tokens", json!({ "name": "Ann", "role": "viewer" })).await;
    let url = format!("{}/r/a#token={}", server.base, body["token"].as_str().unwrap());
    assert_eq!(body["url"], url.as_str());
}

#[tokio::test]
async fn a_public_address_is_where_links_lead() {
    let (server, _data) = TestServer::with("public_url = \"https://stage.example.edu/\"").await;
    server.room("a", json!({})).await;
    let (_, body) = server.post("/api/v1/rooms/a/tokens", json!({ "name": "Ann", "role": "viewer" })).await;
    assert!(body["url"].as_str().unwrap().starts_with("https://stage.example.edu/r/a#token="), "{body}");
}

#[tokio::test]
async fn a_script_moderates_the_stage() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({ "access": "request" })).await;
    let mut ann = server.page("a", "Ann", "viewer").await;
    let stage = format!("/api/v1/rooms/a/participants/{}/stage", ann.you);

    let (status, body) = server.post(&stage, json!({ "do": "invite" })).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert!(body["version"].is_u64(), "{body}");
    let invitation = ann
        .socket
        .find(|message| match message {
            ServerMessage::Notice { notice: Notice::Invited { invitation, .. } } => Some(invitation),
            _ => None,
        })
        .await;
    assert_eq!(person(&server, &ann.you).await["stage"], "invited");

    ann.done(Command::AcceptInvitation { invitation, sources: Default::default() }).await;
    let seen = person(&server, &ann.you).await;
    let expected = json!({ "id": ann.you, "name": "Ann", "role": "viewer", "stage": "on_stage", "connected": true,
                           "mic": "off", "camera": "off", "screen": "off" });
    assert_eq!(seen, expected);

    let (status, body) = server.post(&stage, json!({ "do": "revoke" })).await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (StatusCode::CONFLICT, &json!("already_on_stage")),
        "{body}"
    );
    let (status, _) = server.post(&stage, json!({ "do": "remove" })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(person(&server, &ann.you).await["stage"], "off");
    let (status, body) = server.post(&stage, json!({ "do": "approve" })).await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::CONFLICT, &json!("already_handled")), "{body}");
}

#[tokio::test]
async fn a_script_decides_requests_and_locks_sources() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({ "access": "request" })).await;
    let mut ann = server.page("a", "Ann", "viewer").await;
    let path = format!("/api/v1/rooms/a/participants/{}", ann.you);
    ann.done(Command::RequestStage { question: None }).await;
    assert_eq!(person(&server, &ann.you).await["stage"], "requested");
    let (status, _) = server.post(&format!("{path}/stage"), json!({ "do": "approve" })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(person(&server, &ann.you).await["stage"], "invited");
    let (status, _) =
        server.post(&format!("{path}/mute"), json!({ "source": "camera", "state": "locked" })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(person(&server, &ann.you).await["camera"], "locked");
}

#[tokio::test]
async fn a_script_removes_a_person() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let mut ann = server.page("a", "Ann", "viewer").await;
    let path = format!("/api/v1/rooms/a/participants/{}", ann.you);
    let (status, _) = server.call(Method::DELETE, &path, None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(ann.socket.rest().await.last(), Some(&ServerMessage::Closing { closing: Closing::Removed }));
    assert_eq!(server.get("/api/v1/rooms/a").await["participants"], json!([]));
}

#[tokio::test]
async fn people_who_are_not_there_are_not_found() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    for id in ["p99", "ann", "12"] {
        let path = format!("/api/v1/rooms/a/participants/{id}");
        let calls = [
            (Method::POST, format!("{path}/stage"), Some(json!({ "do": "invite" }))),
            (Method::POST, format!("{path}/mute"), Some(json!({ "source": "mic", "state": "muted" }))),
            (Method::DELETE, path, None),
        ];
        for (method, path, body) in calls {
            let (status, body) = server.call(method, &path, body).await;
            assert_eq!(
                (status, &body["error"]["code"]),
                (StatusCode::NOT_FOUND, &json!("participant_not_found")),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn ending_a_room_tells_everybody() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let mut ann = server.page("a", "Ann", "viewer").await;
    server.call(Method::DELETE, "/api/v1/rooms/a", None).await;
    assert_eq!(ann.socket.rest().await.last(), Some(&ServerMessage::Closing { closing: Closing::RoomEnded }));
    let (status, _) = server.call(Method::GET, "/api/v1/rooms/a", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_is_served_and_fenced_in() {
    let (server, _data) = TestServer::start().await;
    for path in ["/", "/r/a"] {
        let response = server.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        assert_eq!(header("cache-control"), "no-cache");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert!(header("content-security-policy").starts_with("default-src 'self'; connect-src 'self';"));
        assert!(
            header("permissions-policy").contains("camera=(self), microphone=(self), display-capture=(self)")
        );
    }
}

#[tokio::test]
async fn metrics_have_the_names_that_tools_rely_on() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({ "access": "request" })).await;
    let mut ann = server.page("a", "Ann", "viewer").await;
    let _ben = server.page("a", "Ben", "viewer").await;
    ann.done(Command::RequestStage { question: None }).await;
    let text = server.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    for line in [
        "proscenium_rooms 1",
        "proscenium_participants{stage=\"off\"} 1",
        "proscenium_participants{stage=\"requested\"} 1",
        "proscenium_participants{stage=\"invited\"} 0",
        "proscenium_participants{stage=\"on_stage\"} 0",
        "proscenium_rtp_packets_received_total{kind=\"audio\"} 0",
        "proscenium_rtp_packets_received_total{kind=\"video\"} 0",
        "proscenium_rtp_packets_forwarded_total{kind=\"audio\"} 0",
        "proscenium_rtp_packets_forwarded_total{kind=\"video\"} 0",
        "proscenium_rtp_packets_gated_total{kind=\"audio\",source=\"mic\"} 0",
        "proscenium_rtp_packets_gated_total{kind=\"video\",source=\"camera\"} 0",
        "proscenium_rtp_packets_gated_total{kind=\"video\",source=\"screen\"} 0",
    ] {
        assert!(text.lines().any(|found| found == line), "no {line} in\n{text}");
    }
    for name in ["process_cpu_seconds_total ", "process_resident_memory_bytes "] {
        let value = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        assert!(value.parse::<f64>().unwrap() > 0.0, "{name}{value}");
    }
}

#[tokio::test]
async fn metrics_asked_for_again_at_once_are_those_of_before() {
    let (server, _data) = TestServer::start().await;
    let metrics =
        async || server.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    // CPU time rises with every answer that is made. A slow machine may take longer than an answer is kept, but not always.
    for _ in 0..20 {
        if metrics().await == metrics().await {
            return;
        }
    }
    panic!("each time anew");
}

#[tokio::test]
async fn every_described_call_exists() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let document = server.get("/api/v1/openapi.json").await;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            let address = path.replace("{room}", "a").replace("{id}", "p1");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let response =
                server.request(method.clone(), &address).bearer_auth(API_KEY).send().await.unwrap();
            let status = response.status();
            let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
            assert_ne!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_ne!(body["error"]["code"], "not_found", "{method} {path}");
            // The document ends the room on its way; a fresh one for what comes after.
            if method == Method::DELETE && status == StatusCode::NO_CONTENT {
                server.room("a", json!({})).await;
            }
        }
    }
}

#[tokio::test]
async fn a_server_that_is_ready_says_so() {
    let (server, _data) = TestServer::start().await;
    for path in ["/healthz", "/readyz"] {
        let (status, _) = answer(server.request(Method::GET, path)).await;
        assert_eq!(status, StatusCode::OK, "{path}");
    }
}

async fn person(server: &TestServer, id: &str) -> Value {
    let room = server.get("/api/v1/rooms/a").await;
    let people = room["participants"].as_array().unwrap();
    people.iter().find(|person| person["id"] == id).unwrap().clone()
}
