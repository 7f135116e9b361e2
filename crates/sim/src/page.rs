//! A page: what it believes of the room, and what it does by itself.

use std::collections::BTreeMap;

use room::SessionId;
use signaling::{
    Change, ParticipantId, ParticipantState, RoomState, ServerMessage, Source, SourceState, StageStanding,
};

use crate::book::ClientId;
use crate::network::Micros;

/// One tab of somebody.
#[derive(Debug)]
pub(crate) struct Page {
    /// Whose, by number.
    pub(crate) person: usize,
    pub(crate) session: SessionId,
    /// As the page sees it.
    pub(crate) socket: bool,
    /// The page is closed, or was told to go.
    pub(crate) over: bool,
    pub(crate) key: Option<String>,
    pub(crate) you: Option<ParticipantId>,
    pub(crate) room: Option<RoomState>,
    pub(crate) slots: BTreeMap<String, (ParticipantId, Source)>,
    /// Its peer connection, while it has one.
    pub(crate) client: Option<ClientId>,
    pub(crate) connection: u32,
    pub(crate) commands: u32,
    /// Queues keep their order: nothing is read before what was sent earlier.
    pub(crate) reads_at: Micros,
    pub(crate) heard_at: Micros,
}

/// What a message makes a page do.
#[derive(Debug, PartialEq)]
pub(crate) enum Reaction {
    None,
    /// Make a new peer connection.
    Connect,
    /// The room's answer to that.
    Answer {
        connection: u32,
        sdp: String,
    },
    /// Offer more slots.
    Grow {
        audio: usize,
        video: usize,
    },
}

impl Page {
    pub(crate) fn new(person: usize, session: SessionId) -> Page {
        Page {
            person,
            session,
            socket: true,
            over: false,
            key: None,
            you: None,
            room: None,
            slots: BTreeMap::new(),
            client: None,
            connection: 0,
            commands: 0,
            reads_at: 0,
            heard_at: 0,
        }
    }

    /// Reads one message.
    pub(crate) fn read(&mut self, message: ServerMessage) -> Reaction {
        match message {
            ServerMessage::Welcome { you, resume, resumed, room, .. } => {
                (self.you, self.key, self.room) = (Some(you), Some(resume), Some(room));
                self.slots.clear();
                if !resumed || self.client.is_none() {
                    return Reaction::Connect;
                }
            }
            ServerMessage::Changed { version, change } => self.change(version, change),
            ServerMessage::Slots { slots } => {
                self.slots =
                    slots.into_iter().map(|slot| (slot.mid, (slot.participant, slot.source))).collect();
            }
            ServerMessage::MoreSlots { audio, video } => {
                return Reaction::Grow { audio: usize::from(audio), video: usize::from(video) };
            }
            ServerMessage::Answer { connection, sdp, .. } => return Reaction::Answer { connection, sdp },
            ServerMessage::MediaLost { connection } if connection == self.connection => {
                return Reaction::Connect;
            }
            ServerMessage::Closing { .. } => self.over = true,
            _ => {}
        }
        Reaction::None
    }

    fn change(&mut self, version: u64, change: Change) {
        let Some(room) = &mut self.room else { return };
        room.version = version;
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
                (room.title, room.access, room.capacity, room.self_leave) =
                    (title, access, capacity, self_leave);
            }
        }
    }

    /// How it believes to stand.
    pub(crate) fn own(&self) -> Option<&ParticipantState> {
        let you = self.you?;
        self.room.as_ref()?.participants.iter().find(|one| one.id == you)
    }

    /// Whether it believes that it may send this.
    pub(crate) fn may_send(&self, source: media::Source) -> bool {
        self.own().is_some_and(|own| {
            let state = match source {
                media::Source::Mic => own.mic,
                media::Source::Camera => own.camera,
                media::Source::Screen => own.screen,
            };
            own.stage == StageStanding::OnStage && state == SourceState::On
        })
    }
}
