//! What each change of the stage means for the room: sources, gates and slots, and who is told what.

use signaling::limits::QUESTION_CHARS;
use signaling::{Notice, ParticipantId, Refusal, RequestId, Role, SourcesOn};
use stage::{Actor, Cause, Change, Standing};

use crate::Room;
use crate::refusal::refused;
use crate::turn::{Touched, Turn};

/// How often moderators are told of one person's requests, at most, in milliseconds.
const ANNOUNCED_EVERY_MS: u64 = 2_000;

impl Room {
    /// Asks the stage, and follows it.
    pub(crate) fn decide(&mut self, command: stage::Command, turn: &mut Turn) -> Result<(), Refusal> {
        let outcome = self.stage.apply(turn.now, command).map_err(refused)?;
        self.follow(outcome.changes, turn);
        Ok(())
    }

    /// Everybody who asks is approved in the order of asking, while seats last; `stage_full` where there is none for the first. Who cannot come
    /// up for another reason goes on waiting.
    pub(crate) fn approve_all(&mut self, by: Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        let asking = self.stage.people().filter_map(|(_, _, standing)| match standing {
            Standing::Requested(request) => Some(request),
            Standing::Off | Standing::Invited(_) | Standing::OnStage => None,
        });
        let mut asking: Vec<RequestId> = asking.collect();
        asking.sort_unstable();
        let mut approved = 0;
        for request in asking {
            match self.decide(stage::Command::Approve { by, request }, turn) {
                Ok(()) => approved += 1,
                Err(Refusal::StageFull) if approved == 0 => return Err(Refusal::StageFull),
                Err(Refusal::StageFull) => break,
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Row 2. A question that comes with it, or after it, is theirs while they ask.
    pub(crate) fn request_stage(
        &mut self,
        who: ParticipantId,
        question: Option<String>,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let question = match question.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(_) if self.register.get(who).is_some_and(|person| person.silenced) => {
                return Err(Refusal::Silenced);
            }
            Some(text) => Some(self.written(who, text, QUESTION_CHARS, turn)?),
        };
        self.decide(stage::Command::Request { who }, turn)?;
        let asks = matches!(self.stage.standing(who), Some(Standing::Requested(_)));
        let participant = self.register.get_mut(who).ok_or(Refusal::NotPresent)?;
        if asks && participant.question != question {
            participant.question = question;
            turn.touch(Touched::Participant(who));
        }
        Ok(())
    }

    /// The same for somebody coming up with sources of their choice.
    pub(crate) fn decide_to_come_up(
        &mut self,
        who: ParticipantId,
        command: stage::Command,
        chosen: SourcesOn,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let outcome = self.stage.apply(turn.now, command).map_err(refused)?;
        let comes_up = |change: &Change| matches!(change, Change::Moved { who: moved, to: Standing::OnStage, .. } if *moved == who);
        let came_up = outcome.changes.iter().any(comes_up);
        if let (true, Some(participant)) = (came_up, self.register.get_mut(who)) {
            participant.sources.come_up(chosen);
        }
        self.follow(outcome.changes, turn);
        Ok(())
    }

    pub(crate) fn follow(&mut self, changes: Vec<Change>, turn: &mut Turn) {
        for change in changes {
            match change {
                Change::Entered { who, .. } => {
                    self.attends(who, turn);
                    turn.mention(Touched::Participant(who));
                }
                Change::Exited { who, from } => self.farewell(who, from, turn),
                Change::Moved { who, from, to, cause } => self.moved(who, from, to, cause, turn),
                Change::AccessSet { .. } => {
                    turn.access = true;
                    turn.touch(Touched::Room);
                }
                Change::CapacitySet { .. } | Change::SelfLeaveSet { .. } => turn.touch(Touched::Room),
                Change::RoleSet { who, role } => {
                    if let Some(participant) = self.register.get_mut(who) {
                        participant.role = role;
                    }
                    self.qualities.promoted(who, role >= Role::Moderator);
                    self.around.promoted(who);
                    self.attends_as(who, turn);
                    turn.touch(Touched::Participant(who));
                    turn.notify(who, Notice::RoleChanged);
                    turn.asked.insert(who);
                }
            }
        }
    }

    fn moved(&mut self, who: ParticipantId, from: Standing, to: Standing, cause: Cause, turn: &mut Turn) {
        let Some(participant) = self.register.get_mut(who) else { return };
        let inviter = participant.inviter.take();
        if !matches!(to, Standing::Requested(_)) {
            participant.question = None;
        }
        match (from, to) {
            (_, Standing::OnStage) => {
                self.came_up += 1;
                participant.came_up = self.came_up;
            }
            (Standing::OnStage, _) => participant.sources.go_down(),
            (_, Standing::Invited(_)) => {
                participant.inviter = person(cause);
                turn.asked.insert(who);
            }
            _ => {}
        }
        if (from == Standing::OnStage) != (to == Standing::OnStage) {
            self.attends_on_stage(who, to == Standing::OnStage, turn);
        }
        self.enact(who, turn);
        if from == Standing::OnStage {
            self.leave_spotlight(who, turn);
        }
        turn.touch(Touched::Participant(who));
        self.notify_moved(who, from, to, cause, inviter, turn);
        if to == Standing::Off {
            self.depart_if_overdue(who, turn);
        }
    }

    fn notify_moved(
        &mut self,
        who: ParticipantId,
        from: Standing,
        to: Standing,
        cause: Cause,
        inviter: Option<ParticipantId>,
        turn: &mut Turn,
    ) {
        match (from, to) {
            (_, Standing::OnStage) => turn.notify(who, Notice::OnStage),
            (_, Standing::Invited(invitation)) => {
                turn.notify(who, Notice::Invited { invitation, by: person(cause) });
            }
            (_, Standing::Requested(request)) => self.notify_requested(who, request, turn),
            (Standing::Requested(_), Standing::Off) => self.notify_request_over(who, cause, turn),
            (Standing::Invited(_), Standing::Off) => notify_invitation_over(who, cause, inviter, turn),
            (Standing::OnStage, Standing::Off) => match cause {
                Cause::By(_) => turn.notify(who, Notice::OffStage { removed: true }),
                Cause::TimedOut => turn.notify(who, Notice::OffStage { removed: false }),
                Cause::Own | Cause::AccessChanged | Cause::RoleChanged => {}
            },
            (Standing::Off, Standing::Off) => {}
        }
    }

    /// Every request is in the state that everybody is told; the notice is a nudge, and whoever asks and withdraws in turn nudges no
    /// more often for it.
    fn notify_requested(&mut self, who: ParticipantId, request: RequestId, turn: &mut Turn) {
        let Some(participant) = self.register.get_mut(who) else { return };
        if participant.announced.is_some_and(|last| turn.now.since(last) < ANNOUNCED_EVERY_MS) {
            return;
        }
        participant.announced = Some(turn.now);
        for moderator in self.moderators().filter(|moderator| *moderator != who) {
            turn.notify(moderator, Notice::StageRequested { participant: who, request });
        }
    }

    fn notify_request_over(&self, who: ParticipantId, cause: Cause, turn: &mut Turn) {
        match cause {
            Cause::By(_) => {
                let seconds = self.timing.cooldown.div_ceil(1000);
                let cooldown_seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
                turn.notify(who, Notice::RequestDeclined { cooldown_seconds });
            }
            Cause::AccessChanged => turn.notify(who, Notice::RequestEnded),
            // They did it themselves, are not there to read it, or are told of their new role.
            Cause::Own | Cause::TimedOut | Cause::RoleChanged => {}
        }
    }

    /// Everybody who decides about requests.
    pub(crate) fn moderators(&self) -> impl Iterator<Item = ParticipantId> + '_ {
        self.stage.people().filter(|(_, role, _)| *role >= Role::Moderator).map(|(who, _, _)| who)
    }
}

fn notify_invitation_over(who: ParticipantId, cause: Cause, inviter: Option<ParticipantId>, turn: &mut Turn) {
    match cause {
        Cause::By(_) => turn.notify(who, Notice::InvitationRevoked),
        Cause::TimedOut => {
            turn.notify(who, Notice::InvitationExpired);
            if let Some(inviter) = inviter {
                turn.notify(inviter, Notice::InvitationUnanswered { participant: who });
            }
        }
        Cause::Own => {
            if let Some(inviter) = inviter {
                turn.notify(inviter, Notice::InvitationDeclined { participant: who });
            }
        }
        Cause::AccessChanged | Cause::RoleChanged => {}
    }
}

/// Who did it, where it was a person in the room.
fn person(cause: Cause) -> Option<ParticipantId> {
    match cause {
        Cause::By(Actor::Participant(who)) => Some(who),
        Cause::By(Actor::Operator)
        | Cause::Own
        | Cause::TimedOut
        | Cause::AccessChanged
        | Cause::RoleChanged => None,
    }
}
