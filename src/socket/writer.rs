//! The way out: frames from the room to the page.

use tokio::time::timeout;

use super::frame::NORMAL;
use super::stream::Writer;
use crate::bounds::WRITE_WITHIN;
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

/// Has a frame and whatever waits behind it go out in one write; whether that ends with a close.
fn put(writer: &mut Writer<'_>, first: Option<Frame>, frames: &Frames) -> bool {
    let mut next = first;
    loop {
        match next {
            Some(Frame::Text(text)) => writer.text(text),
            Some(Frame::Texts(texts)) => texts.iter().for_each(|text| writer.text(text.clone())),
            Some(Frame::Pong(payload)) => writer.pong(payload),
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
        next = match frames.take() {
            Ok(frame) => frame,
            Err(NothingYet) => return false,
        };
    }
}
