//! Slots that follow who speaks: a watcher's, and those of whoever has too few for all microphones.

use std::mem;

use signaling::{ParticipantId, Source};

use super::viewer::{Viewer, waiting};
use super::{Kind, Shifts, Slots};
use crate::row::{Place, Row};
use crate::{SlotOffered, TransportId};

impl Slots {
    /// Takes the first slot of each kind of somebody who watches one person at a time; what they show is for [`Slots::show`] to say.
    pub(crate) fn set_watcher(
        &mut self,
        who: ParticipantId,
        transport: TransportId,
        offered: &[SlotOffered],
        shifts: &mut Shifts,
    ) {
        let before = self.viewers.remove(&who).filter(|viewer| viewer.transport == transport);
        let rows = Kind::BOTH.map(|kind| {
            let first = offered.iter().find(|slot| slot.audio == (kind == Kind::Audio));
            Row::new(first.map(|slot| slot.mid.clone()).into_iter(), None)
        });
        let shown = before.iter().flat_map(|viewer| viewer.rows.iter().flat_map(Row::shown));
        shown.for_each(|(mid, _)| shifts.feed(transport, mid, None));
        self.viewers.insert(who, Viewer { transport, rows, watcher: true, asked: [0; 2] });
        self.watchers.insert(who);
        self.lineup_changed = true;
    }

    /// Everybody who watches one person at a time.
    pub(crate) fn watchers(&self) -> Vec<ParticipantId> {
        self.watchers.iter().copied().collect()
    }

    /// Whether what there is to show, or who watches, is not what it was when that was last taken note of.
    pub(crate) fn lineup_changed(&self) -> bool {
        self.lineup_changed
    }

    /// The same, and takes note of it.
    pub(crate) fn take_lineup_changed(&mut self) -> bool {
        mem::take(&mut self.lineup_changed)
    }

    /// Whoever is longest on stage, of those with a picture if anybody has one.
    pub(crate) fn first_on_stage(&self) -> Option<ParticipantId> {
        let [audio, video] = &self.lineup;
        video.values().chain(audio.values()).next().map(|publication| publication.whose)
    }

    /// What a watcher sees and hears from now on: this person's microphone, and their camera, or their screen while the camera is off.
    pub(crate) fn show(&mut self, who: ParticipantId, whom: Option<ParticipantId>, shifts: &mut Shifts) {
        let publisher = whom.filter(|whom| *whom != who).and_then(|whom| self.publishers.get(&whom)).copied();
        let Some(viewer) = self.viewers.get_mut(&who) else { return };
        for (kind, sources) in
            [(Kind::Audio, &[Source::Mic][..]), (Kind::Video, &[Source::Camera, Source::Screen])]
        {
            let wanted = publisher.and_then(|publisher| {
                let source = *sources.iter().find(|source| publisher.feeds[**source as usize].is_some())?;
                Some(Place { came_up: publisher.came_up, source })
            });
            let lineup = &self.lineup[kind as usize];
            let wanted: Vec<_> =
                wanted.and_then(|place| Some((place, *lineup.get(&place)?))).into_iter().collect();
            viewer.keep_only(who, kind, &wanted, shifts);
            viewer.fill(who, kind, &wanted, shifts);
        }
    }

    /// Takes whose microphones are worth hearing, first of all. Who has fewer slots than there are microphones hears the first of them.
    pub(crate) fn hear_first(&mut self, order: &[ParticipantId], shifts: &mut Shifts) {
        self.order = order.to_vec();
        let most = self.lineup[Kind::Audio as usize].len();
        let mut wanted = None;
        let short = |viewer: &Viewer| !viewer.watcher && viewer.rows[Kind::Audio as usize].len() < most;
        for (who, viewer) in self.viewers.iter_mut().filter(|(_, viewer)| short(viewer)) {
            let wanted = wanted
                .get_or_insert_with(|| waiting(Kind::Audio, &self.lineup, &self.publishers, &self.order));
            let slots = viewer.rows[Kind::Audio as usize].len();
            let best: Vec<_> = wanted
                .iter()
                .filter(|(_, publication)| publication.whose != *who)
                .take(slots)
                .copied()
                .collect();
            viewer.keep_only(*who, Kind::Audio, &best, shifts);
            viewer.fill(*who, Kind::Audio, &best, shifts);
        }
    }
}
