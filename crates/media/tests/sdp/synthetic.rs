//! The synthetic peer's two halves against the server's.

use media::codec::Codec;
use media::sdp::{self, AnswerError, Direction, FormError, Upstream, offer};
use media::{Kind, Source};

use crate::fixtures::{FINGERPRINT, addresses, answer, ice, mid};

fn peer() -> offer::Peer<'static> {
    offer::Peer {
        ice: sdp::IceCredentials { ufrag: "peer".into(), pwd: "peerpasswordpeerpassword".into() },
        fingerprint: FINGERPRINT,
        version: 1,
        mic: true,
        camera: true,
        screen: true,
        audio_slots: 2,
        video_slots: 3,
    }
}

#[test]
fn a_synthetic_offer_negotiates_as_a_page_does() {
    let made = offer::synthetic(&peer());
    let session = answer(&made.offer, &made.sources).unwrap().session;
    assert_eq!(session.remote_ice, peer().ice);
    assert_eq!(session.extensions, offer::EXTENSIONS);
    let sources: Vec<Source> = session.upstream.iter().map(|track| track.source).collect();
    assert_eq!(sources, Source::ALL);
    let rids = offer::RIDS.map(mid).to_vec();
    assert_eq!(session.upstream[1].upstream, Upstream::Simulcast { rids });
    assert_eq!(session.upstream[2].upstream, Upstream::Single { ssrc: None, rtx: None });
    let slots: Vec<_> = session.slots.iter().map(|slot| slot.mid).collect();
    assert_eq!(slots, [made.audio_slots, made.video_slots].concat());
}

#[test]
fn a_synthetic_peer_reads_all_it_needs_from_the_answer() {
    let made = offer::synthetic(&peer());
    let negotiated = answer(&made.offer, &made.sources).unwrap();
    let server = sdp::answer::read(&negotiated.answer).unwrap();
    assert_eq!(server.ice, ice());
    assert_eq!(server.fingerprint.digest[..3], [0, 0x11, 0x22]);
    assert_eq!(server.candidates, addresses());
    assert_eq!(server.sections.len(), 8);

    let camera = server.section(made.sources.camera.unwrap()).unwrap();
    assert_eq!((camera.kind, camera.direction), (Some(Kind::Video), Direction::Receive));
    assert_eq!(camera.rids, offer::RIDS.map(mid));
    assert_eq!(camera.extensions.repaired_rid, offer::EXTENSIONS.repaired_rid);
    assert!(camera.transport_feedback);

    let slot = server.section(made.video_slots[0]).unwrap();
    assert_eq!(slot.direction, Direction::Send);
    assert_eq!((slot.ssrc, slot.rtx_ssrc), (Some(1005), Some(2005)));
    let vp8 =
        sdp::PayloadType { codec: Codec::Vp8, number: offer::payload::VP8, rtx: Some(offer::payload::RTX) };
    assert_eq!(slot.payload_types, [vp8]);
    assert!(slot.transport_feedback);
    let sound = server.section(made.audio_slots[0]).unwrap();
    assert_eq!((sound.ssrc, sound.rtx_ssrc), (Some(1003), None));
}

#[test]
fn an_answer_that_is_none_is_an_error() {
    assert!(matches!(sdp::answer::read("no"), Err(AnswerError::Form(FormError::Unreadable { .. }))));
}
