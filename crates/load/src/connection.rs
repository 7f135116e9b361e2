//! A synthetic peer on a real socket: the task that moves bytes and time, and the handle by which others look in and steer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use media::{Kind, Loss, Mid, Source, TransportEvent};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::Micros;
use crate::error::LoadError;
use crate::marker::Tag;
use crate::peer::Peer;
use crate::receiving::{Received, Sighting, Tally};
use crate::reception::Continuity;
use crate::sending::{Probe, Sent};
use crate::wire::{RECEIVE_BYTES, Wire};

/// Datagrams taken before others get their turn.
const BATCH: usize = 64;
/// Sleep of a peer that waits for nothing in particular.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);
/// How often a wait for packets looks.
const LOOK: Duration = Duration::from_millis(2);

/// How far a peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Connecting,
    Connected(Micros),
    Lost(Loss),
}

/// A peer at work. It ends, without a goodbye, when this is dropped.
pub struct Connection {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    peer: Mutex<Peer>,
    wake: Notify,
    state: watch::Sender<State>,
}

impl Connection {
    pub(crate) fn start(peer: Peer, wire: Wire) -> Connection {
        let shared = Arc::new(Shared {
            peer: Mutex::new(peer),
            wake: Notify::new(),
            state: watch::Sender::new(State::Connecting),
        });
        let task = tokio::spawn(run(Arc::clone(&shared), wire));
        Connection { shared, task }
    }

    /// Waits until ICE and DTLS are done; returns when they were.
    ///
    /// # Errors
    /// The transport gave up, or the time is over.
    pub async fn connected(&self, patience: Duration) -> Result<Micros, LoadError> {
        let mut state = self.shared.state.subscribe();
        let settled =
            tokio::time::timeout(patience, state.wait_for(|state| *state != State::Connecting)).await;
        match settled {
            Ok(Ok(state)) => match *state {
                State::Connected(at) => Ok(at),
                State::Lost(why) => Err(LoadError::Media(why)),
                State::Connecting => Err(LoadError::Media(Loss::NeverConnected)),
            },
            _ => Err(LoadError::Timeout { what: "ICE and DTLS", seconds: patience.as_secs() }),
        }
    }

    /// Why the transport ended, once it has.
    pub fn lost(&self) -> Option<Loss> {
        match *self.shared.state.borrow() {
            State::Lost(why) => Some(why),
            _ => None,
        }
    }

    /// Begins or stops to send; begins with keyframes, as a browser does when it is given a track.
    pub fn send(&self, on: bool) {
        self.steer(|peer| peer.sending.run(on, Instant::now()));
    }

    /// Makes the next frame of every layer a keyframe.
    pub fn send_keyframe(&self) {
        self.steer(|peer| peer.sending.want_keyframes());
    }

    /// Sends a probe on every camera stream.
    pub fn send_probe(&self, probe: Probe) {
        self.steer(|peer| peer.probe(probe));
    }

    /// Asks for keyframes of all that is shown.
    pub fn request_keyframes(&self) {
        self.steer(Peer::request_keyframes);
    }

    /// Treats the next so many packets of pictures as lost, so that they have to be asked for.
    pub fn lose(&self, packets: u32) {
        self.steer(|peer| peer.receiving.lose(packets));
    }

    /// What was sent so far.
    pub fn sent(&self) -> Sent {
        self.peer().sending.sent()
    }

    /// How many packets a layer of a source has made so far.
    pub fn made(&self, source: Source, layer: u8) -> u32 {
        self.peer().sending.made(source, layer)
    }

    /// What was received so far.
    pub fn received(&self) -> Received {
        self.peer().receiving.received().clone()
    }

    /// What was received so far of one sender.
    pub fn tally(&self, sender: Tag) -> Tally {
        self.peer().receiving.received().senders.get(&sender).copied().unwrap_or_default()
    }

    /// How each slot's stream went so far.
    pub fn continuity(&self) -> Vec<(Mid, Kind, Continuity)> {
        self.peer().receiving.continuity()
    }

    /// From a sender's send to the kernel of this side, in microseconds.
    pub fn delay(&self) -> Histogram<u64> {
        self.peer().receiving.delay().clone()
    }

    /// Every packet since the last call, for participants that keep a journal.
    pub fn take_journal(&self) -> Vec<Sighting> {
        self.peer().receiving.take_journal()
    }

    /// Waits until what was received of a sender is enough.
    ///
    /// # Errors
    /// It was not, in that time.
    pub async fn wait_for(
        &self,
        sender: Tag,
        patience: Duration,
        enough: impl Fn(&Tally) -> bool,
    ) -> Result<Tally, LoadError> {
        let until = Instant::now() + patience;
        loop {
            let tally = self.tally(sender);
            if enough(&tally) {
                return Ok(tally);
            }
            if Instant::now() > until {
                return Err(LoadError::Timeout { what: "packets of a sender", seconds: patience.as_secs() });
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Says goodbye (DTLS `close_notify`), and ends.
    pub async fn close(&self) {
        self.steer(|peer| peer.close(Instant::now()));
        // The task sends it and ends; one that does not is aborted when this is dropped.
        for _ in 0..100 {
            if self.task.is_finished() {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn steer(&self, how: impl FnOnce(&mut Peer)) {
        how(&mut self.peer());
        self.shared.wake.notify_one();
    }

    fn peer(&self) -> MutexGuard<'_, Peer> {
        self.shared.peer()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    /// A thread that panicked in here has failed its test already; the others may go on looking.
    fn peer(&self) -> MutexGuard<'_, Peer> {
        self.peer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, peer: &mut Peer) {
        while let Some(event) = peer.take_event() {
            match event {
                TransportEvent::Connected => self.state.send_replace(State::Connected(Micros::now())),
                TransportEvent::Lost(why) => self.state.send_replace(State::Lost(why)),
                TransportEvent::Proven(_) | TransportEvent::Retired(_) => continue,
            };
        }
    }
}

async fn run(shared: Arc<Shared>, mut wire: Wire) {
    let mut space = [0; RECEIVE_BYTES];
    loop {
        let due = {
            let mut peer = shared.peer();
            let now = Instant::now();
            if peer.next_timeout().is_some_and(|due| due <= now) {
                peer.poll(now);
            }
            shared.settle(&mut peer);
            wire.send(&mut peer.outbox);
            match peer.next_timeout() {
                Some(due) => due.min(now + LONGEST_SLEEP),
                None => return,
            }
        };
        tokio::select! {
            readable = wire.readable() => {
                if readable.is_err() {
                    return;
                }
                let mut peer = shared.peer();
                for _ in 0..BATCH {
                    let Some((length, arrived)) = wire.receive(&mut space) else { break };
                    peer.receive(Instant::now(), arrived, &mut space[..length]);
                }
            }
            () = tokio::time::sleep_until(due.into()) => {}
            () = shared.wake.notified() => {}
        }
    }
}
