//! Guests: links that moderators give away, and who comes by them.
//!
//! A link's key is 128 bits drawn at random, kept by its hash alone: nobody can be shown a link again, only a new one. Whoever has one makes
//! themselves a person of it by a name; what they are from then on is a join token like any other.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use ring::digest::{SHA256, digest};
use room::Identity;
use serde::Deserialize;
use serde_json::{Value, json};
use signaling::Role;
use signaling::limits::NAME_CHARS;
use stage::Millis;
use store::{LinkOver, LinkRecord};

use super::auth::moderated;
use super::body::Body;
use super::{ApiError, links, rooms, tokens};
use crate::app::App;
use crate::bounds::{
    LINK_MAX_TTL, LINK_TTL, LINK_USES, LINKS_PER_ROOM, REDEMPTION_BURST, REDEMPTIONS_PER_SECOND,
};
use crate::clock::Clock;
use crate::metrics::Bound;
use crate::random;
use crate::rooms::RoomRef;
use crate::socket::Bucket;

/// How fast guests come into each room.
#[derive(Default)]
pub(crate) struct Redemptions(Mutex<HashMap<Arc<str>, Bucket>>);

impl fmt::Debug for Redemptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redemptions(…)")
    }
}

impl Redemptions {
    /// Whether one more guest may come now. Of rooms that are gone nothing is kept, as soon as there would be more of them than of others.
    fn take(&self, room: &RoomRef, now: Millis, is_open: impl Fn(&str) -> bool) -> bool {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() == buckets.capacity() {
            buckets.retain(|id, _| is_open(id));
        }
        let fresh = || Bucket::full(REDEMPTIONS_PER_SECOND, REDEMPTION_BURST, now);
        buckets.entry(room.id.clone()).or_insert_with(fresh).take(now)
    }
}

/// A link to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkBody {
    #[serde(default = "viewer")]
    role: Role,
    waits: Option<bool>,
    uses: Option<u32>,
    ttl_seconds: Option<u64>,
}

fn viewer() -> Role {
    Role::Viewer
}

/// A guest at the door.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GuestBody {
    key: String,
    name: String,
}

/// Somebody who looks where a link leads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookBody {
    key: String,
}

/// `POST /api/v1/rooms/{room}/links`
pub(super) async fn make(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<LinkBody>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let (room, rank) = moderated(&app, &id, &headers).await?;
    let waits = check(&body, rank)?;
    let made = Clock::unix_seconds();
    let link = LinkRecord {
        id: random::room_id(),
        room: room.id.to_string(),
        role: role_name(body.role).to_owned(),
        waits,
        uses: body.uses,
        used: 0,
        made,
        expires: made.saturating_add(body.ttl_seconds.unwrap_or(LINK_TTL.as_secs())),
        ended: false,
    };
    let (key, kept) = (random::key(), link.clone());
    let hash = hash(&key);
    let added = app.rooms.on_disk(move |store| store.add_link(&hash, &kept, LINKS_PER_ROOM)).await;
    if !added.ok_or_else(ApiError::not_kept)? {
        app.counts.hit(Bound::RoomLinks);
        return Err(ApiError::too_many_links(LINKS_PER_ROOM));
    }
    let mut told = told(&link);
    told["url"] = format!("{}/g/{key}", links::base(&app, &headers)).into();
    Ok((StatusCode::CREATED, Json(told)))
}

/// `GET /api/v1/rooms/{room}/links`
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let (room, _) = moderated(&app, &id, &headers).await?;
    let found = app.rooms.on_disk(move |store| store.links(&room.id, Clock::unix_seconds())).await;
    let found = found.ok_or_else(ApiError::internal)?;
    Ok(Json(json!({ "links": found.iter().map(told).collect::<Vec<_>>() })))
}

/// `DELETE /api/v1/rooms/{room}/links/{id}`
pub(super) async fn end(
    State(app): State<Arc<App>>,
    Path((id, link)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let (room, _) = moderated(&app, &id, &headers).await?;
    let ended = app.rooms.on_disk(move |store| store.end_link(&room.id, &link)).await;
    if ended.ok_or_else(ApiError::not_kept)? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::link_not_found())
    }
}

