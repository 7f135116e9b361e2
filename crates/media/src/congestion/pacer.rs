//! Pictures for a narrow way, spread in time: a keyframe sent at once would fill a thin link's queue and cost the sound behind it.
//!
//! Only viewers whose way was found narrow are paced: all others get a frame as one train, which costs the server least and does no harm.
//! Sound never waits here.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::forwarder::Mapping;
use crate::{Packet, PublicationId};

/// Faster than this share of what the way carries nothing leaves: enough for a keyframe to catch up, little enough for what queue a thin
/// link has.
const PACE: f64 = 1.5;

/// How far ahead of its pace it may be: a timer's tick.
const AHEAD: Duration = Duration::from_millis(5);

/// Packets that wait at most; more are dropped and counted, as a router would have done.
pub const MAX_PACED: usize = 512;

/// A picture that waits.
#[derive(Debug)]
pub struct Paced {
    /// The packet; `None`: it must not leave any more, and padding goes in its place, since its number is given and would be a hole.
    pub packet: Option<Arc<Packet>>,
    /// The numbers under which it leaves.
    pub mapping: Mapping,
    /// Bytes behind its payload.
    pub padding: u8,
    /// The transport-wide extension's id, where it carries one.
    pub numbered: Option<u8>,
}

/// Of one viewer.
#[derive(Debug, Default)]
pub struct Pacer {
    waiting: VecDeque<Paced>,
    /// Bytes that may leave now; negative after something that did not wait.
    budget: f64,
    filled: Option<Instant>,
    /// Bytes a second.
    rate: f64,
}

impl Pacer {
    /// How much the way carries, in bit/s.
    pub fn set_bitrate(&mut self, bitrate: f64) {
        self.rate = bitrate * PACE / 8.0;
    }

    fn fill(&mut self, now: Instant) {
        let since = self.filled.replace(now).unwrap_or(now);
        let more = self.rate * now.saturating_duration_since(since).as_secs_f64();
        self.budget = (self.budget + more).min(self.rate * AHEAD.as_secs_f64());
    }

    /// Whether a picture may leave at once.
    pub fn is_free(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.waiting.is_empty() && self.budget >= 0.0
    }

    /// So many bytes left.
    pub fn charge(&mut self, bytes: usize) {
        // Sound and repairs may run it into debt, but not so far that pictures stop for good.
        self.budget = (self.budget - bytes as f64).max(-self.rate / 4.0 - 1500.0);
    }

    /// Puts a packet behind those that wait; `false` when there are too many.
    pub fn wait(&mut self, paced: Paced) -> bool {
        let fits = self.waiting.len() < MAX_PACED;
        if fits {
            self.waiting.push_back(paced);
        }
        fits
    }

    /// The next packet whose time has come.
    pub fn release(&mut self, now: Instant) -> Option<Paced> {
        if self.waiting.is_empty() {
            return None;
        }
        self.fill(now);
        (self.budget >= 0.0).then(|| self.waiting.pop_front()).flatten()
    }

    /// Everything that waits, at once: the way is not narrow any more.
    pub fn release_all(&mut self) -> Option<Paced> {
        self.waiting.pop_front()
    }

    /// Nothing of this publication leaves any more.
    pub fn forget(&mut self, publication: PublicationId) {
        for paced in &mut self.waiting {
            if paced.packet.as_ref().is_some_and(|packet| packet.publication == publication) {
                paced.packet = None;
            }
        }
    }

    /// Nothing of what waits under this SSRC leaves any more: the slot shows something else.
    pub fn forget_stream(&mut self, ssrc: u32) {
        for paced in self.waiting.iter_mut().filter(|paced| paced.mapping.ssrc == ssrc) {
            paced.packet = None;
        }
    }

    /// Packets that wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// When the next one may leave.
    pub fn next_timeout(&self) -> Option<Instant> {
        let filled = self.filled.filter(|_| !self.waiting.is_empty())?;
        let missing = (-self.budget).max(0.0) / self.rate.max(1.0);
        Some(filled + Duration::from_secs_f64(missing.min(1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Codec;
    use crate::forwarder::Taken;
    use crate::{PeerId, Source, WorkerId};

    fn paced(serial: u32) -> Paced {
        let publication =
            PublicationId { peer: PeerId { worker: WorkerId(0), serial }, source: Source::Camera };
        let mut packet = Packet::empty(publication, Instant::now());
        packet.codec = Codec::Vp8;
        let mapping = Mapping {
            payload_type: 96,
            ssrc: serial,
            sequence: 0,
            timestamp: 0,
            picture_offset: 0,
            tl0_offset: 0,
            frame_offset: 0,
            ends: false,
            repairs: None,
            taken: Taken::default(),
        };
        Paced { packet: Some(Arc::new(packet)), mapping, padding: 0, numbered: None }
    }

    #[test]
    fn a_burst_leaves_at_its_pace() {
        let (mut pacer, start) = (Pacer::default(), Instant::now());
        pacer.set_bitrate(800_000.0);
        assert!(pacer.is_free(start));
        pacer.charge(1200);
        assert!(!pacer.is_free(start));
        for _ in 0..50 {
            assert!(pacer.wait(paced(1)));
        }
        let (mut now, mut left) = (start, Vec::new());
        while !pacer.is_empty() {
            if pacer.release(now).is_some() {
                pacer.charge(1200);
                left.push(now - start);
            } else {
                now = pacer.next_timeout().unwrap().max(now + Duration::from_micros(100));
            }
        }
        // 50 packets of 1200 bytes at 1.2 Mbit/s.
        let last = left.last().unwrap().as_millis();
        assert!((390..=410).contains(&last), "{last} ms");
        assert!(left.windows(2).all(|pair| pair[1] - pair[0] < Duration::from_millis(9)));
    }

    #[test]
    fn of_what_is_forgotten_the_number_leaves_alone() {
        let (mut pacer, now) = (Pacer::default(), Instant::now());
        pacer.set_bitrate(1e6);
        (1..=3).for_each(|serial| assert!(pacer.wait(paced(serial))));
        pacer.forget(PublicationId {
            peer: PeerId { worker: WorkerId(0), serial: 1 },
            source: Source::Camera,
        });
        pacer.forget_stream(2);
        let left: Vec<_> =
            std::iter::from_fn(|| pacer.release(now)).map(|paced| paced.packet.is_some()).collect();
        assert_eq!(left, [false, false, true]);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut pacer = Pacer::default();
        assert!((0..MAX_PACED).all(|_| pacer.wait(paced(1))));
        assert!(!pacer.wait(paced(1)));
    }
}
