//! The media threads: one engine, one UDP socket, one TCP listener and one port each.
//!
//! The control plane holds a [`MediaThreads`] and speaks to the threads through bounded queues; they speak back through events and
//! tickets. Nothing here decides anything: gates open and close as the room says.

mod addresses;
mod batch;
mod mesh;
mod negotiation;
mod socket;
mod tcp;
mod thread;
mod tickets;
mod wake;

use std::collections::HashSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use media::sdp::Session;
use media::{Command, Engine, Identity, Loss, Mid, PeerId, PublicationId, Quality, Source, Ticket, WorkerId};
use tokio::sync::mpsc;

pub(crate) use socket::SocketCounters;
pub(crate) use tcp::TcpCounters;

use mesh::MAX_WORKERS;
use tcp::TcpPaths;
use thread::{Shared, Worker};
use tickets::Tickets;
use wake::Bell;

/// Commands waiting for one thread. A full queue holds up the control plane, never the packets.
const COMMAND_QUEUE: usize = 8192;
/// Events waiting for the control plane: two for every peer that can exist at a time.
const EVENT_QUEUE: usize = 65_536;
/// For a closed gate to be acknowledged by every thread. A thread answers within a millisecond; one that does not has stopped.
const GATE_PATIENCE: Duration = Duration::from_secs(2);
/// How the media threads are set up.
#[derive(Clone, Debug)]
pub(crate) struct MediaOptions {
    /// The first thread's address; thread n listens on this port + n. Port 0: each takes a free one.
    pub(crate) listen: SocketAddr,
    /// What browsers are told; empty: the addresses found on this machine.
    pub(crate) announce: Vec<IpAddr>,
    /// Threads, 1 to 64.
    pub(crate) workers: usize,
    /// Announces 127.0.0.1 as well.
    pub(crate) dev: bool,
}

/// What the media threads tell by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaEvent {
    /// ICE and DTLS are done.
    Connected(PeerId),
    /// The way to a viewer does not carry a slot's picture, or does again.
    Paused { peer: PeerId, slot: Mid, paused: bool },
    /// So many layers of a publication are wanted, the lowest ones.
    Wanted { publication: PublicationId, layers: u8 },
    /// Its media gets through no more.
    Stalled(PeerId),
    /// The peer is gone and forgotten.
    Lost(PeerId, Loss),
    /// How loud its microphone is from now on; 0 when nobody speaks any more.
    Heard(PeerId, u8),
    /// How well media gets to it and from it from now on.
    Measured(PeerId, Quality),
}

/// What a thread did, or all of them together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traffic {
    /// Of the engines.
    pub(crate) engine: media::Counters,
    /// Of the UDP sockets.
    pub(crate) socket: SocketCounters,
    /// Of the TCP connections.
    pub(crate) tcp: TcpCounters,
}

/// A closed gate was not acknowledged in time: a media thread has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GateTimeout;

/// The control plane's side of all media threads. Cheap to clone.
#[derive(Clone)]
pub(crate) struct MediaThreads(Arc<Inner>);

struct Inner {
    threads: Vec<Thread>,
    bells: Arc<[Bell]>,
    tickets: Arc<Tickets>,
    /// Of the one certificate, as it stands in SDP: `sha-256 AA:BB:…`.
    fingerprint: String,
    serial: AtomicU32,
    /// Peers that were named and are not gone yet, so that none is counted off twice.
    live: Mutex<HashSet<PeerId>>,
    joined: Mutex<Vec<JoinHandle<()>>>,
    relay_full: Arc<AtomicU64>,
}

struct Thread {
    commands: SyncSender<Command>,
    candidates: Vec<SocketAddr>,
    peers: AtomicUsize,
    shared: Arc<Shared>,
}

