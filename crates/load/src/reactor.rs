//! The event loop that all synthetic peers of this process share: one thread that waits for their sockets and their deadlines, so that
//! thousands of them fit beside a server on two cores.

use std::collections::BinaryHeap;
use std::collections::HashSet;
use std::io;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};

use crate::Micros;
use crate::connection::Shared;
use crate::error::LoadError;
use crate::figures::Figures;
use crate::wire::{Inbox, RECEIVE_BATCH, Wire, unread};

/// Sockets looked at after one wait.
const EVENTS: usize = 1024;
/// Sockets read before deadlines get their turn: senders must not wait for all receivers.
const READS_A_TURN: usize = 64;
/// Frames and other things that one peer does before others get their turn; what is left is due at once again.
const STEPS_A_TURN: usize = 16;
/// Token of the waker; peers have smaller ones.
const WAKER: Token = Token(usize::MAX);

/// The one of this process, started with the first peer.
static REACTOR: LazyLock<Result<Arc<Reactor>, String>> =
    LazyLock::new(|| Reactor::start().map_err(|error| error.to_string()));

/// The handle others have of the event loop.
pub(crate) struct Reactor {
    orders: Mutex<Vec<Order>>,
    waker: Waker,
    figures: Mutex<Figures>,
    /// Local ports of all peers there are.
    ports: Mutex<HashSet<u16>>,
}

enum Order {
    /// Take a new peer.
    Take(Arc<Shared>, Box<Wire>),
    /// Somebody changed what the peer has to do.
    Look(Arc<Shared>),
    /// Let go of the peer.
    Drop(Arc<Shared>),
}

impl Reactor {
    /// The one of this process.
    ///
    /// # Errors
    /// The machine has no thread or no epoll for it.
    pub(crate) fn get() -> Result<Arc<Reactor>, LoadError> {
        REACTOR.clone().map_err(|detail| LoadError::Machine { what: "event loop", detail })
    }

    fn start() -> io::Result<Arc<Reactor>> {
        let poll = Poll::new()?;
        let reactor = Arc::new(Reactor {
            orders: Mutex::default(),
            waker: Waker::new(poll.registry(), WAKER)?,
            figures: Mutex::default(),
            ports: Mutex::default(),
        });
        let own = Arc::clone(&reactor);
        let run = move || {
            let inbox = Inbox::new();
            let (peers, free, alarms) = (Vec::new(), Vec::new(), BinaryHeap::new());
            Loop { reactor: own, poll, peers, free, alarms, inbox }.run();
        };
        std::thread::Builder::new().name("peers".to_owned()).spawn(run)?;
        Ok(reactor)
    }

    pub(crate) fn take(&self, peer: Arc<Shared>, wire: Wire) {
        self.order(Order::Take(peer, Box::new(wire)));
    }

    pub(crate) fn look(&self, peer: Arc<Shared>) {
        self.order(Order::Look(peer));
    }

    pub(crate) fn drop_peer(&self, peer: Arc<Shared>) {
        self.order(Order::Drop(peer));
    }

    /// What was measured since the last call.
    pub(crate) fn take_figures(&self) -> Figures {
        std::mem::take(&mut *lock(&self.figures))
    }

    /// Adds what a sender outside of the event loop measured.
    pub(crate) fn note(&self, what: impl FnOnce(&mut Figures)) {
        what(&mut lock(&self.figures));
    }

    /// Datagrams that the kernel dropped at the sockets there are now, since they were not read in time.
    pub(crate) fn unread(&self) -> u64 {
        unread(&lock(&self.ports))
    }

    fn order(&self, order: Order) {
        lock(&self.orders).push(order);
        // It fails only where the kernel has no memory; the loop looks again within a second anyway.
        let _ = self.waker.wake();
    }
}

/// A thread that panicked with the lock has failed its test already; the others may go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Seat {
    shared: Arc<Shared>,
    wire: Wire,
    /// The alarm that counts.
    alarm: Option<Instant>,
}

/// When a peer needs attention, soonest on top of the heap.
type Alarm = std::cmp::Reverse<(Instant, usize)>;

struct Loop {
    reactor: Arc<Reactor>,
    poll: Poll,
    peers: Vec<Option<Seat>>,
    free: Vec<usize>,
    alarms: BinaryHeap<Alarm>,
    inbox: Inbox,
}

impl Loop {
    /// Longest wait.
    const PATIENCE: Duration = Duration::from_secs(1);

