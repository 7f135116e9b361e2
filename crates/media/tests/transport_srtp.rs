//! SRTP and SRTCP: what is sealed opens once and only once, and an implementation that shares no code agrees.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

use media::srtp::{
    Keying, MAX_RTCP_STREAMS_OPENED, MAX_STREAMS_OPENED, OpenError, Opener, Profile, RtcpOpener, RtcpSealer,
    Sealer, header_length,
};
use proptest::prelude::*;
use rtc_dtls::crypto_provider::default_provider;
use rtc_srtp::context::Context;
use rtc_srtp::protection_profile::ProtectionProfile;

const PROFILES: [Profile; 2] = [Profile::AeadAes128Gcm, Profile::Aes128CmHmacSha1_80];
const HEADER: usize = 12;

fn exported(profile: Profile) -> Vec<u8> {
    (0..Keying::exported_length(profile)).map(|byte| (byte * 7 + 3) as u8).collect()
}

fn sealer(profile: Profile) -> Sealer {
    Sealer::new(&Keying::from_exported(profile, &exported(profile), true).unwrap()).unwrap()
}

fn opener(profile: Profile) -> Opener {
    Opener::new(&Keying::from_exported(profile, &exported(profile), false).unwrap()).unwrap()
}

/// The other implementation, with the keys of what our client side sends.
fn foreign(profile: Profile) -> Context {
    let bytes = exported(profile);
    let (key, salts) = (&bytes[..16], &bytes[32..]);
    let wire = match profile {
        Profile::AeadAes128Gcm => ProtectionProfile::AeadAes128Gcm,
        Profile::Aes128CmHmacSha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
    };
    let provider = default_provider().unwrap();
    Context::new(key, &salts[..salts.len() / 2], wire, None, None, provider.crypto()).unwrap()
}

fn packet(ssrc: u32, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 96];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0, 1, 2]);
    packet.extend(ssrc.to_be_bytes());
    packet.extend(payload);
    packet
}

fn seal(sealer: &mut Sealer, plain: &[u8]) -> Option<Vec<u8>> {
    let mut buffer = plain.to_vec();
    buffer.resize(plain.len() + sealer.overhead(), 0);
    let length = sealer.seal(&mut buffer, header_length(plain)?, plain.len())?;
    assert_eq!(length, buffer.len());
    Some(buffer)
}

fn open(opener: &mut Opener, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
    let mut buffer = sealed.to_vec();
    let payload = opener.open(&mut buffer)?;
    Ok(buffer[..payload.end].to_vec())
}

fn receiver_report(ssrc: u32, payload: &[u8]) -> Vec<u8> {
    let mut report = vec![0x80, 201, 0, 1];
    report.extend(ssrc.to_be_bytes());
    report.extend(payload);
    report
}

fn profiles() -> impl Strategy<Value = Profile> {
    prop::sample::select(PROFILES.as_slice())
}

