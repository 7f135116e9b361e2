//! What the load generator does to a server.

mod churn;
mod crowd;
mod janus;

use std::time::{Duration, Instant};

use clap::ValueEnum;
use signaling::Access;

use crate::Micros;
use crate::api::Api;
use crate::connection::Connection;
use crate::error::LoadError;
use crate::janus::Guest;
use crate::marker::Tag;
use crate::participant::{Entry, Participant};
use crate::plan::Plan;
use crate::receiving::histogram;
use crate::report::{Quantiles, Report, ServerFigures};

use crowd::{Crowd, Pace};

pub use janus::{Janus, run_at_janus};

/// Viewers' tags begin here, so that they are never a publisher's.
const FIRST_VIEWER: Tag = 10_000;
/// The server's own figures are at most this old.
const SERVER_LAG: Duration = Duration::from_millis(300);
/// Failures told in words.
const FAILURES_TOLD: usize = 5;

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// Publishers with sound and simulcast pictures, and viewers
    Webinar,
    /// Publishers with sound alone, and viewers
    Audio,
    /// Viewers who all come in within the given time
    JoinStorm,
    /// One publisher goes on or off stage every 200 ms
    StageChurn,
    /// Viewers who send sound and pictures without being on stage
    Gate,
}

/// What a run needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which scenario.
    pub scenario: Scenario,
    /// An existing room; without it one is made for the run, and ended after it.
    pub room: Option<String>,
    /// On stage, 1 to 100.
    pub publishers: usize,
    /// Watching.
    pub viewers: usize,
    /// How long is measured.
    pub time: Duration,
}

/// Runs a scenario; `tell` is told what goes on.
///
/// # Errors
/// The server is not there, or nobody can go on stage. Participants that cannot come in are in the report instead.
pub async fn run(api: &Api, settings: &Settings, tell: &mut dyn FnMut(&str)) -> Result<Report, LoadError> {
    let room = match &settings.room {
        Some(room) => room.clone(),
        None => format!("load-{:08x}", rand::random::<u32>()),
    };
    let capacity = u16::try_from(settings.publishers.max(1)).unwrap_or(u16::MAX);
    match api.create_room(&room, Access::Invite, capacity).await {
        Err(LoadError::Status { code, .. }) if code == "room_exists" && settings.room.is_some() => {}
        made => made?,
    }
    let report = in_room(api, settings, &room, tell).await;
    if settings.room.is_none() {
        api.delete_room(&room).await?;
    }
    report
}

async fn in_room(
    api: &Api,
    settings: &Settings,
    room: &str,
    tell: &mut dyn FnMut(&str),
) -> Result<Report, LoadError> {
    let empty = api.metrics().await?;
    let mut crowd = Crowd::new(api, room)?;
    let publishers =
        crowd.enter(0..settings.publishers as Tag, Pace::AtOnce, |tag| publisher(settings, tag)).await;
    for publisher in &publishers {
        publisher.join_stage().await?;
    }
    tell(&format!("{} publishers on stage", publishers.len()));
    let mut start = api.metrics().await?;
    let mut began = Instant::now();
    let pace = match settings.scenario {
        Scenario::JoinStorm => Pace::Over(settings.time),
        _ => Pace::AtOnce,
    };
    let tags = FIRST_VIEWER..FIRST_VIEWER + settings.viewers as Tag;
    let viewers = crowd.enter(tags, pace, |tag| viewer(settings, tag)).await;
    tell(&format!("{} viewers are in", viewers.len()));
    let mut leaked = 0;
    if settings.scenario != Scenario::JoinStorm {
        tokio::time::sleep(SERVER_LAG).await;
        start = api.metrics().await?;
        began = Instant::now();
    }
    match settings.scenario {
        Scenario::StageChurn => leaked += churn::churn(&publishers, &viewers, settings.time).await?,
        Scenario::JoinStorm => tokio::time::sleep(Duration::from_secs(1)).await,
        Scenario::Gate => {
            viewers.iter().for_each(|viewer| viewer.media.send(true));
            tokio::time::sleep(settings.time).await;
        }
        Scenario::Webinar | Scenario::Audio => tokio::time::sleep(settings.time).await,
    }
    let seconds = began.elapsed().as_secs_f64();
    let end = api.metrics().await?;
    let server = ServerFigures::between(&empty, &start, &end, settings.viewers);
    let on_stage: Vec<_> = publishers.iter().map(Seen::participant).collect();
    let watching: Vec<_> = viewers.iter().map(Seen::participant).collect();
    leaked += strangers(&on_stage, &watching, settings.publishers as Tag);
    let report = report(settings, seconds, crowd.failures(), (&on_stage, &watching), leaked, server);
    crowd.leave(publishers.into_iter().chain(viewers)).await;
    Ok(report)
}

