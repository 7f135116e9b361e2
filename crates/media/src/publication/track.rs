//! One source of a peer: its layers, its payload types, its keyframe requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::codec::{Codec, keyframe, vp8};
use crate::gate::Gate;
use crate::packet::{Facts, MAX_PAYLOAD};
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

/// One source, as negotiated.
#[derive(Debug)]
pub(super) struct Track {
    source: Source,
    mid: Mid,
    payload_types: Vec<PayloadType>,
    rids: Vec<Mid>,
    transport_feedback: bool,
    pub(super) layers: Vec<Layer>,
    pub(super) keyframes: KeyframeRequests,
}

/// One packet of a track, seen in its bytes.
pub(super) struct Arrival<'a> {
    pub(super) now: Instant,
    pub(super) route: Route,
    pub(super) header: Header<'a>,
    /// As the header extension of RFC 6464 has it.
    pub(super) audio_level: Option<u8>,
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
            mid: negotiated.mid,
            payload_types: Vec::new(),
            rids: Vec::new(),
            transport_feedback: false,
            layers: Vec::new(),
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
        let moved = self.mid != negotiated.mid || self.rids != rids;
        self.mid = negotiated.mid;
        self.rids = rids;
        // A source takes what is of its own kind only, whatever was negotiated.
        self.payload_types.clear();
        let own = negotiated.payload_types.iter().filter(|one| one.codec.kind() == self.source.kind());
        self.payload_types.extend(own);
        self.transport_feedback = negotiated.transport_feedback;
        let kind = self.source.kind();
        self.layers.resize_with(self.rids.len().max(1), || Layer::new(kind));
        moved
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

    /// Sound is not asked for again: it would come too late.
    fn asks(&self) -> bool {
        self.source.kind() == Kind::Video
    }

    /// Somebody needs a keyframe on these layers; nobody needs one of sound.
    pub(super) fn want_keyframe(&mut self, now: Instant, layers: LayerSet) {
        if self.source.kind() == Kind::Video {
            self.keyframes.want(now, layers & self.all());
        }
    }

    /// All layers there are.
    fn all(&self) -> LayerSet {
        (0..self.layers.len()).fold(0, |set, layer| set | bit(layer as u8))
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
    pub(super) fn receive(
        &mut self,
        arrival: &Arrival<'_>,
        gate: &mut Gate,
        counters: &mut Counters,
    ) -> Option<&Arc<Packet>> {
        let media = match arrival.route.rtx {
            false => self.direct(arrival, gate, counters)?,
            true => self.unwrap_retransmission(arrival, gate, counters)?,
        };
        self.admit(arrival, &media, gate, counters)
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
        let layer = self.layers.get_mut(usize::from(arrival.route.layer))?;
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
        let layer = self.layers.get(usize::from(arrival.route.layer))?;
        let Some(number) = layer.original(u16::from_be_bytes(*original)) else {
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
        gate: &mut Gate,
        counters: &mut Counters,
    ) -> Option<&Arc<Packet>> {
        let admitted = gate.admit()?;
        let descriptor = readable(media, counters)?;
        let (index, asks) = (arrival.route.layer, self.asks());
        let layer = self.layers.get_mut(usize::from(index))?;
        let place = layer.place(arrival.now, media.number, media.recovered, asks, counters)?;
        let keyframe_start = keyframe::starts(media.codec, media.payload, descriptor.as_ref());
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
                timestamp: arrival.header.timestamp(),
                marker: arrival.header.marker(),
                codec: media.codec,
                keyframe_start,
                vp8: descriptor,
                audio_level: arrival.audio_level,
                arrived: arrival.now,
                payload: media.payload,
            },
        )
    }
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
