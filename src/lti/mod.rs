//! Learning platforms: their registrations and keys, who they send and where to, and what they are told. The standard's own words are the
//! crate [`lti`]'s; here are the disk, the sockets and the clock.
//!
//! What is good once (a launch's state with its nonce, what waits for a page's answer, an address to register at) is on the disk until it is
//! taken, so that nothing is taken twice, a restart in between or not. A platform that does not answer costs who comes from there, and nobody
//! else: no room ever waits for one.

mod audit;
mod columns;
mod enter;
mod frames;
mod keys;
mod keysets;
mod names;
mod once;
mod outbound;
mod pace;
mod platforms;
mod reports;
mod services;

use std::sync::Arc;

use ::lti::Refusal;
use ::lti::keys::ToolKey;
use store::{Store, StoreError};

use crate::config::LtiPlatform;
use crate::metrics::Counts;

pub(crate) use audit::{Entry as AuditEntry, Kind};
pub(crate) use enter::{Entered, is_this_machine};
pub(crate) use names::Expected;
pub(crate) use once::{Once, PendingLogin, Storage, StoredChoice};
pub(crate) use outbound::OutboundError;
pub(crate) use platforms::ChangeError;
pub(crate) use platforms::{Known, Source};
pub(crate) use reports::{report_for_ever, settle_at_end};
pub(crate) use services::ServiceError;

/// All that has to do with learning platforms.
pub(crate) struct Lti {
    store: Arc<Store>,
    counts: Arc<Counts>,
    pub(crate) outbound: outbound::Outbound,
    pub(crate) platforms: platforms::Platforms,
    frames: frames::Frames,
    keys: Vec<ToolKey>,
    key_sets: keysets::KeySets,
    tokens: services::Tokens,
    names: names::Cache,
    columns: columns::Known,
    pace: pace::Pace,
    /// One launch makes a room at a time: two who click a new link at once are in the same.
    making: tokio::sync::Mutex<()>,
}

/// Why the server cannot be a tool of learning platforms; found at start.
#[derive(Debug, thiserror::Error)]
pub enum LtiError {
    /// What was kept cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its own keys.
    #[error("the server's keys for learning platforms: {0}")]
    Keys(String),
    /// The machine's trusted certificates, most likely.
    #[error("no HTTP client for learning platforms: {0}")]
    Client(#[from] reqwest::Error),
}

impl Lti {
    /// Takes up what was kept; makes a key where there is none or the newest is old. Blocks on the disk.
    pub(crate) fn open(
        store: Arc<Store>,
        counts: Arc<Counts>,
        file: &[LtiPlatform],
        now: u64,
    ) -> Result<Lti, LtiError> {
        Ok(Lti {
            platforms: platforms::Platforms::load(&store, file)?,
            frames: frames::Frames::load(&store)?,
            keys: keys::load(&store, now)?,
            outbound: outbound::Outbound::new()?,
            key_sets: keysets::KeySets::default(),
            tokens: services::Tokens::default(),
            names: names::Cache::default(),
            columns: columns::Known::default(),
            pace: pace::Pace::default(),
            making: tokio::sync::Mutex::default(),
            store,
            counts,
        })
    }

    /// What signs.
    pub(crate) fn key(&self) -> Result<&ToolKey, Refusal> {
        self.keys.first().ok_or(Refusal::Internal)
    }

    /// What platforms may see signatures of.
    pub(crate) fn keys(&self) -> &[ToolKey] {
        &self.keys
    }

    /// The platform's keys with which a message says it is signed.
    pub(crate) async fn key_set(&self, url: &str, kid: &str) -> Result<Arc<::lti::keys::KeySet>, Refusal> {
        self.key_sets.get(&self.outbound, url, kid).await
    }

    /// Does something with the disk, on a thread that may wait for it.
    async fn on_disk<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || call(&store)).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => tracing::error!(%error, "something of a learning platform could not be kept"),
            Err(error) => tracing::error!(%error, "something of a learning platform could not be kept"),
        }
        self.counts.storage_failed();
        Err(Refusal::StorageFailed)
    }
}
