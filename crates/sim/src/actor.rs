//! The room's task, as the server has it: takes what reaches it, one thing after another, and carries out one effect after another.
//! A gate's closing is awaited, at home first and then everywhere else, before the next effect.

use std::collections::{BTreeSet, VecDeque};

use media::{Command as EngineCommand, Mid, PublicationId, Ticket, WorkerId};
use room::{CallId, Command, Effect, Millis, ResumeKey, Room, RoomOptions, SessionId, TransportId};
use signaling::{ParticipantId, ServerMessage, Source};

use crate::book::Tick;
use crate::mail::{Mail, Out, Step};
use crate::oracle::leak::Admissions;
use crate::oracle::people;
use crate::rng::Rng;
use crate::sessions::{Sessions, in_media, peer_of, publication};
use crate::{Fault, Oracle};

/// The task, and the log of what it let in.
pub(crate) struct Actor {
    pub(crate) room: Room,
    pub(crate) sessions: Sessions,
    /// By what the room says.
    pub(crate) people: Admissions<(ParticipantId, Source)>,
    /// By what the media threads were told.
    pub(crate) gates: Admissions<(TransportId, Source)>,
    pub(crate) closings: u64,
    pub(crate) done: u64,
    pub(crate) refused: u64,
    mailbox: VecDeque<Mail>,
    steps: VecDeque<Step>,
    waiting: BTreeSet<Ticket>,
    resuming: Option<String>,
    open: BTreeSet<(TransportId, Source)>,
    live: BTreeSet<(ParticipantId, Source)>,
    /// No longer let in by the room's state, and nobody was told yet.
    fading: BTreeSet<(ParticipantId, Source)>,
    seats: usize,
    workers: usize,
    tickets: u64,
    fault: Fault,
    rng: Rng,
}

impl Actor {
    pub(crate) fn new(options: RoomOptions, workers: usize, fault: Fault, rng: Rng) -> Actor {
        Actor {
            room: Room::new(options),
            sessions: Sessions::default(),
            people: Admissions::new(),
            gates: Admissions::new(),
            closings: 0,
            done: 0,
            refused: 0,
            mailbox: VecDeque::new(),
            steps: VecDeque::new(),
            waiting: BTreeSet::new(),
            resuming: None,
            open: BTreeSet::new(),
            live: BTreeSet::new(),
            fading: BTreeSet::new(),
            seats: 0,
            workers,
            tickets: 0,
            fault,
            rng,
        }
    }

    pub(crate) fn mail(&mut self, mail: Mail) {
        self.mailbox.push_back(mail);
    }

    pub(crate) fn acknowledged(&mut self, ticket: Ticket) {
        self.waiting.remove(&ticket);
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.mailbox.is_empty() && self.steps.is_empty()
    }

    /// Goes on until it has to wait for an engine, or nothing is left.
    pub(crate) fn run(
        &mut self,
        now: Millis,
        tick: Tick,
        out: &mut Vec<Out>,
    ) -> Result<(), (Oracle, String)> {
        while self.waiting.is_empty() {
            match self.steps.pop_front() {
                Some(Step::Lost(transport)) => {
                    self.sessions.unplace(transport);
                    self.apply(now, tick, Command::TransportLost { transport })?;
                    continue;
                }
                Some(step) => {
                    self.carry_out(step, tick, out);
                    continue;
                }
                None => {}
            }
            self.told(tick);
            let Some(mail) = self.mailbox.pop_front() else { break };
            self.take(now, tick, mail, out)?;
        }
        Ok(())
    }

