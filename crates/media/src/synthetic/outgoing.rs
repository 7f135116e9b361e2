//! What a synthetic peer sends: sound that is no sound and pictures that are no pictures, in packets as a browser makes them.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use crate::rtp::{Extension, Fields, MAX_HEADER, write_header};
use crate::sdp::answer::ServerSection;
use crate::sdp::{HeaderExtensions, PayloadType, offer};
use crate::{MAX_DATAGRAM, Mid, Outbox, Source, Transport};

/// Packets of a stream kept to be sent again.
pub const MAX_KEPT: usize = 512;

/// Where a frame's stamp is found in each of its packets' payloads.
pub const STAMP_AT: usize = DESCRIPTOR + FRAME_HEADER;

const DESCRIPTOR: usize = 6;
/// Frame tag, start code and size of a VP8 keyframe (RFC 6386, section 9.1).
const FRAME_HEADER: usize = 10;
/// Room for the tag of SRTP and its index.
const SEAL_ROOM: usize = 24;
/// NTP time of a synthetic peer's beginning.
const NTP_START: u64 = 0xdead_0000_0000_0000;

/// One frame of one layer.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Whether decoding can begin here.
    pub keyframe: bool,
    /// In how many packets it is sent.
    pub packets: usize,
    /// Length of each packet's payload in bytes, at least that of the stamp and [`STAMP_AT`].
    pub size: usize,
    /// Time since the frame before, in ticks of 1/90000 s.
    pub ticks: u32,
    /// What the caller wants to find again in each packet, at [`STAMP_AT`].
    pub stamp: &'a [u8],
}

/// One stream.
pub(super) struct Outgoing {
    mid: Option<Mid>,
    rid: Option<Mid>,
    ssrc: u32,
    payload_type: PayloadType,
    extensions: HeaderExtensions,
    /// Of the picture, in pixels: 180, 360 and 720 lines.
    size: [u16; 2],
    sequence: u16,
    timestamp: u32,
    picture: u16,
    tl0: u8,
    rtx_sequence: u16,
    kept: VecDeque<(Fields, Vec<u8>)>,
    lose: bool,
    packets: u32,
}

impl Outgoing {
    pub(super) fn new(seed: u64, source: Source, layer: usize, section: &ServerSection) -> Outgoing {
        let opus = PayloadType { codec: crate::codec::Codec::Opus, number: offer::payload::OPUS, rtx: None };
        let payload_type = section.payload_types.first().copied().unwrap_or(opus);
        let ssrc = ((seed as u32) << 8) | ((source.index() as u32) << 4) | ((layer as u32) << 1);
        Outgoing {
            mid: section.mid,
            rid: section.rids.get(layer).copied(),
            ssrc: ssrc.wrapping_mul(0x9e37_79b1),
            payload_type,
            extensions: section.extensions,
            size: [320 << layer, 180 << layer],
            sequence: (ssrc & 0x7fff) as u16,
            timestamp: ssrc.wrapping_mul(77_777),
            picture: 0,
            tl0: 0,
            rtx_sequence: 0,
            kept: VecDeque::new(),
            lose: false,
            packets: 0,
        }
    }

    pub(super) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    fn rtx_ssrc(&self) -> u32 {
        self.ssrc ^ 1
    }

    pub(super) fn lose_next(&mut self) {
        self.lose = true;
    }

    pub(super) fn send_sound(
        &mut self,
        payload: &[u8],
        ticks: u32,
        transport_sequence: u16,
        transport: &mut Transport,
        to: SocketAddr,
        out: &mut Outbox,
    ) {
        self.timestamp = self.timestamp.wrapping_add(ticks);
        self.send(false, payload.to_vec(), transport_sequence, transport, to, out);
    }

    /// One packet of a frame.
    pub(super) fn send_part(
        &mut self,
        frame: &Frame<'_>,
        index: usize,
        transport_sequence: u16,
        transport: &mut Transport,
        to: SocketAddr,
        out: &mut Outbox,
    ) {
        if index == 0 {
            self.timestamp = self.timestamp.wrapping_add(frame.ticks);
            self.picture = (self.picture + 1) & 0x7fff;
            self.tl0 = self.tl0.wrapping_add(1);
        }
        let [high, low] = (0x8000 | self.picture).to_be_bytes();
        let mut payload = vec![0; frame.size.max(STAMP_AT + frame.stamp.len())];
        // Extended, start of a partition in the first; picture id, TL0PICIDX and the temporal layer follow (RFC 7741, section 4.2).
        payload[..DESCRIPTOR].copy_from_slice(&[
            if index == 0 { 0x90 } else { 0x80 },
            0xe0,
            high,
            low,
            self.tl0,
            0,
        ]);
        if index == 0 {
            let tag = u8::from(!frame.keyframe) | 0x10;
            let [[w0, w1], [h0, h1]] = self.size.map(u16::to_le_bytes);
            payload[DESCRIPTOR..STAMP_AT].copy_from_slice(&[tag, 0, 0, 0x9d, 0x01, 0x2a, w0, w1, h0, h1]);
        }
        payload[STAMP_AT..STAMP_AT + frame.stamp.len()].copy_from_slice(frame.stamp);
        self.send(index + 1 == frame.packets, payload, transport_sequence, transport, to, out);
    }

