//! Tables that stand in the file once for each thing they describe, `[[lti.platforms]]`. They have neither flags nor variables, and
//! what is wrong in one is named with its number, counted from 1: `lti.platforms[2].issuer`.

use std::collections::BTreeMap;

use super::sources::Sources;
use super::value::{Raw, Read};
use super::{Place, Problem};

/// One such table, as the file has it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its name with its number.
    pub(crate) name: String,
    /// Where it begins.
    pub(crate) place: Place,
    /// What it says, by key.
    pub(crate) values: BTreeMap<&'static str, (Raw, Place)>,
}

impl Entry {
    /// The value of a key, where there is one; a value that cannot be read is put down and counts as not given.
    pub(crate) fn optional<T>(
        &self,
        sources: &mut Sources<'_>,
        key: &'static str,
        read: impl Fn(&Raw) -> Read<T>,
    ) -> Option<T> {
        let (raw, place) = self.values.get(key)?;
        match read(raw) {
            Ok(value) => Some(value),
            Err(expected) => {
                sources.put_down(Problem { place: place.clone(), name: self.named(key), expected });
                None
            }
        }
    }

    /// The same of a key that has to be there.
    pub(crate) fn required<T>(
        &self,
        sources: &mut Sources<'_>,
        key: &'static str,
        read: impl Fn(&Raw) -> Read<T>,
    ) -> Option<T> {
        if !self.values.contains_key(key)
            && let Err(expected) = read(&Raw::Other)
        {
            let expected = format!("{expected} (it is not set)");
            sources.put_down(Problem { place: self.place.clone(), name: self.named(key), expected });
            return None;
        }
        self.optional(sources, key, read)
    }

    /// Puts down that the value of a key does not go with the others.
    pub(crate) fn refuse(&self, sources: &mut Sources<'_>, key: &'static str, expected: String) {
        let place = self.values.get(key).map_or(&self.place, |(_, place)| place).clone();
        sources.put_down(Problem { place, name: self.named(key), expected });
    }

    fn named(&self, key: &str) -> String {
        format!("{}.{key}", self.name)
    }
}