    fn take(
        &mut self,
        now: Millis,
        tick: Tick,
        mail: Mail,
        out: &mut Vec<Out>,
    ) -> Result<(), (Oracle, String)> {
        self.resuming = None;
        let command = match mail {
            Mail::Join { page, session, identity, resume, key } => {
                self.sessions.enter(session, page, key.clone());
                self.resuming.clone_from(&resume);
                Command::Connect {
                    session,
                    identity,
                    resume: resume.map(ResumeKey),
                    fresh_key: ResumeKey(key),
                }
            }
            Mail::Leave(session) if self.sessions.disconnect(session) => Command::Disconnect { session },
            Mail::Leave(_) => return Ok(()),
            Mail::Say { session, id, command } => Command::Page { session, id, command },
            Mail::Offered { session, transport, .. } if !self.sessions.is_connected(session) => {
                if self.sessions.owner(transport).is_none() {
                    self.steps.push_back(Step::Effect(Effect::DropTransport { transport }));
                }
                return Ok(());
            }
            Mail::Offered { session, id, connection, transport, answer, slots } => {
                self.sessions.place(session, transport, connection);
                self.send(session, ServerMessage::Answer { id, connection, sdp: answer }, out);
                Command::TransportReady { session, transport, slots }
            }
            Mail::Connected(transport) => {
                if let Some((session, connection)) = self.sessions.owner(transport) {
                    self.send(session, ServerMessage::MediaConnected { connection }, out);
                }
                return Ok(());
            }
            Mail::Lost(transport) => {
                let Some((session, connection)) = self.sessions.owner(transport) else { return Ok(()) };
                self.send(session, ServerMessage::MediaLost { connection }, out);
                // The home engine has forgotten it, but others may have packets of it in their queues yet. The room, which closes no
                // gate of a transport that is lost, must not tell anybody anything before these are gone.
                self.steps.extend(self.gates_of(transport).into_iter().map(Step::Effect));
                self.steps.push_back(Step::Lost(transport));
                return Ok(());
            }
            Mail::Heard(transport, loudness) => Command::Heard { transport, loudness },
            Mail::Script(command) => Command::Script { call: CallId(tick), command },
            Mail::Tick => Command::Tick,
        };
        self.apply(now, tick, command)
    }

    fn apply(&mut self, now: Millis, tick: Tick, command: Command) -> Result<(), (Oracle, String)> {
        let said = format!("{command:?}");
        let mut effects = Vec::new();
        self.room.apply(now, command, &mut effects);
        self.steps.extend(effects.into_iter().map(Step::Effect));
        let state = self.room.state();
        let live = people::live(&state);
        for what in live.difference(&self.live) {
            self.people.open(*what, tick);
        }
        self.fading.extend(self.live.difference(&live));
        self.live = live;
        let before = std::mem::replace(&mut self.seats, people::seats(&state));
        people::seats_kept(before, self.seats, state.capacity)
            .map_err(|wrong| (Oracle::Seats, format!("{wrong}, by {said}")))
    }

    /// Somebody learns of it: from here on it has to be true.
    fn told(&mut self, tick: Tick) {
        for what in std::mem::take(&mut self.fading) {
            self.people.close(&what, tick);
        }
    }

    fn carry_out(&mut self, step: Step, tick: Tick, out: &mut Vec<Out>) {
        match step {
            Step::Effect(effect) => self.effect(effect, tick, out),
            Step::Withdraw(publication) => self.withdraw(publication, out),
            Step::Closed(transport, source) => self.gate_closed(transport, source, tick),
            Step::Lost(_) => {}
            Step::Remove(transport) => {
                let peer = peer_of(transport);
                out.push(Out::Engine {
                    worker: usize::from(peer.worker.0),
                    command: EngineCommand::RemovePeer { peer },
                });
                self.sessions.unplace(transport);
            }
        }
    }

    fn effect(&mut self, effect: Effect, tick: Tick, out: &mut Vec<Out>) {
        match effect {
            Effect::Send { session, message } => {
                self.told(tick);
                self.tell(session, message, out);
            }
            Effect::Broadcast { message, except, .. } => {
                self.told(tick);
                for session in
                    self.sessions.connected().into_iter().filter(|session| Some(*session) != except)
                {
                    if self.fault != Fault::LosesChanges || !self.rng.chance(30) {
                        self.send(session, message.clone(), out);
                    }
                }
            }
            Effect::CloseSession { session, closing } => {
                self.told(tick);
                self.send(session, ServerMessage::Closing { closing }, out);
                self.close(session, out);
            }
            Effect::Reject { session, .. } => self.close(session, out),
            Effect::SetGate { transport, source, open: true } => self.open_gate(transport, source, tick, out),
            Effect::SetGate { transport, source, open: false } => self.close_gate(transport, source, out),
            Effect::Assign { transport, mid, publication } => self.assign(transport, &mid, publication, out),
            // The simulated page shows everything as large as it comes.
            Effect::Show { .. } | Effect::Speaker { .. } => {}
            Effect::DropTransport { transport } => {
                self.steps.push_front(Step::Remove(transport));
                for closing in self.gates_of(transport) {
                    self.steps.push_front(Step::Effect(closing));
                }
            }
            Effect::Answer { answer, .. } => {
                self.told(tick);
                self.count(answer.is_ok());
            }
            // Nobody comes without a page here, and nothing is started anew.
            Effect::Attached { .. } | Effect::Persist | Effect::Keep(_) | Effect::Ended => {}
        }
    }

