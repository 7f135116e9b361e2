//! From a verified launch to a place in a room.

use std::sync::Arc;

use ::lti::grades::Grading;
use ::lti::launch::{GradesEndpoint, Launch, Message, Titled};
use ::lti::login::origin;
use ::lti::platform::{Platform, Tenant};
use ::lti::{Refusal, roles};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use room::{Identity, ScriptCommand};
use serde::{Deserialize, Serialize};
use signaling::limits::{NAME_CHARS, TITLE_CHARS};
use stage::{Access, Role};
use store::{RoomOwner, TenantRecord};

use super::{Lti, StoredChoice};
use crate::bounds::ROOM_ID_CHARS;
use crate::random;
use crate::rooms::{CreateError, NewRoom, Rooms};

/// Who goes where.
#[derive(Clone, Debug)]
pub(crate) struct Entered {
    pub(crate) room: String,
    pub(crate) identity: Identity,
    pub(crate) locale: Option<String>,
}

/// What is there for a link.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Services {
    /// What people call the course.
    #[serde(default)]
    pub(super) context: Option<String>,
    /// The link's own name.
    #[serde(default)]
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) memberships_url: Option<String>,
    #[serde(default)]
    pub(super) grades: Option<GradesEndpoint>,
}

/// A place in a room for somebody of a course.
struct Place {
    room: String,
    /// The room was made in this course, or in none.
    own_course: bool,
}

impl Lti {
    /// The room of a launch, made where it is the first, and who came.
    pub(crate) async fn enter(
        &self,
        rooms: &Arc<Rooms>,
        dev: bool,
        platform: &Platform,
        launch: &Launch,
    ) -> Result<Entered, Refusal> {
        let Message::ResourceLink(link) = &launch.message else { return Err(Refusal::Internal) };
        let tenant = record(&launch.tenant);
        let _making = self.making.lock().await;
        let Place { room, own_course } = self.place(rooms, dev, launch, &tenant, link).await?;
        let mut identity = identity(platform, launch);
        if !own_course {
            // Who teaches one course does not teach another, whose room a parameter may name.
            identity.role = Role::Viewer;
        }
        let services = Services {
            context: launch.context.as_ref().and_then(|context| context.title.clone()),
            title: link.title.clone(),
            memberships_url: launch.memberships_url.clone().filter(|url| is_callable(url, dev)),
            grades: launch.grades.clone().filter(|grades| {
                let GradesEndpoint { line_items, line_item, .. } = grades;
                line_items.iter().chain(line_item).all(|url| is_callable(url, dev))
            }),
        };
        let body = serde_json::to_string(&services).map_err(|_| Refusal::Internal)?;
        let person = launch.user.clone().map(|subject| (identity.user.clone(), subject));
        let (link, kept) = (link.id.clone(), room.clone());
        self.on_disk(move |store| {
            let person = person.as_ref().map(|(user, subject)| (user.as_str(), subject.as_str()));
            store.save_link(&tenant, &link, &kept, &body, person)
        })
        .await?;
        Ok(Entered { room, identity, locale: launch.locale.clone() })
    }

    /// A room for a link that is being added: its id.
    pub(crate) async fn make_room(
        &self,
        rooms: &Arc<Rooms>,
        choice: &StoredChoice,
        title: &str,
        access: Access,
        grading: Option<Grading>,
    ) -> Result<String, Refusal> {
        let new = NewRoom { title: Some(shortened(title, TITLE_CHARS)), access, ..NewRoom::default() };
        let owner = RoomOwner { tenant: record(&choice.tenant), context: choice.context.clone() };
        self.create(rooms, new, owner, grading).await
    }

    async fn place(
        &self,
        rooms: &Arc<Rooms>,
        dev: bool,
        launch: &Launch,
        tenant: &TenantRecord,
        link: &Titled,
    ) -> Result<Place, Refusal> {
        let custom = |names: [&str; 2]| names.into_iter().find_map(|name| launch.custom.get(name));
        let context = launch.context.as_ref().map(|context| context.id.clone());
        // A link that was copied with its course brings the room of the course it comes from: this one gets a room of its own.
        let copied = launch.custom.get("course").is_some_and(|course| Some(course) != context.as_ref());
        let known = match custom(["room", "custom_room"]).filter(|_| !copied) {
            Some(name) => Some(checked(name)?),
            None => {
                let (tenant, link) = (tenant.clone(), link.id.clone());
                self.on_disk(move |store| store.link_room(&tenant, &link)).await?
            }
        };
        if let Some(room) = &known
            && rooms.find(room).is_some()
        {
            return self.owned(room, dev, tenant, context.as_ref()).await;
        }
        let mut new = NewRoom { id: known, ..NewRoom::default() };
        let of_context = || launch.context.as_ref().and_then(|context| context.title.clone());
        new.title = link.title.clone().or_else(of_context).map(|title| shortened(&title, TITLE_CHARS));
        if let Some(word) = custom(["stage_access", "custom_stage_access"]) {
            new.access = access(word)?;
        }
        let grading = launch.custom.get("grade").and_then(|word| Grading::named(word));
        let owner = RoomOwner { tenant: tenant.clone(), context };
        Ok(Place { room: self.create(rooms, new, owner, grading).await?, own_course: true })
    }

