//! Engines and synthetic peers on a wire made of memory, with a clock that stands still until a test moves it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's own machinery")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::relay::Message;
use media::sdp::{IceCredentials, Local, Negotiated, Session, SlotSsrc, negotiate};
use media::synthetic::{Frame, Offering, Peer, STAMP_AT, Shape, fingerprint_text};
use media::{
    Command, Counters, Engine, Event, Identity, Kind, Mid, Outbox, PeerId, PublicationId, Source, Ticket,
    WorkerId,
};

pub(crate) const STEP: Duration = Duration::from_millis(5);
pub(crate) const FRAME: Duration = Duration::from_millis(33);

/// A packet of media that a peer received.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) mid: Mid,
    pub(crate) kind: Kind,
    pub(crate) sequence: u64,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) payload: Vec<u8>,
    pub(crate) repaired: bool,
}

impl Got {
    /// What the sender stamped it with.
    pub(crate) fn stamp(&self) -> &[u8] {
        match self.kind {
            Kind::Audio => &self.payload,
            Kind::Video => &self.payload[STAMP_AT..],
        }
    }

    /// Whether it begins a keyframe.
    pub(crate) fn keyframe(&self) -> bool {
        self.payload[0] & 0x10 != 0 && self.payload[6] & 1 == 0
    }
}

pub(crate) struct Actor {
    pub(crate) id: PeerId,
    pub(crate) address: SocketAddr,
    pub(crate) peer: Peer,
    pub(crate) got: Vec<Got>,
    pub(crate) out: Outbox,
}

/// Whether a datagram to an actor is lost.
type Loss = Box<dyn FnMut(usize, &[u8]) -> bool>;

pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) identity: Identity,
    pub(crate) engines: Vec<Engine>,
    pub(crate) actors: Vec<Actor>,
    pub(crate) events: Vec<Event>,
    /// While set, messages between engines wait.
    pub(crate) hold_relay: bool,
    /// Datagrams from the server to peers that were dropped on the way: decided by the test.
    pub(crate) drop_down: Loss,
    /// A link to one actor that carries only so much.
    pub(crate) link: Option<Link>,
    /// The same the other way.
    pub(crate) drop_up: Loss,
    held: Vec<(WorkerId, WorkerId, Message)>,
    next_ticket: u64,
}

pub(crate) fn server_address(worker: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], 7000 + worker as u16))
}

pub(crate) fn actor_address(actor: usize) -> SocketAddr {
    SocketAddr::from(([10, 1, (actor >> 8) as u8, actor as u8], 40_000))
}

/// A bottleneck with a queue that drops what it has no room for.
pub(crate) struct Link {
    pub(crate) to: usize,
    /// In bit/s.
    pub(crate) rate: f64,
    /// How long a packet may wait.
    pub(crate) queue: Duration,
    /// One way, when nothing waits.
    pub(crate) delay: Duration,
    free: Option<Instant>,
    under_way: std::collections::VecDeque<(Instant, usize, Vec<u8>)>,
    pub(crate) dropped: u64,
}

impl Link {
    pub(crate) fn new(to: usize, rate: f64, queue: Duration) -> Link {
        let delay = Duration::from_millis(10);
        Link { to, rate, queue, delay, free: None, under_way: std::collections::VecDeque::new(), dropped: 0 }
    }

    fn take(&mut self, now: Instant, worker: usize, datagram: &[u8]) {
        let begins = self.free.map_or(now, |free| free.max(now));
        if begins - now > self.queue {
            self.dropped += 1;
            return;
        }
        let ends = begins + Duration::from_secs_f64((datagram.len() + 28) as f64 * 8.0 / self.rate);
        self.free = Some(ends);
        self.under_way.push_back((ends + self.delay, worker, datagram.to_vec()));
    }

    fn due(&mut self, now: Instant) -> Option<(Instant, usize, Vec<u8>)> {
        self.under_way
            .front()
            .is_some_and(|(at, ..)| *at <= now)
            .then(|| self.under_way.pop_front())
            .flatten()
    }
}

