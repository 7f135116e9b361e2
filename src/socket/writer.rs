//! The way out: frames from the room to the page.

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use tokio::time::timeout;

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
pub(super) async fn write(sink: &mut SplitSink<WebSocket, Message>, frames: &mut Frames) -> Written {
    loop {
        let frame = tokio::select! {
            frame = frames.queue.recv() => frame,
            () = frames.cut.notified() => return Written::Broken,
        };
        let message = match frame {
            Some(Frame::Text(text)) => Message::Text(text),
            Some(Frame::Close(code)) => return close(sink, code).await,
            // The same page has come back over another socket; nobody reads this one any more.
            None => return close(sink, 1000).await,
        };
        let sent = tokio::select! {
            sent = timeout(WRITE_WITHIN, sink.send(message)) => sent,
            () = frames.cut.notified() => return Written::Broken,
        };
        if !matches!(sent, Ok(Ok(()))) {
            return Written::Broken;
        }
    }
}

async fn close(sink: &mut SplitSink<WebSocket, Message>, code: u16) -> Written {
    let frame = CloseFrame { code, reason: "".into() };
    match timeout(WRITE_WITHIN, sink.send(Message::Close(Some(frame)))).await {
        Ok(Ok(())) => Written::Closed,
        _ => Written::Broken,
    }
}
