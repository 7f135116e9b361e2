//! The operator's setup of learning platforms: our addresses, their registrations, what the last launches came to.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use lti::claims;
use lti::keys::KeySet;
use lti::login::origin;
use lti::platform::Platform;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::ApiError;
use super::super::body::Body;
use super::tool;
use crate::app::App;
use crate::bounds::{LTI_LAUNCHES_TOLD, LTI_REGISTRATION_FOR};
use crate::lti::{ChangeError, Known, Once, ServiceError, Source, is_this_machine};

const BLACKBOARD: &str = "https://blackboard.com";

/// `GET /api/v1/lti`.
pub(in crate::http) async fn about(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let tool = tool(&app, &headers);
    let launches = app.lti.log(LTI_LAUNCHES_TOLD).await.map_err(|_| ApiError::internal())?;
    let launches: Vec<Value> = launches
        .into_iter()
        .filter_map(|(at, body)| {
            let mut line: Value = serde_json::from_str(&body).ok()?;
            line["at"] = json!(at);
            Some(line)
        })
        .collect();
    Ok(Json(json!({
        "tool": {
            "name": tool.name,
            "login_url": tool.login_url(),
            "launch_url": tool.launch_url(),
            "deep_linking_url": tool.launch_url(),
            "jwks_url": tool.jwks_url(),
            "registration_url": tool.registration_url(),
            "icon_url": tool.icon_url(),
        },
        "platforms": app.lti.platforms.list().iter().map(told).collect::<Vec<_>>(),
        "launches": launches,
    })))
}

