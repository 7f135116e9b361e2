//! The room's chat: what was written, for everybody there and for whoever comes later.
//!
//! Text is text: it is never markup, here or on a page. What cannot be seen and changes how the rest is read (control characters, turns of the
//! writing direction) is taken out here, once.

use std::collections::VecDeque;

use signaling::limits::{CHAT_BYTES, CHAT_CHARS, CHAT_REMEMBERED};
use signaling::{ChatMessage, ParticipantId, Refusal, Role, ServerMessage};
use stage::{Actor, Millis};

use crate::Room;
use crate::turn::Turn;

/// Messages that somebody may write at once after a quiet time, and the time in which the next one is earned, in milliseconds.
const BURST: u64 = 5;
const EARNED_MS: u64 = 1_000;

/// What was written, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chat {
    written: VecDeque<Written>,
    bytes: usize,
    count: u32,
    forgotten: u64,
}

#[derive(Clone, Debug)]
struct Written {
    id: u32,
    by: ParticipantId,
    /// As they were called then; they may be gone.
    name: String,
    text: String,
    at: Millis,
}

impl Written {
    fn told(&self, now: Millis) -> ChatMessage {
        let Written { id, by, name, text, at } = self.clone();
        ChatMessage { id, by, name, text, age_ms: now.since(at) }
    }
}

impl Chat {
    /// For somebody who was not there; `None` where there is nothing.
    pub(crate) fn history(&self, now: Millis) -> Option<ServerMessage> {
        let messages: Vec<ChatMessage> = self.written.iter().map(|one| one.told(now)).collect();
        (!messages.is_empty()).then_some(ServerMessage::Chat { messages })
    }

    /// Messages that are gone because of [`CHAT_REMEMBERED`] and [`CHAT_BYTES`].
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    fn add(&mut self, by: ParticipantId, name: String, text: String, at: Millis) -> ChatMessage {
        self.count += 1;
        self.bytes += text.len();
        let written = Written { id: self.count, by, name, text, at };
        let told = written.told(at);
        self.written.push_back(written);
        while self.written.len() > CHAT_REMEMBERED || self.bytes > CHAT_BYTES {
            let Some(oldest) = self.written.pop_front() else { break };
            self.bytes -= oldest.text.len();
            self.forgotten += 1;
        }
        told
    }

    /// Takes out what `is_meant` says, and names it.
    fn remove(&mut self, is_meant: impl Fn(&Written) -> bool) -> Vec<u32> {
        let gone = self.written.iter().filter(|one| is_meant(one)).map(|one| one.id).collect();
        self.written.retain(|one| !is_meant(one));
        self.bytes = self.written.iter().map(|one| one.text.len()).sum();
        gone
    }
}

impl Room {
    /// Somebody writes to everybody.
    pub(crate) fn say(&mut self, who: ParticipantId, text: &str, turn: &mut Turn) -> Result<(), Refusal> {
        let text = readable(text);
        if text.is_empty() {
            return Err(Refusal::TextEmpty);
        }
        if text.chars().count() > CHAT_CHARS {
            return Err(Refusal::TextTooLong { most: CHAT_CHARS as u32 });
        }
        let participant = self.register.get_mut(who).ok_or(Refusal::NotPresent)?;
        let earned = participant.chat_earned.max(turn.now);
        let ahead = earned.since(turn.now);
        if ahead >= BURST * EARNED_MS {
            let wait = ahead - (BURST - 1) * EARNED_MS;
            return Err(Refusal::TooFast { seconds: u32::try_from(wait.div_ceil(1000)).unwrap_or(u32::MAX) });
        }
        participant.chat_earned = earned.plus(EARNED_MS);
        let name = participant.name.clone();
        let told = self.chat.add(who, name, text, turn.now);
        turn.chat.push(ServerMessage::Chat { messages: vec![told] });
        Ok(())
    }

    /// One's own message, or anybody's by a moderator. One that is gone is done already.
    pub(crate) fn delete_message(
        &mut self,
        who: ParticipantId,
        message: u32,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let own = self.chat.written.iter().any(|one| one.id == message && one.by == who);
        if !own {
            self.needs(Actor::Participant(who), Role::Moderator)?;
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
        let messages = self.chat.remove(is_meant);
        if !messages.is_empty() {
            turn.chat.push(ServerMessage::ChatGone { messages });
        }
    }
}

/// What is written without what nobody sees: lines stay, at most two ends of them in a row.
fn readable(text: &str) -> String {
    let seen = text.chars().filter(|one| *one == '\n' || !(one.is_control() || turns_direction(*one)));
    let mut out = String::new();
    for one in seen {
        if one != '\n' || !out.ends_with("\n\n") {
            out.push(one);
        }
    }
    out.trim().into()
}

/// Marks, embeddings, overrides and isolates of the Unicode bidirectional algorithm, and characters of no width but the joiners, without
/// which some scripts and many emoji cannot be written.
fn turns_direction(one: char) -> bool {
    matches!(one, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
