//! WebSocket frames as they stand on the wire (RFC 6455, section 5), without the wire.
//!
//! A library's WebSocket keeps, for as long as it is open, buffers as long as the longest message that ever went through it, in and
//! out: a page's offer and the room's snapshot, tens of kilobytes for each viewer who then says a word every few seconds. Here a page
//! that is silent holds no buffer at all.

use std::io::Cursor;

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use crate::bounds::{FIRST_FRAME_BYTES, FRAME_BYTES};

/// Longest payload of a control frame (RFC 6455, section 5.5).
pub(super) const CONTROL_BYTES: usize = 125;

/// What a page sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    Text(String),
    /// No message of this protocol is binary, so what it said is not kept.
    Binary,
    /// A frame whose message goes on: nothing to act upon, but a frame.
    Piece,
    /// To be answered with its payload.
    Ping(Vec<u8>),
    Pong,
    /// The page says goodbye, with the code it is to be answered with.
    Close(u16),
}

/// Why no more can be read from a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// A frame or a message of this many bytes at least: more than [`FRAME_BYTES`], or [`FIRST_FRAME_BYTES`] before anybody is let in.
    TooLong { bytes: u64 },
    /// A text that is not UTF-8.
    NotUtf8,
    /// Anything else that RFC 6455 forbids.
    Forbidden,
}

/// Closing because all is said (RFC 6455, section 7.4.1).
pub(super) const NORMAL: u16 = 1000;

/// What came and was not taken yet: nothing, unless a frame or a message has begun.
#[derive(Debug)]
pub(super) struct Incoming {
    bytes: Vec<u8>,
    /// How many of them were taken. They stay until the rest is no whole frame: moving the rest up for each of many small frames
    /// would take time with the square of their number.
    taken: usize,
    /// Longest frame or message.
    limit: usize,
    /// The pieces so far of a message in several frames.
    begun: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    is_text: bool,
    payload: Vec<u8>,
}

impl Incoming {
    /// What has come already, with the request that opened the socket.
    pub(super) fn after(early: &[u8]) -> Incoming {
        Incoming { bytes: early.to_vec(), taken: 0, limit: FIRST_FRAME_BYTES, begun: None }
    }

    /// Somebody was let in: frames may be as long as the protocol's are.
    pub(super) fn admit(&mut self) {
        self.limit = FRAME_BYTES;
    }

    /// More bytes came.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole frame's worth; `None` when more bytes are needed. After an error there is nothing more to be had.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Unreadable> {
        let mut cursor = Cursor::new(&self.bytes[self.taken..]);
        let parsed = FrameHeader::parse(&mut cursor).map_err(|_| Unreadable::Forbidden)?;
        let Some((header, length)) = parsed else { return Ok(self.wait()) };
        let start = usize::try_from(cursor.position()).map_err(|_| Unreadable::Forbidden)?;
        let before = self.begun.as_ref().map_or(0, |begun| begun.payload.len());
        let length = match usize::try_from(length) {
            Ok(length) if length <= self.limit - before.min(self.limit) => length,
            _ => return Err(Unreadable::TooLong { bytes: length.saturating_add(before as u64) }),
        };
        let mask = permitted(&header, length)?;
        let start = self.taken + start;
        let end = start + length;
        // Exactly its length: a pong waits with it, and must not keep the room of all that came at once.
        let Some(mut payload) = self.bytes.get(start..end).map(<[u8]>::to_vec) else {
            return Ok(self.wait());
        };
        self.taken = end;
        if end == self.bytes.len() {
            self.wait();
        }
        payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
        match header.opcode {
            OpCode::Control(control) => controlled(control, payload).map(Some),
            OpCode::Data(data) => self.data(data, header.is_final, payload).map(Some),
        }
    }

    /// Keeps of the bytes only what was not taken, in no more room than that, until more come.
    fn wait(&mut self) -> Option<Message> {
        if self.taken > 0 {
            self.bytes = self.bytes[self.taken..].to_vec();
            self.taken = 0;
        }
        None
    }

    fn data(&mut self, data: Data, is_final: bool, payload: Vec<u8>) -> Result<Message, Unreadable> {
        let message = match (data, self.begun.take()) {
            (Data::Continue, Some(mut begun)) => {
                begun.payload.extend_from_slice(&payload);
                begun
            }
            (Data::Text | Data::Binary, None) => Begun { is_text: data == Data::Text, payload },
            _ => return Err(Unreadable::Forbidden),
        };
        if !is_final {
            self.begun = Some(message);
            return Ok(Message::Piece);
        }
        if !message.is_text {
            return Ok(Message::Binary);
        }
        String::from_utf8(message.payload).map(Message::Text).map_err(|_| Unreadable::NotUtf8)
    }
}

