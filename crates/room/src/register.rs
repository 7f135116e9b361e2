//! Who is in the room, and who a returning person was.

use std::collections::BTreeMap;
use std::sync::Arc;

use signaling::{ParticipantId, Role, Source, SourceControl};
use stage::Millis;

use crate::sources::Sources;
use crate::{Identity, ResumeKey, SessionId, TransportId, Unattended};

/// People who left and are who they were if they return: with their id, whatever the stage remembers of them, the role a host gave
/// them and the locks on their sources, so that leaving and joining again undoes nothing a moderator did. Beyond it, the one who left
/// first is a stranger again.
pub const LEFT_REMEMBERED: usize = 4096;

/// No participant has this id.
const NOBODY: ParticipantId = ParticipantId(0);

/// A person in the room, with the one session that counts: the newest.
#[derive(Clone, Debug)]
pub(crate) struct Participant {
    pub(crate) user: Arc<str>,
    pub(crate) name: String,
    /// The role their last token gave them. A host may have given them another since, and the same token again does not take it back.
    pub(crate) token_role: Role,
    /// The role they have, as the stage has it: it keeps none of somebody who leaves, and it is needed when they return.
    pub(crate) role: Role,
    /// Counts arrivals: the order of the list.
    pub(crate) arrived: u64,
    /// Counts those coming up: the order in which slots are given.
    pub(crate) came_up: u64,
    pub(crate) sources: Sources,
    /// While it is raised: the how manieth hand that was.
    pub(crate) hand: Option<u64>,
    /// What they would like to ask or say, while they ask to come up.
    pub(crate) question: Option<String>,
    /// A moderator took writing and reacting from them.
    pub(crate) silenced: bool,
    /// A moderator removed them from the room, just now.
    pub(crate) removed: bool,
    /// Until when they have written as much as they may.
    pub(crate) writing_earned: Millis,
    /// Who is told when the invitation they hold comes to nothing.
    pub(crate) inviter: Option<ParticipantId>,
    /// When moderators were last told that they ask to come up.
    pub(crate) announced: Option<Millis>,
    pub(crate) session: Session,
}

impl Participant {
    /// Whether their page is there.
    pub(crate) fn connected(&self) -> bool {
        self.session.lost.is_none()
    }

    /// Where to send them something, while their page is there.
    pub(crate) fn page(&self) -> Option<SessionId> {
        self.open_session().filter(|_| self.session.unattended.is_none())
    }

    /// What ends when they go: their page, or the session that has none.
    pub(crate) fn open_session(&self) -> Option<SessionId> {
        self.connected().then_some(self.session.id)
    }

    /// What is done for them, while their session without a page is there.
    pub(crate) fn unattended(&self) -> Option<Unattended> {
        self.session.unattended.filter(|_| self.connected())
    }
}

/// One page of a person, or what is there instead. It outlives its socket: see [`crate::Command::Connect`].
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    /// With which its page takes it up again; none without a page.
    pub(crate) key: Option<ResumeKey>,
    /// What it is when it has no page.
    pub(crate) unattended: Option<Unattended>,
    /// When its socket was lost; `None` while connected.
    pub(crate) lost: Option<Millis>,
    pub(crate) transport: Option<Transport>,
}

/// The peer connection of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transport {
    pub(crate) id: TransportId,
    /// Which gates were asked to be open, by source.
    pub(crate) open: [bool; 3],
}

#[derive(Clone, Copy, Debug)]
struct Known {
    id: ParticipantId,
    /// `None` while in the room.
    left: Option<Left>,
}

/// How somebody was when they left.
#[derive(Clone, Copy, Debug)]
struct Left {
    /// Counts departures.
    departure: u64,
    token_role: Role,
    role: Role,
    /// Nothing but locks.
    sources: Sources,
    silenced: bool,
    writing_earned: Millis,
    /// By a moderator, and not by themselves.
    removed: bool,
}

impl Left {
    /// The role with which they return: a host's word outlasts leaving, and only another token is a newer one.
    fn role_with(&self, token_role: Role) -> Role {
        if token_role == self.token_role { self.role } else { token_role }
    }
}

/// Everybody in the room, by id, and everybody remembered, by the token's `user`.
#[derive(Debug, Default)]
pub(crate) struct Register {
    present: BTreeMap<ParticipantId, Participant>,
    by_user: BTreeMap<String, Known>,
    left: BTreeMap<u64, String>,
    ids: u32,
    arrivals: u64,
    departures: u64,
    forgotten: u64,
}

impl Register {
    pub(crate) fn get(&self, who: ParticipantId) -> Option<&Participant> {
        self.present.get(&who)
    }

    pub(crate) fn get_mut(&mut self, who: ParticipantId) -> Option<&mut Participant> {
        self.present.get_mut(&who)
    }

    /// The person in the room with this token.
    pub(crate) fn present(&self, user: &str) -> Option<ParticipantId> {
        self.by_user.get(user).filter(|known| known.left.is_none()).map(|known| known.id)
    }

