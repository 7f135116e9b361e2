//! How much of what is on stage one viewer can be sent.
//!
//! Every packet to a viewer who gives transport-wide feedback carries a number and is noted ([`History`]). Feedback joins what left with what
//! arrived; the [`Estimator`] makes a bit rate of that, the [`Prober`] finds out whether more would come through, the allocator
//! ([`allocate`]) makes layers of the bit rate, and the [`Pacer`] spreads what a narrow way cannot take at once. All of it is pure: time and
//! feedback are arguments.

mod allocator;
mod estimator;
mod history;
mod loss;
mod pacer;
mod probe;
mod protection;
mod queue;

pub use allocator::{MAX_TEMPORAL, ROOM_TO_RISE, Rank, Step, Totals, Wish, allocate};
pub use estimator::{Estimator, INITIAL_BITRATE, MAX_BITRATE, MIN_BITRATE, NARROW_FOR};
pub use history::{History, MAX_HISTORY, Outcome};
pub use loss::CONSIDERABLE;
pub use pacer::{MAX_PACED, Paced, Pacer};
pub use probe::{Finding, LONGEST_PAUSE, PROBE_SPAN, Prober};
pub use protection::Protection;
pub use queue::STANDING_QUEUE;
