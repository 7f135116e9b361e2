//! Who learns how well media gets to whom: moderators of everybody, everybody of themselves.

use std::collections::{BTreeMap, BTreeSet};

use signaling::{Measured, ParticipantId, Quality, QualityLevel, Role, ServerMessage};
use stage::Millis;

use crate::turn::Turn;
use crate::{Effect, Room, SessionId, TransportId};

/// Between two words about it, in milliseconds: a dot in a list may come a moment later, and a hall's Wi-Fi fails for hundreds at once.
const TOLD_EVERY_MS: u64 = 1000;

/// What is known, and what of it is still to be told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Qualities {
    /// Of those of whom anything was said; the others' are good.
    known: BTreeMap<ParticipantId, Quality>,
    news: BTreeSet<ParticipantId>,
    /// Moderators now who were none before, and know nothing yet.
    newcomers: BTreeSet<ParticipantId>,
    at: Option<Millis>,
}

impl Qualities {
    /// When there is something to be told.
    pub(crate) fn due(&self) -> Option<Millis> {
        (!self.news.is_empty()).then(|| self.at.unwrap_or(Millis(0)).plus(TOLD_EVERY_MS))
    }

    /// Somebody's role changed.
    pub(crate) fn promoted(&mut self, who: ParticipantId, moderates: bool) {
        if moderates {
            self.newcomers.insert(who);
        }
    }

    /// Nothing flows to or from somebody any more.
    pub(crate) fn forget(&mut self, who: ParticipantId) {
        if self.known.remove(&who).is_some() {
            self.news.insert(who);
        }
    }

    fn measured(&self, who: ParticipantId) -> Measured {
        Measured { participant: who, quality: self.known.get(&who).copied() }
    }
}

impl Room {
    pub(crate) fn measured(&mut self, transport: TransportId, quality: Quality) {
        let Some(who) = self.transports.get(&transport) else { return };
        self.qualities.known.insert(*who, quality);
        self.qualities.news.insert(*who);
    }

    /// At the end of a turn, where it is time. Whoever is arriving gets theirs with the welcome.
    pub(crate) fn tell_quality(
        &mut self,
        turn: &Turn,
        arriving: Option<SessionId>,
        effects: &mut Vec<Effect>,
    ) {
        for who in std::mem::take(&mut self.qualities.newcomers) {
            let page = self.register.get(who).and_then(|participant| participant.page());
            if let Some(session) = page.filter(|page| Some(*page) != arriving) {
                self.welcome_with_quality(who, session, effects);
            }
        }
        let soon = self.qualities.at.is_some_and(|at| turn.now.since(at) < TOLD_EVERY_MS);
        if soon || self.qualities.news.is_empty() {
            return;
        }
        self.qualities.at = Some(turn.now);
        let news = std::mem::take(&mut self.qualities.news);
        let all: Vec<Measured> = news.iter().map(|who| self.qualities.measured(*who)).collect();
        let others = news.iter().filter(|who| !self.moderates(**who));
        let own = others.map(|who| (*who, vec![self.qualities.measured(*who)]));
        for (who, measured) in self.moderators().map(|who| (who, all.clone())).chain(own) {
            let page = self.register.get(who).and_then(|participant| participant.page());
            let page = page.filter(|page| Some(*page) != arriving);
            effects.extend(
                page.map(|session| Effect::Send { session, message: ServerMessage::Quality { measured } }),
            );
        }
    }

    fn moderates(&self, who: ParticipantId) -> bool {
        self.stage.role(who).is_some_and(|role| role >= Role::Moderator)
    }

    /// What somebody who has just come, or become a moderator, is to know; what is good, they take for granted.
    pub(crate) fn welcome_with_quality(
        &self,
        who: ParticipantId,
        session: SessionId,
        effects: &mut Vec<Effect>,
    ) {
        let all = self.moderates(who);
        let known = self.qualities.known.iter();
        let told =
            known.filter(|(whose, quality)| (all || **whose == who) && quality.level > QualityLevel::Good);
        let measured: Vec<Measured> = told.map(|(whose, _)| self.qualities.measured(*whose)).collect();
        if !measured.is_empty() {
            effects.push(Effect::Send { session, message: ServerMessage::Quality { measured } });
        }
    }
}
