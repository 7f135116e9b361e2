//! What can go wrong with a data directory.

use std::io;
use std::path::PathBuf;

/// Why the data directory could not be used. Every one is the operator's to mend, except [`StoreError::Database`].
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The directory neither exists nor can be made.
    #[error("cannot create the data directory {}: {source}", .path.display())]
    Create { path: PathBuf, source: io::Error },
    /// The directory is there, but this process may not write into it.
    #[error("cannot write into the data directory {}: {source}", .path.display())]
    NotWritable { path: PathBuf, source: io::Error },
    /// Another server is running on the same directory.
    #[error("the data directory {} is in use by another server", .path.display())]
    InUse { path: PathBuf },
    /// The file is of a later version of the server.
    #[error(
        "{} has schema version {found}; this server knows up to version {known}: run the newer server, or restore a backup",
        .path.display()
    )]
    NewerSchema { path: PathBuf, found: u32, known: u32 },
    /// There is a file, but it is no database of this server, or it is damaged.
    #[error("{} is not a usable database of this server ({detail}); restore a backup or move the file away", .path.display())]
    Corrupt { path: PathBuf, detail: String },
    /// SQLite failed: a full disk, or a bug.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
}
