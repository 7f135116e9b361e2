//! When something is tried again that failed: at longer and longer intervals, and never twice at once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::bounds::{RETRY_FIRST, RETRY_LONGEST};

/// By what is tried.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<HashMap<String, Trial>>);

#[derive(Debug)]
struct Trial {
    /// Under way; nobody else begins.
    busy: bool,
    not_before: Instant,
    wait: Duration,
    /// How it failed the last time.
    failed: Option<String>,
}

impl Pace {
    /// Whether it may be tried now; whoever is told so says with [`Pace::end`] what came of it.
    pub(super) fn begin(&self, key: &str) -> bool {
        let now = Instant::now();
        let mut trials = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Trial { busy: false, not_before: now, wait: RETRY_FIRST, failed: None };
        let trial = trials.entry(key.to_owned()).or_insert_with(fresh);
        let may = !trial.busy && trial.not_before <= now;
        trial.busy |= may;
        may
    }

    /// What came of it; whether that is news: a failure is told once, until it is another.
    pub(super) fn end(&self, key: &str, failed: Option<&String>) -> bool {
        let mut trials = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(failed) = failed else {
            trials.remove(key);
            return true;
        };
        let Some(trial) = trials.get_mut(key) else { return true };
        let news = trial.failed.as_ref() != Some(failed);
        (trial.busy, trial.failed) = (false, Some(failed.clone()));
        trial.not_before = Instant::now() + trial.wait;
        trial.wait = (trial.wait * 2).min(RETRY_LONGEST);
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tries_and_a_failure_is_told_once_and_waits() {
        let pace = Pace::default();
        assert!(pace.begin("a") && !pace.begin("a") && pace.begin("b"));
        let why = "down".to_owned();
        assert!(pace.end("a", Some(&why)));
        assert!(!pace.begin("a"), "not at once");
        assert!(!pace.end("a", Some(&why)), "no news");
        assert!(pace.end("a", Some(&"other".to_owned())));
        assert!(pace.end("a", None) && pace.begin("a"));
    }
}
