//! The file's share of the configuration: TOML, read with the line of every value.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::settings;
use super::value::Raw;
use super::{Place, Problem};

/// What a file says, by key, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct FileValues {
    pub(crate) values: BTreeMap<&'static str, (Raw, Place)>,
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
        DeValue::Datetime(_) | DeValue::Table(_) => Raw::Other,
    }
}
