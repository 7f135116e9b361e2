//! One source of a peer: its layers, its payload types, its keyframe requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::codec::dependency;
use crate::codec::{Codec, keyframe, red, vp8};
use crate::gate::Gate;
use crate::packet::{Facts, MAX_DESCRIPTOR, MAX_PAYLOAD};
use crate::pool::MAX_LAYERS;
use crate::rtp::Header;
use crate::sdp::{PayloadType, SourceTrack, Upstream};
use crate::{Kind, Mid, Packet, Source};

use super::keyframe::{KeyframeRequests, LayerSet, bit};
use super::layer::Layer;
use super::{Counters, binding::Route};

/// A camera's layer that is silent for this long was stopped by its encoder.
pub const CAMERA_SILENCE: Duration = Duration::from_millis(700);

/// The same for sound and screens; a still screen is sent once a second or so.
pub const OTHER_SILENCE: Duration = Duration::from_secs(3);

/// One source, as negotiated. One that is negotiated no more stays, absent, because its layers' numbers must not be used twice.
#[derive(Debug)]
pub(super) struct Track {
    source: Source,
    present: bool,
    mid: Mid,
    payload_types: Vec<PayloadType>,
    rids: Vec<Mid>,
    transport_feedback: bool,
    nack: bool,
    /// Empty until anything of the media is heard: most people only watch. Those negotiated are the first of them; layers are never
    /// taken out.
    pub(super) layers: Vec<Layer>,
    /// To the publisher and back, for layers yet to be heard; `None` as long as nobody knows.
    round_trip: Option<Duration>,
    pub(super) keyframes: KeyframeRequests,
}

/// One packet of a track, seen in its bytes.
pub(super) struct Arrival<'a> {
    pub(super) now: Instant,
    pub(super) route: Route,
    pub(super) header: Header<'a>,
    /// As the header extension of RFC 6464 has it.
    pub(super) audio_level: Option<u8>,
    /// The dependency descriptor.
    pub(super) descriptor: Option<&'a [u8]>,
}

/// A packet with a payload of its own, wherever it came from.
struct Media<'a> {
    number: u64,
    codec: Codec,
    payload: &'a [u8],
    recovered: bool,
}

impl Track {
    pub(super) fn new(negotiated: &SourceTrack) -> Self {
        let mut track = Track {
            source: negotiated.source,
            present: true,
            mid: negotiated.mid,
            payload_types: Vec::new(),
            rids: Vec::new(),
            transport_feedback: false,
            nack: false,
            layers: Vec::new(),
            round_trip: None,
            keyframes: KeyframeRequests::default(),
        };
        track.renegotiate(negotiated);
        track
    }

    /// Takes what was negotiated anew; `true` when streams can no longer be told by what was remembered of them.
    pub(super) fn renegotiate(&mut self, negotiated: &SourceTrack) -> bool {
        let rids = match &negotiated.upstream {
            Upstream::Single { .. } => Vec::new(),
            Upstream::Simulcast { rids } => rids.iter().copied().take(MAX_LAYERS).collect(),
        };
        let moved = !self.present || self.mid != negotiated.mid || self.rids != rids;
        self.present = true;
        self.mid = negotiated.mid;
        self.rids = rids;
        // A source takes what is of its own kind only, whatever was negotiated.
        self.payload_types.clear();
        let own = negotiated.payload_types.iter().filter(|one| one.codec.kind() == self.source.kind());
        self.payload_types.extend(own);
        self.transport_feedback = negotiated.transport_feedback;
        self.nack = negotiated.nack;
        let count = self.count();
        self.layers.iter_mut().skip(count).for_each(Layer::leave);
        moved
    }

    /// How many layers are negotiated, while the source is.
    fn count(&self) -> usize {
        self.rids.len().max(1)
    }

    /// A layer whose media was heard: all that are negotiated are there from now on.
    fn heard(&mut self, index: u8) -> Option<&mut Layer> {
        let (kind, count) = (self.source.kind(), self.count());
        if self.layers.len() < count {
            self.layers.reserve_exact(count - self.layers.len());
            let new = (self.layers.len()..count).map(|at| Layer::new(kind, count - 1 - at, self.round_trip));
            self.layers.extend(new);
        }
        self.layers.get_mut(usize::from(index))
    }

    /// The round trip to the publisher.
    pub(super) fn set_round_trip(&mut self, round_trip: Duration) {
        self.round_trip = Some(round_trip);
        self.layers.iter_mut().for_each(|layer| layer.nacks.set_round_trip(round_trip));
    }

    /// The source is not negotiated any more: nothing binds to it, and nothing of it is kept but its numbers.
    pub(super) fn leave(&mut self) {
        self.present = false;
        self.payload_types.clear();
        self.transport_feedback = false;
        self.layers.iter_mut().for_each(Layer::leave);
        self.keyframes.clear();
    }

    /// Whether it is negotiated.
    pub(super) fn is_present(&self) -> bool {
        self.present
    }

    pub(super) fn source(&self) -> Source {
        self.source
    }

    pub(super) fn mid(&self) -> Mid {
        self.mid
    }

