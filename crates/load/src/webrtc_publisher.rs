//! A publisher of another make: the peer connection of the `webrtc` crate, which offers, does ICE, DTLS, SRTP and RTCP by itself. Where
//! it and the server disagree, our own two ends cannot agree to be wrong.
//!
//! It sends what a [`Participant`](crate::Participant) sends, in the same three layers with the same markers, and is in the room in the
//! same way. It has no slots: what others receive is measured by participants who can say when the kernel had a packet.

mod feed;
mod peer;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use media::sdp::answer;
use signaling::{Command, ParticipantId};
use tokio::task::JoinHandle;

use crate::Micros;
use crate::api::Api;
use crate::control::Control;
use crate::error::LoadError;
use crate::marker::Tag;
use crate::participant::{ALL_ON, CONNECT_PATIENCE, Entry, mids};
use crate::sending;

use feed::{Feed, Steering};
use peer::Peer;

/// Somebody in a room who can only publish, with media connected.
pub struct WebrtcPublisher {
    /// Its number for itself.
    pub tag: Tag,
    /// Its id in the room.
    pub id: ParticipantId,
    /// When it began to come in: before its token was asked for.
    pub began: Micros,
    /// How long that took, until ICE and DTLS were done.
    pub join: Duration,
    /// Its session.
    pub control: Control,
    peer: Peer,
    steering: Arc<Steering>,
    feed: JoinHandle<()>,
}

impl WebrtcPublisher {
    /// Comes into a room: token, WebSocket, offer, ICE, DTLS. Of the entry it takes name, role, tag and plan; the rest is about receiving.
    ///
    /// # Errors
    /// Whatever did not work.
    pub async fn enter(api: &Api, room: &str, entry: &Entry) -> Result<Self, LoadError> {
        let (began, start) = (Micros::now(), Instant::now());
        let token = api.token(room, &entry.name, entry.role).await?;
        let control = Control::enter(api.server(), room, &token).await?;
        let seed: u32 = rand::random();
        let steering = Arc::new(Steering::default());
        let peer = Peer::new(api.server(), seed, &steering).await?;
        let (offer, sources) = peer.offer().await?;
        let text = control.offer(1, offer, mids(&sources)).await?;
        let server = answer::read(&text).map_err(|error| LoadError::Answer(error.to_string()))?;
        peer.answer(text).await?;
        peer.connected(CONNECT_PATIENCE).await?;
        let now = Instant::now();
        let streams = sending::streams(entry.tag, &entry.plan, &sources, &server, seed, now);
        let feed = Feed::new(streams, peer.tracks(), Arc::clone(&steering), now)?;
        let id = control.view().you;
        let feed = tokio::spawn(feed.run());
        let (tag, join) = (entry.tag, start.elapsed());
        Ok(WebrtcPublisher { tag, id, began, join, control, peer, steering, feed })
    }

    /// Goes on stage by itself, and sends from then on.
    ///
    /// # Errors
    /// The server refused.
    pub async fn join_stage(&self) -> Result<(), LoadError> {
        self.control.command(Command::JoinStage { sources: ALL_ON }).await?;
        self.send(true);
        Ok(())
    }

    /// Goes off stage by itself, and goes on sending: the gate has to hold.
    ///
    /// # Errors
    /// The server refused.
    pub async fn leave_stage(&self) -> Result<(), LoadError> {
        self.control.command(Command::LeaveStage).await
    }

    /// Begins or stops to send; begins with keyframes, as a browser does when it is given a track.
    pub fn send(&self, on: bool) {
        self.steering.running.send_replace(on);
    }

    /// Makes the next frame of every layer a keyframe.
    pub fn send_keyframe(&self) {
        self.steering.want_keyframe();
    }

    /// Packets given to the peer connection so far.
    pub fn sent_packets(&self) -> u64 {
        self.steering.packets.load(Ordering::Relaxed)
    }

    /// Keyframes that the server asked for so far.
    pub fn keyframe_requests(&self) -> u64 {
        self.steering.keyframe_requests.load(Ordering::Relaxed)
    }

    /// Leaves the room as a page does.
    pub async fn leave(self) {
        self.peer.close().await;
        // The server may close the socket before it answers.
        let _ = self.control.command(Command::LeaveRoom).await;
    }
}

impl Drop for WebrtcPublisher {
    fn drop(&mut self) {
        self.feed.abort();
    }
}
