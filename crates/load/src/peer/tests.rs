//! Synthetic peers against a real engine, without a socket and in virtual time.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::sdp::offer::{self, Synthetic};
use media::sdp::{Fingerprint, IceCredentials, Local, SlotSsrc, answer, negotiate};
use media::srtp::Profile;
use media::{Command, Engine, Kind, Mid, PeerId, PublicationId, Source, Ticket, WorkerId};

use super::*;
use crate::marker::Tag;
use crate::plan::Plan;
use crate::receiving::Opening;

const SERVER: &str = "127.0.0.1:7000";
const STEP: Duration = Duration::from_millis(1);

struct Guest {
    peer: Peer,
    address: SocketAddr,
    offer: Synthetic,
    id: PeerId,
}

/// An engine and its peers.
struct Stage {
    now: Instant,
    engine: Engine,
    identity: Identity,
    guests: Vec<Guest>,
    /// Which datagrams from the engine are lost: every so-manieth.
    lose_every: Option<u32>,
    carried: u32,
    figures: Figures,
}

fn credentials(name: String) -> IceCredentials {
    IceCredentials { pwd: format!("{name}PasswordOfTwentyTwo"), ufrag: name }
}

fn written(fingerprint: &Fingerprint) -> String {
    let digest: Vec<String> = fingerprint.digest.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("{} {}", fingerprint.hash, digest.join(":"))
}

impl Stage {
    fn new() -> Stage {
        let (now, identity) = (Instant::now(), Identity::generate().unwrap());
        let engine = Engine::new(WorkerId(0), identity.clone(), now);
        Stage {
            now,
            engine,
            identity,
            guests: Vec::new(),
            lose_every: None,
            carried: 0,
            figures: Figures::default(),
        }
    }

    /// A publisher in guest 0 and viewers behind it, all connected, each viewer shown both of the publisher's sources.
    fn with_viewers(plan: &Plan, viewers: usize) -> Stage {
        let mut stage = Stage::new();
        for tag in 0..=viewers {
            stage.enter(tag as Tag, if tag == 0 { plan.clone() } else { Plan::default() });
        }
        let connected = stage
            .run(Duration::from_secs(5), |stage| stage.engine.counters().connected as usize == viewers + 1);
        assert!(connected);
        for index in 1..=viewers {
            let Synthetic { audio_slots, video_slots, .. } = &stage.guests[index].offer;
            for (slot, source) in [(audio_slots[0], Source::Mic), (video_slots[0], Source::Camera)] {
                let publication = Some(PublicationId { peer: stage.guests[0].id, source });
                let peer = stage.guests[index].id;
                stage.engine.command(stage.now, Command::Assign { peer, slot, publication });
            }
        }
        stage
    }

    fn enter(&mut self, tag: Tag, plan: Plan) {
        let ice = credentials(format!("guest{tag}"));
        let server_ice = credentials(format!("server{tag}"));
        let offer = offer::synthetic(&offer::Peer {
            ice: ice.clone(),
            fingerprint: &written(self.identity.fingerprint()),
            version: 1,
            mic: true,
            camera: true,
            screen: false,
            audio_slots: 1,
            video_slots: 1,
        });
        let fingerprint = written(self.identity.fingerprint());
        let local = Local {
            ice: server_ice,
            fingerprint: &fingerprint,
            candidates: &[SERVER.parse().unwrap()],
            session_id: 1,
        };
        let mut ssrc = 100 * tag + 50;
        let negotiated = negotiate(&offer.offer, &offer.sources, &local, |_: &Mid, _: Kind| {
            ssrc += 2;
            SlotSsrc { media: ssrc, rtx: ssrc + 1 }
        });
        let negotiated = negotiated.unwrap();
        let id = PeerId { worker: WorkerId(0), serial: tag };
        self.engine.command(self.now, Command::AddPeer { peer: id, session: Box::new(negotiated.session) });
        let server = answer::read(&negotiated.answer).unwrap();
        let parameters = ClientParameters {
            server: server.candidates[0],
            local_ice: ice,
            remote_ice: server.ice.clone(),
            fingerprints: vec![server.fingerprint.clone()],
            profiles: vec![Profile::AeadAes128Gcm],
            seed: tag.into(),
        };
        let sending = Sending::new(tag, &plan, &offer.sources, &server, 1000 + tag, self.now);
        let slots = [offer.audio_slots.clone(), offer.video_slots.clone()].concat();
        let receiving = Receiving::new(&slots, &server, Opening::All, true);
        let peer = Peer::new(&parameters, &self.identity, sending, receiving, self.now).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 10_000 + tag as u16));
        self.guests.push(Guest { peer, address, offer, id });
    }

    fn gate(&mut self, guest: usize, source: Source, open: bool) {
        let peer = self.guests[guest].id;
        self.engine.command(self.now, Command::SetGate { peer, source, open, ticket: Ticket(1) });
    }

    /// Lets time go by until something is so; `false` when it is not in that time.
    fn run(&mut self, longest: Duration, so: impl Fn(&Stage) -> bool) -> bool {
        let end = self.now + longest;
        while self.now < end {
            self.step();
            if so(self) {
                return true;
            }
            self.now += STEP;
        }
        false
    }

    fn step(&mut self) {
        for guest in &mut self.guests {
            guest.peer.poll(self.now, &mut self.figures);
            while guest.peer.next_timeout().is_some_and(|at| at <= self.now) {
                guest.peer.poll(self.now, &mut self.figures);
            }
            let datagrams: Vec<Vec<u8>> =
                guest.peer.outbox.datagrams().map(|(_, bytes)| bytes.to_vec()).collect();
            guest.peer.outbox.clear();
            for mut datagram in datagrams {
                self.engine.datagram(self.now, guest.address, &mut datagram);
            }
        }
        self.engine.poll(self.now);
        while {
            let more = self.engine.flush(self.now);
            self.deliver();
            more
        } {}
        self.engine.events().for_each(drop);
    }

    fn deliver(&mut self) {
        let datagrams: Vec<_> =
            self.engine.outbox().datagrams().map(|(to, bytes)| (to, bytes.to_vec())).collect();
        self.engine.outbox_mut().clear();
        for (to, mut datagram) in datagrams {
            self.carried += 1;
            let media = datagram[0] >= 128;
            if media && self.lose_every.is_some_and(|every| self.carried.is_multiple_of(every)) {
                continue;
            }
            if let Some(guest) = self.guests.iter_mut().find(|guest| guest.address == to) {
                guest.peer.receive(self.now, Micros::now(), &mut datagram, &mut self.figures);
            }
        }
    }

    fn seen(&self, viewer: usize) -> crate::Tally {
        self.guests[viewer].peer.receiving.received().senders.get(&0).copied().unwrap_or_default()
    }

    fn publish(&mut self) {
        self.gate(0, Source::Mic, true);
        self.gate(0, Source::Camera, true);
        let now = self.now;
        self.guests[0].peer.sending.run(true, now);
    }
}

