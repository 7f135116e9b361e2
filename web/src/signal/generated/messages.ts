// Generated from crates/signaling. Do not edit: change the Rust types, then run
//   PROSCENIUM_BLESS=1 cargo test -p signaling

/** Of the protocol; goes into `hello`. */
export const VERSION = 1;

/** Between two pings, unless `welcome` says otherwise. */
export const HEARTBEAT_MS = 5000;

/** Silence after which the other side counts as lost. */
export const SILENCE_MS = 15000;

/** Between two `keep_invitation`. */
export const KEEP_INVITATION_MS = 10000;

/** Longest frame the server takes. */
export const MESSAGE_BYTES = 262144;

/** Frames the server takes, sustained. */
export const MESSAGES_PER_SECOND = 20;

/** Most slots of one kind in an offer. */
export const SLOTS_PER_KIND = 100;

/** Who may come up, and how (docs/glossary.md: stage access). */
export type Access = "open" | "request" | "invite";

/** One change of the room; each raises the version by one. */
export type Change =
  | { "what": "participant", participant: ParticipantState }
  | { "what": "gone", participant: ParticipantId }
  | { "what": "room", title: string, access: Access, capacity: number, self_leave: boolean };

/** What somebody wrote to everybody. */
export type ChatMessage = {
    /** Counts the room's messages. */
    id: number,
    /** Who wrote it. */
    by: ParticipantId,
    /** As they were called then. */
    name: string,
    /** Plain text; never markup. */
    text: string,
    /** How long ago, in milliseconds. */
    age_ms: number };

/** A frame from the page. */
export type ClientMessage =
  | { "type": "hello",
    /** `VERSION` as the page knows it. */
    version: number,
    /** The join token. */
    token: string,
    /** From the `welcome` of an earlier socket of this page: takes that session up again, media included. */
    resume?: string }
  | { "type": "ping" }
  | { "type": "media_stalled",
    /** The page's number for it. */
    connection: number }
  | { "type": "command",
    /** Chosen by the page, rising. */
    id: number,
    /** What to do. */
    command: Command };

/** Why the server closes a socket. */
export type Closing = "newer_session" | "removed" | "room_ended" | "left" | "draining";

/** What a person asks for. Each names what it acts on, so that a late one cannot hit something newer. */
export type Command =
  | { "do": "offer",
    /** Counts this page's peer connections from 1: a new number is a new connection, the same one an offer again. */
    connection: number,
    /** The offer. */
    sdp: string,
    /** Which m-lines are the page's own sources. */
    sources: SourceMids }
  | { "do": "join_stage",
    /** Which sources go live at once. */
    sources: SourcesOn }
  | { "do": "request_stage" }
  | { "do": "cancel_request", request: RequestId }
  | { "do": "decline_request", request: RequestId }
  | { "do": "approve_request", request: RequestId }
  | { "do": "approve_all_requests" }
  | { "do": "invite", participant: ParticipantId }
  | { "do": "accept_invitation", invitation: InvitationId,
    /** Which sources go live at once. */
    sources: SourcesOn }
  | { "do": "decline_invitation", invitation: InvitationId }
  | { "do": "keep_invitation", invitation: InvitationId }
  | { "do": "revoke_invitation", invitation: InvitationId }
  | { "do": "remove_from_stage", participant: ParticipantId }
  | { "do": "leave_stage" }
  | { "do": "set_stage_access", access: Access, version: number }
  | { "do": "set_role", participant: ParticipantId, role: Role }
  | { "do": "set_source", source: Source, on: boolean }
  | { "do": "show_slots", slots: Array<SlotShown> }
  | { "do": "mute", participant: ParticipantId, source: Source, state: SourceControl }
  | { "do": "mute_everyone", source: Source, state: SourceControl }
  | { "do": "ask_to_unmute", participant: ParticipantId, source: Source }
  | { "do": "raise_hand", raised: boolean }
  | { "do": "lower_hand", participant: ParticipantId }
  | { "do": "lower_all_hands" }
  | { "do": "say", text: string }
  | { "do": "delete_message", message: number }
  | { "do": "clear_chat" }
  | { "do": "remove_participant", participant: ParticipantId }
  | { "do": "leave_room" }
  | { "do": "end_room" };

