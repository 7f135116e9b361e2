//! Between the room's task, the engines and the network: queues with delays that keep their order, and datagrams on their way.

use media::rtp::Header;
use media::{Event as EngineEvent, WorkerId};

use crate::book::{ClientId, Tag, is_media};
use crate::client::server_address;
use crate::mail::{Mail, Out};
use crate::network::{MS, Micros};
use crate::sessions::transport_of;
use crate::thread::{Arriving, Turn};
use crate::world::{Event, Leaving, World};
use crate::{Fault, Oracle};

/// From something waiting to the turn that takes it, at most.
const SLOWEST_TURN: Micros = MS;
/// A command's or a message's way to another thread, at most, but for the odd one.
const SLOWEST_QUEUE: Micros = 3 * MS;
/// The odd one.
const STUCK: Micros = 40 * MS;
/// A message's way to a page or from it, at most.
const SLOWEST_SOCKET: Micros = 120 * MS;

impl World {
    /// Has the room's task go on, and passes on what it wants done.
    pub(crate) fn run_room(&mut self) {
        let mut out = Vec::new();
        if let Err((oracle, detail)) = self.actor.run(self.millis(), self.tick, &mut out) {
            self.fail(oracle, detail);
        }
        for out in out {
            match out {
                Out::Engine { worker, command } => self.command(worker, command),
                Out::Page { page, message } => {
                    let session = self.pages[page].session;
                    let at = self.page_queue(page);
                    self.agenda.add(at, Event::Reads { page, session, message });
                }
                Out::Close { page, session } => {
                    let at = self.page_queue(page);
                    self.agenda.add(at, Event::Closed { page, session });
                }
            }
        }
        if let Some(at) = self.actor.room.next_deadline() {
            let wait = at.since(self.millis()) * MS + MS;
            self.agenda.add(self.now + wait, Event::Deadline);
        }
    }

    /// Queues a command for an engine.
    pub(crate) fn command(&mut self, worker: usize, command: media::Command) {
        let at = (self.now + self.queueing()).max(self.commands_at[worker]);
        self.commands_at[worker] = at;
        self.agenda.add(at, Event::Command { worker, command });
    }

    fn queueing(&mut self) -> Micros {
        let most = if !self.calm && self.rng.chance(self.stuck) { STUCK } else { SLOWEST_QUEUE };
        self.rng.between(0, most)
    }

    fn page_queue(&mut self, page: usize) -> Micros {
        let delay = self.rng.between(MS, SLOWEST_SOCKET);
        let at = (self.now + delay).max(self.pages[page].reads_at);
        self.pages[page].reads_at = at;
        at
    }

    /// When the server hears what a page says now.
    pub(crate) fn heard_at(&mut self, page: usize) -> Micros {
        let delay = self.rng.between(MS, SLOWEST_SOCKET / 4);
        let at = (self.now + delay).max(self.pages[page].heard_at);
        self.pages[page].heard_at = at;
        at
    }

    /// Something waits for a thread.
    pub(crate) fn wake(&mut self, worker: usize) {
        let at = self.now + self.rng.between(0, SLOWEST_TURN);
        self.schedule_turn(worker, at);
    }

    fn schedule_turn(&mut self, worker: usize, at: Micros) {
        let thread = &mut self.threads[worker];
        let at = at.max(thread.stalled_until);
        if thread.due.is_none_or(|due| at < due) {
            thread.due = Some(at);
            self.agenda.add(at, Event::Turn { worker, at });
        }
    }

    /// One turn of a media thread, if this is the one that counts.
    pub(crate) fn turn(&mut self, worker: usize, at: Micros) {
        if self.threads[worker].due != Some(at) {
            return;
        }
        if at < self.threads[worker].stalled_until {
            self.threads[worker].due = None;
            return self.schedule_turn(worker, at);
        }
        self.threads[worker].due = None;
        let now = self.instant();
        let Turn { arrived, sent, messages, events } = self.threads[worker].turn(now);
        for (from, mut tag) in arrived {
            // An engine drops what comes from an address that no check has proven; one that it has sent to is proven.
            tag.part = tag.part.filter(|_| self.proven.contains(&from));
            self.book.arrived(tag, self.tick);
        }
        for (to, bytes) in sent {
            self.leaves(worker, to, bytes);
        }
        for (to, message) in messages {
            self.summary.relayed += u64::from(message.is_media());
            self.relay(worker, usize::from(to.0), message);
        }
        for event in events {
            self.engine_tells(worker, event);
        }
        if let Some(due) = self.threads[worker].engine.next_timeout() {
            let at = self.micros(due).max(self.now + 1);
            self.schedule_turn(worker, at);
        }
    }

