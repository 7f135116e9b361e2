//! The slots of one viewer, and what waits for one.

use std::collections::BTreeMap;

use signaling::{ParticipantId, Source};

use super::{Kind, Publication, Publisher, Shifts};
use crate::TransportId;
use crate::row::{Place, Row};

/// One transport that receives.
#[derive(Debug)]
pub(super) struct Viewer {
    pub(super) transport: TransportId,
    pub(super) rows: [Row; 2],
    /// Shows one person, as it is told, and not all that fits.
    pub(super) watcher: bool,
    /// How many slots of each kind its page was last asked for.
    pub(super) asked: [u16; 2],
}

impl Viewer {
    /// Empties every slot that shows something else.
    pub(super) fn keep_only(
        &mut self,
        who: ParticipantId,
        kind: Kind,
        wanted: &[Waiting],
        shifts: &mut Shifts,
    ) {
        let row = &mut self.rows[kind as usize];
        let shown: Vec<Place> = row.shown().map(|(_, place)| place).collect();
        for place in shown.into_iter().filter(|place| !wanted.iter().any(|(other, _)| other == place)) {
            if let Some(mid) = row.free(place) {
                shifts.assign(who, self.transport, mid, None);
            }
        }
    }

    /// Gives free slots to what waits for one, first come, first served. Nothing to do while everything fits.
    pub(super) fn fill(&mut self, who: ParticipantId, kind: Kind, waiting: &[Waiting], shifts: &mut Shifts) {
        let row = &mut self.rows[kind as usize];
        if row.showing() >= waiting.len() {
            return;
        }
        for (place, publication) in waiting.iter().filter(|(_, publication)| publication.whose != who) {
            if row.mid_of(*place).is_some() {
                continue;
            }
            let Some(mid) = row.take(*place) else { return };
            shifts.assign(who, self.transport, mid, Some((*publication, place.source)));
        }
    }
}

/// Something of the lineup.
pub(super) type Waiting = (Place, Publication);

/// The lineup of one kind, what should have a slot first at its head: microphones as they are worth hearing, pictures in the order of coming
/// on stage.
pub(super) fn waiting(
    kind: Kind,
    lineup: &[BTreeMap<Place, Publication>; 2],
    publishers: &BTreeMap<ParticipantId, Publisher>,
    order: &[ParticipantId],
) -> Vec<Waiting> {
    let lineup = &lineup[kind as usize];
    let mut waiting: Vec<Waiting> = Vec::with_capacity(lineup.len());
    if kind == Kind::Audio {
        let places = order.iter().filter_map(|who| publishers.get(who));
        let places = places.map(|publisher| Place { came_up: publisher.came_up, source: Source::Mic });
        waiting.extend(places.filter_map(|place| Some((place, *lineup.get(&place)?))));
    }
    let rest =
        lineup.iter().filter(|(_, publication)| kind == Kind::Video || !order.contains(&publication.whose));
    waiting.extend(rest.map(|(place, publication)| (*place, *publication)));
    waiting
}
