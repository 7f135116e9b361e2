//! A socket's two directions on one TCP connection.
//!
//! Either may be dropped in the middle of waiting and go on later: what was read or written half is kept here.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::task::coop::consume_budget;
use tungstenite::Utf8Bytes;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::frame::{Incoming, Message, Unreadable};
use super::header::{HEADER_BYTES, header};
use crate::bounds::{AFTER_CLOSE_BYTES, READ_BYTES};

/// Frames handed to the kernel with one call at most.
const FRAMES_AT_ONCE: usize = 64;

/// Why nothing comes any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadEnd {
    /// The connection is gone.
    Gone,
    /// The page sends what cannot be read.
    Unreadable(Unreadable),
}

/// What comes from the page.
pub(super) struct Reader<'a> {
    stream: &'a TcpStream,
    incoming: Incoming,
    /// Once nothing more is to be read, why.
    ended: Option<ReadEnd>,
}

impl<'a> Reader<'a> {
    /// `early` came before the connection became a socket.
    pub(super) fn new(stream: &'a TcpStream, early: &[u8]) -> Self {
        Reader { stream, incoming: Incoming::after(early), ended: None }
    }

    /// Somebody was let in, and may send longer frames from now on.
    pub(super) fn admit(&mut self) {
        self.incoming.admit();
    }

    /// The next message, or a piece of one. A close is the last.
    pub(super) async fn next(&mut self) -> Result<Message, ReadEnd> {
        loop {
            if let Some(end) = self.ended {
                return Err(end);
            }
            // A page that always has something more to say would have neither time-outs nor other pages come to their turn.
            consume_budget().await;
            match self.here() {
                Some(message) => return Ok(message),
                None if self.ended.is_none() => drop(self.wait().await),
                None => {}
            }
        }
    }

    /// The next of what has come already.
    fn here(&mut self) -> Option<Message> {
        match self.incoming.next() {
            Ok(message) => {
                if matches!(message, Some(Message::Close(_))) {
                    self.ended = Some(ReadEnd::Gone);
                }
                message
            }
            Err(unreadable) => {
                self.ended = Some(ReadEnd::Unreadable(unreadable));
                None
            }
        }
    }

    /// Waits for more; how many bytes came.
    async fn wait(&mut self) -> usize {
        let more = if self.stream.readable().await.is_ok() { self.take_more() } else { None };
        if more.is_none() {
            self.ended = Some(ReadEnd::Gone);
        }
        more.unwrap_or_default()
    }

    /// Takes what there is, and how many bytes that is; nothing when the connection ended. Not a part of the function that waits: its buffer must not be in what is
    /// kept of a page while it is silent.
    fn take_more(&mut self) -> Option<usize> {
        let mut bytes = [0; READ_BYTES];
        match self.stream.try_read(&mut bytes) {
            Ok(0) => None,
            Ok(count) => {
                self.incoming.add(&bytes[..count]);
                Some(count)
            }
            Err(error) => is_for_now(&error).then_some(0),
        }
    }

    /// Reads on until the page has closed its end as well, and keeps nothing. `false` when it has not within [`AFTER_CLOSE_BYTES`].
    pub(super) async fn drain(mut self) -> bool {
        let mut read = 0;
        while read <= AFTER_CLOSE_BYTES {
            consume_budget().await;
            match self.ended {
                Some(ReadEnd::Gone) => return true,
                // It may be in the middle of what cannot be read, and hears nothing before it is through.
                Some(ReadEnd::Unreadable(_)) => self.incoming = Incoming::after(&[]),
                None => {
                    if self.here().is_some() || self.ended.is_some() {
                        continue;
                    }
                }
            }
            read += self.wait().await;
        }
        false
    }
}

/// What goes to the page. Frames are put, and then flushed together.
pub(super) struct Writer<'a> {
    stream: &'a TcpStream,
    under_way: VecDeque<Outgoing>,
    /// How much of the first one is out.
    sent: usize,
    /// A close frame was put: it is the last (RFC 6455, section 5.5.1).
    closed: bool,
}

