//! What people write.

use serde::{Deserialize, Serialize};
use stage::ParticipantId;
use ts_rs::TS;

/// Who reads something that is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Audience {
    /// Everybody in the room.
    #[default]
    Everybody,
    /// Speakers, moderators and hosts: the back-channel.
    Backstage,
    /// One person. Viewers and speakers write so to moderators only, moderators to anybody.
    Person { participant: ParticipantId },
}

impl Audience {
    /// The usual one, which frames do not name.
    pub(crate) fn is_everybody(&self) -> bool {
        *self == Audience::Everybody
    }
}

/// What somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatMessage {
    /// Counts the room's messages.
    pub id: u32,
    /// Who wrote it.
    pub by: ParticipantId,
    /// As they were called then.
    pub name: String,
    /// Who reads it; everybody where it is missing.
    #[serde(default, skip_serializing_if = "Audience::is_everybody")]
    #[ts(as = "Option<Audience>", optional)]
    pub audience: Audience,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reply_to: Option<u32>,
    /// Plain text; never markup.
    pub text: String,
    /// How long ago, in milliseconds.
    #[ts(type = "number")]
    pub age_ms: u64,
    /// How many people like it; none where it is missing.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[ts(as = "Option<u32>", optional)]
    pub likes: u32,
    /// Whether the person told is one of them.
    #[serde(default, skip_serializing_if = "is_false")]
    #[ts(as = "Option<bool>", optional)]
    pub liked: bool,
}

/// A question for those on stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Question {
    /// Counts the room's questions.
    pub id: u32,
    /// Who asks.
    pub by: ParticipantId,
    /// As they were called then.
    pub name: String,
    /// Plain text; never markup.
    pub text: String,
    /// How long ago, in milliseconds.
    #[ts(type = "number")]
    pub age_ms: u64,
    /// How many people want it answered.
    pub votes: u32,
    /// Whether the person told is one of them; missing where it is as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub voted: Option<bool>,
    /// How far it is.
    pub state: QuestionState,
    /// In writing, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub answer: Option<WrittenAnswer>,
}

/// How far a question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QuestionState {
    /// Waits.
    Open,
    /// Is being answered on stage.
    Live,
    /// Was answered, on stage or in writing.
    Answered,
}

/// What somebody of the stage wrote to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WrittenAnswer {
    /// Who answered, as they were called then.
    pub name: String,
    /// Plain text; never markup.
    pub text: String,
}

/// A sign that one hears, laughs or agrees; it is counted and gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// Applause.
    Clap,
    /// Agreement.
    ThumbsUp,
    /// Affection.
    Heart,
    /// Laughter.
    Laugh,
    /// Surprise.
    Wow,
    /// A party.
    Party,
}

impl Reaction {
    /// All of them.
    pub const ALL: [Reaction; 6] = [
        Reaction::Clap,
        Reaction::ThumbsUp,
        Reaction::Heart,
        Reaction::Laugh,
        Reaction::Wow,
        Reaction::Party,
    ];
}

/// How often a reaction was given since the last time everybody was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReactionCount {
    /// Which.
    pub reaction: Reaction,
    /// How often.
    pub count: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_false(flag: &bool) -> bool {
    !flag
}
