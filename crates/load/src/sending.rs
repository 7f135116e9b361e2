//! The sending half of a synthetic participant: paced streams, and what a browser does about the server's RTCP.

use std::time::{Duration, Instant};

use media::Source;
use media::rtp::control::{Compound, Control};
use media::sdp::SourceMids;
use media::sdp::answer::{ServerParameters, ServerSection};
use media::sdp::offer::RIDS;
use rtc_rtcp::sender_report::SenderReport;
use rtc_rtcp::source_description::{
    SdesType, SourceDescription, SourceDescriptionChunk, SourceDescriptionItem,
};
use rtc_shared::marshal::Marshal;

use crate::Micros;
use crate::figures::Figures;
use crate::marker::Tag;
use crate::plan::{Pictures, Plan, Sound};
use crate::rhythm::{Rhythm, timestamp};
use crate::stream::{MAX_PACKET, Names, Stream};

/// Time between two sender reports.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// Seconds from 1900, where NTP begins, to 1970.
const NTP_EPOCH: u64 = 2_208_988_800;

/// What is to go out, in the clear.
#[derive(Debug)]
pub(crate) enum Outgoing<'a> {
    Rtp(&'a [u8]),
    Rtcp(&'a [u8]),
}

/// A packet that browsers send to learn what the path can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// Padding on the retransmission stream.
    Padding,
    /// A packet sent once more that nobody asked for.
    Repeated,
    /// Padding on the media stream itself, which uses up a sequence number.
    Gap,
}

/// What was sent, and what the server said to it. Only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Packets with a marker, retransmissions not counted.
    pub packets: u64,
    /// Retransmissions that the server asked for.
    pub resent: u64,
    /// Probes.
    pub probes: u64,
    /// Keyframes that the server asked for.
    pub keyframe_requests: u64,
    /// Transport-wide feedback packets.
    pub feedback: u64,
    /// When the newest packet was sent.
    pub newest: Micros,
}

/// All streams of one participant.
#[derive(Debug)]
pub(crate) struct Sending {
    streams: Vec<(Stream, Rhythm)>,
    /// When time stamps began.
    epoch: Instant,
    report_due: Instant,
    transport_sequence: u16,
    running: bool,
    sent: Sent,
}

impl Sending {
    /// The streams that a plan needs and the answer accepted. `seed` makes their SSRCs. Nothing is sent before [`Sending::run`].
    pub(crate) fn new(
        sender: Tag,
        plan: &Plan,
        sources: &SourceMids,
        server: &ServerParameters,
        seed: u32,
        now: Instant,
    ) -> Sending {
        let streams = streams(sender, plan, sources, server, seed, now);
        Sending {
            streams,
            epoch: now,
            report_due: now,
            transport_sequence: 0,
            running: false,
            sent: Sent::default(),
        }
    }

    /// Starts with a keyframe, or stops.
    pub(crate) fn run(&mut self, running: bool, now: Instant) {
        if running && !self.running {
            self.streams.iter_mut().for_each(|(_, rhythm)| rhythm.restart(now));
            self.report_due = now;
        }
        self.running = running;
    }

    /// The next frame of every layer will be a keyframe: browsers answer a request for one layer on all of them.
    pub(crate) fn want_keyframes(&mut self) {
        let pictures = self.streams.iter_mut().filter(|(stream, _)| stream.names.source != Source::Mic);
        pictures.for_each(|(_, rhythm)| rhythm.want_keyframe());
    }

    /// How loud the microphone is from now on.
    pub(crate) fn speak(&mut self, level: u8) {
        let mics = self.streams.iter_mut().filter(|(stream, _)| stream.names.source == Source::Mic);
        mics.for_each(|(stream, _)| stream.level = level.min(127));
    }

    pub(crate) fn sent(&self) -> Sent {
        self.sent
    }