/// Somebody who can send and watch.
pub(crate) fn speaker(seed: u64) -> Shape {
    Shape { seed, mic: true, camera: true, screen: true, audio_slots: 2, video_slots: 2 }
}

/// Somebody who watches.
pub(crate) fn viewer(seed: u64) -> Shape {
    Shape { seed, audio_slots: 2, video_slots: 2, ..Shape::default() }
}

impl World {
    pub(crate) fn new(workers: usize) -> World {
        let now = Instant::now();
        let identity = Identity::generate().unwrap();
        let engines = (0..workers).map(|at| Engine::new(WorkerId(at as u8), identity.clone(), now)).collect();
        World {
            now,
            identity,
            engines,
            actors: Vec::new(),
            events: Vec::new(),
            hold_relay: false,
            drop_down: Box::new(|_, _| false),
            link: None,
            drop_up: Box::new(|_, _| false),
            held: Vec::new(),
            next_ticket: 0,
        }
    }

    /// Adds a peer and lets it connect.
    pub(crate) fn join(&mut self, worker: usize, shape: Shape) -> usize {
        let actor = self.invite(worker, shape);
        for _ in 0..400 {
            if self.actors[actor].peer.is_connected() && self.has_connected(actor) {
                return actor;
            }
            self.pass(STEP);
        }
        panic!("a peer did not connect");
    }

    fn has_connected(&self, actor: usize) -> bool {
        let peer = self.actors[actor].id;
        self.events.contains(&Event::Connected { peer })
    }

    /// Adds a peer that has not sent anything yet.
    pub(crate) fn invite(&mut self, worker: usize, shape: Shape) -> usize {
        let actor = self.actors.len();
        let id = PeerId { worker: WorkerId(worker as u8), serial: actor as u32 + 1 };
        let offering = Offering::new(shape, &self.identity);
        let made = self.negotiate(actor, worker, &offering);
        self.command(worker, Command::AddPeer { peer: id, session: Box::new(made.session) });
        let peer = offering.answered(&made.answer, None, &self.identity, self.now).unwrap();
        self.actors.push(Actor {
            id,
            address: actor_address(actor),
            peer,
            got: Vec::new(),
            out: Outbox::new(),
        });
        actor
    }

    fn negotiate(&self, actor: usize, worker: usize, offering: &Offering) -> Negotiated {
        let fingerprint = fingerprint_text(&self.identity);
        let ice = IceCredentials { ufrag: format!("srv{actor}"), pwd: format!("{actor:024}") };
        let candidates = [server_address(worker)];
        let local =
            Local { ice, fingerprint: &fingerprint, candidates: &candidates, session_id: actor as u64 };
        let base = (actor as u32 + 1) << 12;
        let slot = |mid: &Mid, _: Kind| {
            let at: u32 = mid.as_str().parse().unwrap();
            SlotSsrc { media: base + 2 * at, rtx: base + 2 * at + 1 }
        };
        negotiate(&offering.written.offer, &offering.written.sources, &local, slot).unwrap()
    }

    /// A peer offers again, of another shape.
    pub(crate) fn offer_again(&mut self, actor: usize, change: impl FnOnce(&mut Shape)) {
        self.negotiate_again(actor, change, |_| {});
    }

    /// The same, and what was agreed on is changed as well.
    pub(crate) fn negotiate_again(
        &mut self,
        actor: usize,
        change: impl FnOnce(&mut Shape),
        agree: impl FnOnce(&mut Session),
    ) {
        let Actor { id, peer, .. } = &self.actors[actor];
        let (id, mut shape) = (*id, peer.shape());
        change(&mut shape);
        let offering = Offering::new(shape, &self.identity);
        let mut made = self.negotiate(actor, usize::from(id.worker.0), &offering);
        agree(&mut made.session);
        self.command(
            usize::from(id.worker.0),
            Command::UpdatePeer { peer: id, session: Box::new(made.session) },
        );
        self.actors[actor].peer.answered_again(&offering, &made.answer).unwrap();
    }

