//! What the stage decides: each row by example, then all of them together against a naive model, and in a race.
//!
//! `model` is the naive model and `ledger` the checker that replays what was told; both are oracles, and each is shown to
//! object when it should.

// The leave that clippy.toml gives to tests ends at the functions they call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod connections;
mod exhaustive;
mod going_down;
mod invitations;
mod joining;
mod ledger;
mod lockstep;
mod memory;
mod model;
mod model_guards;
mod races;
mod requests;
mod room_wide;
mod scene;
mod sequences;