/// `PUT /api/v1/lti/platforms`.
pub(in crate::http) async fn save(
    State(app): State<Arc<App>>,
    Body(platform): Body<Platform>,
) -> Result<Json<Value>, ApiError> {
    check_platform(&platform, app.config.dev)?;
    let key = (platform.issuer.clone(), platform.client_id.clone());
    // One that registered by itself and was edited stays what it was.
    let source = app.lti.platforms.get(&key.0, &key.1).map_or(Source::Setup, |known| known.source);
    app.lti.register(platform.clone(), source).await.map_err(changed)?;
    Ok(Json(told(&Known { platform, source })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Named {
    issuer: String,
    client_id: String,
}

/// `DELETE /api/v1/lti/platforms`.
pub(in crate::http) async fn remove(
    State(app): State<Arc<App>>,
    Body(Named { issuer, client_id }): Body<Named>,
) -> Result<StatusCode, ApiError> {
    app.lti.unregister(&issuer, &client_id).await.map_err(changed)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/lti/registrations`: an address at which one platform may register.
pub(in crate::http) async fn registration(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let seconds = LTI_REGISTRATION_FOR.as_secs();
    let key = app.lti.keep_once(&Once::Registration, seconds).await;
    let key = key.map_err(|refusal| match refusal {
        lti::Refusal::StorageFailed => ApiError::not_kept(),
        _ => ApiError::draining(),
    })?;
    let url = format!("{}?key={key}", tool(&app, &headers).registration_url());
    Ok(Json(json!({ "url": url, "expires_seconds": seconds })))
}

/// `POST /api/v1/lti/platforms/check`: whether the platform's addresses answer as they should, tried from here.
pub(in crate::http) async fn check(
    State(app): State<Arc<App>>,
    Body(Named { issuer, client_id }): Body<Named>,
) -> Result<Json<Value>, ApiError> {
    let platform = app.lti.platforms.get(&issuer, &client_id).ok_or_else(unknown)?.platform;
    let (keys, login, token) =
        tokio::join!(check_keys(&app, &platform), check_login(&app, &platform), check_token(&app, &platform));
    Ok(Json(json!({ "checks": [keys, login, token] })))
}

async fn check_keys(app: &App, platform: &Platform) -> Value {
    let url = &platform.jwks_url;
    match app.lti.outbound.get(url, "application/json", None, lti::keys::KEY_SET_BYTES).await {
        Err(error) => failed("keys", error.code(), format!("{url} {error}")),
        Ok(answer) => match KeySet::read(&answer.body) {
            Ok(keys) => json!({ "check": "keys", "ok": true, "detail": keys.len().to_string() }),
            Err(problem) if problem.contains("JSON") => {
                failed("keys", "not_json", format!("{url}: {problem}"))
            }
            Err(problem) => failed("keys", "no_keys", format!("{url}: {problem}")),
        },
    }
}

/// It answers a browser, which brings more than this does: anything that is no server's failure will do.
async fn check_login(app: &App, platform: &Platform) -> Value {
    let url = &platform.login_url;
    match app.lti.outbound.get(url, "text/html", None, crate::bounds::PLATFORM_ANSWER_BYTES).await {
        Ok(_) => json!({ "check": "login", "ok": true, "detail": url }),
        Err(crate::lti::OutboundError::Status { status, .. }) if status < 500 && status != 404 => {
            json!({ "check": "login", "ok": true, "detail": url })
        }
        Err(error) => failed("login", error.code(), format!("{url} {error}")),
    }
}

async fn check_token(app: &App, platform: &Platform) -> Value {
    match app.lti.token(platform, &[claims::SCOPE_NAMES]).await {
        Ok(_) => json!({ "check": "token", "ok": true, "detail": platform.token_url }),
        Err(ServiceError::Call { url, error }) => {
            let refused = matches!(error, crate::lti::OutboundError::Status { status: 400..=499, .. });
            failed("token", if refused { "refused" } else { error.code() }, format!("{url} {error}"))
        }
        Err(error @ ServiceError::Answer { .. }) => failed("token", "not_json", error.to_string()),
        Err(error) => failed("token", "refused", error.to_string()),
    }
}

fn failed(check: &str, code: &str, detail: String) -> Value {
    json!({ "check": check, "ok": false, "code": code, "detail": detail })
}

fn told(Known { platform, source }: &Known) -> Value {
    let mut told = serde_json::to_value(platform).unwrap_or_default();
    told["state"] = json!("active");
    told["source"] = json!(source.name());
    told
}

/// What holds for a registration however it comes.
pub(super) fn check_platform(platform: &Platform, dev: bool) -> Result<(), ApiError> {
    let texts = [("issuer", &platform.issuer), ("client_id", &platform.client_id)];
    for (field, text) in texts {
        if text.trim().is_empty() || text.len() > 500 || text.chars().any(char::is_control) {
            return Err(ApiError::invalid_field(
                field,
                "1 to 500 characters, none of them a control character",
            ));
        }
    }
    let addresses = [
        ("login_url", &platform.login_url),
        ("jwks_url", &platform.jwks_url),
        ("token_url", &platform.token_url),
    ];
    for (field, address) in addresses {
        let fits = origin(address).is_some_and(|origin| {
            origin.starts_with("https://")
                || (origin.starts_with("http://") && (dev || is_this_machine(&origin)))
        });
        if !fits {
            return Err(ApiError::invalid_field(field, "an address that begins with https://"));
        }
    }
    // One client id for every institution that there is: the deployment alone says which.
    if platform.issuer == BLACKBOARD && platform.deployments.is_empty() {
        let problem = "at least one, for Blackboard has one client id for all institutions";
        return Err(ApiError::invalid_field("deployments", problem));
    }
    Ok(())
}

pub(super) fn unknown() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "platform_not_found",
        "no platform is registered with this issuer and client id",
    )
}

fn changed(error: ChangeError) -> ApiError {
    match error {
        ChangeError::Unknown => unknown(),
        ChangeError::NotKept => ApiError::not_kept(),
        ChangeError::OfFile => ApiError::new(
            StatusCode::CONFLICT,
            "platform_of_file",
            "this platform stands in the configuration file, and is changed there",
        ),
        ChangeError::TooMany => ApiError::new(
            StatusCode::CONFLICT,
            "too_many_platforms",
            "there are as many platforms as there may be",
        ),
    }
}
