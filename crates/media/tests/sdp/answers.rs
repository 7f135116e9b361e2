//! What holds of the answer to any offer.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use media::path;
use media::sdp::{Local, negotiate};

use crate::fixtures::{
    FINGERPRINT, NAMES, answer, attribute, ice, negotiated, number, offer, sections, sources, ssrcs,
};

/// Each fixture's m-lines next to those of its answer.
fn pairs(check: impl Fn(&str, &[&str], &[&str])) {
    for name in NAMES {
        let (offer, answer) = (offer(name), negotiated(name).answer);
        let (offered, answered) = (sections(&offer), sections(&answer));
        assert_eq!(offered.len(), answered.len(), "{name}");
        for (offered, answered) in offered.iter().zip(&answered) {
            check(name, offered, answered);
        }
    }
}

fn is_rejected(section: &[&str]) -> bool {
    section[0].split(' ').nth(1) == Some("0")
}

#[test]
fn m_lines_come_back_in_order() {
    pairs(|name, offered, answered| {
        assert_eq!(attribute(offered, "mid"), attribute(answered, "mid"), "{name}");
        let head = |section: &[&str]| section[0].split(' ').next().map(str::to_owned);
        assert_eq!(head(offered), head(answered), "{name}");
    });
}

#[test]
fn directions_mirror_the_offer() {
    pairs(|name, offered, answered| {
        let mid = attribute(offered, "mid").unwrap();
        let of = sources(name);
        let is_source = of.iter().any(|(_, source)| source.as_str() == mid);
        let expected = match () {
            () if is_rejected(answered) => "a=inactive",
            () if is_source => "a=recvonly",
            () if offered.contains(&"a=inactive") => "a=inactive",
            () => "a=sendonly",
        };
        assert!(answered.contains(&expected), "{name} {mid}: {answered:#?}");
    });
}

#[test]
fn every_m_line_in_use_names_the_transport() {
    pairs(|name, _, answered| {
        if !is_rejected(answered) {
            assert_eq!(attribute(answered, "ice-ufrag"), Some("serverufrag"), "{name}");
            assert_eq!(attribute(answered, "fingerprint"), Some(FINGERPRINT), "{name}");
            assert_eq!(attribute(answered, "setup"), Some("passive"), "{name}");
            assert!(answered.contains(&"a=rtcp-mux"), "{name}");
        }
    });
}

#[test]
fn payload_types_feedback_and_extensions_are_a_part_of_those_offered() {
    pairs(|name, offered, answered| {
        let formats = |section: &[&str]| -> BTreeSet<String> {
            section[0].split(' ').skip(3).map(str::to_owned).collect()
        };
        assert!(formats(answered).is_subset(&formats(offered)), "{name}");
        for line in answered {
            if line.starts_with("a=rtcp-fb:") || line.starts_with("a=rtpmap:") || line.contains(" apt=") {
                // webrtcbin shouts the names of codecs.
                let same = |other: &&str| other.eq_ignore_ascii_case(line);
                assert!(offered.iter().any(same), "{name}: {line}");
            }
            if let Some((id, uri)) = line.strip_prefix("a=extmap:").and_then(|value| value.split_once(' ')) {
                let id = id.split('/').next().unwrap();
                let same =
                    |other: &&&str| other.starts_with(&format!("a=extmap:{id}")) && other.ends_with(uri);
                assert!(offered.iter().find(same).is_some(), "{name}: {line}");
            }
        }
    });
}

#[test]
fn nothing_is_agreed_that_the_server_does_not_do() {
    for name in NAMES {
        let answer = negotiated(name).answer;
        for word in ["goog-remb", "ulpfec", "flexfec", "PCMU", "telephone-event", "H265"] {
            assert!(!answer.contains(word), "{name}: {word}");
        }
        // Long headers are for descriptors alone.
        assert_eq!(answer.contains("extmap-allow-mixed"), answer.contains("dependency-descriptor"), "{name}");
    }
}

#[test]
fn the_bundle_is_exactly_the_m_lines_in_use() {
    for name in NAMES {
        let answer = negotiated(name).answer;
        let used: Vec<&str> = sections(&answer)
            .iter()
            .filter(|section| !is_rejected(section))
            .filter_map(|section| attribute(section, "mid"))
            .collect();
        let group = format!("a=group:BUNDLE {}\r\n", used.join(" "));
        assert!(answer.contains(&group), "{name}: {group}");
    }
}

#[test]
fn candidates_stand_in_every_m_line_in_use_and_in_no_other() {
    for name in NAMES {
        let answer = negotiated(name).answer;
        for section in sections(&answer) {
            let wanted = usize::from(!is_rejected(&section));
            for line in [
                "a=candidate:1 1 udp 2130706431 192.0.2.7 40000 typ host",
                "a=candidate:2 1 udp 2130706175 2001:db8::7 40000 typ host",
                "a=end-of-candidates",
            ] {
                assert_eq!(section.iter().filter(|one| **one == line).count(), wanted, "{name}: {line}");
            }
        }
    }
}

