//! A data directory as an operator meets it: new, kept, damaged, in use, too new.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rusqlite::Connection;
use store::{DATABASE_FILE, ItemKind, ItemRecord, RoomRecord, SCHEMA_VERSION, Store, StoreError};
use tempfile::TempDir;

fn record(id: &str) -> RoomRecord {
    RoomRecord {
        chat: true,
        hands: true,
        questions: true,
        reactions: true,
        polls: true,
        locked: false,
        id: id.to_owned(),
        title: format!("Room {id}"),
        access: "request".to_owned(),
        capacity: 25,
        self_leave: false,
        created: 1_700_000_000,
    }
}

#[test]
fn rooms_are_there_again_after_a_restart() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("made/on/the/way");
    let store = Store::open(&path).unwrap();
    store.save_room(&record("b")).unwrap();
    store.save_room(&record("a")).unwrap();
    store.save_room(&record("c")).unwrap();
    store
        .save_room(&RoomRecord {
            access: "open".to_owned(),
            self_leave: true,
            hands: false,
            locked: true,
            ..record("b")
        })
        .unwrap();
    store.delete_room("c").unwrap();
    drop(store);
    let rooms = Store::open(&path).unwrap().rooms().unwrap();
    let changed =
        RoomRecord { access: "open".to_owned(), self_leave: true, hands: false, locked: true, ..record("b") };
    assert_eq!(rooms, [record("a"), changed]);
}

#[test]
fn a_file_of_version_1_opens_with_its_rooms() {
    let directory = TempDir::new().unwrap();
    let file = Connection::open(directory.path().join(DATABASE_FILE)).unwrap();
    // As the first release wrote it; never to be edited.
    file.execute_batch(
        "CREATE TABLE rooms (
            id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL,
            access TEXT NOT NULL CHECK (access IN ('open', 'request', 'invite')),
            capacity INTEGER NOT NULL CHECK (capacity BETWEEN 0 AND 65535),
            self_leave INTEGER NOT NULL CHECK (self_leave IN (0, 1)), created INTEGER NOT NULL
        ) STRICT;
        INSERT INTO rooms VALUES ('a', 'Room a', 'request', 25, 0, 1700000000);
        PRAGMA application_id = 1347571539;
        PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(file);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(store.rooms().unwrap(), [record("a")]);
}

#[test]
fn a_file_of_version_2_keeps_what_was_written_and_takes_meetings() {
    let directory = TempDir::new().unwrap();
    let file = Connection::open(directory.path().join(DATABASE_FILE)).unwrap();
    // As the second schema was; never to be edited.
    file.execute_batch(
        "CREATE TABLE rooms (
            id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL, access TEXT NOT NULL, capacity INTEGER NOT NULL,
            self_leave INTEGER NOT NULL, created INTEGER NOT NULL, chat INTEGER NOT NULL DEFAULT 1,
            hands INTEGER NOT NULL DEFAULT 1, questions INTEGER NOT NULL DEFAULT 1,
            reactions INTEGER NOT NULL DEFAULT 1, polls INTEGER NOT NULL DEFAULT 1,
            locked INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TABLE items (
            room TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('message', 'question', 'poll')),
            number INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (room, kind, number)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO rooms (id, title, access, capacity, self_leave, created)
            VALUES ('a', 'Room a', 'request', 25, 0, 1700000000);
        INSERT INTO items VALUES ('a', 'poll', 7, 'poll'), ('a', 'message', 3, 'text');
        PRAGMA application_id = 1347571539;
        PRAGMA user_version = 2;",
    )
    .unwrap();
    drop(file);
    let store = Store::open(directory.path()).unwrap();
    let before = [item(ItemKind::Message, 3, Some("text")), item(ItemKind::Poll, 7, Some("poll"))];
    assert_eq!(store.items("a").unwrap(), before);
    let met = [item(ItemKind::Attendee, 1, Some("ada")), item(ItemKind::Meeting, 1, Some("met"))];
    store.save_items("a", &met).unwrap();
    let all = [&met[..], &before[..]].concat();
    assert_eq!(store.items("a").unwrap(), all, "by kind and number");
    store.delete_room("a").unwrap();
    drop(store);
    let file = Connection::open(directory.path().join(DATABASE_FILE)).unwrap();
    let left: u32 = file.query_row("SELECT count(*) FROM items", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0, "all of it goes with its room");
}

