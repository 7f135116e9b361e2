//! What was written, asked and answered on its way to the disk: gathered, so that a busy chat costs a write now and then, and in order.

use std::collections::BTreeSet;
use std::sync::Arc;

use room::{Item, Room};
use store::{ItemKind, ItemRecord};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::directory::Rooms;
use super::mailbox::RoomRef;
use crate::bounds::KEEP_WITHIN;

/// Of one room.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// Not as the disk has them.
    changed: BTreeSet<Item>,
    due: Option<Instant>,
    /// A write under way, and what is in it: what it could not write comes back.
    writing: Option<(JoinHandle<bool>, BTreeSet<Item>)>,
}

impl Keeping {
    /// Something is another, or gone.
    pub(super) fn note(&mut self, item: Item) {
        self.changed.insert(item);
        self.due.get_or_insert_with(|| Instant::now() + KEEP_WITHIN);
    }

    /// When there is something to write.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Begins a write, unless one is under way still: then it is due again after a while, and so is what a disk refused.
    pub(super) async fn begin(&mut self, room: &Room, me: &RoomRef, rooms: &Arc<Rooms>) {
        self.due = None;
        if self.writing.as_ref().is_some_and(|(writing, _)| !writing.is_finished()) {
            self.due = Some(Instant::now() + KEEP_WITHIN);
            return;
        }
        self.finish().await;
        if self.changed.is_empty() {
            return;
        }
        let items = std::mem::take(&mut self.changed);
        let records = items.iter().map(|item| record(*item, room)).collect();
        let (id, rooms) = (me.id.clone(), rooms.clone());
        self.writing = Some((tokio::spawn(async move { rooms.keep_items(id, records).await }), items));
        // To see what became of it.
        self.due = Some(Instant::now() + KEEP_WITHIN);
    }

    /// The room has ended: what is under way is waited for, and nothing else is written.
    pub(super) async fn stop(&mut self) {
        self.finish().await;
        (self.changed, self.due) = (BTreeSet::new(), None);
    }

    /// The room's task ends and the room does not: all of it is written.
    pub(super) async fn end(&mut self, room: &Room, me: &RoomRef, rooms: &Arc<Rooms>) {
        self.finish().await;
        self.changed.extend(room.unkept());
        self.begin(room, me, rooms).await;
        self.finish().await;
    }

    async fn finish(&mut self) {
        let Some((writing, items)) = self.writing.take() else { return };
        if !writing.await.unwrap_or(false) {
            self.changed.extend(items);
            self.due = Some(Instant::now() + KEEP_WITHIN);
        }
    }
}

fn record(item: Item, room: &Room) -> ItemRecord {
    let (kind, number) = match item {
        Item::Message(number) => (ItemKind::Message, number),
        Item::Question(number) => (ItemKind::Question, number),
        Item::Poll(number) => (ItemKind::Poll, number),
        Item::Meeting(number) => (ItemKind::Meeting, number),
        Item::Attendee(number) => (ItemKind::Attendee, number),
    };
    ItemRecord { kind, number, body: room.kept(item) }
}

/// Takes up what was kept of a room.
pub(super) fn restore(room: &mut Room, items: Vec<ItemRecord>) {
    for ItemRecord { kind, number, body } in items {
        let item = match kind {
            ItemKind::Message => Item::Message(number),
            ItemKind::Question => Item::Question(number),
            ItemKind::Poll => Item::Poll(number),
            ItemKind::Meeting => Item::Meeting(number),
            ItemKind::Attendee => Item::Attendee(number),
        };
        if !body.is_some_and(|body| room.restore(item, &body)) {
            tracing::warn!(room = room.id(), ?item, "what was kept could not be read, and is left out");
        }
    }
}
