//! Random commands. The surroundings check everything after each of them: see `world`.

use proptest::prelude::*;
use room::{Brings, Configuration, Follow, ScriptCommand, SessionId, Unattended};
use signaling::{
    Access, Audience, Command, Feature, InvitationId, ParticipantId, PollAnswer, PollDraft, PollKind,
    PollQuestion, QualityLevel, QuestionState, Quiz, Reaction, RequestId, Role, Source, SourceControl,
    SourcesOn,
};

use crate::check;
use crate::world::{Me, World};

const USERS: [&str; 5] = ["ada", "bob", "eve", "hal", "mo"];

#[derive(Clone, Debug)]
enum Step {
    Connect {
        user: usize,
        role: Role,
        with_key: bool,
    },
    Lose {
        user: usize,
    },
    LoseMedia {
        user: usize,
    },
    Ready {
        user: usize,
        slots: (usize, usize),
        again: bool,
    },
    Attach {
        user: usize,
        role: Role,
        unattended: Unattended,
    },
    Detach {
        user: usize,
    },
    Hears {
        user: usize,
        loudness: u8,
    },
    Measures {
        user: usize,
        level: QualityLevel,
    },
    Says {
        user: usize,
        command: Command,
    },
    Script(ScriptCommand),
    Later(u64),
    /// The same, with whatever comes next coming before the tick.
    LateTick(u64),
}

/// Few ids, so that they meet: a participant's is one of the users', a request's or an invitation's one of the first.
fn participant() -> impl Strategy<Value = ParticipantId> {
    (1..=USERS.len() as u32).prop_map(ParticipantId)
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![
        4 => Just(Role::Viewer),
        1 => Just(Role::Speaker),
        2 => Just(Role::Moderator),
        2 => Just(Role::Host)
    ]
}

fn source() -> impl Strategy<Value = Source> {
    prop::sample::select(&Source::ALL[..])
}

fn access() -> impl Strategy<Value = Access> {
    prop::sample::select(&[Access::Open, Access::Request, Access::Invite][..])
}

fn control() -> impl Strategy<Value = SourceControl> {
    prop::sample::select(&[SourceControl::Muted, SourceControl::Locked, SourceControl::Released][..])
}

fn sources() -> impl Strategy<Value = SourcesOn> {
    any::<(bool, bool)>().prop_map(|(mic, camera)| SourcesOn { mic, camera })
}

fn request() -> impl Strategy<Value = RequestId> {
    (1..8u32).prop_map(RequestId)
}

fn invitation() -> impl Strategy<Value = InvitationId> {
    (1..8u32).prop_map(InvitationId)
}

fn coming_up() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => sources().prop_map(|sources| Command::JoinStage { sources }),
        2 => prop::option::of(Just("why?".to_owned())).prop_map(|question| Command::RequestStage { question }),
        1 => request().prop_map(|request| Command::CancelRequest { request }),
        1 => request().prop_map(|request| Command::DeclineRequest { request }),
        2 => request().prop_map(|request| Command::ApproveRequest { request }),
        1 => Just(Command::ApproveAllRequests),
        2 => participant().prop_map(|participant| Command::Invite { participant }),
        4 => (invitation(), sources())
            .prop_map(|(invitation, sources)| Command::AcceptInvitation { invitation, sources }),
        1 => invitation().prop_map(|invitation| Command::DeclineInvitation { invitation }),
        1 => invitation().prop_map(|invitation| Command::KeepInvitation { invitation }),
        1 => invitation().prop_map(|invitation| Command::RevokeInvitation { invitation }),
        1 => participant().prop_map(|participant| Command::RemoveFromStage { participant }),
        1 => Just(Command::LeaveStage),
        1 => (access(), 0..30u64)
            .prop_map(|(access, version)| Command::SetStageAccess { access, version }),
    ]
}

fn on_stage() -> impl Strategy<Value = Command> {
    prop_oneof![
        6 => (source(), any::<bool>()).prop_map(|(source, on)| Command::SetSource { source, on }),
        2 => (participant(), source(), control())
            .prop_map(|(participant, source, state)| Command::Mute { participant, source, state }),
        1 => (source(), control()).prop_map(|(source, state)| Command::MuteEveryone { source, state }),
        1 => (participant(), source())
            .prop_map(|(participant, source)| Command::AskToUnmute { participant, source }),
        1 => (participant(), role()).prop_map(|(participant, role)| Command::SetRole { participant, role }),
        1 => participant().prop_map(|participant| Command::RemoveParticipant { participant }),
        1 => Just(Command::LeaveRoom),
    ]
}

fn audience() -> impl Strategy<Value = Audience> {
    prop_oneof![
        3 => Just(Audience::Everybody),
        1 => Just(Audience::Backstage),
        1 => participant().prop_map(|participant| Audience::Person { participant }),
    ]
}

fn number() -> impl Strategy<Value = u32> {
    1..6u32
}

