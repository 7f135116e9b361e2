//! What holds after every command, and that each of these checks can fail.

use std::collections::BTreeSet;

use room::{TransportId, Unattended};
use signaling::{Audience, ParticipantState, PollStage, Role, Source, SourceState, StageStanding};

use crate::page::Page;
use crate::recount::attendance_is_what_was_seen;
use crate::world::{Known, World, of};

pub(crate) fn everything(world: &World) {
    pages_know_the_room(world);
    gates_are_what_the_state_says(world);
    slots_show_the_stage(world);
    seats_are_kept(world);
    nobody_reads_what_is_not_theirs(world);
    whoever_waits_knows_nothing(world);
    the_spotlight_is_on_the_stage(world);
    attendance_is_what_was_seen(world);
}

/// Of the chat what was written to them, of polls what is no draft, of quizzes nothing before the end.
fn nobody_reads_what_is_not_theirs(world: &World) {
    let state = world.room.state();
    for page in world.pages.values().filter(|page| page.connected) {
        let role = state.participants.iter().find(|one| one.id == page.you).map(|one| one.role);
        for message in page.chat.values() {
            if let Audience::Person { participant } = message.audience {
                assert!([participant, message.by].contains(&page.you), "{} reads {message:?}", page.user);
            }
        }
        // Whoever was a moderator knows what they knew then.
        if page.was_at_most_viewer && role < Some(Role::Moderator) {
            for message in page.chat.values() {
                let backstage = message.audience == Audience::Backstage && message.by != page.you;
                assert!(!backstage, "{} reads {message:?}", page.user);
            }
            for poll in page.polls.values() {
                assert_ne!(poll.stage, PollStage::Draft, "{} sees {poll:?}", page.user);
                let open = poll.stage == PollStage::Open && poll.draft.quiz.is_some();
                let right = poll.draft.questions.iter().any(|question| question.right.is_some());
                assert!(!(open && (right || poll.results.is_some())), "{} sees {poll:?}", page.user);
                assert!(poll.shown || poll.results.is_none(), "{} sees {poll:?}", page.user);
            }
            assert!(page.waiting.is_empty());
        }
    }
}

/// Not a page of the room, nobody in it.
fn whoever_waits_knows_nothing(world: &World) {
    for (session, user) in &world.waiting {
        assert!(world.room.is_waiting(*session) && world.room.who(*session).is_none());
        assert!(!world.room.is_present(user), "{user} waits and is there");
    }
}

fn the_spotlight_is_on_the_stage(world: &World) {
    let state = world.room.state();
    if let Some(lit) = state.spotlight {
        let person = state.participants.iter().find(|one| one.id == lit).expect("present");
        assert_eq!(person.stage, StageStanding::OnStage);
    }
}

/// A room that is started from what was kept tells a newcomer what this one tells them.
pub(crate) fn what_is_kept_is_all_there_was(world: &mut World) {
    if world.ended {
        return;
    }
    for item in world.room.unkept() {
        world.disk.insert(item, world.room.kept(item).unwrap());
    }
    let mut next = world.restarted();
    world.disk.keys().for_each(|item| assert_eq!(world.room.kept(*item), next.room.kept(*item)));
    let open = room::Configuration { locked: Some(false), ..Default::default() };
    let _ = world.script(room::ScriptCommand::Configure(open));
    let (now, then) = (world.join("newcomer", Role::Host), next.join("newcomer", Role::Host));
    let (now, then) = (&world.pages[&now], &next.pages[&then]);
    let texts =
        |page: &Page| page.chat.values().map(|one| (one.id, one.text.clone(), one.likes)).collect::<Vec<_>>();
    assert_eq!(texts(now), texts(then));
    assert_eq!(now.pinned, then.pinned);
    assert_eq!(now.polls, then.polls);
    let asked =
        |page: &Page| page.questions.values().map(|one| (one.id, one.votes, one.state)).collect::<Vec<_>>();
    assert_eq!(asked(now), asked(then));
}

/// A welcome and the changes after it are the whole room.
fn pages_know_the_room(world: &World) {
    let state = world.room.state();
    for page in world.pages.values().filter(|page| page.connected) {
        assert_eq!(page.room, state, "{} knows the room", page.user);
    }
}

/// Open exactly for what is on, on stage.
fn gates_are_what_the_state_says(world: &World) {
    for transport in world.transports.values() {
        let state = by_user(world, &transport.user);
        let open = Source::ALL
            .into_iter()
            .filter(|source| state.stage == StageStanding::OnStage && of(&state, *source) == SourceState::On);
        assert_eq!(transport.gates, open.collect(), "the gates of {}", transport.user);
    }
    for state in world.room.state().participants {
        for source in Source::ALL {
            let idle = matches!(of(&state, source), SourceState::Off | SourceState::Locked);
            assert!(idle || state.stage == StageStanding::OnStage, "{state:?}");
        }
    }
}

/// What a page was told is what was assigned, and is all that is to be seen, as far as slots go.
fn slots_show_the_stage(world: &World) {
    let lineup: Vec<(TransportId, Source)> = lineup(world);
    for (id, viewer) in &world.transports {
        let shown: BTreeSet<(TransportId, Source)> = viewer.slots.values().copied().collect();
        assert_eq!(shown.len(), viewer.slots.len(), "nothing is shown twice");
        if let Some(unattended) = viewer.unattended {
            a_guest_sees_one_person(*id, unattended, &shown, &lineup);
            continue;
        }
        for (audio, offered) in [(true, viewer.offered.0), (false, viewer.offered.1)] {
            let of_kind = |(_, source): &&(TransportId, Source)| (*source == Source::Mic) == audio;
            let wanted = lineup.iter().filter(of_kind).filter(|(whose, _)| whose != id);
            let shown = shown.iter().filter(of_kind).count();
            assert_eq!(shown, wanted.count().min(offered), "what {} sees", viewer.user.to_uppercase());
        }
        assert!(shown.iter().all(|publication| lineup.contains(publication)), "{shown:?} of {lineup:?}");
        let page = world.pages.values().find(|page| page.connected && page.user == viewer.user);
        if let Some(page) = page {
            let assigned = viewer.slots.iter().map(|(mid, (whose, source))| {
                (mid.clone(), (by_user(world, &world.transports[whose].user).id, *source))
            });
            assert_eq!(page.slots, assigned.collect(), "the slots of {}", page.user);
        }
    }
}

