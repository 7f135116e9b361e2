/** The participants list: who stands in which group, in which order. Pure. */
import type { ParticipantState } from "../signal/generated/messages";
import type { State } from "./state";

export interface Groups {
  /** In the order they asked. */
  readonly asking: readonly ParticipantState[];
  /** Raised hands first, then in the order they came. */
  readonly onStage: readonly ParticipantState[];
  /** The invited first: a moderator looks for them. Then raised hands. */
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
  return { asking, onStage: handsFirst(onStage), viewers: [...invited, ...handsFirst(watching)] };
}

/** Those whose hand is raised, in the order of raising, before the others in theirs. */
function handsFirst(people: readonly ParticipantState[]): ParticipantState[] {
  const raised = people.filter((person) => person.hand !== undefined);
  if (raised.length === 0) return [...people];
  raised.sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0));
  return [...raised, ...people.filter((person) => person.hand === undefined)];
}

/** One's place among those who ask, from 1; 0 while one does not. */
export function placeInLine({ you, people }: Pick<State, "you" | "people">): number {
  return groups(people).asking.findIndex((person) => person.id === you) + 1;
}

/** Those whose name has every word of `search` in it, whatever their case and accents; everybody for an empty one. */
export function named(people: readonly ParticipantState[], search: string): readonly ParticipantState[] {
  const words = plain(search).split(/\s+/u).filter((word) => word !== "");
  if (words.length === 0) return people;
  return people.filter(({ name }) => {
    const known = plain(name);
    return words.every((word) => known.includes(word));
  });
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** How many hands are raised. */
export function handsOf(people: State["people"]): number {
  let count = 0;
  for (const person of people.values()) count += person.hand === undefined ? 0 : 1;
  return count;
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
