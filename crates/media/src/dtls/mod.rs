//! One DTLS 1.2 association with one peer, behind a narrow face, so that another implementation can take over.
//!
//! The DTLS crate does the handshake. What is added here: everything is bounded and looked at before it gets there; the SRTP profile is
//! chosen by what the client knows; and the last flight is kept and sent again until the handshake is done, because the crate's own timer
//! stops for good when a peer repeats itself. The address is none of DTLS' business: a path may change in the middle.

mod established;
mod exported;
mod hello;
mod records;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rtc_dtls::config::HandshakeConfig;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_shared::TransportProtocol;

use crate::identity::{Identity, IdentityError};
use crate::sdp::Fingerprint;
use crate::srtp::{Keying, Profile};
use established::{Established, Heard};
use exported::{export, is_expected};
use hello::HelloReader;
use records::Summary;

/// How many datagrams one peer may send until the handshake is done, and with handshake records ever after, repetitions included. A
/// handshake has about five; at heavy loss a few dozen.
pub(crate) const MAX_HANDSHAKE_DATAGRAMS: u32 = 256;

/// The same, in bytes. The DTLS crate sets no bound to the records it keeps for later: until the handshake is done, whatever it has no
/// keys for yet, and at any time pieces of handshake messages. All of them are paid for from here, so it keeps no more than this in
/// no more than [`records::MAX_RECORDS`] allocations a datagram. Other records of a finished association it reads or drops at once.
pub(crate) const MAX_HANDSHAKE_BYTES: usize = 128 * 1024;

/// First wait before the last flight is sent again; it doubles up to [`MAX_RESEND_INTERVAL`]. RFC 6347 (section 4.2.4.1) proposes a
/// second, but the path has just been checked by ICE and people are waiting.
const MIN_RESEND_INTERVAL: Duration = Duration::from_millis(200);
const MAX_RESEND_INTERVAL: Duration = Duration::from_millis(1600);

/// A peer that repeats itself lost our flight: it gets it at once, but not more often than this.
const MIN_REPEAT_INTERVAL: Duration = Duration::from_millis(50);

/// The DTLS crate's client gives up for good after seven repetitions of a flight; it is stopped before, and ours go on.
const MAX_OWN_REPETITIONS: u32 = 6;

/// The only peer this association has, wherever it is.
const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

/// What came of a datagram or of time.
pub(crate) enum Outcome {
    /// Nothing to tell.
    Nothing,
    /// The datagram was not looked at: not DTLS 1.2, or nothing a peer in good faith would send.
    Malformed,
    /// The peer has sent more for its handshake than is good; the datagram was not looked at.
    OverBudget,
    /// The handshake is done and the peer's certificate is the one it named.
    Connected(Box<Keying>),
    /// The handshake failed, or the certificate is another.
    Failed,
    /// The peer said goodbye.
    Closed,
}

enum Role {
    /// Until the ClientHello is whole, the profile is open and there is no association.
    Server {
        hello: HelloReader,
    },
    Client {
        config: Arc<HandshakeConfig>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Handshake,
    Done,
    Over,
}

/// One association.
pub(crate) struct Dtls {
    role: Role,
    identity: Identity,
    expected: Vec<Fingerprint>,
    /// The DTLS crate's, from the whole ClientHello to the end of the handshake.
    endpoint: Option<Endpoint>,
    /// From then on.
    established: Option<Established>,
    phase: Phase,
    datagrams_left: u32,
    bytes_left: usize,
    outgoing: Vec<BytesMut>,
    last_flight: Vec<BytesMut>,
    sent_at: Option<Instant>,
    resend_interval: Duration,
    own_repetitions: u32,
}

impl Dtls {
    /// Waits for the peer's ClientHello. The peer's certificate must hash to one of `expected`.
    pub(crate) fn server(identity: &Identity, expected: Vec<Fingerprint>) -> Self {
        Dtls::new(Role::Server { hello: HelloReader::default() }, identity, expected)
    }

    /// Will offer these profiles, in this order, when started.
    pub(crate) fn client(
        identity: &Identity,
        expected: Vec<Fingerprint>,
        profiles: &[Profile],
    ) -> Result<Self, IdentityError> {
        let config = identity.client_config(profiles)?;
        Ok(Dtls::new(Role::Client { config }, identity, expected))
    }

