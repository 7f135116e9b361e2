//! How a launch ends: the platform's signed message, posted by the browser.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lti::Refusal;
use lti::launch::{self, Launch, Message};
use lti::login::origin;
use lti::platform::Platform;
use lti::roles;
use ring::hmac;
use serde::Deserialize;
use serde_json::{Value, json};
use signaling::Role;

use super::super::body::Body;
use super::super::{ApiError, links, tokens};
use super::login::{brought, cookie_name, storage_key};
use super::{FormTarget, form, step};
use crate::app::App;
use crate::bounds::{LTI_CHOICE_FOR, LTI_LOGIN_FOR};
use crate::clock::Clock;
use crate::lti::{AuditEntry, Entered, Kind, Once, PendingLogin, StoredChoice};

/// What is known of a launch by the time it is refused.
#[derive(Default)]
struct Trail {
    entry: AuditEntry,
    locale: Option<String>,
}

/// What comes of a launch that is good.
enum Outcome {
    /// The browser goes there.
    Go(String),
    /// The page has something to do first.
    Step(Value),
    /// Likewise, and what comes of it goes to this origin.
    StepTo(Value, String),
}

/// `POST /lti/launch`.
pub(in crate::http) async fn launch(State(app): State<Arc<App>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let mut trail = Trail::default();
    let outcome = match form::parameters(&app, request).await {
        Ok(parameters) => take(&app, &headers, &parameters, &mut trail).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(Outcome::Go(next)) => match HeaderValue::from_str(&next) {
            // 303: the form's POST is not to be repeated there.
            Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
            Err(_) => step::refused(&app, &Refusal::Internal, None, None),
        },
        Ok(Outcome::Step(step)) => step::page(&app, StatusCode::OK, &step),
        Ok(Outcome::StepTo(step, target)) => {
            let mut response = step::page(&app, StatusCode::OK, &step);
            response.extensions_mut().insert(FormTarget(target));
            response
        }
        Err(refusal) => {
            let issuer = Some(trail.entry.issuer.clone()).filter(|issuer| !issuer.is_empty());
            app.lti.audit(trail.entry.refused(&refusal)).await;
            step::refused(&app, &refusal, issuer.as_deref(), trail.locale.as_deref())
        }
    }
}

async fn take(
    app: &Arc<App>,
    headers: &HeaderMap,
    parameters: &[(String, String)],
    trail: &mut Trail,
) -> Result<Outcome, Refusal> {
    let missing = |field| Refusal::BadRequest { field, problem: "is missing".to_owned() };
    let state = form::find(parameters, "state").ok_or_else(|| missing("state"))?;
    // Taken before anything else is looked at: what was tried with it once is over, whatever comes of it.
    let Some(Once::Login(pending)) = app.lti.take_once(state).await? else {
        return Err(Refusal::UnknownState);
    };
    trail.entry.issuer = pending.issuer.clone();
    trail.entry.client_id = Some(pending.client_id.clone());
    if let Some(error) = form::find(parameters, "error") {
        let said = form::find(parameters, "error_description").unwrap_or(error);
        return Err(Refusal::BadRequest {
            field: "the platform",
            problem: format!("ended the sign-in: {said}"),
        });
    }
    let message = form::find(parameters, "id_token").ok_or_else(|| missing("id_token"))?;
    let launch = verified(app, &pending, message).await?;
    app.lti.learn_origins(&launch).await;
    trail.entry.deployment = Some(launch.tenant.deployment.clone());
    trail.entry.name = launch.name.clone();
    trail.locale = launch.locale.clone();
    if matches!(launch.message, Message::DeepLinking(_)) {
        trail.entry.kind = Kind::DeepLinking;
    }
    if brought(headers, &cookie_name(state)).any(|shown| same(&pending.secret, shown)) {
        return go_on(app, &launch, trail).await;
    }
    if pending.in_window {
        return Err(Refusal::NoCookies);
    }
    // It is the platform's message, but it may be another browser's: this one has to show what it was given at the beginning.
    let locale = launch.locale.clone();
    let window = app.lti.keep_once(&Once::Window(pending.clone()), LTI_LOGIN_FOR.as_secs()).await?;
    let target = form_target(&launch);
    let proof = Once::Proof { launch: Box::new(launch), secret: pending.secret };
    let key = storage_key(state);
    app.lti.keep_once_as(&key, &proof, LTI_LOGIN_FOR.as_secs()).await?;
    let storage =
        pending.storage.map(|storage| json!({ "target": storage.target, "origin": storage.origin }));
    let prove = json!({
        "step": "prove",
        "key": key,
        "storage": storage,
        "window": format!("/lti/window?key={window}"),
    });
    let step = step::with_language(prove, locale.as_deref());
    Ok(match target {
        Some(target) => Outcome::StepTo(step, target),
        None => Outcome::Step(step),
    })
}

/// Where a page's form goes that comes of this launch.
fn form_target(launch: &Launch) -> Option<String> {
    match &launch.message {
        Message::DeepLinking(settings) => origin(&settings.return_url),
        Message::ResourceLink(_) => None,
    }
}

