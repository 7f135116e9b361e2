//! What befalls pages: opening, losing the socket, coming back, offering, moving to another address.

use media::Outbox;
use media::sdp::SlotSsrc;
use media::sdp::{IceCredentials, Local, negotiate};
use media::synthetic::{Offering, fingerprint_text};
use media::{Command as EngineCommand, PeerId, WorkerId};
use room::{Identity, SessionId};
use signaling::ServerMessage;

use crate::Oracle;
use crate::book::ClientId;
use crate::client::{Client, MOST_SLOTS, address, server_address, shape, slot_ssrc};
use crate::mail::Mail;
use crate::network::{Conditions, MS, Micros};
use crate::page::{Page, Reaction};
use crate::sessions::{PageId, peer_of, transport_of};
use crate::world::{Event, World};

/// A server notices that a socket is gone after this, at most; a page that comes back may well be quicker.
const SLOWEST_NOTICE: Micros = 1_500 * MS;
/// A page comes back after this, at most; now and then that is later than its seat is kept.
const SLOWEST_RETURN: Micros = 2_200 * MS;

impl World {
    /// Somebody opens a tab; the one they had is no longer theirs to use.
    pub(crate) fn open_page(&mut self, person: usize) {
        let page = self.pages.len();
        let session = self.fresh_session();
        self.pages.push(Page::new(person, session));
        self.people[person].page = Some(page);
        self.join(page);
    }

    fn fresh_session(&mut self) -> SessionId {
        self.sessions += 1;
        SessionId(self.sessions)
    }

    fn join(&mut self, page: PageId) {
        let Page { person, session, ref key, .. } = self.pages[page];
        let (resume, fresh) = (key.clone(), format!("key {}", session.0));
        let owner = &self.people[person];
        let identity =
            Identity { user: owner.user.clone(), name: owner.user.clone(), role: owner.role, waits: false };
        let at = self.heard_at(page);
        let mail = Mail::Join { page, session, identity, resume, key: fresh };
        self.agenda.add(at, Event::Mail(mail));
    }

    /// A page's socket breaks. It comes back by itself.
    pub(crate) fn cut(&mut self, page: PageId) {
        let it = &mut self.pages[page];
        if !it.socket || it.over {
            return;
        }
        it.socket = false;
        let session = it.session;
        let noticed = self.rng.between(0, SLOWEST_NOTICE);
        let at = (self.now + noticed).max(self.pages[page].heard_at);
        self.agenda.add(at, Event::Mail(Mail::Leave(session)));
        let back = self.rng.between(50 * MS, SLOWEST_RETURN);
        self.agenda.add(self.now + back, Event::Reconnect(page));
    }

    /// A page whose socket is gone makes a new one.
    pub(crate) fn reconnect(&mut self, page: PageId) {
        if self.pages[page].socket || self.pages[page].over {
            return;
        }
        let session = self.fresh_session();
        let it = &mut self.pages[page];
        (it.session, it.socket) = (session, true);
        self.join(page);
    }

    /// The server closed a socket: the page is told why before, and has to go.
    pub(crate) fn page_closed(&mut self, page: PageId, session: SessionId) {
        if self.pages[page].session == session {
            self.pages[page].socket = false;
            self.pages[page].over = true;
            self.haunt(page);
        }
    }

    /// A page lets go of its peer connection.
    pub(crate) fn haunt(&mut self, page: PageId) {
        if let Some(client) = self.pages[page].client.take() {
            self.clients[client].ghost = true;
        }
    }

    pub(crate) fn page_reads(&mut self, page: PageId, session: SessionId, message: ServerMessage) {
        if self.pages[page].session != session || !self.pages[page].socket {
            return;
        }
        let resumed = matches!(&message, ServerMessage::Welcome { resumed: true, .. });
        self.summary.resumed += u64::from(resumed);
        match self.pages[page].read(message) {
            // The answer to its offer was lost with the socket before: as far as the page goes there is no connection.
            Reaction::None if resumed && !self.has_answer(page) => self.connect(page),
            Reaction::None => {}
            Reaction::Connect => self.connect(page),
            Reaction::Answer { connection, sdp } => self.answered(page, connection, &sdp),
            Reaction::Grow { audio, video } => self.grow(page, audio, video),
        }
    }

    fn has_answer(&self, page: PageId) -> bool {
        self.pages[page].client.is_some_and(|client| self.clients[client].peer.is_some())
    }

