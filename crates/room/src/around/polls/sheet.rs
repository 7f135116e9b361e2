//! All that was answered, for a spreadsheet.

use signaling::PollDraft;

use super::{Answers, Given};
use crate::{Identity, Room};

/// A poll with everybody's answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollSheet {
    /// The poll.
    pub draft: PollDraft,
    /// One for everybody who has answered.
    pub rows: Vec<PollRow>,
}

/// One person's answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollRow {
    /// As they were called then; `None` where it is anonymous.
    pub name: Option<String>,
    /// One for each question.
    pub answers: Answers,
    /// Of a quiz: right answers.
    pub score: Option<u32>,
}

impl Room {
    /// All that was answered, by name where there are names; `None` where there is no such poll.
    pub fn poll_sheet(&self, id: u32) -> Option<PollSheet> {
        let poll = self.around.polls.polls.get(&id)?;
        let row = |name: Option<&String>, answers: &Answers| PollRow {
            name: name.cloned(),
            answers: answers.clone(),
            score: poll.draft.quiz.map(|_| poll.score(answers)),
        };
        let mut rows: Vec<PollRow> = match &poll.given {
            Given::Named(sheets) => {
                sheets.values().map(|sheet| row(Some(&sheet.name), &sheet.answers)).collect()
            }
            Given::Anonymous(given) => given.iter().map(|answers| row(None, answers)).collect(),
        };
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        Some(PollSheet { draft: poll.draft.clone(), rows })
    }

    /// With which role somebody is in the room, or would be.
    pub fn role_of(&self, identity: &Identity) -> signaling::Role {
        self.register.foresee(identity).1
    }
}