fn publisher(settings: &Settings, tag: Tag) -> Entry {
    let plan = match settings.scenario {
        Scenario::Audio => Plan::microphone(),
        _ => Plan::webcam(),
    };
    Entry::speaker(tag, plan).seeing(settings.publishers)
}

fn viewer(settings: &Settings, tag: Tag) -> Entry {
    let mut entry = Entry::viewer(tag).seeing(settings.publishers);
    match settings.scenario {
        Scenario::Gate => entry.plan = Plan::trickle(),
        Scenario::StageChurn => entry.journal = true,
        Scenario::Audio => entry.video_slots = 0,
        Scenario::Webinar | Scenario::JoinStorm => {}
    }
    entry
}

/// What a report needs of somebody, whichever server they are at.
struct Seen<'a> {
    began: Micros,
    join: Duration,
    media: &'a Connection,
}

impl Seen<'_> {
    fn participant(one: &Participant) -> Seen<'_> {
        Seen { began: one.began, join: one.join, media: &one.media }
    }

    fn guest(one: &Guest) -> Seen<'_> {
        Seen { began: one.began, join: one.join, media: &one.media }
    }
}

/// Packets that anyone received from others than the publishers.
fn strangers(publishers: &[Seen<'_>], viewers: &[Seen<'_>], first_stranger: Tag) -> u64 {
    let everybody = publishers.iter().chain(viewers);
    let received = everybody.flat_map(|one| one.media.received().senders);
    received.filter(|(sender, _)| *sender >= first_stranger).map(|(_, tally)| tally.packets).sum()
}

fn report(
    settings: &Settings,
    seconds: f64,
    failures: &[String],
    (publishers, viewers): (&[Seen<'_>], &[Seen<'_>]),
    leaked_packets: u64,
    server: ServerFigures,
) -> Report {
    let joins = publishers.iter().chain(viewers).map(|one| one.join.as_secs_f64() * 1000.0).collect();
    let first: Vec<f64> = viewers
        .iter()
        .filter_map(|one| Some(one.media.received().first_packet?.since(one.began) as f64 / 1000.0))
        .collect();
    let mut delay = histogram();
    let (mut expected, mut received) = (0, 0);
    for viewer in viewers {
        // Both were made alike, and grow as needed.
        let _ = delay.add(viewer.media.delay());
        for (_, _, continuity) in viewer.media.continuity() {
            expected += continuity.expected;
            received += continuity.received;
        }
    }
    Report {
        scenario: settings
            .scenario
            .to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default(),
        publishers: settings.publishers,
        viewers: settings.viewers,
        seconds,
        joined: publishers.len() + viewers.len(),
        without_media: viewers.len() - first.len(),
        join_ms: Quantiles::of(joins),
        first_packet_ms: Quantiles::of(first),
        packets_expected: expected,
        packets_received: received,
        loss_ratio: if expected == 0 {
            0.0
        } else {
            expected.saturating_sub(received) as f64 / expected as f64
        },
        forward_delay_us: Quantiles::of_histogram(&delay),
        leaked_packets,
        generator_late: publishers.iter().map(|one| one.media.sent().late).sum(),
        server,
        failures: failures.iter().take(FAILURES_TOLD).cloned().collect(),
    }
}
