//! Under which addresses browsers find the media threads.

use std::io;
use std::net::{IpAddr, SocketAddr};

/// The addresses to announce: what the operator said, or else those of this machine that `listen` covers.
///
/// Loopback is announced in dev mode only, behind the others: Firefox never reaches a 127.0.0.1 candidate, and a browser elsewhere would only
/// try its own machine.
pub(super) fn announced(listen: IpAddr, said: &[IpAddr], dev: bool) -> io::Result<Vec<IpAddr>> {
    if !said.is_empty() {
        return Ok(said.to_vec());
    }
    if !listen.is_unspecified() {
        return Ok(vec![listen]);
    }
    let mut found: Vec<IpAddr> = if_addrs::get_if_addrs()?
        .into_iter()
        .map(|interface| interface.ip())
        .filter(|ip| covers(listen, *ip) && is_reachable(*ip))
        .collect();
    found.sort();
    found.dedup();
    if dev || found.is_empty() {
        found.push(IpAddr::from([127, 0, 0, 1]));
    }
    Ok(found)
}

/// Whether a socket bound to the any-address `listen` receives what is sent to `ip`.
fn covers(listen: IpAddr, ip: IpAddr) -> bool {
    listen.is_ipv6() || ip.is_ipv4()
}

fn is_reachable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local(),
        // fe80::/10 needs a zone that only this machine knows.
        IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local(),
    }
}

/// Two candidates an address, on a thread's port: UDP, and behind all of these TCP.
pub(super) fn candidates(announced: &[IpAddr], port: u16) -> Vec<SocketAddr> {
    let udp = announced.iter().map(|ip| SocketAddr::new(*ip, port));
    let tcp = udp.clone().map(|address| media::path::over_tcp(address, 0));
    udp.chain(tcp).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_operator_said_is_announced_and_nothing_else() {
        let said = ["203.0.113.7".parse().unwrap()];
        assert_eq!(announced("0.0.0.0".parse().unwrap(), &said, true).unwrap(), said);
    }

    #[test]
    fn one_listening_address_is_announced_as_it_is() {
        let listen = "127.0.0.1".parse().unwrap();
        assert_eq!(announced(listen, &[], false).unwrap(), [listen]);
    }

    #[test]
    fn an_ipv4_socket_announces_no_ipv6_address_and_dev_mode_adds_loopback() {
        let found = announced("0.0.0.0".parse().unwrap(), &[], true).unwrap();
        assert!(found.iter().all(IpAddr::is_ipv4), "{found:?}");
        assert_eq!(found.last(), Some(&IpAddr::from([127, 0, 0, 1])));
    }
}