#[test]
fn a_file_of_a_newer_server_is_refused_and_left_alone() {
    let directory = TempDir::new().unwrap();
    drop(Store::open(directory.path()).unwrap());
    let path = directory.path().join(DATABASE_FILE);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", SCHEMA_VERSION + 1).unwrap();
    let error = Store::open(directory.path()).unwrap_err();
    assert!(matches!(error, StoreError::NewerSchema { found, known, .. } if found == known + 1), "{error}");
    let version: u32 =
        Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, SCHEMA_VERSION + 1);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join(DATABASE_FILE);
    let scribble = "this was never a database, and is long enough to look like a page ".repeat(40);
    fs::write(&path, &scribble).unwrap();
    let error = Store::open(directory.path()).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), scribble);
}

#[test]
fn a_damaged_database_is_refused() {
    let directory = TempDir::new().unwrap();
    let store = Store::open(directory.path()).unwrap();
    for n in 0..200 {
        store.save_room(&record(&format!("room{n}"))).unwrap();
    }
    drop(store);
    let path = directory.path().join(DATABASE_FILE);
    let mut bytes = fs::read(&path).unwrap();
    // The first page says what the file is and stays; the pages after it are overwritten.
    for byte in &mut bytes[4096..] {
        *byte = 0x5a;
    }
    fs::write(&path, &bytes).unwrap();
    let error = Store::open(directory.path()).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[test]
fn the_database_of_another_program_is_refused() {
    let directory = TempDir::new().unwrap();
    Connection::open(directory.path().join(DATABASE_FILE))
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    let error = Store::open(directory.path()).unwrap_err();
    assert!(error.to_string().contains("another program"), "{error}");
}

#[test]
fn two_servers_do_not_share_a_directory() {
    let directory = TempDir::new().unwrap();
    let first = Store::open(directory.path()).unwrap();
    let error = Store::open(directory.path()).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    drop(first);
    Store::open(directory.path()).unwrap();
}

#[test]
fn a_file_in_the_place_of_the_directory_is_named() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("data");
    fs::write(&path, "").unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Create { .. }), "{error}");
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
}

#[test]
fn a_directory_one_may_not_write_to_is_named() {
    let directory = TempDir::new().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o555)).unwrap();
    // Root writes everywhere, and there is nothing to see then.
    if fs::write(directory.path().join("probe"), "").is_ok() {
        return;
    }
    let error = Store::open(directory.path()).unwrap_err();
    assert!(matches!(error, StoreError::NotWritable { .. }), "{error}");
}

fn item(kind: ItemKind, number: u32, body: Option<&str>) -> ItemRecord {
    ItemRecord { kind, number, body: body.map(str::to_owned) }
}

#[test]
fn what_was_written_is_kept_replaced_taken_out_and_goes_with_its_room() {
    let data = TempDir::new().unwrap();
    let store = Store::open(data.path()).unwrap();
    for id in ["a", "b"] {
        store.save_room(&record(id)).unwrap();
    }
    let [first, second] = [1, 2].map(|n| item(ItemKind::Message, n, Some("text")));
    let poll = item(ItemKind::Poll, 1, Some("poll"));
    store.save_items("a", &[second.clone(), first.clone(), poll.clone()]).unwrap();
    store.save_items("b", std::slice::from_ref(&first)).unwrap();
    let changed = item(ItemKind::Message, 1, Some("other"));
    store.save_items("a", &[changed.clone(), item(ItemKind::Message, 2, None)]).unwrap();
    // Changing a room costs nothing that was written in it.
    store.save_room(&RoomRecord { title: "New".into(), ..record("a") }).unwrap();
    drop(store);
    let store = Store::open(data.path()).unwrap();
    assert_eq!(store.items("a").unwrap(), [changed, poll]);
    store.delete_room("a").unwrap();
    assert_eq!((store.items("a").unwrap(), store.items("b").unwrap().len()), (vec![], 1));
    store.save_items("a", &[first]).unwrap();
    assert_eq!(store.items("a").unwrap(), [], "nothing of a room that is gone");
}
