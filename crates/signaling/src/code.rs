//! Codes for what was refused, what happened and why a socket ends. The page has the words.

use serde::{Deserialize, Serialize};
use stage::{InvitationId, ParticipantId, RequestId};
use ts_rs::TS;

use crate::{Feature, Source, SourceControl};

/// Why a command changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// Joining freely is not, or no longer, allowed.
    AccessChanged,
    /// Every seat is taken or reserved.
    StageFull,
    /// Removed from stage, and not invited since.
    RejoinBlocked,
    /// The room takes no requests now.
    WrongMode,
    /// Declined a moment ago.
    Cooldown { seconds: u32 },
    /// Somebody was quicker; by whom, where it was a person.
    AlreadyHandled {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        by: Option<ParticipantId>,
    },
    /// No such person in the room.
    NotPresent,
    /// The invitation is over.
    InvitationExpired,
    /// The invitation was taken back.
    InvitationRevoked,
    /// Too late: they are on stage.
    AlreadyOnStage,
    /// They are not on stage.
    NotOnStage,
    /// The role does not allow it.
    Forbidden,
    /// Viewers do not leave the stage by themselves here.
    SelfLeaveForbidden,
    /// Somebody else changed it first.
    StaleVersion,
    /// A moderator locked this source.
    SourceLocked { source: Source },
    /// The room does not have this now.
    FeatureOff { feature: Feature },
    /// A moderator took writing and reacting from this person.
    Silenced,
    /// No such message, question or poll any more.
    Gone,
    /// The poll takes no answers: not yet, not any more, or not again.
    PollClosed,
    /// The answers do not fit the poll's questions, or the poll itself makes no sense; what is wrong, for a developer's eyes.
    BadPoll { detail: String },
    /// As many questions, polls or the like as a room keeps.
    TooMany { most: u32 },
    /// Newcomers wait to be let in.
    RoomLocked,
    /// There is nothing to be read in it.
    TextEmpty,
    /// Longer than this many characters.
    TextTooLong { most: u32 },
    /// So many messages that others would not keep up.
    TooFast { seconds: u32 },
    /// The offer could not be used; what is wrong with it, for a developer's eyes.
    BadOffer { detail: String },
    /// The command could not be read, for a developer's eyes.
    BadCommand { detail: String },
}

/// Something for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Notice {
    /// To moderators: somebody asks to join the stage.
    StageRequested { participant: ParticipantId, request: RequestId },
    /// To the requester.
    RequestDeclined { cooldown_seconds: u32 },
    /// To the requester: the stage takes no requests any more.
    RequestEnded,
    /// To the invited person.
    Invited {
        invitation: InvitationId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        by: Option<ParticipantId>,
    },
    /// To the invited person: taken back.
    InvitationRevoked,
    /// To the invited person: over.
    InvitationExpired,
    /// To the inviter.
    InvitationDeclined { participant: ParticipantId },
    /// To the inviter: nobody answered.
    InvitationUnanswered { participant: ParticipantId },
    /// To the person: now on stage.
    OnStage,
    /// To the person: a moderator took them off stage, or the grace time was over.
    OffStage { removed: bool },
    /// To the person: a moderator's hold on a source.
    Muted { source: Source, state: SourceControl },
    /// To the person: a moderator asks to turn this on.
    AskedToUnmute { source: Source },
    /// To the person: another role.
    RoleChanged,
}

/// Why the server closes a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// The same person joined from another page: the newest wins.
    NewerSession,
    /// A moderator removed this person from the room.
    Removed,
    /// The room has ended.
    RoomEnded,
    /// They left.
    Left,
    /// A moderator did not let them in.
    TurnedAway,
    /// The server is going down: connect again in a moment.
    Draining,
}

/// Why a socket never got into the room, or was thrown out by the server's own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not a token of this server, or of a kind it does not take.
    TokenInvalid,
    /// The token's time is over.
    TokenExpired,
    /// The token is for another room.
    TokenWrongRoom,
    /// No such room.
    RoomNotFound,
    /// As many people as the room can hold.
    RoomFull,
    /// The page speaks another version of the protocol: reload.
    VersionMismatch,
    /// Not a message of this protocol.
    MessageInvalid,
    /// Longer than [`crate::limits::MESSAGE_BYTES`].
    MessageTooLong,
    /// More messages than [`crate::limits::MESSAGES_PER_SECOND`].
    TooManyMessages,
    /// No `hello` in time.
    HelloTimeout,
    /// The server is going down.
    Draining,
}
