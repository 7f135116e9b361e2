//! The recorded offers, and a server to answer them.

use std::net::SocketAddr;
use std::path::PathBuf;

use media::sdp::{IceCredentials, Local, Negotiated, OfferError, SlotSsrc, SourceMids, negotiate, single};
use media::{Kind, Mid};

pub(crate) const NAMES: [&str; 18] = [
    "chromium-page",
    "chromium-all-codecs",
    "chromium-viewer",
    "chromium-sendrecv-and-data",
    "chromium-first",
    "chromium-again",
    "firefox-page",
    "firefox-all-codecs",
    "firefox-viewer",
    "firefox-sendrecv-and-data",
    "firefox-first",
    "firefox-again",
    "safari-by-hand",
    "aiortc-publisher",
    "aiortc-watcher",
    "webrtcbin-publisher-h264",
    "webrtcbin-publisher-vp8",
    "webrtcbin-watcher",
];

pub(crate) const FINGERPRINT: &str = "sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:\
                                      00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";

pub(crate) fn path(folder: &str, name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/sdp")
        .join(folder)
        .join(format!("{name}.sdp"))
}

pub(crate) fn offer(name: &str) -> String {
    std::fs::read_to_string(path("offers", name)).unwrap()
}

pub(crate) fn mid(text: &str) -> Mid {
    Mid::new(text).unwrap()
}

/// What the page says along with the offer of that name.
pub(crate) fn sources(name: &str) -> SourceMids {
    if name.ends_with("viewer") || name.ends_with("watcher") {
        return SourceMids::default();
    }
    if name.contains("publisher") {
        return single::sources(&offer(name)).unwrap();
    }
    SourceMids { mic: Some(mid("0")), camera: Some(mid("1")), screen: Some(mid("2")) }
}

pub(crate) fn ice() -> IceCredentials {
    IceCredentials { ufrag: "serverufrag".into(), pwd: "serverpasswordserverpassword".into() }
}

pub(crate) fn addresses() -> [SocketAddr; 2] {
    ["192.0.2.7:40000".parse().unwrap(), "[2001:db8::7]:40000".parse().unwrap()]
}

/// Of the m-line `video1` as of the m-line `1`.
pub(crate) fn number(mid: &str) -> u32 {
    mid.trim_start_matches(char::is_alphabetic).parse().unwrap_or(99)
}

/// SSRCs that depend on the m-line alone, as those of a peer connection do.
pub(crate) fn ssrcs(mid: &Mid, _: Kind) -> SlotSsrc {
    let number = number(mid.as_str());
    SlotSsrc { media: 1000 + number, rtx: 2000 + number }
}

pub(crate) fn answer(offer: &str, sources: &SourceMids) -> Result<Negotiated, OfferError> {
    let local = Local { ice: ice(), fingerprint: FINGERPRINT, candidates: &addresses(), session_id: 7 };
    negotiate(offer, sources, &local, ssrcs)
}

/// Negotiates the offer of that name.
pub(crate) fn negotiated(name: &str) -> Negotiated {
    answer(&offer(name), &sources(name)).unwrap()
}

/// The m-lines of a description with the lines under each.
pub(crate) fn sections(text: &str) -> Vec<Vec<&str>> {
    let mut sections: Vec<Vec<&str>> = Vec::new();
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        match (line.starts_with("m="), sections.last_mut()) {
            (true, _) => sections.push(vec![line]),
            (false, Some(section)) => section.push(line),
            (false, None) => {}
        }
    }
    sections
}

/// The value of the first attribute of that name.
pub(crate) fn attribute<'a>(section: &[&'a str], name: &str) -> Option<&'a str> {
    section.iter().find_map(|line| line.strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':'))
}
