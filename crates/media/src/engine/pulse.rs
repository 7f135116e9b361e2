//! Whether media still gets through to a peer and from it.
//!
//! A client that moves to another network, or whose NAT forgets it, goes on sending as if nothing were, and checks its path every few seconds only
//! (RFC 7675 asks for no more). So the engine looks by itself: at a publisher whose media ends from one moment to the next while its gate is
//! open, and, when a viewer says that nothing arrives, at whether anything is sent there. What it finds is a reason to restart ICE and no more than
//! that: media goes where a check with valid integrity came from, whoever says what.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::{Engine, earlier};
use crate::{Event, PeerId, Source};

/// Between two looks at a publisher.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);
/// Media flows when no pause is longer than this, sound comes every 20 ms ...
const FLOWING: Duration = Duration::from_millis(100);
/// ... at so many looks in a row: a camera of a picture a second does not.
const FLOWING_LOOKS: u8 = 8;
/// A flow that ends counts as stalled after this long.
pub const STALL: Duration = Duration::from_millis(350);
/// The same while datagrams come from addresses that nobody has proven: they may well be the publisher's, from where its NAT has moved it.
pub const STALL_WITH_STRAYS: Duration = Duration::from_millis(120);
/// So many of these, since the flow was last heard.
const STRAYS: u64 = 3;
/// After a silence like this a picture has lost more than is worth asking for again: a keyframe is.
const BREAK: Duration = Duration::from_millis(200);
/// A peer all of whose packets come from another address than the one it is sent to, for so long, has moved there. Paths change places within less.
pub const MOVED: Duration = Duration::from_millis(60);
/// A viewer in doubt is sent something within this time, or has nothing to expect: two frames of sound.
pub const DOUBT: Duration = Duration::from_millis(50);
/// Between two stalls of one peer that are told, at first; it doubles with each, so that a source that pauses as it likes costs little.
pub const STALL_PAUSE: Duration = Duration::from_secs(1);
/// The longest such pause; after one without a stall the next is as the first.
pub const LONGEST_STALL_PAUSE: Duration = Duration::from_secs(60);

/// What is known of one peer's media getting through.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// Its last packet of media.
    heard: Option<Instant>,
    /// Looks in a row at which it flowed, the last ones before a silence; up to [`FLOWING_LOOKS`].
    flow: u8,
    /// The present silence has been told.
    noticed: bool,
    /// Datagrams from unknown addresses that the engine had dropped by the time it was last heard.
    strays: u64,
    /// When to look next; none while no gate of it is open.
    look: Option<Instant>,
    /// Since when all its packets come from elsewhere than where it is sent to.
    elsewhere: Option<Instant>,
    /// A viewer's doubt: how much had been sent then, and when to look whether it got more.
    doubt: Option<(u64, Instant)>,
    /// When a stall was told last, and how long none is told from then on.
    told: Option<(Instant, Duration)>,
}

impl Pulse {
    /// A packet of media came. Where it ends a silence in a flow, since when there was none.
    pub(super) fn hear(&mut self, now: Instant) -> Option<Instant> {
        let silent = self.heard.replace(now)?;
        if now.saturating_duration_since(silent) < BREAK {
            return None;
        }
        (std::mem::take(&mut self.flow) >= FLOWING_LOOKS).then_some(silent)
    }

    /// A packet came, from elsewhere than where the peer is sent to or not. Where it has moved, since when.
    pub(super) fn comes_from(&mut self, now: Instant, elsewhere: bool) -> Option<Instant> {
        if !elsewhere {
            self.elsewhere = None;
            return None;
        }
        let since = *self.elsewhere.get_or_insert(now);
        let moved = now.saturating_duration_since(since) >= MOVED;
        if moved {
            self.elsewhere = None;
        }
        moved.then_some(since)
    }

    /// When it has to be looked at.
    pub(super) fn due(&self) -> Option<Instant> {
        earlier(self.look, self.doubt.map(|(_, at)| at))
    }

