//! Links that let guests into rooms. Of a link's key its hash is kept alone: who reads the file comes in nowhere.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{Store, StoreError};

/// A link as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRecord {
    /// By which it is named; not its key.
    pub id: String,
    /// Into which room.
    pub room: String,
    /// `viewer`, `speaker` or `moderator`.
    pub role: String,
    /// Whether guests wait to be let in.
    pub waits: bool,
    /// For so many; `None`: without end.
    pub uses: Option<u32>,
    /// So many came by it.
    pub used: u32,
    /// In seconds since 1970.
    pub made: u64,
    /// In seconds since 1970.
    pub expires: u64,
    /// Somebody ended it.
    pub ended: bool,
}

impl LinkRecord {
    /// Why nobody comes in by it any more; `None` while somebody does.
    pub fn over(&self, now: u64) -> Option<LinkOver> {
        if self.ended {
            Some(LinkOver::Ended)
        } else if self.uses.is_some_and(|uses| self.used >= uses) {
            Some(LinkOver::Spent)
        } else if self.expires <= now {
            Some(LinkOver::Expired)
        } else {
            None
        }
    }
}

/// Why a link lets nobody in any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkOver {
    /// Somebody ended it.
    Ended,
    /// As many came as it was for.
    Spent,
    /// Its time is over.
    Expired,
}

const COLUMNS: &str = "id, room, role, waits, uses, used, made, expires, ended";
/// What [`LinkRecord::over`] says, for SQLite; `?1` is now.
const OPEN: &str = "ended = 0 AND expires > ?1 AND (uses IS NULL OR used < uses)";

impl Store {
    /// Keeps a new link, found by the hash of its key; `false` where the room is gone or has `most` open ones already. Those that are
    /// over are told apart from what never was for a while: `most` of them a room.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn add_link(&self, hash: &str, link: &LinkRecord, most: usize) -> Result<bool, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let added = transaction.execute(
            &format!(
                "INSERT INTO links (hash, {COLUMNS}) SELECT ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
                 WHERE EXISTS (SELECT 1 FROM rooms WHERE id = ?4)
                 AND (SELECT count(*) FROM links WHERE room = ?4 AND {OPEN}) < ?12"
            ),
            params![
                link.made as i64,
                hash,
                link.id,
                link.room,
                link.role,
                link.waits,
                link.uses,
                link.used,
                link.made as i64,
                link.expires as i64,
                link.ended,
                most as i64,
            ],
        )?;
        transaction.execute(
            &format!(
                "DELETE FROM links WHERE room = ?2 AND NOT ({OPEN}) AND hash NOT IN
                 (SELECT hash FROM links WHERE room = ?2 AND NOT ({OPEN}) ORDER BY made DESC LIMIT ?3)"
            ),
            params![link.made as i64, link.room, most as i64],
        )?;
        transaction.commit()?;
        Ok(added > 0)
    }

    /// The link of a key.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn link(&self, hash: &str) -> Result<Option<LinkRecord>, StoreError> {
        Ok(by_hash(&self.connection(), hash)?)
    }

    /// The links of a room by which somebody still comes in, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn links(&self, room: &str, now: u64) -> Result<Vec<LinkRecord>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(&format!(
            "SELECT {COLUMNS} FROM links WHERE room = ?2 AND {OPEN} ORDER BY made DESC, id"
        ))?;
        let links = statement.query_map(params![now as i64, room], read)?.collect::<Result<Vec<_>, _>>()?;
        Ok(links)
    }

    /// Counts somebody who comes in by a link, where they do: the link as it was before, and over if it was. `None`: there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn use_link(&self, hash: &str, now: u64) -> Result<Option<LinkRecord>, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let link = by_hash(&transaction, hash)?;
        if link.as_ref().is_some_and(|link| link.over(now).is_none()) {
            transaction.execute("UPDATE links SET used = used + 1 WHERE hash = ?1", [hash])?;
        }
        transaction.commit()?;
        Ok(link)
    }

    /// Nobody comes in by it any more; `false` where the room has no such link.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn end_link(&self, room: &str, id: &str) -> Result<bool, StoreError> {
        let ended = self
            .connection()
            .execute("UPDATE links SET ended = 1 WHERE room = ?1 AND id = ?2", params![room, id])?;
        Ok(ended > 0)
    }
}

fn by_hash(connection: &Connection, hash: &str) -> rusqlite::Result<Option<LinkRecord>> {
    let select = format!("SELECT {COLUMNS} FROM links WHERE hash = ?1");
    connection.query_row(&select, [hash], read).optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<LinkRecord> {
    let seconds = |column| row.get::<_, i64>(column).map(|seconds| seconds.max(0) as u64);
    Ok(LinkRecord {
        id: row.get("id")?,
        room: row.get("room")?,
        role: row.get("role")?,
        waits: row.get("waits")?,
        uses: row.get("uses")?,
        used: row.get("used")?,
        made: seconds("made")?,
        expires: seconds("expires")?,
        ended: row.get("ended")?,
    })
}
