//! Which packets of a layer are new, and which numbers they are forwarded under.
//!
//! Two kinds of numbers: the *publisher's* are those on the wire, extended; the *forwarded* are [`Packet::sequence`](crate::Packet::sequence). A
//! packet without a payload uses up one of the publisher's and gets none of the forwarded, so everything after it moves down by one.
//!
//! While packets are missing nobody can know whether they carried a payload. The rule: a missing packet is taken to carry one until
//! it comes. Padding that comes ahead of everything else, whether or not packets before it are missing, closes its own number, since
//! nothing after it has been numbered yet. Padding that comes late, after a packet behind it was numbered, leaves a hole: a number
//! once given is never given to another packet. Senders pad between frames, so no frame has such a hole in its middle, and only after
//! reordering or a retransmission is there one at all.

use std::ops::Range;

/// Positions remembered at most, at which padding was closed; a late packet from before the oldest of them is too late.
const MAX_SHIFTS: usize = 16;

/// Longest window of numbers in which a packet can be told from its duplicate.
const MAX_WINDOW: usize = 512;

/// How far below the first packet of a fresh stream others may still come, when they were reordered.
const START_SLACK: u64 = 32;

/// What becomes of a packet with payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Placement {
    /// Not seen before: the forwarded number, and the publisher's numbers between it and the highest before it.
    New { sequence: u64, skipped: Range<u64> },
    /// Seen before.
    Duplicate,
    /// Too old to tell, or from before the start.
    Late,
}

/// What becomes of a packet without payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Padding {
    /// Its number is closed; the publisher's numbers it skipped.
    Closed { skipped: Range<u64> },
    /// It came too late for that.
    Late,
    /// Seen before, or from before the start.
    Ignored,
}

/// From one of the publisher's numbers on, what to take away for the forwarded one.
#[derive(Clone, Copy, Debug, Default)]
struct Shift {
    from: u64,
    /// Taken away modulo 2^64: a forwarded number may be the larger one.
    by: u64,
}

/// The state of one layer.
#[derive(Debug)]
pub(super) struct Numbering {
    window: u64,
    seen: [u64; MAX_WINDOW / 64],
    /// Highest of the publisher's numbers placed or padded since the start.
    highest: Option<u64>,
    /// Publisher's numbers below it are late: from before the start.
    floor: Option<u64>,
    /// Sorted by `from`; the first `shifts_used` count.
    shifts: [Shift; MAX_SHIFTS],
    shifts_used: usize,
    /// One above the highest forwarded number given so far.
    next: u64,
}

impl Numbering {
    /// For a ring of this many packets: what is older than the ring is late.
    pub(super) fn new(window: usize) -> Self {
        Numbering {
            window: window.clamp(1, MAX_WINDOW) as u64,
            seen: [0; MAX_WINDOW / 64],
            highest: None,
            floor: None,
            shifts: [Shift::default(); MAX_SHIFTS],
            shifts_used: 0,
            // Above 0, so that a forwarder may look a little below the first without going under.
            next: 0x1_0000,
        }
    }

    /// Starts anew; forwarded numbers go on where they were. Publisher's numbers below `floor` are late, where it is known.
    pub(super) fn restart(&mut self, floor: Option<u64>) {
        self.seen = [0; MAX_WINDOW / 64];
        self.highest = None;
        self.floor = floor;
        self.shifts_used = 0;
    }

    /// Highest of the publisher's numbers since the start.
    pub(super) fn highest(&self) -> Option<u64> {
        self.highest
    }

    /// Whether a number of a stream that has begun did not come, and can still be taken.
    pub(super) fn is_missing(&self, number: u64) -> bool {
        let oldest = self.shifts[..self.shifts_used].first().map_or(u64::MAX, |shift| shift.from);
        self.highest.is_some_and(|highest| {
            let within = number >= oldest && highest.saturating_sub(number) < self.window;
            within && (number > highest || !self.is_set(number))
        })
    }

