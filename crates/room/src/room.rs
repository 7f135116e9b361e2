//! One room: its parts, the way of a command through it, and what can be read of it.

use std::collections::{BTreeMap, BTreeSet};

use signaling::limits::ROOM_PARTICIPANTS;
use signaling::{
    Change, ErrorCode, Features, ParticipantId, ParticipantState, Refusal, RoomState, Source, StageStanding,
};
use stage::{Millis, Rules, Stage, Standing, Timing};

use crate::around::Around;
use crate::quality::Qualities;
use crate::register::Register;
use crate::slots::Slots;
use crate::speakers::Speakers;
use crate::speaking::Told;
use crate::turn::{Reply, Turn};
use crate::{Command, Effect, SessionId, TransportId};

/// How a room is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomOptions {
    /// As in its address.
    pub id: String,
    /// Shown to people.
    pub title: String,
    /// Of its stage.
    pub rules: Rules,
    /// Of its stage.
    pub timing: Timing,
    /// What it has around the stage.
    pub features: Features,
    /// Whoever is new and no moderator waits to be let in.
    pub locked: bool,
    /// When its clock stood at 0, in milliseconds since 1970: what is kept is told the same time after a restart.
    pub epoch_ms: u64,
    /// It has at most so many people.
    pub people: usize,
}

impl RoomOptions {
    /// A room with everything, open, whose clock began with 1970.
    pub fn new(id: &str, title: &str, rules: Rules, timing: Timing) -> Self {
        let (id, title, features) = (id.to_owned(), title.to_owned(), Features::default());
        let (locked, epoch_ms, people) = (false, 0, ROOM_PARTICIPANTS);
        RoomOptions { id, title, rules, timing, features, locked, epoch_ms, people }
    }
}

/// The only writer of a room.
#[derive(Debug)]
pub struct Room {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) timing: Timing,
    pub(crate) epoch_ms: u64,
    pub(crate) people: usize,
    pub(crate) stage: Stage,
    /// Counts what was broadcast.
    pub(crate) version: u64,
    /// Of the last change of the stage access.
    pub(crate) access_version: u64,
    pub(crate) register: Register,
    /// The session that counts of everybody present, connected or not.
    pub(crate) sessions: BTreeMap<SessionId, ParticipantId>,
    pub(crate) transports: BTreeMap<TransportId, ParticipantId>,
    pub(crate) slots: Slots,
    pub(crate) speakers: Speakers,
    /// What everybody was last told of who speaks.
    pub(crate) told: Told,
    pub(crate) qualities: Qualities,
    pub(crate) around: Around,
    /// When those whose page is gone leave the list.
    pub(crate) departures: BTreeSet<(Millis, ParticipantId)>,
    /// Counts those coming up.
    pub(crate) came_up: u64,
    pub(crate) ended: bool,
}

/// How many people stand where, whether or not their page is connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Watching.
    pub off: usize,
    /// Asking.
    pub requested: usize,
    /// Invited.
    pub invited: usize,
    /// On stage.
    pub on_stage: usize,
}

/// How often each bound of a room was hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoundsHit {
    /// Slots offered beyond [`signaling::limits::SLOTS_PER_KIND`], and left alone.
    pub slots_ignored: u64,
    /// People who left and are strangers if they return: [`crate::LEFT_REMEMBERED`].
    pub people_forgotten: u64,
    /// What the stage forgot: [`stage::ENDED_REMEMBERED`], [`stage::DEPARTED_REMEMBERED`].
    pub stage_forgotten: u64,
    /// Messages of the chat beyond [`signaling::limits::CHAT_REMEMBERED`] and [`signaling::limits::CHAT_BYTES`].
    pub chat_forgotten: u64,
    /// People who found the waiting room full: [`signaling::limits::WAITING`].
    pub waiting_full: u64,
    /// Questions beyond [`signaling::limits::QUESTIONS`] and [`signaling::limits::QUESTIONS_A_PERSON`].
    pub questions_full: u64,
    /// Polls beyond [`signaling::limits::POLLS`].
    pub polls_full: u64,
    /// Texts written too fast.
    pub writing_fast: u64,
    /// Meetings beyond [`crate::MEETINGS`].
    pub meetings_forgotten: u64,
    /// People of a meeting beyond [`crate::ATTENDEES`].
    pub attendees_full: u64,
}

