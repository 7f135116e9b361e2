//! Columns of a gradebook and what stands in them (Assignment and Grade Services 2.0).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

/// Of one column.
pub const LINE_ITEM: &str = "application/vnd.ims.lis.v2.lineitem+json";
/// Of several.
pub const LINE_ITEMS: &str = "application/vnd.ims.lis.v2.lineitemcontainer+json";
/// Of what stands in one for one person.
pub const SCORE: &str = "application/vnd.ims.lis.v1.score+json";

/// What goes to the gradebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grading {
    /// How much of the time somebody was there, in percent.
    Attendance,
    /// Minutes on stage.
    Stage,
}

impl Grading {
    /// By its word in custom parameters and on the wire.
    pub fn named(word: &str) -> Option<Grading> {
        match word {
            "attendance" => Some(Grading::Attendance),
            "stage" | "stage_minutes" => Some(Grading::Stage),
            _ => None,
        }
    }

    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Grading::Attendance => "attendance",
            Grading::Stage => "stage",
        }
    }

    /// Marks this tool's own columns among those of a link.
    pub const fn tag(self) -> &'static str {
        match self {
            Grading::Attendance => "proscenium-attendance",
            Grading::Stage => "proscenium-stage-minutes",
        }
    }

    /// What is full: all of the time, or an hour. Minutes beyond it are sent as they are, which the standard allows.
    pub const fn maximum(self) -> f64 {
        match self {
            Grading::Attendance => 100.0,
            Grading::Stage => 60.0,
        }
    }
}

/// The address that lists this room's own column, if there is one (section 3.2.8: filters).
pub fn search_url(line_items: &str, room: &str, grading: Grading) -> Option<String> {
    let mut url = Url::parse(line_items).ok()?;
    url.query_pairs_mut().append_pair("resource_id", room).append_pair("tag", grading.tag());
    Some(url.into())
}

/// The id of this room's own column in a list; platforms that ignore filters list others with it.
pub fn find(text: &[u8], room: &str, grading: Grading) -> Option<String> {
    let list: Value = serde_json::from_slice(text).ok()?;
    let ours =
        |one: &&Value| one["resourceId"].as_str() == Some(room) && one["tag"].as_str() == Some(grading.tag());
    // Some wrap the list with its pages.
    let columns = list.as_array().or_else(|| list["content"].as_array())?;
    columns.iter().find(ours)?["id"].as_str().map(str::to_owned)
}

/// A new column.
pub fn line_item(room: &str, label: &str, grading: Grading) -> Value {
    json!({ "label": label, "scoreMaximum": grading.maximum(), "resourceId": room, "tag": grading.tag() })
}

/// The id of a column that was made.
pub fn made(text: &[u8]) -> Option<String> {
    serde_json::from_slice::<Value>(text).ok()?["id"].as_str().map(str::to_owned)
}

/// Where scores of a column go: `scores` is the path's, and the query stays behind it (section 3.4.1).
pub fn scores_url(line_item: &str) -> Option<String> {
    let mut url = Url::parse(line_item).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().push("scores");
    Some(url.into())
}

/// What somebody has. `at` is in ISO 8601, with a time zone; each must be later than the one before.
pub fn score(user: &str, given: f64, grading: Grading, at: &str) -> Value {
    json!({
        "userId": user,
        "scoreGiven": given,
        "scoreMaximum": grading.maximum(),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": at,
    })
}
