//! Opening a data directory: the lock, the file, its version.

use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use crate::StoreError;
use crate::schema::{self, APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION};

/// The database, within the data directory.
pub const DATABASE_FILE: &str = "proscenium.db";

/// Locked while a server runs on the directory. Its content means nothing; the kernel lets go of the lock when the process ends,
/// however it ends.
pub const LOCK_FILE: &str = "lock";

/// Nobody else on the machine reads names, or the server's own keys. What exists already stays as it is.
const PRIVATE_DIRECTORY: u32 = 0o700;
const PRIVATE_FILE: u32 = 0o600;

/// How long to wait for somebody who has the file open from outside, such as a backup.
const BUSY: Duration = Duration::from_secs(5);

/// An open data directory. Calls block and take turns.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
    lock: File,
}

impl Store {
    /// Opens the directory, making it and bringing its schema up to [`SCHEMA_VERSION`] where needed.
    ///
    /// # Errors
    ///
    /// Whatever keeps the directory from being used; a file of a newer server or of another program is left as it is.
    pub fn open(directory: &Path) -> Result<Store, StoreError> {
        DirBuilder::new()
            .recursive(true)
            .mode(PRIVATE_DIRECTORY)
            .create(directory)
            .map_err(|source| StoreError::Create { path: directory.to_owned(), source })?;
        let lock = lock(directory)?;
        let path = directory.join(DATABASE_FILE);
        // Made before SQLite would, with the rights of whoever started the server; its log takes the file's.
        let made = File::options().create_new(true).write(true).mode(PRIVATE_FILE).open(&path);
        drop(made);
        let mut connection = Connection::open(&path)?;
        prepare(&mut connection, &path)?;
        Ok(Store { connection: Mutex::new(connection), lock })
    }

    /// Lets another server have the directory, though something may still hold on to this one. Nothing is written after it.
    pub fn release(&self) {
        // It fails only where there is no lock any more, and that is what was asked for.
        let _ = self.lock.unlock();
    }

    /// The connection, for one call. A call that panicked left no transaction open: rusqlite rolls back on drop.
    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lock(directory: &Path) -> Result<File, StoreError> {
    let not_writable = |source| StoreError::NotWritable { path: directory.to_owned(), source };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(directory.join(LOCK_FILE))
        .map_err(not_writable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: directory.to_owned() }),
        Err(TryLockError::Error(source)) => Err(not_writable(source)),
    }
}

fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY)?;
    check_ours(connection).map_err(|error| unusable(error, path))?.map_err(|detail| corrupt(path, detail))?;
    let found = schema::version(connection)?;
    if found > SCHEMA_VERSION {
        return Err(StoreError::NewerSchema { path: path.to_owned(), found, known: SCHEMA_VERSION });
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A room is saved when a person made or changed it, a few times a day: the price of a real sync is nothing.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What people took out again is not to be read in the file's free pages.
    connection.pragma_update(None, "secure_delete", true)?;
    schema::migrate(connection, MIGRATIONS).map_err(|error| unusable(error, path))
}

/// Reads the file's first page and its structure before anything is written to it.
fn check_ours(connection: &Connection) -> rusqlite::Result<Result<(), String>> {
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: u32 = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    if id != APPLICATION_ID && (id != 0 || tables > 0) {
        return Ok(Err("it belongs to another program".to_owned()));
    }
    let sound: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    Ok(if sound == "ok" { Ok(()) } else { Err(sound) })
}

fn unusable(error: rusqlite::Error, path: &Path) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => corrupt(path, error.to_string()),
        _ => StoreError::Database(error),
    }
}

fn corrupt(path: &Path, detail: String) -> StoreError {
    StoreError::Corrupt { path: PathBuf::from(path), detail }
}
