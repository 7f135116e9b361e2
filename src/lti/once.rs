//! What is good once, on the disk until it is taken.

use ::lti::Refusal;
use ::lti::deep_linking::Settings;
use ::lti::launch::Launch;
use ::lti::login::LoginRequest;
use ::lti::platform::Tenant;
use serde::{Deserialize, Serialize};

use super::Lti;
use crate::bounds::LTI_PENDING;
use crate::clock::Clock;
use crate::metrics::Bound;
use crate::random;

/// Something that waits to be taken, by a key that nobody guesses.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Once {
    /// A launch has begun; its key is the state.
    Login(PendingLogin),
    /// The same, to be begun again in a window of its own.
    Window(PendingLogin),
    /// A launch that is good, whose browser has yet to show that it is the one where it began.
    Proof { launch: Box<Launch>, secret: String },
    /// A room to be chosen.
    Choice(StoredChoice),
    /// A platform may register.
    Registration,
}

/// A launch that has begun.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PendingLogin {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) nonce: String,
    /// What the browser has to give back.
    pub(crate) secret: String,
    /// Where it may have kept it beside a cookie.
    pub(crate) storage: Option<Storage>,
    /// In a window of its own there is no further one.
    pub(crate) in_window: bool,
    pub(crate) login_hint: String,
    pub(crate) message_hint: Option<String>,
    pub(crate) target_link_uri: String,
}

impl PendingLogin {
    /// What the platform said when it began.
    pub(crate) fn request(&self) -> LoginRequest {
        LoginRequest {
            issuer: self.issuer.clone(),
            client_id: Some(self.client_id.clone()),
            login_hint: self.login_hint.clone(),
            message_hint: self.message_hint.clone(),
            target_link_uri: self.target_link_uri.clone(),
            storage_target: None,
        }
    }
}

/// A platform's frame that keeps things for tools.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Storage {
    /// `_parent`, or the frame's name.
    pub(crate) target: String,
    /// Whom it belongs to.
    pub(crate) origin: String,
}

/// Somebody who teaches is choosing a room.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredChoice {
    pub(crate) tenant: Tenant,
    /// The course it is chosen for.
    pub(crate) context: Option<String>,
    pub(crate) settings: Settings,
    /// The platform's locale for them.
    pub(crate) locale: Option<String>,
}

impl Lti {
    /// Keeps something under a key of its own, which is returned.
    pub(crate) async fn keep_once(&self, what: &Once, seconds: u64) -> Result<String, Refusal> {
        let key = random::key();
        self.keep_once_as(&key, what, seconds).await?;
        Ok(key)
    }

    /// Keeps it under this key.
    pub(crate) async fn keep_once_as(&self, key: &str, what: &Once, seconds: u64) -> Result<(), Refusal> {
        let (kept, body) = (key.to_owned(), serde_json::to_string(what).map_err(|_| Refusal::Internal)?);
        let now = Clock::unix_seconds();
        let save = move |store: &store::Store| store.save_once(&kept, &body, now, now + seconds, LTI_PENDING);
        if self.on_disk(save).await? {
            self.counts.hit(Bound::LtiPending);
        }
        Ok(())
    }

    /// Takes it; `None`: it was taken, its time is over, or there never was one.
    pub(crate) async fn take_once(&self, key: &str) -> Result<Option<Once>, Refusal> {
        if key.len() > 64 {
            return Ok(None);
        }
        let (key, now) = (key.to_owned(), Clock::unix_seconds());
        let body = self.on_disk(move |store| store.take_once(&key, now)).await?;
        Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
    }
}
