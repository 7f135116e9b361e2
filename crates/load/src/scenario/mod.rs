//! What the load generator does to a server.

mod churn;
mod crowd;
mod janus;
mod monitor;
mod outcome;
mod publisher;

use std::net::SocketAddr;
use std::time::Duration;

use clap::ValueEnum;
use signaling::Access;

use crate::Identity;
use crate::api::Api;
use crate::error::LoadError;
use crate::marker::Tag;
use crate::participant::{Entry, Participant};
use crate::plan::Plan;
use crate::receiving::Opening;
use crate::report::{Report, ServerFigures};

use churn::Churned;
use crowd::{Crowd, Pace};
use monitor::{Gauge, Monitor};
use outcome::{Outcome, Seen};
use publisher::{Make, Publisher};

pub use janus::{Janus, run_at_janus};
pub use monitor::Tell;

/// Viewers' tags begin here, so that they are never a publisher's.
const FIRST_VIEWER: Tag = 1_000_000;
/// The server's own figures are at most this old.
const SERVER_LAG: Duration = Duration::from_millis(300);
/// After the last of a join storm: time to get its first packets.
const STORM_ENDS: Duration = Duration::from_secs(1);
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
    /// An existing room; without it rooms are made for the run, and ended after it.
    pub room: Option<String>,
    /// How many rooms are made; one where `room` is given.
    pub rooms: usize,
    /// On stage in each room, 1 to 100; a join storm can do with nobody.
    pub publishers: usize,
    /// How many of those are peer connections of the `webrtc` crate instead of our own.
    pub webrtc_publishers: usize,
    /// Watching in each room.
    pub viewers: usize,
    /// Where viewers send their media instead of to the server's own address.
    pub media_via: Option<SocketAddr>,
    /// How long is measured.
    pub time: Duration,
}

impl Settings {
    /// The room of a publisher or viewer.
    fn room_of(&self, tag: Tag) -> usize {
        match tag.checked_sub(FIRST_VIEWER) {
            Some(viewer) => viewer as usize / self.viewers.max(1),
            None => tag as usize / self.publishers.max(1),
        }
    }

    /// The first ones of each room are of the other make.
    fn make_of(&self, publisher: Tag) -> Make {
        let number = publisher as usize % self.publishers.max(1);
        if number < self.webrtc_publishers { Make::Webrtc } else { Make::Synthetic }
    }

    fn all_publishers(&self) -> usize {
        self.rooms * self.publishers
    }

    fn all_viewers(&self) -> usize {
        self.rooms * self.viewers
    }
}

/// Runs a scenario; `tell` is told what goes on.
///
/// # Errors
/// The server is not there, or nobody can go on stage. Participants that cannot come in are in the report instead.
pub async fn run(api: &Api, settings: &Settings, tell: &Tell) -> Result<Report, LoadError> {
    let run = rand::random::<u32>();
    let rooms: Vec<String> = match &settings.room {
        Some(room) => vec![room.clone()],
        None => (0..settings.rooms).map(|number| format!("load-{run:08x}-{number}")).collect(),
    };
    let capacity = u16::try_from(settings.publishers.max(1)).unwrap_or(u16::MAX);
    for room in &rooms {
        match api.create_room(room, Access::Invite, capacity).await {
            Err(LoadError::Status { code, .. }) if code == "room_exists" && settings.room.is_some() => {}
            made => made?,
        }
    }
    let report = in_rooms(api, settings, &rooms, tell).await;
    if settings.room.is_none() {
        for room in &rooms {
            api.delete_room(room).await?;
        }
    }
    report
}

