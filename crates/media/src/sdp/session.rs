//! What an offer and its answer agreed on: all that an engine needs to know of a peer.

use crate::codec::Codec;
use crate::{Kind, Mid, Source};

/// What was negotiated with one peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The server's ICE credentials, as written in the answer.
    pub local_ice: IceCredentials,
    /// The peer's, as read from the offer.
    pub remote_ice: IceCredentials,
    /// The peer's certificate must hash to one of these.
    pub fingerprints: Vec<Fingerprint>,
    /// Ids of RTP header extensions, both directions.
    pub extensions: HeaderExtensions,
    /// What the peer may send, each behind its gate.
    pub upstream: Vec<SourceTrack>,
    /// Where the peer can receive.
    pub slots: Vec<SlotTrack>,
}

/// A user name fragment and a password (RFC 8839, section 5.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IceCredentials {
    /// 4 to 256 characters.
    pub ufrag: String,
    /// 22 to 256 characters.
    pub pwd: String,
}

/// `a=fingerprint` (RFC 8122).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Lower case, `sha-256` and longer; weaker ones are refused.
    pub hash: String,
    /// The digest's bytes.
    pub digest: Vec<u8>,
}

/// Ids of the header extensions in use, 1 to 14; `None` where the peer did not offer one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeaderExtensions {
    /// RFC 8843: the m-line.
    pub mid: Option<u8>,
    /// RFC 8852: the simulcast layer.
    pub rid: Option<u8>,
    /// RFC 8852: the layer a retransmission repairs.
    pub repaired_rid: Option<u8>,
    /// draft-holmer-rmcat-transport-wide-cc-extensions-01.
    pub transport_sequence: Option<u8>,
    /// RFC 6464.
    pub audio_level: Option<u8>,
    /// abs-send-time.
    pub absolute_send_time: Option<u8>,
    /// AV1 RTP payload format, appendix A: the layers of a packet, whatever the codec.
    pub dependency_descriptor: Option<u8>,
}

/// A payload type and what retransmits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadType {
    /// What it carries.
    pub codec: Codec,
    /// Its number in this peer's SDP.
    pub number: u8,
    /// The RTX payload type (RFC 4588) with `apt` of it.
    pub rtx: Option<u8>,
}

/// One m-line on which the peer may send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceTrack {
    /// The m-line.
    pub mid: Mid,
    /// What the page said it is.
    pub source: Source,
    /// In order of the answer's preference; the peer sends the first.
    pub payload_types: Vec<PayloadType>,
    /// How the layers are told apart.
    pub upstream: Upstream,
    /// Whether `transport-cc` feedback was agreed for it.
    pub transport_feedback: bool,
    /// Whether the peer sends again what it is asked for.
    pub nack: bool,
}

/// How a peer's layers are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// One stream. Its SSRC and that of its retransmissions, where the offer named them.
    Single {
        /// The media's.
        ssrc: Option<u32>,
        /// The retransmissions'.
        rtx: Option<u32>,
    },
    /// Simulcast by rid (RFC 8853), lowest layer first.
    Simulcast {
        /// The rids, as short as a [`Mid`].
        rids: Vec<Mid>,
    },
}

/// One m-line on which the peer can receive what a slot shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotTrack {
    /// The m-line.
    pub mid: Mid,
    /// What fits into it.
    pub kind: Kind,
    /// Every codec both ends know, with the numbers of this peer's own offer.
    pub payload_types: Vec<PayloadType>,
    /// Under which SSRCs the server sends here.
    pub ssrc: SlotSsrc,
    /// Whether the peer gives `transport-cc` feedback on it.
    pub transport_feedback: bool,
    /// Whether the dependency descriptor was agreed for it.
    pub described: bool,
}

impl SlotTrack {
    /// As what the peer takes a publication of this codec: its very own if it has it, or one that reads it too.
    pub fn payload_type_for(&self, codec: Codec) -> Option<PayloadType> {
        let find =
            |fits: fn(Codec, Codec) -> bool| self.payload_types.iter().find(|one| fits(one.codec, codec));
        find(|own, sent| own == sent).or_else(|| find(Codec::takes)).copied()
    }
}

/// The SSRCs of a slot; they never change while the peer connection lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotSsrc {
    /// The media's.
    pub media: u32,
    /// The retransmissions', for pictures.
    pub rtx: u32,
}
