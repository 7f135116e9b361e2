//! A room with its surroundings: a media thread that does what effects say, the pages, and time. After every command all
//! invariants are checked, so a scenario only says what is particular to it.

use std::collections::{BTreeMap, BTreeSet};

use room::{
    Brings, CallId, Command, Effect, Follow, Identity, Item, Millis, ResumeKey, Room, RoomOptions, Rules,
    ScriptCommand, SessionId, SlotOffered, Timing, TransportId, Unattended,
};
use signaling::{
    Access, Closing, Notice, ParticipantId, ParticipantState, Quality, QualityLevel, Refusal, Role,
    ServerMessage, Source, SourceControl, SourceState, SourcesOn, StageStanding,
};

use crate::check;
use crate::page::Page;
use crate::recount::Recount;

pub(crate) const BOTH: SourcesOn = SourcesOn { mic: true, camera: true };
/// Slots a page of a scenario offers, sound and picture.
pub(crate) const SLOTS: (usize, usize) = (4, 6);

/// A page of somebody.
pub(crate) type Me = SessionId;

pub(crate) struct World {
    pub(crate) room: Room,
    pub(crate) now: Millis,
    pub(crate) pages: BTreeMap<SessionId, Page>,
    /// Sessions without a page.
    pub(crate) guests: BTreeMap<SessionId, Guest>,
    /// Of the last command.
    pub(crate) effects: Vec<Effect>,
    /// Who became the active speaker, and who is it no more, in order.
    pub(crate) ranks: Vec<(TransportId, bool)>,
    pub(crate) transports: BTreeMap<TransportId, Transport>,
    pub(crate) ended: bool,
    /// Everybody who ever was in the room, by user.
    pub(crate) known: BTreeMap<String, Known>,
    /// Pages that wait to be let in, by whose they are.
    pub(crate) waiting: BTreeMap<SessionId, String>,
    /// And what those were told that were not.
    pub(crate) turned_away: BTreeMap<SessionId, Closing>,
    /// Users whose token says that they wait.
    pub(crate) held_up: BTreeSet<String>,
    /// What was to outlive a restart, as it was when the room said so.
    pub(crate) disk: BTreeMap<Item, String>,
    pub(crate) recount: Recount,
    serial: u64,
}

/// Somebody as they last were in the room.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) token_role: Role,
    pub(crate) state: ParticipantState,
}

/// A session without a page: nothing is ever sent to it.
#[derive(Debug)]
pub(crate) struct Guest {
    pub(crate) user: String,
    pub(crate) you: ParticipantId,
    pub(crate) unattended: Unattended,
    pub(crate) connected: bool,
    pub(crate) closed: Option<Closing>,
}

/// What the media threads know.
#[derive(Debug)]
pub(crate) struct Transport {
    pub(crate) user: String,
    pub(crate) gates: BTreeSet<Source>,
    pub(crate) slots: BTreeMap<String, (TransportId, Source)>,
    pub(crate) offered: (usize, usize),
    /// Of a session without a page.
    pub(crate) unattended: Option<Unattended>,
}

impl World {
    pub(crate) fn new(access: Access) -> World {
        World::with(Rules { access, ..Rules::default() })
    }

    pub(crate) fn with(rules: Rules) -> World {
        let timing = Timing { cooldown: 5_000, invitation: 60_000, grace: 30_000, place: 60_000 };
        World {
            room: Room::new(RoomOptions::new("demo", "Demo", rules, timing)),
            now: Millis(1_000_000),
            pages: BTreeMap::new(),
            guests: BTreeMap::new(),
            held_up: BTreeSet::new(),
            effects: Vec::new(),
            ranks: Vec::new(),
            transports: BTreeMap::new(),
            ended: false,
            known: BTreeMap::new(),
            waiting: BTreeMap::new(),
            turned_away: BTreeMap::new(),
            disk: BTreeMap::new(),
            recount: Recount::default(),
            serial: 0,
        }
    }

