//! Which of a viewer's slots shows whom.
//!
//! Owns the lineup (what there is to see and hear, in the order of coming on stage) and every viewer's slots. Pure
//! allocation: it knows neither roles nor gates. Promises: a publication keeps its slot while it lasts; nobody is shown to
//! themselves; no slot is free while something waits for it. Where a viewer has fewer slots for sound than there are microphones, those
//! worth hearing have them, and only there a publication may lose its slot to another. A change of the lineup costs each viewer one
//! look-up; only a viewer with too few slots is searched through.
//!
//! A watcher has one slot of each kind, which show whom the room says.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use signaling::limits::SLOTS_PER_KIND;
use signaling::{ParticipantId, SlotState, Source};

mod following;
mod viewer;

use viewer::{Viewer, waiting};

use crate::row::{Place, Row};
use crate::{Effect, SlotOffered, TransportId};

/// Slots asked for are a multiple of this, so that a growing stage does not ask at every step.
const MORE_BY: u16 = 4;

/// What there is to show of each source: through which transport it comes.
pub(crate) type Feeds = [Option<TransportId>; 3];

/// Sound or picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Audio,
    Video,
}

impl Kind {
    const BOTH: [Kind; 2] = [Kind::Audio, Kind::Video];

    fn of(source: Source) -> Kind {
        match source {
            Source::Mic => Kind::Audio,
            Source::Camera | Source::Screen => Kind::Video,
        }
    }
}

/// Something to see or hear.
#[derive(Clone, Copy, Debug)]
struct Publication {
    whose: ParticipantId,
    transport: TransportId,
}

/// What one person has in the lineup.
#[derive(Clone, Copy, Debug, Default)]
struct Publisher {
    came_up: u64,
    feeds: Feeds,
}

impl Publisher {
    fn count(&self, kind: Kind) -> usize {
        Source::ALL.iter().filter(|s| Kind::of(**s) == kind && self.feeds[**s as usize].is_some()).count()
    }
}

/// What feeds a slot.
type Feed = Option<(TransportId, Source)>;

/// What came of a change: what feeds which slot, and whose page must be told.
#[derive(Debug, Default)]
pub(crate) struct Shifts {
    /// The last word on each slot: what came before it in the same turn never was.
    fed: BTreeMap<(TransportId, String), Feed>,
    /// Their mapping is another now.
    pub(crate) changed: BTreeSet<ParticipantId>,
    /// Something found no slot of theirs.
    pub(crate) short: BTreeSet<ParticipantId>,
}

/// The lineup, and everybody's slots.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    lineup: [BTreeMap<Place, Publication>; 2],
    publishers: BTreeMap<ParticipantId, Publisher>,
    viewers: BTreeMap<ParticipantId, Viewer>,
    /// Those on stage with a microphone, whoever is worth hearing first.
    order: Vec<ParticipantId>,
    /// Those viewers that are watchers.
    watchers: BTreeSet<ParticipantId>,
    /// What there is to show, or who watches, is not what it was.
    lineup_changed: bool,
    ignored: u64,
}

impl Slots {
    /// Takes what `who` has to show from now on. `came_up` orders people on stage; it counts only for somebody who had nothing to show.
    pub(crate) fn set_feeds(&mut self, who: ParticipantId, came_up: u64, feeds: Feeds, shifts: &mut Shifts) {
        let fresh = Publisher { came_up, feeds: Feeds::default() };
        let before = self.publishers.get(&who).copied().unwrap_or(fresh);
        for source in Source::ALL {
            let place = Place { came_up: before.came_up, source };
            match (before.feeds[source as usize], feeds[source as usize]) {
                (was, is) if was == is => {}
                (None, Some(transport)) => self.add(place, Publication { whose: who, transport }, shifts),
                (Some(_), None) => self.remove(place, who, shifts),
                (_, Some(transport)) => self.reroute(place, Publication { whose: who, transport }, shifts),
                (None, None) => {}
            }
        }
        match feeds {
            [None, None, None] => self.publishers.remove(&who),
            _ => self.publishers.insert(who, Publisher { feeds, ..before }),
        };
    }

    fn add(&mut self, place: Place, publication: Publication, shifts: &mut Shifts) {
        let kind = Kind::of(place.source);
        self.lineup[kind as usize].insert(place, publication);
        self.lineup_changed = true;
        for (who, viewer) in self.viewers.iter_mut().filter(|(who, _)| **who != publication.whose) {
            if viewer.watcher {
                continue;
            }
            match viewer.rows[kind as usize].take(place) {
                Some(mid) => shifts.assign(*who, viewer.transport, mid, Some((publication, place.source))),
                None => drop(shifts.short.insert(*who)),
            }
        }
    }

    fn remove(&mut self, place: Place, whose: ParticipantId, shifts: &mut Shifts) {
        let kind = Kind::of(place.source);
        self.lineup[kind as usize].remove(&place);
        self.lineup_changed = true;
        let waiting = waiting(kind, &self.lineup, &self.publishers, &self.order);
        for (who, viewer) in self.viewers.iter_mut().filter(|(who, _)| **who != whose) {
            if let Some(mid) = viewer.rows[kind as usize].free(place) {
                shifts.assign(*who, viewer.transport, mid, None);
                viewer.fill(*who, kind, &waiting, shifts);
            }
        }
    }

