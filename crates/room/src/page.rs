//! A page's commands: what each means, and whether the person may.

use signaling::limits::SLOTS_PER_KIND;
use signaling::{Closing, Command, ParticipantId, Refusal, SlotShown};
use stage::Actor;

use crate::turn::{Reply, Turn};
use crate::{Effect, Room, SessionId};

impl Room {
    /// One command of a page. A session that is over, or whose socket is lost, has nothing to say.
    pub(crate) fn page(&mut self, session: SessionId, id: u32, command: Command, turn: &mut Turn) {
        let Some(who) = self.sessions.get(&session).copied() else { return };
        if !self.register.get(who).is_some_and(|participant| participant.connected()) {
            return;
        }
        turn.reply = Some(match self.obey(who, command, turn) {
            Ok(()) => Reply::Done { session, id },
            Err(refusal) => Reply::Refused { session, id, refusal },
        });
    }

    fn obey(&mut self, who: ParticipantId, command: Command, turn: &mut Turn) -> Result<(), Refusal> {
        let by = Actor::Participant(who);
        let command = match command {
            Command::Offer { .. } => {
                return Err(Refusal::BadOffer { detail: "an offer is not for the room".into() });
            }
            Command::JoinStage { sources } => {
                return self.decide_to_come_up(who, stage::Command::Join { who }, sources, turn);
            }
            Command::AcceptInvitation { invitation, sources } => {
                let command = stage::Command::Accept { who, invitation };
                return self.decide_to_come_up(who, command, sources, turn);
            }
            Command::ShowSlots { slots } => {
                self.show_slots(who, slots, turn);
                return Ok(());
            }
            Command::SetSource { source, on } => return self.set_source(who, source, on, turn),
            Command::Mute { participant, source, state } => {
                return self.mute(by, participant, source, state, turn);
            }
            Command::MuteEveryone { source, state } => return self.mute_everyone(by, source, state, turn),
            Command::AskToUnmute { participant, source } => {
                return self.ask_to_unmute(by, participant, source, turn);
            }
            Command::Say { text, audience, reply_to } => {
                return self.say(who, &text, audience, reply_to, turn);
            }
            Command::LikeMessage { message, liked } => return self.like_message(who, message, liked, turn),
            Command::PinMessage { message } => return self.pin_message(by, message, turn),
            Command::DeleteMessage { message } => return self.delete_message(who, message, turn),
            Command::ClearChat => return self.clear_chat(by, turn),
            Command::Silence { participant, silenced } => {
                return self.silence(by, participant, silenced, turn);
            }
            Command::AskQuestion { text } => return self.ask_question(who, &text, turn),
            Command::VoteQuestion { question, voted } => {
                return self.vote_question(who, question, voted, turn);
            }
            Command::MarkQuestion { question, state } => {
                return self.mark_question(by, question, state, turn);
            }
            Command::AnswerQuestion { question, text } => {
                return self.answer_question(who, question, &text, turn);
            }
            Command::DismissQuestion { question } => return self.dismiss_question(who, question, turn),
            Command::React { reaction } => return self.react(who, reaction),
            Command::CreatePoll { draft } => return self.create_poll(by, draft, turn),
            Command::StartPoll { poll } => return self.start_poll(by, poll, turn),
            Command::EndPoll { poll } => return self.end_poll(by, poll, turn),
            Command::ShowPoll { poll, shown } => return self.show_poll(by, poll, shown, turn),
            Command::DeletePoll { poll } => return self.delete_poll(by, poll, turn),
            Command::AnswerPoll { poll, answers } => return self.answer_poll(who, poll, answers, turn),
            Command::SetFeature { feature, on } => return self.set_feature(by, feature, on, turn),
            Command::LockRoom { locked } => return self.lock_room(by, locked, turn),
            Command::Admit { waiting } => return self.admit(by, waiting, turn),
            Command::AdmitAll => return self.admit_all(by, turn),
            Command::TurnAway { waiting } => return self.turn_away(by, waiting, turn),
            Command::SetTimer { seconds, running } => return self.set_timer(by, seconds, running, turn),
            Command::Spotlight { participant } => return self.set_spotlight(by, participant, turn),
            Command::RequestStage { question } => return self.request_stage(who, question, turn),
            Command::ApproveAllRequests => return self.approve_all(by, turn),
            Command::RaiseHand { raised } => return self.raise_hand(who, raised, turn),
            Command::LowerHand { participant } => return self.lower_hand(by, participant, turn),
            Command::LowerAllHands => return self.lower_all_hands(by, turn),
            Command::RemoveParticipant { participant } => {
                return self.remove_participant(by, participant, turn);
            }
            Command::LeaveRoom => {
                self.send_away(who, Closing::Left, turn);
                return Ok(());
            }
            Command::EndRoom => return self.end_room(by, turn),
            Command::CancelRequest { request } => stage::Command::CancelRequest { who, request },
            Command::DeclineRequest { request } => stage::Command::DeclineRequest { by, request },
            Command::ApproveRequest { request } => stage::Command::Approve { by, request },
            Command::Invite { participant } => stage::Command::Invite { by, whom: participant },
            Command::DeclineInvitation { invitation } => {
                stage::Command::DeclineInvitation { who, invitation }
            }
            Command::KeepInvitation { invitation } => stage::Command::KeepInvitation { who, invitation },
            Command::RevokeInvitation { invitation } => stage::Command::Revoke { by, invitation },
            Command::RemoveFromStage { participant } => stage::Command::Remove { by, whom: participant },
            Command::LeaveStage => stage::Command::Leave { who },
            Command::SetStageAccess { access, version } => {
                stage::Command::SetAccess { by, access, version: Some(self.stage_version(version)) }
            }
            Command::SetRole { participant, role } => stage::Command::SetRole { by, whom: participant, role },
        };
        self.decide(command, turn)
    }

    /// Without a transport there is nothing to be shown: the page says it again when it has one.
    fn show_slots(&self, who: ParticipantId, slots: Vec<SlotShown>, turn: &mut Turn) {
        let Some(transport) = self.register.get(who).and_then(|participant| participant.session.transport)
        else {
            return;
        };
        let shown = slots.into_iter().take(2 * usize::from(SLOTS_PER_KIND));
        turn.shown.extend(shown.map(|SlotShown { mid, height }| Effect::Show {
            transport: transport.id,
            mid,
            height,
        }));
    }

    /// The version of the stage that stands for the version of the room that somebody saw. The two count differently, and only one thing
    /// is asked of it: whether the stage access changed since. If it did not, it is as if they had seen the stage as it is now. If it
    /// did, they saw a time before any change. A version still to come is none of this room's: it stays one.
    fn stage_version(&self, seen: u64) -> u64 {
        match seen {
            _ if seen > self.version => u64::MAX,
            _ if seen < self.access_version => 0,
            _ => self.stage.version(),
        }
    }
}
