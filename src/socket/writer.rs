//! The way out: frames from the room to the page.

use tokio::time::timeout;

use super::frame::NORMAL;
use super::stream::Writer;
use crate::bounds::{WRITE_BYTES, WRITE_WITHIN};
use crate::rooms::{Frame, Frames, NothingYet};

/// How the way out ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// With a close frame: the page got everything.
    Closed,
    /// The page is gone, or took nothing for too long.
    Broken,
}

/// Sends what comes until a close frame was sent, the room let go of the page, or the page does not take it.
pub(super) async fn write(writer: &mut Writer<'_>, frames: &Frames) -> Written {
    loop {
        let first = tokio::select! {
            frame = frames.next() => frame,
            () = frames.cut() => return Written::Broken,
        };
        let is_last = put(writer, first, frames);
        let sent = tokio::select! {
            sent = timeout(WRITE_WITHIN, writer.flush()) => sent,
            () = frames.cut() => return Written::Broken,
        };
        match sent {
            Ok(Ok(())) if is_last => return Written::Closed,
            Ok(Ok(())) => {}
            _ => return Written::Broken,
        }
    }
}

/// Has a frame and what waits behind it go out together, up to [`WRITE_BYTES`] so that the page has [`WRITE_WITHIN`] for each part of
/// a long queue; whether that ends with a close.
fn put(writer: &mut Writer<'_>, first: Option<Frame>, frames: &Frames) -> bool {
    let mut next = first;
    let mut bytes = 0;
    loop {
        match next {
            Some(Frame::Text(text)) => {
                bytes += text.len();
                writer.text(text);
            }
            Some(Frame::Texts(texts)) => {
                for text in texts.iter() {
                    bytes += text.len();
                    writer.text(text.clone());
                }
            }
            Some(Frame::Pong(payload)) => {
                bytes += payload.len();
                writer.pong(payload);
            }
            Some(Frame::Close(code)) => {
                writer.close(code);
                return true;
            }
            // The same page has come back over another socket; nobody reads this one any more.
            None => {
                writer.close(NORMAL);
                return true;
            }
        }
        if bytes >= WRITE_BYTES {
            return false;
        }
        next = match frames.take() {
            Ok(frame) => frame,
            Err(NothingYet) => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::rooms::frames;

    #[tokio::test]
    async fn a_long_queue_goes_out_in_parts() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (outbox, frames) = frames(10);
        let half = Frame::Text("x".repeat(WRITE_BYTES / 2).into());
        (0..4).for_each(|_| outbox.push(half.clone()).unwrap());
        outbox.push(Frame::Close(NORMAL)).unwrap();
        let mut writer = Writer::new(&stream);
        let mut put_next = || put(&mut writer, frames.take().unwrap(), &frames);
        assert_eq!([put_next(), put_next(), put_next()], [false, false, true]);
    }
}