    /// Gives all rooms and links of one tenant to another; returns how many there were of each.
    pub(crate) async fn hand_over(&self, from: &Tenant, to: &Tenant) -> Result<(usize, usize), Refusal> {
        let (from, to) = (record(from), record(to));
        tracing::info!(?from, ?to, "rooms are given to another deployment");
        let _one_at_a_time = self.making.lock().await;
        self.on_disk(move |store| store.hand_over(&from, &to)).await
    }

    /// A room that is there, where this tenant may send people into it: its own. One that is no tenant's is a script's or a person's own; to
    /// try things out, in dev mode, it is anybody's.
    async fn owned(
        &self,
        room: &str,
        dev: bool,
        tenant: &TenantRecord,
        context: Option<&String>,
    ) -> Result<Place, Refusal> {
        let asked = room.to_owned();
        let own_course = match self.on_disk(move |store| store.room_owner(&asked)).await? {
            Some(owner) if owner.tenant == *tenant => owner.context.is_none_or(|own| Some(&own) == context),
            None if dev => true,
            _ => return Err(Refusal::RoomOfAnother { room: room.to_owned() }),
        };
        Ok(Place { room: room.to_owned(), own_course })
    }

    async fn create(
        &self,
        rooms: &Arc<Rooms>,
        new: NewRoom,
        owner: RoomOwner,
        grading: Option<Grading>,
    ) -> Result<String, Refusal> {
        let wanted = new.id.clone().unwrap_or_default();
        let made = rooms.create(new).await.map_err(|error| match error {
            CreateError::Exists => Refusal::RoomOfAnother { room: wanted },
            CreateError::TooMany => Refusal::TooManyRooms,
            CreateError::NotKept => Refusal::StorageFailed,
        })?;
        let room = made.id.to_string();
        let kept = room.clone();
        let grading = grading.map(Grading::name);
        if let Err(refusal) = self.on_disk(move |store| store.save_room_owner(&kept, &owner, grading)).await {
            // A room that is nobody's would be nobody's to enter either.
            let _ = rooms.call(&made, ScriptCommand::End).await;
            return Err(refusal);
        }
        Ok(room)
    }
}

/// Whether a service is called at this address: with the platform's word for people there goes a secret of ours.
fn is_callable(url: &str, dev: bool) -> bool {
    origin(url).is_some_and(|origin| dev || origin.starts_with("https://") || is_this_machine(&origin))
}

/// `http` to one's own machine is heard by nobody else.
pub(crate) fn is_this_machine(origin: &str) -> bool {
    ["http://localhost", "http://127.0.0.1", "http://[::1]"]
        .iter()
        .any(|here| origin.strip_prefix(here).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
}

pub(super) fn record(tenant: &Tenant) -> TenantRecord {
    let Tenant { issuer, client_id, deployment } = tenant.clone();
    TenantRecord { issuer, client_id, deployment }
}

fn identity(platform: &Platform, launch: &Launch) -> Identity {
    let (user, role) = match &launch.user {
        Some(subject) => (user(&platform.issuer, subject), roles::role(&launch.roles, &platform.roles)),
        // Somebody whom the platform does not name is nobody to put in charge.
        None => (random::key(), Role::Viewer),
    };
    let name = launch.name.as_ref().map(|name| shortened(name, NAME_CHARS));
    let name = match name.filter(|name| !name.is_empty()) {
        Some(name) => name,
        None => format!("Guest {}", user.chars().rev().take(4).collect::<String>()),
    };
    Identity { user, name, role, waits: false }
}

/// What a platform's person is called in join tokens: the same from every link of the platform, and nobody else. The platform's own id of
/// them stays on this server.
pub(super) fn user(issuer: &str, subject: &str) -> String {
    let hash = digest(&SHA256, format!("{issuer}\0{subject}").as_bytes());
    format!("lti-{}", URL_SAFE_NO_PAD.encode(hash.as_ref().get(..18).unwrap_or_default()))
}

/// A room's name out of a custom parameter.
fn checked(name: &str) -> Result<String, Refusal> {
    let fits = name.len() <= ROOM_ID_CHARS
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let problem = || format!("{name:?} is not 1 to {ROOM_ID_CHARS} of the characters A-Z, a-z, 0-9, - and _");
    if fits { Ok(name.to_owned()) } else { Err(Refusal::BadRoomName { problem: problem() }) }
}

fn access(word: &str) -> Result<Access, Refusal> {
    match word {
        "open" => Ok(Access::Open),
        "request" => Ok(Access::Request),
        "invite" => Ok(Access::Invite),
        _ => Err(Refusal::BadRequest {
            field: "custom_stage_access",
            problem: format!("is {word:?}, and has to be open, request or invite"),
        }),
    }
}

/// What people will read, without control characters and no longer than it may be.
fn shortened(text: &str, most: usize) -> String {
    let clean: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    clean.trim().chars().take(most).collect()
}
