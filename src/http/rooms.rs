//! Rooms for scripts.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use room::{Configuration, ScriptCommand};
use serde::Deserialize;
use serde_json::{Value, json};
use signaling::limits::{STAGE_CAPACITY, TITLE_CHARS};
use signaling::{Feature, ParticipantState, RoomState};
use stage::Access;

use super::ApiError;
use super::body::Body;
use crate::app::App;
use crate::bounds::ROOM_ID_CHARS;
use crate::rooms::{NewRoom, RoomRef};

/// What a script says of a room, making or changing it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoomBody {
    id: Option<String>,
    title: Option<String>,
    #[serde(default)]
    stage: StageBody,
    /// What it has beside its stage.
    #[serde(default)]
    features: FeaturesBody,
    /// Whether newcomers wait to be let in.
    locked: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeaturesBody {
    chat: Option<bool>,
    hands: Option<bool>,
    questions: Option<bool>,
    reactions: Option<bool>,
    polls: Option<bool>,
}

impl FeaturesBody {
    /// What is said of each.
    fn named(&self) -> Vec<(Feature, bool)> {
        let FeaturesBody { chat, hands, questions, reactions, polls } = *self;
        let named = [
            (Feature::Chat, chat),
            (Feature::Hands, hands),
            (Feature::Questions, questions),
            (Feature::Reactions, reactions),
            (Feature::Polls, polls),
        ];
        named.into_iter().filter_map(|(feature, on)| Some((feature, on?))).collect()
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct StageBody {
    access: Option<Access>,
    capacity: Option<u16>,
    self_leave: Option<bool>,
}

pub(super) async fn create(
    State(app): State<Arc<App>>,
    Body(body): Body<RoomBody>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    if app.is_draining() {
        return Err(ApiError::draining());
    }
    check(&body)?;
    let RoomBody { id, title, stage, features, locked } = body;
    let mut new = NewRoom { id, title, ..NewRoom::default() };
    new.access = stage.access.unwrap_or(new.access);
    new.capacity = stage.capacity.unwrap_or(new.capacity);
    new.self_leave = stage.self_leave.unwrap_or(new.self_leave);
    new.locked = locked.unwrap_or(new.locked);
    features.named().into_iter().for_each(|(feature, on)| new.features.set(feature, on));
    let room = app.rooms.create(new).await?;
    Ok((StatusCode::CREATED, Json(whole(&app, &room).await?)))
}

pub(super) async fn list(State(app): State<Arc<App>>) -> Json<Value> {
    let rooms = app.rooms.states().await;
    let rooms: Vec<Value> = rooms.iter().map(|(state, created)| summary(state, *created)).collect();
    Json(json!({ "rooms": rooms }))
}

pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let room = find(&app, &id)?;
    Ok(Json(whole(&app, &room).await?))
}

pub(super) async fn configure(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(body): Body<RoomBody>,
) -> Result<Json<Value>, ApiError> {
    let room = find(&app, &id)?;
    check(&body)?;
    if body.id.is_some_and(|new| new != id) {
        return Err(ApiError::invalid_field("id", "a room keeps its id, which people's links hold"));
    }
    let StageBody { access, capacity, self_leave } = body.stage;
    let (title, locked, features) = (body.title, body.locked, body.features.named());
    let configuration = Configuration { title, access, capacity, self_leave, locked, features };
    app.rooms.call(&room, ScriptCommand::Configure(configuration)).await?;
    Ok(Json(whole(&app, &room).await?))
}

pub(super) async fn end(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let room = find(&app, &id)?;
    app.rooms.call(&room, ScriptCommand::End).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The room of a call. Rooms of a server that is going down answer nothing any more.
pub(super) fn find(app: &App, id: &str) -> Result<RoomRef, ApiError> {
    if app.is_draining() {
        return Err(ApiError::draining());
    }
    app.rooms.find(id).ok_or_else(|| ApiError::room_not_found(id))
}

fn check(body: &RoomBody) -> Result<(), ApiError> {
    if let Some(id) = &body.id {
        let fits = (1..=ROOM_ID_CHARS).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !fits {
            let problem = format!("1 to {ROOM_ID_CHARS} of the characters A-Z, a-z, 0-9, - and _");
            return Err(ApiError::invalid_field("id", problem));
        }
    }
    if let Some(title) = &body.title {
        check_text("title", title, TITLE_CHARS)?;
    }
    if body.stage.capacity.is_some_and(|capacity| capacity > STAGE_CAPACITY) {
        return Err(ApiError::invalid_field(
            "stage.capacity",
            format!("a whole number from 0 to {STAGE_CAPACITY}"),
        ));
    }
    Ok(())
}

/// A text that people will read.
pub(super) fn check_text(field: &str, text: &str, most: usize) -> Result<(), ApiError> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > most || text.chars().any(char::is_control) {
        return Err(ApiError::invalid_field(
            field,
            format!("1 to {most} characters, none of them a control character"),
        ));
    }
    Ok(())
}

async fn whole(app: &App, room: &RoomRef) -> Result<Value, ApiError> {
    let state = app.rooms.state(room).await.ok_or_else(|| ApiError::room_not_found(&room.id))?;
    let mut whole = summary(&state, room.created);
    whole["participants"] = state.participants.iter().map(participant).collect();
    Ok(whole)
}

fn summary(state: &RoomState, created: u64) -> Value {
    json!({
        "id": state.id,
        "title": state.title,
        "created": created,
        "version": state.version,
        "stage": { "access": state.access, "capacity": state.capacity, "self_leave": state.self_leave },
        "features": state.features,
        "locked": state.locked,
    })
}

fn participant(person: &ParticipantState) -> Value {
    json!({
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "stage": person.stage,
        "connected": person.connected,
        "mic": person.mic,
        "camera": person.camera,
        "screen": person.screen,
    })
}