proptest! {
    #[test]
    fn what_is_sealed_opens_over_wraps_and_reordering(
        profile in profiles(),
        first in 0_u16..32_768,
        // Each packet's distance in time from its turn: neighbours and farther ones swap places.
        jitter in prop::collection::vec(0_usize..300, 600),
        stride in 1_u64..400,
    ) {
        let (mut sealer, mut opener) = (sealer(profile), opener(profile));
        let mut order: Vec<usize> = (0..jitter.len()).collect();
        order.sort_by_key(|place| place + jitter[*place]);
        // The first packet tells where the stream begins, so it comes first.
        order.retain(|place| *place != 0);
        order.insert(0, 0);
        // Some streams run over several turns of the counter; those take strides, reordered only within the window.
        let stride = if stride > 3 { stride } else { 1 };
        let order: Vec<usize> = if stride > 1 { (0..jitter.len()).collect() } else { order };
        for place in order {
            let sequence = (u64::from(first) + place as u64 * stride) as u16;
            let plain = packet(9, sequence, &place.to_be_bytes());
            let sealed = seal(&mut sealer, &plain).unwrap();
            prop_assert_eq!(open(&mut opener, &sealed), Ok(plain));
            prop_assert_eq!(open(&mut opener, &sealed), Err(OpenError::Replayed));
        }
    }

    #[test]
    fn any_flipped_bit_is_refused(
        profile in profiles(),
        payload in prop::collection::vec(any::<u8>(), 0..80),
        flip in any::<prop::sample::Index>(),
    ) {
        let (mut sealer, mut opener) = (sealer(profile), opener(profile));
        let mut sealed = seal(&mut sealer, &packet(9, 100, &payload)).unwrap();
        let bit = flip.index(sealed.len() * 8);
        sealed[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(open(&mut opener, &sealed).is_err());
        sealed[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(open(&mut opener, &sealed).is_ok(), "a forgery must leave no trace");
    }

    #[test]
    fn a_header_with_extensions_and_sources_stays_readable(
        profile in profiles(),
        sources in 0_usize..16,
        words in 0_usize..8,
    ) {
        let mut plain = packet(9, 100, &[]);
        plain[0] |= 0x10 | sources as u8;
        plain.extend(vec![5; 4 * sources]);
        plain.extend([0xBE, 0xDE, 0, words as u8]);
        plain.extend(vec![6; 4 * words]);
        let header = plain.len();
        plain.extend(b"payload");
        let sealed = seal(&mut sealer(profile), &plain).unwrap();
        prop_assert_eq!(header_length(&plain), Some(header));
        prop_assert_eq!(&sealed[..header], &plain[..header]);
        prop_assert_ne!(&sealed[header..header + 7], b"payload");
        prop_assert_eq!(open(&mut opener(profile), &sealed), Ok(plain));
    }

    #[test]
    fn another_implementation_agrees_on_rtp(
        profile in profiles(),
        first in 0_u16..32_768,
        payload in prop::collection::vec(any::<u8>(), 1..1200),
    ) {
        let (mut ours, mut theirs) = (sealer(profile), foreign(profile));
        let (mut opener, mut their_sealer) = (opener(profile), foreign(profile));
        // 120 steps of 1000: over the turn of the counter, at least once.
        for step in 0..120_u32 {
            let sequence = (u32::from(first) + step * 1000) as u16;
            let plain = packet(9, sequence, &payload);
            let sealed = seal(&mut ours, &plain).unwrap();
            prop_assert_eq!(&theirs.decrypt_rtp(&sealed).unwrap()[..], &plain[..]);
            prop_assert_eq!(open(&mut opener, &their_sealer.encrypt_rtp(&plain).unwrap()), Ok(plain));
        }
    }

    #[test]
    fn another_implementation_agrees_on_rtcp(
        profile in profiles(),
        payload in prop::collection::vec(any::<[u8; 4]>(), 0..80),
    ) {
        let keying = |is_client| Keying::from_exported(profile, &exported(profile), is_client).unwrap();
        let mut ours = RtcpSealer::new(&keying(true)).unwrap();
        let mut opener = RtcpOpener::new(&keying(false)).unwrap();
        let (mut theirs, mut their_sealer) = (foreign(profile), foreign(profile));
        for _ in 0..3 {
            let plain = receiver_report(9, &payload.concat());
            let mut sealed = plain.clone();
            sealed.resize(plain.len() + ours.overhead(), 0);
            prop_assert_eq!(ours.seal(&mut sealed, plain.len()), Some(sealed.len()));
            prop_assert_eq!(&theirs.decrypt_rtcp(&sealed).unwrap()[..], &plain[..]);

            let mut sealed = their_sealer.encrypt_rtcp(&plain).unwrap().to_vec();
            let mut replay = sealed.clone();
            prop_assert_eq!(opener.open(&mut sealed), Ok(plain.len()));
            prop_assert_eq!(&sealed[..plain.len()], &plain[..]);
            prop_assert_eq!(opener.open(&mut replay), Err(OpenError::Replayed));
        }
    }

    #[test]
    fn any_flipped_bit_of_rtcp_is_refused(
        profile in profiles(),
        payload in prop::collection::vec(any::<[u8; 4]>(), 0..20),
        flip in any::<prop::sample::Index>(),
    ) {
        let keying = |is_client| Keying::from_exported(profile, &exported(profile), is_client).unwrap();
        let plain = receiver_report(9, &payload.concat());
        let mut sealer = RtcpSealer::new(&keying(true)).unwrap();
        let mut sealed = plain.clone();
        sealed.resize(plain.len() + sealer.overhead(), 0);
        sealer.seal(&mut sealed, plain.len()).unwrap();
        let bit = flip.index(sealed.len() * 8);
        sealed[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(RtcpOpener::new(&keying(false)).unwrap().open(&mut sealed).is_err());
    }

    #[test]
    fn nothing_that_comes_from_the_network_panics(
        profile in profiles(),
        mut bytes in prop::collection::vec(any::<u8>(), 0..120),
        first in 0x80_u8..0xC0,
    ) {
        if let Some(byte) = bytes.first_mut() {
            *byte = first;
        }
        let keying = Keying::from_exported(profile, &exported(profile), false).unwrap();
        prop_assert!(opener(profile).open(&mut bytes.clone()).is_err());
        prop_assert!(RtcpOpener::new(&keying).unwrap().open(&mut bytes).is_err());
    }
}

#[test]
fn one_index_is_never_sealed_twice() {
    for profile in PROFILES {
        let mut sealer = sealer(profile);
        assert!(seal(&mut sealer, &packet(9, 100, b"one")).is_some());
        assert!(seal(&mut sealer, &packet(9, 101, b"two")).is_some());
        assert_eq!(seal(&mut sealer, &packet(9, 100, b"other")), None, "{profile:?}");
        assert!(seal(&mut sealer, &packet(8, 100, b"other stream")).is_some());
        assert_eq!(sealer.refused(), 1);
    }
}

#[test]
fn a_packet_without_room_for_its_tag_is_refused() {
    for profile in PROFILES {
        let mut sealer = sealer(profile);
        let mut buffer = packet(9, 100, &[0; 20]);
        let length = buffer.len() - sealer.overhead() + 1;
        assert_eq!(sealer.seal(&mut buffer, HEADER, length), None);
        assert_eq!(sealer.seal(&mut buffer, HEADER, length - 1), Some(buffer.len()));
    }
}

#[test]
fn streams_are_bounded_and_forgeries_take_no_place() {
    let (mut sealer, mut opener) = (sealer(Profile::AeadAes128Gcm), opener(Profile::AeadAes128Gcm));
    for ssrc in 0..1000 {
        let forged = [packet(ssrc, 1, b"forged"), vec![0; 16]].concat();
        assert_eq!(open(&mut opener, &forged), Err(OpenError::Forged));
    }
    for ssrc in 0..MAX_STREAMS_OPENED as u32 {
        assert!(open(&mut opener, &seal(&mut sealer, &packet(ssrc, 1, b"")).unwrap()).is_ok());
    }
    let one_more = seal(&mut sealer, &packet(5000, 1, b"")).unwrap();
    assert_eq!(open(&mut opener, &one_more), Err(OpenError::TooManyStreams));
    assert!(open(&mut opener, &seal(&mut sealer, &packet(3, 2, b"")).unwrap()).is_ok());
}

#[test]
fn reports_come_from_more_ssrcs_than_media_and_are_bounded_too() {
    let keying = |is_client| {
        Keying::from_exported(Profile::AeadAes128Gcm, &exported(Profile::AeadAes128Gcm), is_client).unwrap()
    };
    let mut sealer = RtcpSealer::new(&keying(true)).unwrap();
    let mut opener = RtcpOpener::new(&keying(false)).unwrap();
    let mut open_from = |ssrc| {
        let mut sealed = receiver_report(ssrc, &[]);
        let length = sealed.len();
        sealed.resize(length + sealer.overhead(), 0);
        sealer.seal(&mut sealed, length).unwrap();
        opener.open(&mut sealed).map(|_| ())
    };
    // A section each, as many as an offer may have, and all of them once more.
    for ssrc in 0..MAX_RTCP_STREAMS_OPENED as u32 {
        assert_eq!(open_from(ssrc), Ok(()), "SSRC {ssrc}");
    }
    assert_eq!(open_from(5000), Err(OpenError::TooManyStreams));
    assert_eq!(open_from(3), Ok(()));
}
