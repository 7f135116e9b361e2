//! A process full of sockets that read what comes, as a crowd of viewers would: the floor's other end.
//!
//! It is a process of its own because a sender pays for waking its readers, and pays differently when they share its memory. It says on
//! standard output which ports it has, then answers each line on standard input with what it has read so far. The end of standard input
//! ends it, so that it never outlives who started it.

use std::array;
use std::io::{self, IoSliceMut, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, recvmmsg, setsockopt, sockopt};
use nix::sys::time::TimeSpec;
use serde::{Deserialize, Serialize};

/// Datagrams taken in one call.
const BATCH: usize = 32;
/// Longest datagram read, in bytes.
const RECEIVE_BYTES: usize = 2048;
/// Asked of the kernel for what waits to be read, as the load generator does.
const RECEIVE_BUFFER: usize = 2 * 1024 * 1024;
/// Readable sockets learnt of in one call.
const EVENTS: usize = 1024;
/// How long a sink may take to read what was sent last.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(20);

/// What a sink has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Count {
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
}

/// Runs as the sink.
///
/// # Errors
/// This machine does not give so many sockets, or whoever started it has gone.
pub(crate) fn run(sockets: usize) -> anyhow::Result<()> {
    let sockets = (0..sockets).map(|_| open()).collect::<anyhow::Result<Vec<_>>>()?;
    let mut poll = Poll::new().context("no epoll")?;
    for (index, socket) in sockets.iter().enumerate() {
        poll.registry().register(&mut SourceFd(&socket.as_raw_fd()), Token(index), Interest::READABLE)?;
    }
    let asked = Token(sockets.len());
    poll.registry().register(&mut SourceFd(&io::stdin().as_raw_fd()), asked, Interest::READABLE)?;
    let ports =
        sockets.iter().map(|socket| Ok(socket.local_addr()?.port())).collect::<io::Result<Vec<_>>>()?;
    say(&ports)?;
    let mut reader = Reader::new();
    let mut events = Events::with_capacity(EVENTS);
    loop {
        match poll.poll(&mut events, None) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error.into()),
            _ => {}
        }
        for event in &events {
            match sockets.get(event.token().0) {
                Some(socket) => reader.drain(socket)?,
                None => {
                    let mut line = [0; 64];
                    if io::stdin().read(&mut line)? == 0 {
                        return Ok(());
                    }
                    say(&reader.count)?;
                }
            }
        }
    }
}

fn open() -> anyhow::Result<UdpSocket> {
    let socket = UdpSocket::bind("127.0.0.1:0").context("no more sockets: see `ulimit -n`")?;
    socket.set_nonblocking(true)?;
    setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
    // The kernel grants what it is configured to; less is no error.
    let _ = setsockopt(&socket, sockopt::RcvBuf, &RECEIVE_BUFFER);
    Ok(socket)
}

fn say(what: &impl Serialize) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{}", serde_json::to_string(what)?)?;
    io::stdout().flush()?;
    Ok(())
}

struct Reader {
    headers: MultiHeaders<SockaddrIn>,
    memory: Vec<u8>,
    count: Count,
}

impl Reader {
    fn new() -> Reader {
        Reader {
            headers: MultiHeaders::preallocate(BATCH, Some(nix::cmsg_space!(TimeSpec))),
            memory: vec![0; BATCH * RECEIVE_BYTES],
            count: Count::default(),
        }
    }

    /// Reads until there is nothing more: the next event comes for new datagrams only.
    fn drain(&mut self, socket: &UdpSocket) -> anyhow::Result<()> {
        loop {
            let mut space = self.memory.chunks_exact_mut(RECEIVE_BYTES);
            let mut slices: [[IoSliceMut<'_>; 1]; BATCH] =
                array::from_fn(|_| [IoSliceMut::new(space.next().unwrap_or_default())]);
            let (fd, flags) = (socket.as_raw_fd(), MsgFlags::MSG_DONTWAIT);
            let mut taken = 0;
            match recvmmsg(fd, &mut self.headers, &mut slices, flags, None) {
                Ok(messages) => {
                    for message in messages {
                        taken += 1;
                        self.count.bytes += message.bytes as u64;
                    }
                }
                Err(Errno::EAGAIN | Errno::EINTR) => {}
                Err(error) => return Err(error).context("cannot read"),
            }
            self.count.packets += taken as u64;
            if taken < BATCH {
                return Ok(());
            }
        }
    }
}

/// A sink that runs, seen by whoever started it.
pub(crate) struct Sink {
    process: Child,
    ask: Option<ChildStdin>,
    answers: ChildStdout,
    addresses: Vec<SocketAddrV4>,
}

impl Sink {
    /// Starts one: this very program, as another process.
    ///
    /// # Errors
    /// It cannot be started or has not enough sockets.
    pub(crate) fn start(sockets: usize) -> anyhow::Result<Sink> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["sink", "--sockets", &sockets.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the sink")?;
        let ask = process.stdin.take();
        let answers = process.stdout.take().context("the sink has no standard output")?;
        let mut sink = Sink { process, ask, answers, addresses: Vec::new() };
        let ports: Vec<u16> = sink.answer()?;
        sink.addresses = ports.iter().map(|port| SocketAddrV4::new(Ipv4Addr::LOCALHOST, *port)).collect();
        Ok(sink)
    }

    /// Where its sockets are.
    pub(crate) fn addresses(&self) -> &[SocketAddrV4] {
        &self.addresses
    }

    /// What it has read once it has read so many packets, or what it has after waiting for them.
    ///
    /// # Errors
    /// It has gone.
    pub(crate) fn count(&mut self, packets: u64) -> anyhow::Result<Count> {
        let began = Instant::now();
        loop {
            self.ask.as_mut().context("the sink was let go")?.write_all(b"count\n")?;
            let count: Count = self.answer()?;
            if count.packets >= packets || began.elapsed() > PATIENCE {
                return Ok(count);
            }
            std::thread::sleep(LOOK);
        }
    }

    fn answer<T: for<'a> Deserialize<'a>>(&mut self) -> anyhow::Result<T> {
        let mut line = Vec::new();
        let mut byte = [0];
        loop {
            anyhow::ensure!(self.answers.read(&mut byte)? == 1, "the sink has gone");
            if byte == *b"\n" {
                return serde_json::from_slice(&line).context("the sink's answer");
            }
            line.push(byte[0]);
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.ask = None;
        let _ = self.process.wait();
    }
}
