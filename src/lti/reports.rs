//! What goes to the gradebooks of courses: tasks of their own, which no room waits for. What could not be sent is tried again, at longer and
//! longer intervals; what a gradebook does not take of one person is left, and keeps nobody else's.

use std::sync::Arc;

use ::lti::grades::Grading;
use ::lti::launch::GradesEndpoint;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use room::{Attendance, Attendee, Meeting, WhichMeetings};
use serde::{Deserialize, Serialize};
use signaling::Role;
use store::{CourseLink, LinkedPerson, SettledScore};
use tokio::time::{MissedTickBehavior, interval};

use super::columns::{Column, SendError};
use super::enter::Services;
use super::{AuditEntry, Kind, Lti};
use crate::bounds::{GRADES_EVERY, SETTLED_AT_ONCE, SETTLED_FOR};
use crate::clock::Clock;
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

/// Of a room that has ended: all that is needed to send it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Settled {
    deployment: String,
    column: Column,
    subject: String,
    value: f64,
}

/// Looks every [`GRADES_EVERY`] at what is to be sent, until the server ends.
pub(crate) async fn report_for_ever(lti: Arc<Lti>, rooms: Arc<Rooms>) {
    let mut tick = interval(GRADES_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let graded = lti.on_disk(|store| store.graded_rooms()).await.unwrap_or_default();
        for (room, grading) in graded {
            if let Some(grading) = Grading::named(&grading) {
                lti.report_room(&rooms, &room, grading).await;
            }
        }
        lti.report_settled().await;
    }
}

/// What a room that ends does with what is known of it.
pub(crate) fn settle_at_end(lti: Arc<Lti>) -> impl Fn(Arc<str>, Attendance) -> BoxFuture<'static, ()> {
    move |room, attendance| {
        let lti = lti.clone();
        async move { lti.settle(&room, &attendance).await }.boxed()
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
        self.links_to(room).await.iter().any(|link| endpoint(link).is_some())
    }

    /// A moderator wants it otherwise; `false` when the disk refused.
    pub(crate) async fn set_grading(&self, room: &str, grading: Option<Grading>) -> bool {
        let room = room.to_owned();
        self.on_disk(move |store| store.save_grading(&room, grading.map(Grading::name))).await.is_ok()
    }

    async fn links_to(&self, room: &str) -> Vec<CourseLink> {
        let room = room.to_owned();
        self.on_disk(move |store| store.links_to(&room)).await.unwrap_or_default()
    }

    async fn people_of(&self, link: i64) -> Vec<LinkedPerson> {
        self.on_disk(move |store| store.people_of(link)).await.unwrap_or_default()
    }

    async fn report_room(self: &Arc<Self>, rooms: &Arc<Rooms>, room: &str, grading: Grading) {
        let Some(running) = rooms.find(room) else { return };
        let Ok(attendance) = rooms.attendance(&running, WhichMeetings::All, None).await else { return };
        for link in self.links_to(room).await {
            let Some((services, endpoint)) = endpoint(&link) else { continue };
            let people = self.people_of(link.id).await;
            let due: Vec<Due> =
                people.iter().filter_map(|person| due(person, &attendance, grading)).collect();
            let key = format!("link {}", link.id);
            if due.is_empty() || !self.pace.begin(&key) {
                continue;
            }
            let column = column(&link, &services, endpoint, grading);
            let lti = self.clone();
            tokio::spawn(async move {
                let outcome = lti.send_due(&link, &column, due).await;
                lti.reported(&key, &link.tenant.deployment, &column, outcome).await;
            });
        }
    }

    /// How many the gradebook took.
    async fn send_due(&self, link: &CourseLink, column: &Column, due: Vec<Due>) -> Result<usize, String> {
        let mut sent = 0;
        for Due { user, subject, value, state } in due {
            match self.send_score(column, &subject, value).await {
                Ok(()) => sent += 1,
                Err(SendError::Refused) => {}
                Err(SendError::Later(detail) | SendError::Gone(detail)) => return Err(detail),
            }
            let id = link.id;
            let Ok(state) = serde_json::to_string(&state) else { continue };
            // What the disk refuses is sent again, which is no harm.
            let _ = self.on_disk(move |store| store.save_sent(id, &user, &state)).await;
        }
        Ok(sent)
    }

    /// A room has ended: what is due for whoever was there to the end outlives it.
    async fn settle(&self, room: &str, attendance: &Attendance) {
        let Some(grading) = self.grading(room).await else { return };
        let mut settled = Vec::new();
        for link in self.links_to(room).await {
            let Some((services, endpoint)) = endpoint(&link) else { continue };
            let column = column(&link, &services, endpoint, grading);
            for person in self.people_of(link.id).await {
                let Some(Due { subject, value, .. }) = due(&person, attendance, grading) else { continue };
                let deployment = link.tenant.deployment.clone();
                settled.push(Settled { deployment, column: column.clone(), subject, value });
            }
        }
        let bodies: Vec<String> = settled.iter().filter_map(|one| serde_json::to_string(one).ok()).collect();
        let now = Clock::unix_seconds();
        let _ = self.on_disk(move |store| store.settle_scores(&bodies, now)).await;
    }

    /// What rooms have left behind, column by column.
    async fn report_settled(self: &Arc<Self>) {
        let since = Clock::unix_seconds().saturating_sub(SETTLED_FOR.as_secs());
        let settled =
            self.on_disk(move |store| store.settled_scores(since, SETTLED_AT_ONCE)).await.unwrap_or_default();
        let mut columns: Vec<(String, Vec<(i64, Settled)>)> = Vec::new();
        for SettledScore { id, body } in settled {
            let Ok(one) = serde_json::from_str::<Settled>(&body) else { continue };
            let key = format!("column {}", one.column.key());
            match columns.iter_mut().find(|(known, _)| *known == key) {
                Some((_, scores)) => scores.push((id, one)),
                None => columns.push((key, vec![(id, one)])),
            }
        }
        for (key, scores) in columns {
            if self.pace.begin(&key) {
                let lti = self.clone();
                tokio::spawn(async move { lti.send_settled(&key, scores).await });
            }
        }
    }

    async fn send_settled(&self, key: &str, scores: Vec<(i64, Settled)>) {
        let Some((_, Settled { deployment, column, .. })) = scores.first().cloned() else { return };
        let mut outcome = Ok(0);
        for (id, Settled { column, subject, value, .. }) in scores {
            match self.send_score(&column, &subject, value).await {
                Ok(()) => outcome = outcome.map(|sent| sent + 1),
                Err(SendError::Refused) => {}
                Err(SendError::Later(detail) | SendError::Gone(detail)) => {
                    outcome = Err(detail);
                    break;
                }
            }
            let _ = self.on_disk(move |store| store.forget_settled(id)).await;
        }
        self.reported(key, &deployment, &column, outcome).await;
    }

    /// Sets when it is tried again, and writes it down where it is news.
    async fn reported(&self, key: &str, deployment: &str, column: &Column, outcome: Result<usize, String>) {
        if !self.pace.end(key, outcome.as_ref().err()) {
            return;
        }
        let entry = AuditEntry {
            kind: Kind::Grades,
            issuer: column.issuer.clone(),
            client_id: Some(column.client_id.clone()),
            deployment: Some(deployment.to_owned()),
            accepted: outcome.is_ok(),
            code: outcome.is_err().then_some("service_failed"),
            detail: Some(outcome.map_or_else(|error| error, |sent| format!("{sent} sent"))),
            room: Some(column.room.clone()),
            name: None,
        };
        self.audit(entry).await;
    }
}

