//! What became of every launch, every registration and every call to a platform's services: in the log, and kept for the setup page.

use ::lti::Refusal;
use serde::Serialize;

use super::Lti;
use crate::bounds::{LTI_LOG, LTI_LOG_CHARS};
use crate::clock::Clock;

/// What it was about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    #[default]
    Launch,
    DeepLinking,
    Registration,
    Names,
    Grades,
}

/// One line.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) issuer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deployment: Option<String>,
    pub(crate) accepted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) room: Option<String>,
}

impl Entry {
    /// What strangers send is written down as far as it says anything.
    fn shorten(&mut self) {
        let Entry { issuer, client_id, deployment, detail, name, room, .. } = self;
        for text in [
            Some(issuer),
            client_id.as_mut(),
            deployment.as_mut(),
            detail.as_mut(),
            name.as_mut(),
            room.as_mut(),
        ]
        .into_iter()
        .flatten()
        {
            if let Some((end, _)) = text.char_indices().nth(LTI_LOG_CHARS) {
                text.truncate(end);
                text.push('…');
            }
        }
    }

    /// That it was refused, and why.
    pub(crate) fn refused(mut self, refusal: &Refusal) -> Self {
        (self.accepted, self.code, self.detail) = (false, Some(refusal.code()), Some(refusal.to_string()));
        if let Refusal::UnknownDeployment { deployment } = refusal {
            self.deployment = Some(deployment.clone());
        }
        self
    }
}

impl Lti {
    /// Writes it down. What the disk refuses is in the log at least.
    pub(crate) async fn audit(&self, mut entry: Entry) {
        entry.shorten();
        let Entry { kind, issuer, client_id, deployment, accepted, code, detail, room, .. } = &entry;
        let (client_id, deployment) = (client_id.as_deref(), deployment.as_deref());
        let (detail, room) = (detail.as_deref(), room.as_deref());
        if *accepted {
            tracing::info!(?kind, issuer, client_id, deployment, room, "a learning platform was served");
        } else {
            tracing::warn!(
                ?kind,
                issuer,
                client_id,
                deployment,
                code,
                detail,
                "a learning platform was refused"
            );
        }
        self.counts.launched(*accepted);
        let Ok(body) = serde_json::to_string(&entry) else { return };
        let at = Clock::unix_millis();
        // It says so itself where it fails.
        let _ = self.on_disk(move |store| store.log_launch(at, &body, LTI_LOG)).await;
    }

    /// The newest first, each as it was written with the time in milliseconds since 1970.
    pub(crate) async fn log(&self, most: usize) -> Result<Vec<(u64, String)>, Refusal> {
        self.on_disk(move |store| store.launches(most)).await
    }
}
