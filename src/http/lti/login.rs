//! How a launch begins: the platform sends the browser here, and this server sends it back to sign in there.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lti::Refusal;
use lti::login::{LoginRequest, authentication_url, origin};
use lti::platform::Platform;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::links;
use super::{form, step, tool};
use crate::app::App;
use crate::bounds::LTI_LOGIN_FOR;
use crate::lti::{AuditEntry, Once, PendingLogin, Storage};
use crate::random;

/// `GET` and `POST /lti/login`: third-party login initiation.
pub(in crate::http) async fn login(State(app): State<Arc<App>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let read = match form::parameters(&app, request).await {
        Ok(parameters) => LoginRequest::read(&parameters),
        Err(refusal) => Err(refusal),
    };
    match read {
        Ok(request) => begin(&app, &headers, &request, false).await,
        Err(refusal) => refuse(&app, None, &refusal).await,
    }
}

#[derive(Deserialize)]
pub(in crate::http) struct WindowQuery {
    #[serde(default)]
    key: String,
}

/// `GET /lti/window`: the same launch once more, in a window of its own, where this server's cookies are no third party's.
pub(in crate::http) async fn window(
    State(app): State<Arc<App>>,
    Query(WindowQuery { key }): Query<WindowQuery>,
    headers: HeaderMap,
) -> Response {
    match app.lti.take_once(&key).await {
        Ok(Some(Once::Window(pending))) => begin(&app, &headers, &pending.request(), true).await,
        Ok(_) => refuse(&app, None, &Refusal::UnknownState).await,
        Err(refusal) => refuse(&app, None, &refusal).await,
    }
}

/// Keeps what the answer will be held to, and sends the browser on.
async fn begin(app: &Arc<App>, headers: &HeaderMap, request: &LoginRequest, in_window: bool) -> Response {
    match prepare(app, headers, request, in_window).await {
        Ok(response) => response,
        Err(refusal) => refuse(app, Some(request), &refusal).await,
    }
}

async fn prepare(
    app: &Arc<App>,
    headers: &HeaderMap,
    request: &LoginRequest,
    in_window: bool,
) -> Result<Response, Refusal> {
    if app.is_draining() {
        return Err(Refusal::Draining);
    }
    let platform = app.lti.platforms.of_login(request)?;
    let pending = PendingLogin {
        issuer: platform.issuer.clone(),
        client_id: platform.client_id.clone(),
        nonce: random::key(),
        secret: random::key(),
        storage: storage(request, &platform),
        in_window,
        login_hint: request.login_hint.clone(),
        message_hint: request.message_hint.clone(),
        target_link_uri: request.target_link_uri.clone(),
    };
    let (nonce, secret, storage) = (pending.nonce.clone(), pending.secret.clone(), pending.storage.clone());
    let again = pending.clone();
    let state = app.lti.keep_once(&Once::Login(pending), LTI_LOGIN_FOR.as_secs()).await?;
    let then = authentication_url(&platform, request, &tool(app, headers).launch_url(), &state, &nonce)?;
    let mut response = if storage.is_some() || is_framed(headers) {
        let window = app.lti.keep_once(&Once::Window(again), LTI_LOGIN_FOR.as_secs()).await?;
        let storage = storage.map(|Storage { target, origin }| json!({ "target": target, "origin": origin }));
        let store = json!({
            "step": "store",
            "key": storage_key(&state),
            "value": secret,
            "storage": storage,
            "then": then,
            "here": format!("/lti/here?state={state}"),
            "window": format!("/lti/window?key={window}"),
        });
        step::page(app, StatusCode::OK, &store)
    } else {
        let location = HeaderValue::from_str(&then).map_err(|_| Refusal::Internal)?;
        (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
    };
    for cookie in cookies(&links::base(app, headers), &state, &secret) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// What browsers say of where a page is shown (Fetch Metadata). Within a frame a cookie may not come back, and the platform's word for the
/// click may be good once: then it has to be known before it is spent.
fn is_framed(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-dest").is_some_and(|place| place == "iframe" || place == "frame")
}

#[derive(Deserialize)]
pub(in crate::http) struct HereQuery {
    #[serde(default)]
    state: String,
}

/// `GET /lti/here`: whether the launch's cookie comes back.
pub(in crate::http) async fn here(
    Query(HereQuery { state }): Query<HereQuery>,
    headers: HeaderMap,
) -> Json<Value> {
    Json(json!({ "kept": brought(&headers, &cookie_name(&state)).next().is_some() }))
}

/// What the browser brings in cookies of this name.
pub(super) fn brought<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let cookies =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    cookies.filter(move |(key, _)| *key == name).map(|(_, value)| value)
}

/// Of several launches at once each has its own place at the platform.
pub(super) fn storage_key(state: &str) -> String {
    format!("proscenium_{state}")
}

pub(super) fn cookie_name(state: &str) -> String {
    format!("proscenium-launch-{state}")
}

fn storage(request: &LoginRequest, platform: &Platform) -> Option<Storage> {
    let target = request.storage_target.clone()?;
    Some(Storage { target, origin: origin(&platform.login_url)? })
}

/// What the browser brings back with the answer, which another site's page posts. Within a frame it is kept apart for that frame's page
/// (`Partitioned`, CHIPS), which some browsers allow where they allow no other. Without TLS, which is for trying out, browsers take no such
/// cookie; there a plain one does as long as both servers are of one site.
fn cookies(base: &str, state: &str, secret: &str) -> Vec<HeaderValue> {
    let (name, seconds) = (cookie_name(state), LTI_LOGIN_FOR.as_secs());
    let common = format!("{name}={secret}; Path=/lti; Max-Age={seconds}; HttpOnly");
    let mut cookies = vec![format!("{common}; Secure; SameSite=None; Partitioned")];
    if base.starts_with("http://") {
        cookies.push(format!("{common}; SameSite=Lax"));
    }
    cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()).collect()
}

async fn refuse(app: &Arc<App>, request: Option<&LoginRequest>, refusal: &Refusal) -> Response {
    let entry = AuditEntry {
        issuer: request.map(|request| request.issuer.clone()).unwrap_or_default(),
        client_id: request.and_then(|request| request.client_id.clone()),
        ..AuditEntry::default()
    };
    app.lti.audit(entry.refused(refusal)).await;
    step::refused(app, refusal, request.map(|request| request.issuer.as_str()), None)
}
