//! Datagrams in, datagrams out, for one media thread.
//!
//! This crate owns the media engine: ICE-lite, DTLS, SRTP and SRTCP, the **gate**, publications, subscriptions and their
//! forwarders, retransmission, keyframe requests, reports and transport-wide feedback. It is sans-I/O: time and bytes are
//! arguments, and what is to be sent lies in an [`Outbox`] afterwards.
//!
//! What it never does: it opens no socket, reads no clock, spawns nothing, and knows neither roles nor stages. It cannot let
//! anybody in by itself: every gate is closed until a [`Command::SetGate`] opens it.
//!
//! Invariants:
//! - no packet leaves a publication whose gate is closed, not even from its retransmission ring;
//! - datagrams are routed only by addresses proven by a STUN message with valid integrity;
//! - a viewer's stream is continuous: sequence, time stamp and picture id step without a hole of the server's own making;
//! - forwarding a packet allocates nothing, locks nothing, awaits nothing and logs nothing;
//! - a peer's bad input costs that peer's packet or session, never another's.

mod command;
mod dtls;
mod gate;
mod identity;
mod ids;
mod outbox;
mod packet;
mod pool;

pub mod codec;
pub mod congestion;
pub mod engine;
pub mod forwarder;
pub mod ice;
pub mod path;
pub mod publication;
pub mod relay;
pub mod rtp;
pub mod sdp;
pub mod srtp;
pub mod stun;
#[cfg(feature = "synthetic")]
pub mod synthetic;
pub mod transport;
pub mod twcc;

pub use command::{Command, Event, Loss, Ticket};
pub use engine::{Counters, Engine, FRAME_PATIENCE, Level, Quality};
pub use gate::{Admitted, Gate};
pub use identity::{Identity, IdentityError};
pub use ids::{Kind, Mid, PeerId, PublicationId, Source, WorkerId};
pub use outbox::{MAX_DATAGRAM, MAX_SENT, MAX_TRAIN_BYTES, MAX_TRAIN_SEGMENTS, Outbox, Train};
pub use packet::{Facts, MAX_PAYLOAD, Packet};
pub use pool::{AUDIO_REPLICA, AUDIO_RING, MAX_LAYERS, MAX_SPARES, Replica, Ring, VIDEO_REPLICA, VIDEO_RING};
pub use transport::{Received, Transport, TransportEvent};
