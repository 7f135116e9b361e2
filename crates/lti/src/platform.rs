//! Registrations: what a platform and this tool know of each other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stage::Role;

/// A registration. The pair of issuer and client id is its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// `iss` of its messages.
    pub issuer: String,
    /// What the platform calls this tool.
    pub client_id: String,
    /// For people.
    #[serde(default)]
    pub name: String,
    /// Whose launches are taken; empty: all.
    #[serde(default)]
    pub deployments: Vec<String>,
    /// Where launches begin: the platform's OpenID Connect authorization endpoint.
    pub login_url: String,
    /// Its public keys.
    pub jwks_url: String,
    /// Where this tool gets access tokens.
    pub token_url: String,
    /// What roles make of people here, where the operator wants it otherwise than the table of [`crate::roles`] has it.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
}

/// Who shares rooms: a deployment of a registration. The login's word for a deployment does not count, only the signed message's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tenant {
    /// Of the registration.
    pub issuer: String,
    /// Of the registration.
    pub client_id: String,
    /// Of the message.
    pub deployment: String,
}

impl Platform {
    /// Whether launches of this deployment are taken.
    pub fn takes(&self, deployment: &str) -> bool {
        self.deployments.is_empty() || self.deployments.iter().any(|one| one == deployment)
    }
}
