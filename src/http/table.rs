//! Tables for spreadsheets (RFC 4180).

use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::ApiError;

/// One under way. It begins with a byte order mark, without which spreadsheets take UTF-8 for something else.
pub(super) struct Table(csv::Writer<Vec<u8>>);

impl Table {
    pub(super) fn new() -> Table {
        let mut writer = csv::WriterBuilder::new();
        writer.terminator(csv::Terminator::CRLF);
        Table(writer.from_writer("\u{feff}".as_bytes().to_vec()))
    }

    /// Each row has as many cells as the first. What people wrote goes through [`cell`] before.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) -> Result<(), ApiError> {
        self.0.write_record(cells).map_err(|_| ApiError::internal())
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, ApiError> {
        self.0.into_inner().map_err(|_| ApiError::internal())
    }
}

/// To be saved as `name`, which has nothing in it that would have to be quoted.
pub(super) fn download(name: &str, table: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"{name}\"");
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    (headers, table).into_response()
}

/// A text that a spreadsheet would take for a formula is marked as the text it is.
pub(super) fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}") } else { text.to_owned() }
}
