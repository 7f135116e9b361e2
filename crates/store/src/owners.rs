//! Whose rooms are whose, where somebody signed in to make them.

use rusqlite::{OptionalExtension, params};

use crate::{Store, StoreError};

impl Store {
    /// Puts a room down as somebody's; `false` where it is gone. A room has one owner, the first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn own_room(&self, room: &str, owner: &str) -> Result<bool, StoreError> {
        let owned = self.connection().execute(
            "INSERT INTO owners (room, owner) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM rooms WHERE id = ?1)
             ON CONFLICT (room) DO NOTHING",
            params![room, owner],
        )?;
        Ok(owned > 0)
    }

    /// Whose a room is.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn owner_of(&self, room: &str) -> Result<Option<String>, StoreError> {
        let connection = self.connection();
        let owner = connection
            .query_row("SELECT owner FROM owners WHERE room = ?1", [room], |row| row.get(0))
            .optional()?;
        Ok(owner)
    }

    /// Somebody's rooms, the newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn rooms_of(&self, owner: &str) -> Result<Vec<String>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT rooms.id FROM owners JOIN rooms ON rooms.id = owners.room WHERE owner = ?1
             ORDER BY rooms.created DESC, rooms.id",
        )?;
        let rooms = statement.query_map([owner], |row| row.get(0))?.collect::<Result<Vec<_>, _>>()?;
        Ok(rooms)
    }
}
