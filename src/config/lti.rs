//! Learning platforms that may launch rooms by LTI 1.3: what the file says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use axum::http::Uri;
use stage::Role;

use super::entries::Entry;
use super::sources::Sources;
use super::value::{self, Raw, Read};
use crate::bounds;

/// One platform: an issuer, and the client that this server is to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LtiPlatform {
    /// Who signs its launches, as its tokens say it (`iss`).
    pub issuer: String,
    /// What it calls this server.
    pub client_id: String,
    /// The deployments that may launch; empty: any.
    pub deployments: Vec<String>,
    /// Where a launch is authorized (OpenID Connect, third-party initiated login).
    pub login_url: String,
    /// Where its public keys are.
    pub jwks_url: String,
    /// Where access to its services is given.
    pub token_url: String,
    /// What people call it.
    pub name: Option<String>,
    /// Roles here by the platform's role URIs, before the usual ones.
    pub roles: BTreeMap<String, Role>,
}

/// All platforms of the file.
pub(crate) fn platforms(sources: &mut Sources<'_>, dev: bool) -> Vec<LtiPlatform> {
    let entries = sources.entries("lti.platforms", bounds::LTI_PLATFORMS);
    let mut seen = BTreeSet::new();
    let mut platforms = Vec::new();
    for entry in &entries {
        let Some(platform) = platform(sources, entry, dev) else { continue };
        if !seen.insert((platform.issuer.clone(), platform.client_id.clone())) {
            entry.refuse(
                sources,
                "client_id",
                "another than the platforms before it have for this issuer".to_owned(),
            );
        }
        platforms.push(platform);
    }
    platforms
}

/// Every key is read before any is missed, so that all that is wrong with one is told at once.
fn platform(sources: &mut Sources<'_>, entry: &Entry, dev: bool) -> Option<LtiPlatform> {
    let issuer = entry.required(sources, "issuer", value::name);
    let client_id = entry.required(sources, "client_id", value::name);
    let deployments = entry.optional(sources, "deployments", value::names(bounds::LTI_DEPLOYMENTS));
    let login_url = entry.required(sources, "login_url", url(dev));
    let jwks_url = entry.required(sources, "jwks_url", url(dev));
    let token_url = entry.required(sources, "token_url", url(dev));
    let name = entry.optional(sources, "name", value::name);
    let roles = entry.optional(sources, "roles", roles);
    Some(LtiPlatform {
        issuer: issuer?,
        client_id: client_id?,
        deployments: deployments.unwrap_or_default(),
        login_url: login_url?,
        jwks_url: jwks_url?,
        token_url: token_url?,
        name,
        roles: roles.unwrap_or_default(),
    })
}

/// An address that this server or a browser asks. What goes there must not be read on the way, so it is HTTPS, unless the way is
/// within this machine or the server is only tried out.
pub(crate) fn url(dev: bool) -> impl Fn(&Raw) -> Read<String> {
    move |raw| {
        let given = value::text(raw).filter(|text| text.len() <= bounds::SETTING_CHARS);
        let uri = given.and_then(|text| text.parse::<Uri>().ok());
        let is_good = uri.is_some_and(|uri| match (uri.scheme_str(), uri.host()) {
            (Some("https"), Some(host)) => !host.is_empty(),
            (Some("http"), Some(host)) => !host.is_empty() && (dev || is_loopback(host)),
            _ => false,
        });
        given.filter(|_| is_good).map(str::to_owned).ok_or_else(|| {
            "an address such as https://lms.example.edu/keys; http:// for this machine and in dev mode only".to_owned()
        })
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn roles(raw: &Raw) -> Read<BTreeMap<String, Role>> {
    let expected = || {
        format!(
            "at most {} of the platform's role URIs, each with a role of this server: {{ \"https://…#TeachingAssistant\" = \"moderator\" }} \
             (host, moderator, speaker, viewer)",
            bounds::LTI_ROLES
        )
    };
    let Raw::Table(pairs) = raw else { return Err(expected()) };
    if pairs.len() > bounds::LTI_ROLES {
        return Err(expected());
    }
    let read = |(uri, role): &(String, Raw)| Some((uri.clone(), value::role(role)?));
    pairs.iter().map(read).collect::<Option<_>>().ok_or_else(expected)
}
