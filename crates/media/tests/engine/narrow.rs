//! Viewers whose way does not carry everything: what they are sent, and how soon it changes.

#![allow(clippy::unwrap_used, reason = "a test's own machinery")]

use std::time::Duration;

use crate::world::{Link, World, speaker, viewer};
use media::codec::Codec;
use media::sdp::PayloadType;
use media::synthetic::Frame;
use media::{Command, Event, Kind, Level, Mid, Quality, Source};

const TICK: Duration = Duration::from_millis(1);

/// Bytes of a frame of each layer, 30 a second: 150, 500 and 1700 kbit/s.
const FRAME_BYTES: [usize; 3] = [600, 2_050, 7_000];

/// How many times as long a keyframe is.
const KEYFRAME: usize = 4;

/// Bytes of a frame of sound: 32 kbit/s.
const SOUND_BYTES: usize = 80;

/// One publisher, one viewer, and time in frames.
struct Show {
    world: World,
    ada: usize,
    /// Everybody with a camera, Ada first.
    stage: Vec<usize>,
    victor: usize,
    asked: u64,
    keyframe_due: bool,
}

/// What the viewer got in a while.
#[derive(Debug, Default)]
struct Seen {
    /// Whole frames of each layer.
    frames: [usize; 3],
    /// The same, of each person.
    of: [[usize; 3]; 2],
    sounds: usize,
    /// Of these, those that carry at least one other frame.
    redundant: usize,
    bits: f64,
    sent_sounds: usize,
}

impl Show {
    fn new(rate: f64, queue: Duration) -> Show {
        let mut world = World::new(1);
        let (ada, victor) = (world.join(0, speaker(1)), world.join(0, viewer(2)));
        for source in [Source::Mic, Source::Camera] {
            world.gate(ada, source, true);
        }
        world.link = Some(Link::new(victor, rate, queue));
        world.listen(victor, 0, ada);
        world.watch(victor, 0, ada);
        world.deliver();
        Show { world, ada, stage: vec![ada], victor, asked: 0, keyframe_due: true }
    }

    /// Somebody else comes up, and Victor sees them too.
    fn comes_up(&mut self, seed: u64) -> usize {
        let bob = self.world.join(0, speaker(seed));
        self.world.gate(bob, Source::Camera, true);
        self.world.watch(self.victor, 1, bob);
        self.stage.push(bob);
        bob
    }

    /// Where Victor sees Ada.
    fn slot(&self) -> Mid {
        let slots = self.world.actors[self.victor].peer.slots();
        slots.iter().find(|slot| slot.kind() == Kind::Video).unwrap().mid()
    }

    /// What was told last of Victor's way.
    fn quality(&self) -> Quality {
        let victor = self.world.actors[self.victor].id;
        let told = self.world.events.iter().rev().find_map(|event| match event {
            Event::Quality { peer, quality } if *peer == victor => Some(*quality),
            _ => None,
        });
        told.unwrap_or_default()
    }

    fn rate(&mut self, rate: f64) {
        self.world.link.as_mut().unwrap().rate = rate;
    }

    /// Lets Ada be on stage for so long, and says what Victor got of it.
    fn run(&mut self, span: Duration) -> Seen {
        let mut sounds = 0;
        for _ in 0..span.as_millis() / 100 {
            // Three frames and five packets of sound in 100 ms.
            for step in 0..100 {
                if step % 33 == 0 && step < 99 {
                    self.picture();
                }
                if step % 20 == 0 {
                    self.world.talk(self.ada, &[9; SOUND_BYTES], 960);
                    sounds += 1;
                }
                self.world.pass_by(TICK, TICK);
            }
        }
        let got = self.world.got(self.victor);
        let mut seen = Seen { sent_sounds: sounds, ..Seen::default() };
        for one in &got {
            seen.bits += (one.payload.len() * 8) as f64 / span.as_secs_f64();
            match one.kind {
                Kind::Audio => {
                    seen.sounds += 1;
                    seen.redundant += usize::from(one.payload.len() >= 2 * SOUND_BYTES);
                }
                Kind::Video if one.marker => {
                    let [layer, person] = [0, 1].map(|at| usize::from(one.stamp()[at]));
                    seen.frames[layer] += 1;
                    seen.of[person][layer] += 1;
                }
                Kind::Video => {}
            }
        }
        seen
    }

