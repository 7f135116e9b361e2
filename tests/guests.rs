//! Guests over real sockets: who makes links, who comes by them, and what they are then.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use signaling::{ClientMessage, Command, Role, ServerMessage, VERSION};
use support::{Page, Socket, TestServer, answer};
use tempfile::TempDir;

const LINKS: &str = "/api/v1/rooms/a/links";

/// A room with its moderator.
async fn scene(access: &str) -> (TestServer, Page, String, TempDir) {
    let (server, data) = TestServer::start().await;
    server.room("a", json!({ "access": access })).await;
    let token = server.token("a", "Mo", "moderator", json!({})).await;
    let mo = server.join("a", &token, None).await;
    (server, mo, token, data)
}

/// A link, made by a script.
async fn link(server: &TestServer, body: Value) -> Value {
    let (status, made) = server.post(LINKS, body).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made
}

fn key(link: &Value) -> &str {
    link["url"].as_str().unwrap().rsplit("/g/").next().unwrap()
}

/// As a browser calls: without any credential.
async fn open(server: &TestServer, path: &str, body: Value) -> (StatusCode, Value) {
    answer(server.request(Method::POST, path).json(&body)).await
}

async fn come(server: &TestServer, link: &Value, name: &str) -> (StatusCode, Value) {
    open(server, "/api/v1/guests", json!({ "key": key(link), "name": name })).await
}

async fn token(server: &TestServer, link: &Value, name: &str) -> String {
    let (status, body) = come(server, link, name).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let token = body["token"].as_str().unwrap().to_owned();
    assert_eq!(body["url"], format!("{}/r/a#token={token}", server.base));
    token
}

/// Somebody who has to wait.
async fn waits(server: &TestServer, token: &str) -> Socket {
    let mut socket = server.socket("a").await;
    socket.send(&ClientMessage::Hello { version: VERSION, token: token.to_owned(), resume: None }).await;
    let said = socket.next().await;
    assert!(matches!(said, Some(ServerMessage::InWaitingRoom { .. })), "{said:?}");
    socket
}

#[tokio::test]
async fn a_guest_waits_and_is_let_in_and_comes_back_without_waiting() {
    let (server, mut mo, _, _data) = scene("open").await;
    let made = link(&server, json!({})).await;
    assert_eq!(
        (&made["role"], &made["waits"], &made["uses"]),
        (&json!("viewer"), &json!(true), &Value::Null)
    );
    let (status, seen) = open(&server, "/api/v1/guests/look", json!({ "key": key(&made) })).await;
    assert_eq!((status, seen), (StatusCode::OK, json!({ "title": "a", "role": "viewer", "waits": true })));
    let ada = token(&server, &made, "Ada").await;
    let mut socket = waits(&server, &ada).await;
    let waiting = mo
        .socket
        .find(|message| match message {
            ServerMessage::Waiting { people } if !people.is_empty() => Some(people),
            _ => None,
        })
        .await;
    assert_eq!(waiting[0].name, "Ada");
    mo.done(Command::Admit { waiting: waiting[0].id }).await;
    socket.find(|message| matches!(message, ServerMessage::Welcome { .. }).then_some(())).await;
    let again = server.join("a", &ada, None).await;
    assert_eq!(again.welcome.participants.iter().filter(|one| one.name == "Ada").count(), 1, "one person");
    let bob = token(&server, &made, "Bob").await;
    waits(&server, &bob).await;
}

#[tokio::test]
async fn a_one_time_link_lets_one_person_in_for_as_long_as_they_like() {
    let (server, _, _, _data) = scene("open").await;
    let made = link(&server, json!({ "role": "speaker", "uses": 1 })).await;
    assert_eq!(made["waits"], json!(false), "who was named a speaker is awaited");
    let (first, second) = tokio::join!(come(&server, &made, "Ada"), come(&server, &made, "Eve"));
    let (good, spent): (Vec<_>, Vec<_>) =
        [first, second].into_iter().partition(|(status, _)| status.is_success());
    assert_eq!((good.len(), spent.len()), (1, 1));
    assert_eq!((spent[0].0, &spent[0].1["error"]["code"]), (StatusCode::GONE, &json!("link_spent")));
    let token = good[0].1["token"].as_str().unwrap();
    for _ in 0..2 {
        let page = server.join("a", token, None).await;
        let speaker = page.welcome.participants.iter().find(|one| one.role == Role::Speaker);
        assert!(speaker.is_some(), "{:?}", page.welcome.participants);
    }
    let (status, body) = open(&server, "/api/v1/guests/look", json!({ "key": key(&made) })).await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::GONE, &json!("link_spent")));
}

