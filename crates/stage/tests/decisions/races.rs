//! Forty people and the last of five seats.

use stage::{
    Access, Actor, Cause, Change, Command, Millis, ParticipantId, Role, Rules, Stage, Standing, Timing,
};

use crate::ledger::Ledger;

const SEATS: u16 = 5;
const RACERS: u32 = 40;
const ROUNDS: u64 = 200;
const MODERATOR: ParticipantId = ParticipantId(1_000);

/// A small generator (splitmix64), so that each round is another one and every run the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).expect("fits")
    }
}

struct Race {
    stage: Stage,
    ledger: Ledger,
    most_held: u16,
    most_on_stage: usize,
}

impl Race {
    /// A stage of which one seat is left, and forty who want it.
    fn new(access: Access) -> Self {
        let rules = Rules { access, capacity: SEATS, self_leave: false };
        let stage = Stage::new(rules, Timing::default());
        let mut race = Race { stage, ledger: Ledger::new(rules), most_held: 0, most_on_stage: 0 };
        race.give(Command::Enter { who: MODERATOR, role: Role::Moderator });
        for who in (2_000..).take(usize::from(SEATS) - 1).map(ParticipantId) {
            race.give(Command::Enter { who, role: Role::Speaker });
            race.give(Command::Join { who });
        }
        for who in (0..RACERS).map(ParticipantId) {
            race.give(Command::Enter { who, role: Role::Viewer });
        }
        race
    }

    fn give(&mut self, command: Command) {
        if let Ok(outcome) = self.stage.apply(Millis(0), command) {
            self.ledger.read(command, &outcome.changes).expect("lawful");
        }
        self.ledger.agrees_with(&self.stage).expect("told all");
        self.most_held = self.most_held.max(self.stage.seats_held());
        self.most_on_stage = self.most_on_stage.max(self.stage.on_stage().count());
    }

    /// What this person, or the moderator for them, does next to get up: by the rules, and now and then without.
    fn push(&mut self, who: ParticipantId, dice: &mut Dice) {
        let by = Actor::Participant(MODERATOR);
        let command = match self.stage.standing(who) {
            Some(Standing::Off) => match dice.below(3) {
                0 => Command::Join { who },
                1 => Command::Request { who },
                _ => Command::Invite { by, whom: who },
            },
            Some(Standing::Requested(request)) => Command::Approve { by, request },
            Some(Standing::Invited(invitation)) => match dice.below(8) {
                0 => Command::DeclineInvitation { who, invitation },
                1 => Command::Revoke { by, invitation },
                _ => Command::Accept { who, invitation },
            },
            Some(Standing::OnStage) | None => Command::Join { who },
        };
        self.give(command);
    }
}

#[test]
fn forty_people_and_the_last_of_five_seats() {
    for round in 0..ROUNDS {
        let mut dice = Dice(round);
        let mut race = Race::new([Access::Open, Access::Request, Access::Invite][dice.below(3)]);
        for _ in 0..RACERS * 8 {
            let who = ParticipantId(u32::try_from(dice.below(RACERS as usize)).expect("fits"));
            race.push(who, &mut dice);
        }
        assert_eq!(race.most_held, SEATS, "round {round}");
        assert_eq!(race.most_on_stage, usize::from(SEATS), "round {round}: the seat was there to be had");
    }
}

#[test]
fn forty_people_and_a_seat_that_changes_hands() {
    for round in 0..ROUNDS {
        let mut dice = Dice(round);
        let mut race = Race::new(Access::Open);
        for _ in 0..RACERS * 8 {
            let who = ParticipantId(u32::try_from(dice.below(RACERS as usize)).expect("fits"));
            match dice.below(6) {
                0 => race.give(Command::Remove { by: Actor::Participant(MODERATOR), whom: who }),
                1 => {
                    let access = [Access::Open, Access::Request, Access::Invite][dice.below(3)];
                    race.give(Command::SetAccess { by: Actor::Operator, access, version: None });
                }
                _ => race.push(who, &mut dice),
            }
        }
        assert_eq!(race.most_held, SEATS, "round {round}");
    }
}

/// The race relies on the ledger to count; a stage that let one too many up would be told like this.
#[test]
#[should_panic(expected = "seats are never exceeded")]
fn a_sixth_person_would_be_noticed() {
    let mut race = Race::new(Access::Open);
    for who in [ParticipantId(0), ParticipantId(1)] {
        let up = Change::Moved { who, from: Standing::Off, to: Standing::OnStage, cause: Cause::Own };
        race.ledger.read(Command::Join { who }, &[up]).expect("lawful");
    }
}
