//! Who was there, as JSON and as a table: for scripts, and for the moderators' own pages.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use room::{Attendance, Attendee, Meeting, WhichMeetings};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use signaling::Role;

use super::table::{Table, cell, download};
use super::{ApiError, auth, lti, rooms};
use crate::app::App;
use crate::clock::iso;
use crate::lti::Expected;

#[derive(Deserialize)]
pub(super) struct Asked {
    /// The number of one, or `latest`; all of them where it is not said.
    meeting: Option<String>,
}

#[derive(Serialize)]
pub(super) struct AttendanceTold {
    meetings: Vec<MeetingTold>,
    /// Of a room that courses link to: everybody who belongs to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<Vec<ExpectedTold>>,
    /// Why that could not be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_error: Option<String>,
    /// Of a room whose courses take grades: what goes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<Value>,
}

#[derive(Serialize)]
struct ExpectedTold {
    name: Option<String>,
    role: Role,
    /// Whether they were at the meeting: the one asked for, or the newest.
    present: bool,
}

#[derive(Serialize)]
struct MeetingTold {
    id: u32,
    began: String,
    ended: Option<String>,
    people: Vec<AttendeeTold>,
}

#[derive(Serialize)]
struct AttendeeTold {
    user: String,
    name: String,
    role: Role,
    joined: String,
    left: Option<String>,
    minutes: f64,
    stage_minutes: f64,
    present: bool,
}

