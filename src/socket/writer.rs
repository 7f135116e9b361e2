//! The way out: frames from the room to the page.

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use tokio::sync::mpsc;
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
        let sent = tokio::select! {
            sent = timeout(WRITE_WITHIN, put(sink, frame, &mut frames.queue)) => sent,
            () = frames.cut.notified() => return Written::Broken,
        };
        match sent {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(code))) => return close(sink, code).await,
            _ => return Written::Broken,
        }
    }
}

/// Sends a frame and whatever waits behind it, in one write; the code to close with, where they end.
async fn put(
    sink: &mut SplitSink<WebSocket, Message>,
    first: Option<Frame>,
    queue: &mut mpsc::Receiver<Frame>,
) -> Result<Option<u16>, axum::Error> {
    let mut next = first;
    let end = loop {
        match next {
            Some(Frame::Text(text)) => sink.feed(Message::Text(text)).await?,
            Some(Frame::Texts(texts)) => {
                for text in texts.iter() {
                    sink.feed(Message::Text(text.clone())).await?;
                }
            }
            Some(Frame::Close(code)) => break Some(code),
            // The same page has come back over another socket; nobody reads this one any more.
            None => break Some(1000),
        }
        next = match queue.try_recv() {
            Ok(frame) => Some(frame),
            Err(mpsc::error::TryRecvError::Empty) => break None,
            Err(mpsc::error::TryRecvError::Disconnected) => None,
        };
    };
    sink.flush().await?;
    Ok(end)
}

async fn close(sink: &mut SplitSink<WebSocket, Message>, code: u16) -> Written {
    let frame = CloseFrame { code, reason: "".into() };
    match timeout(WRITE_WITHIN, sink.send(Message::Close(Some(frame)))).await {
        Ok(Ok(())) => Written::Closed,
        _ => Written::Broken,
    }
}