fn clean(stage: &Stage, viewer: usize) {
    let receiving = &stage.guests[viewer].peer.receiving;
    let received = receiving.received();
    assert_eq!((received.strange, received.empty, received.unmarked), (0, 0, 0));
    for (mid, _, continuity) in receiving.continuity() {
        assert_eq!(
            (continuity.missing, continuity.given_up, continuity.repeated),
            (0, 0, 0),
            "{mid} {continuity:?}"
        );
    }
}

#[test]
fn a_steady_publisher_reaches_every_viewer_without_a_hole() {
    let mut stage = Stage::with_viewers(&Plan::steady(250), 2);
    stage.publish();
    stage.run(Duration::from_secs(3), |_| false);
    for viewer in [1, 2] {
        let seen = stage.seen(viewer);
        assert!(seen.by_source[Source::Mic.index()] >= 149, "{seen:?}");
        assert!(seen.by_source[Source::Camera.index()] >= 598, "{seen:?}");
        clean(&stage, viewer);
        assert!(stage.guests[viewer].peer.receiving.continuity().iter().all(|(_, _, one)| one.holes == 0));
    }
    assert!(stage.guests[0].peer.sending.sent().feedback > 0, "transport-wide feedback");
}

#[test]
fn of_three_layers_the_highest_is_what_viewers_get() {
    let mut stage = Stage::with_viewers(&Plan::webcam(), 1);
    stage.publish();
    stage.run(Duration::from_secs(4), |_| false);
    let journal = stage.guests[1].peer.receiving.take_journal();
    let layers: HashSet<u8> = journal
        .iter()
        .filter(|one| one.marker.source == Source::Camera)
        .skip(journal.len() / 2)
        .map(|one| one.marker.layer)
        .collect();
    assert_eq!(layers, HashSet::from([2]));
    clean(&stage, 1);
}

#[test]
fn a_closed_gate_lets_nothing_through_and_the_engine_counts_it() {
    let mut stage = Stage::with_viewers(&Plan::steady(250), 1);
    let now = stage.now;
    stage.guests[0].peer.sending.run(true, now);
    stage.run(Duration::from_secs(1), |_| false);
    assert_eq!(stage.seen(1).packets, 0);
    assert!(stage.engine.counters().gated(Source::Camera) > 150);
}

#[test]
fn lost_pictures_are_asked_for_and_come_by_retransmission() {
    let mut stage = Stage::with_viewers(&Plan::steady(250), 1);
    stage.publish();
    stage.run(Duration::from_secs(1), |_| false);
    stage.lose_every = Some(20);
    stage.run(Duration::from_secs(2), |_| false);
    stage.lose_every = None;
    stage.run(Duration::from_secs(1), |_| false);
    let continuity = stage.guests[1].peer.receiving.continuity();
    let (_, _, pictures) = continuity.iter().find(|(_, kind, _)| *kind == Kind::Video).unwrap();
    assert!(pictures.holes > 10 && pictures.recovered > 10, "{pictures:?}");
    assert_eq!((pictures.missing, pictures.given_up), (0, 0), "{pictures:?}");
}

#[test]
fn probes_reach_nobody_and_leave_no_hole() {
    let mut stage = Stage::with_viewers(&Plan::steady(250), 1);
    stage.publish();
    for round in 0..60 {
        let probe = [Probe::Padding, Probe::Repeated, Probe::Gap][round % 3];
        stage.guests[0].peer.probe(probe);
        stage.run(Duration::from_millis(20), |_| false);
    }
    stage.run(Duration::from_millis(200), |_| false);
    assert_eq!(stage.guests[0].peer.sending.sent().probes, 60);
    let made = stage.guests[0].peer.sending.made(Source::Camera, 2);
    let seen = stage.seen(1).by_source[Source::Camera.index()];
    assert!(u64::from(made) - seen <= 2, "{made} made, {seen} seen");
    clean(&stage, 1);
    assert_eq!(stage.guests[1].peer.receiving.received().nacks, 0, "a probe's number left a hole");
}
