//! What rooms are asked from outside, by scripts and by whoever has something of them to show: each answers in time, or is said not to have.

use futures_util::future::join_all;
use room::{Attendance, BoundsHit, Identity, PollSheet, ScriptCommand, SessionId, WhichMeetings};
use signaling::RoomState;
use stage::Role;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::directory::Rooms;
use super::mailbox::{AttachError, Attached, Attaching, CallError, RoomRef, ToRoom};
use crate::bounds::ROOM_ANSWERS_WITHIN;
use crate::metrics::Bound;

impl Rooms {
    /// What a room looks like; `None` when it has ended or does not answer.
    pub(crate) async fn state(&self, room: &RoomRef) -> Option<RoomState> {
        self.ask(room, ToRoom::State).await
    }

    /// How many people stand where in each room, and which bounds were hit.
    pub(crate) async fn counts(&self) -> Vec<(room::Counts, BoundsHit)> {
        let rooms = self.list();
        let counts = join_all(rooms.iter().map(|room| self.ask(room, ToRoom::Counts))).await;
        counts.into_iter().flatten().collect()
    }

    /// All that was answered in a poll: for a script, or for this reader, where they moderate.
    pub(crate) async fn poll_sheet(
        &self,
        room: &RoomRef,
        poll: u32,
        reader: Option<Identity>,
    ) -> Result<PollSheet, CallError> {
        let asked = self.ask(room, |answer| ToRoom::PollSheet { poll, reader, answer }).await;
        asked.unwrap_or(Err(CallError::TimedOut))
    }

    /// Who was there, meeting by meeting, with the people of those that are wanted: for a script, or for this reader, where they moderate.
    pub(crate) async fn attendance(
        &self,
        room: &RoomRef,
        which: WhichMeetings,
        reader: Option<Identity>,
    ) -> Result<Attendance, CallError> {
        let asked = self.ask(room, |answer| ToRoom::Attendance { which, reader, answer }).await;
        asked.unwrap_or(Err(CallError::TimedOut))
    }

    /// Which role somebody with such a token has in the room now.
    pub(crate) async fn role_of(&self, room: &RoomRef, identity: Identity) -> Option<Role> {
        self.ask(room, |answer| ToRoom::RoleOf { identity, answer }).await
    }

    async fn ask<T>(&self, room: &RoomRef, question: impl FnOnce(oneshot::Sender<T>) -> ToRoom) -> Option<T> {
        let (sender, answer) = oneshot::channel();
        let ask = async {
            room.send(question(sender)).await;
            answer.await.ok()
        };
        self.within(ask).await?
    }

    /// What every room looks like, with the second in which it was made.
    pub(crate) async fn states(&self) -> Vec<(RoomState, u64)> {
        let rooms = self.list();
        let states = join_all(rooms.iter().map(|room| self.state(room))).await;
        states.into_iter().zip(&rooms).filter_map(|(state, room)| Some((state?, room.created))).collect()
    }

    /// Has somebody without a page come into a room, whose offer was answered.
    pub(crate) async fn attach(
        &self,
        room: &RoomRef,
        attaching: impl FnOnce(oneshot::Sender<Attached>) -> Attaching,
    ) -> Attached {
        let asked = self.ask(room, |answer| ToRoom::Attach(Box::new(attaching(answer)))).await;
        asked.unwrap_or(Err(AttachError::NotAnswered))
    }

    /// Has a session without a page leave its room; whether it has. A room that has ended has let go of it too.
    pub(crate) async fn detach(&self, room: &RoomRef, session: SessionId) -> bool {
        self.ask(room, |done| ToRoom::Detach { session, done }).await.is_some() || room.mailbox.is_closed()
    }

    /// Has a room carry out a script's command; the room's version, when it did.
    pub(crate) async fn call(&self, room: &RoomRef, command: ScriptCommand) -> Result<u64, CallError> {
        let (sender, answer) = oneshot::channel();
        let ask = async {
            room.send(ToRoom::Script { command, answer: sender }).await;
            answer.await.unwrap_or(Err(CallError::Ended))
        };
        self.within(ask).await.unwrap_or(Err(CallError::TimedOut))
    }

    async fn within<T>(&self, ask: impl Future<Output = T>) -> Option<T> {
        let answer = timeout(ROOM_ANSWERS_WITHIN, ask).await;
        if answer.is_err() {
            self.counts.hit(Bound::RoomAnswer);
        }
        answer.ok()
    }
}
