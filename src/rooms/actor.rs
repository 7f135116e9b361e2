//! The task of one room: takes what reaches it, one thing after another, and carries out what the room wants done.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use room::{CallId, Command, Effect, Room, ScriptAnswer, ScriptCommand, SessionId, TransportId};
use signaling::{Closing, ErrorCode, Refusal, Role, ServerMessage};
use stage::Millis;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::directory::Rooms;
use super::effects::room_source;
use super::keeping::Keeping;
use super::link::{Answered, Link, OfferOutcome};
use super::mailbox::{AttachError, Attached, CallError, Joining, RoomRef, ToRoom};
use super::outbox::Frame;
use super::pages::Pages;
use super::unattended::UnattendedSessions;
use crate::bounds::ROOM_SOCKETS;
use crate::metrics::Bound;

/// Between two ticks. A room's next deadline may be past already; this keeps a mistake there from eating a core.
const TICK: Duration = Duration::from_millis(1);

/// One room while it runs.
pub(super) struct Actor {
    pub(super) room: Room,
    pub(super) me: RoomRef,
    pub(super) rooms: Arc<Rooms>,
    mailbox: mpsc::Receiver<ToRoom>,
    pub(super) pages: Pages,
    next_call: u64,
    /// What the script is told whose command is being carried out, once all of it is.
    pub(super) answered: Option<ScriptAnswer>,
    /// The key by which the page coming in just now wants to take an earlier session up.
    pub(super) resuming: Option<String>,
    pub(super) unattended: UnattendedSessions,
    /// The session without a page that is coming in just now, and what became of it.
    pub(super) attaching: Option<SessionId>,
    pub(super) attached: Option<Attached>,
    /// Gates that are open, so that a viewer's leaving costs no round trip to the media threads.
    pub(super) open_gates: HashSet<(TransportId, media::Source)>,
    pub(super) keeping: Keeping,
    /// Pages found too slow while effects were carried out.
    pub(super) slow: Vec<SessionId>,
    /// The last change could not be kept.
    pub(super) not_kept: bool,
    pub(super) ended: bool,
}

impl Actor {
    pub(super) fn new(room: Room, me: RoomRef, rooms: Arc<Rooms>, mailbox: mpsc::Receiver<ToRoom>) -> Self {
        Actor {
            room,
            me,
            rooms,
            mailbox,
            pages: Pages::default(),
            next_call: 0,
            answered: None,
            resuming: None,
            unattended: UnattendedSessions::default(),
            attaching: None,
            attached: None,
            open_gates: HashSet::new(),
            keeping: Keeping::default(),
            slow: Vec::new(),
            not_kept: false,
            ended: false,
        }
    }

    /// Until the room has ended or the server goes down.
    pub(super) async fn run(mut self) {
        while !self.ended {
            let deadline = self.room.next_deadline().map(|at| self.timer(at));
            let message = tokio::select! {
                message = self.mailbox.recv() => message,
                () = wait(self.pages.due()) => {
                    self.pages.tell(&mut self.slow);
                    self.drop_slow().await;
                    continue;
                }
                () = wait(self.keeping.due()) => {
                    self.keeping.begin(&self.room, &self.me, &self.rooms).await;
                    continue;
                }
                () = wait(deadline) => {
                    self.apply(Command::Tick).await;
                    continue;
                }
            };
            match message {
                Some(message) => self.take(message).await,
                None => break,
            }
        }
        self.let_go_of_all();
        if !self.room.ended() {
            self.keeping.end(&self.room, &self.me, &self.rooms).await;
        }
        // Ended rooms have told everybody and closed every session before: then there is nobody left here.
        for session in self.pages.sessions() {
            self.close(
                session,
                &ServerMessage::Closing { closing: Closing::Draining },
                close_code(Closing::Draining),
            );
        }
    }

    fn timer(&self, at: Millis) -> Instant {
        Instant::from_std(self.rooms.clock.instant(at)).max(Instant::now() + TICK)
    }

