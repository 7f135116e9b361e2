//! Registration without copying (Dynamic Registration 1.0).

use serde_json::{Value, json};

use crate::Refusal;
use crate::claims;
use crate::login::origin;
use crate::platform::Platform;

const PLATFORM_CONFIGURATION: &str = "https://purl.imsglobal.org/spec/lti-platform-configuration";
const TOOL_CONFIGURATION: &str = "https://purl.imsglobal.org/spec/lti-tool-configuration";

/// What a platform says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformConfiguration {
    /// Its `iss`.
    pub issuer: String,
    /// Where launches begin.
    pub login_url: String,
    /// Its public keys.
    pub jwks_url: String,
    /// Where access tokens come from.
    pub token_url: String,
    /// Where this tool registers.
    pub registration_url: String,
    /// What it runs, such as `sakai`.
    pub product: Option<String>,
    /// What tokens may be asked for.
    pub scopes: Vec<String>,
}

impl PlatformConfiguration {
    /// From the document at `address`.
    ///
    /// # Errors
    ///
    /// Something is missing, or the issuer is of another host than the document (section 3.5.1), which would let anybody speak for it.
    pub fn read(text: &[u8], address: &str) -> Result<PlatformConfiguration, Refusal> {
        let failed = |detail: String| Refusal::RegistrationFailed { detail };
        let document: Value = serde_json::from_slice(text)
            .map_err(|error| failed(format!("the platform's configuration is no JSON: {error}")))?;
        let text = |name: &str| {
            let value = document[name].as_str().filter(|value| !value.is_empty());
            value
                .map(str::to_owned)
                .ok_or_else(|| failed(format!("the platform's configuration has no {name}")))
        };
        let address_of = |name: &str| {
            let value = text(name)?;
            let is_http = origin(&value).is_some_and(|origin| origin.starts_with("http"));
            if is_http { Ok(value) } else { Err(failed(format!("{name} is no http address"))) }
        };
        let issuer = text("issuer")?;
        let host = |address: &str| url::Url::parse(address).ok()?.host_str().map(str::to_owned);
        if host(&issuer).is_none() || host(&issuer) != host(address) {
            return Err(failed(format!(
                "the configuration at {address} speaks for {issuer}, which is another host"
            )));
        }
        let scopes = document["scopes_supported"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(PlatformConfiguration {
            issuer,
            login_url: address_of("authorization_endpoint")?,
            jwks_url: address_of("jwks_uri")?,
            token_url: address_of("token_endpoint")?,
            registration_url: address_of("registration_endpoint")?,
            product: document[PLATFORM_CONFIGURATION]["product_family_code"].as_str().map(str::to_owned),
            scopes: scopes.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        })
    }

    /// The registration that comes of the platform's answer.
    ///
    /// # Errors
    ///
    /// The answer names no client.
    pub fn platform(&self, answer: &[u8]) -> Result<Platform, Refusal> {
        let failed = |detail: &str| Refusal::RegistrationFailed { detail: detail.to_owned() };
        let answer: Value =
            serde_json::from_slice(answer).map_err(|_| failed("the platform's answer is no JSON"))?;
        let client_id =
            answer["client_id"].as_str().ok_or_else(|| failed("the platform's answer has no client_id"))?;
        let deployment = answer[TOOL_CONFIGURATION]["deployment_id"].as_str();
        Ok(Platform {
            issuer: self.issuer.clone(),
            client_id: client_id.to_owned(),
            name: self.product.clone().unwrap_or_default(),
            deployments: deployment.map(str::to_owned).into_iter().collect(),
            login_url: self.login_url.clone(),
            jwks_url: self.jwks_url.clone(),
            token_url: self.token_url.clone(),
            roles: Default::default(),
        })
    }
}

/// This tool's own addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// What people call it.
    pub name: String,
    /// Scheme and authority.
    pub base: String,
}

impl Tool {
    /// Third-party login initiation.
    pub fn login_url(&self) -> String {
        format!("{}/lti/login", self.base)
    }

    /// Where messages go.
    pub fn launch_url(&self) -> String {
        format!("{}/lti/launch", self.base)
    }

    /// Its public keys.
    pub fn jwks_url(&self) -> String {
        format!("{}/lti/jwks", self.base)
    }

    /// Dynamic registration.
    pub fn registration_url(&self) -> String {
        format!("{}/lti/register", self.base)
    }

    /// Its picture.
    pub fn icon_url(&self) -> String {
        format!("{}/icon.svg", self.base)
    }

    /// What the platform is asked for. Only scopes that it has are asked for.
    pub fn registration(&self, platform: &PlatformConfiguration) -> Value {
        let has = |scope: &&str| platform.scopes.is_empty() || platform.scopes.iter().any(|one| one == scope);
        let scopes = [claims::SCOPE_NAMES, claims::SCOPE_LINE_ITEM, claims::SCOPE_SCORE];
        let scopes: Vec<&str> = scopes.into_iter().filter(has).collect();
        let domain = self.base.split_once("://").map_or(self.base.as_str(), |(_, authority)| authority);
        json!({
            "application_type": "web",
            "response_types": ["id_token"],
            "grant_types": ["implicit", "client_credentials"],
            "client_name": self.name,
            "initiate_login_uri": self.login_url(),
            "redirect_uris": [self.launch_url()],
            "jwks_uri": self.jwks_url(),
            "logo_uri": self.icon_url(),
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": scopes.join(" "),
            TOOL_CONFIGURATION: {
                "domain": domain,
                "description": "Live rooms with a stage",
                "target_link_uri": self.launch_url(),
                "claims": ["iss", "sub", "name", "given_name", "family_name"],
                "messages": [
                    { "type": claims::RESOURCE_LINK_REQUEST, "target_link_uri": self.launch_url() },
                    { "type": claims::DEEP_LINKING_REQUEST, "target_link_uri": self.launch_url(), "label": self.name },
                ],
            },
        })
    }
}
