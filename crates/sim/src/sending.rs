//! What clients send and receive.

use media::synthetic::Frame;
use media::{Kind, Source};

use crate::Oracle;
use crate::book::{ClientId, PacketRef, Tag, read_stamp, stamp};
use crate::client::server_address;
use crate::network::{MS, Micros};
use crate::sessions::in_room;
use crate::world::{Event, Leaving, World};

/// Between two sounds; a picture comes with every second, a screen with every fifth of them.
const BEAT: Micros = 40 * MS;
const SOUND_TICKS: u32 = 48 * 40;
const PICTURE_TICKS: u32 = 90 * 80;
const SCREEN_TICKS: u32 = 90 * 200;
/// Between two looks at what is missing.
const FEED_BACK: Micros = 60 * MS;
/// Beats between two sender reports.
const REPORT: u64 = 25;
/// Beats after which an uplink may drop its highest layer or take it up again.
const ADAPT: u64 = 40;

impl World {
    /// A client has its answer: it begins.
    pub(crate) fn start_client(&mut self, client: ClientId) {
        let offset = self.rng.between(0, BEAT);
        self.agenda.add(self.now + offset, Event::Send(client));
        self.agenda.add(self.now + offset, Event::FeedBack(client));
        self.agenda.add(self.now, Event::Poll { client, at: self.now });
        self.clients[client].poll_due = Some(self.now);
    }

    pub(crate) fn schedule_poll(&mut self, client: ClientId) {
        let Some(due) = self.clients[client].peer.as_ref().and_then(|peer| peer.next_timeout()) else {
            return;
        };
        let at = self.micros(due).max(self.now + 1);
        if self.clients[client].poll_due.is_none_or(|set| at < set) {
            self.clients[client].poll_due = Some(at);
            self.agenda.add(at, Event::Poll { client, at });
        }
    }

    pub(crate) fn poll_client(&mut self, client: ClientId, at: Micros) {
        let now = self.instant();
        let it = &mut self.clients[client];
        if it.poll_due != Some(at) || it.ghost {
            return;
        }
        it.poll_due = None;
        if let Some(peer) = &mut it.peer {
            peer.poll(now, &mut it.out);
        }
        self.flush_client(client, &[]);
    }

    pub(crate) fn client_feeds_back(&mut self, client: ClientId) {
        if self.clients[client].ghost {
            return;
        }
        self.clients[client].feed_back();
        self.flush_client(client, &[]);
        self.agenda.add(self.now + FEED_BACK, Event::FeedBack(client));
    }

    /// One beat of a client: what it may send by its own belief, or all of it.
    pub(crate) fn client_sends(&mut self, client: ClientId) {
        let it = &self.clients[client];
        let (beat, pushy, page) = (it.sends, it.pushy, it.page);
        if it.ghost && !pushy {
            return;
        }
        self.clients[client].sends += 1;
        self.agenda.add(self.now + BEAT, Event::Send(client));
        if !self.clients[client].is_connected() {
            return;
        }
        let sends = |source| pushy || self.pages[page].may_send(source);
        let (mic, camera, screen) = (sends(Source::Mic), sends(Source::Camera), sends(Source::Screen));
        if mic {
            self.send_sound(client);
        }
        if camera && beat.is_multiple_of(2) {
            let layers = if self.calm || !(beat / ADAPT + client as u64).is_multiple_of(3) { 3 } else { 2 };
            self.send_picture(client, Source::Camera, layers, PICTURE_TICKS);
        }
        if screen && beat.is_multiple_of(5) {
            self.send_picture(client, Source::Screen, 1, SCREEN_TICKS);
        }
        if camera && self.rng.chance(30) {
            self.send_padding(client);
        }
        if beat % REPORT == REPORT - 1 {
            let now = self.instant();
            let it = &mut self.clients[client];
            if let Some(peer) = &mut it.peer {
                peer.send_reports(now, &mut it.out);
            }
            self.flush_client(client, &[]);
        }
    }

    fn send_sound(&mut self, client: ClientId) {
        let frame = self.book.enter(client, Source::Mic, 0, 1, true, self.now);
        let it = &mut self.clients[client];
        if let Some(peer) = &mut it.peer {
            peer.send_sound(&stamp(client, frame), SOUND_TICKS, &mut it.out);
        }
        self.flush_client(client, &[Tag { client, frame, part: Some(0) }]);
    }