/// A frame on its way; its payload is shared with everybody else who gets it.
struct Outgoing {
    header: ([u8; HEADER_BYTES], usize),
    payload: Bytes,
}

impl Outgoing {
    fn length(&self) -> usize {
        self.header.1 + self.payload.len()
    }

    /// Header and payload without the bytes that are out.
    fn rest(&self, sent: usize) -> [&[u8]; 2] {
        let (header, length) = &self.header;
        [&header[sent.min(*length)..*length], &self.payload[sent.saturating_sub(*length)..]]
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(stream: &'a TcpStream) -> Self {
        Writer { stream, under_way: VecDeque::new(), sent: 0, closed: false }
    }

    pub(super) fn text(&mut self, text: Utf8Bytes) {
        self.put(OpCode::Data(Data::Text), text.into());
    }

    pub(super) fn pong(&mut self, payload: Bytes) {
        self.put(OpCode::Control(Control::Pong), payload);
    }

    pub(super) fn close(&mut self, code: u16) {
        self.put(OpCode::Control(Control::Close), Bytes::copy_from_slice(&code.to_be_bytes()));
        self.closed = true;
    }

    fn put(&mut self, opcode: OpCode, payload: Bytes) {
        if self.closed {
            return;
        }
        self.under_way.push_back(Outgoing { header: header(opcode, payload.len()), payload });
    }

    /// Returns when the kernel has all that was put. Dropped before, it goes on where it was when it is called again.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        while !self.under_way.is_empty() {
            self.stream.writable().await?;
            self.write_some()?;
        }
        // After a burst, too, a page that waits holds no room for one.
        self.under_way = VecDeque::new();
        Ok(())
    }

    /// Writes what the kernel takes now.
    fn write_some(&mut self) -> io::Result<()> {
        let mut slices = [IoSlice::new(&[]); 2 * FRAMES_AT_ONCE];
        let mut sent = self.sent;
        for (pair, frame) in slices.chunks_exact_mut(2).zip(&self.under_way) {
            let [header, payload] = frame.rest(std::mem::take(&mut sent));
            pair.copy_from_slice(&[IoSlice::new(header), IoSlice::new(payload)]);
        }
        let used = 2 * self.under_way.len().min(FRAMES_AT_ONCE);
        match self.stream.try_write_vectored(&slices[..used]) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => self.sent += count,
            Err(error) if is_for_now(&error) => {}
            Err(error) => return Err(error),
        }
        while let Some(first) = self.under_way.front().map(Outgoing::length)
            && self.sent >= first
        {
            self.sent -= first;
            self.under_way.pop_front();
        }
        Ok(())
    }
}

