//! One UDP socket: many datagrams in with one call, trains of datagrams out with one call.
//!
//! This is the only module of the server with `unsafe` code: `recvmmsg`, `sendmmsg` and UDP segmentation offload have no safe
//! counterpart in the standard library. Everything the kernel is pointed at lives in the two batches below, which are made once and
//! never moved while a call runs.
#![allow(unsafe_code)]

use std::io;
use std::mem::{size_of, zeroed};
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use libc::{
    c_int, c_uint, c_void, iovec, mmsghdr, msghdr, sockaddr_in, sockaddr_in6, sockaddr_storage, socklen_t,
};
use media::{MAX_TRAIN_SEGMENTS, Outbox, Train};

/// Datagrams taken in one call.
pub(super) const RECEIVE_BATCH: usize = 64;
/// Longest datagram taken, in bytes; a longer one is cut and then fails its integrity check.
pub(super) const RECEIVE_BYTES: usize = 2048;
/// Trains handed to the kernel in one call.
const SEND_BATCH: usize = 64;
/// Asked of the kernel for both directions, in bytes: a burst of a keyframe to a few hundred viewers. It may grant less.
const SOCKET_BUFFER: c_int = 8 * 1024 * 1024;
/// How long one call waits for room in the send buffer before its datagrams are given up.
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
    counters: SocketCounters,
}

impl MediaSocket {
    /// Binds. On an IPv6 any-address the socket takes IPv4 as well.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = open(address)?;
        socket.set_nonblocking(true)?;
        let offload = supports_offload(socket.as_raw_fd());
        Ok(MediaSocket { socket, ipv6: address.is_ipv6(), offload, counters: SocketCounters::default() })
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

