//! The receiving half of a synthetic participant: every packet of every slot, counted, and what a browser would tell the server about them.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use media::codec::{Codec, vp8};
use media::rtp::Header;
use media::sdp::answer::ServerParameters;
use media::twcc::TransportFeedback;
use media::{Kind, Mid, Source};
use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::reception_report::ReceptionReport;
use rtc_rtcp::transport_feedbacks::transport_layer_nack::{
    TransportLayerNack, nack_pairs_from_sequence_numbers,
};
use rtc_shared::marshal::Marshal;

use crate::Micros;
use crate::clip::Clip;
use crate::figures::Figures;
use crate::glance::Glance;
use crate::marker::{Marker, NO_FRAME, Tag};
use crate::reception::{Arrived, Continuity, Reception};

/// Time between two receiver reports.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// The SSRC a receiver without streams of its own speaks under.
const OWN_SSRC: u32 = 1;

/// Packets of one slot that wait for their frame's sample: more than any frame of the clip has.
const WAITING_PACKETS: usize = 32;

/// Packets one journal holds; those beyond are counted in [`Received::unwritten`].
pub const JOURNAL_PACKETS: usize = 4_000_000;

/// One packet of a synthetic sender, as it reached a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// What it says of itself.
    pub marker: Marker,
    /// When the receiving machine's kernel had it.
    pub arrived: Micros,
}

/// What came of one sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Packets, each counted once.
    pub packets: u64,
    /// By [`Source::index`].
    pub by_source: [u64; Source::ALL.len()],
    /// When the newest of them was sent.
    pub newest_sent: Micros,
    /// When the last one arrived.
    pub last_arrived: Micros,
}

/// All that a participant received so far.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// By sender.
    pub senders: HashMap<Tag, Tally>,
    /// When the first packet with a payload arrived.
    pub first_packet: Option<Micros>,
    /// Packets with nothing in them: padding that should have stayed with the server.
    pub empty: u64,
    /// Packets of padding on a stream of retransmissions, which the server sends to find out how much comes through.
    pub probes: u64,
    /// Packets of an SSRC that is no slot's.
    pub strange: u64,
    /// Packets that were opened and have no marker: no synthetic participant sent them, or they are not the last of a frame of the clip.
    pub unmarked: u64,
    /// Packets of the clip that are not what the clip holds there.
    pub corrupt: u64,
    /// Sender reports.
    pub sender_reports: u64,
    /// Times it asked for packets again, and for a keyframe.
    pub nacks: u64,
    /// Likewise.
    pub keyframe_requests: u64,
    /// Packets that found the journal full.
    pub unwritten: u64,
}

/// One m-line on which the server sends.
#[derive(Debug)]
struct Slot {
    mid: Mid,
    kind: Kind,
    ssrc: u32,
    rtx_ssrc: Option<u32>,
    codec: Codec,
    reception: Reception,
    /// A picture broke and waits for a keyframe to be asked for.
    broken: bool,
    /// Packets counted by their headers, time stamp and arrival, until their frame's sample tells when they were sent.
    waiting: VecDeque<(u32, Micros)>,
}

/// Which packets are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// All.
    All,
    /// Of the clip's pictures the last of every frame, which has a marker; of everything else all.
    Samples,
}

/// All slots of one participant.
#[derive(Debug)]
pub(crate) struct Receiving {
    slots: Vec<Slot>,
    opening: Opening,
    received: Received,
    journal: Option<Vec<Sighting>>,
    /// Transport-wide feedback, as browsers give it, and the extension's id.
    feedback: TransportFeedback,
    numbered: Option<u8>,
    report_due: Option<Instant>,
    /// The next so many packets of pictures are treated as if the network had lost them.
    to_lose: u32,
    lost: Vec<u16>,
}

impl Receiving {
    /// What the answer gives to the slots of the offer. With `journal`, every packet that is opened is written down.
    pub(crate) fn new(slots: &[Mid], server: &ServerParameters, opening: Opening, journal: bool) -> Self {
        let numbered = slots.iter().find_map(|mid| {
            let section = server.section(*mid)?;
            section.extensions.transport_sequence.filter(|_| section.transport_feedback)
        });
        let slots = slots.iter().filter_map(|mid| {
            let section = server.section(*mid)?;
            Some(Slot {
                mid: *mid,
                kind: section.kind?,
                ssrc: section.ssrc?,
                rtx_ssrc: section.rtx_ssrc,
                codec: section.payload_types.first()?.codec,
                reception: Reception::default(),
                broken: false,
                waiting: VecDeque::new(),
            })
        });
        Receiving {
            slots: slots.collect(),
            opening,
            received: Received::default(),
            journal: journal.then(Vec::new),
            feedback: TransportFeedback::new(),
            numbered,
            report_due: None,
            to_lose: 0,
            lost: Vec::new(),
        }
    }

