//! A peer that is no browser: it offers, connects, publishes made-up media and notes what it receives. For tests and the load
//! generator.
//!
//! Like the engine it is sans-I/O: time and datagrams are arguments, what it sends is in an [`Outbox`].

mod incoming;
mod outgoing;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::rtp::Header;
use crate::rtp::control::{Compound, Control};
use crate::sdp::{AnswerError, IceCredentials, answer, offer};
use crate::srtp::Profile;
use crate::transport::{ClientParameters, TransportError};
use crate::twcc::TransportFeedback;
use crate::{Identity, Mid, Outbox, Received, Source, Transport, TransportEvent};

pub use incoming::{Incoming, Slot};
pub use outgoing::{Frame, MAX_KEPT, STAMP_AT};

use outgoing::Outgoing;

/// How often it reports on what it receives.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// The SSRC under which it speaks of what it receives.
const OWN_SSRC: u32 = 1;

/// Longest RTCP datagram written.
const MAX_CONTROL: usize = 1_200;

/// What a synthetic peer is to have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Tells it from all other peers of a server: its credentials, SSRCs and STUN transactions come from this.
    pub seed: u64,
    /// Whether it can send sound.
    pub mic: bool,
    /// Whether it can send a camera, in three layers.
    pub camera: bool,
    /// Whether it can share a screen.
    pub screen: bool,
    /// How many sounds it can receive.
    pub audio_slots: usize,
    /// How many pictures it can receive.
    pub video_slots: usize,
}

