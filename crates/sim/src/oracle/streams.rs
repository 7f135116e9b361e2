//! What left the engines for every slot of every viewer, and whether it makes one stream.
//!
//! Sequence numbers are read from the header as a packet leaves; whose packet it was is known once the viewer decrypted it.
//! Every packet is decrypted, also one that the network is said to lose: then it is the oracle's alone.

use std::collections::HashMap;

use media::Source;

use crate::book::{Book, ClientId, PacketRef, Tick};

/// Everything that was sent to viewers.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    of: HashMap<(ClientId, u32), Stream>,
}

/// One slot.
#[derive(Debug, Default)]
struct Stream {
    highest: Option<Sent>,
    sent: Vec<Sent>,
    by_sequence: HashMap<u64, usize>,
    /// What went out as a repair alone: it had come before the keyframe it belongs to, and was kept.
    repaired: HashMap<u64, PacketRef>,
}

#[derive(Clone, Copy, Debug)]
struct Sent {
    sequence: u64,
    /// Index of what was the highest before.
    after: Option<usize>,
    /// Index of this one.
    at: usize,
    what: Option<PacketRef>,
}

/// Where in the log a packet stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) viewer: ClientId,
    pub(crate) ssrc: u32,
    at: usize,
    pub(crate) left: Tick,
}

impl Streams {
    /// A packet of media left an engine.
    pub(crate) fn left(
        &mut self,
        viewer: ClientId,
        ssrc: u32,
        sequence: u16,
        left: Tick,
    ) -> Result<Place, String> {
        let stream = self.of.entry((viewer, ssrc)).or_default();
        let at = stream.sent.len();
        let sequence = stream.extend(sequence);
        let sent = Sent { sequence, after: stream.highest.map(|highest| highest.at), at, what: None };
        if stream.by_sequence.insert(sequence, at).is_some() {
            return Err(format!("viewer {viewer} was sent sequence {sequence} of {ssrc:x} twice"));
        }
        stream.sent.push(sent);
        if stream.highest.is_none_or(|highest| sequence > highest.sequence) {
            stream.highest = Some(sent);
        }
        Ok(Place { viewer, ssrc, at, left })
    }

    /// A viewer decrypted it.
    pub(crate) fn seen(&mut self, place: Place, what: PacketRef) {
        let sent =
            self.of.get_mut(&(place.viewer, place.ssrc)).and_then(|stream| stream.sent.get_mut(place.at));
        if let Some(sent) = sent {
            sent.what = Some(what);
        }
    }

    /// A viewer decrypted a retransmission: what goes out under one number is always the same.
    pub(crate) fn repaired(
        &mut self,
        viewer: ClientId,
        ssrc: u32,
        sequence: u16,
        what: PacketRef,
    ) -> Result<(), String> {
        let Some(stream) = self.of.get_mut(&(viewer, ssrc)) else {
            return Err("a repair of nothing".to_owned());
        };
        let sequence = stream.extend(sequence);
        let sent =
            stream.by_sequence.get(&sequence).and_then(|at| stream.sent.get(*at)).and_then(|sent| sent.what);
        let known = sent.unwrap_or_else(|| *stream.repaired.entry(sequence).or_insert(what));
        if known != what {
            return Err(format!(
                "viewer {viewer} was sent {known:?} under {sequence}, and {what:?} as its repair"
            ));
        }
        Ok(())
    }

    /// Sequence numbers lately sent to a slot, newest first.
    pub(crate) fn recent(&self, viewer: ClientId, ssrc: u32) -> impl Iterator<Item = u16> {
        let stream = self.of.get(&(viewer, ssrc));
        stream.into_iter().flat_map(|stream| stream.sent.iter().rev().map(|sent| sent.sequence as u16))
    }

    /// Looks at all that was sent: the number of holes, all of which the publishers' networks explain.
    pub(crate) fn judge(&self, book: &Book) -> Result<u64, String> {
        let mut holes = 0;
        let mut keys: Vec<_> = self.of.keys().collect();
        keys.sort_unstable();
        for key in keys {
            let Some(stream) = self.of.get(key) else { continue };
            for sent in &stream.sent {
                let before = sent.after.and_then(|at| stream.sent.get(at));
                let Some(before) = before else { continue };
                let (Some(earlier), Some(later)) = (before.what, sent.what) else { continue };
                let step = sent.sequence as i64 - before.sequence as i64;
                continuous(book, earlier, later, step)
                    .map_err(|wrong| format!("to viewer {} at sequence {}: {wrong}", key.0, sent.sequence))?;
                holes += u64::from(step > 1);
            }
        }
        Ok(holes)
    }
}

