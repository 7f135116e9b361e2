//! A way to a peer's far end, as one address: UDP, or one TCP connection (RFC 6544).
//!
//! Everything in the engine that is about where a datagram came from or goes to (proven addresses, routes, trains) takes a plain
//! [`SocketAddr`]. A TCP connection may come from the same IP address and port as UDP does, and two connections one after the other may as
//! well; none of them proves anything of the other. So the address of what comes over TCP is marked with the number of its connection, in
//! the flow information of an IPv6 address, where an address of UDP has 0. The mark never leaves this machine: the kernel gets no such
//! address, and a peer is told its own one without the mark ([`plain`]).

use std::net::{IpAddr, SocketAddr, SocketAddrV6};

/// Says that it is TCP; the rest of the word is the connection's number.
const TCP: u32 = 1 << 31;

/// The highest number a connection can have.
pub const MAX_CONNECTION: u32 = TCP - 1;

/// The far end of TCP connection number `connection` of a media thread, at most [`MAX_CONNECTION`]. A number that comes again must not
/// do so while anybody may remember it.
pub fn over_tcp(address: SocketAddr, connection: u32) -> SocketAddr {
    let (ip, scope) = match address {
        SocketAddr::V4(v4) => (v4.ip().to_ipv6_mapped(), 0),
        SocketAddr::V6(v6) => (*v6.ip(), v6.scope_id()),
    };
    SocketAddr::V6(SocketAddrV6::new(ip, address.port(), TCP | (connection & MAX_CONNECTION), scope))
}

/// The number of the TCP connection that a path is; `None` for UDP.
pub fn connection(path: SocketAddr) -> Option<u32> {
    match path {
        SocketAddr::V6(v6) if v6.flowinfo() & TCP != 0 => Some(v6.flowinfo() & MAX_CONNECTION),
        SocketAddr::V4(_) | SocketAddr::V6(_) => None,
    }
}

/// The address alone, as the far end would know it.
pub fn plain(path: SocketAddr) -> SocketAddr {
    match path.ip().to_canonical() {
        ip @ IpAddr::V4(_) => SocketAddr::new(ip, path.port()),
        ip @ IpAddr::V6(_) => match path {
            SocketAddr::V6(v6) => SocketAddr::V6(SocketAddrV6::new(*v6.ip(), v6.port(), 0, v6.scope_id())),
            SocketAddr::V4(_) => SocketAddr::new(ip, path.port()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses() -> [SocketAddr; 3] {
        ["192.0.2.1:9".parse().unwrap(), "[2001:db8::1]:9".parse().unwrap(), "[fe80::1%4]:9".parse().unwrap()]
    }

    #[test]
    fn a_connection_is_told_from_udp_and_from_every_other_connection_of_the_same_address() {
        for address in addresses() {
            let paths =
                [address, over_tcp(address, 0), over_tcp(address, 1), over_tcp(address, MAX_CONNECTION)];
            assert_eq!(paths.map(connection), [None, Some(0), Some(1), Some(MAX_CONNECTION)]);
            for (index, path) in paths.iter().enumerate() {
                assert!(paths[..index].iter().all(|other| other != path), "{path}");
            }
        }
    }

    #[test]
    fn without_its_mark_a_path_is_the_address_it_was_made_of() {
        for address in addresses() {
            assert_eq!(plain(over_tcp(address, 7)), address);
            assert_eq!(plain(address), address);
        }
    }
}
