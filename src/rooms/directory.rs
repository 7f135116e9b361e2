//! Every room of this server, by id.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use room::{Attendance, Room, SessionId, TransportId};
use signaling::{Features, IceServer, ParticipantId};
use stage::{Access, Millis, Rules, Timing};
use store::{ItemRecord, RoomRecord, Store, StoreError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::actor::Actor;
use super::mailbox::{RoomRef, ToRoom};
use super::resources::Resources;
use super::wires::{self, Wires, peer_of, transport_of};
use super::{keeping, record};
use crate::bounds::ROOM_MAILBOX;
use crate::clock::Clock;
use crate::config::Limits;
use crate::media::{MediaEvent, MediaThreads};
use crate::metrics::{Bound, Counts};
use crate::random;
use crate::turn::Turn;

/// The rooms, and what their tasks share.
pub(crate) struct Rooms {
    pub(super) clock: Clock,
    pub(super) media: MediaThreads,
    pub(super) counts: Arc<Counts>,
    pub(super) limits: Limits,
    pub(super) wires: Wires,
    pub(crate) resources: Resources,
    timing: Timing,
    turn: Option<Turn>,
    store: Arc<Store>,
    open: Mutex<HashMap<Arc<str>, RoomRef>>,
    /// Held while a room is made or ended, so that the disk and the list say the same.
    changing: tokio::sync::Mutex<()>,
    next_session: AtomicU64,
    /// What is done with what is known of a room that ends, before it is forgotten.
    pub(super) at_end: OnceLock<AtEnd>,
}

/// Takes who was in a room that has ended.
pub(crate) type AtEnd = Box<dyn Fn(Arc<str>, Attendance) -> BoxFuture<'static, ()> + Send + Sync>;

/// A room to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewRoom {
    /// A random one where there is none.
    pub(crate) id: Option<String>,
    /// The id where there is none.
    pub(crate) title: Option<String>,
    pub(crate) access: Access,
    pub(crate) capacity: u16,
    pub(crate) self_leave: bool,
    pub(crate) features: Features,
    pub(crate) locked: bool,
}

impl Default for NewRoom {
    /// As it is unless somebody says otherwise.
    fn default() -> Self {
        let Rules { access, capacity, self_leave } = Rules::default();
        let features = Features::default();
        NewRoom { id: None, title: None, access, capacity, self_leave, features, locked: false }
    }
}

/// Why a room was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CreateError {
    #[error("a room of this id exists")]
    Exists,
    #[error("the server has as many rooms as it may")]
    TooMany,
    #[error("the room could not be kept")]
    NotKept,
}

/// Why the rooms that were kept are not there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Going on without them would look as though all rooms were gone.
    #[error("bug: reading the rooms panicked")]
    Panicked,
}

/// Every room with what was written in it.
fn all_kept(store: &Store) -> Result<Vec<(RoomRecord, Vec<ItemRecord>)>, StoreError> {
    let rooms = store.rooms()?.into_iter();
    rooms.map(|room| store.items(&room.id).map(|items| (room, items))).collect()
}

impl Rooms {
    pub(crate) fn new(
        media: MediaThreads,
        store: Arc<Store>,
        counts: Arc<Counts>,
        limits: Limits,
        timing: Timing,
        turn: Option<Turn>,
    ) -> Arc<Self> {
        Arc::new(Rooms {
            clock: Clock::start(),
            media,
            counts,
            limits,
            wires: Wires::default(),
            resources: Resources::default(),
            timing,
            turn,
            store,
            open: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            next_session: AtomicU64::new(1),
            at_end: OnceLock::new(),
        })
    }

    /// From now on a room that ends is told of so.
    pub(crate) fn on_end(&self, at_end: AtEnd) {
        // Said once, at the start.
        let _ = self.at_end.set(at_end);
    }

    /// Starts every room that was kept.
    ///
    /// # Errors
    ///
    /// The disk's, or a bug in reading it.
    pub(crate) async fn load(self: &Arc<Self>) -> Result<usize, LoadError> {
        let store = self.store.clone();
        let kept = tokio::task::spawn_blocking(move || all_kept(&store)).await;
        let kept = kept.map_err(|_| LoadError::Panicked)??;
        let count = kept.len();
        for (record, items) in kept {
            self.start(&record, items);
        }
        Ok(count)
    }

