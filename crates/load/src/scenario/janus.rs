//! The webinar and the audio scenario with Janus as the server, measured as they are with Proscenium.

use std::future::Future;
use std::time::Instant;

use futures_util::{StreamExt, stream};

use super::crowd::AT_ONCE;
use super::{FIRST_VIEWER, SERVER_LAG, Seen, Settings, publisher, report, strangers, viewer};
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
pub async fn run_at_janus(
    janus: &Janus,
    settings: &Settings,
    tell: &mut dyn FnMut(&str),
) -> Result<Report, LoadError> {
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
    let (start, before, began) = (Usage::of(janus.process)?, arrived(&viewers), Instant::now());
    tokio::time::sleep(settings.time).await;
    let seconds = began.elapsed().as_secs_f64();
    let (end, after) = (Usage::of(janus.process)?, arrived(&viewers));
    let server = process::figures(&empty, &start, &end, after - before, settings.viewers);
    let on_stage: Vec<_> = publishers.iter().map(Seen::guest).collect();
    let watching: Vec<_> = viewers.iter().map(Seen::guest).collect();
    let leaked = strangers(&on_stage, &watching, settings.publishers as Tag);
    let report = report(settings, seconds, &failures, (&on_stage, &watching), leaked, server);
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
