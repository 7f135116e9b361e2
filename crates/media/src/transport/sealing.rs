//! What goes to the peer under SRTP.

use super::Transport;
use crate::Outbox;
use crate::srtp::{self, MAX_OVERHEAD, Sealer};

impl Transport {
    /// What seals RTP for this peer, for writing packets straight into an outbox; none before the transport is connected.
    pub fn sealer(&mut self) -> Option<&mut Sealer> {
        self.srtp.as_mut().map(|srtp| &mut srtp.sealer)
    }

    /// Seals the RTP packet `packet[..length]` in place; room for [`Sealer::overhead`] bytes must be behind it. The sealed
    /// length, or `None` when there is no connection or [`Sealer::seal`] refuses.
    pub fn seal_rtp(&mut self, packet: &mut [u8], length: usize) -> Option<usize> {
        let header = srtp::header_length(packet.get(..length)?)?;
        self.sealer()?.seal(packet, header, length)
    }

    /// Seals a compound RTCP packet and puts it into the outbox; dropped, counted, when it cannot be.
    pub fn seal_rtcp(&mut self, packet: &[u8], out: &mut Outbox) {
        let (Some(to), Some(srtp)) = (self.destination(), &mut self.srtp) else { return };
        let room = packet.len() + MAX_OVERHEAD;
        let mut sealed = None;
        out.write(to, room, |space| {
            if let Some(plain) = space.get_mut(..packet.len()) {
                plain.copy_from_slice(packet);
                sealed = srtp.rtcp_sealer.seal(space, packet.len());
            }
            sealed.unwrap_or(0)
        });
        if sealed.is_none() {
            self.drops.unsealed += 1;
        }
    }
}
