//! In which order a turn goes out. Everything the product promises about order is this one list:
//!
//! 1. gates close and lost transports go: from here on nobody hears whoever was removed, muted or replaced;
//! 2. slots are filled anew, and only then gates open;
//! 3. everybody is told what changed, each page what its slots show, each person what concerns them;
//! 4. sessions end;
//! 5. the one who asked is answered, last: when a moderator reads *done*, it is.

use signaling::{Change, ServerMessage, limits};
use stage::Millis;

use crate::turn::{Addressee, Reply, Touched, Turn};
use crate::{Effect, Pace, Room, SessionId};

impl Room {
    pub(crate) fn tell(&mut self, mut turn: Turn, effects: &mut Vec<Effect>) {
        let arriving = match &turn.reply {
            Some(Reply::Welcome { session, .. } | Reply::Wait { session }) => Some(*session),
            _ => None,
        };
        effects.append(&mut turn.closed);
        effects.extend(turn.dropped.drain(..).map(|transport| Effect::DropTransport { transport }));
        effects.extend(turn.shifts.assignments(|transport| self.transports.contains_key(&transport)));
        effects.append(&mut turn.opened);
        effects.append(&mut turn.shown);
        self.tell_changes(&turn, arriving, effects);
        if !turn.ended {
            self.tell_slots(&turn, arriving, effects);
            self.tell_speaking(&turn, arriving, effects);
            self.tell_said(&mut turn, arriving, effects);
            self.tell_quality(&turn, arriving, effects);
        }
        self.tell_notices(&mut turn, arriving, effects);
        effects.extend(std::mem::take(&mut turn.kept).into_iter().map(Effect::Keep));
        self.close_and_reply(turn, effects);
    }

    /// One version each: what is gathered here leaves nobody's model with a gap.
    fn tell_changes(&mut self, turn: &Turn, except: Option<SessionId>, effects: &mut Vec<Effect>) {
        for touched in &turn.touched {
            let change = match touched {
                Touched::Participant(who) => {
                    let Some(participant) = self.participant_state(*who) else { continue };
                    Change::Participant { participant }
                }
                Touched::Gone(who) => Change::Gone { participant: *who },
                Touched::Room => self.settings(),
                Touched::Spotlight => Change::Spotlight { participant: self.around.spotlight },
            };
            self.version += 1;
            if turn.access && *touched == Touched::Room {
                self.access_version = self.version;
            }
            let message = ServerMessage::Changed { version: self.version, change };
            effects.push(Effect::Broadcast { message, except, pace: turn.pace(*touched) });
        }
        if turn.touched.contains(&Touched::Room) {
            effects.push(Effect::Persist);
        }
    }

    /// Whoever is arriving, or was just let in, gets all of it after the welcome.
    fn tell_said(&self, turn: &mut Turn, arriving: Option<SessionId>, effects: &mut Vec<Effect>) {
        let welcomed: Vec<SessionId> = turn.welcomes.iter().map(|(session, _)| *session).collect();
        let is_there = |session: &SessionId| Some(*session) != arriving && !welcomed.contains(session);
        for (to, message) in turn.said.drain(..) {
            match to {
                Addressee::Everybody => {
                    effects.push(Effect::Broadcast { message, except: arriving, pace: Pace::Leisurely });
                }
                Addressee::Rank(least) => {
                    let people = self.register.iter().filter(|(_, person)| person.role >= least);
                    let pages = people.filter_map(|(_, person)| person.page()).filter(is_there);
                    effects.extend(pages.map(|session| Effect::Send { session, message: message.clone() }));
                }
                Addressee::Person(who) => {
                    let page = self.register.get(who).and_then(|person| person.page()).filter(is_there);
                    effects.extend(page.map(|session| Effect::Send { session, message }));
                }
            }
        }
    }

