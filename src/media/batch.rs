//! The buffers of one `recvmmsg` and of one `sendmmsg`, in the shape the kernel reads and writes.
//!
//! Headers point into boxed arrays of the same batch; `prepare` sets every pointer anew before each call, so a batch may be moved between
//! calls.
#![allow(unsafe_code)]

use std::mem::{size_of, zeroed};
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use libc::{
    c_int, c_uint, c_void, iovec, mmsghdr, msghdr, sockaddr_in, sockaddr_in6, sockaddr_storage, socklen_t,
};
use media::Train;

/// Datagrams taken in one call.
pub(super) const RECEIVE_BATCH: usize = 64;
/// Longest datagram taken, in bytes; a longer one is cut and then fails its integrity check.
pub(super) const RECEIVE_BYTES: usize = 2048;
/// Trains handed to the kernel in one call.
pub(super) const SEND_BATCH: usize = 64;

/// Datagrams of a train.
pub(super) fn segments(train: &Train) -> usize {
    train.bytes.len().div_ceil(train.segment.max(1))
}

/// Buffers for one `recvmmsg`.
pub(super) struct ReceiveBatch {
    pub(super) headers: Box<[mmsghdr; RECEIVE_BATCH]>,
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

    pub(super) fn prepare(&mut self) {
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
    pub(super) headers: Box<[mmsghdr; SEND_BATCH]>,
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

    pub(super) fn prepare(&mut self, bytes: &[u8], trains: &[Train], ipv6: bool) {
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
