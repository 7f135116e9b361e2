//! A synthetic peer whose media goes over one TCP connection, in frames of RFC 4571.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use load::Control;
use media::Outbox;
use media::synthetic::{Frame, Offering, Peer, STAMP_AT, Shape};
use signaling::{Role, SourceMids};

use super::{MediaServer, PATIENCE};

/// Longest wait for bytes in one turn.
const TURN: Duration = Duration::from_millis(5);

/// Somebody in a room, over TCP.
pub(crate) struct TcpPeer {
    pub(crate) control: Control,
    pub(crate) server: SocketAddr,
    pub(crate) stream: TcpStream,
    pub(crate) peer: Peer,
    /// What was stamped into every packet of a picture received, oldest first.
    pub(crate) stamps: Vec<u8>,
    out: Outbox,
    bytes: Vec<u8>,
}

impl TcpPeer {
    /// Comes in and connects.
    pub(crate) async fn enter(server: &MediaServer, room: &str, seed: u64) -> TcpPeer {
        let token = server.api.token(room, &format!("Over TCP {seed}"), Role::Speaker).await.unwrap();
        let control = Control::enter(server.api.server(), room, &token).await.unwrap();
        let shape =
            Shape { seed, mic: true, camera: true, audio_slots: 1, video_slots: 1, ..Shape::default() };
        let offering = Offering::new(shape, &server.identity);
        let written = &offering.written;
        let text = |mid: Option<media::Mid>| mid.map(|mid| mid.as_str().to_owned());
        let mids =
            SourceMids { mic: text(written.sources.mic), camera: text(written.sources.camera), screen: None };
        let answer = control.offer(1, written.offer.clone(), mids).await.unwrap();
        let address = media::sdp::answer::read(&answer).unwrap().tcp_candidates[0];
        let peer = offering.answered(&answer, Some(address), &server.identity, Instant::now()).unwrap();
        let mut one = TcpPeer {
            control,
            server: address,
            stream: connect(address),
            peer,
            stamps: Vec::new(),
            out: Outbox::new(),
            bytes: Vec::new(),
        };
        one.until("connected", |one| one.peer.is_connected());
        one
    }

    /// Sends a keyframe of the smallest picture, every packet stamped.
    pub(crate) fn picture(&mut self, stamp: u8) {
        let frame = Frame { keyframe: true, packets: 3, size: 900, ticks: 3000, stamp: &[stamp] };
        self.peer.send_frame(media::Source::Camera, 0, &frame, &mut self.out);
        self.turn();
    }

    /// Goes on with another connection, as a browser does whose first one broke.
    pub(crate) fn reconnect(&mut self) {
        self.bytes.clear();
        self.stream = connect(self.server);
    }

    /// Takes turns until it is so.
    pub(crate) fn until(&mut self, what: &str, so: impl Fn(&TcpPeer) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !so(self) {
            assert!(Instant::now() < end, "not {what} in time");
            self.turn();
        }
    }

    /// Sends what there is to send, and takes what has come.
    pub(crate) fn turn(&mut self) {
        let now = Instant::now();
        self.peer.poll(now, &mut self.out);
        for (_, datagram) in self.out.datagrams() {
            // A connection that broke says so when it is read.
            let _ = self.stream.write_all(&frame(datagram));
        }
        self.out.clear();
        let mut space = [0; 64 * 1024];
        match self.stream.read(&mut space) {
            Ok(count) => self.bytes.extend_from_slice(&space[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(error) => panic!("{error}"),
        }
        while let Some(mut datagram) = self.next_datagram() {
            let stamps = &mut self.stamps;
            self.peer.receive(now, self.server, &mut datagram, &mut self.out, |media| {
                // What waited too long for its turn is let go, and padding takes its number: it bears no stamp.
                if media.kind == media::Kind::Video && !media.payload.is_empty() {
                    stamps.push(media.payload[STAMP_AT]);
                }
            });
        }
    }

    fn next_datagram(&mut self) -> Option<Vec<u8>> {
        let length = usize::from(u16::from_be_bytes([*self.bytes.first()?, *self.bytes.get(1)?]));
        assert!(length <= media::MAX_DATAGRAM, "what came is no frame: half of one was left out");
        let datagram = self.bytes.get(2..2 + length)?.to_vec();
        self.bytes.drain(..2 + length);
        Some(datagram)
    }
}

/// A connection that is read for a moment at a time.
pub(crate) fn connect(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(TURN)).unwrap();
    stream
}

/// A datagram behind its length.
pub(crate) fn frame(datagram: &[u8]) -> Vec<u8> {
    [&(datagram.len() as u16).to_be_bytes(), datagram].concat()
}

/// Whether the far end closes a connection within this time.
pub(crate) fn is_closed_within(stream: &mut TcpStream, patience: Duration) -> bool {
    let end = Instant::now() + patience;
    let mut space = [0; 4096];
    while Instant::now() < end {
        match stream.read(&mut space) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return true,
        }
    }
    false
}
