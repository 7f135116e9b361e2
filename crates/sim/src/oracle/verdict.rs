//! What is looked at when a world has calmed down: arrival, pages, and every stream from its beginning.

use media::{Kind, Source};
use signaling::{ParticipantId, RoomState};

use super::people::live;
use crate::book::ClientId;
use crate::network::{MS, Micros, SECOND};
use crate::sessions::{PageId, in_media, in_room};
use crate::world::World;
use crate::{Failure, Oracle, Summary};

/// Whoever sends is heard within this.
const RECENT: Micros = SECOND;

type Wrong = (Oracle, String);

impl World {
    /// The end: what holds only when everything is quiet.
    pub(crate) fn judge(mut self) -> Result<Summary, Failure> {
        let judged = self.looked_at();
        judged.map_err(|(oracle, detail)| {
            let failure = Failure { oracle, at_ms: self.now / MS, detail, story: Vec::new() };
            self.with_story(failure)
        })
    }

    fn looked_at(&mut self) -> Result<Summary, Wrong> {
        if !self.actor.is_idle() {
            return Err((Oracle::World, "the room still waits for a gate to be closed".to_owned()));
        }
        let room = self.actor.room.state();
        let pages: Vec<PageId> = (0..self.pages.len())
            .filter(|page| self.pages[*page].socket && !self.pages[*page].over)
            .collect();
        for page in &pages {
            self.page_knows(*page, &room)?;
        }
        for page in &pages {
            self.summary.received += self.page_receives(*page, &room)?;
        }
        self.summary.holes = self.streams.judge(&self.book).map_err(|wrong| (Oracle::Stream, wrong))?;
        let gated =
            |counters: media::Counters| Source::ALL.map(|source| counters.gated(source)).iter().sum::<u64>();
        self.summary.gated = self.threads.iter().map(|thread| gated(thread.engine.counters())).sum();
        self.summary.sent = self.book.sent();
        (self.summary.closings, self.summary.done) = (self.actor.closings, self.actor.done);
        self.summary.refused = self.actor.refused;
        let ends = [self.summary.gated, self.summary.done, room.version];
        self.tell(&ends);
        Ok(self.summary)
    }

    fn page_knows(&self, page: PageId, room: &RoomState) -> Result<(), Wrong> {
        let it = &self.pages[page];
        let known = it.room.as_ref();
        if known != Some(room) {
            return Err((Oracle::Page, format!("page {page} knows {known:?}, the room is {room:?}")));
        }
        if it.own().is_none() {
            return Err((
                Oracle::Page,
                format!("page {page} is connected, and {:?} is not in the room", it.you),
            ));
        }
        Ok(())
    }

    /// What is live and somebody else's comes in a slot, as far as slots go, and in the slot that the page was told. The number of
    /// publications received.
    fn page_receives(&self, page: PageId, room: &RoomState) -> Result<u64, Wrong> {
        let it = &self.pages[page];
        let missing = |detail: String| (Oracle::Arrival, detail);
        let client = it.client.filter(|client| self.clients[*client].is_connected());
        let client = client.ok_or_else(|| missing(format!("page {page} has no media: {:?}", it.client)))?;
        let others: Vec<_> = live(room).into_iter().filter(|(who, _)| Some(*who) != it.you).collect();
        let shown: Vec<_> = it.slots.values().copied().collect();
        for (who, source) in others {
            if !shown.contains(&(who, source)) {
                let kind = in_media(source).kind();
                if self.has_free_slot(page, client, kind) {
                    return Err(missing(format!("page {page} has a free slot, and {who} has a {source:?}")));
                }
                continue;
            }
            if !self.receives(page, client, who, in_media(source)) {
                let got = &self.clients[client].in_slot;
                let detail = format!(
                    "page {page} (client {client}) does not receive {who}'s {source:?}: {:?} {got:?}",
                    it.slots
                );
                return Err(missing(detail));
            }
        }
        let received = self.clients[client]
            .in_slot
            .values()
            .filter(|slot| slot.last.is_some_and(|(.., at)| self.is_recent(at)));
        Ok(received.count() as u64)
    }

    fn is_recent(&self, at: Micros) -> bool {
        at + RECENT >= self.now
    }

    fn has_free_slot(&self, page: PageId, client: ClientId, kind: Kind) -> bool {
        let slots = self.clients[client].slots;
        let offered = if kind == Kind::Audio { slots.0 } else { slots.1 };
        let shown = self.pages[page].slots.values().filter(|(_, source)| in_media(*source).kind() == kind);
        shown.count() < offered
    }

    /// Whether something of it came lately in the slot where it belongs, and nothing else did.
    fn receives(&self, page: PageId, client: ClientId, who: ParticipantId, source: Source) -> bool {
        let said = self.pages[page].slots.iter().filter(|(_, shown)| **shown == (who, in_room(source)));
        said.map(|(mid, _)| mid).all(|mid| {
            let mid = media::Mid::new(mid);
            let last = mid.and_then(|mid| self.clients[client].in_slot.get(&mid)).and_then(|slot| slot.last);
            last.is_some_and(|(what, got, at)| {
                self.is_recent(at) && got == source && self.clients[what.client].who == who
            })
        })
    }
}
