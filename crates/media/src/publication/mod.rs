//! The receiving half of a peer: what it publishes, from its decrypted packets to the rings that forwarders read.
//!
//! How an engine uses it:
//!
//! - every decrypted RTP packet goes into [`Upstreams::receive_rtp`]; what comes back may be forwarded, and is already kept for
//!   retransmission. Every decrypted RTCP datagram goes into [`Upstreams::receive_rtcp`].
//! - the control plane's word on a source goes into [`Upstreams::set_gate`]. Once closing has returned, nothing of that source is kept or
//!   will be returned; what the engine has queued or handed to other threads is the engine's to drop.
//! - after any of these, and at [`Upstreams::next_timeout`], [`Upstreams::poll_rtcp`] hands over what is to be sent back.
//!
//! The way of a packet: header → transport-wide feedback → [`binding`](self) to source and layer → reception statistics → padding
//! sorted out → **gate** → payload checked → number and duplicate window → ring. Everything before the gate happens for gated packets
//! too, so that a publisher's bandwidth estimate is ready when the gate opens; nothing after it does. What is dropped on the way is counted in
//! [`Counters`].
//!
//! A packet costs no allocation once rings are warm; RTCP written back allocates a little, a few times a second.

mod binding;
mod control;
mod counters;
mod keyframe;
mod layer;
mod loudness;
mod meter;
mod nack;
mod numbering;
mod reception;
mod track;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::gate::Gate;
use crate::rtp::Header;
use crate::rtp::control::{Compound, Control};
use crate::sdp::{HeaderExtensions, Session, SourceTrack, Upstream};
use crate::{Kind, Packet, PeerId, PublicationId, Source};

use crate::twcc::TransportFeedback;
use binding::{Bindings, Route, Tracks};
use layer::Layer;
use loudness::Loudness;
use track::{Arrival, Track};

pub use crate::twcc::FEEDBACK_INTERVAL;
pub use control::RECEIVER_SSRC;
pub use counters::Counters;
pub use keyframe::{KEYFRAME_INTERVAL, MAX_KEYFRAME_TRIES};
pub use loudness::TOLD_EVERY;
pub use track::{CAMERA_SILENCE, OTHER_SILENCE};

/// Time between two receiver reports, while packets come.
pub const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// All of one peer's sources.
#[derive(Debug)]
pub struct Upstreams {
    extensions: HeaderExtensions,
    gates: [Gate; Source::ALL.len()],
    tracks: Tracks,
    bindings: Bindings,
    transport: TransportFeedback,
    /// Of the microphone.
    loudness: Loudness,
    /// When a receiver report is due; `None` when nothing came since the last.
    report_due: Option<Instant>,
    /// The latest time told.
    latest: Option<Instant>,
    counters: Counters,
    /// What came with the last packet besides its own.
    found: Vec<Arc<Packet>>,
    /// Reused by every [`Upstreams::poll_rtcp`].
    buffer: Vec<u8>,
    numbers: Vec<u16>,
}

/// A layer that packets arrive on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveLayer {
    /// Which one.
    pub layer: u8,
    /// Payload that arrived in the last second, in bit/s.
    pub bitrate: u64,
}

/// The publisher's last sender report of one layer: which wall-clock time a time stamp stands for (RFC 3550, section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderClock {
    /// NTP time, 32.32 bits, of the publisher's clock.
    pub ntp: u64,
    /// The time stamp of the same moment.
    pub timestamp: u32,
    /// When the report arrived here.
    pub arrived: Instant,
}

impl SenderClock {
    /// The same mapping for the present moment: NTP time and time stamp, both moved on by the time since the report arrived.
    pub fn at(&self, now: Instant, clock_rate: u32) -> (u64, u32) {
        let passed = now.saturating_duration_since(self.arrived).as_micros();
        let ntp = self.ntp.wrapping_add(((passed << 32) / 1_000_000) as u64);
        let timestamp = self.timestamp.wrapping_add((passed * u128::from(clock_rate) / 1_000_000) as u32);
        (ntp, timestamp)
    }
}

