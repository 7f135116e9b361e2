//! What one command brings about, gathered while it is worked out. In which order it goes out is decided in one place, `tell`.

use std::collections::BTreeSet;

use signaling::{Closing, ErrorCode, Notice, ParticipantId, Refusal, Role, ServerMessage, Source};
use stage::Millis;

use crate::slots::Shifts;
use crate::{CallId, Effect, Item, Pace, SessionId, TransportId};

/// Somebody or something that is not as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Touched {
    Participant(ParticipantId),
    Gone(ParticipantId),
    /// The room's own settings.
    Room,
    /// Whom everybody sees large.
    Spotlight,
}

/// Who is told something beside the room's changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Addressee {
    Everybody,
    /// Whoever has at least this role.
    Rank(Role),
    Person(ParticipantId),
}

/// What the one who asked is told, last.
#[derive(Debug)]
pub(crate) enum Reply {
    Welcome {
        session: SessionId,
        who: ParticipantId,
        resumed: bool,
    },
    /// The room is locked: they wait to be let in.
    Wait {
        session: SessionId,
    },
    Done {
        session: SessionId,
        id: u32,
    },
    Refused {
        session: SessionId,
        id: u32,
        refusal: Refusal,
    },
    Answer {
        call: CallId,
        answer: Result<(), Refusal>,
    },
    Attached {
        session: SessionId,
        answer: Result<ParticipantId, Refusal>,
    },
    Reject {
        session: SessionId,
        code: ErrorCode,
    },
}

impl Reply {
    /// The page that is answered.
    pub(crate) fn session(&self) -> Option<SessionId> {
        match self {
            Reply::Welcome { session, .. }
            | Reply::Wait { session }
            | Reply::Done { session, .. }
            | Reply::Refused { session, .. }
            | Reply::Attached { session, .. }
            | Reply::Reject { session, .. } => Some(*session),
            Reply::Answer { .. } => None,
        }
    }
}

/// Everything one command brings about.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) now: Millis,
    pub(crate) closed: Vec<Effect>,
    pub(crate) dropped: Vec<TransportId>,
    pub(crate) shifts: Shifts,
    pub(crate) opened: Vec<Effect>,
    /// How tall somebody's page shows things.
    pub(crate) shown: Vec<Effect>,
    pub(crate) touched: Vec<Touched>,
    listed: BTreeSet<Touched>,
    /// What of it nobody needs to hear at once.
    leisurely: BTreeSet<Touched>,
    /// What somebody is told beside the room's changes, in order.
    pub(crate) said: Vec<(Addressee, ServerMessage)>,
    /// What is to outlive a restart.
    pub(crate) kept: BTreeSet<Item>,
    /// Who was let in, besides whoever is answered.
    pub(crate) welcomes: Vec<(SessionId, ParticipantId)>,
    /// Who was not, besides whoever is answered.
    pub(crate) rejected: Vec<(SessionId, ErrorCode)>,
    /// The stage access is among what is touched.
    pub(crate) access: bool,
    pub(crate) notices: Vec<(ParticipantId, Notice)>,
    /// Whose standing or role is another now; where nobody is there to act on it, the room does.
    pub(crate) asked: BTreeSet<ParticipantId>,
    pub(crate) reply: Option<Reply>,
    pub(crate) closings: Vec<(SessionId, Closing)>,
    pub(crate) ended: bool,
}

impl Turn {
    pub(crate) fn new(now: Millis) -> Self {
        Turn {
            now,
            closed: Vec::new(),
            dropped: Vec::new(),
            shifts: Shifts::default(),
            opened: Vec::new(),
            shown: Vec::new(),
            touched: Vec::new(),
            listed: BTreeSet::new(),
            leisurely: BTreeSet::new(),
            said: Vec::new(),
            kept: BTreeSet::new(),
            welcomes: Vec::new(),
            rejected: Vec::new(),
            access: false,
            notices: Vec::new(),
            asked: BTreeSet::new(),
            reply: None,
            closings: Vec::new(),
            ended: false,
        }
    }

    /// Closings go out before openings, so an opening that is closed again within the turn must not go out at all.
    pub(crate) fn gate(&mut self, transport: TransportId, source: Source, open: bool) {
        let opening = Effect::SetGate { transport, source, open: true };
        if open {
            self.opened.push(opening);
        } else {
            self.opened.retain(|effect| *effect != opening);
            self.closed.push(Effect::SetGate { transport, source, open });
        }
    }

    /// Once, though it may have gone with its owner at the head of the turn.
    pub(crate) fn drop_transport(&mut self, transport: TransportId) {
        if !self.dropped.contains(&transport) {
            self.dropped.push(transport);
        }
    }

    /// Everybody is told once, however much of it changed.
    pub(crate) fn touch(&mut self, what: Touched) {
        self.leisurely.remove(&what);
        self.list(what);
    }

    /// The same for somebody's coming or going, of which everybody is told in their own time.
    pub(crate) fn mention(&mut self, what: Touched) {
        if self.list(what) {
            self.leisurely.insert(what);
        }
    }

    pub(crate) fn pace(&self, what: Touched) -> Pace {
        if self.leisurely.contains(&what) { Pace::Leisurely } else { Pace::Prompt }
    }

    /// Whether it is new.
    fn list(&mut self, what: Touched) -> bool {
        if let Touched::Gone(who) = what {
            // Somebody may go and come back in one turn: what was to be told of them before they went is told no more.
            let before = Touched::Participant(who);
            if self.listed.remove(&before) {
                self.touched.retain(|touched| *touched != before);
            }
        }
        let new = self.listed.insert(what);
        if new {
            self.touched.push(what);
        }
        new
    }

    pub(crate) fn say(&mut self, to: Addressee, message: ServerMessage) {
        self.said.push((to, message));
    }

    pub(crate) fn keep(&mut self, item: Item) {
        self.kept.insert(item);
    }

    pub(crate) fn notify(&mut self, who: ParticipantId, notice: Notice) {
        self.notices.push((who, notice));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GATE: TransportId = TransportId(1);

    #[test]
    fn a_gate_closed_after_it_was_opened_stays_closed() {
        let mut turn = Turn::new(Millis(0));
        turn.gate(GATE, Source::Mic, true);
        turn.gate(GATE, Source::Camera, true);
        turn.gate(GATE, Source::Mic, false);
        let camera = Effect::SetGate { transport: GATE, source: Source::Camera, open: true };
        assert_eq!((turn.closed.len(), turn.opened), (1, vec![camera]));
    }

    #[test]
    fn everybody_is_told_of_once_and_of_a_return_after_the_going() {
        let (who, other) = (ParticipantId(1), ParticipantId(2));
        let mut turn = Turn::new(Millis(0));
        for what in [
            Touched::Participant(who),
            Touched::Participant(other),
            Touched::Participant(other),
            Touched::Gone(who),
            Touched::Participant(who),
        ] {
            turn.touch(what);
        }
        assert_eq!(
            turn.touched,
            [Touched::Participant(other), Touched::Gone(who), Touched::Participant(who)]
        );
    }
}
