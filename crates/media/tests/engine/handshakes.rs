//! Many handshakes at once: media goes first, and nobody's flood keeps others out.

use crate::world::{World, actor_address, speaker, viewer};
use media::engine::{HANDSHAKES_A_TURN, MAX_ASIDE, MAX_ASIDE_OF_ONE};

/// Begins as a DTLS record does, and is none.
const JUNK: [u8; 20] = [22; 20];

fn turns(world: &mut World) -> usize {
    let mut turns = 1;
    while world.engines[0].handshakes(world.now) {
        turns += 1;
    }
    turns
}

#[test]
fn only_dtls_of_somebody_known_is_put_aside() {
    let mut world = World::new(1);
    let ada = actor_address(world.join(0, speaker(1)));
    let stranger = "192.0.2.66:666".parse().expect("an address");
    let engine = &mut world.engines[0];
    for (from, first, aside) in [
        (ada, 20, true),
        (ada, 63, true),
        (ada, 0, false),
        (ada, 64, false),
        (ada, 128, false),
        (stranger, 22, false),
    ] {
        assert_eq!(engine.put_aside(from, &[first; 20]), aside, "{first} from {from}");
    }
    assert!(!engine.put_aside(ada, &[]));
}

#[test]
fn a_turn_works_off_a_few() {
    let mut world = World::new(1);
    let ada = actor_address(world.join(0, speaker(1)));
    for _ in 0..4 * HANDSHAKES_A_TURN {
        assert!(world.engines[0].put_aside(ada, &JUNK));
    }
    let malformed = world.counters(0).transport.dtls_malformed;
    assert!(world.engines[0].handshakes(world.now));
    assert_eq!(world.counters(0).transport.dtls_malformed - malformed, HANDSHAKES_A_TURN as u64);
    assert_eq!(turns(&mut world), 3);
    assert_eq!(world.counters(0).dropped.too_many_handshakes, 0);
}

#[test]
fn one_address_has_few_places_and_all_together_are_bounded() {
    let mut world = World::new(1);
    let crowd = MAX_ASIDE / MAX_ASIDE_OF_ONE + 1;
    let crowd: Vec<usize> = (0..crowd).map(|seed| world.join(0, viewer(seed as u64 + 1))).collect();
    for _ in 0..=MAX_ASIDE_OF_ONE {
        assert!(world.engines[0].put_aside(actor_address(crowd[0]), &JUNK));
    }
    assert_eq!(world.counters(0).dropped.too_many_handshakes, 1);
    for actor in &crowd[1..] {
        for _ in 0..MAX_ASIDE_OF_ONE {
            assert!(world.engines[0].put_aside(actor_address(*actor), &JUNK));
        }
    }
    assert_eq!(world.counters(0).dropped.too_many_handshakes, 1 + MAX_ASIDE_OF_ONE as u64);
    assert_eq!(turns(&mut world), MAX_ASIDE / HANDSHAKES_A_TURN);
}