    pub(crate) fn received(&self) -> &Received {
        &self.received
    }

    pub(crate) fn continuity(&self) -> Vec<(Mid, Kind, Continuity)> {
        self.slots.iter().map(|slot| (slot.mid, slot.kind, slot.reception.continuity())).collect()
    }

    pub(crate) fn take_journal(&mut self) -> Vec<Sighting> {
        self.journal.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The next so many packets of pictures do not count as having come.
    pub(crate) fn lose(&mut self, packets: u32) {
        self.to_lose = packets;
    }

    /// Notes when a packet came, protected or not: its header is in the clear.
    pub(crate) fn note_arrival(&mut self, now: Instant, datagram: &[u8]) {
        if self.numbered.is_none() || Glance::at(datagram).is_none() {
            return;
        }
        let Some(header) = Header::parse_protected(datagram) else { return };
        if let Some(number) = header.extension(self.numbered).and_then(<[u8]>::first_chunk) {
            self.feedback.record(now, u16::from_be_bytes(*number), header.ssrc());
        }
    }

    /// Looks at a protected packet; `true` when that was enough and it need not be opened.
    pub(crate) fn glance(
        &mut self,
        now: Instant,
        arrived: Micros,
        datagram: &[u8],
        figures: &mut Figures,
    ) -> bool {
        if self.opening == Opening::All {
            return false;
        }
        let Some(glance) = Glance::at(datagram).filter(|glance| !glance.marker) else { return false };
        let slot = self.slots.iter_mut().find(|slot| slot.ssrc == glance.ssrc && slot.kind == Kind::Video);
        let Some(slot) = slot else { return false };
        self.report_due.get_or_insert(now + REPORT_INTERVAL);
        if slot.reception.arrive(now, glance.sequence) == Arrived::Fresh {
            self.received.first_packet.get_or_insert(arrived);
            figures.packets += 1;
            if slot.waiting.len() == WAITING_PACKETS {
                slot.waiting.pop_front();
            }
            slot.waiting.push_back((glance.timestamp, arrived));
        }
        true
    }

    /// Takes a decrypted RTP packet.
    pub(crate) fn receive_rtp(
        &mut self,
        now: Instant,
        arrived: Micros,
        packet: &[u8],
        figures: &mut Figures,
    ) {
        let Some(header) = Header::parse(packet) else { return };
        let ssrc = header.ssrc();
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.ssrc == ssrc || slot.rtx_ssrc == Some(ssrc))
        else {
            self.received.strange += 1;
            return;
        };
        let mut payload = header.payload();
        let fresh = if slot.ssrc == ssrc {
            if slot.kind == Kind::Video && self.to_lose > 0 {
                self.to_lose -= 1;
                self.lost.push(header.sequence());
                return;
            }
            slot.reception.arrive(now, header.sequence())
        } else if let Some((original, rest)) = payload.split_first_chunk() {
            payload = rest;
            slot.reception.recover(u16::from_be_bytes(*original))
        } else {
            // The server finds out how much comes through.
            self.received.probes += 1;
            return;
        };
        self.report_due.get_or_insert(now + REPORT_INTERVAL);
        if payload.is_empty() {
            self.received.empty += 1;
            return;
        }
        if fresh == Arrived::Again {
            return;
        }
        self.received.first_packet.get_or_insert(arrived);
        figures.packets += 1;
        slot.broken &= !starts_keyframe(slot.codec, payload);
        let Some(marker) = Marker::read(payload) else {
            self.received.unmarked += 1;
            return;
        };
        // The frame of a sample of the clip's only keyframe is whole, whether its start was opened or not.
        slot.broken &= marker.frame != 0;
        let mut note = |arrived: Micros| {
            self.received.note(&marker, arrived);
            // It grows by itself, so that this cannot fail for a delay below a machine's memory.
            let _ = figures.delay_us.record(arrived.since(marker.sent));
        };
        note(arrived);
        let timestamp = header.timestamp();
        slot.waiting.retain(|(of, arrived)| {
            if *of == timestamp {
                note(*arrived);
            }
            *of != timestamp
        });
        if let Some(same) = compare(slot.codec, &marker, payload) {
            figures.samples += 1;
            figures.corrupt += u64::from(!same);
            self.received.corrupt += u64::from(!same);
        }
        if let Some(journal) = &mut self.journal {
            match journal.len() < JOURNAL_PACKETS {
                true => journal.push(Sighting { marker, arrived }),
                false => self.received.unwritten += 1,
            }
        }
    }

