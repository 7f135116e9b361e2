//! ICE-TCP (RFC 6544): the TCP connections of one media thread, for networks that let no UDP through.
//!
//! The server is passive: it listens on the port of the thread's UDP socket. Datagrams come and go in frames (RFC 4571), and for the engine each
//! connection is one more path ([`media::path`]). Nothing here waits: the media thread looks when the kernel says that there is something, and once a
//! millisecond while it is busy. A stranger's connection costs little and not for long: it has to prove itself by a check
//! within [`PROOF_WITHIN`] and [`MAX_UNPROVEN_BYTES`], and is the first to go where there are too many. A peer that reads slowly loses its own media alone.

mod connection;
mod framing;
mod ports;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, RawFd};
use std::time::{Duration, Instant};

use media::{Engine, Train, path};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::socket::{setsockopt, sockopt};

use connection::{Connection, Flushed, SEND_BUFFER, Taken};
use framing::{Frame, LENGTH, MAX_FRAME};
pub(super) use ports::bind;

/// TCP connections of one media thread.
pub(super) const MAX_CONNECTIONS: usize = 4096;
/// Of these, from one address (of IPv6, one network of 64 bits). A lecture hall behind one address has its place.
pub(super) const MAX_CONNECTIONS_OF_ONE: usize = 1024;
/// For a valid check to come over a new connection. A browser sends one at once, and again until it is answered.
pub(super) const PROOF_WITHIN: Duration = Duration::from_secs(5);
/// Read of a connection before that, in bytes, and dropped unless it is a check. A publisher whose connection broke goes on sending over the next
/// one and checks meanwhile; this is what it sends in half a second.
pub(super) const MAX_UNPROVEN_BYTES: usize = 160 * 1024;
/// Connections taken in one turn.
const ACCEPTS_A_TURN: usize = 16;
/// Connections served in one turn; the others are next.
const SERVED_A_TURN: usize = 64;
/// Read of one connection in one turn, in bytes.
const READ_BYTES: usize = 32 * 1024;
/// Between two looks while the thread is busy with other things and so never waits for the kernel's word.
const LOOK_INTERVAL: Duration = Duration::from_millis(1);
/// Between two searches for connections whose time is over.
const SWEEP_INTERVAL: Duration = Duration::from_millis(500);

/// What the listener is called in the kernel's answers; connections have smaller numbers.
const LISTENER: u64 = u64::MAX;

/// What happened on the TCP connections of a thread, counted since it began, but for `open`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TcpCounters {
    /// Connections there are now.
    pub(crate) open: u64,
    /// Connections taken.
    pub(crate) accepted: u64,
    /// Connections turned away or given up at [`MAX_CONNECTIONS`] or [`MAX_CONNECTIONS_OF_ONE`].
    pub(crate) crowded: u64,
    /// Closed without a valid check within [`PROOF_WITHIN`].
    pub(crate) unproven: u64,
    /// Closed for more than [`MAX_UNPROVEN_BYTES`] without a valid check.
    pub(crate) junk: u64,
    /// Closed for a frame longer than any datagram.
    pub(crate) oversize: u64,
    /// Closed because their peer had left.
    pub(crate) left: u64,
    /// Closed by the far end or the network.
    pub(crate) closed: u64,
    /// Datagrams left out because a connection's queue was full.
    pub(crate) queue_full: u64,
    /// Datagrams for a connection that is closed already.
    pub(crate) gone: u64,
}

impl TcpCounters {
    pub(crate) fn add(&mut self, other: &TcpCounters) {
        let TcpCounters { open, accepted, crowded, unproven, junk, oversize, left, closed, queue_full, gone } =
            other;
        self.open += open;
        self.accepted += accepted;
        self.crowded += crowded;
        self.unproven += unproven;
        self.junk += junk;
        self.oversize += oversize;
        self.left += left;
        self.closed += closed;
        self.queue_full += queue_full;
        self.gone += gone;
    }
}

/// How many connections there may be; smaller in tests, which have not so many descriptors.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    all: usize,
    of_one: usize,
}

/// The listener of a media thread, and its connections.
pub(super) struct TcpPaths {
    bounds: Bounds,
    listener: TcpListener,
    /// The kernel tells of new connections; not for a while after it had none to give, for want of descriptors.
    listening: bool,
    epoll: Epoll,
    connections: HashMap<u32, Connection>,
    next: u32,
    space: Box<[u8; MAX_FRAME + READ_BYTES]>,
    /// Queued to since the last flush.
    touched: Vec<u32>,
    look_at: Instant,
    sweep_at: Instant,
    counters: TcpCounters,
}

/// Why a connection is closed.
#[derive(Clone, Copy, Debug)]
enum End {
    Crowded,
    Unproven,
    Junk,
    Oversize,
    Left,
    Closed,
}

