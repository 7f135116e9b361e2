//! Many participants in one room or several, coming and going.

use std::ops::Range;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use crate::Identity;
use crate::api::Api;
use crate::error::LoadError;
use crate::marker::Tag;

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

/// How somebody's coming in ended; `None` when nobody was coming.
type Came<T> = Option<Result<Result<(Tag, T), LoadError>, JoinError>>;

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

    /// Lets one in for each tag, by way of `enter`; returns those who are in, in the order of their tags.
    pub(super) async fn enter<T, F>(
        &mut self,
        tags: Range<Tag>,
        pace: Pace,
        enter: impl Fn(Api, Identity, Tag) -> F,
    ) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, LoadError>> + Send + 'static,
    {
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
            let entering = enter(self.api.clone(), self.identity.clone(), tag);
            coming.spawn(async move { entering.await.map(|one| (tag, one)) });
        }
        while let Some(came) = coming.join_next().await {
            self.note(Some(came), &mut there);
        }
        there.sort_by_key(|(tag, _)| *tag);
        there.into_iter().map(|(_, one)| one).collect()
    }

    fn note<T>(&mut self, came: Came<T>, there: &mut Vec<(Tag, T)>) {
        match came {
            Some(Ok(Ok(one))) => there.push(one),
            Some(Ok(Err(error))) => self.failures.push(error.to_string()),
            Some(Err(error)) => self.failures.push(error.to_string()),
            None => {}
        }
    }

    /// Sees everybody out.
    pub(super) async fn leave<F>(&self, everybody: impl Iterator<Item = F>)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut leaving: JoinSet<()> = everybody.collect();
        while leaving.join_next().await.is_some() {}
    }
}
