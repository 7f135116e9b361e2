//! Commands that somebody waits for.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use media::Ticket;
use tokio::sync::oneshot;

/// Given out by the control plane, handed back by the media threads. Locked for gate changes only, never for a packet.
#[derive(Debug, Default)]
pub(super) struct Tickets {
    last: AtomicU64,
    waiting: Mutex<HashMap<Ticket, oneshot::Sender<()>>>,
}

impl Tickets {
    /// A ticket, and what tells when it came back.
    pub(super) fn issue(&self) -> (Ticket, oneshot::Receiver<()>) {
        let (sender, receiver) = oneshot::channel();
        let ticket = Ticket(self.last.fetch_add(1, Ordering::Relaxed));
        self.waiting().insert(ticket, sender);
        (ticket, receiver)
    }

    /// The command has taken effect.
    pub(super) fn done(&self, ticket: Ticket) {
        if let Some(sender) = self.waiting().remove(&ticket) {
            let _ = sender.send(());
        }
    }

    /// Nobody waits any more.
    pub(super) fn give_up(&self, ticket: Ticket) {
        self.waiting().remove(&ticket);
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<Ticket, oneshot::Sender<()>>> {
        super::locked(&self.waiting)
    }
}
