//! The first page of somebody who signs in: there and back, their rooms, and out again. All of it is there only where the operator named a
//! provider.
//!
//! Who somebody is stands in a cookie that no script reads and no other site's form sends (`SameSite=Lax`); what changes something, or tells
//! of somebody, looks at the `Origin` as well.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use room::{Identity, ScriptCommand};
use serde::Deserialize;
use serde_json::{Value, json};
use signaling::limits::TITLE_CHARS;
use stage::{Access, Role};

use super::ApiError;
use super::body::Body;
use super::dev::cross_site;
use super::{links, rooms, tokens};
use crate::app::App;
use crate::bounds::{OWNED_ROOMS, SESSION_LASTS, SIGN_IN_WITHIN};
use crate::clock::Clock;
use crate::metrics::Bound;
use crate::rooms::{NewRoom, RoomRef};
use crate::sign_in::{Answer, Person, Refused, SignIns};
use crate::socket::same_origin;

/// By which somebody who is signed in is known.
const SESSION: &str = "proscenium_session";
/// By which the browser is known that began a sign-in.
const BROWSER: &str = "proscenium_sign_in";

pub(super) fn router(app: Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/me", get(me))
        .route("/api/v1/me/rooms", post(create))
        .route("/api/v1/me/rooms/{room}", post(open).delete(end))
        .route("/api/v1/me/sign-out", post(sign_out))
        .route_layer(from_fn_with_state(app, own_page_only))
        .route("/sign-in", get(begin))
        .route("/sign-in/callback", get(finish))
}

async fn own_page_only(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let headers = request.headers();
    if !same_origin(headers, app.config.public_url.as_deref()) || cross_site(headers) {
        return Err(ApiError::origin_forbidden());
    }
    Ok(next.run(request).await)
}

async fn begin(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let sign_ins = sign_ins(&app)?;
    if app.is_draining() {
        return Err(ApiError::draining());
    }
    let base = links::base(&app, &headers);
    match sign_ins.begin(format!("{base}/sign-in/callback"), Clock::unix_seconds()).await {
        Ok(begun) => {
            if begun.crowded {
                app.counts.hit(Bound::SignIns);
            }
            let cookie = cookie(BROWSER, &begun.browser, SIGN_IN_WITHIN.as_secs(), &base);
            Ok((StatusCode::SEE_OTHER, [(header::LOCATION, begun.url), (header::SET_COOKIE, cookie)])
                .into_response())
        }
        Err(refused) => Ok(back(&refused)),
    }
}

/// What a provider puts into the address (RFC 6749, section 4.1.2).
#[derive(Deserialize)]
struct Returned {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
}

async fn finish(
    State(app): State<Arc<App>>,
    Query(returned): Query<Returned>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let sign_ins = sign_ins(&app)?;
    let Returned { state, code, error } = returned;
    let browser = cookie_of(&headers, BROWSER).map(str::to_owned);
    let answer = Answer { state, code, error, browser };
    match sign_ins.finish(answer, Clock::unix_seconds()).await {
        Ok((key, crowded)) => {
            if crowded {
                app.counts.hit(Bound::Sessions);
            }
            let base = links::base(&app, &headers);
            let cookie = cookie(SESSION, &key, SESSION_LASTS.as_secs(), &base);
            let to_the_page = [(header::LOCATION, "/".to_owned()), (header::SET_COOKIE, cookie)];
            Ok((StatusCode::SEE_OTHER, to_the_page).into_response())
        }
        Err(refused) => Ok(back(&refused)),
    }
}

/// The page has the words; the log has what the operator needs.
fn back(refused: &Refused) -> Response {
    tracing::info!(%refused, "somebody is not signed in");
    (StatusCode::SEE_OTHER, [(header::LOCATION, format!("/#sign_in={}", refused.code()))]).into_response()
}

/// Who is signed in, and their rooms.
async fn me(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Json<Value>, ApiError> {
    let provider = &sign_ins(&app)?.config.name;
    let Ok(person) = person(&app, &headers) else {
        return Ok(Json(json!({ "provider": provider, "person": null, "rooms": [] })));
    };
    let mut told = Vec::new();
    for id in owned(&app, &person).await? {
        let Some(room) = app.rooms.find(&id) else { continue };
        let Some(state) = app.rooms.state(&room).await else { continue };
        let people = state.participants.iter().filter(|one| one.connected).count();
        told.push(json!({ "id": id, "title": state.title, "access": state.access, "people": people }));
    }
    Ok(Json(json!({ "provider": provider, "person": { "name": person.name }, "rooms": told })))
}

/// A room to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnRoomBody {
    title: String,
    access: Option<Access>,
}