impl Upstreams {
    /// What was negotiated with a peer; every gate is closed.
    pub fn new(peer: PeerId, session: &Session) -> Self {
        let mut upstreams = Upstreams {
            extensions: session.extensions,
            gates: Source::ALL.map(|source| Gate::new(PublicationId { peer, source })),
            tracks: Tracks::default(),
            bindings: Bindings::default(),
            transport: TransportFeedback::new(),
            loudness: Loudness::default(),
            report_due: None,
            latest: None,
            counters: Counters::default(),
            found: Vec::new(),
            buffer: Vec::new(),
            numbers: Vec::new(),
        };
        upstreams.renegotiate(session);
        upstreams
    }

    /// Takes a new negotiation of the same peer connection; gates, rings and what is known of running streams stay. A source or layer that is in
    /// it no more is forgotten, but for its gate and its numbers, which go on should it come back. Of two m-lines for one source the first counts.
    pub fn renegotiate(&mut self, session: &Session) {
        self.extensions = session.extensions;
        for source in Source::ALL {
            match session.upstream.iter().find(|negotiated| negotiated.source == source) {
                Some(negotiated) => self.renegotiate_source(negotiated),
                None => {
                    if let Some(track) = &mut self.tracks[source.index()] {
                        track.leave();
                    }
                    self.bindings.forget(source);
                }
            }
        }
    }

    fn renegotiate_source(&mut self, negotiated: &SourceTrack) {
        let source = negotiated.source;
        let open = self.gates[source.index()].is_open();
        let slot = &mut self.tracks[source.index()];
        let begins = slot.as_ref().is_none_or(|track| !track.is_present());
        let track = slot.get_or_insert_with(|| Track::new(negotiated));
        if track.renegotiate(negotiated) {
            self.bindings.forget(source);
        }
        if let (true, true, Some(now)) = (begins, open, self.latest) {
            track.open(now);
        }
        let Upstream::Single { ssrc, rtx } = negotiated.upstream else { return };
        for (ssrc, rtx) in [(ssrc, false), (rtx, true)] {
            if let Some(ssrc) = ssrc {
                self.bindings.offered(ssrc, Route { source, layer: 0, rtx });
            }
        }
    }

    /// Whether anything that was missing came with the packet last taken.
    pub fn has_found(&self) -> bool {
        !self.found.is_empty()
    }

    /// Moves what was missing and came with the packet last taken to the end of `found`, oldest first: it is to be forwarded before it.
    pub fn take_found(&mut self, found: &mut Vec<Arc<Packet>>) {
        found.append(&mut self.found);
    }

    /// Takes one decrypted RTP packet. Returned is what may be forwarded: admitted, not seen before, without padding, and kept in the ring.
    /// `None` for everything else; [`counters`](Upstreams::counters) say why.
    pub fn receive_rtp(&mut self, now: Instant, packet: &[u8]) -> Option<&Arc<Packet>> {
        self.latest = Some(now);
        self.found.clear();
        let Some(header) = Header::parse(packet) else {
            self.counters.malformed += 1;
            return None;
        };
        self.record_transport(now, &header);
        let Some(route) = self.bindings.route(&header, &self.extensions, &self.tracks) else {
            self.counters.unbound += 1;
            return None;
        };
        self.report_due.get_or_insert(now + REPORT_INTERVAL);
        let source = route.source;
        self.counters.received[source.kind() as usize] += 1;
        // Seven bits of level below one that tells voice from noise (RFC 6464, section 3).
        let audio_level = match source {
            Source::Mic => {
                header.extension(self.extensions.audio_level).and_then(<[u8]>::first).map(|byte| byte & 0x7f)
            }
            Source::Camera | Source::Screen => None,
        };
        let descriptor = match source.kind() {
            Kind::Audio => None,
            Kind::Video => header.extension(self.extensions.dependency_descriptor),
        };
        let arrival = Arrival { now, route, header, audio_level, descriptor };
        let track = self.tracks[source.index()].as_mut()?;
        let packet =
            track.receive(&arrival, &mut self.gates[source.index()], &mut self.counters, &mut self.found)?;
        if let Some(level) = audio_level {
            self.loudness.hear(now, level);
        }
        Some(packet)
    }

    /// How loud the microphone is from now on, when that is news: 1 to 127 while somebody speaks, 0 when they stopped.
    pub fn take_loudness(&mut self) -> Option<u8> {
        self.loudness.take_news()
    }

