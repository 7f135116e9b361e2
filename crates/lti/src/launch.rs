//! How a launch ends: a signed message, read and held to everything that the standard asks (Security Framework 1.0, section 5.1.3).

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::deep_linking::Settings;
use crate::keys::KeySet;
use crate::platform::{Platform, Tenant};
use crate::{Refusal, claims};

/// Longest message that is looked at, in bytes.
pub const MESSAGE_BYTES: usize = 64 * 1024;
/// By how much two machines' clocks may differ, in seconds.
pub const LEEWAY: u64 = 60;

const ALGORITHMS: [Algorithm; 4] = [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::ES256];

/// What a platform vouches for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Launch {
    /// Where it comes from.
    pub tenant: Tenant,
    /// The platform's id of the person; `None`: it does not say who they are.
    pub user: Option<String>,
    /// What they are called, where it says so.
    pub name: Option<String>,
    /// What they are in the course.
    pub roles: Vec<String>,
    /// The course or site, and its title.
    pub context: Option<Titled>,
    /// What was asked for.
    pub message: Message,
    /// The link's own parameters. Variables that the platform did not replace are left out.
    pub custom: BTreeMap<String, String>,
    /// Where to ask who belongs to the context.
    pub memberships_url: Option<String>,
    /// Where results go.
    pub grades: Option<GradesEndpoint>,
    /// The platform's language for the person, as in `pt-BR`.
    pub locale: Option<String>,
    /// A page of the platform's, where people go afterwards.
    pub return_url: Option<String>,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// Opening a link.
    ResourceLink(Titled),
    /// Adding one.
    DeepLinking(Settings),
}

/// Something with an id, and a title for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Titled {
    /// The platform's own.
    pub id: String,
    /// Where it has one.
    pub title: Option<String>,
}

/// Where results go (AGS 2.0, section 3.1), and what is allowed there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GradesEndpoint {
    /// All columns of the course.
    pub line_items: Option<String>,
    /// The link's own column.
    pub line_item: Option<String>,
    /// What tokens may be asked for.
    pub scopes: Vec<String>,
}

impl GradesEndpoint {
    /// Whether this tool may make a column or has one, and may fill it in.
    pub fn is_usable(&self) -> bool {
        let may = |scope: &str| self.scopes.iter().any(|one| one == scope);
        let has_column =
            self.line_item.is_some() || (self.line_items.is_some() && may(claims::SCOPE_LINE_ITEM));
        may(claims::SCOPE_SCORE) && has_column
    }
}

/// The id of the key that a message says it is signed with, before anything of it is believed.
///
/// # Errors
///
/// It is no JWT, too long, by a method that is not taken, or names no key.
pub fn key_id(message: &str) -> Result<String, Refusal> {
    let bad = |detail: &str| Refusal::BadSignature { detail: detail.to_owned() };
    if message.len() > MESSAGE_BYTES {
        return Err(bad("it is too long"));
    }
    // Not by the library, to which a method that it does not know is no header at all: the audit is to say which it was.
    let header = message.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let header: Value = header
        .and_then(|header| serde_json::from_slice(&header).ok())
        .ok_or_else(|| bad("it is no JSON Web Token"))?;
    let algorithm = header["alg"].as_str().unwrap_or_default();
    if !algorithm.parse().is_ok_and(|algorithm| ALGORITHMS.contains(&algorithm)) {
        return Err(Refusal::BadAlgorithm { algorithm: algorithm.to_owned() });
    }
    header["kid"].as_str().map(str::to_owned).ok_or_else(|| bad("it names no key (kid)"))
}

/// What a message says, when it is this platform's, for this tool, of now, and answers to `nonce`. `now` is in seconds since 1970.
///
/// # Errors
///
/// The first thing that is wrong, the signature first: before, nothing of it means anything.
pub fn verify(
    message: &str,
    platform: &Platform,
    keys: &KeySet,
    nonce: &str,
    now: u64,
) -> Result<Launch, Refusal> {
    let kid = key_id(message)?;
    let key = keys.find(&kid).ok_or(Refusal::UnknownKey { kid })?;
    let claims = Claims(signed(message, key)?);
    claims.check_times(now)?;
    claims.check_parties(platform)?;
    if claims.text("nonce") != Some(nonce) {
        return Err(Refusal::WrongNonce);
    }
    let version = claims.text(claims::VERSION).unwrap_or_default();
    if version != claims::VERSION_1_3 {
        return Err(Refusal::BadVersion { found: version.to_owned() });
    }
    let deployment = claims.required(claims::DEPLOYMENT_ID)?;
    if !platform.takes(&deployment) {
        return Err(Refusal::UnknownDeployment { deployment });
    }
    let tenant =
        Tenant { issuer: platform.issuer.clone(), client_id: platform.client_id.clone(), deployment };
    claims.launch(tenant)
}

fn signed(message: &str, key: &jsonwebtoken::DecodingKey) -> Result<Map<String, Value>, Refusal> {
    let mut rules = Validation::new(Algorithm::RS256);
    // The key decides: one of another family than the header's algorithm is refused by the library.
    rules.algorithms = ALGORITHMS.into_iter().filter(|one| one.family() == key.family()).collect();
    // All of it is held to below, with this crate's time and words.
    (rules.validate_exp, rules.validate_nbf, rules.validate_aud) = (false, false, false);
    rules.required_spec_claims.clear();
    match decode(message, key, &rules) {
        Ok(read) => Ok(read.claims),
        Err(error) => Err(Refusal::BadSignature {
            detail: match error.kind() {
                ErrorKind::InvalidSignature => "the signature does not fit".to_owned(),
                ErrorKind::InvalidAlgorithm => "the key is for another algorithm".to_owned(),
                _ => error.to_string(),
            },
        }),
    }
}

