//! ICE as a server needs it: lite and always controlled (RFC 8445, section 2.5), and the least of a client for synthetic peers.
//!
//! An address counts only when a check with valid integrity came from it. The *latest* nomination wins: a phone that walks from one
//! network into another nominates again, and whoever held on to the first choice would lose it. But a client may nominate every pair at
//! the outset, settle on one by its own priorities, and keep that one alive with checks that nominate nothing (Firefox does); or its NAT
//! may move it under such checks. So a nomination lasts only as long as its address goes on being checked, or no other is.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::Outbox;
use crate::sdp::IceCredentials;
use crate::stun::{Class, IntegrityKey, MAX_MESSAGE, Message, TransactionId, Writer};

/// Without a valid check of the address in use for this long, the peer no longer consents to be sent to (RFC 7675, section 5.1, as
/// seen from the side that answers).
pub const CONSENT_TIMEOUT: Duration = Duration::from_secs(30);

/// A nominated address that went without a valid check for this long gives way to the one that a check comes from. Clients check the
/// pair they use every four to six seconds (RFC 7675, section 5.1): one that is alive is hardly silent for so long, and the check after
/// comes well within [`CONSENT_TIMEOUT`].
pub const NOMINATION_SILENCE: Duration = Duration::from_secs(8);

/// An address that gave way for its silence is taken again when it is nominated twice, this far apart at least and no further than
/// [`NOMINATION_SILENCE`]. Checks that were held up on the way come late and all at once; a client that means it goes on.
const NOMINATION_REPEATED: Duration = Duration::from_millis(500);

/// How many addresses of one peer are kept as proven; the one longest without a check makes room.
pub const MAX_PROVEN: usize = 8;

/// Role conflict (RFC 8445, section 7.3.1.1).
const ROLE_CONFLICT: u16 = 487;
/// An attribute that must be understood and is not (RFC 8489, section 6.3.1).
const UNKNOWN_ATTRIBUTE: u16 = 420;

/// Why a STUN message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not a Binding message with a valid FINGERPRINT.
    Malformed,
    /// Wrong user name, wrong password, or an answer to no question.
    Forged,
    /// Authentic, and answered with an error.
    Conflict,
}

/// What one valid check changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The address was not known as the peer's before.
    pub new: bool,
    /// The address given up for it.
    pub evicted: Option<SocketAddr>,
}

/// One pair of credentials, ready for use.
struct Credentials {
    username: String,
    key: IntegrityKey,
}

impl Credentials {
    /// For messages to the owner of `receiver` from the owner of `sender`.
    fn new(receiver: &IceCredentials, sender: &IceCredentials) -> Option<Self> {
        let key = IntegrityKey::new(&receiver.pwd)?;
        Some(Credentials { username: format!("{}:{}", receiver.ufrag, sender.ufrag), key })
    }

    fn made(&self, message: &Message<'_>) -> bool {
        message.username == Some(&self.username) && message.is_authentic(&self.key)
    }
}

struct Proven {
    address: SocketAddr,
    checked: Instant,
    standing: Standing,
}

/// What a nomination of an address is worth.
#[derive(Clone, Copy)]
enum Standing {
    Good,
    /// It gave way for its silence.
    Left,
    /// It did, and has been nominated again since this moment.
    Returning(Instant),
}

/// The server's side for one peer.
pub struct LiteAgent {
    current: Credentials,
    /// Before an ICE restart, until the peer checks with the new ones: its media goes on meanwhile (RFC 8445, section 9).
    previous: Option<Credentials>,
    proven: Vec<Proven>,
    nominated: Option<SocketAddr>,
}

impl LiteAgent {
    /// Waits for the peer's first check; `None` when the password cannot be a key.
    pub fn new(local: &IceCredentials, remote: &IceCredentials) -> Option<Self> {
        let current = Credentials::new(local, remote)?;
        Some(LiteAgent { current, previous: None, proven: Vec::new(), nominated: None })
    }

    /// New credentials of a new offer; the same ones change nothing.
    pub fn restart(&mut self, local: &IceCredentials, remote: &IceCredentials) {
        if let Some(new) = Credentials::new(local, remote)
            && new.username != self.current.username
        {
            self.previous = Some(std::mem::replace(&mut self.current, new));
        }
    }

