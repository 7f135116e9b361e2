//! What is wrong with a configuration, and where.

use std::fmt;

/// Where a value was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The command line; the flag's name.
    Flag(&'static str),
    /// The environment; the variable's name.
    Variable(&'static str),
    /// The file; lines count from 1.
    File { path: String, line: usize },
    /// Nowhere: the default, or nothing.
    Nowhere,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Flag(name) => write!(f, "flag {name}"),
            Place::Variable(name) => write!(f, "environment variable {name}"),
            Place::File { path, line } => write!(f, "{path}:{line}"),
            Place::Nowhere => write!(f, "configuration"),
        }
    }
}

/// One thing that cannot be used. The value itself is left out: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// The key, as in the file.
    pub name: String,
    /// What it should have been.
    pub expected: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            return write!(f, "{}: {}", self.place, self.expected);
        }
        write!(f, "{}: `{}`: expected {}", self.place, self.name, self.expected)
    }
}

/// Everything that cannot be used; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// In the order they were found.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.problems.iter().map(Problem::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for ConfigError {}
