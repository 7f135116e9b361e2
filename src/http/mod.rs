//! HTTP: the API for scripts, the page, health, metrics, and the way to the WebSocket (contract: HTTP).

mod attendance;
mod auth;
mod body;
mod dev;
mod error;
mod guard;
mod guests;
mod health;
mod links;
mod lti;
mod openapi;
mod page;
mod participants;
mod polls;
mod rooms;
mod serve;
mod sign_in;
mod table;
mod tokens;
mod whip;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, patch, post, put};

use crate::app::App;
use crate::socket;

pub(crate) use auth::ApiKeyCheck;
pub(crate) use dev::{Names, dev_links};
pub(crate) use error::ApiError;
pub(crate) use guard::OwnWords;
pub(crate) use guests::Redemptions;
pub(crate) use page::Page;
pub(crate) use serve::{Place, listen, serve};

/// Everything this server answers to.
pub(crate) fn router(app: Arc<App>) -> Router {
    let scripts = Router::new()
        .route("/api/v1/rooms", get(rooms::list).post(rooms::create))
        .route("/api/v1/rooms/{room}", get(rooms::one).patch(rooms::configure).delete(rooms::end))
        .route("/api/v1/rooms/{room}/tokens", post(tokens::mint))
        .route("/api/v1/rooms/{room}/participants/{id}", delete(participants::remove))
        .route("/api/v1/rooms/{room}/participants/{id}/stage", post(participants::stage))
        .route("/api/v1/rooms/{room}/participants/{id}/mute", post(participants::mute))
        .route_layer(from_fn_with_state(app.clone(), auth::require_api_key));
    let streams = Router::new()
        .route("/whip/{room}", post(whip::publish).get(whip::nothing))
        .route("/whip/{room}/{session}", patch(whip::patch).delete(whip::end).get(whip::here))
        .route("/whep/{room}", post(whip::watch).get(whip::nothing))
        .route("/whep/{room}/{session}", patch(whip::patch).delete(whip::end).get(whip::here))
        .layer(from_fn(whip::cors));
    let operators = Router::new()
        .route("/api/v1/lti", get(lti::about))
        .route("/api/v1/lti/platforms", put(lti::save).delete(lti::remove))
        .route("/api/v1/lti/platforms/check", post(lti::check))
        .route("/api/v1/lti/hand-over", post(lti::hand_over))
        .route("/api/v1/lti/registrations", post(lti::registration))
        .route_layer(from_fn_with_state(app.clone(), auth::require_api_key));
    let platforms = Router::new()
        .route("/lti/login", get(lti::login).post(lti::login))
        .route("/lti/launch", post(lti::launch))
        .route("/lti/jwks", get(lti::jwks))
        .route("/lti/register", get(lti::register))
        .route("/lti/window", get(lti::window))
        .route("/lti/here", get(lti::here))
        .route("/lti/prove", post(lti::prove))
        .route("/lti/choose", post(lti::choose));
    let mut all = Router::new()
        .merge(scripts)
        .merge(streams)
        .merge(operators)
        .merge(platforms)
        .route("/api/v1/rooms/{room}/socket", get(socket::upgrade))
        .route("/api/v1/rooms/{room}/polls/{file}", get(polls::csv))
        .route("/api/v1/rooms/{room}/attendance", get(attendance::json))
        .route("/api/v1/rooms/{room}/attendance.csv", get(attendance::csv))
        .route("/api/v1/rooms/{room}/grade", get(lti::grade).put(lti::set_grade))
        .route("/api/v1/rooms/{room}/links", get(guests::list).post(guests::make))
        .route("/api/v1/rooms/{room}/links/{id}", delete(guests::end))
        .route("/api/v1/guests", post(guests::redeem))
        .route("/api/v1/guests/look", post(guests::look))
        .route("/api/v1/openapi.json", get(openapi::document))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/", get(page::index))
        .route("/r/{room}", get(page::index))
        .route("/setup", get(page::setup))
        .route("/icon.svg", get(page::icon))
        .route("/g/{key}", get(page::index))
        .fallback(page::asset);
    if app.sign_ins.is_some() {
        all = all.merge(sign_in::router(app.clone()));
    }
    if app.config.dev {
        all = all.merge(dev::router(app.clone()));
        all = all.layer(from_fn_with_state(app.clone(), dev::own_name_only));
    }
    all.layer(from_fn(guard::json_errors))
        .layer(from_fn_with_state(app.clone(), guard::within_time))
        .layer(from_fn_with_state(app.clone(), guard::security_headers))
        .with_state(app)
}
