//! The way out: frames from the room to the page.

use std::io;

use tokio::time::timeout;

use super::frame::NORMAL;
use super::stream::Writer;
use crate::bounds::WRITE_WITHIN;
use crate::rooms::{Frame, Frames};

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
        let frame = tokio::select! {
            frame = frames.next() => frame,
            () = frames.cut() => return Written::Broken,
        };
        // The same page has come back over another socket; nobody reads this one any more.
        let frame = frame.unwrap_or(Frame::Close(NORMAL));
        let is_last = matches!(frame, Frame::Close(_));
        let sent = tokio::select! {
            sent = timeout(WRITE_WITHIN, send(writer, frame)) => sent,
            () = frames.cut() => return Written::Broken,
        };
        match sent {
            Ok(Ok(())) if is_last => return Written::Closed,
            Ok(Ok(())) => {}
            _ => return Written::Broken,
        }
    }
}

async fn send(writer: &mut Writer<'_>, frame: Frame) -> io::Result<()> {
    match frame {
        Frame::Text(text) => writer.text(text).await,
        Frame::Pong(payload) => writer.pong(payload).await,
        Frame::Close(code) => writer.close(code).await,
    }
}
