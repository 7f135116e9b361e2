//! The slots of one kind of one viewer.

use std::collections::{BTreeMap, BTreeSet};

use signaling::Source;

/// Where something stands in the lineup; also its name there, for each coming up has its own number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) came_up: u64,
    pub(crate) source: Source,
}

/// Slots in the order the page offered them, the first free one taken first.
#[derive(Debug)]
pub(crate) struct Row {
    mids: Vec<String>,
    held: BTreeMap<Place, usize>,
    free: BTreeSet<usize>,
}

impl Row {
    /// Slots of these m-lines, each named once. What `before` showed in any of them stays in it.
    pub(crate) fn new(mids: impl Iterator<Item = String>, before: Option<&Row>) -> Self {
        let mut row = Row { mids: Vec::new(), held: BTreeMap::new(), free: BTreeSet::new() };
        let mut index = BTreeMap::new();
        for mid in mids {
            let at = row.mids.len();
            if !index.contains_key(&mid) {
                index.insert(mid.clone(), at);
                row.mids.push(mid);
                row.free.insert(at);
            }
        }
        for (mid, place) in before.into_iter().flat_map(Row::shown) {
            if let Some(at) = index.get(mid) {
                row.free.remove(at);
                row.held.insert(place, *at);
            }
        }
        row
    }

    /// How many slots there are.
    pub(crate) fn len(&self) -> usize {
        self.mids.len()
    }

    /// How many show something.
    pub(crate) fn showing(&self) -> usize {
        self.held.len()
    }

    /// Shows it in the first free slot; `None` when all are taken.
    pub(crate) fn take(&mut self, place: Place) -> Option<&str> {
        let at = self.free.pop_first()?;
        self.held.insert(place, at);
        self.mids.get(at).map(String::as_str)
    }

    /// Shows it no more; the slot that is free now.
    pub(crate) fn free(&mut self, place: Place) -> Option<&str> {
        let at = self.held.remove(&place)?;
        self.free.insert(at);
        self.mids.get(at).map(String::as_str)
    }

    /// The slot that shows it.
    pub(crate) fn mid_of(&self, place: Place) -> Option<&str> {
        self.held.get(&place).and_then(|at| self.mids.get(*at)).map(String::as_str)
    }

    /// What is shown where, in the order of the stage.
    pub(crate) fn shown(&self) -> impl Iterator<Item = (&str, Place)> + '_ {
        self.held.iter().filter_map(|(place, at)| Some((self.mids.get(*at)?.as_str(), *place)))
    }
}
