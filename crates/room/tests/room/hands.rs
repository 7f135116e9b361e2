//! Raised hands.

use signaling::{Access, Command, Refusal, Role};

use crate::world::{Me, World};

const UP: Command = Command::RaiseHand { raised: true };
const DOWN: Command = Command::RaiseHand { raised: false };

/// Whose hands everybody sees raised, in order.
fn raised(world: &World) -> Vec<String> {
    let state = world.room.state();
    let mut hands: Vec<_> =
        state.participants.into_iter().filter_map(|one| Some((one.hand?, one.name))).collect();
    hands.sort();
    hands.into_iter().map(|(_, name)| name.to_lowercase()).collect()
}

fn class() -> (World, [Me; 3]) {
    let mut world = World::new(Access::Open);
    let class = ["ada", "bob", "eve"].map(|name| world.join(name, Role::Viewer));
    (world, class)
}

#[test]
fn who_raises_a_hand_first_is_first_and_raising_it_again_changes_nothing() {
    let (mut world, [ada, bob, eve]) = class();
    for who in [bob, ada, eve, bob] {
        world.says(who, UP).unwrap();
    }
    assert_eq!(raised(&world), ["bob", "ada", "eve"]);
    world.says(bob, DOWN).unwrap();
    world.says(bob, DOWN).unwrap();
    world.says(bob, UP).unwrap();
    assert_eq!(raised(&world), ["ada", "eve", "bob"], "lowered is lowered");
}

#[test]
fn moderators_lower_hands_and_nobody_else_does() {
    let (mut world, [ada, bob, eve]) = class();
    let mo = world.join("mo", Role::Moderator);
    for who in [ada, bob, eve] {
        world.says(who, UP).unwrap();
    }
    let participant = world.who(ada);
    assert_eq!(world.says(bob, Command::LowerHand { participant }), Err(Refusal::Forbidden));
    assert_eq!(world.says(bob, Command::LowerAllHands), Err(Refusal::Forbidden));
    world.says(mo, Command::LowerHand { participant }).unwrap();
    assert_eq!(raised(&world), ["bob", "eve"]);
    world.says(mo, Command::LowerAllHands).unwrap();
    assert!(raised(&world).is_empty());
}

#[test]
fn a_hand_outlasts_a_lost_socket_and_coming_up_and_not_leaving() {
    let (mut world, [ada, ..]) = class();
    world.says(ada, UP).unwrap();
    world.lose(ada);
    assert_eq!(raised(&world), ["ada"]);
    let ada = world.resume(ada);
    world.says(ada, Command::JoinStage { sources: Default::default() }).unwrap();
    assert_eq!(raised(&world), ["ada"]);
    world.says(ada, Command::LeaveRoom).unwrap();
    world.join("ada", Role::Viewer);
    assert!(raised(&world).is_empty());
}
