//! A synthetic participant's UDP socket: what arrives comes with the kernel's own time stamp, and some of it may be lost on purpose.

use std::collections::HashSet;
use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};

use media::Outbox;
use nix::errno::Errno;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, MultiHeaders, recvmmsg, send, setsockopt, sockopt};
use nix::sys::time::TimeSpec;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::Micros;

/// Longest datagram read, in bytes.
const RECEIVE_BYTES: usize = 2048;
/// Datagrams read in one call: more than a frame has.
pub(crate) const RECEIVE_BATCH: usize = 16;

/// Asked of the kernel for what waits to be read: a second of a busy stage, while the generator does something else.
const RECEIVE_BUFFER: usize = 2 * 1024 * 1024;

/// A socket that knows one server only.
#[derive(Debug)]
pub(crate) struct Wire {
    socket: UdpSocket,
    /// Share of datagrams lost, both ways.
    loss: f64,
    random: StdRng,
}

/// What one call brings, for all wires of a thread in turn.
pub(crate) struct Inbox {
    headers: MultiHeaders<()>,
    space: Box<[[u8; RECEIVE_BYTES]; RECEIVE_BATCH]>,
    /// Length and arrival of each datagram of the last call.
    taken: [(usize, Micros); RECEIVE_BATCH],
}

impl Wire {
    /// Opens one towards the server. `loss` is the share of datagrams lost on purpose, both ways, 0 to 1, drawn from `seed`.
    ///
    /// # Errors
    /// The machine has no port or no way there.
    pub(crate) fn open(server: SocketAddr, loss: f64, seed: u64) -> io::Result<Wire> {
        let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(any)?;
        socket.set_nonblocking(true)?;
        setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
        // The kernel grants what it is configured to; less is no error.
        let _ = setsockopt(&socket, sockopt::RcvBuf, &RECEIVE_BUFFER);
        socket.connect(server)?;
        Ok(Wire { socket, loss, random: StdRng::seed_from_u64(seed) })
    }

    pub(crate) fn fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// Its port on this side.
    pub(crate) fn port(&self) -> u16 {
        self.socket.local_addr().map_or(0, |address| address.port())
    }

    /// Takes what has arrived, at most [`RECEIVE_BATCH`] datagrams, and hands over each that is not lost; returns how many there were.
    pub(crate) fn receive(&mut self, inbox: &mut Inbox, mut each: impl FnMut(Micros, &mut [u8])) -> usize {
        let count = inbox.fill(self.fd());
        for index in 0..count {
            let (length, arrived) = inbox.taken[index];
            if !self.loses() {
                each(arrived, &mut inbox.space[index][..length]);
            }
        }
        count
    }

    /// Sends all of it, in order, and empties the outbox. What the kernel does not take is lost, as the network might have lost it.
    pub(crate) fn send(&mut self, outbox: &mut Outbox) {
        for (_, datagram) in outbox.datagrams() {
            if self.loss == 0.0 || !self.random.random_bool(self.loss) {
                let _ = send(self.socket.as_raw_fd(), datagram, MsgFlags::MSG_DONTWAIT);
            }
        }
        outbox.clear();
    }

    fn loses(&mut self) -> bool {
        self.loss > 0.0 && self.random.random_bool(self.loss)
    }
}

impl Inbox {
    pub(crate) fn new() -> Inbox {
        Inbox {
            headers: MultiHeaders::preallocate(RECEIVE_BATCH, Some(nix::cmsg_space!(TimeSpec))),
            space: Box::new([[0; RECEIVE_BYTES]; RECEIVE_BATCH]),
            taken: [(0, Micros(0)); RECEIVE_BATCH],
        }
    }

    /// Takes a batch; how many datagrams it has.
    fn fill(&mut self, fd: RawFd) -> usize {
        // An ICMP answer to an earlier send (the server is not there yet, or no more) may come before what there is to read.
        (0..2).find_map(|_| self.take(fd)).unwrap_or(0)
    }

    /// `None` when the kernel had something else to say first.
    fn take(&mut self, fd: RawFd) -> Option<usize> {
        let mut slices = self.space.each_mut().map(|one| [IoSliceMut::new(one)]);
        let messages = recvmmsg(fd, &mut self.headers, slices.iter_mut(), MsgFlags::MSG_DONTWAIT, None);
        let messages = match messages {
            Ok(messages) => messages,
            Err(Errno::ECONNREFUSED | Errno::EINTR) => return None,
            Err(_) => return Some(0),
        };
        let mut count = 0;
        for (message, taken) in messages.zip(&mut self.taken) {
            let stamp = message.cmsgs().ok().and_then(|mut messages| {
                messages.find_map(|one| match one {
                    ControlMessageOwned::ScmTimestampns(time) => Some(micros(time)),
                    _ => None,
                })
            });
            *taken = (message.bytes, stamp.unwrap_or_else(Micros::now));
            count += 1;
        }
        Some(count)
    }
}

