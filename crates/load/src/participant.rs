//! A synthetic participant: enters a room as a page does, and stays until it is dropped.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use media::sdp::IceCredentials;
use media::sdp::answer::{self, ServerParameters};
use media::sdp::offer::{self, Synthetic};
use media::srtp::Profile;
use media::transport::ClientParameters;
use media::{Identity, Mid};
use rand::Rng;
use rand::distr::Alphanumeric;
use signaling::{Command, ParticipantId, Role, SourceMids, SourcesOn, StageStanding};

use crate::Micros;
use crate::api::Api;
use crate::connection::Connection;
use crate::control::{Control, PATIENCE};
use crate::error::LoadError;
use crate::marker::Tag;
use crate::peer::Peer;
use crate::plan::Plan;
use crate::receiving::{Opening, Receiving};
use crate::sending::Sending;
use crate::wire::Wire;

/// The server forgets a peer that has not connected after 30 s; so do we.
pub(crate) const CONNECT_PATIENCE: Duration = Duration::from_secs(30);

/// Why an answer without an address is of no use.
pub(crate) const NO_CANDIDATE: &str = "no candidate to send to";

/// Who enters, and as what.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name in the room.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Its number for itself, in the marker of every packet it sends. No two of one room may share it.
    pub tag: Tag,
    /// What it can send.
    pub plan: Plan,
    /// Sounds it can receive.
    pub audio_slots: usize,
    /// Pictures it can receive.
    pub video_slots: usize,
    /// Which packets it opens.
    pub opening: Opening,
    /// Whether it writes down every packet it opens.
    pub journal: bool,
    /// Share of its datagrams lost, both ways, 0 to 1.
    pub loss: f64,
    /// Where its media goes instead of to the server's own address: a wire that impairs it.
    pub media_via: Option<SocketAddr>,
}

impl Entry {
    /// A viewer who sends nothing and sees one person.
    pub fn viewer(tag: Tag) -> Entry {
        Entry {
            name: format!("Viewer {tag}"),
            role: Role::Viewer,
            tag,
            plan: Plan::default(),
            audio_slots: 1,
            video_slots: 1,
            opening: Opening::All,
            journal: false,
            loss: 0.0,
            media_via: None,
        }
    }

    /// A speaker, who may go on and off stage, and what is sent there.
    pub fn speaker(tag: Tag, plan: Plan) -> Entry {
        Entry { name: format!("Speaker {tag}"), role: Role::Speaker, plan, ..Entry::viewer(tag) }
    }

    /// With slots for so many people.
    pub fn seeing(self, people: usize) -> Entry {
        Entry { audio_slots: people, video_slots: people, ..self }
    }
}

/// Somebody in a room, with media connected.
pub struct Participant {
    /// Its number for itself.
    pub tag: Tag,
    /// Its id in the room.
    pub id: ParticipantId,
    /// When it began to come in: before its token was asked for.
    pub began: Micros,
    /// How long that took, until ICE and DTLS were done.
    pub join: Duration,
    /// Where its media goes: the port of the media thread it was given.
    pub server: SocketAddr,
    /// Its session.
    pub control: Control,
    /// Its media.
    pub media: Connection,
}

impl Participant {
    /// Comes into a room: token, WebSocket, offer, ICE, DTLS.
    ///
    /// # Errors
    /// Whatever did not work.
    pub async fn enter(api: &Api, room: &str, entry: &Entry, identity: &Identity) -> Result<Self, LoadError> {
        let (began, start) = (Micros::now(), Instant::now());
        let token = api.token(room, &entry.name, entry.role).await?;
        let control = Control::enter(api.server(), room, &token).await?;
        let credentials = credentials();
        let offer = offer(entry, identity, &credentials);
        let text = control.offer(1, offer.offer.clone(), mids(&offer.sources)).await?;
        let agreed = answer::read(&text).map_err(|error| LoadError::Answer(error.to_string()))?;
        let server = entry.media_via.or_else(|| nearest(api.server(), &agreed.candidates));
        let server = server.ok_or(LoadError::Answer(NO_CANDIDATE.to_owned()))?;
        let slots: Vec<Mid> = offer.audio_slots.iter().chain(&offer.video_slots).copied().collect();
        let agreement =
            Agreement { credentials, sources: offer.sources, slots, server: agreed, address: server };
        let media = connect(entry, identity, &agreement).await?;
        media.connected(CONNECT_PATIENCE).await?;
        let id = control.view().you;
        Ok(Participant { tag: entry.tag, id, began, join: start.elapsed(), server, control, media })
    }