fn endpoint(link: &CourseLink) -> Option<(Services, GradesEndpoint)> {
    let services: Services = serde_json::from_str(&link.body).ok()?;
    let endpoint = services.grades.clone().filter(GradesEndpoint::is_usable)?;
    Some((services, endpoint))
}

fn column(link: &CourseLink, services: &Services, endpoint: GradesEndpoint, grading: Grading) -> Column {
    let title = services.title.as_deref().or(services.context.as_deref()).unwrap_or(&link.room);
    Column {
        issuer: link.tenant.issuer.clone(),
        client_id: link.tenant.client_id.clone(),
        room: link.room.clone(),
        title: title.to_owned(),
        endpoint,
        grading,
    }
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
        Grading::Attendance => share(meetings, &person.user)?,
    };
    let value = (value * 100.0).round() / 100.0;
    Some(Due { user: person.user.clone(), subject: person.subject.clone(), value, state })
}

/// How much of the lectures somebody was there, in percent. A lecture lasts from when the first who teaches comes until the last of them
/// goes: what students do alone in the room, before or after, is nobody's absence. `None` where nobody ever taught.
fn share(meetings: &[Meeting], user: &str) -> Option<f64> {
    let (mut whole, mut there) = (0, 0);
    for meeting in meetings {
        let length = lecture(meeting);
        whole += length;
        let present = meeting.people.iter().find(|one| one.user == user).map_or(0, |one| one.present_ms);
        there += present.min(length);
    }
    (whole > 0).then(|| there as f64 * 100.0 / whole as f64)
}

