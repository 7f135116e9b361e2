//! LTI 1.3: this server as a tool of learning platforms (1EdTech LTI Core 1.3, Security Framework 1.0, Deep Linking 2.0, Names and Role
//! Provisioning Services 2.0, Assignment and Grade Services 2.0, Dynamic Registration 1.0).
//!
//! This crate owns what the standards say: how a launch begins, whether the message that ends it is a platform's, who somebody is in a room
//! by their roles there, and the documents that go to and fro. Time, randomness and bytes are arguments.
//!
//! What it never does: it opens no socket, reads no clock, keeps nothing, and decides nothing about a stage. That a state and its nonce are
//! good only once is for whoever keeps them to see to.
//!
//! Invariants:
//! - [`launch::verify`] alone makes a [`launch::Launch`], and only from a message signed with a key of the platform's own key set, for this
//!   tool, within its time, and with the nonce that was asked for;
//! - a role that is not in the table of [`roles`] makes nobody more than a viewer;
//! - a refusal says what was wrong with a [`Refusal`], and nothing that a platform sent makes this crate panic.

pub mod claims;
pub mod deep_linking;
pub mod grades;
pub mod keys;
pub mod launch;
pub mod login;
pub mod names;
pub mod platform;
mod refusal;
pub mod registration;
pub mod roles;
pub mod token;

pub use refusal::Refusal;
