//! What this engine knows of a publication that somebody watches: who watches it here, which other threads have viewers of it, and
//! what waits to be fanned out.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;
use std::time::Instant;

use super::allocation::UNWANTED_FOR;
use super::fanout::FRAME_PATIENCE;
use super::roster::Mixer;
use crate::forwarder::{CaptureClock, Layers};
use crate::{Kind, MAX_LAYERS, Packet, PublicationId, Replica, WorkerId};

/// Packets of one publication that may wait for a fan-out. A batch of datagrams holds a few dozen of all publications.
pub const MAX_PENDING: usize = 4_096;

/// Packets of sound kept at hand: those that redundancy reaches back to, and those of a batch.
const RECENT: usize = 8;

fn place(sequence: u64) -> usize {
    (sequence % RECENT as u64) as usize
}

/// One slot of one viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subscriber {
    /// Index of the peer.
    pub(super) peer: u32,
    /// Index of the slot among the peer's.
    pub(super) slot: u16,
}

/// Where a publication's packets come from and where they are kept.
#[derive(Debug)]
pub(super) enum Origin {
    /// From a peer of this engine, which keeps them itself; `remotes` get them too.
    Home { remotes: Vec<WorkerId> },
    /// From another thread.
    Remote {
        replica: Replica,
        /// Until this answer comes, whatever comes was sent before the last withdrawal, or before the subscription.
        awaiting: Option<u64>,
    },
}

/// A packet to be fanned out.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) packet: Arc<Packet>,
    /// Bytes that make it as long as its frame's longest, where they are few.
    pub(super) padding: u8,
}

/// What became of a packet given to a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is the first since the last fan-out.
    First,
    /// It waits with others, or nobody here watches.
    Waits,
    /// There are [`MAX_PENDING`] already.
    Full,
}

/// One publication.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) publication: PublicationId,
    pub(super) origin: Origin,
    pub(super) subscribers: Vec<Subscriber>,
    pub(super) layers: Layers,
    pub(super) pending: Vec<Pending>,
    /// The last packets of sound, by their numbers, for viewers whose network loses some.
    recent: [Option<Arc<Packet>>; RECENT],
    /// What is pending is being fanned out.
    pub(super) fanning: bool,
    /// When a keyframe of each layer was asked for that has not come yet.
    pub(super) keyframe_asked: [Option<Instant>; MAX_LAYERS],
    /// What viewers of other threads want of its layers.
    elsewhere: Vec<(WorkerId, Option<u8>)>,
    /// The highest layer wanted, as last told to its publisher or home, and since when less is.
    wanted: Option<Option<u8>>,
    less_since: Option<Instant>,
}

impl Feed {
    fn new(publication: PublicationId, origin: Origin) -> Self {
        Feed {
            publication,
            origin,
            subscribers: Vec::new(),
            layers: Layers::default(),
            pending: Vec::new(),
            recent: Default::default(),
            fanning: false,
            keyframe_asked: [None; MAX_LAYERS],
            elsewhere: Vec::new(),
            wanted: None,
            less_since: None,
        }
    }

    /// Takes a packet that may be forwarded.
    pub(super) fn take(&mut self, packet: Arc<Packet>) -> Taken {
        self.layers.take(&packet);
        if packet.keyframe_start
            && let Some(asked) = self.keyframe_asked.get_mut(usize::from(packet.layer))
        {
            *asked = None;
        }
        if self.subscribers.is_empty() {
            return Taken::Waits;
        }
        if packet.codec.kind() == Kind::Audio {
            self.recent[place(packet.sequence)] = Some(Arc::clone(&packet));
        }
        if self.pending.len() >= MAX_PENDING {
            return Taken::Full;
        }
        self.pending.push(Pending { packet, padding: 0 });
        if self.pending.len() == 1 { Taken::First } else { Taken::Waits }
    }

    /// A packet of sound that came not long ago.
    pub(super) fn recent(&self, sequence: u64) -> Option<&Packet> {
        self.recent[place(sequence)].as_deref().filter(|packet| packet.sequence == sequence)
    }

