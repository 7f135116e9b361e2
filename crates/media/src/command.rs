//! What the control plane asks of an engine, and what an engine tells it.

use crate::engine::Quality;
use crate::sdp::Session;
use crate::{Mid, PeerId, PublicationId, Source};

/// Names one command that is acknowledged, so that the control plane can wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// To an engine. None is on the path of a packet.
#[derive(Debug)]
pub enum Command {
    /// A peer will come: what was negotiated with it. All its gates are closed.
    AddPeer { peer: PeerId, session: Box<Session> },
    /// The same peer connection offered again (more slots, or an ICE restart): replaces what was negotiated; gates, assignments
    /// and publications stay.
    UpdatePeer { peer: PeerId, session: Box<Session> },
    /// The peer is gone, its publications with it.
    RemovePeer { peer: PeerId },
    /// Opens or closes the gate of one source. Closing is answered by [`Event::Done`] when not one more packet of it can
    /// leave **this** engine. Sent to the home engine of the peer.
    SetGate { peer: PeerId, source: Source, open: bool, ticket: Ticket },
    /// To every other engine, after the home engine closed the gate: drop what is queued or kept of this publication. Answered by
    /// [`Event::Done`] when not one more packet of it can leave this engine.
    Withdraw { publication: PublicationId, ticket: Ticket },
    /// The peer says that nothing arrives although it should. Answered by [`Event::Stalled`] if the engine goes on sending to it.
    Doubt { peer: PeerId },
    /// What one slot of a viewer shows from now on; `None` empties it. Sent to the home engine of the viewer.
    Assign { peer: PeerId, slot: Mid, publication: Option<PublicationId> },
    /// Whether somebody is the active speaker of their room: then their picture goes before others' where not all fit. Sent to every engine.
    Speaker { peer: PeerId, speaks: bool },
    /// How tall the picture of one slot is shown to a viewer, in pixels: nothing larger is sent. 0: nobody sees it, and nothing is sent.
    Show { peer: PeerId, slot: Mid, height: u16 },
}

/// From an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// ICE and DTLS are done; media flows.
    Connected { peer: PeerId },
    /// What goes to the peer, or comes from it, does so no more: its address has changed, perhaps. An ICE restart finds out.
    Stalled { peer: PeerId },
    /// The peer is gone: it closed DTLS, stopped consenting (RFC 7675) or never completed the handshake. The engine has forgotten it.
    Lost { peer: PeerId, why: Loss },
    /// How loud the microphone of a peer is from now on: 1 (barely) to 127 while somebody speaks into it, 0 when they stopped. At most
    /// every [`TOLD_EVERY`](crate::publication::TOLD_EVERY), and nothing while they are silent or the gate is closed.
    Heard { peer: PeerId, loudness: u8 },
    /// How well media gets to a peer and from it is another now. Every few seconds at most, and never before it was anything but good.
    Quality { peer: PeerId, quality: Quality },
    /// The command with this ticket has taken effect.
    Done { ticket: Ticket },
    /// The way to a viewer does not carry even the least of what a slot shows, or does again.
    Paused { peer: PeerId, slot: Mid, paused: bool },
    /// The highest spatial layer of a publication that anybody wants; `None`: nobody wants any. A publisher need not send others.
    Wanted { publication: PublicationId, highest: Option<u8> },
}

/// Why a peer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// It never completed ICE and DTLS in time.
    NeverConnected,
    /// Its certificate is not the one its offer named, or DTLS failed otherwise.
    HandshakeFailed,
    /// No valid STUN check for the consent time.
    ConsentExpired,
    /// It said goodbye (DTLS close_notify).
    Closed,
}