#[test]
fn tcp_stands_behind_udp_in_the_first_m_line_in_use_and_in_no_other() {
    let listening: SocketAddr = "192.0.2.7:40000".parse().unwrap();
    let candidates =
        [listening, path::over_tcp(listening, 0), path::over_tcp("[2001:db8::7]:40000".parse().unwrap(), 0)];
    let local = Local { ice: ice(), fingerprint: FINGERPRINT, candidates: &candidates, session_id: 7 };
    let name = "chromium-page";
    let answer = negotiate(&offer(name), &sources(name), &local, ssrcs).unwrap().answer;
    let listed = |section: &Vec<&str>| -> Vec<String> {
        section.iter().filter(|line| line.starts_with("a=candidate:")).map(ToString::to_string).collect()
    };
    let all: Vec<Vec<String>> =
        sections(&answer).iter().filter(|one| !is_rejected(one)).map(listed).collect();
    assert_eq!(
        all[0],
        [
            "a=candidate:1 1 udp 2130706431 192.0.2.7 40000 typ host",
            "a=candidate:2 1 tcp 1520434943 192.0.2.7 40000 typ host tcptype passive",
            "a=candidate:3 1 tcp 1520434687 2001:db8::7 40000 typ host tcptype passive",
        ]
    );
    assert!(all[1..].iter().all(|one| one.len() == 1), "{all:?}");
    let read = media::sdp::answer::read(&answer).unwrap();
    assert_eq!(read.candidates, [listening]);
    assert_eq!(read.tcp_candidates, candidates[1..].iter().map(|one| path::plain(*one)).collect::<Vec<_>>());
}

#[test]
fn slots_name_their_streams_and_ask_for_feedback_as_it_was_offered() {
    pairs(|name, offered, answered| {
        if !answered.contains(&"a=sendonly") {
            return;
        }
        let mid = attribute(answered, "mid").unwrap();
        let number = number(mid);
        assert_eq!(attribute(answered, "msid"), Some(format!("slot-{mid} track-{mid}").as_str()), "{name}");
        let cname = format!("a=ssrc:{} cname:{}", 1000 + number, media::sdp::CNAME);
        assert!(answered.contains(&cname.as_str()), "{name}");
        let pair = format!("{} {}", 1000 + number, 2000 + number);
        let is_repaired = answered.iter().any(|line| line.contains(" apt="));
        assert_eq!(
            attribute(answered, "ssrc-group").is_some_and(|group| group == format!("FID {pair}")),
            is_repaired
        );
        // Two lines make transport-wide feedback: the numbers' extension, and the receiver's word. What was not offered, or by half as
        // webrtcbin does, is not asked for.
        let has = |lines: &[&str], part| lines.iter().any(|line| line.contains(part));
        let parts = ["transport-wide-cc", "transport-cc"];
        let offers_both = parts.into_iter().all(|part| has(offered, part));
        for part in parts {
            assert_eq!(has(answered, part), offers_both, "{name}: {part}");
        }
    });
}

#[test]
fn publishers_start_fast_and_in_layers() {
    let answer = negotiated("chromium-page").answer;
    let sections = sections(&answer);
    let camera = &sections[1];
    assert!(camera.contains(&"a=fmtp:96 x-google-start-bitrate=3000"));
    let h264 = "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f;\
                x-google-start-bitrate=3000";
    assert!(camera.contains(&h264));
    assert!(camera.contains(&"a=simulcast:recv q;h;f") && camera.contains(&"a=rid:h recv"));
    assert!(!sections[7].iter().any(|line| line.contains("x-google")), "a slot is no publisher");
}

#[test]
fn extension_directions_are_turned_round() {
    let answer = negotiated("firefox-page").answer;
    assert!(answer.contains("a=extmap:9/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"));
}

#[test]
fn layers_are_ordered_by_their_names_and_never_more_than_three() {
    let offer = offer("chromium-page");
    let with = |rids: &[&str]| {
        let declared: String = rids.iter().map(|rid| format!("a=rid:{rid} send\r\n")).collect();
        let lines = format!("{declared}a=simulcast:send {}\r\n", rids.join(";"));
        let recorded = "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n";
        let answer = answer(&offer.replace(recorded, &lines), &sources("chromium-page")).unwrap().answer;
        attribute(&sections(&answer)[1], "simulcast").map(str::to_owned)
    };
    assert_eq!(with(&["f", "h", "q"]).as_deref(), Some("recv q;h;f"));
    assert_eq!(with(&["h", "m", "l"]).as_deref(), Some("recv l;m;h"));
    assert_eq!(with(&["2", "1", "0"]).as_deref(), Some("recv 0;1;2"));
    assert_eq!(with(&["big", "small"]).as_deref(), Some("recv big;small"));
    assert_eq!(with(&["a", "b", "c", "d"]).as_deref(), Some("recv a;b;c"));
}

#[test]
fn a_source_without_common_codec_is_rejected_and_the_rest_stands() {
    let offer = offer("chromium-page").replacen("a=rtpmap:111 opus/48000/2", "a=rtpmap:111 speex/16000", 1);
    let negotiated = answer(&offer, &sources("chromium-page")).unwrap();
    assert_eq!(negotiated.session.upstream.len(), 2);
    assert!(negotiated.answer.contains("a=group:BUNDLE 1 2 3"));
    let sections = sections(&negotiated.answer);
    assert_eq!(sections[0][0], "m=audio 0 UDP/TLS/RTP/SAVPF 111");
    assert!(sections[1].contains(&"a=end-of-candidates"), "candidates move on with the bundle");
}

#[test]
fn an_unnamed_sender_is_left_idle() {
    let sources = media::sdp::SourceMids { camera: None, ..sources("chromium-page") };
    let negotiated = answer(&offer("chromium-page"), &sources).unwrap();
    assert_eq!(negotiated.session.upstream.len(), 2);
    assert!(sections(&negotiated.answer)[1].contains(&"a=inactive"));
}
