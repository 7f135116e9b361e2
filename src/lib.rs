//! The server: command line, configuration, HTTP, WebSocket, threads, sockets, clock.
//!
//! It owns everything that touches the outside: it reads clocks and sockets, keeps tokens and keys, runs a task for each room and
//! threads for media. It never decides who may do what: [`room`] and [`stage`] do, and what they want done is carried out here in
//! the order given.
//!
//! Invariants:
//! - a gate that was to be closed is closed, on every media thread, before anybody is told so;
//! - whatever a page, a script or a platform sends costs that sender only;
//! - no token and no API key is ever logged.

mod app;
mod bounds;
mod clock;
mod files;
mod http;
mod lti;
mod metrics;
mod random;
mod rooms;
mod server;
mod sign_in;
mod socket;
mod token;
mod turn;

pub mod config;
pub mod media;

pub use files::raise_open_files;
pub use lti::LtiError;
pub use server::{Running, Server, StartError};