    /// Numbers a packet with payload.
    pub(super) fn place(&mut self, number: u64) -> Placement {
        if let Some(skipped) = self.begin(number) {
            return Placement::New { sequence: self.give(number), skipped };
        }
        match self.mark(number) {
            Mark::Ahead { skipped } => Placement::New { sequence: self.give(number), skipped },
            Mark::Gap => Placement::New { sequence: self.give(number), skipped: number..number },
            Mark::Seen => Placement::Duplicate,
            Mark::Old => Placement::Late,
        }
    }

    /// Closes the number of a packet without payload.
    pub(super) fn pad(&mut self, number: u64) -> Padding {
        if self.highest.is_none() {
            // Nothing is numbered yet, so nothing has to be closed: the stream starts with what comes next.
            return Padding::Ignored;
        }
        match self.mark(number) {
            Mark::Ahead { skipped } => {
                self.shift(number + 1);
                Padding::Closed { skipped }
            }
            Mark::Gap => Padding::Late,
            Mark::Seen | Mark::Old => Padding::Ignored,
        }
    }

    /// Makes the first packet since the start the highest, and tells which ones between the start and it did not come, where that is
    /// known. `None` when it is not the first, or from before the start.
    fn begin(&mut self, number: u64) -> Option<Range<u64>> {
        if self.highest.is_some() || self.floor.is_some_and(|floor| number < floor) {
            return None;
        }
        let slack = number.saturating_sub(START_SLACK);
        let skipped = self.floor.map_or(number, |floor| floor.max(slack))..number;
        let floor = self.floor.map_or(slack, |floor| floor.max(slack));
        self.floor = Some(floor);
        self.shifts[0] = Shift { from: floor, by: floor.wrapping_sub(self.next) };
        self.shifts_used = 1;
        self.highest = Some(number);
        self.set(number);
        Some(skipped)
    }

    /// Notes that a number came.
    fn mark(&mut self, number: u64) -> Mark {
        let Some(highest) = self.highest else { return Mark::Old };
        if number > highest {
            let skipped = highest + 1..number;
            if number - highest >= self.window {
                self.seen = [0; MAX_WINDOW / 64];
            } else {
                skipped.clone().for_each(|number| self.clear(number));
            }
            self.set(number);
            self.highest = Some(number);
            return Mark::Ahead { skipped };
        }
        let oldest = self.shifts.first().map_or(0, |shift| shift.from);
        if number < oldest || highest - number >= self.window {
            return Mark::Old;
        }
        if self.is_set(number) {
            return Mark::Seen;
        }
        self.set(number);
        Mark::Gap
    }

    /// From this number on, one more is taken away.
    fn shift(&mut self, from: u64) {
        let Some(last) = self.shifts_used.checked_sub(1) else { return };
        let by = self.shifts[last].by.wrapping_add(1);
        if self.shifts[last].from + 1 == from {
            // Padding right after padding: nothing lies between them.
            self.shifts[last] = Shift { from, by };
            return;
        }
        if self.shifts_used == MAX_SHIFTS {
            self.shifts.copy_within(1.., 0);
            self.shifts_used -= 1;
        }
        self.shifts[self.shifts_used] = Shift { from, by };
        self.shifts_used += 1;
    }

    /// The forwarded number of one of the publisher's.
    fn give(&mut self, number: u64) -> u64 {
        let shift = self.shifts[..self.shifts_used].iter().rev().find(|shift| shift.from <= number);
        let sequence = number.wrapping_sub(shift.map_or(0, |shift| shift.by));
        self.next = self.next.max(sequence.saturating_add(1));
        sequence
    }

    fn set(&mut self, number: u64) {
        let (word, bit) = position(number);
        self.seen[word] |= bit;
    }

    fn clear(&mut self, number: u64) {
        let (word, bit) = position(number);
        self.seen[word] &= !bit;
    }

    fn is_set(&self, number: u64) -> bool {
        let (word, bit) = position(number);
        self.seen[word] & bit != 0
    }
}

/// How a number relates to those before it.
enum Mark {
    Ahead { skipped: Range<u64> },
    Gap,
    Seen,
    Old,
}

fn position(number: u64) -> (usize, u64) {
    let bit = (number % MAX_WINDOW as u64) as usize;
    (bit / 64, 1 << (bit % 64))
}

#[cfg(test)]
mod tests;
