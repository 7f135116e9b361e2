//! The lines of a session description, sorted into the session's and each m-line's (RFC 8866, section 5).
//!
//! Nothing of the text is copied, and a line is looked at once: a browser's offer has up to a thousand of them, and a room's whole
//! audience may offer at the same time. What an attribute says is for others to read. Lines that the server has no use for are
//! only checked to be of a kind that may stand where they stand; their order within a part is not.

use super::error::FormError;

/// How many characters of a peer's text are given back when it is not understood.
const QUOTED_CHARACTERS: usize = 60;

/// `a=<key>` or `a=<key>:<value>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attribute<'a> {
    pub(super) key: &'a str,
    pub(super) value: Option<&'a str>,
}

/// An m-line and the attributes under it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Media<'a> {
    /// One of those registered.
    pub(super) media: &'a str,
    pub(super) port: u16,
    pub(super) protocol: &'a str,
    /// At least one.
    pub(super) formats: Vec<&'a str>,
    pub(super) attributes: Vec<Attribute<'a>>,
}

/// A whole description.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lines<'a> {
    /// `sess-version` of the `o=` line.
    pub(super) version: u64,
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) media: Vec<Media<'a>>,
}

/// Sorts the lines of a description.
///
/// # Errors
///
/// [`FormError::Unreadable`], with the first line that does not belong.
pub(super) fn read(text: &str) -> Result<Lines<'_>, FormError> {
    let mut lines = text.trim_end().lines();
    // These three come first, and in this order.
    if lines.next() != Some("v=0") {
        return Err(unreadable("no v=0 at its head"));
    }
    let version = lines.next().and_then(|line| read_origin(line.strip_prefix("o=")?));
    let version = version.ok_or_else(|| unreadable("no proper o= line"))?;
    if !lines.next().is_some_and(|line| line.starts_with("s=")) {
        return Err(unreadable("no s= line"));
    }
    let mut read = Lines { version, ..Lines::default() };
    let mut timed = false;
    for line in lines {
        let (kind, value) = line.split_once('=').ok_or_else(|| unreadable(line))?;
        match (kind, read.media.last_mut()) {
            ("m", _) if timed => read.media.push(read_media(value).ok_or_else(|| unreadable(line))?),
            ("a", Some(media)) => media.attributes.push(read_attribute(value)),
            ("a", None) => read.attributes.push(read_attribute(value)),
            ("t", None) => timed = true,
            ("i" | "c" | "b" | "k", _) | ("u" | "e" | "p" | "r" | "z", None) => {}
            _ => return Err(unreadable(line)),
        }
    }
    if timed { Ok(read) } else { Err(unreadable("no t= line")) }
}

/// `<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>`
fn read_origin(value: &str) -> Option<u64> {
    let mut fields = value.split_ascii_whitespace();
    let (_username, session) = (fields.next()?, fields.next()?);
    session.parse::<u64>().ok()?;
    let version = fields.next()?.parse().ok()?;
    let address = (fields.next()?, fields.next()?, fields.next()?);
    (matches!(address, ("IN", "IP4" | "IP6", _)) && fields.next().is_none()).then_some(version)
}

/// `<media> <port>[/<number of ports>] <proto> <fmt> …`
fn read_media(value: &str) -> Option<Media<'_>> {
    let mut fields = value.split_ascii_whitespace();
    let media = fields
        .next()
        .filter(|media| matches!(*media, "audio" | "video" | "text" | "application" | "message" | "image"))?;
    let mut ports = fields.next()?.split('/');
    let port = ports.next()?.parse().ok()?;
    if ports.next().is_some_and(|number| number.parse::<u32>().is_err()) {
        return None;
    }
    let protocol = fields.next().filter(|protocol| protocol.split('/').all(|part| !part.is_empty()))?;
    let formats: Vec<&str> = fields.collect();
    (!formats.is_empty()).then_some(Media { media, port, protocol, formats, attributes: Vec::new() })
}

fn read_attribute(value: &str) -> Attribute<'_> {
    match value.split_once(':') {
        Some((key, value)) => Attribute { key, value: Some(value) },
        None => Attribute { key: value, value: None },
    }
}

/// A peer's text must not fill a log.
fn unreadable(what: &str) -> FormError {
    let printable = what.chars().filter(|character| !character.is_control());
    FormError::Unreadable { detail: printable.take(QUOTED_CHARACTERS).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "v=0\r\no=- 7 3 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

    #[test]
    fn sorts_attributes_under_what_they_stand_below() {
        let text = format!(
            "{HEAD}a=ice-lite\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\nc=IN IP4 0.0.0.0\r\n\
             a=fmtp:111 a:b\r\nm=video 0/2 RTP/AVP 96\n"
        );
        let read = read(&text).unwrap();
        let (flag, group) =
            (Attribute { key: "ice-lite", value: None }, Attribute { key: "group", value: Some("BUNDLE 0") });
        assert_eq!((read.version, read.attributes), (3, vec![flag, group]));
        let fmtp = Attribute { key: "fmtp", value: Some("111 a:b") };
        let audio = Media {
            media: "audio",
            port: 9,
            protocol: "UDP/TLS/RTP/SAVPF",
            formats: vec!["111", "0"],
            attributes: vec![fmtp],
        };
        let video = Media {
            media: "video",
            port: 0,
            protocol: "RTP/AVP",
            formats: vec!["96"],
            attributes: Vec::new(),
        };
        assert_eq!(read.media, [audio, video]);
    }

    #[test]
    fn refuses_what_is_not_where_it_belongs() {
        let cases = [
            "v=1\r\n".to_owned(),
            HEAD.replace("o=- 7 3 IN IP4 127.0.0.1", "o=- 7 x IN IP4 127.0.0.1"),
            HEAD.replace("s=-\r\n", ""),
            HEAD.replace("t=0 0\r\n", ""),
            format!("{HEAD}x=1\r\n"),
            format!("{HEAD}\r\na=ice-lite\r\n"),
            format!("{HEAD}m=audio 9 RTP/AVP\r\n"),
            format!("{HEAD}m=audio 65536 RTP/AVP 0\r\n"),
            format!("{HEAD}m=audio 9/x RTP/AVP 0\r\n"),
            format!("{HEAD}m=audio 9 RTP//AVP 0\r\n"),
            format!("{HEAD}m=smell 9 RTP/AVP 0\r\n"),
            format!("{HEAD}m=audio 9 RTP/AVP 0\r\nt=0 0\r\n"),
        ];
        for text in cases {
            assert!(matches!(read(&text), Err(FormError::Unreadable { .. })), "{text:?}");
        }
    }
}
