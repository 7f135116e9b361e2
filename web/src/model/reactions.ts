/** What people give without words, and how it is shown. Pure. */
import type { Reaction, ReactionCount } from "../signal/generated/messages";

/** In the order of their keys, from 1. */
export const REACTIONS = ["clap", "thumbs_up", "heart", "laugh", "wow", "party"] as const satisfies readonly Reaction[];

/** One that rises over the stage, for one or many who gave it. */
export interface Rising {
  /** Counts those of this page. */
  readonly id: number;
  readonly reaction: Reaction;
  readonly count: number;
  readonly at: number;
}

export const RISING_MS = 3_200;
/** At once, however many people react. */
export const MOST_RISING = 12;

/** With what was just told, without what has risen. Where there are too many, a later one of the same kind is counted into the one before. */
export function risen(rising: readonly Rising[], counts: readonly ReactionCount[], now: number): Rising[] {
  let next = still(rising, now);
  let id = rising.at(-1)?.id ?? 0;
  for (const { reaction, count } of counts) {
    const same = next.findLast((one) => one.reaction === reaction);
    if (next.length >= MOST_RISING && same !== undefined) {
      next = next.map((one) => (one === same ? { ...one, count: one.count + count } : one));
    } else {
      next = [...next, { id: (id += 1), reaction, count, at: now }].slice(-MOST_RISING);
    }
  }
  return next;
}

export function still(rising: readonly Rising[], now: number): Rising[] {
  return rising.filter(({ at }) => now - at < RISING_MS);
}

/** Counts added up, in the order of `REACTIONS`. */
export function summed(counts: readonly ReactionCount[]): ReactionCount[] {
  return REACTIONS.map((reaction) => ({
    reaction,
    count: counts.reduce((sum, one) => sum + (one.reaction === reaction ? one.count : 0), 0),
  })).filter(({ count }) => count > 0);
}