    /// Lowest layer first; empty for a source of one stream.
    pub(super) fn rids(&self) -> &[Mid] {
        &self.rids
    }

    /// Whether transport-wide feedback was agreed.
    pub(super) fn transport_feedback(&self) -> bool {
        self.transport_feedback
    }

    /// Whether a payload type is one of retransmissions; `None` when it is not one of this source at all.
    pub(super) fn is_rtx(&self, number: u8) -> Option<bool> {
        self.payload_types.iter().find_map(|one| match number {
            number if one.number == number => Some(false),
            number if one.rtx == Some(number) => Some(true),
            _ => None,
        })
    }

    fn codec(&self, number: u8) -> Option<Codec> {
        self.payload_types.iter().find(|one| one.number == number).map(|one| one.codec)
    }

    fn repaired_codec(&self, number: u8) -> Option<Codec> {
        self.payload_types.iter().find(|one| one.rtx == Some(number)).map(|one| one.codec)
    }

    /// Whether what is missing is asked for.
    fn asks(&self) -> bool {
        self.nack
    }

    /// Somebody needs a keyframe on these layers; nobody needs one of sound.
    pub(super) fn want_keyframe(&mut self, now: Instant, layers: LayerSet) {
        if self.source.kind() == Kind::Video {
            self.keyframes.want(now, layers & self.all());
        }
    }

    /// The publisher is heard again after a silence: viewers have lost more of its pictures than is worth asking for again.
    pub(super) fn resume(&mut self, now: Instant, silent: Instant) {
        self.keyframes.resume(silent);
        self.want_keyframe(now, self.all());
    }

    /// All layers that are negotiated.
    fn all(&self) -> LayerSet {
        let count = if self.present { self.count() } else { 0 };
        (0..count).fold(0, |set, layer| set | bit(layer as u8))
    }

    /// The layers packets arrive on.
    pub(super) fn live(&self, now: Instant) -> LayerSet {
        let silence = match self.source {
            Source::Camera => CAMERA_SILENCE,
            Source::Mic | Source::Screen => OTHER_SILENCE,
        };
        let live =
            |(index, layer): (usize, &Layer)| if layer.is_live(now, silence) { bit(index as u8) } else { 0 };
        self.layers.iter().enumerate().map(live).fold(0, |set, one| set | one)
    }

    /// The layer the last packet arrived on, however long ago; the highest of those at once.
    pub(super) fn last_heard(&self) -> Option<u8> {
        let heard =
            self.layers.iter().zip(0u8..).filter_map(|(layer, index)| Some((layer.last_media()?, index)));
        heard.max().map(|(_, index)| index)
    }

    /// The gate opened.
    pub(super) fn open(&mut self, now: Instant) {
        self.layers.iter_mut().for_each(Layer::open);
        self.want_keyframe(now, self.all());
    }

    /// The gate closed.
    pub(super) fn close(&mut self) {
        self.layers.iter_mut().for_each(Layer::close);
        self.keyframes.clear();
    }

    /// Takes a packet that belongs to this source.
    ///
    /// `found` is given what was missing and came with it, oldest first: redundant sound.
    pub(super) fn receive(
        &mut self,
        arrival: &Arrival<'_>,
        gate: &mut Gate,
        counters: &mut Counters,
        found: &mut Vec<Arc<Packet>>,
    ) -> Option<&Arc<Packet>> {
        let mut media = match arrival.route.rtx {
            false => self.direct(arrival, gate, counters)?,
            true => self.unwrap_retransmission(arrival, gate, counters)?,
        };
        if media.codec == Codec::Red {
            let Some(blocks) = red::Blocks::parse(media.payload).filter(|blocks| !blocks.own().is_empty())
            else {
                counters.malformed += 1;
                return None;
            };
            if gate.is_open() {
                self.take_apart(arrival, &media, blocks, gate, counters, found);
            }
            media = Media { codec: Codec::Opus, payload: blocks.own(), ..media };
        }
        self.admit(arrival, &media, arrival.header.timestamp(), gate, counters)
    }

    /// The frames that a packet of redundant sound carries besides its own are those of the packets right before it.
    fn take_apart(
        &mut self,
        arrival: &Arrival<'_>,
        media: &Media<'_>,
        blocks: red::Blocks<'_>,
        gate: &mut Gate,
        counters: &mut Counters,
        found: &mut Vec<Arc<Packet>>,
    ) {
        let oldest = blocks.redundancy() as u64;
        for (step, block) in (0..).zip(blocks) {
            let Some(number) = media.number.checked_sub(oldest - step) else { continue };
            let missing = self.layers.first().is_some_and(|layer| layer.is_missing(number));
            if !missing || block.payload.is_empty() {
                continue;
            }
            let timestamp = arrival.header.timestamp().wrapping_sub(block.offset);
            let media = Media { number, codec: Codec::Opus, payload: block.payload, recovered: true };
            found.extend(self.admit(arrival, &media, timestamp, gate, counters).cloned());
        }
    }

