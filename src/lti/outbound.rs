//! Calls to learning platforms, bounded in time and length: their servers are somebody else's.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, LINK};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};

use crate::bounds::{PLATFORM_ANSWER_BYTES, PLATFORM_ANSWERS_WITHIN, PLATFORM_REDIRECTS};

/// The client.
#[derive(Clone, Debug)]
pub(crate) struct Outbound(Client);

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) body: Vec<u8>,
    /// Where the next page is, as the header says it.
    pub(crate) link: Option<String>,
}

/// Why a call came to nothing, in words for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OutboundError {
    #[error("no answer within {} s", PLATFORM_ANSWERS_WITHIN.as_secs())]
    TimedOut,
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    #[error("its answer is longer than {0} bytes")]
    TooLong(usize),
    #[error("answered with status {status}: {body}")]
    Status { status: u16, body: String },
}

impl OutboundError {
    /// A word that stays, for the setup page.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            OutboundError::TimedOut => "timeout",
            OutboundError::Unreachable(_) => "unreachable",
            OutboundError::TooLong(_) => "too_large",
            OutboundError::Status { .. } => "http_status",
        }
    }
}

impl Outbound {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .timeout(PLATFORM_ANSWERS_WITHIN)
            .redirect(Policy::limited(PLATFORM_REDIRECTS))
            .user_agent(concat!("Proscenium/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Outbound(client))
    }

    pub(crate) async fn get(
        &self,
        url: &str,
        accept: &str,
        bearer: Option<&str>,
        most: usize,
    ) -> Result<Answer, OutboundError> {
        let mut request = self.0.get(url).header(ACCEPT, accept);
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        answer(request, most).await
    }

    pub(crate) async fn post_form(
        &self,
        url: &str,
        form: &[(&str, String)],
    ) -> Result<Answer, OutboundError> {
        answer(self.0.post(url).header(ACCEPT, "application/json").form(form), PLATFORM_ANSWER_BYTES).await
    }

    pub(crate) async fn post(
        &self,
        url: &str,
        content_type: &str,
        bearer: Option<&str>,
        body: String,
    ) -> Result<Answer, OutboundError> {
        let mut request = self.0.post(url).header(CONTENT_TYPE, content_type).body(body);
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        answer(request, PLATFORM_ANSWER_BYTES).await
    }
}

async fn answer(request: RequestBuilder, most: usize) -> Result<Answer, OutboundError> {
    let mut response = request.send().await.map_err(|error| failed(&error))?;
    let (status, link) = (response.status(), link(response.headers()));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
        if body.len() + chunk.len() > most {
            return Err(OutboundError::TooLong(most));
        }
        body.extend_from_slice(&chunk);
    }
    if status.is_success() {
        return Ok(Answer { body, link });
    }
    // What platforms say of errors is the only hint an operator has.
    let text = String::from_utf8_lossy(&body);
    let body = text.chars().filter(|char| !char.is_control()).take(300).collect();
    Err(OutboundError::Status { status: status.as_u16(), body })
}

fn link(headers: &HeaderMap) -> Option<String> {
    let links: Vec<&str> = headers.get_all(LINK).iter().filter_map(|link| link.to_str().ok()).collect();
    (!links.is_empty()).then(|| links.join(", "))
}

fn failed(error: &reqwest::Error) -> OutboundError {
    if error.is_timeout() {
        return OutboundError::TimedOut;
    }
    // The innermost cause says what it was; the outer ones say that a request failed, which is known.
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    OutboundError::Unreachable(cause.to_string())
}
