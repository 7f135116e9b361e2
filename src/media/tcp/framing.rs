//! Datagrams in a stream of bytes (RFC 4571, section 2): each behind its length in two bytes.

use std::ops::Range;

use media::MAX_DATAGRAM;

/// Bytes of a length.
pub(super) const LENGTH: usize = 2;
/// The longest frame: a datagram of [`MAX_DATAGRAM`] bytes and its length.
pub(super) const MAX_FRAME: usize = LENGTH + MAX_DATAGRAM;

/// What a run of bytes begins with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A whole datagram, and where it lies.
    Whole(Range<usize>),
    /// The beginning of one; shorter than [`MAX_FRAME`].
    Part,
    /// A datagram longer than any that is taken: what follows cannot be made sense of without reading it all.
    TooLong,
}

/// Looks at the frame at the start of `bytes`.
pub(super) fn first(bytes: &[u8]) -> Frame {
    let Some((length, rest)) = bytes.split_first_chunk::<LENGTH>() else { return Frame::Part };
    let length = usize::from(u16::from_be_bytes(*length));
    if length > MAX_DATAGRAM {
        Frame::TooLong
    } else if rest.len() < length {
        Frame::Part
    } else {
        Frame::Whole(LENGTH..LENGTH + length)
    }
}

/// Adds a datagram's frame. Longer ones than [`MAX_DATAGRAM`] are never made.
pub(super) fn append(frames: &mut Vec<u8>, datagram: &[u8]) {
    let length = u16::try_from(datagram.len()).unwrap_or(u16::MAX);
    frames.extend_from_slice(&length.to_be_bytes());
    frames.extend_from_slice(&datagram[..usize::from(length)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_at_whatever_byte_it_is_cut() {
        let datagrams = [vec![1; 1], vec![2; MAX_DATAGRAM], vec![], vec![3; 300]];
        let mut bytes = Vec::new();
        datagrams.iter().for_each(|datagram| append(&mut bytes, datagram));
        let mut at = 0;
        for datagram in &datagrams {
            let frame = LENGTH + datagram.len();
            for cut in 0..frame {
                assert_eq!(first(&bytes[at..at + cut]), Frame::Part);
            }
            assert_eq!(first(&bytes[at..]), Frame::Whole(LENGTH..frame));
            assert_eq!(bytes[at + LENGTH..at + frame], datagram[..]);
            at += frame;
        }
        assert_eq!(first(&bytes[at..]), Frame::Part, "nothing is left");
    }

    #[test]
    fn a_length_beyond_the_longest_datagram_is_refused_before_its_bytes_come() {
        let length = |length: usize| (length as u16).to_be_bytes();
        assert_eq!(first(&length(MAX_DATAGRAM)), Frame::Part);
        assert_eq!(first(&length(MAX_DATAGRAM + 1)), Frame::TooLong);
        assert_eq!(first(&length(0xffff)), Frame::TooLong);
    }
}
