//! Numbers for `/metrics`: counted as they happen ([`Counts`]), or read when asked ([`process`]), written by [`Exposition`].

mod counts;
mod exposition;
mod process;
mod report;

pub(crate) use counts::{Bound, Counts, Turned};
pub(crate) const CONTENT_TYPE: &str = exposition::Exposition::CONTENT_TYPE;
pub(crate) use report::LastReport;
