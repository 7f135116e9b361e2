//! Many participants in one room or several, coming and going.

use std::ops::Range;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::Identity;
use crate::api::Api;
use crate::error::LoadError;
use crate::marker::Tag;
use crate::participant::{Entry, Participant};

/// Participants who come in at the same time: more would only queue for the same two cores, and measure the queue.
pub(super) const AT_ONCE: usize = 16;

/// How fast they come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pace {
    /// As fast as they get in, so many at a time.
    AtOnce,
    /// Evenly over a time, whether those before are in or not.
    Over(Duration),
}

/// Who comes in, and who could not.
pub(super) struct Crowd<'a> {
    api: &'a Api,
    identity: Identity,
    failures: Vec<String>,
}

impl<'a> Crowd<'a> {
    /// Nobody yet. All share one certificate: making one takes longer than a handshake.
    pub(super) fn new(api: &'a Api) -> Result<Self, LoadError> {
        let identity = Identity::generate()
            .map_err(|error| LoadError::Machine { what: "certificate", detail: error.to_string() })?;
        Ok(Crowd { api, identity, failures: Vec::new() })
    }

    /// Why some could not come in.
    pub(super) fn failures(&self) -> &[String] {
        &self.failures
    }

    /// Lets one in for each tag, into the room that `entry` names; returns those who are in, in the order of their tags.
    pub(super) async fn enter(
        &mut self,
        tags: Range<Tag>,
        pace: Pace,
        entry: impl Fn(Tag) -> (String, Entry),
    ) -> Vec<Participant> {
        let (start, count) = (Instant::now(), tags.len().max(1));
        let (mut coming, mut there) = (JoinSet::new(), Vec::new());
        for (number, tag) in tags.enumerate() {
            match pace {
                Pace::Over(time) => sleep_until(start + time.mul_f64(number as f64 / count as f64)).await,
                Pace::AtOnce if coming.len() >= AT_ONCE => {
                    let came = coming.join_next().await;
                    self.note(came, &mut there);
                }
                Pace::AtOnce => {}
            }
            let (api, identity) = (self.api.clone(), self.identity.clone());
            let (room, entry) = entry(tag);
            coming.spawn(async move { Participant::enter(&api, &room, &entry, &identity).await });
        }
        while let Some(came) = coming.join_next().await {
            self.note(Some(came), &mut there);
        }
        there.sort_by_key(|one: &Participant| one.tag);
        there
    }

    fn note(
        &mut self,
        came: Option<Result<Result<Participant, LoadError>, tokio::task::JoinError>>,
        there: &mut Vec<Participant>,
    ) {
        match came {
            Some(Ok(Ok(participant))) => there.push(participant),
            Some(Ok(Err(error))) => self.failures.push(error.to_string()),
            Some(Err(error)) => self.failures.push(error.to_string()),
            None => {}
        }
    }

    /// Sees everybody out.
    pub(super) async fn leave(&self, everybody: impl Iterator<Item = Participant>) {
        let mut leaving: JoinSet<()> = everybody.map(Participant::leave).collect();
        while leaving.join_next().await.is_some() {}
    }
}
