//! What was answered in a poll, as a table (RFC 4180): for scripts, and for the moderators' own pages.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use room::{PollRow, PollSheet};
use signaling::{PollAnswer, PollKind, PollQuestion, Refusal};

use super::auth::bearer;
use super::{ApiError, rooms};
use crate::app::App;
use crate::rooms::CallError;

/// `GET /api/v1/rooms/{room}/polls/{id}.csv`, with the API key or a moderator's join token.
pub(super) async fn csv(
    State(app): State<Arc<App>>,
    Path((room, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let shown = bearer(&headers).ok_or_else(ApiError::unauthorized)?;
    let reader = match app.api_key.accepts(shown) {
        true => None,
        false => Some(app.tokens.read(shown, &room).map_err(|_| ApiError::unauthorized())?),
    };
    let found = rooms::find(&app, &room)?;
    let id = file.strip_suffix(".csv").and_then(|id| id.parse().ok()).ok_or_else(not_found)?;
    let sheet = app.rooms.poll_sheet(&found, id, reader).await.map_err(|error| match error {
        CallError::Refused(Refusal::Gone) => not_found(),
        error => error.into(),
    })?;
    let table = table(&sheet).map_err(|_| ApiError::internal())?;
    let name = format!("attachment; filename=\"poll-{id}.csv\"");
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, table).into_response())
}

fn not_found() -> ApiError {
    let message = "there is no such poll in the room; the address ends in its number and .csv";
    ApiError::new(StatusCode::NOT_FOUND, "poll_not_found", message)
}

/// One row for everybody who has answered, one column for each question. It begins with a byte order mark, without which spreadsheets
/// take UTF-8 for something else.
fn table(sheet: &PollSheet) -> Result<Vec<u8>, csv::Error> {
    let questions = &sheet.draft.questions;
    let (named, scored) = (!sheet.draft.anonymous, sheet.draft.quiz.is_some());
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let head = named.then(|| "name".to_owned()).into_iter();
    let head = head.chain(questions.iter().map(|question| cell(&question.text)));
    writer.write_record(head.chain(scored.then(|| "score".to_owned())))?;
    for PollRow { name, answers, score } in &sheet.rows {
        let name = named.then(|| cell(name.as_deref().unwrap_or_default())).into_iter();
        let given = questions.iter().zip(answers).map(|(question, answer)| match answer {
            Some(answer) => cell(&worded(question, answer)),
            None => String::new(),
        });
        writer.write_record(name.chain(given).chain(score.map(|score| score.to_string())))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
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

/// A text that a spreadsheet would take for a formula is marked as the text it is.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}") } else { text.to_owned() }
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
