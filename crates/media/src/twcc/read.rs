//! Reading feedback in place.

/// Bytes before the chunks, RTCP header included (section 3.1).
const HEAD: usize = 20;

/// Ticks in the unit of the reference time, 64 ms.
const REFERENCE_TICKS: i64 = 256;

/// One feedback packet.
#[derive(Clone, Copy, Debug)]
pub struct Feedback<'a> {
    base: u16,
    count: u16,
    reference: u32,
    rest: &'a [u8],
}

/// What became of one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its transport-wide sequence number.
    pub sequence: u16,
    /// When it arrived, in ticks of [`super::TICK_MICROS`] since the reference time's zero; `None`: it did not, so far.
    pub arrived: Option<i64>,
}

impl<'a> Feedback<'a> {
    /// Sees a feedback packet, RTCP header included; `None` when it is too short to be one.
    pub fn parse(packet: &'a [u8]) -> Option<Feedback<'a>> {
        let head: &[u8; HEAD] = packet.first_chunk()?;
        let padding = if head[0] & 0x20 == 0 { 0 } else { usize::from(*packet.last()?) };
        Some(Feedback {
            base: u16::from_be_bytes([head[12], head[13]]),
            count: u16::from_be_bytes([head[14], head[15]]),
            reference: u32::from_be_bytes([0, head[16], head[17], head[18]]),
            rest: packet.get(HEAD..packet.len().checked_sub(padding)?)?,
        })
    }

    /// The reference time in its unit of 64 ms: 24 bits that wrap around after twelve days.
    pub fn reference(&self) -> u32 {
        self.reference
    }

    /// Every status, in order of their numbers. Ends early where the packet does: what it does not say is not made up.
    ///
    /// `reference` is [`Feedback::reference`], counted on past its 24 bits.
    pub fn statuses(&self, reference: i64) -> Option<Statuses<'a>> {
        let chunks = chunks_of(self.rest, self.count)?;
        let (chunks, deltas) = self.rest.split_at_checked(chunks)?;
        Some(Statuses {
            sequence: self.base,
            left: self.count,
            chunks,
            chunk: Chunk::default(),
            deltas,
            tick: reference * REFERENCE_TICKS,
        })
    }
}

/// Bytes of the chunks that hold so many statuses; `None` when the packet ends before.
fn chunks_of(mut rest: &[u8], count: u16) -> Option<usize> {
    let (mut bytes, mut told) = (0, 0);
    while told < u32::from(count) {
        let (chunk, after) = rest.split_first_chunk()?;
        told += u32::from(Chunk::read(*chunk).left);
        rest = after;
        bytes += 2;
    }
    Some(bytes)
}

/// A chunk being told, symbol by symbol.
#[derive(Clone, Copy, Debug, Default)]
struct Chunk {
    bits: u16,
    left: u16,
    /// Bits of a symbol; 0 where one symbol stands for the whole run.
    width: u16,
}

impl Chunk {
    /// Sections 3.1.3 and 3.1.4: a run of one symbol, or a vector of 14 one-bit or 7 two-bit symbols.
    fn read(bytes: [u8; 2]) -> Chunk {
        let word = u16::from_be_bytes(bytes);
        match word >> 14 {
            0 | 1 => Chunk { bits: word >> 13 & 3, left: word & 0x1fff, width: 0 },
            2 => Chunk { bits: word & 0x3fff, left: 14, width: 1 },
            _ => Chunk { bits: word & 0x3fff, left: 7, width: 2 },
        }
    }

    fn next(&mut self) -> Option<u16> {
        self.left = self.left.checked_sub(1)?;
        match self.width {
            0 => Some(self.bits),
            width => Some(self.bits >> (self.left * width) & ((1 << width) - 1)),
        }
    }
}

/// The statuses of one feedback packet.
#[derive(Clone, Copy, Debug)]
pub struct Statuses<'a> {
    sequence: u16,
    left: u16,
    chunks: &'a [u8],
    chunk: Chunk,
    deltas: &'a [u8],
    tick: i64,
}