async fn verified(app: &Arc<App>, pending: &PendingLogin, message: &str) -> Result<Launch, Refusal> {
    let PendingLogin { issuer, client_id, nonce, .. } = pending;
    let unknown = || Refusal::UnknownPlatform { issuer: issuer.clone(), client_id: client_id.clone() };
    let platform = app.lti.platforms.get(issuer, client_id).ok_or_else(unknown)?.platform;
    let kid = launch::key_id(message)?;
    let keys = app.lti.key_set(&platform.jwks_url, &kid).await?;
    launch::verify(message, &platform, &keys, nonce, Clock::unix_seconds())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ProveBody {
    key: String,
    value: String,
}

/// `POST /lti/prove`: what the browser was given at the beginning of its launch, from where the platform kept it.
pub(in crate::http) async fn prove(
    State(app): State<Arc<App>>,
    Body(body): Body<ProveBody>,
) -> Result<Json<Value>, ApiError> {
    let mut trail = Trail::default();
    match proven(&app, &body, &mut trail).await {
        Ok(Outcome::Go(next)) => Ok(Json(json!({ "next": next }))),
        Ok(Outcome::Step(step) | Outcome::StepTo(step, _)) => Ok(Json(step)),
        Err(refusal) => {
            let error = ApiError::new(step::status(&refusal), refusal.code(), refusal.to_string());
            app.lti.audit(trail.entry.refused(&refusal)).await;
            Err(error)
        }
    }
}

async fn proven(app: &Arc<App>, body: &ProveBody, trail: &mut Trail) -> Result<Outcome, Refusal> {
    let Some(Once::Proof { launch, secret }) = app.lti.take_once(&body.key).await? else {
        return Err(Refusal::UnknownState);
    };
    trail.entry.issuer = launch.tenant.issuer.clone();
    trail.entry.client_id = Some(launch.tenant.client_id.clone());
    trail.entry.deployment = Some(launch.tenant.deployment.clone());
    trail.entry.name = launch.name.clone();
    if !same(&secret, &body.value) {
        return Err(Refusal::UnknownState);
    }
    go_on(app, &launch, trail).await
}

/// The launch is good, and this browser's.
async fn go_on(app: &Arc<App>, launch: &Launch, trail: &mut Trail) -> Result<Outcome, Refusal> {
    if app.is_draining() {
        return Err(Refusal::Draining);
    }
    let tenant = &launch.tenant;
    let registered = app.lti.platforms.get(&tenant.issuer, &tenant.client_id);
    let platform = registered.map(|known| known.platform).ok_or(Refusal::UnknownState)?;
    if let Message::DeepLinking(settings) = &launch.message {
        trail.entry.kind = Kind::DeepLinking;
        let role = roles::role(&launch.roles, &platform.roles);
        if role < Role::Moderator {
            return Err(Refusal::NotAllowed { role: format!("{role:?}").to_lowercase() });
        }
        let gradable = launch.grades.as_ref().is_some_and(lti::launch::GradesEndpoint::is_usable);
        let target = form_target(launch).ok_or(Refusal::Internal)?;
        let (settings, locale) = (settings.clone(), launch.locale.clone());
        let title = settings.title.clone().or_else(|| launch.context.as_ref()?.title.clone());
        let context = launch.context.as_ref().map(|context| context.id.clone());
        let choice = StoredChoice { tenant: tenant.clone(), context, settings, locale: locale.clone() };
        let key = app.lti.keep_once(&Once::Choice(choice), LTI_CHOICE_FOR.as_secs()).await?;
        let mut choose = json!({ "step": "choose", "key": key, "access": "request", "gradable": gradable });
        if let Some(title) = title {
            choose["title"] = json!(title);
        }
        return Ok(Outcome::StepTo(step::with_language(choose, locale.as_deref()), target));
    }
    let entered = enter(app, platform, launch.clone()).await?;
    trail.entry.room = Some(entered.room.clone());
    trail.entry.accepted = true;
    app.lti.audit(trail.entry.clone()).await;
    Ok(Outcome::Go(address(app, &entered)?))
}

/// In a task of its own: a browser that goes away half way leaves no half of a room.
async fn enter(app: &Arc<App>, platform: Platform, launch: Launch) -> Result<Entered, Refusal> {
    let app = app.clone();
    let entering = async move { app.lti.enter(&app.rooms, app.config.dev, &platform, &launch).await };
    tokio::spawn(entering).await.map_err(|_| Refusal::Internal)?
}

fn address(app: &App, entered: &Entered) -> Result<String, Refusal> {
    let Entered { room, identity, locale } = entered;
    let token = tokens::sign(app, room, identity, app.config.tokens.ttl).map_err(|_| Refusal::Internal)?;
    // Without an authority: the browser stays under the name it came by.
    let mut address = links::join("", room, &token);
    if let Some(language) = locale.as_deref().and_then(step::language) {
        address.push_str("&lang=");
        address.push_str(&language);
    }
    Ok(address)
}

/// Without telling by the time it takes how much of it was right.
fn same(secret: &str, shown: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, crate::random::key().as_bytes());
    hmac::verify(&key, shown.as_bytes(), hmac::sign(&key, secret.as_bytes()).as_ref()).is_ok()
}