    pub(crate) fn command(&mut self, worker: usize, command: Command) {
        self.engines[worker].command(self.now, command);
    }

    /// Opens or closes a gate; the ticket of it.
    pub(crate) fn gate(&mut self, actor: usize, source: Source, open: bool) -> Ticket {
        self.next_ticket += 1;
        let ticket = Ticket(self.next_ticket);
        let peer = self.actors[actor].id;
        self.command(usize::from(peer.worker.0), Command::SetGate { peer, source, open, ticket });
        ticket
    }

    /// Withdraws a publication from all threads that are not its home.
    pub(crate) fn withdraw(&mut self, actor: usize, source: Source) {
        let publication = self.publication(actor, source);
        for worker in 0..self.engines.len() {
            if worker != usize::from(publication.peer.worker.0) {
                self.next_ticket += 1;
                self.command(worker, Command::Withdraw { publication, ticket: Ticket(self.next_ticket) });
            }
        }
    }

    pub(crate) fn publication(&self, actor: usize, source: Source) -> PublicationId {
        PublicationId { peer: self.actors[actor].id, source }
    }

    /// Shows a publication in a viewer's nth slot of its kind.
    pub(crate) fn show(
        &mut self,
        viewer: usize,
        nth: usize,
        shown: Option<(usize, Source)>,
        kind: Kind,
    ) -> Mid {
        let slots = self.actors[viewer].peer.slots().iter().filter(|slot| slot.kind() == kind);
        let slot = slots.clone().nth(nth).unwrap().mid();
        let publication = shown.map(|(actor, source)| self.publication(actor, source));
        let peer = self.actors[viewer].id;
        self.command(usize::from(peer.worker.0), Command::Assign { peer, slot, publication });
        slot
    }

    pub(crate) fn watch(&mut self, viewer: usize, nth: usize, publisher: usize) -> Mid {
        self.show(viewer, nth, Some((publisher, Source::Camera)), Kind::Video)
    }

    pub(crate) fn listen(&mut self, viewer: usize, nth: usize, publisher: usize) -> Mid {
        self.show(viewer, nth, Some((publisher, Source::Mic)), Kind::Audio)
    }

    /// Sends a frame of one layer, two packets of 100 bytes, and delivers all of it.
    pub(crate) fn picture(&mut self, actor: usize, layer: usize, keyframe: bool, stamp: &[u8]) {
        self.frame(actor, Source::Camera, layer, keyframe, stamp);
        self.deliver();
    }

    pub(crate) fn frame(&mut self, actor: usize, source: Source, layer: usize, keyframe: bool, stamp: &[u8]) {
        let frame = Frame { keyframe, packets: 2, size: 100, ticks: 2970, stamp };
        let Actor { peer, out, .. } = &mut self.actors[actor];
        peer.send_frame(source, layer, &frame, out);
    }

    pub(crate) fn sound(&mut self, actor: usize, payload: &[u8]) {
        self.talk(actor, payload, 960);
    }

    /// Sends sound `ticks` of 1/48000 s after what was sent before.
    pub(crate) fn talk(&mut self, actor: usize, payload: &[u8], ticks: u32) {
        let Actor { peer, out, .. } = &mut self.actors[actor];
        peer.send_sound(payload, ticks, out);
        self.deliver();
    }

    /// Lets time pass, in small steps.
    pub(crate) fn pass(&mut self, span: Duration) {
        self.pass_by(span, STEP);
    }

    /// Lets time pass, in steps of this length.
    pub(crate) fn pass_by(&mut self, span: Duration, step: Duration) {
        let end = self.now + span;
        while self.now < end {
            self.now = (self.now + step).min(end);
            self.arrive();
            for engine in &mut self.engines {
                if engine.next_timeout().is_some_and(|at| at <= self.now) {
                    engine.poll(self.now);
                }
            }
            for actor in &mut self.actors {
                if actor.peer.next_timeout().is_some_and(|at| at <= self.now) {
                    actor.peer.poll(self.now, &mut actor.out);
                }
            }
            self.deliver();
        }
    }

