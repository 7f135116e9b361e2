//! What engines of different threads say to one another.
//!
//! The server owns one single-producer queue for every ordered pair of threads; an engine fills its [`Outbound`] and is given
//! what others wrote through `Engine::relayed`. A packet is handed to another thread once, however many viewers it has there.
//!
//! Why nothing stale gets through: the queue of a pair keeps its order, so whatever a home engine wrote before it answered
//! [`Message::Subscribe`] arrives before the answer. A viewers' engine therefore takes packets of a publication only after the
//! answer to its *latest* subscription, and subscribes anew whenever it was told to withdraw the publication. Neither side
//! has to know in which order the control plane's commands and the queues were read.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::forwarder::CaptureClock;
use crate::{Packet, PublicationId, WorkerId};

/// Messages that wait to be handed over, all threads together. Beyond it packets are dropped and counted, and beyond twice as many so is
/// everything else: a thread that far behind has stopped.
pub const MAX_WAITING: usize = 32_768;

/// From one engine to another.
#[derive(Debug)]
pub enum Message {
    /// Media of a publication that the receiver subscribed to.
    Packet(Arc<Packet>),
    /// How a layer's time stamps relate to the clock on the wall, from the publisher's sender report.
    Clock {
        /// Whose.
        publication: PublicationId,
        /// Which spatial layer.
        layer: u8,
        /// The relation.
        clock: CaptureClock,
    },
    /// To the publication's home: send it here from now on. Saying it again only asks for the answer again.
    Subscribe {
        /// Which.
        publication: PublicationId,
        /// Comes back in the answer.
        token: u64,
    },
    /// The answer to a subscription: whatever follows was admitted after it was read.
    Subscribed {
        /// Which.
        publication: PublicationId,
        /// Of the request.
        token: u64,
    },
    /// To the publication's home: no viewer is left here.
    Unsubscribe {
        /// Which.
        publication: PublicationId,
    },
    /// To the publication's home: somebody here waits for a keyframe.
    RequestKeyframe {
        /// Of which.
        publication: PublicationId,
        /// Of which spatial layer.
        layer: u8,
    },
    /// To the publication's home: the highest spatial layer that viewers here want.
    Wanted {
        /// Of which.
        publication: PublicationId,
        /// Which; `None`: none of them.
        highest: Option<u8>,
    },
    /// From the publication's home: its peer is gone.
    Ended {
        /// Which.
        publication: PublicationId,
    },
}

impl Message {
    /// Media may be dropped where a queue is full; everything else has to arrive, in order.
    pub fn is_media(&self) -> bool {
        matches!(self, Message::Packet(_))
    }
}

/// What an engine has to say to the others, in order.
#[derive(Debug, Default)]
pub struct Outbound {
    waiting: VecDeque<(WorkerId, Message)>,
    kept: VecDeque<(WorkerId, Message)>,
    dropped: u64,
}

impl Outbound {
    /// Adds one message.
    pub(crate) fn push(&mut self, to: WorkerId, message: Message) {
        let room = if message.is_media() { MAX_WAITING } else { 2 * MAX_WAITING };
        if self.waiting.len() >= room {
            self.dropped += 1;
            return;
        }
        self.waiting.push_back((to, message));
    }

    /// Forgets the packets of a publication that were not handed over yet.
    pub(crate) fn forget(&mut self, publication: PublicationId) {
        let of_it = |message: &Message| matches!(message, Message::Packet(packet) if packet.publication == publication);
        self.waiting.retain(|(_, message)| !of_it(message));
    }

    /// Offers every message to `offer`, which gives it back where the queue to that thread is full. A packet given back is
    /// dropped and counted; anything else stays, ahead of what comes later for the same thread.
    pub fn drain(&mut self, mut offer: impl FnMut(WorkerId, Message) -> Result<(), Message>) {
        let mut full = [false; 256];
        while let Some((to, message)) = self.waiting.pop_front() {
            let refused = if full[usize::from(to.0)] { Some(message) } else { offer(to, message).err() };
            let Some(message) = refused else { continue };
            full[usize::from(to.0)] = true;
            if message.is_media() {
                self.dropped += 1;
            } else {
                self.kept.push_back((to, message));
            }
        }
        std::mem::swap(&mut self.waiting, &mut self.kept);
    }

    /// Whether there is nothing to hand over.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Messages lost because a queue was full.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::{PeerId, Source};

    const HERE: WorkerId = WorkerId(1);
    const THERE: WorkerId = WorkerId(2);

    fn publication(serial: u32) -> PublicationId {
        PublicationId { peer: PeerId { worker: WorkerId(0), serial }, source: Source::Camera }
    }

    fn packet(serial: u32) -> Message {
        Message::Packet(Arc::new(Packet::empty(publication(serial), Instant::now())))
    }

    fn names(outbound: &mut Outbound, full: &[WorkerId]) -> Vec<(u8, &'static str)> {
        let mut taken = Vec::new();
        outbound.drain(|to, message| {
            if full.contains(&to) {
                return Err(message);
            }
            taken.push((to.0, if message.is_media() { "packet" } else { "word" }));
            Ok(())
        });
        taken
    }

    #[test]
    fn a_full_queue_costs_packets_and_delays_words() {
        let mut outbound = Outbound::default();
        outbound.push(HERE, Message::Ended { publication: publication(1) });
        outbound.push(HERE, packet(1));
        outbound.push(THERE, packet(1));
        assert_eq!(names(&mut outbound, &[HERE]), [(2, "packet")]);
        assert_eq!(outbound.dropped(), 1);
        outbound.push(HERE, packet(1));
        assert_eq!(names(&mut outbound, &[]), [(1, "word"), (1, "packet")]);
        assert!(outbound.is_empty());
    }

    #[test]
    fn nothing_overtakes_a_word_that_waits() {
        let mut outbound = Outbound::default();
        outbound.push(HERE, Message::Ended { publication: publication(1) });
        outbound.push(HERE, packet(1));
        let mut first = true;
        let mut taken = 0;
        outbound.drain(|_, message| {
            // Only the first offer is refused: the queue has room again right after.
            if std::mem::take(&mut first) {
                return Err(message);
            }
            taken += 1;
            Ok(())
        });
        assert_eq!((taken, outbound.dropped()), (0, 1));
    }

    #[test]
    fn forgetting_a_publication_takes_its_packets_and_no_words() {
        let mut outbound = Outbound::default();
        outbound.push(HERE, packet(1));
        outbound.push(HERE, packet(2));
        outbound.push(HERE, Message::Ended { publication: publication(1) });
        outbound.forget(publication(1));
        assert_eq!(names(&mut outbound, &[]), [(1, "packet"), (1, "word")]);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut outbound = Outbound::default();
        for _ in 0..MAX_WAITING + 10 {
            outbound.push(HERE, Message::Ended { publication: publication(1) });
        }
        outbound.push(HERE, packet(1));
        assert_eq!(outbound.dropped(), 1);
    }
}