fn writing() -> impl Strategy<Value = Command> {
    prop_oneof![
        6 => (audience(), prop::option::of(number()))
            .prop_map(|(audience, reply_to)| Command::Say { text: "hello".into(), audience, reply_to }),
        2 => (number(), any::<bool>()).prop_map(|(message, liked)| Command::LikeMessage { message, liked }),
        1 => prop::option::of(number()).prop_map(|message| Command::PinMessage { message }),
        1 => number().prop_map(|message| Command::DeleteMessage { message }),
        1 => Just(Command::ClearChat),
        1 => (participant(), any::<bool>())
            .prop_map(|(participant, silenced)| Command::Silence { participant, silenced }),
        2 => Just(Command::AskQuestion { text: "why?".into() }),
        2 => (number(), any::<bool>()).prop_map(|(question, voted)| Command::VoteQuestion { question, voted }),
        1 => number().prop_map(|question| Command::MarkQuestion { question, state: QuestionState::Live }),
        1 => number().prop_map(|question| Command::AnswerQuestion { question, text: "because".into() }),
        1 => number().prop_map(|question| Command::DismissQuestion { question }),
        1 => Just(Command::React { reaction: Reaction::Clap }),
    ]
}

/// A poll with one question, of which the first choice is right.
fn draft() -> impl Strategy<Value = PollDraft> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(anonymous, held, quiz)| {
        let kind = PollKind::Single { choices: vec!["yes".into(), "no".into()] };
        let right = quiz.then(|| PollAnswer::Choices { choices: vec![0] });
        let quiz = quiz.then_some(Quiz { seconds: Some(5), leader_board: !anonymous });
        let questions = vec![PollQuestion { text: "or not?".into(), kind, right }];
        PollDraft { title: "To be".into(), questions, anonymous, held, quiz }
    })
}

fn around() -> impl Strategy<Value = Command> {
    let feature = prop::sample::select(&Feature::ALL[..]);
    prop_oneof![
        2 => draft().prop_map(|draft| Command::CreatePoll { draft }),
        2 => number().prop_map(|poll| Command::StartPoll { poll }),
        1 => number().prop_map(|poll| Command::EndPoll { poll }),
        1 => (number(), any::<bool>()).prop_map(|(poll, shown)| Command::ShowPoll { poll, shown }),
        1 => number().prop_map(|poll| Command::DeletePoll { poll }),
        3 => (number(), 0..3u8).prop_map(|(poll, choice)| Command::AnswerPoll {
            poll,
            answers: vec![Some(PollAnswer::Choices { choices: vec![choice] })],
        }),
        1 => (feature, prop::bool::weighted(0.8)).prop_map(|(feature, on)| Command::SetFeature { feature, on }),
        2 => any::<bool>().prop_map(|locked| Command::LockRoom { locked }),
        1 => number().prop_map(|waiting| Command::Admit { waiting }),
        1 => number().prop_map(|waiting| Command::TurnAway { waiting }),
        1 => Just(Command::AdmitAll),
        1 => (prop::option::of(0..90u32), any::<bool>())
            .prop_map(|(seconds, running)| Command::SetTimer { seconds, running }),
        1 => prop::option::of(participant()).prop_map(|participant| Command::Spotlight { participant }),
        2 => any::<bool>().prop_map(|raised| Command::RaiseHand { raised }),
        1 => participant().prop_map(|participant| Command::LowerHand { participant }),
        1 => Just(Command::LowerAllHands),
    ]
}

fn script() -> impl Strategy<Value = ScriptCommand> {
    prop_oneof![
        2 => participant().prop_map(|participant| ScriptCommand::Approve { participant }),
        2 => participant().prop_map(|participant| ScriptCommand::Invite { participant }),
        1 => participant().prop_map(|participant| ScriptCommand::Revoke { participant }),
        1 => participant().prop_map(|participant| ScriptCommand::RemoveFromStage { participant }),
        2 => (prop::option::of(access()), prop::option::of(0..5u16), prop::option::of(any::<bool>())).prop_map(
            |(access, capacity, self_leave)| {
                ScriptCommand::Configure(Configuration { access, capacity, self_leave, ..Default::default() })
            }
        ),
    ]
}

fn unattended() -> impl Strategy<Value = Unattended> {
    let brings = any::<(bool, bool, bool)>();
    prop_oneof![
        3 => brings.prop_map(|(mic, camera, screen)| Unattended::Publisher(Brings { mic, camera, screen })),
        1 => Just(Unattended::Watcher(Follow::ActiveSpeaker)),
        1 => participant().prop_map(|whom| Unattended::Watcher(Follow::Participant(whom))),
    ]
}

fn level() -> impl Strategy<Value = QualityLevel> {
    prop::sample::select(&[QualityLevel::Good, QualityLevel::Fair, QualityLevel::Poor][..])
}

fn time() -> impl Strategy<Value = u64> {
    prop::sample::select(&[0, 1, 300, 600, 5_000, 10_000, 29_999, 30_000, 60_000][..])
}