/** Why a socket never got into the room, or was thrown out by the server's own rules. */
export type ErrorCode = "token_invalid" | "token_expired" | "token_wrong_room" | "room_not_found" | "room_full" | "version_mismatch" | "message_invalid" | "message_too_long" | "too_many_messages" | "hello_timeout" | "draining";

/** A TURN server and what opens it: an entry of `iceServers` of an RTCPeerConnection. */
export type IceServer = {
    /** `turn:` and `turns:` addresses (RFC 7065). */
    urls: Array<string>,
    /** When it ends, in seconds since 1970, and for whom it is. */
    username: string,
    /** What goes with it. */
    credential: string };

/** One invitation to the stage. A later invitation of the same person has another. */
export type InvitationId = number;

/** How well media flows to and from one person; none: nothing flows, or nothing is known. */
export type Measured = {
    /** Who. */
    participant: ParticipantId,
    /** How well. */
    quality?: Quality };

/** Something for one person. */
export type Notice =
  | { "code": "stage_requested", participant: ParticipantId, request: RequestId }
  | { "code": "request_declined", cooldown_seconds: number }
  | { "code": "request_ended" }
  | { "code": "invited", invitation: InvitationId, by?: ParticipantId }
  | { "code": "invitation_revoked" }
  | { "code": "invitation_expired" }
  | { "code": "invitation_declined", participant: ParticipantId }
  | { "code": "invitation_unanswered", participant: ParticipantId }
  | { "code": "on_stage" }
  | { "code": "off_stage", removed: boolean }
  | { "code": "muted", source: Source, state: SourceControl }
  | { "code": "asked_to_unmute", source: Source }
  | { "code": "role_changed" };

/**
 * A person in a room. Outlives every session of theirs. Given out by the room, never used twice in it.
 *
 * On the wire it is the text `p` and the number (`"p12"`), so that nobody is led to count with it.
 */
export type ParticipantId = string;

/** A person in the room. */
export type ParticipantState = {
    /** Never used twice in a room. */
    id: ParticipantId,
    /** As the token says it. */
    name: string,
    /** What they may do. */
    role: Role,
    /** Where they stand. */
    stage: StageStanding,
    /** While `requested`. Those asking are in the order of this number. */
    request?: RequestId,
    /** While `invited`. */
    invitation?: InvitationId,
    /** While their hand is raised. Raised hands are in the order of this number. */
    hand?: number,
    /** Whether a session of theirs is connected; `false` while their place is kept. */
    connected: boolean,
    /** Their microphone. */
    mic: SourceState,
    /** Their camera. */
    camera: SourceState,
    /** Their shared screen. */
    screen: SourceState };

/** The same with what it was measured by. *Up* is from the person to the server. */
export type Quality = {
    /** What it comes to. */
    level: QualityLevel,
    /** Packets lost, in thousandths, before anything was sent again. */
    lost_up: number,
    /** Likewise. */
    lost_down: number,
    /** There and back. */
    round_trip_ms: number,
    /** Media, in kbit/s. */
    kbits_up: number,
    /** Likewise. */
    kbits_down: number };

/** How well media flows between somebody and the server. */
export type QualityLevel = "good" | "fair" | "poor";

/** Why a command changed nothing. */
export type Refusal =
  | { "code": "access_changed" }
  | { "code": "stage_full" }
  | { "code": "rejoin_blocked" }
  | { "code": "wrong_mode" }
  | { "code": "cooldown", seconds: number }
  | { "code": "already_handled", by?: ParticipantId }
  | { "code": "not_present" }
  | { "code": "invitation_expired" }
  | { "code": "invitation_revoked" }
  | { "code": "already_on_stage" }
  | { "code": "not_on_stage" }
  | { "code": "forbidden" }
  | { "code": "self_leave_forbidden" }
  | { "code": "stale_version" }
  | { "code": "source_locked", source: Source }
  | { "code": "text_empty" }
  | { "code": "text_too_long", most: number }
  | { "code": "too_fast", seconds: number }
  | { "code": "bad_offer", detail: string }
  | { "code": "bad_command", detail: string };

