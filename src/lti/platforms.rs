//! Registrations: those of the configuration file, and those made while the server runs.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use ::lti::Refusal;
use ::lti::login::LoginRequest;
use ::lti::platform::Platform;
use store::{PlatformRecord, Store, StoreError};

use super::Lti;
use crate::bounds::LTI_PLATFORMS;
use crate::config::LtiPlatform;

/// How a registration came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// It stands in the configuration, and is changed there.
    File,
    /// By hand, on the setup page.
    Setup,
    /// Dynamically.
    Registration,
}

impl Source {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Source::File => "file",
            Source::Setup => "setup",
            Source::Registration => "registration",
        }
    }
}

/// A registration and how it came about.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) platform: Platform,
    pub(crate) source: Source,
}

/// By issuer and client id.
type Registered = BTreeMap<(String, String), Known>;

/// All registrations.
#[derive(Debug, Default)]
pub(crate) struct Platforms {
    registered: RwLock<Registered>,
}

impl Platforms {
    pub(super) fn load(store: &Store, file: &[LtiPlatform]) -> Result<Self, StoreError> {
        let mut registered = Registered::new();
        for record in store.platforms()? {
            let Ok(platform) = serde_json::from_str::<Platform>(&record.body) else {
                tracing::error!(
                    issuer = record.issuer,
                    "a platform's registration could not be read, and is left out"
                );
                continue;
            };
            let source = if record.registered { Source::Registration } else { Source::Setup };
            registered.insert((record.issuer, record.client_id), Known { platform, source });
        }
        for one in file {
            let platform = Platform {
                issuer: one.issuer.clone(),
                client_id: one.client_id.clone(),
                name: one.name.clone().unwrap_or_default(),
                deployments: one.deployments.clone(),
                login_url: one.login_url.clone(),
                jwks_url: one.jwks_url.clone(),
                token_url: one.token_url.clone(),
                roles: one.roles.clone(),
            };
            let key = (one.issuer.clone(), one.client_id.clone());
            registered.insert(key, Known { platform, source: Source::File });
        }
        Ok(Platforms { registered: RwLock::new(registered) })
    }

    /// Whose launch it is that begins.
    pub(crate) fn of_login(&self, request: &LoginRequest) -> Result<Platform, Refusal> {
        let registered = self.registered.read().unwrap_or_else(PoisonError::into_inner);
        let issuer = &request.issuer;
        let unknown = |client_id: &str| Refusal::UnknownPlatform {
            issuer: issuer.clone(),
            client_id: client_id.to_owned(),
        };
        if let Some(client_id) = &request.client_id {
            let known = registered.get(&(issuer.clone(), client_id.clone()));
            return known.map(|known| known.platform.clone()).ok_or_else(|| unknown(client_id));
        }
        let mut found = registered.values().filter(|known| known.platform.issuer == *issuer);
        match (found.next(), found.next()) {
            (Some(known), None) => Ok(known.platform.clone()),
            (None, _) => Err(unknown("")),
            (Some(_), Some(_)) => Err(Refusal::AmbiguousPlatform { issuer: issuer.clone() }),
        }
    }

    pub(crate) fn get(&self, issuer: &str, client_id: &str) -> Option<Known> {
        let registered = self.registered.read().unwrap_or_else(PoisonError::into_inner);
        registered.get(&(issuer.to_owned(), client_id.to_owned())).cloned()
    }

    pub(crate) fn list(&self) -> Vec<Known> {
        self.registered.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

/// Why a registration was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeError {
    /// It stands in the configuration.
    OfFile,
    /// There is no such one.
    Unknown,
    /// There are [`LTI_PLATFORMS`].
    TooMany,
    /// The disk refused.
    NotKept,
}

impl Lti {
    /// Adds a registration, or replaces the one of its name.
    pub(crate) async fn register(&self, platform: Platform, source: Source) -> Result<(), ChangeError> {
        let key = (platform.issuer.clone(), platform.client_id.clone());
        {
            let registered = self.platforms.registered.read().unwrap_or_else(PoisonError::into_inner);
            match registered.get(&key) {
                Some(known) if known.source == Source::File => return Err(ChangeError::OfFile),
                None if registered.len() >= LTI_PLATFORMS => return Err(ChangeError::TooMany),
                _ => {}
            }
        }
        let body = serde_json::to_string(&platform).map_err(|_| ChangeError::NotKept)?;
        let record = PlatformRecord {
            issuer: key.0.clone(),
            client_id: key.1.clone(),
            registered: source == Source::Registration,
            body,
        };
        self.on_disk(move |store| store.save_platform(&record)).await.map_err(|_| ChangeError::NotKept)?;
        let mut registered = self.platforms.registered.write().unwrap_or_else(PoisonError::into_inner);
        registered.insert(key, Known { platform, source });
        Ok(())
    }

    /// Ends a registration. Who is in a room stays there.
    pub(crate) async fn unregister(&self, issuer: &str, client_id: &str) -> Result<(), ChangeError> {
        match self.platforms.get(issuer, client_id).map(|known| known.source) {
            None => return Err(ChangeError::Unknown),
            Some(Source::File) => return Err(ChangeError::OfFile),
            Some(_) => {}
        }
        let key = (issuer.to_owned(), client_id.to_owned());
        let (issuer, client_id) = key.clone();
        let forget = self.on_disk(move |store| store.delete_platform(&issuer, &client_id));
        forget.await.map_err(|_| ChangeError::NotKept)?;
        self.platforms.registered.write().unwrap_or_else(PoisonError::into_inner).remove(&key);
        self.frames.forget(&key);
        Ok(())
    }
}
