//! Dev mode's links: whoever opens one becomes a person of that role. Made for one machine, and refused to every other site's page:
//! a web page somewhere must not be able to mint itself a way into rooms on the reader's machine.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{Path, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use room::Identity;
use serde::Deserialize;
use serde_json::{Value, json};
use signaling::limits::TITLE_CHARS;
use stage::{Access, Role};

use super::ApiError;
use super::body::Body;
use super::{links, rooms, tokens};
use crate::app::App;
use crate::config::DEV_ROOM;
use crate::random;
use crate::rooms::NewRoom;
use crate::socket::same_origin;

/// Numbers for people without a name.
#[derive(Debug, Default)]
pub(crate) struct Names([AtomicU32; 4]);

impl Names {
    /// "Guest 3": the third viewer who came by such a link since the server started.
    fn next(&self, role: Role) -> String {
        let word = match role {
            Role::Viewer => "Guest",
            Role::Speaker => "Speaker",
            Role::Moderator => "Moderator",
            Role::Host => "Host",
        };
        let number = self.0[role as usize].fetch_add(1, Ordering::Relaxed) + 1;
        format!("{word} {number}")
    }
}

/// The two links of a room, for a moderator and for a viewer.
pub(crate) fn dev_links(base: &str, room: &str) -> [(&'static str, String); 2] {
    ["moderator", "viewer"].map(|role| (role, format!("{base}/dev/join/{room}/{role}")))
}

/// A room for trying out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DevRoomBody {
    title: Option<String>,
    access: Option<Access>,
}

pub(super) fn router(app: Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/dev", get(about))
        .route("/api/v1/dev/rooms", post(create))
        .route("/dev/join/{room}/{role}", get(join))
        .route_layer(from_fn_with_state(app, own_page_only))
}

async fn own_page_only(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let headers = request.headers();
    if !named_as_this_machine(headers)
        || !same_origin(headers, app.config.public_url.as_deref())
        || cross_site(headers)
    {
        return Err(ApiError::origin_forbidden());
    }
    Ok(next.run(request).await)
}

/// Dev mode answers to nobody who calls it by another name: its API key is known to all the world, and a page whose own name was
/// made to point here would be of one origin with it.
pub(super) async fn own_name_only(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let headers = request.headers();
    if !named_as_this_machine(headers) && !named_as_public(headers, app.config.public_url.as_deref()) {
        return Err(ApiError::origin_forbidden());
    }
    Ok(next.run(request).await)
}

/// The name that the operator gave the server.
fn named_as_public(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let public = public_url.and_then(|url| url.split_once("://"));
    matches!((host, public), (Some(host), Some((_, public))) if host.eq_ignore_ascii_case(public))
}

/// Whatever the port: a proxy on this machine has one of its own. A name that somebody else's DNS made point here (DNS rebinding) is not this machine's.
fn named_as_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = host.and_then(|host| host.parse::<Authority>().ok()) else { return false };
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// What browsers say of who asks, where they do (Fetch Metadata): a link typed or opened from outside a page is `none`.
pub(super) fn cross_site(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

async fn about(State(app): State<Arc<App>>, headers: HeaderMap) -> Json<Value> {
    Json(json!({ "dev": true, "room": DEV_ROOM, "links": link_object(&app, &headers, DEV_ROOM) }))
}

async fn create(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Body(body): Body<DevRoomBody>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    if app.is_draining() {
        return Err(ApiError::draining());
    }
    // The landing page's form may be sent as it is.
    let title = body.title.filter(|title| !title.trim().is_empty());
    if let Some(title) = &title {
        rooms::check_text("title", title, TITLE_CHARS)?;
    }
    let mut new = NewRoom { title, ..NewRoom::default() };
    new.access = body.access.unwrap_or(new.access);
    let room = app.rooms.create(new).await?;
    let links = link_object(&app, &headers, &room.id);
    Ok((StatusCode::CREATED, Json(json!({ "id": &*room.id, "links": links }))))
}

async fn join(
    State(app): State<Arc<App>>,
    Path((room, role)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    rooms::find(&app, &room)?;
    let role = match role.as_str() {
        "viewer" => Role::Viewer,
        "speaker" => Role::Speaker,
        "moderator" => Role::Moderator,
        "host" => Role::Host,
        _ => return Err(ApiError::not_found()),
    };
    let identity = Identity { user: random::key(), name: app.names.next(role), role, waits: false };
    let token = tokens::sign(&app, &room, &identity, app.config.tokens.ttl)?;
    // Without an authority: the browser stays under the name it came by.
    let location = links::join("", &room, &token);
    Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response())
}

fn link_object(app: &App, headers: &HeaderMap, room: &str) -> Value {
    dev_links(&links::base(app, headers), room)
        .into_iter()
        .map(|(role, link)| (role.to_owned(), json!(link)))
        .collect()
}
