//! What every client sent, and when it came to the server: what packets are judged by.

use std::collections::HashMap;

use media::rtp::Header;
use media::{Kind, Source};

use crate::network::Micros;

/// Counts what happens in a world; two things at one virtual time still have an order.
pub(crate) type Tick = u64;

/// A client's number, in the order they were made.
pub(crate) type ClientId = usize;

/// Bytes of a stamp.
pub(crate) const STAMP: usize = 12;
const MARK: [u8; 4] = *b"sim!";

/// One packet of a frame; sound has one packet a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PacketRef {
    pub(crate) client: ClientId,
    pub(crate) frame: usize,
    pub(crate) part: usize,
}

/// What a datagram on its way to the server carries of a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag {
    pub(crate) client: ClientId,
    pub(crate) frame: usize,
    /// `None` for a retransmission, for which packet it repairs is encrypted, and where nobody can tell whether the engine took it.
    pub(crate) part: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    pub(crate) tick: Tick,
    /// Among all datagrams; within a tick it is their order.
    pub(crate) order: u64,
    part: Option<usize>,
}

/// A frame of one layer.
#[derive(Debug)]
pub(crate) struct FrameSent {
    pub(crate) source: Source,
    pub(crate) layer: u8,
    pub(crate) keyframe: bool,
    pub(crate) packets: usize,
    /// Number of its first packet among those of the layer that carry media.
    pub(crate) counter: u64,
    /// The same, padding counted.
    pub(crate) position: u64,
    pub(crate) at: Micros,
    arrivals: Vec<Arrival>,
}

impl FrameSent {
    /// When this packet first came, where that is certain: of a retransmission nobody knows what it repairs.
    pub(crate) fn first_arrival(&self, part: usize) -> Option<Arrival> {
        let first = self.arrivals.iter().find(|arrival| arrival.part.is_none_or(|it| it == part));
        first.copied().filter(|first| first.part.is_some())
    }

    /// Every time at which this packet may have come.
    pub(crate) fn arrivals(&self, part: usize) -> impl Iterator<Item = Tick> {
        self.arrivals
            .iter()
            .filter(move |arrival| arrival.part.is_none_or(|it| it == part))
            .map(|arrival| arrival.tick)
    }
}

#[derive(Debug, Default)]
struct Layer {
    counter: u64,
    position: u64,
    frames: Vec<usize>,
}

/// One client's.
#[derive(Debug, Default)]
struct Page {
    frames: Vec<FrameSent>,
    layers: HashMap<(Source, u8), Layer>,
    /// By SSRC and time stamp, which a retransmission keeps.
    found: HashMap<(u32, u32), usize>,
}

/// Everything that was sent.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pages: Vec<Page>,
    orders: u64,
}

impl Book {
    /// Writes a frame down before it is sent; its number goes into the stamp.
    pub(crate) fn enter(
        &mut self,
        client: ClientId,
        source: Source,
        layer: u8,
        packets: usize,
        keyframe: bool,
        at: Micros,
    ) -> usize {
        let page = self.page(client);
        let number = page.frames.len();
        let of_layer = page.layers.entry((source, layer)).or_default();
        let (counter, position) = (of_layer.counter, of_layer.position);
        of_layer.counter += packets as u64;
        of_layer.position += packets as u64;
        of_layer.frames.push(number);
        page.frames.push(FrameSent {
            source,
            layer,
            keyframe,
            packets,
            counter,
            position,
            at,
            arrivals: Vec::new(),
        });
        number
    }

    /// Padding uses up a number of the publisher's.
    pub(crate) fn pad(&mut self, client: ClientId, source: Source, layer: u8) {
        self.page(client).layers.entry((source, layer)).or_default().position += 1;
    }

    /// Notes under which SSRC and time stamp a frame's packet went out, so that its retransmission is known again.
    pub(crate) fn note(&mut self, client: ClientId, frame: usize, datagram: &[u8]) {
        if let Some(header) = Header::parse(datagram) {
            self.page(client).found.insert((header.ssrc(), header.timestamp()), frame);
        }
    }