    /// The closing of every gate of a transport that is open.
    fn gates_of(&self, transport: TransportId) -> Vec<Effect> {
        let open = Source::ALL.into_iter().filter(|source| self.open.contains(&(transport, *source)));
        open.map(|source| Effect::SetGate { transport, source, open: false }).collect()
    }

    fn open_gate(&mut self, transport: TransportId, source: Source, tick: Tick, out: &mut Vec<Out>) {
        self.open.insert((transport, source));
        self.gates.open((transport, source), tick);
        self.set_gate(transport, source, true, out);
    }

    fn close_gate(&mut self, transport: TransportId, source: Source, out: &mut Vec<Out>) {
        self.closings += 1;
        self.steps.push_front(Step::Closed(transport, source));
        if self.fault == Fault::KeepsGates {
            return;
        }
        let ticket = self.set_gate(transport, source, false, out);
        let publication = publication(transport, source);
        match self.fault {
            Fault::AwaitsNothing => self.withdraw(publication, out),
            Fault::ForgetsOtherEngines => drop(self.waiting.insert(ticket)),
            _ => {
                self.waiting.insert(ticket);
                self.steps.push_front(Step::Withdraw(publication));
            }
        }
        if self.fault == Fault::AwaitsNothing {
            self.waiting.clear();
        }
    }

    fn set_gate(&mut self, transport: TransportId, source: Source, open: bool, out: &mut Vec<Out>) -> Ticket {
        let (peer, ticket) = (peer_of(transport), self.ticket());
        let command = EngineCommand::SetGate { peer, source: in_media(source), open, ticket };
        out.push(Out::Engine { worker: usize::from(peer.worker.0), command });
        ticket
    }

    fn withdraw(&mut self, publication: PublicationId, out: &mut Vec<Out>) {
        let home = publication.peer.worker;
        for worker in (0..self.workers).filter(|worker| WorkerId(*worker as u8) != home) {
            let ticket = self.ticket();
            self.waiting.insert(ticket);
            out.push(Out::Engine { worker, command: EngineCommand::Withdraw { publication, ticket } });
        }
    }

    fn gate_closed(&mut self, transport: TransportId, source: Source, tick: Tick) {
        self.open.remove(&(transport, source));
        self.gates.close(&(transport, source), tick);
    }

    fn assign(
        &mut self,
        viewer: TransportId,
        mid: &str,
        shown: Option<(TransportId, Source)>,
        out: &mut Vec<Out>,
    ) {
        if self.fault == Fault::ForgetsSlots && shown.is_some() && self.rng.chance(200) {
            return;
        }
        let Some(slot) = Mid::new(mid) else { return };
        let peer = peer_of(viewer);
        let publication = shown.map(|(transport, source)| publication(transport, source));
        let command = EngineCommand::Assign { peer, slot, publication };
        out.push(Out::Engine { worker: usize::from(peer.worker.0), command });
    }

    /// A welcome says that media stands only where it does.
    fn tell(&mut self, session: SessionId, mut message: ServerMessage, out: &mut Vec<Out>) {
        match &mut message {
            ServerMessage::Welcome { resumed, .. } if *resumed => {
                *resumed = self.resuming.take().is_some_and(|key| self.sessions.resume(session, &key));
            }
            ServerMessage::Done { .. } => self.count(true),
            ServerMessage::Refused { .. } => self.count(false),
            _ => {}
        }
        self.send(session, message, out);
    }

    fn send(&self, session: SessionId, message: ServerMessage, out: &mut Vec<Out>) {
        if let Some(page) = self.sessions.page(session) {
            out.push(Out::Page { page, message });
        }
    }

    fn close(&mut self, session: SessionId, out: &mut Vec<Out>) {
        if let Some(page) = self.sessions.page(session) {
            out.push(Out::Close { page, session });
        }
        self.sessions.disconnect(session);
    }

    fn count(&mut self, done: bool) {
        *(if done { &mut self.done } else { &mut self.refused }) += 1;
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }
}
