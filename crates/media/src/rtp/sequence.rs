//! Sequence numbers past their 16 bits.

/// Turns 16-bit numbers that wrap around into numbers that do not, each taken to be the one nearest to the highest so far (RFC 3550,
/// appendix A.1). The first becomes 65536 and itself, so that earlier ones still have room below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SequenceExtender {
    highest: Option<u64>,
}

impl SequenceExtender {
    /// One that has seen nothing.
    pub const fn new() -> Self {
        SequenceExtender { highest: None }
    }

    /// The extended number; it is remembered when it is the highest.
    pub fn extend(&mut self, number: u16) -> u64 {
        let extended = self.nearest(number).unwrap_or(0x1_0000 | u64::from(number));
        self.highest = Some(self.highest.map_or(extended, |highest| highest.max(extended)));
        extended
    }

    /// The extended number, nothing remembered; `None` as long as none was extended.
    pub fn nearest(&self, number: u16) -> Option<u64> {
        let highest = self.highest?;
        let step = number.wrapping_sub(highest as u16) as i16;
        // Below zero only after 65536 steps back, each from a new lowest number, which `extend` does not allow: the highest only grows.
        highest.checked_add_signed(i64::from(step))
    }

    /// The highest so far.
    pub fn highest(&self) -> Option<u64> {
        self.highest
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn steps_over_the_wrap_in_both_directions() {
        let mut extender = SequenceExtender::new();
        assert_eq!(extender.nearest(5), None);
        assert_eq!(extender.extend(65_534), 0x1_fffe);
        assert_eq!(extender.extend(1), 0x2_0001);
        assert_eq!(extender.extend(65_535), 0x1_ffff, "a late one from before the wrap");
        assert_eq!(extender.highest(), Some(0x2_0001));
    }

    #[test]
    fn the_first_may_be_followed_by_an_earlier_one() {
        let mut extender = SequenceExtender::new();
        assert_eq!(extender.extend(0), 0x1_0000);
        assert_eq!(extender.extend(65_535), 0xffff);
    }

    proptest! {
        #[test]
        fn a_stream_with_small_disorder_keeps_its_numbers(start: u16, steps in prop::collection::vec(-50i64..200, 1..2000)) {
            let mut extender = SequenceExtender::new();
            let base = extender.extend(start);
            let mut highest = base;
            for step in steps {
                let wanted = highest.saturating_add_signed(step).max(0x8000);
                prop_assert_eq!(extender.extend(wanted as u16), wanted);
                highest = highest.max(wanted);
            }
        }
    }
}
