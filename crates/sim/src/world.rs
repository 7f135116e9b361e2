//! A world from its seed to its end: first whatever happens, then calm, then the verdict.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::relay::Message;
use media::{Command as EngineCommand, Engine, Identity, Ticket, WorkerId};
use room::{Millis, RoomOptions, Rules, SessionId, Timing};
use signaling::{Access, Role, ServerMessage};

use crate::actor::Actor;
use crate::agenda::Agenda;
use crate::book::{Book, ClientId, Tick};
use crate::client::Client;
use crate::mail::Mail;
use crate::network::{Conditions, MS, Micros, SECOND};
use crate::oracle::streams::{Place, Streams};
use crate::page::Page;
use crate::rng::Rng;
use crate::sessions::PageId;
use crate::thread::{Arriving, Thread};
use crate::{Failure, Fault, Options, Oracle, Summary};

/// Faults and people's whims end here.
pub(crate) const CHAOS: Micros = 9 * SECOND;
/// The world ends here.
const END: Micros = CHAOS + 6 * SECOND;

/// Longest line of a story, in characters.
const STORY_LINE: usize = 240;

/// Where the room's clock stands when a world begins.
const ROOM_CLOCK: u64 = 1_000_000;

/// Shorter than the product's, so that all of them end within a world.
const TIMING: Timing = Timing { cooldown: 500, invitation: 2_500, grace: 1_500, place: 3_000 };

/// Something due.
pub(crate) enum Event {
    Turn { worker: usize, at: Micros },
    Message { to: usize, from: WorkerId, message: Message },
    Command { worker: usize, command: EngineCommand },
    AtServer { worker: usize, arriving: Arriving },
    Acknowledged(Ticket),
    Mail(Mail),
    Deadline,
    Reads { page: PageId, session: SessionId, message: ServerMessage },
    Closed { page: PageId, session: SessionId },
    Offer { page: PageId, session: SessionId, client: ClientId },
    AtClient { client: ClientId, worker: usize, bytes: Vec<u8>, leaving: Option<Leaving>, lost: bool },
    Poll { client: ClientId, at: Micros },
    Send(ClientId),
    FeedBack(ClientId),
    Reconnect(PageId),
    Renew { page: PageId, client: ClientId },
    Restore(ClientId),
    Act,
    Calm,
}

/// What is known of a packet of media that is on its way to a viewer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leaving {
    Media(Place),
    Repair { ssrc: u32, left: Tick },
}

/// Somebody.
pub(crate) struct Person {
    pub(crate) user: String,
    pub(crate) role: Role,
    pub(crate) pushy: bool,
    /// The newest tab.
    pub(crate) page: Option<PageId>,
}

/// All of it.
pub(crate) struct World {
    start: Instant,
    pub(crate) now: Micros,
    pub(crate) tick: Tick,
    pub(crate) identity: Identity,
    pub(crate) fault: Fault,
    pub(crate) agenda: Agenda<Event>,
    pub(crate) rng: Rng,
    /// Draws for datagrams alone.
    pub(crate) weather: Rng,
    pub(crate) calm: bool,
    /// Of a thousand commands and messages between threads, how many are stuck for long.
    pub(crate) stuck: u64,
    story: Option<Vec<String>>,
    pub(crate) actor: Actor,
    pub(crate) threads: Vec<Thread>,
    pub(crate) commands_at: Vec<Micros>,
    pub(crate) events_at: Vec<Micros>,
    pub(crate) messages_at: BTreeMap<(usize, usize), Micros>,
    pub(crate) people: Vec<Person>,
    pub(crate) pages: Vec<Page>,
    pub(crate) clients: Vec<Client>,
    pub(crate) at_address: HashMap<SocketAddr, ClientId>,
    /// Addresses that engines send to.
    pub(crate) proven: HashSet<SocketAddr>,
    pub(crate) sessions: u64,
    pub(crate) book: Book,
    pub(crate) streams: Streams,
    pub(crate) summary: Summary,
    pub(crate) failure: Option<Failure>,
}

/// Runs the world of a seed.
///
/// # Errors
///
/// The first thing that an oracle found wrong.
pub fn run(seed: u64, options: &Options) -> Result<Summary, Failure> {
    let mut world = World::new(seed, options);
    world.begin();
    while let Some((at, event)) = world.agenda.next(END) {
        world.now = at;
        world.tick += 1;
        world.note(&event);
        world.happen(event);
        if let Some(failure) = world.failure.take() {
            return Err(world.with_story(failure));
        }
    }
    world.now = END;
    world.judge()
}

impl World {
    fn new(seed: u64, options: &Options) -> World {
        let mut rng = Rng::new(seed);
        let workers = 1 + rng.below(4).min(3);
        let workers = if options.fault == Fault::ForgetsOtherEngines { workers.max(2) } else { workers };
        let access =
            rng.pick(&[Access::Open, Access::Open, Access::Request, Access::Invite]).unwrap_or(Access::Open);
        let rules = Rules { access, capacity: 1 + rng.below(4) as u16, self_leave: rng.chance(600) };
        let room = RoomOptions::new("sim", "", rules, TIMING);
        let engine = |worker| Engine::new(WorkerId(worker as u8), options.identity.clone(), options.start);
        let people = (0..4 + rng.below(4)).map(|number| Person::new(number, &mut rng)).collect();
        World {
            start: options.start,
            now: 0,
            tick: 0,
            identity: options.identity.clone(),
            fault: options.fault,
            agenda: Agenda::new(),
            weather: rng.fork(),
            calm: false,
            stuck: rng.pick(&[0, 20, 20, 60, 300]).unwrap_or(0),
            story: options.story.then(Vec::new),
            actor: Actor::new(room, workers, options.fault, rng.fork()),
            threads: (0..workers).map(|worker| Thread::new(engine(worker))).collect(),
            commands_at: vec![0; workers],
            events_at: vec![0; workers],
            messages_at: BTreeMap::new(),
            people,
            pages: Vec::new(),
            clients: Vec::new(),
            at_address: HashMap::new(),
            proven: HashSet::new(),
            sessions: 0,
            book: Book::default(),
            streams: Streams::default(),
            summary: Summary::default(),
            failure: None,
            rng,
        }
    }