impl Statuses<'_> {
    /// The delta of an arrival: one byte, never negative, or two with a sign (section 3.1.5).
    fn delta(&mut self, symbol: u16) -> Option<i64> {
        if symbol == 1 {
            let (delta, rest) = self.deltas.split_first()?;
            self.deltas = rest;
            return Some(i64::from(*delta));
        }
        let (delta, rest) = self.deltas.split_first_chunk()?;
        self.deltas = rest;
        Some(i64::from(i16::from_be_bytes(*delta)))
    }
}

impl Iterator for Statuses<'_> {
    type Item = Status;

    fn next(&mut self) -> Option<Status> {
        self.left = self.left.checked_sub(1)?;
        let symbol = loop {
            match self.chunk.next() {
                Some(symbol) => break symbol,
                None => {
                    let (chunk, rest) = self.chunks.split_first_chunk()?;
                    self.chunk = Chunk::read(*chunk);
                    self.chunks = rest;
                }
            }
        };
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        if symbol == 0 {
            return Some(Status { sequence, arrived: None });
        }
        self.tick += self.delta(symbol)?;
        Some(Status { sequence, arrived: Some(self.tick) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rtc_rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
    use rtc_shared::marshal::{Marshal, Unmarshal};

    use super::super::write::{self, MAX_LENGTH};
    use super::*;

    /// What the writer makes of these, at most as many as it takes in one packet.
    fn written(base: u16, ticks: &[Option<u64>]) -> (usize, Vec<u8>) {
        let statuses = ticks.iter().map(|tick| match tick {
            Some(tick) => write::Status::Arrived { tick: *tick },
            None => write::Status::Missing,
        });
        let head = write::Head { sender_ssrc: 1, media_ssrc: 2, base, count: 3 };
        let mut buffer = [0; MAX_LENGTH];
        let (told, length) = write::write(&mut buffer, &head, statuses);
        (told as usize, buffer[..length].to_vec())
    }

    fn read(packet: &[u8]) -> Vec<Status> {
        let feedback = Feedback::parse(packet).unwrap();
        feedback.statuses(i64::from(feedback.reference())).unwrap().collect()
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            base: u16,
            steps in prop::collection::vec(prop::option::weighted(0.8, -300i64..2000), 1..300),
        ) {
            let mut tick = 100_000i64;
            let ticks: Vec<_> = steps.iter().map(|step| step.map(|step| { tick += step; tick as u64 })).collect();
            let (told, packet) = written(base, &ticks);
            prop_assume!(!packet.is_empty());
            let read = read(&packet);
            prop_assert_eq!(read.len(), told);
            for (at, status) in read.iter().enumerate() {
                prop_assert_eq!(status.sequence, base.wrapping_add(at as u16));
                prop_assert_eq!(status.arrived, ticks[at].map(|tick| tick as i64));
            }
        }

        /// Whatever another stack writes: every arrival it tells of is read as one.
        #[test]
        fn another_implementation_agrees(
            steps in prop::collection::vec(prop::option::weighted(0.7, 0i64..3000), 1..200),
        ) {
            let mut tick = 100_000i64;
            let ticks: Vec<_> = steps.iter().map(|step| step.map(|step| { tick += step; tick as u64 })).collect();
            let (_, packet) = written(9, &ticks);
            prop_assume!(!packet.is_empty());
            let theirs = TransportLayerCc::unmarshal(&mut &packet[..]).unwrap();
            let again = theirs.marshal().unwrap();
            let arrived = |packet: &[u8]| read(packet).iter().filter(|one| one.arrived.is_some()).count();
            prop_assert_eq!(arrived(&again), theirs.recv_deltas.len());
        }

        #[test]
        fn anything_is_survived(packet in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Some(statuses) = Feedback::parse(&packet).and_then(|feedback| feedback.statuses(0)) {
                prop_assert!(statuses.count() <= usize::from(u16::MAX));
            }
        }
    }
}
