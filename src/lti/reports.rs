//! What goes to the gradebooks of courses: a task of its own, which no room waits for. What could not be sent is tried again.

use std::sync::Arc;

use ::lti::claims;
use ::lti::grades::{self, Grading, LINE_ITEM, LINE_ITEMS, SCORE};
use ::lti::launch::GradesEndpoint;
use ::lti::platform::Platform;
use room::{Attendance, Meeting, WhichMeetings};
use serde::{Deserialize, Serialize};
use signaling::Role;
use store::{CourseLink, LinkedPerson};
use tokio::time::{MissedTickBehavior, interval};

use super::enter::Services;
use super::services::ServiceError;
use super::{AuditEntry, Kind, Lti};
use crate::bounds::{GRADES_EVERY, PLATFORM_ANSWER_BYTES};
use crate::clock::{Clock, iso};
use crate::rooms::Rooms;

/// What the gradebook has of somebody: sent again when one of these is another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Sent {
    grading: Grading,
    /// When they last left.
    left: u64,
    /// How many meetings were over then: a meeting's length is known at its end.
    meetings: usize,
}

/// Looks every [`GRADES_EVERY`] at what is to be sent, until the server ends.
pub(crate) async fn report_for_ever(lti: Arc<Lti>, rooms: Arc<Rooms>) {
    let mut tick = interval(GRADES_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let Ok(graded) = lti.on_disk(|store| store.graded_rooms()).await else { continue };
        for (room, grading) in graded {
            if let Some(grading) = Grading::named(&grading) {
                lti.report_room(&rooms, &room, grading).await;
            }
        }
    }
}

impl Lti {
    /// What of a room goes to the gradebooks.
    pub(crate) async fn grading(&self, room: &str) -> Option<Grading> {
        let room = room.to_owned();
        let kept = self.on_disk(move |store| store.grading(&room)).await.ok()?;
        kept.and_then(|word| Grading::named(&word))
    }

    /// Whether a course of this room takes grades.
    pub(crate) async fn is_gradable(&self, room: &str) -> bool {
        let room = room.to_owned();
        let links = self.on_disk(move |store| store.links_to(&room)).await.unwrap_or_default();
        links.iter().any(|link| endpoint(link).is_some())
    }

    /// A moderator wants it otherwise; `false` when the disk refused.
    pub(crate) async fn set_grading(&self, room: &str, grading: Option<Grading>) -> bool {
        let room = room.to_owned();
        self.on_disk(move |store| store.save_grading(&room, grading.map(Grading::name))).await.is_ok()
    }

    async fn report_room(&self, rooms: &Arc<Rooms>, room: &str, grading: Grading) {
        let Some(running) = rooms.find(room) else { return };
        let Ok(attendance) = rooms.attendance(&running, WhichMeetings::All, None).await else { return };
        let asked = room.to_owned();
        let Ok(links) = self.on_disk(move |store| store.links_to(&asked)).await else { return };
        for link in links {
            let Some((services, endpoint)) = endpoint(&link) else { continue };
            let id = link.id;
            let Ok(people) = self.on_disk(move |store| store.people_of(id)).await else { continue };
            let due: Vec<Due> =
                people.iter().filter_map(|person| due(person, &attendance, grading)).collect();
            if due.is_empty() {
                continue;
            }
            let answered = self.send(&link, &services, &endpoint, grading, due).await;
            let entry = AuditEntry {
                kind: Kind::Grades,
                issuer: link.tenant.issuer.clone(),
                client_id: Some(link.tenant.client_id.clone()),
                deployment: Some(link.tenant.deployment.clone()),
                accepted: answered.is_ok(),
                code: answered.is_err().then_some("service_failed"),
                detail: Some(match &answered {
                    Ok(sent) => format!("{sent} sent"),
                    Err(error) => error.to_string(),
                }),
                room: Some(link.room.clone()),
                name: None,
            };
            self.audit(entry).await;
        }
    }

