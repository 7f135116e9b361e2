//! The floor: what this machine asks at least for the packets of a scenario, at the scenario's pace.
//!
//! The same packets go to as many sockets of another process that reads them; between two frames the loop sleeps, as a server would.
//! What a server costs more than this, it costs by its own doing. Both have to be measured in one sitting: the machine's mood is in both.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde::{Deserialize, Serialize};

use crate::sender::{Sender, Way};
use crate::sink::Sink;
use crate::traffic::{Frame, Traffic};

/// Sent before measuring begins: sockets are touched for the first time, and the kernel turns on its stamps.
const WARM_UP: Duration = Duration::from_millis(300);

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Floor {
    /// Datagrams a second that were to be sent.
    pub(crate) packets_per_second: f64,
    /// How long was measured.
    pub(crate) seconds: f64,
    /// Datagrams sent in that time.
    pub(crate) packets: u64,
    /// CPU time of the sending thread, user and system, for each.
    pub(crate) cpu_ns_per_packet: f64,
    /// The same as a share of one core.
    pub(crate) cpu_share: f64,
    /// Share of the traffic's pace that was kept; below 1, the machine is too slow for it.
    pub(crate) pace: f64,
    /// The latest that a frame went out after it was due, in milliseconds.
    pub(crate) latest_ms: f64,
    /// Datagrams that the sink never read. A floor that loses any is none: what the kernel drops costs it less.
    pub(crate) lost: u64,
}

/// Measures for so long. Blocks; the thread that calls it is the one that is measured.
///
/// # Errors
/// No sink, no sockets, or the kernel takes no trains.
pub(crate) fn measure(traffic: &Traffic, way: Way, time: Duration) -> anyhow::Result<Floor> {
    let mut sink = Sink::start(traffic.destinations())?;
    let mut sender = Sender::new(sink.addresses(), way)?;
    let mut schedule = Schedule::new(traffic);
    let warm = schedule.run(&mut sender, WARM_UP)?;
    let (before, began) = (cpu_time()?, Instant::now());
    let measured = schedule.run(&mut sender, time)?;
    let (cpu, seconds) = (cpu_time()?.saturating_sub(before).as_secs_f64(), began.elapsed().as_secs_f64());
    let sent = warm.packets + measured.packets;
    Ok(Floor {
        packets_per_second: traffic.packets_per_second(),
        seconds,
        packets: measured.packets,
        cpu_ns_per_packet: cpu * 1e9 / measured.packets.max(1) as f64,
        cpu_share: cpu / seconds,
        pace: measured.packets as f64 / seconds / traffic.packets_per_second(),
        latest_ms: measured.latest.as_secs_f64() * 1000.0,
        lost: sent.saturating_sub(sink.count(sent)?.packets),
    })
}

/// CPU time of this thread so far.
fn cpu_time() -> anyhow::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_THREAD)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(micros.unsigned_abs()))
}

/// One camera or microphone.
struct Stream {
    step: Duration,
    frames: Vec<Frame>,
    next: usize,
    /// Destinations: the viewers of its room.
    to: Range<usize>,
}

/// When which stream is due.
struct Schedule {
    streams: Vec<Stream>,
    due: BinaryHeap<Reverse<(Duration, usize)>>,
    /// How far it has been run.
    position: Duration,
}

/// What came of running a schedule.
#[derive(Debug, Default)]
struct Ran {
    packets: u64,
    latest: Duration,
}

impl Schedule {
    /// Publishers do not begin together in reality; here they are spread evenly over a frame's time, and microphones lie between cameras.
    fn new(traffic: &Traffic) -> Schedule {
        let mut streams = Vec::new();
        let mut due = BinaryHeap::new();
        let publishers = traffic.rooms * traffic.publishers;
        for publisher in 0..publishers {
            let room = publisher / traffic.publishers;
            let to = room * traffic.viewers..(room + 1) * traffic.viewers;
            let sources = [
                (traffic.frames_per_second, traffic.frames.clone(), 0.0),
                (traffic.sound_packets_per_second, traffic.sound.clone(), 0.5),
            ];
            for (per_second, frames, offset) in sources {
                if per_second > 0 && !frames.is_empty() {
                    let step = Duration::from_secs(1) / per_second;
                    due.push(Reverse((
                        step.mul_f64((publisher as f64 + offset) / publishers as f64),
                        streams.len(),
                    )));
                    streams.push(Stream { step, frames, next: 0, to: to.clone() });
                }
            }
        }
        Schedule { streams, due, position: Duration::ZERO }
    }

    /// The next frame before a moment, when it is due and where it goes.
    fn next(&mut self, before: Duration) -> Option<(Duration, Frame, Range<usize>)> {
        let Reverse((at, index)) = *self.due.peek().filter(|Reverse((at, _))| *at < before)?;
        self.due.pop();
        let stream = &mut self.streams[index];
        let frame = stream.frames[stream.next];
        stream.next = (stream.next + 1) % stream.frames.len();
        self.due.push(Reverse((at + stream.step, index)));
        Some((at, frame, stream.to.clone()))
    }

    /// Runs on for so long from where it stands. All of it is sent, however late.
    fn run(&mut self, sender: &mut Sender, time: Duration) -> anyhow::Result<Ran> {
        let (began, from, until) = (Instant::now(), self.position, self.position + time);
        let mut ran = Ran::default();
        while let Some((at, frame, to)) = self.next(until) {
            let due = began + (at - from);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            ran.latest = ran.latest.max(due.elapsed());
            ran.packets += sender.send(frame, to)?;
        }
        self.position = until;
        Ok(ran)
    }
}

#[cfg(test)]
mod tests {
    use load::Plan;

    use super::*;

    /// Packets, by size, of a stretch of a schedule.
    fn sent(schedule: &mut Schedule, until: Duration) -> (usize, usize) {
        let (mut pictures, mut sound) = (0, 0);
        while let Some((_, frame, to)) = schedule.next(until) {
            match frame.bytes > 1000 {
                true => pictures += frame.packets * to.len(),
                false => sound += frame.packets * to.len(),
            }
        }
        (pictures, sound)
    }

    #[test]
    fn a_second_of_a_schedule_is_a_second_of_the_traffic() {
        let traffic = Traffic::of(&Plan::webcam(), 3, 2, 7);
        let mut schedule = Schedule::new(&traffic);
        sent(&mut schedule, Duration::from_secs(1));
        let second = sent(&mut schedule, Duration::from_secs(2));
        let (pictures, sound) = (150 * 2 * 3 * 7, 50 * 2 * 3 * 7);
        // Thirty frames do not divide a second evenly, so one more or less is right.
        assert!(second.0.abs_diff(pictures) <= 5 * 6 * 7, "{second:?}");
        assert!(second.1.abs_diff(sound) <= 6 * 7, "{second:?}");
    }

    #[test]
    fn frames_come_in_order_of_time_and_stay_in_their_room() {
        let mut schedule = Schedule::new(&Traffic::of(&Plan::webcam(), 2, 1, 5));
        let mut last = Duration::ZERO;
        let mut rooms = [false; 2];
        while let Some((at, _, to)) = schedule.next(Duration::from_millis(200)) {
            assert!(at >= last);
            last = at;
            rooms[to.start / 5] = true;
            assert_eq!(to.len(), 5);
        }
        assert_eq!(rooms, [true; 2]);
    }
}
