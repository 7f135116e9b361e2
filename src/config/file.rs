//! The file's share of the configuration: TOML, read with the line of every value.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeArray, DeTable, DeValue};

use super::entries::Entry;
use super::settings::{self, Repeated};
use super::value::Raw;
use super::{Place, Problem};

/// What a file says, by key, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct FileValues {
    pub(crate) values: BTreeMap<&'static str, (Raw, Place)>,
    /// The tables that may stand there several times, by name.
    pub(crate) entries: BTreeMap<&'static str, Vec<Entry>>,
    pub(crate) problems: Vec<Problem>,
}

/// Reads a file. One that cannot be read at all is a problem without a line.
pub(crate) fn read(path: &Path, named_by: Place) -> FileValues {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&path.display().to_string(), &text),
        Err(error) => {
            let expected = format!("a file that can be read; {}: {error}", path.display());
            let problem = Problem { place: named_by, name: "config".to_owned(), expected };
            FileValues { problems: vec![problem], ..FileValues::default() }
        }
    }
}

/// Reads a file's text; `path` is for places.
pub(crate) fn parse(path: &str, text: &str) -> FileValues {
    let mut reader = Reader { path, text, found: FileValues::default() };
    match DeTable::parse(text) {
        Ok(table) => reader.table("", table.get_ref()),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            reader.problem(at, String::new(), format!("not valid TOML: {}", error.message()));
        }
    }
    reader.found
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    found: FileValues,
}

impl Reader<'_> {
    fn table(&mut self, name: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let full =
                if name.is_empty() { key.get_ref().to_string() } else { format!("{name}.{}", key.get_ref()) };
            let at = key.span().start;
            if let Some(repeated) = settings::repeated(&full) {
                self.entries(repeated, at, value.get_ref());
                continue;
            }
            match (settings::find(&full), value.get_ref()) {
                (Some(setting), value) => {
                    let place = self.place(at);
                    self.found.values.insert(setting.key, (raw(value), place));
                }
                (None, DeValue::Table(inner)) if settings::is_table(&full) => self.table(&full, inner),
                (None, _) if settings::is_table(&full) => {
                    self.problem(at, full.clone(), format!("a table with {}", settings::keys_of(&full)));
                }
                (None, _) => {
                    let known = settings::keys_of(name);
                    self.problem(at, full, format!("one of the keys this server knows here: {known}"));
                }
            }
        }
    }

    fn entries(&mut self, of: &'static Repeated, at: usize, value: &DeValue<'_>) {
        let one = |item: &toml::Spanned<DeValue<'_>>| matches!(item.get_ref(), DeValue::Table(_));
        let items: Option<&DeArray<'_>> = match value {
            DeValue::Array(items) if items.iter().all(one) => Some(items),
            _ => None,
        };
        let Some(items) = items else {
            let expected = format!("a table [[{}]] for each, with {}", of.name, of.keys.join(", "));
            return self.problem(at, of.name.to_owned(), expected);
        };
        for (before, item) in items.iter().enumerate() {
            let DeValue::Table(table) = item.get_ref() else { continue };
            let name = format!("{}[{}]", of.name, before + 1);
            let entry = self.entry(of, name, item.span().start, table);
            self.found.entries.entry(of.name).or_default().push(entry);
        }
    }

    fn entry(&mut self, of: &Repeated, name: String, at: usize, table: &DeTable<'_>) -> Entry {
        let mut entry = Entry { name, place: self.place(at), values: BTreeMap::new() };
        for (key, value) in table {
            let at = key.span().start;
            match of.keys.iter().find(|known| **known == key.get_ref().as_ref()) {
                Some(known) => {
                    entry.values.insert(known, (raw(value.get_ref()), self.place(at)));
                }
                None => {
                    let full = format!("{}.{}", entry.name, key.get_ref());
                    let known = of.keys.join(", ");
                    self.problem(at, full, format!("one of the keys this server knows here: {known}"));
                }
            }
        }
        entry
    }

    fn place(&self, at: usize) -> Place {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Place::File { path: self.path.to_owned(), line }
    }

    fn problem(&mut self, at: usize, name: String, expected: String) {
        let place = self.place(at);
        self.found.problems.push(Problem { place, name, expected });
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Boolean(value) => Raw::Boolean(*value),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Raw::Other, |number| Raw::Number(number as f64)),
        DeValue::Float(number) => number.as_str().parse().map_or(Raw::Other, Raw::Number),
        DeValue::Array(items) => Raw::List(items.iter().map(|item| raw(item.get_ref())).collect()),
        DeValue::Table(table) => Raw::Table(
            table.iter().map(|(key, value)| (key.get_ref().to_string(), raw(value.get_ref()))).collect(),
        ),
        DeValue::Datetime(_) => Raw::Other,
    }
}
