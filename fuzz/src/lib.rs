//! What fuzz targets and the replay of their corpora call: one function for each thing that is read before anybody is authenticated.
//!
//! Each says whether the input was good, and panics where a promise is broken that holds for any input.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::sdp::{IceCredentials, Local, Session, SlotSsrc, SourceMids, answer, limits, negotiate};
use media::stun::{IntegrityKey, Message, local_ufrag_of};
use media::synthetic::{Offering, Peer, Shape, fingerprint_text};
use media::{Command, Engine, Identity, Kind, Mid, Outbox, PeerId, WorkerId};
use signaling::ClientMessage;

/// With which the good STUN of the corpus is made.
pub const PASSWORD: &str = "the+password+of+the+corpus";

/// A datagram that begins like STUN. Good: a Binding message that is made with [`PASSWORD`].
pub fn stun(data: &[u8]) -> bool {
    let ufrag = local_ufrag_of(data);
    let Some(message) = Message::parse(data) else { return false };
    if let (Some(ufrag), Some(name)) = (ufrag, message.username) {
        assert!(name.starts_with(ufrag), "routed by {ufrag}, and checked as {name}");
    }
    IntegrityKey::new(PASSWORD).is_some_and(|key| message.is_authentic(&key))
}

/// An SDP offer, with the lowest mids said to be the sources. Good: it is answered.
pub fn offer(data: &[u8]) -> bool {
    let Ok(offer) = std::str::from_utf8(data) else { return false };
    let all = SourceMids { mic: Mid::new("0"), camera: Mid::new("1"), screen: Mid::new("2") };
    let answered = [all, SourceMids::default()].map(|sources| negotiated(offer, &sources));
    answered.contains(&true)
}

fn negotiated(offer: &str, sources: &SourceMids) -> bool {
    let ice = IceCredentials { ufrag: "fuzz".to_owned(), pwd: PASSWORD.to_owned() };
    let fingerprint = format!("sha-256 {}", ["AB"; 32].join(":"));
    let candidates = [SocketAddr::from(([127, 0, 0, 1], 7000))];
    let local = Local { ice, fingerprint: &fingerprint, candidates: &candidates, session_id: 1 };
    let ssrc = |_: &Mid, _: Kind| SlotSsrc { media: 1, rtx: 2 };
    let Ok(made) = negotiate(offer, sources, &local, ssrc) else { return false };
    let Session { upstream, slots, .. } = &made.session;
    assert!(upstream.len() + slots.len() <= limits::MAX_SECTIONS, "more tracks than an offer may have");
    let read = answer::read(&made.answer);
    assert!(read.is_ok(), "an answer nobody can read: {read:?}");
    true
}

/// A frame of a page that has not said hello. Good: it is a message of the protocol.
pub fn frame(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    if text.len() > signaling::limits::MESSAGE_BYTES {
        return false;
    }
    let Ok(message) = serde_json::from_str::<ClientMessage>(text) else { return false };
    let written = serde_json::to_string(&message).unwrap_or_default();
    let again = serde_json::from_str::<ClientMessage>(&written).ok();
    assert!(again.as_ref() == Some(&message), "{message:?} is written as {written}");
    true
}

/// Datagrams at the port of an engine, each behind two bytes that say how long it is, from three addresses in turn: one
/// that nothing came from yet, one that was proven and whose handshake is under way, and one of a peer that is connected. Good: the engine
/// answers any of them.
///
/// Whatever comes, the engine says nothing but STUN to a stranger, and the connected peer stays connected and is answered.
pub fn datagrams(data: &[u8]) -> bool {
    let mut harness = Harness::new();
    let mut answered = false;
    let mut rest = data;
    for turn in 0..MAX_DATAGRAMS {
        let Some((length, after)) = rest.split_first_chunk() else { break };
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (datagram, after) = after.split_at(length);
        rest = after;
        answered |= harness.take(ADDRESSES[turn % ADDRESSES.len()], datagram);
    }
    harness.connected_peer_is_answered();
    answered
}

const MAX_DATAGRAMS: usize = 64;
const STRANGER: SocketAddr = address(1);
const SHAKING: SocketAddr = address(2);
const CONNECTED: SocketAddr = address(3);
const ADDRESSES: [SocketAddr; 3] = [STRANGER, SHAKING, CONNECTED];
const SERVER: SocketAddr = address(9);
/// A peer that is connected checks again after this, at the latest.
const NEXT_CHECK: Duration = Duration::from_secs(3);
const STEP: Duration = Duration::from_millis(50);

const fn address(last: u8) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, last)), 4000)
}

