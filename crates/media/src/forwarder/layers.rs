//! Which layers of a publication are alive, which one is wanted, and what their clocks say. One per publication and engine, shared by
//! its forwarders.

use std::time::{Duration, Instant};

use super::CaptureClock;
use crate::MAX_LAYERS;

/// A layer that sent nothing for this long while another one did has stopped.
pub const LAYER_SILENCE: Duration = Duration::from_millis(600);

/// The state of a publication's layers.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    heard: [Option<Instant>; MAX_LAYERS],
    clocks: [Option<CaptureClock>; MAX_LAYERS],
    target: u8,
}

impl Layers {
    /// Takes note of a packet. Silence is measured against the newest packet of *any* layer, so that a publisher who pauses
    /// altogether changes nothing.
    pub fn heard(&mut self, layer: u8, arrived: Instant) {
        let Some(heard) = self.heard.get_mut(usize::from(layer)) else { return };
        *heard = Some(arrived);
        let alive = |last: &Option<Instant>| {
            last.is_some_and(|at| arrived.saturating_duration_since(at) < LAYER_SILENCE)
        };
        self.target = self.heard.iter().rposition(alive).unwrap_or(0) as u8;
    }

    /// Takes a layer's clock from its publisher's report.
    pub fn set_clock(&mut self, layer: u8, clock: CaptureClock) {
        if let Some(slot) = self.clocks.get_mut(usize::from(layer)) {
            *slot = Some(clock);
        }
    }

    /// All of this is over: the gate was closed.
    pub fn clear(&mut self) {
        *self = Layers::default();
    }

    /// The highest layer alive.
    pub fn target(&self) -> u8 {
        self.target
    }

    /// A layer's clock, where a report has told it.
    pub fn clock(&self, layer: u8) -> Option<CaptureClock> {
        self.clocks.get(usize::from(layer)).copied().flatten()
    }

    /// All clocks known.
    pub fn clocks(&self) -> impl Iterator<Item = (u8, CaptureClock)> {
        self.clocks.iter().enumerate().filter_map(|(layer, clock)| clock.map(|clock| (layer as u8, clock)))
    }

    /// Whether `candidate` lies closer to what is wanted than `current`.
    pub(super) fn prefers(&self, candidate: u8, current: u8) -> bool {
        candidate.abs_diff(self.target) < current.abs_diff(self.target)
    }
}
