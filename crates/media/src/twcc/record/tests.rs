//! Feedback as an independent reader understands it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rtc_rtcp::transport_feedbacks::transport_layer_cc::{PacketStatusChunk, SymbolTypeTcc, TransportLayerCc};
use rtc_shared::marshal::Unmarshal;

use super::*;

/// What feedback says: transport sequence number, and arrival time in microseconds since a multiple of 2^24 * 64 ms.
type Told = Vec<(u16, Option<i64>)>;

fn read(mut packet: &[u8]) -> (TransportLayerCc, Told) {
    assert_eq!(packet.len() % 4, 0);
    let feedback = TransportLayerCc::unmarshal(&mut packet).unwrap();
    let mut symbols = Vec::new();
    for chunk in &feedback.packet_chunks {
        match chunk {
            PacketStatusChunk::RunLengthChunk(run) => {
                symbols.extend((0..run.run_length).map(|_| run.packet_status_symbol));
            }
            PacketStatusChunk::StatusVectorChunk(vector) => symbols.extend(&vector.symbol_list),
        }
    }
    let count = usize::from(feedback.packet_status_count);
    assert!(symbols.len() >= count);
    assert!(symbols[count..].iter().all(|symbol| *symbol == SymbolTypeTcc::PacketNotReceived));
    let mut deltas = feedback.recv_deltas.iter().map(|delta| delta.delta);
    let mut time = i64::from(feedback.reference_time) * 64_000;
    let numbers = (0..count as u16).map(|step| feedback.base_sequence_number.wrapping_add(step));
    let told = numbers
        .zip(symbols)
        .map(|(number, symbol)| match symbol {
            SymbolTypeTcc::PacketNotReceived => (number, None),
            _ => {
                time += deltas.next().unwrap();
                (number, Some(time))
            }
        })
        .collect();
    assert_eq!(deltas.next(), None);
    (feedback, told)
}

struct Receiver {
    feedback: TransportFeedback,
    /// Arrival of the first packet: time 0 of what is told.
    start: Option<Instant>,
    now: Instant,
}

impl Receiver {
    fn new() -> Self {
        Receiver { feedback: TransportFeedback::new(), start: None, now: Instant::now() }
    }

    fn arrive(&mut self, after_micros: u64, number: u16) {
        self.now += Duration::from_micros(after_micros);
        self.start.get_or_insert(self.now);
        self.feedback.record(self.now, number, 77);
    }

    fn micros(&self) -> i64 {
        self.start.map_or(0, |start| (self.now - start).as_micros() as i64)
    }

    /// All feedback packets of the next interval.
    fn poll(&mut self) -> Vec<(TransportLayerCc, Told)> {
        self.now += FEEDBACK_INTERVAL;
        let mut packets = Vec::new();
        self.feedback.poll(self.now, 1, |packet| packets.push(read(packet)));
        packets
    }
}

#[test]
fn tells_numbers_and_times() {
    let mut receiver = Receiver::new();
    receiver.arrive(0, 65_534);
    receiver.arrive(1_000, 65_535);
    receiver.arrive(250, 1);
    receiver.arrive(100_000, 2);
    let packets = receiver.poll();
    let [(feedback, told)] = &packets[..] else { panic!("{packets:?}") };
    let expected =
        [(65_534, Some(0)), (65_535, Some(1_000)), (0, None), (1, Some(1_250)), (2, Some(101_250))];
    assert_eq!(told, &expected);
    assert_eq!((feedback.sender_ssrc, feedback.media_ssrc, feedback.fb_pkt_count), (1, 77, 0));
}

#[test]
fn begins_where_the_last_ended_and_counts_itself() {
    let mut receiver = Receiver::new();
    receiver.arrive(0, 1);
    receiver.poll();
    receiver.arrive(0, 3);
    let packets = receiver.poll();
    let [(feedback, told)] = &packets[..] else { panic!("{packets:?}") };
    assert_eq!(
        told.iter().map(|(number, time)| (*number, time.is_some())).collect::<Vec<_>>(),
        [(2, false), (3, true)]
    );
    assert_eq!(feedback.fb_pkt_count, 1);
}

