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

/** Who reads something that is written. */
export type Audience =
  | { "is": "everybody" }
  | { "is": "backstage" }
  | { "is": "person", participant: ParticipantId };

/** One change of the room; each raises the version by one. */
export type Change =
  | { "what": "participant", participant: ParticipantState }
  | { "what": "gone", participant: ParticipantId }
  | { "what": "room", title: string, access: Access, capacity: number, self_leave: boolean, features: Features, locked: boolean }
  | { "what": "spotlight", participant?: ParticipantId };

/** What somebody wrote. */
export type ChatMessage = {
    /** Counts the room's messages. */
    id: number,
    /** Who wrote it. */
    by: ParticipantId,
    /** As they were called then. */
    name: string,
    /** Who reads it; everybody where it is missing. */
    audience?: Audience,
    /** The message it answers. */
    reply_to?: number,
    /** Plain text; never markup. */
    text: string,
    /** How long ago, in milliseconds. */
    age_ms: number,
    /** How many people like it; none where it is missing. */
    likes?: number,
    /** Whether the person told is one of them. */
    liked?: boolean };

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
export type Closing = "newer_session" | "removed" | "room_ended" | "left" | "turned_away" | "draining";

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
  | { "do": "request_stage",
    /** What one would like to ask or say. */
    question?: string }
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
  | { "do": "say", text: string, audience?: Audience,
    /** The message it answers; of the same audience. */
    reply_to?: number }
  | { "do": "like_message", message: number, liked: boolean }
  | { "do": "pin_message", message?: number }
  | { "do": "delete_message", message: number }
  | { "do": "clear_chat" }
  | { "do": "silence", participant: ParticipantId, silenced: boolean }
  | { "do": "ask_question", text: string }
  | { "do": "vote_question", question: number, voted: boolean }
  | { "do": "mark_question", question: number, state: QuestionState }
  | { "do": "answer_question", question: number, text: string }
  | { "do": "dismiss_question", question: number }
  | { "do": "react", reaction: Reaction }
  | { "do": "create_poll", draft: PollDraft }
  | { "do": "start_poll", poll: number }
  | { "do": "end_poll", poll: number }
  | { "do": "show_poll", poll: number, shown: boolean }
  | { "do": "delete_poll", poll: number }
  | { "do": "answer_poll", poll: number, answers: Array<PollAnswer | null> }
  | { "do": "set_feature", feature: Feature, on: boolean }
  | { "do": "lock_room", locked: boolean }
  | { "do": "admit", waiting: number }
  | { "do": "admit_all" }
  | { "do": "turn_away", waiting: number }
  | { "do": "set_timer", seconds?: number,
    /** Whether it runs down. */
    running: boolean }
  | { "do": "spotlight", participant?: ParticipantId }
  | { "do": "remove_participant", participant: ParticipantId }
  | { "do": "leave_room" }
  | { "do": "end_room" };

/** Why a socket never got into the room, or was thrown out by the server's own rules. */
export type ErrorCode = "token_invalid" | "token_expired" | "token_wrong_room" | "room_not_found" | "room_full" | "version_mismatch" | "message_invalid" | "message_too_long" | "too_many_messages" | "hello_timeout" | "draining";

/** Something a room may have or not. */
export type Feature = "chat" | "hands" | "questions" | "reactions" | "polls";

/** What a room has beside its stage. All of it, unless somebody turns it off. */
export type Features = {
    /** `Feature::Chat`. */
    chat: boolean,
    /** `Feature::Hands`. */
    hands: boolean,
    /** `Feature::Questions`. */
    questions: boolean,
    /** `Feature::Reactions`. */
    reactions: boolean,
    /** `Feature::Polls`. */
    polls: boolean };

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

/** Somebody on the leader board. */
export type Leader = {
    /** As they were called when they answered. */
    name: string,
    /** Right answers. */
    score: number };

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
    /** While `requested`: what they would like to ask or say, where they said so. */
    question?: string,
    /** While `invited`. */
    invitation?: InvitationId,
    /** While their hand is raised. Raised hands are in the order of this number. */
    hand?: number,
    /** A moderator took writing and reacting from them. */
    silenced?: boolean,
    /** Whether a session of theirs is connected; `false` while their place is kept. */
    connected: boolean,
    /** Their microphone. */
    mic: SourceState,
    /** Their camera. */
    camera: SourceState,
    /** Their shared screen. */
    screen: SourceState };

/** An answer to one question. */
export type PollAnswer =
  | { "is": "choices", choices: Array<number> }
  | { "is": "text", text: string }
  | { "is": "rating", rating: number };

/** A poll as a moderator writes it. */
export type PollDraft = {
    /** What it is called. */
    title: string,
    /** At least one. */
    questions: Array<PollQuestion>,
    /** Nobody knows who answered what, the server's disk included; so nobody can change an answer either. */
    anonymous: boolean,
    /** Results are seen by moderators only, until they show them. */
    held: boolean,
    /** What makes it a quiz. */
    quiz?: Quiz };

