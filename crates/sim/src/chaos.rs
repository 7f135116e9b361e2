//! Whatever happens: people's whims by what their pages show them, moderators' acts, scripts' calls, and everything that breaks.

use room::{Configuration, ScriptCommand};
use signaling::{
    Access, Command, ParticipantId, ParticipantState, Role, RoomState, Source, SourceControl, SourcesOn,
    StageStanding,
};

use crate::book::ClientId;
use crate::mail::Mail;
use crate::network::{MS, Micros};
use crate::page::Page;
use crate::rng::Rng;
use crate::sessions::PageId;
use crate::world::{Event, World};

/// Between two acts, at most.
const SLOWEST_ACT: Micros = 60 * MS;
/// How long the goodbye of a peer connection may be on its way before its person leaves the stage.
const SLOWEST_GOODBYE: Micros = 80 * MS;
/// How long a thread does not get the processor, at most.
const LONGEST_STALL: Micros = 60 * MS;

impl World {
    pub(crate) fn act(&mut self) {
        if self.calm {
            return;
        }
        let pause = self.rng.between(5 * MS, SLOWEST_ACT);
        self.agenda.add(self.now + pause, Event::Act);
        let person = self.rng.below(self.people.len());
        let Some(page) = self.people[person].page.filter(|page| !self.pages[*page].over) else {
            if self.rng.chance(300) {
                self.open_page(person);
            }
            return;
        };
        match self.rng.below(20) {
            0..12 => self.say(page),
            12 => self.script(),
            13 => self.break_something(page),
            14 => self.break_media(page),
            _ => {
                if let Some(client) = self.pages[page].client {
                    self.ask(client);
                }
            }
        }
    }

    fn say(&mut self, page: PageId) {
        let it = &self.pages[page];
        if !it.socket {
            return;
        }
        let Some(command) = whim(it, &mut self.rng) else { return };
        let again = match &command {
            Command::SetSource { source, on } if self.rng.chance(150) => {
                Some([!*on, *on].map(|on| Command::SetSource { source: *source, on }))
            }
            _ => None,
        };
        self.command_of(page, command);
        // Somebody who cannot make up their mind.
        for command in again.into_iter().flatten() {
            self.command_of(page, command);
        }
    }

    fn command_of(&mut self, page: PageId, command: Command) {
        let (session, at) = (self.pages[page].session, self.heard_at(page));
        let it = &mut self.pages[page];
        it.commands += 1;
        let mail = Mail::Say { session, id: it.commands, command };
        self.agenda.add(at, Event::Mail(mail));
    }

    fn script(&mut self) {
        let state = self.actor.room.state();
        let Some(participant) = somebody(&state, &mut self.rng) else { return };
        let command = match self.rng.below(7) {
            0 => ScriptCommand::Approve { participant },
            1 => ScriptCommand::Invite { participant },
            2 => ScriptCommand::RemoveFromStage { participant },
            3 => ScriptCommand::Mute {
                participant,
                source: source(&mut self.rng),
                state: control(&mut self.rng),
            },
            4 => ScriptCommand::Revoke { participant },
            5 if self.rng.chance(200) => ScriptCommand::RemoveParticipant { participant },
            _ => ScriptCommand::Configure(Configuration {
                access: Some(access(&mut self.rng)),
                capacity: Some(self.rng.below(6) as u16),
                self_leave: Some(self.rng.chance(700)),
                ..Default::default()
            }),
        };
        self.agenda.add(self.now + MS, Event::Mail(Mail::Script(command)));
    }

    fn break_something(&mut self, page: PageId) {
        let person = self.pages[page].person;
        match self.rng.below(6) {
            0..3 => self.cut(page),
            3 => self.open_page(person),
            _ => {
                let worker = self.rng.below(self.threads.len());
                let stall = self.rng.between(MS, LONGEST_STALL);
                self.threads[worker].stalled_until = self.now + stall;
            }
        }
    }

    fn break_media(&mut self, page: PageId) {
        let Some(client) = self.pages[page].client else { return };
        match self.rng.below(8) {
            0 | 1 => self.move_client(client),
            2 => self.black_out(client),
            3 => self.renew(page, client),
            4 => {
                // Whoever hangs up may well leave the stage with the same move of the hand.
                self.say_goodbye(page);
                if self.rng.chance(700) {
                    let later = self.now + self.rng.between(0, SLOWEST_GOODBYE);
                    self.pages[page].heard_at = self.pages[page].heard_at.max(later);
                    self.command_of(page, Command::LeaveStage);
                }
            }
            _ => self.clients[client].conditions = self.draw_conditions(),
        }
    }

