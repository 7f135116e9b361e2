//! Answering an offer: what the server draws and keeps of its own, around the pure negotiation of `media::sdp`.

use media::PeerId;
use media::sdp::{self, IceCredentials, Negotiated, OfferError, Session, SlotSsrc, SourceMids, fragment};
use rand::Rng;

use super::MediaThreads;

/// Characters of the ICE credentials the server makes. RFC 8839, section 5.4, asks for at least 4 and 22; the ufrag routes the first
/// check of a peer, so it must not repeat.
const UFRAG_CHARS: usize = 16;
const PWD_CHARS: usize = 32;

impl MediaThreads {
    /// Reads an offer and writes the answer for the thread of `peer`. With `previous`, it is the same peer connection again, whose
    /// credentials and SSRCs stay.
    ///
    /// # Errors
    /// What is wrong with the offer.
    pub(crate) fn negotiate(
        &self,
        peer: PeerId,
        previous: Option<&Session>,
        offer: &str,
        sources: &SourceMids,
    ) -> Result<Negotiated, OfferError> {
        let answer = |ice: IceCredentials| {
            let local = sdp::Local {
                ice,
                fingerprint: &self.0.fingerprint,
                candidates: &self.0.threads[usize::from(peer.worker.0)].candidates,
                session_id: u64::from(peer.serial),
            };
            sdp::negotiate(offer, sources, &local, |mid, _| {
                let kept = previous.and_then(|session| session.slots.iter().find(|slot| slot.mid == *mid));
                kept.map_or_else(fresh_ssrcs, |slot| slot.ssrc)
            })
        };
        let Some(previous) = previous else { return answer(fresh_credentials()) };
        let again = answer(previous.local_ice.clone())?;
        // New credentials in the offer are an ICE restart, and the answer needs new ones too (RFC 8839, section 4.4.1.1.1).
        if again.session.remote_ice == previous.remote_ice { Ok(again) } else { answer(fresh_credentials()) }
    }

    /// New credentials on both sides, and nothing else (RFC 8839, section 4.4.1.1.1); the server's side as a fragment of SDP.
    pub(crate) fn restart_ice(&self, peer: PeerId, session: &mut Session, remote: IceCredentials) -> String {
        (session.local_ice, session.remote_ice) = (fresh_credentials(), remote);
        self.update(peer, session.clone());
        fragment::restarted(session, &self.0.threads[usize::from(peer.worker.0)].candidates)
    }
}

pub(super) fn fingerprint_text(fingerprint: &sdp::Fingerprint) -> String {
    let pairs: Vec<String> = fingerprint.digest.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("{} {}", fingerprint.hash, pairs.join(":"))
}

fn fresh_credentials() -> IceCredentials {
    let text =
        |length| rand::rng().sample_iter(rand::distr::Alphanumeric).take(length).map(char::from).collect();
    IceCredentials { ufrag: text(UFRAG_CHARS), pwd: text(PWD_CHARS) }
}

fn fresh_ssrcs() -> SlotSsrc {
    let mut random = rand::rng();
    let media = random.random_range(1..u32::MAX);
    let rtx = loop {
        let drawn = random.random_range(1..u32::MAX);
        if drawn != media {
            break drawn;
        }
    };
    SlotSsrc { media, rtx }
}
