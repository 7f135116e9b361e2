//! The way to one peer and from it: ICE proves where it is, DTLS who it is, SRTP keeps the rest out.
//!
//! Datagrams are told apart by their first byte (RFC 7983). Nothing but a STUN message is looked at when it comes from an address that no
//! valid check came from, and no media goes anywhere before the handshake is done.

mod client;
mod drops;
mod event;
mod sealing;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::dtls::{Dtls, Outcome};
use crate::ice::{ClientAgent, LiteAgent, Proof, Refusal};
use crate::identity::{Identity, IdentityError};
use crate::sdp::{IceCredentials, Session};
use crate::srtp::{Keying, Opener, RtcpOpener, RtcpSealer, Sealer};
use crate::{Loss, MAX_DATAGRAM, Outbox};
pub use client::ClientParameters;
pub use drops::Drops;
pub use event::{Received, TransportEvent};

/// A peer that has not done ICE and DTLS after this long never will.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(30);

/// Why there is no transport.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The ICE credentials cannot be used. The peer's fault, or that of whoever made the server's.
    #[error("unusable ICE credentials")]
    Credentials,
    /// DTLS cannot be set up. A bug, or the machine's fault.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

enum Agent {
    Lite(LiteAgent),
    Client(ClientAgent),
}

struct Srtp {
    sealer: Sealer,
    opener: Opener,
    rtcp_sealer: RtcpSealer,
    rtcp_opener: RtcpOpener,
}

impl Srtp {
    fn new(keying: &Keying) -> Option<Self> {
        Some(Srtp {
            sealer: Sealer::new(keying)?,
            opener: Opener::new(keying)?,
            rtcp_sealer: RtcpSealer::new(keying)?,
            rtcp_opener: RtcpOpener::new(keying)?,
        })
    }
}

/// One peer's transport. Time and datagrams come in by arguments; datagrams to be sent lie in the [`Outbox`] afterwards.
pub struct Transport {
    agent: Agent,
    dtls: Dtls,
    srtp: Option<Srtp>,
    deadline: Instant,
    over: bool,
    events: VecDeque<TransportEvent>,
    drops: Drops,
    checked: Option<SocketAddr>,
}

impl Transport {
    /// The server's side: waits for the peer's checks and its handshake.
    ///
    /// # Errors
    ///
    /// [`TransportError::Credentials`] when the session's ICE credentials cannot be used.
    pub fn server(session: &Session, identity: &Identity, now: Instant) -> Result<Self, TransportError> {
        let agent =
            LiteAgent::new(&session.local_ice, &session.remote_ice).ok_or(TransportError::Credentials)?;
        let dtls = Dtls::server(identity, session.fingerprints.clone());
        Ok(Transport::new(Agent::Lite(agent), dtls, now))
    }

    fn new(agent: Agent, dtls: Dtls, now: Instant) -> Self {
        Transport {
            agent,
            dtls,
            srtp: None,
            deadline: now + HANDSHAKE_TIMEOUT,
            over: false,
            events: VecDeque::new(),
            drops: Drops::default(),
            checked: None,
        }
    }

    /// New credentials of a new offer and its answer; DTLS and SRTP stay (RFC 8445, section 9). The same ones change nothing.
    pub fn restart_ice(&mut self, local: &IceCredentials, remote: &IceCredentials) {
        match &mut self.agent {
            Agent::Lite(agent) => agent.restart(local, remote),
            Agent::Client(agent) => agent.restart(local, remote),
        }
    }

    /// Whether a datagram of the peer may cost the arithmetic of a handshake, hundreds of times any other's. True only for
    /// as long as nothing is received.
    pub(crate) fn may_cost(&self, datagram: &[u8]) -> bool {
        // RFC 7983, section 7.
        let is_dtls = matches!(datagram.first(), Some(20..64));
        is_dtls && !self.over && datagram.len() <= MAX_DATAGRAM && self.dtls.may_cost(datagram)
    }