/// The mask of a frame that a page may send.
fn permitted(header: &FrameHeader, length: usize) -> Result<[u8; 4], Unreadable> {
    let reserved = header.rsv1 || header.rsv2 || header.rsv3;
    let is_control = matches!(header.opcode, OpCode::Control(_));
    if reserved || (is_control && (!header.is_final || length > CONTROL_BYTES)) {
        return Err(Unreadable::Forbidden);
    }
    // Every frame of a client is masked (section 5.1).
    header.mask.ok_or(Unreadable::Forbidden)
}

fn controlled(control: Control, payload: Vec<u8>) -> Result<Message, Unreadable> {
    match control {
        Control::Ping => Ok(Message::Ping(payload)),
        Control::Pong => Ok(Message::Pong),
        Control::Close => match *payload.as_slice() {
            [] => Ok(Message::Close(NORMAL)),
            [high, low, ref reason @ ..] if std::str::from_utf8(reason).is_ok() => {
                let code = u16::from_be_bytes([high, low]);
                let may_be_sent = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
                may_be_sent.then_some(Message::Close(code)).ok_or(Unreadable::Forbidden)
            }
            _ => Err(Unreadable::Forbidden),
        },
        Control::Reserved(_) => Err(Unreadable::Forbidden),
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    const FINAL: u8 = 0x80;
    const MASK: [u8; 4] = [1, 2, 3, 4];

    /// A page's frame.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            length @ 0..126 => bytes.push(0x80 | length as u8),
            length @ 126..65_536 => {
                bytes.push(0x80 | 126);
                bytes.extend_from_slice(&(length as u16).to_be_bytes());
            }
            length => {
                bytes.push(0x80 | 127);
                bytes.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        bytes.extend_from_slice(&MASK);
        bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    /// Of somebody who was let in.
    fn admitted(early: &[u8]) -> Incoming {
        let mut incoming = Incoming::after(early);
        incoming.admit();
        incoming
    }

    /// All that these bytes are, added in parts of one size.
    fn read(bytes: &[u8], part: usize) -> Result<Vec<Message>, Unreadable> {
        let (mut incoming, mut messages) = (admitted(b""), Vec::new());
        for part in bytes.chunks(part) {
            incoming.add(part);
            while let Some(message) = incoming.next()? {
                messages.push(message);
            }
        }
        assert_eq!(incoming.bytes.capacity(), 0, "a silent page holds nothing");
        Ok(messages)
    }

    #[test]
    fn frames_are_read_however_they_are_cut() {
        let long = "ä".repeat(40_000);
        let mut bytes = frame(FINAL | 1, b"hello");
        bytes.extend(frame(FINAL | 9, b"are you there"));
        bytes.extend(frame(FINAL | 1, long.as_bytes()));
        bytes.extend(frame(FINAL | 2, &[0xff; 300]));
        bytes.extend(frame(FINAL | 8, &1001u16.to_be_bytes()));
        let all = [
            Message::Text("hello".to_owned()),
            Message::Ping(b"are you there".to_vec()),
            Message::Text(long),
            Message::Binary,
            Message::Close(1001),
        ];
        for part in [1, 2, 3, 7, 1000, usize::MAX] {
            assert_eq!(read(&bytes, part).as_deref(), Ok(all.as_slice()), "parts of {part}");
        }
    }

    #[test]
    fn a_message_in_pieces_is_one_and_control_frames_come_between() {
        let euro = "€".as_bytes();
        let mut bytes = frame(1, &euro[..1]);
        bytes.extend(frame(FINAL | 10, b""));
        bytes.extend(frame(0, &euro[1..2]));
        bytes.extend(frame(FINAL, &euro[2..]));
        let all = [Message::Piece, Message::Pong, Message::Piece, Message::Text("€".to_owned())];
        assert_eq!(read(&bytes, 1).as_deref(), Ok(all.as_slice()));
    }

    /// All that was read before it ended, and how it ended.
    fn outcome(bytes: &[u8], part: usize) -> (Vec<Message>, Option<Unreadable>) {
        let (mut incoming, mut messages) = (admitted(b""), Vec::new());
        for part in bytes.chunks(part) {
            incoming.add(part);
            loop {
                match incoming.next() {
                    Ok(Some(message)) => messages.push(message),
                    Ok(None) => break,
                    Err(end) => return (messages, Some(end)),
                }
            }
        }
        (messages, None)
    }

    #[test]
    fn anything_at_all_is_read_the_same_however_it_is_cut() {
        let mut random = StdRng::seed_from_u64(1);
        let mut ended = 0;
        for _ in 0..3_000 {
            let mut bytes = Vec::new();
            for _ in 0..random.random_range(1..6) {
                let first = [FINAL | 1, 1, 0, FINAL, FINAL | 9, FINAL | 8, random.random()]
                    [random.random_range(0..7)];
                let length = [0, 2, 5, 125, 126, 300][random.random_range(0..6)];
                bytes.extend(frame(first, &vec![b'a'; length]));
            }
            if random.random_bool(0.3) {
                let at = random.random_range(0..bytes.len());
                bytes[at] = random.random();
            }
            let whole = outcome(&bytes, usize::MAX);
            ended += usize::from(whole.1.is_some());
            assert_eq!(outcome(&bytes, random.random_range(1..30)), whole, "{bytes:02x?}");
        }
        assert!((500..2_900).contains(&ended), "some are good and some are not: {ended} are not");
    }

    #[test]
    fn what_the_protocol_forbids_is_not_read() {
        let unmasked = vec![FINAL | 1, 1, b'x'];
        let begun_twice = [frame(1, b"x"), frame(FINAL | 1, b"y")].concat();
        let cases = [
            ("unmasked", unmasked),
            ("a reserved bit", frame(FINAL | 0x40 | 1, b"x")),
            ("an unknown opcode", frame(FINAL | 3, b"x")),
            ("a goes-on of nothing", frame(FINAL, b"x")),
            ("a message within another", begun_twice),
            ("a ping in pieces", frame(9, b"x")),
            ("a ping too long", frame(FINAL | 9, &[0; CONTROL_BYTES + 1])),
            ("half a close code", frame(FINAL | 8, &[3])),
            ("a close code for nobody", frame(FINAL | 8, &1005u16.to_be_bytes())),
            ("a reason that is no text", frame(FINAL | 8, &[3, 232, 0xff])),
        ];
        for (what, bytes) in cases {
            assert_eq!(read(&bytes, usize::MAX), Err(Unreadable::Forbidden), "{what}");
        }
        assert_eq!(read(&frame(FINAL | 1, &[0xff]), usize::MAX), Err(Unreadable::NotUtf8));
    }

    #[test]
    fn length_is_bounded_before_anything_is_kept() {
        let announced = [FINAL | 1, 0x80 | 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
        let mut incoming = admitted(&announced);
        assert!(matches!(incoming.next(), Err(Unreadable::TooLong { .. })));

        let mut incoming = admitted(&frame(1, &vec![b'x'; FRAME_BYTES - 1]));
        assert_eq!(incoming.next(), Ok(Some(Message::Piece)));
        incoming.add(&frame(FINAL, b"xx"));
        assert_eq!(incoming.next(), Err(Unreadable::TooLong { bytes: FRAME_BYTES as u64 + 1 }));
    }

    #[test]
    fn nobody_has_more_kept_than_a_first_frame_needs_before_they_are_let_in() {
        let longer = frame(FINAL | 1, &[b'x'; FIRST_FRAME_BYTES + 1]);
        let too_long = Err(Unreadable::TooLong { bytes: FIRST_FRAME_BYTES as u64 + 1 });
        assert_eq!(Incoming::after(&longer[..20]).next(), too_long);
        assert_eq!(admitted(&longer[..20]).next(), Ok(None));

        let mut pieces = Incoming::after(&frame(1, &[b'x'; FIRST_FRAME_BYTES]));
        assert_eq!(pieces.next(), Ok(Some(Message::Piece)));
        pieces.add(&frame(0, b"x"));
        assert_eq!(pieces.next(), too_long);
    }

    #[test]
    fn a_small_frame_neither_keeps_nor_moves_what_stands_behind_it() {
        let mut incoming = admitted(&frame(FINAL | 9, b"ping").repeat(1000));
        incoming.add(&[FINAL | 9]);
        let buffer = incoming.bytes.as_ptr();
        for _ in 0..1000 {
            assert_eq!(incoming.bytes.as_ptr(), buffer);
            let Ok(Some(Message::Ping(payload))) = incoming.next() else { panic!("no ping") };
            assert_eq!((payload.as_slice(), payload.capacity()), (b"ping".as_slice(), 4));
        }
        assert_eq!(incoming.next(), Ok(None));
        assert_eq!((incoming.bytes.capacity(), incoming.taken), (1, 0), "half a header, and no more");
    }
}
