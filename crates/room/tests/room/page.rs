//! A page: it knows what it was sent, and nothing else.

use std::collections::BTreeMap;

use room::{ResumeKey, SessionId};
use signaling::{
    Change, ChatMessage, Closing, Measured, Notice, ParticipantId, PollState, QualityLevel, Question,
    Reaction, Refusal, Role, RoomState, ServerMessage, Source, TimerState, WaitingPerson, YourAnswers,
};

#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) session: SessionId,
    pub(crate) user: String,
    pub(crate) you: ParticipantId,
    pub(crate) key: ResumeKey,
    pub(crate) resumed: bool,
    pub(crate) room: RoomState,
    pub(crate) slots: BTreeMap<String, (ParticipantId, Source)>,
    /// Who speaks, and who is the active speaker, as last told.
    pub(crate) speaking: (Vec<ParticipantId>, Option<ParticipantId>),
    /// What was written, by its number, and which of it stands above the others.
    pub(crate) chat: BTreeMap<u32, ChatMessage>,
    pub(crate) pinned: Option<u32>,
    pub(crate) questions: BTreeMap<u32, Question>,
    pub(crate) polls: BTreeMap<u32, PollState>,
    pub(crate) reactions: BTreeMap<Reaction, u32>,
    /// How often it was told of reactions.
    pub(crate) reactions_told: usize,
    pub(crate) waiting: Vec<WaitingPerson>,
    pub(crate) timer: Option<TimerState>,
    /// How well media flows to and from whom, as told.
    pub(crate) quality: BTreeMap<ParticipantId, QualityLevel>,
    /// It never had a role above a viewer's.
    pub(crate) was_at_most_viewer: bool,
    pub(crate) asked_for: Option<(u16, u16)>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) answer: Option<(u32, Result<u64, Refusal>)>,
    pub(crate) closed: Option<Closing>,
    pub(crate) connected: bool,
}

impl Page {
    /// A page begins with its welcome: anything else first is an error.
    pub(crate) fn new(session: SessionId, user: &str, welcome: ServerMessage) -> Page {
        let ServerMessage::Welcome { you, resume, resumed, room, .. } = welcome else {
            panic!("the first frame was {welcome:?}")
        };
        let was_at_most_viewer = is_viewer(&room, you);
        Page {
            was_at_most_viewer,
            session,
            user: user.into(),
            you,
            key: ResumeKey(resume),
            resumed,
            room,
            slots: BTreeMap::new(),
            speaking: (Vec::new(), None),
            chat: BTreeMap::new(),
            pinned: None,
            questions: BTreeMap::new(),
            polls: BTreeMap::new(),
            reactions: BTreeMap::new(),
            reactions_told: 0,
            waiting: Vec::new(),
            timer: None,
            quality: BTreeMap::new(),
            asked_for: None,
            notices: Vec::new(),
            answer: None,
            closed: None,
            connected: true,
        }
    }

