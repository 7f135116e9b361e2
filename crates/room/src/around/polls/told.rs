//! Who sees what of a poll: moderators all of it; others nothing of drafts, results where they are shown, and what is right once it is over.

use std::collections::BTreeSet;

use signaling::limits::POLL_TOLD_MS;
use signaling::{ParticipantId, PollResult, PollStage, PollState, Role, ServerMessage, YourAnswers};
use stage::Millis;

use super::{Given, Poll};
use crate::Room;
use crate::turn::{Addressee, Turn};

impl Poll {
    /// Whether everybody may see the results. Of a quiz nobody sees any while it can be answered.
    fn is_visible(&self) -> bool {
        let told = match self.stage {
            PollStage::Draft => false,
            PollStage::Open => self.draft.quiz.is_none(),
            PollStage::Ended => true,
        };
        told && self.shown
    }

    /// As a moderator or somebody else is told of it, without what they have done themselves.
    fn told(&self, id: u32, moderates: bool, now: Millis) -> PollState {
        let mut draft = self.draft.clone();
        let over = self.stage == PollStage::Ended && self.is_visible();
        if !moderates && !over {
            draft.questions.iter_mut().for_each(|question| question.right = None);
        }
        let sees = moderates || self.is_visible();
        let has_board = draft.quiz.is_some_and(|quiz| quiz.leader_board) && self.stage == PollStage::Ended;
        PollState {
            id,
            draft,
            stage: self.stage,
            shown: self.shown,
            ends_in_ms: self.ends.map(|ends| ends.since(now)),
            answered: self.answered.len() as u32,
            results: sees.then(|| self.results_for(moderates)),
            leaders: (sees && has_board).then(|| self.tally().leaders.clone()),
            yours: None,
        }
    }

    /// What people write is told to everybody when it is over: before, it would be told again with every answer.
    fn results_for(&self, moderates: bool) -> Vec<PollResult> {
        let mut results = self.tally().results.clone();
        if !moderates && self.stage == PollStage::Open {
            results.iter_mut().for_each(|result| result.texts.clear());
        }
        results
    }

    fn yours(&self, user: &str) -> YourAnswers {
        let answers = match &self.given {
            Given::Named(sheets) => sheets.get(user).map(|sheet| sheet.answers.clone()),
            Given::Anonymous(_) => None,
        };
        let over = self.draft.quiz.is_some() && self.stage == PollStage::Ended && self.is_visible();
        let score = answers.as_ref().filter(|_| over).map(|answers| self.score(answers));
        YourAnswers { answered: self.answered.contains(user), answers: answers.unwrap_or_default(), score }
    }
}

impl Room {
    /// At the end of a turn: what a moderator did at once, what was answered when it is time.
    pub(in crate::around) fn tell_polls(&mut self, turn: &mut Turn) {
        let polls = &mut self.around.polls;
        let mut news: BTreeSet<u32> = std::mem::take(&mut polls.prompt);
        for id in &news {
            polls.news.remove(id);
        }
        let quiet = polls.at.is_none_or(|at| turn.now.since(at) >= POLL_TOLD_MS);
        if quiet && !polls.news.is_empty() {
            polls.at = Some(turn.now);
            news.append(&mut polls.news);
        }
        for id in news {
            self.tell_poll(id, turn);
        }
    }

    fn tell_poll(&self, id: u32, turn: &mut Turn) {
        let Some(poll) = self.around.polls.polls.get(&id) else { return };
        let of = |poll| ServerMessage::Polls { polls: vec![poll] };
        if poll.stage != PollStage::Draft {
            turn.say(Addressee::Everybody, of(poll.told(id, false, turn.now)));
        }
        turn.say(Addressee::Rank(Role::Moderator), of(poll.told(id, true, turn.now)));
        // How many were right is each one's own.
        if poll.draft.quiz.is_some() && poll.stage == PollStage::Ended {
            for (who, person) in self.register.iter() {
                if poll.answered.contains(&*person.user) {
                    self.tell_own_answers(who, id, turn);
                }
            }
        }
    }

    /// What somebody has just done, or what came of it for them.
    pub(super) fn tell_own_answers(&self, who: ParticipantId, id: u32, turn: &mut Turn) {
        let Ok((user, _)) = self.reader(who) else { return };
        let Some(poll) = self.around.polls.polls.get(&id) else { return };
        turn.say(Addressee::Person(who), ServerMessage::PollYours { poll: id, yours: poll.yours(&user) });
    }

    fn poll_told_to(&self, who: ParticipantId, id: u32, now: Millis) -> Option<PollState> {
        let (user, role) = self.reader(who).ok()?;
        let moderates = role >= Role::Moderator;
        let poll = self.around.polls.polls.get(&id)?;
        if poll.stage == PollStage::Draft && !moderates {
            return None;
        }
        Some(PollState { yours: Some(poll.yours(&user)), ..poll.told(id, moderates, now) })
    }

    /// One frame each: together they may be longer than a slow line takes in time.
    pub(in crate::around) fn polls_known_to(&self, who: ParticipantId, now: Millis) -> Vec<ServerMessage> {
        let polls = self.around.polls.polls.keys();
        let told = polls.filter_map(|id| self.poll_told_to(who, *id, now));
        told.map(|poll| ServerMessage::Polls { polls: vec![poll] }).collect()
    }
}
