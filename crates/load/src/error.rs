//! What can go wrong with a synthetic participant.

use media::Loss;
use signaling::{Closing, ErrorCode, Refusal};

/// Why a participant is not where it should be.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The server cannot be reached by HTTP, or its answer not read.
    #[error("{call}: {error}")]
    Http {
        /// Which call.
        call: String,
        /// What failed.
        error: reqwest::Error,
    },
    /// The server answered with an error.
    #[error("{call}: {status}, {code}")]
    Status {
        /// Which call.
        call: String,
        /// The status.
        status: u16,
        /// The error's code, as the answer has it.
        code: String,
    },
    /// The WebSocket could not be opened, or broke.
    #[error("WebSocket: {0}")]
    Socket(String),
    /// The server turned the participant away.
    #[error("turned away: {code:?}, {detail}")]
    TurnedAway {
        /// Why.
        code: ErrorCode,
        /// In words.
        detail: String,
    },
    /// The server ended the session.
    #[error("closed: {0:?}")]
    Closed(Closing),
    /// A command was refused.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// Janus refused a request.
    #[error("Janus refused {request}: {reason}")]
    Janus {
        /// Which, by its name in the JSON API.
        request: String,
        /// In Janus' words.
        reason: String,
    },
    /// The server's answer to the offer cannot be used.
    #[error("answer: {0}")]
    Answer(String),
    /// No media.
    #[error("media lost: {0:?}")]
    Media(Loss),
    /// This machine gives no socket or no randomness.
    #[error("{what}: {detail}")]
    Machine {
        /// What was tried.
        what: &'static str,
        /// What it said.
        detail: String,
    },
    /// Nothing came in time.
    #[error("nothing within {seconds} s: {what}")]
    Timeout {
        /// What was waited for.
        what: &'static str,
        /// How long.
        seconds: u64,
    },
}