    fn picture(&mut self) {
        let asked =
            self.stage.iter().map(|who| self.world.actors[*who].peer.keyframes_asked(Source::Camera)).sum();
        let keyframe = std::mem::take(&mut self.keyframe_due) || asked > self.asked;
        self.asked = asked;
        for (layer, bytes) in FRAME_BYTES.into_iter().enumerate() {
            let bytes = if keyframe { bytes * KEYFRAME } else { bytes };
            let packets = bytes.div_ceil(1_100);
            for (person, who) in self.stage.iter().enumerate() {
                let stamp = &[layer as u8, person as u8, 0, 0];
                let frame = Frame { keyframe, packets, size: bytes / packets, ticks: 2_970, stamp };
                let actor = &mut self.world.actors[*who];
                actor.peer.send_frame(Source::Camera, layer, &frame, &mut actor.out);
            }
        }
        self.world.deliver();
    }
}

const QUEUE: Duration = Duration::from_millis(300);

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn a_wide_way_gets_the_highest_layer_at_once() {
    let mut show = Show::new(100e6, QUEUE);
    show.run(seconds(2));
    let seen = show.run(seconds(2));
    assert_eq!(seen.frames, [0, 0, 60], "{seen:?}");
    assert_eq!(seen.sounds, seen.sent_sounds);
}

#[test]
fn a_narrow_way_gets_what_fits_and_all_of_the_sound() {
    for (rate, layer) in [(1e6, 1), (250e3, 0)] {
        let mut show = Show::new(rate, QUEUE);
        show.run(seconds(6));
        let seen = show.run(seconds(10));
        assert!(seen.frames[layer] >= 270, "{rate}: {seen:?}");
        assert!(seen.sounds * 100 >= seen.sent_sounds * 99, "{rate}: {seen:?}");
    }
}

#[test]
fn a_way_that_becomes_narrow_and_wide_again_is_followed_both_ways() {
    let mut show = Show::new(1e6, QUEUE);
    show.run(seconds(6));
    let wide = show.run(seconds(5));
    assert!(wide.frames[1] >= 130, "{wide:?}");
    show.rate(250e3);
    let falling = show.run(seconds(3));
    let thin = show.run(seconds(7));
    assert!(thin.frames[0] >= 180, "{thin:?} after {falling:?}");
    assert!(thin.sounds * 100 >= thin.sent_sounds * 98, "{thin:?}");
    show.rate(1e6);
    show.run(seconds(4));
    let back = show.run(seconds(2));
    assert!(back.frames[1] >= 50, "back at the layer it had within five seconds: {back:?}");
}

/// Nothing that waits for its turn outlives the gate.
#[test]
fn closing_a_gate_empties_what_waits_for_a_narrow_way() {
    let mut show = Show::new(250e3, QUEUE);
    show.run(seconds(4));
    for _ in 0..5 {
        // A keyframe is more than the way takes at once.
        show.keyframe_due = true;
        show.picture();
    }
    let ticket = show.world.gate(show.ada, Source::Camera, false);
    show.world.deliver();
    assert!(show.world.is_done(ticket));
    // What is on the way already arrives; not one more leaves.
    let sent = show.world.counters(0).forwarded[Source::Camera.index()];
    show.run(seconds(2));
    assert_eq!(show.world.counters(0).forwarded[Source::Camera.index()], sent);
}

#[test]
fn a_way_too_thin_for_any_picture_pauses_it_says_so_and_goes_on_when_it_can() {
    let mut show = Show::new(120e3, QUEUE);
    show.run(seconds(4));
    assert!(show.quality().level >= Level::Fair, "{:?}", show.quality());
    let peer = show.world.actors[show.victor].id;
    let paused = |show: &Show, paused| {
        show.world.events.iter().any(|event| matches!(event, Event::Paused { peer: who, paused: is, .. } if *who == peer && *is == paused))
    };
    assert!(paused(&show, true));
    let thin = show.run(seconds(5));
    assert!(thin.sounds * 100 >= thin.sent_sounds * 98, "{thin:?}");
    assert_eq!(show.world.counters(0).dropped.too_many_paced, 0);
    show.world.events.clear();
    show.rate(1e6);
    show.run(seconds(5));
    assert!(paused(&show, false));
    assert!(show.run(seconds(1)).frames[1] >= 25);
}

