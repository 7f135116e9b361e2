//! After a removal is acknowledged, not one packet sent before it reaches anybody, in whatever order threads read what they read.

use proptest::prelude::*;

use crate::world::{World, speaker, viewer};
use media::{Kind, Mid, Source};

#[derive(Clone, Debug)]
enum Step {
    /// The publisher sends a picture, whether it may or not.
    Picture { keyframe: bool },
    /// The moderator removes the publisher: the gate closes, then every other thread withdraws.
    Remove,
    /// The publisher comes back on stage.
    Return,
    /// Messages between threads wait, or arrive.
    Relay { held: bool },
    /// A viewer's slot is emptied, or shows the publisher.
    Show { viewer: usize, on: bool },
    /// A viewer asks for everything it ever got.
    Nack { viewer: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => any::<bool>().prop_map(|keyframe| Step::Picture { keyframe }),
        2 => Just(Step::Remove),
        2 => Just(Step::Return),
        2 => any::<bool>().prop_map(|held| Step::Relay { held }),
        2 => (0usize..2, any::<bool>()).prop_map(|(viewer, on)| Step::Show { viewer, on }),
        2 => (0usize..2).prop_map(|viewer| Step::Nack { viewer }),
    ]
}

struct Removal {
    world: World,
    alice: usize,
    viewers: [usize; 2],
    slots: [Mid; 2],
    /// How often the publisher came on stage: what its packets are stamped with.
    visit: u8,
    /// The last visit that was ended, acknowledged by all threads.
    ended: u8,
    sequences: [Vec<u16>; 2],
    withdraws: bool,
    leaked: usize,
    seen: usize,
}

impl Removal {
    fn new(withdraws: bool) -> Removal {
        let mut world = World::new(2);
        let alice = world.join(0, speaker(1));
        let viewers = [world.join(0, viewer(2)), world.join(1, viewer(3))];
        let slots = viewers.map(|victor| world.watch(victor, 0, alice));
        let mut removal = Removal {
            world,
            alice,
            viewers,
            slots,
            visit: 0,
            ended: 0,
            sequences: Default::default(),
            withdraws,
            leaked: 0,
            seen: 0,
        };
        removal.take(&Step::Return);
        removal
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Picture { keyframe } => self.world.picture(self.alice, 0, keyframe, &[self.visit]),
            Step::Remove => self.remove(),
            Step::Return => {
                self.visit += u8::from(self.visit == self.ended);
                self.world.gate(self.alice, Source::Camera, true);
            }
            Step::Relay { held } => self.world.hold_relay = held,
            Step::Show { viewer, on } => {
                let shown = on.then_some((self.alice, Source::Camera));
                self.world.show(self.viewers[viewer], 0, shown, Kind::Video);
            }
            Step::Nack { viewer } => {
                let actor = &mut self.world.actors[self.viewers[viewer]];
                actor.peer.nack(self.slots[viewer], &self.sequences[viewer], &mut actor.out);
            }
        }
        self.world.deliver();
        self.look();
    }

    fn remove(&mut self) {
        let ticket = self.world.gate(self.alice, Source::Camera, false);
        // Only what the home thread has to say for itself: whatever the other one was told may still be under way.
        self.world.drain(0);
        assert!(self.world.is_done(ticket));
        if self.withdraws {
            self.world.withdraw(self.alice, Source::Camera);
        }
        self.world.drain(1);
        self.look();
        self.ended = self.visit;
    }

    /// Judges what the viewers got.
    fn look(&mut self) {
        for (at, viewer) in self.viewers.into_iter().enumerate() {
            for got in self.world.got(viewer) {
                self.sequences[at].push(got.sequence as u16);
                self.seen += 1;
                self.leaked += usize::from(got.stamp()[0] <= self.ended);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn nothing_of_a_visit_that_was_ended_reaches_anybody(steps in prop::collection::vec(step(), 1..60)) {
        let mut removal = Removal::new(true);
        steps.iter().for_each(|step| removal.take(step));
        prop_assert_eq!(removal.leaked, 0);
        // And it is not because nothing gets through at all.
        removal.take(&Step::Relay { held: false });
        removal.take(&Step::Remove);
        removal.take(&Step::Return);
        for viewer in 0..2 {
            removal.take(&Step::Show { viewer, on: true });
        }
        let before = removal.seen;
        removal.take(&Step::Picture { keyframe: true });
        prop_assert_eq!((removal.leaked, removal.seen - before), (0, 4));
    }
}

#[test]
fn the_oracle_sees_what_gets_out_when_nobody_withdraws() {
    let mut removal = Removal::new(false);
    for step in [
        Step::Picture { keyframe: true },
        Step::Relay { held: true },
        Step::Picture { keyframe: false },
        Step::Remove,
        Step::Relay { held: false },
    ] {
        removal.take(&step);
    }
    assert_eq!(removal.leaked, 2);
}