/// Datagrams that the kernel dropped at these local ports since nobody had read those before them in time.
pub(crate) fn unread(ports: &HashSet<u16>) -> u64 {
    let table = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    drops(&table("/proc/net/udp"), ports) + drops(&table("/proc/net/udp6"), ports)
}

/// The second field of a line is the local address in hexadecimal, the last one the count (proc_net_udp(5)).
fn drops(table: &str, ports: &HashSet<u16>) -> u64 {
    let line = |line: &str| {
        let local = line.split_whitespace().nth(1)?;
        let port = u16::from_str_radix(local.rsplit_once(':')?.1, 16).ok()?;
        ports.contains(&port).then(|| line.split_whitespace().next_back()?.parse::<u64>().ok())?
    };
    table.lines().filter_map(line).sum()
}

fn micros(time: TimeSpec) -> Micros {
    let (seconds, nanos) = (time.tv_sec().unsigned_abs(), time.tv_nsec().unsigned_abs());
    Micros(seconds * 1_000_000 + nanos / 1000)
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;
    use std::time::Duration;

    use super::*;

    fn pair(loss: f64) -> (UdpSocket, Wire) {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let wire = Wire::open(server.local_addr().unwrap(), loss, 3).unwrap();
        (server, wire)
    }

    fn hundred(to: SocketAddr) -> Outbox {
        let mut outbox = Outbox::new();
        (0..100).for_each(|number| outbox.push(to, &[number; 10]));
        outbox
    }

    /// When a datagram was handed to the kernel, when it says that it got it, and when that call was over.
    fn stamped(server: &UdpSocket, wire: &mut Wire, to: SocketAddr) -> (Micros, Micros, Micros) {
        let before = Micros::now();
        server.send_to(b"hello", to).unwrap();
        let after = Micros::now();
        sleep(Duration::from_millis(20));
        let mut at = None;
        let count = wire.receive(&mut Inbox::new(), |arrived, datagram| {
            assert_eq!(datagram, b"hello");
            at = Some(arrived);
        });
        assert_eq!(count, 1);
        (before, at.unwrap(), after)
    }

    #[test]
    fn a_datagram_is_stamped_when_the_kernel_gets_it_not_when_it_is_read() {
        let (server, mut wire) = pair(0.0);
        wire.send(&mut hundred(server.local_addr().unwrap()));
        let (_, to) = server.recv_from(&mut [0; 10]).unwrap();
        // Linux turns stamping on from a work queue, a moment after the first socket of the machine asks for it; until then it stamps
        // when one reads.
        let mut last = stamped(&server, &mut wire, to);
        for _ in 0..50 {
            if last.1 <= last.2 {
                break;
            }
            last = stamped(&server, &mut wire, to);
        }
        let (before, at, after) = last;
        assert!(before <= at && at <= after, "{before:?} {at:?} {after:?}");
    }

    #[test]
    fn one_inbox_takes_what_comes_again_and_again_in_order() {
        let (server, mut wire) = pair(0.0);
        wire.send(&mut hundred(server.local_addr().unwrap()));
        let (_, to) = server.recv_from(&mut [0; 10]).unwrap();
        let mut inbox = Inbox::new();
        for round in 0..3_u8 {
            for number in 0..20 {
                server.send_to(&[round, number], to).unwrap();
            }
            let mut taken = Vec::new();
            while wire.receive(&mut inbox, |_, datagram| taken.push(datagram.to_vec())) > 0 {}
            assert_eq!(taken, (0..20).map(|number| vec![round, number]).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_lossy_wire_loses_its_share() {
        let (server, mut wire) = pair(0.2);
        server.set_nonblocking(true).unwrap();
        wire.send(&mut hundred(server.local_addr().unwrap()));
        let mut arrived = 0;
        while server.recv(&mut [0; 10]).is_ok() {
            arrived += 1;
        }
        assert!((65..95).contains(&arrived), "{arrived}");
    }

    #[test]
    fn what_is_not_read_in_time_is_counted_by_port() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n\
            1: 0100007F:1B58 0100007F:0000 07 00000000:00000000 00:00000000 00000000     0        0 17 2 0 5\n\
            2: 0100007F:1B59 0100007F:0000 07 00000000:00000000 00:00000000 00000000     0        0 17 2 0 70\n";
        assert_eq!(drops(table, &[7000].into()), 5);
        assert_eq!(drops(table, &[7000, 7001].into()), 75);
    }
}
