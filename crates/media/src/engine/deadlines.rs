//! When which peer needs attention: a heap of alarms. A peer has one that counts; earlier ones that were superseded stay in the heap
//! and are told apart by the peer itself when they ring.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// All alarms of one engine.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    heap: BinaryHeap<Reverse<(Instant, u32, u32)>>,
}

impl Deadlines {
    /// Sets an alarm for the peer at `index`, `serial` its id's.
    pub(super) fn set(&mut self, at: Instant, index: u32, serial: u32) {
        self.heap.push(Reverse((at, index, serial)));
    }

    /// The next alarm that is due.
    pub(super) fn due(&mut self, now: Instant) -> Option<(Instant, u32, u32)> {
        let Reverse((at, index, serial)) = *self.heap.peek()?;
        if at > now {
            return None;
        }
        self.heap.pop();
        Some((at, index, serial))
    }

    /// When the first one rings.
    pub(super) fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _, _))| *at)
    }
}