/** One request to join the stage. A later request of the same person has another. */
export type RequestId = number;

/** What a person may do in a room, least first; the order is the rank. */
export type Role = "viewer" | "speaker" | "moderator" | "host";

/** A room as a late joiner finds it; afterwards only `Change`s. */
export type RoomState = {
    /** Counts the room's changes. */
    version: number,
    /** The room's id, as in its address. */
    id: string,
    /** What the room is called. */
    title: string,
    /** Stage access. */
    access: Access,
    /** Seats, reserved ones included. */
    capacity: number,
    /** Whether viewers on stage may leave it by themselves. */
    self_leave: boolean,
    /** Everyone in the room, in the order they came. */
    participants: Array<ParticipantState> };

/** A frame from the server. */
export type ServerMessage =
  | { "type": "welcome",
    /** Who one is. */
    you: ParticipantId,
    /** For a later `hello` of the same page. */
    resume: string,
    /** Whether this socket took an earlier session up again: its peer connection still stands. */
    resumed: boolean,
    /** How often to send `ping`. */
    heartbeat_ms: number,
    /** The room as it is now. */
    room: RoomState,
    /** TURN servers, for networks that let media through to nobody else. */
    ice_servers?: Array<IceServer> }
  | { "type": "ice_servers", ice_servers: Array<IceServer> }
  | { "type": "pong" }
  | { "type": "changed", version: number, change: Change }
  | { "type": "slots", slots: Array<SlotState> }
  | { "type": "more_slots", audio: number, video: number }
  | { "type": "speaking", speaking: Array<ParticipantId>, active?: ParticipantId }
  | { "type": "chat", messages: Array<ChatMessage> }
  | { "type": "chat_gone", messages: Array<number> }
  | { "type": "quality", measured: Array<Measured> }
  | { "type": "answer", id: number, connection: number, sdp: string }
  | { "type": "media_connected", connection: number }
  | { "type": "restart_ice", connection: number }
  | { "type": "media_lost", connection: number }
  | { "type": "slot_paused", connection: number, mid: string, paused: boolean }
  | { "type": "layers_wanted", connection: number, source: Source, layers: number }
  | { "type": "done", id: number, version: number }
  | { "type": "refused", id: number, version: number, refusal: Refusal }
  | { "type": "notice", notice: Notice }
  | { "type": "error", code: ErrorCode, detail: string }
  | { "type": "closing", closing: Closing };

/** How tall a page shows what one slot shows. */
export type SlotShown = {
    /** The m-line. */
    mid: string,
    /** In pixels of the device; 0: nobody sees it, and nothing is sent. */
    height: number };

/** What a slot of this page shows. */
export type SlotState = {
    /** The m-line of the page's own offer. */
    mid: string,
    /** Whose. */
    participant: ParticipantId,
    /** What of theirs. */
    source: Source };

/** A microphone, a camera or a shared screen. */
export type Source = "mic" | "camera" | "screen";

/** What a moderator does to somebody's source. */
export type SourceControl = "muted" | "locked" | "released";

/** Which m-lines of an offer are the page's own sources, by their `mid`. */
export type SourceMids = {
    /** The microphone's. */
    mic?: string,
    /** The camera's. */
    camera?: string,
    /** The screen's. */
    screen?: string };

/** Whether a source is let through, and who says so. `off` for everyone who is not on stage, unless it is `locked`. */
export type SourceState = "on" | "off" | "muted" | "locked";

/** Which sources somebody goes on stage with. */
export type SourcesOn = {
    /** With sound. */
    mic: boolean,
    /** With a picture. */
    camera: boolean };

/** Where a person stands. */
export type StageStanding = "off" | "requested" | "invited" | "on_stage";
