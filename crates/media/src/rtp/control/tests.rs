//! RTCP as an independent writer writes it.

use proptest::prelude::*;
use rtc_rtcp::goodbye::Goodbye;
use rtc_rtcp::payload_feedbacks::full_intra_request::{FirEntry, FullIntraRequest};
use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc_rtcp::payload_feedbacks::receiver_estimated_maximum_bitrate::ReceiverEstimatedMaximumBitrate;
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::reception_report::ReceptionReport;
use rtc_rtcp::sender_report::SenderReport;
use rtc_rtcp::transport_feedbacks::transport_layer_nack::{
    TransportLayerNack, nack_pairs_from_sequence_numbers,
};
use rtc_shared::marshal::Marshal;

use super::*;

fn bytes(packet: &impl Marshal) -> Vec<u8> {
    packet.marshal().unwrap().to_vec()
}

fn only(bytes: &[u8]) -> Control<'_> {
    let mut compound = Compound::new(bytes);
    let control = compound.next().unwrap().unwrap();
    assert!(compound.next().is_none());
    control
}

fn reports() -> Vec<ReceptionReport> {
    let report = ReceptionReport {
        ssrc: 7,
        fraction_lost: 8,
        total_lost: 9,
        last_sequence_number: 0x1_0002,
        jitter: 10,
        last_sender_report: 11,
        delay: 12,
    };
    vec![report.clone(), ReceptionReport { ssrc: 8, ..report }]
}

#[test]
fn sender_report() {
    let report = SenderReport {
        ssrc: 5,
        ntp_time: 0x1_0000_0002,
        rtp_time: 3,
        reports: reports(),
        ..Default::default()
    };
    let bytes = bytes(&report);
    let Control::SenderReport { ssrc, ntp, timestamp, blocks } = only(&bytes) else { panic!() };
    assert_eq!((ssrc, ntp, timestamp, blocks.count()), (5, 0x1_0000_0002, 3, 2));
}

#[test]
fn receiver_report() {
    let bytes = bytes(&ReceiverReport { ssrc: 5, reports: reports(), ..Default::default() });
    let Control::ReceiverReport { ssrc: 5, mut blocks } = only(&bytes) else { panic!() };
    let expected = ReportBlock {
        ssrc: 7,
        fraction_lost: 8,
        cumulative_lost: 9,
        highest: 0x1_0002,
        jitter: 10,
        last_sender_report: 11,
        delay: 12,
    };
    assert_eq!(blocks.next(), Some(expected));
    assert_eq!(blocks.next(), Some(ReportBlock { ssrc: 8, ..expected }));
    assert_eq!(blocks.next(), None);
}

#[test]
fn cumulative_loss_has_a_sign() {
    let mut bytes = bytes(&ReceiverReport { ssrc: 5, reports: reports(), ..Default::default() });
    bytes[13..16].copy_from_slice(&[0xff, 0xff, 0xfe]);
    let Control::ReceiverReport { mut blocks, .. } = only(&bytes) else { panic!() };
    assert_eq!(blocks.next().unwrap().cumulative_lost, -2);
}

#[test]
fn nack() {
    let numbers = [65_530, 65_531, 65_535, 2, 18, 40];
    let nacks = nack_pairs_from_sequence_numbers(&numbers);
    let bytes = bytes(&TransportLayerNack { sender_ssrc: 1, media_ssrc: 2, nacks });
    let Control::Nack { media_ssrc: 2, lost } = only(&bytes) else { panic!() };
    assert_eq!(lost.collect::<Vec<_>>(), numbers);
}

#[test]
fn keyframe_requests() {
    let loss = bytes(&PictureLossIndication { sender_ssrc: 1, media_ssrc: 2 });
    assert!(matches!(only(&loss), Control::PictureLoss { media_ssrc: 2 }));
    let fir = [3, 4].map(|ssrc| FirEntry { ssrc, sequence_number: 1 }).to_vec();
    let bytes = bytes(&FullIntraRequest { sender_ssrc: 1, media_ssrc: 0, fir });
    let Control::FullIntraRequest { media } = only(&bytes) else { panic!() };
    assert_eq!(media.collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn goodbye() {
    let bytes = bytes(&Goodbye { sources: vec![1, 2], reason: "enough".into() });
    let Control::Goodbye { sources } = only(&bytes) else { panic!() };
    assert_eq!(sources.collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn estimated_bitrate() {
    let remb = ReceiverEstimatedMaximumBitrate { sender_ssrc: 1, bitrate: 1_048_576.0, ssrcs: vec![2] };
    let bytes = bytes(&remb);
    let Control::EstimatedBitrate(bitrate) = only(&bytes) else { panic!() };
    assert_eq!(bitrate, 1_048_576);
}

#[test]
fn walks_a_compound_and_stops_at_nonsense() {
    let mut all = bytes(&ReceiverReport { ssrc: 5, reports: reports(), ..Default::default() });
    all.extend(bytes(&PictureLossIndication { sender_ssrc: 1, media_ssrc: 2 }));
    all.extend([0x80, 200, 0, 9, 0]);
    let walked: Vec<_> = Compound::new(&all).collect();
    assert!(matches!(
        walked[..],
        [Ok(Control::ReceiverReport { .. }), Ok(Control::PictureLoss { .. }), Err(Malformed)]
    ));
}

#[test]
fn more_blocks_announced_than_there_are_is_malformed() {
    let mut bytes = bytes(&ReceiverReport { ssrc: 5, reports: reports(), ..Default::default() });
    bytes[0] += 1;
    assert!(Compound::new(&bytes).next().unwrap().is_err());
}

proptest! {
    #[test]
    fn survives_anything(bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 200u8..208, words in 0u8..30) {
        let mut bytes = bytes;
        if let [first, packet_type, high, low, ..] = &mut bytes[..] {
            *first = *first & 0x3f | 0x80;
            (*packet_type, *high, *low) = (kind, 0, words);
        }
        let mut packets = 0;
        for control in Compound::new(&bytes) {
            packets += 1;
            match control {
                Ok(Control::Nack { lost, .. }) => prop_assert!(lost.count() <= 17 * bytes.len()),
                Ok(Control::SenderReport { blocks, .. } | Control::ReceiverReport { blocks, .. }) => {
                    prop_assert!(blocks.count() <= 31);
                }
                _ => {}
            }
        }
        prop_assert!(packets <= 1 + bytes.len() / 4);
    }
}

#[test]
fn a_reference_time_is_read_wherever_it_stands_and_answered() {
    let block = [4, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8];
    let other = [9, 0, 0, 1, 0, 0, 0, 0];
    for blocks in [&block[..], &[&other[..], &block[..]].concat()] {
        let words = 1 + blocks.len() / 4;
        let packet = [&[0x80, 207, 0, words as u8, 0, 0, 0, 7][..], blocks].concat();
        let Some(Ok(Control::ReferenceTime { ssrc, ntp })) = Compound::new(&packet).next() else { panic!() };
        assert_eq!((ssrc, ntp), (7, 0x0102_0304_0506_0708));
    }
    let without = [0x80, 207, 0, 3, 0, 0, 0, 7, 9, 0, 0, 1, 0, 0, 0, 0];
    assert!(matches!(Compound::new(&without).next(), Some(Ok(Control::Other { packet_type: 207 }))));
    let answer = super::write_reference_answer(1, 7, 0x0102_0304_0506_0708);
    assert_eq!(answer[8..], [5, 0, 0, 3, 0, 0, 0, 7, 3, 4, 5, 6, 0, 0, 0, 0]);
}
