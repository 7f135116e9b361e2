//! What must hold of the room itself: seats, and who is let in by its own word.

use std::collections::BTreeSet;

use signaling::{ParticipantId, ParticipantState, RoomState, Source, SourceState, StageStanding};

/// Seats held, taken or reserved.
pub(crate) fn seats(state: &RoomState) -> usize {
    let held = |one: &&ParticipantState| matches!(one.stage, StageStanding::OnStage | StageStanding::Invited);
    state.participants.iter().filter(held).count()
}

/// A step from `before` to `after` seats held may give none that is not there; making a stage smaller takes none away.
pub(crate) fn seats_kept(before: usize, after: usize, capacity: u16) -> Result<(), String> {
    if after > before && after > usize::from(capacity) {
        return Err(format!("{before} seats held, then {after}, of {capacity}"));
    }
    Ok(())
}

/// What the room's state lets in: what is on, on stage.
pub(crate) fn live(state: &RoomState) -> BTreeSet<(ParticipantId, Source)> {
    let on_stage = state.participants.iter().filter(|one| one.stage == StageStanding::OnStage);
    let of = |one: &ParticipantState| {
        let id = one.id;
        let states = [(Source::Mic, one.mic), (Source::Camera, one.camera), (Source::Screen, one.screen)];
        states.into_iter().filter(|(_, state)| *state == SourceState::On).map(move |(source, _)| (id, source))
    };
    on_stage.flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::seats_kept;

    #[test]
    fn a_seat_that_is_not_there_is_seen() {
        assert!(seats_kept(2, 3, 2).is_err());
        assert!(seats_kept(0, 1, 0).is_err());
    }

    #[test]
    fn a_stage_made_smaller_keeps_its_people() {
        assert_eq!(seats_kept(3, 3, 1), Ok(()));
        assert_eq!(seats_kept(3, 2, 1), Ok(()));
        assert_eq!(seats_kept(1, 2, 2), Ok(()));
    }
}
