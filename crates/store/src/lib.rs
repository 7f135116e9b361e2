//! What survives a restart.
//!
//! This crate owns the server's data directory: one SQLite file, its schema with numbered migrations, and a lock that keeps two
//! servers from sharing the directory.
//!
//! What it never does: it decides nothing, does not look into what rooms keep, knows no person and no session (those end with the process), and never waits on
//! anything but the disk. Every call blocks; an asynchronous caller makes it on a thread that may.
//!
//! Invariants:
//! - a file written by a newer server is refused, never touched;
//! - a migration happens as a whole or not at all;
//! - when [`Store::save_room`] has returned, the room outlives a power cut.

mod error;
mod items;
mod links;
mod lti;
mod open;
mod owners;
mod rooms;
mod schema;
mod scores;

pub use error::StoreError;
pub use items::{ItemKind, ItemRecord};
pub use links::{LinkOver, LinkRecord};
pub use lti::{CourseLink, LinkedPerson, OriginRecord, PlatformRecord, RoomOwner, TenantRecord};
pub use open::{DATABASE_FILE, LOCK_FILE, Store};
pub use rooms::RoomRecord;
pub use schema::SCHEMA_VERSION;
pub use scores::SettledScore;
