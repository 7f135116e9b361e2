//! From the page to the server.

use serde::{Deserialize, Serialize};
use stage::{Access, InvitationId, ParticipantId, RequestId, Role};
use ts_rs::TS;

use crate::{Audience, Feature, PollAnswer, PollDraft, QuestionState, Reaction, Source, SourceControl};

/// A frame from the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// The first frame of every socket, within [`crate::limits::HELLO_MS`].
    Hello {
        /// [`crate::VERSION`] as the page knows it.
        version: u32,
        /// The join token.
        token: String,
        /// From the `welcome` of an earlier socket of this page: takes that session up again, media included.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        resume: Option<String>,
    },
    /// Heartbeat; answered by `pong`. The server takes silence of [`crate::limits::SILENCE_MS`] as a lost connection.
    Ping,
    /// Nothing arrives over this peer connection although it should. The server answers with `restart_ice` if it goes on sending.
    MediaStalled {
        /// The page's number for it.
        connection: u32,
    },
    /// A command; answered by `done` or `refused` with the same `id`.
    Command {
        /// Chosen by the page, rising.
        id: u32,
        /// What to do.
        command: Command,
    },
}

/// What a person asks for. Each names what it acts on, so that a late one cannot hit something newer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// The page's WebRTC offer; answered by `answer`.
    Offer {
        /// Counts this page's peer connections from 1: a new number is a new connection, the same one an offer again.
        connection: u32,
        /// The offer.
        sdp: String,
        /// Which m-lines are the page's own sources.
        sources: SourceMids,
    },
    /// Row 1: comes on stage by oneself.
    JoinStage {
        /// Which sources go live at once.
        sources: SourcesOn,
    },
    /// Row 2.
    RequestStage {
        /// What one would like to ask or say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        question: Option<String>,
    },
    /// Row 3.
    CancelRequest { request: RequestId },
    /// Row 4.
    DeclineRequest { request: RequestId },
    /// Row 5.
    ApproveRequest { request: RequestId },
    /// Row 5 for all who ask, in order, while seats last.
    ApproveAllRequests,
    /// Row 6.
    Invite { participant: ParticipantId },
    /// Row 7.
    AcceptInvitation {
        invitation: InvitationId,
        /// Which sources go live at once.
        sources: SourcesOn,
    },
    /// Row 8.
    DeclineInvitation { invitation: InvitationId },
    /// Row 9: the device dialog is open; repeated every [`crate::limits::KEEP_INVITATION_MS`].
    KeepInvitation { invitation: InvitationId },
    /// Row 9.
    RevokeInvitation { invitation: InvitationId },
    /// Row 10.
    RemoveFromStage { participant: ParticipantId },
    /// Row 11.
    LeaveStage,
    /// Row 16. `version` is the room version the actor saw.
    SetStageAccess { access: Access, version: u64 },
    /// Row 17.
    SetRole { participant: ParticipantId, role: Role },
    /// One's own microphone, camera or screen, while on stage.
    SetSource { source: Source, on: bool },
    /// How tall this page shows what its slots show, so that nothing larger is sent; slots not named stay as they were.
    ShowSlots { slots: Vec<SlotShown> },
    /// A moderator's hold on somebody's source.
    Mute { participant: ParticipantId, source: Source, state: SourceControl },
    /// The same for everyone but the moderators.
    MuteEveryone { source: Source, state: SourceControl },
    /// A prompt to turn a source on; nobody turns on somebody else's.
    AskToUnmute { participant: ParticipantId, source: Source },
    /// One's own hand, whatever one's standing: who raised theirs first is first.
    RaiseHand { raised: bool },
    /// Somebody's hand, by a moderator: they were heard.
    LowerHand { participant: ParticipantId },
    /// Everybody's, by a moderator.
    LowerAllHands,
    /// Writes, to everybody unless it says otherwise.
    Say {
        text: String,
        #[serde(default, skip_serializing_if = "Audience::is_everybody")]
        #[ts(as = "Option<Audience>", optional)]
        audience: Audience,
        /// The message it answers; of the same audience.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        reply_to: Option<u32>,
    },
    /// One's own liking of a message.
    LikeMessage { message: u32, liked: bool },
    /// Puts a message of everybody above the others, in place of the one before; without one, none. By a moderator.
    PinMessage {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        message: Option<u32>,
    },
    /// Takes out one's own message, or anybody's by a moderator.
    DeleteMessage { message: u32 },
    /// Takes out all of the chat, by a moderator.
    ClearChat,
    /// Takes writing and reacting from somebody, or gives it back. By a moderator.
    Silence { participant: ParticipantId, silenced: bool },
    /// A question for those on stage.
    AskQuestion { text: String },
    /// One's own wish to have it answered.
    VoteQuestion { question: u32, voted: bool },
    /// It is being answered on stage, or was. By speakers and moderators.
    MarkQuestion { question: u32, state: QuestionState },
    /// Answers it in writing. By the same.
    AnswerQuestion { question: u32, text: String },
    /// Takes out one's own question, or anybody's by a moderator.
    DismissQuestion { question: u32 },
    /// Counted, and told to everybody with those of others.
    React { reaction: Reaction },
    /// Writes a poll, for later. By a moderator, as are the next four.
    CreatePoll { draft: PollDraft },
    /// Takes answers from now on.
    StartPoll { poll: u32 },
    /// Takes no more.
    EndPoll { poll: u32 },
    /// Shows everybody the results, or no more.
    ShowPoll { poll: u32, shown: bool },
    /// It is gone, with all that was answered.
    DeletePoll { poll: u32 },
    /// One's own answers, one for each question; in place of earlier ones, where those may be changed.
    AnswerPoll { poll: u32, answers: Vec<Option<PollAnswer>> },
    /// What the room has. By a moderator, as is what follows.
    SetFeature { feature: Feature, on: bool },
    /// Whoever is new waits to be let in, or no more: then those who wait come in.
    LockRoom { locked: bool },
    /// Lets somebody in who waits.
    Admit { waiting: u32 },
    /// Lets everybody in who waits.
    AdmitAll,
    /// Sends somebody away who waits.
    TurnAway { waiting: u32 },
    /// Sets the timer; without `seconds` there is none.
    SetTimer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        seconds: Option<u32>,
        /// Whether it runs down.
        running: bool,
    },
    /// Somebody on stage whom everybody sees large; without one, nobody.
    Spotlight {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        participant: Option<ParticipantId>,
    },
    /// Removes a person from the room.
    RemoveParticipant { participant: ParticipantId },
    /// Leaves the room for good; the place is given up at once.
    LeaveRoom,
    /// Ends the room for everybody.
    EndRoom,
}

/// Which m-lines of an offer are the page's own sources, by their `mid`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SourceMids {
    /// The microphone's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub mic: Option<String>,
    /// The camera's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub camera: Option<String>,
    /// The screen's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub screen: Option<String>,
}

/// How tall a page shows what one slot shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SlotShown {
    /// The m-line.
    pub mid: String,
    /// In pixels of the device; 0: nobody sees it, and nothing is sent.
    pub height: u16,
}

/// Which sources somebody goes on stage with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SourcesOn {
    /// With sound.
    pub mic: bool,
    /// With a picture.
    pub camera: bool,
}