    /// Makes a room, keeps it and starts it.
    pub(crate) async fn create(self: &Arc<Self>, new: NewRoom) -> Result<RoomRef, CreateError> {
        let _changing = self.changing.lock().await;
        let id = new.id.unwrap_or_else(random::room_id);
        if self.find(&id).is_some() {
            return Err(CreateError::Exists);
        }
        if self.list().len() >= self.limits.rooms {
            self.counts.hit(Bound::Rooms);
            return Err(CreateError::TooMany);
        }
        let record = RoomRecord {
            title: new.title.unwrap_or_else(|| id.clone()),
            id,
            access: record::access_name(new.access).to_owned(),
            capacity: new.capacity,
            self_leave: new.self_leave,
            chat: new.features.chat,
            hands: new.features.hands,
            questions: new.features.questions,
            reactions: new.features.reactions,
            polls: new.features.polls,
            locked: new.locked,
            created: Clock::unix_seconds(),
        };
        if !self.keep(record.clone()).await {
            return Err(CreateError::NotKept);
        }
        self.start(&record, Vec::new()).ok_or(CreateError::NotKept)
    }

    fn start(self: &Arc<Self>, record: &RoomRecord, items: Vec<ItemRecord>) -> Option<RoomRef> {
        let Some(options) =
            record::options(record, self.timing, self.clock.epoch_ms(), self.limits.room_participants)
        else {
            tracing::error!(
                room = record.id,
                access = record.access,
                "a kept room has a stage access this server does not know"
            );
            return None;
        };
        let (sender, mailbox) = mpsc::channel(ROOM_MAILBOX);
        let me = RoomRef { id: record.id.as_str().into(), created: record.created, mailbox: sender };
        self.open().insert(me.id.clone(), me.clone());
        let mut room = Room::new(options);
        keeping::restore(&mut room, items);
        let actor = Actor::new(room, me.clone(), self.clone(), mailbox);
        tokio::spawn(self.clone().watch(me.clone(), tokio::spawn(actor.run())));
        Some(me)
    }

    /// Whatever a room's task leaves behind when it ends is taken down. One that panicked has a bug, which must cost neither the other
    /// rooms nor the secrecy of this one: it starts anew, with what was kept.
    async fn watch(self: Arc<Self>, room: RoomRef, task: JoinHandle<()>) {
        let panicked = task.await.is_err_and(|error| error.is_panic());
        self.resources.remove_room(&room);
        for transport in self.wires.remove_room(&room) {
            self.media.remove(peer_of(transport));
        }
        if !panicked {
            return;
        }
        tracing::error!(room = %room.id, "bug: the room's task panicked; the room starts anew");
        let store = self.store.clone();
        let kept = tokio::task::spawn_blocking(move || all_kept(&store)).await;
        match kept
            .ok()
            .and_then(Result::ok)
            .and_then(|kept| kept.into_iter().find(|(kept, _)| *kept.id == *room.id))
        {
            Some((record, items)) => drop(self.start(&record, items)),
            None => drop(self.open().remove(&room.id)),
        }
    }

    /// A transport that no room answers for.
    pub(super) fn take_down(&self, transport: TransportId) {
        self.wires.remove(transport);
        self.media.remove(peer_of(transport));
    }

    /// The moment, on the clock of all rooms.
    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// The TURN servers of somebody in a room, open to them for a while from now on; none where the operator has none.
    pub(crate) fn ice_servers(&self, room: &RoomRef, who: ParticipantId) -> Vec<IceServer> {
        let turn = self.turn.as_ref();
        turn.map(|turn| turn.server(&room.id, who, Clock::unix_seconds())).into_iter().collect()
    }

    /// After how long [`Rooms::ice_servers`] are to be given out anew; `None` where there are none.
    pub(crate) fn renew_ice_servers_after(&self) -> Option<Duration> {
        self.turn.as_ref().map(Turn::renew_after)
    }

    /// A room that runs.
    pub(crate) fn find(&self, id: &str) -> Option<RoomRef> {
        self.open().get(id).cloned()
    }