/// `GET /api/v1/rooms/{room}/attendance`, with the API key or a moderator's join token. Where one meeting is asked for, the others come
/// without their people.
pub(super) async fn json(
    State(app): State<Arc<App>>,
    Path(room): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Json<AttendanceTold>, ApiError> {
    let found = find(&app, &room, which(&asked)?, &headers).await?;
    let (expected, expected_error) = match app.lti.expected(&room).await {
        None => (None, None),
        Some(Ok(members)) => (Some(held_against(members, &found)), None),
        Some(Err(error)) => (None, Some(error.brief())),
    };
    let grade =
        if app.lti.is_gradable(&room).await { Some(lti::grade_told(&app, &room).await) } else { None };
    let meetings = found.meetings.into_iter().map(MeetingTold::from).collect();
    Ok(Json(AttendanceTold { meetings, expected, expected_error, grade }))
}

/// `GET /api/v1/rooms/{room}/attendance.csv`: one row for everybody in each meeting, or in the one that is asked for.
pub(super) async fn csv(
    State(app): State<Arc<App>>,
    Path(room): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let found = find(&app, &room, which(&asked)?, &headers).await?;
    let name = asked.meeting.map_or("attendance.csv".to_owned(), |one| format!("attendance-{one}.csv"));
    Ok(download(&name, table(&found)?))
}

/// Who of a course was at the meeting whose people were asked for.
fn held_against(members: Vec<Expected>, found: &Attendance) -> Vec<ExpectedTold> {
    let meeting = found.meetings.iter().find(|meeting| !meeting.people.is_empty());
    let there: HashSet<&str> =
        meeting.iter().flat_map(|meeting| &meeting.people).map(|one| one.user.as_str()).collect();
    let told =
        |Expected { user, name, role }| ExpectedTold { name, role, present: there.contains(user.as_str()) };
    members.into_iter().map(told).collect()
}

async fn find(
    app: &App,
    room: &str,
    which: WhichMeetings,
    headers: &HeaderMap,
) -> Result<Attendance, ApiError> {
    let reader = auth::reader(app, room, headers)?;
    let found = app.rooms.attendance(&rooms::find(app, room)?, which, reader).await?;
    match which {
        WhichMeetings::One(id) if found.meetings.iter().all(|meeting| meeting.id != id) => Err(not_found()),
        _ => Ok(found),
    }
}

fn which(asked: &Asked) -> Result<WhichMeetings, ApiError> {
    match asked.meeting.as_deref() {
        None => Ok(WhichMeetings::All),
        Some("latest") => Ok(WhichMeetings::Latest),
        Some(id) => id.parse().map(WhichMeetings::One).map_err(|_| not_found()),
    }
}

fn not_found() -> ApiError {
    let message = "there is no such meeting of the room; meeting is its number, or latest";
    ApiError::new(StatusCode::NOT_FOUND, "meeting_not_found", message)
}

fn to_the_second(unix_ms: u64) -> String {
    iso(unix_ms / 1000 * 1000)
}

/// To a hundredth, which is less than anybody asks about.
fn minutes(ms: u64) -> f64 {
    (ms as f64 / 600.0).round() / 100.0
}

impl From<Meeting> for MeetingTold {
    fn from(meeting: Meeting) -> Self {
        let Meeting { id, began, ended, people } = meeting;
        let people = people.into_iter().map(AttendeeTold::from).collect();
        MeetingTold { id, began: to_the_second(began), ended: ended.map(to_the_second), people }
    }
}

impl From<Attendee> for AttendeeTold {
    fn from(one: Attendee) -> Self {
        let Attendee { user, name, role, joined, left, present_ms, stage_ms, present } = one;
        let (joined, left) = (to_the_second(joined), left.map(to_the_second));
        let (minutes, stage_minutes) = (minutes(present_ms), minutes(stage_ms));
        AttendeeTold { user, name, role, joined, left, minutes, stage_minutes, present }
    }
}

const HEAD: [&str; 10] =
    ["meeting", "began", "ended", "user", "name", "role", "joined", "left", "minutes", "stage_minutes"];

fn table(found: &Attendance) -> Result<Vec<u8>, ApiError> {
    let mut table = Table::new();
    table.row(HEAD.map(str::to_owned))?;
    let moment = |at: Option<u64>| at.map(to_the_second).unwrap_or_default();
    for Meeting { id, began, ended, people } in &found.meetings {
        for one in people {
            table.row([
                id.to_string(),
                to_the_second(*began),
                moment(*ended),
                cell(&one.user),
                cell(&one.name),
                role(one.role).to_owned(),
                to_the_second(one.joined),
                moment(one.left),
                minutes(one.present_ms).to_string(),
                minutes(one.stage_ms).to_string(),
            ])?;
        }
    }
    table.finish()
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Speaker => "speaker",
        Role::Moderator => "moderator",
        Role::Host => "host",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_row_for_everybody_in_each_meeting_and_no_formula() {
        let ada = Attendee {
            user: "ada".into(),
            name: "=Ada, \"L\"".into(),
            role: Role::Speaker,
            joined: 1_000,
            left: Some(91_000),
            present_ms: 90_000,
            stage_ms: 1_000,
            present: false,
        };
        let bob =
            Attendee { user: "-1".into(), name: "Bob".into(), left: None, present: true, ..ada.clone() };
        let (running, over) = (
            Meeting { id: 2, began: 0, ended: None, people: vec![bob] },
            Meeting { id: 1, began: 0, ended: Some(91_000), people: vec![ada] },
        );
        let text = table(&Attendance { meetings: vec![running, over] }).unwrap();
        let text = String::from_utf8(text).unwrap();
        let rows: Vec<&str> = text.split("\r\n").collect();
        let day = |time: &str| format!("1970-01-01T00:{time}Z");
        let (began, joined, left) = (day("00:00"), day("00:01"), day("01:31"));
        assert_eq!(rows[0], format!("\u{feff}{}", HEAD.join(",")));
        assert_eq!(rows[1], format!("2,{began},,'-1,Bob,speaker,{joined},,1.5,0.02"));
        let name = "\"'=Ada, \"\"L\"\"\"";
        assert_eq!(rows[2], format!("1,{began},{left},ada,{name},speaker,{joined},{left},1.5,0.02"));
        assert_eq!(rows[3..], [""]);
    }
}