    fn new(role: Role, identity: &Identity, expected: Vec<Fingerprint>) -> Self {
        Dtls {
            role,
            identity: identity.clone(),
            expected,
            endpoint: None,
            established: None,
            phase: Phase::Handshake,
            datagrams_left: MAX_HANDSHAKE_DATAGRAMS,
            bytes_left: MAX_HANDSHAKE_BYTES,
            outgoing: Vec::new(),
            last_flight: Vec::new(),
            sent_at: None,
            resend_interval: MIN_RESEND_INTERVAL,
            own_repetitions: 0,
        }
    }

    /// A client says hello, once; a server has nothing to do.
    pub(crate) fn start(&mut self, now: Instant) -> Outcome {
        let Role::Client { config } = &self.role else { return Outcome::Nothing };
        if self.endpoint.is_some() || self.phase != Phase::Handshake {
            return Outcome::Nothing;
        }
        let mut endpoint = Endpoint::new(PEER, TransportProtocol::UDP, None);
        let begun = endpoint.connect(now, PEER, Arc::clone(config), None);
        self.endpoint = Some(endpoint);
        self.collect_flight(now);
        if begun.is_err() { self.end(Outcome::Failed) } else { Outcome::Nothing }
    }

    /// Whether [`Dtls::receive`] may do the costly arithmetic of a handshake for this datagram. Otherwise it is dropped, or done with, cheaply.
    pub(crate) fn may_cost(&self, datagram: &[u8]) -> bool {
        self.phase == Phase::Handshake && self.can_pay(datagram) && records::inspect(datagram).is_some()
    }

    /// Whether the handshake's budget has this datagram left.
    fn can_pay(&self, datagram: &[u8]) -> bool {
        self.datagrams_left > 0 && self.bytes_left >= datagram.len()
    }

    /// Takes a datagram of the peer.
    pub(crate) fn receive(&mut self, now: Instant, datagram: &[u8]) -> Outcome {
        let Some(summary) = records::inspect(datagram) else { return Outcome::Malformed };
        if self.phase == Phase::Over {
            return Outcome::Nothing;
        }
        if summary.handshake || self.phase == Phase::Handshake {
            if !self.can_pay(datagram) {
                return Outcome::OverBudget;
            }
            self.datagrams_left -= 1;
            self.bytes_left -= datagram.len();
        }
        if self.phase == Phase::Done {
            return self.receive_later(now, datagram, summary);
        }
        if self.endpoint.is_some() {
            return self.feed(now, datagram, summary.handshake);
        }
        let Role::Server { hello } = &mut self.role else { return Outcome::Nothing };
        if !hello.take(datagram) {
            return Outcome::Nothing;
        }
        let Some(profile) = hello.profile() else { return self.end(Outcome::Failed) };
        let config = self.identity.server_config(profile);
        let held = hello.release();
        self.endpoint = Some(Endpoint::new(PEER, TransportProtocol::UDP, Some(config)));
        let mut outcome = Outcome::Nothing;
        for datagram in held {
            outcome = self.feed(now, &datagram, true);
        }
        outcome
    }

    /// After the handshake: a repeated flight, or a goodbye. Only a sealed alert is the peer's own word; all else may come from anybody.
    fn receive_later(&mut self, now: Instant, datagram: &[u8], summary: Summary) -> Outcome {
        if summary.handshake {
            self.repeat_for_peer(now);
        }
        let Some(established) = self.established.as_mut().filter(|_| summary.sealed_alert) else {
            return Outcome::Nothing;
        };
        match established.hear(now, &self.identity, datagram) {
            Heard::Goodbye => {
                self.outgoing.push(established.goodbye());
                self.end(Outcome::Closed)
            }
            Heard::Nothing => Outcome::Nothing,
            Heard::OverBudget => Outcome::OverBudget,
        }
    }

    fn feed(&mut self, now: Instant, datagram: &[u8], handshake: bool) -> Outcome {
        let Some(endpoint) = &mut self.endpoint else { return Outcome::Nothing };
        let result = endpoint.read(now, PEER, None, BytesMut::from(datagram));
        let answered = self.collect_flight(now);
        match result {
            Ok(events) => self.settle(now, &events).unwrap_or_else(|| {
                if handshake && !answered {
                    self.repeat_for_peer(now);
                }
                Outcome::Nothing
            }),
            Err(_) => self.end(Outcome::Failed),
        }
    }