fn lecture(meeting: &Meeting) -> u64 {
    let taught = || meeting.people.iter().filter(|one| one.role >= Role::Moderator);
    let left = |one: &Attendee| one.left.unwrap_or_else(Clock::unix_millis);
    let Some(begun) = taught().map(|one| one.joined).min() else { return 0 };
    taught().map(left).max().unwrap_or(begun).saturating_sub(begun)
}

#[cfg(test)]
mod tests {
    use room::Attendee;

    use super::*;

    const MINUTE: u64 = 60_000;

    fn attendee(present: u64, stage: u64, left: Option<u64>) -> Attendee {
        Attendee {
            user: "ada".to_owned(),
            name: "Ada".to_owned(),
            role: Role::Viewer,
            joined: 0,
            left,
            present_ms: present * MINUTE,
            stage_ms: stage * MINUTE,
            present: left.is_none(),
        }
    }

    fn teacher(minutes: u64) -> Attendee {
        let left = Some(minutes * MINUTE);
        Attendee { user: "mo".to_owned(), role: Role::Host, ..attendee(minutes, minutes, left) }
    }

    /// Meetings with somebody in them, and a teacher to the end.
    fn attendance(meetings: &[(u64, Option<Attendee>)]) -> Attendance {
        let meeting = |(minutes, one): &(u64, Option<Attendee>)| Meeting {
            id: 1,
            began: 0,
            ended: Some(minutes * MINUTE),
            people: one.iter().cloned().chain([teacher(*minutes)]).collect(),
        };
        Attendance { meetings: meetings.iter().map(meeting).collect() }
    }

    fn person(sent: Option<&Sent>) -> LinkedPerson {
        let sent = sent.map(|sent| serde_json::to_string(sent).unwrap());
        LinkedPerson { user: "ada".to_owned(), subject: "s".to_owned(), sent }
    }

    #[test]
    fn attendance_is_the_share_of_all_meetings_and_stage_is_minutes() {
        let held = attendance(&[(60, Some(attendee(30, 2, Some(1)))), (40, None)]);
        assert_eq!(due(&person(None), &held, Grading::Attendance).unwrap().value, 30.0);
        assert_eq!(due(&person(None), &held, Grading::Stage).unwrap().value, 2.0);
    }

    #[test]
    fn nothing_goes_out_before_they_have_left_nor_twice_nor_of_those_who_teach() {
        let here = attendance(&[(60, Some(attendee(30, 2, None)))]);
        assert!(due(&person(None), &here, Grading::Stage).is_none());
        let gone = attendance(&[(60, Some(attendee(30, 2, Some(7))))]);
        let first = due(&person(None), &gone, Grading::Stage).unwrap();
        assert!(due(&person(Some(&first.state)), &gone, Grading::Stage).is_none());
        assert!(
            due(&person(Some(&first.state)), &gone, Grading::Attendance).is_some(),
            "something else is wanted now"
        );
        let again = attendance(&[(60, Some(attendee(45, 2, Some(9))))]);
        assert!(due(&person(Some(&first.state)), &again, Grading::Stage).is_some(), "they came again");
        let teaches = Attendee { role: Role::Moderator, ..attendee(30, 2, Some(7)) };
        assert!(due(&person(None), &attendance(&[(60, Some(teaches))]), Grading::Stage).is_none());
        assert!(
            due(&person(None), &attendance(&[(60, None)]), Grading::Stage).is_none(),
            "they never came in"
        );
    }

    #[test]
    fn it_is_sent_again_once_the_meeting_is_over() {
        let mut running = attendance(&[(60, Some(attendee(30, 2, Some(7))))]);
        running.meetings[0].ended = None;
        let first = due(&person(None), &running, Grading::Attendance).unwrap();
        running.meetings[0].ended = Some(60 * MINUTE);
        let last = due(&person(Some(&first.state)), &running, Grading::Attendance).unwrap();
        assert_eq!(last.value, 50.0);
    }

    #[test]
    fn what_students_do_alone_is_nobodys_absence() {
        let mut held = attendance(&[(60, Some(attendee(60, 0, Some(1))))]);
        let alone = |minutes: u64| Attendee {
            user: "bob".to_owned(),
            ..attendee(minutes, 0, Some(minutes * MINUTE))
        };
        held.meetings[0].ended = Some(600 * MINUTE);
        held.meetings[0].people.push(alone(600));
        held.meetings.push(Meeting { id: 2, began: 0, ended: Some(500 * MINUTE), people: vec![alone(500)] });
        assert_eq!(due(&person(None), &held, Grading::Attendance).unwrap().value, 100.0);
        let untaught = Attendance {
            meetings: vec![Meeting { people: vec![attendee(5, 0, Some(5))], ..held.meetings[1].clone() }],
        };
        assert!(due(&person(None), &untaught, Grading::Attendance).is_none());
    }
}
