/**
 * What a person is offered. The server decides; this only keeps the page from offering what it would refuse.
 */
import type { ParticipantState, Role } from "../signal/generated/messages";
import { me, type State } from "./state";

export const RANK: Readonly<Record<Role, number>> = { viewer: 0, speaker: 1, moderator: 2, host: 3 };

export function isModerator(person: ParticipantState | undefined): boolean {
  return person !== undefined && RANK[person.role] >= RANK.moderator;
}

/** Speakers and those who moderate: who may be on stage by their role. */
export function isOfTheStage(person: ParticipantState | undefined): boolean {
  return person !== undefined && RANK[person.role] >= RANK.speaker;
}

/** Whether this person may show their screen, once on stage. */
export function mayShareScreen(person: ParticipantState | undefined): boolean {
  return isOfTheStage(person);
}

/** Moderators write to anybody, and anybody to them. */
export function mayWritePrivately(writer: ParticipantState | undefined, reader: ParticipantState): boolean {
  return writer !== undefined && writer.id !== reader.id && (isModerator(writer) || isModerator(reader));
}

/** Whether this person may write, like and react, as far as moderators have a say in it. */
export function isHeard(person: ParticipantState | undefined): boolean {
  return person !== undefined && person.silenced !== true;
}

export function mayReact(state: State): boolean {
  return state.room?.features.reactions === true && isHeard(me(state));
}

/** Whether this person may say which question is being answered, and answer in writing. */
export function mayAnswerQuestions(person: ParticipantState | undefined): boolean {
  return person !== undefined && RANK[person.role] >= RANK.speaker;
}

/** The way onto or off the stage that the toolbar shows. */
export type Way = "join" | "ask" | "cancel" | "leave" | null;

export function wayOf(state: State): Way {
  const person = me(state);
  if (person === undefined || state.room === null) return null;
  const free = RANK[person.role] >= RANK.speaker;
  switch (person.stage) {
    case "on_stage":
      return free || state.room.selfLeave ? "leave" : null;
    case "requested":
      return "cancel";
    case "invited":
      return "join";
    case "off":
      if (free || state.room.access === "open") return "join";
      return state.room.access === "request" ? "ask" : null;
  }
}
