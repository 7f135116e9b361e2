//! What is known for a while by a key that somebody else holds: sign-ins under way, and sessions. Keys are drawn at random and kept by their
//! hashes, so that memory, were it ever seen, lets nobody in.

use std::collections::{HashMap, VecDeque};

use ring::digest::{SHA256, digest};

type Hash = [u8; 32];

/// All entries last equally long, so the oldest is the first to be over.
pub(crate) struct Book<T> {
    entries: HashMap<Hash, Entry<T>>,
    order: VecDeque<Hash>,
    most: usize,
    /// In seconds.
    last: u64,
}

struct Entry<T> {
    /// In seconds since 1970.
    until: u64,
    value: T,
}

impl<T> Book<T> {
    pub(crate) fn new(most: usize, last: u64) -> Self {
        Book { entries: HashMap::new(), order: VecDeque::new(), most, last }
    }

    /// Puts something down. `false`: the oldest had to go for it.
    pub(crate) fn add(&mut self, key: &str, value: T, now: u64) -> bool {
        self.forget(now);
        let mut had_place = true;
        while self.entries.len() >= self.most {
            let Some(oldest) = self.order.pop_front() else { break };
            had_place &= self.entries.remove(&oldest).is_none();
        }
        let hash = hash(key);
        self.order.push_back(hash);
        self.entries.insert(hash, Entry { until: now.saturating_add(self.last), value });
        had_place
    }

    pub(crate) fn get(&self, key: &str, now: u64) -> Option<&T> {
        self.entries.get(&hash(key)).filter(|entry| entry.until > now).map(|entry| &entry.value)
    }

    /// What it was, once.
    pub(crate) fn take(&mut self, key: &str, now: u64) -> Option<T> {
        self.entries.remove(&hash(key)).filter(|entry| entry.until > now).map(|entry| entry.value)
    }

    fn forget(&mut self, now: u64) {
        while let Some(oldest) = self.order.front() {
            if self.entries.get(oldest).is_some_and(|entry| entry.until > now) {
                break;
            }
            self.entries.remove(oldest);
            self.order.pop_front();
        }
        // Those that were taken stand behind one that was not.
        if self.order.len() >= 2 * self.most {
            self.order.retain(|hash| self.entries.contains_key(hash));
        }
    }
}

fn hash(key: &str) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, key.as_bytes()).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_is_taken_once_and_in_time() {
        let mut book = Book::new(10, 60);
        assert!(book.add("a", 1, 100) && book.add("b", 2, 100) && book.add("c", 3, 130));
        assert_eq!((book.take("a", 159), book.take("a", 159)), (Some(1), None));
        assert_eq!((book.get("b", 159), book.get("b", 160)), (Some(&2), None));
        assert_eq!(book.take("b", 160), None);
        assert_eq!((book.get("c", 160), book.get("x", 160)), (Some(&3), None));
    }

    #[test]
    fn the_oldest_goes_where_there_is_no_place_and_nothing_is_left_behind() {
        let mut book = Book::new(2, 60);
        assert!(book.add("a", 1, 0) && book.add("b", 2, 1));
        assert!(!book.add("c", 3, 2));
        assert_eq!((book.get("a", 3), book.get("b", 3), book.get("c", 3)), (None, Some(&2), Some(&3)));
        for n in 0..100 {
            book.add(&n.to_string(), n, 1000 * n);
            book.take(&n.to_string(), 1000 * n);
        }
        assert!(book.order.len() <= 2 && book.entries.is_empty());
        book.add("stays", 0, 0);
        for n in 0..100 {
            book.add(&n.to_string(), n, 1);
            book.take(&n.to_string(), 1);
        }
        assert!(book.order.len() <= 4 && book.get("stays", 1).is_some());
    }
}
