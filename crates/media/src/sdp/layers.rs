//! How a peer's layers are told apart: by rid (RFC 8853), or by the SSRC of a single stream.

use super::description::Section;
use super::error::FormError;
use super::limits;
use super::session::Upstream;
use crate::Mid;

/// Names of layers in use, lowest first. Ours are the first row.
const FAMILIES: [[&str; 3]; 3] = [["q", "h", "f"], ["l", "m", "h"], ["0", "1", "2"]];

/// Reads what a sending m-line says of its streams. Layers count only `by_rid`: where the extensions that carry their names
/// were agreed.
pub(super) fn upstream(mid: Mid, section: Section<'_>, by_rid: bool) -> Result<Upstream, FormError> {
    let rids = simulcast(mid, section, "send")?;
    if by_rid && !rids.is_empty() {
        return Ok(Upstream::Simulcast { rids });
    }
    let (ssrc, rtx) = ssrcs(section);
    Ok(Upstream::Single { ssrc, rtx })
}

/// The layers that the writer of an m-line takes, lowest first.
pub(super) fn received(mid: Mid, section: Section<'_>) -> Result<Vec<Mid>, FormError> {
    simulcast(mid, section, "recv")
}

/// The rids that are both declared by `a=rid` and listed in `a=simulcast` for a direction, lowest layer first.
fn simulcast(mid: Mid, section: Section<'_>, direction: &str) -> Result<Vec<Mid>, FormError> {
    let Some(list) = section.values("simulcast").find_map(|value| read_list(value, direction)) else {
        return Ok(Vec::new());
    };
    let mut declared = Vec::new();
    for rid in section.values("rid").filter_map(|value| read_declared(value, direction)) {
        if declared.len() == limits::MAX_RIDS {
            return Err(FormError::TooManyRids { mid });
        }
        declared.push(rid);
    }
    let mut rids: Vec<Mid> = Vec::new();
    for alternatives in list.split(';') {
        // Of alternatives for one layer the first is the preferred one; a tilde says that it is paused for now.
        let first = alternatives.split(',').next().unwrap_or_default();
        if let Some(rid) = read_rid(first.strip_prefix('~').unwrap_or(first))
            && declared.contains(&rid)
            && !rids.contains(&rid)
        {
            rids.push(rid);
        }
    }
    let mut rids = lowest_first(rids);
    rids.truncate(limits::MAX_LAYERS);
    Ok(rids)
}

/// What follows the direction in `send q;h;f recv …`, whichever comes first (RFC 8853, section 5.1).
fn read_list<'a>(value: &'a str, direction: &str) -> Option<&'a str> {
    let mut tokens = value.split_ascii_whitespace();
    tokens.find(|token| *token == direction)?;
    tokens.next()
}

/// `<rid> send [<restrictions>]` (RFC 8851, section 10). Restrictions are left to the sender to keep.
fn read_declared(value: &str, direction: &str) -> Option<Mid> {
    let mut tokens = value.split_ascii_whitespace();
    let rid = read_rid(tokens.next()?)?;
    (tokens.next() == Some(direction)).then_some(rid)
}

fn read_rid(text: &str) -> Option<Mid> {
    let proper = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    proper.then(|| Mid::new(text)).flatten()
}

/// Known names are put in order; others stay as offered.
fn lowest_first(mut rids: Vec<Mid>) -> Vec<Mid> {
    let rank = |family: &[&str; 3], rid: &Mid| family.iter().position(|name| *name == rid.as_str());
    let family = FAMILIES.iter().find(|family| rids.iter().all(|rid| rank(family, rid).is_some()));
    if let Some(family) = family {
        rids.sort_by_key(|rid| rank(family, rid));
    }
    rids
}

/// The media's SSRC and that of its retransmissions: the first `a=ssrc-group:FID`, otherwise the first `a=ssrc` (RFC 5576).
pub(super) fn ssrcs(section: Section<'_>) -> (Option<u32>, Option<u32>) {
    let pair = section.values("ssrc-group").find_map(|value| {
        let mut tokens = value.split_ascii_whitespace();
        (tokens.next() == Some("FID")).then_some(())?;
        Some((tokens.next()?.parse().ok()?, tokens.next()?.parse().ok()?))
    });
    let first =
        || section.values("ssrc").find_map(|value| value.split_ascii_whitespace().next()?.parse().ok());
    match pair {
        Some((media, rtx)) => (Some(media), Some(rtx)),
        None => (first(), None),
    }
}
