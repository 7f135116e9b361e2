//! One UDP socket: many datagrams in with one call, trains of datagrams out with one call.
//!
//! `recvmmsg`, `sendmmsg` and UDP segmentation offload have no safe counterpart in the standard library. Everything the kernel is pointed
//! at lives in the two batches of `batch.rs`, which are made once and never moved while a call runs.
#![allow(unsafe_code)]

use std::io;
use std::mem::size_of;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use libc::{c_int, c_uint, c_void, socklen_t};
use media::{MAX_TRAIN_SEGMENTS, Train};

use super::batch::{RECEIVE_BATCH, ReceiveBatch, SEND_BATCH, SendBatch, segments};

/// Asked of the kernel for both directions, in bytes: a burst of a keyframe to a few hundred viewers. It may grant less.
const SOCKET_BUFFER: c_int = 8 * 1024 * 1024;
/// How long sending waits, once a turn, for room in the send buffer before its datagrams are given up.
const SEND_PATIENCE: Duration = Duration::from_millis(2);

/// What a socket has to tell, counted since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SocketCounters {
    /// Calls to `recvmmsg` that brought something.
    pub(crate) receive_calls: u64,
    /// Calls to `sendmmsg`.
    pub(crate) send_calls: u64,
    /// Datagrams sent.
    pub(crate) datagrams_sent: u64,
    /// Datagrams given up because the send buffer stayed full.
    pub(crate) send_buffer_full: u64,
    /// Datagrams the kernel refused for their address or size.
    pub(crate) send_refused: u64,
    /// Trains sent one datagram at a time, since the kernel refused them whole.
    pub(crate) trains_split: u64,
}

/// A media thread's socket.
#[derive(Debug)]
pub(super) struct MediaSocket {
    socket: UdpSocket,
    ipv6: bool,
    offload: bool,
    /// Whether sending may still wait for room in this turn. It waits once at most: a thread that does not read loses more than it saves.
    patient: bool,
    counters: SocketCounters,
}

