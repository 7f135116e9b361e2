//! Sessions without a page: a WHIP publisher, a WHEP viewer. Nobody is there to click, so the room does it for them, by the same rules
//! and the same stage as for everybody.
//!
//! A publisher says yes to everything: it joins where it may, asks where it has to, accepts every invitation at once, and turns a source
//! on again when a moderator asks. It does none of it twice by itself: whoever was declined or removed waits until a moderator, the stage
//! access or a new session says otherwise. A watcher declines.

use signaling::{ErrorCode, ParticipantId, Refusal, Role, Source, SourceState, SourcesOn};
use stage::{Access, Actor, Millis, Stage, Standing};

use crate::refusal::refused;
use crate::register::Session;
use crate::turn::{Reply, Turn};
use crate::{Brings, Follow, Identity, Room, SessionId, Unattended};

impl Room {
    /// Somebody comes without a page.
    pub(crate) fn attach(
        &mut self,
        session: SessionId,
        identity: Identity,
        unattended: Unattended,
        turn: &mut Turn,
    ) {
        let present = self.register.present(&identity.user);
        if present.is_none() && self.register.len() >= self.people {
            turn.reply = Some(Reply::Reject { session, code: ErrorCode::RoomFull });
            return;
        }
        if self.has_to_wait(&identity) {
            turn.reply = Some(Reply::Attached { session, answer: Err(Refusal::RoomLocked) });
            return;
        }
        if let Err(refusal) = self.rehearse(turn.now, &identity, unattended) {
            turn.reply = Some(Reply::Attached { session, answer: Err(refusal) });
            return;
        }
        let new = Session::without_page(session, unattended);
        let who = match present {
            Some(who) => {
                self.refresh(who, identity, turn);
                self.come_back(who, new, None, turn);
                who
            }
            None => self.come_in(new, identity, turn),
        };
        if let Unattended::Publisher(brings) = unattended {
            self.match_sources(who, brings, turn);
        }
        turn.asked.insert(who);
        turn.reply = Some(Reply::Attached { session, answer: Ok(who) });
    }

    /// A session without a page says goodbye.
    pub(crate) fn detach(&mut self, session: SessionId, turn: &mut Turn) {
        if let Some(who) = self.sessions.get(&session).copied() {
            self.send_away(who, signaling::Closing::Left, turn);
        }
    }

    /// Whether the stage takes them, tried on a copy of it: whoever is refused has changed nothing, not even their earlier session.
    fn rehearse(&self, now: Millis, identity: &Identity, unattended: Unattended) -> Result<(), Refusal> {
        let (who, role) = self.register.foresee(identity);
        match unattended {
            Unattended::Watcher(_) if self.stage.standing(who) == Some(Standing::OnStage) => {
                Err(Refusal::AlreadyOnStage)
            }
            Unattended::Watcher(Follow::Participant(whom)) if self.stage.standing(whom).is_none() => {
                Err(Refusal::NotPresent)
            }
            Unattended::Watcher(_) => Ok(()),
            Unattended::Publisher(_) => {
                let mut trial = self.stage.clone();
                let entering = match trial.standing(who) {
                    None => stage::Command::Enter { who, role },
                    Some(_) => stage::Command::SetRole { by: Actor::Operator, whom: who, role },
                };
                trial.apply(now, entering).map_err(refused)?;
                match way_up(&trial, who) {
                    Some(command) => trial.apply(now, command).map(drop).map_err(refused),
                    None => Ok(()),
                }
            }
        }
    }

    /// Somebody already on stage goes on with what this session brings. What a moderator turned off stays off.
    fn match_sources(&mut self, who: ParticipantId, brings: Brings, turn: &mut Turn) {
        for source in Source::ALL {
            let state = self.register.get(who).map(|participant| participant.sources.get(source));
            match (brings.has(source), state) {
                (true, Some(SourceState::Off)) => self.turn_on(who, source, turn),
                (false, Some(SourceState::On)) => drop(self.set_source(who, source, false, turn)),
                _ => {}
            }
        }
    }

    /// Where they may: refused off stage, for what is locked, and for a screen that is not theirs to share.
    fn turn_on(&mut self, who: ParticipantId, source: Source, turn: &mut Turn) {
        let _ = self.set_source(who, source, true, turn);
    }

    /// Does what nobody is there to click, for whoever this turn concerns.
    pub(crate) fn act_for_the_unattended(&mut self, turn: &mut Turn) {
        if turn.access {
            let all = self.register.iter().filter(|(_, participant)| participant.unattended().is_some());
            turn.asked.extend(all.map(|(who, _)| who));
        }
        while let Some(who) = turn.asked.pop_first() {
            match self.register.get(who).and_then(|participant| participant.unattended()) {
                Some(Unattended::Publisher(brings)) => self.come_up_by_itself(who, brings, turn),
                Some(Unattended::Watcher(_)) => self.stay_down(who, turn),
                None => {}
            }
        }
    }

    fn come_up_by_itself(&mut self, who: ParticipantId, brings: Brings, turn: &mut Turn) {
        let Some(command) = way_up(&self.stage, who) else { return };
        let chosen = SourcesOn { mic: brings.mic, camera: brings.camera };
        // A refusal leaves them where they are, and visible there to moderators.
        if self.decide_to_come_up(who, command, chosen, turn).is_ok() && brings.screen {
            self.turn_on(who, Source::Screen, turn);
        }
    }

    fn stay_down(&mut self, who: ParticipantId, turn: &mut Turn) {
        let command = match self.stage.standing(who) {
            Some(Standing::Invited(invitation)) => stage::Command::DeclineInvitation { who, invitation },
            Some(Standing::Requested(request)) => stage::Command::CancelRequest { who, request },
            Some(Standing::Off | Standing::OnStage) | None => return,
        };
        let _ = self.decide(command, turn);
    }
}

/// What somebody does who wants to come up; `None` where there is nothing to do but to wait, or nothing left to do.
fn way_up(stage: &Stage, who: ParticipantId) -> Option<stage::Command> {
    let access = stage.rules().access;
    let freely = access == Access::Open || stage.role(who) >= Some(Role::Speaker);
    match stage.standing(who)? {
        Standing::OnStage => None,
        Standing::Invited(invitation) => Some(stage::Command::Accept { who, invitation }),
        Standing::Requested(_) | Standing::Off if freely => Some(stage::Command::Join { who }),
        Standing::Off if access == Access::Request => Some(stage::Command::Request { who }),
        Standing::Requested(_) | Standing::Off => None,
    }
}
