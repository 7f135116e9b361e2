//! Two transports that find and trust each other, over a wire that loses, moves and lies.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

mod transport_support;

use std::time::Duration;

use media::ice::CONSENT_TIMEOUT;
use media::sdp::Fingerprint;
use media::srtp::Profile;
use media::stun::{Class, IntegrityKey, Message, Writer};
use media::transport::HANDSHAKE_TIMEOUT;
use media::{Loss, Outbox, Received, TransportEvent};
use transport_support::{CLIENT, Pair, address, credentials, rtcp, rtp, sealed};

const GCM_TAG: usize = 16;
const CM_TAG: usize = 10;

#[test]
fn a_client_connects_and_media_flows_both_ways() {
    let mut pair = Pair::connected(1);
    assert_eq!(pair.server_events, [TransportEvent::Proven(address(CLIENT)), TransportEvent::Connected]);
    assert_eq!(pair.server.destination(), Some(address(CLIENT)));

    let up = rtp(1, 10, b"upwards");
    let mut out = Outbox::new();
    let datagram = sealed(&mut pair.client, &up);
    out.push(address(transport_support::SERVER), &datagram);
    pair.send(&out, true);
    out.clear();
    let down = rtp(2, 20, b"downwards");
    let datagram = sealed(&mut pair.server, &down);
    out.push(address(CLIENT), &datagram);
    pair.server.seal_rtcp(&rtcp(2), &mut out);
    pair.send(&out, false);
    pair.run(Duration::from_millis(100));
    assert_eq!(pair.server_media, [up]);
    assert_eq!(pair.client_media, [down, rtcp(2)]);
}

#[test]
fn gcm_is_taken_though_the_client_lists_it_last() {
    let mut pair = Pair::connected(2);
    let packet = rtp(1, 1, &[0; 100]);
    assert_eq!(sealed(&mut pair.server, &packet).len(), packet.len() + GCM_TAG);
}

#[test]
fn a_client_without_gcm_gets_counter_mode() {
    let mut pair =
        Pair::with(3, |_| {}, |parameters| parameters.profiles = vec![Profile::Aes128CmHmacSha1_80]);
    pair.run(Duration::from_secs(2));
    assert!(pair.both_connected());
    let packet = rtp(1, 1, &[0; 100]);
    let mut datagram = sealed(&mut pair.client, &packet);
    assert_eq!(datagram.len(), packet.len() + CM_TAG);
    let received = pair.server.receive(pair.now, address(CLIENT), &mut datagram, &mut Outbox::new());
    assert_eq!(received, Received::Rtp(&mut packet.clone()));
}

#[test]
fn a_hundred_of_a_hundred_handshakes_survive_loss_of_a_fifth() {
    const BOUND: Duration = Duration::from_secs(15);
    for seed in 0..100 {
        let mut pair = Pair::new(seed);
        pair.loss = 0.2;
        let end = pair.now + BOUND;
        assert!(pair.run_until(end, Pair::both_connected), "handshake {seed} did not end");
    }
}

#[test]
fn a_server_repeats_its_flight_when_the_first_one_is_lost() {
    let mut pair = Pair::new(4);
    let is_server_hello = |pair: &Pair| {
        pair.seen.iter().any(|(to_server, datagram)| !to_server && datagram[0] == 22 && datagram.len() > 400)
    };
    let end = pair.now + Duration::from_secs(2);
    assert!(pair.run_until(end, is_server_hello));
    // That flight, and all that the client says about it, is lost for a while.
    pair.loss = 1.0;
    pair.run(Duration::from_secs(10));
    pair.loss = 0.0;
    pair.run(Duration::from_secs(4));
    assert!(pair.both_connected());
}

#[test]
fn a_certificate_that_signalling_did_not_name_is_refused() {
    let other = Fingerprint { hash: "sha-256".into(), digest: vec![9; 32] };
    let mut pair = Pair::with(5, |session| session.fingerprints = vec![other], |_| {});
    pair.run(Duration::from_secs(2));
    assert!(pair.server_events.contains(&TransportEvent::Lost(Loss::HandshakeFailed)));
    assert!(!pair.server_events.contains(&TransportEvent::Connected));
    assert_eq!(pair.server.next_timeout(), None);
}

#[test]
fn a_server_with_another_certificate_is_refused_too() {
    let other = Fingerprint { hash: "sha-256".into(), digest: vec![9; 32] };
    let mut pair = Pair::with(6, |_| {}, |parameters| parameters.fingerprints = vec![other]);
    pair.run(Duration::from_secs(2));
    assert!(pair.client_events.contains(&TransportEvent::Lost(Loss::HandshakeFailed)));
}

