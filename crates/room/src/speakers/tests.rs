use proptest::prelude::*;

use super::*;

const ADA: ParticipantId = ParticipantId(1);
const BOB: ParticipantId = ParticipantId(2);
const EVE: ParticipantId = ParticipantId(3);
const LOUD: u8 = 90;

/// Speakers with their own clock.
struct Scene {
    speakers: Speakers,
    now: Millis,
}

impl Scene {
    /// Everybody's microphone is on.
    fn of(people: &[ParticipantId]) -> Scene {
        let mut scene = Scene { speakers: Speakers::default(), now: Millis(1_000) };
        people.iter().for_each(|who| scene.speakers.set(scene.now, *who, Some(true)));
        scene
    }

    fn hears(&mut self, who: ParticipantId, loudness: u8) {
        self.speakers.heard(self.now, who, loudness);
        self.speakers.settle(self.now);
    }

    /// Settles whenever that is asked for, as a room does, and at the end.
    fn passes(&mut self, ms: u64) {
        let end = self.now.plus(ms);
        while let Some(at) = self.speakers.next_deadline().filter(|at| *at <= end) {
            self.speakers.settle(at);
        }
        self.speakers.settle(end);
        self.now = end;
    }

    fn order(&self) -> Vec<ParticipantId> {
        self.speakers.order().collect()
    }
}

#[test]
fn a_cough_takes_nothing() {
    let mut scene = Scene::of(&[ADA, BOB]);
    scene.hears(ADA, LOUD);
    scene.passes(1_000);
    scene.hears(ADA, 0);
    scene.passes(5_000);
    scene.hears(BOB, 127);
    assert_eq!(scene.speakers.speaking(), [BOB], "it is heard");
    scene.passes(TAKES_AFTER_MS - 1);
    scene.hears(BOB, 0);
    scene.passes(5_000);
    assert_eq!((scene.speakers.active(), scene.order()), (Some(ADA), vec![ADA, BOB]));
}

#[test]
fn whoever_speaks_for_a_moment_comes_before_the_silent() {
    let mut scene = Scene::of(&[ADA, BOB]);
    scene.hears(BOB, LOUD);
    assert_eq!(scene.speakers.active(), None, "not yet");
    scene.passes(TAKES_AFTER_MS);
    assert_eq!((scene.speakers.active(), scene.order()), (Some(BOB), vec![BOB, ADA]));
}

#[test]
fn a_breath_costs_nobody_their_place_and_a_pause_does() {
    let mut scene = Scene::of(&[ADA, BOB]);
    scene.hears(ADA, LOUD);
    scene.passes(1_000);
    scene.hears(BOB, LOUD);
    scene.passes(3_000);
    scene.hears(ADA, 0);
    scene.passes(KEEPS_FOR_MS - 1);
    assert_eq!(scene.speakers.active(), Some(ADA));
    scene.passes(1);
    assert_eq!(scene.speakers.active(), Some(BOB));
}

#[test]
fn the_much_louder_of_two_comes_first_and_not_at_every_word() {
    let mut scene = Scene::of(&[ADA, BOB]);
    scene.hears(ADA, 80);
    scene.hears(BOB, 80 + LOUDER_BY_DB - 1);
    scene.passes(10_000);
    assert_eq!(scene.speakers.active(), Some(ADA), "not louder by enough");
    scene.hears(BOB, 80 + LOUDER_BY_DB);
    assert_eq!(scene.speakers.active(), Some(BOB));
    scene.hears(ADA, 100);
    scene.passes(HOLDS_MS - 1);
    assert_eq!(scene.speakers.active(), Some(BOB), "too soon");
    scene.passes(1);
    assert_eq!(scene.speakers.active(), Some(ADA));
}

#[test]
fn a_muted_microphone_waits_behind_the_others_and_stays_active_until_somebody_speaks() {
    let mut scene = Scene::of(&[ADA, BOB, EVE]);
    scene.hears(ADA, LOUD);
    scene.passes(1_000);
    scene.speakers.set(scene.now, ADA, Some(false));
    scene.passes(1_000);
    assert_eq!((scene.speakers.active(), scene.speakers.speaking()), (Some(ADA), vec![]));
    assert_eq!(scene.order(), [BOB, EVE, ADA]);
    scene.hears(ADA, LOUD);
    assert_eq!(scene.speakers.speaking(), [], "what is heard of it is old news");
    scene.hears(EVE, LOUD);
    scene.passes(TAKES_AFTER_MS);
    assert_eq!((scene.speakers.active(), scene.order()), (Some(EVE), vec![EVE, BOB, ADA]));
}