impl MediaSocket {
    /// Binds. On an IPv6 any-address the socket takes IPv4 as well.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = open(address)?;
        socket.set_nonblocking(true)?;
        let offload = supports_offload(socket.as_raw_fd());
        Ok(MediaSocket {
            socket,
            ipv6: address.is_ipv6(),
            offload,
            patient: true,
            counters: SocketCounters::default(),
        })
    }

    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    pub(super) fn fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// Whether trains go out whole.
    pub(super) fn offload(&self) -> bool {
        self.offload
    }

    pub(super) fn counters(&self) -> SocketCounters {
        self.counters
    }

    /// Takes what has arrived, at most [`RECEIVE_BATCH`] datagrams; returns how many. Begins a turn.
    pub(super) fn receive(&mut self, batch: &mut ReceiveBatch) -> usize {
        self.patient = true;
        batch.prepare();
        // SAFETY: `prepare` has pointed every header at buffers owned by `batch`, which is borrowed for the whole call.
        let taken = unsafe {
            libc::recvmmsg(
                self.fd(),
                batch.headers.as_mut_ptr(),
                RECEIVE_BATCH as c_uint,
                libc::MSG_DONTWAIT,
                std::ptr::null_mut(),
            )
        };
        // An error here is "nothing there" or an ICMP answer to an earlier send: both mean that there is nothing to read now.
        let taken = usize::try_from(taken).unwrap_or(0);
        self.counters.receive_calls += u64::from(taken > 0);
        taken
    }

    /// Sends these trains of an outbox' bytes, in order. What the kernel does not take is counted and left out, as the network might have
    /// done.
    pub(super) fn send(&mut self, bytes: &[u8], trains: &[Train], batch: &mut SendBatch) {
        for trains in trains.chunks(SEND_BATCH) {
            self.send_trains(bytes, trains, batch);
        }
    }

    fn send_trains(&mut self, bytes: &[u8], trains: &[Train], batch: &mut SendBatch) {
        let mut next = 0;
        while next < trains.len() {
            let train = &trains[next];
            if segments(train) > 1 && !self.offload {
                self.send_split(bytes, train, batch);
                next += 1;
                continue;
            }
            // Up to the first train that has to be split.
            let run = trains[next..].iter().take_while(|train| self.offload || segments(train) == 1).count();
            match self.send_messages(bytes, &trains[next..next + run], batch) {
                Sent::Some(sent) => {
                    self.counters.datagrams_sent +=
                        trains[next..next + sent].iter().map(segments).sum::<usize>() as u64;
                    next += sent;
                }
                Sent::Full => {
                    self.counters.send_buffer_full +=
                        trains[next..].iter().map(segments).sum::<usize>() as u64;
                    return;
                }
                Sent::Refused if segments(train) > 1 => {
                    self.send_split(bytes, train, batch);
                    next += 1;
                }
                Sent::NoOffload => {
                    self.offload = false;
                    tracing::warn!(
                        "the kernel takes no segmentation offload on this path: sending datagrams one by one"
                    );
                }
                Sent::Refused => {
                    self.counters.send_refused += 1;
                    next += 1;
                }
            }
        }
    }

    /// One datagram a message, for a train that may not go whole.
    fn send_split(&mut self, bytes: &[u8], train: &Train, batch: &mut SendBatch) {
        self.counters.trains_split += 1;
        let mut singles = [const {
            Train {
                to: SocketAddr::V6(SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 0, 0, 0)),
                bytes: 0..0,
                segment: 0,
            }
        }; MAX_TRAIN_SEGMENTS];
        let count = segments(train).min(MAX_TRAIN_SEGMENTS);
        for (index, single) in singles[..count].iter_mut().enumerate() {
            let start = train.bytes.start + index * train.segment;
            let end = (start + train.segment).min(train.bytes.end);
            *single = Train { to: train.to, bytes: start..end, segment: end - start };
        }
        let mut next = 0;
        while next < count {
            match self.send_messages(bytes, &singles[next..count.min(next + SEND_BATCH)], batch) {
                Sent::Some(sent) => {
                    self.counters.datagrams_sent += sent as u64;
                    next += sent;
                }
                Sent::Full => {
                    self.counters.send_buffer_full += (count - next) as u64;
                    return;
                }
                Sent::Refused | Sent::NoOffload => {
                    self.counters.send_refused += 1;
                    next += 1;
                }
            }
        }
    }

    fn send_messages(&mut self, bytes: &[u8], trains: &[Train], batch: &mut SendBatch) -> Sent {
        batch.prepare(bytes, trains, self.ipv6);
        self.counters.send_calls += 1;
        for _ in 0..2 {
            // SAFETY: `prepare` has pointed the first `trains.len()` headers at addresses and control data owned by `batch` and at
            // `bytes`; both are borrowed for the whole call, and the kernel only reads them.
            let sent = unsafe {
                libc::sendmmsg(
                    self.fd(),
                    batch.headers.as_mut_ptr(),
                    trains.len() as c_uint,
                    libc::MSG_DONTWAIT,
                )
            };
            if sent > 0 {
                return Sent::Some(sent as usize);
            }
            let error = io::Error::last_os_error();
            match error.raw_os_error() {
                Some(libc::EAGAIN | libc::ENOBUFS) if self.patient => {
                    self.patient = false;
                    wait_writable(self.fd(), SEND_PATIENCE);
                }
                Some(libc::EAGAIN | libc::ENOBUFS) => return Sent::Full,
                // The device has no checksum offload, which segmentation needs (udp(7), UDP_SEGMENT).
                Some(libc::EIO) if trains.iter().any(|train| segments(train) > 1) => return Sent::NoOffload,
                // An ICMP answer to an earlier send; this one was not tried.
                Some(libc::ECONNREFUSED | libc::EINTR) => {}
                _ => return Sent::Refused,
            }
        }
        Sent::Refused
    }
}

/// What came of one `sendmmsg`.
enum Sent {
    /// So many of the first messages; at least one.
    Some(usize),
    /// The send buffer stayed full.
    Full,
    /// The first message cannot be sent.
    Refused,
    /// Segmentation is not to be had on this path.
    NoOffload,
}

fn open(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(address)?;
    for option in [libc::SO_RCVBUF, libc::SO_SNDBUF] {
        set_option(socket.as_raw_fd(), libc::SOL_SOCKET, option, SOCKET_BUFFER);
    }
    Ok(socket)
}

/// Sets an option whose refusal changes nothing but speed.
fn set_option(fd: RawFd, level: c_int, name: c_int, value: c_int) {
    // SAFETY: the value outlives the call and its size is given.
    unsafe {
        libc::setsockopt(
            fd,
            level,
            name,
            (&raw const value).cast::<c_void>(),
            size_of::<c_int>() as socklen_t,
        );
    }
}

fn supports_offload(fd: RawFd) -> bool {
    let mut value: c_int = 0;
    let mut length = size_of::<c_int>() as socklen_t;
    // SAFETY: both out-parameters outlive the call and have the sizes given.
    unsafe {
        libc::getsockopt(
            fd,
            libc::SOL_UDP,
            libc::UDP_SEGMENT,
            (&raw mut value).cast::<c_void>(),
            &raw mut length,
        ) == 0
    }
}

