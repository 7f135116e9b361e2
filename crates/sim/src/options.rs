//! How a world is run, and what it says in the end.

use std::fmt;
use std::time::Instant;

use media::Identity;

/// What a world is made with.
#[derive(Clone)]
pub struct Options {
    /// Any moment: virtual time is counted from it.
    pub start: Instant,
    /// The certificate of the server and of all clients; making one takes a while.
    pub identity: Identity,
    /// What the executor does wrong.
    pub fault: Fault,
    /// Whether a failure comes with all that led to it.
    pub story: bool,
}

/// A wrong executor, to show that an oracle sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// None: what the oracles say is about `room` and `media`.
    None,
    /// A gate that was opened stays open.
    KeepsGates,
    /// Goes on before the home engine acknowledged.
    AwaitsNothing,
    /// Closes the gate at home, and tells no other engine.
    ForgetsOtherEngines,
    /// Now and then a packet vanishes between an engine and the wire.
    SwallowsPackets,
    /// Now and then a slot is not filled.
    ForgetsSlots,
    /// Now and then a page misses a change.
    LosesChanges,
}

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oracle {
    /// Nothing of anyone not on stage reaches anyone.
    Leak,
    /// Viewers' streams are continuous.
    Stream,
    /// Everyone on stage is received.
    Arrival,
    /// Pages know the room.
    Page,
    /// Seats are kept.
    Seats,
    /// The simulation itself works.
    World,
}

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Who noticed.
    pub oracle: Oracle,
    /// Virtual time in milliseconds.
    pub at_ms: u64,
    /// What was wrong.
    pub detail: String,
    /// What happened before, if [`Options::story`] asked for it: one line each.
    pub story: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {} ms: {}", self.oracle, self.at_ms, self.detail)
    }
}

/// How much happened in a world, so that a test can tell that it did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Frames of pictures and packets of sound sent by publishers.
    pub sent: u64,
    /// Packets that viewers decrypted, retransmissions included.
    pub seen: u64,
    /// Of these, retransmissions.
    pub repaired: u64,
    /// Packets that a closed gate dropped.
    pub gated: u64,
    /// Closings of gates that were awaited.
    pub closings: u64,
    /// Packets that crossed from one engine to another.
    pub relayed: u64,
    /// Holes in viewers' streams, all explained.
    pub holes: u64,
    /// Commands and calls that were done, and refused.
    pub done: u64,
    /// Refused ones.
    pub refused: u64,
    /// Sockets that took an earlier session up again, media included.
    pub resumed: u64,
    /// Peer connections made.
    pub connections: u64,
    /// Publications that viewers were seen to receive in the end.
    pub received: u64,
    /// A hash of what was seen, to tell whether two runs are the same.
    pub story: u64,
}

impl Summary {
    /// Adds up what happened in two worlds.
    pub fn add(&mut self, other: &Summary) {
        self.sent += other.sent;
        self.seen += other.seen;
        self.repaired += other.repaired;
        self.gated += other.gated;
        self.closings += other.closings;
        self.relayed += other.relayed;
        self.holes += other.holes;
        self.done += other.done;
        self.refused += other.refused;
        self.resumed += other.resumed;
        self.connections += other.connections;
        self.received += other.received;
        self.story = self.story.rotate_left(1) ^ other.story;
    }

    /// Every count by its name.
    pub fn counts(&self) -> [(&'static str, u64); 12] {
        [
            ("sent", self.sent),
            ("seen", self.seen),
            ("repaired", self.repaired),
            ("gated", self.gated),
            ("closings", self.closings),
            ("relayed", self.relayed),
            ("holes", self.holes),
            ("done", self.done),
            ("refused", self.refused),
            ("resumed", self.resumed),
            ("connections", self.connections),
            ("received", self.received),
        ]
    }
}
