//! Frames on their way to one page. Bounded: a page that does not read is disconnected, and comes back to a snapshot.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use signaling::ServerMessage;
use tokio::sync::Notify;
use tungstenite::Utf8Bytes;

/// Frames that a queue keeps room for while it is empty.
const USUAL_FRAMES: usize = 4;

/// What a page's socket sends next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Frame {
    /// A message, serialised once for everybody who gets it.
    Text(Utf8Bytes),
    /// Several, in order, which go out in one write.
    Texts(Arc<[Utf8Bytes]>),
    /// The answer to a WebSocket's ping, with its payload.
    Pong(Bytes),
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

/// The room's end of a page's queue; the last clone to go ends it.
#[derive(Debug)]
pub(crate) struct Outbox(Arc<Queue>);

/// The page did not read for so long that its queue is full; its socket has been told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooSlow;

/// What both ends share. Not a channel of a library: those keep room for dozens of frames, and most pages wait for one now and then.
#[derive(Debug)]
struct Queue {
    capacity: usize,
    waiting: Mutex<Waiting>,
    /// Rings when there is something to take, or nothing more to come.
    news: Notify,
    /// Rings when the queue was full.
    cut: Notify,
}

#[derive(Debug)]
struct Waiting {
    frames: VecDeque<Frame>,
    /// Clones of the room's end.
    outboxes: usize,
    /// Whether the socket is still there.
    is_read: bool,
}

impl Queue {
    /// Every change is whole before the lock is let go.
    fn locked(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outbox {
    /// Puts a frame at the end of the queue. A page that is gone already takes everything.
    pub(crate) fn push(&self, frame: Frame) -> Result<(), TooSlow> {
        let mut waiting = self.0.locked();
        if !waiting.is_read {
            return Ok(());
        }
        if waiting.frames.len() >= self.0.capacity {
            drop(waiting);
            self.0.cut.notify_one();
            return Err(TooSlow);
        }
        waiting.frames.push_back(frame);
        drop(waiting);
        self.0.news.notify_one();
        Ok(())
    }
}

impl Clone for Outbox {
    fn clone(&self) -> Self {
        self.0.locked().outboxes += 1;
        Outbox(self.0.clone())
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.0.locked().outboxes -= 1;
        self.0.news.notify_one();
    }
}

/// The socket's end of a page's queue.
#[derive(Debug)]
pub(crate) struct Frames(Arc<Queue>);

impl Frames {
    /// The next frame, in order; `None` when the room has let go of the page.
    pub(crate) async fn next(&self) -> Option<Frame> {
        loop {
            if let Ok(next) = self.take() {
                return next;
            }
            self.0.news.notified().await;
        }
    }

    /// What [`Frames::next`] gives without waiting; an error where it would wait.
    pub(crate) fn take(&self) -> Result<Option<Frame>, NothingYet> {
        let mut waiting = self.0.locked();
        let next = waiting.frames.pop_front();
        if waiting.frames.is_empty() {
            // After a burst, too, a page that waits holds no room for one.
            waiting.frames.shrink_to(USUAL_FRAMES);
        }
        if next.is_none() && waiting.outboxes > 0 { Err(NothingYet) } else { Ok(next) }
    }

    /// Returns once the queue was full.
    pub(crate) async fn cut(&self) {
        self.0.cut.notified().await;
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        let mut waiting = self.0.locked();
        waiting.is_read = false;
        waiting.frames = VecDeque::new();
    }
}

/// No frame waits, and more may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NothingYet;

/// A queue for one page, of `capacity` frames.
pub(crate) fn frames(capacity: usize) -> (Outbox, Frames) {
    let waiting = Mutex::new(Waiting { frames: VecDeque::new(), outboxes: 1, is_read: true });
    let queue = Arc::new(Queue { capacity, waiting, news: Notify::new(), cut: Notify::new() });
    (Outbox(queue.clone()), Frames(queue))
}

#[cfg(test)]
impl Frames {
    /// The next frame, if there is one by now.
    pub(super) fn now(&self) -> Option<Frame> {
        self.take().ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame::Close(1000);

    #[tokio::test]
    async fn a_full_queue_cuts_the_page_off() {
        let (outbox, frames) = frames(1);
        assert_eq!(outbox.push(FRAME), Ok(()));
        assert_eq!(outbox.push(FRAME), Err(TooSlow));
        frames.cut().await;
    }

    #[test]
    fn a_page_that_is_gone_is_not_slow() {
        let (outbox, frames) = frames(1);
        drop(frames);
        assert_eq!(outbox.push(FRAME), Ok(()));
        assert_eq!(outbox.push(FRAME), Ok(()));
    }

    #[tokio::test]
    async fn it_ends_behind_what_was_queued_when_the_last_outbox_is_gone() {
        let (outbox, frames) = frames(4);
        let other = outbox.clone();
        assert_eq!(outbox.push(FRAME), Ok(()));
        drop(outbox);
        assert_eq!(frames.next().await, Some(FRAME));
        assert_eq!(frames.take(), Err(NothingYet));
        let (next, ()) = tokio::join!(frames.next(), async { drop(other) });
        assert_eq!(next, None);
    }

    #[tokio::test]
    async fn whoever_waits_hears_of_a_frame() {
        let (outbox, frames) = frames(4);
        let (next, pushed) = tokio::join!(frames.next(), async { outbox.push(FRAME) });
        assert_eq!((next, pushed), (Some(FRAME), Ok(())));
    }

    #[test]
    fn a_burst_leaves_no_room_behind() {
        let (outbox, frames) = frames(100);
        (0..100).for_each(|_| assert_eq!(outbox.push(FRAME), Ok(())));
        (0..100).for_each(|_| assert_eq!(frames.now(), Some(FRAME)));
        let room = frames.0.locked().frames.capacity();
        assert!(room <= USUAL_FRAMES, "{room}");
    }
}
