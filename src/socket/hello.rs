//! The first frame of a socket, and who is let in by it.

use room::{Identity, ResumeKey};
use signaling::{ClientMessage, ErrorCode, VERSION};

use super::message::{self, Read};
use crate::app::App;
use crate::metrics::Bound;
use crate::rooms::RoomRef;
use crate::token::TokenError;

/// Somebody with a good token, before the room's door.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) identity: Identity,
    pub(super) resume: Option<ResumeKey>,
    pub(super) room: RoomRef,
}

/// What a socket is told before it is closed.
#[derive(Debug, PartialEq)]
pub(super) struct Turned {
    pub(super) code: ErrorCode,
    pub(super) detail: String,
}

impl Turned {
    pub(super) fn away(code: ErrorCode, detail: impl Into<String>) -> Self {
        Turned { code, detail: detail.into() }
    }
}

/// Whether this frame opens the door of that room.
pub(super) fn admit(app: &App, room: &str, frame: &str) -> Result<Admitted, Turned> {
    let (version, token, resume) = match message::read(frame) {
        Read::Message(ClientMessage::Hello { version, token, resume }) => (version, token, resume),
        Read::Message(_) | Read::BadCommand { .. } => {
            return Err(Turned::away(ErrorCode::MessageInvalid, "the first frame must be hello"));
        }
        Read::Invalid { detail } => return Err(Turned::away(ErrorCode::MessageInvalid, detail)),
        Read::TooLong { bytes } => {
            app.counts.hit(Bound::MessageBytes);
            return Err(Turned::away(ErrorCode::MessageTooLong, format!("{bytes} bytes")));
        }
    };
    if version != VERSION {
        let detail = format!("the page speaks version {version}, the server {VERSION}");
        return Err(Turned::away(ErrorCode::VersionMismatch, detail));
    }
    let identity = app.tokens.read(&token, room).map_err(|error| {
        let code = match error {
            TokenError::Invalid | TokenError::UnknownKey | TokenError::Claims(_) => ErrorCode::TokenInvalid,
            TokenError::Expired => ErrorCode::TokenExpired,
            TokenError::WrongRoom => ErrorCode::TokenWrongRoom,
        };
        Turned::away(code, error.to_string())
    })?;
    if app.is_draining() {
        return Err(Turned::away(ErrorCode::Draining, "the server is going down"));
    }
    let room =
        app.rooms.find(room).ok_or_else(|| Turned::away(ErrorCode::RoomNotFound, "the room has ended"))?;
    Ok(Admitted { identity, resume: resume.map(ResumeKey), room })
}
