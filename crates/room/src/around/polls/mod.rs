//! Polls and quizzes: written by moderators, answered by everybody, counted here.
//!
//! What is anonymous is kept so that nobody can undo it: who has answered in one place, what was answered in another, in the order of the answers
//! themselves. `draft` says what makes sense, `tally` counts, `told` says who sees what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use signaling::limits::{POLL_TOLD_MS, POLLS};
use signaling::{Feature, ParticipantId, PollAnswer, PollDraft, PollStage, Refusal, Role, ServerMessage};
use stage::{Actor, Millis};

use crate::turn::{Addressee, Turn};
use crate::{Item, Room};

mod draft;
mod sheet;
mod tally;
mod told;

use tally::Tally;

pub use sheet::{PollRow, PollSheet};

/// One for each question, in their order; none where somebody left one out.
pub(crate) type Answers = Vec<Option<PollAnswer>>;

/// Anonymous answers are kept so many at a time, or when the poll ends.
const ANONYMOUS_KEPT: usize = 10;

#[derive(Debug, Default)]
pub(crate) struct Polls {
    pub(crate) polls: BTreeMap<u32, Poll>,
    pub(crate) count: u32,
    /// Answered since everybody was last told.
    news: BTreeSet<u32>,
    /// Those that everybody is told of in this turn.
    prompt: BTreeSet<u32>,
    at: Option<Millis>,
}

#[derive(Clone, Debug)]
pub(crate) struct Poll {
    pub(crate) draft: PollDraft,
    pub(crate) stage: PollStage,
    /// A moderator shows the results to everybody, or where they are not held back, has not hidden them.
    pub(crate) shown: bool,
    /// When it last began to take answers, in milliseconds since 1970.
    pub(crate) started: Option<u64>,
    /// When an open quiz ends by itself.
    pub(crate) ends: Option<Millis>,
    /// Everybody's `user` who has answered.
    pub(crate) answered: BTreeSet<Arc<str>>,
    pub(crate) given: Given,
    /// What came of it so far, counted when somebody is to know: not with every answer, nor for everybody who comes.
    pub(super) tally: OnceLock<Tally>,
}

/// What was answered.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    /// By whose `user`.
    Named(BTreeMap<Arc<str>, Sheet>),
    /// Sorted, and so without a trace of who gave what when.
    Anonymous(Vec<Answers>),
}

/// One person's answers.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    /// As they were called then.
    pub(crate) name: String,
    pub(crate) answers: Answers,
    /// How long after the start, in milliseconds.
    pub(crate) after_ms: u64,
}

impl Poll {
    pub(super) fn new(draft: PollDraft) -> Poll {
        let given =
            if draft.anonymous { Given::Anonymous(Vec::new()) } else { Given::Named(BTreeMap::new()) };
        let shown = !draft.held;
        let stage = PollStage::Draft;
        let (answered, tally) = (BTreeSet::new(), OnceLock::new());
        Poll { draft, stage, shown, started: None, ends: None, answered, given, tally }
    }
}

impl Polls {
    /// When a quiz ends by itself, or when there is something to be told.
    pub(crate) fn due(&self) -> Option<Millis> {
        let told = self.at.map_or(Millis(0), |at| at.plus(POLL_TOLD_MS));
        let ends = self.polls.values().filter_map(|poll| poll.ends);
        ends.chain((!self.news.is_empty()).then_some(told)).min()
    }

    /// As it was before a restart.
    pub(crate) fn restore(&mut self, id: u32, poll: Poll) {
        self.count = self.count.max(id);
        self.polls.insert(id, poll);
    }

    fn get_mut(&mut self, id: u32) -> Result<&mut Poll, Refusal> {
        self.polls.get_mut(&id).ok_or(Refusal::Gone)
    }
}

impl Room {
    /// Refused where there are [`POLLS`]: somebody has to delete some first.
    pub(crate) fn create_poll(
        &mut self,
        by: Actor,
        draft: PollDraft,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        if self.around.polls.polls.len() >= POLLS {
            self.around.hits.polls_full += 1;
            return Err(Refusal::TooMany { most: POLLS as u32 });
        }
        let draft = draft::checked(draft)?;
        self.around.polls.count += 1;
        let id = self.around.polls.count;
        self.around.polls.polls.insert(id, Poll::new(draft));
        self.poll_changed(id, turn);
        Ok(())
    }

