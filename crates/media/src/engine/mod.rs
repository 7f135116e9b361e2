//! The engine of one media thread: owns its peers, takes datagrams, commands and other engines' messages, and leaves what is to be
//! sent in its outbox.
//!
//! # The shell's loop
//!
//! ```text
//! loop {
//!     wait for the socket, a queue or next_timeout
//!     for each message of the relay queues   engine.relayed(now, from, message)
//!     for each command                       engine.command(now, command)
//!     for each datagram of the batch         engine.put_aside(from, bytes) || engine.datagram(now, from, bytes)
//!     engine.poll(now)                       cheap when nothing is due
//!     loop {
//!         let more = engine.flush(now)
//!         send engine.outbox(), then engine.outbox_mut().clear()
//!         if !more { break }
//!     }
//!     engine.handshakes(now)                 then flush and send as above; do not wait while it says that more are there
//!     engine.relay_out().drain(…), engine.events() to the control plane, engine.counters() now and then
//! }
//! ```
//!
//! Packets that a batch brings are collected, and [`Engine::flush`] writes them viewer by viewer, so that what goes to one address lies
//! together and leaves as trains. The order within a turn is free: [`Engine::events`] withholds what it has while the outbox holds
//! anything, so that an acknowledged closing of a gate means that the kernel has had every last datagram.

mod allocation;
mod aside;
mod commands;
mod counters;
mod deadlines;
mod downlink;
mod fanout;
mod feed;
mod feedback;
mod inbound;
mod peer;
mod pulse;
mod quality;
mod relaying;
mod reports;
mod roster;
mod subscriptions;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::relay::Outbound;
use crate::{Event, Identity, Outbox, PeerId, WorkerId};

pub use allocation::{MAX_SPEAKERS, UNWANTED_FOR};
pub use aside::{HANDSHAKES_A_TURN, MAX_ASIDE, MAX_ASIDE_OF_ONE};
pub use commands::MAX_SUBSCRIBERS;
pub use counters::{Counters, Dropped};
pub use downlink::{MAX_STATUSES_TOLD, REVIEW_INTERVAL};
pub use fanout::{FRAME_PATIENCE, OUTBOX_ENOUGH};
pub use feed::MAX_PENDING;
pub use feedback::{LEAST_RESEND_SPACING, MAX_NACKED};
pub use peer::{MAX_SLOTS, MAX_UNPROVEN_CHECKS};
pub use pulse::{DOUBT, LONGEST_STALL_PAUSE, MOVED, STALL, STALL_PAUSE, STALL_WITH_STRAYS};
pub use quality::{Level, QUALITY_INTERVAL, QUALITY_TOLD_AGAIN, Quality};
pub use reports::REPORT_INTERVAL;
pub use roster::MAX_PEERS;
pub use subscriptions::KEYFRAME_PATIENCE;

use aside::Aside;
use deadlines::Deadlines;
use fanout::Fanout;
use feed::Feeds;
use roster::Roster;

/// After a peer was looked at, it is not looked at again before this has gone by, whatever it says of its deadlines: a bug there must
/// not stop the thread.
const LEAST_PAUSE: Duration = Duration::from_millis(1);

/// One media thread's engine. Sans-I/O: see the module's description for the order of calls.
pub struct Engine {
    worker: WorkerId,
    identity: Identity,
    /// Where this engine's NTP clock starts: all its sender reports use one.
    epoch: Instant,
    roster: Roster,
    feeds: Feeds,
    fanout: Fanout,
    deadlines: Deadlines,
    aside: Aside,
    outbox: Outbox,
    relay: Outbound,
    events: Vec<Event>,
    counters: Counters,
    next_token: u64,
    allocation: allocation::Scratch,
    told: downlink::Told,
    found: Vec<std::sync::Arc<crate::Packet>>,
    /// Active speakers of rooms.
    speakers: Vec<PeerId>,
    /// When what is wanted of layers is looked at again.
    layers_due: Instant,
    /// When peers are looked at again.
    quality_due: Instant,
}

