/** What the person has typed and not sent yet. It outlives the panel: nothing is lost when that is closed. */
import { signal } from "@preact/signals";
import type { WrittenPoll } from "../../model/draft";
import type { PollAnswer } from "../../signal/generated/messages";

/** The poll that is being written, and whether it is in sight. */
export const writtenPoll = signal<WrittenPoll | null>(null);
export const writing = signal(false);

export type Given = readonly (PollAnswer | null)[];

/** Answers, by poll. */
export const given = signal<ReadonlyMap<number, Given>>(new Map());

export function give(poll: number, answers: Given | null): void {
  const next = new Map(given.peek());
  if (answers === null) next.delete(poll);
  else next.set(poll, answers);
  given.value = next;
}