struct Claims(Map<String, Value>);

impl Claims {
    fn text(&self, claim: &str) -> Option<&str> {
        self.0.get(claim)?.as_str()
    }

    fn required(&self, claim: &str) -> Result<String, Refusal> {
        let text = self.text(claim).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| Refusal::MissingClaim { claim: claim.to_owned() })
    }

    fn number(&self, claim: &str) -> Option<u64> {
        let value = self.0.get(claim)?;
        value.as_u64().or_else(|| value.as_f64().filter(|number| *number >= 0.0).map(|number| number as u64))
    }

    fn check_times(&self, now: u64) -> Result<(), Refusal> {
        let missing = |claim: &str| Refusal::MissingClaim { claim: claim.to_owned() };
        let ends = self.number("exp").ok_or_else(|| missing("exp"))?;
        let made = self.number("iat").ok_or_else(|| missing("iat"))?;
        if ends.saturating_add(LEEWAY) <= now {
            return Err(Refusal::Expired { seconds: now - ends });
        }
        let begins = self.number("nbf").unwrap_or(made).max(made);
        if begins > now.saturating_add(LEEWAY) {
            return Err(Refusal::NotYetValid { seconds: begins - now });
        }
        Ok(())
    }

    fn check_parties(&self, platform: &Platform) -> Result<(), Refusal> {
        let issuer = self.text("iss").unwrap_or_default();
        if issuer != platform.issuer {
            let (found, expected) = (issuer.to_owned(), platform.issuer.clone());
            return Err(Refusal::WrongIssuer { found, expected });
        }
        let audience = self.0.get("aud").cloned().unwrap_or_default();
        let named: Vec<&str> = match &audience {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let azp = self.0.get("azp").filter(|azp| !azp.is_null());
        // Who may use it, where it is for several; wherever it is said, it has to be this tool.
        let authorized = match azp {
            Some(azp) => azp.as_str() == Some(platform.client_id.as_str()),
            None => named.len() == 1,
        };
        if named.contains(&platform.client_id.as_str()) && authorized {
            return Ok(());
        }
        let audience = match azp {
            Some(azp) => format!("{audience}, authorized party {azp}"),
            None => audience.to_string(),
        };
        Err(Refusal::WrongAudience { audience, client_id: platform.client_id.clone() })
    }

    fn launch(&self, tenant: Tenant) -> Result<Launch, Refusal> {
        let message = match self.text(claims::MESSAGE_TYPE) {
            Some(claims::RESOURCE_LINK_REQUEST) => {
                let missing = || Refusal::MissingClaim { claim: format!("{}.id", claims::RESOURCE_LINK) };
                Message::ResourceLink(self.titled(claims::RESOURCE_LINK).ok_or_else(missing)?)
            }
            Some(claims::DEEP_LINKING_REQUEST) => {
                let settings = self.0.get(claims::DEEP_LINKING).cloned().unwrap_or_default();
                Message::DeepLinking(Settings::read(&settings)?)
            }
            found => return Err(Refusal::BadMessageType { found: found.unwrap_or_default().to_owned() }),
        };
        let roles = self.0.get(claims::ROLES).and_then(Value::as_array);
        let roles = roles.ok_or_else(|| Refusal::MissingClaim { claim: claims::ROLES.to_owned() })?;
        let service = self.0.get(claims::NAMES_AND_ROLES);
        let presentation = self.0.get(claims::LAUNCH_PRESENTATION);
        Ok(Launch {
            tenant,
            user: self.text("sub").filter(|sub| !sub.is_empty()).map(str::to_owned),
            name: self.name(),
            roles: roles.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            context: self.titled(claims::CONTEXT),
            message,
            custom: self.custom(),
            memberships_url: text_in(service, "context_memberships_url"),
            grades: self.0.get(claims::GRADES).and_then(grades),
            return_url: text_in(presentation, "return_url"),
            locale: text_in(presentation, "locale").or_else(|| self.text("locale").map(str::to_owned)),
        })
    }

    fn name(&self) -> Option<String> {
        let tidy = |text: &str| {
            Some(text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
        };
        self.text("name").and_then(tidy).or_else(|| {
            let parts = ["given_name", "family_name"].into_iter().filter_map(|part| self.text(part));
            tidy(&parts.collect::<Vec<_>>().join(" "))
        })
    }

    fn titled(&self, claim: &str) -> Option<Titled> {
        let value = self.0.get(claim);
        let id = text_in(value, "id").filter(|id| !id.is_empty())?;
        let title = text_in(value, "title").or_else(|| text_in(value, "label"));
        Some(Titled { id, title: title.filter(|title| !title.trim().is_empty()) })
    }

    fn custom(&self) -> BTreeMap<String, String> {
        let Some(Value::Object(custom)) = self.0.get(claims::CUSTOM) else { return BTreeMap::new() };
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        };
        let texts = custom.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?)));
        texts.filter(|(_, value)| !value.is_empty() && !value.starts_with('$')).collect()
    }
}

fn grades(endpoint: &Value) -> Option<GradesEndpoint> {
    let scopes = endpoint["scope"].as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let text = |name| text_in(Some(endpoint), name);
    Some(GradesEndpoint { line_items: text("lineitems"), line_item: text("lineitem"), scopes })
}

fn text_in(value: Option<&Value>, name: &str) -> Option<String> {
    value?.get(name)?.as_str().map(str::to_owned)
}
