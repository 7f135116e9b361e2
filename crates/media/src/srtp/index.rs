//! Where a packet stands in its stream: the rollover counter (RFC 3711, section 3.3.1) and the replay window (section 3.3.2).

/// How many packets behind the newest one are still told apart from replays. At 3000 packets a second it is a third of a second,
/// which is more than networks reorder by.
const WINDOW: u64 = 1024;
const WORDS: usize = (WINDOW / 64) as usize;

/// An SRTP index has 48 bits; past them keys must change (RFC 3711, section 9.2), and no session lasts that long.
const MAX_INDEX: u64 = (1 << 48) - 1;

/// One stream's newest index and which of the last [`WINDOW`] have been.
pub(super) struct Window {
    highest: u64,
    seen: [u64; WORDS],
}

impl Window {
    /// A stream whose first packet has this index.
    pub(super) fn starting(index: u64) -> Self {
        let mut window = Window { highest: index, seen: [0; WORDS] };
        window.set(index);
        window
    }

    /// The index nearest to the newest that a sequence number can mean; `None` where there is none.
    pub(super) fn index_of(&self, sequence: u16) -> Option<u64> {
        const TURN: u64 = 1 << 16;
        let same_turn = (self.highest & !(TURN - 1)) | u64::from(sequence);
        let index = if same_turn > self.highest + TURN / 2 {
            same_turn.checked_sub(TURN)?
        } else if same_turn + TURN / 2 < self.highest {
            same_turn + TURN
        } else {
            same_turn
        };
        (index <= MAX_INDEX).then_some(index)
    }

    /// Whether this index has not been yet, and is not too old to tell.
    pub(super) fn is_fresh(&self, index: u64) -> bool {
        if index > self.highest {
            return true;
        }
        let (word, bit) = place(index);
        self.highest - index < WINDOW && self.seen[word] & bit == 0
    }

    /// This index has been. Only for one that [`Window::is_fresh`].
    pub(super) fn mark(&mut self, index: u64) {
        if index > self.highest {
            self.advance(index);
        }
        self.set(index);
    }

    fn advance(&mut self, to: u64) {
        if to - self.highest >= WINDOW {
            self.seen = [0; WORDS];
        } else {
            for passed in self.highest + 1..to {
                let (word, bit) = place(passed);
                self.seen[word] &= !bit;
            }
        }
        self.highest = to;
    }

    fn set(&mut self, index: u64) {
        let (word, bit) = place(index);
        self.seen[word] |= bit;
    }
}

const fn place(index: u64) -> (usize, u64) {
    (((index % WINDOW) / 64) as usize, 1 << (index % 64))
}

/// The windows of a bounded number of streams, found by SSRC without hashing.
pub(super) struct Streams {
    ssrcs: Vec<u32>,
    windows: Vec<Window>,
    limit: usize,
    latest: usize,
}

impl Streams {
    pub(super) const fn new(limit: usize) -> Self {
        Streams { ssrcs: Vec::new(), windows: Vec::new(), limit, latest: 0 }
    }

    /// The window of a stream that is known.
    pub(super) fn find(&mut self, ssrc: u32) -> Option<&mut Window> {
        // Packets come in runs of one stream.
        if self.ssrcs.get(self.latest) != Some(&ssrc) {
            self.latest = self.ssrcs.binary_search(&ssrc).ok()?;
        }
        self.windows.get_mut(self.latest)
    }

    /// Whether one more is too many.
    pub(super) fn is_full(&self) -> bool {
        self.ssrcs.len() >= self.limit
    }

    /// Begins a stream that is not known yet.
    pub(super) fn begin(&mut self, ssrc: u32, index: u64) {
        if let Err(place) = self.ssrcs.binary_search(&ssrc)
            && !self.is_full()
        {
            self.ssrcs.insert(place, ssrc);
            self.windows.insert(place, Window::starting(index));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_turns_up_and_down() {
        let mut window = Window::starting(65_534);
        assert_eq!(window.index_of(65_533), Some(65_533));
        assert_eq!(window.index_of(1), Some(65_537));
        window.mark(65_537);
        assert_eq!(window.index_of(65_535), Some(65_535));
        assert_eq!(window.index_of(2), Some(65_538));
    }

    #[test]
    fn has_no_index_before_the_first_turn() {
        assert_eq!(Window::starting(3).index_of(65_000), None);
    }

    #[test]
    fn tells_fresh_from_seen_and_too_old() {
        let mut window = Window::starting(5_000);
        window.mark(5_010);
        assert!(window.is_fresh(5_009) && window.is_fresh(5_011));
        assert!(!window.is_fresh(5_000) && !window.is_fresh(5_010));
        assert!(window.is_fresh(5_010 - WINDOW + 1) && !window.is_fresh(5_010 - WINDOW));
        window.mark(5_010 + WINDOW);
        assert!(window.is_fresh(5_011), "a place in the window was not cleared when it was passed");
        window.mark(100_000);
        assert!(window.is_fresh(100_000 - WINDOW + 1), "a jump past the window clears it");
    }

    #[test]
    fn keeps_no_more_streams_than_its_limit() {
        let mut streams = Streams::new(2);
        for ssrc in [7, 3, 5] {
            streams.begin(ssrc, 0);
        }
        assert!(streams.is_full() && streams.find(3).is_some() && streams.find(7).is_some());
        assert!(streams.find(5).is_none());
    }
}
