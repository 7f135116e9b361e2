//! The receiving half of a synthetic participant: every packet of every slot, counted, and what a browser would tell the server about them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use media::codec::{Codec, vp8};
use media::rtp::Header;
use media::sdp::answer::ServerParameters;
use media::{Kind, Mid, Source};
use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::reception_report::ReceptionReport;
use rtc_rtcp::transport_feedbacks::transport_layer_nack::{
    TransportLayerNack, nack_pairs_from_sequence_numbers,
};
use rtc_shared::marshal::Marshal;

use crate::Micros;
use crate::marker::{Marker, Tag};
use crate::reception::{Arrived, Continuity, Reception};

/// Time between two receiver reports.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// The SSRC a receiver without streams of its own speaks under.
const OWN_SSRC: u32 = 1;

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
    /// Packets of an SSRC that is no slot's.
    pub strange: u64,
    /// Packets that no synthetic participant sent.
    pub unmarked: u64,
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
}

/// All slots of one participant.
#[derive(Debug)]
pub(crate) struct Receiving {
    slots: Vec<Slot>,
    received: Received,
    delay: Histogram<u64>,
    journal: Option<Vec<Sighting>>,
    report_due: Option<Instant>,
    /// The next so many packets of pictures are treated as if the network had lost them.
    to_lose: u32,
    lost: Vec<u16>,
}

impl Receiving {
    /// What the answer gives to the slots of the offer. With `journal`, every packet is written down.
    pub(crate) fn new(slots: &[Mid], server: &ServerParameters, journal: bool) -> Receiving {
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
            })
        });
        Receiving {
            slots: slots.collect(),
            received: Received::default(),
            delay: histogram(),
            journal: journal.then(Vec::new),
            report_due: None,
            to_lose: 0,
            lost: Vec::new(),
        }
    }

    pub(crate) fn received(&self) -> &Received {
        &self.received
    }

    pub(crate) fn delay(&self) -> &Histogram<u64> {
        &self.delay
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

    /// Takes a decrypted RTP packet.
    pub(crate) fn receive_rtp(&mut self, now: Instant, arrived: Micros, packet: &[u8]) {
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
            Arrived::Fresh
        };
        self.report_due.get_or_insert(now + REPORT_INTERVAL);
        if payload.is_empty() {
            self.received.empty += 1;
        } else if fresh == Arrived::Fresh {
            slot.broken &= !starts_keyframe(slot.codec, payload);
            self.note(arrived, payload);
        }
    }

    fn note(&mut self, arrived: Micros, payload: &[u8]) {
        self.received.first_packet.get_or_insert(arrived);
        let Some(marker) = Marker::read(payload) else {
            self.received.unmarked += 1;
            return;
        };
        let tally = self.received.senders.entry(marker.sender).or_default();
        tally.packets += 1;
        tally.by_source[marker.source.index()] += 1;
        tally.newest_sent = tally.newest_sent.max(marker.sent);
        tally.last_arrived = tally.last_arrived.max(arrived);
        // It grows by itself, so that this cannot fail for a delay below a machine's memory.
        let _ = self.delay.record(arrived.since(marker.sent));
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
        missing.chain(self.report_due).min()
    }

    /// Says what is to be said to the server.
    pub(crate) fn poll(&mut self, now: Instant, emit: &mut impl FnMut(&[u8])) {
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

/// What these packets hold is bounded, so that writing them cannot fail; if it did, the packet would be left out.
fn say(packet: &impl Marshal, emit: &mut impl FnMut(&[u8])) {
    if let Ok(bytes) = packet.marshal() {
        emit(&bytes);
    }
}

fn starts_keyframe(codec: Codec, payload: &[u8]) -> bool {
    media::codec::keyframe::starts(codec, payload, vp8::Descriptor::parse(payload).as_ref())
}

/// An empty one of delays in microseconds, exact to a hundredth. It grows as needed.
#[expect(clippy::expect_used, reason = "the library takes anything up to five digits")]
pub fn histogram() -> Histogram<u64> {
    Histogram::new(2).expect("two digits are allowed")
}
