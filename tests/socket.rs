//! The WebSocket of a page: who is let in, what breaks it, and that nobody else notices.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use signaling::{
    Access, Change, ClientMessage, Closing, Command, ErrorCode, Notice, Refusal, ServerMessage, SourceMids,
    SourcesOn, VERSION,
};
use support::{Page, Socket, TestServer};
use tokio_tungstenite::tungstenite;

/// What a socket is told that says this first.
async fn first_words(server: &TestServer, room: &str, text: &str) -> ErrorCode {
    let mut socket = server.socket(room).await;
    socket.send_text(text).await;
    only_error(&mut socket).await
}

async fn only_error(socket: &mut Socket) -> ErrorCode {
    let rest = socket.rest().await;
    match rest.as_slice() {
        [ServerMessage::Error { code, .. }] => *code,
        other => panic!("not one error, but {other:?}"),
    }
}

fn hello(token: &str) -> String {
    json!({ "type": "hello", "version": VERSION, "token": token }).to_string()
}

#[tokio::test]
async fn a_late_joiner_gets_the_room_and_everybody_else_the_change() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({ "access": "open" })).await;
    let mut ann = server.page("a", "Ann", "moderator").await;
    assert_eq!(ann.welcome.participants.len(), 1);
    let ben = server.page("a", "Ben", "viewer").await;
    let names: Vec<_> = ben.welcome.participants.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names, ["Ann", "Ben"]);
    let (version, name) = ann
        .socket
        .find(|message| match message {
            ServerMessage::Changed { version, change: Change::Participant { participant } } => {
                Some((version, participant.name))
            }
            _ => None,
        })
        .await;
    assert_eq!((version, name.as_str()), (ben.welcome.version, "Ben"));
}

#[tokio::test]
async fn tokens_that_are_forged_over_or_for_another_room_are_told_apart() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    server.room("b", json!({})).await;
    let good = server.token("a", "Ann", "viewer", json!({})).await;
    let short = server.token("a", "Ann", "viewer", json!({ "ttl_seconds": 1 })).await;
    let forged = format!("{}x", &good[..good.len() - 1]);
    assert_eq!(first_words(&server, "a", &hello(&forged)).await, ErrorCode::TokenInvalid);
    assert_eq!(first_words(&server, "a", &hello("")).await, ErrorCode::TokenInvalid);
    assert_eq!(first_words(&server, "b", &hello(&good)).await, ErrorCode::TokenWrongRoom);
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(first_words(&server, "a", &hello(&short)).await, ErrorCode::TokenExpired);
}

#[tokio::test]
async fn a_token_outlives_its_room_and_then_opens_nothing() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let token = server.token("a", "Ann", "viewer", json!({})).await;
    server.call(reqwest::Method::DELETE, "/api/v1/rooms/a", None).await;
    assert_eq!(first_words(&server, "a", &hello(&token)).await, ErrorCode::RoomNotFound);
}

#[tokio::test]
async fn what_is_no_hello_is_not_let_in() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let other = json!({ "type": "hello", "version": VERSION + 1, "token": "x" }).to_string();
    assert_eq!(first_words(&server, "a", &other).await, ErrorCode::VersionMismatch);
    let command = r#"{"type":"command","id":1,"command":{"do":"request_stage"}}"#;
    for frame in ["", "{", "[]", "\u{0}", r#"{"type":"ping"}"#, r#"{"type":"hello"}"#, command] {
        assert_eq!(first_words(&server, "a", frame).await, ErrorCode::MessageInvalid, "{frame:?}");
    }
}

#[tokio::test]
async fn a_full_room_takes_nobody_more() {
    let (server, _data) = TestServer::with("[limits]\nroom_participants = 1").await;
    server.room("a", json!({})).await;
    let _ann = server.page("a", "Ann", "viewer").await;
    let token = server.token("a", "Ben", "viewer", json!({})).await;
    assert_eq!(first_words(&server, "a", &hello(&token)).await, ErrorCode::RoomFull);
}

#[tokio::test]
async fn a_full_room_still_takes_back_who_is_in_it() {
    let (server, _data) = TestServer::with("[limits]\nroom_participants = 1").await;
    server.room("a", json!({})).await;
    let token = server.token("a", "Ann", "viewer", json!({})).await;
    let ann = server.join("a", &token, None).await;
    // The server has not noticed that the first socket is gone; there is no other place than hers.
    let again = server.join("a", &token, Some(ann.resume.clone())).await;
    assert_eq!(again.you, ann.you);
}