    pub(crate) fn receive_rtcp(&mut self, datagram: &[u8]) {
        use media::rtp::control::{Compound, Control};
        let reports =
            Compound::new(datagram).flatten().filter(|one| matches!(one, Control::SenderReport { .. }));
        self.received.sender_reports += reports.count() as u64;
    }

    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        let missing = self.slots.iter().filter_map(|slot| slot.reception.next_timeout());
        missing.chain(self.report_due).chain(self.feedback.next_timeout()).min()
    }

    /// Says what is to be said to the server.
    pub(crate) fn poll(&mut self, now: Instant, emit: &mut impl FnMut(&[u8])) {
        self.feedback.poll(now, OWN_SSRC, &mut *emit);
        let mut ask = Vec::new();
        for slot in &mut self.slots {
            let gave_up = slot.reception.poll(now, &mut ask);
            if slot.rtx_ssrc.is_some() && !ask.is_empty() {
                self.received.nacks += 1;
                let nacks = nack_pairs_from_sequence_numbers(&ask);
                say(&TransportLayerNack { sender_ssrc: OWN_SSRC, media_ssrc: slot.ssrc, nacks }, emit);
            }
            ask.clear();
            if gave_up && slot.kind == Kind::Video && !slot.broken {
                slot.broken = true;
                self.received.keyframe_requests += 1;
                say(&PictureLossIndication { sender_ssrc: OWN_SSRC, media_ssrc: slot.ssrc }, emit);
            }
        }
        if self.report_due.is_some_and(|due| due <= now) {
            self.report_due = Some(now + REPORT_INTERVAL);
            self.report(emit);
        }
    }

    fn report(&self, emit: &mut impl FnMut(&[u8])) {
        let blocks = self.slots.iter().filter_map(|slot| {
            let Continuity { missing, given_up, .. } = slot.reception.continuity();
            Some(ReceptionReport {
                ssrc: slot.ssrc,
                total_lost: u32::try_from(missing + given_up).unwrap_or(u32::MAX),
                last_sequence_number: slot.reception.highest()?,
                ..Default::default()
            })
        });
        // One report holds 31 blocks (RFC 3550, section 6.4.2).
        let reports = blocks.take(31).collect();
        say(&ReceiverReport { ssrc: OWN_SSRC, reports, ..Default::default() }, emit);
    }

    /// Asks for a keyframe on every slot of pictures.
    pub(crate) fn request_keyframes(&mut self, emit: &mut impl FnMut(&[u8])) {
        for slot in self.slots.iter().filter(|slot| slot.kind == Kind::Video) {
            self.received.keyframe_requests += 1;
            say(&PictureLossIndication { sender_ssrc: OWN_SSRC, media_ssrc: slot.ssrc }, emit);
        }
    }
}

impl Received {
    fn note(&mut self, marker: &Marker, arrived: Micros) {
        let tally = self.senders.entry(marker.sender).or_default();
        tally.packets += 1;
        tally.by_source[marker.source.index()] += 1;
        tally.newest_sent = tally.newest_sent.max(marker.sent);
        tally.last_arrived = tally.last_arrived.max(arrived);
    }
}

/// Whether a sample is what the clip holds there; `None` where it is not from the clip.
fn compare(codec: Codec, marker: &Marker, payload: &[u8]) -> Option<bool> {
    if marker.frame == NO_FRAME {
        return None;
    }
    let (frames, start) = match codec {
        Codec::Vp8 => {
            let descriptor = vp8::Descriptor::parse(payload);
            (Clip::get().layers.get(usize::from(marker.layer)), descriptor.map_or(0, |one| one.length.into()))
        }
        _ => (Some(&Clip::get().sound), 0),
    };
    let frame = frames.and_then(|frames| frames.get(usize::from(marker.frame)));
    Some(frame.is_some_and(|frame| frame.ends_with(payload.get(start..).unwrap_or_default())))
}

/// What these packets hold is bounded, so that writing them cannot fail; if it did, the packet would be left out.
fn say(packet: &impl Marshal, emit: &mut impl FnMut(&[u8])) {
    if let Ok(bytes) = packet.marshal() {
        emit(&bytes);
    }
}

fn starts_keyframe(codec: Codec, payload: &[u8]) -> bool {
    media::codec::keyframe::starts(codec, payload, vp8::Descriptor::parse(payload).as_ref())
}
