//! RTCP to a publisher: reports, NACKs and keyframe requests, packed into datagrams.

use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::reception_report::ReceptionReport;
use rtc_rtcp::source_description::{
    SdesType, SourceDescription, SourceDescriptionChunk, SourceDescriptionItem,
};
use rtc_rtcp::transport_feedbacks::transport_layer_nack::{
    TransportLayerNack, nack_pairs_from_sequence_numbers,
};
use rtc_shared::marshal::Marshal;

/// The SSRC under which the server speaks as a receiver; it is nobody's media.
pub const RECEIVER_SSRC: u32 = 1;

/// Longest datagram, before encryption, in bytes.
const MAX_CONTROL: usize = 1200;

/// Collects RTCP packets and hands them over, several to a datagram (compound, or reduced-size by RFC 5506 when no report is due).
pub(super) struct Writer<'a, F: FnMut(&[u8])> {
    buffer: &'a mut Vec<u8>,
    send: F,
}

impl<'a, F: FnMut(&[u8])> Writer<'a, F> {
    /// Writes by way of `buffer`, which is emptied first.
    pub(super) fn new(buffer: &'a mut Vec<u8>, send: F) -> Self {
        buffer.clear();
        Writer { buffer, send }
    }

    /// A receiver report, with the name every compound packet must carry (RFC 3550, section 6.1).
    pub(super) fn report(&mut self, reports: Vec<ReceptionReport>) {
        let name = SourceDescription {
            chunks: vec![SourceDescriptionChunk {
                source: RECEIVER_SSRC,
                items: vec![SourceDescriptionItem {
                    sdes_type: SdesType::SdesCname,
                    text: crate::sdp::CNAME.into(),
                }],
            }],
        };
        self.push(&ReceiverReport { ssrc: RECEIVER_SSRC, reports, ..Default::default() });
        self.push(&name);
    }

    /// Asks for packets again; the numbers ascend, wrapping around.
    pub(super) fn nack(&mut self, media_ssrc: u32, numbers: &[u16]) {
        let nacks = nack_pairs_from_sequence_numbers(numbers);
        self.push(&TransportLayerNack { sender_ssrc: RECEIVER_SSRC, media_ssrc, nacks });
    }

    /// Asks for a keyframe.
    pub(super) fn picture_loss(&mut self, media_ssrc: u32) {
        self.push(&PictureLossIndication { sender_ssrc: RECEIVER_SSRC, media_ssrc });
    }

    /// One RTCP packet, written elsewhere.
    pub(super) fn bytes(&mut self, packet: &[u8]) {
        if self.buffer.len() + packet.len() > MAX_CONTROL {
            self.flush();
        }
        self.buffer.extend_from_slice(packet);
    }

    /// Hands over what is left.
    pub(super) fn flush(&mut self) {
        if !self.buffer.is_empty() {
            (self.send)(self.buffer);
            self.buffer.clear();
        }
    }

    /// What these packets carry is bounded, so that writing them cannot fail; if it did, the packet would be left out.
    fn push(&mut self, packet: &impl Marshal) {
        if let Ok(bytes) = packet.marshal() {
            self.bytes(&bytes);
        }
    }
}
