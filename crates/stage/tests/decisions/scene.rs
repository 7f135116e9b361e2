//! A room with a cast, for the tests that go row by row.

use stage::{
    Access, Actor, Cause, Change, Command, InvitationId, Millis, ParticipantId, Refusal, RequestId, Role,
    Rules, Stage, Standing, Timing,
};

pub(crate) const HOST: ParticipantId = ParticipantId(1);
pub(crate) const MODERATOR: ParticipantId = ParticipantId(2);
pub(crate) const SPEAKER: ParticipantId = ParticipantId(3);
pub(crate) const ANA: ParticipantId = ParticipantId(4);
pub(crate) const BEN: ParticipantId = ParticipantId(5);
pub(crate) const CLEO: ParticipantId = ParticipantId(6);
pub(crate) const NOBODY: ParticipantId = ParticipantId(99);

pub(crate) fn by(who: ParticipantId) -> Actor {
    Actor::Participant(who)
}

pub(crate) struct Scene {
    pub(crate) stage: Stage,
    now: u64,
}

/// A room with everybody of the cast in it, viewers being Ana, Ben and Cleo.
pub(crate) fn scene(access: Access) -> Scene {
    scene_of(Rules { access, ..Rules::default() })
}

pub(crate) fn scene_of(rules: Rules) -> Scene {
    let mut scene = Scene { stage: Stage::new(rules, Timing::default()), now: 1_000_000 };
    let cast = [
        (HOST, Role::Host),
        (MODERATOR, Role::Moderator),
        (SPEAKER, Role::Speaker),
        (ANA, Role::Viewer),
        (BEN, Role::Viewer),
        (CLEO, Role::Viewer),
    ];
    for (who, role) in cast {
        scene.ok(Command::Enter { who, role });
    }
    scene
}

impl Scene {
    pub(crate) fn now(&self) -> Millis {
        Millis(self.now)
    }

    pub(crate) fn try_to(&mut self, command: Command) -> Result<Vec<Change>, Refusal> {
        self.stage.apply(Millis(self.now), command).map(|outcome| outcome.changes)
    }

    #[track_caller]
    pub(crate) fn ok(&mut self, command: Command) -> Vec<Change> {
        self.try_to(command).unwrap_or_else(|refusal| panic!("{command:?} was refused: {refusal:?}"))
    }

    /// The refusal, having seen that it changed nothing.
    #[track_caller]
    pub(crate) fn refused(&mut self, command: Command) -> Refusal {
        let before = format!("{:?}", self.stage);
        let refusal = self.try_to(command).expect_err("should have been refused");
        assert_eq!(before, format!("{:?}", self.stage), "a refusal left a trace");
        refusal
    }

    #[track_caller]
    pub(crate) fn no_op(&mut self, command: Command) {
        let version = self.stage.version();
        assert_eq!(self.ok(command), []);
        assert_eq!(self.stage.version(), version);
    }

    /// Lets time pass and returns what it changed.
    pub(crate) fn pass(&mut self, ms: u64) -> Vec<Change> {
        self.now += ms;
        self.stage.settle(Millis(self.now)).changes
    }

    pub(crate) fn at(&self, who: ParticipantId) -> Standing {
        self.stage.standing(who).expect("is in the room")
    }

    #[track_caller]
    pub(crate) fn ask(&mut self, who: ParticipantId) -> RequestId {
        self.ok(Command::Request { who });
        match self.at(who) {
            Standing::Requested(request) => request,
            other => panic!("asked and stands {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn invite(&mut self, whom: ParticipantId) -> InvitationId {
        self.ok(Command::Invite { by: by(MODERATOR), whom });
        self.invitation_of(whom)
    }

    #[track_caller]
    pub(crate) fn invitation_of(&self, who: ParticipantId) -> InvitationId {
        match self.at(who) {
            Standing::Invited(invitation) => invitation,
            other => panic!("expected an invitation, stands {other:?}"),
        }
    }

    /// Brings somebody on stage by invitation.
    #[track_caller]
    pub(crate) fn bring_up(&mut self, who: ParticipantId) -> InvitationId {
        let invitation = self.invite(who);
        self.ok(Command::Accept { who, invitation });
        invitation
    }

    #[track_caller]
    pub(crate) fn set_access(&mut self, access: Access) -> Vec<Change> {
        self.ok(Command::SetAccess { by: by(MODERATOR), access, version: None })
    }

    #[track_caller]
    pub(crate) fn set_role(&mut self, whom: ParticipantId, role: Role) -> Vec<Change> {
        self.ok(Command::SetRole { by: by(HOST), whom, role })
    }

    #[track_caller]
    pub(crate) fn set_capacity(&mut self, capacity: u16) {
        self.ok(Command::SetCapacity { by: by(MODERATOR), capacity });
    }
}

pub(crate) fn moved(who: ParticipantId, from: Standing, to: Standing, cause: Cause) -> Change {
    Change::Moved { who, from, to, cause }
}