#[test]
fn comes_every_interval_and_only_with_news() {
    let mut receiver = Receiver::new();
    assert_eq!(receiver.feedback.next_timeout(), None);
    receiver.arrive(0, 1);
    assert_eq!(receiver.feedback.next_timeout(), Some(receiver.now + FEEDBACK_INTERVAL));
    let before = receiver.feedback.poll(receiver.now + FEEDBACK_INTERVAL / 2, 1, |_| panic!("too soon"));
    assert_eq!(before, 0);
    assert_eq!(receiver.poll().len(), 1);
    assert_eq!(receiver.feedback.next_timeout(), None);
    assert_eq!(receiver.poll().len(), 0);
    let sent = receiver.now - FEEDBACK_INTERVAL;
    receiver.now = sent + Duration::from_millis(10);
    receiver.arrive(0, 2);
    assert_eq!(receiver.feedback.next_timeout(), Some(sent + FEEDBACK_INTERVAL), "the pace is kept");
}

#[test]
fn a_packet_told_missing_is_told_again_when_it_comes() {
    let mut receiver = Receiver::new();
    receiver.arrive(0, 1);
    receiver.arrive(0, 3);
    receiver.poll();
    receiver.arrive(0, 2);
    let late = receiver.micros();
    let packets = receiver.poll();
    assert_eq!(packets[0].1[0], (2, Some(late)));
    assert!(packets[0].1[1].1.is_some(), "3, told again, arrived before it: its delta is negative");
}

#[test]
fn a_duplicate_is_no_news() {
    let mut receiver = Receiver::new();
    receiver.arrive(0, 1);
    receiver.poll();
    receiver.arrive(0, 1);
    assert_eq!(receiver.feedback.next_timeout(), None);
}

#[test]
fn a_pause_longer_than_a_delta_can_say_starts_another_packet() {
    let mut receiver = Receiver::new();
    receiver.arrive(0, 1);
    receiver.arrive(9_000_000, 2);
    let packets = receiver.poll();
    assert_eq!(packets.len(), 2);
    assert_eq!(packets[0].1, [(1, Some(0))]);
    assert_eq!(packets[1].1, [(2, Some(9_000_000))]);
}

#[test]
fn a_leap_starts_anew_and_is_counted() {
    let mut receiver = Receiver::new();
    receiver.arrive(0, 1);
    receiver.arrive(0, 10_000);
    let packets = receiver.poll();
    assert_eq!(packets.len(), 1);
    assert_eq!(packets[0].1, [(10_000, Some(0))]);
    assert_eq!(receiver.feedback.leaps(), 1);
}

#[test]
fn many_packets_are_told_in_several() {
    let mut receiver = Receiver::new();
    for number in 0..1_000 {
        receiver.arrive(40, number);
    }
    let packets = receiver.poll();
    assert_eq!(packets.len(), 4);
    let numbers: Vec<u16> =
        packets.iter().flat_map(|(_, told)| told.iter().map(|(number, _)| *number)).collect();
    assert_eq!(numbers, (0..1_000).collect::<Vec<_>>());
}

proptest! {
    /// With loss and reordering, over the wrap: everything that arrived is told, at the right time, and nothing else.
    #[test]
    fn everything_that_arrived_is_told(
        start: u16,
        steps in prop::collection::vec((0u64..70_000, 1u16..30, any::<bool>(), 0u8..10), 1..400),
    ) {
        let mut receiver = Receiver::new();
        let mut arrived = BTreeMap::new();
        let mut told = BTreeMap::new();
        let mut held = None;
        let mut number = start;
        for (pause, step, hold, poll) in steps {
            number = number.wrapping_add(if step > 20 { step } else { 1 });
            if hold && held.is_none() {
                held = Some(number);
                continue;
            }
            for number in [Some(number), held.take()].into_iter().flatten() {
                receiver.arrive(pause, number);
                arrived.insert(number, receiver.micros() / 250);
            }
            if poll == 0 {
                for (_, packet) in receiver.poll() {
                    told.extend(packet.into_iter().filter_map(|(number, time)| Some((number, time? / 250))));
                }
            }
        }
        for (_, packet) in receiver.poll() {
            told.extend(packet.into_iter().filter_map(|(number, time)| Some((number, time? / 250))));
        }
        prop_assert_eq!(told, arrived);
    }
}