impl Room {
    /// An empty room.
    pub fn new(options: RoomOptions) -> Self {
        let RoomOptions { id, title, rules, timing, features, locked, epoch_ms, people } = options;
        Room {
            id,
            title,
            timing,
            epoch_ms,
            people,
            stage: Stage::new(rules, timing),
            version: 0,
            access_version: 0,
            register: Register::default(),
            sessions: BTreeMap::new(),
            transports: BTreeMap::new(),
            slots: Slots::default(),
            speakers: Speakers::default(),
            told: Told::default(),
            qualities: Qualities::default(),
            around: Around::new(features, locked),
            departures: BTreeSet::new(),
            came_up: 0,
            ended: false,
        }
    }

    /// Takes one command, in the order the server received it, and says what is to be done. `now` never runs backwards.
    ///
    /// What is due by then (invitations nobody answered, seats and places kept long enough) is settled first, so that no command
    /// meets what is over.
    pub fn apply(&mut self, now: Millis, command: Command, effects: &mut Vec<Effect>) {
        let mut turn = Turn::new(now);
        if self.ended {
            after_the_end(command, &mut turn);
        } else {
            self.settle_attendance(&mut turn);
            self.settle(&mut turn);
            self.settle_around(&mut turn);
            self.take(command, &mut turn);
            self.act_for_the_unattended(&mut turn);
            self.order_speakers(&mut turn);
            self.close_around(&mut turn);
        }
        self.tell(turn, effects);
    }

    fn take(&mut self, command: Command, turn: &mut Turn) {
        match command {
            Command::Connect { session, identity, resume, fresh_key } => {
                self.connect(session, identity, resume, fresh_key, turn);
            }
            Command::Attach { session, identity, unattended } => {
                self.attach(session, identity, unattended, turn);
            }
            Command::Detach { session } => self.detach(session, turn),
            Command::Disconnect { session } => self.disconnect(session, turn),
            Command::Page { session, id, command } => self.page(session, id, command, turn),
            Command::TransportReady { session, transport, slots } => {
                self.transport_ready(session, transport, &slots, turn);
            }
            Command::TransportLost { transport } => self.transport_lost(transport, turn),
            Command::Heard { transport, loudness } => self.heard(transport, loudness, turn),
            Command::Measured { transport, quality } => self.measured(transport, quality),
            Command::Script { call, command } => {
                let answer = self.script(command, turn);
                turn.reply = Some(Reply::Answer { call, answer });
            }
            Command::Tick => {}
        }
    }

