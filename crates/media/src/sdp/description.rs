//! A parsed description, checked for the little that every m-line needs: a unique name and a bounded size.

use super::error::FormError;
use super::limits;
use super::lines::{self, Attribute, Lines, Media};
use crate::{Kind, Mid};

/// Which way media flows, from the side of whoever wrote the description (RFC 8866, section 6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Both ways; what holds when nothing is said.
    SendReceive,
    /// From the writer only.
    Send,
    /// To the writer only.
    Receive,
    /// Neither.
    Inactive,
}

impl Direction {
    /// The attribute's name.
    pub const fn attribute(self) -> &'static str {
        match self {
            Direction::SendReceive => "sendrecv",
            Direction::Send => "sendonly",
            Direction::Receive => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    /// Reads an attribute's name.
    pub(super) fn read(name: &str) -> Option<Direction> {
        [Direction::SendReceive, Direction::Send, Direction::Receive, Direction::Inactive]
            .into_iter()
            .find(|direction| direction.attribute() == name)
    }

    /// The same flow, said by the other side.
    pub(super) const fn reversed(self) -> Direction {
        match self {
            Direction::Send => Direction::Receive,
            Direction::Receive => Direction::Send,
            other => other,
        }
    }

    /// Whether the writer may send.
    pub(super) const fn sends(self) -> bool {
        matches!(self, Direction::SendReceive | Direction::Send)
    }

    /// Whether the writer may receive.
    pub(super) const fn receives(self) -> bool {
        matches!(self, Direction::SendReceive | Direction::Receive)
    }
}

/// A whole description.
pub(super) struct Description<'a> {
    lines: Lines<'a>,
    mids: Vec<Option<Mid>>,
}

impl<'a> Description<'a> {
    /// Bounds, syntax, and one name for each m-line that is in use.
    pub(super) fn read(text: &'a str) -> Result<Description<'a>, FormError> {
        limits::check(text)?;
        let lines = lines::read(text)?;
        let count = lines.media.len();
        if count == 0 {
            return Err(FormError::NoSections);
        }
        if count > limits::MAX_SECTIONS {
            return Err(FormError::TooManySections { count, limit: limits::MAX_SECTIONS });
        }
        let mids = read_mids(&lines.media)?;
        Ok(Description { lines, mids })
    }

    /// The m-lines, in order.
    pub(super) fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        let media = self.lines.media.iter().zip(&self.mids);
        media.map(|(media, mid)| Section { mid: *mid, media, session: &self.lines.attributes })
    }

    /// The m-line of that name.
    pub(super) fn section(&self, mid: Mid) -> Option<Section<'_>> {
        self.sections().find(|section| section.mid == Some(mid))
    }

    /// The m-lines that share a transport, the one whose transport it is first; `None` without a BUNDLE group.
    pub(super) fn bundle(&self) -> Option<Vec<Mid>> {
        let mut groups = values(&self.lines.attributes, "group");
        let members = groups.find_map(|group| group.strip_prefix("BUNDLE"))?;
        let mut mids = Vec::new();
        for mid in members.split_ascii_whitespace().filter_map(Mid::new).take(limits::MAX_SECTIONS) {
            if !mids.contains(&mid) {
                mids.push(mid);
            }
        }
        Some(mids)
    }

    /// Whether a flag stands at session level.
    pub(super) fn flag(&self, key: &str) -> bool {
        has(&self.lines.attributes, key)
    }

    /// `sess-version`, which rises with every further offer of the same peer connection.
    pub(super) fn version(&self) -> u64 {
        self.lines.version
    }
}

/// One m-line and the attributes under it.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    /// `None` only where the m-line is out of use.
    pub(super) mid: Option<Mid>,
    media: &'a Media<'a>,
    session: &'a [Attribute<'a>],
}

impl<'a> Section<'a> {
    /// Sound or picture; `None` for data channels and whatever else there may be.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self.media.media {
            "audio" => Some(Kind::Audio),
            "video" => Some(Kind::Video),
            _ => None,
        }
    }

    /// The word after `m=`.
    pub(super) fn media(&self) -> &'a str {
        self.media.media
    }

    /// The transport, as `UDP/TLS/RTP/SAVPF`.
    pub(super) fn protocol(&self) -> &'a str {
        self.media.protocol
    }

    /// RTP with feedback over DTLS (RFC 5764, section 8). Whether UDP or TCP is named follows the default candidate, and the
    /// default candidate is of no consequence (RFC 8829, section 5.1.2).
    pub(super) fn is_secure_rtp(&self) -> bool {
        matches!(self.protocol(), "UDP/TLS/RTP/SAVPF" | "TCP/TLS/RTP/SAVPF" | "TCP/DTLS/RTP/SAVPF")
    }

    /// Port 0 says the m-line is out of use, unless it is to live in the bundle only (RFC 8843, section 6).
    pub(super) fn is_stopped(&self) -> bool {
        out_of_use(self.media)
    }

    /// The m-line's direction, the session's where it has none.
    pub(super) fn direction(&self) -> Direction {
        let mut both = self.media.attributes.iter().chain(self.session);
        both.find_map(|attribute| Direction::read(attribute.key)).unwrap_or(Direction::SendReceive)
    }

    /// Payload types in order of preference, as written.
    pub(super) fn formats(&self) -> &'a [&'a str] {
        &self.media.formats
    }

    /// Whether a flag stands here.
    pub(super) fn flag(&self, key: &str) -> bool {
        has(&self.media.attributes, key)
    }

    /// All values of an attribute under this m-line.
    pub(super) fn values<'b>(&self, key: &'b str) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        values(&self.media.attributes, key)
    }

    /// The first value, here or, failing that, at session level.
    pub(super) fn value(&self, key: &str) -> Option<&'a str> {
        self.values(key).next().or_else(|| values(self.session, key).next())
    }

    /// All values here or, when there is none, those at session level.
    pub(super) fn values_or_session(&self, key: &str) -> Vec<&'a str> {
        let here: Vec<&str> = self.values(key).collect();
        if !here.is_empty() {
            return here;
        }
        values(self.session, key).collect()
    }
}

fn has(attributes: &[Attribute<'_>], key: &str) -> bool {
    attributes.iter().any(|attribute| attribute.key == key)
}

fn values<'a, 'b>(
    attributes: &'a [Attribute<'a>],
    key: &'b str,
) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
    attributes.iter().filter(move |attribute| attribute.key == key).filter_map(|attribute| attribute.value)
}

fn out_of_use(media: &Media<'_>) -> bool {
    media.port == 0 && !has(&media.attributes, "bundle-only")
}

fn read_mids(sections: &[Media<'_>]) -> Result<Vec<Option<Mid>>, FormError> {
    let mut mids: Vec<Option<Mid>> = Vec::with_capacity(sections.len());
    for (index, media) in sections.iter().enumerate() {
        let mid = values(&media.attributes, "mid").next().and_then(Mid::new);
        match mid {
            None if !out_of_use(media) => return Err(FormError::NoMid { index }),
            Some(mid) if mids.contains(&Some(mid)) => return Err(FormError::MidTwice { mid }),
            Some(mid) if media.formats.len() > limits::MAX_FORMATS => {
                return Err(FormError::TooManyFormats { mid, count: media.formats.len() });
            }
            mid => mids.push(mid),
        }
    }
    Ok(mids)
}