    /// Transport-wide numbers count all packets of a peer, whatever they are and whatever becomes of them.
    fn record_transport(&mut self, now: Instant, header: &Header<'_>) {
        if !self.tracks.iter().flatten().any(Track::transport_feedback) {
            return;
        }
        let data = header.extension(self.extensions.transport_sequence);
        if let Some(number) = data.and_then(<[u8]>::first_chunk) {
            self.transport.record(now, u16::from_be_bytes(*number), header.ssrc());
        }
    }

    /// Takes one decrypted RTCP datagram: the sender reports and goodbyes in it; the rest is not for this half of the engine.
    pub fn receive_rtcp(&mut self, now: Instant, datagram: &[u8]) {
        self.latest = Some(now);
        for control in Compound::new(datagram) {
            match control {
                Ok(Control::SenderReport { ssrc, ntp, timestamp, .. }) => {
                    if let Some(layer) = self.media_layer(ssrc) {
                        layer.sender_report(now, ntp, timestamp);
                    }
                }
                Ok(Control::Goodbye { sources }) => sources.for_each(|ssrc| {
                    if let Some(layer) = self.media_layer(ssrc) {
                        layer.goodbye();
                    }
                }),
                Ok(_) => {}
                Err(_) => self.counters.malformed_control += 1,
            }
        }
    }

    /// Opens or closes the gate of one source. Closing wipes its rings; opening asks for a keyframe.
    pub fn set_gate(&mut self, now: Instant, source: Source, open: bool) {
        self.latest = Some(now);
        if !self.gates[source.index()].set(open) {
            return;
        }
        if source == Source::Mic && !open {
            self.loudness.close();
        }
        let Some(track) = &mut self.tracks[source.index()] else { return };
        match open {
            true => track.open(now),
            false => track.close(),
        }
    }

    /// Whether the gate of a source is open.
    pub fn is_open(&self, source: Source) -> bool {
        self.gates[source.index()].is_open()
    }

    /// The peer is heard again for the first time since `silent`: keyframes of all that is open are asked for, even if they were meanwhile.
    pub fn resume(&mut self, now: Instant, silent: Instant) {
        for (gate, track) in self.gates.iter().zip(&mut self.tracks) {
            if let Some(track) = track.as_mut().filter(|_| gate.is_open()) {
                track.resume(now, silent);
            }
        }
    }

    /// A forwarder needs a keyframe on this layer. Merged with others' wishes: at most one request a second goes to the publisher.
    pub fn request_keyframe(&mut self, source: Source, layer: u8) {
        if let (true, Some(now), Some(track)) =
            (self.is_open(source), self.latest, &mut self.tracks[source.index()])
        {
            track.want_keyframe(now, keyframe::bit(layer));
        }
    }

    /// The round trip to the peer, where the engine learned it (from reports on what it receives); paces NACKs.
    pub fn set_round_trip(&mut self, round_trip: Duration) {
        for track in self.tracks.iter_mut().flatten() {
            track.set_round_trip(round_trip);
        }
    }