    /// Goes on stage by itself, and sends from then on.
    ///
    /// # Errors
    /// The server refused.
    pub async fn join_stage(&self) -> Result<(), LoadError> {
        self.control.command(Command::JoinStage { sources: ALL_ON }).await?;
        self.media.send(true);
        Ok(())
    }

    /// Waits for an invitation, accepts it, and sends from then on.
    ///
    /// # Errors
    /// None came, or the server refused.
    pub async fn accept_invitation(&self) -> Result<(), LoadError> {
        let invited = |view: &crate::control::View| view.standing() == StageStanding::Invited;
        let view = self.control.wait_until("an invitation", invited).await?;
        let Some(invitation) = view.invitation() else {
            return Err(LoadError::Timeout { what: "the invitation's id", seconds: PATIENCE.as_secs() });
        };
        self.control.command(Command::AcceptInvitation { invitation, sources: ALL_ON }).await?;
        self.media.send(true);
        self.media.send_keyframe();
        Ok(())
    }

    /// Goes off stage by itself, and goes on sending: the gate has to hold.
    ///
    /// # Errors
    /// The server refused.
    pub async fn leave_stage(&self) -> Result<(), LoadError> {
        self.control.command(Command::LeaveStage).await
    }

    /// Leaves the room as a page does.
    pub async fn leave(self) {
        self.media.close().await;
        // The server may close the socket before it answers.
        let _ = self.control.command(Command::LeaveRoom).await;
    }
}

/// With whatever there is.
pub(crate) const ALL_ON: SourcesOn = SourcesOn { mic: true, camera: true };

fn offer(entry: &Entry, identity: &Identity, credentials: &IceCredentials) -> Synthetic {
    offer::synthetic(&offer::Peer {
        ice: credentials.clone(),
        fingerprint: &fingerprint(identity),
        version: 1,
        mic: true,
        camera: true,
        screen: false,
        audio_slots: entry.audio_slots,
        video_slots: entry.video_slots,
    })
}

/// What both ends said: all that a peer needs to connect, whichever server it talks to.
pub(crate) struct Agreement {
    pub(crate) credentials: IceCredentials,
    pub(crate) sources: media::sdp::SourceMids,
    /// Where it receives.
    pub(crate) slots: Vec<Mid>,
    pub(crate) server: ServerParameters,
    /// Which of the server's addresses to use.
    pub(crate) address: SocketAddr,
}

/// Puts a peer on a socket; it begins to connect at once.
pub(crate) async fn connect(
    entry: &Entry,
    identity: &Identity,
    agreement: &Agreement,
) -> Result<Connection, LoadError> {
    let Agreement { credentials, sources, slots, server, address } = agreement;
    let seed: u64 = rand::rng().random();
    let parameters = ClientParameters {
        server: *address,
        local_ice: credentials.clone(),
        remote_ice: server.ice.clone(),
        fingerprints: vec![server.fingerprint.clone()],
        profiles: vec![Profile::AeadAes128Gcm],
        seed,
    };
    let now = Instant::now();
    let sending = Sending::new(entry.tag, &entry.plan, sources, server, seed as u32, now);
    let receiving = Receiving::new(slots, server, entry.opening, entry.journal);
    let peer = Peer::new(&parameters, identity, sending, receiving, now)?;
    let wire = Wire::open(*address, entry.loss, seed)
        .map_err(|error| LoadError::Machine { what: "UDP socket", detail: error.to_string() })?;
    Connection::start(peer, wire)
}

/// The candidate on the address that serves HTTP, or else the first one: ICE would find which work, but one is enough here.
pub(crate) fn nearest(server: &str, candidates: &[SocketAddr]) -> Option<SocketAddr> {
    let host = server.split("://").nth(1).and_then(|rest| rest.rsplit_once(':')).map(|(host, _)| host);
    let ip: Option<IpAddr> = host.and_then(|host| host.trim_matches(['[', ']']).parse().ok());
    candidates.iter().find(|candidate| Some(candidate.ip()) == ip).or(candidates.first()).copied()
}

pub(crate) fn credentials() -> IceCredentials {
    let text = |length| rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect();
    IceCredentials { ufrag: text(8), pwd: text(24) }
}

/// As it stands in SDP (RFC 8122, section 5).
pub(crate) fn fingerprint(identity: &Identity) -> String {
    let fingerprint = identity.fingerprint();
    let digest: Vec<String> = fingerprint.digest.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("{} {}", fingerprint.hash, digest.join(":"))
}

pub(crate) fn mids(sources: &media::sdp::SourceMids) -> SourceMids {
    let text = |mid: Option<Mid>| mid.map(|mid| mid.as_str().to_owned());
    SourceMids { mic: text(sources.mic), camera: text(sources.camera), screen: text(sources.screen) }
}