    /// How many packets each layer of a source has made.
    pub(crate) fn made(&self, source: Source, layer: u8) -> u32 {
        let mut streams = self.streams.iter().map(|(stream, _)| stream);
        streams.find(|one| one.names.source == source && one.names.layer == layer).map_or(0, Stream::made)
    }

    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        let due = self.streams.iter().map(|(_, rhythm)| rhythm.due).min()?;
        self.running.then_some(due)
    }

    /// Sends the step that is due for longest, of one stream, so that its stamp is not older than what goes before it to the kernel. There may
    /// be more: [`Sending::next_timeout`] tells.
    pub(crate) fn poll(&mut self, now: Instant, figures: &mut Figures, emit: &mut impl FnMut(Outgoing<'_>)) {
        if !self.running {
            return;
        }
        let stamp = Micros::now();
        if self.report_due <= now {
            self.report_due = now + REPORT_INTERVAL;
            self.report(now, stamp, emit);
        }
        let due = self.streams.iter_mut().filter(|(_, rhythm)| rhythm.due <= now);
        let Some((stream, rhythm)) = due.min_by_key(|(_, rhythm)| rhythm.due) else { return };
        if rhythm.catch_up(now) {
            figures.left_out += 1;
        }
        let mut space = [0; MAX_PACKET];
        let before = self.sent.packets;
        loop {
            let shape = rhythm.next(self.epoch, stream.names.payload_type.codec.clock_rate());
            let length = stream.next(stamp, &shape, self.transport_sequence, &mut space);
            self.transport_sequence = self.transport_sequence.wrapping_add(1);
            self.sent.packets += 1;
            self.sent.newest = stamp;
            emit(Outgoing::Rtp(&space[..length]));
            if shape.last || !rhythm.whole_frames {
                break;
            }
        }
        figures.sent_late(now.saturating_duration_since(rhythm.due), self.sent.packets - before);
        rhythm.due += rhythm.step;
    }

    fn report(&self, now: Instant, stamp: Micros, emit: &mut impl FnMut(Outgoing<'_>)) {
        for (stream, _) in &self.streams {
            let ssrc = stream.names.ssrc;
            let report = SenderReport {
                ssrc,
                ntp_time: ntp(stamp),
                rtp_time: timestamp(self.epoch, now, stream.names.payload_type.codec.clock_rate()),
                packet_count: stream.packets,
                octet_count: stream.octets,
                ..Default::default()
            };
            let text = format!("synthetic-{}", stream.names.sender).into();
            let item = SourceDescriptionItem { sdes_type: SdesType::SdesCname, text };
            let name = SourceDescription {
                chunks: vec![SourceDescriptionChunk { source: ssrc, items: vec![item] }],
            };
            if let (Ok(report), Ok(name)) = (report.marshal(), name.marshal()) {
                emit(Outgoing::Rtcp(&[report, name].concat()));
            }
        }
    }

    /// Does what the server's RTCP asks for.
    pub(crate) fn receive_rtcp(&mut self, datagram: &[u8], emit: &mut impl FnMut(Outgoing<'_>)) {
        for control in Compound::new(datagram).flatten() {
            match control {
                Control::Nack { media_ssrc, lost } => self.resend(media_ssrc, lost, emit),
                Control::PictureLoss { .. } | Control::FullIntraRequest { .. } => {
                    self.sent.keyframe_requests += 1;
                    self.want_keyframes();
                }
                Control::ReceiverReport { blocks, .. } => {
                    for block in blocks {
                        let streams = self.streams.iter_mut().map(|(stream, _)| stream);
                        let known = streams.filter(|stream| stream.names.ssrc == block.ssrc);
                        known.for_each(|stream| stream.acknowledged = true);
                    }
                }
                Control::TransportWide(_) => self.sent.feedback += 1,
                _ => {}
            }
        }
    }

    fn resend(&mut self, ssrc: u32, lost: impl Iterator<Item = u16>, emit: &mut impl FnMut(Outgoing<'_>)) {
        let mut streams = self.streams.iter_mut().map(|(stream, _)| stream);
        let Some(stream) = streams.find(|stream| stream.names.ssrc == ssrc) else { return };
        let mut space = [0; MAX_PACKET];
        for sequence in lost {
            if let Some(length) = stream.again(sequence, self.transport_sequence, &mut space) {
                self.transport_sequence = self.transport_sequence.wrapping_add(1);
                self.sent.resent += 1;
                emit(Outgoing::Rtp(&space[..length]));
            }
        }
    }

    /// Sends one probe on every camera stream, whether it runs or not.
    pub(crate) fn probe(&mut self, probe: Probe, emit: &mut impl FnMut(Outgoing<'_>)) {
        let mut space = [0; MAX_PACKET];
        for (stream, _) in self.streams.iter_mut().filter(|(stream, _)| stream.names.source != Source::Mic) {
            let transport = self.transport_sequence;
            let length = match probe {
                Probe::Padding => stream.padding(transport, &mut space),
                Probe::Repeated => {
                    stream.newest().and_then(|newest| stream.again(newest, transport, &mut space))
                }
                Probe::Gap => Some(stream.gap(transport, &mut space)),
            };
            if let Some(length) = length {
                self.transport_sequence = self.transport_sequence.wrapping_add(1);
                self.sent.probes += 1;
                emit(Outgoing::Rtp(&space[..length]));
            }
        }
    }
}

/// The streams that a plan needs and the answer accepted, each in its rhythm. `seed` makes their SSRCs.
pub(crate) fn streams(
    sender: Tag,
    plan: &Plan,
    sources: &SourceMids,
    server: &ServerParameters,
    seed: u32,
    now: Instant,
) -> Vec<(Stream, Rhythm)> {
    let mut streams = Vec::new();
    let mut add = |section: Option<&ServerSection>, source, layer: u8, rhythm: Rhythm| {
        let Some(names) = section.and_then(|section| names(sender, source, layer, section, seed)) else {
            return;
        };
        streams.push((Stream::new(names, (seed >> 8) as u16), rhythm));
    };
    let section = |mid: Option<media::Mid>| mid.and_then(|mid| server.section(mid));
    match plan.mic {
        Some(Sound::Clip) => add(section(sources.mic), Source::Mic, 0, Rhythm::clip_sound(now)),
        Some(Sound::Filling) => add(section(sources.mic), Source::Mic, 0, Rhythm::sound(now)),
        None => {}
    }
    let mut picture = |layer, rhythm| add(section(sources.camera), Source::Camera, layer, rhythm);
    match &plan.camera {
        Some(Pictures::Clip) => {
            (0..RIDS.len() as u8).for_each(|layer| picture(layer, Rhythm::clip_pictures(layer, now)));
        }
        Some(Pictures::Filling(camera)) => {
            camera
                .layers
                .iter()
                .for_each(|layer| picture(layer.number, Rhythm::pictures(camera, layer, now)));
        }
        None => {}
    }
    streams
}

/// What a stream is called in what was agreed; `None` where the m-line has no codec or no such layer.
fn names(sender: Tag, source: Source, layer: u8, section: &ServerSection, seed: u32) -> Option<Names> {
    let rid = match section.rids.is_empty() {
        true => None,
        false => Some(RIDS.into_iter().find(|rid| {
            section.rids.get(usize::from(layer)).is_some_and(|agreed| agreed.as_str() == *rid)
        })?),
    };
    let ssrc = ssrc(seed, source, layer);
    Some(Names {
        sender,
        source,
        layer,
        mid: section.mid?,
        rid,
        ssrc,
        rtx_ssrc: ssrc + 1,
        payload_type: *section.payload_types.first()?,
        extensions: section.extensions,
    })
}

/// A layer's SSRC; the one after it is that of its retransmissions.
pub(crate) fn ssrc(seed: u32, source: Source, layer: u8) -> u32 {
    seed.wrapping_mul(16).wrapping_add(source.index() as u32 * 6 + u32::from(layer) * 2 + 2)
}

/// NTP time, 32.32 bits (RFC 3550, section 4).
fn ntp(at: Micros) -> u64 {
    let (seconds, micros) = (at.0 / 1_000_000 + NTP_EPOCH, at.0 % 1_000_000);
    (seconds << 32) | ((micros << 32) / 1_000_000)
}
