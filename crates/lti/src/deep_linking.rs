//! Adding a link from within the platform (Deep Linking 2.0).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::keys::{KeyError, ToolKey};
use crate::platform::Tenant;
use crate::{Refusal, claims};

/// For how long what was chosen may be on its way, in seconds.
const RESPONSE_TTL: u64 = 300;

/// What the platform takes, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Where the browser takes the answer.
    pub return_url: String,
    /// Given back as it came.
    pub data: Option<Value>,
    /// What the platform suggests to call it.
    pub title: Option<String>,
}

impl Settings {
    pub(crate) fn read(settings: &Value) -> Result<Settings, Refusal> {
        let missing =
            |name: &str| Refusal::MissingClaim { claim: format!("{}.{name}", claims::DEEP_LINKING) };
        let return_url =
            settings["deep_link_return_url"].as_str().ok_or_else(|| missing("deep_link_return_url"))?;
        if !crate::login::origin(return_url).is_some_and(|origin| origin.starts_with("http")) {
            let problem = "is no http address".to_owned();
            return Err(Refusal::BadRequest { field: "deep_link_return_url", problem });
        }
        let types = settings["accept_types"].as_array();
        if !types.is_some_and(|types| types.iter().any(|one| one == "ltiResourceLink")) {
            return Err(missing("accept_types with ltiResourceLink"));
        }
        let title = settings["title"].as_str().filter(|title| !title.trim().is_empty());
        Ok(Settings {
            return_url: return_url.to_owned(),
            data: settings.get("data").cloned(),
            title: title.map(str::to_owned),
        })
    }
}

/// A room to be put into a course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    /// Its id, which comes back with each launch as `custom_room`.
    pub room: &'a str,
    /// What the link is called.
    pub title: &'a str,
    /// Where the link leads: the launch address.
    pub url: &'a str,
    /// How its stage is come up to, should the room have to be made anew: `open`, `request` or `invite`.
    pub access: &'a str,
    /// The course it is for: a copy of the link in another one is another room's.
    pub course: Option<&'a str>,
    /// What goes to the gradebook, in the words of the custom parameter `grade`; `None`: nothing.
    pub grade: Option<&'a str>,
}

/// The signed answer, to be posted as `JWT` to [`Settings::return_url`]. Without a choice: nothing was added. `now` is in seconds since 1970;
/// `nonce` must never have been used before.
///
/// # Errors
///
/// Signing failed, which is a bug.
pub fn response(
    key: &ToolKey,
    tenant: &Tenant,
    settings: &Settings,
    choice: Option<&Choice<'_>>,
    nonce: &str,
    now: u64,
) -> Result<String, KeyError> {
    let mut message = Map::new();
    for (claim, value) in [
        ("iss", json!(tenant.client_id)),
        ("aud", json!(tenant.issuer)),
        ("iat", json!(now)),
        ("exp", json!(now + RESPONSE_TTL)),
        ("nonce", json!(nonce)),
        (claims::MESSAGE_TYPE, json!(claims::DEEP_LINKING_RESPONSE)),
        (claims::VERSION, json!(claims::VERSION_1_3)),
        (claims::DEPLOYMENT_ID, json!(tenant.deployment)),
        (claims::CONTENT_ITEMS, json!(choice.map(item).into_iter().collect::<Vec<_>>())),
    ] {
        message.insert(claim.to_owned(), value);
    }
    if let Some(data) = &settings.data {
        message.insert(claims::DEEP_LINKING_DATA.to_owned(), data.clone());
    }
    key.sign(&message)
}

fn item(choice: &Choice<'_>) -> Value {
    let mut item = json!({
        "type": "ltiResourceLink",
        "title": choice.title,
        "url": choice.url,
        "custom": { "room": choice.room, "stage_access": choice.access },
        // A room wants space; platforms that cannot give it ignore this.
        "iframe": { "height": 720 },
    });
    if let Some(course) = choice.course {
        item["custom"]["course"] = json!(course);
    }
    if let Some(grade) = choice.grade {
        item["custom"]["grade"] = json!(grade);
    }
    item
}
