//! What goes to gradebooks of learning platforms, and what went.

use rusqlite::{OptionalExtension, Row, params};

use crate::{Store, StoreError};

/// What is due to a gradebook though its room is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledScore {
    /// This server's own number.
    pub id: i64,
    /// The server's own JSON.
    pub body: String,
}

impl Store {
    /// What of a room goes to the gradebook.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], as of all below.
    pub fn grading(&self, room: &str) -> Result<Option<String>, StoreError> {
        let found =
            self.connection()
                .query_row("SELECT grading FROM lti_rooms WHERE room = ?1", [room], |row| row.get(0));
        Ok(found.optional()?.flatten())
    }

    /// Changes it.
    pub fn save_grading(&self, room: &str, grading: Option<&str>) -> Result<(), StoreError> {
        self.connection().execute(
            "INSERT INTO lti_rooms (room, grading) VALUES (?1, ?2)
             ON CONFLICT (room) DO UPDATE SET grading = excluded.grading",
            params![room, grading],
        )?;
        Ok(())
    }

    /// Rooms of which something goes to a gradebook, and what.
    pub fn graded_rooms(&self) -> Result<Vec<(String, String)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT room, grading FROM lti_rooms WHERE grading IS NOT NULL ORDER BY room")?;
        Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// What the gradebook has of somebody now.
    pub fn save_sent(&self, link: i64, user: &str, sent: &str) -> Result<(), StoreError> {
        self.connection().execute(
            "UPDATE lti_people SET sent = ?3 WHERE link = ?1 AND user = ?2",
            params![link, user, sent],
        )?;
        Ok(())
    }

    /// Keeps what is due to gradebooks, apart from the room, which ends at `now`, in seconds since 1970.
    pub fn settle_scores(&self, bodies: &[String], now: u64) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for body in bodies {
            transaction
                .execute("INSERT INTO lti_settled (made, body) VALUES (?1, ?2)", params![now as i64, body])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// What is due so, the oldest first; what is older than `since` is forgotten.
    pub fn settled_scores(&self, since: u64, most: usize) -> Result<Vec<SettledScore>, StoreError> {
        let connection = self.connection();
        connection.execute("DELETE FROM lti_settled WHERE made < ?1", [since as i64])?;
        let mut statement = connection.prepare("SELECT id, body FROM lti_settled ORDER BY id LIMIT ?1")?;
        let read = |row: &Row<'_>| Ok(SettledScore { id: row.get(0)?, body: row.get(1)? });
        Ok(statement.query_map([most as i64], read)?.collect::<Result<_, _>>()?)
    }

    /// It was sent, or will not be taken.
    pub fn forget_settled(&self, id: i64) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM lti_settled WHERE id = ?1", [id])?;
        Ok(())
    }
}