    /// Takes one datagram. Answers go into `out`; what came of it may also be in [`Transport::take_event`].
    pub fn receive<'a>(
        &mut self,
        now: Instant,
        from: SocketAddr,
        datagram: &'a mut [u8],
        out: &mut Outbox,
    ) -> Received<'a> {
        if self.over {
            return Received::Nothing;
        }
        if datagram.len() > MAX_DATAGRAM {
            self.drops.oversize += 1;
            return Received::Nothing;
        }
        let Some(&first) = datagram.first() else { return Received::Nothing };
        if first < 4 {
            self.receive_stun(now, from, datagram, out);
            return Received::Nothing;
        }
        if !self.is_proven(from) {
            self.drops.unproven += 1;
            return Received::Nothing;
        }
        match first {
            20..64 => {
                let outcome = self.dtls.receive(now, datagram);
                self.settle(outcome, out);
                Received::Nothing
            }
            128..192 => self.receive_media(datagram),
            _ => {
                self.drops.malformed += 1;
                Received::Nothing
            }
        }
    }

    fn receive_stun(&mut self, now: Instant, from: SocketAddr, datagram: &[u8], out: &mut Outbox) {
        let result = match &mut self.agent {
            Agent::Lite(agent) => agent.check(now, from, datagram, out),
            // It proves nothing: only an answer to our own check shows that the server gets what we send.
            Agent::Client(agent) if agent.answer(from, datagram, out) => return,
            Agent::Client(agent) => {
                let new = !agent.is_proven();
                agent.receive(now, from, datagram).map(|()| Proof { new, evicted: None })
            }
        };
        match result {
            Ok(Proof { new, evicted }) => {
                self.checked = Some(from);
                self.events.extend(evicted.map(TransportEvent::Retired));
                if new {
                    self.events.push_back(TransportEvent::Proven(from));
                    let outcome = self.dtls.start(now);
                    self.settle(outcome, out);
                }
            }
            Err(Refusal::Malformed) => self.drops.stun_malformed += 1,
            Err(Refusal::Forged) => self.drops.stun_forged += 1,
            Err(Refusal::Conflict) => self.drops.stun_conflicts += 1,
        }
    }

    fn receive_media<'a>(&mut self, datagram: &'a mut [u8]) -> Received<'a> {
        let Some(srtp) = &mut self.srtp else {
            self.drops.early += 1;
            return Received::Nothing;
        };
        // RTP and RTCP share the port: packet types 192 to 223 are RTCP's (RFC 5761, section 4).
        let result = if matches!(datagram.get(1), Some(192..=223)) {
            srtp.rtcp_opener.open(datagram).map(|length| Received::Rtcp(&mut datagram[..length]))
        } else {
            srtp.opener.open(datagram).map(|payload| Received::Rtp(&mut datagram[..payload.end]))
        };
        result.unwrap_or_else(|error| {
            self.drops.count(error);
            Received::Nothing
        })
    }

    fn settle(&mut self, outcome: Outcome, out: &mut Outbox) {
        match outcome {
            Outcome::Nothing => {}
            Outcome::Malformed => self.drops.dtls_malformed += 1,
            Outcome::OverBudget => self.drops.dtls_over_budget += 1,
            Outcome::Connected(keying) => self.connect(&keying),
            Outcome::Failed => self.lose(Loss::HandshakeFailed),
            Outcome::Closed => self.lose(Loss::Closed),
        }
        self.flush_dtls(out);
    }

    fn connect(&mut self, keying: &Keying) {
        self.srtp = Srtp::new(keying);
        if self.srtp.is_none() {
            return self.lose(Loss::HandshakeFailed);
        }
        if let Agent::Client(agent) = &mut self.agent {
            agent.set_interval(client::CONSENT_INTERVAL);
        }
        self.events.push_back(TransportEvent::Connected);
    }

    fn lose(&mut self, why: Loss) {
        self.over = true;
        self.srtp = None;
        self.events.push_back(TransportEvent::Lost(why));
    }

    fn flush_dtls(&mut self, out: &mut Outbox) {
        if let Some(to) = self.destination() {
            self.dtls.drain().for_each(|datagram| out.push(to, &datagram));
        }
    }

    /// Does what time demands: repetitions, a client's checks, giving up.
    pub fn poll(&mut self, now: Instant, out: &mut Outbox) {
        if self.over {
            return;
        }
        if let Agent::Client(agent) = &mut self.agent {
            agent.poll(now, out);
        }
        let outcome = self.dtls.poll(now);
        self.settle(outcome, out);
        if self.over {
            return;
        }
        match self.ends_at() {
            Some((at, why)) if now >= at => self.lose(why),
            _ => {}
        }
    }

    /// When the peer is given up, unless something good happens before.
    fn ends_at(&self) -> Option<(Instant, Loss)> {
        if self.srtp.is_none() {
            return Some((self.deadline, Loss::NeverConnected));
        }
        let consent = match &self.agent {
            Agent::Lite(agent) => agent.consent_until(),
            Agent::Client(agent) => agent.consent_until(),
        };
        consent.map(|until| (until, Loss::ConsentExpired))
    }

    /// When [`Transport::poll`] has to be called, at the latest; earlier does no harm. It may move whenever anything else is called.
    pub fn next_timeout(&self) -> Option<Instant> {
        if self.over {
            return None;
        }
        let check = match &self.agent {
            Agent::Lite(_) => None,
            Agent::Client(agent) => Some(agent.next_timeout()),
        };
        let end = self.ends_at().map(|(at, _)| at);
        [end, check, self.dtls.next_timeout()].into_iter().flatten().min()
    }

    /// Where the peer is to be sent to; see [`LiteAgent::destination`].
    pub fn destination(&self) -> Option<SocketAddr> {
        match &self.agent {
            Agent::Lite(agent) => agent.destination(),
            Agent::Client(agent) => Some(agent.server()),
        }
    }

    /// Whether datagrams from this address are this peer's.
    pub fn is_proven(&self, address: SocketAddr) -> bool {
        match &self.agent {
            Agent::Lite(agent) => agent.is_proven(address),
            Agent::Client(agent) => agent.is_proven() && agent.server() == address,
        }
    }

    /// All addresses whose datagrams are this peer's; changes are also told by [`TransportEvent::Proven`] and
    /// [`TransportEvent::Retired`].
    pub fn proven(&self) -> impl Iterator<Item = SocketAddr> {
        let (lite, client) = match &self.agent {
            Agent::Lite(agent) => (Some(agent.proven()), None),
            Agent::Client(agent) => (None, agent.is_proven().then(|| agent.server())),
        };
        lite.into_iter().flatten().chain(client)
    }

    /// The address that the last valid check came from, once for each: its datagrams are this peer's from now on, though they may have
    /// been another's in between.
    pub fn take_checked(&mut self) -> Option<SocketAddr> {
        self.checked.take()
    }

    /// The peer's media comes from there after a silence; see [`LiteAgent::follow`].
    pub fn follow(&mut self, path: SocketAddr) {
        if let Agent::Lite(agent) = &mut self.agent {
            agent.follow(path);
        }
    }

    /// A path is closed for good; see [`LiteAgent::close`]. A client has one path, and finds out by itself.
    pub fn path_closed(&mut self, path: SocketAddr) {
        if let Agent::Lite(agent) = &mut self.agent
            && agent.close(path)
        {
            self.events.push_back(TransportEvent::Retired(path));
        }
    }

    /// Whether media may flow.
    pub fn is_connected(&self) -> bool {
        self.srtp.is_some()
    }

    /// The next event, oldest first. To be taken until there is none after each [`Transport::receive`] and [`Transport::poll`].
    pub fn take_event(&mut self) -> Option<TransportEvent> {
        self.events.pop_front()
    }

    /// Says goodbye to the peer (DTLS close_notify) and ends. Tells no event.
    pub fn close(&mut self, now: Instant, out: &mut Outbox) {
        if !self.over {
            self.over = true;
            self.srtp = None;
            self.dtls.close(now);
            self.flush_dtls(out);
        }
    }

    /// What was dropped, and why, since the beginning.
    pub fn drops(&self) -> Drops {
        self.drops
    }
}
