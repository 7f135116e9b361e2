//! STUN messages: the RFC's examples, an implementation that shares no code, and noise.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

use std::net::SocketAddr;

use media::stun::{Class, IntegrityKey, Message, Writer, local_ufrag_of};
use proptest::prelude::*;
use rtc_dtls::crypto_provider::default_provider;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message as theirs;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let value = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(value).collect()
}

fn key() -> IntegrityKey {
    IntegrityKey::new("VOkJxbRl1RmTxUk/WvJxBt").unwrap()
}

/// RFC 5769, section 2.1.
const REQUEST: &str = "
    00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74 00240004 6e0001ff
    80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020 00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249
    c1b571a2 80280004 e57a3bcf";

/// RFC 5769, sections 2.2 and 2.3.
const IPV4_RESPONSE: &str = "
    0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200008 0001a147 e112a643
    00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 80280004 c07d4c96";
const IPV6_RESPONSE: &str = "
    01010048 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200014 0002a147 0113a9fa
    a5d3f179 bc25f4b5 bed2b9d9 00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41 80280004 c8fb0b4c";

#[test]
fn reads_the_request_of_rfc_5769() {
    let bytes = hex(REQUEST);
    let message = Message::parse(&bytes).unwrap();
    assert_eq!(message.class, Class::Request);
    assert_eq!(message.username, Some("evtj:h6vY"));
    assert_eq!(message.priority, Some(0x6e00_01ff));
    assert!(message.controlled && !message.controlling && !message.use_candidate && !message.unknown);
    assert!(message.is_authentic(&key()));
    assert!(!message.is_authentic(&IntegrityKey::new("another").unwrap()));
    assert_eq!(local_ufrag_of(&bytes), Some("evtj"));
}

#[test]
fn reads_the_responses_of_rfc_5769() {
    for (text, address) in
        [(IPV4_RESPONSE, "192.0.2.1:32853"), (IPV6_RESPONSE, "[2001:db8:1234:5678:11:2233:4455:6677]:32853")]
    {
        let bytes = hex(text);
        let message = Message::parse(&bytes).unwrap();
        assert_eq!((message.class, message.mapped), (Class::Success, Some(address.parse().unwrap())));
        assert!(message.is_authentic(&key()));
        assert_eq!(local_ufrag_of(&bytes), None);
    }
}

fn written(write: impl FnOnce(Writer<'_>) -> Writer<'_>, class: Class) -> Vec<u8> {
    let mut buffer = [0xAA; 256];
    let length = write(Writer::new(&mut buffer, class, b"transaction!")).finish(&key());
    buffer[..length].to_vec()
}

#[test]
fn another_implementation_reads_what_is_written() {
    let address: SocketAddr = "[2001:db8::7]:4000".parse().unwrap();
    let bytes = written(|writer| writer.username("abc:defgh").mapped(address).error(487), Class::Error);
    let mut message = theirs::Message::new();
    message.unmarshal_binary(&bytes).unwrap();
    let provider = default_provider().unwrap();
    let password = b"VOkJxbRl1RmTxUk/WvJxBt";
    assert!(MessageIntegrity::check(&mut message, password, provider.crypto()).is_ok());
    assert!(rtc_stun::fingerprint::FINGERPRINT.check(&message).is_ok());
    assert_eq!(message.typ, theirs::MessageType::new(theirs::METHOD_BINDING, theirs::CLASS_ERROR_RESPONSE));
    assert_eq!(message.get(rtc_stun::attributes::ATTR_USERNAME).unwrap(), b"abc:defgh");
    let mut mapped = rtc_stun::xoraddr::XorMappedAddress::default();
    mapped.get_from_as(&message, rtc_stun::attributes::ATTR_XORMAPPED_ADDRESS).unwrap();
    assert_eq!(SocketAddr::new(mapped.ip, mapped.port), address);
}

#[test]
fn an_ipv4_address_that_came_over_ipv6_is_mapped_as_ipv4() {
    let bytes = written(|writer| writer.mapped("[::ffff:192.0.2.1]:99".parse().unwrap()), Class::Success);
    assert_eq!(Message::parse(&bytes).unwrap().mapped, Some("192.0.2.1:99".parse().unwrap()));
}

#[test]
fn a_message_that_does_not_fit_is_not_written() {
    let write =
        |buffer: &mut [u8]| Writer::new(buffer, Class::Request, &[0; 12]).username("a:b").finish(&key());
    for room in 0..60 {
        assert_eq!(write(&mut vec![0; room]), 0);
    }
    assert_eq!(write(&mut [0; 60]), 60);
}

#[test]
fn what_follows_the_integrity_is_not_believed() {
    // USE-CANDIDATE put in between MESSAGE-INTEGRITY and FINGERPRINT, lengths and checksum made right again.
    let mut bytes = written(|writer| writer.username("a:b"), Class::Request);
    bytes.truncate(bytes.len() - 8);
    bytes.extend([0, 0x25, 0, 0]);
    bytes[3] = (bytes.len() - 20 + 8) as u8;
    let sum = rtc_stun::fingerprint::fingerprint_value(&bytes);
    bytes.extend([0x80, 0x28, 0, 4]);
    bytes.extend(sum.to_be_bytes());
    let message = Message::parse(&bytes).unwrap();
    assert!(message.is_authentic(&key()) && !message.use_candidate);
}

#[test]
fn an_attribute_that_must_be_understood_is_noticed() {
    let mut bytes = written(|writer| writer, Class::Request);
    bytes.truncate(20);
    bytes.extend([0x7F, 0, 0, 0]);
    bytes[3] = 12;
    let sum = rtc_stun::fingerprint::fingerprint_value(&bytes);
    bytes.extend([0x80, 0x28, 0, 4]);
    bytes.extend(sum.to_be_bytes());
    assert!(Message::parse(&bytes).unwrap().unknown);
}

proptest! {
    #[test]
    fn any_flipped_bit_is_noticed(bit in 0..REQUEST.len() * 3) {
        let mut bytes = hex(REQUEST);
        let bit = bit % (bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(Message::parse(&bytes).is_none_or(|message| !message.is_authentic(&key())));
    }

    #[test]
    fn noise_behind_a_good_header_panics_nowhere(body in prop::collection::vec(any::<[u8; 4]>(), 0..80)) {
        let mut bytes = hex(REQUEST)[..20].to_vec();
        bytes.extend(body.concat());
        let length = (bytes.len() - 20) as u16;
        bytes[2..4].copy_from_slice(&length.to_be_bytes());
        let _ = local_ufrag_of(&bytes);
        prop_assert!(Message::parse(&bytes).is_none_or(|message| !message.is_authentic(&key())));
    }
}
