/** Questions for those on stage, as the page keeps them. Pure. */
import type { Question } from "../signal/generated/messages";
import type { State } from "./state";

export interface Asked extends Omit<Question, "age_ms" | "voted"> {
  /** In milliseconds since 1970, by this machine's clock. */
  readonly at: number;
  /** Whether one wants it answered oneself. */
  readonly voted: boolean;
}

/** With what is new or has changed. What a frame leaves out about oneself is as it was. */
export function asked(state: State, questions: readonly Question[], now: number): State {
  const known = new Map(state.questions.map((one) => [one.id, one]));
  for (const { age_ms, voted, ...question } of questions) {
    const before = known.get(question.id);
    known.set(question.id, { ...question, at: before?.at ?? now - age_ms, voted: voted ?? before?.voted ?? false });
  }
  return { ...state, questions: [...known.values()] };
}

export function dismissed(state: State, questions: readonly number[]): State {
  return { ...state, questions: state.questions.filter(({ id }) => !questions.includes(id)) };
}

export function voted(state: State, question: number, votes: number, own: boolean, votedNow: boolean): State {
  const questions = state.questions.map((one) => (one.id === question ? { ...one, votes, voted: own ? votedNow : one.voted } : one));
  return { ...state, questions };
}