fn wait_writable(fd: RawFd, patience: Duration) {
    let mut descriptor = libc::pollfd { fd, events: libc::POLLOUT, revents: 0 };
    // SAFETY: one descriptor, owned by this frame.
    unsafe {
        libc::poll(&raw mut descriptor, 1, patience.as_millis() as c_int);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use media::Outbox;

    use super::*;

    fn send(socket: &mut MediaSocket, outbox: &Outbox) {
        socket.send(outbox.bytes(), outbox.trains(), &mut SendBatch::new());
    }

    fn bound(ip: IpAddr) -> (MediaSocket, SocketAddr) {
        let socket = MediaSocket::bind(SocketAddr::new(ip, 0)).unwrap();
        let port = socket.local_addr().unwrap().port();
        let reached = if ip.is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { ip };
        (socket, SocketAddr::new(reached, port))
    }

    /// Datagrams of these lengths, each full of its own number, to one address: one train where lengths allow.
    fn outbox(to: SocketAddr, lengths: &[usize]) -> Outbox {
        let mut outbox = Outbox::new();
        for (number, length) in lengths.iter().enumerate() {
            outbox.push(to, &vec![number as u8; *length]);
        }
        outbox
    }

    /// All that arrives, with where from; loopback delivers at once.
    fn received(socket: &mut MediaSocket) -> Vec<(SocketAddr, Vec<u8>)> {
        let mut batch = ReceiveBatch::new();
        let mut all = Vec::new();
        loop {
            let count = socket.receive(&mut batch);
            if count == 0 {
                return all;
            }
            all.extend(
                (0..count)
                    .filter_map(|index| batch.datagram(index).map(|(from, bytes)| (from, bytes.to_vec()))),
            );
        }
    }

    fn assert_delivers(
        sender: &mut MediaSocket,
        receiver: &mut MediaSocket,
        to: SocketAddr,
        lengths: &[usize],
    ) {
        send(sender, &outbox(to, lengths));
        let received = received(receiver);
        assert_eq!(received.iter().map(|(_, bytes)| bytes.len()).collect::<Vec<_>>(), lengths);
        for (number, (_, bytes)) in received.iter().enumerate() {
            assert!(bytes.iter().all(|byte| usize::from(*byte) == number));
        }
    }

    #[test]
    fn a_train_arrives_as_the_datagrams_it_was_made_of() {
        let (mut sender, _) = bound(Ipv4Addr::LOCALHOST.into());
        let (mut receiver, to) = bound(Ipv4Addr::LOCALHOST.into());
        assert_delivers(&mut sender, &mut receiver, to, &[1200, 1200, 1200, 1200, 700]);
        assert_eq!(sender.counters().datagrams_sent, 5);
        assert_eq!(sender.counters().send_calls, 1);
    }

    #[test]
    fn without_offload_the_same_datagrams_arrive() {
        let (mut sender, _) = bound(Ipv4Addr::LOCALHOST.into());
        let (mut receiver, to) = bound(Ipv4Addr::LOCALHOST.into());
        sender.offload = false;
        assert_delivers(&mut sender, &mut receiver, to, &[1000, 1000, 300, 900, 900, 900, 50]);
        assert_eq!(sender.counters().trains_split, 2);
    }

    #[test]
    fn more_trains_than_one_call_takes_all_arrive_in_order() {
        let (mut sender, _) = bound(Ipv4Addr::LOCALHOST.into());
        let (mut receiver, to) = bound(Ipv4Addr::LOCALHOST.into());
        let growing: Vec<usize> = (1..=SEND_BATCH * 2 + 5).collect();
        assert_delivers(&mut sender, &mut receiver, to, &growing);
    }

    #[test]
    fn one_ipv6_socket_serves_both_families_and_names_ipv4_as_ipv4() {
        let (mut server, _) = bound(Ipv6Addr::UNSPECIFIED.into());
        let port = server.local_addr().unwrap().port();
        for ip in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
            let (mut client, client_at) = bound(ip);
            assert_delivers(&mut client, &mut server, SocketAddr::new(ip, port), &[10]);
            send(&mut client, &outbox(SocketAddr::new(ip, port), &[10]));
            let from = received(&mut server)[0].0;
            assert_eq!(from, client_at);
            assert_delivers(&mut server, &mut client, from, &[800, 800, 20]);
        }
    }

    #[test]
    fn an_address_that_cannot_be_reached_costs_its_own_datagrams_only() {
        let (mut sender, _) = bound(Ipv4Addr::LOCALHOST.into());
        let (mut receiver, to) = bound(Ipv4Addr::LOCALHOST.into());
        let mut outbox = outbox(to, &[5]);
        // A socket of one family has no way to the other.
        outbox.push("[2001:db8::1]:9".parse().unwrap(), &[7; 5]);
        outbox.push(to, &[9; 6]);
        send(&mut sender, &outbox);
        assert_eq!(received(&mut receiver).len(), 2);
        assert_eq!(sender.counters().send_refused, 1);
    }
}