#[tokio::test]
async fn links_are_listed_without_their_keys_ended_and_outlive_a_restart() {
    let data = TempDir::new().unwrap();
    let server = TestServer::on(data.path(), "").await;
    server.room("a", json!({})).await;
    server.room("b", json!({})).await;
    let [kept, ended] = [link(&server, json!({ "uses": 3 })).await, link(&server, json!({})).await];
    let short = link(&server, json!({ "ttl_seconds": 1 })).await;
    token(&server, &kept, "Ada").await;
    let path = format!("{LINKS}/{}", ended["id"].as_str().unwrap());
    let elsewhere = path.replace("/a/", "/b/");
    assert_eq!(server.call(Method::DELETE, &elsewhere, None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(server.call(Method::DELETE, &path, None).await.0, StatusCode::NO_CONTENT);
    server.running.drain().await;
    for entry in std::fs::read_dir(data.path().join("data")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let found = bytes.windows(32).any(|window| window == key(&kept).as_bytes());
        assert!(!found, "the key is on the disk");
    }

    let server = TestServer::on(data.path(), "").await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let listed = server.get(LINKS).await;
    let [one] = listed["links"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!((&one["id"], &one["uses"], &one["used"]), (&kept["id"], &json!(3), &json!(1)));
    assert!(!listed.to_string().contains(key(&kept)));
    for (link, code) in [(&ended, "link_ended"), (&short, "link_expired")] {
        let (status, body) = come(&server, link, "Eve").await;
        assert_eq!((status, &body["error"]["code"]), (StatusCode::GONE, &json!(code)));
    }
    token(&server, &kept, "Bob").await;
    server.call(Method::DELETE, "/api/v1/rooms/a", None).await;
    let (status, body) = come(&server, &kept, "Cy").await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::NOT_FOUND, &json!("link_not_found")));
}

#[tokio::test]
async fn who_moderates_makes_links_up_to_their_own_role_and_nobody_else() {
    let (server, _mo, mo, _data) = scene("open").await;
    let ada = server.token("a", "Ada", "viewer", json!({})).await;
    let other = {
        server.room("b", json!({})).await;
        server.token("b", "Mo", "host", json!({})).await
    };
    let call = async |token: &str, body: Value| {
        answer(server.request(Method::POST, LINKS).bearer_auth(token).json(&body)).await
    };
    assert_eq!(call(&mo, json!({ "role": "moderator" })).await.0, StatusCode::CREATED);
    for (token, status, code) in [
        (&*ada, StatusCode::FORBIDDEN, "forbidden"),
        (&*other, StatusCode::UNAUTHORIZED, "unauthorized"),
        ("x", StatusCode::UNAUTHORIZED, "unauthorized"),
    ] {
        let (found, body) = call(token, json!({})).await;
        assert_eq!((found, &body["error"]["code"]), (status, &json!(code)));
        for (method, path) in [(Method::GET, LINKS.to_owned()), (Method::DELETE, format!("{LINKS}/x"))] {
            let (found, _) = answer(server.request(method, &path).bearer_auth(token)).await;
            assert_eq!(found, status, "{path}");
        }
    }
    for (body, field) in [
        (json!({ "role": "host" }), "role"),
        (json!({ "role": "king" }), "role"),
        (json!({ "uses": 0 }), "uses"),
        (json!({ "uses": 100_001 }), "uses"),
        (json!({ "ttl_seconds": 0 }), "ttl_seconds"),
        (json!({ "ttl_seconds": 366 * 86_400 + 1 }), "ttl_seconds"),
        (json!({ "role": "moderator", "waits": true }), "waits"),
        (json!({ "name": "x" }), "name"),
    ] {
        let (status, said) = call(&mo, body.clone()).await;
        assert_eq!(
            (status, &said["error"]["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_field"))
        );
        assert!(said["error"]["message"].as_str().unwrap().contains(field), "{body}: {said}");
    }
    assert_eq!(
        server.call(Method::POST, "/api/v1/rooms/none/links", Some(json!({}))).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_moderator_who_is_none_any_more_makes_no_links() {
    let (server, mo, token, _data) = scene("open").await;
    let mut host = server.page("a", "Hal", "host").await;
    let participant = mo.you.parse().unwrap();
    host.done(Command::SetRole { participant, role: Role::Viewer }).await;
    let (status, _) = answer(server.request(Method::POST, LINKS).bearer_auth(&token).json(&json!({}))).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_bad_name_or_key_uses_nothing_up() {
    let (server, _, _, _data) = scene("open").await;
    let once = link(&server, json!({ "uses": 1, "waits": false })).await;
    for name in ["", "  ", &"x".repeat(101), "A\u{7}da"] {
        assert_eq!(come(&server, &once, name).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
    }
    for unknown in ["", "x", &"0".repeat(32)] {
        let (status, body) = open(&server, "/api/v1/guests", json!({ "key": unknown, "name": "Ada" })).await;
        assert_eq!((status, &body["error"]["code"]), (StatusCode::NOT_FOUND, &json!("link_not_found")));
    }
    let ada = server.join("a", &token(&server, &once, " Ada ").await, None).await;
    assert!(ada.welcome.participants.iter().any(|one| one.name == "Ada"));
}

#[tokio::test]
async fn a_room_has_so_many_links_and_so_many_guests_at_once() {
    let (server, _, _, _data) = scene("open").await;
    let made = link(&server, json!({})).await;
    for _ in 1..100 {
        link(&server, json!({})).await;
    }
    let (status, body) = server.post(LINKS, json!({})).await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::CONFLICT, &json!("too_many_links")));
    server.call(Method::DELETE, &format!("{LINKS}/{}", made["id"].as_str().unwrap()), None).await;
    let made = link(&server, json!({})).await;
    let mut fast = 0;
    for _ in 0..1_000 {
        let (status, body) = come(&server, &made, "Ada").await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(body["error"]["code"], "too_fast");
            fast += 1;
            break;
        }
        assert_eq!(status, StatusCode::OK);
    }
    assert_eq!(fast, 1);
    let metrics = server.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    for bound in ["room_links", "redemption_rate"] {
        let counted = format!("proscenium_bound_hits_total{{bound=\"{bound}\"}} 1");
        assert!(metrics.contains(&counted), "{bound} is not counted");
    }
}
