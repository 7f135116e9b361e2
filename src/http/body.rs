//! JSON bodies: bounded, and refused with the name of the field that is wrong.
//!
//! They are JSON whatever the request's content type says: a script that forgot the header is understood, and no page of another site can
//! ride on a browser's login, since the calls that go by one look at the origin themselves.

use std::sync::Arc;

use axum::body;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::ApiError;
use crate::app::App;
use crate::bounds::BODY_BYTES;
use crate::metrics::Bound;

/// The body of an API call.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        // The only other failure is a connection that broke, and then nobody reads the answer.
        let bytes = body::to_bytes(request.into_body(), BODY_BYTES).await.map_err(|_| {
            app.counts.hit(Bound::BodyBytes);
            let message = format!("the body may have {BODY_BYTES} bytes");
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
        })?;
        parse(&bytes).map(Body)
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        let problem = error.into_inner();
        match problem.classify() {
            Category::Data if field != "." => ApiError::invalid_field(&field, problem),
            Category::Data => ApiError::invalid_field("the body", problem),
            Category::Io | Category::Syntax | Category::Eof => malformed(&problem),
        }
    })?;
    reader.end().map_err(|problem| malformed(&problem))?;
    Ok(value)
}

fn malformed(problem: &serde_json::Error) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "malformed_json", format!("the body is not JSON: {problem}"))
}