/// Why it cannot connect.
#[derive(Debug, thiserror::Error)]
pub enum SyntheticError {
    /// The answer cannot be read.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// It names no address of the server, or one of our m-lines was not accepted.
    #[error("the answer lacks {0}")]
    Lacks(&'static str),
    /// The transport cannot be made.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

/// Before the answer: what is to be sent to the server.
#[derive(Clone, Debug)]
pub struct Offering {
    shape: Shape,
    ice: IceCredentials,
    /// The offer, and which of its m-lines are what.
    pub written: offer::Synthetic,
}

/// A synthetic peer.
pub struct Peer {
    shape: Shape,
    transport: Transport,
    outgoing: [Vec<Outgoing>; Source::ALL.len()],
    slots: Vec<Slot>,
    transport_sequence: u16,
    feedback: TransportFeedback,
    report_due: Instant,
    epoch: Instant,
    keyframes_asked: [u64; Source::ALL.len()],
    nacked: u64,
}

impl Offering {
    /// Writes the offer.
    pub fn new(shape: Shape, identity: &Identity) -> Offering {
        let ice = IceCredentials {
            ufrag: format!("syn{:x}", shape.seed),
            pwd: format!("{:024x}", shape.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        };
        let fingerprint = fingerprint_text(identity);
        let written = offer::synthetic(&offer::Peer {
            ice: ice.clone(),
            fingerprint: &fingerprint,
            version: 1,
            mic: shape.mic,
            camera: shape.camera,
            screen: shape.screen,
            audio_slots: shape.audio_slots,
            video_slots: shape.video_slots,
        });
        Offering { shape, ice, written }
    }

    /// Takes the answer; the first [`Peer::poll`] begins to connect. `server` is used instead of the answer's candidates where given.
    ///
    /// # Errors
    ///
    /// What the answer lacks.
    pub fn answered(
        &self,
        answer: &str,
        server: Option<SocketAddr>,
        identity: &Identity,
        now: Instant,
    ) -> Result<Peer, SyntheticError> {
        let read = answer::read(answer)?;
        let server =
            server.or(read.candidates.first().copied()).ok_or(SyntheticError::Lacks("a candidate"))?;
        let parameters = ClientParameters {
            server,
            local_ice: self.ice.clone(),
            remote_ice: read.ice.clone(),
            fingerprints: vec![read.fingerprint.clone()],
            profiles: vec![Profile::AeadAes128Gcm],
            seed: self.shape.seed,
        };
        let transport = Transport::client(&parameters, identity, now)?;
        let mut outgoing: [Vec<Outgoing>; Source::ALL.len()] = Default::default();
        for (source, mid) in self.written.sources.iter() {
            let section = read.section(mid).ok_or(SyntheticError::Lacks("a source of ours"))?;
            let layers = section.rids.len().max(1);
            outgoing[source.index()] =
                (0..layers).map(|layer| Outgoing::new(self.shape.seed, source, layer, section)).collect();
        }
        Ok(Peer {
            shape: self.shape,
            transport,
            outgoing,
            slots: self.slots(&read)?,
            transport_sequence: 0,
            feedback: TransportFeedback::new(),
            report_due: now + REPORT_INTERVAL,
            epoch: now,
            keyframes_asked: [0; Source::ALL.len()],
            nacked: 0,
        })
    }
}

impl Offering {
    fn slots(&self, read: &answer::ServerParameters) -> Result<Vec<Slot>, SyntheticError> {
        let mids = self.written.audio_slots.iter().chain(&self.written.video_slots);
        let slots: Option<Vec<_>> = mids.map(|mid| read.section(*mid).and_then(Slot::new)).collect();
        slots.ok_or(SyntheticError::Lacks("a slot of ours"))
    }
}

impl Peer {
    /// Takes the answer to a further offer, whose slots replace the present ones; those that were there go on.
    ///
    /// # Errors
    ///
    /// What the answer lacks.
    pub fn answered_again(&mut self, offering: &Offering, answer: &str) -> Result<(), SyntheticError> {
        let read = answer::read(answer)?;
        let slots = offering.slots(&read)?;
        let known = std::mem::take(&mut self.slots);
        let go_on = |new: Slot| known.iter().find(|old| old.ssrc() == new.ssrc()).cloned().unwrap_or(new);
        self.slots = slots.into_iter().map(go_on).collect();
        self.transport.restart_ice(&offering.ice, &read.ice);
        self.shape = offering.shape;
        Ok(())
    }

    /// What it was made to have.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Does what time demands: checks, handshakes, reports.
    pub fn poll(&mut self, now: Instant, out: &mut Outbox) {
        self.transport.poll(now, out);
        let Peer { transport, feedback, .. } = self;
        feedback.poll(now, OWN_SSRC, |packet| transport.seal_rtcp(packet, out));
        if now < self.report_due {
            return;
        }
        self.report_due = now + REPORT_INTERVAL;
        let mut control = Vec::with_capacity(MAX_CONTROL);
        for slot in &mut self.slots {
            slot.write_report(now, &mut control);
            if control.len() > MAX_CONTROL / 2 {
                self.transport.seal_rtcp(&control, out);
                control.clear();
            }
        }
        if !control.is_empty() {
            self.transport.seal_rtcp(&control, out);
        }
    }

    /// When [`Peer::poll`] is needed next.
    pub fn next_timeout(&self) -> Option<Instant> {
        let transport = self.transport.next_timeout()?;
        if !self.transport.is_connected() {
            return Some(transport);
        }
        let next = transport.min(self.report_due);
        Some(self.feedback.next_timeout().map_or(next, |due| due.min(next)))
    }

    /// Takes a datagram. `media` is called with a packet of media, if that is what it was.
    pub fn receive(
        &mut self,
        now: Instant,
        from: SocketAddr,
        datagram: &mut [u8],
        out: &mut Outbox,
        media: impl FnOnce(&Incoming<'_>),
    ) {
        match self.transport.receive(now, from, datagram, out) {
            Received::Rtp(packet) => {
                let header = Header::parse(packet);
                let number = header.and_then(|header| header.extension(offer::EXTENSIONS.transport_sequence));
                if let Some(number) = number.and_then(<[u8]>::first_chunk) {
                    self.feedback.record(now, u16::from_be_bytes(*number), 0);
                }
                if let Some(incoming) = self.slots.iter_mut().find_map(|slot| slot.receive(packet)) {
                    media(&incoming);
                }
            }
            Received::Rtcp(control) => {
                let control = control.to_vec();
                self.control(now, &control, out);
            }
            Received::Nothing => {}
        }
    }

    fn control(&mut self, now: Instant, control: &[u8], out: &mut Outbox) {
        for one in Compound::new(control).flatten() {
            match one {
                Control::SenderReport { ssrc, ntp, timestamp, .. } => {
                    if let Some(slot) = self.slots.iter_mut().find(|slot| slot.ssrc() == ssrc) {
                        slot.reported(now, ntp, timestamp);
                    }
                }
                Control::PictureLoss { media_ssrc } => {
                    for source in Source::ALL {
                        let asked =
                            self.outgoing[source.index()].iter().any(|stream| stream.ssrc() == media_ssrc);
                        self.keyframes_asked[source.index()] += u64::from(asked);
                    }
                }
                Control::Nack { media_ssrc, lost } => {
                    for sequence in lost {
                        self.nacked += 1;
                        self.repair(media_ssrc, sequence, out);
                    }
                }
                _ => {}
            }
        }
    }

    fn repair(&mut self, ssrc: u32, sequence: u16, out: &mut Outbox) {
        let Some(to) = self.transport.destination() else { return };
        let transport_sequence = self.next_transport_sequence();
        let Some(stream) = self.outgoing.iter_mut().flatten().find(|stream| stream.ssrc() == ssrc) else {
            return;
        };
        stream.repair(sequence, transport_sequence, &mut self.transport, to, out);
    }

    /// Sends one packet of sound. `payload` begins with whatever the caller wants to find again.
    pub fn send_sound(&mut self, payload: &[u8], ticks: u32, out: &mut Outbox) {
        let transport_sequence = self.next_transport_sequence();
        let Some(to) = self.transport.destination() else { return };
        if let Some(stream) = self.outgoing[Source::Mic.index()].first_mut() {
            stream.send_sound(payload, ticks, transport_sequence, &mut self.transport, to, out);
        }
    }

    /// Sends one frame of one layer of the camera or the screen; see [`Frame`].
    pub fn send_frame(&mut self, source: Source, layer: usize, frame: &Frame<'_>, out: &mut Outbox) {
        let Some(to) = self.transport.destination() else { return };
        for index in 0..frame.packets {
            let transport_sequence = self.next_transport_sequence();
            if let Some(stream) = self.outgoing[source.index()].get_mut(layer) {
                stream.send_part(frame, index, transport_sequence, &mut self.transport, to, out);
            }
        }
    }

    /// Sends a packet of padding alone, as a browser that probes does.
    pub fn send_padding(&mut self, source: Source, layer: usize, out: &mut Outbox) {
        let Some(to) = self.transport.destination() else { return };
        let transport_sequence = self.next_transport_sequence();
        if let Some(stream) = self.outgoing[source.index()].get_mut(layer) {
            stream.send_padding(transport_sequence, &mut self.transport, to, out);
        }
    }

    /// Counts the next packet of a layer, but does not send it: it is lost on the way, and can be asked for again.
    pub fn lose_next(&mut self, source: Source, layer: usize) {
        if let Some(stream) = self.outgoing[source.index()].get_mut(layer) {
            stream.lose_next();
        }
    }

    /// Sends a sender report of every stream, all with the same clock.
    pub fn send_reports(&mut self, now: Instant, out: &mut Outbox) {
        let mut control = Vec::new();
        for stream in self.outgoing.iter().flatten() {
            stream.write_report(now, self.epoch, &mut control);
        }
        self.transport.seal_rtcp(&control, out);
    }

    /// Asks for packets of a slot again.
    pub fn nack(&mut self, mid: Mid, sequences: &[u16], out: &mut Outbox) {
        let Some(slot) = self.slots.iter().find(|slot| slot.mid() == mid) else { return };
        let mut control = feedback_header(205, 1, 2 + sequences.len(), slot.ssrc());
        for sequence in sequences {
            control.extend_from_slice(&sequence.to_be_bytes());
            control.extend_from_slice(&[0, 0]);
        }
        self.transport.seal_rtcp(&control, out);
    }

    /// Asks for a keyframe in a slot.
    pub fn request_keyframe(&mut self, mid: Mid, out: &mut Outbox) {
        let Some(slot) = self.slots.iter().find(|slot| slot.mid() == mid) else { return };
        let control = feedback_header(206, 1, 2, slot.ssrc());
        self.transport.seal_rtcp(&control, out);
    }

    /// Sends any RTCP, well-formed or not.
    pub fn send_control(&mut self, control: &[u8], out: &mut Outbox) {
        self.transport.seal_rtcp(control, out);
    }

    /// Says goodbye.
    pub fn close(&mut self, now: Instant, out: &mut Outbox) {
        self.transport.close(now, out);
    }

    /// What the transport has to tell.
    pub fn take_event(&mut self) -> Option<TransportEvent> {
        self.transport.take_event()
    }

    /// Whether media may flow.
    pub fn is_connected(&self) -> bool {
        self.transport.is_connected()
    }

    /// Its slots: sounds first.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Keyframe requests received for a source.
    pub fn keyframes_asked(&self, source: Source) -> u64 {
        self.keyframes_asked[source.index()]
    }

    /// Packets that the server asked for again.
    pub fn nacked(&self) -> u64 {
        self.nacked
    }

    fn next_transport_sequence(&mut self) -> u16 {
        self.transport_sequence = self.transport_sequence.wrapping_add(1);
        self.transport_sequence
    }
}

/// The front of a feedback message (RFC 4585, section 6.1); `words` follow the header.
fn feedback_header(packet_type: u8, format: u8, words: usize, media: u32) -> Vec<u8> {
    let mut bytes = vec![0x80 | format, packet_type];
    bytes.extend_from_slice(&(words as u16).to_be_bytes());
    bytes.extend_from_slice(&1u32.to_be_bytes());
    bytes.extend_from_slice(&media.to_be_bytes());
    bytes
}

/// An identity's fingerprint as it stands in SDP.
pub fn fingerprint_text(identity: &Identity) -> String {
    let fingerprint = identity.fingerprint();
    let digits: Vec<_> = fingerprint.digest.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("{} {}", fingerprint.hash, digits.join(":"))
}