    fn run(mut self) {
        let mut events = Events::with_capacity(EVENTS);
        let mut again: Vec<usize> = Vec::new();
        loop {
            let patience = match self.alarms.peek() {
                _ if !again.is_empty() => Duration::ZERO,
                Some(std::cmp::Reverse((at, _))) => {
                    at.saturating_duration_since(Instant::now()).min(Self::PATIENCE)
                }
                None => Self::PATIENCE,
            };
            if self.poll.poll(&mut events, Some(patience)).is_err() {
                continue;
            }
            let ready: Vec<usize> = again
                .drain(..)
                .chain(events.iter().filter(|event| event.token() != WAKER).map(|event| event.token().0))
                .collect();
            for turn in ready.chunks(READS_A_TURN) {
                for place in turn {
                    if self.read(*place) {
                        again.push(*place);
                    }
                }
                self.ring();
            }
            self.ring();
            self.obey();
        }
    }

    fn obey(&mut self) {
        let orders = std::mem::take(&mut *lock(&self.reactor.orders));
        for order in orders {
            match order {
                Order::Take(shared, wire) => self.seat(shared, *wire),
                Order::Look(shared) => {
                    if let Some(place) = self.place_of(&shared) {
                        self.work(place, false);
                    }
                }
                Order::Drop(shared) => {
                    if let Some(place) = self.place_of(&shared) {
                        self.unseat(place);
                    }
                }
            }
        }
    }

    fn place_of(&self, shared: &Arc<Shared>) -> Option<usize> {
        let place = shared.place()?;
        let seat = self.peers.get(place)?.as_ref()?;
        Arc::ptr_eq(&seat.shared, shared).then_some(place)
    }

    fn seat(&mut self, shared: Arc<Shared>, wire: Wire) {
        let place = self.free.pop().unwrap_or_else(|| {
            self.peers.push(None);
            self.peers.len() - 1
        });
        if self.poll.registry().register(&mut SourceFd(&wire.fd()), Token(place), Interest::READABLE).is_err()
        {
            // No watches left: the peer hears nothing and gives up by itself.
            self.free.push(place);
            return;
        }
        lock(&self.reactor.ports).insert(wire.port());
        shared.set_place(place);
        self.peers[place] = Some(Seat { shared, wire, alarm: None });
        self.work(place, false);
        // What came before the socket was watched.
        self.read(place);
    }

    fn unseat(&mut self, place: usize) {
        let Some(seat) = self.peers[place].take() else { return };
        let _ = self.poll.registry().deregister(&mut SourceFd(&seat.wire.fd()));
        lock(&self.reactor.ports).remove(&seat.wire.port());
        seat.shared.end();
        self.free.push(place);
    }

    /// Reads a socket; `true` when there may be more.
    fn read(&mut self, place: usize) -> bool {
        let Some(Some(seat)) = self.peers.get_mut(place) else { return false };
        let (mut peer, mut figures) = (seat.shared.peer(), lock(&self.reactor.figures));
        let (now, stamp) = (Instant::now(), Micros::now());
        let mut first = None;
        let count = seat.wire.receive(&mut self.inbox, |arrived, datagram| {
            first.get_or_insert(arrived);
            peer.receive(now, arrived, datagram, &mut figures);
        });
        if let Some(first) = first {
            let _ = figures.read_late_us.record(stamp.since(first));
        }
        drop((peer, figures));
        self.work(place, false);
        count == RECEIVE_BATCH
    }

    /// Wakes whose time has come.
    fn ring(&mut self) {
        let now = Instant::now();
        while let Some(std::cmp::Reverse((at, place))) = self.alarms.peek().copied() {
            if at > now {
                return;
            }
            self.alarms.pop();
            let Some(Some(seat)) = self.peers.get_mut(place) else { continue };
            if seat.alarm == Some(at) {
                seat.alarm = None;
                self.work(place, true);
            }
        }
    }

    /// Lets a peer do what is due, sends what it has to say, and sets its next alarm.
    fn work(&mut self, place: usize, mut due: bool) {
        let Some(Some(seat)) = self.peers.get_mut(place) else { return };
        let mut peer = seat.shared.peer();
        for _ in 0..STEPS_A_TURN {
            let now = Instant::now();
            if !due && peer.next_timeout().is_none_or(|at| at > now) {
                break;
            }
            due = false;
            peer.poll(now, &mut lock(&self.reactor.figures));
            seat.wire.send(&mut peer.outbox);
        }
        seat.shared.settle(&mut peer);
        seat.wire.send(&mut peer.outbox);
        let next = peer.next_timeout();
        drop(peer);
        match next {
            None => self.unseat(place),
            Some(at) if seat.alarm.is_none_or(|set| at < set) => {
                seat.alarm = Some(at);
                self.alarms.push(std::cmp::Reverse((at, place)));
            }
            Some(_) => {}
        }
    }
}
