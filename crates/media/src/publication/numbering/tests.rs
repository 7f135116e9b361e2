//! A layer's numbers under loss, reordering, padding and fresh starts.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;

use super::*;

/// The forwarded number of a packet that must be new.
fn place(numbering: &mut Numbering, number: u64) -> u64 {
    match numbering.place(number) {
        Placement::New { sequence, .. } => sequence,
        other => panic!("{number}: {other:?}"),
    }
}

#[test]
fn keeps_distances_and_tells_what_was_skipped() {
    let mut numbering = Numbering::new(512);
    let first = place(&mut numbering, 1000);
    assert_eq!(numbering.place(1003), Placement::New { sequence: first + 3, skipped: 1001..1003 });
    assert_eq!(numbering.place(1001), Placement::New { sequence: first + 1, skipped: 1001..1001 });
    assert_eq!(numbering.place(1001), Placement::Duplicate);
    assert_eq!(numbering.place(1003), Placement::Duplicate);
}

#[test]
fn what_left_the_window_is_late() {
    let mut numbering = Numbering::new(128);
    place(&mut numbering, 1000);
    place(&mut numbering, 1128);
    assert_eq!(numbering.place(1000), Placement::Late);
    assert!(matches!(numbering.place(1001), Placement::New { .. }), "the oldest within it");
}

#[test]
fn a_leap_empties_the_window() {
    let mut numbering = Numbering::new(512);
    let first = place(&mut numbering, 1000);
    assert_eq!(place(&mut numbering, 1000 + 512 * 3), first + 512 * 3);
    assert!(
        matches!(numbering.place(1000 + 512 * 2 + 1), Placement::New { .. }),
        "no mark of an older number"
    );
}

#[test]
fn padding_in_order_leaves_no_hole() {
    let mut numbering = Numbering::new(512);
    let first = place(&mut numbering, 10);
    for number in 11..40 {
        assert_eq!(numbering.pad(number), Padding::Closed { skipped: number..number });
    }
    assert_eq!(place(&mut numbering, 40), first + 1);
    assert_eq!(numbering.pad(41), Padding::Closed { skipped: 41..41 });
    assert_eq!(place(&mut numbering, 42), first + 2);
}

#[test]
fn padding_behind_a_gap_closes_its_own_number_alone() {
    let mut numbering = Numbering::new(512);
    let first = place(&mut numbering, 10);
    assert_eq!(numbering.pad(13), Padding::Closed { skipped: 11..13 });
    assert_eq!(place(&mut numbering, 14), first + 3);
    assert_eq!(place(&mut numbering, 12), first + 2);
    assert_eq!(place(&mut numbering, 11), first + 1);
}

#[test]
fn padding_that_comes_late_leaves_its_hole() {
    let mut numbering = Numbering::new(512);
    let first = place(&mut numbering, 10);
    assert_eq!(place(&mut numbering, 12), first + 2);
    assert_eq!(numbering.pad(11), Padding::Late);
    assert_eq!(place(&mut numbering, 13), first + 3);
    assert_eq!(numbering.pad(11), Padding::Ignored, "the same again");
}

#[test]
fn padding_before_anything_else_is_ignored() {
    let mut numbering = Numbering::new(512);
    assert_eq!(numbering.pad(10), Padding::Ignored);
    place(&mut numbering, 11);
}

#[test]
fn a_restart_goes_on_above_and_takes_nothing_from_before() {
    let mut numbering = Numbering::new(512);
    place(&mut numbering, 1000);
    let last = place(&mut numbering, 1005);
    numbering.restart(Some(2001));
    assert_eq!(numbering.place(2000), Placement::Late);
    assert_eq!(numbering.place(2003), Placement::New { sequence: last + 3, skipped: 2001..2003 });
    assert_eq!(place(&mut numbering, 2001), last + 1);
    assert_eq!(numbering.place(1006), Placement::Late);
}

#[test]
fn a_restart_from_the_unknown_leaves_room_for_disorder() {
    let mut numbering = Numbering::new(512);
    let last = place(&mut numbering, 1000);
    numbering.restart(None);
    let first = place(&mut numbering, 70_000);
    assert!(first > last);
    assert_eq!(place(&mut numbering, 69_999), first - 1);
    assert_eq!(numbering.place(70_000 - START_SLACK - 1), Placement::Late);
}

#[test]
fn a_packet_from_before_the_oldest_closed_padding_is_late() {
    let mut numbering = Numbering::new(512);
    place(&mut numbering, 100);
    for step in 0..MAX_SHIFTS as u64 + 1 {
        // One padding, one packet that never comes, one that does.
        numbering.pad(101 + 3 * step);
        place(&mut numbering, 103 + 3 * step);
    }
    assert_eq!(numbering.place(102), Placement::Late);
    assert!(matches!(numbering.place(105 + 3), Placement::New { .. }));
}

proptest! {
    /// Whatever comes, in whatever order: no number is given twice, and they have the order of the publisher's.
    #[test]
    fn numbers_are_unique_and_ordered(
        steps in prop::collection::vec((-40i64..20, any::<bool>(), 0u8..100), 1..600),
    ) {
        let mut numbering = Numbering::new(128);
        let mut head = 100_000u64;
        let mut given = BTreeMap::new();
        let mut used = HashSet::new();
        let mut padded = HashSet::new();
        let mut low = 0;
        for (step, padding, restart) in steps {
            if restart == 0 {
                numbering.restart(Some(head + 1));
                given.clear();
                low = head + 1;
            }
            let number = head.saturating_add_signed(step);
            if given.contains_key(&number) == padding && number >= low {
                // A publisher never uses one number for both.
                continue;
            }
            head = head.max(number);
            if padding {
                padded.insert(number);
                numbering.pad(number);
            } else if !padded.contains(&number)
                && let Placement::New { sequence, .. } = numbering.place(number)
            {
                prop_assert!(used.insert(sequence), "{} given twice", sequence);
                prop_assert!(given.insert(number, sequence).is_none());
                let order: Vec<_> = given.values().copied().collect();
                prop_assert!(order.is_sorted(), "{:?}", given);
            }
        }
    }

    /// In order, without loss: not one hole, wherever padding lies.
    #[test]
    fn a_lossless_stream_has_no_hole(paddings in prop::collection::vec(any::<bool>(), 1..600)) {
        let mut numbering = Numbering::new(512);
        let mut expected = place(&mut numbering, 9);
        for (number, padding) in (10..).zip(paddings) {
            if padding {
                numbering.pad(number);
            } else {
                expected += 1;
                prop_assert_eq!(place(&mut numbering, number), expected);
            }
        }
    }
}
