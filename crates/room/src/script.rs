//! A script's calls. They name people, not requests and invitations: what is meant is whatever is current.

use signaling::limits::{STAGE_CAPACITY, TITLE_CHARS};
use signaling::{ParticipantId, Refusal};
use stage::{Actor, Standing};

use crate::turn::{Touched, Turn};
use crate::{Configuration, Room, ScriptCommand};

/// A script has a host's rights.
const BY: Actor = Actor::Operator;

impl Room {
    pub(crate) fn script(&mut self, command: ScriptCommand, turn: &mut Turn) -> Result<(), Refusal> {
        match command {
            ScriptCommand::Configure(configuration) => self.configure(configuration, turn),
            ScriptCommand::Approve { participant } => match self.present(participant)? {
                Standing::Requested(request) => {
                    self.decide(stage::Command::Approve { by: BY, request }, turn)
                }
                _ => Err(Refusal::AlreadyHandled { by: None }),
            },
            ScriptCommand::Decline { participant } => match self.present(participant)? {
                Standing::Requested(request) => {
                    self.decide(stage::Command::DeclineRequest { by: BY, request }, turn)
                }
                _ => Err(Refusal::AlreadyHandled { by: None }),
            },
            ScriptCommand::Invite { participant } => {
                self.decide(stage::Command::Invite { by: BY, whom: participant }, turn)
            }
            ScriptCommand::Revoke { participant } => match self.present(participant)? {
                Standing::Invited(invitation) => {
                    self.decide(stage::Command::Revoke { by: BY, invitation }, turn)
                }
                Standing::OnStage => Err(Refusal::AlreadyOnStage),
                Standing::Off | Standing::Requested(_) => Ok(()),
            },
            ScriptCommand::RemoveFromStage { participant } => {
                self.decide(stage::Command::Remove { by: BY, whom: participant }, turn)
            }
            ScriptCommand::Mute { participant, source, state } => {
                self.mute(BY, participant, source, state, turn)
            }
            ScriptCommand::RemoveParticipant { participant } => {
                self.remove_participant(BY, participant, turn)
            }
            ScriptCommand::End => self.end_room(BY, turn),
        }
    }

    /// All of it or nothing. A script means what it says whatever stood before, so no version is asked for.
    fn configure(&mut self, configuration: Configuration, turn: &mut Turn) -> Result<(), Refusal> {
        let Configuration { title, access, capacity, self_leave, locked, features } = configuration;
        if title.as_ref().is_some_and(|title| title.chars().count() > TITLE_CHARS) {
            return Err(too_much(format!("title: at most {TITLE_CHARS} characters")));
        }
        if capacity.is_some_and(|capacity| capacity > STAGE_CAPACITY) {
            return Err(too_much(format!("capacity: at most {STAGE_CAPACITY}")));
        }
        if let Some(title) = title.filter(|title| *title != self.title) {
            self.title = title;
            turn.touch(Touched::Room);
        }
        // Seats first: opening the stage invites those asking while seats last.
        if let Some(capacity) = capacity {
            self.decide(stage::Command::SetCapacity { by: BY, capacity }, turn)?;
        }
        if let Some(access) = access {
            self.decide(stage::Command::SetAccess { by: BY, access, version: None }, turn)?;
        }
        if let Some(self_leave) = self_leave {
            self.decide(stage::Command::SetSelfLeave { by: BY, self_leave }, turn)?;
        }
        for (feature, on) in features {
            self.set_feature(BY, feature, on, turn)?;
        }
        locked.map_or(Ok(()), |locked| self.lock_room(BY, locked, turn))
    }

    fn present(&self, who: ParticipantId) -> Result<Standing, Refusal> {
        self.stage.standing(who).ok_or(Refusal::NotPresent)
    }
}

fn too_much(detail: String) -> Refusal {
    Refusal::BadCommand { detail }
}
