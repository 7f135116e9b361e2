//! Dev mode: links that let anyone in who opens them on this machine, and nobody else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::HashSet;

use proscenium::config::{Config, Flags};
use proscenium::{Running, Server};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

struct Dev {
    running: Running,
    client: Client,
    _data: TempDir,
}

impl Dev {
    async fn start() -> Dev {
        let data = TempDir::new().unwrap();
        let flags = Flags {
            dev: true,
            http: Some("127.0.0.1:0".to_owned()),
            media: Some("127.0.0.1:0".to_owned()),
            workers: Some("1".to_owned()),
            data: Some(data.path().display().to_string()),
            ..Flags::default()
        };
        let running = Server::start(Config::resolve(&flags, []).unwrap()).await.unwrap();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Dev { running, client, _data: data }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.running.url()))
    }
}

#[tokio::test]
async fn the_demo_room_is_there_with_the_known_key() {
    let dev = Dev::start().await;
    let (status, room) =
        support::answer(dev.request(Method::GET, "/api/v1/rooms/demo").bearer_auth("dev-secret")).await;
    assert_eq!((status, &room["id"]), (StatusCode::OK, &json!("demo")));
}

#[tokio::test]
async fn each_visit_of_a_link_is_another_person() {
    let dev = Dev::start().await;
    let (_, about) = support::answer(dev.request(Method::GET, "/api/v1/dev")).await;
    assert_eq!((&about["dev"], &about["room"]), (&json!(true), &json!("demo")));
    let printed = dev.running.dev_links();
    assert_eq!(printed.len(), 2);
    let mut tokens = HashSet::new();
    for (role, link) in printed {
        assert_eq!(about["links"][role], link.as_str());
        for _ in 0..2 {
            let visit = dev.client.get(&link).send().await.unwrap();
            assert_eq!(visit.status(), StatusCode::FOUND);
            let location = visit.headers()["location"].to_str().unwrap();
            let token = location.strip_prefix("/r/demo#token=").unwrap();
            assert!(tokens.insert(token.to_owned()), "the same token twice");
        }
    }
}

#[tokio::test]
async fn a_room_for_trying_out_is_made_with_its_links() {
    let dev = Dev::start().await;
    let body = json!({ "title": "", "access": "open" });
    let (status, made) = support::answer(dev.request(Method::POST, "/api/v1/dev/rooms").json(&body)).await;
    assert_eq!(status, StatusCode::CREATED);
    let link = made["links"]["viewer"].as_str().unwrap();
    assert_eq!(dev.client.get(link).send().await.unwrap().status(), StatusCode::FOUND);
    let path = format!("/api/v1/rooms/{}", made["id"].as_str().unwrap());
    let (_, room) = support::answer(dev.request(Method::GET, &path).bearer_auth("dev-secret")).await;
    assert_eq!(room["stage"]["access"], "open");
}

#[tokio::test]
async fn links_to_what_is_not_there_say_so() {
    let dev = Dev::start().await;
    for (path, code) in [("/dev/join/none/viewer", "room_not_found"), ("/dev/join/demo/king", "not_found")] {
        let (status, body) = support::answer(dev.request(Method::GET, path)).await;
        assert_eq!((status, &body["error"]["code"]), (StatusCode::NOT_FOUND, &json!(code)), "{path}");
    }
}

#[tokio::test]
async fn other_sites_mint_nothing_here() {
    let dev = Dev::start().await;
    let addresses = [
        (Method::GET, "/api/v1/dev"),
        (Method::POST, "/api/v1/dev/rooms"),
        (Method::GET, "/dev/join/demo/moderator"),
    ];
    let headers = [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("host", "evil.example:8080"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    for (method, path) in addresses {
        for (name, value) in headers {
            let request = dev.request(method.clone(), path).header(name, value).json(&json!({}));
            let (status, body): (StatusCode, Value) = support::answer(request).await;
            assert_eq!(
                (status, &body["error"]["code"]),
                (StatusCode::FORBIDDEN, &json!("origin_forbidden")),
                "{path} {name}: {value}"
            );
        }
    }
}

#[tokio::test]
async fn no_other_name_is_answered_to_whatever_is_asked_for() {
    let dev = Dev::start().await;
    let ask = async |path: &str, host: &str| {
        let request = dev.request(Method::GET, path).bearer_auth("dev-secret").header("host", host);
        request.send().await.unwrap().status()
    };
    let paths = ["/", "/r/demo", "/api/v1/rooms", "/api/v1/rooms/demo/socket", "/metrics", "/nothing"];
    for path in paths {
        for host in ["evil.example", "evil.example:8080", "127.0.0.1.evil.example"] {
            assert_eq!(ask(path, host).await, StatusCode::FORBIDDEN, "{host}{path}");
        }
    }
    for host in ["localhost", "localhost:5173", "127.0.0.1:1", "[::1]:8080"] {
        assert_eq!(ask("/api/v1/rooms", host).await, StatusCode::OK, "{host}");
    }
}
