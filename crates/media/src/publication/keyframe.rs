//! Keyframe requests of one publication, merged.
//!
//! Any number of viewers may wish for a keyframe at once. The publisher hears of it once, and then at most once a second for as long as
//! the wish stands; a keyframe that begins fulfils it. Browsers answer a request for one layer with keyframes on all of them, so one
//! request names one layer only.

use std::time::{Duration, Instant};

/// Shortest time between two requests to the publisher.
pub const KEYFRAME_INTERVAL: Duration = Duration::from_secs(1);

/// Requests sent for one wish; whoever still needs a keyframe after that wishes again.
pub const MAX_KEYFRAME_TRIES: u8 = 5;

/// A set of layers, bit 0 for layer 0.
pub(super) type LayerSet = u8;

/// Of one publication.
#[derive(Debug, Default)]
pub(super) struct KeyframeRequests {
    wanted: LayerSet,
    since: Option<Instant>,
    sent: Option<Instant>,
    tries: u8,
}

impl KeyframeRequests {
    /// Somebody needs a keyframe on these layers.
    pub(super) fn want(&mut self, now: Instant, layers: LayerSet) {
        if self.wanted == 0 {
            self.since = Some(now);
        }
        self.wanted |= layers;
        self.tries = 0;
    }

    /// The publisher is heard again, for the first time since `silent`: what it was asked for meanwhile has hardly reached it.
    pub(super) fn resume(&mut self, silent: Instant) {
        self.sent.take_if(|sent| *sent >= silent);
    }

    /// A keyframe began on this layer.
    pub(super) fn arrived(&mut self, layer: u8) {
        self.wanted &= !bit(layer);
    }

    /// Nobody needs one any more: the gate closed. The pace stays.
    pub(super) fn clear(&mut self) {
        self.wanted = 0;
    }

    /// The layer to send a request for now: the highest wanted among those that arrive. Wishes for others are dropped, provided any
    /// arrives at all: a layer that the publisher starts again starts with a keyframe by itself.
    ///
    /// Where none arrives, it is the layer that was heard `last`: some stacks send nothing while a screen stands still, and who joins then
    /// would see nothing until it moves. A publisher who is gone is asked a few times for nothing.
    pub(super) fn poll(&mut self, now: Instant, live: LayerSet, last: Option<u8>) -> Option<u8> {
        self.next_timeout(live, last).filter(|due| *due <= now)?;
        let layer = if live == 0 {
            last?
        } else {
            self.wanted &= live;
            self.wanted.checked_ilog2()? as u8
        };
        self.sent = Some(now);
        self.tries += 1;
        if self.tries >= MAX_KEYFRAME_TRIES {
            self.wanted = 0;
        }
        Some(layer)
    }

    /// When [`poll`](Self::poll) will next return a layer, as long as these layers are the live ones and this the last heard.
    pub(super) fn next_timeout(&self, live: LayerSet, last: Option<u8>) -> Option<Instant> {
        let reachable = if live == 0 { self.wanted != 0 && last.is_some() } else { self.wanted & live != 0 };
        if !reachable {
            return None;
        }
        // `None` is less than any time, so the later of the two counts.
        self.since.max(self.sent.map(|sent| sent + KEYFRAME_INTERVAL))
    }
}

/// The set of this layer alone.
pub(super) fn bit(layer: u8) -> LayerSet {
    1u8.checked_shl(u32::from(layer)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: LayerSet = 0b111;

    #[test]
    fn many_wishes_are_one_request() {
        let (mut requests, now) = (KeyframeRequests::default(), Instant::now());
        for _ in 0..50 {
            requests.want(now, 0b010);
        }
        assert_eq!(requests.poll(now, ALL, None), Some(1));
        assert_eq!(requests.poll(now, ALL, None), None);
    }

    #[test]
    fn what_was_asked_for_in_a_silence_is_asked_for_again_when_it_ends() {
        let (mut requests, now) = (KeyframeRequests::default(), Instant::now());
        requests.want(now, 1);
        assert_eq!(requests.poll(now, ALL, None), Some(0));
        let later = now + Duration::from_millis(300);
        requests.want(later, 1);
        requests.resume(later);
        assert_eq!(requests.poll(later, ALL, None), None, "the silence began after it was asked");
        requests.resume(now);
        assert_eq!(requests.poll(later, ALL, None), Some(0));
    }

    #[test]
    fn never_two_within_a_second() {
        let (mut requests, start) = (KeyframeRequests::default(), Instant::now());
        let mut sent = Vec::new();
        for millis in 0..10_000 {
            let now = start + Duration::from_millis(millis);
            if millis % 7 == 0 {
                requests.want(now, ALL);
            }
            if millis % 300 == 0 {
                (0..3).for_each(|layer| requests.arrived(layer));
            }
            sent.extend(requests.poll(now, ALL, None).map(|_| now));
        }
        assert_eq!(sent.len(), 10);
        assert!(sent.windows(2).all(|pair| pair[1] - pair[0] >= KEYFRAME_INTERVAL));
    }

    #[test]
    fn one_that_comes_too_soon_waits_and_is_dropped_when_a_keyframe_comes() {
        let (mut requests, start) = (KeyframeRequests::default(), Instant::now());
        requests.want(start, 0b001);
        requests.poll(start, ALL, None);
        requests.arrived(0);
        let soon = start + Duration::from_millis(300);
        requests.want(soon, 0b001);
        assert_eq!(requests.poll(soon, ALL, None), None);
        assert_eq!(requests.next_timeout(ALL, None), Some(start + KEYFRAME_INTERVAL));
        let mut other = KeyframeRequests { ..requests };
        other.arrived(0);
        assert_eq!(other.poll(start + KEYFRAME_INTERVAL, ALL, None), None, "no longer needed");
        assert_eq!(requests.poll(start + KEYFRAME_INTERVAL, ALL, None), Some(0), "still needed");
    }

    #[test]
    fn a_layer_that_does_not_arrive_is_not_asked_for() {
        let (mut requests, now) = (KeyframeRequests::default(), Instant::now());
        requests.want(now, ALL);
        assert_eq!(requests.poll(now, 0, None), None, "nothing ever arrived: the wish waits");
        assert_eq!(requests.next_timeout(0, None), None);
        assert_eq!(requests.poll(now, 0b011, None), Some(1), "the highest that does");
        requests.arrived(0);
        requests.arrived(1);
        assert_eq!(requests.next_timeout(ALL, None), None, "the wish for layer 2 ended with the request");
    }

    #[test]
    fn an_unanswered_wish_ends() {
        let (mut requests, mut now) = (KeyframeRequests::default(), Instant::now());
        requests.want(now, 0b001);
        for _ in 0..MAX_KEYFRAME_TRIES {
            assert_eq!(requests.poll(now, ALL, None), Some(0));
            now += KEYFRAME_INTERVAL;
        }
        assert_eq!(requests.next_timeout(ALL, None), None);
    }

    #[test]
    fn where_nothing_arrives_any_more_the_last_that_did_is_asked_a_few_times() {
        let (mut requests, mut now) = (KeyframeRequests::default(), Instant::now());
        requests.want(now, 0b100);
        for _ in 0..MAX_KEYFRAME_TRIES {
            assert_eq!(requests.poll(now, 0, Some(1)), Some(1));
            assert_eq!(
                requests.next_timeout(0, Some(1)),
                Some(now + KEYFRAME_INTERVAL).filter(|_| requests.wanted != 0)
            );
            now += KEYFRAME_INTERVAL;
        }
        assert_eq!(requests.poll(now, 0, Some(1)), None);
    }
}