    /// The same, through another transport: the slots stay, only what feeds them changes.
    fn reroute(&mut self, place: Place, publication: Publication, shifts: &mut Shifts) {
        let kind = Kind::of(place.source);
        self.lineup[kind as usize].insert(place, publication);
        for viewer in self.viewers.values() {
            if let Some(mid) = viewer.rows[kind as usize].mid_of(place) {
                shifts.feed(viewer.transport, mid, Some((publication, place.source)));
            }
        }
    }

    /// Takes the slots of a viewer's transport. The same transport again keeps what its slots show, where they are still there.
    pub(crate) fn set_viewer(
        &mut self,
        who: ParticipantId,
        transport: TransportId,
        offered: &[SlotOffered],
        shifts: &mut Shifts,
    ) {
        self.watchers.remove(&who);
        let before =
            self.viewers.remove(&who).filter(|viewer| viewer.transport == transport && !viewer.watcher);
        let rows = Kind::BOTH.map(|kind| {
            let mids = offered.iter().filter(|slot| slot.audio == (kind == Kind::Audio));
            let kept = mids.clone().take(usize::from(SLOTS_PER_KIND)).map(|slot| slot.mid.clone());
            self.ignored += mids.count().saturating_sub(usize::from(SLOTS_PER_KIND)) as u64;
            Row::new(kept, before.as_ref().map(|viewer| &viewer.rows[kind as usize]))
        });
        let asked = before.as_ref().map_or([0; 2], |viewer| viewer.asked);
        let mut viewer = Viewer { transport, rows, watcher: false, asked };
        for (mid, place) in before.iter().flat_map(|viewer| viewer.rows.iter().flat_map(Row::shown)) {
            if viewer.rows[Kind::of(place.source) as usize].mid_of(place) != Some(mid) {
                shifts.feed(transport, mid, None);
            }
        }
        for kind in Kind::BOTH {
            viewer.fill(who, kind, &waiting(kind, &self.lineup, &self.publishers, &self.order), shifts);
        }
        self.viewers.insert(who, viewer);
        shifts.changed.insert(who);
        shifts.short.insert(who);
    }

    /// The viewer's transport is gone.
    pub(crate) fn remove_viewer(&mut self, who: ParticipantId) {
        self.viewers.remove(&who);
        self.watchers.remove(&who);
    }

    /// What a viewer's slots show: sound first, each in the order of coming on stage.
    pub(crate) fn shown_to(&self, who: ParticipantId) -> Vec<SlotState> {
        let Some(viewer) = self.viewers.get(&who) else { return Vec::new() };
        let shown = viewer.rows.iter().zip(&self.lineup).flat_map(|(row, lineup)| {
            row.shown().filter_map(|(mid, place)| {
                let whose = lineup.get(&place)?.whose;
                Some(SlotState { mid: mid.to_owned(), participant: whose, source: place.source })
            })
        });
        shown.collect()
    }

    /// How many slots of each kind, sound first, the viewer's page should have, when it has too few and was not asked for
    /// as many yet. Counts as asked.
    pub(crate) fn ask(&mut self, who: ParticipantId) -> Option<(u16, u16)> {
        let own = self.publishers.get(&who).copied().unwrap_or_default();
        let viewer = self.viewers.get_mut(&who).filter(|viewer| !viewer.watcher)?;
        let wanted = Kind::BOTH.map(|kind| {
            let there = viewer.rows[kind as usize].len();
            let needed = self.lineup[kind as usize].len() - own.count(kind);
            if needed > there { rounded_up(needed) } else { bounded(there) }
        });
        let there = Kind::BOTH.map(|kind| bounded(viewer.rows[kind as usize].len()));
        if wanted == there || wanted == viewer.asked {
            return None;
        }
        viewer.asked = wanted;
        Some((wanted[0], wanted[1]))
    }

    /// Whoever comes back may have missed that they were asked.
    pub(crate) fn forget_asking(&mut self, who: ParticipantId) {
        if let Some(viewer) = self.viewers.get_mut(&who) {
            viewer.asked = [0; 2];
        }
    }

    /// Slots offered beyond [`SLOTS_PER_KIND`], and left alone.
    pub(crate) fn ignored(&self) -> u64 {
        self.ignored
    }
}

impl Shifts {
    fn assign(
        &mut self,
        who: ParticipantId,
        transport: TransportId,
        mid: &str,
        what: Option<(Publication, Source)>,
    ) {
        self.changed.insert(who);
        self.feed(transport, mid, what);
    }

    fn feed(&mut self, transport: TransportId, mid: &str, what: Option<(Publication, Source)>) {
        let feed = what.map(|(publication, source)| (publication.transport, source));
        self.fed.insert((transport, mid.to_owned()), feed);
    }

    /// As effects, for the transports that are still there.
    pub(crate) fn assignments(&mut self, there: impl Fn(TransportId) -> bool) -> Vec<Effect> {
        let fed = mem::take(&mut self.fed).into_iter().filter(|((transport, _), _)| there(*transport));
        fed.map(|((transport, mid), publication)| Effect::Assign { transport, mid, publication }).collect()
    }
}

fn bounded(slots: usize) -> u16 {
    u16::try_from(slots).unwrap_or(SLOTS_PER_KIND).min(SLOTS_PER_KIND)
}

fn rounded_up(slots: usize) -> u16 {
    bounded(slots).next_multiple_of(MORE_BY).min(SLOTS_PER_KIND)
}
