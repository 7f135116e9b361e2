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
  return questionsSeen({ ...state, questions: [...known.values()] });
}

export function dismissed(state: State, questions: readonly number[]): State {
  return { ...state, questions: state.questions.filter(({ id }) => !questions.includes(id)) };
}

export function voted(state: State, question: number, votes: number, own: boolean, votedNow: boolean): State {
  const questions = state.questions.map((one) => (one.id === question ? { ...one, votes, voted: own ? votedNow : one.voted } : one));
  return { ...state, questions };
}

/** Whoever has the questions open has seen all of them. */
export function questionsSeen(state: State): State {
  if (state.panel !== "questions") return state;
  const newest = Math.max(state.questionsSeen, ...state.questions.map(({ id }) => id));
  return newest > state.questionsSeen ? { ...state, questionsSeen: newest } : state;
}

/** Questions of others that were not seen yet and wait for an answer. */
export function unseenQuestions({ questions, questionsSeen: upTo, you }: Pick<State, "questions" | "questionsSeen" | "you">): number {
  return questions.filter(({ id, by, state }) => id > upTo && by !== you && state !== "answered").length;
}

export interface Sorted {
  /** The one that is being answered on stage. */
  readonly live: Asked | null;
  /** Most wanted first, and of those the oldest. */
  readonly open: readonly Asked[];
  /** Newest first. */
  readonly answered: readonly Asked[];
}

export function sorted(questions: readonly Asked[]): Sorted {
  const open = questions.filter(({ state }) => state === "open").sort((a, b) => b.votes - a.votes || a.id - b.id);
  const answered = questions.filter(({ state }) => state === "answered").sort((a, b) => b.id - a.id);
  return { live: questions.find(({ state }) => state === "live") ?? null, open, answered };
}

/** The order that somebody is reading in: what is new comes after what was there, and nothing changes places. */
export function steady(shown: readonly number[], now: readonly Asked[]): readonly Asked[] {
  const byId = new Map(now.map((one) => [one.id, one]));
  const kept = shown.flatMap((id) => byId.get(id) ?? []);
  const there = new Set(shown);
  return [...kept, ...now.filter(({ id }) => !there.has(id))];
}

/** Whether both have the same questions in the same order. */
export function inSameOrder(one: readonly Asked[], other: readonly Asked[]): boolean {
  return one.length === other.length && one.every(({ id }, at) => id === other[at]?.id);
}
