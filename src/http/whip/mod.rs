//! WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): publishing and watching by HTTP, for whoever has no page. See docs/whip.md.
//!
//! Nothing is decided here. An offer is read and answered, the room decides who comes in and what is let in, and this tells of it in the
//! words of the two protocols.

mod body;
mod cors;
mod ice_servers;
mod session;

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use media::sdp::{self, OfferError, single};
use room::{Brings, Follow, Identity, Unattended};
use serde::Deserialize;
use signaling::IceServer;

use super::auth::bearer;
use super::{ApiError, rooms};
use crate::app::App;
use crate::metrics::Turned;
use crate::random;
use crate::rooms::{AttachError, Attaching, Link, Protocol, Resource};

pub(super) use cors::cors;
pub(super) use session::{end, here, patch};

/// What an offer and an answer are.
const SDP: &str = "application/sdp";

/// Whom a viewer wants to see.
#[derive(Deserialize)]
pub(super) struct Watch {
    /// Their id; the active speaker where there is none.
    participant: Option<String>,
}

/// Why somebody was not let in, and how it is counted.
type Refused = (Turned, ApiError);

/// `POST /whip/{room}`.
pub(super) async fn publish(
    State(app): State<Arc<App>>,
    Path(room): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    counted(&app, Protocol::Whip, begin(&app, Protocol::Whip, &room, Follow::ActiveSpeaker, request).await)
}

/// `POST /whep/{room}`.
pub(super) async fn watch(
    State(app): State<Arc<App>>,
    Path(room): Path<String>,
    Query(Watch { participant }): Query<Watch>,
    request: Request,
) -> Result<Response, ApiError> {
    let follow = match participant.map(|id| id.parse()) {
        None => Ok(Follow::ActiveSpeaker),
        Some(Ok(participant)) => Ok(Follow::Participant(participant)),
        Some(Err(_)) => Err((Turned::Room, ApiError::participant_not_found())),
    };
    let begun = match follow {
        Ok(follow) => begin(&app, Protocol::Whep, &room, follow, request).await,
        Err(refused) => Err(refused),
    };
    counted(&app, Protocol::Whep, begun)
}

/// `GET`: neither an endpoint nor a session has anything to show (RFC 9725, section 4.1: a success without content).
pub(super) async fn nothing() -> StatusCode {
    StatusCode::NO_CONTENT
}

fn counted(app: &App, protocol: Protocol, begun: Result<Response, Refused>) -> Result<Response, ApiError> {
    begun.map_err(|(turned, error)| {
        app.counts.turned_away(protocol, turned);
        error
    })
}

/// An offer by somebody with a token, up to the answer.
async fn begin(
    app: &Arc<App>,
    protocol: Protocol,
    room: &str,
    follow: Follow,
    request: Request,
) -> Result<Response, Refused> {
    let (token, identity) = identity(app, room, request.headers()).map_err(|error| (Turned::Token, error))?;
    let room = rooms::find(app, room).map_err(|error| (Turned::Room, error))?;
    let offer = body::read(app, request, SDP).await.map_err(|error| (Turned::Offer, error))?;
    let bad_offer = |error: OfferError| (Turned::Offer, bad_request("bad_offer", error));
    let link = Arc::<Link>::default();
    let (answered, unattended) = match protocol {
        Protocol::Whip => {
            let sources = single::sources(&offer).map_err(bad_offer)?;
            let check = |agreed: &sdp::Session| single::published(&sources, agreed);
            let answered = link.offer_once(&app.rooms, &room, &offer, &sources, check).map_err(bad_offer)?;
            (answered, Unattended::Publisher(brings(&sources)))
        }
        Protocol::Whep => {
            let sources = sdp::SourceMids::default();
            let answered = link.offer_once(&app.rooms, &room, &offer, &sources, single::watched);
            (answered.map_err(bad_offer)?, Unattended::Watcher(follow))
        }
    };
    let (key, answer, session) = (random::key(), answered.sdp.clone(), app.rooms.new_session());
    let resource =
        Resource::new(protocol, room.clone(), session, link.clone(), identity.user.clone(), &token);
    let attaching = |told| Attaching {
        session,
        identity,
        unattended,
        link: link.clone(),
        answered,
        key: key.clone(),
        resource,
        answer: told,
    };
    let who = app.rooms.attach(&room, attaching).await.map_err(not_let_in)?;
    let ice_session = link.ice_session().ok_or_else(|| (Turned::Room, gone()))?;
    let ice_servers = app.rooms.ice_servers(&room, who);
    Ok(created(&ice_servers, protocol, &room.id, &key, &ice_session, answer))
}

fn brings(sources: &sdp::SourceMids) -> Brings {
    Brings { mic: sources.mic.is_some(), camera: sources.camera.is_some(), screen: sources.screen.is_some() }
}

/// Whose token the request shows.
fn identity(app: &App, room: &str, headers: &HeaderMap) -> Result<(String, Identity), ApiError> {
    let Some(token) = bearer(headers) else {
        let message = "this call needs the header `Authorization: Bearer <join token>`";
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, "unauthorized", message));
    };
    let identity = app
        .tokens
        .read(token, room)
        .map_err(|error| ApiError::new(StatusCode::UNAUTHORIZED, error.code(), error.to_string()))?;
    Ok((token.to_owned(), identity))
}

fn not_let_in(error: AttachError) -> Refused {
    match error {
        AttachError::Refused(refusal) => (Turned::Stage, ApiError::refused(&refusal)),
        AttachError::Rejected(signaling::ErrorCode::RoomFull) => {
            let message = "as many people as the room can hold are in it";
            (Turned::Room, ApiError::new(StatusCode::CONFLICT, "room_full", message))
        }
        AttachError::Rejected(_) => (Turned::Room, gone()),
        AttachError::NotAnswered => (Turned::Room, ApiError::timed_out()),
    }
}

fn gone() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "session_not_found", "there is no such session, or it is over")
}

fn bad_request(code: &'static str, problem: impl ToString) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, code, problem.to_string())
}

/// 201: the answer, and where the session is.
fn created(
    ice_servers: &[IceServer],
    protocol: Protocol,
    room: &str,
    key: &str,
    ice_session: &str,
    answer: String,
) -> Response {
    let mut response = (StatusCode::CREATED, answer).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(SDP));
    // A room's id and a key are of letters, digits, `-` and `_`: always a header value.
    if let Ok(location) = HeaderValue::from_str(&format!("/{}/{room}/{key}", protocol.name())) {
        headers.insert(header::LOCATION, location);
    }
    headers.insert(header::ETAG, tag(ice_session));
    for link in ice_servers.iter().flat_map(ice_servers::links) {
        headers.append(header::LINK, link);
    }
    response
}

/// The strong entity tag of an ICE session (RFC 9725, section 4.3.1).
fn tag(ice_session: &str) -> HeaderValue {
    // Credentials are letters and digits: always a header value.
    HeaderValue::from_str(&format!("\"{ice_session}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}
