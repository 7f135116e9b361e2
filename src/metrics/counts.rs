//! What is counted while the server runs.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::rooms::Protocol;

/// A bound somebody ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// A frame longer than the protocol allows.
    MessageBytes,
    /// Frames faster than the protocol allows.
    MessageRate,
    /// Offers faster than a page needs them.
    OfferRate,
    /// Commands that everybody hears of, faster than people act.
    ChangeRate,
    /// No `hello` in time.
    Hello,
    /// Nothing heard from a page for too long.
    Silence,
    /// A page that read too slowly.
    SlowReader,
    /// People in a room.
    RoomParticipants,
    /// Sockets in a room.
    RoomSockets,
    /// Rooms of the server.
    Rooms,
    /// TCP connections.
    Connections,
    /// What a page sends on after the server's close.
    AfterClose,
    /// Length of a request's head.
    HeadBytes,
    /// Length of an API call's body.
    BodyBytes,
    /// Time of an API call.
    CallTime,
    /// Media events that found a room's mailbox full, and waited.
    RoomMailbox,
    /// A room that did not answer in time.
    RoomAnswer,
    /// Launches of learning platforms under way.
    LtiPending,
    /// Origins that platforms show this server under.
    PlatformOrigins,
    /// Links of a room.
    RoomLinks,
    /// Guests that come by links, too many at once.
    RedemptionRate,
    /// Sign-ins under way.
    SignIns,
    /// People who are signed in.
    Sessions,
    /// Rooms of one person who signed in.
    OwnedRooms,
}

impl Bound {
    const ALL: [Bound; 24] = [
        Bound::MessageBytes,
        Bound::MessageRate,
        Bound::OfferRate,
        Bound::ChangeRate,
        Bound::Hello,
        Bound::Silence,
        Bound::SlowReader,
        Bound::RoomParticipants,
        Bound::RoomSockets,
        Bound::Rooms,
        Bound::Connections,
        Bound::AfterClose,
        Bound::HeadBytes,
        Bound::BodyBytes,
        Bound::CallTime,
        Bound::RoomMailbox,
        Bound::RoomAnswer,
        Bound::LtiPending,
        Bound::PlatformOrigins,
        Bound::RoomLinks,
        Bound::RedemptionRate,
        Bound::SignIns,
        Bound::Sessions,
        Bound::OwnedRooms,
    ];

    const fn label(self) -> &'static str {
        match self {
            Bound::MessageBytes => "message_bytes",
            Bound::MessageRate => "message_rate",
            Bound::OfferRate => "offer_rate",
            Bound::ChangeRate => "change_rate",
            Bound::Hello => "hello",
            Bound::Silence => "silence",
            Bound::SlowReader => "slow_reader",
            Bound::RoomParticipants => "room_participants",
            Bound::RoomSockets => "room_sockets",
            Bound::Rooms => "rooms",
            Bound::Connections => "connections",
            Bound::AfterClose => "after_close",
            Bound::HeadBytes => "head_bytes",
            Bound::BodyBytes => "body_bytes",
            Bound::CallTime => "call_time",
            Bound::RoomMailbox => "room_mailbox",
            Bound::RoomAnswer => "room_answer",
            Bound::LtiPending => "lti_pending",
            Bound::PlatformOrigins => "platform_origins",
            Bound::RoomLinks => "room_links",
            Bound::RedemptionRate => "redemption_rate",
            Bound::SignIns => "sign_ins",
            Bound::Sessions => "sessions",
            Bound::OwnedRooms => "owned_rooms",
        }
    }
}

/// Why a client of WHIP or WHEP was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turned {
    /// It has no good token.
    Token,
    /// Its offer, or what came instead of one, cannot be used.
    Offer,
    /// The stage says no.
    Stage,
    /// There is no such room, no place in it, or not the person it asks for.
    Room,
}

impl Turned {
    const ALL: [Turned; 4] = [Turned::Token, Turned::Offer, Turned::Stage, Turned::Room];

    const fn label(self) -> &'static str {
        match self {
            Turned::Token => "token",
            Turned::Offer => "offer",
            Turned::Stage => "stage",
            Turned::Room => "room",
        }
    }
}

/// Counters and gauges of the control plane.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    bounds: [AtomicU64; Bound::ALL.len()],
    /// Clients of WHIP and of WHEP that were not let in.
    turned: [[AtomicU64; Turned::ALL.len()]; Protocol::ALL.len()],
    /// Gates that were not closed in time on every thread: a bug, each one.
    gate_timeouts: AtomicU64,
    /// Rooms that could not be saved.
    storage_failures: AtomicU64,
    /// Launches and calls of learning platforms: refused, accepted.
    launches: [AtomicU64; 2],
    /// Sockets open now.
    sockets: AtomicU64,
}

impl Counts {
    pub(crate) fn hit(&self, bound: Bound) {
        self.bounds[bound as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn bounds(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        Bound::ALL.iter().map(|bound| (bound.label(), self.bounds[*bound as usize].load(Ordering::Relaxed)))
    }

    pub(crate) fn turned_away(&self, protocol: Protocol, why: Turned) {
        self.turned[protocol as usize][why as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Clients that were not let in, by protocol and reason.
    pub(crate) fn turned(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> + '_ {
        Protocol::ALL.into_iter().flat_map(move |protocol| {
            let count =
                move |why: Turned| self.turned[protocol as usize][why as usize].load(Ordering::Relaxed);
            Turned::ALL.into_iter().map(move |why| (protocol.name(), why.label(), count(why)))
        })
    }

    pub(crate) fn launched(&self, accepted: bool) {
        self.launches[usize::from(accepted)].fetch_add(1, Ordering::Relaxed);
    }

    /// Those that were refused, and those that were not.
    pub(crate) fn launches(&self) -> [u64; 2] {
        [0, 1].map(|at: usize| self.launches[at].load(Ordering::Relaxed))
    }

    pub(crate) fn gate_timed_out(&self) {
        self.gate_timeouts.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn gate_timeouts(&self) -> u64 {
        self.gate_timeouts.load(Ordering::Relaxed)
    }

    pub(crate) fn storage_failed(&self) {
        self.storage_failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn storage_failures(&self) -> u64 {
        self.storage_failures.load(Ordering::Relaxed)
    }

    /// Counts a socket for as long as the guard lives.
    pub(crate) fn socket(&self) -> OpenSocket<'_> {
        self.sockets.fetch_add(1, Ordering::Relaxed);
        OpenSocket(self)
    }

    pub(crate) fn sockets(&self) -> u64 {
        self.sockets.load(Ordering::Relaxed)
    }
}

/// A socket that is open.
#[derive(Debug)]
pub(crate) struct OpenSocket<'a>(&'a Counts);

impl Drop for OpenSocket<'_> {
    fn drop(&mut self) {
        self.0.sockets.fetch_sub(1, Ordering::Relaxed);
    }
}
