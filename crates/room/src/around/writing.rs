//! What people write, taken in: the one place that says who may write, how fast, how much, and what of it stays.
//!
//! Text is text: it is never markup, here or on a page. What cannot be seen and changes how the rest is read (control characters, turns of the
//! writing direction) is taken out here, once.

use signaling::{Feature, ParticipantId, Refusal};

use crate::Room;
use crate::turn::Turn;

/// Texts that somebody may write at once after a quiet time, and the time in which the next one is earned, in milliseconds.
const BURST: u64 = 5;
const EARNED_MS: u64 = 1_000;

impl Room {
    /// Whether the room has this, and the person may use it.
    pub(crate) fn may_use(&self, who: ParticipantId, feature: Feature) -> Result<(), Refusal> {
        if !self.around.features.has(feature) {
            return Err(Refusal::FeatureOff { feature });
        }
        let participant = self.register.get(who).ok_or(Refusal::NotPresent)?;
        if participant.silenced { Err(Refusal::Silenced) } else { Ok(()) }
    }

    /// A text of at most `most` characters, as it is kept; it counts towards how fast somebody writes.
    pub(crate) fn written(
        &mut self,
        who: ParticipantId,
        text: &str,
        most: usize,
        turn: &Turn,
    ) -> Result<String, Refusal> {
        let text = worded(text, most)?;
        let participant = self.register.get_mut(who).ok_or(Refusal::NotPresent)?;
        let earned = participant.writing_earned.max(turn.now);
        let ahead = earned.since(turn.now);
        if ahead >= BURST * EARNED_MS {
            self.around.hits.writing_fast += 1;
            let wait = ahead - (BURST - 1) * EARNED_MS;
            return Err(Refusal::TooFast { seconds: u32::try_from(wait.div_ceil(1000)).unwrap_or(u32::MAX) });
        }
        participant.writing_earned = earned.plus(EARNED_MS);
        Ok(text)
    }
}

/// A text with something to be read in it, within its bound.
pub(crate) fn worded(text: &str, most: usize) -> Result<String, Refusal> {
    let text = readable(text);
    if text.chars().all(is_blank) {
        return Err(Refusal::TextEmpty);
    }
    if text.chars().count() > most {
        return Err(Refusal::TextTooLong { most: most as u32 });
    }
    Ok(text)
}

/// What is written without what nobody sees: lines stay, at most two ends of them in a row.
fn readable(text: &str) -> String {
    let lines = text.chars().map(|one| match one {
        '\u{2028}' | '\u{2029}' => '\n',
        '\t' => ' ',
        other => other,
    });
    let seen = lines.filter(|one| *one == '\n' || !(one.is_control() || turns_direction(*one)));
    let mut out = String::new();
    for one in seen {
        if one != '\n' || !out.ends_with("\n\n") {
            out.push(one);
        }
    }
    out.trim().into()
}

/// Nothing to be seen by itself: space, the joiners, and the letters that Hangul fills places with.
fn is_blank(one: char) -> bool {
    one.is_whitespace()
        || matches!(one, '\u{200c}' | '\u{200d}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// Marks, embeddings, overrides and isolates of the Unicode bidirectional algorithm, and characters of no width but the joiners, without
/// which some scripts and many emoji cannot be written.
fn turns_direction(one: char) -> bool {
    matches!(one, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
