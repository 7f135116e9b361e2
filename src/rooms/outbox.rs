//! Frames on their way to one page. Bounded: a page that does not read is disconnected, and comes back to a snapshot.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use signaling::ServerMessage;
use tokio::sync::{Notify, mpsc};

/// What a page's socket sends next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Frame {
    /// A message, serialised once for everybody who gets it.
    Text(Utf8Bytes),
    /// Several, in order, which go out in one write.
    Texts(Arc<[Utf8Bytes]>),
    /// The end, with a WebSocket close code (RFC 6455, section 7.4).
    Close(u16),
}

impl Frame {
    /// A message as it goes over the wire.
    pub(crate) fn of(message: &ServerMessage) -> Frame {
        Frame::Text(text_of(message))
    }
}

/// A message as it goes over the wire.
pub(super) fn text_of(message: &ServerMessage) -> Utf8Bytes {
    // Every message is a tree of texts and numbers, which serde_json does not refuse.
    serde_json::to_string(message).unwrap_or_default().into()
}

/// The room's end of a page's queue.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    frames: mpsc::Sender<Frame>,
    cut: Arc<Notify>,
}

/// The page did not read for so long that its queue is full; its socket has been told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooSlow;

impl Outbox {
    /// Puts a frame at the end of the queue. A page that is gone already takes everything.
    pub(crate) fn push(&self, frame: Frame) -> Result<(), TooSlow> {
        match self.frames.try_send(frame) {
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.cut.notify_one();
                Err(TooSlow)
            }
        }
    }
}

/// The socket's end of a page's queue.
#[derive(Debug)]
pub(crate) struct Frames {
    /// In order; ends when the room has let go of the page.
    pub(crate) queue: mpsc::Receiver<Frame>,
    /// Rings when the queue was full.
    pub(crate) cut: Arc<Notify>,
}

/// A queue for one page, of `capacity` frames.
pub(crate) fn frames(capacity: usize) -> (Outbox, Frames) {
    let (sender, queue) = mpsc::channel(capacity);
    let cut = Arc::new(Notify::new());
    (Outbox { frames: sender, cut: cut.clone() }, Frames { queue, cut })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_cuts_the_page_off() {
        let (outbox, frames) = frames(1);
        assert_eq!(outbox.push(Frame::Close(1000)), Ok(()));
        assert_eq!(outbox.push(Frame::Close(1000)), Err(TooSlow));
        frames.cut.notified().await;
    }

    #[test]
    fn a_page_that_is_gone_is_not_slow() {
        let (outbox, frames) = frames(1);
        drop(frames);
        assert_eq!(outbox.push(Frame::Close(1000)), Ok(()));
        assert_eq!(outbox.push(Frame::Close(1000)), Ok(()));
    }
}