    fn settle(&mut self, now: Instant, events: &[EndpointEvent]) -> Option<Outcome> {
        if events.iter().any(|event| matches!(event, EndpointEvent::PeerClosed)) {
            return Some(self.end(Outcome::Failed));
        }
        if !events.iter().any(|event| matches!(event, EndpointEvent::HandshakeComplete)) {
            return None;
        }
        let state = self.endpoint.as_ref().and_then(|endpoint| endpoint.get_connection_state(PEER));
        let keying = state.filter(|state| is_expected(state, &self.expected)).and_then(export);
        let Some(keying) = keying else {
            self.close(now);
            return Some(Outcome::Failed);
        };
        self.established = self.endpoint.take().and_then(|endpoint| Established::new(now, endpoint));
        if self.established.is_none() {
            return Some(self.end(Outcome::Failed));
        }
        self.phase = Phase::Done;
        self.expected = Vec::new();
        self.last_flight.shrink_to_fit();
        Some(Outcome::Connected(Box::new(keying)))
    }

    /// Sends again what may have been lost.
    pub(crate) fn poll(&mut self, now: Instant) -> Outcome {
        if self.next_timeout().is_none_or(|due| now < due) {
            return Outcome::Nothing;
        }
        self.repeat(now);
        self.resend_interval = (self.resend_interval * 2).min(MAX_RESEND_INTERVAL);
        self.repeat_freshly(now)
    }

    /// When [`Dtls::poll`] has something to do.
    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        // A HelloVerifyRequest has no timer (RFC 6347, section 4.2.1): the client's repeated hello brings it again.
        let first = self.last_flight.first()?;
        if self.phase != Phase::Handshake || records::is_hello_verify_request(first) {
            return None;
        }
        self.sent_at.map(|sent| sent + self.resend_interval)
    }

    fn repeat_for_peer(&mut self, now: Instant) {
        let rested = self.sent_at.is_none_or(|sent| now >= sent + MIN_REPEAT_INTERVAL);
        // Only one side may do so, or the two would go on answering repetitions with repetitions. The server goes on after it is done: its
        // last flight may be what the client misses (RFC 6347, section 4.2.4).
        if matches!(self.role, Role::Server { .. }) && rested {
            self.repeat(now);
        }
    }

    fn repeat(&mut self, now: Instant) {
        self.outgoing.extend(self.last_flight.iter().cloned());
        self.sent_at = Some(now);
    }

    /// Somebody else's server sees verbatim repetitions as replays and may not notice that its answer was lost, so a client's crate makes
    /// new records too.
    fn repeat_freshly(&mut self, now: Instant) -> Outcome {
        let (Role::Client { .. }, Some(endpoint)) = (&self.role, &mut self.endpoint) else {
            return Outcome::Nothing;
        };
        let due = endpoint.poll_timeout(&PEER).is_some_and(|due| now >= due);
        if !due || self.own_repetitions >= MAX_OWN_REPETITIONS {
            return Outcome::Nothing;
        }
        self.own_repetitions += 1;
        let repetitions = self.own_repetitions;
        if endpoint.handle_timeout(PEER, now).is_err() {
            return self.end(Outcome::Failed);
        }
        self.collect_flight(now);
        self.own_repetitions = repetitions;
        Outcome::Nothing
    }

    /// Takes what the crate wants sent, and keeps it as the last flight until the handshake is done.
    fn collect_flight(&mut self, now: Instant) -> bool {
        let Some(endpoint) = &mut self.endpoint else { return false };
        let first = self.outgoing.len();
        while let Some(transmit) = endpoint.poll_transmit() {
            self.outgoing.push(transmit.message);
        }
        let flight = &self.outgoing[first..];
        if flight.is_empty() {
            return false;
        }
        if self.phase == Phase::Handshake {
            self.last_flight = flight.to_vec();
            self.sent_at = Some(now);
            self.resend_interval = MIN_RESEND_INTERVAL;
            self.own_repetitions = 0;
        }
        true
    }

    /// Takes every datagram that is to be sent, in order.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = BytesMut> + use<> {
        // Taken whole: after the handshake nobody needs room for another flight.
        std::mem::take(&mut self.outgoing).into_iter()
    }

    /// Says goodbye.
    pub(crate) fn close(&mut self, now: Instant) {
        if let Some(endpoint) = &mut self.endpoint {
            let _ = endpoint.stop(now, PEER);
        }
        if let (Some(established), Phase::Done) = (&self.established, self.phase) {
            self.outgoing.push(established.goodbye());
        }
        self.phase = Phase::Over;
        self.collect_flight(now);
    }

    fn end(&mut self, outcome: Outcome) -> Outcome {
        self.phase = Phase::Over;
        self.last_flight.clear();
        outcome
    }
}
