//! Who gets how much of what a viewer's way carries: a pure function from a budget and wishes to layers.
//!
//! Sound is not asked: it is sent, and what it takes is taken off first. Of the pictures, everyone gets the least there is before
//! anyone gets more, as far as it goes: screens before the person who speaks, and that person before the others. Then the first are
//! raised to what is wanted of them, before the next. Among equals nobody is raised twice before all were once.
//!
//! More than is shown has to fit with room to spare, and what is shown stays when it is a little too much: a budget is an estimate, and
//! what swings by less than this room moves nothing. If it really is too much, the estimate falls further. The least of a picture comes back
//! without room to spare, and stays longest, for any picture is worth more than a larger one.

use crate::MAX_LAYERS;

/// Most temporal layers of a spatial one.
pub const MAX_TEMPORAL: usize = 4;

/// Something more than is shown now has to fit so many times.
pub const ROOM_TO_RISE: f64 = 1.15;

/// Something that is shown stays when it fits so many times.
const ROOM_TO_STAY: f64 = 0.93;

/// The least of a picture comes back, and stays.
const ROOM_FOR_LEAST: (f64, f64) = (1.0, 0.85);

/// Who comes first. Earlier is more important.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A shared screen: what people came to read.
    Screen,
    /// The person who speaks.
    Speaker,
    /// Everybody else.
    Listener,
}

/// What is sent of a picture: this spatial layer with temporal layers up to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// 0 is the lowest.
    pub spatial: u8,
    /// 0 is the lowest.
    pub temporal: u8,
}

/// A picture that somebody wants to see.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// How important it is.
    pub rank: Rank,
    /// The highest spatial layer that is of use: no larger than it is shown.
    pub highest: u8,
    /// What each spatial layer costs with temporal layers up to each, in bit/s; 0: there is no such layer.
    pub costs: [[u32; MAX_TEMPORAL]; MAX_LAYERS],
    /// What is shown now; `None`: nothing.
    pub shown: Option<Step>,
    /// The least of it stays, whatever the budget: less is sent to find something out, not because the way is full.
    pub pinned: bool,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// What all of it costs, in bit/s.
    pub spent: f64,
    /// What it would cost with the next step up; `None` when nothing more is wanted.
    pub next: Option<f64>,
    /// What everything that is wanted would cost.
    pub wanted: f64,
}

impl Wish {
    /// Its steps, cheapest first: a higher spatial layer only with all its temporal ones, so that a picture becomes smooth before it
    /// becomes large.
    fn steps(&self) -> impl DoubleEndedIterator<Item = (Step, f64)> + '_ {
        let there = |spatial: &usize| self.costs[*spatial].iter().any(|cost| *cost > 0);
        let lowest = (0..MAX_LAYERS).find(there).unwrap_or(0);
        let highest = usize::from(self.highest).max(lowest);
        (0..MAX_LAYERS).filter(move |spatial| *spatial <= highest).flat_map(move |spatial| {
            let costs = &self.costs[spatial];
            let all = (0..MAX_TEMPORAL).filter(move |temporal| costs[*temporal] > 0);
            let top = all.clone().next_back();
            all.filter(move |temporal| spatial == lowest || Some(*temporal) == top).map(move |temporal| {
                (Step { spatial: spatial as u8, temporal: temporal as u8 }, f64::from(costs[temporal]))
            })
        })
    }

    fn cost(&self, step: Option<Step>) -> f64 {
        step.map_or(0.0, |step| f64::from(self.costs[usize::from(step.spatial)][usize::from(step.temporal)]))
    }

    /// The next step up.
    fn above(&self, step: Option<Step>) -> Option<(Step, f64)> {
        self.steps().find(|(candidate, _)| Some(*candidate) > step)
    }

    fn top(&self) -> Option<(Step, f64)> {
        self.steps().next_back()
    }
}