    /// Every room that runs, by id.
    pub(crate) fn list(&self) -> Vec<RoomRef> {
        let mut rooms: Vec<RoomRef> = self.open().values().cloned().collect();
        rooms.sort_by(|a, b| a.id.cmp(&b.id));
        rooms
    }

    /// A number no other session has.
    pub(crate) fn new_session(&self) -> SessionId {
        SessionId(self.next_session.fetch_add(1, Ordering::Relaxed))
    }

    /// Tells a room what became of a transport of its own. Never waits: media threads' news must not queue up behind one room.
    pub(crate) fn tell(&self, event: MediaEvent) {
        let (room, message) = match event {
            MediaEvent::Connected(peer) => {
                let transport = transport_of(peer);
                (self.wires.room(transport), ToRoom::MediaConnected(transport))
            }
            MediaEvent::Paused { peer, slot, paused } => {
                let transport = transport_of(peer);
                (self.wires.room(transport), ToRoom::MediaPaused { transport, mid: slot, paused })
            }
            MediaEvent::Wanted { publication, layers } => {
                let (transport, source) = (transport_of(publication.peer), publication.source);
                (self.wires.room(transport), ToRoom::LayersWanted { transport, source, layers })
            }
            MediaEvent::Stalled(peer) => {
                let transport = transport_of(peer);
                (self.wires.room(transport), ToRoom::MediaStalled(transport))
            }
            MediaEvent::Lost(peer, why) => {
                tracing::debug!(?peer, ?why, "a peer's media is gone");
                self.media.release(peer);
                let transport = transport_of(peer);
                // At once: the room may end before it hears of it, or hear of it before it knows of the transport.
                (self.wires.remove(transport), ToRoom::MediaLost(transport))
            }
            MediaEvent::Heard(peer, loudness) => {
                let transport = transport_of(peer);
                (self.wires.room(transport), ToRoom::Heard { transport, loudness })
            }
            MediaEvent::Measured(peer, quality) => {
                let transport = transport_of(peer);
                let quality = wires::quality(&quality);
                (self.wires.room(transport), ToRoom::Measured { transport, quality })
            }
        };
        let Some(room) = room else { return };
        if let Err(mpsc::error::TrySendError::Full(message)) = room.mailbox.try_send(message) {
            self.counts.hit(Bound::RoomMailbox);
            tokio::spawn(async move { room.send(message).await });
        }
    }

    /// Has every room tell its pages that the server goes down.
    pub(crate) async fn drain(&self) {
        join_all(self.list().iter().map(|room| room.send(ToRoom::Drain))).await;
    }

    /// Keeps a room; `false` when the disk refused, which is logged and counted.
    pub(super) async fn keep(&self, record: RoomRecord) -> bool {
        self.on_disk(move |store| store.save_room(&record)).await.is_some()
    }

    /// Keeps what was written, asked or answered in a room; `false` when the disk refused, which is logged and counted.
    pub(super) async fn keep_items(&self, room: Arc<str>, items: Vec<ItemRecord>) -> bool {
        self.on_disk(move |store| store.save_items(&room, &items)).await.is_some()
    }

    /// A room has ended: out of the list, and off the disk; `false` when the disk refused, and the room will be back after a restart.
    pub(super) async fn forget(self: Arc<Self>, id: &Arc<str>) -> bool {
        let _changing = self.changing.lock().await;
        self.open().remove(id);
        let id = id.clone();
        self.on_disk(move |store| store.delete_room(&id)).await.is_some()
    }

    /// The server has gone down: the next one may have the data directory at once, whatever task of this one still ends.
    pub(crate) fn release_data(&self) {
        self.store.release();
    }

    /// Asks the disk, or has it keep something; `None` when it refused, which is logged and counted.
    pub(crate) async fn on_disk<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Option<T> {
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || call(&store)).await {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(error)) => tracing::error!(%error, "the disk refused"),
            Err(error) => tracing::error!(%error, "bug: asking the disk panicked"),
        }
        self.counts.storage_failed();
        None
    }

    /// Every operation on the map is whole, so it is good even after a panic elsewhere.
    fn open(&self) -> MutexGuard<'_, HashMap<Arc<str>, RoomRef>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
