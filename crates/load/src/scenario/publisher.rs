//! Who is on stage: our own peer or one of another make, as far as scenarios care.

use super::outcome::Seen;
use crate::Identity;
use crate::api::Api;
use crate::error::LoadError;
use crate::marker::Tag;
use crate::participant::{Entry, Participant};
use crate::webrtc_publisher::WebrtcPublisher;

/// A publisher. Both are large, and there are few.
pub(super) enum Publisher {
    Synthetic(Box<Participant>),
    Webrtc(Box<WebrtcPublisher>),
}

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Make {
    Synthetic,
    Webrtc,
}

impl Publisher {
    pub(super) async fn enter(
        make: Make,
        api: &Api,
        room: &str,
        entry: &Entry,
        identity: &Identity,
    ) -> Result<Publisher, LoadError> {
        Ok(match make {
            Make::Synthetic => {
                Publisher::Synthetic(Box::new(Participant::enter(api, room, entry, identity).await?))
            }
            Make::Webrtc => Publisher::Webrtc(Box::new(WebrtcPublisher::enter(api, room, entry).await?)),
        })
    }

    /// Its number for itself.
    pub(super) fn tag(&self) -> Tag {
        match self {
            Publisher::Synthetic(one) => one.tag,
            Publisher::Webrtc(one) => one.tag,
        }
    }

    /// What a report needs of it.
    pub(super) fn seen(&self) -> Seen<'_> {
        match self {
            Publisher::Synthetic(one) => Seen::participant(one),
            Publisher::Webrtc(one) => Seen::webrtc(one),
        }
    }

    pub(super) async fn join_stage(&self) -> Result<(), LoadError> {
        match self {
            Publisher::Synthetic(one) => one.join_stage().await,
            Publisher::Webrtc(one) => one.join_stage().await,
        }
    }

    pub(super) async fn leave_stage(&self) -> Result<(), LoadError> {
        match self {
            Publisher::Synthetic(one) => one.leave_stage().await,
            Publisher::Webrtc(one) => one.leave_stage().await,
        }
    }

    pub(super) fn send_keyframe(&self) {
        match self {
            Publisher::Synthetic(one) => one.media.send_keyframe(),
            Publisher::Webrtc(one) => one.send_keyframe(),
        }
    }

    pub(super) async fn leave(self) {
        match self {
            Publisher::Synthetic(one) => one.leave().await,
            Publisher::Webrtc(one) => one.leave().await,
        }
    }
}
