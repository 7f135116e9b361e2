//! What outlives a restart of what was written, asked and answered, as text for the disk.
//!
//! People are kept by the token's `user`, times in milliseconds since 1970. Adding a field with a default is compatible; changing one is not.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use signaling::{PollDraft, PollStage, QuestionState, WrittenAnswer};
use stage::Millis;

use super::attendance::{KeptAttendee, KeptMeeting};
use super::chat::{Readers, Written};
use super::polls::{Answers, Given, Poll, Sheet};
use super::questions::Asked;
use crate::{Item, Room};

#[derive(Serialize, Deserialize)]
struct KeptMessage {
    by: Arc<str>,
    name: String,
    readers: KeptReaders,
    #[serde(default)]
    reply_to: Option<u32>,
    text: String,
    at: u64,
    #[serde(default)]
    likes: Vec<Arc<str>>,
    #[serde(default)]
    pinned: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptReaders {
    Everybody,
    Backstage,
    Person(Arc<str>),
}

#[derive(Serialize, Deserialize)]
struct KeptQuestion {
    by: Arc<str>,
    name: String,
    text: String,
    at: u64,
    votes: Vec<Arc<str>>,
    state: QuestionState,
    #[serde(default)]
    answer: Option<WrittenAnswer>,
}

#[derive(Serialize, Deserialize)]
struct KeptPoll {
    draft: PollDraft,
    stage: PollStage,
    shown: bool,
    #[serde(default)]
    started: Option<u64>,
    #[serde(default)]
    ends: Option<u64>,
    answered: Vec<Arc<str>>,
    /// By `user`; empty where it is anonymous.
    #[serde(default)]
    sheets: BTreeMap<Arc<str>, KeptSheet>,
    /// Where it is anonymous.
    #[serde(default)]
    given: Vec<Answers>,
}

#[derive(Serialize, Deserialize)]
struct KeptSheet {
    name: String,
    answers: Answers,
    after_ms: u64,
}

impl Room {
    /// What the disk is to have of something; `None`: nothing, it is gone.
    pub fn kept(&self, item: Item) -> Option<String> {
        let text = match item {
            Item::Message(id) => serde_json::to_string(&self.kept_message(id)?),
            Item::Question(id) => serde_json::to_string(&self.kept_question(id)?),
            Item::Poll(id) => serde_json::to_string(&self.kept_poll(id)?),
            Item::Meeting(id) => serde_json::to_string(self.around.attendance.meeting(id)?),
            Item::Attendee(number) => {
                serde_json::to_string(self.around.attendance.attendee_by_number(number)?)
            }
        };
        text.ok()
    }

    /// What is not on the disk as it is, because it waits for company or changes all the time.
    pub fn unkept(&self) -> Vec<Item> {
        self.unkept_polls().chain(self.unkept_meeting()).collect()
    }

    /// Takes up what the disk had, in the order of the numbers, before anybody comes; whether it could be read.
    pub fn restore(&mut self, item: Item, text: &str) -> bool {
        match item {
            Item::Message(id) => serde_json::from_str(text).map(|kept| self.restore_message(id, kept)),
            Item::Question(id) => serde_json::from_str(text).map(|kept| self.restore_question(id, kept)),
            Item::Poll(id) => serde_json::from_str(text).map(|kept| self.restore_poll(id, kept)),
            Item::Meeting(id) => serde_json::from_str(text)
                .map(|kept: KeptMeeting| self.around.attendance.restore_meeting(id, kept)),
            Item::Attendee(number) => serde_json::from_str(text)
                .map(|kept: KeptAttendee| self.around.attendance.restore_attendee(number, kept)),
        }
        .is_ok()
    }

    fn kept_message(&self, id: u32) -> Option<KeptMessage> {
        let Written { by, name, readers, reply_to, text, at, likes, .. } = self.around.chat.get(id)?;
        let readers = match readers {
            Readers::Everybody => KeptReaders::Everybody,
            Readers::Backstage => KeptReaders::Backstage,
            Readers::Person(user) => KeptReaders::Person(user.clone()),
        };
        Some(KeptMessage {
            by: by.clone(),
            name: name.clone(),
            readers,
            reply_to: *reply_to,
            text: text.clone(),
            at: *at,
            likes: likes.iter().cloned().collect(),
            pinned: self.around.chat.pinned == Some(id),
        })
    }

    fn restore_message(&mut self, id: u32, kept: KeptMessage) {
        let KeptMessage { by, name, readers, reply_to, text, at, likes, pinned } = kept;
        let readers = match readers {
            KeptReaders::Everybody => Readers::Everybody,
            KeptReaders::Backstage => Readers::Backstage,
            KeptReaders::Person(user) => Readers::Person(user),
        };
        if pinned {
            self.around.chat.pinned = Some(id);
        }
        let likes = likes.into_iter().collect();
        self.around.chat.add(Written { id, by, name, readers, reply_to, text, at, likes });
    }

    fn kept_question(&self, id: u32) -> Option<KeptQuestion> {
        let Asked { by, name, text, at, votes, state, answer, .. } = self.around.questions.get(id)?;
        Some(KeptQuestion {
            by: by.clone(),
            name: name.clone(),
            text: text.clone(),
            at: *at,
            votes: votes.iter().cloned().collect(),
            state: *state,
            answer: answer.clone(),
        })
    }

    fn restore_question(&mut self, id: u32, kept: KeptQuestion) {
        let KeptQuestion { by, name, text, at, votes, state, answer } = kept;
        let votes = votes.into_iter().collect();
        self.around.questions.add(Asked { id, by, name, text, at, votes, state, answer });
    }

    fn kept_poll(&self, id: u32) -> Option<KeptPoll> {
        let poll = self.around.polls.polls.get(&id)?;
        let unix = |at: Millis| self.epoch_ms + at.0;
        let (sheets, given) = match &poll.given {
            Given::Named(sheets) => {
                let kept = sheets.iter().map(|(user, Sheet { name, answers, after_ms })| {
                    let (name, answers, after_ms) = (name.clone(), answers.clone(), *after_ms);
                    (user.clone(), KeptSheet { name, answers, after_ms })
                });
                (kept.collect(), Vec::new())
            }
            Given::Anonymous(given) => (BTreeMap::new(), given.clone()),
        };
        Some(KeptPoll {
            draft: poll.draft.clone(),
            stage: poll.stage,
            shown: poll.shown,
            started: poll.started,
            ends: poll.ends.map(unix),
            answered: poll.answered.iter().cloned().collect(),
            sheets,
            given,
        })
    }

    fn restore_poll(&mut self, id: u32, kept: KeptPoll) {
        let KeptPoll { draft, stage, shown, started, ends, answered, sheets, given } = kept;
        let now = |unix: u64| Millis(unix.saturating_sub(self.epoch_ms));
        let given = if draft.anonymous {
            Given::Anonymous(given)
        } else {
            let sheets = sheets.into_iter().map(|(user, KeptSheet { name, answers, after_ms })| {
                (user, Sheet { name, answers, after_ms })
            });
            Given::Named(sheets.collect())
        };
        let ends = ends.map(now);
        let answered = answered.into_iter().collect();
        self.around
            .polls
            .restore(id, Poll { stage, shown, started, ends, answered, given, ..Poll::new(draft) });
    }
}