    /// One that was started before goes on.
    pub(crate) fn start_poll(&mut self, by: Actor, id: u32, turn: &mut Turn) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        if !self.around.features.has(Feature::Polls) {
            return Err(Refusal::FeatureOff { feature: Feature::Polls });
        }
        let unix = self.unix(turn.now);
        let poll = self.around.polls.get_mut(id)?;
        match poll.stage {
            PollStage::Open => return Ok(()),
            // The right answers may have been seen.
            PollStage::Ended if poll.draft.quiz.is_some() => return Err(Refusal::PollClosed),
            PollStage::Draft | PollStage::Ended => {}
        }
        (poll.stage, poll.started) = (PollStage::Open, Some(unix));
        let seconds = poll.draft.quiz.and_then(|quiz| quiz.seconds);
        poll.ends = seconds.map(|seconds| turn.now.plus(u64::from(seconds) * 1000));
        self.poll_changed(id, turn);
        Ok(())
    }

    pub(crate) fn end_poll(&mut self, by: Actor, id: u32, turn: &mut Turn) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        let poll = self.around.polls.get_mut(id)?;
        if poll.stage == PollStage::Open {
            (poll.stage, poll.ends) = (PollStage::Ended, None);
            self.poll_changed(id, turn);
        }
        Ok(())
    }

    /// Results to everybody, or no more.
    pub(crate) fn show_poll(
        &mut self,
        by: Actor,
        id: u32,
        shown: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        let poll = self.around.polls.get_mut(id)?;
        if poll.shown != shown {
            poll.shown = shown;
            self.poll_changed(id, turn);
        }
        Ok(())
    }

    /// One that is gone is done already.
    pub(crate) fn delete_poll(&mut self, by: Actor, id: u32, turn: &mut Turn) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        let Some(poll) = self.around.polls.polls.remove(&id) else { return Ok(()) };
        self.around.polls.news.remove(&id);
        self.around.polls.prompt.remove(&id);
        turn.keep(Item::Poll(id));
        let known = if poll.stage == PollStage::Draft {
            Addressee::Rank(Role::Moderator)
        } else {
            Addressee::Everybody
        };
        turn.say(known, ServerMessage::PollsGone { polls: vec![id] });
        Ok(())
    }

    /// While it is open; once where it is anonymous or a quiz, and in place of earlier answers otherwise.
    pub(crate) fn answer_poll(
        &mut self,
        who: ParticipantId,
        id: u32,
        answers: Answers,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.may_use(who, Feature::Polls)?;
        let (user, _) = self.reader(who)?;
        let name = self.register.get(who).ok_or(Refusal::NotPresent)?.name.clone();
        let unix = self.unix(turn.now);
        let poll = self.around.polls.get_mut(id)?;
        let once = poll.draft.anonymous || poll.draft.quiz.is_some();
        if poll.stage != PollStage::Open || (once && poll.answered.contains(&user)) {
            return Err(Refusal::PollClosed);
        }
        let answers = draft::fitting(&poll.draft, answers)?;
        let after_ms = poll.started.map_or(0, |started| unix.saturating_sub(started));
        poll.answered.insert(user.clone());
        match &mut poll.given {
            Given::Named(sheets) => drop(sheets.insert(user, Sheet { name, answers, after_ms })),
            Given::Anonymous(given) => {
                let at = given.partition_point(|other| *other < answers);
                given.insert(at, answers);
            }
        }
        poll.tally = OnceLock::new();
        // One after another on the disk they would say who gave which after all.
        if !poll.draft.anonymous || poll.answered.len().is_multiple_of(ANONYMOUS_KEPT) {
            turn.keep(Item::Poll(id));
        }
        self.around.polls.news.insert(id);
        self.tell_own_answers(who, id, turn);
        Ok(())
    }

    pub(super) fn end_overdue_polls(&mut self, turn: &mut Turn) {
        let polls = self.around.polls.polls.iter();
        let over = polls.filter(|(_, poll)| poll.ends.is_some_and(|ends| ends <= turn.now));
        for id in over.map(|(id, _)| *id).collect::<Vec<_>>() {
            // It is there, and nobody's to refuse.
            let _ = self.end_poll(Actor::Operator, id, turn);
        }
    }

    /// Anonymous answers that wait for company.
    pub(crate) fn unkept_polls(&self) -> impl Iterator<Item = Item> + '_ {
        let polls = self.around.polls.polls.iter();
        let waiting = polls.filter(|(_, poll)| poll.draft.anonymous && poll.stage == PollStage::Open);
        waiting.map(|(id, _)| Item::Poll(*id))
    }

    fn poll_changed(&mut self, id: u32, turn: &mut Turn) {
        turn.keep(Item::Poll(id));
        self.around.polls.prompt.insert(id);
    }
}
