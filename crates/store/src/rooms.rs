//! The rooms of this server.

use rusqlite::{Row, params};

use crate::{Store, StoreError};

/// A room as it is kept, without what was written in it. People, requests and everything else that lives with connections is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRecord {
    /// As in its address.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// `open`, `request` or `invite`.
    pub access: String,
    /// Seats.
    pub capacity: u16,
    /// Whether viewers leave the stage by themselves.
    pub self_leave: bool,
    /// Whether it has a chat.
    pub chat: bool,
    /// Whether hands are raised.
    pub hands: bool,
    /// Whether it takes questions.
    pub questions: bool,
    /// Whether people react.
    pub reactions: bool,
    /// Whether it has polls.
    pub polls: bool,
    /// Whether newcomers wait to be let in.
    pub locked: bool,
    /// When it was made, in seconds since 1970.
    pub created: u64,
}

const COLUMNS: &str =
    "id, title, access, capacity, self_leave, created, chat, hands, questions, reactions, polls, locked";

impl Store {
    /// Every room, by id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn rooms(&self) -> Result<Vec<RoomRecord>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM rooms ORDER BY id"))?;
        let rooms = statement.query_map([], read)?.collect::<Result<Vec<_>, _>>()?;
        Ok(rooms)
    }

    /// Keeps a room, in place of what was kept of it before.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn save_room(&self, room: &RoomRecord) -> Result<(), StoreError> {
        self.connection().execute(
            // Not by replacing the row, with which all that was kept of the room would go.
            &format!(
                "INSERT INTO rooms ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                 ON CONFLICT (id) DO UPDATE SET title = excluded.title, access = excluded.access,
                 capacity = excluded.capacity, self_leave = excluded.self_leave, created = excluded.created,
                 chat = excluded.chat, hands = excluded.hands, questions = excluded.questions,
                 reactions = excluded.reactions, polls = excluded.polls, locked = excluded.locked"
            ),
            params![
                room.id,
                room.title,
                room.access,
                room.capacity,
                room.self_leave,
                room.created as i64,
                room.chat,
                room.hands,
                room.questions,
                room.reactions,
                room.polls,
                room.locked,
            ],
        )?;
        Ok(())
    }

    /// Forgets a room; nothing happens where there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn delete_room(&self, id: &str) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM rooms WHERE id = ?1", [id])?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<RoomRecord> {
    let created: i64 = row.get("created")?;
    Ok(RoomRecord {
        id: row.get("id")?,
        title: row.get("title")?,
        access: row.get("access")?,
        capacity: row.get("capacity")?,
        self_leave: row.get("self_leave")?,
        chat: row.get("chat")?,
        hands: row.get("hands")?,
        questions: row.get("questions")?,
        reactions: row.get("reactions")?,
        polls: row.get("polls")?,
        locked: row.get("locked")?,
        created: created.max(0) as u64,
    })
}
