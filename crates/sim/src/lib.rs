//! A whole session in memory: the real room and the real media engines, with a seeded network, seeded people and seeded faults.
//!
//! This crate owns what lies between `room` and `media` when there is no server: a small executor of the room's effects that keeps the
//! server's rule (one effect after another; a gate's closing is acknowledged by the home engine, then by all others, before
//! anything after it), queues between engines, datagrams on their way, pages that read late and publishers who send whether they
//! may or not. And it owns the oracles: what must hold of every session, whatever happens in it.
//!
//! What it never does: it ships nowhere, opens no socket, reads no clock, spawns nothing. Time is virtual, every choice comes from the
//! seed, so a seed that fails tells its story again.
//!
//! The oracles, each shown able to fail by a [`Fault`] of the executor or by a tampered log:
//! - **leak**: no packet reaches anyone that did not come to its engine while its sender was on stage with that source on, and none
//!   leaves an engine after its gate's closing was acknowledged, or after anybody was told;
//! - **stream**: what a viewer is sent in a slot has no hole that the publisher's network does not explain, and no number twice;
//! - **arrival**: once the faults stop, everyone on stage is received by every viewer who has a slot for them, in that slot;
//! - **page**: a welcome and the changes after it are the room;
//! - **seats**: no command gives a seat that is not there.

mod actor;
mod agenda;
mod book;
mod chaos;
mod client;
mod deeds;
mod mail;
mod network;
mod options;
mod oracle;
mod page;
mod rng;
mod sending;
mod sessions;
mod thread;
mod wiring;
mod world;

pub use options::{Failure, Fault, Options, Oracle, Summary};
pub use world::run;