    /// Delivers datagrams and messages until none is left.
    pub(crate) fn deliver(&mut self) {
        while self.deliver_once() {}
    }

    fn deliver_once(&mut self) -> bool {
        let mut moved = false;
        for (index, actor) in self.actors.iter_mut().enumerate() {
            for (to, datagram) in actor.out.datagrams() {
                moved = true;
                if (self.drop_up)(index, datagram) {
                    continue;
                }
                let worker = usize::from(to.port() - 7000);
                let engine = &mut self.engines[worker];
                if !engine.put_aside(actor.address, datagram) {
                    engine.datagram(self.now, actor.address, &mut datagram.to_vec());
                }
            }
            actor.out.clear();
        }
        for worker in 0..self.engines.len() {
            moved |= self.drain(worker);
            moved |= self.engines[worker].handshakes(self.now);
            moved |= self.drain(worker);
        }
        if !self.hold_relay {
            for (from, to, message) in std::mem::take(&mut self.held) {
                moved = true;
                self.engines[usize::from(to.0)].relayed(self.now, from, message);
            }
        }
        moved
    }

    /// Takes everything out of one engine; whether there was anything.
    pub(crate) fn drain(&mut self, worker: usize) -> bool {
        let mut moved = false;
        loop {
            let more = self.engines[worker].flush(self.now);
            let sent: Vec<_> =
                self.engines[worker].outbox().datagrams().map(|(to, bytes)| (to, bytes.to_vec())).collect();
            self.engines[worker].outbox_mut().clear();
            moved |= !sent.is_empty();
            for (to, mut datagram) in sent {
                self.hand(worker, to, &mut datagram);
            }
            if !more {
                break;
            }
        }
        let held = &mut self.held;
        let before = held.len();
        self.engines[worker].relay_out().drain(|to, message| {
            held.push((WorkerId(worker as u8), to, message));
            Ok(())
        });
        moved |= held.len() > before && !self.hold_relay;
        self.events.extend(self.engines[worker].events());
        moved
    }

    fn hand(&mut self, worker: usize, to: SocketAddr, datagram: &mut [u8]) {
        let Some(at) = self.actors.iter().position(|actor| actor.address == to) else { return };
        if (self.drop_down)(at, datagram) {
            return;
        }
        if let Some(link) = self.link.as_mut().filter(|link| link.to == at) {
            link.take(self.now, worker, datagram);
            return;
        }
        self.receive(worker, at, datagram);
    }

    /// Hands over what has come through the link by now.
    fn arrive(&mut self) {
        while let Some(link) = self.link.as_mut()
            && let Some((_, worker, mut datagram)) = link.due(self.now)
        {
            let to = link.to;
            self.receive(worker, to, &mut datagram);
        }
    }

    fn receive(&mut self, worker: usize, at: usize, datagram: &mut [u8]) {
        let Actor { peer, out, got, .. } = &mut self.actors[at];
        peer.receive(self.now, server_address(worker), datagram, out, |media| {
            got.push(Got {
                mid: media.mid,
                kind: media.kind,
                sequence: media.sequence,
                timestamp: media.timestamp,
                marker: media.marker,
                payload: media.payload.to_vec(),
                repaired: media.repaired,
            });
        });
    }

    /// What an actor received since the last call.
    pub(crate) fn got(&mut self, actor: usize) -> Vec<Got> {
        std::mem::take(&mut self.actors[actor].got)
    }

    pub(crate) fn counters(&self, worker: usize) -> Counters {
        self.engines[worker].counters()
    }

    pub(crate) fn is_done(&self, ticket: Ticket) -> bool {
        self.events.contains(&Event::Done { ticket })
    }
}