    /// Takes a check and writes its answer.
    pub fn check(
        &mut self,
        now: Instant,
        from: SocketAddr,
        datagram: &[u8],
        out: &mut Outbox,
    ) -> Result<Proof, Refusal> {
        let message = Message::parse(datagram).ok_or(Refusal::Malformed)?;
        if message.class != Class::Request {
            return Err(Refusal::Forged);
        }
        let restarted = self.current.made(&message);
        let credentials = match &self.previous {
            _ if restarted => &self.current,
            Some(previous) if previous.made(&message) => previous,
            _ => return Err(Refusal::Forged),
        };
        let error = if message.unknown {
            Some(UNKNOWN_ATTRIBUTE)
        } else {
            // A lite agent is controlled and stays it: a full one that believes the same has to change.
            message.controlled.then_some(ROLE_CONFLICT)
        };
        answer(&message, error, from, &credentials.key, out);
        if error.is_some() {
            return Err(Refusal::Conflict);
        }
        if restarted && self.previous.take().is_some() {
            // Whoever restarts ICE doubts the path in use; until they nominate another, the one they check is the better guess.
            self.nominated = None;
        }
        let proof = self.prove(now, from);
        if message.use_candidate && self.heeds(now, from) {
            self.nominated = Some(from);
        } else if self.is_silent(now) {
            self.leave_for(from);
        }
        Ok(proof)
    }

    /// Whether a nomination of this address counts at once.
    fn heeds(&mut self, now: Instant, address: SocketAddr) -> bool {
        let Some(known) = self.proven.iter_mut().find(|known| known.address == address) else { return false };
        match known.standing {
            Standing::Good => return true,
            Standing::Returning(since) if now < since + NOMINATION_REPEATED => return false,
            Standing::Returning(since) if now < since + NOMINATION_SILENCE => known.standing = Standing::Good,
            Standing::Left | Standing::Returning(_) => known.standing = Standing::Returning(now),
        }
        matches!(known.standing, Standing::Good)
    }

    /// Whether there is a nominated address that is not checked any more.
    fn is_silent(&self, now: Instant) -> bool {
        self.nominated
            .and(self.in_use())
            .is_some_and(|known| now.saturating_duration_since(known.checked) >= NOMINATION_SILENCE)
    }

    /// Uses an address that was just proven as if it had been nominated, instead of the silent one.
    fn leave_for(&mut self, address: SocketAddr) {
        for known in &mut self.proven {
            if known.address == address {
                known.standing = Standing::Good;
            } else if Some(known.address) == self.nominated {
                known.standing = Standing::Left;
            }
        }
        self.nominated = Some(address);
    }

    fn prove(&mut self, now: Instant, address: SocketAddr) -> Proof {
        if let Some(known) = self.proven.iter_mut().find(|known| known.address == address) {
            known.checked = now;
            return Proof { new: false, evicted: None };
        }
        let mut evicted = None;
        if self.proven.len() >= MAX_PROVEN {
            let kept = self.nominated;
            let oldest = (0..self.proven.len())
                .filter(|index| Some(self.proven[*index].address) != kept)
                .min_by_key(|index| self.proven[*index].checked);
            evicted = oldest.map(|index| self.proven.swap_remove(index).address);
        }
        self.proven.push(Proven { address, checked: now, standing: Standing::Good });
        Proof { new: true, evicted }
    }

    /// Authentic media comes from this address after a silence: the peer has moved there, and will nominate it with a later check. What it is told
    /// until then would be told to where it was. An address that is not proven changes nothing.
    pub fn follow(&mut self, address: SocketAddr) {
        if self.is_proven(address) {
            self.nominated = Some(address);
        }
    }

    /// A proven address leads nowhere any more: its TCP connection is closed. The peer may go on at any other, and needs no nomination for it.
    /// Whether it is forgotten; the only one is not, for the time of its last check is when consent was given last.
    pub fn close(&mut self, address: SocketAddr) -> bool {
        self.nominated.take_if(|nominated| *nominated == address);
        let forgotten = self.proven.len() > 1 && self.is_proven(address);
        if forgotten {
            self.proven.retain(|known| known.address != address);
        }
        forgotten
    }

    /// Whether a valid check came from this address.
    pub fn is_proven(&self, address: SocketAddr) -> bool {
        self.proven.iter().any(|known| known.address == address)
    }

    /// Every address a valid check came from.
    pub fn proven(&self) -> impl Iterator<Item = SocketAddr> {
        self.proven.iter().map(|known| known.address)
    }

    /// Where to send: the address nominated last, or the one that took its place when it fell silent; before any nomination, the
    /// address checked last (RFC 8445, section 12.1.1, lets media flow on any valid pair).
    pub fn destination(&self) -> Option<SocketAddr> {
        self.in_use().map(|known| known.address)
    }

    /// When consent ends, unless a check comes before.
    pub fn consent_until(&self) -> Option<Instant> {
        self.in_use().map(|known| known.checked + CONSENT_TIMEOUT)
    }

    fn in_use(&self) -> Option<&Proven> {
        match self.nominated {
            Some(nominated) => self.proven.iter().find(|known| known.address == nominated),
            None => self.proven.iter().max_by_key(|known| known.checked),
        }
    }
}

