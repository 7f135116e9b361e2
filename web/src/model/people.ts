/** The participants list: who stands in which group, in which order. Pure. */
import type { ParticipantState } from "../signal/generated/messages";
import type { State } from "./state";

export interface Groups {
  /** In the order they asked. */
  readonly asking: readonly ParticipantState[];
  /** In the order they came. */
  readonly onStage: readonly ParticipantState[];
  /** The invited first: a moderator looks for them. */
  readonly viewers: readonly ParticipantState[];
}

export function groups(people: State["people"]): Groups {
  const asking: ParticipantState[] = [];
  const onStage: ParticipantState[] = [];
  const invited: ParticipantState[] = [];
  const watching: ParticipantState[] = [];
  for (const person of people.values()) {
    if (person.stage === "requested") asking.push(person);
    else if (person.stage === "on_stage") onStage.push(person);
    else if (person.stage === "invited") invited.push(person);
    else watching.push(person);
  }
  asking.sort((a, b) => (a.request ?? 0) - (b.request ?? 0));
  return { asking, onStage, viewers: [...invited, ...watching] };
}

/** One or two letters for a person without a picture. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = (words.length > 1 ? [words[0], words.at(-1)] : words).map((word) => firstLetter(word ?? ""));
  return letters.join("").toLocaleUpperCase() || "?";
}

function firstLetter(word: string): string {
  return Array.from(word).find((char) => /[\p{L}\p{N}]/u.test(char)) ?? "";
}

/** A person's colour, of `of` many: the same on every page, different for neighbours. */
export function hueOf(id: string, of: number): number {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % of;
}
