//! What a room has around its stage, over real sockets and HTTP: what outlives a restart, the waiting room, the tables of polls.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;
use signaling::{
    Audience, ClientMessage, Closing, Command, PollAnswer, PollDraft, PollKind, PollQuestion, Reaction,
    ServerMessage, VERSION,
};
use support::{Page, Socket, TestServer};
use tempfile::TempDir;

fn say(text: &str) -> Command {
    Command::Say { text: text.into(), audience: Audience::Everybody, reply_to: None }
}

fn poll() -> PollDraft {
    let kind = PollKind::Single { choices: vec!["yes".into(), "no".into()] };
    let questions = vec![PollQuestion { text: "Well?".into(), kind, right: None }];
    PollDraft { title: "Poll".into(), questions, anonymous: false, held: false, quiz: None }
}

fn yes() -> Command {
    let answers = vec![Some(PollAnswer::Choices { choices: vec![0] })];
    Command::AnswerPoll { poll: 1, answers }
}

/// What the page is told of chat, questions and polls right after its welcome.
async fn told(page: &mut Page) -> Vec<ServerMessage> {
    page.socket.send(&ClientMessage::Ping).await;
    let mut told = Vec::new();
    loop {
        match page.socket.next().await.unwrap() {
            ServerMessage::Pong => return told,
            message => told.push(message),
        }
    }
}

#[tokio::test]
async fn what_was_written_asked_and_answered_outlives_the_server() {
    let data = TempDir::new().unwrap();
    let server = TestServer::on(data.path(), "").await;
    server.room("a", json!({})).await;
    let token = server.token("a", "Ann", "viewer", json!({ "user": "ann" })).await;
    let mut ann = server.join("a", &token, None).await;
    let mut mo = server.page("a", "Mo", "moderator").await;
    ann.done(say("first")).await;
    ann.done(say("second")).await;
    mo.done(Command::DeleteMessage { message: 1 }).await;
    ann.done(Command::AskQuestion { text: "Why?".into() }).await;
    mo.done(Command::CreatePoll { draft: poll() }).await;
    mo.done(Command::StartPoll { poll: 1 }).await;
    ann.done(yes()).await;
    server.running.drain().await;

    let server = TestServer::on(data.path(), "").await;
    // Somebody else is the first in the room now, and has Ann's number from before.
    let _eve = server.page("a", "Eve", "viewer").await;
    let mut ann = server.join("a", &token, None).await;
    let you = ann.you.clone();
    let told = told(&mut ann).await;
    let chat = told.iter().find_map(|message| match message {
        ServerMessage::Chat { messages } => Some(messages),
        _ => None,
    });
    let chat: Vec<_> =
        chat.unwrap().iter().map(|one| (one.id, one.by.to_string(), one.text.as_str())).collect();
    assert_eq!(chat, [(2, you.clone(), "second")]);
    assert!(told.iter().any(|message| matches!(message, ServerMessage::Questions { questions } if questions[0].by.to_string() == you)));
    let polls = told.iter().find_map(|message| match message {
        ServerMessage::Polls { polls } => Some(polls),
        _ => None,
    });
    let yours = polls.unwrap()[0].yours.clone().unwrap();
    assert!(yours.answered && polls.unwrap()[0].answered == 1, "{yours:?}");
}

#[tokio::test]
async fn nothing_is_left_of_a_room_that_has_ended() {
    let data = TempDir::new().unwrap();
    let server = TestServer::on(data.path(), "").await;
    server.room("a", json!({})).await;
    server.page("a", "Ann", "viewer").await.done(say("hello")).await;
    server.call(Method::DELETE, "/api/v1/rooms/a", None).await;
    server.room("a", json!({})).await;
    server.running.drain().await;
    let server = TestServer::on(data.path(), "").await;
    let mut ann = server.page("a", "Ann", "viewer").await;
    assert_eq!(told(&mut ann).await, []);
}

async fn knock(server: &TestServer, name: &str) -> Socket {
    let token = server.token("a", name, "viewer", json!({})).await;
    let mut socket = server.socket("a").await;
    socket.send(&ClientMessage::Hello { version: VERSION, token, resume: None }).await;
    let answer = socket.next().await;
    assert_eq!(answer, Some(ServerMessage::InWaitingRoom { title: "Physics".into() }));
    socket
}

#[tokio::test]
async fn whoever_waits_hears_nothing_of_the_room_until_they_are_let_in() {
    let (server, _data) = TestServer::start().await;
    server.post("/api/v1/rooms", json!({ "id": "a", "title": "Physics", "locked": true })).await;
    let mut mo = server.page("a", "Mo", "moderator").await;
    let mut waits = knock(&server, "Ann").await;
    mo.done(say("she cannot read this")).await;
    waits.send(&ClientMessage::Command { id: 1, command: say("let me in") }).await;
    let refused = waits.next().await;
    assert!(matches!(refused, Some(ServerMessage::Refused { id: 1, .. })), "{refused:?}");
    waits.send(&ClientMessage::Ping).await;
    assert_eq!(waits.next().await, Some(ServerMessage::Pong));
    let room = server.get("/api/v1/rooms/a").await;
    assert_eq!((room["participants"].as_array().unwrap().len(), &room["locked"]), (1, &json!(true)));

    mo.done(Command::Admit { waiting: 1 }).await;
    assert!(matches!(waits.next().await, Some(ServerMessage::Welcome { .. })));
    // What was written before is told like to anybody who comes.
    assert!(matches!(waits.next().await, Some(ServerMessage::Chat { .. })));
}

