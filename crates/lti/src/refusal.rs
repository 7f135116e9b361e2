//! Why a launch was refused.

/// A refusal of a launch, of its beginning or of a registration: data for the person, the operator and the audit. `code` names it in words
/// that stay; the message is for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such registration.
    #[error("no platform is registered with issuer {issuer:?} and client id {client_id:?}")]
    UnknownPlatform { issuer: String, client_id: String },
    /// Several registrations of this issuer, and no client id to tell them apart.
    #[error(
        "several registrations have the issuer {issuer:?}, and the platform sent no client_id to tell them apart"
    )]
    AmbiguousPlatform { issuer: String },
    /// A browser that keeps nothing at all.
    #[error("the browser gave back no cookie, not even in a window of its own")]
    NoCookies,
    /// Not among those of the registration.
    #[error("deployment {deployment:?} is not among those of the registration")]
    UnknownDeployment { deployment: String },
    /// A parameter is missing or makes no sense.
    #[error("{field}: {problem}")]
    BadRequest { field: &'static str, problem: String },
    /// No JWT, or its signature is not by the key that it names.
    #[error("the message is not signed by the platform's key: {detail}")]
    BadSignature { detail: String },
    /// The platform's key set does not have it.
    #[error("the message is signed with the key {kid:?}, which is not in the platform's key set")]
    UnknownKey { kid: String },
    /// `none`, a shared secret, or anything else but a public key's.
    #[error("the message is signed by {algorithm}; this server takes RS256, RS384, RS512 and ES256")]
    BadAlgorithm { algorithm: String },
    /// `aud`, or `azp` where there are several.
    #[error("the message is for {audience}, and not for the client id {client_id:?} of the registration")]
    WrongAudience { audience: String, client_id: String },
    /// `iss`.
    #[error("the message is by {found:?}, and not by the platform {expected:?} where the launch began")]
    WrongIssuer { found: String, expected: String },
    /// Not the one that was asked for.
    #[error("the message's nonce is not the one that this launch began with")]
    WrongNonce,
    /// Used already, too old, or never this server's.
    #[error("the launch's state is not known: used already, too old, or from another server")]
    UnknownState,
    /// By the server's clock.
    #[error("the message's time was over {seconds} s ago; compare the clocks of the two machines")]
    Expired { seconds: u64 },
    /// By the server's clock.
    #[error("the message's time begins in {seconds} s; compare the clocks of the two machines")]
    NotYetValid { seconds: u64 },
    /// The platform's key set could not be had.
    #[error("the platform's key set at {url} could not be read: {detail}")]
    KeysUnreachable { url: String, detail: String },
    /// Another version of LTI.
    #[error("the message's version is {found:?}; this server speaks 1.3.0")]
    BadVersion { found: String },
    /// A message of another kind.
    #[error(
        "the message's type is {found:?}; this server takes LtiResourceLinkRequest and LtiDeepLinkingRequest"
    )]
    BadMessageType { found: String },
    /// A claim that has to be there.
    #[error("the message has no {claim}")]
    MissingClaim { claim: String },
    /// Only those who teach add rooms.
    #[error("only hosts and moderators add rooms; the person's roles make them a {role}")]
    NotAllowed { role: String },
    /// A room's name that cannot be one.
    #[error("custom_room: {problem}")]
    BadRoomName { problem: String },
    /// A name that another tenant's room has.
    #[error("the room {room:?} belongs to another platform or deployment, or was made here without one")]
    RoomOfAnother { room: String },
    /// The server has as many as it may.
    #[error("the server has as many rooms as it may have (limits.rooms)")]
    TooManyRooms,
    /// The disk.
    #[error("the server's disk refused; its log says more")]
    StorageFailed,
    /// The server goes down.
    #[error("the server is going down; try again in a moment")]
    Draining,
    /// Dynamic registration came to nothing.
    #[error("the registration failed: {detail}")]
    RegistrationFailed { detail: String },
    /// A mistake of this server's own.
    #[error("the server made a mistake; its log says more")]
    Internal,
}

impl Refusal {
    /// A word that stays, for pages and tools.
    pub const fn code(&self) -> &'static str {
        match self {
            Refusal::UnknownPlatform { .. } | Refusal::AmbiguousPlatform { .. } => "unknown_platform",
            Refusal::NoCookies => "no_cookies",
            Refusal::UnknownDeployment { .. } => "unknown_deployment",
            Refusal::BadRequest { .. } => "bad_request",
            Refusal::BadSignature { .. } => "bad_signature",
            Refusal::UnknownKey { .. } => "unknown_key",
            Refusal::BadAlgorithm { .. } => "bad_algorithm",
            Refusal::WrongAudience { .. } => "wrong_audience",
            Refusal::WrongIssuer { .. } => "wrong_issuer",
            Refusal::WrongNonce => "wrong_nonce",
            Refusal::UnknownState => "unknown_state",
            Refusal::Expired { .. } => "expired",
            Refusal::NotYetValid { .. } => "not_yet_valid",
            Refusal::KeysUnreachable { .. } => "keys_unreachable",
            Refusal::BadVersion { .. } => "bad_version",
            Refusal::BadMessageType { .. } => "bad_message_type",
            Refusal::MissingClaim { .. } => "missing_claim",
            Refusal::NotAllowed { .. } => "not_allowed",
            Refusal::BadRoomName { .. } => "bad_room_name",
            Refusal::RoomOfAnother { .. } => "room_of_another",
            Refusal::TooManyRooms => "too_many_rooms",
            Refusal::StorageFailed => "storage_failed",
            Refusal::Draining => "draining",
            Refusal::RegistrationFailed { .. } => "registration_failed",
            Refusal::Internal => "internal",
        }
    }
}