    /// When the room wants [`Command::Tick`]; a moment past when it wants it at once.
    pub fn next_deadline(&self) -> Option<Millis> {
        let departure = self.departures.first().map(|(at, _)| *at);
        let speech = self.speakers.next_deadline();
        let deadlines = [
            self.stage.next_deadline(),
            departure,
            speech,
            self.speaking_due(),
            self.qualities.due(),
            self.around.due(),
            self.attendance_due(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// The room as a script or a late joiner sees it.
    pub fn state(&self) -> RoomState {
        let mut present: Vec<_> = self.register.iter().map(|(who, p)| (p.arrived, who)).collect();
        present.sort_unstable();
        let rules = self.stage.rules();
        RoomState {
            version: self.version,
            id: self.id.clone(),
            title: self.title.clone(),
            access: rules.access,
            capacity: rules.capacity,
            self_leave: rules.self_leave,
            features: self.around.features,
            locked: self.around.locked,
            spotlight: self.around.spotlight,
            participants: present.into_iter().filter_map(|(_, who)| self.participant_state(who)).collect(),
        }
    }

    /// How one person stands; `None` for somebody not in the room.
    pub fn participant_state(&self, who: ParticipantId) -> Option<ParticipantState> {
        let participant = self.register.get(who)?;
        let (stage, request, invitation) = match self.stage.standing(who)? {
            Standing::Off => (StageStanding::Off, None, None),
            Standing::Requested(request) => (StageStanding::Requested, Some(request), None),
            Standing::Invited(invitation) => (StageStanding::Invited, None, Some(invitation)),
            Standing::OnStage => (StageStanding::OnStage, None, None),
        };
        Some(ParticipantState {
            id: who,
            name: participant.name.clone(),
            role: self.stage.role(who)?,
            stage,
            request,
            question: participant.question.clone(),
            invitation,
            hand: participant.hand,
            silenced: participant.silenced,
            connected: participant.connected(),
            mic: participant.sources.get(Source::Mic),
            camera: participant.sources.get(Source::Camera),
            screen: participant.sources.get(Source::Screen),
        })
    }

    /// What the room says, as a change.
    pub(crate) fn settings(&self) -> Change {
        let Rules { access, capacity, self_leave } = self.stage.rules();
        let (features, locked) = (self.around.features, self.around.locked);
        Change::Room { title: self.title.clone(), access, capacity, self_leave, features, locked }
    }

    /// Milliseconds since 1970.
    pub(crate) fn unix(&self, now: Millis) -> u64 {
        self.epoch_ms + now.0
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its title, as it is to survive a restart.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Its stage's rules, as they are to survive a restart.
    pub fn rules(&self) -> Rules {
        self.stage.rules()
    }

    /// Counts what was broadcast.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether it has ended; then it refuses everything.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Whose session it is.
    pub fn who(&self, session: SessionId) -> Option<ParticipantId> {
        self.sessions.get(&session).copied()
    }

    /// Whether this session waits to be let in.
    pub fn is_waiting(&self, session: SessionId) -> bool {
        self.around.waiting.has(session)
    }

    /// Whether this person is in the room, connected or not.
    pub fn is_present(&self, user: &str) -> bool {
        self.register.present(user).is_some()
    }

    /// How many people stand where. Looks at each.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (_, _, standing) in self.stage.people() {
            match standing {
                Standing::Off => counts.off += 1,
                Standing::Requested(_) => counts.requested += 1,
                Standing::Invited(_) => counts.invited += 1,
                Standing::OnStage => counts.on_stage += 1,
            }
        }
        counts
    }

    /// How often each bound was hit.
    pub fn bounds_hit(&self) -> BoundsHit {
        BoundsHit {
            slots_ignored: self.slots.ignored(),
            people_forgotten: self.register.forgotten(),
            stage_forgotten: self.stage.forgotten(),
            chat_forgotten: self.around.chat.forgotten(),
            waiting_full: self.around.waiting.turned_away(),
            questions_full: self.around.hits.questions_full,
            polls_full: self.around.hits.polls_full,
            writing_fast: self.around.hits.writing_fast,
            meetings_forgotten: self.around.attendance.meetings_forgotten(),
            attendees_full: self.around.attendance.attendees_full(),
        }
    }
}

/// Whoever comes when all is over is sent away, and leaves nothing behind.
fn after_the_end(command: Command, turn: &mut Turn) {
    match command {
        Command::Connect { session, .. } | Command::Attach { session, .. } => {
            turn.reply = Some(Reply::Reject { session, code: ErrorCode::RoomNotFound });
        }
        Command::Script { call, .. } => {
            turn.reply = Some(Reply::Answer { call, answer: Err(Refusal::NotPresent) });
        }
        Command::TransportReady { transport, .. } => turn.drop_transport(transport),
        Command::Detach { .. }
        | Command::Disconnect { .. }
        | Command::Page { .. }
        | Command::TransportLost { .. }
        | Command::Heard { .. }
        | Command::Measured { .. }
        | Command::Tick => {}
    }
}
