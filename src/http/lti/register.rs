//! Dynamic registration: the platform opens this address in its administrator's browser.
//!
//! It has to bring a key that the operator made for it on the setup page: whoever registers may send hosts here. In dev mode, on one's own
//! machine, anybody may.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lti::Refusal;
use lti::platform::Platform;
use lti::registration::PlatformConfiguration;
use serde_json::json;

use super::setup::check_platform;
use super::{form, step, tool};
use crate::app::App;
use crate::bounds::PLATFORM_ANSWER_BYTES;
use crate::lti::{AuditEntry, Kind, Once, Source};

/// `GET /lti/register?openid_configuration=…&registration_token=…&key=…`.
pub(in crate::http) async fn register(State(app): State<Arc<App>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let mut entry = AuditEntry { kind: Kind::Registration, ..AuditEntry::default() };
    let registered = match form::parameters(&app, request).await {
        Ok(parameters) => take(&app, &headers, &parameters, &mut entry).await,
        Err(refusal) => Err(refusal),
    };
    match registered {
        Ok(platform) => {
            (entry.client_id, entry.accepted) = (Some(platform.client_id.clone()), true);
            app.lti.audit(entry).await;
            let name = if platform.name.is_empty() { &platform.issuer } else { &platform.name };
            step::page(&app, StatusCode::OK, &json!({ "step": "registered", "name": name, "active": true }))
        }
        Err(refusal) => {
            let issuer = Some(entry.issuer.clone()).filter(|issuer| !issuer.is_empty());
            app.lti.audit(entry.refused(&refusal)).await;
            step::refused(&app, &refusal, issuer.as_deref(), None)
        }
    }
}

async fn take(
    app: &Arc<App>,
    headers: &HeaderMap,
    parameters: &[(String, String)],
    entry: &mut AuditEntry,
) -> Result<Platform, Refusal> {
    let failed = |detail: String| Refusal::RegistrationFailed { detail };
    let missing = || Refusal::BadRequest { field: "openid_configuration", problem: "is missing".to_owned() };
    let address = form::find(parameters, "openid_configuration").ok_or_else(missing)?;
    let key = form::find(parameters, "key");
    let invited = match key {
        Some(key) => matches!(app.lti.take_once(key).await?, Some(Once::Registration)),
        None => false,
    };
    if !invited && !app.config.dev {
        let detail =
            "the address to register at has to be made on this server's setup page, and is good once";
        return Err(failed(detail.to_owned()));
    }
    let outbound = &app.lti.outbound;
    let token = form::find(parameters, "registration_token");
    // What stands behind the question mark may be as secret as the token.
    let told = address.split('?').next().unwrap_or_default();
    let found = outbound.get(address, "application/json", token, PLATFORM_ANSWER_BYTES).await;
    let found = found.map_err(|error| failed(format!("{told} {error}")))?;
    let platform = PlatformConfiguration::read(&found.body, told)?;
    entry.issuer = platform.issuer.clone();
    let wanted = tool(app, headers).registration(&platform).to_string();
    let url = &platform.registration_url;
    let answer = outbound.post(url, "application/json", token, wanted).await;
    let answer = answer.map_err(|error| failed(format!("{url} {error}")))?;
    let made = platform.platform(&answer.body)?;
    check_platform(&made, app.config.dev).map_err(|error| failed(error.message().to_owned()))?;
    if app.lti.platforms.get(&made.issuer, &made.client_id).is_some() {
        return Err(failed("this platform is registered already, with the same client id".to_owned()));
    }
    app.lti
        .register(made.clone(), Source::Registration)
        .await
        .map_err(|error| failed(format!("{error:?}")))?;
    Ok(made)
}
