//! A room of the VideoRoom plugin, and who is in it.

use std::time::{Duration, Instant};

use media::sdp::answer::{self, ServerParameters};
use media::sdp::{IceCredentials, SourceMids};
use media::{Identity, Mid};
use serde_json::{Value, json};

use super::sdp::{self, Ourselves};
use super::session::Session;
use crate::Micros;
use crate::connection::Connection;
use crate::error::LoadError;
use crate::marker::Tag;
use crate::participant::{
    Agreement, CONNECT_PATIENCE, Entry, NO_CANDIDATE, connect, credentials, fingerprint,
};

/// A room made for the run. Janus ends it with the session that made it.
pub(crate) struct Room {
    url: String,
    number: u32,
    /// Shared by all: making one takes longer than a handshake.
    identity: Identity,
    /// Keeps the room.
    session: Session,
}

/// Somebody in the room, with media connected. Leaves, without a goodbye, when this is dropped.
pub(crate) struct Guest {
    /// Its number for itself.
    pub(crate) tag: Tag,
    /// When it began to come in: before its WebSocket was opened.
    pub(crate) began: Micros,
    /// How long that took, until ICE and DTLS were done.
    pub(crate) join: Duration,
    /// Its media.
    pub(crate) media: Connection,
    /// Janus hangs up when this ends.
    _session: Session,
}

impl Room {
    /// Makes one for so many publishers, without a limit of theirs in bit rate.
    ///
    /// # Errors
    /// Janus is not there, or refused.
    pub(crate) async fn create(url: &str, publishers: usize) -> Result<Room, LoadError> {
        let identity = Identity::generate()
            .map_err(|error| LoadError::Machine { what: "certificate", detail: error.to_string() })?;
        let session = Session::open(url).await?;
        // Such numbers fit what any JSON reader takes exactly.
        let number = rand::random::<u32>().max(1);
        let create = json!({
            "request": "create", "room": number, "publishers": publishers, "bitrate": 0,
            "audiocodec": "opus", "videocodec": "vp8", "notify_joining": false,
        });
        session.message(create, None).await?;
        Ok(Room { url: url.to_owned(), number, identity, session })
    }

    /// Ends it.
    ///
    /// # Errors
    /// Janus is not there any more, or refused.
    pub(crate) async fn destroy(self) -> Result<(), LoadError> {
        let destroy = json!({"request": "destroy", "room": self.number});
        self.session.message(destroy, None).await.map(drop)
    }

    /// Lets a publisher in, who may send from then on.
    ///
    /// # Errors
    /// Whatever did not work.
    pub(crate) async fn publish(&self, entry: &Entry) -> Result<Guest, LoadError> {
        let (began, start) = (Micros::now(), Instant::now());
        let session = Session::open(&self.url).await?;
        let (ice, fingerprint) = (credentials(), fingerprint(&self.identity));
        let offer = sdp::offer(&entry.plan, &Ourselves { ice: &ice, fingerprint: &fingerprint });
        let join = json!({
            "request": "joinandconfigure", "ptype": "publisher", "room": self.number, "id": feed(entry.tag),
        });
        // Our layers are named lowest first; Janus has to be told.
        let jsep = json!({"type": "offer", "sdp": offer.offer, "rid_order": "lmh"});
        let reply = session.message(join, Some(jsep)).await?;
        let text = reply.sdp.ok_or_else(|| LoadError::Answer("no answer".to_owned()))?;
        let agreement = agreement(ice, offer.sources, Vec::new(), read(&text)?)?;
        let media = connect(entry, &self.identity, &agreement).await?;
        media.connected(CONNECT_PATIENCE).await?;
        session.media().await?;
        Ok(Guest { tag: entry.tag, began, join: start.elapsed(), media, _session: session })
    }

    /// Lets a viewer in, who receives these publishers from then on, all in one peer connection.
    ///
    /// # Errors
    /// Whatever did not work.
    pub(crate) async fn watch(&self, entry: &Entry, publishers: &[Tag]) -> Result<Guest, LoadError> {
        let (began, start) = (Micros::now(), Instant::now());
        let session = Session::open(&self.url).await?;
        let streams: Vec<Value> = publishers.iter().map(|tag| json!({"feed": feed(*tag)})).collect();
        let join = json!({
            "request": "join", "ptype": "subscriber", "room": self.number, "streams": streams,
        });
        let reply = session.message(join, None).await?;
        let text = reply.sdp.ok_or_else(|| LoadError::Answer("no offer".to_owned()))?;
        let (ice, fingerprint) = (credentials(), fingerprint(&self.identity));
        let offered = read(&text)?;
        let answer = sdp::answer(&offered, &Ourselves { ice: &ice, fingerprint: &fingerprint })?;
        let jsep = json!({"type": "answer", "sdp": answer});
        session.message(json!({"request": "start"}), Some(jsep)).await?;
        let slots = offered.sections.iter().filter_map(|section| section.mid).collect();
        let agreement = agreement(ice, SourceMids::default(), slots, offered)?;
        let media = connect(entry, &self.identity, &agreement).await?;
        media.connected(CONNECT_PATIENCE).await?;
        Ok(Guest { tag: entry.tag, began, join: start.elapsed(), media, _session: session })
    }
}

impl Guest {
    /// Leaves as a page does.
    pub(crate) async fn leave(self) {
        self.media.close().await;
    }
}

/// A publisher's id at Janus, to which 0 means that it may choose.
fn feed(tag: Tag) -> u64 {
    u64::from(tag) + 1
}

/// Janus' offer has in it what its answer would have: it is the server in both.
fn read(text: &str) -> Result<ServerParameters, LoadError> {
    answer::read(text).map_err(|error| LoadError::Answer(error.to_string()))
}

fn agreement(
    credentials: IceCredentials,
    sources: SourceMids,
    slots: Vec<Mid>,
    server: ServerParameters,
) -> Result<Agreement, LoadError> {
    let address = server.candidates.first().copied();
    let address = address.ok_or_else(|| LoadError::Answer(NO_CANDIDATE.to_owned()))?;
    Ok(Agreement { credentials, sources, slots, server, address })
}
