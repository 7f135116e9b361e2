//! What is to be read from each browser's offer.

use media::codec::{Codec, H264Profile};
use media::sdp::{HeaderExtensions, PayloadType, Session, SourceTrack, Upstream};
use media::{Kind, Mid, Source};

use crate::fixtures::{mid, negotiated, sources};

fn source(session: &Session, source: Source) -> &SourceTrack {
    session.upstream.iter().find(|track| track.source == source).unwrap()
}

fn layers() -> Upstream {
    Upstream::Simulcast { rids: ["q", "h", "f"].map(|rid| Mid::new(rid).unwrap()).to_vec() }
}

fn payload(codec: Codec, number: u8, rtx: u8) -> PayloadType {
    PayloadType { codec, number, rtx: Some(rtx) }
}

const CONSTRAINED: Codec = Codec::H264 { profile: H264Profile::ConstrainedBaseline, packetization_mode: 1 };

#[test]
fn chromium_publishes_in_layers_and_receives_in_slots() {
    let session = negotiated("chromium-page").session;
    assert_eq!(session.upstream.len(), 3);
    let mic = source(&session, Source::Mic);
    assert_eq!(mic.payload_types, [PayloadType { codec: Codec::Opus, number: 111, rtx: None }]);
    assert!(matches!(mic.upstream, Upstream::Single { ssrc: Some(_), rtx: None }));
    let camera = source(&session, Source::Camera);
    assert_eq!(camera.mid, mid("1"));
    assert_eq!(camera.upstream, layers());
    assert!(camera.transport_feedback && mic.transport_feedback);
    let all = [
        payload(Codec::Vp8, 96, 97),
        payload(CONSTRAINED, 108, 109),
        payload(Codec::Vp9 { profile: 0 }, 98, 99),
        payload(Codec::Av1 { profile: 0 }, 45, 46),
    ];
    assert_eq!(camera.payload_types, all);
    assert!(matches!(
        source(&session, Source::Screen).upstream,
        Upstream::Single { ssrc: Some(_), rtx: Some(_) }
    ));
    let kinds: Vec<Kind> = session.slots.iter().map(|slot| slot.kind).collect();
    assert_eq!(kinds, [[Kind::Audio; 4].as_slice(), &[Kind::Video; 6]].concat());
    assert_eq!(session.slots[9].payload_types, all);
    assert_eq!((session.slots[9].mid, session.slots[9].ssrc.media), (mid("12"), 1012));
}

#[test]
fn chromium_ids_hold_for_the_whole_bundle() {
    let expected = HeaderExtensions {
        mid: Some(4),
        rid: Some(10),
        repaired_rid: Some(11),
        transport_sequence: Some(3),
        audio_level: Some(1),
        absolute_send_time: Some(2),
        dependency_descriptor: Some(12),
    };
    assert_eq!(negotiated("chromium-page").session.extensions, expected);
}

#[test]
fn firefox_has_numbers_of_its_own() {
    let session = negotiated("firefox-page").session;
    let expected = HeaderExtensions {
        mid: Some(3),
        rid: Some(9),
        repaired_rid: Some(10),
        transport_sequence: Some(7),
        audio_level: Some(1),
        absolute_send_time: Some(4),
        dependency_descriptor: None,
    };
    assert_eq!(session.extensions, expected);
    assert_eq!(source(&session, Source::Mic).payload_types[0].number, 109);
    let camera = source(&session, Source::Camera);
    assert_eq!(camera.payload_types[0], payload(Codec::Vp8, 120, 124));
    assert_eq!(camera.upstream, layers());
    assert_eq!(session.slots.len(), 10);
}

#[test]
fn credentials_are_found_in_the_m_line_and_at_session_level() {
    for name in ["chromium-page", "firefox-page", "safari-by-hand"] {
        let session = negotiated(name).session;
        assert!(session.remote_ice.ufrag.len() >= 4 && session.remote_ice.pwd.len() >= 22, "{name}");
        assert_eq!(session.fingerprints.len(), 1, "{name}");
        assert_eq!(session.fingerprints[0].digest.len(), 32, "{name}");
    }
}

#[test]
fn every_profile_of_h264_and_red_are_kept_where_all_codecs_are_offered() {
    let session = negotiated("chromium-all-codecs").session;
    let mic = source(&session, Source::Mic);
    assert_eq!(mic.payload_types[0], PayloadType { codec: Codec::Red, number: 63, rtx: None });
    let profiles = [
        H264Profile::Baseline,
        H264Profile::ConstrainedBaseline,
        H264Profile::Main,
        H264Profile::PredictiveHigh444,
    ];
    let expected: Vec<Codec> = profiles
        .into_iter()
        .flat_map(|profile| [1, 0].map(|packetization_mode| Codec::H264 { profile, packetization_mode }))
        .collect();
    let slot = session.slots.last().unwrap();
    let h264: Vec<Codec> = slot
        .payload_types
        .iter()
        .map(|one| one.codec)
        .filter(|codec| matches!(codec, Codec::H264 { .. }))
        .collect();
    assert_eq!(h264, expected);
}

