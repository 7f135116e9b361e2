//! Reading a browser's offer and writing the server's answer.
//!
//! The server always answers: the page offers its own senders and receive-only slots, once, and again only for more slots or an
//! ICE restart. All of it is pure: an offer and what the server is go in, a [`Session`] for the engine and the answer's text come
//! out.
//!
//! Invariants:
//! - no text makes it panic, and none beyond [`limits`] is read;
//! - an answer has the offer's m-lines in the offer's order, whatever became of each;
//! - nothing of the offer is repeated in the answer but what was understood: numbers, known names and single words.

mod codecs;
mod description;
mod error;
mod extensions;
mod layers;
mod lines;
mod negotiate;
mod session;
mod transport;
mod write;

pub mod answer;
pub mod fragment;
pub mod limits;
pub mod offer;
pub mod single;

pub use description::Direction;
pub use error::{AnswerError, FormError, OfferError};
pub use negotiate::{Local, Negotiated, SourceMids, negotiate};
pub use session::{
    Fingerprint, HeaderExtensions, IceCredentials, PayloadType, Session, SlotSsrc, SlotTrack, SourceTrack,
    Upstream,
};
pub use write::CNAME;
