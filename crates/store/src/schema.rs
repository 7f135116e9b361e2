//! The schema, as the list of steps that led to it. Steps are only ever added at the end, never edited: files of every earlier
//! version are out there.

use rusqlite::{Connection, TransactionBehavior};

/// Marks the file as this server's (`PRAGMA application_id`): the letters `PROS`.
pub(crate) const APPLICATION_ID: i32 = 0x5052_4f53;

/// Step n (from 1) takes the schema from version n - 1 to n.
pub(crate) const MIGRATIONS: &[&str] = &[
    // 1: rooms. `created` is in seconds since 1970.
    "CREATE TABLE rooms (
        id TEXT PRIMARY KEY NOT NULL,
        title TEXT NOT NULL,
        access TEXT NOT NULL CHECK (access IN ('open', 'request', 'invite')),
        capacity INTEGER NOT NULL CHECK (capacity BETWEEN 0 AND 65535),
        self_leave INTEGER NOT NULL CHECK (self_leave IN (0, 1)),
        created INTEGER NOT NULL
    ) STRICT;",
    // 2: what rooms have around their stage, and what was written, asked and answered there. `body` is the room's own JSON.
    "ALTER TABLE rooms ADD COLUMN chat INTEGER NOT NULL DEFAULT 1 CHECK (chat IN (0, 1));
    ALTER TABLE rooms ADD COLUMN hands INTEGER NOT NULL DEFAULT 1 CHECK (hands IN (0, 1));
    ALTER TABLE rooms ADD COLUMN questions INTEGER NOT NULL DEFAULT 1 CHECK (questions IN (0, 1));
    ALTER TABLE rooms ADD COLUMN reactions INTEGER NOT NULL DEFAULT 1 CHECK (reactions IN (0, 1));
    ALTER TABLE rooms ADD COLUMN polls INTEGER NOT NULL DEFAULT 1 CHECK (polls IN (0, 1));
    ALTER TABLE rooms ADD COLUMN locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1));
    CREATE TABLE items (
        room TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('message', 'question', 'poll')),
        number INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (room, kind, number)
    ) STRICT, WITHOUT ROWID;",
    // 3: who was there. A check cannot be widened, so the table is made anew.
    "CREATE TABLE items_of_3 (
        room TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('message', 'question', 'poll', 'meeting', 'attendee')),
        number INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (room, kind, number)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO items_of_3 SELECT room, kind, number, body FROM items;
    DROP TABLE items;
    ALTER TABLE items_of_3 RENAME TO items;",
    // 4: learning platforms. `body` is the server's own JSON. `lti_once` is what is good once: states of launches, and what waits for a
    // page's answer. `lti_rooms` has whose a room is, where it is a tenant's, and what goes to the gradebook.
    "CREATE TABLE lti_platforms (
        issuer TEXT NOT NULL,
        client_id TEXT NOT NULL,
        registered INTEGER NOT NULL CHECK (registered IN (0, 1)),
        body TEXT NOT NULL,
        PRIMARY KEY (issuer, client_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE lti_keys (kid TEXT PRIMARY KEY NOT NULL, pem TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
    CREATE TABLE lti_once (key TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL, expires INTEGER NOT NULL) STRICT;
    CREATE INDEX lti_once_expires ON lti_once (expires);
    CREATE TABLE lti_rooms (
        room TEXT PRIMARY KEY NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
        issuer TEXT,
        client_id TEXT,
        deployment TEXT,
        context TEXT,
        grading TEXT
    ) STRICT;
    CREATE TABLE lti_links (
        id INTEGER PRIMARY KEY,
        issuer TEXT NOT NULL,
        client_id TEXT NOT NULL,
        deployment TEXT NOT NULL,
        link TEXT NOT NULL,
        room TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
        body TEXT NOT NULL,
        UNIQUE (issuer, client_id, deployment, link)
    ) STRICT;
    CREATE INDEX lti_links_room ON lti_links (room);
    CREATE TABLE lti_people (
        link INTEGER NOT NULL REFERENCES lti_links (id) ON DELETE CASCADE,
        user TEXT NOT NULL,
        subject TEXT NOT NULL,
        sent TEXT,
        PRIMARY KEY (link, user)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE lti_settled (id INTEGER PRIMARY KEY, made INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE TABLE lti_log (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;",
    // 5: links for guests, by the SHA-256 of their keys. Times are in seconds since 1970.
    "CREATE TABLE links (
        hash TEXT PRIMARY KEY NOT NULL,
        id TEXT NOT NULL,
        room TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
        role TEXT NOT NULL CHECK (role IN ('viewer', 'speaker', 'moderator')),
        waits INTEGER NOT NULL CHECK (waits IN (0, 1)),
        uses INTEGER CHECK (uses > 0),
        used INTEGER NOT NULL,
        made INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        ended INTEGER NOT NULL CHECK (ended IN (0, 1)),
        UNIQUE (room, id)
    ) STRICT, WITHOUT ROWID;",
    // 6: whose rooms are whose, by a hash of the provider's word for them.
    "CREATE TABLE owners (
        room TEXT PRIMARY KEY NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
        owner TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX owners_by_owner ON owners (owner);",
    // 7: where platforms show this server's pages. Those of the configuration file have no row in lti_platforms.
    "CREATE TABLE lti_origins (
        issuer TEXT NOT NULL,
        client_id TEXT NOT NULL,
        origin TEXT NOT NULL,
        PRIMARY KEY (issuer, client_id, origin)
    ) STRICT, WITHOUT ROWID;",
];

/// Of a file this server has opened.
pub const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

/// The version a file is at; 0 for an empty one.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Carries out the steps a file has not seen, each in a transaction of its own together with its new version.
pub(crate) fn migrate(connection: &mut Connection, migrations: &[&str]) -> rusqlite::Result<()> {
    let from = version(connection)? as usize;
    for (step, sql) in migrations.iter().enumerate().skip(from) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", step as u32 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_steps_not_yet_taken_are_taken() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &MIGRATIONS[..1]).unwrap();
        connection.execute("INSERT INTO rooms VALUES ('a', 'A', 'open', 5, 0, 1)", []).unwrap();
        let later = [MIGRATIONS[0], "ALTER TABLE rooms ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'"];
        migrate(&mut connection, &later).unwrap();
        assert_eq!(version(&connection).unwrap(), 2);
        let colour: String = connection.query_row("SELECT colour FROM rooms", [], |row| row.get(0)).unwrap();
        assert_eq!(colour, "red");
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_at_the_version_before() {
        let mut connection = Connection::open_in_memory().unwrap();
        let steps = [MIGRATIONS[0], "CREATE TABLE half (a); CREATE TABLE half (a);"];
        assert!(migrate(&mut connection, &steps).is_err());
        assert_eq!(version(&connection).unwrap(), 1);
        let halves: u32 = connection
            .query_row("SELECT count(*) FROM sqlite_master WHERE name = 'half'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(halves, 0, "a failed step left nothing behind");
    }
}
