//! Launches from learning platforms over real sockets: who gets in, everybody who does not, and what platforms' failures cost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod lti_support;
mod support;

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use lti::claims;
use lti_support::{Answers, Begun, Entered, INSTRUCTOR, Platform, claims as good, key, other_key, with};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use signaling::Command;
use support::TestServer;
use tempfile::TempDir;

async fn started() -> (Platform, TestServer, TempDir) {
    let platform = Platform::start().await;
    let data = TempDir::new().unwrap();
    let server = TestServer::on(data.path(), &platform.configuration()).await;
    (platform, server, data)
}

async fn last(server: &TestServer) -> Value {
    server.get("/api/v1/lti").await["launches"][0].clone()
}

#[tokio::test]
async fn a_link_makes_its_room_and_whoever_clicks_is_in_it_by_name_and_role() {
    let (platform, server, _data) = started().await;
    let teacher = with(
        good(&platform),
        json!({ "sub": "t", "name": "Mo", claims::ROLES: [INSTRUCTOR],
        claims::CUSTOM: { "stage_access": "invite" } }),
    );
    let entered = platform.launch(&server, teacher).await.entered();
    let room = server.get(&format!("/api/v1/rooms/{}", entered.room)).await;
    assert_eq!((&room["title"], &room["stage"]["access"]), (&json!("Lecture"), &json!("invite")));
    let mo = server.join(&entered.room, &entered.token, None).await;
    let told = mo.welcome.participants.iter().find(|one| one.id.to_string() == mo.you).unwrap();
    assert_eq!((told.name.as_str(), told.role), ("Mo", signaling::Role::Host));
    // The same link, another person; the same person, another click.
    let student = || platform.launch(&server, good(&platform));
    let (first, again) = (student().await.entered(), student().await.entered());
    assert_eq!((&first.room, &again.room), (&entered.room, &entered.room));
    let (one, two) = (
        server.join(&first.room, &first.token, None).await,
        server.join(&first.room, &again.token, None).await,
    );
    assert_eq!(one.you, two.you, "the platform's person is one person here");
    assert_eq!(last(&server).await["accepted"], true);
}

#[tokio::test]
async fn what_the_login_says_of_deployments_does_not_count() {
    let (platform, server, _data) = started().await;
    let begun = platform.begin_with(&server, &[("lti_deployment_id", "9")]).await;
    let message = with(good(&platform), json!({ "nonce": begun.nonce }));
    begun.post(&server, &key().sign(&message).unwrap()).await.entered();
    // An issuer with one registration needs no client id; an unknown issuer, or client, has no launch at all.
    let login = |query: &'static [(&'static str, &'static str)]| {
        let all = [("iss", platform.issuer()), ("login_hint", "h"), ("target_link_uri", "t")];
        let all: Vec<_> = query.iter().copied().chain(all).collect();
        server.request(Method::GET, "/lti/login").query(&all).send()
    };
    assert_eq!(login(&[]).await.unwrap().status(), StatusCode::FOUND);
    for unknown in [&[("client_id", "other")], &[("iss", "https://evil.example")]] {
        assert_eq!(login(unknown).await.unwrap().status(), StatusCode::FORBIDDEN);
        assert_eq!(last(&server).await["code"], "unknown_platform");
    }
}

#[tokio::test]
async fn custom_room_names_the_room_and_no_other_tenants() {
    let (platform, server, _data) = started().await;
    let named = |deployment: &str, room: &str| {
        with(
            good(&platform),
            json!({ claims::DEPLOYMENT_ID: deployment, claims::CUSTOM: { "custom_room": room } }),
        )
    };
    assert_eq!(platform.launch(&server, named("1", "physics")).await.entered().room, "physics");
    assert_eq!(platform.launch(&server, named("1", "physics")).await.entered().room, "physics");
    platform.launch(&server, named("2", "physics")).await.refused(&server, "room_of_another").await;
    // Nor a room that a script made, or a person who signed in.
    server.room("the-operators", json!({})).await;
    platform.launch(&server, named("2", "the-operators")).await.refused(&server, "room_of_another").await;
    platform.launch(&server, named("1", "no such room!")).await.refused(&server, "bad_room_name").await;
    let access =
        with(good(&platform), json!({ claims::CUSTOM: { "room": "x", "stage_access": "everybody" } }));
    platform.launch(&server, access).await.refused(&server, "bad_request").await;
    platform.launch(&server, named("3", "physics")).await.refused(&server, "unknown_deployment").await;
}

