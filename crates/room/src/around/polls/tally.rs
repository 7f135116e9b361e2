//! What came of a poll.

use signaling::limits::{LEADERS, POLL_TEXTS_TOLD};
use signaling::{Leader, PollAnswer, PollKind, PollQuestion, PollResult};

use super::{Answers, Given, Poll};

/// All that came of a poll.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    /// One for each question.
    pub(super) results: Vec<PollResult>,
    /// The best, and of equals the quickest, first; nobody who was not asked for their name.
    pub(super) leaders: Vec<Leader>,
}

impl Poll {
    pub(super) fn tally(&self) -> &Tally {
        self.tally.get_or_init(|| Tally { results: self.results(), leaders: self.leaders() })
    }

    /// Everybody's answers, in no order that says anything.
    pub(super) fn sheets(&self) -> Box<dyn Iterator<Item = &Answers> + '_> {
        match &self.given {
            Given::Named(sheets) => Box::new(sheets.values().map(|sheet| &sheet.answers)),
            Given::Anonymous(given) => Box::new(given.iter()),
        }
    }

    fn results(&self) -> Vec<PollResult> {
        let mut results: Vec<PollResult> = self.draft.questions.iter().map(empty).collect();
        for answers in self.sheets() {
            for (result, answer) in results.iter_mut().zip(answers) {
                answer.as_ref().into_iter().for_each(|answer| count(result, answer));
            }
        }
        for result in &mut results {
            result.texts.sort_unstable();
            result.texts.truncate(POLL_TEXTS_TOLD);
        }
        results
    }

    /// Right answers among these.
    pub(super) fn score(&self, answers: &Answers) -> u32 {
        let each = answers.iter().zip(&self.draft.questions);
        let right = each.filter(|(answer, question)| match (answer, &question.right) {
            (Some(answer), Some(right)) => is_right(answer, right),
            _ => false,
        });
        right.count() as u32
    }

    fn leaders(&self) -> Vec<Leader> {
        let Given::Named(sheets) = &self.given else { return Vec::new() };
        let mut ranked: Vec<_> =
            sheets.values().map(|sheet| (self.score(&sheet.answers), sheet.after_ms, &sheet.name)).collect();
        ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let best = ranked.into_iter().take(LEADERS);
        best.map(|(score, _, name)| Leader { name: name.clone(), score }).collect()
    }
}

fn empty(question: &PollQuestion) -> PollResult {
    let places = match &question.kind {
        PollKind::Single { choices } | PollKind::Multiple { choices } => choices.len(),
        PollKind::Rating { most } => usize::from(*most),
        PollKind::Text => 0,
    };
    PollResult { counts: vec![0; places], texts: Vec::new() }
}

fn count(result: &mut PollResult, answer: &PollAnswer) {
    let mut one_more = |place: usize| {
        if let Some(count) = result.counts.get_mut(place) {
            *count += 1;
        }
    };
    match answer {
        PollAnswer::Choices { choices } => choices.iter().for_each(|choice| one_more(usize::from(*choice))),
        PollAnswer::Rating { rating } => one_more(usize::from(rating.saturating_sub(1))),
        PollAnswer::Text { text } => result.texts.push(text.clone()),
    }
}

/// Texts whatever their case and the spaces in them.
fn is_right(answer: &PollAnswer, right: &PollAnswer) -> bool {
    match (answer, right) {
        (PollAnswer::Text { text }, PollAnswer::Text { text: right }) => plain(text) == plain(right),
        (answer, right) => answer == right,
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
