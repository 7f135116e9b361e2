//! The platforms' public keys, as they were last read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ::lti::Refusal;
use ::lti::keys::{KEY_SET_BYTES, KeySet};

use super::outbound::Outbound;
use crate::bounds::{KEY_SET_FOR, KEY_SET_READS_A_MINUTE};

/// After a key set could not be read, everybody who waits for it hears so at once.
const FAILED_FOR: Duration = Duration::from_secs(2);

/// By their addresses.
#[derive(Debug, Default)]
pub(super) struct KeySets(Mutex<HashMap<String, Arc<tokio::sync::Mutex<Kept>>>>);

#[derive(Debug, Default)]
struct Kept {
    set: Option<(Arc<KeySet>, Instant)>,
    failed: Option<(String, Instant)>,
    /// How often it was read in the minute that began then.
    reads: Option<(Instant, u32)>,
}

impl KeySets {
    /// The set at an address, which has this key or had not when it was read just now. One that is at hand is used for [`KEY_SET_FOR`], and
    /// longer while the platform does not answer; one without the key is read again, for platforms change their keys.
    pub(super) async fn get(
        &self,
        outbound: &Outbound,
        url: &str,
        kid: &str,
    ) -> Result<Arc<KeySet>, Refusal> {
        let kept =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(url.to_owned()).or_default().clone();
        // One reads, the others wait for it.
        let mut kept = kept.lock().await;
        let now = Instant::now();
        let at_hand = kept.set.as_ref().filter(|(set, _)| set.find(kid).is_some());
        let old = at_hand.map(|(set, _)| set.clone());
        if let Some((set, read)) = at_hand
            && now.duration_since(*read) < KEY_SET_FOR
        {
            return Ok(set.clone());
        }
        match kept.read(outbound, url, now).await {
            Ok(set) => Ok(set),
            Err(detail) => old.ok_or_else(|| Refusal::KeysUnreachable { url: url.to_owned(), detail }),
        }
    }
}

impl Kept {
    async fn read(&mut self, outbound: &Outbound, url: &str, now: Instant) -> Result<Arc<KeySet>, String> {
        if let Some((detail, at)) = &self.failed
            && now.duration_since(*at) < FAILED_FOR
        {
            return Err(detail.clone());
        }
        let (began, reads) =
            self.reads.filter(|(began, _)| now.duration_since(*began).as_secs() < 60).unwrap_or((now, 0));
        self.reads = Some((began, reads + 1));
        if reads >= KEY_SET_READS_A_MINUTE {
            // Somebody makes up keys: the set as it is does for this minute.
            return self
                .set
                .as_ref()
                .map(|(set, _)| set.clone())
                .ok_or_else(|| "it was read too often".to_owned());
        }
        let read = match outbound.get(url, "application/json", None, KEY_SET_BYTES).await {
            Ok(answer) => KeySet::read(&answer.body),
            Err(error) => Err(error.to_string()),
        };
        match read {
            Ok(set) => {
                let set = Arc::new(set);
                (self.set, self.failed) = (Some((set.clone(), Instant::now())), None);
                Ok(set)
            }
            Err(detail) => {
                self.failed = Some((detail.clone(), Instant::now()));
                Err(detail)
            }
        }
    }
}
