//! What an operator sets: flags before environment before file before default (contract: Commands).
//!
//! Everything is read once, at start. Whatever cannot be used is refused with its name, its place and what was expected, all
//! problems at once, so that nobody mends one to meet the next.

mod entries;
mod file;
mod flags;
mod lti;
mod problem;
mod settings;
mod sign_in;
mod sources;
mod tokens;
mod value;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

pub use flags::Flags;
pub use lti::LtiPlatform;
pub use problem::{ConfigError, Place, Problem};
pub use sign_in::{HostRule, SignIn};
pub use tokens::{TokenKey, TokenRules};
pub use value::LogFormat;

use crate::bounds;

/// The API key in dev mode, where nothing else is set (contract).
pub const DEV_API_KEY: &str = "dev-secret";
/// The room that exists in dev mode (contract).
pub const DEV_ROOM: &str = "demo";

/// Everything the server is told from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// For trying out on one's own machine: loopback, a known API key, links without a script.
    pub dev: bool,
    /// Where HTTP and WebSocket are served; port 0 takes any.
    pub http: SocketAddr,
    /// How browsers reach it, where that is another address: scheme and authority, no path, no slash at the end.
    pub public_url: Option<String>,
    /// The first media thread's address, UDP and TCP; thread n uses the port + n.
    pub media: SocketAddr,
    /// Addresses told to browsers; empty: those found on this machine.
    pub announce: Vec<IpAddr>,
    /// What must survive a restart.
    pub data: PathBuf,
    /// Media threads.
    pub workers: usize,
    /// What scripts show, and what join tokens are signed with.
    pub api_key: Secret,
    /// How logs are written.
    pub log: LogFormat,
    /// What is logged, as `tracing` filters say it.
    pub log_filter: String,
    /// The stage's times.
    pub timing: stage::Timing,
    /// How long join tokens last, and who else mints them.
    pub tokens: TokenRules,
    /// TURN servers for people whose network lets nothing else through.
    pub turn: Option<Turn>,
    /// Where people sign in without a learning platform.
    pub sign_in: Option<SignIn>,
    /// Learning platforms that may launch rooms.
    pub lti: Vec<LtiPlatform>,
    /// Bounds an operator may lower or raise.
    pub limits: Limits,
}

/// TURN servers that take short-lived credentials made with a shared secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// `turn:` and `turns:` addresses (RFC 7065).
    pub urls: Vec<String>,
    /// What the TURN server has as `static-auth-secret`.
    pub secret: Secret,
    /// How long a credential lasts.
    pub ttl: Duration,
}

/// Bounds an operator may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rooms of this server.
    pub rooms: usize,
    /// Connected pages in one room.
    pub room_participants: usize,
    /// TCP connections to the HTTP address.
    pub connections: usize,
}

/// Something that must not be known to others. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
impl Secret {
    pub(crate) fn for_test(text: &str) -> Self {
        Secret(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Config {
    /// Puts the sources together. `variables` are the environment's; only those of this server's names are looked at.
    ///
    /// # Errors
    ///
    /// Every problem found, in all sources.
    pub fn resolve(
        flags: &Flags,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Config, ConfigError> {
        let mut sources = sources::Sources::gather(flags, variables);
        let defaults = stage::Timing::default();
        let dev = sources.take("dev", value::boolean, || false);
        let turn = turn(&mut sources);
        let config = Config {
            dev,
            http: sources.take("http", value::address, || (Ipv4Addr::LOCALHOST, 8080).into()),
            public_url: sources.take_optional("public_url", value::public_url),
            media: sources.take("media", value::address, || (Ipv4Addr::UNSPECIFIED, 7000).into()),
            announce: sources.take("announce", value::ips, Vec::new),
            data: sources.take("data", value::path, || PathBuf::from("./data")),
            workers: sources.take("workers", value::count(1, bounds::MAX_WORKERS), one_a_core),
            api_key: Secret(
                sources.take("api_key", value::secret, || {
                    if dev { DEV_API_KEY.to_owned() } else { String::new() }
                }),
            ),
            log: sources.take("log", value::log_format, || LogFormat::Text),
            log_filter: sources.take("log_filter", value::log_filter, || "info,rtc_dtls=error".to_owned()),
            timing: stage::Timing {
                cooldown: sources.take("stage.cooldown_seconds", value::millis(0), || defaults.cooldown),
                invitation: sources
                    .take("stage.invitation_seconds", value::millis(1), || defaults.invitation),
                grace: sources.take("stage.grace_seconds", value::millis(0), || defaults.grace),
                place: sources.take("stage.place_seconds", value::millis(0), || defaults.place),
            },
            tokens: tokens::rules(&mut sources),
            turn,
            sign_in: sign_in::sign_in(&mut sources, dev),
            lti: lti::platforms(&mut sources, dev),
            limits: Limits {
                rooms: sources.take("limits.rooms", value::count(1, 1_000_000), || bounds::ROOMS),
                room_participants: sources.take(
                    "limits.room_participants",
                    value::count(1, signaling::limits::ROOM_PARTICIPANTS),
                    || signaling::limits::ROOM_PARTICIPANTS,
                ),
                connections: sources
                    .take("limits.connections", value::count(1, 1_000_000), || bounds::CONNECTIONS),
            },
        };
        config.check_together(&mut sources);
        sources.finish()?;
        Ok(config)
    }

    /// Variables that look like this server's and mean nothing to it: misspelt, most likely. They are no reason not to start, for
    /// other programs may use them.
    pub fn unknown_variables(variables: impl IntoIterator<Item = (String, String)>) -> Vec<String> {
        sources::unknown(variables)
    }

    /// What each value allows by itself, but not with the others.
    fn check_together(&self, sources: &mut sources::Sources) {
        if self.dev && !self.http.ip().is_loopback() {
            sources.refuse(
                "http",
                "a loopback address such as 127.0.0.1:8080, because dev mode's API key is no secret",
            );
        }
        // A file that was not understood may well have one, on the very line that was not.
        if self.api_key.0.is_empty() && !sources.is_refused("api_key") && !sources.is_file_misread() {
            sources.missing(
                "api_key",
                "a long random text in the environment variable PROSCENIUM_API_KEY or as `api_key = \"…\"` in the file \
                 of --config; or --dev, to try the server out on this machine",
            );
        }
        if self.media.port().checked_add(self.workers as u16 - 1).is_none() {
            sources.refuse("media", "a port with one above it for every media thread");
        }
    }
}

/// One of the two without the other would look like TURN and be none.
fn turn(sources: &mut sources::Sources<'_>) -> Option<Turn> {
    let urls = sources.take_optional("turn.urls", value::turn_urls);
    let secret = sources.take_optional("turn.secret", value::secret);
    let ttl =
        sources.take("turn.ttl_seconds", value::seconds_from(bounds::TURN_LEAST_TTL), || bounds::TURN_TTL);
    match (urls, secret) {
        (Some(urls), Some(secret)) => Some(Turn { urls, secret: Secret(secret), ttl }),
        (Some(_), None) if !sources.is_refused("turn.secret") => {
            sources.missing(
                "turn.secret",
                "the secret of the TURN server (coturn: static-auth-secret), in the environment variable PROSCENIUM_TURN_SECRET or \
                 in the file",
            );
            None
        }
        (None, Some(_)) if !sources.is_refused("turn.urls") => {
            sources.missing(
                "turn.urls",
                "the TURN server that turn.secret is for, such as turn:turn.example.edu:3478",
            );
            None
        }
        _ => None,
    }
}

fn one_a_core() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(bounds::MAX_WORKERS)
}
