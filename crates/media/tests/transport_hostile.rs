//! Whatever comes, from wherever: nothing panics, nothing grows, and the peer itself still gets through.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

mod transport_support;

use std::time::Duration;

use media::{Outbox, Received, TransportEvent};
use proptest::prelude::*;
use transport_support::{CLIENT, Pair, address, rtp, sealed};

/// Every datagram of a handshake and a little media, by receiver.
fn recorded() -> &'static [(bool, Vec<u8>)] {
    static RECORDED: std::sync::OnceLock<Vec<(bool, Vec<u8>)>> = std::sync::OnceLock::new();
    RECORDED.get_or_init(|| {
        let mut pair = Pair::connected(1);
        let packet = rtp(1, 1, b"payload");
        let media = sealed(&mut pair.client, &packet);
        let mut out = Outbox::new();
        pair.client.seal_rtcp(&transport_support::rtcp(1), &mut out);
        pair.client.close(pair.now, &mut out);
        pair.send(&out, true);
        pair.seen.push((true, media));
        pair.seen
    })
}

/// A server in one of the phases of its life: fresh, found, in the handshake, connected.
fn in_phase(phase: u64) -> Pair {
    let mut pair = Pair::new(phase);
    pair.run(Duration::from_millis(25 * phase));
    pair
}

#[derive(Clone, Debug)]
enum Mutation {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Extend(Vec<u8>),
    Write(prop::sample::Index, [u8; 2]),
    Splice(prop::sample::Index, prop::sample::Index),
}

fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let index = any::<prop::sample::Index>;
    let one = prop_oneof![
        (index(), any::<u8>()).prop_map(|(at, with)| Mutation::Flip(at, with)),
        index().prop_map(Mutation::Cut),
        prop::collection::vec(any::<u8>(), 1..40).prop_map(Mutation::Extend),
        (index(), any::<[u8; 2]>()).prop_map(|(at, bytes)| Mutation::Write(at, bytes)),
        (index(), index()).prop_map(|(from, at)| Mutation::Splice(from, at)),
    ];
    prop::collection::vec(one, 0..4)
}

