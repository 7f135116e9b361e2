//! Bodies of SDP.

use axum::body;
use axum::extract::Request;
use axum::http::{StatusCode, header};

use super::super::ApiError;
use super::bad_request;
use crate::app::App;
use crate::bounds::SDP_BYTES;
use crate::metrics::Bound;

/// The text of a request that must be of this type.
pub(super) async fn read(app: &App, request: Request, of_type: &'static str) -> Result<String, ApiError> {
    let said = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    // Parameters, such as a charset, change nothing.
    let said = said.and_then(|value| value.split(';').next()).map(str::trim);
    if !said.is_some_and(|said| said.eq_ignore_ascii_case(of_type)) {
        let message = format!("the body must be of type {of_type}");
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message));
    }
    // The only other failure is a connection that broke, and then nobody reads the answer.
    let bytes = body::to_bytes(request.into_body(), SDP_BYTES).await.map_err(|_| {
        app.counts.hit(Bound::BodyBytes);
        let message = format!("the body may have {SDP_BYTES} bytes");
        ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
    })?;
    String::from_utf8(bytes.into()).map_err(|_| bad_request("bad_offer", "the body is not UTF-8"))
}