    /// A viewer asks for what it may have missed long ago, for a keyframe, or for nothing sensible.
    fn ask(&mut self, client: ClientId) {
        let it = &self.clients[client];
        let Some(peer) = it.peer.as_ref().filter(|peer| peer.is_connected()) else { return };
        let slots: Vec<_> = peer.slots().iter().map(|slot| (slot.mid(), slot.ssrc())).collect();
        let Some((mid, ssrc)) = self.rng.pick(&slots) else { return };
        let back = self.rng.below(300);
        let old: Vec<u16> = self.streams.recent(client, ssrc).skip(back).take(30).collect();
        let choice = self.rng.below(10);
        let it = &mut self.clients[client];
        let Some(peer) = &mut it.peer else { return };
        match choice {
            0..6 if !old.is_empty() => peer.nack(mid, &old, &mut it.out),
            6..9 => peer.request_keyframe(mid, &mut it.out),
            _ => peer.send_control(
                &[0x81, 205, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0xff, 0xff, 0xff],
                &mut it.out,
            ),
        }
        self.flush_client(client, &[]);
    }
}

/// What a page has its person do next, going by what it shows.
fn whim(page: &Page, rng: &mut Rng) -> Option<Command> {
    let (room, own) = (page.room.as_ref()?, page.own()?);
    if rng.chance(15) {
        return Some(Command::LeaveRoom);
    }
    if own.role >= Role::Moderator && rng.chance(550) || rng.chance(60) {
        return moderate(room, rng);
    }
    let sources = SourcesOn { mic: rng.chance(800), camera: rng.chance(800) };
    match (own.stage, own.request, own.invitation) {
        (StageStanding::OnStage, ..) => match rng.below(6) {
            0 => Some(Command::LeaveStage),
            _ => Some(Command::SetSource { source: source(rng), on: rng.chance(650) }),
        },
        (_, Some(request), _) if rng.chance(150) => Some(Command::CancelRequest { request }),
        (_, _, Some(invitation)) => match rng.below(6) {
            0 => Some(Command::DeclineInvitation { invitation }),
            1 => Some(Command::KeepInvitation { invitation }),
            _ => Some(Command::AcceptInvitation { invitation, sources }),
        },
        _ if room.access == Access::Request && own.role == Role::Viewer => {
            Some(Command::RequestStage { question: None })
        }
        _ => Some(Command::JoinStage { sources }),
    }
}

fn moderate(room: &RoomState, rng: &mut Rng) -> Option<Command> {
    let participant = somebody(room, rng)?;
    let asking = room.participants.iter().find_map(|one| one.request);
    let invited = room.participants.iter().find_map(|one| one.invitation);
    Some(match rng.below(20) {
        0..5 if asking.is_some() => Command::ApproveRequest { request: asking? },
        5 if asking.is_some() => Command::DeclineRequest { request: asking? },
        6 if invited.is_some() => Command::RevokeInvitation { invitation: invited? },
        0..7 => Command::Invite { participant },
        7..10 => Command::RemoveFromStage { participant: on_stage(room, rng).unwrap_or(participant) },
        10..13 => Command::Mute { participant, source: source(rng), state: control(rng) },
        13 => Command::MuteEveryone { source: source(rng), state: control(rng) },
        14 => Command::AskToUnmute { participant, source: source(rng) },
        15 => Command::SetStageAccess { access: access(rng), version: room.version },
        16 => {
            Command::SetRole { participant, role: rng.pick(&[Role::Viewer, Role::Speaker, Role::Moderator])? }
        }
        17 if rng.chance(200) => Command::RemoveParticipant { participant },
        _ => Command::Mute { participant, source: source(rng), state: SourceControl::Released },
    })
}

fn somebody(room: &RoomState, rng: &mut Rng) -> Option<ParticipantId> {
    let ids: Vec<_> = room.participants.iter().map(|one| one.id).collect();
    rng.pick(&ids)
}

fn on_stage(room: &RoomState, rng: &mut Rng) -> Option<ParticipantId> {
    let up = |one: &&ParticipantState| one.stage == StageStanding::OnStage;
    let ids: Vec<_> = room.participants.iter().filter(up).map(|one| one.id).collect();
    rng.pick(&ids)
}

fn source(rng: &mut Rng) -> Source {
    rng.pick(&[Source::Mic, Source::Mic, Source::Camera, Source::Camera, Source::Screen])
        .unwrap_or(Source::Mic)
}

fn control(rng: &mut Rng) -> SourceControl {
    use SourceControl::{Locked, Muted, Released};
    rng.pick(&[Muted, Locked, Released]).unwrap_or(Released)
}

fn access(rng: &mut Rng) -> Access {
    rng.pick(&[Access::Open, Access::Open, Access::Request, Access::Invite]).unwrap_or(Access::Open)
}
