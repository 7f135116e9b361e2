//! One media thread: its engine, what waits for it, and its turns, in the order of the server's own.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use media::relay::Message;
use media::{Command, Engine, Event, WorkerId};

use crate::book::Tag;
use crate::network::Micros;

/// A datagram that reached the thread's socket.
#[derive(Debug)]
pub(crate) struct Arriving {
    pub(crate) from: SocketAddr,
    pub(crate) bytes: Vec<u8>,
    pub(crate) tag: Option<Tag>,
}

/// A media thread.
pub(crate) struct Thread {
    pub(crate) engine: Engine,
    pub(crate) messages: VecDeque<(WorkerId, Message)>,
    pub(crate) commands: VecDeque<Command>,
    pub(crate) datagrams: VecDeque<Arriving>,
    /// When its next turn is.
    pub(crate) due: Option<Micros>,
    /// It has no turn before: something else has the processor.
    pub(crate) stalled_until: Micros,
}

/// What came of a turn.
#[derive(Default)]
pub(crate) struct Turn {
    pub(crate) arrived: Vec<(SocketAddr, Tag)>,
    pub(crate) sent: Vec<(SocketAddr, Vec<u8>)>,
    pub(crate) messages: Vec<(WorkerId, Message)>,
    pub(crate) events: Vec<Event>,
}

impl Thread {
    pub(crate) fn new(engine: Engine) -> Thread {
        Thread {
            engine,
            messages: VecDeque::new(),
            commands: VecDeque::new(),
            datagrams: VecDeque::new(),
            due: None,
            stalled_until: 0,
        }
    }

    /// Takes all that waits, does what time demands, and hands over what is to be sent.
    pub(crate) fn turn(&mut self, now: Instant) -> Turn {
        let mut turn = Turn::default();
        for (from, message) in self.messages.drain(..) {
            self.engine.relayed(now, from, message);
        }
        for command in self.commands.drain(..) {
            self.engine.command(now, command);
        }
        for mut arriving in self.datagrams.drain(..) {
            turn.arrived.extend(arriving.tag.map(|tag| (arriving.from, tag)));
            self.engine.datagram(now, arriving.from, &mut arriving.bytes);
        }
        if self.engine.next_timeout().is_some_and(|due| due <= now) {
            self.engine.poll(now);
        }
        loop {
            let more = self.engine.flush(now);
            turn.sent.extend(self.engine.outbox().datagrams().map(|(to, bytes)| (to, bytes.to_vec())));
            self.engine.outbox_mut().clear();
            if !more {
                break;
            }
        }
        self.engine.relay_out().drain(|to, message| {
            turn.messages.push((to, message));
            Ok(())
        });
        turn.events.extend(self.engine.events());
        turn
    }
}