    fn relay(&mut self, from: usize, to: usize, message: media::relay::Message) {
        let before = self.messages_at.get(&(from, to)).copied().unwrap_or(0);
        let at = (self.now + self.queueing()).max(before);
        self.messages_at.insert((from, to), at);
        self.agenda.add(at, Event::Message { to, from: WorkerId(from as u8), message });
    }

    fn engine_tells(&mut self, worker: usize, event: EngineEvent) {
        let at = (self.now + self.queueing()).max(self.events_at[worker]);
        let event = match event {
            EngineEvent::Done { ticket } => return self.agenda.add(at, Event::Acknowledged(ticket)),
            // Of no consequence to who is seen: the simulated page does nothing about any of them.
            EngineEvent::Paused { .. } | EngineEvent::Wanted { .. } | EngineEvent::Quality { .. } => return,
            EngineEvent::Connected { peer } => Mail::Connected(transport_of(peer)),
            EngineEvent::Lost { peer, .. } => Mail::Lost(transport_of(peer)),
            EngineEvent::Heard { peer, loudness } => Mail::Heard(transport_of(peer), loudness),
            // The pages here find their way back by themselves, and no room decides anything by it.
            EngineEvent::Stalled { .. } => return,
        };
        self.events_at[worker] = at;
        self.agenda.add(at, Event::Mail(event));
    }

    /// A datagram leaves an engine.
    fn leaves(&mut self, worker: usize, to: std::net::SocketAddr, bytes: Vec<u8>) {
        let Some(client) = self.at_address.get(&to).copied() else { return };
        self.proven.insert(to);
        if self.fault == Fault::SwallowsPackets && is_media(&bytes) && self.rng.chance(3) {
            return;
        }
        let leaving = match Header::parse_protected(&bytes).filter(|_| is_media(&bytes)) {
            None => None,
            Some(header) if header.ssrc() & 1 == 1 => {
                Some(Leaving::Repair { ssrc: header.ssrc() - 1, left: self.tick })
            }
            Some(header) => match self.streams.left(client, header.ssrc(), header.sequence(), self.tick) {
                Ok(place) => Some(Leaving::Media(place)),
                Err(wrong) => return self.fail(Oracle::Stream, wrong),
            },
        };
        let gone = self.clients[client].address != to;
        let conditions = self.clients[client].conditions;
        let (first, double) = conditions.fate(&mut self.weather);
        for fate in [Some(first), double].into_iter().flatten() {
            let lost = fate.lost || gone;
            // A packet of media that is lost still comes, for the oracles alone.
            if !lost || leaving.is_some() {
                let event = Event::AtClient { client, worker, bytes: bytes.clone(), leaving, lost };
                self.agenda.add(self.now + fate.after, event);
            }
        }
    }

    /// Sends what lies in a client's outbox; `tags` says what the first datagrams are.
    pub(crate) fn flush_client(&mut self, client: ClientId, tags: &[Tag]) {
        let out = &self.clients[client].out;
        let datagrams: Vec<_> = out.datagrams().map(|(to, bytes)| (to, bytes.to_vec())).collect();
        self.clients[client].out.clear();
        let (from, conditions) = (self.clients[client].address, self.clients[client].conditions);
        for (index, (to, bytes)) in datagrams.into_iter().enumerate() {
            let worker = usize::from(to.port() - server_address(0).port());
            let tag = tags.get(index).copied().or_else(|| self.book.retransmission(client, &bytes));
            if let Some(tag) = tags.get(index) {
                self.book.note(client, tag.frame, &bytes);
            }
            let (first, double) = conditions.fate(&mut self.weather);
            for fate in [Some(first), double].into_iter().flatten().filter(|fate| !fate.lost) {
                let arriving = Arriving { from, bytes: bytes.clone(), tag };
                self.agenda.add(self.now + fate.after, Event::AtServer { worker, arriving });
            }
        }
        self.schedule_poll(client);
    }
}
