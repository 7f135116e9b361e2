/** How those who ask to join the stage are told to moderators: one by one while they are few, together when they are many. Pure. */
import type { ParticipantState } from "../signal/generated/messages";

/** What was said aloud last: up to which request, and when. */
export interface Said {
  readonly upTo: number;
  readonly at: number;
}

export const NOTHING_SAID: Said = { upTo: 0, at: -Infinity };

/** Those who ask within this of one another are told together. */
const GATHER_MS = 1_200;
/** And then nothing more of it for a while: the number goes up in sight. */
const PAUSE_MS = 10_000;

/** In how many milliseconds to say how many ask; `null` when nobody has asked since. `asking` is in the order they asked. */
export function sayIn(said: Said, asking: readonly ParticipantState[], now: number): number | null {
  return newest(asking) <= said.upTo ? null : Math.max(GATHER_MS, said.at + PAUSE_MS - now);
}

export function newest(asking: readonly ParticipantState[]): number {
  return asking.at(-1)?.request ?? 0;
}
