//! One synthetic peer: transport, sending half and receiving half. Sans-I/O, so that it can be tried against an engine without a socket.

use std::collections::VecDeque;
use std::time::Instant;

use media::transport::ClientParameters;
use media::{Identity, Outbox, Received as Opened, Transport, TransportEvent};

use crate::Micros;
use crate::error::LoadError;
use crate::figures::Figures;
use crate::receiving::Receiving;
use crate::sending::{Outgoing, Probe, Sending};

/// Room behind a packet for what protection adds.
const ROOM: usize = media::srtp::MAX_OVERHEAD;

/// A peer and what it has to say.
pub(crate) struct Peer {
    transport: Transport,
    server: std::net::SocketAddr,
    pub(crate) sending: Sending,
    pub(crate) receiving: Receiving,
    /// What is to be sent.
    pub(crate) outbox: Outbox,
    events: VecDeque<TransportEvent>,
    /// Keyframes of all pictures were asked for when it connected, as a browser does that gets the middle of a stream.
    greeted: bool,
}

impl Peer {
    /// A peer that begins to connect with the first [`Peer::poll`].
    pub(crate) fn new(
        parameters: &ClientParameters,
        identity: &Identity,
        sending: Sending,
        receiving: Receiving,
        now: Instant,
    ) -> Result<Peer, LoadError> {
        let transport = Transport::client(parameters, identity, now)
            .map_err(|error| LoadError::Answer(error.to_string()))?;
        let (outbox, events, server) = (Outbox::new(), VecDeque::new(), parameters.server);
        Ok(Peer { transport, server, sending, receiving, outbox, events, greeted: false })
    }

    /// Takes a datagram that the kernel had at `arrived`.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        arrived: Micros,
        datagram: &mut [u8],
        figures: &mut Figures,
    ) {
        self.receiving.note_arrival(now, datagram);
        if self.receiving.glance(now, arrived, datagram, figures) {
            return;
        }
        match self.transport.receive(now, self.server, datagram, &mut self.outbox) {
            Opened::Rtp(packet) => self.receiving.receive_rtp(now, arrived, packet, figures),
            Opened::Rtcp(control) => {
                let Peer { transport, sending, receiving, outbox, .. } = self;
                receiving.receive_rtcp(control);
                sending.receive_rtcp(control, &mut |outgoing| seal(transport, &outgoing, outbox));
            }
            Opened::Nothing => {}
        }
        self.take_events();
    }

    /// Does what is due, one frame of one stream at the most: send what it has to say, and look at [`Peer::next_timeout`] again.
    pub(crate) fn poll(&mut self, now: Instant, figures: &mut Figures) {
        self.transport.poll(now, &mut self.outbox);
        self.take_events();
        if self.transport.is_connected() {
            let Peer { transport, sending, receiving, outbox, .. } = self;
            sending.poll(now, figures, &mut |outgoing| seal(transport, &outgoing, outbox));
            receiving.poll(now, &mut |control| transport.seal_rtcp(control, outbox));
        }
    }

    /// When [`Peer::poll`] is needed next; `None` when it is all over.
    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        let transport = self.transport.next_timeout()?;
        if !self.transport.is_connected() {
            return Some(transport);
        }
        [self.sending.next_timeout(), self.receiving.next_timeout()]
            .into_iter()
            .flatten()
            .chain([transport])
            .min()
    }

    /// What the transport told, oldest first.
    pub(crate) fn take_event(&mut self) -> Option<TransportEvent> {
        self.events.pop_front()
    }

    pub(crate) fn probe(&mut self, probe: Probe) {
        let Peer { transport, sending, outbox, .. } = self;
        sending.probe(probe, &mut |outgoing| seal(transport, &outgoing, outbox));
    }

    pub(crate) fn request_keyframes(&mut self) {
        let Peer { transport, receiving, outbox, .. } = self;
        receiving.request_keyframes(&mut |control| transport.seal_rtcp(control, outbox));
    }

    /// Says goodbye.
    pub(crate) fn close(&mut self, now: Instant) {
        self.transport.close(now, &mut self.outbox);
    }

    fn take_events(&mut self) {
        while let Some(event) = self.transport.take_event() {
            self.events.push_back(event);
        }
        if !self.greeted && self.transport.is_connected() {
            self.greeted = true;
            self.request_keyframes();
        }
    }
}

fn seal(transport: &mut Transport, outgoing: &Outgoing<'_>, outbox: &mut Outbox) {
    match outgoing {
        Outgoing::Rtcp(control) => transport.seal_rtcp(control, outbox),
        Outgoing::Rtp(packet) => {
            let Some(to) = transport.destination() else { return };
            outbox.write(to, packet.len() + ROOM, |space| {
                space[..packet.len()].copy_from_slice(packet);
                transport.seal_rtp(space, packet.len()).unwrap_or(0)
            });
        }
    }
}

#[cfg(test)]
mod tests;