#[test]
fn a_peer_that_never_comes_is_given_up() {
    let mut pair = Pair::new(7);
    pair.loss = 1.0;
    pair.run(HANDSHAKE_TIMEOUT - Duration::from_millis(1));
    assert_eq!(pair.server_events, []);
    pair.run(Duration::from_millis(1));
    assert_eq!(pair.server_events, [TransportEvent::Lost(Loss::NeverConnected)]);
}

#[test]
fn a_peer_that_falls_silent_is_given_up_when_its_consent_ends() {
    let mut pair = Pair::connected(8);
    pair.run(Duration::from_secs(60));
    assert!(pair.server.is_connected(), "checks keep consent alive");
    pair.loss = 1.0;
    pair.run(CONSENT_TIMEOUT + Duration::from_secs(1));
    assert_eq!(pair.server_events.last(), Some(&TransportEvent::Lost(Loss::ConsentExpired)));
    assert_eq!(pair.client_events.last(), Some(&TransportEvent::Lost(Loss::ConsentExpired)));
    assert!(pair.server.sealer().is_none());
}

#[test]
fn a_goodbye_is_heard() {
    let mut pair = Pair::connected(9);
    let mut out = Outbox::new();
    pair.client.close(pair.now, &mut out);
    pair.send(&out, true);
    pair.run(Duration::from_millis(100));
    assert_eq!(pair.server_events.last(), Some(&TransportEvent::Lost(Loss::Closed)));
}

#[test]
fn media_follows_a_peer_to_its_new_address() {
    let mut pair = Pair::connected(10);
    pair.client_address = address("203.0.113.9:40000");
    let packet = rtp(1, 1, b"before any check from here");
    let mut early = sealed(&mut pair.client, &packet);
    let received = pair.server.receive(pair.now, pair.client_address, &mut early, &mut Outbox::new());
    assert_eq!(received, Received::Nothing);
    assert_eq!(pair.server.drops().unproven, 1);

    pair.run(Duration::from_secs(4));
    assert_eq!(pair.server.destination(), Some(pair.client_address));
    assert_eq!(pair.server.proven().count(), 2);
    let packet = rtp(1, 2, b"after");
    let mut datagram = sealed(&mut pair.client, &packet);
    let received = pair.server.receive(pair.now, pair.client_address, &mut datagram, &mut Outbox::new());
    assert_eq!(received, Received::Rtp(&mut packet.clone()));
}

#[test]
fn a_handshake_survives_a_move_in_its_middle() {
    let mut pair = Pair::new(11);
    let end = pair.now + Duration::from_secs(5);
    assert!(pair.run_until(end, |pair| pair.seen.iter().any(|(_, datagram)| datagram[0] == 22)));
    pair.client_address = address("203.0.113.9:40000");
    assert!(pair.run_until(end, Pair::both_connected));
}

#[test]
fn an_ice_restart_keeps_keys_and_lets_old_checks_pass_until_the_first_new_one() {
    let mut pair = Pair::connected(12);
    let (local, remote) = (credentials("newServer"), credentials("newClient"));
    pair.server.restart_ice(&local, &remote);
    pair.run(Duration::from_secs(4));
    assert_eq!(pair.server.drops().stun_forged, 0, "the client has not heard of it yet");

    pair.client.restart_ice(&remote, &local);
    pair.run(Duration::from_secs(40));
    assert!(pair.both_connected());
    let now = pair.now;
    assert_eq!(check(&mut pair, now, &request("server:client", "server", |writer| writer)), None);
    assert_eq!(pair.server.drops().stun_forged, 1, "the old credentials are over");
}

