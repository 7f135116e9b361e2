//! A synthetic peer's ICE towards a server that sends checks of its own, as libnice does.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::Outbox;
use media::ice::ClientAgent;
use media::sdp::IceCredentials;
use media::stun::{Class, IntegrityKey, MAX_MESSAGE, Message, Writer};

const SERVER: &str = "192.0.2.1:7000";

fn credentials(name: &str) -> IceCredentials {
    IceCredentials { ufrag: name.to_owned(), pwd: format!("password-of-the-{name}") }
}

fn client() -> ClientAgent {
    let (local, remote) = (credentials("client"), credentials("server"));
    let server = SERVER.parse().unwrap();
    ClientAgent::new(server, &local, &remote, Duration::from_millis(50), 1, Instant::now()).unwrap()
}

/// A check of somebody who believes to know the client's password.
fn check(username: &str, password: &str) -> Vec<u8> {
    let mut space = [0; MAX_MESSAGE];
    let key = IntegrityKey::new(password).unwrap();
    let length =
        Writer::new(&mut space, Class::Request, &[7; 12]).username(username).priority(1).finish(&key);
    space[..length].to_vec()
}

#[test]
fn a_servers_check_is_answered_and_proves_nothing() {
    let (client, server, mut out): (_, SocketAddr, _) = (client(), SERVER.parse().unwrap(), Outbox::new());
    let password = credentials("client").pwd;
    assert!(client.answer(server, &check("client:server", &password), &mut out));
    let (to, bytes) = out.datagrams().next().unwrap();
    let answer = Message::parse(bytes).unwrap();
    assert_eq!((to, answer.class, answer.transaction), (server, Class::Success, [7; 12]));
    assert_eq!(answer.mapped, Some(server));
    assert!(answer.is_authentic(&IntegrityKey::new(&password).unwrap()));
    assert!(!client.is_proven());
}

#[test]
fn nobody_elses_check_is_answered() {
    let (client, server, mut out): (_, SocketAddr, _) = (client(), SERVER.parse().unwrap(), Outbox::new());
    let good = check("client:server", &credentials("client").pwd);
    assert!(!client.answer("192.0.2.9:7000".parse().unwrap(), &good, &mut out));
    assert!(!client.answer(server, &check("client:server", "another"), &mut out));
    assert!(!client.answer(server, &check("other:server", &credentials("client").pwd), &mut out));
    assert!(!client.answer(server, b"noise", &mut out));
    assert_eq!(out.datagrams().count(), 0);
}