/// An engine with a peer whose handshake waits, and one that is connected.
struct Harness {
    now: Instant,
    engine: Engine,
    connected: Peer,
}

impl Harness {
    fn new() -> Harness {
        let now = Instant::now();
        let identity = identity();
        let mut engine = Engine::new(WorkerId(0), identity.clone(), now);
        let mut shaking = invite(&mut engine, &identity, 1, now);
        let connected = invite(&mut engine, &identity, 2, now);
        let mut harness = Harness { now, engine, connected };
        let mut out = Outbox::new();
        // Its first check alone proves the address; the engine's half of the handshake is under way from there on.
        shaking.poll(now, &mut out);
        for (_, datagram) in out.datagrams() {
            harness.take(SHAKING, datagram);
        }
        for _ in 0..40 {
            harness.exchange();
        }
        assert!(harness.connected.is_connected(), "the harness itself does not connect");
        harness
    }

    /// One datagram; whether anything was answered.
    fn take(&mut self, from: SocketAddr, datagram: &[u8]) -> bool {
        self.engine.datagram(self.now, from, &mut datagram.to_vec());
        while self.engine.flush(self.now) {}
        let mut answered = false;
        for (to, bytes) in self.engine.outbox().datagrams() {
            answered = true;
            assert!(
                to != STRANGER || bytes.first().is_some_and(|first| *first < 4),
                "a stranger is sent {bytes:02x?}"
            );
        }
        self.engine.outbox_mut().clear();
        answered
    }

    /// Time passes, and the connected peer and the engine hear each other.
    fn exchange(&mut self) {
        self.now += STEP;
        let mut out = Outbox::new();
        self.connected.poll(self.now, &mut out);
        for _ in 0..20 {
            for (_, bytes) in out.datagrams() {
                self.engine.datagram(self.now, CONNECTED, &mut bytes.to_vec());
            }
            out.clear();
            self.engine.poll(self.now);
            while self.engine.flush(self.now) {}
            let sent: Vec<_> =
                self.engine.outbox().datagrams().map(|(to, bytes)| (to, bytes.to_vec())).collect();
            self.engine.outbox_mut().clear();
            for (_, mut bytes) in sent.into_iter().filter(|(to, _)| *to == CONNECTED) {
                self.connected.receive(self.now, SERVER, &mut bytes, &mut out, |_| {});
            }
            if out.is_empty() {
                break;
            }
        }
    }

    fn connected_peer_is_answered(&mut self) {
        // Whoever knows the other peer's password may have claimed its address: its next check claims it back.
        self.now += NEXT_CHECK;
        self.exchange();
        let before = self.engine.counters().upstream;
        for _ in 0..3 {
            let mut out = Outbox::new();
            self.connected.send_sound(b"still here", 960, &mut out);
            for (_, bytes) in out.datagrams() {
                self.engine.datagram(self.now, CONNECTED, &mut bytes.to_vec());
            }
        }
        let after = self.engine.counters().upstream;
        assert_eq!(
            after.received(Kind::Audio),
            before.received(Kind::Audio) + 3,
            "the connected peer is not heard"
        );
    }
}

fn identity() -> Identity {
    use std::sync::OnceLock;
    static IDENTITY: OnceLock<Identity> = OnceLock::new();
    IDENTITY.get_or_init(|| Identity::generate().unwrap_or_else(|error| panic!("{error}"))).clone()
}

/// Has the engine expect a peer. `seed` makes its credentials, so that a corpus can hold its checks.
fn invite(engine: &mut Engine, identity: &Identity, seed: u64, now: Instant) -> Peer {
    let shape = Shape { seed, mic: true, camera: true, screen: false, audio_slots: 1, video_slots: 1 };
    let offering = Offering::new(shape, identity);
    let fingerprint = fingerprint_text(identity);
    let ice = IceCredentials { ufrag: format!("srv{seed}"), pwd: PASSWORD.to_owned() };
    let local = Local { ice, fingerprint: &fingerprint, candidates: &[SERVER], session_id: seed };
    let mut ssrcs = 0;
    let slot = |_: &Mid, _: Kind| {
        ssrcs += 2;
        SlotSsrc { media: ssrcs, rtx: ssrcs + 1 }
    };
    let made = negotiate(&offering.written.offer, &offering.written.sources, &local, slot);
    let made = made.unwrap_or_else(|error| panic!("a synthetic offer is refused: {error}"));
    let peer = PeerId { worker: WorkerId(0), serial: seed as u32 };
    engine.command(now, Command::AddPeer { peer, session: Box::new(made.session) });
    let connecting = offering.answered(&made.answer, None, identity, now);
    connecting.unwrap_or_else(|error| panic!("an answer cannot be used: {error}"))
}
