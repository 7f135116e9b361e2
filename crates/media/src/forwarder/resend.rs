//! How often the same packet is sent to a viewer again.

use std::time::{Duration, Instant};

/// Retransmissions of a stream remembered, so that none is repeated too soon. A viewer that misses more than this within a round trip
/// needs a keyframe, not packets.
pub const MAX_RESENDS_REMEMBERED: usize = 128;

/// Why a packet is not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It was not sent, or too long ago, or by something the slot no longer shows.
    NotSent,
    /// It was sent again less than a round trip ago, or too many others were.
    TooSoon,
}

/// Retransmissions of one stream.
#[derive(Debug, Default)]
pub(super) struct Resends {
    /// Empty until the first one: most streams never need it.
    recent: Vec<(u16, Instant)>,
    oldest: usize,
    sequence: u16,
}

impl Resends {
    /// Whether `sequence` may be sent again now; notes it if so.
    pub(super) fn allow(&mut self, now: Instant, sequence: u16, spacing: Duration) -> Result<(), Refusal> {
        let fresh = |at: Instant| now.saturating_duration_since(at) < spacing;
        if let Some(known) = self.recent.iter_mut().find(|(number, _)| *number == sequence) {
            if fresh(known.1) {
                return Err(Refusal::TooSoon);
            }
            known.1 = now;
            return Ok(());
        }
        if self.recent.len() < MAX_RESENDS_REMEMBERED {
            self.recent.push((sequence, now));
            return Ok(());
        }
        let at = self.oldest;
        let Some(oldest) = self.recent.get_mut(at) else { return Err(Refusal::TooSoon) };
        if fresh(oldest.1) {
            return Err(Refusal::TooSoon);
        }
        *oldest = (sequence, now);
        self.oldest = (at + 1) % MAX_RESENDS_REMEMBERED;
        Ok(())
    }

    /// The retransmission stream's own numbering (RFC 4588, section 4).
    pub(super) fn next_sequence(&mut self) -> u16 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    /// Forgets what was sent again; the numbering goes on.
    pub(super) fn clear(&mut self) {
        self.recent.clear();
        self.oldest = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_repeated_only_after_the_spacing() {
        let (mut resends, now, spacing) = (Resends::default(), Instant::now(), Duration::from_millis(50));
        assert_eq!(resends.allow(now, 7, spacing), Ok(()));
        assert_eq!(resends.allow(now + spacing / 2, 7, spacing), Err(Refusal::TooSoon));
        assert_eq!(resends.allow(now + spacing, 7, spacing), Ok(()));
    }

    #[test]
    fn too_many_at_once_are_refused() {
        let (mut resends, now, spacing) = (Resends::default(), Instant::now(), Duration::from_millis(50));
        for sequence in 0..MAX_RESENDS_REMEMBERED as u16 {
            assert_eq!(resends.allow(now, sequence, spacing), Ok(()));
        }
        assert_eq!(resends.allow(now, 9000, spacing), Err(Refusal::TooSoon));
        assert_eq!(resends.allow(now + spacing, 9000, spacing), Ok(()));
    }
}