async fn in_rooms(
    api: &Api,
    settings: &Settings,
    rooms: &[String],
    tell: &Tell,
) -> Result<Report, LoadError> {
    let room_of = |tag| rooms.get(settings.room_of(tag)).cloned().unwrap_or_default();
    let empty = api.metrics().await?;
    let mut crowd = Crowd::new(api)?;
    let tags = 0..settings.all_publishers() as Tag;
    let enter = |api: Api, identity: Identity, tag| {
        let (make, room, entry) = (settings.make_of(tag), room_of(tag), publisher(settings, tag));
        async move { Publisher::enter(make, &api, &room, &entry, &identity).await }
    };
    let publishers = crowd.enter(tags, Pace::AtOnce, enter).await;
    for publisher in &publishers {
        publisher.join_stage().await?;
    }
    tell(&format!("{} publishers on stage", publishers.len()));
    let storm = settings.scenario == Scenario::JoinStorm;
    let mut start = api.metrics().await?;
    let gauge = Gauge::Metrics(api.clone());
    let mut monitor = Monitor::start(gauge.clone(), Vec::new(), tell.clone())?;
    let pace = if storm { Pace::Over(settings.time) } else { Pace::AtOnce };
    let tags = FIRST_VIEWER..FIRST_VIEWER + settings.all_viewers() as Tag;
    let enter = |api: Api, identity: Identity, tag| {
        let (room, entry) = (room_of(tag), viewer(settings, tag));
        async move { Participant::enter(&api, &room, &entry, &identity).await }
    };
    let viewers = crowd.enter(tags, pace, enter).await;
    tell(&format!("{} viewers are in", viewers.len()));
    let mut churned = Churned::default();
    if !storm {
        tokio::time::sleep(SERVER_LAG).await;
        drop(monitor);
        start = api.metrics().await?;
        let watched = viewers.iter().map(|viewer| viewer.media.watch()).collect();
        monitor = Monitor::start(gauge, watched, tell.clone())?;
    }
    match settings.scenario {
        Scenario::StageChurn => churned = churn::churn(&publishers, &viewers, settings.time).await?,
        Scenario::JoinStorm => tokio::time::sleep(STORM_ENDS).await,
        Scenario::Gate => {
            viewers.iter().for_each(|viewer| viewer.media.send(true));
            tokio::time::sleep(settings.time).await;
        }
        Scenario::Webinar | Scenario::Audio => tokio::time::sleep(settings.time).await,
    }
    let end = api.metrics().await?;
    let measured = monitor.finish();
    let mut server = ServerFigures::between(&empty, &start, &end, settings.all_viewers());
    if storm {
        server.cpu_ms_per_join = Some(server.cpu_seconds * 1000.0 / viewers.len().max(1) as f64);
    }
    let outcome = Outcome {
        publishers: publishers.iter().map(Publisher::seen).collect(),
        viewers: viewers.iter().map(Seen::participant).collect(),
        failures: crowd.failures(),
        measured,
        churned,
        server,
    };
    let report = outcome.report(settings);
    crowd.leave(publishers.into_iter().map(Publisher::leave)).await;
    crowd.leave(viewers.into_iter().map(Participant::leave)).await;
    Ok(report)
}

fn publisher(settings: &Settings, tag: Tag) -> Entry {
    let plan = match settings.scenario {
        Scenario::Audio => Plan::clip_sound(),
        // Every packet has a marker there, so that any of them can be told from others and found where it must not be.
        Scenario::StageChurn | Scenario::Gate => Plan::webcam(),
        Scenario::Webinar | Scenario::JoinStorm => Plan::clip(),
    };
    Entry { opening: opening(settings), ..Entry::speaker(tag, plan).seeing(settings.publishers) }
}

fn viewer(settings: &Settings, tag: Tag) -> Entry {
    // With nobody of ours on stage there is somebody else.
    let mut entry = Entry::viewer(tag).seeing(settings.publishers.max(1));
    entry.media_via = settings.media_via;
    entry.opening = opening(settings);
    match settings.scenario {
        Scenario::Gate => entry.plan = Plan::trickle(),
        Scenario::StageChurn => entry.journal = true,
        Scenario::Audio => entry.video_slots = 0,
        Scenario::Webinar | Scenario::JoinStorm => {}
    }
    entry
}

fn opening(settings: &Settings) -> Opening {
    match settings.scenario {
        Scenario::StageChurn | Scenario::Gate => Opening::All,
        Scenario::Webinar | Scenario::Audio | Scenario::JoinStorm => Opening::Samples,
    }
}
