//! Who may show this server's pages in frames: registered platforms, from where they sign and sign in, and from where they said in a signed
//! message that their pages are: some sign for a thousand sites.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use ::lti::launch::{Launch, Message};
use ::lti::login::origin;
use ::lti::platform::Platform;
use store::{OriginRecord, Store, StoreError};

use super::Lti;
use super::platforms::Known;
use crate::bounds::PLATFORM_ORIGINS;
use crate::metrics::Bound;

/// What platforms have said, by issuer and client id.
#[derive(Debug, Default)]
pub(super) struct Frames(RwLock<BTreeSet<OriginRecord>>);

impl Frames {
    pub(super) fn load(store: &Store) -> Result<Self, StoreError> {
        Ok(Frames(RwLock::new(store.origins()?.into_iter().take(PLATFORM_ORIGINS).collect())))
    }

    /// What a platform has said counts no more.
    pub(super) fn forget(&self, (issuer, client_id): &(String, String)) {
        let mut said = self.0.write().unwrap_or_else(PoisonError::into_inner);
        said.retain(|one| (&one.issuer, &one.client_id) != (issuer, client_id));
    }
}

impl Lti {
    /// A platform has said, signed, where its pages are. What the disk refuses is said again with the next launch after a restart.
    pub(crate) async fn learn_origins(&self, launch: &Launch) {
        let chosen = match &launch.message {
            Message::DeepLinking(settings) => Some(&settings.return_url),
            Message::ResourceLink(_) => None,
        };
        for origin in [launch.return_url.as_ref(), chosen].into_iter().flatten().filter_map(|url| origin(url))
        {
            let (issuer, client_id) = (launch.tenant.issuer.clone(), launch.tenant.client_id.clone());
            let record = OriginRecord { issuer, client_id, origin };
            {
                let mut said = self.frames.0.write().unwrap_or_else(PoisonError::into_inner);
                if said.contains(&record) {
                    continue;
                }
                if said.len() >= PLATFORM_ORIGINS {
                    self.counts.hit(Bound::PlatformOrigins);
                    continue;
                }
                said.insert(record.clone());
            }
            let _ = self.on_disk(move |store| store.save_origin(&record)).await;
        }
    }

    /// Who may show this server's pages in frames.
    pub(crate) fn frame_origins(&self) -> BTreeSet<String> {
        let said = self.frames.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut origins = BTreeSet::new();
        for Known { platform: Platform { issuer, client_id, login_url, .. }, .. } in self.platforms.list() {
            origins.extend([&issuer, &login_url].into_iter().filter_map(|url| origin(url)));
            let own = said.iter().filter(|one| one.issuer == issuer && one.client_id == client_id);
            origins.extend(own.map(|one| one.origin.clone()));
        }
        origins
    }
}