    async fn take(&mut self, message: ToRoom) {
        match message {
            ToRoom::Join(joining) => self.join(joining).await,
            ToRoom::Attach(attaching) => self.attach(*attaching).await,
            ToRoom::Detach { session, done } => {
                self.apply(Command::Detach { session }).await;
                // Whoever asked may have stopped waiting.
                let _ = done.send(());
            }
            ToRoom::Heard { transport, loudness } => self.apply(Command::Heard { transport, loudness }).await,
            ToRoom::Measured { transport, quality } => {
                self.apply(Command::Measured { transport, quality }).await;
            }
            ToRoom::Leave(session) => {
                if self.pages.disconnect(session).is_some() {
                    self.apply(Command::Disconnect { session }).await;
                }
            }
            ToRoom::Page { session, id, command } => self.apply(Command::Page { session, id, command }).await,
            ToRoom::Unreadable { session, id, detail } => {
                self.refuse(session, id, Refusal::BadCommand { detail });
                self.drop_slow().await;
            }
            ToRoom::Offered { session, id, connection, link, outcome } => {
                self.offered(session, id, connection, &link, outcome).await;
            }
            ToRoom::MediaConnected(transport) => {
                self.tell_owner(transport, |connection| ServerMessage::MediaConnected { connection }).await;
            }
            ToRoom::MediaPaused { transport, mid, paused } => {
                let slot_paused =
                    |connection| ServerMessage::SlotPaused { connection, mid: mid.as_str().into(), paused };
                self.tell_owner(transport, slot_paused).await;
            }
            ToRoom::LayersWanted { transport, source, layers } => {
                let source = room_source(source);
                let wanted = |connection| ServerMessage::LayersWanted { connection, source, layers };
                self.tell_owner(transport, wanted).await;
            }
            ToRoom::MediaStalled(transport) => {
                if let Some((session, connection)) = self.pages.owner(transport) {
                    self.send(session, &ServerMessage::RestartIce { connection });
                    self.drop_slow().await;
                }
            }
            ToRoom::MediaLost(transport) => self.media_lost(transport).await,
            ToRoom::Script { command, answer } => self.script(command, answer).await,
            ToRoom::State(answer) => {
                // Whoever asked may have stopped waiting.
                let _ = answer.send(self.room.state());
            }
            ToRoom::PollSheet { poll, reader, answer } => {
                let may = reader.is_none_or(|reader| self.room.role_of(&reader) >= Role::Moderator);
                let sheet = if may {
                    self.room.poll_sheet(poll).ok_or(Refusal::Gone)
                } else {
                    Err(Refusal::Forbidden)
                };
                let _ = answer.send(sheet.map_err(CallError::Refused));
            }
            ToRoom::Attendance { which, reader, answer } => {
                // After a restart the first command says who was there until when.
                self.apply(Command::Tick).await;
                let may = reader.is_none_or(|reader| self.room.role_of(&reader) >= Role::Moderator);
                let told = match may {
                    true => Ok(self.room.attendance(self.rooms.clock.now(), which)),
                    false => Err(CallError::Refused(Refusal::Forbidden)),
                };
                let _ = answer.send(told);
            }
            ToRoom::RoleOf { identity, answer } => {
                let _ = answer.send(self.room.role_of(&identity));
            }
            ToRoom::Counts(answer) => {
                let _ = answer.send((self.room.counts(), self.room.bounds_hit()));
            }
            ToRoom::Drain => {
                // Whoever is there was there until now, and that is kept.
                self.apply(Command::Tick).await;
                self.ended = true;
            }
        }
    }

    async fn join(&mut self, joining: Joining) {
        let Joining { session, identity, resume, fresh_key, outbox, joined } = joining;
        // Whoever is in the room has a place in it, and gives an earlier socket up for this one.
        let newcomer = !self.room.is_present(&identity.user);
        let sockets = self.pages.connected();
        // Whoever has to wait takes nobody's place.
        let full = newcomer && !self.room.has_to_wait(&identity) && self.is_full();
        self.pages.enter(session, fresh_key.0.clone(), outbox);
        if sockets >= ROOM_SOCKETS {
            self.rooms.counts.hit(Bound::RoomSockets);
        }
        if sockets >= ROOM_SOCKETS || full {
            self.reject(session, ErrorCode::RoomFull);
            return;
        }
        self.resuming = resume.as_ref().map(|key| key.0.clone());
        self.apply(Command::Connect { session, identity, resume, fresh_key }).await;
        self.resuming = None;
        let known = self.room.who(session).is_some() || self.room.is_waiting(session);
        if let Some(link) = self.pages.link(session).filter(|_| known) {
            // A socket that is gone already says so by `Leave`.
            let _ = joined.send(link);
        }
    }