    pub(crate) fn read(&mut self, message: ServerMessage) {
        assert!(self.connected, "{} is gone, and is sent {message:?}", self.user);
        match message {
            ServerMessage::Changed { version, change } => {
                assert_eq!(version, self.room.version + 1, "versions step by one");
                self.room.version = version;
                apply(&mut self.room, change);
                self.was_at_most_viewer &= is_viewer(&self.room, self.you);
            }
            ServerMessage::Slots { slots } => {
                let named = slots.len();
                self.slots =
                    slots.into_iter().map(|slot| (slot.mid, (slot.participant, slot.source))).collect();
                assert_eq!(self.slots.len(), named, "a slot shows one thing");
            }
            ServerMessage::Speaking { speaking, active } => {
                let told = (speaking, active);
                assert_ne!(told, self.speaking, "told twice");
                self.speaking = told;
            }
            ServerMessage::Chat { messages } => {
                self.chat.extend(messages.into_iter().map(|message| (message.id, message)));
            }
            ServerMessage::ChatGone { messages } => {
                self.chat.retain(|id, _| !messages.contains(id));
                self.pinned = self.pinned.filter(|pinned| !messages.contains(pinned));
            }
            ServerMessage::ChatLiked { message, likes, by, liked } => {
                let message = self.chat.get_mut(&message).expect("told of what it may read");
                message.likes = likes;
                message.liked = if by == self.you { liked } else { message.liked };
            }
            ServerMessage::ChatPinned { message } => self.pinned = message,
            ServerMessage::Questions { questions } => questions.into_iter().for_each(|mut question| {
                let before = self.questions.get(&question.id).and_then(|before| before.voted);
                question.voted = question.voted.or(before).or(Some(false));
                self.questions.insert(question.id, question);
            }),
            ServerMessage::QuestionVoted { question, votes, by, voted } => {
                let question = self.questions.get_mut(&question).expect("it is known");
                question.votes = votes;
                question.voted = if by == self.you { Some(voted) } else { question.voted };
            }
            ServerMessage::QuestionsGone { questions } => {
                self.questions.retain(|id, _| !questions.contains(id));
            }
            ServerMessage::Reactions { counts } => {
                assert!(!counts.is_empty(), "nothing is not told");
                self.reactions_told += 1;
                counts.iter().for_each(|one| *self.reactions.entry(one.reaction).or_default() += one.count);
            }
            ServerMessage::Polls { polls } => polls.into_iter().for_each(|mut poll| {
                let before = self.polls.remove(&poll.id).and_then(|before| before.yours);
                poll.yours = poll.yours.take().or(before).or_else(|| Some(YourAnswers::default()));
                self.polls.insert(poll.id, poll);
            }),
            ServerMessage::PollYours { poll, yours } => {
                self.polls.get_mut(&poll).expect("it is known").yours = Some(yours);
            }
            ServerMessage::PollsGone { polls } => self.polls.retain(|id, _| !polls.contains(id)),
            ServerMessage::Waiting { people } => self.waiting = people,
            ServerMessage::Timer { timer } => self.timer = timer,
            ServerMessage::Quality { measured } => {
                for Measured { participant, quality } in measured {
                    match quality {
                        Some(quality) => self.quality.insert(participant, quality.level),
                        None => self.quality.remove(&participant),
                    };
                }
            }
            ServerMessage::MoreSlots { audio, video } => self.asked_for = Some((audio, video)),
            ServerMessage::Notice { notice } => self.notices.push(notice),
            ServerMessage::Done { id, version } => self.answered(id, version, Ok(version)),
            ServerMessage::Refused { id, version, refusal } => self.answered(id, version, Err(refusal)),
            other => panic!("not the room's to send: {other:?}"),
        }
    }

    fn answered(&mut self, id: u32, version: u64, answer: Result<u64, Refusal>) {
        assert_eq!(version, self.room.version, "an answer comes after everything it brought about");
        assert_eq!(self.answer.replace((id, answer)), None, "one answer a command");
    }
}

fn is_viewer(room: &RoomState, you: ParticipantId) -> bool {
    room.participants.iter().any(|one| one.id == you && one.role == Role::Viewer)
}

/// What docs/protocol.md asks of a page: nothing more is needed to know the room.
fn apply(room: &mut RoomState, change: Change) {
    match change {
        Change::Participant { participant } => {
            match room.participants.iter_mut().find(|known| known.id == participant.id) {
                Some(known) => *known = participant,
                None => room.participants.push(participant),
            }
        }
        Change::Gone { participant } => room.participants.retain(|known| known.id != participant),
        Change::Spotlight { participant } => room.spotlight = participant,
        Change::Room { title, access, capacity, self_leave, features, locked } => {
            (room.features, room.locked) = (features, locked);
            room.title = title;
            room.access = access;
            room.capacity = capacity;
            room.self_leave = self_leave;
        }
    }
}