#[tokio::test]
async fn whoever_is_turned_away_is_told_and_a_page_that_gives_up_waits_no_more() {
    let (server, _data) = TestServer::start().await;
    server.post("/api/v1/rooms", json!({ "id": "a", "title": "Physics", "locked": true })).await;
    let mut mo = server.page("a", "Mo", "moderator").await;
    let mut ann = knock(&server, "Ann").await;
    mo.done(Command::TurnAway { waiting: 1 }).await;
    assert_eq!(ann.rest().await, [ServerMessage::Closing { closing: Closing::TurnedAway }]);
    let ben = knock(&server, "Ben").await;
    let waiting = |message| match message {
        ServerMessage::Waiting { people } => Some(people),
        _ => None,
    };
    while mo.socket.find(waiting).await.len() != 1 {}
    drop(ben);
    while !mo.socket.find(waiting).await.is_empty() {}
}

#[tokio::test]
async fn a_table_of_a_poll_is_for_scripts_and_moderators() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let moderator = server.token("a", "Mo", "moderator", json!({ "user": "mo" })).await;
    let viewer = server.token("a", "Ann", "viewer", json!({ "user": "ann" })).await;
    let mut mo = server.join("a", &moderator, None).await;
    let mut ann = server.join("a", &viewer, None).await;
    mo.done(Command::CreatePoll { draft: poll() }).await;
    mo.done(Command::StartPoll { poll: 1 }).await;
    ann.done(yes()).await;
    let csv = async |path: &str, token: &str| {
        let response = server.request(Method::GET, path).bearer_auth(token).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    };
    let path = "/api/v1/rooms/a/polls/1.csv";
    let table = "\u{feff}name,Well?\r\nAnn,yes\r\n".to_owned();
    for token in [support::API_KEY, &moderator] {
        assert_eq!(csv(path, token).await, (StatusCode::OK, table.clone()));
    }
    for (token, status) in [(viewer.as_str(), StatusCode::FORBIDDEN), ("nonsense", StatusCode::UNAUTHORIZED)]
    {
        assert_eq!(csv(path, token).await.0, status);
    }
    // The host's word on somebody's role counts, and not what their token says.
    let mut host = server.page("a", "Hal", "host").await;
    let participant = mo.you.parse().unwrap();
    host.done(Command::SetRole { participant, role: signaling::Role::Viewer }).await;
    assert_eq!(csv(path, &moderator).await.0, StatusCode::FORBIDDEN);
    let (status, body) = csv("/api/v1/rooms/a/polls/9.csv", support::API_KEY).await;
    assert!(status == StatusCode::NOT_FOUND && body.contains("poll_not_found"), "{body}");
}

#[tokio::test]
async fn what_a_room_has_is_said_by_scripts_too() {
    let data = TempDir::new().unwrap();
    let server = TestServer::on(data.path(), "").await;
    let (status, room) =
        server.post("/api/v1/rooms", json!({ "id": "a", "features": { "polls": false } })).await;
    assert_eq!(
        (status, &room["features"]["polls"], &room["features"]["chat"]),
        (StatusCode::CREATED, &json!(false), &json!(true))
    );
    let mut ann = server.page("a", "Ann", "viewer").await;
    let change = json!({ "features": { "reactions": false, "polls": true }, "locked": true });
    let (status, room) = server.call(Method::PATCH, "/api/v1/rooms/a", Some(change)).await;
    assert_eq!(
        (status, &room["features"]["reactions"], &room["locked"]),
        (StatusCode::OK, &json!(false), &json!(true))
    );
    let answer = ann.command(Command::React { reaction: Reaction::Clap }).await;
    assert!(matches!(answer, ServerMessage::Refused { .. }), "{answer:?}");
    let (status, body) =
        server.call(Method::PATCH, "/api/v1/rooms/a", Some(json!({ "features": { "karaoke": true } }))).await;
    assert!(status.is_client_error() && body.to_string().contains("karaoke"), "{body}");
    server.running.drain().await;
    let server = TestServer::on(data.path(), "").await;
    assert_eq!(server.get("/api/v1/rooms/a").await["features"], room["features"]);
}

#[tokio::test]
async fn what_was_written_is_on_the_disk_before_the_server_ends() {
    let data = TempDir::new().unwrap();
    let server = TestServer::on(data.path(), "").await;
    server.room("a", json!({})).await;
    for n in 0..40 {
        let mut page = server.page("a", &format!("Ann {n}"), "viewer").await;
        page.done(say(&n.to_string())).await;
    }
    // A power cut would take the last half second at most: the rest is there without an orderly end.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let copy = TempDir::new().unwrap();
    for end in ["", "-wal"] {
        let file = format!("{}{end}", store::DATABASE_FILE);
        std::fs::copy(data.path().join("data").join(&file), copy.path().join(&file)).unwrap();
    }
    let kept = store::Store::open(copy.path()).unwrap().items("a").unwrap();
    // And so is who came.
    for kind in [store::ItemKind::Message, store::ItemKind::Attendee] {
        assert_eq!(kept.iter().filter(|item| item.kind == kind).count(), 40, "{kind:?}");
    }
}
