//! The server's own bounds, each with a name and, where somebody can run into it, a count in the metrics. Those of the protocol
//! stand in [`signaling::limits`].

use std::time::Duration;

/// Media threads. A peer's address within the server has a byte for its thread.
pub(crate) const MAX_WORKERS: usize = 64;
/// Rooms, unless the configuration says otherwise.
pub(crate) const ROOMS: usize = 1_000;
/// Longest text of a setting that names or addresses something, in characters.
pub(crate) const SETTING_CHARS: usize = 2_000;
/// Learning platforms in the configuration.
pub(crate) const LTI_PLATFORMS: usize = 200;
/// Deployments that one platform is held to.
pub(crate) const LTI_DEPLOYMENTS: usize = 1_000;
/// Roles of one platform that mean another here than usual.
pub(crate) const LTI_ROLES: usize = 100;
/// TCP connections to the HTTP address, those that became WebSockets included, unless the configuration says otherwise.
pub(crate) const CONNECTIONS: usize = 20_000;
/// What a socket is read in at a time, in bytes: on the stack, and so kept by no page.
pub(crate) const READ_BYTES: usize = 4096;
/// Offers a second from one page, sustained. Each is parsed and answered at length, and may come to a new transport.
pub(crate) const OFFERS_PER_SECOND: u32 = 1;
/// Offers one page may send at once after a quiet time.
pub(crate) const OFFER_BURST: u32 = 6;
/// Commands a second from one page that tell others something and may be repeated without end, sustained.
pub(crate) const CHANGES_PER_SECOND: u32 = 5;
/// Such commands that one page may send at once after a quiet time.
pub(crate) const CHANGE_BURST: u32 = 20;
/// Sockets of one room. Everybody in it has one, and whoever comes in anew may be there twice for a moment.
pub(crate) const ROOM_SOCKETS: usize = signaling::limits::ROOM_PARTICIPANTS + 100;
/// How long an answer of `/metrics` is given again: making one asks every room.
pub(crate) const METRICS_FOR: Duration = Duration::from_millis(250);
/// A join token's life, unless the script says otherwise.
pub(crate) const TOKEN_TTL: Duration = Duration::from_secs(12 * 3600);
/// The longest life a script may ask for, unless the configuration says otherwise.
pub(crate) const TOKEN_MAX_TTL: Duration = Duration::from_secs(30 * 24 * 3600);
/// Keys of join tokens in the configuration: one in use, one on its way out, and a few programs that have their own.
pub(crate) const TOKEN_KEYS: usize = 16;
/// Longest id of such a key, in characters.
pub(crate) const TOKEN_KEY_ID_CHARS: usize = 64;
/// Shortest secret of such a key, in bytes.
pub(crate) const TOKEN_KEY_BYTES: usize = 32;
/// Links for guests that one room has, good ones.
pub(crate) const LINKS_PER_ROOM: usize = 100;
/// Guests that one link may be said to be for; one without such a number is for any.
pub(crate) const LINK_USES: u32 = 100_000;
/// A link's life, unless whoever makes it says otherwise.
pub(crate) const LINK_TTL: Duration = Duration::from_secs(7 * 24 * 3600);
/// The longest: a year.
pub(crate) const LINK_MAX_TTL: Duration = Duration::from_secs(366 * 24 * 3600);
/// Guests a second that come into one room by links, sustained. Each costs a write to the disk.
pub(crate) const REDEMPTIONS_PER_SECOND: u32 = 20;
/// Guests who come at once after a quiet time, when a lecture begins.
pub(crate) const REDEMPTION_BURST: u32 = 500;
/// Rules of who may have rooms.
pub(crate) const HOST_RULES: usize = 100;
/// Rooms that one person who signed in has.
pub(crate) const OWNED_ROOMS: usize = 100;
/// Sign-ins under way; the oldest goes for one more.
pub(crate) const SIGN_INS: usize = 10_000;
/// For somebody to come back from the provider, a password forgotten and found included.
pub(crate) const SIGN_IN_WITHIN: Duration = Duration::from_secs(600);
/// People who are signed in; the one who signed in first goes for one more.
pub(crate) const SESSIONS: usize = 10_000;
/// For so long somebody is signed in.
pub(crate) const SESSION_LASTS: Duration = Duration::from_secs(12 * 3600);
/// For the provider to answer one request.
pub(crate) const PROVIDER_ANSWERS_WITHIN: Duration = Duration::from_secs(4);
/// Longest answer of the provider, in bytes.
pub(crate) const PROVIDER_BYTES: usize = 512 * 1024;
/// So long its description is taken to hold, its keys included. One that is signed with another key has it looked at again.
pub(crate) const PROVIDER_FOR: Duration = Duration::from_secs(300);
/// The life of a TURN credential, unless the configuration says otherwise. Pages get new ones at half of it.
pub(crate) const TURN_TTL: Duration = Duration::from_secs(3600);
/// The shortest: a page hears of new ones with its heartbeat.
pub(crate) const TURN_LEAST_TTL: Duration = Duration::from_secs(20);
/// Longest join token looked at, in bytes.
pub(crate) const TOKEN_BYTES: usize = 4096;
/// Longest body of an API call, in bytes.
pub(crate) const BODY_BYTES: usize = 64 * 1024;
/// Longest offer or fragment of a client of WHIP or WHEP, in bytes: one of Firefox with all its codecs has 12 kB.
pub(crate) const SDP_BYTES: usize = 64 * 1024;
/// Longest room id, in characters.
pub(crate) const ROOM_ID_CHARS: usize = 64;
/// Longest id of a person that a script may give, in characters.
pub(crate) const USER_CHARS: usize = 200;
/// Longest head of a request, in bytes: its buffer, and so what may be kept of a page's frames that came with it. Bodies are streamed.
pub(crate) const HEAD_BYTES: usize = 32 * 1024;
/// For a request's headers to arrive.
pub(crate) const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// For an API call from its first to its last byte.
pub(crate) const CALL_WITHIN: Duration = Duration::from_secs(15);
/// What is written, asked and answered in a room is on the disk after this, together; so much of it a power cut may take.
pub(crate) const KEEP_WITHIN: Duration = Duration::from_millis(500);
/// For one room to answer a question of `/metrics` or a script.
pub(crate) const ROOM_ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// Frames that wait for one page go out together up to this many bytes, and the frame that reaches it.
pub(crate) const WRITE_BYTES: usize = 64 * 1024;
/// For so much ([`WRITE_BYTES`]) to be taken by a page that reads slowly.
pub(crate) const WRITE_WITHIN: Duration = Duration::from_secs(10);
/// For a page to close its end after the server closed its own.
pub(crate) const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// Origins that platforms show this server under, beside their own, in all.
pub(crate) const PLATFORM_ORIGINS: usize = 1_000;
/// For a learning platform to answer a call, to its last byte.
pub(crate) const PLATFORM_ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// Longest answer of a learning platform, in bytes: a page of a course's members.
pub(crate) const PLATFORM_ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// Redirects of a learning platform that are followed.
pub(crate) const PLATFORM_REDIRECTS: usize = 3;
/// A platform's keys are used for so long before they are read again.
pub(crate) const KEY_SET_FOR: Duration = Duration::from_secs(3600);
/// How often a platform's keys are read anew in a minute, because messages name keys that are not among them.
pub(crate) const KEY_SET_READS_A_MINUTE: u32 = 20;
/// After so long this server's own key is joined by a new one.
pub(crate) const TOOL_KEY_FOR: Duration = Duration::from_secs(180 * 24 * 3600);
/// Own keys that platforms are shown.
pub(crate) const TOOL_KEYS: usize = 3;
/// Launches that have begun and not ended, and what else waits to be taken once.
pub(crate) const LTI_PENDING: usize = 20_000;
/// From a launch's beginning to its end: somebody may have to sign in in between.
pub(crate) const LTI_LOGIN_FOR: Duration = Duration::from_secs(600);
/// For a room to be chosen.
pub(crate) const LTI_CHOICE_FOR: Duration = Duration::from_secs(3600);
/// An address to register at is good for so long.
pub(crate) const LTI_REGISTRATION_FOR: Duration = Duration::from_secs(3600);
/// Longest form of a launch, in bytes.
pub(crate) const LTI_FORM_BYTES: usize = 128 * 1024;
/// Launches and calls that are kept for the operator.
pub(crate) const LTI_LOG: usize = 2_000;
/// Those that the setup page is told.
pub(crate) const LTI_LAUNCHES_TOLD: usize = 50;
/// The members of a course are asked for anew after this.
pub(crate) const NAMES_FOR: Duration = Duration::from_secs(30);
/// After a failure of a platform's service it is tried again after this, and then after twice as long each time.
pub(crate) const RETRY_FIRST: Duration = Duration::from_secs(30);
/// At the longest.
pub(crate) const RETRY_LONGEST: Duration = Duration::from_secs(2 * 3600);
/// Scores of rooms that have ended that are looked at together.
pub(crate) const SETTLED_AT_ONCE: usize = 2_000;
/// A gradebook that could not be reached for so long after a room's end does without its scores.
pub(crate) const SETTLED_FOR: Duration = Duration::from_secs(7 * 24 * 3600);
/// Longest text of a line of the audit, in characters.
pub(crate) const LTI_LOG_CHARS: usize = 300;
/// For the members of a course to be told; a course that takes longer is told without them.
pub(crate) const NAMES_WITHIN: Duration = Duration::from_secs(8);
/// How often is looked at what goes to gradebooks.
pub(crate) const GRADES_EVERY: Duration = Duration::from_secs(10);
/// What is read from a page after the server's close, in bytes: what it was in the middle of sending, so that it hears why.
pub(crate) const AFTER_CLOSE_BYTES: usize = 4 * 1024 * 1024;
/// For everyone to be told and disconnected when the server goes down.
pub(crate) const DRAIN_WITHIN: Duration = Duration::from_secs(5);
/// For the media threads to end.
pub(crate) const MEDIA_STOPS_WITHIN: Duration = Duration::from_secs(3);
/// What the kernel keeps of a connection's outgoing bytes, on top of a page's own queue. Left to itself it keeps up to 4 MB for
/// a page that does not read.
pub(crate) const SEND_BUFFER_BYTES: u32 = 128 * 1024;
/// TCP connections that wait to be taken.
pub(crate) const LISTEN_BACKLOG: u32 = 1024;
/// Commands waiting for one room. A page whose command finds it full waits, and reads nothing meanwhile.
pub(crate) const ROOM_MAILBOX: usize = 1024;
/// Longest frame or message of a socket that has shown no good token yet, in bytes: a `hello` with the longest token fits.
pub(crate) const FIRST_FRAME_BYTES: usize = 4 * TOKEN_BYTES;
/// Frames longer than [`signaling::limits::MESSAGE_BYTES`] are still read whole up to this many bytes, so that their sender can
/// be told; beyond, the connection is cut in the middle of the frame.
pub(crate) const FRAME_BYTES: usize = 5 * signaling::limits::MESSAGE_BYTES;
