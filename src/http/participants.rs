//! What a moderator does, from a script.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use room::ScriptCommand;
use serde::Deserialize;
use serde_json::{Value, json};
use signaling::{ParticipantId, Source, SourceControl};

use super::ApiError;
use super::body::Body;
use super::rooms;
use crate::app::App;

/// What to do about somebody's standing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StageBody {
    r#do: StageAction,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StageAction {
    Invite,
    Revoke,
    Approve,
    Decline,
    Remove,
}

/// A hold on one of somebody's sources.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MuteBody {
    source: Source,
    state: SourceControl,
}

pub(super) async fn stage(
    State(app): State<Arc<App>>,
    Path((room, id)): Path<(String, String)>,
    Body(body): Body<StageBody>,
) -> Result<Json<Value>, ApiError> {
    let version = act(&app, &room, &id, |participant| match body.r#do {
        StageAction::Invite => ScriptCommand::Invite { participant },
        StageAction::Revoke => ScriptCommand::Revoke { participant },
        StageAction::Approve => ScriptCommand::Approve { participant },
        StageAction::Decline => ScriptCommand::Decline { participant },
        StageAction::Remove => ScriptCommand::RemoveFromStage { participant },
    });
    Ok(Json(json!({ "version": version.await? })))
}

pub(super) async fn mute(
    State(app): State<Arc<App>>,
    Path((room, id)): Path<(String, String)>,
    Body(MuteBody { source, state }): Body<MuteBody>,
) -> Result<Json<Value>, ApiError> {
    let version =
        act(&app, &room, &id, |participant| ScriptCommand::Mute { participant, source, state }).await?;
    Ok(Json(json!({ "version": version })))
}

pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Path((room, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    act(&app, &room, &id, |participant| ScriptCommand::RemoveParticipant { participant }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has the room do it; the answer is the room's version.
async fn act(
    app: &App,
    room: &str,
    id: &str,
    command: impl FnOnce(ParticipantId) -> ScriptCommand,
) -> Result<u64, ApiError> {
    let room = rooms::find(app, room)?;
    let participant = id.parse().map_err(|_| ApiError::participant_not_found())?;
    Ok(app.rooms.call(&room, command(participant)).await?)
}