impl TcpPaths {
    pub(super) fn new(listener: TcpListener, now: Instant) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(&listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
        Ok(TcpPaths {
            bounds: Bounds { all: MAX_CONNECTIONS, of_one: MAX_CONNECTIONS_OF_ONE },
            listener,
            listening: true,
            epoll,
            connections: HashMap::new(),
            next: 0,
            space: Box::new([0; MAX_FRAME + READ_BYTES]),
            touched: Vec::new(),
            look_at: now,
            sweep_at: now + SWEEP_INTERVAL,
            counters: TcpCounters::default(),
        })
    }

    /// Readable when there is something to do.
    pub(super) fn fd(&self) -> RawFd {
        self.epoll.0.as_raw_fd()
    }

    /// Whether no connection was ever taken: nothing is to be sent here then.
    pub(super) fn is_unused(&self) -> bool {
        self.counters.accepted == 0
    }

    pub(super) fn counters(&self) -> TcpCounters {
        TcpCounters { open: self.connections.len() as u64, ..self.counters }
    }

    /// The kernel said that there is something.
    pub(super) fn look_now(&mut self, now: Instant) {
        self.look_at = now;
    }

    /// Takes new connections and hands the engine what came over the others; whether there may be more.
    pub(super) fn take(&mut self, now: Instant, engine: &mut Engine) -> bool {
        if now < self.look_at {
            return false;
        }
        self.look_at = now + LOOK_INTERVAL;
        let mut ready = [EpollEvent::empty(); SERVED_A_TURN];
        let count = self.epoll.wait(&mut ready, EpollTimeout::ZERO).unwrap_or(0);
        for event in &ready[..count] {
            match event.data() {
                LISTENER => self.accept(now, engine),
                number => self.serve(now, number as u32, event.events(), engine),
            }
        }
        if now >= self.sweep_at {
            self.sweep(now, engine);
        }
        if count > 0 {
            self.look_at = now;
        }
        count > 0
    }

    fn accept(&mut self, now: Instant, engine: &mut Engine) {
        for _ in 0..ACCEPTS_A_TURN {
            match self.listener.accept() {
                Ok((stream, from)) => self.admit(now, stream, from, engine),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // The one that waited is gone again.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                // No descriptors: asking again at once would keep the thread from everything else.
                Err(_) => return self.listen(false),
            }
        }
    }

    fn listen(&mut self, on: bool) {
        let flags = if on { EpollFlags::EPOLLIN } else { EpollFlags::empty() };
        let changed = self.epoll.modify(&self.listener, &mut EpollEvent::new(flags, LISTENER));
        self.listening = on || changed.is_err();
    }

    fn admit(&mut self, now: Instant, stream: TcpStream, from: SocketAddr, engine: &mut Engine) {
        self.counters.accepted += 1;
        let from = path::plain(from);
        if !self.make_room(now, from, engine) {
            self.counters.crowded += 1;
            return;
        }
        let number = self.next;
        self.next = (self.next + 1) & path::MAX_CONNECTION;
        // A datagram is not to wait for the next one; and the kernel may grant less than it is asked for.
        let set_up = stream.set_nonblocking(true).and_then(|()| stream.set_nodelay(true));
        let _ = setsockopt(&stream, sockopt::SndBuf, &SEND_BUFFER);
        let interest = EpollEvent::new(EpollFlags::EPOLLIN, u64::from(number));
        if set_up.is_err() || self.epoll.add(&stream, interest).is_err() {
            self.counters.closed += 1;
            return;
        }
        self.connections.insert(number, Connection::new(stream, path::over_tcp(from, number), now));
    }

    /// Whether there is room for one more from there; the oldest connection that has proven nothing makes some.
    fn make_room(&mut self, now: Instant, from: SocketAddr, engine: &mut Engine) -> bool {
        let network = network(from.ip());
        let of_one = |connection: &Connection| network_of(connection) == network;
        let Bounds { all, of_one: most } = self.bounds;
        let crowded = self.connections.len() >= all;
        let crowded_by_one = self.connections.len() >= most
            && self.connections.values().filter(|one| of_one(one)).count() >= most;
        if !crowded && !crowded_by_one {
            return true;
        }
        let strangers =
            self.connections.iter().filter(|(_, one)| !one.proven && (!crowded_by_one || of_one(one)));
        let oldest = strangers.min_by_key(|(_, one)| one.since).map(|(number, _)| *number);
        oldest.is_some_and(|number| {
            self.close(now, number, End::Crowded, engine);
            true
        })
    }

