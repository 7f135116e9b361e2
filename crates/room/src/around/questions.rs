//! Questions for those on stage, in the order they were asked; a page orders them by their votes.

use std::collections::BTreeSet;
use std::sync::Arc;

use signaling::limits::{CHAT_CHARS, QUESTION_CHARS, QUESTIONS, QUESTIONS_A_PERSON};
use signaling::{
    Feature, ParticipantId, Question, QuestionState, Refusal, Role, ServerMessage, WrittenAnswer,
};
use stage::{Actor, Millis};

use crate::turn::{Addressee, Turn};
use crate::{Item, Room};

/// Told at once to somebody who comes.
const QUESTIONS_A_FRAME: usize = 50;

#[derive(Debug, Default)]
pub(crate) struct Questions {
    pub(super) asked: Vec<Asked>,
    pub(super) count: u32,
}

#[derive(Debug)]
pub(super) struct Asked {
    pub(super) id: u32,
    /// The asker's `user`.
    pub(super) by: Arc<str>,
    /// As they were called then.
    pub(super) name: String,
    pub(super) text: String,
    /// In milliseconds since 1970.
    pub(super) at: u64,
    /// Everybody's `user` who wants it answered.
    pub(super) votes: BTreeSet<Arc<str>>,
    pub(super) state: QuestionState,
    pub(super) answer: Option<WrittenAnswer>,
}

impl Questions {
    pub(super) fn get_mut(&mut self, id: u32) -> Result<&mut Asked, Refusal> {
        self.asked.iter_mut().find(|asked| asked.id == id).ok_or(Refusal::Gone)
    }

    pub(super) fn get(&self, id: u32) -> Option<&Asked> {
        self.asked.iter().find(|asked| asked.id == id)
    }

    pub(super) fn add(&mut self, asked: Asked) {
        self.count = self.count.max(asked.id);
        self.asked.push(asked);
    }
}

impl Room {
    /// Refused where there are [`QUESTIONS`]: somebody has to take some out first.
    pub(crate) fn ask_question(
        &mut self,
        who: ParticipantId,
        text: &str,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.may_use(who, Feature::Questions)?;
        let (user, _) = self.reader(who)?;
        let asked = &self.around.questions.asked;
        let own = asked.iter().filter(|one| one.by == user && one.state != QuestionState::Answered).count();
        for (count, most) in [(own, QUESTIONS_A_PERSON), (asked.len(), QUESTIONS)] {
            if count >= most {
                self.around.hits.questions_full += 1;
                return Err(Refusal::TooMany { most: most as u32 });
            }
        }
        let text = self.written(who, text, QUESTION_CHARS, turn)?;
        let name = self.register.get(who).ok_or(Refusal::NotPresent)?.name.clone();
        let id = self.around.questions.count + 1;
        let asked = Asked {
            id,
            by: user,
            name,
            text,
            at: self.unix(turn.now),
            votes: BTreeSet::new(),
            state: QuestionState::Open,
            answer: None,
        };
        self.around.questions.add(asked);
        self.question_changed(id, turn);
        Ok(())
    }

    /// One's own wish. Those that were answered need none.
    pub(crate) fn vote_question(
        &mut self,
        who: ParticipantId,
        question: u32,
        voted: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.may_use(who, Feature::Questions)?;
        let (user, _) = self.reader(who)?;
        let asked = self.around.questions.get_mut(question)?;
        let changed = if voted { asked.votes.insert(user) } else { asked.votes.remove(&user) };
        if changed {
            let votes = asked.votes.len() as u32;
            turn.keep(Item::Question(question));
            let told = ServerMessage::QuestionVoted { question, votes, by: who, voted };
            turn.say(Addressee::Everybody, told);
        }
        Ok(())
    }

    /// By those who came to speak, and moderators. One question at a time is being answered: another before it was.
    pub(crate) fn mark_question(
        &mut self,
        by: Actor,
        question: u32,
        state: QuestionState,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.needs(by, Role::Speaker)?;
        self.around.questions.get_mut(question)?;
        let mut changed = Vec::new();
        for asked in &mut self.around.questions.asked {
            let now = match asked.state {
                _ if asked.id == question => state,
                QuestionState::Live if state == QuestionState::Live => QuestionState::Answered,
                other => other,
            };
            if asked.state != now {
                asked.state = now;
                changed.push(asked.id);
            }
        }
        changed.into_iter().for_each(|id| self.question_changed(id, turn));
        Ok(())
    }

    /// By the same. In place of an earlier answer.
    pub(crate) fn answer_question(
        &mut self,
        who: ParticipantId,
        question: u32,
        text: &str,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.needs(Actor::Participant(who), Role::Speaker)?;
        self.may_use(who, Feature::Questions)?;
        self.around.questions.get_mut(question)?;
        let text = self.written(who, text, CHAT_CHARS, turn)?;
        let name = self.register.get(who).ok_or(Refusal::NotPresent)?.name.clone();
        let asked = self.around.questions.get_mut(question)?;
        asked.answer = Some(WrittenAnswer { name, text });
        asked.state = QuestionState::Answered;
        self.question_changed(question, turn);
        Ok(())
    }

    /// One's own, or anybody's by a moderator. One that is gone is done already.
    pub(crate) fn dismiss_question(
        &mut self,
        who: ParticipantId,
        question: u32,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let (user, role) = self.reader(who)?;
        let Some(asked) = self.around.questions.get(question) else { return Ok(()) };
        if *asked.by != *user && role < Role::Moderator {
            return Err(Refusal::Forbidden);
        }
        self.around.questions.asked.retain(|asked| asked.id != question);
        turn.keep(Item::Question(question));
        turn.say(Addressee::Everybody, ServerMessage::QuestionsGone { questions: vec![question] });
        Ok(())
    }

    fn question_changed(&self, id: u32, turn: &mut Turn) {
        let Some(asked) = self.around.questions.get(id) else { return };
        turn.keep(Item::Question(id));
        let questions = vec![self.question(asked, None, turn.now)];
        turn.say(Addressee::Everybody, ServerMessage::Questions { questions });
    }

    /// So many in a frame that a slow line takes it in time.
    pub(super) fn questions_known_to(&self, who: ParticipantId, now: Millis) -> Vec<ServerMessage> {
        let Ok((user, _)) = self.reader(who) else { return Vec::new() };
        let frames = self.around.questions.asked.chunks(QUESTIONS_A_FRAME);
        let told = frames.map(|asked| ServerMessage::Questions {
            questions: asked.iter().map(|one| self.question(one, Some(&user), now)).collect(),
        });
        told.collect()
    }

    /// A question as it is told to `reader`; to many where there is none.
    fn question(&self, asked: &Asked, reader: Option<&str>, now: Millis) -> Question {
        Question {
            id: asked.id,
            by: self.register.id_of(&asked.by),
            name: asked.name.clone(),
            text: asked.text.clone(),
            age_ms: self.unix(now).saturating_sub(asked.at),
            votes: asked.votes.len() as u32,
            voted: reader.map(|user| asked.votes.contains(user)),
            state: asked.state,
            answer: asked.answer.clone(),
        }
    }
}
