//! Transport-wide feedback: the receiver of media tells its sender when each packet arrived, whatever its stream
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01).
//!
//! The server is on both sides of it. [`TransportFeedback`] notes what publishers send and writes what they are told; [`Feedback`] reads what
//! viewers say of what they were sent.

mod read;
mod record;
mod write;

pub use read::{Feedback, Status, Statuses};
pub use record::{FEEDBACK_INTERVAL, TransportFeedback};
pub use write::TICK_MICROS;
