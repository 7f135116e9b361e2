//! Offers of real browsers against the answers they must have, and everything else against a refusal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod facts;
mod fixtures;
mod golden;
mod hostile;
mod refusals;
mod synthetic;
