//! How much session description is read at all.
//!
//! A page with 25 + 25 slots and every codec it has writes 162 KB; anything far beyond that is not a page. The counts are taken before the parser runs, so that a hostile text costs one pass over its bytes.

use super::error::FormError;

/// Bytes of one description.
pub const MAX_BYTES: usize = 256 * 1024;
/// Lines of one description.
pub const MAX_LINES: usize = 8192;
/// Bytes of one line; the longest that browsers write is the `a=group` of many m-lines.
pub const MAX_LINE_BYTES: usize = 4096;
/// m-lines of one description.
pub const MAX_SECTIONS: usize = 128;
/// Payload types in one m-line: RTP has no more numbers.
pub const MAX_FORMATS: usize = 128;
/// Header extensions in one m-line.
pub const MAX_EXTENSIONS: usize = 64;
/// Rids named in one m-line.
pub const MAX_RIDS: usize = 16;
/// Simulcast layers used, the lowest ones of those offered.
pub const MAX_LAYERS: usize = 3;
/// Digests of a certificate.
pub const MAX_FINGERPRINTS: usize = 8;
/// Addresses of the server, as a synthetic peer reads them.
pub const MAX_CANDIDATES: usize = 64;

/// Counts bytes and lines.
pub(super) fn check(text: &str) -> Result<(), FormError> {
    if text.len() > MAX_BYTES {
        return Err(FormError::TooLong { bytes: text.len(), limit: MAX_BYTES });
    }
    let mut lines = 0;
    for line in text.as_bytes().split(|byte| *byte == b'\n') {
        lines += 1;
        if lines > MAX_LINES {
            return Err(FormError::TooManyLines { limit: MAX_LINES });
        }
        if line.len() > MAX_LINE_BYTES {
            return Err(FormError::LineTooLong { line: lines, bytes: line.len(), limit: MAX_LINE_BYTES });
        }
    }
    Ok(())
}
