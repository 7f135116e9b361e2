//! Polls and quizzes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A poll as a moderator writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PollDraft {
    /// What it is called.
    pub title: String,
    /// At least one.
    pub questions: Vec<PollQuestion>,
    /// Nobody knows who answered what, the server's disk included; so nobody can change an answer either.
    #[serde(default)]
    pub anonymous: bool,
    /// Results are seen by moderators only, until they show them.
    #[serde(default)]
    pub held: bool,
    /// What makes it a quiz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quiz: Option<Quiz>,
}

/// A poll with right answers: each person answers once, and is told what was right when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Quiz {
    /// After which it ends by itself; without it a moderator ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub seconds: Option<u32>,
    /// The best are named to everybody when it is over. Not where it is anonymous.
    #[serde(default)]
    pub leader_board: bool,
}

/// One question of a poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PollQuestion {
    /// Plain text; never markup.
    pub text: String,
    /// What there is to answer.
    pub kind: PollKind,
    /// Of a quiz, and missing where the person told may not know it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub right: Option<PollAnswer>,
}

/// What there is to answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum PollKind {
    /// One of these.
    Single { choices: Vec<String> },
    /// Any of these.
    Multiple { choices: Vec<String> },
    /// One's own words.
    Text,
    /// From 1 to this.
    Rating { most: u8 },
}

/// An answer to one question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum PollAnswer {
    /// Places in the list of choices, from 0, rising; of `single` exactly one.
    Choices { choices: Vec<u8> },
    /// One's own words.
    Text { text: String },
    /// From 1.
    Rating { rating: u8 },
}

/// How far a poll is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PollStage {
    /// Nobody but moderators knows of it.
    Draft,
    /// Answers are taken.
    Open,
    /// It is over.
    Ended,
}

/// A poll as the person told may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PollState {
    /// Counts the room's polls.
    pub id: u32,
    /// As it was written; right answers only where they may be known.
    pub draft: PollDraft,
    /// How far it is.
    pub stage: PollStage,
    /// Whether everybody sees the results.
    pub shown: bool,
    /// Until it ends by itself, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub ends_in_ms: Option<u64>,
    /// How many people have answered.
    pub answered: u32,
    /// One for each question; missing where the person told may not see them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub results: Option<Vec<PollResult>>,
    /// The best, best first; missing where there is no leader board, or not yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub leaders: Option<Vec<Leader>>,
    /// What the person told has done about it; missing where that is as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub yours: Option<YourAnswers>,
}

/// What came of one question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PollResult {
    /// How often each choice, or each rating from 1, was given.
    pub counts: Vec<u32>,
    /// What was written, up to [`crate::limits::POLL_TEXTS_TOLD`], in the order of the alphabet.
    pub texts: Vec<String>,
}

/// Somebody on the leader board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Leader {
    /// As they were called when they answered.
    pub name: String,
    /// Right answers.
    pub score: u32,
}

/// What somebody has done about a poll.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct YourAnswers {
    /// Whether they have answered.
    pub answered: bool,
    /// What, one for each question; empty where the poll is anonymous.
    pub answers: Vec<Option<PollAnswer>>,
    /// Of a quiz that is over: right answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub score: Option<u32>,
}
