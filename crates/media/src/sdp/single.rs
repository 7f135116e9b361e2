//! Offers that say nothing besides themselves: of a WHIP publisher (RFC 9725) and of a WHEP viewer. What a page says of its m-lines is
//! read off them here, in order: the first sound is the microphone, the first picture the camera, the second the screen.

use super::description::Description;
use super::error::OfferError;
use super::negotiate::SourceMids;
use super::session::Session;
use crate::{Kind, Mid};

/// What the m-lines of an offer to publish are.
///
/// # Errors
/// It is no offer, sends nothing, or more than one person has.
pub fn sources(offer: &str) -> Result<SourceMids, OfferError> {
    let description = Description::read(offer)?;
    let mut sources = SourceMids::default();
    for section in description.sections() {
        let (Some(mid), Some(kind)) = (section.mid, section.kind()) else { continue };
        if section.is_stopped() || !section.direction().sends() {
            continue;
        }
        let places: &mut [&mut Option<Mid>] = match kind {
            Kind::Audio => &mut [&mut sources.mic],
            Kind::Video => &mut [&mut sources.camera, &mut sources.screen],
        };
        match places.iter_mut().find(|place| place.is_none()) {
            Some(place) => **place = Some(mid),
            None => return Err(OfferError::TooManyStreams { mid }),
        }
    }
    if sources == SourceMids::default() { Err(OfferError::NothingSent) } else { Ok(sources) }
}

/// Whether all of an offer to publish was taken (RFC 9725, section 4.4.3: no partially successful answers).
///
/// # Errors
/// An m-line was rejected.
pub fn published(sources: &SourceMids, session: &Session) -> Result<(), OfferError> {
    let taken = |mid: &Mid| session.upstream.iter().any(|track| track.mid == *mid);
    match sources.iter().map(|(_, mid)| mid).find(|mid| !taken(mid)) {
        Some(mid) => Err(OfferError::Unpublishable { mid }),
        None => Ok(()),
    }
}

/// Whether an offer to watch can show anything.
///
/// # Errors
/// It cannot.
pub fn watched(session: &Session) -> Result<(), OfferError> {
    if session.slots.is_empty() { Err(OfferError::NothingReceived) } else { Ok(()) }
}
