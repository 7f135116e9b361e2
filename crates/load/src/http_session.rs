//! A synthetic client of WHIP or WHEP: media without a page.

use media::Identity;
use media::sdp::SourceMids;
use media::sdp::answer;
use media::sdp::offer::{self, Synthetic};
use signaling::ParticipantId;

use crate::api::Api;
use crate::connection::Connection;
use crate::error::LoadError;
use crate::participant::{
    Agreement, CONNECT_PATIENCE, Entry, NO_CANDIDATE, connect, credentials, fingerprint, nearest,
};

/// Somebody in a room without a page. Ends without a goodbye when dropped.
pub struct HttpSession {
    /// Where it stands, from the server's root.
    pub location: String,
    /// Names its ICE session.
    pub etag: String,
    /// Its media.
    pub media: Connection,
}

impl HttpSession {
    /// Publishes what the entry's plan has, from the start: what comes of it is the stage's to decide.
    ///
    /// # Errors
    /// The server refused, or there was no media.
    pub async fn publish(
        api: &Api,
        room: &str,
        entry: &Entry,
        identity: &Identity,
    ) -> Result<HttpSession, LoadError> {
        let publishing = HttpSession::begin(api, room, "whip", entry, identity, true).await?;
        publishing.media.send(true);
        Ok(publishing)
    }

    /// Watches the active speaker, or somebody.
    ///
    /// # Errors
    /// The server refused, or there was no media.
    pub async fn watch(
        api: &Api,
        room: &str,
        whom: Option<ParticipantId>,
        entry: &Entry,
        identity: &Identity,
    ) -> Result<HttpSession, LoadError> {
        let room = match whom {
            Some(whom) => format!("{room}?participant={whom}"),
            None => room.to_owned(),
        };
        HttpSession::begin(api, &room, "whep", entry, identity, false).await
    }

    async fn begin(
        api: &Api,
        room: &str,
        protocol: &str,
        entry: &Entry,
        identity: &Identity,
        publishes: bool,
    ) -> Result<HttpSession, LoadError> {
        let id = room.split('?').next().unwrap_or(room);
        let token = api.token(id, &entry.name, entry.role).await?;
        let credentials = credentials();
        let slots = usize::from(!publishes);
        let Synthetic { offer, sources, audio_slots, video_slots } = offer::synthetic(&offer::Peer {
            ice: credentials.clone(),
            fingerprint: &fingerprint(identity),
            version: 1,
            mic: publishes,
            camera: publishes,
            screen: false,
            audio_slots: slots,
            video_slots: slots,
        });
        let created = api.offer(&format!("/{protocol}/{room}"), &token, offer).await?;
        let agreed = answer::read(&created.answer).map_err(|error| LoadError::Answer(error.to_string()))?;
        let address =
            nearest(api.server(), &agreed.candidates).ok_or(LoadError::Answer(NO_CANDIDATE.to_owned()))?;
        let slots = audio_slots.into_iter().chain(video_slots).collect();
        let sources = if publishes { sources } else { SourceMids::default() };
        let agreement = Agreement { credentials, sources, slots, server: agreed, address };
        let media = connect(entry, identity, &agreement).await?;
        media.connected(CONNECT_PATIENCE).await?;
        Ok(HttpSession { location: created.location, etag: created.etag, media })
    }
}
