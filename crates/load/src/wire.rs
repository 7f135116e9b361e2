//! A synthetic participant's UDP socket: what arrives comes with the kernel's own time stamp, and some of it may be lost on purpose.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;

use media::Outbox;
use nix::errno::Errno;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, send, setsockopt, sockopt};
use nix::sys::time::TimeSpec;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::io::Interest;
use tokio::net::UdpSocket;

use crate::Micros;

/// Longest datagram read, in bytes.
pub(crate) const RECEIVE_BYTES: usize = 2048;

/// Asked of the kernel for what waits to be read: a second of a busy stage, while the generator does something else.
const RECEIVE_BUFFER: usize = 2 * 1024 * 1024;

/// A socket that knows one server only.
#[derive(Debug)]
pub(crate) struct Wire {
    socket: UdpSocket,
    /// Share of datagrams lost, both ways.
    loss: f64,
    random: StdRng,
    control: Vec<u8>,
}

impl Wire {
    /// Opens one towards the server. `loss` is the share of datagrams lost on purpose, both ways, 0 to 1, drawn from `seed`.
    ///
    /// # Errors
    /// The machine has no port or no way there.
    pub(crate) async fn open(server: SocketAddr, loss: f64, seed: u64) -> io::Result<Wire> {
        let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(any).await?;
        setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
        // The kernel grants what it is configured to; less is no error.
        let _ = setsockopt(&socket, sockopt::RcvBuf, &RECEIVE_BUFFER);
        socket.connect(server).await?;
        let control = nix::cmsg_space!(TimeSpec);
        Ok(Wire { socket, loss, random: StdRng::seed_from_u64(seed), control })
    }

    /// Waits until something may have arrived.
    ///
    /// # Errors
    /// The socket is broken.
    pub(crate) async fn readable(&self) -> io::Result<()> {
        self.socket.readable().await
    }

    /// Takes one datagram: its length in `space`, and when the kernel had it. `None` when there is nothing more.
    pub(crate) fn receive(&mut self, space: &mut [u8; RECEIVE_BYTES]) -> Option<(usize, Micros)> {
        loop {
            let Wire { socket, control, .. } = self;
            let taken = socket.try_io(Interest::READABLE, || take(socket.as_raw_fd(), space, control));
            match taken {
                Ok(_) if self.loses() => {}
                Ok(taken) => return Some(taken),
                // An ICMP answer to an earlier send: the server is not there yet, or no more.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(_) => return None,
            }
        }
    }

    /// Sends all of it, in order, and empties the outbox. What the kernel does not take is lost, as the network might have lost it.
    pub(crate) fn send(&mut self, outbox: &mut Outbox) {
        for (_, datagram) in outbox.datagrams() {
            if self.loss == 0.0 || !self.random.random_bool(self.loss) {
                // Past the runtime's notion of readiness, which begins as "not yet".
                let _ = send(self.socket.as_raw_fd(), datagram, MsgFlags::MSG_DONTWAIT);
            }
        }
        outbox.clear();
    }

    fn loses(&mut self) -> bool {
        self.loss > 0.0 && self.random.random_bool(self.loss)
    }
}

fn take(socket: i32, space: &mut [u8], control: &mut [u8]) -> io::Result<(usize, Micros)> {
    let mut slices = [IoSliceMut::new(space)];
    let message = match recvmsg::<()>(socket, &mut slices, Some(control), MsgFlags::MSG_DONTWAIT) {
        Ok(message) => message,
        Err(Errno::EAGAIN) => return Err(io::ErrorKind::WouldBlock.into()),
        Err(error) => return Err(error.into()),
    };
    let stamp = message.cmsgs().ok().and_then(|mut messages| {
        messages.find_map(|one| match one {
            ControlMessageOwned::ScmTimestampns(time) => Some(micros(time)),
            _ => None,
        })
    });
    Ok((message.bytes, stamp.unwrap_or_else(Micros::now)))
}

fn micros(time: TimeSpec) -> Micros {
    let (seconds, nanos) = (time.tv_sec().unsigned_abs(), time.tv_nsec().unsigned_abs());
    Micros(seconds * 1_000_000 + nanos / 1000)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn pair(loss: f64) -> (UdpSocket, Wire) {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let wire = Wire::open(server.local_addr().unwrap(), loss, 3).await.unwrap();
        (server, wire)
    }

    fn hundred(to: SocketAddr) -> Outbox {
        let mut outbox = Outbox::new();
        (0..100).for_each(|number| outbox.push(to, &[number; 10]));
        outbox
    }

    /// When a datagram was handed to the kernel, when it says that it got it, and when that call was over.
    async fn stamped(server: &UdpSocket, wire: &mut Wire, to: SocketAddr) -> (Micros, Micros, Micros) {
        let before = Micros::now();
        server.send_to(b"hello", to).await.unwrap();
        let after = Micros::now();
        tokio::time::sleep(Duration::from_millis(20)).await;
        wire.readable().await.unwrap();
        let mut space = [0; RECEIVE_BYTES];
        let (length, at) = wire.receive(&mut space).unwrap();
        assert_eq!(&space[..length], b"hello");
        assert_eq!(wire.receive(&mut space), None);
        (before, at, after)
    }

    #[tokio::test]
    async fn a_datagram_is_stamped_when_the_kernel_gets_it_not_when_it_is_read() {
        let (server, mut wire) = pair(0.0).await;
        wire.send(&mut hundred(server.local_addr().unwrap()));
        let (_, to) = server.recv_from(&mut [0; 10]).await.unwrap();
        // Linux turns stamping on from a work queue, a moment after the first socket of the machine asks for it; until then it stamps
        // when one reads.
        let mut last = stamped(&server, &mut wire, to).await;
        for _ in 0..50 {
            if last.1 <= last.2 {
                break;
            }
            last = stamped(&server, &mut wire, to).await;
        }
        let (before, at, after) = last;
        assert!(before <= at && at <= after, "{before:?} {at:?} {after:?}");
    }

    #[tokio::test]
    async fn a_lossy_wire_loses_its_share() {
        let (server, mut wire) = pair(0.2).await;
        wire.send(&mut hundred(server.local_addr().unwrap()));
        server.readable().await.unwrap();
        let mut arrived = 0;
        while server.try_recv(&mut [0; 10]).is_ok() {
            arrived += 1;
        }
        assert!((65..95).contains(&arrived), "{arrived}");
    }
}
