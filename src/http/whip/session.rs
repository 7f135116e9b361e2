//! A session that stands: candidates, ICE restarts, its end.
//!
//! Its address holds 128 random bits, and is all that is asked for. A token that is shown nevertheless must be the one it was made with, or
//! a good one of the same person.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use media::sdp::fragment::Fragment;

use super::super::ApiError;
use super::super::auth::bearer;
use super::{bad_request, body, gone, tag};
use crate::app::App;
use crate::rooms::{Resource, Restart};

/// What candidates and credentials come in (RFC 8840).
pub(super) const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// Where a session is.
type Place = Path<(String, String)>;

/// `PATCH`: candidates, of which an ICE-lite server needs none, or an ICE restart (RFC 9725, section 4.3).
pub(in super::super) async fn patch(
    State(app): State<Arc<App>>,
    Path((room, key)): Place,
    request: Request,
) -> Result<Response, ApiError> {
    let resource = find(&app, &request, &room, &key)?;
    let wanted = request.headers().get(header::IF_MATCH).cloned();
    let text = body::read(&app, request, FRAGMENT).await?;
    let fragment = Fragment::read(&text).map_err(|error| bad_request("bad_fragment", error))?;
    let wanted = wanted.ok_or_else(|| {
        let message =
            "this call needs the header `If-Match` with the ETag of the ICE session, or `*` to restart ICE";
        ApiError::new(StatusCode::PRECONDITION_REQUIRED, "precondition_required", message)
    })?;
    let current = resource.link.ice_session().ok_or_else(gone)?;
    let any = matches!(wanted.as_bytes(), b"*" | b"\"*\"");
    if !any && !names(&wanted, &tag(&current)) {
        let message = "the ETag is not that of the present ICE session";
        return Err(ApiError::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", message));
    }
    let Some(ice) = fragment.ice else {
        return if any { Err(no_credentials()) } else { Ok(StatusCode::NO_CONTENT.into_response()) };
    };
    match resource.link.restart_ice(&app.media, ice) {
        Restart::Restarted { fragment, ice_session } => Ok(restarted(fragment, &ice_session)),
        Restart::Unchanged => Ok(StatusCode::NO_CONTENT.into_response()),
        Restart::Gone => Err(gone()),
    }
}

/// `DELETE`: the person leaves the room; answered when none of their media goes out any more.
pub(in super::super) async fn end(
    State(app): State<Arc<App>>,
    Path((room, key)): Place,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let resource = find(&app, &request, &room, &key)?;
    match app.rooms.detach(&resource.room, resource.session).await {
        true => Ok(StatusCode::OK),
        false => Err(ApiError::timed_out()),
    }
}

/// `GET`: there is such a session, and nothing to show of it.
pub(in super::super) async fn here(
    State(app): State<Arc<App>>,
    Path((room, key)): Place,
    request: Request,
) -> Result<StatusCode, ApiError> {
    find(&app, &request, &room, &key).map(|_| StatusCode::NO_CONTENT)
}

fn find(app: &App, request: &Request, room: &str, key: &str) -> Result<Resource, ApiError> {
    let path = request.uri().path();
    let of_it = |resource: &Resource| {
        *resource.room.id == *room
            && path.strip_prefix('/').is_some_and(|path| path.starts_with(resource.protocol.name()))
    };
    let resource = app.rooms.resources.get(key).filter(of_it).ok_or_else(gone)?;
    if is_theirs(app, &resource, request.headers()) {
        return Ok(resource);
    }
    let message = "the token is not of the person whose session this is";
    Err(ApiError::new(StatusCode::UNAUTHORIZED, "token_invalid", message))
}

fn is_theirs(app: &App, resource: &Resource, headers: &HeaderMap) -> bool {
    if !headers.contains_key(header::AUTHORIZATION) {
        return true;
    }
    bearer(headers).is_some_and(|token| {
        let of_them = || app.tokens.read(token, &resource.room.id).is_ok_and(|one| one.user == resource.user);
        resource.was_made_with(token) || of_them()
    })
}

/// Whether a list of entity tags has this one; weak ones match nothing (RFC 9110, section 13.1.1).
fn names(list: &HeaderValue, tag: &HeaderValue) -> bool {
    list.to_str().is_ok_and(|list| list.split(',').any(|one| one.trim().as_bytes() == tag.as_bytes()))
}

fn no_credentials() -> ApiError {
    let message = "an ICE restart needs a=ice-ufrag and a=ice-pwd";
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "no_ice_credentials", message)
}

fn restarted(fragment: String, ice_session: &str) -> Response {
    let mut response = (StatusCode::OK, fragment).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(FRAGMENT));
    response.headers_mut().insert(header::ETAG, tag(ice_session));
    response
}
