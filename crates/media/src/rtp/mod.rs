//! RTP headers, read in place and written in place (RFC 3550, section 5; header extensions: RFC 8285), and RTCP read in place.
//!
//! Nothing here allocates or keeps state but [`SequenceExtender`]; nothing here trusts a length.

pub mod control;
mod header;
mod sequence;
mod write;

pub use header::{Extensions, Header};
pub use sequence::SequenceExtender;
pub use write::{Extension, Fields, MAX_HEADER, write_header};

/// Bytes of a header without contributing sources and extensions.
pub const FIXED_HEADER: usize = 12;

/// `defined by profile` of one-byte header extensions (RFC 8285, section 4.2).
const ONE_BYTE_PROFILE: u16 = 0xbede;

/// The same of two-byte header extensions, its last four bits left out (RFC 8285, section 4.3).
const TWO_BYTE_PROFILE: u16 = 0x1000;