    /// Whether nobody new fits in.
    pub(super) fn is_full(&self) -> bool {
        self.pages.inside() + self.unattended.len() >= self.rooms.limits.room_participants
    }

    async fn offered(
        &mut self,
        session: SessionId,
        id: u32,
        connection: u32,
        link: &Arc<Link>,
        outcome: OfferOutcome,
    ) {
        match outcome {
            OfferOutcome::Refused { detail } => {
                self.refuse(session, id, Refusal::BadOffer { detail });
                self.drop_slow().await;
            }
            OfferOutcome::Answered(answered) if !self.pages.is_connected(session) => {
                // The page went away, or resumed, while its offer was on its way here.
                let transport = answered.transport;
                if self.pages.owner(transport).is_none() {
                    link.forget(transport);
                    self.drop_transport(transport).await;
                }
            }
            OfferOutcome::Answered(answered) => self.place(session, id, connection, link, answered).await,
        }
    }

    /// The page's media has its transport.
    async fn place(
        &mut self,
        session: SessionId,
        id: u32,
        connection: u32,
        link: &Arc<Link>,
        answered: Answered,
    ) {
        let Answered { transport, unplaced, sdp, slots } = answered;
        self.pages.place(session, transport, connection);
        if let Some(unplaced) = unplaced {
            unplaced.placed();
        }
        self.send(session, &ServerMessage::Answer { id, connection, sdp });
        if self.rooms.wires.room(transport).is_none() {
            // It was lost already, and that news may have come by before there was anybody to have it.
            link.forget(transport);
            self.media_lost(transport).await;
            return;
        }
        self.apply(Command::TransportReady { session, transport, slots }).await;
    }

    /// Something about a transport, to the page whose it is.
    async fn tell_owner(&mut self, transport: TransportId, message: impl FnOnce(u32) -> ServerMessage) {
        if let Some((session, connection)) = self.pages.owner(transport) {
            self.send(session, &message(connection));
            self.drop_slow().await;
        }
    }

    pub(super) async fn media_lost(&mut self, transport: TransportId) {
        self.rooms.wires.remove(transport);
        if let Some(session) = self.unattended.end_with(transport) {
            self.rooms.resources.remove(&session.key);
            self.shut_all(transport).await;
            self.apply(Command::TransportLost { transport }).await;
            // Its media is all there was of it: the person's place is kept like that of a page that was lost.
            self.apply(Command::Disconnect { session: session.id }).await;
        }
        if let Some((session, connection)) = self.pages.owner(transport) {
            self.send(session, &ServerMessage::MediaLost { connection });
            // The home engine forgot the peer, but others may hold packets of it, and the room has no transport left to close.
            self.shut_all(transport).await;
            self.apply(Command::TransportLost { transport }).await;
            self.pages.unplace(transport);
        }
    }

    async fn script(&mut self, command: ScriptCommand, answer: oneshot::Sender<Result<u64, CallError>>) {
        let call = CallId(self.next_call);
        self.next_call += 1;
        self.not_kept = false;
        self.apply(Command::Script { call, command }).await;
        let told = match self.answered.take() {
            Some(Ok(_)) if self.not_kept => Err(CallError::NotKept),
            Some(Ok(version)) => Ok(version),
            Some(Err(refusal)) => Err(CallError::Refused(refusal)),
            None => Err(CallError::Ended),
        };
        // The script may have hung up.
        let _ = answer.send(told);
    }

