//! Links for guests: how often they are good, until when, and what becomes of them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use store::{LinkOver, LinkRecord, RoomRecord, Store};
use tempfile::TempDir;

const NOW: u64 = 1_700_000_000;

fn with_room() -> (Store, TempDir) {
    let directory = TempDir::new().unwrap();
    let store = Store::open(directory.path()).unwrap();
    store.save_room(&room("a")).unwrap();
    (store, directory)
}

fn room(id: &str) -> RoomRecord {
    RoomRecord {
        chat: true,
        hands: true,
        questions: true,
        reactions: true,
        polls: true,
        locked: false,
        id: id.to_owned(),
        title: "A".to_owned(),
        access: "open".to_owned(),
        capacity: 25,
        self_leave: false,
        created: NOW,
    }
}

fn link(id: &str) -> LinkRecord {
    LinkRecord {
        id: id.to_owned(),
        room: "a".to_owned(),
        role: "viewer".to_owned(),
        waits: true,
        uses: None,
        used: 0,
        made: NOW,
        expires: NOW + 60,
        ended: false,
    }
}

#[test]
fn a_link_for_one_is_used_once_and_told_as_spent() {
    let (store, directory) = with_room();
    let once = LinkRecord { uses: Some(1), ..link("1") };
    assert!(store.add_link("h", &once, 10).unwrap());
    assert_eq!(store.use_link("h", NOW).unwrap(), Some(once.clone()));
    drop(store);
    let store = Store::open(directory.path()).unwrap();
    let again = store.use_link("h", NOW).unwrap().unwrap();
    assert_eq!((again.over(NOW), again.used), (Some(LinkOver::Spent), 1));
    assert!(store.links("a", NOW).unwrap().is_empty());
    assert_eq!(store.use_link("x", NOW).unwrap(), None);
}

#[test]
fn a_link_ends_by_its_time_by_hand_and_with_its_room() {
    let (store, _directory) = with_room();
    for id in ["1", "2", "3"] {
        assert!(store.add_link(&format!("h{id}"), &link(id), 10).unwrap());
    }
    assert_eq!(store.link("h1").unwrap().unwrap().over(NOW + 60), Some(LinkOver::Expired));
    assert_eq!(store.use_link("h1", NOW + 60).unwrap().unwrap().used, 0);
    assert!(store.end_link("a", "2").unwrap());
    assert!(!store.end_link("b", "3").unwrap(), "not by another room");
    assert_eq!(store.link("h2").unwrap().unwrap().over(NOW), Some(LinkOver::Ended));
    let open: Vec<_> = store.links("a", NOW).unwrap().into_iter().map(|link| link.id).collect();
    assert_eq!(open, ["1", "3"]);
    store.delete_room("a").unwrap();
    assert_eq!(store.link("h1").unwrap(), None);
}

#[test]
fn a_room_has_so_many_open_ones_and_remembers_as_many_that_are_over() {
    let (store, _directory) = with_room();
    let add = |id: &str, made: u64| {
        let link = LinkRecord { made, expires: made + 60, ..link(id) };
        store.add_link(&format!("h{id}"), &link, 2).unwrap()
    };
    assert_eq!(["1", "2", "3"].map(|id| add(id, NOW)), [true, true, false]);
    assert!(store.end_link("a", "1").unwrap());
    assert!(add("4", NOW + 1));
    assert_eq!(["5", "6"].map(|id| add(id, NOW + 100)), [true, true], "the others are over");
    let kept = ["1", "2", "4", "5", "6"].map(|id| store.link(&format!("h{id}")).unwrap().is_some());
    assert_eq!(kept.iter().filter(|kept| **kept).count(), 4, "two are over, two open: {kept:?}");
    let elsewhere = LinkRecord { room: "gone".to_owned(), ..link("7") };
    assert!(!store.add_link("h7", &elsewhere, 2).unwrap());
}

#[test]
fn a_room_is_its_first_owners_and_forgotten_with_the_room() {
    let (store, _directory) = with_room();
    store.save_room(&RoomRecord { created: NOW + 1, ..room("b") }).unwrap();
    assert!(store.own_room("a", "ada").unwrap() && store.own_room("b", "ada").unwrap());
    assert!(!store.own_room("a", "ben").unwrap() && !store.own_room("gone", "ada").unwrap());
    assert_eq!(store.rooms_of("ada").unwrap(), ["b", "a"], "the newest first");
    assert_eq!(
        (store.owner_of("a").unwrap().as_deref(), store.owner_of("gone").unwrap()),
        (Some("ada"), None)
    );
    store.delete_room("b").unwrap();
    assert_eq!(store.rooms_of("ada").unwrap(), ["a"]);
    assert!(store.rooms_of("ben").unwrap().is_empty());
}
