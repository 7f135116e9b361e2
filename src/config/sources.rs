//! Flags, environment and file side by side, and the order in which they count.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::entries::Entry;
use super::file::{self, FileValues};
use super::settings::{self, FILE_VARIABLE};
use super::value::{Raw, Read};
use super::{ConfigError, Flags, Place, Problem};

const PREFIX: &str = "PROSCENIUM_";

/// Of these variables, the ones that look like this server's and are not.
pub(crate) fn unknown(variables: impl IntoIterator<Item = (String, String)>) -> Vec<String> {
    let known = |name: &str| {
        name == FILE_VARIABLE || settings::SETTINGS.iter().any(|setting| setting.variable == Some(name))
    };
    let names = variables.into_iter().map(|(name, _)| name);
    names.filter(|name| name.starts_with(PREFIX) && !known(name)).collect()
}

/// Everything that was given, and what turned out to be wrong with it.
pub(crate) struct Sources<'a> {
    flags: &'a Flags,
    variables: BTreeMap<String, String>,
    file: FileValues,
    file_is_misread: bool,
    problems: Vec<Problem>,
}

impl<'a> Sources<'a> {
    pub(crate) fn gather(flags: &'a Flags, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables: BTreeMap<String, String> = variables
            .into_iter()
            // An empty variable is how shells and unit files say "not set".
            .filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty())
            .collect();
        let file = match (&flags.config, variables.get(FILE_VARIABLE)) {
            (Some(path), _) => file::read(path, Place::Flag("--config")),
            (None, Some(path)) => file::read(&PathBuf::from(path), Place::Variable(FILE_VARIABLE)),
            (None, None) => FileValues::default(),
        };
        let file_is_misread = !file.problems.is_empty();
        let mut sources = Sources { flags, variables, file, file_is_misread, problems: Vec::new() };
        sources.problems.append(&mut sources.file.problems);
        sources
    }

    /// The value of a key, where anybody gave one; a value that cannot be read is put down and counts as not given.
    pub(crate) fn take_optional<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&Raw) -> Read<T>,
    ) -> Option<T> {
        let (raw, place) = self.given(key)?;
        match read(&raw) {
            Ok(value) => Some(value),
            Err(expected) => {
                self.problems.push(Problem { place, name: key.to_owned(), expected });
                None
            }
        }
    }

    /// The same, with a default.
    pub(crate) fn take<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&Raw) -> Read<T>,
        default: impl FnOnce() -> T,
    ) -> T {
        self.take_optional(key, read).unwrap_or_else(default)
    }

    /// The tables of that name, in the file's order. More than `most` are put down and left out.
    pub(crate) fn entries(&mut self, name: &'static str, most: usize) -> Vec<Entry> {
        let mut entries = self.file.entries.remove(name).unwrap_or_default();
        if let Some(beyond) = entries.get(most) {
            let expected = format!("at most {most} of these tables");
            self.problems.push(Problem { place: beyond.place.clone(), name: beyond.name.clone(), expected });
        }
        entries.truncate(most);
        entries
    }

    /// Puts down what is wrong with one of them.
    pub(crate) fn put_down(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Puts down that the value of a key does not go with the others.
    pub(crate) fn refuse(&mut self, key: &'static str, expected: &str) {
        let place = self.given(key).map_or(Place::Nowhere, |(_, place)| place);
        self.problems.push(Problem { place, name: key.to_owned(), expected: expected.to_owned() });
    }

    /// Puts down that a key has no value and needs one.
    pub(crate) fn missing(&mut self, key: &'static str, expected: &str) {
        let expected = format!("{expected} (it is not set)");
        self.problems.push(Problem { place: Place::Nowhere, name: key.to_owned(), expected });
    }

    /// Whether a value of this key was given and could not be read.
    pub(crate) fn is_refused(&self, key: &str) -> bool {
        self.problems.iter().any(|problem| problem.name == key)
    }

    /// Whether the file may say more than was understood of it.
    pub(crate) fn is_file_misread(&self) -> bool {
        self.file_is_misread
    }

    /// # Errors
    ///
    /// What was put down on the way.
    pub(crate) fn finish(self) -> Result<(), ConfigError> {
        if self.problems.is_empty() { Ok(()) } else { Err(ConfigError { problems: self.problems }) }
    }

    fn given(&self, key: &'static str) -> Option<(Raw, Place)> {
        let setting = settings::find(key)?;
        if let (Some(flag), Some(raw)) = (setting.flag, self.flags.given(key)) {
            return Some((raw, Place::Flag(flag)));
        }
        if let Some(variable) = setting.variable
            && let Some(word) = self.variables.get(variable)
        {
            return Some((Raw::Word(word.clone()), Place::Variable(variable)));
        }
        self.file.values.get(key).cloned()
    }
}
