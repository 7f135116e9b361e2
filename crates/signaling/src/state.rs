//! What everybody in a room may know of it.

use serde::{Deserialize, Serialize};
use stage::{Access, InvitationId, ParticipantId, RequestId, Role};
use ts_rs::TS;

/// A room as a late joiner finds it; afterwards only [`Change`]s.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RoomState {
    /// Counts the room's changes.
    pub version: u64,
    /// The room's id, as in its address.
    pub id: String,
    /// What the room is called.
    pub title: String,
    /// Stage access.
    pub access: Access,
    /// Seats, reserved ones included.
    pub capacity: u16,
    /// Whether viewers on stage may leave it by themselves.
    pub self_leave: bool,
    /// Everyone in the room, in the order they came.
    pub participants: Vec<ParticipantState>,
}

/// A person in the room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ParticipantState {
    /// Never used twice in a room.
    pub id: ParticipantId,
    /// As the token says it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Where they stand.
    pub stage: StageStanding,
    /// While `requested`. Those asking are in the order of this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub request: Option<RequestId>,
    /// While `invited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub invitation: Option<InvitationId>,
    /// While their hand is raised. Raised hands are in the order of this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub hand: Option<u64>,
    /// Whether a session of theirs is connected; `false` while their place is kept.
    pub connected: bool,
    /// Their microphone.
    pub mic: SourceState,
    /// Their camera.
    pub camera: SourceState,
    /// Their shared screen.
    pub screen: SourceState,
}

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StageStanding {
    /// Watching.
    Off,
    /// Waiting for a moderator.
    Requested,
    /// May come up; a seat is reserved.
    Invited,
    /// Seen and heard.
    OnStage,
}

/// A microphone, a camera or a shared screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The microphone.
    Mic,
    /// The camera.
    Camera,
    /// The shared screen.
    Screen,
}

impl Source {
    /// All of them.
    pub const ALL: [Source; 3] = [Source::Mic, Source::Camera, Source::Screen];
}

/// Whether a source is let through, and who says so. `off` for everyone who is not on stage, unless it is `locked`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// Let through, to everybody.
    On,
    /// Off by the person's own choice.
    Off,
    /// Turned off by a moderator; the person may turn it on again.
    Muted,
    /// Turned off by a moderator, and stays so until released.
    Locked,
}

/// What a moderator does to somebody's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceControl {
    /// Off; the person may turn it on again.
    Muted,
    /// Off, and the person may not turn it on.
    Locked,
    /// No longer locked. Off stays off.
    Released,
}

/// What a slot of this page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SlotState {
    /// The m-line of the page's own offer.
    pub mid: String,
    /// Whose.
    pub participant: ParticipantId,
    /// What of theirs.
    pub source: Source,
}

/// What somebody wrote to everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatMessage {
    /// Counts the room's messages.
    pub id: u32,
    /// Who wrote it.
    pub by: ParticipantId,
    /// As they were called then.
    pub name: String,
    /// Plain text; never markup.
    pub text: String,
    /// How long ago, in milliseconds.
    #[ts(type = "number")]
    pub age_ms: u64,
}

/// How well media flows between somebody and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QualityLevel {
    /// Nobody notices anything.
    Good,
    /// It holds, with a smaller picture or a longer wait.
    Fair,
    /// People notice.
    Poor,
}

/// The same with what it was measured by. *Up* is from the person to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Quality {
    /// What it comes to.
    pub level: QualityLevel,
    /// Packets lost, in thousandths, before anything was sent again.
    pub lost_up: u16,
    /// Likewise.
    pub lost_down: u16,
    /// There and back.
    pub round_trip_ms: u16,
    /// Media, in kbit/s.
    pub kbits_up: u32,
    /// Likewise.
    pub kbits_down: u32,
}

/// How well media flows to and from one person; none: nothing flows, or nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Measured {
    /// Who.
    pub participant: ParticipantId,
    /// How well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quality: Option<Quality>,
}

/// A TURN server and what opens it: an entry of `iceServers` of an RTCPeerConnection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IceServer {
    /// `turn:` and `turns:` addresses (RFC 7065).
    pub urls: Vec<String>,
    /// When it ends, in seconds since 1970, and for whom it is.
    pub username: String,
    /// What goes with it.
    pub credential: String,
}

/// One change of the room; each raises the version by one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Change {
    /// A person came, or something about them changed: this is how they stand now.
    Participant { participant: ParticipantState },
    /// A person is gone.
    Gone { participant: ParticipantId },
    /// The room itself changed.
    Room { title: String, access: Access, capacity: u16, self_leave: bool },
}
