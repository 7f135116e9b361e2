//! What learning platforms and their people's browsers ask for (LTI 1.3), and the operator's setup of it.

mod choose;
mod form;
mod grade;
mod hand_over;
mod launch;
mod login;
mod register;
mod setup;
mod step;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use serde_json::Value;
use std::sync::Arc;

use super::links;
use crate::app::App;

pub(super) use choose::choose;
pub(super) use grade::{grade, set_grade, told as grade_told};
pub(super) use hand_over::hand_over;
pub(super) use launch::{launch, prove};
pub(super) use login::{here, login, window};
pub(super) use register::register;
pub(super) use setup::{about, check, registration, remove, save};
pub(super) use step::FormTarget;

/// How platforms see this server.
fn tool(app: &App, headers: &HeaderMap) -> ::lti::registration::Tool {
    ::lti::registration::Tool { name: "Proscenium".to_owned(), base: links::base(app, headers) }
}

/// `GET /lti/jwks`: this server's public keys.
pub(super) async fn jwks(State(app): State<Arc<App>>) -> impl IntoResponse {
    let keys: Json<Value> = Json(::lti::keys::key_set(app.lti.keys()));
    ([(header::CACHE_CONTROL, "public, max-age=300")], keys)
}
