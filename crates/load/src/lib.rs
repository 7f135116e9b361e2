//! Synthetic participants: genuine clients of the server, without a browser.
//!
//! This crate owns what enters a room as a page does (token, WebSocket, offer, ICE, DTLS, SRTP) and sends or receives media that is
//! numbered, paced and marked: filling in every packet, the clip in the last one of each frame, says who sent it, as which one, and when.
//! End-to-end tests are written with it, and the load generator `proscenium-load` is made of it.
//!
//! What it never does: it decodes nothing and encodes nothing, and it judges by what arrived, never by what the server says of itself.
//!
//! Invariants:
//! - a marker is read from the decrypted payload, so that what it vouches for was really readable; packets counted by their header alone
//!   are those of a frame whose last one is opened;
//! - all stamps are of one clock, the machine's; arrival is stamped by the kernel, so that a slow generator blames nobody else;
//! - a participant off stage may go on sending, as a hostile page would: that nobody receives it is the server's doing alone.

mod api;
mod clip;
mod clock;
mod connection;
mod control;
mod error;
mod figures;
mod flow;
mod generator;
mod glance;
mod http_session;
mod janus;
mod marker;
mod metrics;
mod oracle;
mod participant;
mod peer;
mod plan;
mod process;
mod reactor;
mod receiving;
mod reception;
mod reel;
mod report;
mod rhythm;
mod sending;
mod stream;
mod timeline;
mod verdict;
mod webrtc_publisher;
mod wire;

pub mod chart;
pub mod html;
pub mod scenario;

pub use api::Api;
pub use clock::Micros;
pub use connection::Connection;
pub use control::{Control, Ended, PATIENCE, View};
pub use error::LoadError;
pub use figures::{Figures, histogram};
pub use flow::Flow;
pub use generator::GeneratorFigures;
pub use http_session::HttpSession;
pub use marker::{MARKER_BYTES, Marker, NO_FRAME, Tag};
pub use media::Identity;
pub use metrics::Metrics;
pub use oracle::{Absences, Leak};
pub use participant::{Entry, Participant};
pub use plan::{Camera, Layer, Pacing, Pictures, Plan, Sound};
pub use receiving::{JOURNAL_PACKETS, Opening, Received, Sighting, Tally};
pub use reception::Continuity;
pub use report::{Quantiles, Report, ServerFigures};
pub use sending::{Probe, Sent};
pub use timeline::Second;
pub use verdict::Verdict;
pub use webrtc_publisher::WebrtcPublisher;
