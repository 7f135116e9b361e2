use std::net::{Ipv4Addr, TcpStream};

use media::{Identity, WorkerId};

use super::*;

struct Rig {
    tcp: TcpPaths,
    engine: Engine,
    at: SocketAddr,
    now: Instant,
}

impl Rig {
    fn new(all: usize, of_one: usize) -> Rig {
        let now = Instant::now();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let at = listener.local_addr().unwrap();
        let mut tcp = TcpPaths::new(listener, now).unwrap();
        tcp.bounds = Bounds { all, of_one };
        Rig { tcp, engine: Engine::new(WorkerId(0), Identity::generate().unwrap(), now), at, now }
    }

    /// A connection from one of this machine's own addresses.
    fn connect(&mut self, last: u8) -> TcpStream {
        let socket = nix::sys::socket::socket(
            nix::sys::socket::AddressFamily::Inet,
            nix::sys::socket::SockType::Stream,
            nix::sys::socket::SockFlag::empty(),
            None,
        );
        let stream = TcpStream::from(socket.unwrap());
        let from = nix::sys::socket::SockaddrIn::new(127, 0, 0, last, 0);
        nix::sys::socket::bind(stream.as_raw_fd(), &from).unwrap();
        let SocketAddr::V4(to) = self.at else { panic!("IPv4") };
        nix::sys::socket::connect(stream.as_raw_fd(), &nix::sys::socket::SockaddrIn::from(to)).unwrap();
        // A connection made is there to be taken.
        self.later(LOOK_INTERVAL);
        stream
    }

    fn later(&mut self, span: Duration) {
        self.now += span;
        self.tcp.take(self.now, &mut self.engine);
    }

    fn prove_all(&mut self) {
        self.tcp.connections.values_mut().for_each(|one| one.proven = true);
    }

    fn open_of(&self, last: u8) -> usize {
        let from = IpAddr::from([127, 0, 0, last]);
        self.tcp.connections.values().filter(|one| network_of(one) == from).count()
    }
}

#[test]
fn beyond_the_bound_of_one_address_its_oldest_stranger_makes_room_and_others_have_theirs() {
    let mut rig = Rig::new(10, 3);
    let _one: Vec<_> = (0..5).map(|_| rig.connect(1)).collect();
    let _other = rig.connect(2);
    assert_eq!((rig.open_of(1), rig.open_of(2)), (3, 1));
    assert_eq!(rig.tcp.counters().crowded, 2);
    let mut numbers: Vec<u32> = rig.tcp.connections.keys().copied().collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [2, 3, 4, 5], "the oldest went");
}

#[test]
fn whoever_has_proven_themselves_makes_room_for_nobody() {
    let mut rig = Rig::new(3, 2);
    let _first: Vec<_> = [1, 1, 2].map(|last| rig.connect(last)).into();
    rig.prove_all();
    let _more: Vec<_> = [1, 3].map(|last| rig.connect(last)).into();
    assert_eq!((rig.open_of(1), rig.open_of(2), rig.open_of(3)), (2, 1, 0));
    assert_eq!(rig.tcp.counters().crowded, 2);
}

#[test]
fn strangers_have_until_their_time_is_over_and_peers_until_they_leave() {
    let mut rig = Rig::new(10, 10);
    let _stranger = rig.connect(1);
    rig.later(PROOF_WITHIN - SWEEP_INTERVAL);
    assert_eq!(rig.tcp.counters().open, 1);
    let _peer = rig.connect(2);
    rig.tcp.connections.get_mut(&1).unwrap().proven = true;
    rig.later(SWEEP_INTERVAL);
    let TcpCounters { open, unproven, left, .. } = rig.tcp.counters();
    // The engine knows nobody here.
    assert_eq!((open, unproven, left), (0, 1, 1));
}

#[test]
fn a_network_of_ipv6_counts_as_one_address() {
    let of = |text: &str| network(text.parse().unwrap());
    assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::9"));
    assert_ne!(of("2001:db8:1:2::9"), of("2001:db8:1:3::9"));
    assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
}