/// `POST /api/v1/guests/look`: where a link leads, without using it. The key is no part of the address, which logs keep.
pub(super) async fn look(
    State(app): State<Arc<App>>,
    Body(body): Body<LookBody>,
) -> Result<Json<Value>, ApiError> {
    let hash = hash(&body.key);
    let (link, room) = open(&app, app.rooms.on_disk(move |store| store.link(&hash)).await)?;
    let state = app.rooms.state(&room).await.ok_or_else(ApiError::timed_out)?;
    Ok(Json(json!({ "title": state.title, "role": link.role, "waits": link.waits })))
}

/// `POST /api/v1/guests`: somebody comes by a link.
pub(super) async fn redeem(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Body(body): Body<GuestBody>,
) -> Result<Json<Value>, ApiError> {
    rooms::check_text("name", &body.name, NAME_CHARS)?;
    let hash = hash(&body.key);
    let seen = hash.clone();
    // Looked at first: a link is not used up where nobody comes in.
    let (_, room) = open(&app, app.rooms.on_disk(move |store| store.link(&seen)).await)?;
    if !app.redemptions.take(&room, app.rooms.now(), |id| app.rooms.find(id).is_some()) {
        app.counts.hit(Bound::RedemptionRate);
        let message = "too many guests at once; try again in a moment";
        return Err(ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_fast", message));
    }
    let used = app.rooms.on_disk(move |store| store.use_link(&hash, Clock::unix_seconds())).await;
    let (link, room) = open(&app, used)?;
    let role = role_of(&link.role).ok_or_else(ApiError::internal)?;
    let name = body.name.trim().to_owned();
    let identity = Identity { user: random::key(), name, role, waits: link.waits };
    let token = tokens::sign(&app, &room.id, &identity, app.config.tokens.ttl)?;
    let url = links::join(&links::base(&app, &headers), &room.id, &token);
    Ok(Json(json!({ "token": token, "url": url })))
}

/// What came of looking for a link: it and its room, where somebody comes in by it still.
fn open(app: &App, found: Option<Option<LinkRecord>>) -> Result<(LinkRecord, RoomRef), ApiError> {
    let link = found.ok_or_else(ApiError::internal)?.ok_or_else(ApiError::link_not_found)?;
    let gone = |code, message| ApiError::new(StatusCode::GONE, code, message);
    match link.over(Clock::unix_seconds()) {
        Some(LinkOver::Ended) => Err(gone("link_ended", "a moderator has ended this link")),
        Some(LinkOver::Spent) => Err(gone("link_spent", "the link was used as often as it was for")),
        Some(LinkOver::Expired) => Err(gone("link_expired", "the link's time is over")),
        None => {
            let room = rooms::find(app, &link.room)?;
            Ok((link, room))
        }
    }
}

/// Whether its guests wait, where it may be made.
fn check(body: &LinkBody, rank: Role) -> Result<bool, ApiError> {
    if body.role > rank || role_of(role_name(body.role)).is_none() {
        let problem = "viewer, speaker or moderator, and not above the role of who makes the link";
        return Err(ApiError::invalid_field("role", problem));
    }
    if body.uses.is_some_and(|uses| !(1..=LINK_USES).contains(&uses)) {
        return Err(ApiError::invalid_field("uses", format!("a whole number from 1 to {LINK_USES}")));
    }
    let most = LINK_MAX_TTL.as_secs();
    if body.ttl_seconds.is_some_and(|seconds| !(1..=most).contains(&seconds)) {
        return Err(ApiError::invalid_field("ttl_seconds", format!("a whole number from 1 to {most}")));
    }
    let waits = body.waits.unwrap_or(body.role == Role::Viewer);
    if waits && body.role == Role::Moderator {
        return Err(ApiError::invalid_field("waits", "false for moderators, who wait nowhere"));
    }
    Ok(waits)
}

fn told(link: &LinkRecord) -> Value {
    let LinkRecord { id, role, waits, uses, used, made, expires, .. } = link;
    json!({ "id": id, "role": role, "waits": waits, "uses": uses, "used": used, "made": made, "expires": expires })
}

fn hash(key: &str) -> String {
    digest(&SHA256, key.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Speaker => "speaker",
        Role::Moderator => "moderator",
        Role::Host => "host",
    }
}

/// What a link may make of somebody; nobody becomes a host by one.
fn role_of(name: &str) -> Option<Role> {
    [Role::Viewer, Role::Speaker, Role::Moderator].into_iter().find(|role| role_name(*role) == name)
}
