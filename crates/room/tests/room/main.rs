//! The room, tried from outside: commands in, effects replayed by a media thread and by pages that know only what they were sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the surroundings of tests are tests"
)]

mod around;
mod chat;
mod check;
mod page;
mod recount;
mod world;

mod attendance;
mod coming_up;
mod hands;
mod lifetime;
mod media;
mod moderation;
mod polls;
mod quality;
mod questions;
mod random;
mod scripts;
mod sessions;
mod speaking;
mod unattended;
mod waiting;
