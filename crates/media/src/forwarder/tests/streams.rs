//! Random stages: people and layers come and go, packets get lost and overtake one another; the viewer's stream stays one stream.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::stage::{FRAME, Sent, Stream, Viewer};
use crate::{MAX_LAYERS, Packet};

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// Every layer that is on sends a frame.
    Frame { packets: usize, keyframe: bool },
    /// The next packet of these layers is lost on its way from the publisher.
    Lose { layer: usize },
    /// The last two packets of the next frame arrive the wrong way round.
    Overtake,
    /// The slot shows the other person.
    Person,
    /// A layer stops or comes back.
    Layer { layer: usize, on: bool },
    /// Nobody sends for a while.
    Silence { frames: u32 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (1usize..5, prop::bool::weighted(0.25)).prop_map(|(packets, keyframe)| Step::Frame { packets, keyframe }),
        3 => (0..MAX_LAYERS).prop_map(|layer| Step::Lose { layer }),
        3 => Just(Step::Overtake),
        1 => Just(Step::Person),
        2 => (0..MAX_LAYERS, any::<bool>()).prop_map(|(layer, on)| Step::Layer { layer, on }),
        1 => (1u32..60).prop_map(|frames| Step::Silence { frames }),
    ]
}

struct Stage {
    now: Instant,
    people: [[Stream; MAX_LAYERS]; 2],
    shown: usize,
    on: [bool; MAX_LAYERS],
    lose: [bool; MAX_LAYERS],
    overtake: bool,
    viewer: Viewer,
}

impl Stage {
    fn new() -> Stage {
        let person = |serial| std::array::from_fn(|layer| Stream::new(serial, layer as u8));
        Stage {
            now: Instant::now(),
            people: [person(1), person(2)],
            shown: 0,
            on: [true; MAX_LAYERS],
            lose: [false; MAX_LAYERS],
            overtake: false,
            viewer: Viewer::new(),
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Frame { packets, keyframe } => self.frame(packets, keyframe),
            Step::Lose { layer } => self.lose[layer] = true,
            Step::Overtake => self.overtake = true,
            Step::Person => {
                self.shown = 1 - self.shown;
                self.viewer.interrupt();
            }
            Step::Layer { layer, on } => self.on[layer] = on,
            Step::Silence { frames } => self.now += FRAME * frames,
        }
    }

    fn frame(&mut self, packets: usize, keyframe: bool) {
        self.now += FRAME;
        let overtake = std::mem::take(&mut self.overtake);
        for layer in 0..MAX_LAYERS {
            let mut frame = self.people[self.shown][layer].frame(self.now, packets, keyframe);
            if !self.on[layer] {
                continue;
            }
            if std::mem::take(&mut self.lose[layer]) {
                frame.remove(0);
            }
            let last = frame.len();
            if overtake && last >= 2 {
                frame.swap(last - 1, last - 2);
            }
            for packet in &frame {
                self.viewer.take(packet);
            }
        }
    }
}

/// The run of the viewer's stream a packet belongs to, as seen from outside.
fn source(sent: &Sent) -> (usize, u32, u8) {
    (sent.shown, sent.packet.publication.peer.serial, sent.packet.layer)
}

/// The viewer's stream in its own order, sequence numbers extended.
fn in_order(sent: &[Sent]) -> Vec<(u64, Sent)> {
    let mut highest = 0x1_0000 + u64::from(sent.first().map_or(0, |first| first.sequence));
    let mut all: Vec<_> = sent
        .iter()
        .map(|one| {
            let step = one.sequence.wrapping_sub(highest as u16).cast_signed();
            let extended = highest.saturating_add_signed(i64::from(step));
            highest = highest.max(extended);
            (extended, one.clone())
        })
        .collect();
    all.sort_by_key(|(sequence, _)| *sequence);
    all
}

fn check(before: &(u64, Sent), after: &(u64, Sent)) {
    let (one, other) = (&before.1, &after.1);
    let step = after.0 - before.0;
    let ticks = other.timestamp.wrapping_sub(one.timestamp);
    if source(one) == source(other) {
        // Within a run everything steps as the publisher's does.
        assert_eq!(step, other.packet.sequence - one.packet.sequence, "holes are the publisher's own");
        assert_eq!(ticks, other.packet.timestamp.wrapping_sub(one.packet.timestamp));
        let picture = |sent: &Sent| sent.packet.vp8.and_then(|vp8| vp8.picture_id).unwrap().value;
        let pictures = picture(other).wrapping_sub(picture(one)) & 0x7fff;
        assert_eq!(other.picture.wrapping_sub(one.picture) & 0x7fff, pictures);
        return;
    }
    assert_eq!(step, 1, "a switch leaves no hole");
    assert!(other.packet.keyframe_start, "a switch happens at a keyframe");
    assert_eq!(other.picture, (one.picture + 1) & 0x7fff);
    assert_eq!(other.tl0, one.tl0.wrapping_add(1));
    assert!((90..0x8000_0000).contains(&ticks), "time goes on over a switch");
    let passed = other.packet.arrived - one.packet.arrived;
    let told = Duration::from_micros(u64::from(ticks) * 100 / 9);
    assert!(
        told.abs_diff(passed) <= Duration::from_millis(2),
        "by as much as went by: {told:?} for {passed:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_viewers_stream_is_one_stream(steps in prop::collection::vec(step(), 1..150)) {
        let mut stage = Stage::new();
        steps.iter().for_each(|step| stage.take(step));
        let sent = in_order(&stage.viewer.sent);
        if let Some((_, first)) = sent.first() {
            prop_assert!(first.packet.keyframe_start);
        }
        sent.windows(2).for_each(|pair| check(&pair[0], &pair[1]));
    }

    #[test]
    fn whatever_the_slot_still_shows_can_be_found_again(steps in prop::collection::vec(step(), 1..100)) {
        let mut stage = Stage::new();
        let mut sent: HashMap<u16, Arc<Packet>> = HashMap::new();
        for step in &steps {
            stage.take(step);
            if matches!(step, Step::Person) {
                sent.clear();
                stage.viewer.sent.clear();
            }
        }
        sent.extend(stage.viewer.sent.iter().map(|one| (one.sequence, Arc::clone(&one.packet))));
        let mut found = 0;
        for (sequence, packet) in &sent {
            // Far enough apart that none is refused for coming too soon.
            match stage.viewer.forwarder.missed(stage.now, *sequence, Duration::ZERO) {
                Ok((layer, original)) => {
                    prop_assert_eq!((layer, original), (packet.layer, packet.sequence));
                    found += 1;
                }
                Err(_) => prop_assert!(sent.len() > 1, "the newest is always found"),
            }
        }
        prop_assert!(found > 0 || sent.is_empty());
    }
}

#[test]
fn the_stream_goes_on_over_turns_of_its_counter() {
    let mut stage = Stage::new();
    stage.on = [true, false, false];
    for round in 0..14_000 {
        stage.take(&Step::Frame { packets: 10, keyframe: round % 1000 == 0 });
        if round % 500 == 499 {
            stage.take(&Step::Person);
            stage.take(&Step::Frame { packets: 1, keyframe: true });
        }
    }
    let sent = in_order(&stage.viewer.sent);
    assert!(sent.len() > 2 * 65_536);
    assert_eq!(sent.last().unwrap().0 - sent[0].0 + 1, sent.len() as u64, "and has no hole");
}