fn answer(message: &Message<'_>, error: Option<u16>, to: SocketAddr, key: &IntegrityKey, out: &mut Outbox) {
    const ROOM: usize = 128;
    out.write(to, ROOM, |space| match error {
        Some(code) => Writer::new(space, Class::Error, &message.transaction).error(code).finish(key),
        None => Writer::new(space, Class::Success, &message.transaction).mapped(to).finish(key),
    });
}

/// How many checks a client remembers, to know their answers.
const REMEMBERED_CHECKS: u32 = 32;

/// A client's side towards one server address: checks it again and again, nominates it at once, and answers checks of its own.
pub struct ClientAgent {
    server: SocketAddr,
    credentials: Credentials,
    /// For checks that come from there.
    inbound: Credentials,
    seed: u64,
    sent: u32,
    next: Instant,
    interval: Duration,
    answered: Option<Instant>,
}

impl ClientAgent {
    /// Checks every `interval`, the first time at `now`. `seed` makes transaction ids and the tie-breaker; no two clients of one
    /// server should share it.
    pub fn new(
        server: SocketAddr,
        local: &IceCredentials,
        remote: &IceCredentials,
        interval: Duration,
        seed: u64,
        now: Instant,
    ) -> Option<Self> {
        let (credentials, inbound) = (Credentials::new(remote, local)?, Credentials::new(local, remote)?);
        Some(ClientAgent { server, credentials, inbound, seed, sent: 0, next: now, interval, answered: None })
    }

    /// Where the server is.
    pub fn server(&self) -> SocketAddr {
        self.server
    }

    /// Checks differently often from now on.
    pub fn set_interval(&mut self, interval: Duration) {
        self.interval = interval;
    }

    /// Credentials of a new offer and its answer.
    pub fn restart(&mut self, local: &IceCredentials, remote: &IceCredentials) {
        if let (Some(new), Some(inbound)) = (Credentials::new(remote, local), Credentials::new(local, remote))
        {
            (self.credentials, self.inbound) = (new, inbound);
        }
    }

    /// Sends a check when it is time.
    pub fn poll(&mut self, now: Instant, out: &mut Outbox) {
        if now < self.next {
            return;
        }
        self.next = now + self.interval;
        let transaction = self.transaction(self.sent);
        self.sent = self.sent.wrapping_add(1);
        out.write(self.server, MAX_MESSAGE, |space| {
            Writer::new(space, Class::Request, &transaction)
                .username(&self.credentials.username)
                .controlling(self.seed)
                .use_candidate()
                .priority(REFLEXIVE_PRIORITY)
                .finish(&self.credentials.key)
        });
    }

    /// Answers a check of the server's; `false` when it is none. A lite server sends no checks (RFC 8445, section 6.1.1), but libnice
    /// does, lite or not, and takes a pair for good only when such a check was answered.
    pub fn answer(&self, from: SocketAddr, datagram: &[u8], out: &mut Outbox) -> bool {
        let Some(message) = Message::parse(datagram) else { return false };
        let theirs = message.class == Class::Request && from == self.server && self.inbound.made(&message);
        if theirs {
            answer(&message, message.unknown.then_some(UNKNOWN_ATTRIBUTE), from, &self.inbound.key, out);
        }
        theirs
    }

    /// Takes an answer.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Result<(), Refusal> {
        let message = Message::parse(datagram).ok_or(Refusal::Malformed)?;
        let [.., c0, c1, c2, c3] = message.transaction;
        let age = self.sent.wrapping_sub(u32::from_be_bytes([c0, c1, c2, c3]));
        let ours = message.transaction == self.transaction(self.sent.wrapping_sub(age))
            && (1..=REMEMBERED_CHECKS).contains(&age)
            && from == self.server
            && message.is_authentic(&self.credentials.key);
        match message.class {
            Class::Success if ours => {
                self.answered = Some(now);
                Ok(())
            }
            Class::Error if ours => Err(Refusal::Conflict),
            _ => Err(Refusal::Forged),
        }
    }

    /// Whether the server ever answered.
    pub fn is_proven(&self) -> bool {
        self.answered.is_some()
    }

    /// When the server counts as gone, unless it answers before.
    pub fn consent_until(&self) -> Option<Instant> {
        self.answered.map(|answered| answered + CONSENT_TIMEOUT)
    }

    /// When the next check is due.
    pub fn next_timeout(&self) -> Instant {
        self.next
    }

    fn transaction(&self, number: u32) -> TransactionId {
        let mut id = [0; 12];
        id[..8].copy_from_slice(&self.seed.to_be_bytes());
        id[8..].copy_from_slice(&number.to_be_bytes());
        id
    }
}

/// Of a peer-reflexive candidate, made from the recommended formula (RFC 8445, section 5.1.2.1).
const REFLEXIVE_PRIORITY: u32 = (110 << 24) | (65_535 << 8) | 255;
