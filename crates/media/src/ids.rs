//! The names of things in a media engine.

use std::fmt;

/// One media thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorkerId(pub u8);

/// One transport of one participant's session. It says which thread is its home, so that no directory is needed to find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId {
    /// The thread that owns the transport.
    pub worker: WorkerId,
    /// Never used twice in the life of a server.
    pub serial: u32,
}

/// What a participant's track shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The microphone.
    Mic,
    /// The camera.
    Camera,
    /// A shared screen or window.
    Screen,
}

impl Source {
    /// All of them, in the order of [`Source::index`].
    pub const ALL: [Source; 3] = [Source::Mic, Source::Camera, Source::Screen];

    /// Sound or picture.
    pub const fn kind(self) -> Kind {
        match self {
            Source::Mic => Kind::Audio,
            Source::Camera | Source::Screen => Kind::Video,
        }
    }

    /// A dense number, for tables.
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// Sound or picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// One source of one peer, as the room may forward it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicationId {
    /// The publisher.
    pub peer: PeerId,
    /// Which of their tracks.
    pub source: Source,
}

/// The identification tag of an m-line (RFC 8843, section 14): at most [`Mid::MAX`] bytes of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mid {
    length: u8,
    bytes: [u8; Mid::MAX],
}

impl Mid {
    /// Longest tag taken, in bytes; browsers use one to four.
    pub const MAX: usize = 16;

    /// Reads a tag; `None` when it is empty, too long or not of printable ASCII.
    pub fn new(text: &str) -> Option<Mid> {
        let source = text.as_bytes();
        if source.is_empty() || source.len() > Mid::MAX || !source.iter().all(u8::is_ascii_graphic) {
            return None;
        }
        let mut bytes = [0; Mid::MAX];
        bytes[..source.len()].copy_from_slice(source);
        Some(Mid { length: source.len() as u8, bytes })
    }

    /// The tag as it stands in the SDP.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl fmt::Debug for Mid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mid({})", self.as_str())
    }
}

impl fmt::Display for Mid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