    fn send(
        &mut self,
        marker: bool,
        payload: Vec<u8>,
        transport_sequence: u16,
        transport: &mut Transport,
        to: SocketAddr,
        out: &mut Outbox,
    ) {
        self.sequence = self.sequence.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        let fields = Fields {
            payload_type: self.payload_type.number,
            marker,
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
        };
        if !std::mem::take(&mut self.lose) {
            self.write(&fields, false, &payload, 0, transport_sequence, transport, to, out);
        }
        self.kept.push_back((fields, payload));
        if self.kept.len() > MAX_KEPT {
            self.kept.pop_front();
        }
    }

    /// Sends a packet again (RFC 4588).
    pub(super) fn repair(
        &mut self,
        sequence: u16,
        transport_sequence: u16,
        transport: &mut Transport,
        to: SocketAddr,
        out: &mut Outbox,
    ) {
        let Some(rtx) = self.payload_type.rtx else { return };
        let Some((fields, payload)) = self.kept.iter().find(|(fields, _)| fields.sequence == sequence) else {
            return;
        };
        self.rtx_sequence = self.rtx_sequence.wrapping_add(1);
        let fields =
            Fields { payload_type: rtx, sequence: self.rtx_sequence, ssrc: self.rtx_ssrc(), ..*fields };
        let repairing: Vec<u8> = sequence.to_be_bytes().iter().chain(payload).copied().collect();
        self.write(&fields, true, &repairing, 0, transport_sequence, transport, to, out);
    }

    /// Padding on the media's own stream.
    pub(super) fn send_padding(
        &mut self,
        transport_sequence: u16,
        transport: &mut Transport,
        to: SocketAddr,
        out: &mut Outbox,
    ) {
        self.sequence = self.sequence.wrapping_add(1);
        let fields = Fields {
            payload_type: self.payload_type.number,
            marker: false,
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
        };
        self.write(&fields, false, &[], 200, transport_sequence, transport, to, out);
    }

    #[allow(clippy::too_many_arguments, reason = "one packet has that many sides, and all callers are above")]
    fn write(
        &self,
        fields: &Fields,
        repairs: bool,
        payload: &[u8],
        padding: u8,
        transport_sequence: u16,
        transport: &mut Transport,
        to: SocketAddr,
        out: &mut Outbox,
    ) {
        let sequence = transport_sequence.to_be_bytes();
        let (mid, rid) = (self.mid, self.rid);
        let rid_id = if repairs { self.extensions.repaired_rid } else { self.extensions.rid };
        let mut elements: Vec<Extension<'_>> = Vec::with_capacity(4);
        elements.extend(
            mid.as_ref()
                .zip(self.extensions.mid)
                .map(|(mid, id)| Extension { id, data: mid.as_str().as_bytes() }),
        );
        elements.extend(
            rid.as_ref().zip(rid_id).map(|(rid, id)| Extension { id, data: rid.as_str().as_bytes() }),
        );
        elements.extend(self.extensions.transport_sequence.map(|id| Extension { id, data: &sequence }));
        elements.extend(self.extensions.audio_level.map(|id| Extension { id, data: &[30] }));
        let room = (MAX_HEADER + payload.len() + usize::from(padding) + SEAL_ROOM).min(MAX_DATAGRAM);
        out.write(to, room, |space| {
            let Some(start) = write_header(space, fields, &elements) else { return 0 };
            let (end, length) = (start + payload.len(), start + payload.len() + usize::from(padding));
            let Some(body) = space.get_mut(start..length) else { return 0 };
            body[..payload.len()].copy_from_slice(payload);
            body[payload.len()..].fill(0);
            if padding > 0 {
                space[end..length].fill(0);
                space[length - 1] = padding;
                space[0] |= 0x20;
            }
            transport.seal_rtp(space, length).unwrap_or(0)
        });
    }

    /// Writes a sender report that says: the newest packet was captured now. All streams of a peer have one clock.
    pub(super) fn write_report(&self, now: Instant, epoch: Instant, control: &mut Vec<u8>) {
        if self.packets == 0 {
            return;
        }
        let passed = now.saturating_duration_since(epoch);
        let fraction = (u64::from(passed.subsec_nanos()) << 32) / 1_000_000_000;
        let ntp = NTP_START + ((passed.as_secs() << 32) | fraction);
        control.extend_from_slice(&[0x80, 200, 0, 6]);
        control.extend_from_slice(&self.ssrc.to_be_bytes());
        control.extend_from_slice(&ntp.to_be_bytes());
        control.extend_from_slice(&self.timestamp.to_be_bytes());
        control.extend_from_slice(&self.packets.to_be_bytes());
        control.extend_from_slice(&0u32.to_be_bytes());
    }
}
