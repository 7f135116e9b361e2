//! One port for UDP and TCP.

use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::media::socket::MediaSocket;

/// Where any port will do, the one that the kernel gives for UDP may be taken for TCP; so many are tried.
const TRIES: usize = 32;

/// Binds both to the same address; port 0 takes one that is free for both.
///
/// # Errors
/// The port is taken, or the address is not this machine's.
pub(crate) fn bind(address: SocketAddr) -> io::Result<(MediaSocket, TcpListener)> {
    let tries = if address.port() == 0 { TRIES } else { 1 };
    let mut taken = None;
    for _ in 0..tries {
        let socket = MediaSocket::bind(address).map_err(|error| named("UDP", address, &error))?;
        let address = SocketAddr::new(address.ip(), socket.local_addr()?.port());
        match TcpListener::bind(address) {
            Ok(listener) => return Ok((socket, listener)),
            Err(error) => taken = Some(named("TCP", address, &error)),
        }
    }
    Err(taken.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
}

fn named(what: &str, address: SocketAddr, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("media socket {address}, {what}: {error}"))
}
