//! Janus Gateway as the server: the same synthetic participants in a room of its VideoRoom plugin, so that what Proscenium costs can be
//! set against what another server costs, for the same packets on the same machine.
//!
//! This module owns Janus' JSON API, as far as entering a room needs it, and the offers and answers exchanged there. Media, markers,
//! counting and reports are the crate's own: a [`Guest`] has the same [`Connection`] as a participant of Proscenium.
//!
//! What it never does: it judges nothing, and asks Janus for no statistics.

mod room;
mod sdp;
mod session;

pub(crate) use room::{Guest, Room};
