//! Rows 1 to 9: joining, requests and invitations.

use alloc::vec::Vec;

use crate::decide::Decided;
use crate::stage::{InvitationEnd, Stage};
use crate::{
    Access, Actor, Cause, Change, InvitationId, Millis, ParticipantId, Refusal, RequestId, Role, Standing,
};

impl Stage {
    /// Row 1. Someone invited comes up on the seat reserved for them; someone still asking, after the access became open
    /// with no seat left, needs a free one like everybody.
    pub(crate) fn join(&mut self, now: Millis, who: ParticipantId, changes: &mut Vec<Change>) -> Decided {
        let person = self.people.get(who).ok_or(Refusal::NotPresent)?;
        let has_seat = match person.standing() {
            Standing::OnStage => return Ok(()),
            Standing::Invited(_) => true,
            Standing::Off | Standing::Requested(_) => false,
        };
        if !self.comes_freely(person.role) {
            return Err(Refusal::AccessChanged);
        }
        if person.blocked {
            return Err(Refusal::RejoinBlocked);
        }
        if !has_seat && !self.seat_is_free() {
            return Err(Refusal::StageFull);
        }
        self.shift(now, who, Standing::OnStage, Cause::Own, changes);
        Ok(())
    }

    /// Row 2. Someone asking, invited or on stage has what they ask for, or better.
    pub(crate) fn request(&mut self, now: Millis, who: ParticipantId, changes: &mut Vec<Change>) -> Decided {
        let person = self.people.get(who).ok_or(Refusal::NotPresent)?;
        if person.standing() != Standing::Off {
            return Ok(());
        }
        if self.rules.access != Access::Request {
            return Err(Refusal::WrongMode);
        }
        let left = person.cooldown_until.since(now);
        if left > 0 {
            return Err(Refusal::Cooldown {
                seconds: u32::try_from(left.div_ceil(1000)).unwrap_or(u32::MAX),
            });
        }
        let request = self.new_request();
        self.shift(now, who, Standing::Requested(request), Cause::Own, changes);
        Ok(())
    }

    /// Row 3.
    pub(crate) fn cancel_request(
        &mut self,
        now: Millis,
        who: ParticipantId,
        request: RequestId,
        changes: &mut Vec<Change>,
    ) -> Decided {
        if self.people.requester(request) == Some(who) {
            self.shift(now, who, Standing::Off, Cause::Own, changes);
        }
        Ok(())
    }

    /// Row 4.
    pub(crate) fn decline_request(
        &mut self,
        now: Millis,
        by: Actor,
        request: RequestId,
        changes: &mut Vec<Change>,
    ) -> Decided {
        let whom = self.current_requester(by, request)?;
        let until = now.plus(self.timing.cooldown);
        self.people.update(whom, |person| person.cooldown_until = until);
        self.shift(now, whom, Standing::Off, Cause::By(by), changes);
        Ok(())
    }

    /// Row 5. Never instant air: the requester still accepts.
    pub(crate) fn approve(
        &mut self,
        now: Millis,
        by: Actor,
        request: RequestId,
        changes: &mut Vec<Change>,
    ) -> Decided {
        let whom = self.current_requester(by, request)?;
        self.reserve(now, by, whom, changes)
    }

    /// Row 6.
    pub(crate) fn invite(
        &mut self,
        now: Millis,
        by: Actor,
        whom: ParticipantId,
        changes: &mut Vec<Change>,
    ) -> Decided {
        self.needs(by, Role::Moderator)?;
        match self.standing(whom).ok_or(Refusal::NotPresent)? {
            Standing::Off | Standing::Requested(_) => self.reserve(now, by, whom, changes),
            Standing::Invited(_) | Standing::OnStage => Ok(()),
        }
    }

    /// Rows 5 and 6: reserves a seat and invites.
    fn reserve(&mut self, now: Millis, by: Actor, whom: ParticipantId, changes: &mut Vec<Change>) -> Decided {
        let person = self.people.get(whom).ok_or(Refusal::NotPresent)?;
        // A host took this moderator off the stage: inviting oneself must not be the way back.
        if person.blocked && by == Actor::Participant(whom) && person.role < Role::Host {
            return Err(Refusal::RejoinBlocked);
        }
        if !self.seat_is_free() {
            return Err(Refusal::StageFull);
        }
        let invitation = self.new_invitation();
        self.shift(now, whom, Standing::Invited(invitation), Cause::By(by), changes);
        Ok(())
    }

    /// Row 7. The seat was reserved, so there is one, even where the stage has shrunk since.
    pub(crate) fn accept(
        &mut self,
        now: Millis,
        who: ParticipantId,
        invitation: InvitationId,
        changes: &mut Vec<Change>,
    ) -> Decided {
        if self.holds(who, invitation)? {
            self.shift(now, who, Standing::OnStage, Cause::Own, changes);
        }
        Ok(())
    }

    /// Row 8.
    pub(crate) fn turn_down(
        &mut self,
        now: Millis,
        who: ParticipantId,
        invitation: InvitationId,
        changes: &mut Vec<Change>,
    ) -> Decided {
        if self.people.invitee(invitation) == Some(who) {
            self.shift(now, who, Standing::Off, Cause::Own, changes);
        }
        Ok(())
    }

    /// Row 9: an open device dialog.
    pub(crate) fn keep_invitation(
        &mut self,
        now: Millis,
        who: ParticipantId,
        invitation: InvitationId,
    ) -> Decided {
        if self.holds(who, invitation)? {
            let timing = self.timing;
            self.people.update(who, |person| person.keep_invitation(now, timing));
        }
        Ok(())
    }

    /// Row 9. An invitation that ended without anybody coming up is as good as revoked.
    pub(crate) fn revoke(
        &mut self,
        now: Millis,
        by: Actor,
        invitation: InvitationId,
        changes: &mut Vec<Change>,
    ) -> Decided {
        self.needs(by, Role::Moderator)?;
        if let Some(whom) = self.people.invitee(invitation) {
            self.shift(now, whom, Standing::Off, Cause::By(by), changes);
            return Ok(());
        }
        match self.ended_invitations.get(invitation) {
            Some((whom, InvitationEnd::Accepted)) if self.standing(whom) == Some(Standing::OnStage) => {
                Err(Refusal::AlreadyOnStage)
            }
            _ => Ok(()),
        }
    }

    /// Rows 4 and 5: whose request it is, when the actor may deal with it and nobody did yet.
    fn current_requester(&self, by: Actor, request: RequestId) -> Result<ParticipantId, Refusal> {
        self.needs(by, Role::Moderator)?;
        let by = || self.ended_requests.get(request);
        self.people.requester(request).ok_or_else(|| Refusal::AlreadyHandled { by: by() })
    }

    /// Row 7: whether the invitation is theirs to use; `false` for someone on stage already, who needs none.
    fn holds(&self, who: ParticipantId, invitation: InvitationId) -> Result<bool, Refusal> {
        match self.standing(who).ok_or(Refusal::NotPresent)? {
            Standing::OnStage => Ok(false),
            Standing::Invited(held) if held == invitation => Ok(true),
            _ => match self.ended_invitations.get(invitation) {
                Some((whose, InvitationEnd::Revoked)) if whose == who => Err(Refusal::InvitationRevoked),
                _ => Err(Refusal::InvitationExpired),
            },
        }
    }
}
