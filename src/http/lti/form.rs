//! Forms that browsers carry between a platform and this server.

use std::sync::Arc;

use axum::body;
use axum::extract::Request;
use axum::http::Method;
use lti::Refusal;

use crate::app::App;
use crate::bounds::LTI_FORM_BYTES;
use crate::metrics::Bound;

/// The parameters of a request, in their order: of the query of a GET, of the body of a POST.
pub(super) async fn parameters(app: &Arc<App>, request: Request) -> Result<Vec<(String, String)>, Refusal> {
    if request.method() == Method::GET {
        let query = request.uri().query().unwrap_or_default();
        return Ok(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect());
    }
    let bytes = body::to_bytes(request.into_body(), LTI_FORM_BYTES).await.map_err(|_| {
        app.counts.hit(Bound::BodyBytes);
        Refusal::BadRequest { field: "the form", problem: format!("may have {LTI_FORM_BYTES} bytes") }
    })?;
    Ok(url::form_urlencoded::parse(&bytes).into_owned().collect())
}

/// The first of a name that is not empty.
pub(super) fn find<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = parameters.iter().find(|(key, value)| key == name && !value.is_empty());
    found.map(|(_, value)| value.as_str())
}
