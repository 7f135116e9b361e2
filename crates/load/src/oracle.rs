//! Whether anything reached anybody that must not have.

use std::collections::HashMap;

use crate::Micros;
use crate::marker::Tag;
use crate::receiving::Sighting;

/// When each sender was off stage: from the answer that said so to the moment it asked to come up again, both by one clock.
///
/// Nothing *sent* within such a time may reach anyone, ever; and nothing may *arrive* within it at all, since the server answers only after
/// the last packet was handed to the kernel.
#[derive(Clone, Debug, Default)]
pub struct Absences {
    by_sender: HashMap<Tag, Vec<Absence>>,
}

#[derive(Clone, Copy, Debug)]
struct Absence {
    from: Micros,
    until: Micros,
}

/// A packet that must not have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leak {
    /// The packet.
    pub sighting: Sighting,
    /// How long after the answer it arrived, in microseconds.
    pub after_us: u64,
    /// Whether it was sent after the answer as well, rather than before.
    pub sent_after: bool,
}

impl Absences {
    /// Nobody was ever off stage.
    pub fn none() -> Absences {
        Absences::default()
    }

    /// The sender was taken off stage: this is when the answer that says so was there.
    pub fn begin(&mut self, sender: Tag, answered: Micros) {
        self.by_sender.entry(sender).or_default().push(Absence { from: answered, until: Micros(u64::MAX) });
    }

    /// The sender is about to come up again.
    pub fn end(&mut self, sender: Tag, asked: Micros) {
        if let Some(last) = self.by_sender.get_mut(&sender).and_then(|absences| absences.last_mut()) {
            last.until = asked;
        }
    }

    /// What of these must not have come.
    pub fn leaks(&self, journal: &[Sighting]) -> Vec<Leak> {
        journal.iter().filter_map(|sighting| self.leak(sighting)).collect()
    }

    fn leak(&self, sighting: &Sighting) -> Option<Leak> {
        let absences = self.by_sender.get(&sighting.marker.sender)?;
        absences.iter().find_map(|absence| {
            let within = |at: Micros| absence.from < at && at < absence.until;
            let sent_after = within(sighting.marker.sent);
            (sent_after || within(sighting.arrived)).then(|| Leak {
                sighting: *sighting,
                after_us: sighting.arrived.since(absence.from),
                sent_after,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use media::Source;

    use super::*;
    use crate::marker::{Marker, NO_FRAME};

    fn sighting(sender: Tag, sent: u64, arrived: u64) -> Sighting {
        let marker = Marker {
            sender,
            source: Source::Camera,
            layer: 2,
            counter: 0,
            frame: NO_FRAME,
            sent: Micros(sent),
        };
        Sighting { marker, arrived: Micros(arrived) }
    }

    fn absent() -> Absences {
        let mut absences = Absences::none();
        absences.begin(1, Micros(1000));
        absences.end(1, Micros(2000));
        absences
    }

    #[test]
    fn what_is_sent_and_comes_on_stage_is_no_leak() {
        let journal = [sighting(1, 900, 1000), sighting(1, 2000, 2001), sighting(2, 1500, 1501)];
        assert_eq!(absent().leaks(&journal), []);
    }

    #[test]
    fn a_packet_sent_after_the_answer_is_a_leak_whenever_it_comes() {
        for arrived in [1001, 1999, 2500] {
            let leaks = absent().leaks(&[sighting(1, 1001, arrived)]);
            assert_eq!(leaks.len(), 1, "{arrived}");
            assert!(leaks[0].sent_after);
        }
    }

    #[test]
    fn a_packet_sent_before_and_delivered_after_the_answer_is_a_leak_too() {
        let leaks = absent().leaks(&[sighting(1, 999, 1001)]);
        assert_eq!((leaks.len(), leaks[0].after_us, leaks[0].sent_after), (1, 1, false));
    }

    #[test]
    fn an_absence_without_end_lasts() {
        let mut absences = Absences::none();
        absences.begin(1, Micros(1000));
        assert_eq!(absences.leaks(&[sighting(1, u64::MAX - 1, u64::MAX - 1)]).len(), 1);
    }
}
