//! What was answered in a poll, as a table: for scripts, and for the moderators' own pages.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use room::{PollRow, PollSheet};
use signaling::{PollAnswer, PollKind, PollQuestion, Refusal};

use super::table::{Table, cell, download};
use super::{ApiError, auth, rooms};
use crate::app::App;
use crate::rooms::CallError;

/// `GET /api/v1/rooms/{room}/polls/{id}.csv`, with the API key or a moderator's join token.
pub(super) async fn csv(
    State(app): State<Arc<App>>,
    Path((room, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let reader = auth::reader(&app, &room, &headers)?;
    let found = rooms::find(&app, &room)?;
    let id = file.strip_suffix(".csv").and_then(|id| id.parse().ok()).ok_or_else(not_found)?;
    let sheet = app.rooms.poll_sheet(&found, id, reader).await.map_err(|error| match error {
        CallError::Refused(Refusal::Gone) => not_found(),
        error => error.into(),
    })?;
    Ok(download(&format!("poll-{id}.csv"), table(&sheet)?))
}

fn not_found() -> ApiError {
    let message = "there is no such poll in the room; the address ends in its number and .csv";
    ApiError::new(StatusCode::NOT_FOUND, "poll_not_found", message)
}

/// One row for everybody who has answered, one column for each question.
fn table(sheet: &PollSheet) -> Result<Vec<u8>, ApiError> {
    let questions = &sheet.draft.questions;
    let (named, scored) = (!sheet.draft.anonymous, sheet.draft.quiz.is_some());
    let mut table = Table::new();
    let head = named.then(|| "name".to_owned()).into_iter();
    let head = head.chain(questions.iter().map(|question| cell(&question.text)));
    table.row(head.chain(scored.then(|| "score".to_owned())))?;
    for PollRow { name, answers, score } in &sheet.rows {
        let name = named.then(|| cell(name.as_deref().unwrap_or_default())).into_iter();
        let given = questions.iter().zip(answers).map(|(question, answer)| match answer {
            Some(answer) => cell(&worded(question, answer)),
            None => String::new(),
        });
        table.row(name.chain(given).chain(score.map(|score| score.to_string())))?;
    }
    table.finish()
}

fn worded(question: &PollQuestion, answer: &PollAnswer) -> String {
    match (&question.kind, answer) {
        (
            PollKind::Single { choices } | PollKind::Multiple { choices },
            PollAnswer::Choices { choices: chosen },
        ) => {
            let chosen = chosen.iter().filter_map(|at| choices.get(usize::from(*at)));
            chosen.map(String::as_str).collect::<Vec<_>>().join("; ")
        }
        (_, PollAnswer::Text { text }) => text.clone(),
        (_, PollAnswer::Rating { rating }) => rating.to_string(),
        (_, PollAnswer::Choices { .. }) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use signaling::PollDraft;

    use super::*;

    fn sheet(anonymous: bool) -> PollSheet {
        let choices = vec!["yes, please".to_owned(), "no".to_owned()];
        let question = |text: &str, kind| PollQuestion { text: text.into(), kind, right: None };
        let questions =
            vec![question("Which?", PollKind::Multiple { choices }), question("Why?", PollKind::Text)];
        let draft = PollDraft { title: "P".into(), questions, anonymous, held: false, quiz: None };
        let answers = vec![
            Some(PollAnswer::Choices { choices: vec![0, 1] }),
            Some(PollAnswer::Text { text: "=HYPERLINK(\"x\")".into() }),
        ];
        let name = (!anonymous).then(|| "Ada \"L\"".to_owned());
        let rows = vec![
            PollRow { name: name.clone(), answers, score: None },
            PollRow { name, answers: vec![None, None], score: None },
        ];
        PollSheet { draft, rows }
    }

    #[test]
    fn a_table_is_quoted_and_holds_no_formula() {
        let text = String::from_utf8(table(&sheet(false)).unwrap()).unwrap();
        let expected = "\u{feff}name,Which?,Why?\r\n\"Ada \"\"L\"\"\",\"yes, please; no\",\"'=HYPERLINK(\"\"x\"\")\"\r\n\"Ada \"\"L\"\"\",,\r\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn an_anonymous_one_has_no_names() {
        let text = String::from_utf8(table(&sheet(true)).unwrap()).unwrap();
        assert!(text.starts_with("\u{feff}Which?,Why?\r\n") && !text.contains("Ada"), "{text}");
    }
}
