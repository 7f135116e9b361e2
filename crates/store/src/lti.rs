//! What learning platforms and this server know of each other, and what came by which link.

use rusqlite::{OptionalExtension, Row, params};

use crate::{Store, StoreError};

/// A registration. `body` is the server's own JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformRecord {
    /// With the client id its name.
    pub issuer: String,
    /// What the platform calls this server.
    pub client_id: String,
    /// By dynamic registration, not by hand.
    pub registered: bool,
    /// The rest.
    pub body: String,
}

/// Where a platform shows this server's pages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OriginRecord {
    /// Of the registration.
    pub issuer: String,
    /// Of the registration.
    pub client_id: String,
    /// Scheme and authority.
    pub origin: String,
}

/// Who shares rooms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRecord {
    /// Of the registration.
    pub issuer: String,
    /// Of the registration.
    pub client_id: String,
    /// One of its installations.
    pub deployment: String,
}

/// Whose room it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomOwner {
    /// Whose link made it.
    pub tenant: TenantRecord,
    /// The course it was made in; `None`: in none.
    pub context: Option<String>,
}

/// A link in a course, and the room it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseLink {
    /// This server's own number.
    pub id: i64,
    /// Whose it is.
    pub tenant: TenantRecord,
    /// The platform's id of it.
    pub link: String,
    /// Where it leads.
    pub room: String,
    /// The server's own JSON: the services that are there for it.
    pub body: String,
}

/// Somebody who came by a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedPerson {
    /// As they are called in join tokens.
    pub user: String,
    /// The platform's id of them.
    pub subject: String,
    /// What was last sent to the gradebook for them.
    pub sent: Option<String>,
}

