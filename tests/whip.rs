//! WHIP and WHEP as their clients see them over HTTP: statuses, headers, and each way they are refused. What media comes of it is in
//! whip_media.rs, and in tests/browser/suites/whip.mjs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use signaling::Command;
use support::{TestServer, answer};

const PUBLISHER: &str = include_str!("../crates/media/tests/fixtures/sdp/offers/aiortc-publisher.sdp");
const WATCHER: &str = include_str!("../crates/media/tests/fixtures/sdp/offers/aiortc-watcher.sdp");
const SDP: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";
const CANDIDATE: &str =
    "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
const RESTART: &str = "a=ice-ufrag:other\r\na=ice-pwd:otherotherotherotherother\r\n";

/// A server with a room, and a token for it.
async fn room_of(access: &str) -> (TestServer, tempfile::TempDir, String) {
    let (server, data) = TestServer::start().await;
    server.room("a", json!({ "access": access })).await;
    let token = server.token("a", "Obs", "viewer", json!({ "user": "obs" })).await;
    (server, data, token)
}

fn offer(server: &TestServer, path: &str, token: &str, sdp: &str) -> RequestBuilder {
    let request = server.request(Method::POST, path).bearer_auth(token);
    request.header("content-type", SDP).body(sdp.to_owned())
}

fn header(headers: &HeaderMap, name: &str) -> String {
    let name: HeaderName = name.parse().unwrap();
    headers.get(&name).unwrap_or_else(|| panic!("no {name}: {headers:?}")).to_str().unwrap().to_owned()
}

/// Somebody in; their location and ICE session.
async fn begin(server: &TestServer, path: &str, token: &str, sdp: &str) -> (String, String) {
    let response = offer(server, path, token, sdp).send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    assert_eq!(status, StatusCode::CREATED, "{}", response.text().await.unwrap());
    (header(&headers, "location"), header(&headers, "etag"))
}

async fn refused(request: RequestBuilder) -> (u16, String) {
    let (status, body) = answer(request).await;
    (status.as_u16(), body["error"]["code"].as_str().unwrap_or_else(|| panic!("no code: {body}")).to_owned())
}

async fn patch(
    server: &TestServer,
    location: &str,
    matching: Option<&str>,
    kind: &str,
    body: &str,
) -> Response {
    let request = server.request(Method::PATCH, location).header("content-type", kind).body(body.to_owned());
    let request = if let Some(tag) = matching { request.header("if-match", tag) } else { request };
    request.send().await.unwrap()
}

