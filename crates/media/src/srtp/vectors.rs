//! The RFCs' own examples. They give session keys, so they are tried below the key derivation, which has its own.

use aes::Aes128Enc;
use aes::cipher::KeyInit;
use hmac::Mac;
use ring::aead::{AES_128_GCM, LessSafeKey, UnboundKey};

use super::cipher::{Cm, Gcm};
use super::keys::tests::hex;
use super::{Keying, Opener, Profile, Sealer};

/// Key and salt of RFC 7714, sections 16 and 17.
fn gcm() -> Gcm {
    let key = UnboundKey::new(&AES_128_GCM, &hex("000102030405060708090a0b0c0d0e0f")).unwrap();
    Gcm { key: LessSafeKey::new(key), salt: *b"Quid pro quo" }
}

#[test]
fn seals_rtp_as_rfc_7714_section_16_1_1() {
    let header = hex("8040f17b8041f8d35501a0b2");
    let mut payload = b"Gallia est omnis divisa in partes tres".to_vec();
    let tag = gcm().seal((0x5501_a0b2, 0xf17b), &header, &mut payload).unwrap();
    let sealed = "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833";
    assert_eq!(payload, hex(sealed));
    assert_eq!(tag.as_slice(), hex("899d7f27beb16a9152cf765ee4390cce"));
}

#[test]
fn opens_rtp_as_rfc_7714_section_16_1_2() {
    let mut sealed = hex(concat!(
        "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833",
        "899d7f27beb16a9152cf765ee4390cce"
    ));
    assert!(gcm().open((0x5501_a0b2, 0xf17b), &hex("8040f17b8041f8d35501a0b2"), &mut sealed));
    assert!(sealed.starts_with(b"Gallia est omnis divisa in partes tres"));
}

#[test]
fn seals_rtcp_as_rfc_7714_section_17_1() {
    let additional = hex("81c8000d4d617273800005d4");
    let mut payload = hex(concat!(
        "4e5450314e545032525450200000042a0000e9304c756e61",
        "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef"
    ));
    let tag = gcm().seal((0x4d61_7273, 0x5d4), &additional, &mut payload).unwrap();
    let sealed = concat!(
        "63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32d",
        "c676a5f1730d6fda4ce09b4686303ded0bb9275b"
    );
    assert_eq!(payload, hex(sealed));
    assert_eq!(tag.as_slice(), hex("c84aa45896cf4d2fc5abf87245d9eade"));
}

#[test]
fn makes_the_key_stream_of_rfc_3711_appendix_b2() {
    let key = Aes128Enc::new_from_slice(&hex("2B7E151628AED2A6ABF7158809CF4F3C")).unwrap();
    let salt = hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().unwrap();
    let cm = Cm { key, salt, mac: Mac::new_from_slice(&[]).unwrap() };
    let mut stream = [0; 48];
    cm.apply((0, 0), &mut stream);
    let expected =
        "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0";
    assert_eq!(stream.as_slice(), hex(expected));
}

/// A whole packet in counter mode, master key to tag, as other implementations have it in their self-tests.
#[test]
fn seals_and_opens_a_known_packet_in_counter_mode() {
    let master = ("e1f97a0d3e018be0d64fa32c06de4139", "0ec675ad498afeebb6960b3aabe6");
    let exported = hex(&format!("{0}{0}{1}{1}", master.0, master.1));
    let keying = Keying::from_exported(Profile::Aes128CmHmacSha1_80, &exported, true).unwrap();
    let plain = hex("800f1234decafbadcafebabeabababababababababababababababab");
    let sealed = hex("800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb");

    let mut packet = plain.clone();
    packet.resize(sealed.len(), 0);
    assert_eq!(Sealer::new(&keying).unwrap().seal(&mut packet, 12, plain.len()), Some(sealed.len()));
    assert_eq!(packet, sealed);
    assert_eq!(Opener::new(&keying).unwrap().open(&mut packet), Ok(12..plain.len()));
    assert_eq!(packet[..plain.len()], plain);
}
