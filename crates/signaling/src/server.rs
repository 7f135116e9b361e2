//! From the server to the page.

use serde::{Deserialize, Serialize};
use stage::ParticipantId;
use ts_rs::TS;

use crate::{
    Change, ChatMessage, Closing, ErrorCode, IceServer, Measured, Notice, PollState, Question, ReactionCount,
    Refusal, RoomState, SlotState, Source, TimerState, WaitingPerson, YourAnswers,
};

/// A frame from the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Answers `hello`: the page is in the room.
    Welcome {
        /// Who one is.
        you: ParticipantId,
        /// For a later `hello` of the same page.
        resume: String,
        /// Whether this socket took an earlier session up again: its peer connection still stands.
        resumed: bool,
        /// How often to send `ping`.
        heartbeat_ms: u32,
        /// The room as it is now.
        room: RoomState,
        /// TURN servers, for networks that let media through to nobody else.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(as = "Option<Vec<IceServer>>", optional)]
        ice_servers: Vec<IceServer>,
    },
    /// Those of `welcome` again, good for longer: for the next peer connection or ICE restart.
    IceServers { ice_servers: Vec<IceServer> },
    /// Answers `ping`.
    Pong,
    /// The room changed. A page that misses a version asks anew by reconnecting.
    Changed { version: u64, change: Change },
    /// What this page's slots show from now on; slots not named show nothing.
    Slots { slots: Vec<SlotState> },
    /// The stage outgrew this page's slots: offer again with at least so many.
    MoreSlots { audio: u16, video: u16 },
    /// Who speaks right now, and who the active speaker is: the last to speak for more than a moment, while they are on stage. Replaces what was
    /// said of it before.
    Speaking {
        speaking: Vec<ParticipantId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        active: Option<ParticipantId>,
    },
    /// What was written and this person may read: all of it after a `welcome`, and then one by one. After somebody became a speaker or moderator,
    /// what was written backstage before.
    Chat { messages: Vec<ChatMessage> },
    /// These messages were taken out.
    ChatGone { messages: Vec<u32> },
    /// Somebody likes a message, or no more; so many do now.
    ChatLiked { message: u32, likes: u32, by: ParticipantId, liked: bool },
    /// The message above the others.
    ChatPinned {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        message: Option<u32>,
    },
    /// Questions as they stand now: all of them after a `welcome`, and then those that are new or changed.
    Questions { questions: Vec<Question> },
    /// Somebody wants a question answered, or no more; so many do now.
    QuestionVoted { question: u32, votes: u32, by: ParticipantId, voted: bool },
    /// These questions were taken out.
    QuestionsGone { questions: Vec<u32> },
    /// What was given since the last time, at most every [`crate::limits::REACTIONS_MS`].
    Reactions { counts: Vec<ReactionCount> },
    /// Polls as they stand now: all that this person may know of after a `welcome`, and then those that are new or changed.
    Polls { polls: Vec<PollState> },
    /// What this person has done about a poll, and of a quiz that is over what came of it for them.
    PollYours { poll: u32, yours: YourAnswers },
    /// These polls are gone.
    PollsGone { polls: Vec<u32> },
    /// Who waits to be let in; in place of what was said of it before. To moderators.
    Waiting { people: Vec<WaitingPerson> },
    /// Answers `hello` in place of `welcome`: the room is locked, and a moderator may let one in; then `welcome` comes.
    InWaitingRoom { title: String },
    /// The timer, or that there is none.
    Timer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        timer: Option<TimerState>,
    },
    /// How well media flows to and from these people, as far as it has changed: to moderators about everybody, to others about themselves. What
    /// nothing was ever said of is good.
    Quality { measured: Vec<Measured> },
    /// Answers `offer`.
    Answer { id: u32, connection: u32, sdp: String },
    /// The media of this page's peer connection flows.
    MediaConnected { connection: u32 },
    /// What goes over this page's peer connection arrives no more, one way or the other: restart ICE.
    RestartIce { connection: u32 },
    /// The server lost the media of this page's peer connection: make a new one.
    MediaLost { connection: u32 },
    /// The way to this page does not carry even the least of the picture in this slot, or does again.
    SlotPaused { connection: u32, mid: String, paused: bool },
    /// So many layers of one's own source are wanted by anybody, the lowest ones; 0: none. Others need not be sent.
    LayersWanted { connection: u32, source: Source, layers: u8 },
    /// The command has taken effect. `version` is the room's.
    Done { id: u32, version: u64 },
    /// The command changed nothing.
    Refused { id: u32, version: u64, refusal: Refusal },
    /// Something for this person alone.
    Notice { notice: Notice },
    /// The last frame: this socket never got into the room, or broke the protocol. `detail` is for a developer's eyes.
    Error { code: ErrorCode, detail: String },
    /// The last frame: the server closes this socket, and why.
    Closing { closing: Closing },
}