async fn people(server: &TestServer) -> Vec<Value> {
    server.get("/api/v1/rooms/a").await["participants"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_offer_is_answered_and_whoever_made_it_is_on_stage_until_they_end_it() {
    let (server, _data, token) = room_of("open").await;
    let response = offer(&server, "/whip/a", &token, PUBLISHER).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let headers = response.headers().clone();
    assert_eq!(header(&headers, "content-type"), SDP);
    let location = header(&headers, "location");
    let key = location.strip_prefix("/whip/a/").unwrap();
    assert!(key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
    let etag = header(&headers, "etag");
    let answer_sdp = response.text().await.unwrap();
    assert!(
        answer_sdp.contains(&format!("a=ice-ufrag:{}\r\n", etag.trim_matches('"'))),
        "{etag} {answer_sdp}"
    );
    assert!(answer_sdp.contains("a=recvonly\r\n") && !answer_sdp.contains("a=inactive"), "{answer_sdp}");
    let [obs] = &people(&server).await[..] else { panic!("one person") };
    assert_eq!(
        (&obs["stage"], &obs["mic"], &obs["camera"]),
        (&json!("on_stage"), &json!("on"), &json!("on"))
    );

    let gone = server.request(Method::DELETE, &location).bearer_auth(&token).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::OK);
    assert_eq!(people(&server).await, [] as [Value; 0]);
    let again = server.request(Method::DELETE, &location).bearer_auth(&token);
    assert_eq!(refused(again).await, (404, "session_not_found".to_owned()));
}

#[tokio::test]
async fn a_page_of_another_site_learns_what_it_may_do() {
    let (server, _data, token) = room_of("open").await;
    let (location, _) = begin(&server, "/whip/a", &token, PUBLISHER).await;
    for path in ["/whip/a", "/whep/a", &location] {
        let response = server.request(Method::OPTIONS, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let headers = response.headers();
        assert_eq!(header(headers, "accept-post"), SDP);
        assert_eq!(header(headers, "accept-patch"), FRAGMENT);
        assert_eq!(header(headers, "access-control-allow-origin"), "*");
        assert!(header(headers, "access-control-allow-methods").contains("PATCH"));
        assert!(header(headers, "access-control-allow-headers").contains("Authorization"));
    }
    let turned_away = offer(&server, "/whip/a", "none", PUBLISHER).send().await.unwrap();
    assert_eq!(header(turned_away.headers(), "access-control-allow-origin"), "*");
    assert!(header(turned_away.headers(), "access-control-expose-headers").contains("Location"));
}

#[tokio::test]
async fn there_is_nothing_to_get_and_nothing_else_to_do() {
    let (server, _data, token) = room_of("open").await;
    let (location, _) = begin(&server, "/whip/a", &token, PUBLISHER).await;
    for path in ["/whip/a", "/whep/a", &location] {
        let got = server.request(Method::GET, path).send().await.unwrap();
        assert_eq!(got.status(), StatusCode::NO_CONTENT, "{path}");
        let put = server.request(Method::PUT, path);
        assert_eq!(refused(put).await, (405, "method_not_allowed".to_owned()), "{path}");
    }
    let elsewhere = location.replace("/whip/", "/whep/");
    assert_eq!(refused(server.request(Method::GET, &elsewhere)).await.0, 404);
}

#[tokio::test]
async fn nobody_gets_in_without_a_good_token() {
    let (server, _data, _) = room_of("open").await;
    server.room("b", json!({})).await;
    let other = server.token("b", "Obs", "viewer", json!({})).await;
    let short = server.token("a", "Obs", "viewer", json!({ "ttl_seconds": 1 })).await;
    tokio::time::sleep(Duration::from_millis(2_000)).await;
    for path in ["/whip/a", "/whep/a"] {
        for (token, code) in
            [("x", "token_invalid"), (&*other, "token_wrong_room"), (&*short, "token_expired")]
        {
            let answer = refused(offer(&server, path, token, PUBLISHER)).await;
            assert_eq!(answer, (401, code.to_owned()), "{path}");
        }
        let without = server.request(Method::POST, path).header("content-type", SDP).body(PUBLISHER);
        assert_eq!(refused(without).await, (401, "unauthorized".to_owned()));
    }
    let nowhere = server.token("a", "Obs", "viewer", json!({})).await;
    server.call(Method::DELETE, "/api/v1/rooms/a", None).await;
    assert_eq!(
        refused(offer(&server, "/whip/a", &nowhere, PUBLISHER)).await,
        (404, "room_not_found".to_owned())
    );
}

#[tokio::test]
async fn what_is_no_offer_is_told_what_is_wrong_with_it() {
    let (server, _data, token) = room_of("open").await;
    let third = PUBLISHER.replace("a=mid:1", "a=mid:2").split_once("m=video").unwrap().1.to_owned();
    for (path, sdp, says) in [
        ("/whip/a", "hello".to_owned(), "not a session description"),
        ("/whip/a", WATCHER.to_owned(), "no m-line of the offer sends anything"),
        ("/whip/a", PUBLISHER.replace("opus", "speex"), "m-line 0 has no codec in common"),
        ("/whip/a", PUBLISHER.replace("a=group:BUNDLE 0 1\r\n", ""), "no BUNDLE group"),
        ("/whip/a", format!("{PUBLISHER}m=audio{third}"), "m-line 2 is one sound or picture too many"),
        ("/whep/a", WATCHER.replace("a=recvonly", "a=inactive"), "no m-line of the offer can receive"),
    ] {
        let (status, body) = answer(offer(&server, path, &token, &sdp)).await;
        assert_eq!((status.as_u16(), &body["error"]["code"]), (400, &json!("bad_offer")), "{says}");
        assert!(body["error"]["message"].as_str().unwrap().contains(says), "{says}: {body}");
    }
    let json = server.request(Method::POST, "/whip/a").bearer_auth(&token).json(&json!({ "sdp": PUBLISHER }));
    assert_eq!(refused(json).await, (415, "unsupported_media_type".to_owned()));
    let long = PUBLISHER.to_owned() + &"a=x\r\n".repeat(20_000);
    assert_eq!(refused(offer(&server, "/whip/a", &token, &long)).await, (413, "body_too_large".to_owned()));
    assert_eq!(people(&server).await, [] as [Value; 0], "and nobody was let in");
}

#[tokio::test]
async fn the_stage_says_no_by_its_own_codes() {
    let (server, _data, token) = room_of("open").await;
    let capacity = |seats: u8| json!({ "stage": { "capacity": seats } });
    server.call(Method::PATCH, "/api/v1/rooms/a", Some(capacity(0))).await;
    assert_eq!(refused(offer(&server, "/whip/a", &token, PUBLISHER)).await, (409, "stage_full".to_owned()));
    assert_eq!(people(&server).await, [] as [Value; 0]);
    server.call(Method::PATCH, "/api/v1/rooms/a", Some(capacity(5))).await;
    begin(&server, "/whip/a", &token, PUBLISHER).await;
    let id = people(&server).await[0]["id"].as_str().unwrap().to_owned();
    let stage = format!("/api/v1/rooms/a/participants/{id}/stage");
    server.post(&stage, json!({ "do": "remove" })).await;
    assert_eq!(
        refused(offer(&server, "/whip/a", &token, PUBLISHER)).await,
        (409, "rejoin_blocked".to_owned())
    );

    let request = json!({ "stage": { "access": "request" } });
    server.call(Method::PATCH, "/api/v1/rooms/a", Some(request)).await;
    assert_eq!(people(&server).await[0]["stage"], "requested", "and goes with the stage access");
    server.post(&stage, json!({ "do": "decline" })).await;
    let (status, body) = answer(offer(&server, "/whip/a", &token, PUBLISHER)).await;
    assert_eq!((status.as_u16(), &body["error"]["code"]), (409, &json!("cooldown")));
    assert!(body["error"]["seconds"].as_u64().unwrap() > 0, "{body}");
}

#[tokio::test]
async fn a_publisher_stands_where_the_stage_access_puts_it() {
    for (access, stage) in [("open", "on_stage"), ("request", "requested"), ("invite", "off")] {
        let (server, _data, token) = room_of(access).await;
        begin(&server, "/whip/a", &token, PUBLISHER).await;
        assert_eq!(people(&server).await[0]["stage"], stage, "{access}");
    }
}

#[tokio::test]
async fn candidates_are_taken_for_the_present_ice_session_alone() {
    let (server, _data, token) = room_of("open").await;
    let (location, etag) = begin(&server, "/whip/a", &token, PUBLISHER).await;
    for (matching, kind, body, status) in [
        (Some(&*etag), FRAGMENT, CANDIDATE, StatusCode::NO_CONTENT),
        (Some("\"other\", \"and this\""), FRAGMENT, CANDIDATE, StatusCode::PRECONDITION_FAILED),
        (None, FRAGMENT, CANDIDATE, StatusCode::PRECONDITION_REQUIRED),
        (Some("*"), FRAGMENT, CANDIDATE, StatusCode::UNPROCESSABLE_ENTITY),
        (Some(&*etag), SDP, CANDIDATE, StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (Some(&*etag), FRAGMENT, "hello", StatusCode::BAD_REQUEST),
        (Some("*"), FRAGMENT, "a=ice-ufrag:x\r\na=ice-pwd:short\r\n", StatusCode::BAD_REQUEST),
    ] {
        let response = patch(&server, &location, matching, kind, body).await;
        assert_eq!(response.status(), status, "{matching:?} {kind} {body}");
        assert!(!response.headers().contains_key("etag"), "only a restart names another ICE session");
    }
}

#[tokio::test]
async fn an_ice_restart_begins_another_ice_session() {
    let (server, _data, token) = room_of("open").await;
    let (location, etag) = begin(&server, "/whip/a", &token, PUBLISHER).await;
    let response = patch(&server, &location, Some("*"), FRAGMENT, RESTART).await;
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers().clone();
    assert_eq!(header(&headers, "content-type"), FRAGMENT);
    let restarted = header(&headers, "etag");
    assert_ne!(restarted, etag);
    let fragment = response.text().await.unwrap();
    assert!(fragment.contains(&format!("a=ice-ufrag:{}\r\n", restarted.trim_matches('"'))), "{fragment}");
    for line in
        ["a=ice-lite\r\n", "a=ice-pwd:", "a=mid:0\r\n", "a=candidate:1 1 udp ", "a=end-of-candidates\r\n"]
    {
        assert!(fragment.contains(line), "{line} is not in {fragment}");
    }
    let late = patch(&server, &location, Some(&etag), FRAGMENT, CANDIDATE).await;
    assert_eq!(late.status(), StatusCode::PRECONDITION_FAILED);
    // The same credentials again, of a client that did not hear the answer or trickles under them, restart nothing.
    let same = patch(&server, &location, Some(&restarted), FRAGMENT, RESTART).await;
    assert_eq!(same.status(), StatusCode::NO_CONTENT);
    let again = RESTART.replace("other", "third");
    let again = patch(&server, &location, Some(&restarted), FRAGMENT, &again).await;
    assert_eq!(again.status(), StatusCode::OK, "new credentials restart whatever they match");
}

#[tokio::test]
async fn a_session_is_its_owners() {
    let (server, _data, token) = room_of("open").await;
    let (location, _) = begin(&server, "/whip/a", &token, PUBLISHER).await;
    let other = server.token("a", "Eve", "host", json!({})).await;
    for token in ["x", &other] {
        let end = server.request(Method::DELETE, &location).bearer_auth(token);
        assert_eq!(refused(end).await, (401, "token_invalid".to_owned()));
    }
    let fresh = server.token("a", "Obs", "viewer", json!({ "user": "obs" })).await;
    let end = server.request(Method::DELETE, &location).bearer_auth(fresh).send().await.unwrap();
    assert_eq!(end.status(), StatusCode::OK, "another token of the same person is as good");
}

#[tokio::test]
async fn the_newest_session_of_a_person_wins_whatever_it_is() {
    let (server, _data, token) = room_of("open").await;
    let (first, _) = begin(&server, "/whip/a", &token, PUBLISHER).await;
    let (second, _) = begin(&server, "/whip/a", &token, PUBLISHER).await;
    assert_eq!(refused(server.request(Method::GET, &first)).await.0, 404);
    let mut page = server.join("a", &token, None).await;
    assert_eq!(refused(server.request(Method::GET, &second)).await.0, 404);
    assert_eq!(people(&server).await.len(), 1);
    let (_third, _) = begin(&server, "/whip/a", &token, PUBLISHER).await;
    let closed = page.socket.rest().await;
    assert!(format!("{closed:?}").contains("NewerSession"), "{closed:?}");
}

#[tokio::test]
async fn whoever_is_removed_or_whose_room_ends_has_no_session() {
    let (server, _data, token) = room_of("open").await;
    let mut host = server.page("a", "Hal", "host").await;
    let (location, _) = begin(&server, "/whip/a", &token, PUBLISHER).await;
    let obs = people(&server).await.into_iter().find(|person| person["name"] == "Obs").unwrap();
    let participant = obs["id"].as_str().unwrap().parse().unwrap();
    host.done(Command::RemoveParticipant { participant }).await;
    assert_eq!(refused(server.request(Method::DELETE, &location)).await.0, 404);
    let (location, _) = begin(&server, "/whip/a", &token, PUBLISHER).await;
    server.call(Method::DELETE, "/api/v1/rooms/a", None).await;
    assert_eq!(refused(server.request(Method::DELETE, &location)).await.0, 404);
}

#[tokio::test]
async fn a_watcher_asks_for_somebody_who_is_there_and_is_nobody_on_stage() {
    let (server, _data, token) = room_of("open").await;
    for path in ["/whep/a?participant=p99", "/whep/a?participant=ada"] {
        let answer = refused(offer(&server, path, &token, WATCHER)).await;
        assert_eq!(answer, (404, "participant_not_found".to_owned()), "{path}");
    }
    let ada = server.page("a", "Ada", "viewer").await;
    let (location, _) = begin(&server, &format!("/whep/a?participant={}", ada.you), &token, WATCHER).await;
    assert!(location.starts_with("/whep/a/"), "{location}");
    let watcher = people(&server).await.into_iter().find(|person| person["name"] == "Obs").unwrap();
    assert_eq!((&watcher["stage"], &watcher["connected"]), (&json!("off"), &json!(true)));
    begin(&server, "/whip/a", &token, PUBLISHER).await;
    let refusal = refused(offer(&server, "/whep/a", &token, WATCHER)).await;
    assert_eq!(refusal, (409, "already_on_stage".to_owned()));
}

#[tokio::test]
async fn they_count_as_people_of_the_room_and_in_the_metrics() {
    let (server, _data) = TestServer::with("[limits]\nroom_participants = 2").await;
    server.room("a", json!({ "access": "open" })).await;
    let mut tokens = Vec::new();
    for name in ["Obs", "Tv", "Third"] {
        tokens.push(server.token("a", name, "viewer", json!({})).await);
    }
    begin(&server, "/whip/a", &tokens[0], PUBLISHER).await;
    begin(&server, "/whep/a", &tokens[1], WATCHER).await;
    assert_eq!(refused(offer(&server, "/whep/a", &tokens[2], WATCHER)).await, (409, "room_full".to_owned()));
    refused(offer(&server, "/whip/a", "x", PUBLISHER)).await;
    // An answer of /metrics is given again for a moment.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let metrics = server.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    for line in [
        "proscenium_whip_sessions{protocol=\"whip\"} 1",
        "proscenium_whip_sessions{protocol=\"whep\"} 1",
        "proscenium_whip_refused_total{protocol=\"whip\",reason=\"token\"} 1",
        "proscenium_whip_refused_total{protocol=\"whep\",reason=\"room\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
}