    /// Until when the rest of the picture under way may be waited for; `None` when none is under way.
    pub(super) fn waits_until(&self) -> Option<Instant> {
        let (first, last) = (self.pending.first()?, self.pending.last()?);
        let picture = last.packet.codec.kind() == Kind::Video;
        (picture && !last.packet.marker).then(|| first.packet.arrived + FRAME_PATIENCE)
    }

    /// Forgets all media of it.
    pub(super) fn wipe(&mut self) {
        self.pending.clear();
        self.recent = Default::default();
        self.layers.clear();
        self.keyframe_asked = [None; MAX_LAYERS];
        if let Origin::Remote { replica, .. } = &mut self.origin {
            replica.wipe();
        }
    }

    /// Whether nobody watches it any more.
    pub(super) fn is_idle(&self) -> bool {
        let elsewhere = matches!(&self.origin, Origin::Home { remotes } if !remotes.is_empty());
        self.subscribers.is_empty() && !elsewhere
    }

    /// What viewers of another thread want.
    pub(super) fn note_remote(&mut self, worker: WorkerId, highest: Option<u8>) {
        self.elsewhere.retain(|(known, _)| *known != worker);
        self.elsewhere.push((worker, highest));
    }

    /// Another thread has no viewers left.
    pub(super) fn forget_remote(&mut self, worker: WorkerId) {
        self.elsewhere.retain(|(known, _)| *known != worker);
    }

    pub(super) fn wanted_elsewhere(&self) -> impl Iterator<Item = u8> {
        self.elsewhere.iter().filter_map(|(_, highest)| *highest)
    }

    /// The highest layer wanted now; whether that is to be told. Where less is wanted than before, home waits; elsewhere it is home's to wait.
    pub(super) fn want(&mut self, now: Instant, highest: Option<u8>) -> bool {
        let more = self.wanted.is_none_or(|told| highest > told);
        if self.wanted == Some(highest) {
            self.less_since = None;
            return false;
        }
        if !more && matches!(self.origin, Origin::Home { .. }) {
            let since = *self.less_since.get_or_insert(now);
            if now.saturating_duration_since(since) < UNWANTED_FOR {
                return false;
            }
        }
        self.less_since = None;
        self.wanted = Some(highest);
        true
    }

    pub(super) fn set_clock(&mut self, layer: u8, clock: CaptureClock) {
        self.layers.set_clock(layer, clock);
    }
}

/// The feeds of one engine.
#[derive(Debug, Default)]
pub(super) struct Feeds {
    places: Vec<Option<Feed>>,
    free: Vec<u32>,
    by_publication: HashMap<PublicationId, u32, BuildHasherDefault<Mixer>>,
}

impl Feeds {
    pub(super) fn get(&self, index: u32) -> Option<&Feed> {
        self.places.get(index as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut Feed> {
        self.places.get_mut(index as usize)?.as_mut()
    }

    /// Whether anybody watches anything.
    pub(super) fn any(&self) -> bool {
        !self.by_publication.is_empty()
    }

    /// One above the highest index in use.
    pub(super) fn places(&self) -> u32 {
        self.places.len() as u32
    }

    pub(super) fn find(&self, publication: PublicationId) -> Option<u32> {
        self.by_publication.get(&publication).copied()
    }

    /// Adds one that is not there yet.
    pub(super) fn insert(&mut self, publication: PublicationId, origin: Origin) -> u32 {
        let feed = Feed::new(publication, origin);
        let index = match self.free.pop() {
            Some(index) => {
                self.places[index as usize] = Some(feed);
                index
            }
            None => {
                self.places.push(Some(feed));
                (self.places.len() - 1) as u32
            }
        };
        self.by_publication.insert(publication, index);
        index
    }

    pub(super) fn remove(&mut self, index: u32) -> Option<Feed> {
        let feed = self.places.get_mut(index as usize)?.take()?;
        self.by_publication.remove(&feed.publication);
        self.free.push(index);
        Some(feed)
    }
}
