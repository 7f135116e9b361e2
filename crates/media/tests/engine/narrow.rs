//! Viewers whose way does not carry everything: what they are sent, and how soon it changes.

use std::time::Duration;

use crate::world::{Link, World, speaker, viewer};
use media::synthetic::Frame;
use media::{Kind, Source};

const TICK: Duration = Duration::from_millis(1);

/// Bytes of a frame of each layer, 30 a second: 150, 500 and 1700 kbit/s.
const FRAME_BYTES: [usize; 3] = [600, 2_050, 7_000];

/// How many times as long a keyframe is.
const KEYFRAME: usize = 4;

/// One publisher, one viewer, and time in frames.
struct Show {
    world: World,
    ada: usize,
    victor: usize,
    asked: u64,
    frames: u64,
}

/// What the viewer got in a while.
#[derive(Debug, Default)]
struct Seen {
    /// Whole frames of each layer, by its first byte.
    frames: [usize; 3],
    sounds: usize,
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
        Show { world, ada, victor, asked: 0, frames: 0 }
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
                    self.world.talk(self.ada, &[9; 80], 960);
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
                Kind::Audio => seen.sounds += 1,
                Kind::Video if one.marker => seen.frames[usize::from(one.stamp()[0])] += 1,
                Kind::Video => {}
            }
        }
        seen
    }

    fn picture(&mut self) {
        let asked = self.world.actors[self.ada].peer.keyframes_asked(Source::Camera);
        let keyframe = asked > self.asked || self.frames == 0;
        self.asked = asked;
        self.frames += 1;
        for (layer, bytes) in FRAME_BYTES.into_iter().enumerate() {
            let bytes = if keyframe { bytes * KEYFRAME } else { bytes };
            let packets = bytes.div_ceil(1_100);
            let frame = Frame {
                keyframe,
                packets,
                size: bytes / packets,
                ticks: 2_970,
                stamp: &[layer as u8, 0, 0, 0],
            };
            let actor = &mut self.world.actors[self.ada];
            actor.peer.send_frame(Source::Camera, layer, &frame, &mut actor.out);
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