    /// As whom somebody with this token would be in the room, and with which role.
    pub(crate) fn foresee(&self, identity: &Identity) -> (ParticipantId, Role) {
        let token_role = identity.role;
        match self.by_user.get(&identity.user) {
            None => (ParticipantId(self.ids.wrapping_add(1)), token_role),
            Some(Known { id, left: Some(left) }) => (*id, left.role_with(token_role)),
            Some(Known { id, left: None }) => {
                let known = self.present.get(id).filter(|known| known.token_role == token_role);
                (*id, known.map_or(token_role, |known| known.role))
            }
        }
    }

    /// Whose writing is that? [`NOBODY`] for somebody forgotten, or not seen since the server started.
    pub(crate) fn id_of(&self, user: &str) -> ParticipantId {
        self.by_user.get(user).map_or(NOBODY, |known| known.id)
    }

    /// Whether this person was in the room before, and left it of their own.
    pub(crate) fn is_welcome(&self, user: &str) -> bool {
        self.by_user.get(user).is_some_and(|known| known.left.is_none_or(|left| !left.removed))
    }

    pub(crate) fn len(&self) -> usize {
        self.present.len()
    }

    /// Everybody in the room, by id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (ParticipantId, &Participant)> + '_ {
        self.present.iter().map(|(who, participant)| (*who, participant))
    }

    /// Writes down somebody who is not in the room yet, as who they were, if anybody; says with which role they come in.
    pub(crate) fn enter(&mut self, identity: Identity, session: Session) -> (ParticipantId, Role) {
        let Identity { user, name, role: token_role, .. } = identity;
        let known = self.by_user.get(&user).copied();
        let id = match known {
            Some(known) => known.id,
            None => self.new_id(),
        };
        self.by_user.insert(user.clone(), Known { id, left: None });
        let left = known.and_then(|known| known.left);
        if let Some(left) = left {
            self.left.remove(&left.departure);
        }
        let role = left.map_or(token_role, |left| left.role_with(token_role));
        self.arrivals += 1;
        let arrived = self.arrivals;
        let participant = Participant {
            user: user.into(),
            name,
            token_role,
            role,
            arrived,
            came_up: 0,
            sources: left.map_or_else(Sources::default, |left| left.sources),
            hand: None,
            question: None,
            silenced: left.is_some_and(|left| left.silenced),
            removed: false,
            writing_earned: left.map_or(Millis(0), |left| left.writing_earned),
            inviter: None,
            announced: None,
            session,
        };
        self.present.insert(id, participant);
        (id, role)
    }

    /// Strikes somebody out, and remembers who they were.
    pub(crate) fn leave(&mut self, who: ParticipantId) -> Option<Participant> {
        let participant = self.present.remove(&who)?;
        self.departures += 1;
        let departure = self.departures;
        let (token_role, role, mut sources) = (participant.token_role, participant.role, participant.sources);
        sources.go_down();
        let (silenced, removed) = (participant.silenced, participant.removed);
        let writing_earned = participant.writing_earned;
        let left = Left { departure, token_role, role, sources, silenced, writing_earned, removed };
        let user = String::from(&*participant.user);
        self.left.insert(departure, user.clone());
        self.by_user.insert(user, Known { id: who, left: Some(left) });
        if self.left.len() > LEFT_REMEMBERED
            && let Some((_, user)) = self.left.pop_first()
        {
            self.by_user.remove(&user);
            self.forgotten += 1;
        }
        Some(participant)
    }

    /// Undoes a lock of all who left below a moderator. Looks at everybody known.
    pub(crate) fn release_absent(&mut self, source: Source) {
        let absent = self.by_user.values_mut().filter_map(|known| known.left.as_mut());
        for left in absent.filter(|left| left.role < Role::Moderator) {
            left.sources.control(source, SourceControl::Released);
        }
    }

    /// How often [`LEFT_REMEMBERED`] was hit.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Four thousand million last: a thousand newcomers a second would take 49 days.
    fn new_id(&mut self) -> ParticipantId {
        self.ids = self.ids.wrapping_add(1);
        ParticipantId(self.ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter(register: &mut Register, user: &str) -> ParticipantId {
        let identity = Identity { user: user.into(), name: user.into(), role: Role::Viewer, waits: false };
        let session = Session { id: SessionId(1), key: None, unattended: None, lost: None, transport: None };
        register.enter(identity, session).0
    }

    #[test]
    fn whoever_returns_has_the_same_id_and_nobody_else_gets_it() {
        let mut register = Register::default();
        let ada = enter(&mut register, "ada");
        register.leave(ada);
        assert_eq!(register.present("ada"), None);
        let bob = enter(&mut register, "bob");
        assert_ne!(ada, bob);
        assert_eq!(enter(&mut register, "ada"), ada);
        assert_eq!(register.present("ada"), Some(ada));
        assert!(register.left.is_empty());
    }

    #[test]
    fn those_who_left_first_are_forgotten_first_and_counted() {
        let mut register = Register::default();
        let first = enter(&mut register, "first");
        register.leave(first);
        for n in 0..LEFT_REMEMBERED {
            let who = enter(&mut register, &format!("user {n}"));
            register.leave(who);
        }
        assert_eq!((register.forgotten(), register.by_user.len()), (1, LEFT_REMEMBERED));
        assert_ne!(enter(&mut register, "first"), first);
    }
}
