//! When what was let in, and whether a packet that was seen may have been.
//!
//! Kept twice over: for people, by what the room's state says, whoever asked for which gate; and for gates, by what the media
//! threads were told and acknowledged. A packet has to be right by both.

use std::collections::HashMap;
use std::hash::Hash;

use crate::book::Tick;

/// The times at which something was let in.
#[derive(Debug)]
pub(crate) struct Admissions<K> {
    of: HashMap<K, Vec<Span>>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    from: Tick,
    until: Option<Tick>,
}

impl<K: Hash + Eq> Admissions<K> {
    pub(crate) fn new() -> Admissions<K> {
        Admissions { of: HashMap::new() }
    }

    /// Let in from now on; nothing new where it is already.
    pub(crate) fn open(&mut self, what: K, at: Tick) {
        let spans = self.of.entry(what).or_default();
        if spans.last().is_none_or(|last| last.until.is_some()) {
            spans.push(Span { from: at, until: None });
        }
    }

    /// Not one more packet from now on.
    pub(crate) fn close(&mut self, what: &K, at: Tick) {
        if let Some(last) = self.of.get_mut(what).and_then(|spans| spans.last_mut()) {
            last.until.get_or_insert(at);
        }
    }

    /// Whether a packet that came to its engine at one of `arrivals` may leave an engine at `left`: both in one and the same span, for
    /// what was kept when a gate was closed must not come back when it opens again.
    pub(crate) fn allows(&self, what: &K, arrivals: impl Iterator<Item = Tick> + Clone, left: Tick) -> bool {
        let spans = self.of.get(what).into_iter().flatten();
        let holding = spans.filter(|span| span.from <= left && span.until.is_none_or(|until| left <= until));
        holding.into_iter().any(|span| arrivals.clone().any(|arrived| (span.from..=left).contains(&arrived)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed_and_opened_again() -> Admissions<&'static str> {
        let mut admissions = Admissions::new();
        admissions.open("mic", 10);
        admissions.close(&"mic", 20);
        admissions.open("mic", 30);
        admissions
    }

    fn allows(arrived: Tick, left: Tick) -> bool {
        closed_and_opened_again().allows(&"mic", [arrived].into_iter(), left)
    }

    #[test]
    fn what_comes_and_leaves_while_let_in_is_right() {
        assert!(allows(12, 12) && allows(12, 20) && allows(30, 99));
    }

    #[test]
    fn what_comes_too_early_or_leaves_too_late_is_a_leak() {
        assert!(!allows(9, 9) && !allows(9, 12), "before");
        assert!(!allows(12, 21), "after the closing");
        assert!(!allows(25, 31), "while closed");
        assert!(!allows(12, 31), "kept, and let out later");
        assert!(!closed_and_opened_again().allows(&"camera", [12].into_iter(), 12), "another source");
    }
}
