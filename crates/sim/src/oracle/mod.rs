//! What must hold of every session.

pub(crate) mod leak;
pub(crate) mod people;
pub(crate) mod streams;
mod verdict;
