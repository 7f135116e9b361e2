//! The newest that was sent on a stream: where the next run goes on.

use std::time::{Duration, Instant};

use super::TOP;
use super::clock::{CaptureClock, duration_to_ticks};
use super::segments::Segment;
use crate::codec::dependency;
use crate::{Kind, Packet};

/// Where the clocks of two sources and the arrival of their packets disagree by more, the clocks are not believed.
const MAX_CLOCK_DISAGREEMENT: Duration = Duration::from_secs(2);

/// Least step of a time stamp over a switch: a millisecond of picture, so that two layers' keyframes of one moment stay two frames without
/// moving the stream off its clock.
const LEAST_VIDEO_STEP: u32 = 90;

/// The same for sound: one Opus frame of 20 ms.
const LEAST_AUDIO_STEP: u32 = 960;

const PICTURE_BITS: u16 = 0x7fff;

/// The stream's front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    /// Newest outgoing sequence number, extended.
    pub(super) sequence: u64,
    /// Newest outgoing time stamp.
    timestamp: u32,
    /// When the first packet of it arrived.
    arrived: Instant,
    /// The clock of the layer it came from, less the run's offset: in outgoing time stamps.
    clock: Option<CaptureClock>,
    clock_rate: u32,
    picture: Option<u16>,
    tl0: Option<u8>,
    /// Newest frame number of the dependency descriptor.
    frame: Option<u16>,
}

impl Edge {
    pub(super) fn new(packet: &Packet) -> Edge {
        Edge {
            sequence: 0,
            timestamp: packet.timestamp,
            arrived: packet.arrived,
            clock: None,
            clock_rate: packet.codec.clock_rate(),
            picture: None,
            tl0: None,
            frame: None,
        }
    }

    /// Moves on to a packet that is newer than all before it.
    pub(super) fn advance(
        &mut self,
        packet: &Packet,
        sequence: u64,
        run: &Segment,
        clock: Option<CaptureClock>,
    ) {
        self.sequence = sequence;
        let timestamp = packet.timestamp.wrapping_add(run.timestamp_offset);
        if timestamp != self.timestamp {
            self.timestamp = timestamp;
            self.arrived = packet.arrived;
        }
        self.clock = clock
            .map(|clock| CaptureClock { rtp: clock.rtp.wrapping_add(run.timestamp_offset), at: clock.at });
        if let Some(vp8) = &packet.vp8 {
            if let Some(picture) = vp8.picture_id {
                self.picture = Some(masked(picture.value.wrapping_add(run.picture_offset)));
            }
            if let Some(tl0) = vp8.tl0_picture_index {
                self.tl0 = Some(tl0.wrapping_add(run.tl0_offset));
            }
        }
        if let Some(frame) = dependency::frame_number(packet.descriptor()) {
            self.frame = Some(frame.wrapping_add(run.frame_offset));
        }
    }

    /// A number was used that is not the newest packet's: it came late.
    pub(super) fn reach(&mut self, sequence: u64) {
        self.sequence = self.sequence.max(sequence);
    }

    /// The run that goes on from here with `packet`, whose layer has `clock`.
    pub(super) fn succeed(&self, packet: &Packet, clock: Option<CaptureClock>) -> Segment {
        let timestamp = self.timestamp.wrapping_add(self.step_to(packet, clock));
        let vp8 = packet.vp8.as_ref();
        let picture = vp8.and_then(|vp8| vp8.picture_id).map_or(0, |picture| picture.value);
        let tl0 = vp8.and_then(|vp8| vp8.tl0_picture_index).unwrap_or(0);
        let frame = dependency::frame_number(packet.descriptor()).unwrap_or(0);
        Segment {
            layer: packet.layer,
            epoch: packet.epoch,
            first_out: self.sequence + 1,
            first_in: packet.sequence,
            newest_in: packet.sequence,
            blank: false,
            spatial: TOP.spatial,
            timestamp_offset: timestamp.wrapping_sub(packet.timestamp),
            picture_offset: self.picture.map_or(0, |last| last.wrapping_add(1).wrapping_sub(picture)),
            tl0_offset: self.tl0.map_or(0, |last| last.wrapping_add(1).wrapping_sub(tl0)),
            frame_offset: self.frame.map_or(0, |last| last.wrapping_add(1).wrapping_sub(frame)),
        }
    }

    /// Ticks from the newest time stamp to that of `packet`: by the publishers' clocks where both are known, by arrival otherwise.
    fn step_to(&self, packet: &Packet, clock: Option<CaptureClock>) -> u32 {
        let by_arrival = packet.arrived.saturating_duration_since(self.arrived);
        let by_clock = self.clock.zip(clock).map(|(old, new)| {
            let last = old.capture_of(self.timestamp, self.clock_rate);
            new.capture_of(packet.timestamp, self.clock_rate).saturating_duration_since(last)
        });
        let span = match by_clock {
            Some(span) if span.abs_diff(by_arrival) < MAX_CLOCK_DISAGREEMENT => span,
            _ => by_arrival,
        };
        let least = match packet.codec.kind() {
            Kind::Audio => LEAST_AUDIO_STEP,
            Kind::Video => LEAST_VIDEO_STEP,
        };
        duration_to_ticks(span, self.clock_rate).max(least)
    }

    /// The extended number of one on the wire; `None` where it lies ahead of what was sent.
    pub(super) fn extend(&self, sequence: u16) -> Option<u64> {
        let behind = (self.sequence as u16).wrapping_sub(sequence);
        if behind > u16::MAX / 2 {
            return None;
        }
        self.sequence.checked_sub(u64::from(behind))
    }

    /// Newest outgoing time stamp.
    pub(super) fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// The time stamp that belongs to `now`.
    pub(super) fn timestamp_at(&self, now: Instant) -> u32 {
        match self.clock {
            Some(clock) => clock.rtp_at(now, self.clock_rate),
            None => {
                let span = now.saturating_duration_since(self.arrived);
                self.timestamp.wrapping_add(duration_to_ticks(span, self.clock_rate))
            }
        }
    }
}

/// A picture id in 15 bits (RFC 7741, section 4.2), the width of every viewer's stream: publishers of 7 and of 15 bits follow one another
/// in a slot, and a narrower one would send the numbers back to where they were.
pub(super) fn masked(picture: u16) -> u16 {
    picture & PICTURE_BITS
}