    fn serve(&mut self, now: Instant, number: u32, ready: EpollFlags, engine: &mut Engine) {
        if ready.contains(EpollFlags::EPOLLOUT) {
            self.flush(number);
        }
        if !ready.intersects(EpollFlags::EPOLLIN | EpollFlags::EPOLLHUP | EpollFlags::EPOLLERR) {
            return;
        }
        let Some(connection) = self.connections.get_mut(&number) else { return };
        match connection.read(&mut self.space[..]) {
            Taken::Bytes(filled) => {
                if let Err(end) = datagrams(now, connection, &mut self.space[..filled], engine) {
                    self.close(now, number, end, engine);
                }
            }
            Taken::Nothing => {}
            Taken::Closed => self.close(now, number, End::Closed, engine),
        }
    }

    fn close(&mut self, now: Instant, number: u32, end: End, engine: &mut Engine) {
        let Some(connection) = self.connections.remove(&number) else { return };
        let counters = &mut self.counters;
        *match end {
            End::Crowded => &mut counters.crowded,
            End::Unproven => &mut counters.unproven,
            End::Junk => &mut counters.junk,
            End::Oversize => &mut counters.oversize,
            End::Left => &mut counters.left,
            End::Closed => &mut counters.closed,
        } += 1;
        // Dropping the stream takes it out of the epoll as well.
        engine.path_closed(now, connection.path);
    }

    /// Closes the connections whose peer has left, and those that have not proven themselves in time.
    fn sweep(&mut self, now: Instant, engine: &mut Engine) {
        self.sweep_at = now + SWEEP_INTERVAL;
        if !self.listening {
            self.listen(true);
        }
        let over = |one: &Connection| {
            if engine.knows(one.path) {
                return None;
            }
            let late = now.saturating_duration_since(one.since) >= PROOF_WITHIN;
            if one.proven { Some(End::Left) } else { late.then_some(End::Unproven) }
        };
        let ended: Vec<(u32, End)> =
            self.connections.iter().filter_map(|(number, one)| Some((*number, over(one)?))).collect();
        for (number, end) in ended {
            self.close(now, number, end, engine);
        }
    }

    /// Queues a train's datagrams, those that fit. [`TcpPaths::flush_all`] hands them to the kernel.
    pub(super) fn send(&mut self, bytes: &[u8], train: &Train) {
        let datagrams = bytes[train.bytes.clone()].chunks(train.segment.max(1));
        let number = path::connection(train.to);
        let Some((number, connection)) =
            number.and_then(|number| Some((number, self.connections.get_mut(&number)?)))
        else {
            self.counters.gone += datagrams.len() as u64;
            return;
        };
        for datagram in datagrams {
            self.counters.queue_full += u64::from(!connection.push(datagram));
        }
        if !std::mem::replace(&mut connection.touched, true) {
            self.touched.push(number);
        }
    }

    /// Hands the kernel what was queued since the last call.
    pub(super) fn flush_all(&mut self) {
        while let Some(number) = self.touched.pop() {
            self.flush(number);
        }
    }

    fn flush(&mut self, number: u32) {
        let Some(connection) = self.connections.get_mut(&number) else { return };
        connection.touched = false;
        let waits = connection.flush() == Flushed::Waiting;
        if waits != connection.watched {
            let out = if waits { EpollFlags::EPOLLOUT } else { EpollFlags::empty() };
            let mut interest = EpollEvent::new(EpollFlags::EPOLLIN | out, u64::from(number));
            if self.epoll.modify(connection.stream(), &mut interest).is_ok() {
                connection.watched = waits;
            }
        }
    }
}

/// Hands the engine the datagrams in `bytes` and has the connection keep the beginning of the next.
fn datagrams(
    now: Instant,
    connection: &mut Connection,
    bytes: &mut [u8],
    engine: &mut Engine,
) -> Result<(), End> {
    let mut at = 0;
    loop {
        match framing::first(&bytes[at..]) {
            Frame::Whole(range) => {
                let datagram = &mut bytes[at + range.start..at + range.end];
                at += range.end;
                take(now, connection, datagram, engine)?;
            }
            Frame::Part => {
                connection.keep(&bytes[at..]);
                return Ok(());
            }
            Frame::TooLong => return Err(End::Oversize),
        }
    }
}

fn take(
    now: Instant,
    connection: &mut Connection,
    datagram: &mut [u8],
    engine: &mut Engine,
) -> Result<(), End> {
    if !engine.put_aside(connection.path, datagram) {
        engine.datagram(now, connection.path, datagram);
    }
    if !connection.proven {
        connection.proven = engine.knows(connection.path);
        connection.unproven += LENGTH + datagram.len();
        if connection.unproven > MAX_UNPROVEN_BYTES {
            return Err(End::Junk);
        }
    }
    Ok(())
}

fn network_of(connection: &Connection) -> IpAddr {
    network(path::plain(connection.path).ip())
}

/// The address that counts as one: of IPv6 the network, for whoever has one address of it has them all.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
    }
}
