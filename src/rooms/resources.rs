//! Sessions without a page, by the secret in their addresses: `/whip/{room}/{key}` and `/whep/{room}/{key}`.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ring::digest::{Digest, SHA256, digest};
use room::SessionId;

use super::link::Link;
use super::mailbox::RoomRef;

/// How somebody without a page comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// RFC 9725: publishes.
    Whip,
    /// draft-ietf-wish-whep: watches.
    Whep,
}

impl Protocol {
    pub(crate) const ALL: [Protocol; 2] = [Protocol::Whip, Protocol::Whep];

    /// As in addresses and metrics.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Protocol::Whip => "whip",
            Protocol::Whep => "whep",
        }
    }
}

/// One session.
#[derive(Clone)]
pub(crate) struct Resource {
    pub(crate) protocol: Protocol,
    pub(crate) room: RoomRef,
    pub(crate) session: SessionId,
    pub(crate) link: Arc<Link>,
    /// Whose it is.
    pub(crate) user: String,
    /// Of the token it was made with.
    token: Digest,
}

impl Resource {
    pub(crate) fn new(
        protocol: Protocol,
        room: RoomRef,
        session: SessionId,
        link: Arc<Link>,
        user: String,
        token: &str,
    ) -> Self {
        let token = digest(&SHA256, token.as_bytes());
        Resource { protocol, room, session, link, user, token }
    }

    /// Whether it was made with this token, be its time over by now: whoever began something may end it.
    pub(crate) fn was_made_with(&self, token: &str) -> bool {
        digest(&SHA256, token.as_bytes()).as_ref() == self.token.as_ref()
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource").field("protocol", &self.protocol).field("session", &self.session).finish()
    }
}

/// All of this server.
#[derive(Debug, Default)]
pub(crate) struct Resources(Mutex<HashMap<String, Resource>>);

impl Resources {
    pub(super) fn put(&self, key: String, resource: Resource) {
        self.locked().insert(key, resource);
    }

    pub(super) fn remove(&self, key: &str) {
        self.locked().remove(key);
    }

    /// Forgets all of a room.
    pub(super) fn remove_room(&self, room: &RoomRef) {
        self.locked().retain(|_, resource| !resource.room.mailbox.same_channel(&room.mailbox));
    }

    pub(crate) fn get(&self, key: &str) -> Option<Resource> {
        self.locked().get(key).cloned()
    }

    /// How many there are.
    pub(crate) fn count(&self, protocol: Protocol) -> usize {
        self.locked().values().filter(|resource| resource.protocol == protocol).count()
    }

    /// Every operation on the map is whole, so it is good even after a panic elsewhere.
    fn locked(&self) -> MutexGuard<'_, HashMap<String, Resource>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