    /// Has the room decide, and carries out what follows, one effect after another; then the same for every page that turned out
    /// too slow on the way.
    pub(super) async fn apply(&mut self, command: Command) {
        let mut commands = VecDeque::from([command]);
        let mut effects = Vec::new();
        while let Some(command) = commands.pop_front() {
            self.room.apply(self.rooms.clock.now(), command, &mut effects);
            for effect in effects.drain(..) {
                self.carry_out(effect).await;
            }
            commands.extend(self.cut_slow());
        }
    }

    async fn drop_slow(&mut self) {
        for command in self.cut_slow() {
            self.apply(command).await;
        }
    }

    fn cut_slow(&mut self) -> Vec<Command> {
        let mut gone = Vec::new();
        for session in std::mem::take(&mut self.slow) {
            if self.pages.disconnect(session).is_some() {
                self.rooms.counts.hit(Bound::SlowReader);
                tracing::info!(room = %self.me.id, ?session, "a page read too slowly and was cut off");
                gone.push(Command::Disconnect { session });
            }
        }
        gone
    }

    pub(super) fn refuse(&mut self, session: SessionId, id: u32, refusal: Refusal) {
        let version = self.room.version();
        self.send(session, &ServerMessage::Refused { id, version, refusal });
    }

    pub(super) fn reject(&mut self, session: SessionId, code: ErrorCode) {
        if code == ErrorCode::RoomFull {
            self.rooms.counts.hit(Bound::RoomParticipants);
        }
        let detail = format!("room {}", self.me.id);
        self.close(session, &ServerMessage::Error { code, detail }, POLICY);
    }

    pub(super) fn send(&mut self, session: SessionId, message: &ServerMessage) {
        if !self.pages.send(session, Frame::of(message)) {
            self.slow.push(session);
        }
    }

    /// Sends the last message to a page and lets go of it.
    pub(super) fn close(&mut self, session: SessionId, last: &ServerMessage, code: u16) {
        // Whether it still reads is no matter now: its queue ends here.
        let _ = self.pages.send(session, Frame::of(last));
        if let Some(outbox) = self.pages.disconnect(session) {
            let _ = outbox.push(Frame::Close(code));
        }
    }
}

async fn wait(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => std::future::pending().await,
    }
}

/// RFC 6455, section 7.4.1: the peer broke a rule.
pub(crate) const POLICY: u16 = 1008;

/// The WebSocket close code that goes with a closing (RFC 6455, section 7.4.1; 1012 is of the IANA registry: service restart).
pub(crate) const fn close_code(closing: Closing) -> u16 {
    match closing {
        Closing::Draining => 1012,
        Closing::Removed | Closing::TurnedAway => POLICY,
        Closing::NewerSession | Closing::RoomEnded | Closing::Left => 1000,
    }
}

impl Actor {
    /// Carries out one effect. Total on purpose: a new effect does not compile until it has its place here.
    async fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send { session, message } => self.tell(session, message),
            Effect::Broadcast { message, except, pace } => self.tell_all(&message, except, pace),
            Effect::CloseSession { session, .. } if self.unattended.has(session) => self.let_go(session),
            Effect::CloseSession { session, closing } => {
                self.close(session, &ServerMessage::Closing { closing }, close_code(closing));
            }
            Effect::Attached { answer, .. } => self.attached = Some(answer.map_err(AttachError::Refused)),
            Effect::Reject { session, code } if self.attaching == Some(session) => {
                self.attached = Some(Err(AttachError::Rejected(code)));
            }
            Effect::Reject { session, code } => self.reject(session, code),
            Effect::SetGate { transport, source, open: true } => self.open_gate(transport, source).await,
            Effect::SetGate { transport, source, open: false } => self.close_gate(transport, source).await,
            Effect::Assign { transport, mid, publication } => self.assign(transport, &mid, publication),
            Effect::Show { transport, mid, height } => self.show(transport, &mid, height),
            Effect::Speaker { transport, speaks } => self.speaker(transport, speaks),
            Effect::DropTransport { transport } => self.drop_transport(transport).await,
            Effect::Answer { answer, .. } => self.answered = Some(answer),
            Effect::Persist => self.persist().await,
            Effect::Keep(item) => self.keeping.note(item),
            Effect::Ended => self.end().await,
        }
    }
}