#[tokio::test]
async fn sockets_count_as_connections_for_as_long_as_they_are_open() {
    let (server, _data) = TestServer::with("[limits]\nconnections = 4").await;
    server.room("a", json!({})).await;
    let mut open = Vec::new();
    while let Ok(socket) = server.try_socket("a", &[]).await {
        open.push(socket);
        assert!(open.len() <= 4, "a fifth connection was taken");
    }
    assert!(open.len() >= 2, "{} sockets", open.len());
    drop(open);
    for _ in 0..500 {
        if server.try_socket("a", &[]).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the places of closed sockets are not given back");
}

/// Two people; what one of them does must not be noticed by the other.
async fn pair(server: &TestServer) -> (Page, Page) {
    server.room("a", json!({ "access": "request" })).await;
    let bad = server.page("a", "Bad", "viewer").await;
    let bystander = server.page("a", "Bystander", "viewer").await;
    (bad, bystander)
}

#[tokio::test]
async fn frames_that_break_the_protocol_cost_their_sender_only() {
    let again = hello("x");
    let long = "x".repeat(1_000_000);
    let longer = "x".repeat(3_000_000);
    let cases: [(&str, ErrorCode); 6] = [
        (r#"{"type":"shout"}"#, ErrorCode::MessageInvalid),
        ("{not json", ErrorCode::MessageInvalid),
        (r#"{"type":"command","id":"one","command":{"do":"request_stage"}}"#, ErrorCode::MessageInvalid),
        (&again, ErrorCode::MessageInvalid),
        (&long, ErrorCode::MessageTooLong),
        (&longer, ErrorCode::MessageTooLong),
    ];
    for (frame, code) in cases {
        let (server, _data) = TestServer::start().await;
        let (mut bad, mut bystander) = pair(&server).await;
        // The server may cut a frame of megabytes short, and then the sender sees no more than that.
        if bad.socket.try_send_text(frame).await {
            let last = bad.socket.rest().await.pop();
            let told = matches!(&last, Some(ServerMessage::Error { code: told, .. }) if *told == code);
            assert!(told, "{code:?}: {last:?}");
        }
        let gone = bystander
            .socket
            .find(|message| match message {
                ServerMessage::Changed { change: Change::Participant { participant }, .. }
                    if participant.name == "Bad" =>
                {
                    Some(participant.connected)
                }
                ServerMessage::Changed { change: Change::Gone { .. }, .. } => Some(false),
                _ => None,
            })
            .await;
        assert!(!gone, "the one who broke the protocol is gone");
        bystander.noticed_nothing().await;
    }
}

#[tokio::test]
async fn a_command_that_cannot_be_read_is_refused_and_the_page_goes_on() {
    let (server, _data) = TestServer::start().await;
    let (mut bad, mut bystander) = pair(&server).await;
    for frame in [
        r#"{"type":"command","id":7,"command":{"do":"dance"}}"#,
        r#"{"type":"command","id":7,"command":{"do":"invite","participant":"nobody"}}"#,
    ] {
        bad.socket.send_text(frame).await;
        let refusal = bad
            .socket
            .find(|message| match message {
                ServerMessage::Refused { id: 7, refusal, .. } => Some(refusal),
                _ => None,
            })
            .await;
        assert!(matches!(refusal, Refusal::BadCommand { .. }), "{refusal:?}");
    }
    bad.noticed_nothing().await;
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn a_flood_of_frames_is_stopped() {
    let (server, _data) = TestServer::start().await;
    let (mut bad, mut bystander) = pair(&server).await;
    for _ in 0..200 {
        if !bad.socket.try_send_text(r#"{"type":"ping"}"#).await {
            break;
        }
    }
    let last = bad.socket.rest().await.pop();
    assert!(matches!(last, Some(ServerMessage::Error { code: ErrorCode::TooManyMessages, .. })), "{last:?}");
    bystander.socket.find(|message| matches!(message, ServerMessage::Changed { .. }).then_some(())).await;
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn before_hello_frames_have_the_same_rate_and_only_the_newest_ping_an_answer() {
    use futures_util::{SinkExt, StreamExt};
    use tungstenite::Message;
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let mut socket = server.socket("a").await.0;
    for n in 0..200u8 {
        let _ = socket.send(Message::Ping(vec![n].into())).await;
    }
    let mut told = Vec::new();
    while let Some(Ok(message)) = socket.next().await {
        told.push(message);
    }
    let [Message::Pong(newest), Message::Text(error), Message::Close(_)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert!(newest[0] >= 59 && error.contains("too_many_messages"), "{newest:?} {error}");
}

#[tokio::test]
async fn a_first_frame_is_as_long_as_a_hello_may_be() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    assert_eq!(first_words(&server, "a", &hello(&"x".repeat(10_000))).await, ErrorCode::TokenInvalid);
    assert_eq!(first_words(&server, "a", &hello(&"x".repeat(20_000))).await, ErrorCode::MessageTooLong);
}

#[tokio::test]
async fn offers_faster_than_a_page_needs_them_are_refused() {
    let (server, _data) = TestServer::start().await;
    let (mut bad, mut bystander) = pair(&server).await;
    let mut too_fast = 0;
    for _ in 0..15 {
        let offer = Command::Offer { connection: 1, sdp: String::new(), sources: SourceMids::default() };
        let ServerMessage::Refused { refusal: Refusal::BadOffer { detail }, .. } = bad.command(offer).await
        else {
            panic!("not refused")
        };
        too_fast += usize::from(detail.contains("too fast"));
    }
    assert!(too_fast > 0, "none of them");
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn commands_that_everybody_hears_of_have_a_rate_and_turning_off_has_none() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({ "access": "open" })).await;
    let mut ann = server.page("a", "Ann", "viewer").await;
    ann.done(Command::JoinStage { sources: SourcesOn::default() }).await;
    let mic = |on| Command::SetSource { source: signaling::Source::Mic, on };
    let mut last = ann.command(mic(true)).await;
    for _ in 0..28 {
        ann.done(mic(false)).await;
        last = ann.command(mic(true)).await;
        if !matches!(last, ServerMessage::Done { .. }) {
            break;
        }
    }
    let ServerMessage::Refused { refusal: Refusal::BadCommand { detail }, .. } = last else {
        panic!("not refused but {last:?}")
    };
    assert!(detail.contains("too fast"), "{detail}");
    ann.done(mic(false)).await;
}

#[tokio::test]
async fn a_page_that_does_not_read_is_cut_off() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let mut watching = server.page("a", "Watching", "viewer").await;
    let token = server.token("a", "Slow", "viewer", json!({})).await;
    let mut slow = server.narrow_socket("a").await;
    slow.send_text(&hello(&token)).await;
    let mute = format!("/api/v1/rooms/a/participants/{}/mute", watching.you);
    let mut cut = false;
    for n in 0..10_000 {
        let state = if n % 2 == 0 { "locked" } else { "released" };
        server.post(&mute, json!({ "source": "mic", "state": state })).await;
        // The one who reads sees every change, and in the end that the other is gone.
        let gone = |message| match message {
            ServerMessage::Changed { change: Change::Participant { participant }, .. } => {
                Some(participant.name == "Slow" && !participant.connected)
            }
            ServerMessage::Changed { change: Change::Gone { .. }, .. } => Some(true),
            _ => None,
        };
        if watching.socket.find(gone).await {
            cut = true;
            break;
        }
    }
    assert!(cut, "it was not cut off");
    let metrics =
        server.request(reqwest::Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("proscenium_bound_hits_total{bound=\"slow_reader\"} 1"), "{metrics}");
}

#[tokio::test]
async fn offers_that_cannot_be_used_are_refused() {
    let (server, _data) = TestServer::start().await;
    let (mut bad, mut bystander) = pair(&server).await;
    let good = std::fs::read_to_string(fixture("chromium-page")).unwrap();
    let endless = format!("{good}{}", "a=x-line\r\n".repeat(9000));
    for sdp in ["", "v=0", "garbage\r\n", &endless] {
        let offer = Command::Offer { connection: 1, sdp: sdp.to_owned(), sources: SourceMids::default() };
        let answer = bad.command(offer).await;
        let refused = matches!(&answer, ServerMessage::Refused { refusal: Refusal::BadOffer { .. }, .. });
        assert!(refused, "{sdp:.20}: {answer:?}");
    }
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn an_offer_of_a_browser_is_answered_and_again_for_the_same_connection() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let mut ann = server.page("a", "Ann", "viewer").await;
    let sdp = std::fs::read_to_string(fixture("chromium-page")).unwrap();
    let mid = |mid: &str| Some(mid.to_owned());
    let sources = SourceMids { mic: mid("0"), camera: mid("1"), screen: mid("2") };
    let offer = |connection| Command::Offer { connection, sdp: sdp.clone(), sources: sources.clone() };
    for connection in [1, 1, 2] {
        match ann.command(offer(connection)).await {
            ServerMessage::Answer { connection: answered, sdp, .. } => {
                assert_eq!(answered, connection);
                assert!(sdp.contains("a=ice-lite"), "{sdp}");
            }
            other => panic!("not answered but {other:?}"),
        }
    }
    let answer = ann.command(offer(1)).await;
    let refused = matches!(&answer, ServerMessage::Refused { refusal: Refusal::BadOffer { .. }, .. });
    assert!(refused, "a peer connection that was replaced is over: {answer:?}");
}

#[tokio::test]
async fn pages_of_other_sites_get_no_socket() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let refused = server.try_socket("a", &[("origin", "https://evil.example")]).await;
    match refused {
        Err(tungstenite::Error::Http(response)) => assert_eq!(response.status(), 403),
        other => panic!("not refused: {:?}", other.map(|_| ())),
    }
    let own = server.base.clone();
    assert!(server.try_socket("a", &[("origin", &own)]).await.is_ok());
}

#[tokio::test]
async fn the_newest_page_of_a_person_wins() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let token = server.token("a", "Ann", "viewer", json!({ "user": "ann" })).await;
    let mut first = server.join("a", &token, None).await;
    let second = server.join("a", &token, None).await;
    assert_eq!(second.you, first.you, "the same person");
    let last = first.socket.rest().await.pop();
    assert_eq!(last, Some(ServerMessage::Closing { closing: Closing::NewerSession }));
}

#[tokio::test]
async fn a_page_that_lost_its_socket_takes_its_seat_up_again() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({ "access": "open" })).await;
    let token = server.token("a", "Ann", "viewer", json!({})).await;
    let mut ann = server.join("a", &token, None).await;
    let sdp = std::fs::read_to_string(fixture("chromium-viewer")).unwrap();
    ann.command(Command::Offer { connection: 1, sdp, sources: SourceMids::default() }).await;
    ann.done(Command::JoinStage { sources: SourcesOn::default() }).await;
    let (you, resume) = (ann.you.clone(), ann.resume.clone());
    drop(ann);
    let again = server.join("a", &token, Some(resume.clone())).await;
    assert_eq!((again.you, again.resumed), (you.clone(), true), "with its peer connection");
    let mine = again.welcome.participants.iter().find(|person| person.id.to_string() == you).unwrap();
    assert_eq!(mine.stage, signaling::StageStanding::OnStage);
    assert_ne!(again.resume, resume, "a key opens once");
}

