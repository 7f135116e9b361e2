//! Offers that are not answered, and why.

use media::sdp::{FormError, OfferError, SourceMids, limits, single};
use media::{Mid, Source};

use crate::fixtures::{answer, mid, offer, sources};

const PAGE: &str = "chromium-page";

/// The error for the recorded offer after a change that is proven to be one.
fn changed(from: &str, to: &str) -> OfferError {
    let offer = offer(PAGE);
    assert!(offer.contains(from));
    answer(&offer.replace(from, to), &sources(PAGE)).unwrap_err()
}

fn described(sources: SourceMids) -> OfferError {
    answer(&offer(PAGE), &sources).unwrap_err()
}

/// Replaces the value of every attribute of that name.
fn with_attribute(name: &str, value: Option<&str>) -> OfferError {
    let head = format!("a={name}");
    let lines = offer(PAGE).split("\r\n").map(str::to_owned).collect::<Vec<_>>();
    let lines = lines.into_iter().filter_map(|line| match (line.starts_with(&head), value) {
        (true, Some(value)) => Some(format!("{head}:{value}")),
        (true, None) => None,
        (false, _) => Some(line),
    });
    answer(&lines.collect::<Vec<_>>().join("\r\n"), &sources(PAGE)).unwrap_err()
}

#[test]
fn a_megabyte_is_refused_by_its_size() {
    let text = "a".repeat(1 << 20);
    let expected = FormError::TooLong { bytes: 1 << 20, limit: limits::MAX_BYTES };
    assert_eq!(answer(&text, &SourceMids::default()).unwrap_err(), expected.into());
}

#[test]
fn ten_thousand_lines_are_refused_by_their_number() {
    let text = offer(PAGE) + &"a=x\r\n".repeat(10_000);
    let expected = FormError::TooManyLines { limit: limits::MAX_LINES };
    assert_eq!(answer(&text, &sources(PAGE)).unwrap_err(), expected.into());
}

#[test]
fn a_long_line_is_named() {
    let text = format!("v=0\r\no={}\r\n", "x".repeat(5000));
    let expected = FormError::LineTooLong { line: 2, bytes: 5003, limit: limits::MAX_LINE_BYTES };
    assert_eq!(answer(&text, &SourceMids::default()).unwrap_err(), expected.into());
}

#[test]
fn many_m_lines_are_counted() {
    let text = offer(PAGE) + &"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n".repeat(116);
    let expected = FormError::TooManySections { count: 129, limit: limits::MAX_SECTIONS };
    assert_eq!(answer(&text, &sources(PAGE)).unwrap_err(), expected.into());
}

#[test]
fn what_is_no_description_is_quoted_in_brief() {
    for text in ["", "hello", "v=0\r\n", "v=0\r\no=x\r\n", "{\"type\":\"offer\"}", &"q".repeat(3000)] {
        let Err(OfferError::Form(FormError::Unreadable { detail })) = answer(text, &SourceMids::default())
        else {
            panic!("{text:.20} was understood");
        };
        assert!(detail.chars().count() <= 80);
    }
    let empty = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
    assert_eq!(answer(empty, &SourceMids::default()).unwrap_err(), FormError::NoSections.into());
}

#[test]
fn m_lines_need_a_name_of_their_own() {
    assert_eq!(changed("a=mid:3\r\n", ""), FormError::NoMid { index: 3 }.into());
    assert_eq!(changed("a=mid:3\r\n", "a=mid:12345678901234567\r\n"), FormError::NoMid { index: 3 }.into());
    assert_eq!(changed("a=mid:3\r\n", "a=mid:2\r\n"), FormError::MidTwice { mid: mid("2") }.into());
}

#[test]
fn an_m_line_is_bounded() {
    let formats = "1 ".repeat(130);
    let many_formats =
        changed("m=audio 9 UDP/TLS/RTP/SAVPF 111", &format!("m=audio 9 UDP/TLS/RTP/SAVPF {formats}"));
    assert_eq!(many_formats, FormError::TooManyFormats { mid: mid("3"), count: 130 }.into());
    let extensions =
        format!("a=mid:3\r\n{}", "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n".repeat(65));
    assert_eq!(changed("a=mid:3\r\n", &extensions), FormError::TooManyExtensions { mid: mid("3") }.into());
    let rids: String = (0..17).map(|n| format!("a=rid:r{n} send\r\n")).collect();
    assert_eq!(changed("a=rid:q send\r\n", &rids), FormError::TooManyRids { mid: mid("1") }.into());
}

