//! One layer of one source, as it arrives: its numbers, its ring, what is missing, and how it fares.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rtc_rtcp::reception_report::ReceptionReport;

use crate::codec::dependency::{self, Structure};
use crate::codec::{Codec, Scalable, vp9};
use crate::gate::Admitted;
use crate::packet::Facts;
use crate::pool::Ring;
use crate::rtp::SequenceExtender;
use crate::{Kind, Packet};

use super::meter::Meter;
use super::nack::Nacks;
use super::numbering::{Numbering, Padding, Placement};
use super::reception::Reception;
use super::{Counters, SenderClock};

/// Bits of the shorter and of the longer picture id (RFC 7741, section 4.2).
const SHORT_PICTURE: u16 = 0x7f;
const LONG_PICTURE: u16 = 0x7fff;

/// What arrives on one SSRC, and by retransmission on the one that goes with it.
#[derive(Debug)]
pub(super) struct Layer {
    ssrc: Option<u32>,
    epoch: u32,
    extender: SequenceExtender,
    numbering: Numbering,
    ring: Ring,
    pub(super) nacks: Nacks,
    reception: Option<Reception>,
    meter: Option<Meter>,
    clock: Option<SenderClock>,
    /// When the last packet with a payload came, gated or not.
    last_media: Option<Instant>,
    /// The publisher's number of the packet the last keyframe began with, since the stream started.
    keyframe: Option<u64>,
    /// What the last keyframe's dependency descriptor told, and since which forwarded number it holds.
    structure: Option<Box<Structure>>,
    structured: u64,
    /// The newest picture id since the stream started, in 15 bits, and the forwarded number of its packet.
    picture: Option<(u64, u16)>,
}

/// Where a packet stands in its layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) epoch: u32,
    pub(super) sequence: u64,
    /// So much is missing that a keyframe is needed.
    pub(super) overflow: bool,
}

impl Layer {
    /// One that has so many layers of its source above it.
    pub(super) fn new(kind: Kind, above: usize, round_trip: Option<Duration>) -> Self {
        let (ring, mut nacks) = (Ring::new(kind, above), Nacks::new());
        if let Some(round_trip) = round_trip {
            nacks.set_round_trip(round_trip);
        }
        Layer {
            ssrc: None,
            epoch: 0,
            extender: SequenceExtender::new(),
            numbering: Numbering::new(ring.capacity()),
            ring,
            nacks,
            reception: None,
            meter: None,
            clock: None,
            last_media: None,
            keyframe: None,
            structure: None,
            structured: 0,
            picture: None,
        }
    }

    /// The SSRC of the media, once it was heard.
    pub(super) fn ssrc(&self) -> Option<u32> {
        self.ssrc
    }

    /// A packet of the media's SSRC came: its extended number. Another SSRC than before starts the stream anew.
    pub(super) fn hear(
        &mut self,
        now: Instant,
        ssrc: u32,
        sequence: u16,
        timestamp: u32,
        clock_rate: u32,
    ) -> u64 {
        if self.ssrc != Some(ssrc) {
            self.ssrc = Some(ssrc);
            self.extender = SequenceExtender::new();
            self.reception = None;
            self.clock = None;
            self.start(None);
        }
        let number = self.extender.extend(sequence);
        match &mut self.reception {
            Some(reception) => reception.record(now, number, timestamp, clock_rate),
            None => self.reception = Some(Reception::new(now, number, timestamp)),
        }
        number
    }

    /// The extended number of a retransmitted packet; `None` before the media's own stream was heard.
    pub(super) fn original(&self, sequence: u16) -> Option<u64> {
        self.extender.nearest(sequence)
    }

    /// The gate opened: what was sent before is not asked for and not taken.
    pub(super) fn open(&mut self) {
        self.start(self.extender.highest().map(|highest| highest + 1));
    }

    /// The gate closed: nothing that was let in stays.
    pub(super) fn close(&mut self) {
        self.ring.wipe();
        self.nacks.clear();
        self.meter = None;
    }

    /// It is not negotiated any more. Only its numbers go on, should it come back: viewers' forwarders know them.
    pub(super) fn leave(&mut self) {
        self.close();
        self.ssrc = None;
        self.extender = SequenceExtender::new();
        self.reception = None;
        self.clock = None;
        self.last_media = None;
        self.start(None);
    }

    fn start(&mut self, floor: Option<u64>) {
        self.epoch = self.epoch.wrapping_add(1);
        self.numbering.restart(floor);
        self.keyframe = None;
        (self.structure, self.structured) = (None, 0);
        self.picture = None;
        self.nacks.clear();
    }

    /// A packet with payload came, whether or not it will be let in.
    pub(super) fn alive(&mut self, now: Instant) {
        self.last_media = Some(now);
    }

    /// The publisher said it stops.
    pub(super) fn goodbye(&mut self) {
        self.last_media = None;
    }

    /// When the last packet with a payload came; `None` after the publisher said it stops.
    pub(super) fn last_media(&self) -> Option<Instant> {
        self.last_media
    }

    /// Whether packets with payload came in the last `silence`.
    pub(super) fn is_live(&self, now: Instant, silence: Duration) -> bool {
        self.last_media.is_some_and(|last| now.saturating_duration_since(last) < silence)
    }

    /// A packet without payload passed the gate's source while the gate was open.
    pub(super) fn pad(&mut self, now: Instant, number: u64, asks: bool, counters: &mut Counters) {
        self.nacks.arrived(now, number);
        match self.numbering.pad(number) {
            Padding::Closed { skipped } if asks && !self.nacks.skipped(now, skipped.clone()) => {
                counters.nack_overflows += 1;
            }
            Padding::Late => counters.late_padding += 1,
            Padding::Closed { .. } | Padding::Ignored => {}
        }
    }