#[tokio::test]
async fn a_session_taken_up_again_without_media_is_told_so() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let token = server.token("a", "Ann", "viewer", json!({})).await;
    let ann = server.join("a", &token, None).await;
    let again = server.join("a", &token, Some(ann.resume.clone())).await;
    assert!(!again.resumed, "it never had a peer connection");
}

#[tokio::test]
async fn a_request_is_approved_and_accepted() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({ "access": "request" })).await;
    let mut moderator = server.page("a", "Mo", "moderator").await;
    let mut ann = server.page("a", "Ann", "viewer").await;
    ann.done(Command::RequestStage { question: None }).await;
    let request = moderator
        .socket
        .find(|message| match message {
            ServerMessage::Notice { notice: Notice::StageRequested { request, .. } } => Some(request),
            _ => None,
        })
        .await;
    moderator.done(Command::ApproveRequest { request }).await;
    let invitation = ann
        .socket
        .find(|message| match message {
            ServerMessage::Notice { notice: Notice::Invited { invitation, .. } } => Some(invitation),
            _ => None,
        })
        .await;
    ann.done(Command::AcceptInvitation { invitation, sources: SourcesOn::default() }).await;
    let answer = ann.command(Command::LeaveStage).await;
    assert!(
        matches!(answer, ServerMessage::Refused { refusal: Refusal::SelfLeaveForbidden, .. }),
        "{answer:?}"
    );
}

