//! The gate: the only place where media enters a room.
//!
//! There is one gate for every source of every peer, and it is closed until the control plane opens it. A packet gets into a
//! publication's ring, and thereby to anybody at all, only together with an [`Admitted`], and only [`Gate::admit`] makes one. The token
//! borrows the gate it came from: it can be neither kept, nor copied, nor used after the gate was closed.

use std::marker::PhantomData;

use crate::PublicationId;

/// Lets the packets of one source in, or not. Closed when made.
#[derive(Debug)]
pub struct Gate {
    publication: PublicationId,
    open: bool,
    gated: u64,
}

/// The right to put **one** packet of **one** publication into its ring, now.
///
/// It cannot be kept for later, when the gate may be closed:
///
/// ```compile_fail,E0499
/// # use media::{Admitted, Gate};
/// fn keep(gate: &mut Gate) -> Option<Admitted<'_>> {
///     let kept = gate.admit();
///     gate.set(false);
///     kept
/// }
/// ```
#[derive(Debug)]
#[must_use = "an admitted packet belongs into the ring"]
pub struct Admitted<'gate> {
    publication: PublicationId,
    gate: PhantomData<&'gate mut Gate>,
}

impl Gate {
    /// A closed one.
    pub fn new(publication: PublicationId) -> Self {
        Gate { publication, open: false, gated: 0 }
    }

    /// Opens or closes it; `true` when that changed anything.
    pub fn set(&mut self, open: bool) -> bool {
        let changed = self.open != open;
        self.open = open;
        changed
    }

    /// Whether packets may pass.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Decides about one packet; one that may not pass is counted.
    pub fn admit(&mut self) -> Option<Admitted<'_>> {
        if self.open {
            return Some(Admitted { publication: self.publication, gate: PhantomData });
        }
        self.gated = self.gated.saturating_add(1);
        None
    }

    /// How many packets were turned away since it was made.
    pub fn gated(&self) -> u64 {
        self.gated
    }
}

impl Admitted<'_> {
    /// Whose packet was admitted; a packet's [`publication`](crate::Packet::publication) is taken from here and nowhere else.
    pub fn publication(&self) -> PublicationId {
        self.publication
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PeerId, Source, WorkerId};

    fn gate() -> Gate {
        Gate::new(PublicationId { peer: PeerId { worker: WorkerId(0), serial: 7 }, source: Source::Camera })
    }

    #[test]
    fn closed_until_opened() {
        let mut gate = gate();
        assert!(gate.admit().is_none());
        assert!(gate.set(true));
        assert_eq!(gate.admit().map(|admitted| admitted.publication().source), Some(Source::Camera));
        assert!(!gate.set(true), "opening an open gate changes nothing");
        assert!(gate.set(false));
        assert!(gate.admit().is_none());
    }

    #[test]
    fn counts_what_it_turns_away_and_nothing_else() {
        let mut gate = gate();
        for _ in 0..3 {
            assert!(gate.admit().is_none());
        }
        gate.set(true);
        let _ = gate.admit();
        assert_eq!(gate.gated(), 3);
    }
}