    /// Whoever is arriving gets theirs with the welcome.
    fn tell_slots(&mut self, turn: &Turn, arriving: Option<SessionId>, effects: &mut Vec<Effect>) {
        for who in turn.shifts.changed.union(&turn.shifts.short) {
            let page = self.register.get(*who).and_then(|participant| participant.page());
            let Some(session) = page.filter(|page| Some(*page) != arriving) else { continue };
            if turn.shifts.changed.contains(who) {
                let slots = self.slots.shown_to(*who);
                effects.push(Effect::Send { session, message: ServerMessage::Slots { slots } });
            }
            if let Some((audio, video)) = self.slots.ask(*who) {
                effects.push(Effect::Send { session, message: ServerMessage::MoreSlots { audio, video } });
            }
        }
    }

    /// What is for somebody whose page is not there is told to nobody: they find the state when they return.
    fn tell_notices(&self, turn: &mut Turn, arriving: Option<SessionId>, effects: &mut Vec<Effect>) {
        for (who, notice) in turn.notices.drain(..) {
            let page = self.register.get(who).and_then(|participant| participant.page());
            if let Some(session) = page.filter(|page| Some(*page) != arriving) {
                effects.push(Effect::Send { session, message: ServerMessage::Notice { notice } });
            }
        }
    }

    /// A page that closes itself reads its answer first.
    fn close_and_reply(&mut self, turn: Turn, effects: &mut Vec<Effect>) {
        let asked = turn.reply.as_ref().and_then(Reply::session);
        let (own, others): (Vec<_>, Vec<_>) =
            turn.closings.into_iter().partition(|(session, _)| Some(*session) == asked);
        effects
            .extend(others.into_iter().map(|(session, closing)| Effect::CloseSession { session, closing }));
        effects.extend(turn.rejected.into_iter().map(|(session, code)| Effect::Reject { session, code }));
        for (session, who) in turn.welcomes {
            self.reply(turn.now, Reply::Welcome { session, who, resumed: false }, effects);
        }
        if let Some(reply) = turn.reply {
            self.reply(turn.now, reply, effects);
        }
        effects.extend(own.into_iter().map(|(session, closing)| Effect::CloseSession { session, closing }));
        if turn.ended {
            effects.push(Effect::Ended);
        }
    }

    fn reply(&mut self, now: Millis, reply: Reply, effects: &mut Vec<Effect>) {
        let version = self.version;
        match reply {
            Reply::Welcome { session, who, resumed } => {
                let Some(participant) = self.register.get(who) else { return };
                let message = ServerMessage::Welcome {
                    you: who,
                    resume: participant.session.key.clone().map(|key| key.0).unwrap_or_default(),
                    resumed,
                    heartbeat_ms: limits::HEARTBEAT_MS,
                    room: self.state(),
                    // Whoever sends it knows them.
                    ice_servers: Vec::new(),
                };
                effects.push(Effect::Send { session, message });
                if let Some(message) = self.told.message() {
                    effects.push(Effect::Send { session, message });
                }
                self.welcome_with_quality(who, session, effects);
                let around = self.around_for(who, now).into_iter();
                effects.extend(around.map(|message| Effect::Send { session, message }));
                if resumed {
                    self.slots.forget_asking(who);
                    let mut turn = Turn::new(Millis(0));
                    turn.shifts.changed.insert(who);
                    self.tell_slots(&turn, None, effects);
                }
            }
            Reply::Wait { session } => {
                let message = ServerMessage::InWaitingRoom { title: self.title.clone() };
                effects.push(Effect::Send { session, message });
            }
            Reply::Done { session, id } => {
                effects.push(Effect::Send { session, message: ServerMessage::Done { id, version } });
            }
            Reply::Refused { session, id, refusal } => {
                let message = ServerMessage::Refused { id, version, refusal };
                effects.push(Effect::Send { session, message });
            }
            Reply::Answer { call, answer } => {
                effects.push(Effect::Answer { call, answer: answer.map(|()| version) });
            }
            Reply::Attached { session, answer } => effects.push(Effect::Attached { session, answer }),
            Reply::Reject { session, code } => effects.push(Effect::Reject { session, code }),
        }
    }
}