impl MediaThreads {
    /// Binds the sockets and starts the threads.
    ///
    /// # Errors
    /// A port is taken, the address is not this machine's, or there are no or too many threads asked for.
    pub(crate) fn start(options: &MediaOptions) -> io::Result<(MediaThreads, mpsc::Receiver<MediaEvent>)> {
        if options.workers == 0 || options.workers > MAX_WORKERS {
            let message = format!("workers must be between 1 and {MAX_WORKERS}, not {}", options.workers);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let identity = Identity::generate().map_err(io::Error::other)?;
        let announced = addresses::announced(options.listen.ip(), &options.announce, options.dev)?;
        let bells = (0..options.workers).map(|_| Bell::new()).collect::<io::Result<Arc<[Bell]>>>()?;
        let tickets = Arc::new(Tickets::default());
        let relay_full = Arc::new(AtomicU64::new(0));
        let (events, event_receiver) = mpsc::channel(EVENT_QUEUE);
        let mut threads = Vec::new();
        let mut joined = Vec::new();
        for (number, links) in mesh::links(&bells, &relay_full).into_iter().enumerate() {
            let (socket, listener) = tcp::bind(listening(options.listen, number)?)?;
            let (commands, command_receiver) = std::sync::mpsc::sync_channel(COMMAND_QUEUE);
            let shared = Arc::new(Shared { tickets: tickets.clone(), ..Shared::default() });
            let worker = Worker {
                engine: Engine::new(WorkerId(number as u8), identity.clone(), Instant::now()),
                socket,
                tcp: TcpPaths::new(listener, Instant::now())?,
                links,
                commands: command_receiver,
                events: events.clone(),
                shared: shared.clone(),
                bells: bells.clone(),
                number,
            };
            let port = worker.local_addr()?.port();
            let candidates = addresses::candidates(&announced, port);
            tracing::info!(
                thread = number,
                port,
                ?announced,
                offload = worker.socket.offload(),
                "media thread"
            );
            threads.push(Thread { commands, candidates, peers: AtomicUsize::new(0), shared });
            joined.push(
                std::thread::Builder::new().name(format!("media-{number}")).spawn(move || worker.run())?,
            );
        }
        let inner = Inner {
            threads,
            bells,
            tickets,
            fingerprint: negotiation::fingerprint_text(identity.fingerprint()),
            serial: AtomicU32::new(1),
            live: Mutex::default(),
            joined: Mutex::new(joined),
            relay_full,
        };
        Ok((MediaThreads(Arc::new(inner)), event_receiver))
    }

    /// Names a new peer, on the thread with the fewest of them.
    pub(crate) fn allocate(&self) -> PeerId {
        let least =
            self.0.threads.iter().enumerate().min_by_key(|(_, thread)| thread.peers.load(Ordering::Relaxed));
        let worker = least.map_or(0, |(number, _)| number);
        self.0.threads[worker].peers.fetch_add(1, Ordering::Relaxed);
        let peer =
            PeerId { worker: WorkerId(worker as u8), serial: self.0.serial.fetch_add(1, Ordering::Relaxed) };
        locked(&self.0.live).insert(peer);
        peer
    }

    /// Gives back the name of a peer that was never added, or that its thread lost by itself.
    pub(crate) fn release(&self, peer: PeerId) {
        if locked(&self.0.live).remove(&peer) {
            self.0.threads[usize::from(peer.worker.0)].peers.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Adds a peer; all its gates are closed.
    pub(crate) fn add(&self, peer: PeerId, session: Session) {
        self.send(peer.worker, Command::AddPeer { peer, session: Box::new(session) });
    }

    /// The same peer connection offered again.
    pub(crate) fn update(&self, peer: PeerId, session: Session) {
        self.send(peer.worker, Command::UpdatePeer { peer, session: Box::new(session) });
    }

    /// Forgets a peer.
    pub(crate) fn remove(&self, peer: PeerId) {
        self.release(peer);
        self.send(peer.worker, Command::RemovePeer { peer });
    }

    /// Lets a source in. When this returns, its packets pass.
    ///
    /// # Errors
    /// The thread did not answer in time; it may let the source in later.
    pub(crate) async fn open_gate(&self, peer: PeerId, source: Source) -> Result<(), GateTimeout> {
        self.acknowledged([peer.worker], |ticket| Command::SetGate { peer, source, open: true, ticket }).await
    }

    /// Shuts a source out. When this returns, not one more packet of it leaves any thread.
    ///
    /// # Errors
    /// A thread did not answer in time.
    pub(crate) async fn close_gate(&self, peer: PeerId, source: Source) -> Result<(), GateTimeout> {
        // Home first: what it handed to the others before it answered is in their queues by then, and they drop it. They are told
        // even where home does not answer, so that as little as can be goes on.
        let home = self
            .acknowledged([peer.worker], |ticket| Command::SetGate { peer, source, open: false, ticket })
            .await;
        let others = (0..self.0.threads.len() as u8).map(WorkerId).filter(|worker| *worker != peer.worker);
        let publication = PublicationId { peer, source };
        let elsewhere = self.acknowledged(others, |ticket| Command::Withdraw { publication, ticket }).await;
        home.and(elsewhere)
    }

    /// What a viewer's slot shows from now on.
    pub(crate) fn assign(&self, viewer: PeerId, slot: Mid, publication: Option<PublicationId>) {
        self.send(viewer.worker, Command::Assign { peer: viewer, slot, publication });
    }

    /// How tall a viewer's slot is shown from now on.
    pub(crate) fn show(&self, viewer: PeerId, slot: Mid, height: u16) {
        self.send(viewer.worker, Command::Show { peer: viewer, slot, height });
    }

    /// A viewer says that nothing arrives; [`MediaEvent::Stalled`] follows if its thread goes on sending.
    pub(crate) fn doubt(&self, peer: PeerId) {
        self.send(peer.worker, Command::Doubt { peer });
    }

    /// Whether somebody is the active speaker of their room, for the viewers of every thread.
    pub(crate) fn speaker(&self, peer: PeerId, speaks: bool) {
        for worker in 0..self.0.threads.len() as u8 {
            self.send(WorkerId(worker), Command::Speaker { peer, speaks });
        }
    }

    /// What all threads did so far, at most 350 ms old (a longest sleep and an interval of copying).
    pub(crate) fn traffic(&self) -> Traffic {
        let mut total = Traffic::default();
        for thread in &self.0.threads {
            let one = *locked(&thread.shared.traffic);
            total.engine.add(&one.engine);
            thread::add_socket_counters(&mut total.socket, &one.socket);
            total.tcp.add(&one.tcp);
        }
        total
    }

    /// Peers on each thread.
    pub(crate) fn peers(&self) -> Vec<usize> {
        self.0.threads.iter().map(|thread| thread.peers.load(Ordering::Relaxed)).collect()
    }

    /// Messages between threads that found the queue full, and events the control plane was too slow for.
    pub(crate) fn queue_overflows(&self) -> u64 {
        let events = self.0.threads.iter().map(|thread| thread.shared.events_lost.load(Ordering::Relaxed));
        self.0.relay_full.load(Ordering::Relaxed) + events.sum::<u64>()
    }

    /// Whether every thread still runs.
    pub(crate) fn is_running(&self) -> bool {
        let joined = locked(&self.0.joined);
        !joined.is_empty() && joined.iter().all(|thread| !thread.is_finished())
    }

    /// Ends the threads. Peers notice by their consent checks; the control plane has told them before.
    pub(crate) async fn stop(self) {
        self.0.tell_to_stop();
        let joined = std::mem::take(&mut *locked(&self.0.joined));
        let ended =
            tokio::task::spawn_blocking(move || joined.into_iter().all(|thread| thread.join().is_ok())).await;
        if !matches!(ended, Ok(true)) {
            tracing::error!("a media thread had panicked");
        }
    }

    async fn acknowledged(
        &self,
        workers: impl IntoIterator<Item = WorkerId>,
        command: impl Fn(Ticket) -> Command,
    ) -> Result<(), GateTimeout> {
        let mut waiting = Vec::new();
        for worker in workers {
            let (ticket, done) = self.0.tickets.issue();
            self.send(worker, command(ticket));
            waiting.push((ticket, done));
        }
        let mut outcome = Ok(());
        for (ticket, done) in waiting {
            if !matches!(tokio::time::timeout(GATE_PATIENCE, done).await, Ok(Ok(()))) {
                self.0.tickets.give_up(ticket);
                outcome = Err(GateTimeout);
            }
        }
        outcome
    }

    fn send(&self, worker: WorkerId, command: Command) {
        let number = usize::from(worker.0);
        // An error means that the thread has ended; `is_running` says so, and the server goes down.
        let _ = self.0.threads[number].commands.send(command);
        self.0.bells[number].ring();
    }
}

impl Inner {
    fn tell_to_stop(&self) {
        for (thread, bell) in self.threads.iter().zip(self.bells.iter()) {
            thread.shared.stop.store(true, Ordering::SeqCst);
            bell.ring();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.tell_to_stop();
    }
}

/// A thread that panicked while it held one of these locks left what it guards whole: every change is a single step.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Where thread `number` listens.
fn listening(listen: SocketAddr, number: usize) -> io::Result<SocketAddr> {
    let port = match listen.port() {
        0 => 0,
        first => first.checked_add(number as u16).ok_or_else(|| {
            let message = format!("media port {first} + {number} is past the last port");
            io::Error::new(io::ErrorKind::InvalidInput, message)
        })?,
    };
    Ok(SocketAddr::new(listen.ip(), port))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Receiver;

    use super::*;

    /// The control plane's side of two media threads whose part the test plays.
    fn two_threads() -> (MediaThreads, Vec<Receiver<Command>>) {
        let mut receivers = Vec::new();
        let threads = (0..2).map(|_| {
            let (commands, receiver) = std::sync::mpsc::sync_channel(COMMAND_QUEUE);
            receivers.push(receiver);
            Thread { commands, candidates: Vec::new(), peers: AtomicUsize::new(0), shared: Arc::default() }
        });
        let inner = Inner {
            threads: threads.collect(),
            bells: (0..2).map(|_| Bell::new().unwrap()).collect(),
            tickets: Arc::default(),
            fingerprint: String::new(),
            serial: AtomicU32::new(1),
            live: Mutex::default(),
            joined: Mutex::default(),
            relay_full: Arc::default(),
        };
        (MediaThreads(Arc::new(inner)), receivers)
    }

    async fn settle() {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_gate_counts_as_closed_when_its_home_and_then_every_other_thread_said_so() {
        let (media, receivers) = two_threads();
        let peer = media.allocate();
        assert_eq!(peer.worker, WorkerId(0));
        let closing = tokio::spawn({
            let media = media.clone();
            async move { media.close_gate(peer, Source::Camera).await }
        });
        settle().await;
        let Ok(Command::SetGate { open: false, ticket, .. }) = receivers[0].try_recv() else {
            panic!("the home thread was not told")
        };
        assert!(receivers[1].try_recv().is_err(), "others are told before home has closed");
        media.0.tickets.done(ticket);
        settle().await;
        let Ok(Command::Withdraw { ticket, .. }) = receivers[1].try_recv() else {
            panic!("the other thread was not told")
        };
        assert!(!closing.is_finished(), "closed before the other thread said so");
        media.0.tickets.done(ticket);
        assert_eq!(closing.await.unwrap(), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_thread_that_does_not_answer_is_a_time_out_not_a_closed_gate() {
        let (media, _receivers) = two_threads();
        let peer = media.allocate();
        assert_eq!(media.close_gate(peer, Source::Mic).await, Err(GateTimeout));
    }
}
