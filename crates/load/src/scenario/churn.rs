//! One publisher goes on or off stage every so often, in turn, and goes on sending while off.

use std::time::{Duration, Instant};

use media::Source;
use tokio::time::{MissedTickBehavior, interval};

use crate::Micros;
use crate::error::LoadError;
use crate::marker::Tag;
use crate::oracle::Absences;
use crate::participant::Participant;
use crate::receiving::Sighting;
use crate::report::Quantiles;

/// From one change to the next.
const EVERY: Duration = Duration::from_millis(200);

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Churned {
    /// Packets that reached a viewer and must not have.
    pub(super) leaked: u64,
    pub(super) stage_to_air_ms: Quantiles,
    pub(super) stage_to_air_server_ms: Quantiles,
    pub(super) never_on_air: u64,
}

/// Somebody came up, and who has not seen it yet.
struct ComeUp {
    sender: Tag,
    asked: Micros,
    answered: Micros,
    /// By viewer.
    seen: Vec<bool>,
}

/// Times to air so far, in milliseconds.
#[derive(Default)]
struct Airings {
    whole: Vec<f64>,
    server: Vec<f64>,
}

/// Keeps it up for a time.
pub(super) async fn churn(
    publishers: &[Participant],
    viewers: &[Participant],
    time: Duration,
) -> Result<Churned, LoadError> {
    let (until, mut beat) = (Instant::now() + time, interval(EVERY));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut absences, mut airings, mut churned) = (Absences::none(), Airings::default(), Churned::default());
    let mut up: Vec<Option<ComeUp>> = publishers.iter().map(|_| None).collect();
    let mut down = vec![false; publishers.len()];
    let mut turn = 0;
    while Instant::now() < until && !publishers.is_empty() {
        beat.tick().await;
        let index = turn % publishers.len();
        let publisher = &publishers[index];
        if down[index] {
            let asked = Micros::now();
            absences.end(publisher.tag, asked);
            publisher.join_stage().await?;
            let answered = Micros::now();
            publisher.media.send_keyframe();
            let seen = vec![false; viewers.len()];
            up[index] = Some(ComeUp { sender: publisher.tag, asked, answered, seen });
        } else {
            publisher.leave_stage().await?;
            absences.begin(publisher.tag, Micros::now());
        }
        let leaving = !down[index];
        down[index] = leaving;
        turn += 1;
        for (at, viewer) in viewers.iter().enumerate() {
            let journal = viewer.media.take_journal();
            churned.leaked += absences.leaks(&journal).len() as u64;
            up.iter_mut().flatten().for_each(|come_up| come_up.look(at, &journal, &mut airings));
        }
        if leaving && let Some(come_up) = up[index].take() {
            churned.never_on_air += come_up.seen.iter().filter(|seen| !**seen).count() as u64;
        }
    }
    churned.stage_to_air_ms = Quantiles::of(airings.whole);
    churned.stage_to_air_server_ms = Quantiles::of(airings.server);
    Ok(churned)
}

impl ComeUp {
    /// Looks for the first packet of a picture that one viewer got since.
    fn look(&mut self, viewer: usize, journal: &[Sighting], airings: &mut Airings) {
        let Some(seen) = self.seen.get_mut(viewer).filter(|seen| !**seen) else { return };
        let first = journal.iter().find(|sighting| {
            sighting.marker.sender == self.sender
                && sighting.marker.source == Source::Camera
                && sighting.marker.sent >= self.asked
        });
        let Some(first) = first else { return };
        *seen = true;
        let since = |from: Micros| first.arrived.since(from) as f64 / 1000.0;
        airings.whole.push(since(self.answered));
        airings.server.push(since(self.answered.max(first.marker.sent)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marker::{Marker, NO_FRAME};

    fn sighting(source: Source, sent: u64, arrived: u64) -> Sighting {
        let marker = Marker { sender: 1, source, layer: 2, counter: 0, frame: NO_FRAME, sent: Micros(sent) };
        Sighting { marker, arrived: Micros(arrived) }
    }

    #[test]
    fn the_first_picture_after_coming_up_counts_once_and_the_servers_part_begins_when_it_was_sent() {
        let mut come_up =
            ComeUp { sender: 1, asked: Micros(1000), answered: Micros(3000), seen: vec![false; 1] };
        let mut airings = Airings::default();
        come_up.look(
            0,
            &[sighting(Source::Camera, 900, 3500), sighting(Source::Mic, 3100, 3200)],
            &mut airings,
        );
        assert!(airings.whole.is_empty(), "sent before, and sound");
        come_up.look(
            0,
            &[sighting(Source::Camera, 8000, 9000), sighting(Source::Camera, 8001, 9001)],
            &mut airings,
        );
        come_up.look(0, &[sighting(Source::Camera, 9000, 9900)], &mut airings);
        assert_eq!((airings.whole, airings.server), (vec![6.0], vec![1.0]));
    }
}
