//! The page between a platform and a room, with the step that it has to take written into it. It is a file of the client; nothing of it
//! runs but the client's own scripts.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lti::Refusal;
use serde_json::{Value, json};

use super::super::OwnWords;
use crate::app::App;

const FILE: &str = "launch.html";
/// In its place while the client is not built.
const NOT_BUILT: &str =
    "<!doctype html><meta name=\"proscenium-launch\" content=\"\"><p>The browser client is not built.";
/// Where the step goes in the file.
const PLACE: &str = "name=\"proscenium-launch\" content=\"\"";

/// The origin that a page's form may go to, beside this server: one platform's, which is told what was chosen.
#[derive(Clone, Debug)]
pub(in crate::http) struct FormTarget(pub(in crate::http) String);

/// The page, with this step.
pub(super) fn page(app: &App, status: StatusCode, step: &Value) -> Response {
    let file = app.page.text(FILE).unwrap_or(NOT_BUILT);
    let filled = format!("name=\"proscenium-launch\" content=\"{}\"", escaped(&step.to_string()));
    let mut response = (status, file.replacen(PLACE, &filled, 1)).into_response();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response.extensions_mut().insert(OwnWords);
    response
}

/// Why it goes no further, in the page's words.
pub(super) fn refused(app: &App, refusal: &Refusal, issuer: Option<&str>, locale: Option<&str>) -> Response {
    let mut step = json!({ "step": "refused", "code": refusal.code(), "detail": refusal.to_string() });
    if let Some(issuer) = issuer {
        step["platform"] = json!(issuer);
    }
    page(app, status(refusal), &with_language(step, locale))
}

/// A step in the language of the platform, where it says which.
pub(super) fn with_language(mut step: Value, locale: Option<&str>) -> Value {
    if let Some(language) = locale.and_then(language) {
        step["lang"] = json!(language);
    }
    step
}

/// `pt-BR` of `pt_BR.UTF-8`: platforms write locales in either way. Nothing that does not look like one.
pub(super) fn language(locale: &str) -> Option<String> {
    let language = locale.split('.').next().unwrap_or_default().replace('_', "-");
    let fits = (2..=35).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    fits.then_some(language)
}

pub(super) fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::BadRequest { .. }
        | Refusal::MissingClaim { .. }
        | Refusal::BadVersion { .. }
        | Refusal::BadMessageType { .. }
        | Refusal::BadRoomName { .. }
        | Refusal::UnknownState
        | Refusal::NoCookies => StatusCode::BAD_REQUEST,
        Refusal::KeysUnreachable { .. } | Refusal::RegistrationFailed { .. } => StatusCode::BAD_GATEWAY,
        Refusal::TooManyRooms | Refusal::Draining => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::StorageFailed | Refusal::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::FORBIDDEN,
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_of_platforms_are_languages() {
        for (locale, expected) in
            [("pt_BR", Some("pt-BR")), ("de", Some("de")), ("en_US.UTF-8", Some("en-US"))]
        {
            assert_eq!(language(locale).as_deref(), expected);
        }
        for nonsense in ["", "d", "de&token=x", "\"><script>", "$User.locale"] {
            assert_eq!(language(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn nothing_leaves_its_attribute() {
        assert_eq!(escaped("{\"a\":\"<b>&\"}"), "{&quot;a&quot;:&quot;&lt;b&gt;&amp;&quot;}");
    }
}
