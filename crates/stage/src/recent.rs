//! A bounded memory of what is over, so that a late command gets the true reason and nothing grows for ever.

use alloc::collections::VecDeque;

/// The last `bound` things remembered, newest found first.
#[derive(Clone, Debug)]
pub(crate) struct Recent<K, V> {
    entries: VecDeque<(K, V)>,
    bound: usize,
    forgotten: u64,
}

impl<K: Copy + PartialEq, V: Copy> Recent<K, V> {
    pub(crate) fn new(bound: usize) -> Self {
        Recent { entries: VecDeque::new(), bound, forgotten: 0 }
    }

    /// Remembers, and forgets the oldest when that is one too many.
    pub(crate) fn remember(&mut self, key: K, value: V) {
        if self.entries.len() >= self.bound && self.entries.pop_front().is_some() {
            self.forgotten = self.forgotten.saturating_add(1);
        }
        self.entries.push_back((key, value));
    }

    /// What was last remembered of `key`. Linear: the bound is small, and late commands are rare.
    pub(crate) fn get(&self, key: K) -> Option<V> {
        self.entries.iter().rev().find(|(k, _)| *k == key).map(|(_, value)| *value)
    }

    /// The same, and forgets it: it is no longer over.
    pub(crate) fn take(&mut self, key: K) -> Option<V> {
        let at = self.entries.iter().rposition(|(k, _)| *k == key)?;
        self.entries.remove(at).map(|(_, value)| value)
    }

    /// How often the bound was hit.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first_and_is_counted() {
        let mut recent = Recent::new(2);
        for key in 1..=3 {
            recent.remember(key, key * 10);
        }
        assert_eq!((recent.get(1), recent.get(2), recent.get(3)), (None, Some(20), Some(30)));
        assert_eq!(recent.forgotten(), 1);
    }

    #[test]
    fn the_newest_of_a_key_counts() {
        let mut recent = Recent::new(4);
        recent.remember('a', 1);
        recent.remember('a', 2);
        assert_eq!(recent.get('a'), Some(2));
    }

    #[test]
    fn what_is_taken_is_gone() {
        let mut recent = Recent::new(4);
        recent.remember('a', 1);
        assert_eq!((recent.take('a'), recent.take('a')), (Some(1), None));
    }
}