#[tokio::test]
async fn a_tool_that_was_added_anew_is_given_its_old_rooms_and_links() {
    let (platform, server, _data) = started().await;
    let click = |deployment: &str, link: &str, custom: Value| {
        with(
            good(&platform),
            json!({ claims::DEPLOYMENT_ID: deployment, claims::RESOURCE_LINK: { "id": link },
            claims::CUSTOM: custom }),
        )
    };
    let plain = async |deployment: &str| {
        platform.launch(&server, click(deployment, "link-1", json!({}))).await.entered().room
    };
    let named = json!({ "room": "physics" });
    let old = plain("1").await;
    platform.launch(&server, click("1", "link-2", named.clone())).await.entered();
    assert_ne!(plain("2").await, old, "another tool to the platform");
    platform
        .launch(&server, click("2", "link-2", named.clone()))
        .await
        .refused(&server, "room_of_another")
        .await;
    let tenant = |deployment: &str| json!({ "issuer": platform.issuer(), "client_id": "proscenium-1", "deployment": deployment });
    let hand_over = async |from: &str, to: &str| {
        let body = json!({ "from": tenant(from), "to": tenant(to) });
        server.call(Method::POST, "/api/v1/lti/hand-over", Some(body)).await
    };
    assert_eq!(hand_over("1", "2").await, (StatusCode::OK, json!({ "rooms": 2, "links": 2 })));
    assert_eq!(plain("2").await, old);
    assert_eq!(platform.launch(&server, click("2", "link-2", named.clone())).await.entered().room, "physics");
    platform.launch(&server, click("1", "link-2", named)).await.refused(&server, "room_of_another").await;
    assert_eq!(hand_over("1", "2").await.1, json!({ "rooms": 0, "links": 0 }));
    for (from, to) in [("1", "1"), ("1", "3")] {
        assert_eq!(hand_over(from, to).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn who_teaches_one_course_is_a_viewer_in_anothers_room() {
    let (platform, server, _data) = started().await;
    let teacher = |course: &str, custom: Value| {
        with(
            good(&platform),
            json!({ "sub": course, claims::ROLES: [INSTRUCTOR], claims::CUSTOM: custom,
            claims::CONTEXT: { "id": course }, claims::RESOURCE_LINK: { "id": format!("link in {course}") } }),
        )
    };
    let role = async |entered: &Entered| {
        let page = server.join(&entered.room, &entered.token, None).await;
        page.welcome.participants.iter().find(|one| one.id.to_string() == page.you).unwrap().role
    };
    let own = platform.launch(&server, teacher("biology", json!({ "room": "cells" }))).await.entered();
    assert_eq!(role(&own).await, signaling::Role::Host);
    let visiting = platform.launch(&server, teacher("sandbox", json!({ "room": "cells" }))).await.entered();
    assert_eq!((visiting.room.as_str(), role(&visiting).await), ("cells", signaling::Role::Viewer));
    // A course that was copied brings its links along, and makes rooms of its own.
    let copied = platform
        .launch(&server, teacher("next year", json!({ "room": "cells", "course": "biology" })))
        .await
        .entered();
    assert_ne!(copied.room, "cells");
    assert_eq!(role(&copied).await, signaling::Role::Host);
}

#[tokio::test]
async fn two_who_click_a_new_link_at_once_are_in_one_room() {
    let (platform, server, _data) = started().await;
    let click = || platform.launch(&server, good(&platform));
    let (a, b, c, d) = tokio::join!(click(), click(), click(), click());
    let rooms: Vec<String> = [a, b, c, d].map(|launched| launched.entered().room).into();
    assert!(rooms.iter().all(|room| *room == rooms[0]), "{rooms:?}");
    assert_eq!(server.get("/api/v1/rooms").await["rooms"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn every_wrong_launch_is_refused_and_written_down() {
    let (platform, server, _data) = started().await;
    let now = good(&platform)["iat"].as_u64().unwrap();
    let cases = [
        (json!({ "aud": "other" }), "wrong_audience"),
        (json!({ "aud": [platform.client_id(), "other"], "azp": "other" }), "wrong_audience"),
        (json!({ "iss": "https://evil.example" }), "wrong_issuer"),
        (json!({ claims::DEPLOYMENT_ID: "9" }), "unknown_deployment"),
        (json!({ "nonce": "made up" }), "wrong_nonce"),
        (json!({ "iat": now - 7200, "exp": now - 3600 }), "expired"),
        (json!({ "nbf": now + 3600 }), "not_yet_valid"),
        (json!({ claims::VERSION: "1.1" }), "bad_version"),
        (json!({ claims::MESSAGE_TYPE: "LtiNothing" }), "bad_message_type"),
    ];
    for (changes, code) in cases {
        let begun = platform.begin(&server).await;
        let nonce = changes.get("nonce").is_none().then(|| begun.nonce.clone());
        let mut message = with(good(&platform), changes);
        if let Some(nonce) = nonce {
            message["nonce"] = json!(nonce);
        }
        begun.post(&server, &key().sign(&message).unwrap()).await.refused(&server, code).await;
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let kid = key().kid().to_owned();
    let secret = EncodingKey::from_secret(key().public()["n"].as_str().unwrap().as_bytes());
    type Forge<'a> = Box<dyn Fn(&Value) -> String + 'a>;
    let forgeries: Vec<(Forge<'_>, &str)> = vec![
        (
            Box::new(|body| format!("{}.{}.", part(&json!({ "alg": "none", "kid": kid })), part(body))),
            "bad_algorithm",
        ),
        (
            Box::new(|body| {
                encode(&Header { kid: Some(kid.clone()), ..Header::new(Algorithm::HS256) }, body, &secret)
                    .unwrap()
            }),
            "bad_algorithm",
        ),
        (Box::new(|body| other_key().sign(body).unwrap()), "unknown_key"),
        (Box::new(|_| "nonsense".to_owned()), "bad_signature"),
    ];
    for (forge, code) in forgeries {
        let begun = platform.begin(&server).await;
        let body = with(good(&platform), json!({ "nonce": begun.nonce }));
        begun.post(&server, &forge(&body)).await.refused(&server, code).await;
    }
    assert!(server.get("/api/v1/rooms").await["rooms"].as_array().unwrap().is_empty(), "nobody made a room");
}

#[tokio::test]
async fn a_launch_is_good_once_a_restart_in_between_or_not() {
    let (platform, server, data) = started().await;
    let begun = platform.begin(&server).await;
    let waiting = platform.begin(&server).await;
    let message =
        |begun: &Begun| key().sign(&with(good(&platform), json!({ "nonce": begun.nonce }))).unwrap();
    let (used, fresh) = (message(&begun), message(&waiting));
    begun.post(&server, &used).await.entered();
    begun.post(&server, &used).await.refused(&server, "unknown_state").await;
    // Another launch's nonce under this state.
    let other = platform.begin(&server).await;
    other.post(&server, &used).await.refused(&server, "wrong_nonce").await;
    server.running.drain().await;
    let server = TestServer::on(data.path(), &platform.configuration()).await;
    begun.post(&server, &used).await.refused(&server, "unknown_state").await;
    waiting.post(&server, &fresh).await.entered();
    waiting.post(&server, &fresh).await.refused(&server, "unknown_state").await;
}

#[tokio::test]
async fn another_browser_has_to_show_what_the_first_was_given() {
    let (platform, server, _data) = started().await;
    let begin = || async {
        let begun = platform.begin_with(&server, &[("lti_storage_target", "_parent")]).await;
        let message = key().sign(&with(good(&platform), json!({ "nonce": begun.nonce }))).unwrap();
        let proof = Begun { cookie: String::new(), ..begun.clone() }.post(&server, &message).await.step();
        (begun, proof)
    };
    let (begun, step) = begin().await;
    assert_eq!(step["step"], "prove");
    let prove = |value: &str| server.post("/lti/prove", json!({ "key": step["key"], "value": value }));
    let (status, refused) = prove("guessed").await;
    assert_eq!((status, &refused["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("unknown_state")));
    let (status, _) = prove(&begun.secret).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "one guess is all there is");
    let (begun, step) = begin().await;
    let (status, next) =
        server.post("/lti/prove", json!({ "key": step["key"], "value": begun.secret })).await;
    assert_eq!(status, StatusCode::OK, "{next}");
    assert!(next["next"].as_str().unwrap().starts_with("/r/"), "{next}");
    // The last resort: once more, in a window of its own.
    let (begun, step) = begin().await;
    let window = server.request(Method::GET, step["window"].as_str().unwrap()).send().await.unwrap();
    let again = Begun::read(window).await;
    assert_ne!(again.nonce, begun.nonce);
    let message = key().sign(&with(good(&platform), json!({ "nonce": again.nonce }))).unwrap();
    Begun { cookie: String::new(), ..again }
        .post(&server, &message)
        .await
        .refused(&server, "no_cookies")
        .await;
}

#[tokio::test]
async fn keys_change_in_mid_session_and_platforms_that_fail_cost_their_own_people_only() {
    let (platform, server, _data) = started().await;
    platform.launch(&server, good(&platform)).await.entered();
    platform.answer(Answers::OtherKeys);
    let with_other = |begun: Begun| {
        let message = other_key().sign(&with(good(&platform), json!({ "nonce": begun.nonce }))).unwrap();
        (begun, message)
    };
    let (begun, message) = with_other(platform.begin(&server).await);
    let entered = begun.post(&server, &message).await.entered();
    let mut inside = server.join(&entered.room, &entered.token, None).await;
    for (answers, detail) in [
        (Answers::TenMegabytes, "longer than"),
        (Answers::Never, "no answer within"),
        (Answers::Failure, "503"),
    ] {
        platform.answer(answers);
        // Signed with the key that the server does not have any more: it has to ask, and to give up.
        let begun = platform.begin(&server).await;
        let message = key().sign(&with(good(&platform), json!({ "nonce": begun.nonce }))).unwrap();
        let asked = Instant::now();
        let launch = begun.post(&server, &message);
        let room = async {
            let sent = Instant::now();
            inside.done(Command::RaiseHand { raised: true }).await;
            inside.done(Command::RaiseHand { raised: false }).await;
            sent.elapsed()
        };
        let (launched, noticed) = tokio::join!(launch, room);
        launched.refused(&server, "keys_unreachable").await;
        assert!(last(&server).await["detail"].as_str().unwrap().contains(detail), "{detail}");
        assert!(asked.elapsed() < Duration::from_secs(9) && noticed < Duration::from_secs(2), "{noticed:?}");
        tokio::time::sleep(Duration::from_millis(2100)).await;
    }
    // Keys that are known go on being good while the platform is down.
    let (begun, message) = with_other(platform.begin(&server).await);
    begun.post(&server, &message).await.entered();
}

#[tokio::test]
async fn a_platform_registers_by_an_address_made_for_it_once() {
    let platform = Platform::start().await;
    let (server, _data) = TestServer::start().await;
    let register = |key: Option<String>| {
        let mut query = vec![
            ("openid_configuration".to_owned(), platform.url("/configuration")),
            ("registration_token".to_owned(), "t-1".to_owned()),
        ];
        query.extend(key.map(|key| ("key".to_owned(), key)));
        server.request(Method::GET, "/lti/register").query(&query).send()
    };
    assert_eq!(register(None).await.unwrap().status(), StatusCode::BAD_GATEWAY);
    assert_eq!(last(&server).await["code"], "registration_failed");
    let (_, made) = server.post("/api/v1/lti/registrations", json!({})).await;
    let key = made["url"].as_str().unwrap().split_once("key=").unwrap().1.to_owned();
    assert_eq!(register(Some(key.clone())).await.unwrap().status(), StatusCode::OK);
    assert_eq!(platform.registered().await["jwks_uri"], format!("{}/lti/jwks", server.base));
    assert_eq!(register(Some(key)).await.unwrap().status(), StatusCode::BAD_GATEWAY, "it was good once");
    let platforms = server.get("/api/v1/lti").await["platforms"].clone();
    assert_eq!(
        (&platforms[0]["client_id"], &platforms[0]["source"]),
        (&json!("registered-1"), &json!("registration"))
    );
    let message = with(good(&platform), json!({ "aud": "registered-1", claims::DEPLOYMENT_ID: "7" }));
    platform.launch_as("registered-1", &server, message).await.entered();
}

#[tokio::test]
async fn registrations_are_set_up_by_hand_and_checked() {
    let (platform, server, _data) = started().await;
    let mine = json!({ "issuer": "https://moodle.example", "client_id": "m", "login_url": platform.url("/auth"),
        "jwks_url": platform.url("/keys"), "token_url": platform.url("/token"), "roles": { "x": "speaker" } });
    let put = |body: Value| server.call(Method::PUT, "/api/v1/lti/platforms", Some(body));
    let (status, told) = put(mine.clone()).await;
    assert_eq!(
        (status, &told["state"], &told["source"]),
        (StatusCode::OK, &json!("active"), &json!("setup"))
    );
    for (field, bad) in
        [("login_url", "javascript:1"), ("jwks_url", "http://moodle.example/keys"), ("issuer", "")]
    {
        let mut wrong = mine.clone();
        wrong[field] = json!(bad);
        let (status, error) = put(wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(error["error"]["message"].as_str().unwrap().starts_with(field), "{error}");
    }
    let name = json!({ "issuer": "https://moodle.example", "client_id": "m" });
    let (_, checked) = server.post("/api/v1/lti/platforms/check", name.clone()).await;
    let ok: Vec<_> =
        checked["checks"].as_array().unwrap().iter().map(|one| one["ok"].as_bool().unwrap()).collect();
    assert_eq!(ok, [true, true, true], "{checked}");
    platform.answer(Answers::Failure);
    let (_, checked) = server.post("/api/v1/lti/platforms/check", name.clone()).await;
    assert_eq!(checked["checks"][0]["code"], "http_status", "{checked}");
    // One of the file is changed in the file.
    let of_file = json!({ "issuer": platform.issuer(), "client_id": platform.client_id() });
    assert_eq!(
        server.call(Method::DELETE, "/api/v1/lti/platforms", Some(of_file)).await.0,
        StatusCode::CONFLICT
    );
    assert_eq!(
        server.call(Method::DELETE, "/api/v1/lti/platforms", Some(name.clone())).await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        server.call(Method::DELETE, "/api/v1/lti/platforms", Some(name)).await.0,
        StatusCode::NOT_FOUND
    );
    let keyless = server.request(Method::GET, "/api/v1/lti").send().await.unwrap();
    assert_eq!(keyless.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whoever_is_there_to_the_end_of_a_room_has_their_attendance_in_the_gradebook() {
    let (platform, server, _data) = started().await;
    let message = |subject: &str, roles: Value| {
        with(
            good(&platform),
            json!({ "sub": subject, claims::ROLES: roles, claims::GRADES: platform.grades(),
            claims::CUSTOM: { "room": "graded", "grade": "attendance" } }),
        )
    };
    let teacher = platform.launch(&server, message("teacher", json!([INSTRUCTOR]))).await.entered();
    let _mo = server.join("graded", &teacher.token, None).await;
    let mut pages = Vec::new();
    platform.delete_column();
    // One whom the gradebook does not take keeps nobody else's from it, whatever the order.
    for subject in ["observer-1", "student-1", "observer-2", "student-2", "student-3"] {
        let entered = platform.launch(&server, message(subject, json!([]))).await.entered();
        pages.push(server.join("graded", &entered.token, None).await);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.call(Method::DELETE, "/api/v1/rooms/graded", None).await.0, StatusCode::NO_CONTENT);
    for subject in ["student-1", "student-2", "student-3"] {
        let (percent, _) = platform.score_of(subject).await;
        assert!(percent > 20.0 && percent <= 100.0, "{subject}: {percent}");
    }
    let (_, columns) = platform.score_of("student-3").await;
    assert_eq!(columns, 2, "the one that was deleted, and one for all that came after");
}

#[tokio::test]
async fn only_registered_platforms_frame_the_pages() {
    async fn policy(server: &TestServer) -> String {
        let answer = server.request(Method::GET, "/r/a").send().await.unwrap();
        answer.headers()["content-security-policy"].to_str().unwrap().to_owned()
    }
    let (platform, server, data) = started().await;
    let platforms = format!("frame-ancestors 'self' {}", platform.issuer());
    let own = "frame-ancestors 'self'".to_owned();
    // A step of a launch is shown before the platform's page is known, and so is why there is none.
    for (path, expected) in [
        ("/", Some(&own)),
        ("/setup", Some(&own)),
        ("/setup.html", Some(&own)),
        ("/r/a", Some(&platforms)),
        ("/lti/login", None),
    ] {
        let answer = server.request(Method::GET, path).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let frames = policy.split("; ").find(|one| one.starts_with("frame-ancestors"));
        assert_eq!(frames, expected.map(String::as_str), "{path}");
        assert!(policy.contains("; form-action 'self'"), "{policy}");
    }
    // Some platforms show their pages from elsewhere than they sign for, and say so in a signed message only.
    let elsewhere =
        json!({ claims::LAUNCH_PRESENTATION: { "return_url": "https://school.example/courses/1" } });
    platform.launch(&server, with(good(&platform), elsewhere)).await.entered();
    assert!(policy(&server).await.contains("https://school.example"));
    server.running.drain().await;
    let server = TestServer::on(data.path(), &platform.configuration()).await;
    assert!(policy(&server).await.contains("https://school.example"), "known after a restart");
    server.running.drain().await;
    let server = TestServer::on(data.path(), "").await;
    assert!(!policy(&server).await.contains("school.example"), "of a platform that is registered no more");
}