#[test]
fn whoever_is_unmuted_speaks_when_they_are_heard_again() {
    let mut scene = Scene::of(&[ADA]);
    scene.hears(ADA, LOUD);
    scene.speakers.set(scene.now, ADA, Some(false));
    scene.speakers.set(scene.now, ADA, Some(true));
    assert_eq!(scene.speakers.speaking(), []);
    scene.hears(ADA, LOUD);
    assert_eq!(scene.speakers.speaking(), [ADA]);
}

#[test]
fn when_the_active_speaker_leaves_the_last_to_speak_before_is_it() {
    let mut scene = Scene::of(&[ADA, BOB, EVE]);
    for who in [BOB, EVE] {
        scene.hears(who, LOUD);
        scene.passes(1_000);
        scene.hears(who, 0);
        scene.passes(1_000);
    }
    scene.speakers.set(scene.now, EVE, None);
    scene.passes(0);
    assert_eq!(scene.speakers.active(), Some(BOB));
    scene.speakers.set(scene.now, BOB, None);
    scene.passes(0);
    assert_eq!(scene.speakers.active(), None, "nobody left who ever spoke");
}

#[derive(Clone, Debug)]
enum Step {
    Hears(u32, u8),
    Mutes(u32, bool),
    Passes(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let loudness = prop_oneof![1 => Just(0), 3 => 1..=127u8];
    prop_oneof![
        4 => (1..=5u32, loudness).prop_map(|(who, loudness)| Step::Hears(who, loudness)),
        1 => (1..=5u32, any::<bool>()).prop_map(|(who, on)| Step::Mutes(who, on)),
        4 => (0..800u64).prop_map(Step::Passes),
    ]
}

/// The moments at which it was another than before.
fn changes<T: PartialEq + Clone>(seen: &[(Millis, T)]) -> Vec<Millis> {
    seen.windows(2).filter(|pair| pair[0].1 != pair[1].1).map(|pair| pair[1].0).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_flaps(steps in prop::collection::vec(step(), 1..200)) {
        let people = [1, 2, 3, 4, 5].map(ParticipantId);
        let mut scene = Scene::of(&people);
        let mut seen = vec![(scene.now, scene.speakers.active())];
        for step in steps {
            match step {
                Step::Hears(who, loudness) => scene.hears(ParticipantId(who), loudness),
                Step::Mutes(who, on) => {
                    scene.speakers.set(scene.now, ParticipantId(who), Some(on));
                    scene.passes(0);
                }
                Step::Passes(ms) => scene.passes(ms),
            }
            let mut order = scene.order();
            order.sort_unstable();
            prop_assert_eq!(&order[..], &people[..], "nobody gets lost");
            prop_assert!(scene.speakers.next_deadline().is_none_or(|at| at > scene.now));
            let muted = scene.speakers.order.iter().position(|voice| !voice.on).unwrap_or(people.len());
            prop_assert!(scene.speakers.order[muted..].iter().all(|voice| !voice.on), "muted ones stand last");
            seen.push((scene.now, scene.speakers.active()));
        }
        // Each new active speaker spoke for a moment first, all of them after the one before had it.
        let changes = changes(&seen);
        let span = scene.now.since(Millis(1_000));
        prop_assert!(changes.len() as u64 <= 1 + span / TAKES_AFTER_MS * people.len() as u64);
    }

    #[test]
    fn whoever_speaks_alone_is_heard_first_of_all(before in prop::collection::vec(step(), 0..100), who in 1..=5u32) {
        let mut scene = Scene::of(&[1, 2, 3, 4, 5].map(ParticipantId));
        for step in before {
            match step {
                Step::Hears(who, loudness) => scene.hears(ParticipantId(who), loudness),
                Step::Mutes(..) => {}
                Step::Passes(ms) => scene.passes(ms),
            }
        }
        for other in (1..=5).filter(|other| *other != who) {
            scene.hears(ParticipantId(other), 0);
        }
        scene.hears(ParticipantId(who), 20);
        scene.passes(TAKES_AFTER_MS.max(KEEPS_FOR_MS));
        prop_assert_eq!(scene.order()[0], ParticipantId(who));
        prop_assert_eq!(scene.speakers.active(), Some(ParticipantId(who)));
    }

    #[test]
    fn two_who_shout_at_once_change_places_every_two_seconds_at_most(levels in prop::collection::vec((1..=127u8, 1..=127u8), 1..300)) {
        let mut scene = Scene::of(&[ADA, BOB]);
        let mut seen = Vec::new();
        for (ada, bob) in levels {
            scene.hears(ADA, ada);
            scene.hears(BOB, bob);
            scene.passes(250);
            seen.push((scene.now, scene.order()));
        }
        for pair in changes(&seen).windows(2) {
            prop_assert!(pair[1].since(pair[0]) >= HOLDS_MS - 250);
        }
    }
}
