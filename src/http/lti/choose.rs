//! A room is chosen from within the platform, and made (deep linking).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use lti::Refusal;
use lti::deep_linking::{Choice, response};
use lti::grades::Grading;
use serde::Deserialize;
use serde_json::{Value, json};
use signaling::limits::TITLE_CHARS;
use stage::Access;

use super::super::body::Body;
use super::super::{ApiError, rooms};
use super::{step, tool};
use crate::app::App;
use crate::bounds::LTI_CHOICE_FOR;
use crate::clock::Clock;
use crate::lti::{AuditEntry, Kind, Once, StoredChoice};
use crate::random;
use crate::rooms::access_name;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ChooseBody {
    key: String,
    #[serde(default)]
    cancel: bool,
    #[serde(default)]
    title: String,
    access: Option<Access>,
    grade: Option<String>,
}

/// `POST /lti/choose`: makes the room and signs what the browser takes to the platform.
pub(in crate::http) async fn choose(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Body(body): Body<ChooseBody>,
) -> Result<Json<Value>, ApiError> {
    if !body.cancel {
        // Before the key is taken, so that what was typed can be mended.
        rooms::check_text("title", &body.title, TITLE_CHARS)?;
    }
    let taken = app.lti.take_once(&body.key).await;
    let choice = match taken {
        Ok(Some(Once::Choice(choice))) => choice,
        Ok(_) => return Err(error(&Refusal::UnknownState)),
        Err(refusal) => return Err(error(&refusal)),
    };
    let mut entry = AuditEntry {
        kind: Kind::DeepLinking,
        issuer: choice.tenant.issuer.clone(),
        client_id: Some(choice.tenant.client_id.clone()),
        deployment: Some(choice.tenant.deployment.clone()),
        accepted: true,
        ..AuditEntry::default()
    };
    match answer(&app, &headers, &choice, &body, &mut entry).await {
        Ok(jwt) => {
            app.lti.audit(entry).await;
            Ok(Json(json!({ "return_url": choice.settings.return_url, "jwt": jwt })))
        }
        Err(refusal) => {
            app.lti.audit(entry.refused(&refusal)).await;
            // It may be tried again, or given up, from the same page.
            let again = Once::Choice(choice);
            let _ = app.lti.keep_once_as(&body.key, &again, LTI_CHOICE_FOR.as_secs()).await;
            Err(error(&refusal))
        }
    }
}

async fn answer(
    app: &Arc<App>,
    headers: &HeaderMap,
    choice: &StoredChoice,
    body: &ChooseBody,
    entry: &mut AuditEntry,
) -> Result<String, Refusal> {
    let sign = |chosen: Option<&Choice<'_>>| {
        let (nonce, now) = (random::key(), Clock::unix_seconds());
        response(app.lti.key()?, &choice.tenant, &choice.settings, chosen, &nonce, now)
            .map_err(|_| Refusal::Internal)
    };
    if body.cancel {
        return sign(None);
    }
    let grading = body.grade.as_deref().and_then(Grading::named);
    let access = body.access.unwrap_or(Access::Request);
    let room = make(app, choice.clone(), body.title.clone(), access, grading).await?;
    entry.room = Some(room.clone());
    let url = tool(app, headers).launch_url();
    sign(Some(&Choice {
        room: &room,
        title: body.title.trim(),
        url: &url,
        access: access_name(access),
        course: choice.context.as_deref(),
        grade: grading.map(Grading::name),
    }))
}

/// In a task of its own: a browser that goes away half way leaves no half of a room.
async fn make(
    app: &Arc<App>,
    choice: StoredChoice,
    title: String,
    access: Access,
    grading: Option<Grading>,
) -> Result<String, Refusal> {
    let app = app.clone();
    let making = async move { app.lti.make_room(&app.rooms, &choice, &title, access, grading).await };
    tokio::spawn(making).await.map_err(|_| Refusal::Internal)?
}

fn error(refusal: &Refusal) -> ApiError {
    ApiError::new(step::status(refusal), refusal.code(), refusal.to_string())
}
