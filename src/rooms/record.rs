//! Between what is kept of a room and the room.

use room::RoomOptions;
use signaling::{Features, RoomState};
use stage::{Access, Rules, Timing};
use store::RoomRecord;

/// The options of a kept room; `None` where the file says something this server does not know.
/// `epoch_ms` is when the rooms' clock stood at 0, in milliseconds since 1970.
pub(crate) fn options(
    record: &RoomRecord,
    timing: Timing,
    epoch_ms: u64,
    people: usize,
) -> Option<RoomOptions> {
    let access = match record.access.as_str() {
        "open" => Access::Open,
        "request" => Access::Request,
        "invite" => Access::Invite,
        _ => return None,
    };
    let rules = Rules { access, capacity: record.capacity, self_leave: record.self_leave };
    let features = Features {
        chat: record.chat,
        hands: record.hands,
        questions: record.questions,
        reactions: record.reactions,
        polls: record.polls,
    };
    let (id, title, locked) = (record.id.clone(), record.title.clone(), record.locked);
    Some(RoomOptions { id, title, rules, timing, features, locked, epoch_ms, people })
}

/// What is kept of a room. `created` is in seconds since 1970.
pub(crate) fn record(state: &RoomState, created: u64) -> RoomRecord {
    let Features { chat, hands, questions, reactions, polls } = state.features;
    RoomRecord {
        id: state.id.clone(),
        title: state.title.clone(),
        access: access_name(state.access).to_owned(),
        capacity: state.capacity,
        self_leave: state.self_leave,
        chat,
        hands,
        questions,
        reactions,
        polls,
        locked: state.locked,
        created,
    }
}

pub(crate) const fn access_name(access: Access) -> &'static str {
    match access {
        Access::Open => "open",
        Access::Request => "request",
        Access::Invite => "invite",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_what_was_kept_of_it() {
        for access in [Access::Open, Access::Request, Access::Invite] {
            let kept = RoomRecord {
                id: "a".to_owned(),
                title: "A".to_owned(),
                access: access_name(access).to_owned(),
                capacity: 7,
                self_leave: true,
                chat: true,
                hands: false,
                questions: true,
                reactions: false,
                polls: true,
                locked: true,
                created: 5,
            };
            let options = options(&kept, Timing::default(), 0, 9).unwrap();
            assert_eq!(options.rules, Rules { access, capacity: 7, self_leave: true });
            assert_eq!(record(&room::Room::new(options).state(), 5), kept);
        }
    }
}