#[test]
fn safari_publishes_vp8_though_it_would_rather_not() {
    let session = negotiated("safari-by-hand").session;
    let camera = source(&session, Source::Camera);
    assert_eq!(camera.payload_types[0], payload(Codec::Vp8, 106, 107));
    assert_eq!(camera.payload_types[1], payload(CONSTRAINED, 98, 99));
    let other = |one: &&PayloadType| matches!(one.codec, Codec::H264 { .. }) && one.codec != CONSTRAINED;
    assert_eq!(camera.payload_types.iter().find(other), None, "of H.264 what everybody shows, and no other");
    assert_eq!(camera.upstream, layers());
}

#[test]
fn a_viewer_publishes_nothing_and_is_sent_names_numbers_and_loudness() {
    for name in ["chromium-viewer", "firefox-viewer"] {
        let session = negotiated(name).session;
        assert!(session.upstream.is_empty(), "{name}");
        assert_eq!(session.slots.len(), 10, "{name}");
        let HeaderExtensions {
            mid,
            audio_level,
            rid,
            repaired_rid,
            transport_sequence,
            absolute_send_time,
            dependency_descriptor,
        } = session.extensions;
        assert!(mid.is_some() && audio_level.is_some() && transport_sequence.is_some(), "{name}");
        assert_eq!([rid, repaired_rid, absolute_send_time, dependency_descriptor], [None; 4], "{name}");
        assert!(session.slots.iter().any(|slot| slot.transport_feedback), "{name}");
    }
}

#[test]
fn a_further_offer_keeps_what_stays_and_adds_what_is_new() {
    for browser in ["chromium", "firefox"] {
        let first = negotiated(&format!("{browser}-first")).session;
        let again = negotiated(&format!("{browser}-again")).session;
        assert_ne!(first.remote_ice, again.remote_ice, "{browser}: it restarted ICE");
        assert_eq!(first.fingerprints, again.fingerprints, "{browser}");
        assert_eq!(first.upstream, again.upstream, "{browser}");
        let mids: Vec<&str> = again.slots.iter().map(|slot| slot.mid.as_str()).collect();
        assert_eq!(mids, ["5", "6", "7"], "{browser}: 3 is inactive, 4 stopped");
    }
}

#[test]
fn other_stacks_publish_and_watch_without_saying_what_is_what() {
    for (name, video) in [
        ("aiortc-publisher", payload(Codec::Vp8, 97, 98)),
        ("webrtcbin-publisher-vp8", PayloadType { codec: Codec::Vp8, number: 96, rtx: None }),
        ("webrtcbin-publisher-h264", PayloadType { codec: CONSTRAINED, number: 96, rtx: None }),
    ] {
        let session = negotiated(name).session;
        let camera = source(&session, Source::Camera);
        assert_eq!(camera.payload_types[0], video, "{name}");
        assert!(matches!(camera.upstream, Upstream::Single { ssrc: Some(_), .. }), "{name}");
        assert_eq!(source(&session, Source::Mic).payload_types[0].codec, Codec::Opus, "{name}");
        assert_eq!(media::sdp::single::published(&sources(name), &session), Ok(()), "{name}");
    }
    for name in ["aiortc-watcher", "webrtcbin-watcher"] {
        let session = negotiated(name).session;
        let kinds: Vec<Kind> = session.slots.iter().map(|slot| slot.kind).collect();
        assert_eq!(kinds, [Kind::Audio, Kind::Video], "{name}");
        assert_eq!(media::sdp::single::watched(&session), Ok(()), "{name}");
        let sent = session.slots[1].payload_type_for(CONSTRAINED);
        assert_eq!(sent.map(|one| one.codec), Some(CONSTRAINED), "{name}");
    }
}

#[test]
fn a_receiver_of_another_profile_takes_what_every_decoder_reads() {
    let h264 = |profile, packetization_mode| Codec::H264 { profile, packetization_mode };
    for profile in [H264Profile::Baseline, H264Profile::Main, H264Profile::High] {
        assert!(h264(profile, 1).takes(CONSTRAINED), "{profile:?}");
        assert!(!CONSTRAINED.takes(h264(profile, 1)), "{profile:?}");
    }
    assert!(CONSTRAINED.takes(h264(H264Profile::ConstrainedBaseline, 0)));
    assert!(!h264(H264Profile::ConstrainedBaseline, 0).takes(CONSTRAINED), "whole packets only");
}