    /// Takes what has arrived, at most [`RECEIVE_BATCH`] datagrams; returns how many.
    pub(super) fn receive(&mut self, batch: &mut ReceiveBatch) -> usize {
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

    /// Sends everything in `outbox`, in order. What the kernel does not take is counted and left out, as the network might have done.
    pub(super) fn send(&mut self, outbox: &Outbox, batch: &mut SendBatch) {
        for trains in outbox.trains().chunks(SEND_BATCH) {
            self.send_trains(outbox.bytes(), trains, batch);
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
        for attempt in 0..2 {
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
                Some(libc::EAGAIN | libc::ENOBUFS) if attempt == 0 => wait_writable(self.fd(), SEND_PATIENCE),
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

fn segments(train: &Train) -> usize {
    train.bytes.len().div_ceil(train.segment.max(1))
}

/// Buffers for one `recvmmsg`.
pub(super) struct ReceiveBatch {
    headers: Box<[mmsghdr; RECEIVE_BATCH]>,
    vectors: Box<[iovec; RECEIVE_BATCH]>,
    addresses: Box<[sockaddr_storage; RECEIVE_BATCH]>,
    bytes: Box<[[u8; RECEIVE_BYTES]]>,
}

impl ReceiveBatch {
    pub(super) fn new() -> Self {
        // SAFETY: all-zero is a valid value of each of these C structures (null pointers, zero lengths).
        let (headers, vectors, addresses) =
            unsafe { (Box::new(zeroed()), Box::new(zeroed()), Box::new(zeroed())) };
        ReceiveBatch {
            headers,
            vectors,
            addresses,
            bytes: vec![[0; RECEIVE_BYTES]; RECEIVE_BATCH].into_boxed_slice(),
        }
    }

    fn prepare(&mut self) {
        for index in 0..RECEIVE_BATCH {
            self.vectors[index] =
                iovec { iov_base: self.bytes[index].as_mut_ptr().cast::<c_void>(), iov_len: RECEIVE_BYTES };
            let header = &mut self.headers[index].msg_hdr;
            header.msg_name = (&raw mut self.addresses[index]).cast::<c_void>();
            header.msg_namelen = size_of::<sockaddr_storage>() as socklen_t;
            header.msg_iov = &raw mut self.vectors[index];
            header.msg_iovlen = 1;
            header.msg_control = std::ptr::null_mut();
            header.msg_controllen = 0;
        }
    }

    /// The datagram at `index` of the last call, and where it came from; `None` for an address family that is not IP.
    pub(super) fn datagram(&mut self, index: usize) -> Option<(SocketAddr, &mut [u8])> {
        let from = read_address(&self.addresses[index])?;
        let length = (self.headers[index].msg_len as usize).min(RECEIVE_BYTES);
        Some((from, &mut self.bytes[index][..length]))
    }
}

/// Headers for one `sendmmsg`.
pub(super) struct SendBatch {
    headers: Box<[mmsghdr; SEND_BATCH]>,
    vectors: Box<[iovec; SEND_BATCH]>,
    addresses: Box<[sockaddr_in6; SEND_BATCH]>,
    controls: Box<[SegmentControl; SEND_BATCH]>,
}

/// A control message with one `u16`, aligned as the kernel wants it.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct SegmentControl([u8; 24]);

impl SendBatch {
    pub(super) fn new() -> Self {
        // SAFETY: all-zero is a valid value of each of these C structures.
        let (headers, vectors, addresses) =
            unsafe { (Box::new(zeroed()), Box::new(zeroed()), Box::new(zeroed())) };
        SendBatch { headers, vectors, addresses, controls: Box::new([SegmentControl([0; 24]); SEND_BATCH]) }
    }

    fn prepare(&mut self, bytes: &[u8], trains: &[Train], ipv6: bool) {
        for (index, train) in trains.iter().enumerate() {
            let payload = &bytes[train.bytes.clone()];
            // The kernel only reads what a send points at, though the structure says `*mut`.
            self.vectors[index] =
                iovec { iov_base: payload.as_ptr().cast_mut().cast::<c_void>(), iov_len: payload.len() };
            let name_length = write_address(&mut self.addresses[index], train.to, ipv6);
            let header = &mut self.headers[index].msg_hdr;
            header.msg_name = (&raw mut self.addresses[index]).cast::<c_void>();
            header.msg_namelen = name_length;
            header.msg_iov = &raw mut self.vectors[index];
            header.msg_iovlen = 1;
            header.msg_control = std::ptr::null_mut();
            header.msg_controllen = 0;
            if segments(train) > 1 {
                write_segment_size(header, &mut self.controls[index], train.segment);
            }
        }
    }
}

fn write_segment_size(header: &mut msghdr, control: &mut SegmentControl, segment: usize) {
    header.msg_control = control.0.as_mut_ptr().cast::<c_void>();
    // SAFETY: CMSG_SPACE and CMSG_LEN only compute; CMSG_FIRSTHDR returns the start of `control`, which has CMSG_SPACE(2) = 24 bytes
    // and the alignment of a cmsghdr, so the header and its u16 fit.
    unsafe {
        header.msg_controllen = libc::CMSG_SPACE(size_of::<u16>() as c_uint) as _;
        let first = libc::CMSG_FIRSTHDR(header);
        (*first).cmsg_level = libc::SOL_UDP;
        (*first).cmsg_type = libc::UDP_SEGMENT;
        (*first).cmsg_len = libc::CMSG_LEN(size_of::<u16>() as c_uint) as _;
        libc::CMSG_DATA(first).cast::<u16>().write_unaligned(segment as u16);
    }
}

/// Reads an address; IPv4 that came over an IPv6 socket is given as IPv4.
fn read_address(storage: &sockaddr_storage) -> Option<SocketAddr> {
    match c_int::from(storage.ss_family) {
        libc::AF_INET => {
            // SAFETY: the kernel said that this is a sockaddr_in, and the storage is large and aligned enough for any address.
            let address = unsafe { &*std::ptr::from_ref(storage).cast::<sockaddr_in>() };
            let ip = u32::from_be(address.sin_addr.s_addr).into();
            Some(SocketAddr::V4(SocketAddrV4::new(ip, u16::from_be(address.sin_port))))
        }
        libc::AF_INET6 => {
            // SAFETY: as above, for a sockaddr_in6.
            let address = unsafe { &*std::ptr::from_ref(storage).cast::<sockaddr_in6>() };
            let ip = Ipv6Addr::from(address.sin6_addr.s6_addr);
            let port = u16::from_be(address.sin6_port);
            Some(match ip.to_ipv4_mapped() {
                Some(ip) => SocketAddr::V4(SocketAddrV4::new(ip, port)),
                None => SocketAddr::V6(SocketAddrV6::new(ip, port, 0, address.sin6_scope_id)),
            })
        }
        _ => None,
    }
}

/// Writes an address in the form that the socket's family takes, and returns its length.
fn write_address(storage: &mut sockaddr_in6, to: SocketAddr, ipv6: bool) -> socklen_t {
    // SAFETY: all-zero is a valid sockaddr_in6.
    *storage = unsafe { zeroed() };
    let v6 = match to {
        SocketAddr::V4(v4) if !ipv6 => {
            // SAFETY: a sockaddr_in is smaller than a sockaddr_in6 and needs no stricter alignment.
            let address = unsafe { &mut *std::ptr::from_mut(storage).cast::<sockaddr_in>() };
            address.sin_family = libc::AF_INET as _;
            address.sin_port = v4.port().to_be();
            address.sin_addr.s_addr = u32::from(*v4.ip()).to_be();
            return size_of::<sockaddr_in>() as socklen_t;
        }
        SocketAddr::V4(v4) => SocketAddrV6::new(v4.ip().to_ipv6_mapped(), v4.port(), 0, 0),
        SocketAddr::V6(v6) => v6,
    };
    storage.sin6_family = libc::AF_INET6 as _;
    storage.sin6_port = v6.port().to_be();
    storage.sin6_addr.s6_addr = v6.ip().octets();
    storage.sin6_scope_id = v6.scope_id();
    size_of::<sockaddr_in6>() as socklen_t
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
