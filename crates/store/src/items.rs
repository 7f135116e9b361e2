//! What was written, asked and answered in rooms, and who was there.

use rusqlite::{Row, params};

use crate::{Store, StoreError};

/// What something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// Of the chat.
    Message,
    /// For those on stage.
    Question,
    /// With its answers.
    Poll,
    /// From the first who came to the last who went.
    Meeting,
    /// Somebody in one of them.
    Attendee,
}

impl ItemKind {
    const ALL: [ItemKind; 5] =
        [ItemKind::Message, ItemKind::Question, ItemKind::Poll, ItemKind::Meeting, ItemKind::Attendee];

    const fn name(self) -> &'static str {
        match self {
            ItemKind::Message => "message",
            ItemKind::Question => "question",
            ItemKind::Poll => "poll",
            ItemKind::Meeting => "meeting",
            ItemKind::Attendee => "attendee",
        }
    }
}

/// Something of a room as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRecord {
    /// What it is.
    pub kind: ItemKind,
    /// Its number among its kind.
    pub number: u32,
    /// The room's own text; `None`: it is gone.
    pub body: Option<String>,
}

impl Store {
    /// All of a room, by kind and number.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn items(&self, room: &str) -> Result<Vec<ItemRecord>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT kind, number, body FROM items WHERE room = ?1 ORDER BY kind, number")?;
        let items = statement.query_map([room], read)?.collect::<Result<Vec<_>, _>>()?;
        Ok(items)
    }

    /// Keeps all of these, each in place of what was kept of it before, or none. Of a room that is gone nothing is kept.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub fn save_items(&self, room: &str, items: &[ItemRecord]) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        {
            let mut save = transaction.prepare_cached(
                "INSERT INTO items (room, kind, number, body)
                 SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM rooms WHERE id = ?1)
                 ON CONFLICT (room, kind, number) DO UPDATE SET body = excluded.body",
            )?;
            let mut delete = transaction
                .prepare_cached("DELETE FROM items WHERE room = ?1 AND kind = ?2 AND number = ?3")?;
            for ItemRecord { kind, number, body } in items {
                match body {
                    Some(body) => save.execute(params![room, kind.name(), number, body])?,
                    None => delete.execute(params![room, kind.name(), number])?,
                };
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<ItemRecord> {
    let name: String = row.get("kind")?;
    let kind = ItemKind::ALL.into_iter().find(|kind| kind.name() == name);
    // The schema lets no other in.
    let kind = kind.ok_or(rusqlite::Error::InvalidQuery)?;
    Ok(ItemRecord { kind, number: row.get("number")?, body: Some(row.get("body")?) })
}
