//! The standard, from outside the crate.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod documents;
mod launch;
mod roles;
mod vectors;
mod world;