    /// Whether a flow that was there has ended, and it is time to tell. One that may not be told yet is told later, if it is still so.
    fn has_stopped(&mut self, now: Instant, watched: bool, strays: u64) -> bool {
        if self.look.is_none_or(|at| at > now) {
            return false;
        }
        self.look = watched.then_some(now + LOOK_INTERVAL);
        let Some(heard) = self.heard.filter(|_| watched) else {
            self.flow = 0;
            return false;
        };
        let silence = now.saturating_duration_since(heard);
        if silence < FLOWING {
            (self.noticed, self.strays) = (false, strays);
            self.flow = FLOWING_LOOKS.min(self.flow + 1);
        } else if self.flow < FLOWING_LOOKS {
            self.flow = 0;
        }
        let strayed = silence >= STALL_WITH_STRAYS && strays >= self.strays + STRAYS;
        let flowed = self.flow >= FLOWING_LOOKS && !self.noticed;
        let stopped = flowed && (silence >= STALL || strayed) && self.may_tell(now);
        self.noticed |= stopped;
        stopped
    }

    /// Whether a doubt has proven right.
    fn was_right(&mut self, now: Instant, sent: u64) -> bool {
        self.doubt.take_if(|(_, at)| *at <= now).is_some_and(|(before, _)| sent != before)
    }

    fn may_tell(&self, now: Instant) -> bool {
        self.told.is_none_or(|(at, pause)| now >= at + pause)
    }

    fn tell(&mut self, now: Instant) {
        let pause = match self.told {
            Some((at, pause)) if now < at + LONGEST_STALL_PAUSE => (pause * 2).min(LONGEST_STALL_PAUSE),
            _ => STALL_PAUSE,
        };
        self.told = Some((now, pause));
    }
}

impl Engine {
    /// A gate of this peer has opened: its media is expected from now on.
    pub(super) fn expect_media(&mut self, now: Instant, index: u32, source: Source) {
        // A shared screen that stands still is silent for as long as it likes.
        if let Some(peer) = self.roster.get_mut(index).filter(|_| source != Source::Screen) {
            peer.pulse.look.get_or_insert(now + LOOK_INTERVAL);
        }
    }

    pub(super) fn doubt(&mut self, now: Instant, id: PeerId) {
        let Some(index) = self.roster.find(id) else { return };
        if let Some(peer) = self.roster.get_mut(index) {
            peer.pulse.doubt = Some((peer.sent(), now + DOUBT));
        }
        self.settle(now, index, now);
    }

    /// An authentic packet of a peer came by this path. A browser that was moved goes on over the path it trusts, and nominates it with some later
    /// check; until then it would get neither media nor a word about its own. Paths are followed only where a check has proven them.
    pub(super) fn follow_packets(&mut self, now: Instant, index: u32, from: SocketAddr, media: bool) {
        let Some(peer) = self.roster.get_mut(index) else { return };
        let silent = if media { peer.pulse.hear(now) } else { None };
        let moved = peer.pulse.comes_from(now, peer.transport.destination() != Some(from));
        if let Some(since) = silent.or(moved) {
            peer.transport.follow(from);
            peer.upstreams.resume(now, since);
        }
    }

    /// Looks at a peer when it is time.
    pub(super) fn feel_pulse(&mut self, now: Instant, index: u32) {
        let Some(peer) = self.roster.get_mut(index) else { return };
        if peer.pulse.due().is_none_or(|due| due > now) {
            return;
        }
        let watched = [Source::Mic, Source::Camera].into_iter().any(|source| peer.upstreams.is_open(source));
        let stopped = peer.pulse.has_stopped(now, watched, self.counters.dropped.unknown_address);
        let sent = peer.sent();
        let doubted = peer.pulse.was_right(now, sent) && peer.pulse.may_tell(now);
        if (stopped || doubted) && peer.transport.is_connected() {
            peer.pulse.tell(now);
            self.counters.stalled += 1;
            self.events.push(Event::Stalled { peer: peer.id });
        }
    }
}