    /// Packets that the peer must have sent, and how many of those came, over all its streams; what was sent again does not count.
    pub fn reception(&self) -> (u64, u64) {
        let layers = self.tracks.iter().flatten().flat_map(|track| &track.layers);
        layers.map(Layer::reception).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    /// Payload let in during the last second, in bit/s.
    pub fn bitrate(&self, now: Instant) -> u64 {
        self.tracks.iter().flatten().flat_map(|track| &track.layers).map(|layer| layer.bitrate(now)).sum()
    }

    /// Hands over every RTCP datagram that is due, not yet encrypted.
    pub fn poll_rtcp(&mut self, now: Instant, send: impl FnMut(&[u8])) {
        self.latest = Some(now);
        self.loudness.poll(now);
        let mut writer = control::Writer::new(&mut self.buffer, send);
        if self.report_due.is_some_and(|due| due <= now) {
            self.report_due = None;
            let layers = self.tracks.iter_mut().flatten().flat_map(|track| &mut track.layers);
            let reports: Vec<_> = layers.filter_map(|layer| layer.report(now)).collect();
            if !reports.is_empty() {
                writer.report(reports);
            }
        }
        for (track, gate) in self.tracks.iter_mut().zip(&self.gates) {
            if let (Some(track), true) = (track, gate.is_open()) {
                ask(now, track, &mut self.numbers, &mut writer, &mut self.counters);
            }
        }
        let feedback = self.transport.poll(now, RECEIVER_SSRC, |packet| writer.bytes(packet));
        self.counters.transport_feedback += feedback;
        writer.flush();
    }

    /// When [`poll_rtcp`](Upstreams::poll_rtcp) is next needed; may lie in the past.
    pub fn next_timeout(&self) -> Option<Instant> {
        let own = [self.report_due, self.transport.next_timeout(), self.loudness.next_timeout()];
        let mut next = own.into_iter().flatten().min();
        let now = self.latest?;
        for (track, gate) in self.tracks.iter().zip(&self.gates) {
            let (Some(track), true) = (track, gate.is_open()) else { continue };
            let nacks = track.layers.iter().filter_map(|layer| layer.nacks.next_timeout());
            next = next
                .into_iter()
                .chain(track.keyframes.next_timeout(track.live(now), track.last_heard()))
                .chain(nacks)
                .min();
        }
        next
    }

    /// A packet kept for retransmission.
    pub fn stored(&self, source: Source, layer: u8, sequence: u64) -> Option<&Arc<Packet>> {
        self.layer(source, layer)?.stored(sequence)
    }

    /// Layers of a source that packets arrive on, lowest first; none while its gate is closed.
    pub fn live_layers(&self, source: Source, now: Instant) -> impl Iterator<Item = LiveLayer> {
        let track = self.tracks[source.index()].as_ref().filter(|_| self.is_open(source));
        let live = track.map_or(0, |track| track.live(now));
        let layers = track.map_or(&[][..], |track| &track.layers);
        layers
            .iter()
            .zip(0u8..)
            .filter(move |(_, index)| live & keyframe::bit(*index) != 0)
            .map(move |(layer, index)| LiveLayer { layer: index, bitrate: layer.bitrate(now) })
    }

    /// The last sender report of a layer.
    pub fn sender_clock(&self, source: Source, layer: u8) -> Option<SenderClock> {
        self.layer(source, layer)?.clock()
    }

    /// What was received and dropped so far.
    pub fn counters(&self) -> Counters {
        let layers = self.tracks.iter().flatten().flat_map(|track| &track.layers);
        Counters {
            gated: Source::ALL.map(|source| self.gates[source.index()].gated()),
            transport_leaps: self.transport.leaps(),
            allocated: layers.map(Layer::allocated).sum(),
            ..self.counters
        }
    }

    fn layer(&self, source: Source, layer: u8) -> Option<&Layer> {
        self.tracks[source.index()].as_ref()?.layers.get(usize::from(layer))
    }

    /// The layer whose media has this SSRC.
    fn media_layer(&mut self, ssrc: u32) -> Option<&mut Layer> {
        let route = self.bindings.known(ssrc).filter(|route| !route.rtx)?;
        self.tracks[route.source.index()].as_mut()?.layers.get_mut(usize::from(route.layer))
    }
}

/// Writes what one source's publisher is to be asked for.
fn ask<F: FnMut(&[u8])>(
    now: Instant,
    track: &mut Track,
    numbers: &mut Vec<u16>,
    writer: &mut control::Writer<'_, F>,
    counters: &mut Counters,
) {
    for index in 0..track.layers.len() {
        let layer = &mut track.layers[index];
        numbers.clear();
        let hopeless = layer.ask(now, numbers, counters);
        if let (Some(ssrc), false) = (layer.ssrc(), numbers.is_empty()) {
            writer.nack(ssrc, numbers);
        }
        if hopeless {
            track.want_keyframe(now, keyframe::bit(index as u8));
        }
    }
    let wanted = track.keyframes.poll(now, track.live(now), track.last_heard());
    if let Some(ssrc) = wanted.and_then(|layer| track.layers.get(usize::from(layer))?.ssrc()) {
        writer.picture_loss(ssrc);
        counters.keyframe_requests += 1;
    }
}
