//! Redundant sound (RFC 2198): each packet carries the frames before it as well, so that a lost one is there again 20 ms later, without
//! anybody asking.
//!
//! It is a matter of one link: what a publisher's network made necessary is taken apart at the gate, and what a viewer's does is put together
//! for that viewer alone. Everything between knows plain Opus.

/// Frames before its own that a packet is given at most. Three survive a loss of 30 % but for one frame in a hundred.
pub const MAX_REDUNDANCY: usize = 3;

/// Bytes of the header of a frame that is not the packet's own.
const HEADER: usize = 4;

/// Bytes of all headers of a packet of most redundancy.
pub const LONGEST_HEADERS: usize = HEADER * MAX_REDUNDANCY + 1;

/// First bit of a header: another follows.
const FOLLOWS: u8 = 0x80;

/// How far back a header can say that a frame lies, in ticks of 1/48000 s: 14 bits.
const MAX_OFFSET: u32 = (1 << 14) - 1;

/// How long it can say that a frame is: 10 bits.
const MAX_LENGTH: usize = (1 << 10) - 1;

/// One frame of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// How much earlier than the packet's own it was made, in ticks.
    pub offset: u32,
    /// The frame.
    pub payload: &'a [u8],
}

/// A packet taken apart: the frames before its own, oldest first, and its own.
#[derive(Clone, Copy, Debug)]
pub struct Blocks<'a> {
    headers: &'a [u8],
    frames: &'a [u8],
    own: &'a [u8],
}

impl<'a> Blocks<'a> {
    /// Takes a payload apart; `None` when it contradicts itself.
    pub fn parse(payload: &'a [u8]) -> Option<Blocks<'a>> {
        let (mut at, mut length) = (0, 0);
        while payload.get(at)? & FOLLOWS != 0 {
            let header: &[u8; HEADER] = payload.get(at..)?.first_chunk()?;
            length += block_length(*header);
            at += HEADER;
        }
        let (headers, rest) = payload.split_at_checked(at)?;
        let (frames, own) = rest.get(1..)?.split_at_checked(length)?;
        Some(Blocks { headers, frames, own })
    }

    /// The packet's own frame.
    pub fn own(&self) -> &'a [u8] {
        self.own
    }

    /// How many others there are.
    pub fn redundancy(&self) -> usize {
        self.headers.len() / HEADER
    }
}

/// The frames before the packet's own, oldest first.
impl<'a> Iterator for Blocks<'a> {
    type Item = Block<'a>;

    fn next(&mut self) -> Option<Block<'a>> {
        let (header, headers) = self.headers.split_first_chunk()?;
        let (payload, frames) = self.frames.split_at_checked(block_length(*header))?;
        (self.headers, self.frames) = (headers, frames);
        let offset = u32::from(header[1]) << 6 | u32::from(header[2] >> 2);
        Some(Block { offset, payload })
    }
}

fn block_length(header: [u8; HEADER]) -> usize {
    usize::from(header[2] & 3) << 8 | usize::from(header[3])
}

/// Puts a packet together: `before` are the frames before its own, oldest first, all of payload type `number`. The length; `None` where
/// `space` is too small, or a frame is too long or too old to be told of.
pub fn write(number: u8, before: &[Block<'_>], own: &[u8], space: &mut [u8]) -> Option<usize> {
    let mut at = 0;
    for block in before {
        if block.offset > MAX_OFFSET || block.payload.len() > MAX_LENGTH {
            return None;
        }
        let length = block.payload.len() as u16;
        let header = [
            FOLLOWS | number,
            (block.offset >> 6) as u8,
            ((block.offset << 2) as u8) | (length >> 8) as u8,
            length as u8,
        ];
        space.get_mut(at..at + HEADER)?.copy_from_slice(&header);
        at += HEADER;
    }
    *space.get_mut(at)? = number & !FOLLOWS;
    at += 1;
    for frame in before.iter().map(|block| block.payload).chain([own]) {
        space.get_mut(at..at + frame.len())?.copy_from_slice(frame);
        at += frame.len();
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_chromium_sends() {
        // One frame before: 960 ticks, 3 bytes; then the packet's own.
        let payload = [0xef, 0x0f, 0x00, 0x03, 0x6f, 1, 2, 3, 9, 8];
        let mut blocks = Blocks::parse(&payload).unwrap();
        assert_eq!((blocks.own(), blocks.redundancy()), (&[9, 8][..], 1));
        assert_eq!(blocks.next(), Some(Block { offset: 960, payload: &[1, 2, 3] }));
        assert_eq!(blocks.next(), None);
    }

    #[test]
    fn a_packet_without_others_is_one_byte_longer() {
        let mut space = [0; 8];
        assert_eq!(write(111, &[], &[7, 7], &mut space), Some(3));
        assert_eq!(Blocks::parse(&space[..3]).unwrap().own(), [7, 7]);
    }

    #[test]
    fn what_cannot_be_told_is_not_written() {
        let mut space = [0; 2000];
        assert_eq!(write(1, &[Block { offset: MAX_OFFSET + 1, payload: &[1] }], &[2], &mut space), None);
        assert_eq!(write(1, &[Block { offset: 1, payload: &[0; MAX_LENGTH + 1] }], &[2], &mut space), None);
        assert_eq!(write(1, &[Block { offset: 1, payload: &[0; 8] }], &[2], &mut [0; 13]), None);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            frames in prop::collection::vec((0..=MAX_OFFSET, prop::collection::vec(any::<u8>(), 0..200)), 0..4),
            own in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let before: Vec<_> = frames.iter().map(|(offset, payload)| Block { offset: *offset, payload }).collect();
            let mut space = [0; 1200];
            let length = write(111, &before, &own, &mut space).unwrap();
            prop_assert!(length <= LONGEST_HEADERS + own.len() + before.iter().map(|block| block.payload.len()).sum::<usize>());
            let blocks = Blocks::parse(&space[..length]).unwrap();
            prop_assert_eq!(blocks.own(), &own[..]);
            prop_assert_eq!(blocks.collect::<Vec<_>>(), before);
        }

        #[test]
        fn anything_is_survived(payload in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Some(blocks) = Blocks::parse(&payload) {
                prop_assert!(blocks.own().len() < payload.len());
                blocks.for_each(drop);
            }
        }
    }
}
