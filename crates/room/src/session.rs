//! Coming, going and coming back.
//!
//! A person has one session: the newest. It outlives its socket for as long as the person's place is kept, its transport with it:
//! a broken WebSocket interrupts nobody's picture.

use signaling::{Closing, ErrorCode, ParticipantId};
use stage::{Actor, Standing};

use crate::around::Waiting;
use crate::register::Session;
use crate::turn::{Reply, Touched, Turn};
use crate::{Identity, ResumeKey, Room, SessionId, Unattended};

impl Session {
    pub(crate) fn of_page(id: SessionId, key: ResumeKey) -> Session {
        Session { id, key: Some(key), unattended: None, lost: None, transport: None }
    }

    pub(crate) fn without_page(id: SessionId, unattended: Unattended) -> Session {
        Session { id, key: None, unattended: Some(unattended), lost: None, transport: None }
    }
}

impl Room {
    pub(crate) fn connect(
        &mut self,
        session: SessionId,
        identity: Identity,
        resume: Option<ResumeKey>,
        fresh_key: ResumeKey,
        turn: &mut Turn,
    ) {
        if self.has_to_wait(&identity) {
            self.wait(Waiting { session, identity, fresh_key }, turn);
            return;
        }
        let entered = self.enter(Session::of_page(session, fresh_key), identity, resume, turn);
        turn.reply = Some(match entered {
            Some(who) => {
                let resumed = self.register.get(who).is_some_and(|p| p.session.transport.is_some());
                Reply::Welcome { session, who, resumed }
            }
            None => Reply::Reject { session, code: ErrorCode::RoomFull },
        });
    }

    /// Whoever has a page comes in, or comes back; `None` where nobody new fits in.
    pub(crate) fn enter(
        &mut self,
        session: Session,
        identity: Identity,
        resume: Option<ResumeKey>,
        turn: &mut Turn,
    ) -> Option<ParticipantId> {
        match self.register.present(&identity.user) {
            Some(who) => {
                self.refresh(who, identity, turn);
                self.come_back(who, session, resume, turn);
                Some(who)
            }
            None if self.register.len() >= self.people => None,
            None => Some(self.come_in(session, identity, turn)),
        }
    }

    pub(crate) fn come_in(&mut self, session: Session, identity: Identity, turn: &mut Turn) -> ParticipantId {
        // They came in another way than by being let in.
        self.give_up_waiting(&identity.user, turn);
        let id = session.id;
        let (who, role) = self.register.enter(identity, session);
        self.sessions.insert(id, who);
        // Entering is never refused.
        let _ = self.decide(stage::Command::Enter { who, role }, turn);
        who
    }

    /// Their key still stands: the same session under a new number. Any other: a new session, and the old one is over.
    pub(crate) fn come_back(
        &mut self,
        who: ParticipantId,
        session: Session,
        resume: Option<ResumeKey>,
        turn: &mut Turn,
    ) {
        let Some(participant) = self.register.get_mut(who) else { return };
        let before = &mut participant.session;
        let resumes = resume.is_some() && resume == before.key;
        let (old, lost) = (before.id, before.lost);
        self.sessions.remove(&old);
        self.sessions.insert(session.id, who);
        // The transport goes on with whoever resumes, and is dropped below otherwise.
        *before = Session { transport: before.transport, ..session };
        match lost {
            Some(lost) => {
                self.departures.remove(&(lost.plus(self.timing.place), who));
                let _ = self.decide(stage::Command::ConnectionBack { who }, turn);
                turn.mention(Touched::Participant(who));
            }
            None => turn.closings.push((old, Closing::NewerSession)),
        }
        if !resumes {
            self.drop_transport(who, turn);
        }
    }

    /// The newest token's name and role hold, but a role the host gave is not taken back by the same token again.
    pub(crate) fn refresh(&mut self, who: ParticipantId, identity: Identity, turn: &mut Turn) {
        let Some(participant) = self.register.get_mut(who) else { return };
        if participant.name != identity.name {
            participant.name = identity.name;
            turn.touch(Touched::Participant(who));
        }
        if participant.token_role != identity.role {
            participant.token_role = identity.role;
            let command = stage::Command::SetRole { by: Actor::Operator, whom: who, role: identity.role };
            let _ = self.decide(command, turn);
        }
        self.attends_as(who, turn);
    }

    /// A socket is gone. One that was closed for a newer one is known no more.
    pub(crate) fn disconnect(&mut self, session: SessionId, turn: &mut Turn) {
        let Some(who) = self.sessions.get(&session).copied() else { return self.stop_waiting(session) };
        let Some(participant) = self.register.get_mut(who) else { return };
        if participant.session.lost.is_some() {
            return;
        }
        participant.session.lost = Some(turn.now);
        self.departures.insert((turn.now.plus(self.timing.place), who));
        let _ = self.decide(stage::Command::ConnectionLost { who }, turn);
        turn.mention(Touched::Participant(who));
    }

    /// Ends what time has ended. Somebody whose page is gone leaves the list once their place was kept long enough and the
    /// stage keeps nothing for them any more, whichever is later.
    pub(crate) fn settle(&mut self, turn: &mut Turn) {
        let changes = self.stage.settle(turn.now).changes;
        self.follow(changes, turn);
        while let Some((at, who)) = self.departures.first().copied()
            && at <= turn.now
        {
            self.departures.pop_first();
            if self.stage.standing(who) == Some(Standing::Off) {
                let _ = self.decide(stage::Command::Exit { who }, turn);
            }
        }
    }

    /// Somebody came to nothing on the stage: if their time in the list was over before, it is over now.
    pub(crate) fn depart_if_overdue(&mut self, who: ParticipantId, turn: &Turn) {
        let lost = self.register.get(who).and_then(|participant| participant.session.lost);
        if let Some(at) = lost.map(|lost| lost.plus(self.timing.place))
            && at <= turn.now
        {
            self.departures.insert((at, who));
        }
    }

    /// Somebody is gone: the stage has let go of them already.
    pub(crate) fn farewell(&mut self, who: ParticipantId, from: Standing, turn: &mut Turn) {
        self.drop_transport(who, turn);
        if let Some(participant) = self.register.leave(who) {
            self.sessions.remove(&participant.session.id);
            if let Some(lost) = participant.session.lost {
                self.departures.remove(&(lost.plus(self.timing.place), who));
            }
            self.attends_no_more(&participant.user, turn);
        }
        self.leave_spotlight(who, turn);
        match from {
            Standing::Off => turn.mention(Touched::Gone(who)),
            Standing::Requested(_) | Standing::Invited(_) | Standing::OnStage => {
                turn.touch(Touched::Gone(who))
            }
        }
    }

    /// Takes somebody out of the room, and tells their page why.
    pub(crate) fn send_away(&mut self, who: ParticipantId, closing: Closing, turn: &mut Turn) {
        let open = self.register.get(who).and_then(|participant| participant.open_session());
        turn.closings.extend(open.map(|session| (session, closing)));
        let _ = self.decide(stage::Command::Exit { who }, turn);
    }

    /// Everybody is told, and nothing goes on.
    pub(crate) fn end(&mut self, turn: &mut Turn) {
        let everybody: Vec<ParticipantId> = self.register.iter().map(|(who, _)| who).collect();
        for who in everybody {
            let open = self.register.get(who).and_then(|participant| participant.open_session());
            turn.closings.extend(open.map(|session| (session, Closing::RoomEnded)));
            self.drop_transport(who, turn);
        }
        self.end_waiting(turn);
        self.end_attendance(turn);
        self.ended = true;
        turn.ended = true;
    }
}
