//! Header extensions: which of those offered the server understands, and under which ids.

use super::description::{Direction, Section};
use super::error::FormError;
use super::limits;
use super::session::HeaderExtensions;
use crate::Mid;
use crate::codec::Codec;

/// An extension that the server understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extension {
    Mid,
    Rid,
    RepairedRid,
    TransportSequence,
    AudioLevel,
    AbsoluteSendTime,
    DependencyDescriptor,
}

impl Extension {
    pub(super) const ALL: [Extension; 7] = [
        Extension::Mid,
        Extension::Rid,
        Extension::RepairedRid,
        Extension::TransportSequence,
        Extension::AudioLevel,
        Extension::AbsoluteSendTime,
        Extension::DependencyDescriptor,
    ];

    pub(super) const fn uri(self) -> &'static str {
        match self {
            Extension::Mid => "urn:ietf:params:rtp-hdrext:sdes:mid",
            Extension::Rid => "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
            Extension::RepairedRid => "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
            Extension::TransportSequence => {
                "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
            }
            Extension::AudioLevel => "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
            Extension::AbsoluteSendTime => "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
            Extension::DependencyDescriptor => {
                "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
            }
        }
    }

    fn read(uri: &str) -> Option<Extension> {
        Extension::ALL.into_iter().find(|extension| extension.uri() == uri)
    }

    /// To viewers go the m-line's name, the loudness, the numbers that their feedback is about, and with AV1 what its decoder needs to know of
    /// layers, which takes long headers (`mixed`). There are no streams of layers in a slot, and nobody asked for send times.
    fn serves_slots(self, mixed: bool) -> bool {
        match self {
            Extension::Mid | Extension::AudioLevel | Extension::TransportSequence => true,
            Extension::DependencyDescriptor => mixed,
            Extension::Rid | Extension::RepairedRid | Extension::AbsoluteSendTime => false,
        }
    }
}

/// One `a=extmap` (RFC 8285, section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mapping {
    pub(super) extension: Extension,
    pub(super) id: u8,
    /// As the offer wrote it, where it did.
    pub(super) direction: Option<Direction>,
}

/// The ids of a bundle. They mean the same in every m-line of it (RFC 8843, section 9).
#[derive(Default)]
pub(super) struct IdMap<'a> {
    uris: [Option<&'a str>; MAX_ID as usize + 1],
    agreed: HeaderExtensions,
}

/// Highest id of a one-byte header; 15 is reserved (RFC 8285, section 4.2). Nothing has a higher one, in headers of two bytes neither.
const MAX_ID: u8 = 14;

impl<'a> IdMap<'a> {
    /// Reads the m-line's mappings and checks them against those of the m-lines before it.
    pub(super) fn read(&mut self, mid: Mid, section: Section<'a>) -> Result<Vec<Mapping>, FormError> {
        let mut mappings: Vec<Mapping> = Vec::new();
        for (count, value) in section.values("extmap").enumerate() {
            if count == limits::MAX_EXTENSIONS {
                return Err(FormError::TooManyExtensions { mid });
            }
            let Some((id, direction, uri)) = read_extmap(value) else { continue };
            let extension = Extension::read(uri);
            self.note(mid, id, uri, extension)?;
            if let Some(extension) = extension
                && !mappings.iter().any(|mapping| mapping.extension == extension)
            {
                mappings.push(Mapping { extension, id, direction });
            }
        }
        Ok(mappings)
    }

    /// Remembers what an id stands for. Two unknown extensions may quarrel over one; it is none of the server's business.
    fn note(
        &mut self,
        mid: Mid,
        id: u8,
        uri: &'a str,
        extension: Option<Extension>,
    ) -> Result<(), FormError> {
        let conflict = FormError::ExtensionConflict { mid, id };
        let seen = &mut self.uris[usize::from(id)];
        match *seen {
            Some(before) if before != uri && (extension.is_some() || Extension::read(before).is_some()) => {
                return Err(conflict);
            }
            Some(_) => {}
            None => *seen = Some(uri),
        }
        if let Some(extension) = extension {
            let agreed = id_of(&mut self.agreed, extension);
            if agreed.is_some_and(|other| other != id) {
                return Err(conflict);
            }
        }
        Ok(())
    }

    /// Takes into use what one m-line agreed on.
    pub(super) fn agree(&mut self, mappings: &[Mapping]) {
        for mapping in mappings {
            *id_of(&mut self.agreed, mapping.extension) = Some(mapping.id);
        }
    }

    /// What all m-lines together agreed on.
    pub(super) fn agreed(&self) -> HeaderExtensions {
        self.agreed
    }
}

fn id_of(extensions: &mut HeaderExtensions, extension: Extension) -> &mut Option<u8> {
    match extension {
        Extension::Mid => &mut extensions.mid,
        Extension::Rid => &mut extensions.rid,
        Extension::RepairedRid => &mut extensions.repaired_rid,
        Extension::TransportSequence => &mut extensions.transport_sequence,
        Extension::AudioLevel => &mut extensions.audio_level,
        Extension::AbsoluteSendTime => &mut extensions.absolute_send_time,
        Extension::DependencyDescriptor => &mut extensions.dependency_descriptor,
    }
}

/// `<id>["/"<direction>] <uri> [<attributes>]`; ids that a one-byte header cannot hold are passed over.
fn read_extmap(value: &str) -> Option<(u8, Option<Direction>, &str)> {
    let mut tokens = value.split_ascii_whitespace();
    let (first, uri) = (tokens.next()?, tokens.next()?);
    match first.split_once('/') {
        Some((id, direction)) => Some((read_id(id)?, Some(Direction::read(direction)?), uri)),
        None => Some((read_id(first)?, None, uri)),
    }
}

fn read_id(text: &str) -> Option<u8> {
    text.parse().ok().filter(|id| (1..=MAX_ID).contains(id))
}

/// What of it is worth having where the peer sends, by the codec that it will send. VP8 and VP9 tell of their layers themselves: a descriptor
/// with every packet would be paid for twice.
pub(super) fn for_source(offered: &[Mapping], codec: Codec) -> Vec<Mapping> {
    let described = matches!(codec, Codec::Av1 { .. } | Codec::H264 { .. });
    let sent = |mapping: &&Mapping| {
        let wanted = described || mapping.extension != Extension::DependencyDescriptor;
        wanted && mapping.direction.is_none_or(Direction::sends)
    };
    offered.iter().filter(sent).copied().collect()
}

/// What of it is worth having where the peer receives. `mixed`: it takes headers of two bytes among those of one, and AV1.
pub(super) fn for_slot(offered: &[Mapping], mixed: bool) -> Vec<Mapping> {
    let received = |mapping: &&Mapping| {
        mapping.extension.serves_slots(mixed) && mapping.direction.is_none_or(Direction::receives)
    };
    offered.iter().filter(received).copied().collect()
}

/// The ids of a description that somebody else has decided on.
pub(super) fn ids(mappings: &[Mapping]) -> HeaderExtensions {
    let mut map = IdMap::default();
    map.agree(mappings);
    map.agreed()
}