impl Stream {
    /// The number nearest to the highest.
    fn extend(&self, sequence: u16) -> u64 {
        match self.highest {
            None => (1 << 16) | u64::from(sequence),
            Some(highest) => {
                let ahead = sequence.wrapping_sub(highest.sequence as u16).cast_signed();
                highest.sequence.saturating_add_signed(i64::from(ahead))
            }
        }
    }
}

/// Whether `later` may stand `step` numbers behind `earlier`, which was the highest when it left.
fn continuous(book: &Book, earlier: PacketRef, later: PacketRef, step: i64) -> Result<(), String> {
    let frame = |packet: PacketRef| book.frame(packet.client, packet.frame);
    let (Some(from), Some(to)) = (frame(earlier), frame(later)) else {
        return Err("a packet nobody sent".to_owned());
    };
    let one_stream = earlier.client == later.client && from.source == to.source && from.layer == to.layer;
    let (first, last) = (from.counter + earlier.part as u64, to.counter + later.part as u64);
    let media = last as i64 - first as i64;
    let with_padding =
        (to.position + later.part as u64) as i64 - (from.position + earlier.part as u64) as i64;
    let runs_on = one_stream
        && step.signum() == media.signum()
        && (media.abs()..=with_padding.abs()).contains(&step.abs());
    if !runs_on {
        let may_start = to.source == Source::Mic || (to.keyframe && later.part == 0);
        if step != 1 || !may_start {
            return Err(format!("{later:?} ({to:?}) follows {earlier:?} ({from:?}) by {step}"));
        }
        return Ok(());
    }
    // A hole. Whatever is missing must not have come in between the two: then the server has lost it.
    let came =
        |packet: PacketRef| frame(packet).and_then(|sent| sent.first_arrival(packet.part)).map(|it| it.order);
    let (Some(after), Some(before)) = (came(earlier), came(later)) else { return Ok(()) };
    let missing = book.between(later.client, to.source, to.layer, first + 1..last.max(first + 1));
    match missing
        .into_iter()
        .find(|packet| came(*packet).is_some_and(|order| after < order && order < before))
    {
        Some(lost) => Err(format!(
            "{lost:?} ({:?}) came to the server and was not sent, between {earlier:?} ({from:?}) and {later:?} ({to:?})",
            frame(lost)
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Tag;

    const SSRC: u32 = 8;

    /// Sounds of client 0 that came in the order given.
    fn sounds(count: usize, came: &[usize]) -> Book {
        let mut book = Book::default();
        for _ in 0..count {
            book.enter(0, Source::Mic, 0, 1, false, 0);
        }
        for (tick, frame) in came.iter().enumerate() {
            book.arrived(Tag { client: 0, frame: *frame, part: Some(0) }, tick as Tick);
        }
        book
    }

    fn viewed(packets: &[(u16, usize)]) -> Streams {
        let mut streams = Streams::default();
        for (sequence, frame) in packets {
            let place = streams.left(1, SSRC, *sequence, 0).unwrap();
            streams.seen(place, PacketRef { client: 0, frame: *frame, part: 0 });
        }
        streams
    }

    #[test]
    fn a_hole_of_the_publishers_network_is_explained() {
        let book = sounds(4, &[0, 1, 3]);
        assert_eq!(viewed(&[(7, 0), (8, 1), (10, 3)]).judge(&book), Ok(1));
    }

    #[test]
    fn what_came_late_may_fill_its_hole() {
        let book = sounds(4, &[0, 1, 3, 2]);
        assert_eq!(viewed(&[(7, 0), (8, 1), (10, 3), (9, 2)]).judge(&book), Ok(1));
    }

    #[test]
    fn a_hole_of_the_servers_making_is_seen() {
        let book = sounds(4, &[0, 1, 2, 3]);
        assert!(viewed(&[(7, 0), (8, 1), (10, 3)]).judge(&book).unwrap_err().contains("was not sent"));
        assert!(viewed(&[(7, 0), (9, 1)]).judge(&book).unwrap_err().contains("follows"));
    }

    #[test]
    fn a_picture_that_goes_on_without_a_keyframe_is_seen() {
        let mut book = Book::default();
        for _ in 0..3 {
            book.enter(0, Source::Camera, 0, 1, false, 0);
        }
        assert!(viewed(&[(7, 0), (8, 2)]).judge(&book).unwrap_err().contains("follows"));
    }

    #[test]
    fn one_number_for_two_packets_is_seen() {
        let mut streams = viewed(&[(7, 0), (8, 1)]);
        assert!(streams.left(1, SSRC, 8, 0).unwrap_err().contains("twice"));
        let repair =
            |frame| viewed(&[(7, 0), (8, 1)]).repaired(1, SSRC, 8, PacketRef { client: 0, frame, part: 0 });
        assert_eq!(repair(1), Ok(()));
        assert!(repair(0).is_err());
    }
}
