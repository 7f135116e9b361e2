//! Every action tried as every role against the server directly, without the page: what a role may not do is refused there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use signaling::{ClientMessage, Command, Refusal, ServerMessage};
use support::{Page, TestServer};

const ROLES: [&str; 4] = ["viewer", "speaker", "moderator", "host"];

/// Whom an action is tried upon.
#[derive(Clone, Copy)]
enum Upon {
    Nobody,
    Viewer,
    Moderator,
    Host,
}

/// An action, whom it is tried upon, and the least role that may.
type Row = (&'static str, Upon, &'static str, Value);

fn actions() -> Vec<Row> {
    use Upon::{Host, Moderator, Nobody, Viewer};
    let sources = json!({ "mic": false, "camera": false });
    let draft = json!({ "title": "t", "questions": [{ "text": "q", "kind": { "is": "text" } }] });
    vec![
        ("join_stage", Nobody, "viewer", json!({ "sources": sources })),
        ("request_stage", Nobody, "viewer", json!({})),
        ("cancel_request", Nobody, "viewer", json!({ "request": 99 })),
        ("decline_request", Nobody, "moderator", json!({ "request": 99 })),
        ("approve_request", Nobody, "moderator", json!({ "request": 99 })),
        ("approve_all_requests", Nobody, "moderator", json!({})),
        ("invite", Viewer, "moderator", json!({})),
        ("accept_invitation", Nobody, "viewer", json!({ "invitation": 99, "sources": sources })),
        ("decline_invitation", Nobody, "viewer", json!({ "invitation": 99 })),
        ("keep_invitation", Nobody, "viewer", json!({ "invitation": 99 })),
        ("revoke_invitation", Nobody, "moderator", json!({ "invitation": 99 })),
        ("remove_from_stage", Viewer, "moderator", json!({})),
        ("remove_from_stage", Moderator, "host", json!({})),
        ("leave_stage", Nobody, "viewer", json!({})),
        ("set_stage_access", Nobody, "moderator", json!({ "access": "open", "version": 0 })),
        ("set_role", Viewer, "host", json!({ "role": "viewer" })),
        ("set_source", Nobody, "viewer", json!({ "source": "mic", "on": false })),
        ("show_slots", Nobody, "viewer", json!({ "slots": [] })),
        ("mute", Viewer, "moderator", json!({ "source": "mic", "state": "muted" })),
        ("mute", Host, "host", json!({ "source": "mic", "state": "muted" })),
        ("mute_everyone", Nobody, "moderator", json!({ "source": "mic", "state": "muted" })),
        ("ask_to_unmute", Viewer, "moderator", json!({ "source": "mic" })),
        ("raise_hand", Nobody, "viewer", json!({ "raised": true })),
        ("lower_hand", Viewer, "moderator", json!({})),
        ("lower_all_hands", Nobody, "moderator", json!({})),
        ("say", Nobody, "viewer", json!({ "text": "hello" })),
        ("say", Nobody, "speaker", json!({ "text": "hello", "audience": { "is": "backstage" } })),
        ("like_message", Nobody, "viewer", json!({ "message": 99, "liked": true })),
        ("pin_message", Nobody, "moderator", json!({})),
        ("delete_message", Nobody, "moderator", json!({ "message": 1 })),
        ("clear_chat", Nobody, "moderator", json!({})),
        ("silence", Viewer, "moderator", json!({ "silenced": false })),
        ("silence", Moderator, "host", json!({ "silenced": false })),
        ("ask_question", Nobody, "viewer", json!({ "text": "why?" })),
        ("vote_question", Nobody, "viewer", json!({ "question": 99, "voted": true })),
        ("mark_question", Nobody, "speaker", json!({ "question": 99, "state": "live" })),
        ("answer_question", Nobody, "speaker", json!({ "question": 99, "text": "because" })),
        ("dismiss_question", Nobody, "moderator", json!({ "question": 1 })),
        ("react", Nobody, "viewer", json!({ "reaction": "clap" })),
        ("create_poll", Nobody, "moderator", json!({ "draft": draft })),
        ("start_poll", Nobody, "moderator", json!({ "poll": 99 })),
        ("end_poll", Nobody, "moderator", json!({ "poll": 99 })),
        ("show_poll", Nobody, "moderator", json!({ "poll": 99, "shown": true })),
        ("delete_poll", Nobody, "moderator", json!({ "poll": 99 })),
        ("answer_poll", Nobody, "viewer", json!({ "poll": 99, "answers": [] })),
        ("set_feature", Nobody, "moderator", json!({ "feature": "chat", "on": true })),
        ("lock_room", Nobody, "moderator", json!({ "locked": false })),
        ("admit", Nobody, "moderator", json!({ "waiting": 99 })),
        ("admit_all", Nobody, "moderator", json!({})),
        ("turn_away", Nobody, "moderator", json!({ "waiting": 99 })),
        ("set_timer", Nobody, "moderator", json!({ "running": false })),
        ("spotlight", Nobody, "moderator", json!({})),
        ("remove_participant", Viewer, "moderator", json!({})),
        ("remove_participant", Moderator, "host", json!({})),
        ("leave_room", Nobody, "viewer", json!({})),
        ("end_room", Nobody, "host", json!({})),
    ]
}

