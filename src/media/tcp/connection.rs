//! One TCP connection of a peer: bytes in, whole datagrams out, and the other way round.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use super::framing::{self, LENGTH, MAX_FRAME};

/// Bytes of media that wait for one connection at most, besides what the kernel keeps ([`SEND_BUFFER`]): less than half a second of the
/// best picture. What does not fit is left out, datagram by datagram, as a slow UDP path would lose it.
pub(super) const MAX_QUEUED: usize = 128 * 1024;
/// On top of that, for checks and handshakes: a peer whose media has to wait is not to lose its consent as well.
pub(super) const QUEUED_RESERVE: usize = 16 * 1024;
/// Bytes the kernel is asked to keep of a connection's way out. Left to itself it keeps megabytes, which is seconds of old pictures.
pub(super) const SEND_BUFFER: usize = 128 * 1024;
/// What an empty queue keeps of its memory, in bytes: a frame's packets to one viewer.
const KEPT_CAPACITY: usize = 16 * 1024;

/// What came of a read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// So many bytes lie in the space, the part kept from before in front of them.
    Bytes(usize),
    /// Nothing more for now.
    Nothing,
    /// The far end is gone.
    Closed,
}

/// What became of the bytes that waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flushed {
    /// All are with the kernel.
    All,
    /// Some wait for room.
    Waiting,
    /// The connection is broken; reading says so too.
    Broken,
}

/// A connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    /// What the engine knows it by.
    pub(super) path: SocketAddr,
    pub(super) since: Instant,
    /// A valid check has come over it.
    pub(super) proven: bool,
    /// Bytes taken before that.
    pub(super) unproven: usize,
    /// It wants to know when there is room to write.
    pub(super) watched: bool,
    /// Something was queued since the last flush.
    pub(super) touched: bool,
    /// The beginning of a frame whose rest has not come.
    part: Vec<u8>,
    queue: Vec<u8>,
    /// How much of the queue is with the kernel.
    sent: usize,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, path: SocketAddr, now: Instant) -> Self {
        Connection {
            stream,
            path,
            since: now,
            proven: false,
            unproven: 0,
            watched: false,
            touched: false,
            part: Vec::new(),
            queue: Vec::new(),
            sent: 0,
        }
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Reads once into `space`, which has room for more than [`MAX_FRAME`].
    pub(super) fn read(&mut self, space: &mut [u8]) -> Taken {
        let kept = self.part.len();
        space[..kept].copy_from_slice(&self.part);
        match self.stream.read(&mut space[kept..]) {
            Ok(0) => Taken::Closed,
            Ok(count) => {
                self.part.clear();
                Taken::Bytes(kept + count)
            }
            Err(error) if would_wait(&error) => Taken::Nothing,
            Err(_) => Taken::Closed,
        }
    }

    /// Keeps the beginning of a frame, shorter than [`MAX_FRAME`], for the next read.
    pub(super) fn keep(&mut self, part: &[u8]) {
        debug_assert!(part.len() < MAX_FRAME);
        self.part.extend_from_slice(part);
    }

    /// Queues a datagram; `false` when there is no room for it, even after the kernel took what it would.
    pub(super) fn push(&mut self, datagram: &[u8]) -> bool {
        let room = MAX_QUEUED + if is_media(datagram) { 0 } else { QUEUED_RESERVE };
        let needed = LENGTH + datagram.len();
        if self.waiting() + needed > room && self.flush() != Flushed::All && self.waiting() + needed > room {
            return false;
        }
        framing::append(&mut self.queue, datagram);
        true
    }

    /// Bytes that are not with the kernel yet.
    fn waiting(&self) -> usize {
        self.queue.len() - self.sent
    }

    /// Hands the kernel what it takes.
    pub(super) fn flush(&mut self) -> Flushed {
        while self.waiting() > 0 {
            match self.stream.write(&self.queue[self.sent..]) {
                Ok(0) => return Flushed::Broken,
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if would_wait(&error) => {
                    self.queue.drain(..self.sent);
                    self.sent = 0;
                    return Flushed::Waiting;
                }
                Err(_) => return Flushed::Broken,
            }
        }
        self.queue.clear();
        self.sent = 0;
        self.queue.shrink_to(KEPT_CAPACITY);
        Flushed::All
    }
}

fn would_wait(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

/// RTP and RTCP (RFC 7983, section 7), rather than STUN or DTLS.
fn is_media(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|first| *first >= 128)
}
