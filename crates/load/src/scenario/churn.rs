//! One publisher goes on or off stage every so often, in turn, and goes on sending while off.

use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval};

use crate::Micros;
use crate::error::LoadError;
use crate::oracle::Absences;
use crate::participant::Participant;

/// From one change to the next.
const EVERY: Duration = Duration::from_millis(200);

/// Keeps it up for a time; returns how many packets reached a viewer that must not have.
pub(super) async fn churn(
    publishers: &[Participant],
    viewers: &[Participant],
    time: Duration,
) -> Result<u64, LoadError> {
    let (until, mut beat) = (Instant::now() + time, interval(EVERY));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut absences = Absences::none();
    let mut leaked = 0;
    let mut down = vec![false; publishers.len()];
    let mut turn = 0;
    while Instant::now() < until && !publishers.is_empty() {
        beat.tick().await;
        let index = turn % publishers.len();
        let (publisher, down) = (&publishers[index], &mut down[index]);
        if *down {
            absences.end(publisher.tag, Micros::now());
            publisher.join_stage().await?;
            publisher.media.send_keyframe();
        } else {
            publisher.leave_stage().await?;
            absences.begin(publisher.tag, Micros::now());
        }
        *down = !*down;
        turn += 1;
        let journals = viewers.iter().map(|viewer| viewer.media.take_journal());
        leaked += journals.map(|journal| absences.leaks(&journal).len() as u64).sum::<u64>();
    }
    Ok(leaked)
}
