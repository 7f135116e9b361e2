//! The naive model's guards: whether a command is refused, does nothing, or acts.

use stage::{Access, Actor, Command, Millis, Refusal, RequestId, Role, Standing};

use crate::model::{Ended, Fault, Human, Model};

impl Model {
    /// Whether the command does anything: a refusal, a no-op, or a yes.
    pub(crate) fn acts(&self, now: Millis, command: Command) -> Result<bool, Refusal> {
        use Command as C;
        self.authority(command)?;
        let full = self.seats() >= usize::from(self.rules.capacity);
        Ok(match command {
            C::Tick => false,
            C::Enter { who, .. } => self.find(who).is_none(),
            C::Exit { who } | C::ConnectionLost { who } | C::ConnectionBack { who } => {
                self.find(who).is_some()
            }
            C::Join { who } => {
                let h = self.find(who).ok_or(Refusal::NotPresent)?;
                let invited = matches!(h.standing, Standing::Invited(_));
                match () {
                    () if h.standing == Standing::OnStage => false,
                    () if h.role == Role::Viewer && self.rules.access != Access::Open => {
                        return Err(Refusal::AccessChanged);
                    }
                    () if h.blocked => return Err(Refusal::RejoinBlocked),
                    () if full && !invited => return Err(Refusal::StageFull),
                    () => true,
                }
            }
            C::Request { who } => {
                let h = self.find(who).ok_or(Refusal::NotPresent)?;
                let wait = h.declined_at.map_or(0, |at| (at + self.timing.cooldown).saturating_sub(now.0));
                match () {
                    () if h.standing != Standing::Off => false,
                    () if self.rules.access != Access::Request => return Err(Refusal::WrongMode),
                    () if wait > 0 => {
                        return Err(Refusal::Cooldown { seconds: (wait as u32).div_ceil(1000) });
                    }
                    () => true,
                }
            }
            C::CancelRequest { who, request } => {
                self.find(who).is_some_and(|h| h.standing == Standing::Requested(request))
            }
            C::DeclineRequest { request, .. } => self.asks(request)?,
            C::Approve { by, request } => {
                self.asks(request)?;
                let whom = self.humans.iter().find(|h| h.here && h.standing == Standing::Requested(request));
                self.may_invite(by, whom, full)?
            }
            C::Invite { by, whom } => {
                let h = self.find(whom).ok_or(Refusal::NotPresent)?;
                let has_seat = h.standing == Standing::OnStage || matches!(h.standing, Standing::Invited(_));
                !has_seat && self.may_invite(by, Some(h), full)?
            }
            C::Accept { who, invitation } | C::KeepInvitation { who, invitation } => {
                let h = self.find(who).ok_or(Refusal::NotPresent)?;
                match h.standing {
                    Standing::OnStage => false,
                    Standing::Invited(held) if held == invitation => true,
                    _ if self.ended.contains(&Ended::Revoked(invitation, who)) => {
                        return Err(Refusal::InvitationRevoked);
                    }
                    _ => return Err(Refusal::InvitationExpired),
                }
            }
            C::DeclineInvitation { who, invitation } => {
                self.find(who).is_some_and(|h| h.standing == Standing::Invited(invitation))
            }
            C::Revoke { invitation, .. } => {
                let up = self.humans.iter().filter(|h| h.here && h.standing == Standing::OnStage);
                let accepted = up.clone().any(|h| self.ended.contains(&Ended::Accepted(invitation, h.id)));
                if accepted && self.fault != Some(Fault::RevokeAfterAcceptance) {
                    return Err(Refusal::AlreadyOnStage);
                }
                self.humans.iter().any(|h| h.standing == Standing::Invited(invitation))
            }
            C::Remove { by, whom } => {
                let h = self.find(whom).ok_or(Refusal::NotPresent)?;
                let untouchable = h.role >= Role::Moderator && self.rank(by) != Some(Role::Host);
                match () {
                    () if untouchable && by != Actor::Participant(whom) => return Err(Refusal::Forbidden),
                    () if h.standing != Standing::OnStage => return Err(Refusal::NotOnStage),
                    () => true,
                }
            }
            C::Leave { who } => {
                let h = self.find(who).ok_or(Refusal::NotPresent)?;
                let free = h.role != Role::Viewer || self.rules.self_leave;
                if h.standing == Standing::OnStage && !free {
                    return Err(Refusal::SelfLeaveForbidden);
                }
                h.standing == Standing::OnStage
            }
            C::SetAccess { access, version, .. } => {
                let stale = version.is_some_and(|v| !(self.access_seen..=self.version).contains(&v));
                if access != self.rules.access && stale {
                    return Err(Refusal::StaleVersion { version: self.version });
                }
                access != self.rules.access
            }
            C::SetCapacity { capacity, .. } => capacity != self.rules.capacity,
            C::SetSelfLeave { self_leave, .. } => self_leave != self.rules.self_leave,
            C::SetRole { whom, role, .. } => self.find(whom).ok_or(Refusal::NotPresent)?.role != role,
        })
    }

    fn authority(&self, command: Command) -> Result<(), Refusal> {
        use Command as C;
        let (by, least) = match command {
            C::SetRole { by, .. } => (by, Role::Host),
            C::DeclineRequest { by, .. } | C::Approve { by, .. } | C::Invite { by, .. } => {
                (by, Role::Moderator)
            }
            C::Revoke { by, .. } | C::Remove { by, .. } | C::SetAccess { by, .. } => (by, Role::Moderator),
            C::SetCapacity { by, .. } | C::SetSelfLeave { by, .. } => (by, Role::Moderator),
            _ => return Ok(()),
        };
        if self.rank(by) >= Some(least) { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    fn rank(&self, by: Actor) -> Option<Role> {
        match by {
            Actor::Operator => Some(Role::Host),
            Actor::Participant(who) => self.find(who).map(|h| h.role),
        }
    }

    /// Whether somebody asks with this request, or who ended it.
    fn asks(&self, request: RequestId) -> Result<bool, Refusal> {
        if self.humans.iter().any(|h| h.here && h.standing == Standing::Requested(request)) {
            return Ok(true);
        }
        let ended = self.ended.iter().find_map(|end| match end {
            Ended::Request(id, by) if *id == request => Some(*by),
            _ => None,
        });
        Err(Refusal::AlreadyHandled { by: ended.flatten() })
    }

    fn may_invite(&self, by: Actor, whom: Option<&Human>, full: bool) -> Result<bool, Refusal> {
        let own_block = |h: &Human| h.blocked && h.role != Role::Host && by == Actor::Participant(h.id);
        match whom {
            Some(h) if own_block(h) => Err(Refusal::RejoinBlocked),
            _ if full => Err(Refusal::StageFull),
            _ => Ok(true),
        }
    }
}