/// Whether it is worth another try.
fn is_for_now(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::{SinkExt, StreamExt};
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;
    use tokio::time::timeout;
    use tokio_tungstenite::WebSocketStream;
    use tokio_tungstenite::tungstenite::protocol::Role;
    use tungstenite::Message as Whole;

    use super::*;

    /// A library's client, and this end of its connection.
    async fn connected() -> (WebSocketStream<TcpStream>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (client, server) =
            tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
        (WebSocketStream::from_raw_socket(client.unwrap(), Role::Client, None).await, server.unwrap().0)
    }

    #[tokio::test]
    async fn a_library_and_this_understand_each_other() {
        let (mut client, stream) = connected().await;
        let (mut reader, mut writer) = (Reader::new(&stream, b""), Writer::new(&stream));
        reader.admit();
        for length in [0, 1, 125, 126, 65_535, 65_536, 200_000] {
            let text = "x".repeat(length);
            let (sent, read) = tokio::join!(client.send(Whole::text(text.clone())), reader.next());
            sent.unwrap();
            assert_eq!(read, Ok(Message::Text(text.clone())));
            writer.text(text.clone().into());
            let (sent, read) = tokio::join!(writer.flush(), client.next());
            sent.unwrap();
            assert_eq!(read.unwrap().unwrap(), Whole::text(text));
        }
        writer.pong(Bytes::from_static(b"yes"));
        writer.close(1008);
        writer.flush().await.unwrap();
        assert_eq!(client.next().await.unwrap().unwrap(), Whole::Pong("yes".into()));
        let told = client.next().await.unwrap().unwrap();
        assert!(matches!(told, Whole::Close(Some(frame)) if u16::from(frame.code) == 1008));
        // The library answers a close while it is read on, and then waits for this end to go first.
        tokio::select! {
            closed = reader.drain() => assert!(closed),
            more = client.next() => panic!("after the close came {more:?}"),
        }
    }

    #[tokio::test]
    async fn a_frame_given_up_half_way_is_finished_before_the_next() {
        let (mut client, stream) = connected().await;
        let mut writer = Writer::new(&stream);
        let long = "x".repeat(15_000_000);
        writer.text(long.clone().into());
        let unread = timeout(Duration::from_millis(50), writer.flush()).await;
        assert!(unread.is_err(), "longer than the kernel takes at once");
        writer.text("next".into());
        let read = async { (client.next().await.unwrap().unwrap(), client.next().await.unwrap().unwrap()) };
        let (sent, (first, second)) = tokio::join!(writer.flush(), read);
        sent.unwrap();
        assert!(first == Whole::text(long) && second == Whole::text("next"));
    }

    #[tokio::test]
    async fn many_frames_go_out_together_and_leave_no_room_behind() {
        let (mut client, stream) = connected().await;
        let mut writer = Writer::new(&stream);
        let texts: Vec<_> = (0..5 * FRAMES_AT_ONCE).map(|n| "y".repeat(n % 300)).collect();
        texts.iter().for_each(|text| writer.text(text.as_str().into()));
        let read = async {
            for text in &texts {
                assert_eq!(client.next().await.unwrap().unwrap(), Whole::text(text.as_str()));
            }
        };
        let (sent, ()) = tokio::join!(writer.flush(), read);
        sent.unwrap();
        assert_eq!((writer.under_way.capacity(), writer.sent), (0, 0));
    }

    #[tokio::test]
    async fn the_end_of_a_connection_is_told_each_time() {
        let (client, stream) = connected().await;
        drop(client);
        let mut reader = Reader::new(&stream, b"");
        assert_eq!(reader.next().await, Err(ReadEnd::Gone));
        assert_eq!(reader.next().await, Err(ReadEnd::Gone));
        assert!(reader.drain().await);
    }

    #[tokio::test]
    async fn a_close_is_the_last_frame() {
        let (_client, stream) = connected().await;
        let mut writer = Writer::new(&stream);
        writer.close(1000);
        writer.flush().await.unwrap();
        writer.close(1008);
        writer.text("more".into());
        assert!(writer.under_way.is_empty());
    }

    #[tokio::test]
    async fn a_page_that_talks_on_after_the_close_is_not_listened_to_for_ever() {
        let (client, stream) = connected().await;
        let mut client = client.into_inner();
        // Pongs of nothing, and then what is no frame at all.
        for flood in [[0x8a, 0x80, 0, 0, 0, 0].as_slice(), b"\xff"] {
            let flood = flood.repeat(60_000);
            let endless = async { while client.write_all(&flood).await.is_ok() {} };
            tokio::select! {
                drained = Reader::new(&stream, b"").drain() => assert!(!drained),
                () = endless => panic!("the connection ended"),
            }
        }
    }

    #[tokio::test]
    async fn frames_without_end_let_a_time_out_come() {
        let (_client, stream) = connected().await;
        let pongs = [0x8a, 0x80, 0, 0, 0, 0].repeat(1000);
        let mut reader = Reader::new(&stream, &pongs);
        let endless = async {
            while reader.next().await.is_ok() {
                reader.incoming.add(&pongs[..6]);
            }
        };
        assert!(timeout(Duration::from_millis(20), endless).await.is_err());
    }
}
