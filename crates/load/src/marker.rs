//! What a synthetic packet carries in its last bytes: who sent it, as which one, and when. Of the clip, the last packet of every frame has
//! one: there decoders do not look.
//!
//! The server rewrites headers and the beginning of a VP8 payload; the end of a payload comes through as it was sent, whatever the codec,
//! and on retransmissions as well. So a marker tells exactly which sent packet reached whom.

use media::Source;

use crate::Micros;

/// Bytes of a marker.
pub const MARKER_BYTES: usize = MAGIC.len() + 4 + 1 + 1 + 4 + 2 + 8;

/// The frame of a packet that is not from the clip.
pub const NO_FRAME: u16 = u16::MAX;

/// No codec begins or ends with this.
const MAGIC: [u8; 4] = *b"pSc\x07";

/// The sender's number for itself; the test or scenario gives each participant another.
pub type Tag = u32;

/// One packet's marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Who sent it.
    pub sender: Tag,
    /// From which source.
    pub source: Source,
    /// Which layer of it, lowest first.
    pub layer: u8,
    /// Counts the packets of that layer from 0, without a hole, those without a marker too.
    pub counter: u32,
    /// Number of the clip's frame that ends here, or [`NO_FRAME`].
    pub frame: u16,
    /// When it was handed to the sender's socket, at the latest a moment before.
    pub sent: Micros,
}

impl Marker {
    /// Writes it over the last bytes of a payload; a shorter payload stays as it is.
    pub fn write(&self, payload: &mut [u8]) {
        let Some(tail) = payload.last_chunk_mut::<MARKER_BYTES>() else { return };
        tail[..4].copy_from_slice(&MAGIC);
        tail[4..8].copy_from_slice(&self.sender.to_be_bytes());
        tail[8] = self.source.index() as u8;
        tail[9] = self.layer;
        tail[10..14].copy_from_slice(&self.counter.to_be_bytes());
        tail[14..16].copy_from_slice(&self.frame.to_be_bytes());
        tail[16..].copy_from_slice(&self.sent.0.to_be_bytes());
    }

    /// Reads it; `None` where a payload has none: it was not sent by a synthetic participant.
    pub fn read(payload: &[u8]) -> Option<Marker> {
        let tail = payload.last_chunk::<MARKER_BYTES>()?;
        let (magic, rest) = tail.split_first_chunk::<4>()?;
        let (sender, rest) = rest.split_first_chunk()?;
        let ([source, layer], rest) = rest.split_first_chunk()?;
        let (counter, rest) = rest.split_first_chunk()?;
        let (frame, rest) = rest.split_first_chunk()?;
        let (sent, _) = rest.split_first_chunk()?;
        Some(Marker {
            sender: u32::from_be_bytes(*sender),
            source: *Source::ALL.get(usize::from(*source)).filter(|_| *magic == MAGIC)?,
            layer: *layer,
            counter: u32::from_be_bytes(*counter),
            frame: u16::from_be_bytes(*frame),
            sent: Micros(u64::from_be_bytes(*sent)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKER: Marker = Marker {
        sender: 7,
        source: Source::Camera,
        layer: 2,
        counter: 70_000,
        frame: 119,
        sent: Micros(1_700_000_000_000_001),
    };

    #[test]
    fn what_was_written_is_read_and_nothing_before_it_touched() {
        let mut payload = [0xaa; 60];
        MARKER.write(&mut payload);
        assert_eq!(Marker::read(&payload), Some(MARKER));
        assert!(payload[..60 - MARKER_BYTES].iter().all(|byte| *byte == 0xaa));
    }

    #[test]
    fn other_payloads_have_none() {
        let mut payload = [0; 60];
        MARKER.write(&mut payload);
        payload[60 - MARKER_BYTES] ^= 1;
        assert_eq!(Marker::read(&payload), None);
        assert_eq!(Marker::read(&[0; MARKER_BYTES - 1]), None);
    }
}
