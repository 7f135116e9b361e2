//! What moderators may do to somebody's sources and to somebody's being here. Who is on stage is the stage's to decide.
//!
//! Who may do what to whom: a moderator mutes and locks viewers, speakers and fellow moderators; a host's sources only a host.
//! Out of the room a moderator sends viewers and speakers; moderators and hosts only a host, as with the stage. A script is a host.

use signaling::{Closing, Notice, ParticipantId, Refusal, Role, Source, SourceControl, SourceState};
use stage::{Actor, Standing};

use crate::turn::{Touched, Turn};
use crate::{Room, Unattended};

impl Room {
    /// One's own source, while on stage. Off where nothing is on is done already.
    pub(crate) fn set_source(
        &mut self,
        who: ParticipantId,
        source: Source,
        on: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let on_stage = self.stage.standing(who) == Some(Standing::OnStage);
        if on && !on_stage {
            return Err(Refusal::NotOnStage);
        }
        // A screen is for those who came to present; whoever is demoted while sharing may finish.
        if on && source == Source::Screen && self.stage.role(who) < Some(Role::Speaker) {
            return Err(Refusal::Forbidden);
        }
        let participant = self.register.get_mut(who).ok_or(Refusal::NotPresent)?;
        let chosen = participant.sources.choose(source, on);
        if chosen.map_err(|_| Refusal::SourceLocked { source })? {
            self.enact(who, turn);
            turn.touch(Touched::Participant(who));
        }
        Ok(())
    }

    pub(crate) fn mute(
        &mut self,
        by: Actor,
        whom: ParticipantId,
        source: Source,
        state: SourceControl,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.above(by, whom, Role::Host)?;
        self.hold(whom, source, state, turn);
        Ok(())
    }

    /// For everyone below a moderator: a mute or a lock of all who are on stage now, and a release of all who are locked, those who left
    /// included: they would return to a lock that nobody remembers. Whoever comes up later is not meant.
    pub(crate) fn mute_everyone(
        &mut self,
        by: Actor,
        source: Source,
        state: SourceControl,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        let everyone = self.stage.people().filter(|(_, role, standing)| {
            *role < Role::Moderator && (*standing == Standing::OnStage || state == SourceControl::Released)
        });
        let everyone: Vec<ParticipantId> = everyone.map(|(who, _, _)| who).collect();
        for whom in everyone {
            self.hold(whom, source, state, turn);
        }
        if state == SourceControl::Released {
            self.register.release_absent(source);
        }
        Ok(())
    }

    fn hold(&mut self, whom: ParticipantId, source: Source, state: SourceControl, turn: &mut Turn) {
        let Some(participant) = self.register.get_mut(whom) else { return };
        if participant.sources.control(source, state) {
            self.enact(whom, turn);
            turn.touch(Touched::Participant(whom));
            turn.notify(whom, Notice::Muted { source, state });
        }
    }

    /// A prompt, to anybody on stage. To unlock comes first.
    pub(crate) fn ask_to_unmute(
        &mut self,
        by: Actor,
        whom: ParticipantId,
        source: Source,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        let participant = self.register.get(whom).ok_or(Refusal::NotPresent)?;
        if self.stage.standing(whom) != Some(Standing::OnStage) {
            return Err(Refusal::NotOnStage);
        }
        match participant.sources.get(source) {
            SourceState::Locked => Err(Refusal::SourceLocked { source }),
            SourceState::On => Ok(()),
            SourceState::Off | SourceState::Muted => match participant.unattended() {
                // Nobody is there to answer: whoever publishes without a page has said yes by publishing.
                Some(Unattended::Publisher(brings)) if brings.has(source) => {
                    self.set_source(whom, source, true, turn)
                }
                _ => {
                    turn.notify(whom, Notice::AskedToUnmute { source });
                    Ok(())
                }
            },
        }
    }

    /// Row 15, by somebody else. Removing oneself is leaving.
    pub(crate) fn remove_participant(
        &mut self,
        by: Actor,
        whom: ParticipantId,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        if by == Actor::Participant(whom) {
            self.send_away(whom, Closing::Left, turn);
            return Ok(());
        }
        self.above(by, whom, Role::Moderator)?;
        if let Some(participant) = self.register.get_mut(whom) {
            participant.removed = true;
        }
        self.send_away(whom, Closing::Removed, turn);
        Ok(())
    }

    pub(crate) fn end_room(&mut self, by: Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.needs(by, Role::Host)?;
        self.end(turn);
        Ok(())
    }

    /// Whether the actor is a moderator and the other one there; somebody of at least `guarded` takes a host.
    pub(crate) fn above(&self, by: Actor, whom: ParticipantId, guarded: Role) -> Result<(), Refusal> {
        let rank = self.needs(by, Role::Moderator)?;
        let role = self.stage.role(whom).ok_or(Refusal::NotPresent)?;
        if role >= guarded && rank < Role::Host {
            return Err(Refusal::Forbidden);
        }
        Ok(())
    }

    pub(crate) fn needs(&self, by: Actor, least: Role) -> Result<Role, Refusal> {
        let rank = match by {
            Actor::Operator => Some(Role::Host),
            Actor::Participant(who) => self.stage.role(who),
        };
        rank.filter(|rank| *rank >= least).ok_or(Refusal::Forbidden)
    }
}
