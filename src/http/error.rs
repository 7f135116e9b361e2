//! Errors as scripts see them: `{"error": {"code", "message"}}` with the fitting status.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use signaling::Refusal;

use crate::rooms::{CallError, CreateError};

/// An answer that is an error.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    /// The error object without its message.
    error: Value,
    message: String,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        ApiError { status, error: json!({ "code": code }), message: message.into() }
    }

    /// For the developer of a script.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn not_found() -> Self {
        ApiError::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this address")
    }

    pub(crate) fn room_not_found(id: &str) -> Self {
        ApiError::new(StatusCode::NOT_FOUND, "room_not_found", format!("there is no room {id:?}"))
    }

    pub(crate) fn participant_not_found() -> Self {
        ApiError::new(StatusCode::NOT_FOUND, "participant_not_found", "no such person is in the room")
    }

    pub(crate) fn link_not_found() -> Self {
        ApiError::new(StatusCode::NOT_FOUND, "link_not_found", "there is no such link")
    }

    pub(crate) fn too_many_links(most: usize) -> Self {
        let message = format!("a room has at most {most} links that are good at once; end one first");
        ApiError::new(StatusCode::CONFLICT, "too_many_links", message)
    }

    pub(crate) fn unauthorized() -> Self {
        let message =
            "this call needs the header `Authorization: Bearer <api key>` with the server's API key";
        ApiError::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    /// A field of the body that cannot be used.
    pub(crate) fn invalid_field(field: &str, problem: impl std::fmt::Display) -> Self {
        ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", format!("{field}: {problem}"))
    }

    pub(crate) fn origin_forbidden() -> Self {
        let message = "this address answers to the server's own page only; open it directly";
        ApiError::new(StatusCode::FORBIDDEN, "origin_forbidden", message)
    }

    pub(crate) fn upgrade_required(detail: impl Into<String>) -> Self {
        ApiError::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", detail)
    }

    pub(crate) fn draining() -> Self {
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "draining",
            "the server is going down; try again in a moment",
        )
    }

    pub(crate) fn timed_out() -> Self {
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "timeout",
            "the server did not finish this call in time",
        )
    }

    pub(crate) fn not_kept() -> Self {
        let message = "the change could not be written to the server's disk; its log says why";
        ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "storage_failed", message)
    }

    pub(crate) fn internal() -> Self {
        ApiError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the server made a mistake; its log says more",
        )
    }

    /// For an answer of this status that some library wrote in words of its own.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => ApiError::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => {
                ApiError::new(status, "method_not_allowed", "this address exists, but not for this method")
            }
            StatusCode::BAD_REQUEST => ApiError::new(status, "bad_request", "the request could not be read"),
            status => ApiError::new(status, "error", status.canonical_reason().unwrap_or("error")),
        }
    }

    /// A refusal keeps its data, such as the seconds left.
    pub(super) fn refused(refusal: &Refusal) -> Self {
        let status = match refusal {
            Refusal::NotPresent => return ApiError::participant_not_found(),
            Refusal::Forbidden | Refusal::SelfLeaveForbidden => StatusCode::FORBIDDEN,
            Refusal::Gone => StatusCode::NOT_FOUND,
            Refusal::BadOffer { .. } | Refusal::BadCommand { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::CONFLICT,
        };
        let error = serde_json::to_value(refusal).unwrap_or_default();
        ApiError { status, error, message: describe(refusal).to_owned() }
    }
}

/// For the developer of a script.
const fn describe(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::AccessChanged => "the stage cannot be joined freely",
        Refusal::StageFull => "every seat is taken or reserved",
        Refusal::RejoinBlocked => "they were removed from stage, and not invited since",
        Refusal::WrongMode => "the room takes no requests now",
        Refusal::Cooldown { .. } => "a request was declined a moment ago",
        Refusal::AlreadyHandled { .. } => "there is no such request any more",
        Refusal::NotPresent => "no such person is in the room",
        Refusal::InvitationExpired => "the invitation is over",
        Refusal::InvitationRevoked => "the invitation was taken back",
        Refusal::AlreadyOnStage => "they are on stage",
        Refusal::NotOnStage => "they are not on stage",
        Refusal::Forbidden => "the role does not allow it",
        Refusal::SelfLeaveForbidden => "viewers do not leave the stage by themselves here",
        Refusal::StaleVersion => "somebody else changed it first",
        Refusal::SourceLocked { .. } => "a moderator locked this source",
        Refusal::FeatureOff { .. } => "the room does not have this now",
        Refusal::Silenced => "a moderator took writing and reacting from them",
        Refusal::Gone => "there is no such thing any more",
        Refusal::PollClosed => "the poll takes no answers",
        Refusal::BadPoll { .. } => "the poll, or an answer to it, makes no sense",
        Refusal::TooMany { .. } => "there are as many as a room keeps",
        Refusal::RoomLocked => "the room is locked, and newcomers wait to be let in",
        Refusal::TextEmpty => "there is nothing to be read in the text",
        Refusal::TextTooLong { .. } => "the text is too long",
        Refusal::TooFast { .. } => "too many messages at once",
        Refusal::BadOffer { .. } => "the offer could not be used",
        Refusal::BadCommand { .. } => "the command could not be read",
    }
}

impl From<CallError> for ApiError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(refusal) => ApiError::refused(&refusal),
            CallError::Ended => ApiError::new(StatusCode::NOT_FOUND, "room_not_found", "the room has ended"),
            CallError::TimedOut => ApiError::timed_out(),
            CallError::NotKept => ApiError::not_kept(),
        }
    }
}

impl From<CreateError> for ApiError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Exists => ApiError::new(StatusCode::CONFLICT, "room_exists", error.to_string()),
            CreateError::TooMany => ApiError::new(StatusCode::CONFLICT, "too_many_rooms", error.to_string()),
            CreateError::NotKept => ApiError::not_kept(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(mut self) -> Response {
        if let Value::Object(error) = &mut self.error {
            error.insert("message".to_owned(), Value::String(self.message));
        }
        let mut response = (self.status, Json(json!({ "error": self.error }))).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110, section 11.6.1: a 401 says how.
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