    fn fresh(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Somebody new, with media.
    pub(crate) fn join(&mut self, user: &str, role: Role) -> Me {
        let me = self.connect(user, role, None);
        self.ready(me);
        me
    }

    /// Somebody on stage with microphone and camera, in a room that is open to them.
    pub(crate) fn on_stage(&mut self, user: &str, role: Role) -> Me {
        let me = self.join(user, role);
        self.says(me, signaling::Command::JoinStage { sources: BOTH }).unwrap();
        me
    }

    pub(crate) fn connect(&mut self, user: &str, role: Role, resume: Option<ResumeKey>) -> Me {
        let session = SessionId(self.fresh());
        let waits = self.held_up.contains(user);
        let identity = Identity { user: user.into(), name: user.to_uppercase(), role, waits };
        let fresh_key = ResumeKey(format!("key {}", session.0));
        let before = self.known.remove(user);
        self.apply_for(Some((session, user)), Command::Connect { session, identity, resume, fresh_key });
        let state = self.pages.contains_key(&session).then(|| self.state(session)).flatten();
        if let (Some(before), Some(state)) = (&before, &state) {
            check::a_return_undoes_nothing(before, role, state);
        }
        let known = state.map(|state| Known { token_role: role, state }).or(before);
        self.known.extend(known.map(|known| (user.into(), known)));
        session
    }

    /// The page comes back with the key it has.
    pub(crate) fn resume(&mut self, me: Me) -> Me {
        let page = &self.pages[&me];
        let (user, key) = (page.user.clone(), page.key.clone());
        let role = self.state(me).map_or(Role::Viewer, |state| state.role);
        self.connect(&user, role, Some(key))
    }

    pub(crate) fn ready(&mut self, me: Me) -> TransportId {
        self.ready_with(me, SLOTS)
    }

    pub(crate) fn ready_with(&mut self, me: Me, offered: (usize, usize)) -> TransportId {
        let transport = TransportId(self.fresh());
        self.offer(me, transport, offered);
        transport
    }

    pub(crate) fn offer(&mut self, me: Me, transport: TransportId, offered: (usize, usize)) {
        let known = Transport {
            user: self.user(me).to_owned(),
            unattended: self.guests.get(&me).map(|guest| guest.unattended),
            gates: BTreeSet::new(),
            slots: BTreeMap::new(),
            offered,
        };
        self.transports.entry(transport).or_insert(known).offered = offered;
        let audio = (0..offered.0).map(|n| SlotOffered { mid: format!("a{n}"), audio: true });
        let video = (0..offered.1).map(|n| SlotOffered { mid: format!("v{n}"), audio: false });
        let slots = audio.chain(video).collect();
        self.apply(Command::TransportReady { session: me, transport, slots });
    }

    /// The transport of somebody's page, as the media threads have it.
    pub(crate) fn transport(&self, me: Me) -> Option<TransportId> {
        let user = self.user(me);
        let mut own = self.transports.iter().filter(|(_, transport)| transport.user == user);
        let found = own.next().map(|(id, _)| *id);
        assert!(own.next().is_none(), "{user} has two transports");
        found
    }

    pub(crate) fn says(&mut self, me: Me, command: signaling::Command) -> Result<u64, Refusal> {
        let id = u32::try_from(self.fresh()).unwrap();
        self.pages.get_mut(&me).unwrap().answer = None;
        self.apply(Command::Page { session: me, id, command: command.clone() });
        let (answered, answer) = self.pages[&me].answer.clone().expect("every command has its answer");
        assert_eq!(answered, id);
        if let (signaling::Command::MuteEveryone { source, state: SourceControl::Released }, Ok(_)) =
            (command, &answer)
        {
            self.release_everyone(source);
        }
        answer
    }

    /// Those who left included.
    fn release_everyone(&mut self, source: Source) {
        let states = self.known.values_mut().map(|known| &mut known.state);
        for state in states.filter(|state| state.role < Role::Moderator) {
            let held = of_mut(state, source);
            if *held == SourceState::Locked {
                *held = SourceState::Off;
            }
        }
    }

    pub(crate) fn script(&mut self, command: ScriptCommand) -> Result<u64, Refusal> {
        let call = CallId(self.fresh());
        self.apply(Command::Script { call, command });
        let answers = self.effects.iter().filter_map(|effect| match effect {
            Effect::Answer { call: answered, answer } => Some((*answered, answer.clone())),
            _ => None,
        });
        let answers: Vec<_> = answers.collect();
        assert_eq!(answers.len(), 1, "one answer a call");
        assert_eq!(answers[0].0, call);
        answers[0].1.clone()
    }

    /// Whoever comes after a restart, in a room that has nothing but what was kept.
    pub(crate) fn restarted(&self) -> World {
        let mut next = World::with(self.room.rules());
        for (item, text) in &self.disk {
            assert!(next.room.restore(*item, text), "{item:?}: {text}");
        }
        // The clock starts anew, and the day goes on.
        next.now = self.now;
        next.disk = self.disk.clone();
        next.recount = self.recount.restarted();
        next
    }

    /// The socket of a page that waits breaks.
    pub(crate) fn give_up(&mut self, waiting: Me) {
        self.waiting.remove(&waiting).expect("waits");
        self.apply(Command::Disconnect { session: waiting });
    }

    /// The socket of a page breaks.
    pub(crate) fn lose(&mut self, me: Me) {
        self.pages.get_mut(&me).unwrap().connected = false;
        self.apply(Command::Disconnect { session: me });
    }

    pub(crate) fn lose_media(&mut self, me: Me) {
        // What is due is done first, so that what the room still asks of this transport finds it.
        self.later(0);
        let Some(transport) = self.transport(me) else { return };
        self.transports.remove(&transport);
        self.apply(Command::TransportLost { transport });
    }

    pub(crate) fn later(&mut self, ms: u64) {
        self.now = self.now.plus(ms);
        self.apply(Command::Tick);
        let next = self.room.next_deadline();
        assert!(next.is_none_or(|at| at > self.now), "a tick leaves nothing due: {next:?}");
    }

    pub(crate) fn who(&self, me: Me) -> ParticipantId {
        self.guests.get(&me).map_or_else(|| self.pages[&me].you, |guest| guest.you)
    }

    fn user(&self, me: Me) -> &str {
        self.guests.get(&me).map_or_else(|| &self.pages[&me].user, |guest| &guest.user)
    }

    /// Somebody without a page, with microphone and camera, and their media.
    pub(crate) fn publish(&mut self, user: &str, role: Role) -> Me {
        let brings = Brings { mic: true, camera: true, screen: false };
        let me = self.attach(user, role, Unattended::Publisher(brings)).unwrap();
        self.ready_with(me, (0, 0));
        me
    }

    /// Somebody without a page who watches.
    pub(crate) fn watch(&mut self, user: &str, follow: Follow) -> Me {
        let me = self.attach(user, Role::Viewer, Unattended::Watcher(follow)).unwrap();
        self.ready_with(me, (1, 1));
        me
    }

    pub(crate) fn attach(&mut self, user: &str, role: Role, unattended: Unattended) -> Result<Me, Refusal> {
        let session = SessionId(self.fresh());
        let waits = self.held_up.contains(user);
        let identity = Identity { user: user.into(), name: user.to_uppercase(), role, waits };
        self.apply(Command::Attach { session, identity, unattended });
        let answers = self.effects.iter().filter_map(|effect| match effect {
            Effect::Attached { session: attached, answer } => Some((*attached, answer.clone())),
            _ => None,
        });
        let answers: Vec<_> = answers.collect();
        assert_eq!(answers.len(), 1, "one answer");
        assert_eq!(answers[0].0, session);
        let you = answers[0].1.clone()?;
        if let (Some(before), Some(state)) = (self.known.get(user), self.room.participant_state(you)) {
            // Those who stay on stage may turn on what nobody holds.
            check::a_return_undoes_nothing(before, role, &state);
        }
        let (user, closed) = (user.to_owned(), None);
        self.guests.insert(session, Guest { user: user.clone(), you, unattended, connected: true, closed });
        let state = self.state(session).expect("in the room");
        self.known.insert(user, Known { token_role: role, state });
        Ok(session)
    }

    pub(crate) fn detach(&mut self, me: Me) {
        self.apply(Command::Detach { session: me });
    }

    /// The media of a session without a page is lost, and the session with it.
    pub(crate) fn lose_guest(&mut self, me: Me) {
        self.lose_media(me);
        self.guests.get_mut(&me).unwrap().connected = false;
        self.apply(Command::Disconnect { session: me });
    }

    /// How loud somebody is from now on.
    pub(crate) fn hears(&mut self, me: Me, loudness: u8) {
        let transport = self.transport(me).expect("with media");
        self.apply(Command::Heard { transport, loudness });
    }

    /// Media flows like that to and from somebody.
    pub(crate) fn measures(&mut self, me: Me, level: QualityLevel) {
        let transport = self.transport(me).expect("with media");
        let quality =
            Quality { level, lost_up: 0, lost_down: 0, round_trip_ms: 40, kbits_up: 0, kbits_down: 900 };
        self.apply(Command::Measured { transport, quality });
    }

    /// Time goes by, with a tick whenever the room wants one.
    pub(crate) fn passes(&mut self, ms: u64) {
        let end = self.now.plus(ms);
        while let Some(at) = self.room.next_deadline().filter(|at| *at <= end) {
            self.later(at.since(self.now));
        }
        self.later(end.since(self.now));
    }

    /// How the room has somebody.
    pub(crate) fn state(&self, me: Me) -> Option<ParticipantState> {
        self.room.participant_state(self.who(me))
    }

    pub(crate) fn standing(&self, me: Me) -> StageStanding {
        self.state(me).expect("present").stage
    }

    pub(crate) fn request(&self, me: Me) -> signaling::RequestId {
        self.state(me).and_then(|state| state.request).expect("asking")
    }

    pub(crate) fn invitation(&self, me: Me) -> signaling::InvitationId {
        self.state(me).and_then(|state| state.invitation).expect("invited")
    }

    pub(crate) fn source(&self, me: Me, source: Source) -> SourceState {
        of(&self.state(me).expect("present"), source)
    }

    /// What somebody's page was told since it was last asked.
    pub(crate) fn notices(&mut self, me: Me) -> Vec<Notice> {
        std::mem::take(&mut self.pages.get_mut(&me).unwrap().notices)
    }

    /// Which of somebody's gates are open.
    pub(crate) fn open(&self, me: Me) -> Vec<Source> {
        let transport = self.transport(me).and_then(|id| self.transports.get(&id));
        transport.map(|transport| transport.gates.iter().copied().collect()).unwrap_or_default()
    }

    /// Where a page shows something of somebody.
    pub(crate) fn slot(&self, viewer: Me, whose: Me, source: Source) -> Option<String> {
        let shown = (self.who(whose), source);
        if self.guests.contains_key(&viewer) {
            let (viewer, whose) = (self.transport(viewer)?, self.transport(whose)?);
            let slots = &self.transports[&viewer].slots;
            return slots.iter().find(|(_, what)| **what == (whose, source)).map(|(mid, _)| mid.clone());
        }
        let page = &self.pages[&viewer];
        page.slots.iter().find(|(_, what)| **what == shown).map(|(mid, _)| mid.clone())
    }

    /// Where in the effects of the last command the first such stands.
    pub(crate) fn at(&self, what: impl Fn(&Effect) -> bool) -> usize {
        let found = self.effects.iter().position(what);
        found.unwrap_or_else(|| panic!("no such effect among {:#?}", self.effects))
    }

    pub(crate) fn apply(&mut self, command: Command) {
        self.apply_for(None, command);
    }

    fn apply_for(&mut self, mut arriving: Option<(SessionId, &str)>, command: Command) {
        let mut effects = Vec::new();
        self.recount.pass(self.now.0);
        self.room.apply(self.now, command, &mut effects);
        self.recount.look(&self.room.state());
        for effect in effects.clone() {
            self.carry_out(effect, &mut arriving);
        }
        self.effects = effects;
        for known in self.known.values_mut() {
            if let Some(state) = self.room.participant_state(known.state.id) {
                known.state = state;
            }
        }
        if !self.ended {
            check::everything(self);
        }
    }

    fn carry_out(&mut self, effect: Effect, arriving: &mut Option<(SessionId, &str)>) {
        match effect {
            Effect::Send { session, message: ServerMessage::InWaitingRoom { .. } } => {
                let (arrives, user) = arriving.take().expect("whoever waits has just come");
                assert_eq!(arrives, session);
                self.waiting.insert(session, user.into());
            }
            Effect::Send { session, message } if self.waiting.contains_key(&session) => {
                let user = self.waiting.remove(&session).expect("looked up");
                self.pages.insert(session, Page::new(session, &user, message));
            }
            Effect::Send { session, message } => match arriving.filter(|(arrives, _)| *arrives == session) {
                Some((session, user)) => {
                    self.pages.insert(session, Page::new(session, user, message));
                    *arriving = None;
                }
                None => self.pages.get_mut(&session).expect("a page of the room").read(message),
            },
            Effect::Broadcast { message, except, .. } => {
                assert_eq!(except, arriving.map(|(session, _)| session), "all but who is coming in");
                assert!(matches!(
                    message,
                    ServerMessage::Changed { .. }
                        | ServerMessage::Speaking { .. }
                        | ServerMessage::Chat { .. }
                        | ServerMessage::ChatGone { .. }
                        | ServerMessage::ChatLiked { .. }
                        | ServerMessage::ChatPinned { .. }
                        | ServerMessage::Questions { .. }
                        | ServerMessage::QuestionVoted { .. }
                        | ServerMessage::QuestionsGone { .. }
                        | ServerMessage::Reactions { .. }
                        | ServerMessage::Polls { .. }
                        | ServerMessage::PollsGone { .. }
                        | ServerMessage::Timer { .. }
                ));
                for page in self.pages.values_mut().filter(|page| page.connected) {
                    page.read(message.clone());
                }
            }
            Effect::CloseSession { session, closing } if self.guests.contains_key(&session) => {
                let guest = self.guests.get_mut(&session).expect("looked up");
                assert!(guest.connected, "closed twice, or after it was lost");
                (guest.connected, guest.closed) = (false, Some(closing));
            }
            Effect::CloseSession { session, closing } if self.waiting.remove(&session).is_some() => {
                self.turned_away.insert(session, closing);
            }
            Effect::CloseSession { session, closing } => {
                let page = self.pages.get_mut(&session).expect("a page of the room");
                assert!(page.connected, "closed twice, or after it was lost");
                page.connected = false;
                page.closed = Some(closing);
            }
            Effect::Reject { session, .. } if self.waiting.remove(&session).is_some() => {}
            Effect::Reject { session, .. } => {
                assert_eq!(arriving.map(|(arrives, _)| arrives), Some(session));
                *arriving = None;
            }
            Effect::SetGate { transport, source, open } => {
                let gates = &mut self.transports.get_mut(&transport).expect("a transport").gates;
                let changed = if open { gates.insert(source) } else { gates.remove(&source) };
                assert!(changed, "a gate is opened when closed, and closed when open");
            }
            Effect::Assign { transport, mid, publication } => {
                let slots = &mut self.transports.get_mut(&transport).expect("a transport").slots;
                match publication {
                    Some(publication) => drop(slots.insert(mid, publication)),
                    None => drop(slots.remove(&mid)),
                }
            }
            Effect::Show { transport, .. } => {
                assert!(self.transports.contains_key(&transport), "a transport")
            }
            Effect::Speaker { transport, speaks } => {
                assert!(self.transports.contains_key(&transport), "a transport");
                self.ranks.push((transport, speaks));
            }
            Effect::DropTransport { transport } => {
                let dropped = self.transports.remove(&transport).expect("a transport");
                assert!(dropped.gates.is_empty(), "its gates were closed before");
            }
            Effect::Keep(item) => match self.room.kept(item) {
                Some(text) => drop(self.disk.insert(item, text)),
                None => drop(self.disk.remove(&item)),
            },
            Effect::Answer { .. } | Effect::Attached { .. } | Effect::Persist => {}
            Effect::Ended => self.ended = true,
        }
    }
}

pub(crate) fn of(state: &ParticipantState, source: Source) -> SourceState {
    match source {
        Source::Mic => state.mic,
        Source::Camera => state.camera,
        Source::Screen => state.screen,
    }
}

fn of_mut(state: &mut ParticipantState, source: Source) -> &mut SourceState {
    match source {
        Source::Mic => &mut state.mic,
        Source::Camera => &mut state.camera,
        Source::Screen => &mut state.screen,
    }
}