type Extend = fn(Writer<'_>) -> Writer<'_>;

/// A check with the credentials of one name, written as another user.
fn request(username: &str, password_of: &str, extend: Extend) -> Vec<u8> {
    let mut buffer = [0; 256];
    let key = IntegrityKey::new(&credentials(password_of).pwd).unwrap();
    let (receiver, sender) = username.split_once(':').unwrap();
    let username = format!("{}:{}", credentials(receiver).ufrag, credentials(sender).ufrag);
    let writer = Writer::new(&mut buffer, Class::Request, &[3; 12]).username(&username);
    let length = extend(writer).finish(&key);
    buffer[..length].to_vec()
}

/// What the server answers to a check from a third address.
fn check(pair: &mut Pair, now: std::time::Instant, datagram: &[u8]) -> Option<Vec<u8>> {
    let mut out = Outbox::new();
    pair.server.receive(now, address("203.0.113.77:1234"), &mut datagram.to_vec(), &mut out);
    out.datagrams().next().map(|(_, datagram)| datagram.to_vec())
}

#[test]
fn a_good_check_is_answered_with_the_address_it_came_from() {
    let mut pair = Pair::new(13);
    let now = pair.now;
    let answer = check(&mut pair, now, &request("server:client", "server", |writer| writer)).unwrap();
    let answer = Message::parse(&answer).unwrap();
    assert_eq!((answer.class, answer.transaction), (Class::Success, [3; 12]));
    assert_eq!(answer.mapped, Some(address("203.0.113.77:1234")));
    assert!(answer.is_authentic(&IntegrityKey::new(&credentials("server").pwd).unwrap()));
}

#[test]
fn a_client_hello_in_pieces_is_understood() {
    const RECORD: usize = 13;
    const FRAGMENT: usize = 12;
    let mut pair = Pair::new(18);
    let end = pair.now + Duration::from_secs(1);
    assert!(pair.run_until(end, |pair| pair.seen.iter().any(|(_, datagram)| datagram[0] == 22)));
    let (_, whole) = pair.seen.iter().find(|(_, datagram)| datagram[0] == 22).unwrap();
    let body = &whole[RECORD + FRAGMENT..];
    let piece = |range: std::ops::Range<usize>, number: u8| {
        let mut datagram = whole[..RECORD + FRAGMENT].to_vec();
        datagram[10] = number;
        datagram[12] = (FRAGMENT + range.len()) as u8;
        datagram[RECORD + 8] = range.start as u8;
        datagram[RECORD + 11] = range.len() as u8;
        datagram.extend(&body[range]);
        datagram
    };
    let (mut first, mut second) = (piece(0..50, 5), piece(50..body.len(), 6));

    let mut pair = Pair::new(19);
    let mut out = Outbox::new();
    let mut proof = request("server:client", "server", |writer| writer);
    pair.server.receive(pair.now, address(CLIENT), &mut proof, &mut out);
    out.clear();
    pair.server.receive(pair.now, address(CLIENT), &mut first, &mut out);
    assert!(out.is_empty());
    pair.server.receive(pair.now, address(CLIENT), &mut second, &mut out);
    assert_eq!(out.datagrams().map(|(_, datagram)| datagram[0]).collect::<Vec<_>>(), [22]);
}

#[test]
fn forged_checks_are_not_answered_and_prove_nothing() {
    let cases = [
        ("another password", request("server:client", "client", |writer| writer)),
        ("another receiver", request("other:client", "server", |writer| writer)),
        ("another sender", request("server:other", "server", |writer| writer)),
    ];
    for (what, datagram) in cases {
        let mut pair = Pair::new(14);
        let now = pair.now;
        assert_eq!(check(&mut pair, now, &datagram), None, "{what}");
        assert_eq!(pair.server.proven().count(), 0, "{what}");
        assert_eq!(pair.server.drops().stun_forged, 1, "{what}");
    }
}

#[test]
fn a_peer_that_holds_itself_for_controlled_is_told_otherwise() {
    let mut pair = Pair::new(15);
    let now = pair.now;
    let datagram = request("server:client", "server", |writer| writer.controlled(1));
    let answer = check(&mut pair, now, &datagram).unwrap();
    assert_eq!(Message::parse(&answer).unwrap().error, Some(487));
    assert_eq!(pair.server.proven().count(), 0);
}

#[test]
fn the_latest_nomination_wins_and_a_mere_check_changes_nothing() {
    let mut pair = Pair::connected(16);
    let now = pair.now;
    check(&mut pair, now, &request("server:client", "server", |writer| writer)).unwrap();
    assert_eq!(pair.server.destination(), Some(address(CLIENT)));
    check(&mut pair, now, &request("server:client", "server", |writer| writer.use_candidate())).unwrap();
    assert_eq!(pair.server.destination(), Some(address("203.0.113.77:1234")));
    pair.run(Duration::from_secs(4));
    assert_eq!(pair.server.destination(), Some(address(CLIENT)), "the client nominates again");
}

#[test]
fn the_address_longest_without_a_check_makes_room() {
    let mut pair = Pair::connected(17);
    let datagram = request("server:client", "server", |writer| writer);
    for port in 1..=8 {
        pair.now += Duration::from_millis(1);
        let from = std::net::SocketAddr::new([203, 0, 113, 5].into(), port);
        pair.server.receive(pair.now, from, &mut datagram.clone(), &mut Outbox::new());
    }
    pair.run(Duration::from_millis(1));
    let first = address("203.0.113.5:1");
    assert_eq!(
        pair.server_events.iter().filter(|event| **event == TransportEvent::Retired(first)).count(),
        1
    );
    assert!(!pair.server.is_proven(first) && pair.server.is_proven(address(CLIENT)));
    assert_eq!(pair.server.proven().count(), media::ice::MAX_PROVEN);
}

/// A client that nominated two paths at the outset, in the wrong order, and whose later checks nominate nothing.
struct Firefox {
    pair: Pair,
    used: std::net::SocketAddr,
    unused: std::net::SocketAddr,
}

impl Firefox {
    fn connected(seed: u64) -> Self {
        let mut pair = Pair::connected(seed);
        // What the synthetic client would check from here on, and nominate, is lost.
        pair.loss = 1.0;
        pair.run(Duration::from_secs(1));
        let mut firefox = Firefox { pair, used: address(CLIENT), unused: address("203.0.113.77:1234") };
        firefox.check(firefox.used, true);
        firefox.pair.now += Duration::from_millis(50);
        firefox.check(firefox.unused, true);
        assert_eq!(firefox.pair.server.destination(), Some(firefox.unused));
        firefox
    }

    fn check(&mut self, from: std::net::SocketAddr, nominates: bool) {
        let extend: Extend = if nominates { |writer| writer.use_candidate() } else { |writer| writer };
        let mut datagram = request("server:client", "server", extend);
        let mut out = Outbox::new();
        self.pair.server.receive(self.pair.now, from, &mut datagram, &mut out);
        assert!(!out.is_empty(), "a good check is answered");
    }

    /// Consent checks of the path in use, as far apart as RFC 7675 (section 5.1) lets them be. How long media went elsewhere.
    fn stays(&mut self, rounds: u32) -> Duration {
        const APART: Duration = Duration::from_secs(6);
        let mut astray = Duration::ZERO;
        for _ in 0..rounds {
            self.pair.run(APART);
            if self.pair.server.destination() != Some(self.used) {
                astray += APART;
            }
            self.check(self.used, false);
            self.pair.run(Duration::ZERO);
        }
        astray
    }
}

#[test]
fn a_path_nominated_last_and_never_checked_again_is_left_for_the_one_that_is() {
    let mut firefox = Firefox::connected(20);
    let astray = firefox.stays(7);
    assert_eq!(firefox.pair.server.destination(), Some(firefox.used));
    assert!(astray <= Duration::from_secs(12), "for {astray:?}");
    firefox.stays(14);
    assert!(firefox.pair.server.is_connected(), "consent is that of the path in use");
}

#[test]
fn checks_that_nominate_nothing_are_followed_when_their_address_changes() {
    let mut firefox = Firefox::connected(24);
    firefox.used = address("203.0.113.9:40000");
    firefox.stays(2);
    assert_eq!(firefox.pair.server.destination(), Some(firefox.used));
}

#[test]
fn a_late_check_of_a_path_that_was_left_does_not_bring_it_back() {
    for nominates in [false, true] {
        let mut firefox = Firefox::connected(21);
        firefox.stays(3);
        assert_eq!(firefox.pair.server.destination(), Some(firefox.used));
        firefox.check(firefox.unused, nominates);
        firefox.check(firefox.unused, nominates);
        assert_eq!(firefox.pair.server.destination(), Some(firefox.used), "nominates: {nominates}");
        assert_eq!(firefox.stays(5), Duration::ZERO, "nominates: {nominates}");
    }
}

#[test]
fn a_path_that_was_left_returns_when_it_is_nominated_again_and_again() {
    let mut firefox = Firefox::connected(22);
    firefox.stays(3);
    firefox.check(firefox.unused, true);
    firefox.pair.run(Duration::from_secs(1));
    firefox.check(firefox.unused, true);
    assert_eq!(firefox.pair.server.destination(), Some(firefox.unused));
    firefox.check(firefox.used, true);
    assert_eq!(firefox.pair.server.destination(), Some(firefox.used), "it was never silent");
}

#[test]
fn media_after_a_silence_is_followed_where_a_check_has_proven_its_address_and_nowhere_else() {
    let mut firefox = Firefox::connected(25);
    let (moved, strange) = (address("203.0.113.9:40000"), address("203.0.113.66:6"));
    firefox.check(moved, false);
    assert_eq!(firefox.pair.server.destination(), Some(firefox.unused), "it was not nominated");
    firefox.pair.server.follow(strange);
    assert_eq!(firefox.pair.server.destination(), Some(firefox.unused), "nobody checked from there");
    firefox.pair.server.follow(moved);
    assert_eq!(firefox.pair.server.destination(), Some(moved));
}

#[test]
fn consent_still_ends_when_no_path_is_checked() {
    let mut firefox = Firefox::connected(23);
    firefox.stays(3);
    firefox.pair.run(CONSENT_TIMEOUT + Duration::from_secs(1));
    assert_eq!(firefox.pair.server_events.last(), Some(&TransportEvent::Lost(Loss::ConsentExpired)));
}