/// A room with somebody of each role to act upon, who has written and asked something, and somebody else who acts.
async fn scene(server: &TestServer, room: &str, role: &str) -> (Page, [Page; 3]) {
    server.room(room, json!({ "access": "invite" })).await;
    let mut others = Vec::new();
    for other in ["viewer", "moderator", "host"] {
        others.push(server.page(room, other, other).await);
    }
    let [viewer, moderator, host] = <[Page; 3]>::try_from(others).ok().unwrap();
    let mut all = [viewer, moderator, host];
    all[0].done(serde_json::from_value(json!({ "do": "say", "text": "mine" })).unwrap()).await;
    all[0].done(serde_json::from_value(json!({ "do": "ask_question", "text": "mine?" })).unwrap()).await;
    (server.page(room, "actor", role).await, all)
}

#[tokio::test]
async fn what_a_role_may_not_do_is_refused_whatever_the_page_shows() {
    let (server, _data) = TestServer::start().await;
    let mut number = 0;
    for (name, upon, least, with) in actions() {
        for role in ROLES {
            number += 1;
            let (mut actor, [viewer, moderator, host]) = scene(&server, &format!("r{number}"), role).await;
            let mut command = with.clone();
            command["do"] = json!(name);
            match upon {
                Upon::Nobody => {}
                Upon::Viewer => command["participant"] = json!(viewer.you),
                Upon::Moderator => command["participant"] = json!(moderator.you),
                Upon::Host => command["participant"] = json!(host.you),
            }
            let command: Command = serde_json::from_value(command).expect(name);
            let answer = actor.command(command).await;
            let forbidden = matches!(&answer, ServerMessage::Refused { refusal: Refusal::Forbidden, .. });
            let rank = |role| ROLES.iter().position(|other| *other == role);
            assert_eq!(forbidden, rank(role) < rank(least), "{name} by a {role}: {answer:?}");
            assert!(
                !matches!(answer, ServerMessage::Refused { refusal: Refusal::BadCommand { .. }, .. }),
                "{answer:?}"
            );
        }
    }
}

/// The table has every command there is: what is added to the protocol is added there too.
#[test]
fn the_table_has_every_action_but_the_offer() {
    let types = include_str!("../web/src/signal/generated/messages.ts");
    let named = types.split("\"do\": \"").skip(1).filter_map(|rest| rest.split('"').next());
    let named: BTreeSet<&str> = named.filter(|name| *name != "offer").collect();
    let tried: BTreeSet<&str> = actions().iter().map(|(name, ..)| *name).collect();
    assert_eq!(tried, named);
    let read = |name: &str| {
        serde_json::from_value::<ClientMessage>(
            json!({ "type": "command", "id": 1, "command": { "do": name } }),
        )
    };
    assert!(read("dance").is_err());
}