impl Engine {
    /// An engine without peers. `worker` must be the number under which other engines and [`PeerId`]s know this thread.
    pub fn new(worker: WorkerId, identity: Identity, now: Instant) -> Self {
        Engine {
            worker,
            identity,
            epoch: now,
            roster: Roster::default(),
            feeds: Feeds::default(),
            fanout: Fanout::default(),
            deadlines: Deadlines::default(),
            aside: Aside::new(),
            outbox: Outbox::new(),
            relay: Outbound::default(),
            events: Vec::new(),
            counters: Counters::default(),
            next_token: 0,
            allocation: allocation::Scratch::default(),
            told: downlink::Told::default(),
            found: Vec::new(),
            speakers: Vec::new(),
            layers_due: now,
            quality_due: now,
        }
    }

    /// When [`Engine::poll`] is needed next, unless something else happens before; may lie in the past.
    pub fn next_timeout(&self) -> Option<Instant> {
        let layers = self.feeds.any().then_some(self.layers_due);
        earlier(earlier(self.deadlines.next(), self.fanout.held_until()), layers)
    }

    /// Does what time demands: checks, retransmitted handshakes, feedback, reports, consent that ended. Costs nothing while nothing
    /// is due, and looks at the peers whose time has come alone.
    pub fn poll(&mut self, now: Instant) {
        self.review_all_layers(now);
        self.review_quality(now);
        while let Some((at, index, serial)) = self.deadlines.due(now) {
            let Some(peer) = self.roster.get_mut(index).filter(|peer| peer.id.serial == serial) else {
                continue;
            };
            if peer.woken(at) {
                peer.poll(now, &mut self.outbox);
                self.tick(now, index);
                self.report_to(now, index);
                self.feel_pulse(now, index);
                self.settle(now, index, now + LEAST_PAUSE);
            }
        }
    }

    /// What is to be sent.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// The same, to be cleared once it was sent.
    pub fn outbox_mut(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    /// What other engines are to be told.
    pub fn relay_out(&mut self) -> &mut Outbound {
        &mut self.relay
    }

    /// What happened since the last call; nothing as long as the outbox holds anything or [`Engine::flush`] has more.
    pub fn events(&mut self) -> std::vec::Drain<'_, Event> {
        let ready = if self.outbox.is_empty() && self.fanout.is_idle() { self.events.len() } else { 0 };
        self.events.drain(..ready)
    }

    /// Totals so far. Looks at every peer: for metrics, not for every turn.
    pub fn counters(&self) -> Counters {
        let mut counters = self.counters;
        for peer in self.roster.peers() {
            counters.add_peer(peer);
        }
        counters.dropped.relay_full = self.relay.dropped();
        counters
    }

    /// How many peers it has.
    pub fn peers(&self) -> usize {
        self.roster.len()
    }

    /// Whether it has this peer.
    pub fn has(&self, peer: PeerId) -> bool {
        self.roster.find(peer).is_some()
    }

    /// Whether a valid check came over this path and its peer is still here.
    pub fn knows(&self, path: SocketAddr) -> bool {
        self.roster.at_address(path).is_some()
    }

    /// A path is closed for good, as only one of TCP can be: its peer is sent to elsewhere, as soon as it has proven another. It is not lost by
    /// that, and its consent counts on.
    pub fn path_closed(&mut self, now: Instant, path: SocketAddr) {
        let Some(index) = self.roster.at_address(path) else { return };
        if let Some(peer) = self.roster.get_mut(index) {
            peer.transport.path_closed(path);
        }
        self.settle(now, index, now);
    }

    /// A number never used before by this engine.
    fn token(&mut self) -> u64 {
        self.next_token += 1;
        self.next_token
    }

    /// After anything that may have changed what a peer is or when it needs attention: tells of it, and sets its alarm.
    fn settle(&mut self, now: Instant, index: u32, not_before: Instant) {
        while let Some(event) = self.roster.get_mut(index).and_then(|peer| peer.take_event()) {
            self.transport_changed(now, index, event);
        }
        let Some(peer) = self.roster.get_mut(index) else { return };
        if let Some(loudness) = peer.upstreams.take_loudness() {
            self.events.push(Event::Heard { peer: peer.id, loudness });
        }
        if let Some(at) = peer.next_alarm(not_before) {
            self.deadlines.set(at, index, peer.id.serial);
        }
    }
}

/// The earlier of two moments that may not be set.
fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// A span to wait at least between two of the same kind.
fn passed(since: Option<Instant>, now: Instant, span: Duration) -> bool {
    since.is_none_or(|since| now.saturating_duration_since(since) >= span)
}