#[test]
fn nothing_larger_is_sent_than_is_shown_and_nothing_where_nobody_looks() {
    let mut show = Show::new(100e6, QUEUE);
    show.run(seconds(1));
    let slot = show.slot();
    let peer = show.world.actors[show.victor].id;
    for (height, expected) in [(180, [30, 0, 0]), (720, [0, 0, 30]), (360, [0, 30, 0]), (0, [0, 0, 0])] {
        show.world.command(0, Command::Show { peer, slot, height });
        show.run(seconds(2));
        assert_eq!(show.run(seconds(1)).frames, expected, "{height} lines");
    }
}

#[test]
fn a_publisher_hears_what_nobody_wants_any_more_and_at_once_what_somebody_does() {
    for workers in [1, 2] {
        let mut world = World::new(workers);
        let (ada, victor) = (world.join(0, speaker(1)), world.join(workers - 1, viewer(2)));
        world.gate(ada, Source::Camera, true);
        let slot = world.watch(victor, 0, ada);
        world.deliver();
        let peer = world.actors[victor].id;
        let wanted = |world: &mut World| {
            let told = world.events.iter().filter_map(|event| match event {
                Event::Wanted { highest, .. } => Some(*highest),
                _ => None,
            });
            let told: Vec<_> = told.collect();
            world.events.clear();
            told
        };
        assert_eq!(wanted(&mut world), [Some(2)], "with {workers} threads");
        world.command(workers - 1, Command::Show { peer, slot, height: 180 });
        world.pass(Duration::from_secs(3));
        assert_eq!(wanted(&mut world), [], "people go back and forth");
        world.pass(media::engine::UNWANTED_FOR);
        assert_eq!(wanted(&mut world), [Some(0)]);
        world.command(workers - 1, Command::Show { peer, slot, height: 720 });
        world.deliver();
        assert_eq!(wanted(&mut world), [Some(2)]);
    }
}

#[test]
fn the_active_speakers_picture_is_the_larger_one_where_not_both_fit() {
    let mut show = Show::new(950e3, QUEUE);
    let bob = show.comes_up(3);
    for speaks in [show.ada, bob] {
        for who in [show.ada, bob] {
            let peer = show.world.actors[who].id;
            show.world.command(0, Command::Speaker { peer, speaks: who == speaks });
        }
        show.run(seconds(8));
        let seen = show.run(seconds(2));
        let (first, other) = if speaks == bob { (1, 0) } else { (0, 1) };
        assert!(seen.of[first][1] >= 40 && seen.of[other][0] >= 40, "{seen:?}");
    }
}

/// Nobody speaks: a viewer whose only picture is paused is sent nothing, and so has nothing to give feedback on.
#[test]
fn a_paused_picture_comes_back_though_nothing_else_is_sent() {
    let mut show = Show::new(60e3, QUEUE);
    show.world.gate(show.ada, Source::Mic, false);
    show.run(seconds(8));
    assert!(show.world.counters(0).pauses > 0);
    show.rate(100e6);
    show.run(seconds(4));
    assert_eq!(show.run(seconds(1)).frames, [0, 0, 30]);
}

/// A way that loses a fifth of everything, sound and picture alike.
#[test]
fn a_lossy_way_keeps_its_layer_and_its_sound_carries_what_was_lost() {
    let mut show = Show::new(100e6, QUEUE);
    show.world.negotiate_again(
        show.victor,
        |_| {},
        |session| {
            for slot in session.slots.iter_mut().filter(|slot| slot.kind == Kind::Audio) {
                slot.payload_types.push(PayloadType { codec: Codec::Red, number: 63, rtx: None });
            }
        },
    );
    show.run(seconds(2));
    let (victor, mut count) = (show.victor, 0u32);
    show.world.drop_down = Box::new(move |actor, datagram| {
        count = count.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let is_media = datagram[0] >> 6 == 2 && !(192..=223).contains(&datagram[1]);
        actor == victor && is_media && count >> 24 < 51
    });
    show.run(seconds(6));
    let seen = show.run(seconds(10));
    let told = show.quality();
    assert_eq!(told.level, Level::Poor);
    assert!((150..300).contains(&told.lost_down), "{told:?}");
    assert!(seen.frames[2] > 200 && seen.frames[0] + seen.frames[1] == 0, "{seen:?}");
    assert_eq!(seen.redundant, seen.sounds, "{seen:?}");
    show.world.drop_down = Box::new(|_, _| false);
    show.run(seconds(15));
    assert_eq!(show.run(seconds(1)).redundant, 0, "and plain again when nothing is lost any more");
    assert_eq!(show.quality().level, Level::Good);
}