#[tokio::test]
async fn an_invitation_nobody_answers_ends_by_itself() {
    let (server, _data) = TestServer::with("[stage]\ninvitation_seconds = 0.2").await;
    server.room("a", json!({ "access": "invite" })).await;
    let mut moderator = server.page("a", "Mo", "moderator").await;
    let mut ann = server.page("a", "Ann", "viewer").await;
    moderator.done(Command::Invite { participant: ann.you.parse().unwrap() }).await;
    ann.socket
        .find(|message| {
            matches!(message, ServerMessage::Notice { notice: Notice::InvitationExpired }).then_some(())
        })
        .await;
}

#[tokio::test]
async fn leaving_the_room_is_answered_and_then_closed() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let mut ann = server.page("a", "Ann", "viewer").await;
    ann.done(Command::LeaveRoom).await;
    assert_eq!(ann.socket.rest().await, [ServerMessage::Closing { closing: Closing::Left }]);
}

#[tokio::test]
async fn the_room_of_a_host_who_ends_it_is_gone() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({})).await;
    let mut host = server.page("a", "Ho", "host").await;
    host.socket.send(&ClientMessage::Command { id: 1, command: Command::EndRoom }).await;
    assert_eq!(
        host.socket.rest().await.last(),
        Some(&ServerMessage::Closing { closing: Closing::RoomEnded })
    );
    let (status, _) = server.call(reqwest::Method::GET, "/api/v1/rooms/a", None).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_change_of_access_reaches_everybody_and_the_disk() {
    let (server, _data) = TestServer::start().await;
    server.room("a", json!({ "access": "open" })).await;
    let mut host = server.page("a", "Ho", "host").await;
    let version = host.welcome.version;
    host.done(Command::SetStageAccess { access: Access::Invite, version }).await;
    assert_eq!(server.get("/api/v1/rooms/a").await["stage"]["access"], "invite");
}

