//! Who belongs to a room's courses, by the platforms' names and roles: asked for when a moderator looks, and kept for a while.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use ::lti::names::{self, CONTENT_TYPE, MEMBERS, PAGES};
use ::lti::platform::Platform;
use ::lti::{claims, roles};
use stage::Role;
use store::CourseLink;
use tokio::time::timeout;

use super::enter::{Services, user};
use super::outbound::OutboundError;
use super::services::ServiceError;
use super::{AuditEntry, Kind, Lti};
use crate::bounds::{NAMES_FOR, NAMES_WITHIN, PLATFORM_ANSWER_BYTES};

/// Somebody of a course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    /// As in join tokens.
    pub(crate) user: String,
    /// None where the platform tells none.
    pub(crate) name: Option<String>,
    pub(crate) role: Role,
}

type Answered = Result<Vec<Expected>, ServiceError>;

/// What was answered last, by who asked where: an address is no secret, and a tenant's list is its own.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<HashMap<(TenantKey, String), (Instant, Answered)>>);

/// Issuer, client id, deployment.
type TenantKey = (String, String, String);

impl Lti {
    /// Everybody of the courses whose links lead to this room; `None` where no course tells.
    pub(crate) async fn expected(&self, room: &str) -> Option<Answered> {
        let asked = room.to_owned();
        let links = self.on_disk(move |store| store.links_to(&asked)).await.ok()?;
        let mut all = BTreeMap::new();
        let mut asked = false;
        for link in links {
            let services: Services = serde_json::from_str(&link.body).unwrap_or_default();
            let Some(url) = services.memberships_url else { continue };
            asked = true;
            match self.members(&link, &url).await {
                Ok(members) => all.extend(members.into_iter().map(|member| (member.user.clone(), member))),
                Err(error) => return Some(Err(error)),
            }
        }
        asked.then(|| Ok(all.into_values().collect()))
    }

    async fn members(&self, link: &CourseLink, url: &str) -> Answered {
        let tenant = &link.tenant;
        let asker = (tenant.issuer.clone(), tenant.client_id.clone(), tenant.deployment.clone());
        let key = (asker, url.to_owned());
        if let Some((at, answered)) = self.names.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key)
            && at.elapsed() < NAMES_FOR
        {
            return answered.clone();
        }
        let registered = self.platforms.get(&tenant.issuer, &tenant.client_id);
        let issuer = tenant.issuer.clone();
        let answered = match registered {
            Some(known) => {
                let read = timeout(NAMES_WITHIN, self.read_members(&known.platform, url)).await;
                let late = ServiceError::Call { url: url.to_owned(), error: OutboundError::TimedOut };
                read.unwrap_or(Err(late))
            }
            None => Err(ServiceError::NotRegistered { issuer: issuer.clone() }),
        };
        let entry = AuditEntry {
            kind: Kind::Names,
            issuer,
            client_id: Some(tenant.client_id.clone()),
            deployment: Some(tenant.deployment.clone()),
            accepted: answered.is_ok(),
            code: answered.is_err().then_some("service_failed"),
            detail: answered.as_ref().err().map(ToString::to_string),
            room: Some(link.room.clone()),
            name: None,
        };
        self.audit(entry).await;
        let mut kept = self.names.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (at, _)| at.elapsed() < NAMES_FOR);
        kept.insert(key, (Instant::now(), answered.clone()));
        answered
    }

    async fn read_members(&self, platform: &Platform, url: &str) -> Answered {
        let token = self.token(platform, &[claims::SCOPE_NAMES]).await?;
        let (mut found, mut next) = (Vec::new(), Some(url.to_owned()));
        for _ in 0..PAGES {
            let Some(url) = next.take() else { break };
            let answer = self.outbound.get(&url, CONTENT_TYPE, Some(&token), PLATFORM_ANSWER_BYTES).await;
            let answer = answer.map_err(|error| {
                self.forget_tokens(platform);
                ServiceError::Call { url: url.clone(), error }
            })?;
            let members = names::read(&answer.body)
                .map_err(|detail| ServiceError::Answer { url: url.clone(), detail })?;
            found.extend(members.into_iter().map(|member| Expected {
                user: user(&platform.issuer, &member.user),
                role: roles::role(&member.roles, &platform.roles),
                name: member.name,
            }));
            next = answer.link.and_then(|link| names::next_page(&link, &url));
            if found.len() >= MEMBERS {
                break;
            }
        }
        found.truncate(MEMBERS);
        Ok(found)
    }
}