    /// One frame of each layer; keyframes where they were asked for, and at first.
    fn send_picture(&mut self, client: ClientId, source: Source, layers: usize, ticks: u32) {
        let at = source.index();
        let asked = self.clients[client].peer.as_ref().map_or(0, |peer| 1 + peer.keyframes_asked(source));
        let keyframe = asked > self.clients[client].keyframes_answered[at];
        self.clients[client].keyframes_answered[at] = asked;
        for layer in 0..layers {
            let packets = if layer == 2 { 2 } else { 1 };
            let frame = self.book.enter(client, source, layer as u8, packets, keyframe, self.now);
            let stamp = stamp(client, frame);
            let it = &mut self.clients[client];
            if let Some(peer) = &mut it.peer {
                let size = 60 + 20 * layer;
                peer.send_frame(
                    source,
                    layer,
                    &Frame { keyframe, packets, size, ticks, stamp: &stamp },
                    &mut it.out,
                );
            }
            let tags: Vec<_> = (0..packets).map(|part| Tag { client, frame, part: Some(part) }).collect();
            self.flush_client(client, &tags);
        }
    }

    fn send_padding(&mut self, client: ClientId) {
        let layer = self.rng.below(3);
        self.book.pad(client, Source::Camera, layer as u8);
        let it = &mut self.clients[client];
        if let Some(peer) = &mut it.peer {
            peer.send_padding(Source::Camera, layer, &mut it.out);
        }
        self.flush_client(client, &[]);
    }

    /// A datagram reaches a client. What is `lost` only the oracles see.
    pub(crate) fn client_receives(
        &mut self,
        client: ClientId,
        worker: usize,
        bytes: &mut [u8],
        leaving: Option<Leaving>,
        lost: bool,
    ) {
        let now = self.instant();
        let it = &mut self.clients[client];
        let Some(peer) = &mut it.peer else { return };
        let mut got = None;
        peer.receive(now, server_address(worker), bytes, &mut it.out, |media| {
            // Padding in place of what must not leave any more: it keeps its number from being a hole, and says nothing.
            if media.payload.is_empty() {
                return;
            }
            let what = read_stamp(media.kind, media.payload);
            got = Some((media.mid, media.sequence, what, media.repaired, media.kind));
        });
        let Some((mid, sequence, what, repaired, kind)) = got else {
            if it.ghost {
                it.out.clear();
            }
            return self.flush_client(client, &[]);
        };
        self.summary.seen += 1;
        self.summary.repaired += u64::from(repaired);
        let Some(what) = what else {
            return self.fail(Oracle::Leak, format!("client {client} received something that nobody sent"));
        };
        self.tell(&[self.now, client as u64, sequence, what.client as u64, what.frame as u64]);
        let Some(source) = self.check(client, what, leaving, sequence, kind) else { return };
        if !lost && !self.clients[client].ghost {
            self.clients[client].receive(self.now, mid, sequence, what, source);
        }
    }

    /// Whether this packet may have been sent to this viewer; what it is of.
    fn check(
        &mut self,
        viewer: ClientId,
        what: PacketRef,
        leaving: Option<Leaving>,
        sequence: u64,
        kind: Kind,
    ) -> Option<Source> {
        let frame = self.book.frame(what.client, what.frame)?;
        let (source, sender) = (frame.source, self.clients.get(what.client)?);
        let left = match leaving? {
            Leaving::Media(place) => place.left,
            Leaving::Repair { left, .. } => left,
        };
        let arrivals = frame.arrivals(what.part);
        let arrivals: Vec<_> = arrivals.collect();
        let arrivals = arrivals.iter().copied();
        let said = in_room(source);
        let by_room = self.actor.people.allows(&(sender.who, said), arrivals.clone(), left);
        let by_gate = self.actor.gates.allows(&(sender.transport, said), arrivals, left);
        if !by_room || !by_gate {
            let (whose, sent) = (sender.who, frame.at / MS);
            let detail = format!(
                "viewer {viewer} got {source:?} of {whose} (client {}), sent at {sent} ms, {frame:?}, left at tick {left}: by the room {by_room}, by the gate {by_gate}, repair {}",
                what.client,
                matches!(leaving, Some(Leaving::Repair { .. })),
            );
            self.fail(Oracle::Leak, detail);
        }
        if source.kind() != kind {
            self.fail(Oracle::Stream, format!("{source:?} in a slot of {kind:?}"));
        }
        match leaving? {
            Leaving::Media(place) => self.streams.seen(place, what),
            Leaving::Repair { ssrc, .. } => {
                if let Err(wrong) = self.streams.repaired(viewer, ssrc, sequence as u16, what) {
                    self.fail(Oracle::Stream, wrong);
                }
            }
        }
        Some(source)
    }
}
