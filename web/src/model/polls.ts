/** Polls and quizzes, as the page keeps them. Pure. */
import type { PollState, YourAnswers } from "../signal/generated/messages";
import type { State } from "./state";

export interface Poll extends Omit<PollState, "ends_in_ms" | "yours"> {
  /** When it ends by itself, in milliseconds since 1970, by this machine's clock. */
  readonly endsAt: number | null;
  readonly yours: YourAnswers;
}

/** With what is new or has changed. What a frame leaves out about oneself is as it was. */
export function polled(state: State, polls: readonly PollState[], now: number): State {
  const known = new Map(state.polls.map((one) => [one.id, one]));
  for (const { ends_in_ms, yours, ...poll } of polls) {
    const before = known.get(poll.id)?.yours ?? { answered: false, answers: [] };
    known.set(poll.id, { ...poll, endsAt: ends_in_ms === undefined ? null : now + ends_in_ms, yours: yours ?? before });
  }
  return { ...state, polls: [...known.values()].sort((a, b) => a.id - b.id) };
}

export function deleted(state: State, polls: readonly number[]): State {
  return { ...state, polls: state.polls.filter(({ id }) => !polls.includes(id)) };
}
