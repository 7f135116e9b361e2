//! The room's chat: what was written, for those who may read it and are there, and for whoever comes later.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use signaling::limits::{CHAT_BYTES, CHAT_CHARS, CHAT_REMEMBERED};
use signaling::{Audience, ChatMessage, Feature, ParticipantId, Refusal, Role, ServerMessage};
use stage::{Actor, Millis};

use crate::turn::{Addressee, Turn};
use crate::{Item, Room};

/// What was written, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Chat {
    pub(super) written: VecDeque<Written>,
    bytes: usize,
    pub(super) count: u32,
    /// The message above the others; one of everybody's.
    pub(super) pinned: Option<u32>,
    forgotten: u64,
}

#[derive(Debug)]
pub(super) struct Written {
    pub(super) id: u32,
    /// The writer's `user`.
    pub(super) by: Arc<str>,
    /// As they were called then; they may be gone.
    pub(super) name: String,
    pub(super) readers: Readers,
    pub(super) reply_to: Option<u32>,
    pub(super) text: String,
    /// In milliseconds since 1970.
    pub(super) at: u64,
    /// Everybody's `user` who likes it.
    pub(super) likes: BTreeSet<Arc<str>>,
}

/// An audience, with people by their `user`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Readers {
    Everybody,
    Backstage,
    Person(Arc<str>),
}

impl Written {
    fn may_be_read_by(&self, user: &str, role: Role) -> bool {
        match &self.readers {
            Readers::Everybody => true,
            Readers::Backstage => role >= Role::Speaker || *self.by == *user,
            Readers::Person(reader) => **reader == *user || *self.by == *user,
        }
    }

    /// Whether a text of `user` to `readers` belongs to the same conversation.
    fn is_talk_of(&self, user: &str, readers: &Readers) -> bool {
        match (&self.readers, readers) {
            (Readers::Person(reader), Readers::Person(other)) => {
                let own = *self.by == *user && reader == other;
                own || (**reader == *user && self.by == *other)
            }
            (mine, theirs) => mine == theirs,
        }
    }
}

impl Chat {
    /// Messages that are gone because of [`CHAT_REMEMBERED`] and [`CHAT_BYTES`].
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    pub(crate) fn pinned_told(&self) -> Option<ServerMessage> {
        self.pinned.map(|message| ServerMessage::ChatPinned { message: Some(message) })
    }

    pub(super) fn get(&self, id: u32) -> Option<&Written> {
        self.written.iter().find(|one| one.id == id)
    }

    /// Keeps it, and names what had to go for it.
    pub(super) fn add(&mut self, written: Written) -> Vec<u32> {
        self.count = self.count.max(written.id);
        self.bytes += written.text.len();
        self.written.push_back(written);
        let mut gone = Vec::new();
        while self.written.len() > CHAT_REMEMBERED || self.bytes > CHAT_BYTES {
            // What stands above the others stays.
            let oldest = self.written.iter().position(|one| Some(one.id) != self.pinned);
            let Some(oldest) = oldest.and_then(|at| self.written.remove(at)) else { break };
            self.bytes -= oldest.text.len();
            self.forgotten += 1;
            gone.push(oldest.id);
        }
        gone
    }

    /// Takes out what `is_meant` says, and names it.
    fn remove(&mut self, is_meant: impl Fn(&Written) -> bool) -> Vec<u32> {
        let gone: Vec<u32> = self.written.iter().filter(|one| is_meant(one)).map(|one| one.id).collect();
        self.written.retain(|one| !is_meant(one));
        self.bytes = self.written.iter().map(|one| one.text.len()).sum();
        self.pinned = self.pinned.filter(|pinned| !gone.contains(pinned));
        gone
    }
}

impl Room {
    /// Somebody writes.
    pub(crate) fn say(
        &mut self,
        who: ParticipantId,
        text: &str,
        audience: Audience,
        reply_to: Option<u32>,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.may_use(who, Feature::Chat)?;
        let readers = self.readers(who, audience)?;
        let text = self.written(who, text, CHAT_CHARS, turn)?;
        let writer = self.register.get(who).ok_or(Refusal::NotPresent)?;
        let (by, name) = (writer.user.clone(), writer.name.clone());
        let chat = &self.around.chat;
        // What it answers may have gone while it was written; an answer of another conversation would be an answer to nothing there.
        let reply_to = reply_to.filter(|id| chat.get(*id).is_some_and(|one| one.is_talk_of(&by, &readers)));
        let (id, at) = (chat.count + 1, self.unix(turn.now));
        let written = Written { id, by, name, readers, reply_to, text, at, likes: BTreeSet::new() };
        let message = self.told(&written, None, turn.now);
        let gone = self.around.chat.add(written);
        turn.keep(Item::Message(id));
        gone.into_iter().for_each(|gone| turn.keep(Item::Message(gone)));
        let told = ServerMessage::Chat { messages: vec![message] };
        match audience {
            Audience::Everybody => turn.say(Addressee::Everybody, told),
            Audience::Backstage => turn.say(Addressee::Rank(Role::Speaker), told),
            Audience::Person { participant } => {
                turn.say(Addressee::Person(who), told.clone());
                turn.say(Addressee::Person(participant), told);
            }
        }
        Ok(())
    }