#[test]
fn ids_must_mean_one_thing() {
    let moved = changed("a=mid:3\r\n", "a=mid:3\r\na=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid\r\n");
    assert_eq!(moved, FormError::ExtensionConflict { mid: mid("3"), id: 9 }.into());
    let shared = changed("a=mid:3\r\n", "a=mid:3\r\na=extmap:4 urn:example:other\r\n");
    assert_eq!(shared, FormError::ExtensionConflict { mid: mid("3"), id: 4 }.into());
}

#[test]
fn the_transport_must_be_whole() {
    assert_eq!(with_attribute("ice-ufrag", None), FormError::NoIceCredentials.into());
    assert_eq!(with_attribute("ice-ufrag", Some("abc")), FormError::BadIceCredentials.into());
    assert_eq!(
        with_attribute("ice-pwd", Some("a password with spaces in it")),
        FormError::BadIceCredentials.into()
    );
    assert_eq!(with_attribute("fingerprint", None), FormError::NoFingerprint.into());
    assert_eq!(with_attribute("fingerprint", Some("sha-1 00:11")), FormError::NoFingerprint.into());
    assert_eq!(with_attribute("fingerprint", Some("sha-256 00:11")), FormError::BadFingerprint.into());
    assert_eq!(with_attribute("fingerprint", Some("sha-256 0g:11")), FormError::BadFingerprint.into());
    let many = format!("a=mid:0\r\n{}", "a=fingerprint:sha-1 00\r\n".repeat(9));
    assert_eq!(changed("a=mid:0\r\n", &many), FormError::TooManyFingerprints.into());
    assert_eq!(with_attribute("setup", Some("passive")), OfferError::Setup);
    assert_eq!(with_attribute("rtcp-mux", None), OfferError::NoRtcpMux { mid: mid("0") });
    assert_eq!(with_attribute("group", None), OfferError::NoBundle);
    assert_eq!(changed("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n"), OfferError::PeerIsIceLite);
}

#[test]
fn sources_must_be_what_the_page_says() {
    let only = |mic: &str| SourceMids { mic: Mid::new(mic), ..SourceMids::default() };
    let said = Source::Mic;
    assert_eq!(described(only("77")), OfferError::SourceMissing { said, mid: mid("77") });
    assert_eq!(described(only("1")), OfferError::SourceKind { said, mid: mid("1") });
    assert_eq!(described(only("3")), OfferError::SourceReceives { said, mid: mid("3") });
    let twice = SourceMids { camera: Mid::new("1"), screen: Mid::new("1"), mic: None };
    assert_eq!(described(twice), OfferError::SourceTwice { mid: mid("1") });
}

#[test]
fn an_offer_of_nothing_the_server_knows_is_refused() {
    assert_eq!(changed("UDP/TLS/RTP/SAVPF", "RTP/AVP"), OfferError::NothingInCommon);
}

#[test]
fn an_error_says_what_is_wrong() {
    let text = changed("a=mid:3\r\n", "a=mid:2\r\n").to_string();
    assert_eq!(text, "two m-lines have a=mid:2");
}

/// An offer to publish after a change that is proven to be one.
fn published(from: &str, to: &str) -> Result<SourceMids, OfferError> {
    let offer = offer("aiortc-publisher");
    assert!(offer.contains(from));
    single::sources(&offer.replace(from, to))
}

#[test]
fn what_is_published_is_read_off_the_offer_in_order() {
    let said = SourceMids { mic: Some(mid("0")), camera: Some(mid("1")), screen: None };
    assert_eq!(published("a=sendonly", "a=sendonly"), Ok(said));
    assert_eq!(published("a=sendonly", "a=sendrecv"), Ok(said));
    assert_eq!(published("a=sendonly", "a=recvonly"), Err(OfferError::NothingSent));
    let two = published("m=audio", "m=video");
    assert_eq!(two, Ok(SourceMids { mic: None, camera: Some(mid("0")), screen: Some(mid("1")) }));
    assert_eq!(published("m=video", "m=audio"), Err(OfferError::TooManyStreams { mid: mid("1") }));
}

#[test]
fn a_part_of_what_is_published_is_not_enough() {
    let offer = offer("aiortc-publisher").replace("opus", "speex");
    let sources = single::sources(&offer).unwrap();
    let session = answer(&offer, &sources).unwrap().session;
    assert_eq!(single::published(&sources, &session), Err(OfferError::Unpublishable { mid: mid("0") }));
    assert_eq!(single::watched(&session), Err(OfferError::NothingReceived));
}