    /// How many were sent, all of those due where nothing went wrong.
    async fn send(
        &self,
        link: &CourseLink,
        services: &Services,
        endpoint: &GradesEndpoint,
        grading: Grading,
        due: Vec<Due>,
    ) -> Result<usize, ServiceError> {
        let (issuer, client_id) = (&link.tenant.issuer, &link.tenant.client_id);
        let known = self.platforms.get(issuer, client_id);
        let platform = known.ok_or_else(|| ServiceError::NotRegistered { issuer: issuer.clone() })?.platform;
        let column = self.column(&platform, link, services, endpoint, grading).await?;
        let url = grades::scores_url(&column).ok_or_else(|| ServiceError::Answer {
            url: column.clone(),
            detail: "it is no address".to_owned(),
        })?;
        let mut sent = 0;
        for Due { user, subject, value, state } in due {
            let token = self.token(&platform, &[claims::SCOPE_SCORE]).await?;
            let score = grades::score(&subject, value, grading, &iso(Clock::unix_millis()));
            let answer = self.outbound.post(&url, SCORE, Some(&token), score.to_string()).await;
            self.used(&platform, &url, answer)?;
            let (id, state) = (link.id, serde_json::to_string(&state).map_err(|_| ServiceError::Internal)?);
            // What the disk refuses is sent again, which is no harm.
            let _ = self.on_disk(move |store| store.save_sent(id, &user, &state)).await;
            sent += 1;
        }
        Ok(sent)
    }

    /// The link's own column where it has one; else this room's, which is looked for, or made.
    async fn column(
        &self,
        platform: &Platform,
        link: &CourseLink,
        services: &Services,
        endpoint: &GradesEndpoint,
        grading: Grading,
    ) -> Result<String, ServiceError> {
        if let Some(column) = &endpoint.line_item {
            return Ok(column.clone());
        }
        let all = endpoint.line_items.clone().ok_or(ServiceError::Internal)?;
        let token = self.token(platform, &[claims::SCOPE_LINE_ITEM]).await?;
        let bad = |detail: &str| ServiceError::Answer { url: all.clone(), detail: detail.to_owned() };
        let search = grades::search_url(&all, &link.room, grading).ok_or_else(|| bad("it is no address"))?;
        let answer = self.outbound.get(&search, LINE_ITEMS, Some(&token), PLATFORM_ANSWER_BYTES).await;
        let found = self.used(platform, &search, answer)?;
        if let Some(column) = grades::find(&found.body, &link.room, grading) {
            return Ok(column);
        }
        let title = services.title.as_deref().or(services.context.as_deref()).unwrap_or(&link.room);
        let column = grades::line_item(&link.room, title, grading).to_string();
        let answer = self.outbound.post(&all, LINE_ITEM, Some(&token), column).await;
        let made = self.used(platform, &all, answer)?;
        grades::made(&made.body).ok_or_else(|| bad("the new column has no id"))
    }

    fn used<T>(
        &self,
        platform: &Platform,
        url: &str,
        answer: Result<T, super::outbound::OutboundError>,
    ) -> Result<T, ServiceError> {
        answer.map_err(|error| {
            self.forget_tokens(platform);
            ServiceError::Call { url: url.to_owned(), error }
        })
    }
}

fn endpoint(link: &CourseLink) -> Option<(Services, GradesEndpoint)> {
    let services: Services = serde_json::from_str(&link.body).ok()?;
    let endpoint = services.grades.clone().filter(GradesEndpoint::is_usable)?;
    Some((services, endpoint))
}

/// Something to be sent.
struct Due {
    user: String,
    subject: String,
    value: f64,
    state: Sent,
}

/// What is to be sent of somebody: once they have left, and again once the meeting is over, whose length counts. Those who teach have no
/// grades.
fn due(person: &LinkedPerson, attendance: &Attendance, grading: Grading) -> Option<Due> {
    let meetings = &attendance.meetings;
    let own = || meetings.iter().flat_map(|meeting| &meeting.people).filter(|one| one.user == person.user);
    let latest = own().max_by_key(|one| one.joined)?;
    if own().any(|one| one.present) || latest.role >= Role::Moderator {
        return None;
    }
    let meetings_over = meetings.iter().filter(|meeting| meeting.ended.is_some()).count();
    let state = Sent { grading, left: latest.left?, meetings: meetings_over };
    let before = person.sent.as_deref().and_then(|sent| serde_json::from_str::<Sent>(sent).ok());
    if before.as_ref() == Some(&state) {
        return None;
    }
    let value = match grading {
        Grading::Stage => own().map(|one| one.stage_ms).sum::<u64>() as f64 / 60_000.0,
        Grading::Attendance => {
            let whole: u64 = meetings.iter().map(length).sum();
            let there: u64 = own().map(|one| one.present_ms).sum();
            if whole == 0 { 0.0 } else { (there as f64 * 100.0 / whole as f64).min(100.0) }
        }
    };
    let value = (value * 100.0).round() / 100.0;
    Some(Due { user: person.user.clone(), subject: person.subject.clone(), value, state })
}

fn length(meeting: &Meeting) -> u64 {
    meeting.ended.unwrap_or_else(Clock::unix_millis).saturating_sub(meeting.began)
}