/** What there is to answer. */
export type PollKind =
  | { "is": "single", choices: Array<string> }
  | { "is": "multiple", choices: Array<string> }
  | { "is": "text" }
  | { "is": "rating", most: number };

/** One question of a poll. */
export type PollQuestion = {
    /** Plain text; never markup. */
    text: string,
    /** What there is to answer. */
    kind: PollKind,
    /** Of a quiz, and missing where the person told may not know it yet. */
    right?: PollAnswer };

/** What came of one question. */
export type PollResult = {
    /** How often each choice, or each rating from 1, was given. */
    counts: Array<number>,
    /** What was written, up to `POLL_TEXTS_TOLD`, in the order of the alphabet. */
    texts: Array<string> };

/** How far a poll is. */
export type PollStage = "draft" | "open" | "ended";

/** A poll as the person told may see it. */
export type PollState = {
    /** Counts the room's polls. */
    id: number,
    /** As it was written; right answers only where they may be known. */
    draft: PollDraft,
    /** How far it is. */
    stage: PollStage,
    /** Whether everybody sees the results. */
    shown: boolean,
    /** Until it ends by itself, in milliseconds. */
    ends_in_ms?: number,
    /** How many people have answered. */
    answered: number,
    /** One for each question; missing where the person told may not see them. */
    results?: Array<PollResult>,
    /** The best, best first; missing where there is no leader board, or not yet. */
    leaders?: Array<Leader>,
    /** What the person told has done about it; missing where that is as it was. */
    yours?: YourAnswers };

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

/** A question for those on stage. */
export type Question = {
    /** Counts the room's questions. */
    id: number,
    /** Who asks. */
    by: ParticipantId,
    /** As they were called then. */
    name: string,
    /** Plain text; never markup. */
    text: string,
    /** How long ago, in milliseconds. */
    age_ms: number,
    /** How many people want it answered. */
    votes: number,
    /** Whether the person told is one of them; missing where it is as it was. */
    voted?: boolean,
    /** How far it is. */
    state: QuestionState,
    /** In writing, where it was. */
    answer?: WrittenAnswer };

/** How far a question is. */
export type QuestionState = "open" | "live" | "answered";

/** A poll with right answers: each person answers once, and is told what was right when it is over. */
export type Quiz = {
    /** After which it ends by itself; without it a moderator ends it. */
    seconds?: number,
    /** The best are named to everybody when it is over. Not where it is anonymous. */
    leader_board: boolean };

/** A sign that one hears, laughs or agrees; it is counted and gone. */
export type Reaction = "clap" | "thumbs_up" | "heart" | "laugh" | "wow" | "party";

/** How often a reaction was given since the last time everybody was told. */
export type ReactionCount = {
    /** Which. */
    reaction: Reaction,
    /** How often. */
    count: number };

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
  | { "code": "feature_off", feature: Feature }
  | { "code": "silenced" }
  | { "code": "gone" }
  | { "code": "poll_closed" }
  | { "code": "bad_poll", detail: string }
  | { "code": "too_many", most: number }
  | { "code": "room_locked" }
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
    /** What the room has. */
    features: Features,
    /** Whoever is new and no moderator waits to be let in. */
    locked: boolean,
    /** Whom everybody sees large. */
    spotlight?: ParticipantId,
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
  | { "type": "chat_liked", message: number, likes: number, by: ParticipantId, liked: boolean }
  | { "type": "chat_pinned", message?: number }
  | { "type": "questions", questions: Array<Question> }
  | { "type": "question_voted", question: number, votes: number, by: ParticipantId, voted: boolean }
  | { "type": "questions_gone", questions: Array<number> }
  | { "type": "reactions", counts: Array<ReactionCount> }
  | { "type": "polls", polls: Array<PollState> }
  | { "type": "poll_yours", poll: number, yours: YourAnswers }
  | { "type": "polls_gone", polls: Array<number> }
  | { "type": "waiting", people: Array<WaitingPerson> }
  | { "type": "in_waiting_room", title: string }
  | { "type": "timer", timer?: TimerState }
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

/** How long somebody has left to talk. It says so to everybody, and stops nobody. */
export type TimerState = {
    /** What it was set to, in milliseconds. */
    total_ms: number,
    /** What is left, in milliseconds; below 0 when it is over. */
    left_ms: number,
    /** Whether it runs down, or stands. */
    running: boolean };

/** Somebody who waits to be let in. */
export type WaitingPerson = {
    /** Names them until they are let in. */
    id: number,
    /** As the token says it. */
    name: string };

/** What somebody of the stage wrote to a question. */
export type WrittenAnswer = {
    /** Who answered, as they were called then. */
    name: string,
    /** Plain text; never markup. */
    text: string };

/** What somebody has done about a poll. */
export type YourAnswers = {
    /** Whether they have answered. */
    answered: boolean,
    /** What, one for each question; empty where the poll is anonymous. */
    answers: Array<PollAnswer | null>,
    /** Of a quiz that is over: right answers. */
    score?: number };
