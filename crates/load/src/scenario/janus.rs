//! The webinar and the audio scenario with Janus as the server, measured as they are with Proscenium.

use std::future::Future;

use futures_util::{StreamExt, stream};

use super::churn::Churned;
use super::crowd::AT_ONCE;
use super::monitor::{Gauge, Monitor, Tell};
use super::outcome::{Outcome, Seen};
use super::{FIRST_VIEWER, SERVER_LAG, Settings, publisher, viewer};
use crate::error::LoadError;
use crate::janus::{Guest, Room};
use crate::marker::Tag;
use crate::process::{self, Usage};
use crate::report::Report;

/// A Janus of this machine.
#[derive(Clone, Debug)]
pub struct Janus {
    /// Its JSON API over WebSockets, as in `ws://127.0.0.1:8188`.
    pub url: String,
    /// Its process, which has no other way to tell what it costs.
    pub process: i32,
}

/// Runs a scenario of steady media; `tell` is told what goes on. The room is made for the run and ended after it.
///
/// # Errors
/// Janus is not there or gives no room. Who cannot come in is in the report instead.
pub async fn run_at_janus(janus: &Janus, settings: &Settings, tell: &Tell) -> Result<Report, LoadError> {
    let empty = Usage::of(janus.process)?;
    let room = Room::create(&janus.url, settings.publishers).await?;
    let mut failures = Vec::new();
    let tags: Vec<Tag> = (0..settings.publishers as Tag).collect();
    let publishers = tags.iter().map(|tag| {
        let (room, entry) = (&room, publisher(settings, *tag));
        async move { room.publish(&entry).await }
    });
    let publishers = enter(publishers, &mut failures).await;
    publishers.iter().for_each(|publisher| publisher.media.send(true));
    tell(&format!("{} publishers on stage", publishers.len()));
    let feeds: Vec<Tag> = publishers.iter().map(|publisher| publisher.tag).collect();
    let viewers = (0..settings.viewers as Tag).map(|number| {
        let (room, feeds, entry) = (&room, &feeds, viewer(settings, FIRST_VIEWER + number));
        async move { room.watch(&entry, feeds).await }
    });
    let viewers = enter(viewers, &mut failures).await;
    tell(&format!("{} viewers are in", viewers.len()));
    tokio::time::sleep(SERVER_LAG).await;
    let watched = viewers.iter().map(|viewer| viewer.media.watch()).collect();
    let monitor = Monitor::start(Gauge::Process(janus.process), watched, tell.clone())?;
    let (start, before) = (Usage::of(janus.process)?, arrived(&viewers));
    tokio::time::sleep(settings.time).await;
    let (end, after) = (Usage::of(janus.process)?, arrived(&viewers));
    let outcome = Outcome {
        publishers: publishers.iter().map(Seen::guest).collect(),
        viewers: viewers.iter().map(Seen::guest).collect(),
        failures: &failures,
        measured: monitor.finish(),
        churned: Churned::default(),
        server: process::figures(&empty, &start, &end, after - before, settings.viewers),
    };
    let report = outcome.report(settings);
    stream::iter(publishers.into_iter().chain(viewers)).for_each_concurrent(AT_ONCE, Guest::leave).await;
    room.destroy().await?;
    Ok(report)
}

/// Lets them in as fast as they get in, as many at a time as at Proscenium.
async fn enter(
    coming: impl Iterator<Item = impl Future<Output = Result<Guest, LoadError>>>,
    failures: &mut Vec<String>,
) -> Vec<Guest> {
    let came: Vec<_> = stream::iter(coming).buffer_unordered(AT_ONCE).collect().await;
    let (mut there, mut absent) = (Vec::new(), Vec::new());
    came.into_iter().for_each(|one| match one {
        Ok(guest) => there.push(guest),
        Err(error) => absent.push(error.to_string()),
    });
    failures.append(&mut absent);
    there.sort_by_key(|guest| guest.tag);
    there
}

/// Packets that viewers have, each counted once: what a server must have forwarded.
fn arrived(viewers: &[Guest]) -> u64 {
    let slots = viewers.iter().flat_map(|viewer| viewer.media.continuity());
    slots.map(|(_, _, continuity)| continuity.received).sum()
}