    /// Whom somebody may write to.
    fn readers(&self, who: ParticipantId, audience: Audience) -> Result<Readers, Refusal> {
        let role = self.stage.role(who).ok_or(Refusal::NotPresent)?;
        match audience {
            Audience::Everybody => Ok(Readers::Everybody),
            Audience::Backstage if role >= Role::Speaker => Ok(Readers::Backstage),
            Audience::Backstage => Err(Refusal::Forbidden),
            Audience::Person { participant } => {
                let reader = self.register.get(participant).ok_or(Refusal::NotPresent)?;
                let moderates = role.max(reader.role) >= Role::Moderator;
                if !moderates || participant == who {
                    return Err(Refusal::Forbidden);
                }
                Ok(Readers::Person(reader.user.clone()))
            }
        }
    }

    /// One's own liking of what one may read.
    pub(crate) fn like_message(
        &mut self,
        who: ParticipantId,
        message: u32,
        liked: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.may_use(who, Feature::Chat)?;
        let (user, role) = self.reader(who)?;
        let written = self.around.chat.written.iter_mut().find(|one| one.id == message);
        let written = written.filter(|one| one.may_be_read_by(&user, role)).ok_or(Refusal::Gone)?;
        let changed = if liked { written.likes.insert(user) } else { written.likes.remove(&user) };
        if !changed {
            return Ok(());
        }
        let likes = written.likes.len() as u32;
        let (writer, readers) = (written.by.clone(), written.readers.clone());
        turn.keep(Item::Message(message));
        let told = ServerMessage::ChatLiked { message, likes, by: who, liked };
        match readers {
            Readers::Everybody => turn.say(Addressee::Everybody, told),
            Readers::Backstage => turn.say(Addressee::Rank(Role::Speaker), told),
            Readers::Person(reader) => {
                for one in [writer, reader].into_iter().filter_map(|user| self.register.present(&user)) {
                    turn.say(Addressee::Person(one), told.clone());
                }
            }
        }
        Ok(())
    }

    /// One message of everybody above the others, or none. By a moderator.
    pub(crate) fn pin_message(
        &mut self,
        by: Actor,
        message: Option<u32>,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        if let Some(id) = message {
            let written = self.around.chat.get(id).ok_or(Refusal::Gone)?;
            if written.readers != Readers::Everybody {
                return Err(Refusal::Forbidden);
            }
        }
        if self.around.chat.pinned != message {
            let before = std::mem::replace(&mut self.around.chat.pinned, message);
            [before, message].into_iter().flatten().for_each(|id| turn.keep(Item::Message(id)));
            turn.say(Addressee::Everybody, ServerMessage::ChatPinned { message });
        }
        Ok(())
    }

    /// One's own message, or one that a moderator may read. One that is gone is done already.
    pub(crate) fn delete_message(
        &mut self,
        who: ParticipantId,
        message: u32,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let (user, role) = self.reader(who)?;
        let Some(written) = self.around.chat.get(message) else { return Ok(()) };
        if *written.by != *user && (role < Role::Moderator || !written.may_be_read_by(&user, role)) {
            return Err(Refusal::Forbidden);
        }
        self.take_out(|one| one.id == message, turn);
        Ok(())
    }

    /// All of it, by a moderator.
    pub(crate) fn clear_chat(&mut self, by: Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        self.take_out(|_| true, turn);
        Ok(())
    }

    fn take_out(&mut self, is_meant: impl Fn(&Written) -> bool, turn: &mut Turn) {
        let messages = self.around.chat.remove(is_meant);
        messages.iter().for_each(|id| turn.keep(Item::Message(*id)));
        if !messages.is_empty() {
            turn.say(Addressee::Everybody, ServerMessage::ChatGone { messages });
        }
    }

    /// For somebody who was not there, or may read more than before; `None` where there is nothing.
    pub(super) fn chat_history(
        &self,
        who: ParticipantId,
        now: Millis,
        wanted: bool,
    ) -> Option<ServerMessage> {
        let (user, role) = self.reader(who).ok().filter(|_| wanted)?;
        let read = self.around.chat.written.iter().filter(|one| one.may_be_read_by(&user, role));
        let messages: Vec<ChatMessage> = read.map(|one| self.told(one, Some(&user), now)).collect();
        (!messages.is_empty()).then_some(ServerMessage::Chat { messages })
    }

    pub(super) fn reader(&self, who: ParticipantId) -> Result<(Arc<str>, Role), Refusal> {
        let user = self.register.get(who).map(|participant| participant.user.clone());
        user.zip(self.stage.role(who)).ok_or(Refusal::NotPresent)
    }

    /// A message as it is told to `reader`; to many where there is none.
    fn told(&self, written: &Written, reader: Option<&str>, now: Millis) -> ChatMessage {
        let audience = match &written.readers {
            Readers::Everybody => Audience::Everybody,
            Readers::Backstage => Audience::Backstage,
            Readers::Person(user) => Audience::Person { participant: self.register.id_of(user) },
        };
        ChatMessage {
            id: written.id,
            by: self.register.id_of(&written.by),
            name: written.name.clone(),
            audience,
            reply_to: written.reply_to,
            text: written.text.clone(),
            age_ms: self.unix(now).saturating_sub(written.at),
            likes: written.likes.len() as u32,
            liked: reader.is_some_and(|user| written.likes.contains(user)),
        }
    }
}