/// Decides for every wish, in their order. `budget` is what is left for pictures, in bit/s.
pub fn allocate(budget: f64, wishes: &[Wish], chosen: &mut Vec<Option<Step>>) -> Totals {
    chosen.clear();
    chosen.resize(wishes.len(), None);
    let mut spent = 0.0;
    for rank in [Rank::Screen, Rank::Speaker, Rank::Listener] {
        raise(budget, wishes, rank, chosen, &mut spent);
    }
    for rank in [Rank::Screen, Rank::Speaker, Rank::Listener] {
        while raise(budget, wishes, rank, chosen, &mut spent) {}
    }
    let wanted = wishes.iter().filter_map(|wish| wish.top()).map(|(_, cost)| cost).sum();
    let steps = wishes.iter().zip(chosen.iter());
    let next = steps.filter_map(|(wish, step)| Some((wish.rank, wish.above(*step)?.1 - wish.cost(*step))));
    let next = next.min_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
    Totals { spent, next: next.map(|(_, more)| spent + more), wanted }
}

/// Raises everyone of a rank by one step, where it fits; whether it did anyone.
fn raise(budget: f64, wishes: &[Wish], rank: Rank, chosen: &mut [Option<Step>], spent: &mut f64) -> bool {
    let mut raised = false;
    for (wish, step) in wishes.iter().zip(chosen).filter(|(wish, _)| wish.rank == rank) {
        let Some((above, cost)) = wish.above(*step) else { continue };
        let after = *spent + cost - wish.cost(*step);
        let shown = wish.shown.is_some_and(|shown| above <= shown);
        let room = match (step.is_none(), shown) {
            (true, true) if wish.pinned => 0.0,
            (true, false) => ROOM_FOR_LEAST.0,
            (true, true) => ROOM_FOR_LEAST.1,
            (false, false) => ROOM_TO_RISE,
            (false, true) => ROOM_TO_STAY,
        };
        if after * room <= budget {
            (*step, *spent, raised) = (Some(above), after, true);
        }
    }
    raised
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Three layers of 150, 500 and 1700 kbit/s with three temporal layers each.
    fn camera(rank: Rank, highest: u8, shown: Option<Step>) -> Wish {
        let layer = |total: u32| [total * 2 / 5, total * 3 / 5, total, 0];
        Wish {
            rank,
            highest,
            costs: [layer(150_000), layer(500_000), layer(1_700_000)],
            shown,
            pinned: false,
        }
    }

    fn chosen(budget: f64, wishes: &[Wish]) -> Vec<Option<(u8, u8)>> {
        let mut chosen = Vec::new();
        allocate(budget, wishes, &mut chosen);
        chosen.iter().map(|step| step.map(|step| (step.spatial, step.temporal))).collect()
    }

    #[test]
    fn one_camera_by_budget() {
        let wish = [camera(Rank::Speaker, 2, None)];
        let table = [
            (59e3, None),
            (61e3, Some((0, 0))),
            (110e3, Some((0, 1))),
            (180e3, Some((0, 2))),
            (600e3, Some((1, 2))),
            (1.9e6, Some((1, 2))),
            (2e6, Some((2, 2))),
        ];
        for (budget, step) in table {
            assert_eq!(chosen(budget, &wish), [step], "{budget}");
        }
    }

    #[test]
    fn nothing_larger_than_it_is_shown() {
        assert_eq!(chosen(1e9, &[camera(Rank::Speaker, 0, None)]), [Some((0, 2))]);
    }

    #[test]
    fn screen_before_speaker_before_listeners() {
        let wishes =
            [camera(Rank::Listener, 2, None), camera(Rank::Speaker, 2, None), camera(Rank::Screen, 2, None)];
        assert_eq!(chosen(75e3, &wishes), [None, None, Some((0, 0))]);
        assert_eq!(chosen(140e3, &wishes), [None, Some((0, 0)), Some((0, 0))]);
        assert_eq!(chosen(1e6, &wishes), [Some((0, 2)), Some((0, 2)), Some((1, 2))]);
        assert_eq!(chosen(1e9, &wishes), [Some((2, 2)); 3]);
    }

    #[test]
    fn a_publisher_of_one_layer_is_shown_or_not() {
        let single = Wish { costs: [[800_000, 0, 0, 0], [0; 4], [0; 4]], ..camera(Rank::Speaker, 0, None) };
        assert_eq!(chosen(700e3, &[single]), [None]);
        assert_eq!(chosen(1e6, &[single]), [Some((0, 0))]);
        // Lower layers are not there: the lowest that is counts, whatever is wished.
        let high = Wish { costs: [[0; 4], [0; 4], [900_000, 0, 0, 0]], ..single };
        assert_eq!(chosen(2e6, &[high]), [Some((2, 0))]);
    }

    #[test]
    fn what_is_pinned_keeps_its_least() {
        let shown = Some(Step { spatial: 2, temporal: 2 });
        let wish = Wish { pinned: true, ..camera(Rank::Speaker, 2, shown) };
        assert_eq!(chosen(1e3, &[wish]), [Some((0, 0))]);
        assert_eq!(
            chosen(1e3, &[Wish { shown: None, ..wish }]),
            [None],
            "what is not shown does not come by it"
        );
    }

    #[test]
    fn the_totals_say_what_the_next_step_takes() {
        let wishes = [camera(Rank::Speaker, 2, None), camera(Rank::Listener, 0, None)];
        let totals = allocate(400e3, &wishes, &mut Vec::new());
        assert_eq!((totals.spent, totals.next, totals.wanted), (300e3, Some(650e3), 1850e3));
        assert_eq!(allocate(1e9, &wishes, &mut Vec::new()).next, None);
    }

    prop_compose! {
        fn wish()(rank in 0..3, highest in 0u8..3, seed in prop::array::uniform3(0u32..1_000_000), shown in prop::option::of((0u8..3, 0u8..3))) -> Wish {
            let rank = [Rank::Screen, Rank::Speaker, Rank::Listener][rank as usize];
            let costs = seed.map(|total| [total * 2 / 5, total * 3 / 5, total, 0]);
            Wish { rank, highest, costs, shown: shown.map(|(spatial, temporal)| Step { spatial, temporal }), pinned: false }
        }
    }

    proptest! {
        #[test]
        fn the_budget_is_kept_and_more_of_it_gives_no_less(wishes in prop::collection::vec(wish(), 0..12), budget in 0f64..5e6) {
            let (mut one, mut more) = (Vec::new(), Vec::new());
            let totals = allocate(budget, &wishes, &mut one);
            let cheapest = wishes.iter().filter_map(|wish| wish.steps().next()).map(|(_, cost)| cost).fold(0.0, f64::max);
            prop_assert!(totals.spent * ROOM_FOR_LEAST.1 <= budget + 1.0 || cheapest == 0.0);
            let sum: f64 = wishes.iter().zip(&one).map(|(wish, step)| wish.cost(*step)).sum();
            prop_assert!((sum - totals.spent).abs() < 1.0);
            allocate(budget * 100.0 + 1e8, &wishes, &mut more);
            for (at, wish) in wishes.iter().enumerate() {
                prop_assert_eq!(more[at], wish.top().map(|(step, _)| step));
            }
        }

        /// Whatever was chosen is chosen again: a budget that stands still moves nothing, and one that falls a little neither.
        #[test]
        fn what_is_shown_stays(budget in 1e5f64..5e6, listeners in 0usize..6, swing in 0.88f64..1.0) {
            let mut wishes: Vec<_> = (0..listeners).map(|_| camera(Rank::Listener, 1, None)).collect();
            wishes.push(camera(Rank::Speaker, 2, None));
            let mut first = Vec::new();
            allocate(budget, &wishes, &mut first);
            wishes.iter_mut().zip(&first).for_each(|(wish, step)| wish.shown = *step);
            let mut second = Vec::new();
            allocate(budget * swing, &wishes, &mut second);
            prop_assert_eq!(first, second);
        }
    }
}
