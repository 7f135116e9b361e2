//! From what everybody saw to the report.

use std::time::Duration;

use clap::ValueEnum;

use super::churn::Churned;
use super::monitor::Measured;
use super::{FAILURES_TOLD, FIRST_VIEWER, Settings};
use crate::Micros;
use crate::connection::Connection;
use crate::janus::Guest;
use crate::marker::Tag;
use crate::participant::Participant;
use crate::report::{Quantiles, Report, ServerFigures};

/// What a report needs of somebody, whichever server they are at.
pub(super) struct Seen<'a> {
    tag: Tag,
    began: Micros,
    join: Duration,
    media: &'a Connection,
}

impl Seen<'_> {
    pub(super) fn participant(one: &Participant) -> Seen<'_> {
        Seen { tag: one.tag, began: one.began, join: one.join, media: &one.media }
    }

    pub(super) fn guest(one: &Guest) -> Seen<'_> {
        Seen { tag: one.tag, began: one.began, join: one.join, media: &one.media }
    }
}

/// All that is known when a scenario is over.
pub(super) struct Outcome<'a> {
    pub(super) publishers: Vec<Seen<'a>>,
    pub(super) viewers: Vec<Seen<'a>>,
    /// Why some could not come in.
    pub(super) failures: &'a [String],
    pub(super) measured: Measured,
    pub(super) churned: Churned,
    pub(super) server: ServerFigures,
}

impl Outcome<'_> {
    /// Packets that anyone received from others than the publishers of the same room.
    fn strangers(&self, settings: &Settings) -> u64 {
        let stranger = |sender: Tag, room: usize| sender >= FIRST_VIEWER || settings.room_of(sender) != room;
        let of = |one: &Seen<'_>| {
            let room = settings.room_of(one.tag);
            let senders = one.media.received().senders.into_iter();
            senders.filter(|(sender, _)| stranger(*sender, room)).map(|(_, tally)| tally.packets).sum::<u64>()
        };
        self.publishers.iter().chain(&self.viewers).map(of).sum()
    }

    /// The figures.
    pub(super) fn report(self, settings: &Settings) -> Report {
        let leaked_packets = self.churned.leaked + self.strangers(settings);
        let Outcome { publishers, viewers, failures, measured, churned, server } = self;
        let joins = publishers.iter().chain(&viewers).map(|one| one.join.as_secs_f64() * 1000.0).collect();
        let first: Vec<f64> = viewers
            .iter()
            .filter_map(|one| Some(one.media.received().first_packet?.since(one.began) as f64 / 1000.0))
            .collect();
        let streams = viewers.iter().flat_map(|viewer| viewer.media.continuity());
        let (expected, received) = streams.fold((0, 0), |(expected, received), (_, _, stream)| {
            (expected + stream.expected, received + stream.received)
        });
        let lost: u64 = expected.saturating_sub(received);
        let name = settings.scenario.to_possible_value();
        Report {
            scenario: name.map(|value| value.get_name().to_owned()).unwrap_or_default(),
            rooms: settings.rooms,
            publishers: settings.all_publishers(),
            viewers: settings.all_viewers(),
            seconds: measured.seconds,
            joined: publishers.len() + viewers.len(),
            without_media: if settings.publishers == 0 { 0 } else { viewers.len() - first.len() },
            join_ms: Quantiles::of(joins),
            first_packet_ms: Quantiles::of(first),
            packets_expected: expected,
            packets_received: received,
            loss_ratio: if expected == 0 { 0.0 } else { lost as f64 / expected as f64 },
            forward_delay_us: Quantiles::of_histogram(&measured.figures.delay_us),
            leaked_packets,
            stage_to_air_ms: churned.stage_to_air_ms,
            stage_to_air_server_ms: churned.stage_to_air_server_ms,
            never_on_air: churned.never_on_air,
            generator: measured.generator,
            server,
            failures: failures.iter().take(FAILURES_TOLD).cloned().collect(),
            timeline: measured.timeline,
        }
    }
}
