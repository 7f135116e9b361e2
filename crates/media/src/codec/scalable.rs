//! Where a packet stands in a stream that carries several layers under one SSRC.

use crate::MAX_LAYERS;
use crate::congestion::MAX_TEMPORAL;

/// What a forwarder leaves out by, and what it may go up by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scalable {
    /// Spatial layer, below [`MAX_LAYERS`]; those above it count as the highest there is.
    pub spatial: u8,
    /// Temporal layer, below [`MAX_TEMPORAL`] likewise.
    pub temporal: u8,
    /// After this frame a receiver who got it may go up to this temporal layer; not above the frame's own where it may not.
    pub opens: u8,
    /// First packet of its layer's frame.
    pub begins: bool,
    /// Last packet of its layer's frame.
    pub ends: bool,
    /// Heights of the spatial layers' pictures in pixels, where this packet tells them; 0 elsewhere.
    pub heights: [u16; MAX_LAYERS],
}

impl Scalable {
    /// Whether this packet tells of all layers.
    pub fn is_told(&self) -> bool {
        self.heights[0] > 0
    }

    /// One of a layer, and nothing else known.
    pub(super) fn of(spatial: u8, temporal: u8) -> Scalable {
        Scalable {
            spatial: spatial.min(MAX_LAYERS as u8 - 1),
            temporal: temporal.min(MAX_TEMPORAL as u8 - 1),
            opens: temporal.min(MAX_TEMPORAL as u8 - 1),
            ..Scalable::default()
        }
    }
}