async fn create(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Body(body): Body<OwnRoomBody>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let person = person(&app, &headers)?;
    if app.is_draining() {
        return Err(ApiError::draining());
    }
    rooms::check_text("title", &body.title, TITLE_CHARS)?;
    if owned(&app, &person).await?.len() >= OWNED_ROOMS {
        app.counts.hit(Bound::OwnedRooms);
        let message = format!("one person has at most {OWNED_ROOMS} rooms");
        return Err(ApiError::new(StatusCode::CONFLICT, "too_many_rooms", message));
    }
    let mut new = NewRoom { title: Some(body.title), ..NewRoom::default() };
    new.access = body.access.unwrap_or(new.access);
    let room = app.rooms.create(new).await?;
    let id = room.id.clone();
    if app.rooms.on_disk(move |store| store.own_room(&id, &person.owner)).await != Some(true) {
        // A room that is nobody's could be ended by nobody.
        let _ = app.rooms.call(&room, ScriptCommand::End).await;
        return Err(ApiError::not_kept());
    }
    Ok((StatusCode::CREATED, Json(json!({ "id": &*room.id }))))
}

/// The way into one's own room, as its host.
async fn open(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let (person, room) = own(&app, &headers, &id).await?;
    let identity = Identity { user: person.owner, name: person.name, role: Role::Host, waits: false };
    let token = tokens::sign(&app, &room.id, &identity, app.config.tokens.ttl)?;
    let url = links::join(&links::base(&app, &headers), &room.id, &token);
    Ok(Json(json!({ "token": token, "url": url })))
}

/// Ends one's own room.
async fn end(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let (_, room) = own(&app, &headers, &id).await?;
    app.rooms.call(&room, ScriptCommand::End).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    if let Some(key) = cookie_of(&headers, SESSION) {
        sign_ins(&app)?.sign_out(key, Clock::unix_seconds());
    }
    let gone = cookie(SESSION, "", 0, &links::base(&app, &headers));
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

fn sign_ins(app: &App) -> Result<&SignIns, ApiError> {
    app.sign_ins.as_ref().ok_or_else(ApiError::not_found)
}

fn person(app: &App, headers: &HeaderMap) -> Result<Person, ApiError> {
    let key = cookie_of(headers, SESSION);
    let found = key.and_then(|key| sign_ins(app).ok()?.person_of(key, Clock::unix_seconds()));
    found.ok_or_else(|| {
        ApiError::new(StatusCode::UNAUTHORIZED, "signed_out", "nobody is signed in, or not any more")
    })
}

/// Somebody and a room of theirs. To somebody else it is as though it were not there.
async fn own(app: &App, headers: &HeaderMap, id: &str) -> Result<(Person, RoomRef), ApiError> {
    let person = person(app, headers)?;
    let room = rooms::find(app, id)?;
    let asked = id.to_owned();
    let owner =
        app.rooms.on_disk(move |store| store.owner_of(&asked)).await.ok_or_else(ApiError::internal)?;
    if owner.as_deref() != Some(&*person.owner) {
        return Err(ApiError::room_not_found(id));
    }
    Ok((person, room))
}

async fn owned(app: &App, person: &Person) -> Result<Vec<String>, ApiError> {
    let owner = person.owner.clone();
    app.rooms.on_disk(move |store| store.rooms_of(&owner)).await.ok_or_else(ApiError::internal)
}

/// A cookie of this server's (RFC 6265). `Secure` wherever people come by HTTPS, which is everywhere but on one's own machine.
fn cookie(name: &str, value: &str, seconds: u64, base: &str) -> String {
    let secure = if base.starts_with("http://") { "" } else { "; Secure" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

fn cookie_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs =
        headers.get_all(header::COOKIE).into_iter().filter_map(|line: &HeaderValue| line.to_str().ok());
    let mut pairs = pairs.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}
