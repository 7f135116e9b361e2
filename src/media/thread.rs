//! One media thread: its engine, its sockets, and the loop that moves bytes between them.
//!
//! No tokio and no lock stands on the path of a packet. The one mutex, for the counters' copy, is only tried, once a turn.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use media::{Command, Engine, Event, Outbox, Train, path};
use tokio::sync::mpsc;

use super::batch::{ReceiveBatch, SendBatch};
use super::mesh::Links;
use super::socket::{MediaSocket, SocketCounters};
use super::tcp::TcpPaths;
use super::tickets::Tickets;
use super::wake::Bell;
use super::{MediaEvent, Traffic};

/// Commands taken in one turn, so that a storm of joins does not hold up the packets.
const COMMANDS_A_TURN: usize = 64;
/// Longest sleep.
const LONGEST_SLEEP: Duration = Duration::from_millis(250);
/// Between two copies of the counters, which look at every peer.
const COUNTERS_INTERVAL: Duration = Duration::from_millis(100);

/// All that a thread owns or shares.
pub(super) struct Worker {
    pub engine: Engine,
    pub socket: MediaSocket,
    pub tcp: TcpPaths,
    pub links: Links,
    pub commands: Receiver<Command>,
    pub events: mpsc::Sender<MediaEvent>,
    pub shared: Arc<Shared>,
    pub bells: Arc<[Bell]>,
    pub number: usize,
}

/// What a thread shares with the control plane.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub tickets: Arc<Tickets>,
    pub traffic: Mutex<Traffic>,
    pub stop: AtomicBool,
    pub events_lost: std::sync::atomic::AtomicU64,
}

impl Worker {
    /// Runs until told to stop.
    pub(super) fn run(mut self) {
        let mut inbox = ReceiveBatch::new();
        let mut batch = SendBatch::new();
        let mut copied = Instant::now();
        while !self.shared.stop.load(Ordering::Relaxed) {
            let now = Instant::now();
            self.links.take(|from, message| self.engine.relayed(now, from, message));
            let commands = self.take_commands(now);
            // Feedback to publishers tells when their packets came: not when this turn began.
            let now = Instant::now();
            let datagrams = self.take_datagrams(now, &mut inbox);
            let streams = self.tcp.take(now, &mut self.engine);
            self.engine.poll(now);
            self.send(now, &mut batch);
            let handshakes = self.engine.handshakes(now);
            self.send(now, &mut batch);
            self.links.give(self.engine.relay_out());
            self.tell();
            if now.duration_since(copied) >= COUNTERS_INTERVAL {
                self.publish_counters();
                copied = now;
            }
            if commands < COMMANDS_A_TURN && datagrams == 0 && !streams && !handshakes {
                self.wait(now);
            }
        }
    }

    fn take_commands(&mut self, now: Instant) -> usize {
        for taken in 0..COMMANDS_A_TURN {
            match self.commands.try_recv() {
                Ok(command) => self.engine.command(now, command),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return taken,
            }
        }
        COMMANDS_A_TURN
    }

    fn take_datagrams(&mut self, now: Instant, inbox: &mut ReceiveBatch) -> usize {
        let count = self.socket.receive(inbox);
        for index in 0..count {
            if let Some((from, bytes)) = inbox.datagram(index)
                && !self.engine.put_aside(from, bytes)
            {
                self.engine.datagram(now, from, bytes);
            }
        }
        count
    }

    fn send(&mut self, now: Instant, batch: &mut SendBatch) {
        loop {
            let more = self.engine.flush(now);
            let outbox: &mut Outbox = self.engine.outbox_mut();
            if !outbox.is_empty() {
                if self.tcp.is_unused() {
                    self.socket.send(outbox.bytes(), outbox.trains(), batch);
                } else {
                    send_each_way(outbox, &mut self.socket, &mut self.tcp, batch);
                }
                outbox.clear();
            }
            if !more {
                self.tcp.flush_all();
                return;
            }
        }
    }

    /// Tells the control plane what happened, after everything that came before it was handed to the kernel.
    fn tell(&mut self) {
        for event in self.engine.events() {
            let event = match event {
                Event::Done { ticket } => {
                    self.shared.tickets.done(ticket);
                    continue;
                }
                Event::Connected { peer } => MediaEvent::Connected(peer),
                Event::Paused { peer, slot, paused } => MediaEvent::Paused { peer, slot, paused },
                Event::Wanted { publication, highest } => {
                    MediaEvent::Wanted { publication, layers: highest.map_or(0, |highest| highest + 1) }
                }
                Event::Stalled { peer } => MediaEvent::Stalled(peer),
                Event::Lost { peer, why } => MediaEvent::Lost(peer, why),
                Event::Heard { peer, loudness } => MediaEvent::Heard(peer, loudness),
                Event::Quality { peer, quality } => MediaEvent::Measured(peer, quality),
            };
            if self.events.try_send(event).is_err() {
                self.shared.events_lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn publish_counters(&mut self) {
        if let Ok(mut traffic) = self.shared.traffic.try_lock() {
            *traffic = Traffic {
                engine: self.engine.counters(),
                socket: self.socket.counters(),
                tcp: self.tcp.counters(),
            };
        }
    }

    fn wait(&mut self, now: Instant) {
        let due = self.engine.next_timeout().map_or(LONGEST_SLEEP, |due| due.saturating_duration_since(now));
        let patience = due.min(LONGEST_SLEEP);
        if patience.is_zero() {
            return;
        }
        let bell = &self.bells[self.number];
        // `mpsc` cannot be looked into without taking, so a command that came meanwhile is taken here.
        let mut early = None;
        let (links, commands, shared) = (&self.links, &self.commands, &self.shared);
        let streams = bell.sleep([self.socket.fd(), self.tcp.fd()], Some(patience), || {
            early = commands.try_recv().ok();
            early.is_none() && links.is_empty() && !shared.stop.load(Ordering::SeqCst)
        });
        if streams {
            self.tcp.look_now(now);
        }
        if let Some(command) = early {
            self.engine.command(Instant::now(), command);
        }
    }

    pub(super) fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

/// Sends what the engine has over UDP or the TCP connection it is for, in order for each peer: each has one path at a time.
fn send_each_way(outbox: &Outbox, socket: &mut MediaSocket, tcp: &mut TcpPaths, batch: &mut SendBatch) {
    let is_udp = |train: &Train| path::connection(train.to).is_none();
    for run in outbox.trains().chunk_by(|one, next| is_udp(one) == is_udp(next)) {
        if run.first().is_some_and(is_udp) {
            socket.send(outbox.bytes(), run, batch);
        } else {
            run.iter().for_each(|train| tcp.send(outbox.bytes(), train));
        }
    }
}

/// Adds what one thread counted to what others did.
pub(super) fn add_socket_counters(total: &mut SocketCounters, one: &SocketCounters) {
    total.receive_calls += one.receive_calls;
    total.send_calls += one.send_calls;
    total.datagrams_sent += one.datagrams_sent;
    total.send_buffer_full += one.send_buffer_full;
    total.send_refused += one.send_refused;
    total.trains_split += one.trains_split;
}