    /// What a datagram is that a client sent by itself: a retransmission of a frame, or nothing of ours.
    pub(crate) fn retransmission(&self, client: ClientId, datagram: &[u8]) -> Option<Tag> {
        if !is_media(datagram) {
            return None;
        }
        let header = Header::parse(datagram)?;
        let page = self.pages.get(client)?;
        // A synthetic peer's retransmissions have its media's SSRC, the last bit flipped.
        let frame = page.found.get(&(header.ssrc() ^ 1, header.timestamp()))?;
        Some(Tag { client, frame: *frame, part: None })
    }

    /// A datagram came to its engine.
    pub(crate) fn arrived(&mut self, tag: Tag, tick: Tick) {
        self.orders += 1;
        let order = self.orders;
        if let Some(frame) = self.page(tag.client).frames.get_mut(tag.frame) {
            frame.arrivals.push(Arrival { tick, order, part: tag.part });
        }
    }

    pub(crate) fn frame(&self, client: ClientId, frame: usize) -> Option<&FrameSent> {
        self.pages.get(client)?.frames.get(frame)
    }

    /// The packets of a layer with these numbers.
    pub(crate) fn between(
        &self,
        client: ClientId,
        source: Source,
        layer: u8,
        numbers: std::ops::Range<u64>,
    ) -> Vec<PacketRef> {
        let Some(page) = self.pages.get(client) else { return Vec::new() };
        let Some(of_layer) = page.layers.get(&(source, layer)) else { return Vec::new() };
        let first = of_layer.frames.partition_point(|frame| {
            page.frames.get(*frame).is_some_and(|frame| frame.counter + frame.packets as u64 <= numbers.start)
        });
        let mut found = Vec::new();
        for frame in of_layer.frames.iter().skip(first) {
            let Some(sent) = page.frames.get(*frame).filter(|sent| sent.counter < numbers.end) else { break };
            let parts = (0..sent.packets).filter(|part| numbers.contains(&(sent.counter + *part as u64)));
            found.extend(parts.map(|part| PacketRef { client, frame: *frame, part }));
        }
        found
    }

    pub(crate) fn sent(&self) -> u64 {
        self.pages.iter().map(|page| page.frames.len() as u64).sum()
    }

    fn page(&mut self, client: ClientId) -> &mut Page {
        if self.pages.len() <= client {
            self.pages.resize_with(client + 1, Page::default);
        }
        &mut self.pages[client]
    }
}

/// What a packet carries to be known by.
pub(crate) fn stamp(client: ClientId, frame: usize) -> [u8; STAMP] {
    let mut bytes = [0; STAMP];
    bytes[..4].copy_from_slice(&MARK);
    bytes[4..8].copy_from_slice(&(client as u32).to_be_bytes());
    bytes[8..].copy_from_slice(&(frame as u32).to_be_bytes());
    bytes
}

/// Whose packet this is; `None` for what no client stamped.
pub(crate) fn read_stamp(kind: Kind, payload: &[u8]) -> Option<PacketRef> {
    let (stamp, part) = match kind {
        Kind::Audio => (payload, 0),
        // The descriptor's S bit tells a frame's first packet (RFC 7741, section 4.2); ours have two at most.
        Kind::Video => {
            (payload.get(media::synthetic::STAMP_AT..)?, usize::from(payload.first()? & 0x10 == 0))
        }
    };
    let (mark, rest) = stamp.split_first_chunk::<4>()?;
    let (client, rest) = rest.split_first_chunk::<4>()?;
    let (frame, _) = rest.split_first_chunk::<4>()?;
    let number = |bytes: &[u8; 4]| u32::from_be_bytes(*bytes) as usize;
    (*mark == MARK).then(|| PacketRef { client: number(client), frame: number(frame), part })
}

/// Whether a datagram is SRTP rather than STUN, DTLS or SRTCP (RFC 7983, section 7; RFC 5761, section 4).
pub(crate) fn is_media(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, second, ..] if !(192..=223).contains(second))
}
