//! Reading the server's answer, for synthetic peers: the load generator, and tests.

use std::net::{IpAddr, SocketAddr};

use super::description::{Description, Direction, Section};
use super::error::{AnswerError, FormError};
use super::extensions::{self, IdMap};
use super::session::{Fingerprint, HeaderExtensions, IceCredentials, PayloadType};
use super::{codecs, layers, limits, transport};
use crate::{Kind, Mid};

/// What an answer tells a peer of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerParameters {
    /// The server's ICE credentials.
    pub ice: IceCredentials,
    /// The server's certificate hashes to this.
    pub fingerprint: Fingerprint,
    /// Where the server listens for UDP, best first.
    pub candidates: Vec<SocketAddr>,
    /// Where it listens for TCP connections (RFC 6544), best first.
    pub tcp_candidates: Vec<SocketAddr>,
    /// The m-lines, in the order of the offer.
    pub sections: Vec<ServerSection>,
}

impl ServerParameters {
    /// The m-line of that name, when it was accepted.
    pub fn section(&self, mid: Mid) -> Option<&ServerSection> {
        self.sections.iter().find(|section| section.mid == Some(mid) && section.accepted)
    }
}

/// One m-line of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSection {
    /// Always there in an accepted m-line.
    pub mid: Option<Mid>,
    /// `None` for what is neither sound nor picture.
    pub kind: Option<Kind>,
    /// Whether its port is not 0.
    pub accepted: bool,
    /// From the server's side: [`Direction::Send`] for a slot.
    pub direction: Direction,
    /// Of the media that the server sends here.
    pub ssrc: Option<u32>,
    /// Of the server's retransmissions.
    pub rtx_ssrc: Option<u32>,
    /// In order of the server's preference.
    pub payload_types: Vec<PayloadType>,
    /// Ids of header extensions agreed for this m-line.
    pub extensions: HeaderExtensions,
    /// The layers that the server takes, lowest first; empty without simulcast.
    pub rids: Vec<Mid>,
    /// Whether the server reports on transport sequence numbers.
    pub transport_feedback: bool,
}

/// Reads an answer.
///
/// # Errors
///
/// What is wrong with it.
pub fn read(answer: &str) -> Result<ServerParameters, AnswerError> {
    let description = Description::read(answer)?;
    let tagged = transport::tagged(&description).ok_or(FormError::NoIceCredentials)?;
    let fingerprint = transport::fingerprints(tagged)?.into_iter().next().ok_or(FormError::NoFingerprint)?;
    let (candidates, tcp_candidates) = read_candidates(tagged)?;
    let mut ids = IdMap::default();
    let sections: Result<Vec<_>, FormError> =
        description.sections().map(|section| read_section(section, &mut ids)).collect();
    Ok(ServerParameters {
        ice: transport::ice(tagged)?,
        fingerprint,
        candidates,
        tcp_candidates,
        sections: sections?,
    })
}

fn read_section<'a>(section: Section<'a>, ids: &mut IdMap<'a>) -> Result<ServerSection, FormError> {
    let mut read = ServerSection {
        mid: section.mid,
        kind: section.kind(),
        accepted: !section.is_stopped(),
        direction: section.direction(),
        ssrc: None,
        rtx_ssrc: None,
        payload_types: Vec::new(),
        extensions: HeaderExtensions::default(),
        rids: Vec::new(),
        transport_feedback: false,
    };
    if let (Some(mid), Some(kind), true) = (read.mid, read.kind, read.accepted) {
        let agreed = codecs::agree(section, kind);
        read.transport_feedback = agreed.iter().any(|one| one.feedback.transport);
        read.payload_types = agreed.into_iter().map(|one| one.payload).collect();
        read.extensions = extensions::ids(&ids.read(mid, section)?);
        read.rids = layers::received(mid, section)?;
        (read.ssrc, read.rtx_ssrc) = layers::ssrcs(section);
    }
    Ok(read)
}

/// Candidates of component 1 with an address rather than a name, in the order written: UDP, and passive TCP.
fn read_candidates(section: Section<'_>) -> Result<(Vec<SocketAddr>, Vec<SocketAddr>), AnswerError> {
    let (mut udp, mut tcp) = (Vec::new(), Vec::new());
    for (over_tcp, address) in section.values("candidate").filter_map(read_candidate) {
        if udp.len() + tcp.len() == limits::MAX_CANDIDATES {
            return Err(AnswerError::TooManyCandidates);
        }
        if over_tcp { tcp.push(address) } else { udp.push(address) }
    }
    Ok((udp, tcp))
}

/// `<foundation> <component> <transport> <priority> <address> <port> …` (RFC 8839, section 5.1), with `tcptype passive` where it is TCP
/// (RFC 6544, section 4.5). Whether it is, and the address.
fn read_candidate(value: &str) -> Option<(bool, SocketAddr)> {
    let mut tokens = value.split_ascii_whitespace().skip(1);
    let (component, transport) = (tokens.next()?, tokens.next()?);
    let address: IpAddr = tokens.nth(1)?.parse().ok()?;
    let port: u16 = tokens.next()?.parse().ok()?;
    let mut passive = || tokens.by_ref().skip_while(|token| *token != "tcptype").nth(1) == Some("passive");
    let over_tcp = transport.eq_ignore_ascii_case("tcp") && passive();
    let taken = component == "1" && (over_tcp || transport.eq_ignore_ascii_case("udp"));
    taken.then(|| (over_tcp, SocketAddr::new(address, port)))
}
