//! How long somebody has left to talk. Pages count by themselves; the room only says what was set.

use signaling::limits::TIMER_SECONDS;
use signaling::{Refusal, Role, ServerMessage, TimerState};
use stage::{Actor, Millis};

use crate::Room;
use crate::turn::{Addressee, Turn};

/// A page says what is left in whole seconds, a moment after it looked.
const SAME_WITHIN_MS: u64 = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timer {
    total_ms: u64,
    /// What was left at `at`.
    left_ms: i64,
    at: Millis,
    running: bool,
}

impl Timer {
    fn left(&self, now: Millis) -> i64 {
        let gone = if self.running { now.since(self.at) } else { 0 };
        self.left_ms.saturating_sub_unsigned(gone)
    }
}

impl Room {
    /// By a moderator. Without `seconds` there is none. A timer that is stopped or set going with what it has left is still the same one, so that
    /// pages can show how much of it is gone.
    pub(crate) fn set_timer(
        &mut self,
        by: Actor,
        seconds: Option<u32>,
        running: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.needs(by, Role::Moderator)?;
        if seconds.is_some_and(|seconds| seconds == 0 || seconds > TIMER_SECONDS) {
            let detail = format!("seconds: 1 to {TIMER_SECONDS}");
            return Err(Refusal::BadCommand { detail });
        }
        let before = self.around.timer;
        self.around.timer = seconds.map(|seconds| {
            let left = u64::from(seconds) * 1000;
            let same = before.filter(|before| before.left(turn.now).abs_diff(left as i64) <= SAME_WITHIN_MS);
            let total_ms = same.map_or(left, |same| same.total_ms.max(left));
            Timer { total_ms, left_ms: left as i64, at: turn.now, running }
        });
        let timer = self.around.timer.map(|timer| state(&timer, turn.now));
        turn.say(Addressee::Everybody, ServerMessage::Timer { timer });
        Ok(())
    }

    pub(super) fn timer_told(&self, now: Millis) -> Option<ServerMessage> {
        let timer = self.around.timer.as_ref()?;
        Some(ServerMessage::Timer { timer: Some(state(timer, now)) })
    }
}

fn state(timer: &Timer, now: Millis) -> TimerState {
    TimerState { total_ms: timer.total_ms, left_ms: timer.left(now), running: timer.running }
}
