//! A socket's two directions on one TCP connection.
//!
//! Either may be dropped in the middle of waiting and go on later: what was read or written half is kept here.

use std::io::{self, ErrorKind, IoSlice};

use bytes::Bytes;
use tokio::net::TcpStream;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::frame::{self, Incoming, Message, Unreadable};
use crate::bounds::READ_BYTES;

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

    /// The next message, or a piece of one. A close is the last.
    pub(super) async fn next(&mut self) -> Result<Message, ReadEnd> {
        loop {
            if let Some(end) = self.ended {
                return Err(end);
            }
            match self.incoming.next() {
                Ok(Some(message)) => {
                    if matches!(message, Message::Close(_)) {
                        self.ended = Some(ReadEnd::Gone);
                    }
                    return Ok(message);
                }
                Ok(None) => self.wait().await,
                Err(unreadable) => self.ended = Some(ReadEnd::Unreadable(unreadable)),
            }
        }
    }

    async fn wait(&mut self) {
        if self.stream.readable().await.is_err() || !self.take_more() {
            self.ended = Some(ReadEnd::Gone);
        }
    }

    /// Takes what there is; `false` when the connection ended. Not a part of the function that waits: its buffer must not be in what is
    /// kept of a page while it is silent.
    fn take_more(&mut self) -> bool {
        let mut bytes = [0; READ_BYTES];
        match self.stream.try_read(&mut bytes) {
            Ok(0) => false,
            Ok(count) => {
                self.incoming.add(&bytes[..count]);
                true
            }
            Err(error) => is_for_now(&error),
        }
    }

    /// Reads on until the page has closed its end as well, and keeps nothing.
    pub(super) async fn drain(mut self) {
        while self.next().await.is_ok() {}
        if !matches!(self.ended, Some(ReadEnd::Unreadable(_))) {
            return;
        }
        // It may be in the middle of what cannot be read, and hears nothing before it is through.
        while self.stream.readable().await.is_ok() && self.take_more() {
            self.incoming = Incoming::default();
        }
    }
}

/// What goes to the page, one frame after the other.
pub(super) struct Writer<'a> {
    stream: &'a TcpStream,
    /// Of the frame under way: its header, and how long that is.
    header: ([u8; frame::HEADER_BYTES], usize),
    payload: Bytes,
    /// How much of both is out.
    sent: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(stream: &'a TcpStream) -> Self {
        Writer { stream, header: Default::default(), payload: Bytes::new(), sent: 0 }
    }

    pub(super) async fn text(&mut self, text: Bytes) -> io::Result<()> {
        self.send(OpCode::Data(Data::Text), text).await
    }

    pub(super) async fn pong(&mut self, payload: Bytes) -> io::Result<()> {
        self.send(OpCode::Control(Control::Pong), payload).await
    }

    pub(super) async fn close(&mut self, code: u16) -> io::Result<()> {
        self.send(OpCode::Control(Control::Close), Bytes::copy_from_slice(&code.to_be_bytes())).await
    }

    /// Returns when the kernel has all of it. Dropped before, the rest goes out in front of the next frame.
    async fn send(&mut self, opcode: OpCode, payload: Bytes) -> io::Result<()> {
        self.flush().await?;
        self.header = frame::header(opcode, payload.len());
        self.payload = payload;
        self.sent = 0;
        self.flush().await
    }

    async fn flush(&mut self) -> io::Result<()> {
        let (header, length) = self.header;
        while self.sent < length + self.payload.len() {
            self.stream.writable().await?;
            let head = &header[self.sent.min(length)..length];
            let tail = &self.payload[self.sent.saturating_sub(length)..];
            match self.stream.try_write_vectored(&[IoSlice::new(head), IoSlice::new(tail)]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => self.sent += count,
                Err(error) if is_for_now(&error) => {}
                Err(error) => return Err(error),
            }
        }
        // Whoever else gets this message may be long through with it.
        self.payload = Bytes::new();
        self.header.1 = 0;
        self.sent = 0;
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
        for length in [0, 1, 125, 126, 65_535, 65_536, 200_000] {
            let text = "x".repeat(length);
            let (sent, read) = tokio::join!(client.send(Whole::text(text.clone())), reader.next());
            sent.unwrap();
            assert_eq!(read, Ok(Message::Text(text.clone())));
            let (sent, read) = tokio::join!(writer.text(text.clone().into()), client.next());
            sent.unwrap();
            assert_eq!(read.unwrap().unwrap(), Whole::text(text));
        }
        writer.pong(Bytes::from_static(b"yes")).await.unwrap();
        assert_eq!(client.next().await.unwrap().unwrap(), Whole::Pong("yes".into()));
        writer.close(1008).await.unwrap();
        let told = client.next().await.unwrap().unwrap();
        assert!(matches!(told, Whole::Close(Some(frame)) if u16::from(frame.code) == 1008));
        // The library answers a close while it is read on, and then waits for this end to go first.
        tokio::select! {
            () = reader.drain() => {}
            more = client.next() => panic!("after the close came {more:?}"),
        }
    }

    #[tokio::test]
    async fn a_frame_given_up_half_way_is_finished_before_the_next() {
        let (mut client, stream) = connected().await;
        let mut writer = Writer::new(&stream);
        let long = "x".repeat(15_000_000);
        let unread = timeout(Duration::from_millis(50), writer.text(long.clone().into())).await;
        assert!(unread.is_err(), "longer than the kernel takes at once");
        let read = async { (client.next().await.unwrap().unwrap(), client.next().await.unwrap().unwrap()) };
        let (sent, (first, second)) = tokio::join!(writer.text("next".into()), read);
        sent.unwrap();
        assert!(first == Whole::text(long) && second == Whole::text("next"));
    }

    #[tokio::test]
    async fn the_end_of_a_connection_is_told_each_time() {
        let (client, stream) = connected().await;
        drop(client);
        let mut reader = Reader::new(&stream, b"");
        assert_eq!(reader.next().await, Err(ReadEnd::Gone));
        assert_eq!(reader.next().await, Err(ReadEnd::Gone));
        reader.drain().await;
    }
}
