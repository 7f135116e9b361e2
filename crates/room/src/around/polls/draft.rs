//! What makes sense as a poll, and as an answer to one.

use signaling::limits::{POLL_CHARS, POLL_CHOICES, POLL_QUESTIONS, POLL_TEXT_CHARS, TIMER_SECONDS};
use signaling::{PollAnswer, PollDraft, PollKind, PollQuestion, Refusal};

use super::Answers;
use crate::around::writing::worded;

/// The draft with its texts as they are kept.
pub(super) fn checked(draft: PollDraft) -> Result<PollDraft, Refusal> {
    let PollDraft { title, questions, anonymous, held, quiz } = draft;
    let title = worded(&title, POLL_CHARS)?;
    if questions.is_empty() || questions.len() > POLL_QUESTIONS {
        return Err(bad(format!("questions: 1 to {POLL_QUESTIONS}")));
    }
    if let Some(quiz) = quiz {
        if quiz.seconds.is_some_and(|seconds| seconds == 0 || seconds > TIMER_SECONDS) {
            return Err(bad(format!("quiz.seconds: 1 to {TIMER_SECONDS}")));
        }
        if quiz.leader_board && anonymous {
            return Err(bad("quiz.leader_board: not where it is anonymous".into()));
        }
    }
    let questions = questions.into_iter().enumerate();
    let questions = questions.map(|(at, question)| checked_question(at, question, quiz.is_some()));
    Ok(PollDraft { title, questions: questions.collect::<Result<_, _>>()?, anonymous, held, quiz })
}

fn checked_question(at: usize, question: PollQuestion, in_quiz: bool) -> Result<PollQuestion, Refusal> {
    let PollQuestion { text, kind, right } = question;
    let text = worded(&text, POLL_CHARS)?;
    let kind = checked_kind(at, kind)?;
    let right = match right {
        Some(right) if in_quiz => Some(fitting_answer(at, &kind, right)?),
        Some(_) => return Err(bad(format!("questions[{at}].right: in a quiz only"))),
        None => None,
    };
    if in_quiz && right.is_none() && !matches!(kind, PollKind::Text | PollKind::Rating { .. }) {
        return Err(bad(format!("questions[{at}].right: missing")));
    }
    Ok(PollQuestion { text, kind, right })
}

fn checked_kind(at: usize, kind: PollKind) -> Result<PollKind, Refusal> {
    let checked = |choices: Vec<String>| {
        if choices.len() < 2 || choices.len() > POLL_CHOICES {
            return Err(bad(format!("questions[{at}].kind.choices: 2 to {POLL_CHOICES}")));
        }
        choices.iter().map(|choice| worded(choice, POLL_CHARS)).collect()
    };
    match kind {
        PollKind::Single { choices } => Ok(PollKind::Single { choices: checked(choices)? }),
        PollKind::Multiple { choices } => Ok(PollKind::Multiple { choices: checked(choices)? }),
        PollKind::Text => Ok(PollKind::Text),
        PollKind::Rating { most } if (2..=POLL_CHOICES as u8).contains(&most) => {
            Ok(PollKind::Rating { most })
        }
        PollKind::Rating { .. } => Err(bad(format!("questions[{at}].kind.most: 2 to {POLL_CHOICES}"))),
    }
}

/// Answers that fit the questions, as they are kept; at least one.
pub(super) fn fitting(draft: &PollDraft, answers: Answers) -> Result<Answers, Refusal> {
    if answers.len() != draft.questions.len() || answers.iter().all(Option::is_none) {
        return Err(bad(format!("answers: one for each of the {} questions", draft.questions.len())));
    }
    let each = answers.into_iter().zip(&draft.questions).enumerate();
    each.map(|(at, (answer, question))| {
        answer.map(|answer| fitting_answer(at, &question.kind, answer)).transpose()
    })
    .collect()
}

fn fitting_answer(at: usize, kind: &PollKind, answer: PollAnswer) -> Result<PollAnswer, Refusal> {
    let fits = match (kind, answer) {
        (PollKind::Single { choices }, PollAnswer::Choices { choices: chosen }) => {
            let fits = chosen.len() == 1 && are_choices(&chosen, choices.len());
            fits.then_some(PollAnswer::Choices { choices: chosen })
        }
        (PollKind::Multiple { choices }, PollAnswer::Choices { choices: mut chosen }) => {
            chosen.sort_unstable();
            chosen.dedup();
            let fits = !chosen.is_empty() && are_choices(&chosen, choices.len());
            fits.then_some(PollAnswer::Choices { choices: chosen })
        }
        (PollKind::Text, PollAnswer::Text { text }) => {
            Some(PollAnswer::Text { text: worded(&text, POLL_TEXT_CHARS)? })
        }
        (PollKind::Rating { most }, PollAnswer::Rating { rating }) => {
            (1..=*most).contains(&rating).then_some(PollAnswer::Rating { rating })
        }
        _ => None,
    };
    fits.ok_or_else(|| bad(format!("answers[{at}]: does not fit its question")))
}

fn are_choices(chosen: &[u8], of: usize) -> bool {
    chosen.iter().all(|one| usize::from(*one) < of)
}

fn bad(detail: String) -> Refusal {
    Refusal::BadPoll { detail }
}
