//! The queues between media threads: one for every ordered pair, each with one writer and one reader, none with a lock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use media::WorkerId;
use media::relay::{Message, Outbound};
use rtrb::{Consumer, Producer, PushError, RingBuffer};

use super::wake::Bell;

/// Messages waiting between two threads: a third of a second of a full stage's pictures.
const RELAY_QUEUE: usize = 8192;

/// One thread's ends of the queues.
pub(super) struct Links {
    to: Vec<Option<Producer<Message>>>,
    from: Vec<Option<Consumer<Message>>>,
    bells: Arc<[Bell]>,
    /// Bit n: thread n was written to and not rung yet.
    unrung: u64,
    full: Arc<AtomicU64>,
}

/// Most media threads; they are counted in the bits of one word.
pub(super) const MAX_WORKERS: usize = 64;

/// Makes the ends for every thread.
pub(super) fn links(bells: &Arc<[Bell]>, full: &Arc<AtomicU64>) -> Vec<Links> {
    let count = bells.len();
    let mut ends: Vec<Links> = (0..count)
        .map(|_| Links {
            to: (0..count).map(|_| None).collect(),
            from: (0..count).map(|_| None).collect(),
            bells: bells.clone(),
            unrung: 0,
            full: full.clone(),
        })
        .collect();
    for writer in 0..count {
        for reader in (0..count).filter(|reader| *reader != writer) {
            let (producer, consumer) = RingBuffer::new(RELAY_QUEUE);
            ends[writer].to[reader] = Some(producer);
            ends[reader].from[writer] = Some(consumer);
        }
    }
    ends
}

impl Links {
    /// Takes what other threads wrote, as it stands now: what is written meanwhile waits for the next turn.
    pub(super) fn take(&mut self, mut each: impl FnMut(WorkerId, Message)) {
        for (index, consumer) in self.from.iter_mut().enumerate() {
            let Some(consumer) = consumer else { continue };
            for _ in 0..consumer.slots() {
                let Ok(message) = consumer.pop() else { break };
                each(WorkerId(index as u8), message);
            }
        }
    }

    /// Hands over what an engine has to say, and rings those who sleep.
    pub(super) fn give(&mut self, outbound: &mut Outbound) {
        if outbound.is_empty() {
            return;
        }
        outbound.drain(|to, message| {
            let Some(Some(producer)) = self.to.get_mut(usize::from(to.0)) else { return Ok(()) };
            self.unrung |= 1 << to.0;
            producer.push(message).map_err(|PushError::Full(message)| {
                self.full.fetch_add(1, Ordering::Relaxed);
                message
            })
        });
        while self.unrung != 0 {
            let reader = self.unrung.trailing_zeros() as usize;
            self.unrung &= self.unrung - 1;
            self.bells[reader].ring();
        }
    }

    /// Whether nothing waits for this thread.
    pub(super) fn is_empty(&self) -> bool {
        self.from.iter().flatten().all(Consumer::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::{PeerId, PublicationId, Source};

    fn mesh(count: usize) -> Vec<Links> {
        let bells: Arc<[Bell]> = (0..count).map(|_| Bell::new().unwrap()).collect();
        links(&bells, &Arc::new(AtomicU64::new(0)))
    }

    fn wish(serial: u32) -> Message {
        let peer = PeerId { worker: WorkerId(0), serial };
        Message::RequestKeyframe { publication: PublicationId { peer, source: Source::Camera }, layer: 0 }
    }

    #[test]
    fn every_thread_hears_every_other_one_and_knows_who_spoke() {
        let mut ends = mesh(3);
        for (writer, end) in ends.iter_mut().enumerate() {
            for reader in (0..3).filter(|reader| *reader != writer) {
                assert!(end.to[reader].as_mut().unwrap().push(wish(writer as u32)).is_ok());
            }
        }
        for (reader, end) in ends.iter_mut().enumerate() {
            let mut heard = Vec::new();
            end.take(|from, message| {
                let Message::RequestKeyframe { publication, .. } = message else {
                    panic!("not what was sent")
                };
                assert_eq!(u32::from(from.0), publication.peer.serial);
                heard.push(usize::from(from.0));
            });
            let others: Vec<usize> = (0..3).filter(|other| *other != reader).collect();
            assert_eq!(heard, others);
            assert!(end.is_empty());
        }
    }
}
