//! Why a description was not taken. All of it is the peer's doing, and costs that peer only.

use super::limits;
use crate::{Mid, Source};

/// What is wrong with the text itself, be it an offer or an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// More bytes than [`limits::MAX_BYTES`].
    #[error("the description has {bytes} bytes, more than {limit}")]
    TooLong { bytes: usize, limit: usize },
    /// More lines than [`limits::MAX_LINES`].
    #[error("the description has more than {limit} lines")]
    TooManyLines { limit: usize },
    /// A line longer than [`limits::MAX_LINE_BYTES`]; lines count from 1.
    #[error("line {line} has {bytes} bytes, more than {limit}")]
    LineTooLong { line: usize, bytes: usize, limit: usize },
    /// Not a session description (RFC 8866).
    #[error("not a session description: {detail}")]
    Unreadable { detail: String },
    /// No m-line at all.
    #[error("the description has no m-line")]
    NoSections,
    /// More m-lines than [`limits::MAX_SECTIONS`].
    #[error("the description has {count} m-lines, more than {limit}")]
    TooManySections { count: usize, limit: usize },
    /// An m-line in use has no `a=mid`, or one longer than [`Mid::MAX`]; m-lines count from 0.
    #[error("m-line {index} has no usable a=mid")]
    NoMid { index: usize },
    /// Two m-lines say they are the same.
    #[error("two m-lines have a=mid:{mid}")]
    MidTwice { mid: Mid },
    /// More payload types than [`limits::MAX_FORMATS`].
    #[error("m-line {mid} has {count} payload types, more than {limit}", limit = limits::MAX_FORMATS)]
    TooManyFormats { mid: Mid, count: usize },
    /// More header extensions than [`limits::MAX_EXTENSIONS`].
    #[error("m-line {mid} has more than {limit} header extensions", limit = limits::MAX_EXTENSIONS)]
    TooManyExtensions { mid: Mid },
    /// More rids than [`limits::MAX_RIDS`].
    #[error("m-line {mid} has more than {limit} rids", limit = limits::MAX_RIDS)]
    TooManyRids { mid: Mid },
    /// One extension under two ids, or two under one, within a bundle (RFC 8843, section 9).
    #[error("header extension id {id} means different things in m-lines of one bundle, last in {mid}")]
    ExtensionConflict { mid: Mid, id: u8 },
    /// No `a=ice-ufrag` or `a=ice-pwd`.
    #[error("no ICE credentials")]
    NoIceCredentials,
    /// Shorter, longer or of other characters than RFC 8839, section 5.4 has them.
    #[error("malformed ICE credentials")]
    BadIceCredentials,
    /// No `a=fingerprint` of `sha-256` or better.
    #[error("no certificate fingerprint of sha-256 or better")]
    NoFingerprint,
    /// Not hexadecimal, or of another length than its hash has.
    #[error("malformed certificate fingerprint")]
    BadFingerprint,
    /// More digests than [`limits::MAX_FINGERPRINTS`].
    #[error("more than {limit} certificate fingerprints", limit = limits::MAX_FINGERPRINTS)]
    TooManyFingerprints,
}

/// Why an offer was not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// The text itself is at fault.
    #[error(transparent)]
    Form(#[from] FormError),
    /// No `a=group:BUNDLE`: the server has one transport a peer.
    #[error("the offer has no BUNDLE group")]
    NoBundle,
    /// RTP and RTCP would need two ports.
    #[error("m-line {mid} has no a=rtcp-mux")]
    NoRtcpMux { mid: Mid },
    /// The server is ICE-lite; one end has to be full (RFC 8445, section 2.5).
    #[error("the offer is ICE-lite, as the server is")]
    PeerIsIceLite,
    /// `a=setup` leaves the peer no client's part in DTLS (RFC 8842), which the server, being passive, needs it to take.
    #[error("a=setup is neither actpass nor active")]
    Setup,
    /// A source is said to be an m-line that the offer lacks.
    #[error("no m-line {mid}, said to be the {said:?}")]
    SourceMissing { said: Source, mid: Mid },
    /// Sound said to be a picture, or the other way round.
    #[error("m-line {mid} is of the wrong kind to be the {said:?}")]
    SourceKind { said: Source, mid: Mid },
    /// The peer does not want to send there.
    #[error("m-line {mid} is receive-only and cannot be the {said:?}")]
    SourceReceives { said: Source, mid: Mid },
    /// One m-line cannot be two sources.
    #[error("m-line {mid} is said to be two sources")]
    SourceTwice { mid: Mid },
    /// An offer to publish that sends nothing.
    #[error("no m-line of the offer sends anything")]
    NothingSent,
    /// An offer to watch that takes nothing the server has.
    #[error("no m-line of the offer can receive what the server sends")]
    NothingReceived,
    /// More than one person's sources: a sound and two pictures.
    #[error("m-line {mid} is one sound or picture too many")]
    TooManyStreams { mid: Mid },
    /// What is to be published cannot be, and a part of it is worse than none.
    #[error("m-line {mid} has no codec in common with the server")]
    Unpublishable { mid: Mid },
    /// Every m-line had to be rejected.
    #[error("no m-line of the offer has a codec or transport in common with the server")]
    NothingInCommon,
}

/// Why a synthetic peer could not read the server's answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The text itself is at fault.
    #[error(transparent)]
    Form(#[from] FormError),
    /// More candidates than [`limits::MAX_CANDIDATES`].
    #[error("the answer has more than {limit} candidates", limit = limits::MAX_CANDIDATES)]
    TooManyCandidates,
}
