//! From a verified launch to a place in a room.

use ::lti::grades::Grading;
use ::lti::launch::{GradesEndpoint, Launch, Message};
use ::lti::platform::{Platform, Tenant};
use ::lti::{Refusal, roles};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use room::Identity;
use serde::{Deserialize, Serialize};
use signaling::limits::{NAME_CHARS, TITLE_CHARS};
use stage::Access;
use store::TenantRecord;

use super::Lti;
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

impl Lti {
    /// The room of a launch, made where it is the first, and who came.
    pub(crate) async fn enter(
        &self,
        rooms: &std::sync::Arc<Rooms>,
        platform: &Platform,
        launch: &Launch,
    ) -> Result<Entered, Refusal> {
        let Message::ResourceLink(link) = &launch.message else { return Err(Refusal::Internal) };
        let tenant = record(&launch.tenant);
        let room = self.room(rooms, launch, &tenant, &link.id, link.title.as_deref()).await?;
        let identity = identity(platform, launch);
        let services = Services {
            context: launch.context.as_ref().and_then(|context| context.title.clone()),
            title: link.title.clone(),
            memberships_url: launch.memberships_url.clone(),
            grades: launch.grades.clone(),
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
        rooms: &std::sync::Arc<Rooms>,
        tenant: &Tenant,
        title: &str,
        access: Access,
        grading: Option<Grading>,
    ) -> Result<String, Refusal> {
        let new = NewRoom { title: Some(shortened(title, TITLE_CHARS)), access, ..NewRoom::default() };
        self.create(rooms, new, &record(tenant), grading).await
    }

    async fn room(
        &self,
        rooms: &std::sync::Arc<Rooms>,
        launch: &Launch,
        tenant: &TenantRecord,
        link: &str,
        title: Option<&str>,
    ) -> Result<String, Refusal> {
        let named = ["room", "custom_room"].into_iter().find_map(|name| launch.custom.get(name));
        let known = match named {
            Some(name) => Some(checked(name)?),
            None => {
                let (tenant, link) = (tenant.clone(), link.to_owned());
                self.on_disk(move |store| store.link_room(&tenant, &link)).await?
            }
        };
        if let Some(room) = &known
            && rooms.find(room).is_some()
        {
            return self.owned(room, tenant).await;
        }
        let mut new = NewRoom { id: known.clone(), ..NewRoom::default() };
        let context = || launch.context.as_ref().and_then(|context| context.title.as_deref());
        new.title = title.or_else(context).map(|title| shortened(title, TITLE_CHARS));
        if let Some(word) =
            ["stage_access", "custom_stage_access"].into_iter().find_map(|name| launch.custom.get(name))
        {
            new.access = access(word)?;
        }
        let grading = launch.custom.get("grade").and_then(|word| Grading::named(word));
        match self.create(rooms, new, tenant, grading).await {
            // Two clicked at once, and the other was quicker.
            Err(Refusal::RoomOfAnother { room }) => self.owned(&room, tenant).await,
            made => made,
        }
    }

    /// A room that is there, where this tenant may send people into it: its own, or one that is no tenant's.
    async fn owned(&self, room: &str, tenant: &TenantRecord) -> Result<String, Refusal> {
        let asked = room.to_owned();
        match self.on_disk(move |store| store.room_owner(&asked)).await? {
            Some(owner) if owner != *tenant => Err(Refusal::RoomOfAnother { room: room.to_owned() }),
            _ => Ok(room.to_owned()),
        }
    }

    async fn create(
        &self,
        rooms: &std::sync::Arc<Rooms>,
        new: NewRoom,
        tenant: &TenantRecord,
        grading: Option<Grading>,
    ) -> Result<String, Refusal> {
        let wanted = new.id.clone().unwrap_or_default();
        let made = rooms.create(new).await.map_err(|error| match error {
            CreateError::Exists => Refusal::RoomOfAnother { room: wanted },
            CreateError::TooMany => Refusal::TooManyRooms,
            CreateError::NotKept => Refusal::StorageFailed,
        })?;
        let (room, tenant) = (made.id.to_string(), tenant.clone());
        let kept = room.clone();
        let grading = grading.map(Grading::name);
        self.on_disk(move |store| store.save_room_owner(&kept, &tenant, grading)).await?;
        Ok(room)
    }
}

pub(super) fn record(tenant: &Tenant) -> TenantRecord {
    let Tenant { issuer, client_id, deployment } = tenant.clone();
    TenantRecord { issuer, client_id, deployment }
}

fn identity(platform: &Platform, launch: &Launch) -> Identity {
    let (user, role) = match &launch.user {
        Some(subject) => (user(&platform.issuer, subject), roles::role(&launch.roles, &platform.roles)),
        // Somebody whom the platform does not name is nobody to put in charge.
        None => (random::key(), stage::Role::Viewer),
    };
    let name = match &launch.name {
        Some(name) => shortened(name, NAME_CHARS),
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