/// 40 people, one seat left of 5: over sockets, as it happens on a real evening. crates/stage has the same two hundred times.
#[tokio::test(flavor = "multi_thread")]
async fn forty_people_race_for_the_last_of_five_seats() {
    let (server, _data) = TestServer::start().await;
    for round in 0..10 {
        let room = format!("race{round}");
        server.room(&room, json!({ "access": "open", "capacity": 5 })).await;
        let join = || Command::JoinStage { sources: SourcesOn::default() };
        let mut seated = Vec::new();
        for n in 0..4 {
            let mut page = server.page(&room, &format!("Seated {n}"), "viewer").await;
            page.done(join()).await;
            seated.push(page);
        }
        let mut racers = Vec::new();
        for n in 0..40 {
            racers.push(server.page(&room, &format!("Racer {n}"), "viewer").await);
        }
        let race = racers.iter_mut().map(|page| page.command(join()));
        let answers = futures_util::future::join_all(race).await;
        let up = answers.iter().filter(|answer| matches!(answer, ServerMessage::Done { .. })).count();
        let full = answers
            .iter()
            .filter(|answer| matches!(answer, ServerMessage::Refused { refusal: Refusal::StageFull, .. }))
            .count();
        assert_eq!((up, full), (1, 39), "round {round}");
        let people = server.get(&format!("/api/v1/rooms/{room}")).await["participants"].clone();
        let on_stage =
            people.as_array().unwrap().iter().filter(|person| person["stage"] == "on_stage").count();
        assert_eq!(on_stage, 5, "round {round}");
    }
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("crates/media/tests/fixtures/sdp/offers/{name}.sdp"))
}

#[tokio::test]
async fn a_page_has_turn_servers_of_its_own_and_new_ones_before_their_time_is_over() {
    let data = tempfile::TempDir::new().unwrap();
    let file = "[turn]\nurls = [\"turn:turn.example.edu\"]\nsecret = \"north\"";
    let short = |config: &mut proscenium::config::Config| {
        config.turn.as_mut().unwrap().ttl = Duration::from_secs(2);
    };
    let server = TestServer::tuned(data.path(), file, short).await;
    server.room("a", json!({})).await;
    let token = server.token("a", "Ann", "viewer", json!({})).await;
    let mut socket = server.socket("a").await;
    socket.send_text(&hello(&token)).await;
    let Some(ServerMessage::Welcome { ice_servers, you, .. }) = socket.next().await else {
        panic!("no welcome")
    };
    let [first] = ice_servers.as_slice() else { panic!("{ice_servers:?}") };
    assert_eq!(first.urls, ["turn:turn.example.edu"]);
    assert!(first.username.ends_with(&format!(":a-{you}")), "{}", first.username);
    socket.send(&ClientMessage::Ping).await;
    assert_eq!(socket.next().await, Some(ServerMessage::Pong), "they are good for a while");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    socket.send(&ClientMessage::Ping).await;
    let Some(ServerMessage::IceServers { ice_servers }) = socket.next().await else { panic!("no new ones") };
    let until = |name: &str| name.split(':').next().unwrap().parse::<u64>().unwrap();
    assert!(until(&ice_servers[0].username) > until(&first.username));
    assert_ne!(ice_servers[0].credential, first.credential);
    assert_eq!(socket.next().await, Some(ServerMessage::Pong));
}