    /// A packet of the media's own SSRC; `None` when it carries nothing.
    fn direct<'a>(
        &mut self,
        arrival: &Arrival<'a>,
        gate: &Gate,
        counters: &mut Counters,
    ) -> Option<Media<'a>> {
        let header = &arrival.header;
        let Some(codec) = self.codec(header.payload_type()) else {
            counters.unknown_payload_type += 1;
            return None;
        };
        let layer = self.heard(arrival.route.layer)?;
        let rate = codec.clock_rate();
        let number = layer.hear(arrival.now, header.ssrc(), header.sequence(), header.timestamp(), rate);
        let media = Media { number, codec, payload: header.payload(), recovered: false };
        self.with_payload(arrival, media, gate, counters)
    }

    /// A retransmission: the original's sequence number, then its payload (RFC 4588, section 4). `None` when it carries nothing.
    fn unwrap_retransmission<'a>(
        &mut self,
        arrival: &Arrival<'a>,
        gate: &Gate,
        counters: &mut Counters,
    ) -> Option<Media<'a>> {
        let Some((original, payload)) = arrival.header.payload().split_first_chunk() else {
            counters.padding += 1;
            return None;
        };
        let Some(codec) = self.repaired_codec(arrival.header.payload_type()) else {
            counters.unknown_payload_type += 1;
            return None;
        };
        let layer = self.layers.get(usize::from(arrival.route.layer));
        let Some(number) = layer.and_then(|layer| layer.original(u16::from_be_bytes(*original))) else {
            counters.late += 1;
            return None;
        };
        self.with_payload(arrival, Media { number, codec, payload, recovered: true }, gate, counters)
    }

    /// The packet back if it carries something; otherwise its number is closed.
    fn with_payload<'a>(
        &mut self,
        arrival: &Arrival<'_>,
        media: Media<'a>,
        gate: &Gate,
        counters: &mut Counters,
    ) -> Option<Media<'a>> {
        let asks = self.asks();
        let layer = self.layers.get_mut(usize::from(arrival.route.layer))?;
        if !media.payload.is_empty() {
            layer.alive(arrival.now);
            return Some(media);
        }
        counters.padding += 1;
        if gate.is_open() {
            layer.pad(arrival.now, media.number, asks, counters);
        }
        None
    }

    /// Past the gate, and into the ring.
    fn admit(
        &mut self,
        arrival: &Arrival<'_>,
        media: &Media<'_>,
        timestamp: u32,
        gate: &mut Gate,
        counters: &mut Counters,
    ) -> Option<&Arc<Packet>> {
        let admitted = gate.admit()?;
        let mut descriptor = readable(media, counters)?;
        let (index, asks) = (arrival.route.layer, self.asks());
        let layer = self.layers.get_mut(usize::from(index))?;
        let place = layer.place(arrival.now, media.number, media.recovered, asks, counters)?;
        if let Some(picture) = descriptor.as_mut().and_then(|one| one.picture_id.as_mut())
            && !picture.long
        {
            picture.value = layer.widen(place.sequence, picture.value);
        }
        let scalable = layer.scalable(place.sequence, media.codec, media.payload, arrival.descriptor);
        let keyframe_start = keyframe::starts(media.codec, media.payload, descriptor.as_ref())
            && scalable.is_none_or(|scalable| scalable.spatial == 0);
        if place.overflow {
            self.keyframes.want(arrival.now, bit(index));
        }
        if keyframe_start {
            layer.keyframe(media.number);
            self.keyframes.arrived(index);
        }
        counters.admit(self.source, index);
        layer.keep(
            admitted,
            &Facts {
                layer: index,
                epoch: place.epoch,
                sequence: place.sequence,
                timestamp,
                marker: arrival.header.marker(),
                codec: media.codec,
                keyframe_start,
                vp8: descriptor,
                scalable,
                descriptor: kept_descriptor(media, arrival.descriptor),
                audio_level: arrival.audio_level,
                arrived: arrival.now,
                payload: media.payload,
            },
        )
    }
}

/// What of a dependency descriptor viewers are told: browsers decode several spatial layers of AV1 only with it, and everything else without.
/// One that no viewer could be sent costs itself, not the packet.
fn kept_descriptor<'a>(media: &Media<'_>, descriptor: Option<&'a [u8]>) -> &'a [u8] {
    let fits = |descriptor: &&[u8]| {
        (dependency::MANDATORY..=MAX_DESCRIPTOR).contains(&descriptor.len())
            && media.payload.len() + descriptor.len() <= MAX_PAYLOAD
    };
    let descriptor = descriptor.filter(|_| matches!(media.codec, Codec::Av1 { .. }));
    descriptor.filter(fits).unwrap_or_default()
}

/// Checks what can be checked of a payload, and reads the descriptor of those that have one.
fn readable(media: &Media<'_>, counters: &mut Counters) -> Option<Option<vp8::Descriptor>> {
    if media.payload.len() > MAX_PAYLOAD {
        counters.oversized += 1;
        return None;
    }
    if media.codec != Codec::Vp8 {
        return Some(None);
    }
    let descriptor = vp8::Descriptor::parse(media.payload);
    counters.malformed += u64::from(descriptor.is_none());
    descriptor.map(Some)
}