/// All there is of one person, or nothing of anybody; a publisher sees nobody.
fn a_guest_sees_one_person(
    id: TransportId,
    unattended: Unattended,
    shown: &BTreeSet<(TransportId, Source)>,
    lineup: &[(TransportId, Source)],
) {
    if matches!(unattended, Unattended::Publisher(_)) {
        assert_eq!(shown, &BTreeSet::new());
    }
    let people: BTreeSet<TransportId> = shown.iter().map(|(whose, _)| *whose).collect();
    assert!(people.len() <= 1 && !people.contains(&id), "{shown:?}");
    for whose in people {
        let has = |source| lineup.contains(&(whose, source));
        let picture = [Source::Camera, Source::Screen].into_iter().find(|source| has(*source));
        let all = [Some(Source::Mic).filter(|source| has(*source)), picture].into_iter().flatten();
        assert_eq!(shown, &all.map(|source| (whose, source)).collect());
    }
}

fn lineup(world: &World) -> Vec<(TransportId, Source)> {
    let feeds = world.transports.iter().flat_map(|(id, transport)| {
        let state = by_user(world, &transport.user);
        let shown = Source::ALL.into_iter().filter(move |source| {
            state.stage == StageStanding::OnStage
                && (*source == Source::Mic || of(&state, *source) == SourceState::On)
        });
        shown.map(|source| (*id, source))
    });
    feeds.collect()
}

/// Never more than there are, by any command but making the stage smaller.
fn seats_are_kept(world: &World) {
    let (counts, state) = (world.room.counts(), world.room.state());
    let standing = |wanted| state.participants.iter().filter(|person| person.stage == wanted).count();
    assert_eq!(counts.on_stage, standing(StageStanding::OnStage));
    assert_eq!(counts.invited, standing(StageStanding::Invited));
    assert_eq!(counts.requested, standing(StageStanding::Requested));
    assert_eq!(counts.off, standing(StageStanding::Off));
}

/// However long somebody was away: locks are locked, and the same token gives no other role than they had.
pub(crate) fn a_return_undoes_nothing(before: &Known, token_role: Role, after: &ParticipantState) {
    let locked = |state| Source::ALL.map(|source| of(state, source) == SourceState::Locked);
    assert_eq!(locked(after), locked(&before.state), "the locks of {}", after.name);
    let role = if token_role == before.token_role { before.state.role } else { token_role };
    assert_eq!(after.role, role, "the role of {}", after.name);
    assert_eq!(after.id, before.state.id, "the id of {}", after.name);
}

fn by_user(world: &World, user: &str) -> ParticipantState {
    let name = user.to_uppercase();
    let state = world.room.state();
    state.participants.into_iter().find(|person| person.name == name).expect("whose transport it is")
}

mod can_fail {
    use signaling::{Access, Role, Source, SourceState};

    use super::everything;
    use crate::world::World;

    fn stage_of_two() -> World {
        let mut world = World::new(Access::Open);
        world.on_stage("ada", Role::Viewer);
        world.on_stage("bob", Role::Viewer);
        everything(&world);
        world
    }

    #[test]
    #[should_panic(expected = "the gates of")]
    fn over_a_gate_that_stayed_open() {
        let mut world = stage_of_two();
        world.transports.values_mut().next().unwrap().gates.insert(Source::Screen);
        everything(&world);
    }

    #[test]
    #[should_panic(expected = "knows the room")]
    fn over_a_page_that_missed_something() {
        let mut world = stage_of_two();
        world.pages.values_mut().next().unwrap().room.participants[0].mic = SourceState::Off;
        everything(&world);
    }

    #[test]
    #[should_panic(expected = "what ADA sees")]
    fn over_a_slot_left_empty() {
        let mut world = stage_of_two();
        let ada = world.transports.values_mut().find(|transport| transport.user == "ada").unwrap();
        ada.slots.pop_first();
        everything(&world);
    }

    #[test]
    #[should_panic(expected = "the locks of ADA")]
    fn over_a_lock_that_a_return_lifts() {
        let mut world = stage_of_two();
        world.known.get_mut("ada").unwrap().state.mic = SourceState::Locked;
        world.connect("ada", Role::Viewer, None);
    }

    #[test]
    #[should_panic(expected = "the role of ADA")]
    fn over_a_role_that_a_return_takes_back() {
        let mut world = stage_of_two();
        world.known.get_mut("ada").unwrap().state.role = Role::Speaker;
        world.connect("ada", Role::Viewer, None);
    }

    #[test]
    #[should_panic(expected = "who was there")]
    fn over_a_second_that_was_not_counted() {
        let mut world = stage_of_two();
        world.recount.meetings[0].people.get_mut("ADA").unwrap().stage_ms += 1;
        everything(&world);
    }

    #[test]
    #[should_panic(expected = "the slots of")]
    fn over_a_page_that_was_not_told_of_its_slots() {
        let mut world = stage_of_two();
        world.pages.values_mut().next().unwrap().slots.pop_first();
        everything(&world);
    }
}