    fn begin(&mut self) {
        for person in 0..self.people.len() {
            self.open_page(person);
        }
        self.agenda.add(300 * MS, Event::Act);
        self.agenda.add(CHAOS, Event::Calm);
    }

    /// Virtual time as engines know it.
    pub(crate) fn instant(&self) -> Instant {
        self.start + Duration::from_micros(self.now)
    }

    /// Virtual time as the room knows it.
    pub(crate) fn millis(&self) -> Millis {
        Millis(ROOM_CLOCK + self.now / MS)
    }

    /// An engine's moment, in virtual time.
    pub(crate) fn micros(&self, at: Instant) -> Micros {
        at.saturating_duration_since(self.start).as_nanos().div_ceil(1000) as Micros
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Turn { worker, at } => self.turn(worker, at),
            Event::Message { to, from, message } => {
                self.threads[to].messages.push_back((from, message));
                self.wake(to);
            }
            Event::Command { worker, command } => {
                self.threads[worker].commands.push_back(command);
                self.wake(worker);
            }
            Event::AtServer { worker, arriving } => {
                self.threads[worker].datagrams.push_back(arriving);
                self.wake(worker);
            }
            Event::Acknowledged(ticket) => {
                self.actor.acknowledged(ticket);
                self.run_room();
            }
            Event::Mail(mail) => {
                self.actor.mail(mail);
                self.run_room();
            }
            Event::Deadline => self.deadline(),
            Event::Reads { page, session, message } => self.page_reads(page, session, message),
            Event::Closed { page, session } => self.page_closed(page, session),
            Event::Offer { page, session, client } => self.offer(page, session, client),
            Event::AtClient { client, worker, mut bytes, leaving, lost } => {
                self.client_receives(client, worker, &mut bytes, leaving, lost);
            }
            Event::Poll { client, at } => self.poll_client(client, at),
            Event::Send(client) => self.client_sends(client),
            Event::FeedBack(client) => self.client_feeds_back(client),
            Event::Reconnect(page) => self.reconnect(page),
            Event::Renew { page, client } => self.renew(page, client),
            Event::Restore(client) => {
                let conditions = self.draw_conditions();
                self.clients[client].conditions = conditions;
            }
            Event::Act => self.act(),
            Event::Calm => self.calm_down(),
        }
    }

    /// Now is the time that the room, or some engine, waited for.
    fn deadline(&mut self) {
        let due = self.actor.room.next_deadline().is_some_and(|at| at <= self.millis());
        if due && self.actor.is_idle() {
            self.actor.mail(Mail::Tick);
            self.run_room();
        }
    }

    pub(crate) fn draw_conditions(&mut self) -> Conditions {
        if self.calm { Conditions::CALM } else { Conditions::draw(&mut self.weather) }
    }

    /// The faults stop. Everybody whose page is open comes back, and stays.
    fn calm_down(&mut self) {
        self.calm = true;
        for client in &mut self.clients {
            client.conditions = Conditions::CALM;
        }
        for page in 0..self.pages.len() {
            if !self.pages[page].socket && !self.pages[page].over {
                self.agenda.add(self.now + 50 * MS, Event::Reconnect(page));
            }
        }
    }

    pub(crate) fn fail(&mut self, oracle: Oracle, detail: String) {
        self.failure.get_or_insert(Failure { oracle, at_ms: self.now / MS, detail, story: Vec::new() });
    }

    /// Writes down what happens between people, room and engines, where somebody wants to read it.
    fn note(&mut self, event: &Event) {
        let Some(story) = &mut self.story else { return };
        let line = match event {
            Event::Mail(mail) => format!("the room gets {mail:?}"),
            Event::Reads { page, message, .. } => format!("page {page} reads {message:?}"),
            Event::Closed { page, .. } => format!("page {page} is closed"),
            Event::Offer { page, client, .. } => format!("page {page} offers client {client}"),
            Event::Reconnect(page) => format!("page {page} comes back"),
            Event::Command { worker, command } => format!("engine {worker} gets {command:?}"),
            Event::Acknowledged(ticket) => format!("the room learns of {ticket:?}"),
            _ => return,
        };
        let line: String = line.chars().take(STORY_LINE).collect();
        story.push(format!("{:>9.3} ms, tick {:>6}: {line}", self.now as f64 / MS as f64, self.tick));
    }

    pub(crate) fn with_story(&mut self, mut failure: Failure) -> Failure {
        failure.story = self.story.take().unwrap_or_default();
        failure
    }

    /// A hash of what happened, to tell runs apart.
    pub(crate) fn tell(&mut self, words: &[u64]) {
        for word in words {
            self.summary.story =
                (self.summary.story.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }
}

impl Person {
    fn new(number: usize, rng: &mut Rng) -> Person {
        let role = match number {
            0 => Role::Host,
            1 => Role::Moderator,
            _ => rng
                .pick(&[Role::Viewer, Role::Viewer, Role::Viewer, Role::Speaker, Role::Moderator])
                .unwrap_or(Role::Viewer),
        };
        Person { user: format!("user {number}"), role, pushy: rng.chance(300), page: None }
    }
}