    /// A page makes a new peer connection, on whatever thread.
    pub(crate) fn connect(&mut self, page: PageId) {
        self.haunt(page);
        let Some(who) = self.pages[page].you else { return };
        let number = self.clients.len();
        let worker = self.rng.below(self.threads.len());
        let peer = PeerId { worker: WorkerId(worker as u8), serial: number as u32 + 1 };
        let slots = (1 + self.rng.below(2), 1 + self.rng.below(3));
        let at = address(number, 0);
        let it = &mut self.pages[page];
        it.connection += 1;
        it.client = Some(number);
        let (connection, person, session) = (it.connection, it.person, it.session);
        let client = Client {
            page,
            who,
            transport: transport_of(peer),
            connection,
            address: at,
            conditions: self.draw_conditions(),
            pushy: self.people[person].pushy,
            ghost: false,
            offering: Offering::new(shape(number as u64 + 1), &self.identity),
            session: None,
            slots,
            peer: None,
            out: Outbox::new(),
            poll_due: None,
            keyframes_answered: [0; 3],
            in_slot: Default::default(),
            sends: 0,
        };
        self.clients.push(client);
        self.at_address.insert(at, number);
        let at = self.heard_at(page);
        self.agenda.add(at, Event::Offer { page, session, client: number });
    }

    /// A page offers more slots on the connection it has.
    fn grow(&mut self, page: PageId, audio: usize, video: usize) {
        let Some(client) = self.pages[page].client else { return };
        let slots = (audio.min(MOST_SLOTS.0), video.min(MOST_SLOTS.1));
        let it = &mut self.clients[client];
        it.slots = (it.slots.0.max(slots.0), it.slots.1.max(slots.1));
        let session = self.pages[page].session;
        let at = self.heard_at(page);
        self.agenda.add(at, Event::Offer { page, session, client });
    }

    /// The server's socket task hears an offer, answers it and has the engine know of it.
    pub(crate) fn offer(&mut self, page: PageId, session: SessionId, client: ClientId) {
        let standing = self.pages[page].session == session && self.pages[page].socket;
        if !standing || self.pages[page].client != Some(client) {
            return;
        }
        let again = self.clients[client].session.is_some();
        let Some(answer) = self.negotiate(client) else {
            return self.fail(Oracle::World, "a synthetic offer was refused".to_owned());
        };
        let it = &self.clients[client];
        let (transport, connection, slots) = (it.transport, it.connection, it.slots_offered());
        let peer = peer_of(transport);
        if let Some(offered) = it.offered() {
            let session = Box::new(offered);
            let command = match again {
                true => EngineCommand::UpdatePeer { peer, session },
                false => EngineCommand::AddPeer { peer, session },
            };
            self.command(usize::from(peer.worker.0), command);
        }
        self.summary.connections += u64::from(!again);
        self.actor.mail(Mail::Offered { session, id: 0, connection, transport, answer, slots });
        self.run_room();
    }

    fn negotiate(&mut self, client: ClientId) -> Option<String> {
        let it = &self.clients[client];
        let fingerprint = fingerprint_text(&self.identity);
        let ice = IceCredentials { ufrag: format!("srv{client}"), pwd: format!("{client:024}") };
        let candidates = [server_address(usize::from(peer_of(it.transport).worker.0))];
        let local =
            Local { ice, fingerprint: &fingerprint, candidates: &candidates, session_id: client as u64 };
        let ssrcs = |mid: &media::Mid, _| {
            let media = slot_ssrc(client, mid);
            SlotSsrc { media, rtx: media + 1 }
        };
        let made = negotiate(&it.offering.written.offer, &it.offering.written.sources, &local, ssrcs).ok()?;
        self.clients[client].session = Some(made.session);
        Some(made.answer)
    }

    fn answered(&mut self, page: PageId, connection: u32, sdp: &str) {
        let Some(client) = self.pages[page].client else { return };
        let it = &self.clients[client];
        if it.connection != connection || it.peer.is_some() {
            return;
        }
        match it.offering.answered(sdp, None, &self.identity, self.instant()) {
            Ok(peer) => {
                self.clients[client].peer = Some(peer);
                self.start_client(client);
            }
            Err(error) => self.fail(Oracle::World, format!("an answer cannot be used: {error}")),
        }
    }

    /// A client's network gives it another address.
    pub(crate) fn move_client(&mut self, client: ClientId) {
        let nth = self.clients[client].address.port() - 40_000 + 1;
        let at = address(client, nth);
        self.clients[client].address = at;
        self.at_address.insert(at, client);
    }

    /// A client's line is dead for a while.
    pub(crate) fn black_out(&mut self, client: ClientId) {
        self.clients[client].conditions = Conditions::DEAD;
        let span = self.rng.between(100 * MS, 1_200 * MS);
        self.agenda.add(self.now + span, Event::Restore(client));
    }

    /// A page's peer connection is closed, with a goodbye. The page makes another one when it is told, or when it notices by itself.
    pub(crate) fn say_goodbye(&mut self, page: PageId) {
        let Some(client) = self.pages[page].client else { return };
        let now = self.instant();
        let it = &mut self.clients[client];
        if let Some(peer) = &mut it.peer {
            peer.close(now, &mut it.out);
        }
        self.flush_client(client, &[]);
        let noticed = self.rng.between(50 * MS, 800 * MS);
        self.agenda.add(self.now + noticed, Event::Renew { page, client });
    }

    /// A page gives its peer connection up for a new one, if it has not yet.
    pub(crate) fn renew(&mut self, page: PageId, client: ClientId) {
        if self.pages[page].client == Some(client) {
            self.connect(page);
        }
    }
}
