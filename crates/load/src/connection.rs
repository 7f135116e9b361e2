//! A synthetic peer on a real socket, run by the [`Reactor`]: the handle by which others look in and steer.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use media::{Kind, Loss, Mid, Source, TransportEvent};
use tokio::sync::watch;

use crate::Micros;
use crate::error::LoadError;
use crate::marker::Tag;
use crate::peer::Peer;
use crate::reactor::Reactor;
use crate::receiving::{Received, Sighting, Tally};
use crate::reception::Continuity;
use crate::sending::{Probe, Sent};
use crate::wire::Wire;

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
    reactor: Arc<Reactor>,
}

/// What the handle and the event loop share.
pub(crate) struct Shared {
    peer: Mutex<Peer>,
    state: watch::Sender<State>,
    /// Its place in the event loop, or [`NO_PLACE`].
    place: AtomicUsize,
    ended: AtomicBool,
}

/// The event loop has not taken the peer yet.
const NO_PLACE: usize = usize::MAX;

impl Connection {
    /// Sets a peer to work.
    ///
    /// # Errors
    /// The machine has no event loop for it.
    pub(crate) fn start(peer: Peer, wire: Wire) -> Result<Connection, LoadError> {
        let reactor = Reactor::get()?;
        let shared = Arc::new(Shared {
            peer: Mutex::new(peer),
            state: watch::Sender::new(State::Connecting),
            place: AtomicUsize::new(NO_PLACE),
            ended: AtomicBool::new(false),
        });
        reactor.take(Arc::clone(&shared), wire);
        Ok(Connection { shared, reactor })
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

    pub(crate) fn watch(&self) -> Watch {
        Watch(Arc::clone(&self.shared))
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

    /// How loud the microphone says it is from now on: 0 the loudest, 127 silence, in -dBov. It begins at 20.
    pub fn speak(&self, level: u8) {
        self.steer(|peer| peer.sending.speak(level));
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
        // The event loop sends it and lets go; if it does not, it has to when this is dropped.
        for _ in 0..100 {
            if self.shared.ended.load(Ordering::Acquire) {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn steer(&self, how: impl FnOnce(&mut Peer)) {
        how(&mut self.peer());
        self.reactor.look(Arc::clone(&self.shared));
    }

    fn peer(&self) -> MutexGuard<'_, Peer> {
        self.shared.peer()
    }
}

/// A look at a peer that does not keep it alive.
#[derive(Clone)]
pub(crate) struct Watch(Arc<Shared>);

impl Watch {
    /// Packets that never came, on all slots.
    pub(crate) fn given_up(&self) -> u64 {
        self.0.peer().receiving.continuity().iter().map(|(_, _, stream)| stream.given_up).sum()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.reactor.drop_peer(Arc::clone(&self.shared));
    }
}

impl Shared {
    /// A thread that panicked in here has failed its test already; the others may go on looking.
    pub(crate) fn peer(&self) -> MutexGuard<'_, Peer> {
        self.peer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn place(&self) -> Option<usize> {
        Some(self.place.load(Ordering::Acquire)).filter(|place| *place != NO_PLACE)
    }

    pub(crate) fn set_place(&self, place: usize) {
        self.place.store(place, Ordering::Release);
    }

    /// The event loop has let go of it.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }

    /// Tells those who wait what the transport told.
    pub(crate) fn settle(&self, peer: &mut Peer) {
        while let Some(event) = peer.take_event() {
            match event {
                TransportEvent::Connected => self.state.send_replace(State::Connected(Micros::now())),
                TransportEvent::Lost(why) => self.state.send_replace(State::Lost(why)),
                TransportEvent::Proven(_) | TransportEvent::Retired(_) => continue,
            };
        }
    }
}
