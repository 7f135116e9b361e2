//! One person's microphone, camera and screen: what they chose, and what moderators made of it.
//!
//! Two promises hold here by construction: nobody turns on what another has, and what is locked stays off until released.

use signaling::{Source, SourceControl, SourceState, SourcesOn};

/// The sources of one participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sources([SourceState; 3]);

impl Default for Sources {
    fn default() -> Self {
        Sources([SourceState::Off; 3])
    }
}

impl Sources {
    pub(crate) fn get(&self, source: Source) -> SourceState {
        self.0[source as usize]
    }

    fn set(&mut self, source: Source, state: SourceState) -> bool {
        let changed = self.get(source) != state;
        self.0[source as usize] = state;
        changed
    }

    /// Onto the stage, with what the person chose. A lock outlasts going up and down.
    pub(crate) fn come_up(&mut self, chosen: SourcesOn) {
        for (source, on) in [(Source::Mic, chosen.mic), (Source::Camera, chosen.camera)] {
            if on && self.get(source) != SourceState::Locked {
                self.set(source, SourceState::On);
            }
        }
    }

    /// Off the stage: nothing stays on, and a mute has nothing left to hold.
    pub(crate) fn go_down(&mut self) {
        for source in Source::ALL {
            if self.get(source) != SourceState::Locked {
                self.set(source, SourceState::Off);
            }
        }
    }

    /// The person's own choice; says whether anything changed. Turning off what a moderator turned off changes nothing.
    ///
    /// # Errors
    ///
    /// The source is locked.
    pub(crate) fn choose(&mut self, source: Source, on: bool) -> Result<bool, Locked> {
        match (self.get(source), on) {
            (SourceState::Locked, true) => Err(Locked),
            (_, true) => Ok(self.set(source, SourceState::On)),
            (SourceState::On, false) => Ok(self.set(source, SourceState::Off)),
            (SourceState::Off | SourceState::Muted | SourceState::Locked, false) => Ok(false),
        }
    }

    /// A moderator's hold; says whether anything changed. None of the three turns anything on, and only a release undoes a
    /// lock: a mute that comes after it does not weaken it.
    pub(crate) fn control(&mut self, source: Source, control: SourceControl) -> bool {
        match (control, self.get(source)) {
            (SourceControl::Muted, SourceState::On) => self.set(source, SourceState::Muted),
            (SourceControl::Locked, _) => self.set(source, SourceState::Locked),
            (SourceControl::Released, SourceState::Locked) => self.set(source, SourceState::Off),
            (SourceControl::Muted | SourceControl::Released, _) => false,
        }
    }
}

/// Why somebody could not turn a source on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Locked;

#[cfg(test)]
mod tests {
    use super::*;
    use SourceState::{Locked as Lock, Muted, Off, On};

    const BOTH: SourcesOn = SourcesOn { mic: true, camera: true };

    fn mic(state: SourceState) -> Sources {
        let mut sources = Sources::default();
        sources.set(Source::Mic, state);
        sources
    }

    #[test]
    fn a_hold_never_turns_anything_on() {
        for before in [On, Off, Muted, Lock] {
            for control in [SourceControl::Muted, SourceControl::Locked, SourceControl::Released] {
                let mut sources = mic(before);
                sources.control(Source::Mic, control);
                assert!(before == On || sources.get(Source::Mic) != On, "{control:?} on {before:?}");
            }
        }
    }

    #[test]
    fn only_a_release_undoes_a_lock() {
        let mut sources = mic(Lock);
        assert_eq!(sources.choose(Source::Mic, true), Err(Locked));
        assert!(!sources.control(Source::Mic, SourceControl::Muted));
        sources.go_down();
        sources.come_up(BOTH);
        assert_eq!((sources.get(Source::Mic), sources.get(Source::Camera)), (Lock, On));
        assert!(sources.control(Source::Mic, SourceControl::Released));
        assert_eq!(sources.get(Source::Mic), Off);
    }

    #[test]
    fn one_may_undo_a_mute() {
        let mut sources = mic(On);
        assert!(sources.control(Source::Mic, SourceControl::Muted));
        assert_eq!(sources.choose(Source::Mic, false), Ok(false));
        assert_eq!(sources.get(Source::Mic), Muted);
        assert_eq!(sources.choose(Source::Mic, true), Ok(true));
        assert_eq!(sources.get(Source::Mic), On);
    }

    #[test]
    fn nothing_stays_on_off_the_stage() {
        let mut sources = mic(Muted);
        sources.come_up(SourcesOn { mic: false, camera: true });
        sources.go_down();
        assert_eq!(sources, Sources::default());
    }
}