fn step() -> impl Strategy<Value = Step> {
    let user = 0..USERS.len();
    prop_oneof![
        4 => (user.clone(), role(), any::<bool>())
            .prop_map(|(user, role, with_key)| Step::Connect { user, role, with_key }),
        2 => user.clone().prop_map(|user| Step::Lose { user }),
        1 => user.clone().prop_map(|user| Step::LoseMedia { user }),
        4 => (user.clone(), (0..4usize, 0..5usize), any::<bool>())
            .prop_map(|(user, slots, again)| Step::Ready { user, slots, again }),
        3 => (user.clone(), role(), unattended())
            .prop_map(|(user, role, unattended)| Step::Attach { user, role, unattended }),
        1 => user.clone().prop_map(|user| Step::Detach { user }),
        4 => (user.clone(), prop_oneof![Just(0), 1..=127u8])
            .prop_map(|(user, loudness)| Step::Hears { user, loudness }),
        2 => (user.clone(), level()).prop_map(|(user, level)| Step::Measures { user, level }),
        8 => (user.clone(), coming_up()).prop_map(|(user, command)| Step::Says { user, command }),
        8 => (user.clone(), on_stage()).prop_map(|(user, command)| Step::Says { user, command }),
        5 => (user.clone(), writing()).prop_map(|(user, command)| Step::Says { user, command }),
        5 => (user, around()).prop_map(|(user, command)| Step::Says { user, command }),
        3 => script().prop_map(Step::Script),
        2 => time().prop_map(Step::Later),
        1 => time().prop_map(Step::LateTick),
    ]
}

/// The last page a user had, whether or not it is still there.
fn last_page(world: &World, user: usize) -> Option<Me> {
    world.pages.values().filter(|page| page.user == USERS[user]).map(|page| page.session).next_back()
}

/// The session without a page that a user has now.
fn guest(world: &World, user: usize) -> Option<Me> {
    let mut guests = world.guests.iter().filter(|(_, guest)| guest.connected && guest.user == USERS[user]);
    guests.next().map(|(me, _)| *me)
}

fn connected(world: &World, user: usize) -> Option<SessionId> {
    last_page(world, user).filter(|me| world.pages[me].connected)
}

fn take(world: &mut World, step: Step) {
    match step {
        Step::Connect { user, role, with_key } => {
            let key = last_page(world, user).filter(|_| with_key).map(|me| world.pages[&me].key.clone());
            world.connect(USERS[user], role, key);
        }
        Step::Lose { user } => {
            if let Some(me) = connected(world, user) {
                world.lose(me);
            }
        }
        Step::Attach { user, role, unattended } => {
            if let Ok(me) = world.attach(USERS[user], role, unattended) {
                let slots = if matches!(unattended, Unattended::Watcher(_)) { (1, 1) } else { (0, 0) };
                world.ready_with(me, slots);
            }
        }
        Step::Detach { user } => {
            if let Some(me) = guest(world, user) {
                world.detach(me);
            }
        }
        Step::Hears { user, loudness } => {
            if let Some(me) = guest(world, user).or_else(|| connected(world, user))
                && world.transport(me).is_some()
            {
                world.hears(me, loudness);
            }
        }
        Step::Measures { user, level } => {
            if let Some(me) = guest(world, user).or_else(|| connected(world, user))
                && world.transport(me).is_some()
            {
                world.measures(me, level);
            }
        }
        Step::LoseMedia { user } if guest(world, user).is_some() => {
            guest(world, user).into_iter().for_each(|me| world.lose_guest(me));
        }
        Step::LoseMedia { user } => {
            if let Some(me) = last_page(world, user).filter(|me| world.transport(*me).is_some()) {
                world.lose_media(me);
            }
        }
        Step::Ready { user, .. } if guest(world, user).is_some() => {}
        Step::Ready { user, slots, again } => {
            if let Some(me) = last_page(world, user) {
                match world.transport(me).filter(|_| again) {
                    Some(transport) => world.offer(me, transport, slots),
                    None if world.pages[&me].connected => drop(world.ready_with(me, slots)),
                    None => {}
                }
            }
        }
        Step::Says { user, command } => {
            if let Some(me) = connected(world, user) {
                let _ = world.says(me, command);
            }
        }
        Step::Script(command) => {
            let _ = world.script(command);
        }
        Step::Later(ms) => world.later(ms),
        Step::LateTick(ms) => world.now = world.now.plus(ms),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_pages_gates_and_slots_agree(steps in prop::collection::vec(step(), 1..120)) {
        let mut world = World::new(Access::Open);
        for (user, role) in [(0, Role::Viewer), (3, Role::Host), (4, Role::Moderator)] {
            world.join(USERS[user], role);
        }
        for step in steps {
            take(&mut world, step);
        }
        check::what_is_kept_is_all_there_was(&mut world);
    }
}
