//! What a room has around its stage: chat, questions, reactions, polls, hands, the waiting room, the timer, and who was there.
//!
//! None of it decides who is on stage. Each has its own file, with its state, what it refuses, and what it tells to whom; the texts of people are
//! taken in by `writing` alone. What is written is its writer's by the token's `user`, which outlives every id.

use std::collections::BTreeSet;

use signaling::{Features, ParticipantId, Role};
use stage::Millis;

use crate::Room;
use crate::turn::{Addressee, Turn};
use attendance::Book;
use chat::Chat;
use polls::Polls;
use questions::Questions;
use reactions::Reactions;
use timer::Timer;
use waiting::WaitingRoom;

mod attendance;
mod chat;
mod hands;
mod keep;
pub(crate) mod polls;
mod questions;
mod reactions;
mod switches;
mod timer;
mod waiting;
mod writing;

pub use attendance::{
    ATTENDANCE_GAP_MS, ATTENDEES, Attendance, Attendee, MEETINGS, Meeting, Which as WhichMeetings,
};
pub use polls::{PollRow, PollSheet};
pub(crate) use waiting::Waiting;

/// How often somebody ran into a bound of all this.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hits {
    pub(crate) questions_full: u64,
    pub(crate) polls_full: u64,
    pub(crate) writing_fast: u64,
}

/// The state of all of it.
#[derive(Debug, Default)]
pub(crate) struct Around {
    pub(crate) features: Features,
    pub(crate) locked: bool,
    pub(crate) chat: Chat,
    pub(crate) questions: Questions,
    pub(crate) reactions: Reactions,
    pub(crate) polls: Polls,
    pub(crate) waiting: WaitingRoom,
    pub(crate) timer: Option<Timer>,
    pub(crate) attendance: Book,
    /// Whom everybody sees large: somebody on stage.
    pub(crate) spotlight: Option<ParticipantId>,
    /// Counts hands being raised.
    pub(crate) hands_raised: u64,
    /// How often bounds were hit.
    pub(crate) hits: Hits,
    /// Who has another role since everybody was last told, and may know more for it.
    promoted: BTreeSet<ParticipantId>,
}

impl Around {
    pub(crate) fn new(features: Features, locked: bool) -> Around {
        Around { features, locked, ..Around::default() }
    }

    /// When something of it is due.
    pub(crate) fn due(&self) -> Option<Millis> {
        [self.reactions.due(), self.polls.due(), self.waiting.due()].into_iter().flatten().min()
    }

    /// Somebody's role changed.
    pub(crate) fn promoted(&mut self, who: ParticipantId) {
        self.promoted.insert(who);
    }
}

impl Room {
    /// Ends what time has ended.
    pub(crate) fn settle_around(&mut self, turn: &mut Turn) {
        self.end_overdue_polls(turn);
        self.let_in_the_admitted(turn);
    }

    /// At the end of a turn, before it is told.
    pub(crate) fn close_around(&mut self, turn: &mut Turn) {
        for who in std::mem::take(&mut self.around.promoted) {
            if self.register.get(who).is_some() {
                self.tell_the_promoted(who, turn);
            }
        }
        self.tell_polls(turn);
        self.tell_reactions(turn);
        self.tell_waiting(turn);
    }

    /// What somebody may know with their new role and could not before. What is known already is known twice.
    fn tell_the_promoted(&mut self, who: ParticipantId, turn: &mut Turn) {
        let role = self.stage.role(who).unwrap_or(Role::Viewer);
        let mut messages = Vec::from_iter(self.chat_history(who, turn.now, role >= Role::Speaker));
        if role >= Role::Moderator {
            messages.extend(self.polls_known_to(who, turn.now));
            messages.extend(self.who_waits());
        }
        messages.into_iter().for_each(|message| turn.say(Addressee::Person(who), message));
    }

    /// What somebody who arrives is told of all this, after their welcome.
    pub(crate) fn around_for(&self, who: ParticipantId, now: Millis) -> Vec<signaling::ServerMessage> {
        let mut messages = Vec::from_iter(self.chat_history(who, now, true));
        messages.extend(self.around.chat.pinned_told());
        messages.extend(self.questions_known_to(who, now));
        messages.extend(self.polls_known_to(who, now));
        messages.extend(self.timer_told(now));
        if self.stage.role(who) >= Some(Role::Moderator) {
            messages.extend(self.who_waits());
        }
        messages
    }
}