    /// Whether one of the publisher's numbers did not come, and can still be taken.
    pub(super) fn is_missing(&self, number: u64) -> bool {
        self.numbering.is_missing(number)
    }

    /// Gives an admitted packet its number; `None`, and counted, when it is not new. `recovered`: it came as a retransmission. `asks`:
    /// missing packets are asked for.
    pub(super) fn place(
        &mut self,
        now: Instant,
        number: u64,
        recovered: bool,
        asks: bool,
        counters: &mut Counters,
    ) -> Option<Place> {
        // A stream begins with a packet of its own, and a retransmission does not run ahead by more than can be told from nonsense.
        if recovered
            && self.numbering.highest().is_none_or(|highest| number > highest + self.ring.capacity() as u64)
        {
            counters.late += 1;
            return None;
        }
        match self.numbering.place(number) {
            Placement::New { sequence, skipped } => {
                self.nacks.arrived(now, number);
                counters.recovered += u64::from(recovered);
                let overflow = asks && !self.nacks.skipped(now, skipped);
                counters.nack_overflows += u64::from(overflow);
                Some(Place { epoch: self.epoch, sequence, overflow })
            }
            Placement::Duplicate => {
                counters.duplicate += 1;
                None
            }
            Placement::Late => {
                counters.late += 1;
                None
            }
        }
    }

    /// A keyframe began with this of the publisher's numbers.
    pub(super) fn keyframe(&mut self, number: u64) {
        self.keyframe = self.keyframe.max(Some(number));
    }

    /// Where a packet stands among the layers that this stream carries: by its dependency descriptor, or by VP9's own.
    pub(super) fn scalable(
        &mut self,
        sequence: u64,
        codec: Codec,
        payload: &[u8],
        descriptor: Option<&[u8]>,
    ) -> Option<Scalable> {
        match codec {
            Codec::Vp9 { .. } => vp9::scalable(payload),
            Codec::Av1 { .. } | Codec::H264 { .. } => self.described(sequence, descriptor?),
            Codec::Vp8 | Codec::Opus | Codec::Red => None,
        }
    }

    /// A keyframe that comes late tells of itself, and of nothing that came since.
    fn described(&mut self, sequence: u64, descriptor: &[u8]) -> Option<Scalable> {
        if sequence < self.structured {
            return dependency::scalable_alone(descriptor);
        }
        let layer = dependency::scalable(descriptor, &mut self.structure)?;
        if layer.is_told() {
            self.structured = sequence;
        }
        Some(layer)
    }

    /// A picture id of 7 bits counted on to 15, so that it turns over as one of 15 does. `sequence` is its packet's forwarded number,
    /// which says whether it lies ahead of the newest or behind it, by less than 128 pictures.
    pub(super) fn widen(&mut self, sequence: u64, short: u16) -> u16 {
        let Some((newest, picture)) = self.picture else {
            self.picture = Some((sequence, short));
            return short;
        };
        if sequence < newest {
            return picture.wrapping_sub(picture.wrapping_sub(short) & SHORT_PICTURE) & LONG_PICTURE;
        }
        let wide = picture.wrapping_add(short.wrapping_sub(picture) & SHORT_PICTURE) & LONG_PICTURE;
        self.picture = Some((sequence, wide));
        wide
    }

    /// Appends what is to be asked for again now, and counts what is given up. `true` when only a keyframe helps: what was given up
    /// is not older than the last one.
    pub(super) fn ask(&mut self, now: Instant, numbers: &mut Vec<u16>, counters: &mut Counters) -> bool {
        let given_up = self.nacks.poll(now, numbers);
        counters.nacked += numbers.len() as u64;
        counters.given_up += given_up.count;
        given_up.count > 0 && self.keyframe.is_none_or(|number| number <= given_up.newest)
    }

    /// Stores what was admitted and placed.
    pub(super) fn keep(&mut self, admitted: Admitted<'_>, facts: &Facts<'_>) -> Option<&Arc<Packet>> {
        let meter = self.meter.get_or_insert_with(|| Meter::new(facts.arrived));
        meter.record(facts.arrived, facts.payload.len());
        self.ring.fill(admitted, facts)
    }

    /// A packet kept for retransmission.
    pub(super) fn stored(&self, sequence: u64) -> Option<&Arc<Packet>> {
        self.ring.get(sequence)
    }

    /// Payload let in during the last second, in bit/s.
    pub(super) fn bitrate(&self, now: Instant) -> u64 {
        self.meter.as_ref().map_or(0, |meter| meter.bitrate(now))
    }

    /// Packets there must have been of the media's stream, and how many came.
    pub(super) fn reception(&self) -> (u64, u64) {
        self.reception.as_ref().map_or((0, 0), Reception::totals)
    }

    /// Packets its ring allocated.
    pub(super) fn allocated(&self) -> u64 {
        self.ring.allocated()
    }

    /// The publisher's sender report of the media's SSRC.
    pub(super) fn sender_report(&mut self, now: Instant, ntp: u64, timestamp: u32) {
        self.clock = Some(SenderClock { ntp, timestamp, arrived: now });
        if let Some(reception) = &mut self.reception {
            reception.sender_report(now, ntp);
        }
    }

    /// Its block of a receiver report, when anything came since the last.
    pub(super) fn report(&mut self, now: Instant) -> Option<ReceptionReport> {
        let ssrc = self.ssrc?;
        self.reception
            .as_mut()
            .filter(|reception| reception.has_news())
            .map(|reception| reception.report(now, ssrc))
    }

    /// The last sender report.
    pub(super) fn clock(&self) -> Option<SenderClock> {
        self.clock
    }
}
