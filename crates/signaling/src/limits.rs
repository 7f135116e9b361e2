//! The bounds of the protocol. Every one is named here, and counted where it is hit.

/// Longest frame from a page, in bytes. An offer with 25 + 25 slots is 162 kB with all codecs of Chromium.
pub const MESSAGE_BYTES: usize = 256 * 1024;
/// Frames a second from one page, sustained.
pub const MESSAGES_PER_SECOND: u32 = 20;
/// Frames one page may send at once after a quiet time.
pub const MESSAGE_BURST: u32 = 60;
/// Frames waiting for one page; one that reads slower is disconnected, and comes back with a snapshot.
pub const OUTGOING_QUEUE: usize = 512;
/// For the first frame of a socket, in milliseconds.
pub const HELLO_MS: u64 = 10_000;
/// Between two heartbeats of a page, in milliseconds.
pub const HEARTBEAT_MS: u32 = 5_000;
/// Silence after which a socket counts as lost, in milliseconds.
pub const SILENCE_MS: u64 = 15_000;
/// Between two `keep_invitation` of a page with the device dialog open, in milliseconds.
pub const KEEP_INVITATION_MS: u32 = 10_000;
/// Longest name of a person, in characters.
pub const NAME_CHARS: usize = 100;
/// Longest title of a room, in characters.
pub const TITLE_CHARS: usize = 200;
/// Longest message of the chat, in characters.
pub const CHAT_CHARS: usize = 2_000;
/// Messages of a room's chat that are kept for whoever comes later, and how long they may be together, in bytes.
pub const CHAT_REMEMBERED: usize = 300;
/// See [`CHAT_REMEMBERED`].
pub const CHAT_BYTES: usize = 256 * 1024;
/// Longest question, to the stage or with a request, in characters.
pub const QUESTION_CHARS: usize = 500;
/// Questions of one room.
pub const QUESTIONS: usize = 500;
/// Of one person, that were not answered.
pub const QUESTIONS_A_PERSON: usize = 20;
/// Between two tellings of what was reacted, in milliseconds: the price of reactions is this, however many people react.
pub const REACTIONS_MS: u64 = 500;
/// Polls of one room, drafts included.
pub const POLLS: usize = 100;
/// Questions of one poll.
pub const POLL_QUESTIONS: usize = 20;
/// Choices of one question, and the highest rating.
pub const POLL_CHOICES: usize = 12;
/// Longest title, question or choice of a poll, in characters.
pub const POLL_CHARS: usize = 300;
/// Longest answer in one's own words, in characters.
pub const POLL_TEXT_CHARS: usize = 300;
/// Answers in people's own words that pages are told of for one question; a CSV has them all.
pub const POLL_TEXTS_TOLD: usize = 200;
/// Longest time of a quiz or of the timer, in seconds.
pub const TIMER_SECONDS: u32 = 24 * 3600;
/// Names on a leader board.
pub const LEADERS: usize = 10;
/// Between two tellings of how a poll that is being answered stands, in milliseconds.
pub const POLL_TOLD_MS: u64 = 1_000;
/// People who wait to be let into one room.
pub const WAITING: usize = ROOM_PARTICIPANTS;
/// People in one room.
pub const ROOM_PARTICIPANTS: usize = 5_000;
/// Seats of one stage.
pub const STAGE_CAPACITY: u16 = 100;
/// Slots of one kind in one offer.
pub const SLOTS_PER_KIND: u16 = 100;