fn mutate(datagram: &mut Vec<u8>, mutation: &Mutation) {
    if datagram.is_empty() {
        return;
    }
    match mutation {
        Mutation::Flip(at, with) => {
            let at = at.index(datagram.len());
            datagram[at] ^= with;
        }
        Mutation::Cut(at) => datagram.truncate(at.index(datagram.len())),
        Mutation::Extend(bytes) => datagram.extend(bytes),
        Mutation::Write(at, bytes) => {
            let at = at.index(datagram.len());
            datagram.splice(at..(at + 2).min(datagram.len()), *bytes);
        }
        Mutation::Splice(from, at) => {
            let (_, other) = &recorded()[from.index(recorded().len())];
            let at = at.index(datagram.len());
            datagram.truncate(at);
            datagram.extend(other.iter().skip(at));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn mutated_datagrams_of_a_real_session_panic_nowhere(
        phase in 0_u64..8,
        datagrams in prop::collection::vec((any::<prop::sample::Index>(), mutations()), 1..24),
    ) {
        let mut pair = in_phase(phase);
        let mut out = Outbox::new();
        for (which, mutations) in datagrams {
            let (to_server, mut datagram) = recorded()[which.index(recorded().len())].clone();
            mutations.iter().for_each(|mutation| mutate(&mut datagram, mutation));
            if to_server {
                pair.server.receive(pair.now, address(CLIENT), &mut datagram, &mut out);
            } else {
                pair.client.receive(pair.now, address(transport_support::SERVER), &mut datagram, &mut out);
            }
        }
        pair.run(Duration::from_secs(3));
        let connected = pair.server_events.iter().filter(|event| **event == TransportEvent::Connected).count();
        prop_assert!(connected <= 1);
    }

    #[test]
    fn noise_of_every_kind_is_dropped(
        phase in 0_u64..8,
        first in any::<u8>(),
        rest in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut pair = in_phase(phase);
        let mut datagram = [&[first], rest.as_slice()].concat();
        let received = pair.server.receive(pair.now, address(CLIENT), &mut datagram, &mut Outbox::new());
        prop_assert_eq!(received, Received::Nothing);
    }

    #[test]
    fn strangers_change_nothing(datagrams in prop::collection::vec(any::<prop::sample::Index>(), 1..40)) {
        let mut pair = Pair::with(3, |_| {}, |parameters| parameters.seed = 99);
        let stranger = address("203.0.113.200:9");
        for which in datagrams {
            pair.run(Duration::from_millis(7));
            let (_, mut datagram) = recorded()[which.index(recorded().len())].clone();
            if datagram[0] < 4 {
                // A recorded check is authentic: this is about those who have seen none.
                datagram[20 + 5] ^= 1;
            }
            let mut out = Outbox::new();
            pair.server.receive(pair.now, stranger, &mut datagram, &mut out);
            prop_assert!(out.is_empty(), "a stranger was answered");
        }
        pair.run(Duration::from_secs(3));
        prop_assert!(pair.both_connected());
        prop_assert_eq!(pair.server.destination(), Some(address(CLIENT)));
    }
}

/// A ClientHello's first fragment, again and again, each a new record.
fn endless_hello(number: u16) -> Vec<u8> {
    let mut record = vec![22, 254, 253, 0, 0, 0, 0, 0, 0];
    record.extend(number.to_be_bytes());
    record.extend([0, 12 + 64]);
    record.extend([1, 0, 0x40, 0, 0, 1, 0, 0, 0, 0, 0, 64]);
    record.extend([7; 64]);
    record
}

#[test]
fn a_handshake_without_end_runs_into_its_bound() {
    let mut pair = Pair::connected(4);
    let mut out = Outbox::new();
    for number in 0..2000 {
        pair.server.receive(pair.now, address(CLIENT), &mut endless_hello(number), &mut out);
    }
    assert!(pair.server.drops().dtls_over_budget > 1700);
    assert!(out.datagrams().count() < 300, "it must not be answered without end either");
    assert!(pair.server.is_connected());
}

/// One record that nobody can read yet.
fn sealed_record(kind: u8, epoch: u8, number: u16) -> Vec<u8> {
    let mut record = vec![kind, 254, 253, 0, epoch, 0, 0, 0, 0];
    record.extend(number.to_be_bytes());
    record.extend([0, 40]);
    record.extend([7; 40]);
    record
}

/// A server that has answered a ClientHello and waits for the rest.
fn in_the_handshake(seed: u64) -> Pair {
    let mut pair = Pair::new(seed);
    let is_server_hello = |pair: &Pair| {
        pair.seen.iter().any(|(to_server, datagram)| !to_server && datagram[0] == 22 && datagram.len() > 400)
    };
    let end = pair.now + Duration::from_secs(2);
    assert!(pair.run_until(end, is_server_hello));
    pair
}

#[test]
fn whatever_waits_for_keys_runs_into_the_bound_of_the_handshake() {
    let change_cipher_spec = |number: u16| {
        let mut record = vec![20, 254, 253, 0, 0, 0, 0, 0, 0];
        record.extend(number.to_be_bytes());
        record.extend([0, 1, 1]);
        record
    };
    type Make = Box<dyn Fn(u16) -> Vec<u8>>;
    let kinds: [(&str, Make); 3] = [
        ("application data", Box::new(|number| sealed_record(23, 1, number))),
        ("alerts", Box::new(|number| sealed_record(21, 1, number))),
        ("changes of the cipher", Box::new(change_cipher_spec)),
    ];
    for (what, make) in kinds {
        let mut pair = in_the_handshake(4);
        for number in 100..2100 {
            pair.server.receive(pair.now, address(CLIENT), &mut make(number), &mut Outbox::new());
        }
        assert!(pair.server.drops().dtls_over_budget > 1700, "{what}");
    }
}

#[test]
fn a_little_early_application_data_does_not_break_a_handshake() {
    let mut pair = in_the_handshake(5);
    for number in 100..120 {
        let mut early = sealed_record(23, 1, number);
        pair.server.receive(pair.now, address(CLIENT), &mut early, &mut Outbox::new());
    }
    pair.run(Duration::from_secs(2));
    assert!(pair.both_connected());
}

#[test]
fn after_the_handshake_nothing_waits_for_other_keys() {
    let mut pair = Pair::connected(6);
    let mut receive = |mut datagram: Vec<u8>| {
        let before = pair.server.drops().dtls_malformed;
        pair.server.receive(pair.now, address(CLIENT), &mut datagram, &mut Outbox::new());
        pair.server.drops().dtls_malformed - before
    };
    assert_eq!(receive(sealed_record(23, 2, 100)), 1, "there is no second handshake");
    assert_eq!(receive(sealed_record(20, 1, 100)), 1, "so nothing changes to its keys");
    assert_eq!(receive(sealed_record(21, 1, 100)), 0, "an alert is for the keys to judge");
}

#[test]
fn what_is_too_long_is_dropped() {
    let mut pair = Pair::connected(5);
    let mut datagram = vec![0x80; media::MAX_DATAGRAM + 1];
    pair.server.receive(pair.now, address(CLIENT), &mut datagram, &mut Outbox::new());
    assert_eq!(pair.server.drops().oversize, 1);
}

#[test]
fn media_before_the_handshake_is_dropped() {
    let mut pair = in_phase(2);
    assert!(pair.server.is_proven(address(CLIENT)) && !pair.server.is_connected());
    let mut packet = [rtp(1, 1, b"early"), vec![0; 16]].concat();
    pair.server.receive(pair.now, address(CLIENT), &mut packet, &mut Outbox::new());
    assert_eq!(pair.server.drops().early, 1);
}

#[test]
fn replayed_and_forged_packets_are_counted() {
    let mut pair = Pair::connected(6);
    let packet = rtp(1, 1, b"once");
    let datagram = sealed(&mut pair.client, &packet);
    let mut receive = |mut datagram: Vec<u8>| {
        let received = pair.server.receive(pair.now, address(CLIENT), &mut datagram, &mut Outbox::new());
        received != Received::Nothing
    };
    assert!(receive(datagram.clone()));
    assert!(!receive(datagram.clone()));
    let mut forged = datagram;
    forged[3] = 2;
    assert!(!receive(forged));
    assert_eq!((pair.server.drops().replayed, pair.server.drops().forged), (1, 1));
}