impl Store {
    /// Every registration that was made while the server ran.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], as of all below.
    pub fn platforms(&self) -> Result<Vec<PlatformRecord>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT issuer, client_id, registered, body FROM lti_platforms ORDER BY issuer, client_id",
        )?;
        let read = |row: &Row<'_>| {
            Ok(PlatformRecord {
                issuer: row.get(0)?,
                client_id: row.get(1)?,
                registered: row.get(2)?,
                body: row.get(3)?,
            })
        };
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// Keeps a registration, in place of what was kept of it before.
    pub fn save_platform(&self, platform: &PlatformRecord) -> Result<(), StoreError> {
        let PlatformRecord { issuer, client_id, registered, body } = platform;
        self.connection().execute(
            "INSERT OR REPLACE INTO lti_platforms (issuer, client_id, registered, body) VALUES (?1, ?2, ?3, ?4)",
            params![issuer, client_id, registered, body],
        )?;
        Ok(())
    }

    /// Forgets a registration, and where it shows pages; nothing happens where there is none.
    pub fn delete_platform(&self, issuer: &str, client_id: &str) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for table in ["lti_platforms", "lti_origins"] {
            let delete = format!("DELETE FROM {table} WHERE issuer = ?1 AND client_id = ?2");
            transaction.execute(&delete, [issuer, client_id])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Where platforms show this server's pages, as far as they said.
    pub fn origins(&self) -> Result<Vec<OriginRecord>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT issuer, client_id, origin FROM lti_origins ORDER BY issuer, client_id, origin",
        )?;
        let read = |row: &Row<'_>| {
            Ok(OriginRecord { issuer: row.get(0)?, client_id: row.get(1)?, origin: row.get(2)? })
        };
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// Keeps where a platform shows them.
    pub fn save_origin(&self, record: &OriginRecord) -> Result<(), StoreError> {
        let OriginRecord { issuer, client_id, origin } = record;
        self.connection().execute(
            "INSERT OR REPLACE INTO lti_origins (issuer, client_id, origin) VALUES (?1, ?2, ?3)",
            [issuer, client_id, origin],
        )?;
        Ok(())
    }

    /// The server's own keys in PEM with the second each was made in, newest first.
    pub fn tool_keys(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare("SELECT pem, created FROM lti_keys ORDER BY created DESC, kid")?;
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.max(0) as u64));
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// Keeps a key of the server's own, and of all the newest `most`.
    pub fn save_tool_key(&self, kid: &str, pem: &str, created: u64, most: usize) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute(
            "INSERT OR REPLACE INTO lti_keys (kid, pem, created) VALUES (?1, ?2, ?3)",
            params![kid, pem, created as i64],
        )?;
        transaction.execute(
            "DELETE FROM lti_keys WHERE kid NOT IN (SELECT kid FROM lti_keys ORDER BY created DESC, kid LIMIT ?1)",
            [most as i64],
        )?;
        transaction.commit()?;
        Ok(())
    }

    /// Keeps something that is good once, until `expires`, in seconds since 1970; `true`: there were `most` already, and the one
    /// that would have ended next is gone for it. Those whose time is over at `now` are forgotten.
    pub fn save_once(
        &self,
        key: &str,
        body: &str,
        now: u64,
        expires: u64,
        most: usize,
    ) -> Result<bool, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM lti_once WHERE expires <= ?1", [now as i64])?;
        let kept: i64 = transaction.query_row("SELECT count(*) FROM lti_once", [], |row| row.get(0))?;
        let full = kept >= most as i64;
        if full {
            let first =
                "DELETE FROM lti_once WHERE key = (SELECT key FROM lti_once ORDER BY expires LIMIT 1)";
            transaction.execute(first, [])?;
        }
        transaction.execute(
            "INSERT INTO lti_once (key, body, expires) VALUES (?1, ?2, ?3)",
            params![key, body, expires as i64],
        )?;
        transaction.commit()?;
        Ok(full)
    }

    /// What is good once, which it was with this; `None`: taken before, or its time is over at `now`.
    pub fn take_once(&self, key: &str, now: u64) -> Result<Option<String>, StoreError> {
        let taken = self.connection().query_row(
            "DELETE FROM lti_once WHERE key = ?1 RETURNING body, expires",
            [key],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)),
        );
        Ok(taken.optional()?.filter(|(_, expires)| *expires > now as i64).map(|(body, _)| body))
    }

    /// Whose room it is, where it is a tenant's.
    pub fn room_owner(&self, room: &str) -> Result<Option<RoomOwner>, StoreError> {
        let found = self.connection().query_row(
            "SELECT issuer, client_id, deployment, context FROM lti_rooms WHERE room = ?1 AND issuer IS NOT NULL",
            [room],
            |row| {
                let tenant =
                    TenantRecord { issuer: row.get(0)?, client_id: row.get(1)?, deployment: row.get(2)? };
                Ok(RoomOwner { tenant, context: row.get(3)? })
            },
        );
        Ok(found.optional()?)
    }

    /// A tenant has made this room, and what of it goes to the gradebook.
    pub fn save_room_owner(
        &self,
        room: &str,
        owner: &RoomOwner,
        grading: Option<&str>,
    ) -> Result<(), StoreError> {
        let RoomOwner { tenant: TenantRecord { issuer, client_id, deployment }, context } = owner;
        self.connection().execute(
            "INSERT OR REPLACE INTO lti_rooms (room, issuer, client_id, deployment, context, grading)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![room, issuer, client_id, deployment, context, grading],
        )?;
        Ok(())
    }

    /// Gives all rooms and links of a tenant to another; returns how many there were of each. A link that the other one had itself leads
    /// where the given one does.
    pub fn hand_over(&self, from: &TenantRecord, to: &TenantRecord) -> Result<(usize, usize), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let give = |table: &str| {
            let update = format!(
                "UPDATE OR REPLACE {table} SET issuer = ?4, client_id = ?5, deployment = ?6
                 WHERE issuer = ?1 AND client_id = ?2 AND deployment = ?3"
            );
            let (from, to) = (
                [&from.issuer, &from.client_id, &from.deployment],
                [&to.issuer, &to.client_id, &to.deployment],
            );
            transaction.execute(&update, rusqlite::params_from_iter(from.into_iter().chain(to)))
        };
        let given = (give("lti_rooms")?, give("lti_links")?);
        transaction.commit()?;
        Ok(given)
    }

    /// The room of a link that was opened before.
    pub fn link_room(&self, tenant: &TenantRecord, link: &str) -> Result<Option<String>, StoreError> {
        let TenantRecord { issuer, client_id, deployment } = tenant;
        let found = self.connection().query_row(
            "SELECT room FROM lti_links WHERE issuer = ?1 AND client_id = ?2 AND deployment = ?3 AND link = ?4",
            params![issuer, client_id, deployment, link],
            |row| row.get(0),
        );
        Ok(found.optional()?)
    }

    /// Keeps where a link leads and what is there for it, and who has just come by it; `None` for somebody whom the platform does not name.
    pub fn save_link(
        &self,
        tenant: &TenantRecord,
        link: &str,
        room: &str,
        body: &str,
        person: Option<(&str, &str)>,
    ) -> Result<(), StoreError> {
        let TenantRecord { issuer, client_id, deployment } = tenant;
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let id: i64 = transaction.query_row(
            "INSERT INTO lti_links (issuer, client_id, deployment, link, room, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (issuer, client_id, deployment, link) DO UPDATE SET room = excluded.room, body = excluded.body
             RETURNING id",
            params![issuer, client_id, deployment, link, room, body],
            |row| row.get(0),
        )?;
        if let Some((user, subject)) = person {
            transaction.execute(
                "INSERT INTO lti_people (link, user, subject) VALUES (?1, ?2, ?3) ON CONFLICT (link, user) DO NOTHING",
                params![id, user, subject],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// All links to a room.
    pub fn links_to(&self, room: &str) -> Result<Vec<CourseLink>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT id, issuer, client_id, deployment, link, room, body FROM lti_links WHERE room = ?1 ORDER BY id",
        )?;
        let read = |row: &Row<'_>| {
            let tenant =
                TenantRecord { issuer: row.get(1)?, client_id: row.get(2)?, deployment: row.get(3)? };
            Ok(CourseLink {
                id: row.get(0)?,
                tenant,
                link: row.get(4)?,
                room: row.get(5)?,
                body: row.get(6)?,
            })
        };
        Ok(statement.query_map([room], read)?.collect::<Result<_, _>>()?)
    }

    /// Everybody who came by a link.
    pub fn people_of(&self, link: i64) -> Result<Vec<LinkedPerson>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare("SELECT user, subject, sent FROM lti_people WHERE link = ?1 ORDER BY user")?;
        let read =
            |row: &Row<'_>| Ok(LinkedPerson { user: row.get(0)?, subject: row.get(1)?, sent: row.get(2)? });
        Ok(statement.query_map([link], read)?.collect::<Result<_, _>>()?)
    }

    /// Writes down what became of a launch or a call; the newest `most` are kept. `at` is in milliseconds since 1970.
    pub fn log_launch(&self, at: u64, body: &str, most: usize) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute("INSERT INTO lti_log (at, body) VALUES (?1, ?2)", params![at as i64, body])?;
        transaction
            .execute("DELETE FROM lti_log WHERE id <= (SELECT max(id) FROM lti_log) - ?1", [most as i64])?;
        transaction.commit()?;
        Ok(())
    }

    /// What was written down, newest first.
    pub fn launches(&self, most: usize) -> Result<Vec<(u64, String)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT at, body FROM lti_log ORDER BY id DESC LIMIT ?1")?;
        let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?.max(0) as u64, row.get(1)?));
        Ok(statement.query_map([most as i64], read)?.collect::<Result<_, _>>()?)
    }
}
