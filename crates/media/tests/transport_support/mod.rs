//! A server's and a client's transport with a wire between them, in virtual time.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

use std::collections::BinaryHeap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::sdp::{Fingerprint, HeaderExtensions, IceCredentials, Session};
use media::srtp::Profile;
use media::transport::ClientParameters;
use media::{Identity, Outbox, Received, Transport, TransportEvent};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

pub const SERVER: &str = "192.0.2.1:3478";
pub const CLIENT: &str = "198.51.100.7:50000";
const LATENCY: Duration = Duration::from_millis(20);

pub fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub fn credentials(name: &str) -> IceCredentials {
    IceCredentials { ufrag: format!("{name}Ufrag"), pwd: format!("{name}PasswordOfTwentyTwoCharacters") }
}

pub fn session(fingerprint: &Fingerprint) -> Session {
    Session {
        local_ice: credentials("server"),
        remote_ice: credentials("client"),
        fingerprints: vec![fingerprint.clone()],
        extensions: HeaderExtensions::default(),
        upstream: Vec::new(),
        slots: Vec::new(),
    }
}

pub fn parameters(fingerprint: &Fingerprint) -> ClientParameters {
    ClientParameters {
        server: address(SERVER),
        local_ice: credentials("client"),
        remote_ice: credentials("server"),
        fingerprints: vec![fingerprint.clone()],
        profiles: vec![Profile::Aes128CmHmacSha1_80, Profile::AeadAes128Gcm],
        seed: 7,
    }
}

#[derive(PartialEq, Eq)]
struct InFlight {
    arrives: Instant,
    number: u64,
    to_server: bool,
    datagram: Vec<u8>,
}

impl Ord for InFlight {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (other.arrives, other.number).cmp(&(self.arrives, self.number))
    }
}

impl PartialOrd for InFlight {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Two transports and the wire between them.
pub struct Pair {
    pub now: Instant,
    pub server: Transport,
    pub client: Transport,
    /// Where the client's datagrams seem to come from.
    pub client_address: SocketAddr,
    /// Share of datagrams lost, both ways.
    pub loss: f64,
    pub server_events: Vec<TransportEvent>,
    pub client_events: Vec<TransportEvent>,
    /// What arrived, opened.
    pub server_media: Vec<Vec<u8>>,
    pub client_media: Vec<Vec<u8>>,
    /// Every datagram put on the wire, with whether it goes to the server.
    pub seen: Vec<(bool, Vec<u8>)>,
    random: StdRng,
    wire: BinaryHeap<InFlight>,
    number: u64,
}

impl Pair {
    pub fn new(seed: u64) -> Self {
        Pair::with(seed, |_| {}, |_| {})
    }

    /// A pair whose session and parameters are adjusted first.
    pub fn with(
        seed: u64,
        adjust_session: impl FnOnce(&mut Session),
        adjust_parameters: impl FnOnce(&mut ClientParameters),
    ) -> Self {
        let now = Instant::now();
        let (server, client) = identities();
        let mut session = session(client.fingerprint());
        adjust_session(&mut session);
        let mut parameters = parameters(server.fingerprint());
        adjust_parameters(&mut parameters);
        Pair {
            now,
            server: Transport::server(&session, server, now).unwrap(),
            client: Transport::client(&parameters, client, now).unwrap(),
            client_address: address(CLIENT),
            loss: 0.0,
            server_events: Vec::new(),
            client_events: Vec::new(),
            server_media: Vec::new(),
            client_media: Vec::new(),
            seen: Vec::new(),
            random: StdRng::seed_from_u64(seed),
            wire: BinaryHeap::new(),
            number: 0,
        }
    }

    pub fn connected(seed: u64) -> Self {
        let mut pair = Pair::new(seed);
        pair.run(Duration::from_secs(2));
        assert!(pair.both_connected());
        pair
    }

    pub fn both_connected(&self) -> bool {
        self.server.is_connected() && self.client.is_connected()
    }

    /// Lets time pass.
    pub fn run(&mut self, for_how_long: Duration) {
        let end = self.now + for_how_long;
        self.run_until(end, |_| false);
        self.now = end;
    }

    /// Lets time pass until a moment or a condition; whether the condition came true.
    pub fn run_until(&mut self, end: Instant, done: impl Fn(&Pair) -> bool) -> bool {
        loop {
            self.poll();
            if done(self) {
                return true;
            }
            let arrival = self.wire.peek().map(|next| next.arrives);
            let timeouts = [self.server.next_timeout(), self.client.next_timeout(), arrival];
            match timeouts.into_iter().flatten().min() {
                Some(next) if next <= end => self.now = self.now.max(next),
                _ => return false,
            }
            while self.wire.peek().is_some_and(|next| next.arrives <= self.now) {
                let next = self.wire.pop().unwrap();
                self.deliver(next);
            }
        }
    }

    fn poll(&mut self) {
        let mut out = Outbox::new();
        self.client.poll(self.now, &mut out);
        self.send(&out, true);
        out.clear();
        self.server.poll(self.now, &mut out);
        self.send(&out, false);
        self.take_events();
    }

    fn deliver(&mut self, mut next: InFlight) {
        let mut out = Outbox::new();
        let from = if next.to_server { self.client_address } else { address(SERVER) };
        let (receiver, media) = if next.to_server {
            (&mut self.server, &mut self.server_media)
        } else {
            (&mut self.client, &mut self.client_media)
        };
        match receiver.receive(self.now, from, &mut next.datagram, &mut out) {
            Received::Rtp(packet) | Received::Rtcp(packet) => media.push(packet.to_vec()),
            Received::Nothing => {}
        }
        self.send(&out, !next.to_server);
        self.take_events();
    }

    /// Puts datagrams on the wire. The server's reach the client only at the address where it is now.
    pub fn send(&mut self, out: &Outbox, to_server: bool) {
        for (to, datagram) in out.datagrams() {
            self.seen.push((to_server, datagram.to_vec()));
            let astray = !to_server && to != self.client_address;
            if astray || self.random.random_bool(self.loss) {
                continue;
            }
            self.number += 1;
            self.wire.push(InFlight {
                arrives: self.now + LATENCY,
                number: self.number,
                to_server,
                datagram: datagram.to_vec(),
            });
        }
    }

    fn take_events(&mut self) {
        self.server_events.extend(std::iter::from_fn(|| self.server.take_event()));
        self.client_events.extend(std::iter::from_fn(|| self.client.take_event()));
    }
}

/// One identity for all servers and one for all clients of a test binary: making them takes long.
pub fn identities() -> (&'static Identity, &'static Identity) {
    static IDENTITIES: std::sync::OnceLock<(Identity, Identity)> = std::sync::OnceLock::new();
    let (server, client) =
        IDENTITIES.get_or_init(|| (Identity::generate().unwrap(), Identity::generate().unwrap()));
    (server, client)
}

/// A plain RTP packet.
pub fn rtp(ssrc: u32, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 96];
    packet.extend(sequence.to_be_bytes());
    packet.extend(1000_u32.to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend(payload);
    packet
}

/// A receiver report of no streams.
pub fn rtcp(ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 201, 0, 1];
    packet.extend(ssrc.to_be_bytes());
    packet
}

/// Seals one RTP packet for the other side.
pub fn sealed(transport: &mut Transport, packet: &[u8]) -> Vec<u8> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + 20, 0);
    let length = transport.seal_rtp(&mut buffer, packet.len()).unwrap();
    buffer.truncate(length);
    buffer
}
