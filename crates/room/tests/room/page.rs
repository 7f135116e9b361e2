//! A page: it knows what it was sent, and nothing else.

use std::collections::BTreeMap;

use room::{ResumeKey, SessionId};
use signaling::{
    Change, ChatMessage, Closing, Measured, Notice, ParticipantId, QualityLevel, Refusal, RoomState,
    ServerMessage, Source,
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
    /// What was written, by its number.
    pub(crate) chat: Vec<(u32, String)>,
    /// How well media flows to and from whom, as told.
    pub(crate) quality: BTreeMap<ParticipantId, QualityLevel>,
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
        Page {
            session,
            user: user.into(),
            you,
            key: ResumeKey(resume),
            resumed,
            room,
            slots: BTreeMap::new(),
            speaking: (Vec::new(), None),
            chat: Vec::new(),
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
                for ChatMessage { id, text, .. } in messages {
                    assert!(self.chat.last().is_none_or(|(last, _)| *last < id), "in order, and once");
                    self.chat.push((id, text));
                }
            }
            ServerMessage::ChatGone { messages } => self.chat.retain(|(id, _)| !messages.contains(id)),
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
        Change::Room { title, access, capacity, self_leave } => {
            room.title = title;
            room.access = access;
            room.capacity = capacity;
            room.self_leave = self_leave;
        }
    }
}
